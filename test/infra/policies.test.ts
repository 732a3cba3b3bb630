/**
 * The IAM policies that Muster asks for: the reader only reads, and the drill role reaches nothing but scratch databases.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SCRATCH_MARKS } from '../../src/adapters/aws/scratch-operator.ts';
import { coversResource } from '../../src/authority/wildcard.ts';
import { parseDefinition } from '../../src/drill/definition.ts';
import { SCRATCH_PREFIX, SCRATCH_TAGS } from '../../src/drill/guard.ts';
import { callsOf, type NeededCall } from '../../src/drill/permissions.ts';
import { planDrill } from '../../src/drill/plan.ts';
import { subjectOf } from '../../src/drill/select.ts';
import type { Database, RecoveryPoint } from '../../src/inventory/model.ts';
import { aCluster, aDatabase, anInventory, aPoint, KEY_ARN, NOW, thePitr } from '../support/builders.ts';
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
const SCRATCH_ARNS = ['db', 'cluster', 'snapshot', 'cluster-snapshot'].map(
  (type) => `arn:aws:rds:*:*:${type}:${SCRATCH_PREFIX}*`,
);
const isScratch = (arn: string) => SCRATCH_ARNS.includes(arn);
const named = (sid: string) => {
  const found = drill.filter(({ Sid }) => Sid === sid);
  expect(found).toHaveLength(1);
  return found[0];
};
const WITH_TAGS = {
  Null: { 'aws:RequestTag/muster:drill': 'false' },
  StringEquals: { 'aws:RequestTag/muster:scratch': 'true' },
};
const ON_TAGGED = {
  Null: { 'aws:ResourceTag/muster:drill': 'false' },
  StringEquals: { 'aws:ResourceTag/muster:scratch': 'true' },
};

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
      // What begins so makes and removes scratches, and is held by the drill policy.
      .filter(({ path }) => !path.includes('/scratch-'))
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
    /^rds:Delete(?!DBInstance$|DBCluster$|DBSnapshot$|DBClusterSnapshot$)/,
    /^rds:Stop(?!DBInstance$|DBCluster$)/,
    /^rds:Start(?!DBCluster$)/,
    /^rds:Copy(?!DBSnapshot$|DBClusterSnapshot$)/,
    /^rds:(?:Remove|Reset|Purchase|Failover|Promote|Reboot)/,
    /^rds:ModifyDB(?!Instance$|Cluster$)/,
    /^backup:(?!StartRestoreJob$|DescribeRestoreJob$|ListRestoreJobs$|GetRecoveryPointRestoreMetadata$)/,
    /^kms:(?!DescribeKey$|CreateGrant$)/,
    /^iam:(?!PassRole$)/,
    /^(?!rds:|kms:|backup:|iam:)/,
  ];

  it('allows no action that a drill has no need of', () => {
    const actions = allowed(drill).flatMap(({ Action }) => Action);
    expect(actions.filter((action) => forbidden.some((pattern) => pattern.test(action)))).toEqual([]);
  });

  it('allows every call of every way to drill, on the things that it is made on', () => {
    const denied = everyCall().filter(({ action, resource }) => {
      return !allowed(drill).some(
        ({ Action, Resource }) => Action.includes(action) && coversResource(Resource ?? [], resource) !== 'no',
      );
    });
    expect(denied).toEqual([]);
  });

  it('allows no action that no drill calls', () => {
    const called = new Set(everyCall().map(({ action }) => action));
    expect(
      allowed(drill)
        .flatMap(({ Action }) => Action)
        .filter((action) => !called.has(action)),
    ).toEqual([]);
  });

  it('changes, starts, stops and deletes only what is named and tagged as a scratch', () => {
    const statements = allowed(drill).filter(({ Action }) =>
      Action.some((action) => /^rds:(?:Delete|Modify|Start|Stop)/.test(action)),
    );
    expect(statements.map(({ Sid }) => Sid)).toEqual(['ChangeAndDeleteTaggedScratchOnly', 'DeleteTaggedCopiesOnly']);
    for (const { Resource, Condition } of statements) {
      expect(Resource?.every(isScratch)).toBe(true);
      expect(Condition).toEqual(ON_TAGGED);
    }
    expect(named('DeleteTaggedCopiesOnly')?.Action).toEqual(['rds:DeleteDBClusterSnapshot', 'rds:DeleteDBSnapshot']);
  });

  it('makes databases and copies only with both tags, and tags only under a scratch name', () => {
    const statements = allowed(drill).filter(({ Action }) =>
      Action.some((action) => /^rds:(?:Restore|Create|Add|Copy)/.test(action)),
    );
    expect(statements).toHaveLength(5);
    for (const { Sid, Resource, Condition } of statements) {
      expect(Resource).not.toContain('*');
      if (Sid === 'ReleaseSnapshotsToOtherRegions') continue;
      expect(Condition?.Null).toEqual(WITH_TAGS.Null);
    }
    const tagging = statements.filter(({ Action }) => Action.includes('rds:AddTagsToResource'));
    expect(tagging.map(({ Sid }) => Sid)).toEqual(['MakeTaggedScratchOnly']);
    expect(tagging[0]?.Resource?.every(isScratch)).toBe(true);
    expect(tagging[0]?.Condition).toEqual(WITH_TAGS);
  });

  it('names a database that is no scratch only where a restore takes it as its source', () => {
    const reaching = allowed(drill).filter(({ Resource }) =>
      Resource?.some((arn) => /^arn:aws:rds:\*:\*:(?:db|cluster):/.test(arn) && !isScratch(arn)),
    );
    expect(reaching.map(({ Sid }) => Sid)).toEqual(['RestoreToAPointInTime']);
    expect(reaching[0]?.Action).toEqual(['rds:RestoreDBClusterToPointInTime', 'rds:RestoreDBInstanceToPointInTime']);
    expect(reaching[0]?.Condition).toEqual(WITH_TAGS);
  });

  it('copies snapshots, and does nothing else to those that are not its own', () => {
    expect(named('BringSnapshots')).toEqual({
      Sid: 'BringSnapshots',
      Effect: 'Allow',
      Action: ['rds:CopyDBClusterSnapshot', 'rds:CopyDBSnapshot'],
      Resource: ['arn:aws:rds:*:*:cluster-snapshot:*', 'arn:aws:rds:*:*:snapshot:*'],
      Condition: WITH_TAGS,
    });
  });

  // The SDK signs a second request for the region of the source; it bears the source, the key and the destination, no tags.
  it('lets a copy be asked for in the region of its source without tags, on nothing that does not exist yet', () => {
    expect(named('ReleaseSnapshotsToOtherRegions')).toEqual({
      Sid: 'ReleaseSnapshotsToOtherRegions',
      Effect: 'Allow',
      Action: ['rds:CopyDBClusterSnapshot', 'rds:CopyDBSnapshot'],
      Resource: ['arn:aws:rds:*:*:cluster-snapshot:*', 'arn:aws:rds:*:*:snapshot:*'],
      // A target that is yet to be made bears no tag: an untagged copy has nowhere to go.
      Condition: { StringEquals: { 'aws:ResourceTag/muster:bring': 'true' } },
    });
  });

  it('has AWS Backup restore recovery points, and hands it one role that nothing else may take on', () => {
    expect(named('RestoreFromVaults')?.Resource).toEqual([
      'arn:aws:backup:*:*:recovery-point:*',
      'arn:aws:rds:*:*:cluster-snapshot:awsbackup:*',
      'arn:aws:rds:*:*:snapshot:awsbackup:*',
    ]);
    expect(named('LetBackupTakeOnItsRole')).toEqual({
      Sid: 'LetBackupTakeOnItsRole',
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: ['arn:aws:iam::*:role/service-role/AWSBackupDefaultServiceRole'],
      Condition: { StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' } },
    });
  });

  it('reads nothing but what the drill itself follows', () => {
    expect(
      named('FollowTheScratch')?.Action.filter((action) => !/^(?:rds|backup):(?:Describe|List)/.test(action)),
    ).toEqual([]);
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
    expect([...(tagging?.NotResource ?? [])].sort()).toEqual([...SCRATCH_ARNS].sort());
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

/** The calls of every kind of drill: of an instance and of a cluster, from each kind of source, kept and not. */
function everyCall(): readonly NeededCall[] {
  return [aDatabase(), aCluster()].flatMap((database) => {
    const encrypted = { encrypted: true, keyArn: KEY_ARN };
    const shared = { ...encrypted, kind: 'shared_snapshot', accountId: '999999999999' } as const;
    const awsbackup = `arn:aws:rds:eu-west-1:123456789012:${database.kind === 'rds_instance' ? '' : 'cluster-'}snapshot:awsbackup:job-1`;
    const vaulted = {
      kind: 'backup_snapshot',
      arn: awsbackup,
      vaultArn: 'arn:aws:backup:eu-west-1:123456789012:backup-vault:v',
    } as const;
    const role = 'backupRoleArn: "arn:aws:iam::123456789012:role/service-role/AWSBackupDefaultServiceRole"';
    return [
      ...callsFor(database, aPoint(database, encrypted), 'aftermath: { onSuccess: standby }'),
      ...callsFor(database, aPoint(database, shared), `kinds: [shared_snapshot]\nscratch: { bringKey: "${KEY_ARN}" }`),
      ...callsFor(database, thePitr(database), 'point: { pitr: latest }'),
      ...callsFor(database, aPoint(database, vaulted), `kinds: [backup_snapshot]\nscratch: { ${role} }`),
    ];
  });
}

function callsFor(database: Database, point: RecoveryPoint, yaml: string): readonly NeededCall[] {
  const inventory = anInventory({ databases: [database], recoveryPoints: [point] });
  const definition = parseDefinition(`name: a\n${yaml}`, 'd.yaml');
  const asked = { definition, subject: subjectOf(database), inventory, records: [], standbys: [] };
  return callsOf(planDrill({ ...asked, drillId: 'd1', musterVersion: '1', at: NOW }), point.keyArn);
}
