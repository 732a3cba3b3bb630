/**
 * Change sets: what becomes of a resource that is removed, replaced or modified.
 */

import { describe, expect, it } from 'vitest';
import {
  aChange,
  aChangeSet,
  changeIn,
  DB_CLUSTER,
  DB_INSTANCE,
  read,
  stepIn,
  summarised,
  summary,
} from './support.ts';

type Json = Record<string, unknown>;
const MEMBER = { Properties: { DBClusterIdentifier: 'courses' } };
const SNAPSHOT = { skipFinalSnapshot: false, finalSnapshotId: 'orders-snapshot-*' };
const NO_SNAPSHOT = { skipFinalSnapshot: true, finalSnapshotId: null };

function parametersOf(fields: Json) {
  const step = stepIn(fields);
  return step.kind === 'delete_db_instance' || step.kind === 'delete_db_cluster' ? step.parameters : step.kind;
}

describe('a database that is removed', () => {
  const removed = (fields: Json) => ({ Action: 'Remove', ...fields });

  it.each<[Json, Json | string]>([
    // The default leaves a snapshot, of a database of its own only.
    [{ BeforeContext: { Properties: {} } }, SNAPSHOT],
    [{ BeforeContext: { Properties: {} }, ResourceType: DB_CLUSTER }, SNAPSHOT],
    [{ BeforeContext: MEMBER }, 'delete_cluster_member'],
    [{ BeforeContext: { Properties: {}, DeletionPolicy: 'Delete' } }, NO_SNAPSHOT],
    [{ BeforeContext: { Properties: {}, DeletionPolicy: 'Snapshot' } }, SNAPSHOT],
    [{ BeforeContext: { Properties: {}, DeletionPolicy: { Ref: 'Policy' } } }, NO_SNAPSHOT],
    [{ PolicyAction: 'Delete' }, NO_SNAPSHOT],
    [{ PolicyAction: 'Snapshot' }, SNAPSHOT],
    // Two sources that disagree: the one that saves less.
    [{ PolicyAction: 'Snapshot', BeforeContext: { DeletionPolicy: 'Delete' } }, NO_SNAPSHOT],
    [{ PolicyAction: 'Delete', BeforeContext: { DeletionPolicy: 'Retain' } }, NO_SNAPSHOT],
    // Nobody says anything of it.
    [{}, NO_SNAPSHOT],
    [{ PolicyAction: 'Vanish' }, NO_SNAPSHOT],
  ])('with %j goes with %j', (fields, expected) => {
    const found = parametersOf(removed(fields));
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatchObject(expected);
  });

  it.each(['Retain', 'RetainExceptOnCreate'])('with the policy %s is forgotten', (policy) => {
    expect(summary(removed({ BeforeContext: { DeletionPolicy: policy } }))).toBe('forget');
  });

  it('loses its automated backups unless the template says otherwise', () => {
    const of = (DeleteAutomatedBackups: unknown) =>
      parametersOf(removed({ BeforeContext: { Properties: { DeleteAutomatedBackups } } }));
    expect(of(undefined)).toMatchObject({ deleteAutomatedBackups: true });
    expect(of('true')).toMatchObject({ deleteAutomatedBackups: true });
    expect(of('false')).toMatchObject({ deleteAutomatedBackups: false });
    expect(of({ Ref: 'Keep' })).toMatchObject({ deleteAutomatedBackups: true });
  });

  it('is named by its physical id, in the account and region of the stack', () => {
    expect(stepIn(removed({ PhysicalResourceId: 'Orders' })).target).toEqual({
      arn: null,
      resourceId: null,
      identifier: 'orders',
      scope: { accountId: '123456789012', region: 'eu-west-1' },
    });
  });

  it('is not deleted unless protection is switched off first: nothing here does that', () => {
    expect(parametersOf(removed({ BeforeContext: { Properties: { DeletionProtection: 'true' } } }))).toMatchObject({
      disarmsProtection: false,
    });
  });
});

describe('a database that is replaced', () => {
  const replaced = (fields: Json) => ({ Replacement: 'True', ...fields });

  it.each<[Json, Json]>([
    [{ AfterContext: { Properties: {} }, BeforeContext: { Properties: {} } }, NO_SNAPSHOT],
    [
      { AfterContext: { UpdateReplacePolicy: 'Snapshot' }, BeforeContext: { UpdateReplacePolicy: 'Snapshot' } },
      SNAPSHOT,
    ],
    [{ PolicyAction: 'ReplaceAndSnapshot' }, SNAPSHOT],
    [{ PolicyAction: 'ReplaceAndDelete' }, NO_SNAPSHOT],
    [{ PolicyAction: 'ReplaceAndRetain', AfterContext: { UpdateReplacePolicy: 'Delete' } }, NO_SNAPSHOT],
    // The policy for removal says nothing about a replacement.
    [{ BeforeContext: { DeletionPolicy: 'Retain' }, AfterContext: { DeletionPolicy: 'Retain' } }, NO_SNAPSHOT],
    [{ Replacement: 'Conditional' }, NO_SNAPSHOT],
    [{ Replacement: 'Perhaps' }, NO_SNAPSHOT],
  ])('with %j goes with %j', (fields, expected) => {
    expect(parametersOf(replaced(fields))).toMatchObject(expected);
  });

  it.each([{ PolicyAction: 'ReplaceAndRetain' }, { AfterContext: { UpdateReplacePolicy: 'Retain' } }])(
    'with %j is left behind',
    (fields) => {
      expect(summary(replaced(fields))).toBe('forget');
    },
  );

  it('is not touched when it is not replaced', () => {
    expect(summary({ Replacement: 'False', BeforeContext: {}, AfterContext: {} })).toBe('update');
  });
});

describe('a database that is modified', () => {
  const of = (before: Json, after: Json, fields: Json = {}) =>
    summary({ ...fields, BeforeContext: { Properties: before }, AfterContext: { Properties: after } });

  it.each<[Json, Json, string]>([
    [{ DeletionProtection: 'true' }, { DeletionProtection: 'false' }, 'disarm modify_db_instance'],
    [{ DeletionProtection: 'true' }, {}, 'disarm modify_db_instance'],
    [{ DeletionProtection: 'false' }, { DeletionProtection: 'true' }, 'update modify_db_instance'],
    [{ BackupRetentionPeriod: '14' }, { BackupRetentionPeriod: '1' }, 'disarm modify_db_instance'],
    [{ BackupRetentionPeriod: '1' }, { BackupRetentionPeriod: '14' }, 'update modify_db_instance'],
    [{ BackupRetentionPeriod: '14' }, {}, 'unknown opaque'],
    [{ DeleteAutomatedBackups: 'false' }, { DeleteAutomatedBackups: 'true' }, 'disarm modify_db_instance'],
    [{ DeletionProtection: 'true' }, { DeletionProtection: '{{changeSet:KNOWN_AFTER_APPLY}}' }, 'unknown opaque'],
    [{ DeletionProtection: { Ref: 'On' } }, { DeletionProtection: 'true' }, 'unknown modify_db_instance opaque'],
    [{ DBInstanceClass: 'a' }, { DBInstanceClass: 'b' }, 'update'],
  ])('from %j to %j is %s', (before, after, expected) => {
    expect(of(before, after)).toContain(expected);
  });

  it('sends what it sets, at once unless the template says otherwise', () => {
    const fields = (more: Json) => ({
      BeforeContext: { Properties: { BackupRetentionPeriod: '14' } },
      AfterContext: { Properties: { BackupRetentionPeriod: '0', ...more } },
    });
    expect(stepIn(fields({}))).toMatchObject({ change: { retentionDays: 0, applyImmediately: true } });
    expect(stepIn(fields({ ApplyImmediately: 'false' }))).toMatchObject({ change: { applyImmediately: false } });
  });

  it.each<[string, Json, Json, string]>([
    ['DeletionPolicy', { DeletionPolicy: 'Retain' }, { DeletionPolicy: 'Delete' }, 'disarm modify_db_instance'],
    ['DeletionPolicy', { DeletionPolicy: 'Retain' }, {}, 'disarm modify_db_instance'],
    ['DeletionPolicy', {}, { DeletionPolicy: 'Delete' }, 'disarm modify_db_instance'],
    ['DeletionPolicy', { DeletionPolicy: 'Delete' }, {}, 'update'],
    ['UpdateReplacePolicy', { UpdateReplacePolicy: 'Snapshot' }, {}, 'disarm modify_db_instance'],
    ['UpdateReplacePolicy', {}, { UpdateReplacePolicy: 'Retain' }, 'update'],
  ])('in its %s from %j to %j is %s', (_, before, after, expected) => {
    expect(summary({ BeforeContext: before, AfterContext: after })).toBe(expected);
  });

  it.each<[unknown, string]>([
    [undefined, 'unknown opaque'],
    [[], 'unknown opaque'],
    [[{ Target: { Attribute: 'Properties', Name: 'DeletionProtection' } }], 'unknown opaque'],
    [[{ Target: { Attribute: 'Properties', Path: '/Properties/BackupRetentionPeriod' } }], 'unknown opaque'],
    [[{ Target: { Attribute: 'Properties' } }], 'unknown opaque'],
    [[{ Target: { Attribute: 'DeletionPolicy' } }], 'unknown opaque'],
    [[{ Target: { Attribute: 'Properties', Name: 'AllocatedStorage' } }], 'update'],
    [[{ Target: { Attribute: 'Tags' } }], 'update'],
  ])('without contexts, touching %j, is %s', (Details, expected) => {
    expect(summary({ Details })).toBe(expected);
  });

  it('without an after context is compared with the template', () => {
    const template =
      'Resources:\n  Database:\n    Type: AWS::RDS::DBInstance\n    Properties: {DeletionProtection: false}\n';
    expect(summary({ BeforeContext: { Properties: { DeletionProtection: 'true' } } }, { template })).toBe(
      'disarm modify_db_instance',
    );
  });
});

describe('other resources', () => {
  const remove = (ResourceType: string, PhysicalResourceId = 'x') => ({
    Action: 'Remove',
    ResourceType,
    PhysicalResourceId,
  });
  it.each([
    ['AWS::RDS::GlobalCluster', 'destroy delete_global_cluster'],
    ['AWS::RDS::DBSubnetGroup', 'destroy delete_prerequisite'],
    ['AWS::RDS::DBParameterGroup', 'destroy delete_prerequisite'],
    ['AWS::RDS::DBClusterParameterGroup', 'destroy delete_prerequisite'],
    ['AWS::RDS::OptionGroup', 'destroy delete_prerequisite'],
    ['AWS::RDS::DBProxy', 'other_destroy'],
    ['AWS::RDS::CustomDBEngineVersion', 'unknown opaque'],
    ['AWS::RDS::DBShardGroup', 'unknown opaque'],
    ['AWS::Backup::BackupVault', 'destroy delete_backup_vault'],
    ['AWS::Backup::LogicallyAirGappedBackupVault', 'destroy delete_backup_vault'],
    ['AWS::Backup::BackupPlan', 'disarm stop_future_backups'],
    ['AWS::Backup::BackupSelection', 'disarm stop_future_backups'],
    ['AWS::KMS::Key', 'destroy schedule_key_deletion'],
    ['AWS::KMS::ReplicaKey', 'destroy schedule_key_deletion'],
    ['AWS::KMS::Alias', 'other_destroy'],
    ['AWS::SecretsManager::Secret', 'destroy delete_prerequisite'],
    ['AWS::EC2::SecurityGroup', 'destroy delete_prerequisite'],
    ['AWS::DocDB::DBCluster', 'unknown opaque'],
    ['AWS::Neptune::DBCluster', 'unknown opaque'],
    ['AWS::CloudFormation::Stack', 'unknown opaque'],
    ['AWS::CloudFormation::StackSet', 'unknown opaque'],
    ['AWS::CloudFormation::CustomResource', 'unknown opaque'],
    ['Custom::Cleaner', 'unknown opaque'],
    ['AWS::S3::Bucket', 'other_destroy'],
    ['AWS::Lambda::Function', 'other_destroy'],
  ])('removing %s is %s', (type, expected) => {
    expect(summary(remove(type))).toBe(expected);
  });

  it('a snapshot asked of what has none is a deletion', () => {
    expect(summary({ ...remove('AWS::KMS::Key'), PolicyAction: 'Snapshot' })).toBe('destroy schedule_key_deletion');
    expect(summary({ ...remove('AWS::KMS::Key'), PolicyAction: 'Retain' })).toBe('forget');
  });

  it('loses nothing with a policy that never held', () => {
    const policies = { BeforeContext: { DeletionPolicy: 'Snapshot' }, AfterContext: { DeletionPolicy: 'Delete' } };
    expect(summary({ ResourceType: 'AWS::KMS::Key', ...policies })).toBe('update');
  });

  it.each([
    [{ PendingWindowInDays: '7' }, 7],
    [{}, 30],
    [{ PendingWindowInDays: { Ref: 'Days' } }, 7],
  ])('a key with %j waits %d days', (Properties, windowDays) => {
    expect(stepIn({ ...remove('AWS::KMS::Key', 'k-1'), BeforeContext: { Properties } })).toMatchObject({
      windowDays,
      target: { identifier: 'k-1' },
    });
  });

  it.each<[string, Json, Json, string]>([
    ['AWS::Backup::BackupVault', { LockConfiguration: { MinRetentionDays: 7 } }, {}, 'disarm delete_vault_lock'],
    ['AWS::Backup::BackupVault', {}, { LockConfiguration: { MinRetentionDays: 7 } }, 'update'],
    ['AWS::Backup::BackupVault', { AccessPolicy: { a: 1 } }, { AccessPolicy: { a: 2 } }, 'disarm change_vault_policy'],
    ['AWS::Backup::BackupPlan', { BackupPlan: { a: 1 } }, { BackupPlan: { a: 2 } }, 'disarm stop_future_backups'],
    ['AWS::KMS::Key', { Enabled: 'true' }, { Enabled: 'false' }, 'disarm disable_key'],
    ['AWS::KMS::Key', { KeyPolicy: { a: 1 } }, { KeyPolicy: { a: 2 } }, 'disarm change_key_policy'],
    ['AWS::KMS::Key', { Description: 'a' }, { Description: 'b' }, 'update'],
    ['AWS::DocDB::DBCluster', { DeletionProtection: 'true' }, { DeletionProtection: 'false' }, 'unknown opaque'],
    ['AWS::S3::Bucket', { a: 1 }, { a: 2 }, 'update'],
    ['Custom::Cleaner', { a: 1 }, { a: 2 }, 'unknown opaque'],
  ])('modifying %s from %j to %j is %s', (ResourceType, before, after, expected) => {
    const contexts = { BeforeContext: { Properties: before }, AfterContext: { Properties: after } };
    expect(summary({ ResourceType, ...contexts })).toBe(expected);
  });
});

describe('other actions', () => {
  it.each([
    ['Import', 'none'],
    ['SyncWithActual', 'none'],
    ['Dynamic', 'unknown opaque'],
    ['Explode', 'unknown opaque'],
  ])('%s is %s', (Action, expected) => {
    expect(summary({ Action })).toBe(expected);
  });

  it('an addition claims the name that it is given', () => {
    const fields = {
      Action: 'Add',
      PhysicalResourceId: undefined,
      AfterContext: { Properties: { DBInstanceIdentifier: 'New' } },
    };
    expect(stepIn(fields)).toMatchObject({ kind: 'create_database', target: { identifier: 'new' } });
    expect(summary({ Action: 'Add', ResourceType: 'AWS::S3::Bucket' })).toBe('create');
  });

  it('says in its own words what it does', () => {
    expect(changeIn({ Replacement: 'True' })).toMatchObject({
      address: 'shop/Database',
      actions: ['Modify', 'Replace'],
    });
    expect(changeIn({ Action: 'a\u001bb' }).actions).toEqual(['an unprintable action']);
  });
});

describe('a change set as a whole', () => {
  it('deletes last, copies and members before databases, and keys at the end', () => {
    const removal = (ResourceType: string, LogicalResourceId: string, more: Json = {}) =>
      aChange({ Action: 'Remove', ResourceType, LogicalResourceId, PhysicalResourceId: LogicalResourceId, ...more });
    const { actions } = read(
      aChangeSet([
        removal('AWS::KMS::Key', 'k'),
        removal(DB_CLUSTER, 'c'),
        removal(DB_INSTANCE, 'm', { BeforeContext: MEMBER }),
        aChange({
          BeforeContext: { Properties: { DeletionProtection: 'true' } },
          AfterContext: { Properties: {} },
        }),
      ]),
    );
    expect(actions.map(({ kind }) => kind)).toEqual([
      'modify_db_instance',
      'delete_cluster_member',
      'delete_db_cluster',
      'schedule_key_deletion',
    ]);
  });

  const nested = aChange({
    ResourceType: 'AWS::CloudFormation::Stack',
    LogicalResourceId: 'Data',
    ChangeSetId: 'arn:n',
  });
  const inner = (fields: Json = {}) =>
    aChangeSet([aChange({ Action: 'Remove' })], { ChangeSetId: 'arn:n', StackName: 'data', ...fields });

  it('with a nested stack is unknown until its change set is given', () => {
    expect(read(aChangeSet([nested])).changes.map(summarised)).toEqual(['unknown opaque']);
    const both = read([aChangeSet([nested]), inner()]);
    expect(both.changes.map(summarised)).toEqual(['none', 'destroy delete_db_instance']);
    expect(both.changes.map(({ address }) => address)).toEqual(['shop/Data', 'data/Database']);
  });

  it('with a nested stack of which a page is missing stays unknown', () => {
    expect(read([aChangeSet([nested]), inner({ NextToken: 't' })]).changes.map(summarised)).toContain('unknown opaque');
  });

  it.each<[Json, string[]]>([
    [{}, []],
    [{ NextToken: 'more' }, ['unread_part']],
    [{ Status: 'FAILED' }, ['errored_plan']],
    [{ Status: 'CREATE_IN_PROGRESS' }, ['errored_plan']],
    [{ ExecutionStatus: 'OBSOLETE' }, ['errored_plan']],
  ])('with %j gives the signals %j', (fields, codes) => {
    expect(read(aChangeSet([], fields)).signals.map(({ code }) => code)).toEqual(codes);
  });

  it('has another digest with another template', () => {
    const set = aChangeSet([]);
    const template = 'Resources: {A: {Type: "AWS::S3::Bucket"}}';
    expect(read(set).digest).toBe(read(set).digest);
    expect(read(set).digest).not.toBe(read(set, { template }).digest);
  });
});
