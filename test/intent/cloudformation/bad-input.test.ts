/**
 * Texts that are none of CloudFormation's documents, and secrets in those that are.
 */

import { describe, expect, it } from 'vitest';
import { aChange, aChangeSet, type Besides, read, readText, refusal } from './support.ts';

const set = (fields: Record<string, unknown>) => JSON.stringify(aChangeSet([aChange(fields)]));
const TEMPLATE = 'Resources: {A: {Type: "AWS::S3::Bucket"}}';

describe('a text that cannot be read', () => {
  it.each<[string, Besides, string]>([
    ['', {}, 'changes.json: empty; expected what aws cloudformation describe-change-set prints'],
    ['{"Changes": [', {}, 'JSON that ends early'],
    ['[1, 2', {}, 'changes.json:1: not YAML or JSON'],
    ['{"a": 1}', {}, 'expected what aws cloudformation describe-change-set prints'],
    ['{"Changes": {}}', {}, 'expected what'],
    ['{"Changes": [1]}', {}, 'Changes[0]: expected an object'],
    ['{"Changes": [{}]}', {}, 'Changes[0].ResourceChange: missing'],
    ['{"Changes": [{"ResourceChange": {}}]}', {}, 'Changes[0].ResourceChange.Action: missing; expected such as Modify'],
    [set({ LogicalResourceId: null }), {}, 'LogicalResourceId: missing'],
    [set({ ResourceType: 7 }), {}, 'ResourceType: expected text'],
    [set({ BeforeContext: '{' }), {}, 'BeforeContext: expected a JSON object, written as text'],
    [set({ AfterContext: '[]' }), {}, 'AfterContext: expected a JSON object'],
    [set({ Details: {} }), {}, 'Details: expected a list'],
    [set({ Details: [{}] }), {}, 'Details[0].Target.Attribute: missing'],
    [
      set({ Action: 'Remove', BeforeContext: { Properties: { DeleteAutomatedBackups: 'x' } } }),
      {},
      'expected true or false',
    ],
    ['{"Changes": [], "Changes": []}', {}, 'a key occurs twice'],
    [TEMPLATE, {}, 'a template, which does not say what changes; pass a change set, or add --delete'],
    ['{"Changes": []}', { deletesStack: true }, 'Resources: missing'],
    ['Resources: {A: 1}', { deletesStack: true }, 'Resources.A: expected an object'],
    ['Resources: {A: {}}', { deletesStack: true }, 'Resources.A.Type: missing; expected such as AWS::RDS::DBInstance'],
    [TEMPLATE, { deletesStack: true, template: TEMPLATE }, '--template goes with a change set'],
    [TEMPLATE, { deletesStack: true, stackResources: {} }, 'expected StackResourceSummaries or StackResources'],
    [
      TEMPLATE,
      { deletesStack: true, stackResources: { StackResources: [{}] } },
      'StackResources[0]: expected LogicalResourceId',
    ],
    ['{"Changes": []}', { template: 'x' }, 'template.yaml: the document: expected an object'],
    ['{"actionInvocationPoint": "NOW"}', {}, 'actionInvocationPoint: expected one of CREATE_PRE_PROVISION'],
    ['{"actionInvocationPoint": "DELETE_PRE_PROVISION"}', {}, 'requestData.targetName: missing'],
  ])('%# is refused with a word on where and what', (text, besides, expected) => {
    expect(refusal(text, besides)).toContain(expected);
  });
});

describe('a short form of a function', () => {
  it.each(['!Ref A', '!Sub a-b', '!GetAtt A.B', '!If [A, true, false]', '!Made::Up x', '{Ref: A}', '{"Fn::Sub": "x"}'])(
    '%s is never taken for a value',
    (value) => {
      const text = `Resources: {A: {Type: "AWS::RDS::DBInstance", Properties: {DBInstanceIdentifier: ${value}}}}`;
      expect(readText(text, { deletesStack: true }).changes).toMatchObject([
        { class: 'destroy', steps: [{ kind: 'opaque' }] },
      ]);
    },
  );
});

describe('a secret', () => {
  const CANARY = 'CANARY-cfn-9b';
  const secrets = { MasterUserPassword: CANARY, MasterUsername: CANARY, Tags: [{ Key: 'k', Value: CANARY }] };
  const whole = aChangeSet(
    [
      'AWS::RDS::DBInstance',
      'AWS::RDS::DBCluster',
      'AWS::SecretsManager::Secret',
      'AWS::Lambda::Function',
      'Custom::X',
      'AWS::DocDB::DBCluster',
    ].flatMap((ResourceType) =>
      ['Add', 'Modify', 'Remove', 'Dynamic'].map((Action) =>
        aChange({
          Action,
          ResourceType,
          BeforeContext: { Properties: { ...secrets, DeletionProtection: true } },
          AfterContext: { Properties: { ...secrets, MasterUserPassword: `${CANARY}2` } },
          Details: [{ Target: { Attribute: 'Properties', Name: 'X', BeforeValue: CANARY, AfterValue: CANARY } }],
        }),
      ),
    ),
    { Parameters: [{ ParameterValue: CANARY }], StatusReason: CANARY, Description: CANARY },
  );

  it('of a change set, a template or a call is in nothing that is read from them', () => {
    const intents = [
      read(whole),
      read({ Resources: { A: { Type: 'AWS::RDS::DBInstance', Properties: secrets } } }, { deletesStack: true }),
      read({
        actionInvocationPoint: 'DELETE_PRE_PROVISION',
        clientRequestToken: CANARY,
        requestData: { targetName: 'AWS::RDS::DBInstance', targetModel: { resourceProperties: secrets } },
      }),
    ];
    for (const intent of intents) {
      expect(intent.changes.length).toBeGreaterThan(0);
      expect(JSON.stringify(intent)).not.toContain('CANARY');
    }
  });

  const text = JSON.stringify(whole);
  it.each([
    text.slice(0, -20),
    text.replace('{\\"Properties\\"', `{${CANARY}`),
    text.replace('"Details":[', `"Details":["${CANARY}",`),
    text.replace('"Action":"Add"', `"Action":{"${CANARY}":1}`),
    `a: ${CANARY}\n ${CANARY}: [`,
    CANARY,
  ])('of a text is not in the error about it (%#)', (broken) => {
    expect(refusal(broken)).not.toContain('CANARY');
  });
});
