/**
 * The lab's IAM: policies given to its principals, simulated; everything else refused by name.
 */

import { GetUserCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { estateNamed } from '../../src/lab/estates/estates.ts';
import { createVirtualLab } from '../../src/lab/request-handler.ts';
import type { IdentityPolicy, IdentityStatement } from '../../src/lab/world.ts';
import { refusal, START } from './support.ts';

const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const SNAPSHOT = 'arn:aws:rds:eu-west-1:123456789012:snapshot:orders';

function statement(fields: Partial<IdentityStatement> = {}): IdentityStatement {
  return { effect: 'Allow', actions: ['rds:*'], resources: ['*'], conditionKeys: [], ...fields };
}

function iamOf(...policies: IdentityPolicy[]): IAMClient {
  const estate = (at: typeof START) => ({ ...estateNamed('empty')(at), policies: { [ROLE]: policies } });
  const { requestHandler } = createVirtualLab({ estate, startAt: START });
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  // The lab's handler is written against no SDK type; the SDK takes it as it is.
  return new IAMClient({ region: 'eu-west-1', credentials, requestHandler: requestHandler as never, maxAttempts: 1 });
}

async function simulate(
  iam: IAMClient,
  resources: readonly string[],
  actions: readonly string[] = ['rds:DeleteDBSnapshot'],
) {
  const command = new SimulatePrincipalPolicyCommand({
    PolicySourceArn: ROLE,
    ActionNames: [...actions],
    ...(resources.length === 0 ? {} : { ResourceArns: [...resources] }),
  });
  return (await iam.send(command)).EvaluationResults ?? [];
}

describe('a simulation', () => {
  it.each<[string, IdentityPolicy, string]>([
    ['what nobody mentions', [], 'implicitDeny'],
    ['an action by a wildcard', [statement()], 'allowed'],
    ['an action in other letters', [statement({ actions: ['RDS:deletedbsnapshot'] })], 'allowed'],
    ['a thing of another name', [statement({ resources: [`${SNAPSHOT}?`] })], 'implicitDeny'],
    [
      'a denial beside an allowance',
      [statement(), statement({ effect: 'Deny', resources: [SNAPSHOT] })],
      'explicitDeny',
    ],
  ])('of %s', async (_, policy, decision) => {
    const [result] = await simulate(iamOf(policy), [SNAPSHOT]);
    expect(result?.ResourceSpecificResults).toMatchObject([
      { EvalResourceName: SNAPSHOT, EvalResourceDecision: decision },
    ]);
  });

  it('names the context that a condition lacks, and takes it for not met', async () => {
    const iam = iamOf([statement({ conditionKeys: ['aws:MultiFactorAuthPresent'] })]);
    const [result] = await simulate(iam, [SNAPSHOT]);
    expect(result?.ResourceSpecificResults).toMatchObject([
      { EvalResourceDecision: 'implicitDeny', MissingContextValues: ['aws:MultiFactorAuthPresent'] },
    ]);
  });

  it('answers for each thing, and for all of them the worst', async () => {
    const [result] = await simulate(iamOf([statement({ resources: [SNAPSHOT] })]), [SNAPSHOT, `${SNAPSHOT}-2`]);
    expect(result?.EvalDecision).toBe('implicitDeny');
    const each = result?.ResourceSpecificResults?.map((one) => one.EvalResourceDecision);
    expect(each).toEqual(['allowed', 'implicitDeny']);
  });

  it('of no thing in particular is of everything', async () => {
    expect(await simulate(iamOf([statement()]), [])).toMatchObject([{ EvalDecision: 'allowed' }]);
    expect(await simulate(iamOf([statement({ resources: [SNAPSHOT] })]), [])).toMatchObject([
      { EvalDecision: 'implicitDeny' },
    ]);
  });

  it('comes in pages', async () => {
    const iam = iamOf([statement()]);
    const ask = (Marker?: string) =>
      iam.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: ROLE,
          ActionNames: ['rds:B', 'rds:A'],
          MaxItems: 1,
          ...(Marker === undefined ? {} : { Marker }),
        }),
      );
    const first = await ask();
    const second = await ask(first.Marker);
    expect([first, second].map(({ IsTruncated }) => IsTruncated)).toEqual([true, false]);
    expect(
      [first, second].flatMap(({ EvaluationResults = [] }) => EvaluationResults.map((one) => one.EvalActionName)),
    ).toEqual(['rds:A', 'rds:B']);
  });

  it('of the lab’s own user is that it may do everything, as the lab lets it', async () => {
    const command = (PolicySourceArn: string) =>
      new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: ['rds:X'] });
    const { EvaluationResults } = await iamOf().send(command('arn:aws:iam::123456789012:user/lab'));
    expect(EvaluationResults).toMatchObject([{ EvalDecision: 'allowed' }]);
  });
});

describe('what the lab does not know is refused by name', () => {
  it.each<[string, object, string]>([
    ['a principal', { PolicySourceArn: 'arn:aws:iam::123456789012:role/nobody' }, 'NoSuchEntity'],
    ['a session', { PolicySourceArn: 'arn:aws:sts::123456789012:assumed-role/deploy/x' }, 'InvalidInput'],
    ['a parameter', { ContextEntries: [{ ContextKeyName: 'aws:SourceIp' }] }, 'InvalidParameterValue'],
    ['a marker', { Marker: 'x' }, 'InvalidInput'],
  ])('%s', async (_, fields, code) => {
    const input = { PolicySourceArn: ROLE, ActionNames: ['rds:X'], ...fields };
    expect(await refusal(iamOf().send(new SimulatePrincipalPolicyCommand(input)))).toMatchObject({ code });
  });

  it('an action', async () => {
    expect(await refusal(iamOf().send(new GetUserCommand({})))).toMatchObject({
      code: 'InvalidAction',
      message: expect.stringContaining('GetUser'),
    });
  });
});
