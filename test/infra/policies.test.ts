/**
 * The IAM policies that Muster asks for: the reader only reads, and the drill role reaches nothing but scratch databases.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SCRATCH_MARKS } from '../../src/adapters/aws/scratch-operator.ts';
import { SCRATCH_PREFIX, SCRATCH_TAGS } from '../../src/drill/guard.ts';
import { readFiles } from '../support/house-rule.ts';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const tests = z.record(z.string(), z.string()).optional();
const conditionSchema = z.strictObject({ Null: tests, StringEquals: tests, StringLike: tests, Bool: tests });
const policySchema = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(
    z.strictObject({
      Sid: z.string().regex(/^[A-Za-z0-9]+$/),
      Effect: z.enum(['Allow', 'Deny']),
      Action: oneOrMore,
      Resource: oneOrMore.optional(),
      NotResource: oneOrMore.optional(),
      Condition: conditionSchema.optional(),
    }),
  ),
});

const load = (name: string) =>
  policySchema.parse(JSON.parse(readFileSync(`infra/${name}.policy.json`, 'utf8'))).Statement;
const reader = load('muster-reader');
const drill = load('muster-drill');
const allowed = (statements: typeof reader) => statements.filter(({ Effect }) => Effect === 'Allow');
const SCRATCH_ARNS = ['db', 'cluster'].map((type) => `arn:aws:rds:*:*:${type}:${SCRATCH_PREFIX}*`);
const isScratch = (arn: string) => SCRATCH_ARNS.includes(arn);

/** To simulate is to ask: nothing is called but the simulation. */
const READS = /^(?:(?:rds|backup|kms|cloudwatch):(?:Describe|List|Get)[A-Za-z]+|iam:SimulatePrincipalPolicy)$/;

describe('the reader policy', () => {
  it('holds only Describe, List, Get and Simulate, each spelled out', () => {
    const actions = reader.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => !READS.test(action))).toEqual([]);
    expect(new Set(actions).size).toBe(actions.length);
  });

  it('allows every call that the readers name in their gaps', () => {
    const actions = reader.flatMap(({ Action }) => Action);
    const named = readFiles('src/adapters/aws')
      .filter(({ path }) => !path.endsWith('scratch-operator.ts'))
      .flatMap(({ strings }) =>
        strings.map(({ text }) => text).filter((text) => /^(?:rds|backup|kms|iam|cloudwatch):[A-Z]\w+$/.test(text)),
      );
    expect([...new Set(named)].filter((action) => !actions.includes(action))).toEqual([]);
  });
});

it('the reader policy allows reading metrics, which IAM does not tell apart', () => {
  const statements = reader.filter(({ Action }) => Action.some((action) => action.startsWith('cloudwatch:')));
  expect(statements).toEqual([
    { Sid: 'ReadHowBusyDatabasesAre', Effect: 'Allow', Action: ['cloudwatch:GetMetricData'], Resource: ['*'] },
  ]);
});

describe('the drill policy', () => {
  const forbidden = [
    /\*/,
    /^rds:Delete(?!DBInstance$|DBCluster$)/,
    /^rds:(?:Remove|Stop|Reset|Purchase|Failover|Promote|Reboot)/,
    /^rds:ModifyDB(?!Instance$|Cluster$)/,
    /^backup:/,
    /^kms:(?!DescribeKey$|CreateGrant$)/,
    /^(?!rds:|kms:)/,
  ];

  it('allows no action that a drill has no need of', () => {
    const actions = allowed(drill).flatMap(({ Action }) => Action);
    expect(actions.filter((action) => forbidden.some((pattern) => pattern.test(action)))).toEqual([]);
  });

  it('changes and deletes only what is named and tagged as a scratch', () => {
    const statements = allowed(drill).filter(({ Action }) =>
      Action.some((action) => /^rds:(?:Delete|Modify)/.test(action)),
    );
    expect(statements).not.toEqual([]);
    for (const { Resource, Condition } of statements) {
      expect(Resource?.every(isScratch)).toBe(true);
      expect(Condition?.Null?.['aws:ResourceTag/muster:drill']).toBe('false');
      expect(Condition?.StringEquals?.['aws:ResourceTag/muster:scratch']).toBe('true');
    }
  });

  it('makes databases only under a scratch name and with the drill tag', () => {
    const statements = allowed(drill).filter(({ Action }) =>
      Action.some((action) => /^rds:(?:Restore|Create|Add)/.test(action)),
    );
    for (const { Resource, Condition } of statements) {
      const databases = Resource?.filter((arn) => /:(?:db|cluster):/.test(arn)) ?? [];
      expect(databases.every(isScratch)).toBe(true);
      expect(Resource).not.toContain('*');
      expect(Condition?.Null?.['aws:RequestTag/muster:drill']).toBe('false');
    }
  });

  it('means the same marks as the guard and the operator', () => {
    expect(SCRATCH_MARKS).toEqual({ prefix: SCRATCH_PREFIX, drill: SCRATCH_TAGS.drill, scratch: SCRATCH_TAGS.scratch });
    const text = JSON.stringify(drill);
    expect(text).toContain(`aws:ResourceTag/${SCRATCH_TAGS.drill}"`);
    expect(text).toContain(`aws:ResourceTag/${SCRATCH_TAGS.scratch}"`);
  });

  it('denies tagging anything else, and untagging anything', () => {
    const denied = drill.filter(({ Effect }) => Effect === 'Deny');
    const tagging = denied.find(({ Action }) => Action.includes('rds:AddTagsToResource'));
    const untagging = denied.find(({ Action }) => Action.includes('rds:RemoveTagsFromResource'));
    expect(tagging?.NotResource?.every(isScratch)).toBe(true);
    expect(untagging?.Resource).toEqual(['*']);
  });

  it('lends keys to RDS alone', () => {
    for (const { Action, Condition } of drill.filter((statement) =>
      statement.Action.some((action) => action.startsWith('kms:')),
    )) {
      expect(Condition?.StringLike?.['kms:ViaService']).toBe('rds.*.amazonaws.com');
      if (Action.includes('kms:CreateGrant')) expect(Condition?.Bool?.['kms:GrantIsForAWSResource']).toBe('true');
    }
  });
});
