/**
 * Crossplane's Upbound providers: what deleting and editing their managed resources does.
 */

import { describe, expect, it } from 'vitest';
import { aCrossplaneInstance, aDelete, anObject, anUpdate, read, stepIn, summary } from './support.ts';

type Json = Record<string, unknown>;
const NAMESPACED = 'rds.aws.m.upbound.io';

function parametersOf(spec: Json, status: Json = {}) {
  const step = stepIn(aDelete(aCrossplaneInstance(spec, { status })));
  return step.kind === 'delete_db_instance' ? step.parameters : expect.unreachable();
}

describe('deleting a Crossplane database', () => {
  it('names it by ARN, resource id and external name', () => {
    expect(stepIn(aDelete(aCrossplaneInstance())).target).toEqual({
      arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders',
      resourceId: 'db-ORDERS',
      identifier: 'orders',
      scope: { accountId: '123456789012', region: 'eu-west-1' },
    });
  });

  it.each<[string, Json, string | null]>([
    ['where the provider observed it', { arn: 'arn:aws:rds:eu-west-1:999999999999:db:orders' }, '999999999999'],
    ['in the account that was read, when nobody observed it yet', {}, '123456789012'],
    ['nowhere for sure, when its region is another one', { arn: 'arn:aws:rds:us-east-1:123456789012:db:orders' }, null],
    ['nowhere for sure, when its ARN names no account', { arn: 'arn:aws:rds:eu-west-1::db:orders' }, null],
  ])('places it %s', (_, atProvider, accountId) => {
    const { scope } = stepIn(aDelete(aCrossplaneInstance({}, { status: { atProvider } }))).target;
    expect(scope).toEqual(accountId === null ? null : { accountId, region: 'eu-west-1' });
  });

  it('takes the defaults of the Terraform provider: a final snapshot without a name, and no automated backups', () => {
    expect(parametersOf({ forProvider: {} })).toEqual({
      skipFinalSnapshot: false,
      finalSnapshotId: null,
      deleteAutomatedBackups: true,
      disarmsProtection: false,
    });
  });

  it.each<[Json, Json, Json]>([
    [{ forProvider: { skipFinalSnapshot: true } }, {}, { skipFinalSnapshot: true }],
    [{ forProvider: { finalSnapshotIdentifier: 'last' } }, {}, { skipFinalSnapshot: false, finalSnapshotId: 'last' }],
    [{ initProvider: { skipFinalSnapshot: true } }, {}, { skipFinalSnapshot: true }],
    [{ forProvider: { deleteAutomatedBackups: false } }, {}, { deleteAutomatedBackups: false }],
    [{ forProvider: { applyImmediately: true } }, {}, { disarmsProtection: true }],
    [{ forProvider: { applyImmediately: true, deletionProtection: true } }, {}, { disarmsProtection: false }],
    // Spec and observation differ while a change is on its way: what saves less counts.
    [
      { forProvider: { skipFinalSnapshot: false } },
      { atProvider: { skipFinalSnapshot: true } },
      { skipFinalSnapshot: true },
    ],
    [
      { forProvider: { deleteAutomatedBackups: false } },
      { atProvider: { deleteAutomatedBackups: true } },
      { deleteAutomatedBackups: true },
    ],
  ])('%j, observed %j, deletes with %j', (spec, status, expected) => {
    expect(parametersOf(spec, status)).toMatchObject(expected);
  });

  it.each<[string, Json, string]>([
    ['rds.aws.upbound.io', {}, 'destroy'],
    ['rds.aws.upbound.io', { deletionPolicy: 'Delete' }, 'destroy'],
    ['rds.aws.upbound.io', { deletionPolicy: 'Orphan' }, 'forget'],
    ['rds.aws.upbound.io', { deletionPolicy: 'Orphan', managementPolicies: ['*'] }, 'forget'],
    ['rds.aws.upbound.io', { managementPolicies: ['*'] }, 'destroy'],
    ['rds.aws.upbound.io', { managementPolicies: ['Observe', 'Create', 'Update', 'Delete'] }, 'destroy'],
    ['rds.aws.upbound.io', { managementPolicies: ['Observe'] }, 'forget'],
    ['rds.aws.upbound.io', { deletionPolicy: 'Delete', managementPolicies: ['Observe', 'Create'] }, 'forget'],
    // The two disagree: what is not the default wins.
    ['rds.aws.upbound.io', { deletionPolicy: 'Orphan', managementPolicies: ['Observe', 'Delete'] }, 'destroy'],
    // Paused, and whoever resumes it completes the deletion.
    ['rds.aws.upbound.io', { managementPolicies: [] }, 'destroy'],
    [NAMESPACED, {}, 'destroy'],
    [NAMESPACED, { managementPolicies: ['*'] }, 'destroy'],
    [NAMESPACED, { managementPolicies: ['Observe'] }, 'forget'],
    // Crossplane 2 has no such field; whoever writes it is not heard.
    [NAMESPACED, { deletionPolicy: 'Orphan' }, 'destroy'],
  ])('of %s with %j is %s', (group, spec, expected) => {
    expect(summary(aDelete(aCrossplaneInstance(spec, {}, group))).split(' ')[0]).toBe(expected);
  });

  it('by a manifest trusts nothing that would spare something', () => {
    const metadata = { uid: undefined };
    const forProvider = { region: 'eu-west-1', finalSnapshotIdentifier: 'last', deleteAutomatedBackups: false };
    expect(stepIn(aCrossplaneInstance({ forProvider }, { metadata }))).toMatchObject({
      parameters: { skipFinalSnapshot: true, finalSnapshotId: null, deleteAutomatedBackups: true },
    });
    expect(summary(aCrossplaneInstance({ deletionPolicy: 'Orphan' }, { metadata }))).toBe('unknown opaque');
  });

  it('goes by its own name without an external one, in the account that was read', () => {
    const object = anObject('rds.aws.upbound.io/v1beta3', 'Instance', {
      spec: { forProvider: { region: 'us-east-1' } },
    });
    expect(stepIn(aDelete(object)).target).toEqual({
      arn: null,
      resourceId: null,
      identifier: 'orders',
      scope: { accountId: '123456789012', region: 'us-east-1' },
    });
  });
});

describe('deleting other Crossplane resources', () => {
  it.each<[string, string, Json, string]>([
    ['rds', 'Cluster', {}, 'destroy delete_db_cluster'],
    ['rds', 'Cluster', { globalClusterIdentifier: 'g' }, 'destroy remove_from_global_cluster delete_db_cluster'],
    ['rds', 'ClusterInstance', {}, 'destroy delete_cluster_member'],
    ['rds', 'Snapshot', {}, 'destroy delete_db_snapshot'],
    ['rds', 'ClusterSnapshot', {}, 'destroy delete_db_cluster_snapshot'],
    [
      'rds',
      'InstanceAutomatedBackupsReplication',
      { sourceDbInstanceArn: 'arn:aws:rds:eu-west-1:123456789012:db:orders' },
      'destroy stop_backup_replication',
    ],
    ['rds', 'GlobalCluster', {}, 'destroy delete_global_cluster'],
    ['rds', 'SubnetGroup', {}, 'destroy delete_prerequisite'],
    ['rds', 'ProxyEndpoint', {}, 'other_destroy'],
    ['rds', 'ShardGroup', {}, 'unknown opaque'],
    ['backup', 'Vault', {}, 'destroy delete_backup_vault'],
    ['backup', 'VaultLockConfiguration', { backupVaultName: 'main' }, 'destroy delete_vault_lock'],
    ['backup', 'VaultPolicy', { backupVaultName: 'main' }, 'disarm change_vault_policy'],
    ['backup', 'Plan', { name: 'p' }, 'disarm stop_future_backups'],
    ['backup', 'Selection', { name: 's' }, 'disarm stop_future_backups'],
    ['kms', 'Alias', {}, 'other_destroy'],
    ['kms', 'CustomKeyStore', {}, 'unknown opaque'],
    ['secretsmanager', 'Secret', {}, 'destroy delete_prerequisite'],
    ['docdb', 'Cluster', {}, 'unknown opaque'],
    ['cloudformation', 'Stack', {}, 'unknown opaque'],
    ['s3', 'Bucket', { forceDestroy: true }, 'other_destroy'],
  ])('%s %s with %j is %s', (service, kind, forProvider, expected) => {
    const object = anObject(`${service}.aws.upbound.io/v1beta1`, kind, { spec: { forProvider } });
    expect(summary(aDelete(object))).toBe(expected);
  });

  it.each([
    [{ forceDestroy: true }, {}, true],
    [{ forceDestroy: false }, {}, false],
    [{}, {}, false],
    [{ forceDestroy: false }, { forceDestroy: true }, true],
  ])('a vault with %j, observed %j, is emptied: %j', (forProvider, atProvider, force) => {
    const object = anObject('backup.aws.upbound.io/v1beta1', 'Vault', {
      spec: { forProvider },
      status: { atProvider },
    });
    expect(stepIn(aDelete(object))).toMatchObject({ kind: 'delete_backup_vault', force });
  });

  it('a key goes by the id that AWS gave it, never by the name of the object', () => {
    const key = (parts: Json) => anObject('kms.aws.upbound.io/v1beta1', 'Key', { spec: { forProvider: {} }, ...parts });
    expect(summary(aDelete(key({})))).toBe('destroy opaque');
    expect(stepIn(aDelete(key({ annotations: { 'crossplane.io/external-name': 'k-1' } })))).toMatchObject({
      kind: 'schedule_key_deletion',
      target: { identifier: 'k-1' },
      windowDays: 30,
    });
  });
});

describe('editing a Crossplane database', () => {
  const edit = (before: Json, after: Json) =>
    summary(anUpdate(aCrossplaneInstance(before), aCrossplaneInstance(after)));
  const wanting = (forProvider: Json) => ({ forProvider });

  it.each<[Json, Json, string]>([
    [wanting({ deletionProtection: true }), wanting({}), 'disarm modify_db_instance'],
    [wanting({ backupRetentionPeriod: 7 }), wanting({ backupRetentionPeriod: 1 }), 'disarm modify_db_instance'],
    [wanting({ finalSnapshotIdentifier: 'f' }), wanting({ skipFinalSnapshot: true }), 'disarm modify_db_instance'],
    [wanting({ deleteAutomatedBackups: false }), wanting({}), 'disarm modify_db_instance'],
    [{ deletionPolicy: 'Orphan' }, { deletionPolicy: 'Delete' }, 'disarm modify_db_instance'],
    [{ managementPolicies: ['Observe'] }, { managementPolicies: ['*'] }, 'disarm modify_db_instance'],
    [{ managementPolicies: ['Observe'] }, { managementPolicies: ['Observe', 'Delete'] }, 'disarm modify_db_instance'],
    [{ managementPolicies: ['*'] }, { managementPolicies: ['Observe'] }, 'update'],
    [wanting({ instanceClass: 'a' }), wanting({ instanceClass: 'b' }), 'update'],
    [
      wanting({ instanceClass: 'a' }),
      wanting({ instanceClass: 'b', blueGreenUpdate: [{ enabled: true }] }),
      'destroy delete_db_instance',
    ],
  ])('from %j to %j is %s', (before, after, expected) => {
    expect(edit(before, after)).toBe(expected);
  });

  it('to another external name is a change of the thing that it stands for', () => {
    const named = (name: string) =>
      aCrossplaneInstance({}, { annotations: { 'crossplane.io/external-name': name }, status: { atProvider: {} } });
    expect(summary(anUpdate(named('orders'), named('billing')))).toMatch(/^unknown opaque/);
  });

  it('resumes a deletion that was held back', () => {
    const metadata = { deletionTimestamp: '2026-11-23T10:00:00Z' };
    const held = aCrossplaneInstance({ deletionPolicy: 'Orphan' }, { metadata });
    expect(summary(anUpdate(held, aCrossplaneInstance({ deletionPolicy: 'Delete' }, { metadata })))).toBe(
      'destroy delete_db_instance',
    );
  });

  it('without its finalizer strands the database', () => {
    const metadata = { finalizers: ['finalizer.managedresource.crossplane.io'] };
    expect(summary(anUpdate(aCrossplaneInstance({}, { metadata }), aCrossplaneInstance()))).toBe('forget');
  });
});

describe('making a Crossplane database', () => {
  it('claims a name, which may be taken', () => {
    const request = { operation: 'CREATE', object: aCrossplaneInstance() };
    const { actions } = read({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
    expect(actions).toMatchObject([{ kind: 'create_database', target: { identifier: 'orders', arn: null } }]);
  });
});
