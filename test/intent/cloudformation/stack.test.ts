/**
 * The deletion of a whole stack, and calls of a Lambda hook.
 */

import { describe, expect, it } from 'vitest';
import { DB_CLUSTER, DB_INSTANCE, read, readText, STACK_ID, summarised } from './support.ts';

type Json = Record<string, unknown>;

const TEMPLATE = `
Parameters:
  Password: {Type: String, NoEcho: true}
Resources:
  Subnets:
    Type: AWS::RDS::DBSubnetGroup
    Properties: {SubnetIds: !Split [",", !Ref Ids]}
  Cluster:
    Type: AWS::RDS::DBCluster
    Properties:
      DBClusterIdentifier: Courses
      DeleteAutomatedBackups: false
      MasterUserPassword: !Ref Password
  Member:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceIdentifier: courses-0
      DBClusterIdentifier: !Ref Cluster
  Orders:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    Properties:
      DBInstanceIdentifier: !Sub "\${AWS::StackName}-orders"
  Kept:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Retain
    Properties: {}
  Bucket:
    Type: AWS::S3::Bucket
`;
const deleting = (text: string, stackResources?: unknown) =>
  readText(text, { deletesStack: true, ...(stackResources !== undefined && { stackResources }) });
const byAddress = (text: string, listing?: unknown) =>
  Object.fromEntries(deleting(text, listing).changes.map((change) => [change.address, summarised(change)]));

const LISTING = {
  StackResources: [
    ['Cluster', DB_CLUSTER, 'courses-1x'],
    ['Orders', DB_INSTANCE, 'shop-orders'],
    ['Ghost', DB_INSTANCE, 'ghost'],
    ...['Gone', 'Subnets', 'Member', 'Kept', 'Bucket'].map((name) => [name, DB_INSTANCE, 'gone', 'DELETE_COMPLETE']),
  ].map(([LogicalResourceId, ResourceType, PhysicalResourceId, ResourceStatus = 'CREATE_COMPLETE']) => ({
    ...{ LogicalResourceId, ResourceType, PhysicalResourceId, ResourceStatus },
    StackId: STACK_ID.replace('eu-west-1', 'us-east-1'),
  })),
};

describe('deleting a stack by its template', () => {
  it('goes by the policy of each resource', () => {
    expect(byAddress(TEMPLATE)).toEqual({
      Subnets: 'destroy opaque',
      Cluster: 'destroy delete_db_cluster',
      Member: 'destroy delete_cluster_member',
      Orders: 'destroy opaque',
      Kept: 'forget',
      Bucket: 'other_destroy',
    });
  });

  it('leaves a snapshot of a database whose policy is not written, under a name that no snapshot has', () => {
    const [cluster] = deleting(TEMPLATE).actions.filter(({ kind }) => kind === 'delete_db_cluster');
    expect(cluster).toMatchObject({
      target: { identifier: 'courses', scope: { region: 'eu-west-1' } },
      parameters: { skipFinalSnapshot: false, finalSnapshotId: 'Courses-snapshot-*', deleteAutomatedBackups: false },
    });
  });

  it('deletes members before their cluster, whatever the order of the template', () => {
    const kinds = deleting(TEMPLATE).actions.map(({ kind }) => kind);
    expect(kinds.indexOf('delete_cluster_member')).toBeLessThan(kinds.indexOf('delete_db_cluster'));
  });

  it.each([
    ['Transform: MyMacro\n', ['unread_part']],
    ['Transform: [AWS::LanguageExtensions]\n', ['unread_part']],
    ['Transform: AWS::Serverless-2016-10-31\n', []],
    ['', []],
  ])('with %j gives the signals %j', (transform, codes) => {
    expect(deleting(transform + TEMPLATE).signals.map(({ code }) => code)).toEqual(codes);
    expect(deleting(transform + TEMPLATE, LISTING).signals).toEqual([]);
  });

  it('that writes resources in a loop is not read whole', () => {
    const looped = 'Resources:\n  Fn::ForEach::Db: [x, [a], {}]\n  A: {Type: "AWS::S3::Bucket"}\n';
    expect(deleting(looped).signals.map(({ code }) => code)).toEqual(['unread_part']);
  });
});

describe('deleting a stack with the list of what it holds', () => {
  it('names everything as AWS does, where the stack is', () => {
    const { actions } = deleting(TEMPLATE, LISTING);
    const found = actions.map(({ kind, target }) => [kind, target.identifier, target.scope?.region]);
    expect(found).toEqual([
      ['delete_db_cluster', 'courses-1x', 'us-east-1'],
      ['delete_db_instance', 'shop-orders', 'us-east-1'],
      ['delete_db_instance', 'ghost', 'us-east-1'],
    ]);
  });

  it('goes the worst way with what no template defines', () => {
    const ghost = deleting(TEMPLATE, LISTING).actions.find(({ target }) => target.identifier === 'ghost');
    expect(ghost).toMatchObject({ parameters: { skipFinalSnapshot: true, deleteAutomatedBackups: true } });
  });

  it('reads the other listing too, and says when it goes on', () => {
    const { StackResources } = LISTING;
    const { changes, signals } = deleting(TEMPLATE, { StackResourceSummaries: StackResources, NextToken: 't' });
    expect(changes.map(({ address }) => address)).toEqual(['Cluster', 'Orders', 'Ghost']);
    expect(signals.map(({ code }) => code)).toEqual(['unread_part']);
  });
});

describe('a hook', () => {
  const call = (point: string, model: Json, fields: Json = {}) => ({
    awsAccountId: '123456789012',
    stackId: STACK_ID,
    actionInvocationPoint: point,
    requestData: {
      targetName: DB_INSTANCE,
      targetType: 'RESOURCE',
      targetLogicalId: 'Database',
      targetModel: model,
      ...fields,
    },
  });
  const of = (...args: Parameters<typeof call>) =>
    read(call(...args))
      .changes.map(summarised)
      .join();

  it('at a deletion knows of no snapshot, since the call carries no policy', () => {
    const { actions } = read(call('DELETE_PRE_PROVISION', { resourceProperties: { DBInstanceIdentifier: 'orders' } }));
    expect(actions).toMatchObject([
      {
        kind: 'delete_db_instance',
        target: { identifier: 'orders', scope: { accountId: '123456789012', region: 'eu-west-1' } },
        parameters: { skipFinalSnapshot: true, finalSnapshotId: null, deleteAutomatedBackups: true },
      },
    ]);
  });

  it('at a deletion that names nothing is not understood', () => {
    expect(of('DELETE_PRE_PROVISION', { resourceProperties: {} })).toBe('destroy opaque');
  });

  const update = (before: Json, after: Json) =>
    of('UPDATE_PRE_PROVISION', {
      previousResourceProperties: { DBInstanceIdentifier: 'orders', ...before },
      resourceProperties: { DBInstanceIdentifier: 'orders', ...after },
    });

  it.each<[Json, Json, string]>([
    // Flags arrive as text.
    [{ DeletionProtection: 'true' }, { DeletionProtection: 'false' }, 'disarm modify_db_instance'],
    [{ BackupRetentionPeriod: '7' }, { BackupRetentionPeriod: '1' }, 'disarm modify_db_instance'],
    [{ DBInstanceClass: 'a' }, { DBInstanceClass: 'b' }, 'update'],
    [{ KmsKeyId: 'a' }, { KmsKeyId: 'b' }, 'unknown opaque'],
    [{ DBSnapshotIdentifier: 's' }, {}, 'unknown opaque'],
  ])('at an update from %j to %j is %s', (before, after, expected) => {
    expect(update(before, after)).toBe(expected);
  });

  it('at a creation claims a name', () => {
    expect(of('CREATE_PRE_PROVISION', { resourceProperties: {} })).toBe('create create_database');
  });

  it.each([
    ['STACK', 'unknown opaque'],
    ['CHANGE_SET', 'unknown opaque'],
    ['CLOUD_CONTROL', 'destroy delete_db_instance'],
  ])('for the target type %s is %s', (targetType, expected) => {
    const model = { resourceProperties: { DBInstanceIdentifier: 'orders' } };
    expect(of('DELETE_PRE_PROVISION', model, { targetType })).toBe(expected);
  });

  it('for a custom resource is unknown', () => {
    expect(of('DELETE_PRE_PROVISION', { resourceProperties: {} }, { targetName: 'Custom::X' })).toBe('unknown opaque');
  });
});
