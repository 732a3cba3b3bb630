/**
 * AWS Controllers for Kubernetes: what deleting and editing their objects does.
 */

import { describe, expect, it } from 'vitest';
import { aDelete, anAckInstance, anObject, anUpdate, changeIn, type Parts, read, stepIn, summary } from './support.ts';

const RDS = 'rds.services.k8s.aws';
const POLICY = 'services.k8s.aws/deletion-policy';
const note = (name: string, value: string) => ({ [`${RDS}/${name}`]: value });

function parametersOf(annotations?: Record<string, string>) {
  const step = stepIn(aDelete(anAckInstance(annotations && { annotations })));
  return step.kind === 'delete_db_instance' ? step.parameters : expect.unreachable();
}

describe('deleting an ACK database', () => {
  it('without annotations takes no final snapshot and keeps the automated backups', () => {
    expect(parametersOf()).toEqual({
      skipFinalSnapshot: true,
      finalSnapshotId: null,
      deleteAutomatedBackups: false,
      disarmsProtection: false,
    });
  });

  it('names the database by ARN, resource id, identifier and place', () => {
    expect(stepIn(aDelete(anAckInstance())).target).toEqual({
      arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders',
      resourceId: 'db-ORDERS',
      identifier: 'orders',
      scope: { accountId: '123456789012', region: 'eu-west-1' },
    });
  });

  it.each([
    [note('skip-final-snapshot', 'false'), { skipFinalSnapshot: false, finalSnapshotId: null }],
    [
      { ...note('skip-final-snapshot', 'false'), ...note('final-db-snapshot-identifier', 'last') },
      { skipFinalSnapshot: false, finalSnapshotId: 'last' },
    ],
    // ACK ignores the name when it skips, and so does AWS never see both.
    [note('final-db-snapshot-identifier', 'last'), { skipFinalSnapshot: true, finalSnapshotId: null }],
    [note('delete-automated-backups', 'true'), { deleteAutomatedBackups: true }],
    [note('delete-automated-backups', 'false'), { deleteAutomatedBackups: false }],
    [note('skip-final-snapshot', 'perhaps'), { skipFinalSnapshot: true }],
    [note('delete-automated-backups', 'perhaps'), { deleteAutomatedBackups: true }],
  ])('with %j deletes with %j', (annotations, expected) => {
    expect(parametersOf(annotations)).toMatchObject(expected);
  });

  it.each([
    [undefined, 'destroy delete_db_instance'],
    ['delete', 'destroy delete_db_instance'],
    ['Retain', 'destroy delete_db_instance'],
    ['retain', 'forget'],
  ])('with the deletion policy %j is %s', (policy, expected) => {
    const annotations = policy === undefined ? {} : { [POLICY]: policy };
    expect(summary(aDelete(anAckInstance({ annotations })))).toBe(expected);
  });

  it('that serves a cluster deletes a member and no data', () => {
    expect(summary(aDelete(anAckInstance({ spec: { dbClusterIdentifier: 'courses' } })))).toBe(
      'destroy delete_cluster_member',
    );
    expect(summary(aDelete(anAckInstance({ spec: { dbClusterIdentifierRef: { from: { name: 'c' } } } })))).toBe(
      'destroy delete_cluster_member',
    );
  });
});

const MANIFEST: Parts = { metadata: { uid: undefined } };

describe('deleting by a manifest', () => {
  it('trusts nothing in it that would spare something', () => {
    const annotations = { ...note('skip-final-snapshot', 'false'), ...note('final-db-snapshot-identifier', 'last') };
    const step = stepIn(anAckInstance({ ...MANIFEST, annotations, status: { ackResourceMetadata: {} } }));
    expect(step).toMatchObject({
      kind: 'delete_db_instance',
      parameters: { skipFinalSnapshot: true, finalSnapshotId: null, deleteAutomatedBackups: true },
    });
  });

  it('is unknown when only the manifest says that AWS keeps the database', () => {
    expect(summary(anAckInstance({ ...MANIFEST, annotations: { [POLICY]: 'retain' } }))).toBe('unknown opaque');
  });

  it('believes what kubectl get -o yaml prints', () => {
    expect(summary(anAckInstance({ annotations: { [POLICY]: 'retain' } }))).toBe('forget');
  });

  it.each([
    [{}, { accountId: '123456789012', region: 'eu-west-1' }, 'eu-west-1'],
    [
      { 'services.k8s.aws/owner-account-id': '999988887777' },
      { accountId: '999988887777', region: 'us-east-1' },
      'us-east-1',
    ],
  ])('takes account and region from annotations %j', (more, scope, region) => {
    const annotations = { 'services.k8s.aws/region': region, ...more };
    const object = anObject(`${RDS}/v1alpha1`, 'DBInstance', {
      annotations,
      spec: { dbInstanceIdentifier: 'Orders' },
      ...MANIFEST,
    });
    expect(stepIn(object).target).toMatchObject({ identifier: 'orders', scope });
  });
});

describe('deleting other ACK objects', () => {
  const meta = (arn: string) => ({ ackResourceMetadata: { arn } });
  it.each([
    [RDS, 'DBCluster', { dbClusterIdentifier: 'c' }, 'destroy delete_db_cluster'],
    [RDS, 'DBSnapshot', { dbSnapshotIdentifier: 's' }, 'destroy delete_db_snapshot'],
    [RDS, 'DBClusterSnapshot', { dbClusterSnapshotIdentifier: 's' }, 'destroy delete_db_cluster_snapshot'],
    [RDS, 'GlobalCluster', { globalClusterIdentifier: 'g' }, 'destroy delete_global_cluster'],
    [RDS, 'DBSubnetGroup', { name: 'n' }, 'destroy delete_prerequisite'],
    [RDS, 'DBParameterGroup', { name: 'n' }, 'destroy delete_prerequisite'],
    [RDS, 'DBClusterParameterGroup', { name: 'n' }, 'destroy delete_prerequisite'],
    [RDS, 'DBShardGroup', {}, 'unknown opaque'],
    ['backup.services.k8s.aws', 'BackupVault', { name: 'main' }, 'destroy delete_backup_vault'],
    ['backup.services.k8s.aws', 'BackupPlan', { name: 'p' }, 'disarm stop_future_backups'],
    ['backup.services.k8s.aws', 'BackupSelection', { selectionName: 'p' }, 'disarm stop_future_backups'],
    ['backup.services.k8s.aws', 'RestoreAccessBackupVault', {}, 'unknown opaque'],
    ['kms.services.k8s.aws', 'Alias', { name: 'alias/a' }, 'other_destroy'],
    ['secretsmanager.services.k8s.aws', 'Secret', { name: 'n' }, 'destroy delete_prerequisite'],
    ['s3.services.k8s.aws', 'Bucket', { name: 'n' }, 'other_destroy'],
    ['documentdb.services.k8s.aws', 'DBCluster', {}, 'unknown opaque'],
  ])('%s %s is %s', (group, kind, spec, expected) => {
    const document = aDelete(anObject(`${group}/v1alpha1`, kind, { spec, status: meta('') }));
    expect(summary(document)).toBe(expected);
  });

  it('schedules a key with the shortest wait, by its id', () => {
    const status = { keyID: 'k-1', ...meta('arn:aws:kms:eu-west-1:123456789012:key/k-1') };
    expect(stepIn(aDelete(anObject('kms.services.k8s.aws/v1alpha1', 'Key', { status })))).toMatchObject({
      kind: 'schedule_key_deletion',
      windowDays: 7,
      target: { identifier: 'k-1', arn: 'arn:aws:kms:eu-west-1:123456789012:key/k-1' },
    });
  });

  it('goes by the order in which a cluster would carry it out, snapshots first and keys last', () => {
    const items = [
      anObject('kms.services.k8s.aws/v1alpha1', 'Key', { status: { keyID: 'k' } }),
      anAckInstance(),
      anObject(`${RDS}/v1alpha1`, 'DBSnapshot', { spec: { dbSnapshotIdentifier: 's' } }),
    ];
    const { actions, changes } = read({ apiVersion: 'v1', kind: 'List', items });
    expect(actions.map(({ kind }) => kind)).toEqual([
      'delete_db_snapshot',
      'delete_db_instance',
      'schedule_key_deletion',
    ]);
    expect(changes.map(({ address }) => address.split('.')[0])).toEqual(['Key', 'DBInstance', 'DBSnapshot']);
  });
});

describe('editing an ACK database', () => {
  const on = { spec: { deletionProtection: true, backupRetentionPeriod: 14 } };
  const safe = {
    annotations: { ...note('skip-final-snapshot', 'false'), ...note('final-db-snapshot-identifier', 'f') },
  };

  it.each<[string, Parts, Parts, string]>([
    ['nothing', on, on, 'update'],
    ['protection off', on, { spec: { ...on.spec, deletionProtection: false } }, 'disarm modify_db_instance'],
    ['protection dropped', on, { spec: { backupRetentionPeriod: 14 } }, 'disarm modify_db_instance'],
    ['retention lowered', on, { spec: { ...on.spec, backupRetentionPeriod: 1 } }, 'disarm modify_db_instance'],
    ['retention raised', on, { spec: { ...on.spec, backupRetentionPeriod: 30 } }, 'update modify_db_instance'],
    ['the final snapshot given up', safe, {}, 'disarm modify_db_instance'],
    [
      'backups no longer kept',
      {},
      { annotations: note('delete-automated-backups', 'true') },
      'disarm modify_db_instance',
    ],
    ['the policy of keeping it dropped', { annotations: { [POLICY]: 'retain' } }, {}, 'disarm modify_db_instance'],
    ['a policy of keeping it', {}, { annotations: { [POLICY]: 'retain' } }, 'update'],
    ['its name', {}, { spec: { dbInstanceIdentifier: 'other' } }, 'unknown opaque'],
    ['its class', { spec: { dbInstanceClass: 'a' } }, { spec: { dbInstanceClass: 'b' } }, 'update'],
  ])('%s', (_, before, after, expected) => {
    expect(summary(anUpdate(anAckInstance(before), anAckInstance(after)))).toBe(expected);
  });

  it('sends the values that it sets', () => {
    const after = { spec: { deletionProtection: false, backupRetentionPeriod: 1 } };
    expect(stepIn(anUpdate(anAckInstance(on), anAckInstance(after)))).toMatchObject({
      change: { deletionProtection: false, retentionDays: 1 },
    });
  });

  it('lets a deletion go on that waited for its policy', () => {
    const metadata = { deletionTimestamp: '2026-11-23T10:00:00Z' };
    const before = anAckInstance({ metadata, annotations: { [POLICY]: 'retain' } });
    expect(summary(anUpdate(before, anAckInstance({ metadata })))).toBe('destroy delete_db_instance');
  });

  it('without its finalizer strands the database', () => {
    const finalizers = ['finalizers.rds.services.k8s.aws/DBInstance'];
    expect(summary(anUpdate(anAckInstance({ metadata: { finalizers } }), anAckInstance()))).toBe('forget');
    expect(summary(anUpdate(anAckInstance({ metadata: { finalizers: ['other'] } }), anAckInstance()))).toBe('update');
  });
});

describe('editing other ACK objects', () => {
  const vault = (spec: Record<string, unknown>) =>
    anObject('backup.services.k8s.aws/v1alpha1', 'BackupVault', { spec: { name: 'main', ...spec } });

  it.each([
    [{ minRetentionDays: 7 }, {}, 'disarm delete_vault_lock'],
    [{ minRetentionDays: 7 }, { minRetentionDays: 1 }, 'disarm delete_vault_lock'],
    [{}, { minRetentionDays: 7 }, 'update'],
    [{ policy: '{}' }, {}, 'disarm change_vault_policy'],
    [{}, { tags: { a: 'b' } }, 'update'],
  ])('a vault from %j to %j is %s', (before, after, expected) => {
    expect(summary(anUpdate(vault(before), vault(after)))).toBe(expected);
  });

  it('a key policy is a change of what guards the key', () => {
    const key = (policy: string) =>
      anObject('kms.services.k8s.aws/v1alpha1', 'Key', { spec: { policy }, status: { keyID: 'k' } });
    expect(summary(anUpdate(key('{"a":1}'), key('{"a":2}')))).toContain('disarm');
    expect(changeIn(anUpdate(key('{"a":1}'), key('{"a":2}'))).steps.map(({ kind }) => kind)).toContain(
      'change_key_policy',
    );
    expect(summary(anUpdate(key('{"a":1}'), key('{"a":1}')))).toBe('update');
  });

  it('a plan may lose a rule', () => {
    const plan = (rule: string) =>
      anObject('backup.services.k8s.aws/v1alpha1', 'BackupPlan', { spec: { name: 'p', rules: [rule] } });
    expect(summary(anUpdate(plan('a'), plan('b')))).toBe('disarm stop_future_backups');
    expect(summary(anUpdate(plan('a'), plan('a')))).toBe('update');
  });
});
