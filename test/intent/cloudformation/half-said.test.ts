/** Documents that leave out what would tell a harmless change from a deletion, and guards that go by another property. */

import { describe, expect, it } from 'vitest';
import {
  aChange,
  aChangeSet,
  DB_CLUSTER,
  DB_INSTANCE,
  read,
  readText,
  refusal,
  STACK_ID,
  summarised,
  summary,
} from './support.ts';

const contexts = (before: object, after: object, more: object = {}) => ({
  BeforeContext: { Properties: before, ...more },
  AfterContext: { Properties: after, ...more },
});

describe('a modification', () => {
  it('that does not say whether it replaces is unknown, unless nothing of the type is watched', () => {
    const silent = { Replacement: undefined, ...contexts({ DBName: 'a' }, { DBName: 'b' }) };
    expect(summary(silent)).toBe('unknown opaque');
    expect(summary({ ...silent, ResourceType: 'AWS::Lambda::Function' })).toBe('update');
  });

  it('whose policy speaks of a replacement is one', () => {
    expect(summary({ PolicyAction: 'ReplaceAndDelete', ...contexts({}, {}) })).toBe('destroy delete_db_instance');
  });

  it.each(['DeletionPolicy', 'UpdateReplacePolicy'])('of %s that the contexts do not show is unknown', (Attribute) => {
    const Details = [{ Target: { Attribute, Name: Attribute } }];
    expect(summary({ Details, ...contexts({}, {}) })).toBe('unknown opaque');
    expect(summary({ Details, ...contexts({}, {}), AfterContext: { [Attribute]: 'Retain' } })).toBe('update');
  });

  it.each([
    [DB_CLUSTER, 'GlobalClusterIdentifier', 'g', undefined, 'disarm remove_from_global_cluster'],
    ['AWS::RDS::GlobalCluster', 'DeletionProtection', 'true', 'false', 'disarm'],
    ['AWS::Backup::LogicallyAirGappedBackupVault', 'AccessPolicy', { a: 1 }, { a: 2 }, 'disarm change_vault_policy'],
    [DB_INSTANCE, 'AutomaticBackupReplicationRegion', 'eu-north-1', undefined, 'disarm modify_db_instance'],
    [DB_INSTANCE, 'AutomaticBackupReplicationRetentionPeriod', 14, 1, 'disarm modify_db_instance'],
  ])('of %s that takes %s away disarms', (ResourceType, name, before, after, expected) => {
    expect(summary({ ResourceType, ...contexts({ [name]: before }, { [name]: after }) }).split(' ')).toEqual(
      expect.arrayContaining(expected.split(' ')),
    );
  });

  it('that begins to replicate backups is none', () => {
    expect(summary(contexts({}, { AutomaticBackupReplicationRegion: 'eu-north-1' }))).toBe('update');
  });
});

describe('a change set that only tags', () => {
  it('is an update of everything', () => {
    const tags = contexts({ Tags: [] }, { Tags: [{ Key: 'team', Value: 'a' }] });
    expect(summary({ ResourceType: 'AWS::Backup::BackupPlan', ...contexts({}, { BackupPlanTags: { a: 'b' } }) })).toBe(
      'update',
    );
    const Details = [{ Target: { Attribute: 'Properties', Name: 'BackupPlanTags' } }];
    expect(summary({ ResourceType: 'AWS::Backup::BackupPlan', Details })).toBe('update');
    const types = [DB_INSTANCE, DB_CLUSTER, 'AWS::KMS::Key', 'AWS::Backup::BackupVault', 'AWS::S3::Bucket'];
    const { changes, signals } = read(aChangeSet(types.map((ResourceType) => aChange({ ResourceType, ...tags }))));
    expect(changes.map(summarised)).toEqual(types.map(() => 'update'));
    expect(signals).toEqual([]);
  });
});

describe('the call of a hook', () => {
  const call = (targetName: string, previousResourceProperties: object | undefined, resourceProperties: object) => ({
    stackId: STACK_ID,
    actionInvocationPoint: 'UPDATE_PRE_PROVISION',
    requestData: {
      targetName,
      targetType: 'RESOURCE',
      targetLogicalId: 'It',
      targetModel: { previousResourceProperties, resourceProperties },
    },
  });
  const summaryOf = (...parts: Parameters<typeof call>) =>
    read(call(...parts))
      .changes.map(summarised)
      .join();

  it('that does not show what was there before is unknown', () => {
    expect(summaryOf(DB_INSTANCE, undefined, { DeletionProtection: 'false' })).toBe('unknown opaque');
    expect(summaryOf('AWS::S3::Bucket', undefined, { BucketName: 'b' })).toBe('update');
  });

  it.each([
    ['AWS::KMS::Key', 'KeySpec', 'Description'],
    ['AWS::KMS::ReplicaKey', 'PrimaryKeyArn', 'Tags'],
    ['AWS::Backup::BackupVault', 'EncryptionKeyArn', 'BackupVaultTags'],
    ['AWS::RDS::GlobalCluster', 'StorageEncrypted', 'EngineVersion'],
  ])('for %s is unknown when %s changes, which may replace it', (type, replaces, inPlace) => {
    expect(summaryOf(type, { [replaces]: 'a', x: 1 }, { [replaces]: 'b', x: 1 })).toMatch(/^unknown opaque/);
    expect(summaryOf(type, { [inPlace]: 'a', x: 1 }, { [inPlace]: 'b', x: 1 })).toBe('update');
  });
});

it('a selection of backups that is edited in a hook disarms', () => {
  const of = (role: string) => ({ BackupPlanId: 'p', BackupSelection: { IamRoleArn: role, Resources: ['*'] } });
  const document = {
    stackId: STACK_ID,
    actionInvocationPoint: 'UPDATE_PRE_PROVISION',
    requestData: {
      targetName: 'AWS::Backup::BackupSelection',
      targetModel: { previousResourceProperties: of('a'), resourceProperties: of('b') },
    },
  };
  expect(read(document).changes[0]?.class).toBe('disarm');
});

it('a database of Aurora DSQL that leaves its stack is unknown', () => {
  const removed = { Action: 'Remove', ResourceType: 'AWS::DSQL::Cluster' };
  expect(summary(removed)).toBe('unknown opaque');
});

describe('a template that is deleted', () => {
  const template = `Resources:
  Database: {Type: ${DB_INSTANCE}, Properties: {DBInstanceIdentifier: orders}}
  Maybe: {Type: ${DB_INSTANCE}, Condition: IsProd}
`;
  const listing = (...ids: string[]) => ({
    StackResourceSummaries: ids.map((LogicalResourceId) => ({
      LogicalResourceId,
      ResourceType: 'AWS::S3::Bucket',
      ResourceStatus: 'DELETE_COMPLETE',
    })),
  });
  it('is one document', () => {
    expect(refusal(`${template}---\n${template}`, { deletesStack: true })).toContain('2 documents');
  });

  it('is not that of a list which does not have what it defines', () => {
    const of = (...ids: string[]) =>
      readText(template, { deletesStack: true, stackResources: listing(...ids) }).signals.map(({ detail }) => detail);
    expect(of('Other')).toEqual(['the list of the stack does not have what its template defines: Database']);
    expect(of('Database')).toEqual([]);
  });
});

describe('a resource whose handler somebody else wrote', () => {
  it.each(['Remove', 'Modify', 'Add'])('is unknown on %s', (Action) => {
    expect(summary({ Action, ResourceType: 'Acme::RDS::Database' })).toBe('unknown opaque');
  });
});

describe('a nested stack that is added', () => {
  const entry = { Action: 'Add', ResourceType: 'AWS::CloudFormation::Stack', Replacement: undefined };

  it('is unknown without its own change set', () => {
    expect(summary(entry)).toBe('unknown opaque');
  });

  it('is what its own change set says', () => {
    const ChangeSetId = 'arn:aws:cloudformation:eu-west-1:123456789012:changeSet/nested/1';
    const { changes } = read([
      aChangeSet([aChange({ ...entry, ChangeSetId })]),
      aChangeSet([aChange({ Action: 'Add' })], { ChangeSetId }),
    ]);
    expect(changes.map((change) => change.class)).toEqual(['none', 'create']);
  });
});
