/**
 * Makes, changes and deletes scratch databases: the only module here that can delete anything.
 *
 * Every call refuses an id without Muster's prefix, and what exists already is touched only when
 * `describe` shows both of Muster's tags on it. Nothing is left to AWS's defaults, which copy production's
 * tags, retention and public access onto a restored database.
 * Source: aws-backup-facts.md 4.1 (restore calls), 4.2 (what a drill must set), 2.1 and 2.2 (deletion).
 */

import type { RDSClient } from '@aws-sdk/client-rds';
import type { Endpoint, ScratchOperator, ScratchShape, ScratchView } from '../../app/ports.ts';
import { parseArn } from '../../core/arn.ts';
import { MusterError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import type { RecoveryPoint } from '../../inventory/model.ts';
import type { Clients } from './clients.ts';
import { faultOf, toMusterError } from './faults.ts';
import { dbCluster, dbInstance, printIssues } from './schema.ts';

/**
 * The marks of a scratch, written down a second time on purpose: the guard that hands out proofs and the
 * operator that deletes on them must not be wrong together. A test holds the two equal.
 */
export const SCRATCH_MARKS = { prefix: 'muster-scratch-', drill: 'muster:drill', scratch: 'muster:scratch' } as const;

/** Stops RDS from enrolling a restored old version in paid Extended Support. */
const NO_EXTENDED_SUPPORT = 'open-source-rds-extended-support-disabled';
const EXTENDED_SUPPORT_ENGINES = ['mysql', 'postgres', 'aurora-mysql', 'aurora-postgresql'];
/** Aurora's least; an instance takes 0. */
const CLUSTER_RETENTION_DAYS_MIN = 1;

type Sdk = typeof import('@aws-sdk/client-rds');
type What = 'cluster' | 'instance';
type ScratchProof = Parameters<ScratchOperator['delete']>[2];

/** An operator on the account and region that the clients are set up for. */
export function createScratchOperator(clients: Clients): ScratchOperator {
  const call = async (action: string, send: (sdk: Sdk, rds: RDSClient) => Promise<unknown>, secret = false) => {
    const [sdk, rds] = await Promise.all([import('@aws-sdk/client-rds'), clients.rds()]);
    try {
      return await send(sdk, rds);
    } catch (error) {
      if (!secret && faultOf(error).kind === 'exists') throw new AlreadyExists(error);
      const endpoint = (await clients.endpoint()) ?? `AWS RDS in ${await clients.region()}`;
      throw toMusterError(error, { action: `rds:${action}`, endpoint, refusedCode: 'MUSTER_DRILL_FAILED', secret });
    }
  };

  const describe = async (what: What, id: string): Promise<ScratchView | null> => {
    const [sdk, rds] = await Promise.all([import('@aws-sdk/client-rds'), clients.rds()]);
    try {
      return what === 'cluster' ? await viewCluster(sdk, rds, id) : await viewInstance(sdk, rds, id);
    } catch (error) {
      if (faultOf(error).kind === 'not_found') return null;
      const endpoint = (await clients.endpoint()) ?? `AWS RDS in ${await clients.region()}`;
      const action = what === 'cluster' ? 'rds:DescribeDBClusters' : 'rds:DescribeDBInstances';
      throw toMusterError(error, { action, endpoint, refusedCode: 'MUSTER_DRILL_FAILED' });
    }
  };

  /** Makes it, or finds it made already by this very drill. */
  const make = async (what: What, id: string, shape: ScratchShape, send: () => Promise<unknown>): Promise<void> => {
    holdScratchId(id);
    holdTags(shape.tags);
    try {
      await send();
    } catch (error) {
      if (!(error instanceof AlreadyExists)) throw error;
      const view = await describe(what, id);
      if (view === null || !sameScratch(view.tags, shape.tags)) {
        throw new MusterError('MUSTER_DRILL_FAILED', `${what} ${id} exists and does not bear this drill's tags`, {
          cause: error.cause,
        });
      }
    }
  };

  return {
    restoreCluster: async (id, point, shape) => {
      const input = clusterRestoreInput(id, point, shape);
      await make('cluster', id, shape, () =>
        call('RestoreDBClusterFromSnapshot', (sdk, rds) =>
          rds.send(new sdk.RestoreDBClusterFromSnapshotCommand(input)),
        ),
      );
    },
    addInstance: async (id, clusterId, engine, shape) => {
      holdScratchId(clusterId);
      const input = memberInput(id, clusterId, engine, shape);
      await make('instance', id, shape, () =>
        call('CreateDBInstance', (sdk, rds) => rds.send(new sdk.CreateDBInstanceCommand(input))),
      );
    },
    restoreInstance: async (id, point, shape) => {
      const input = instanceRestoreInput(id, point, shape);
      await make('instance', id, shape, () =>
        call('RestoreDBInstanceFromDBSnapshot', (sdk, rds) =>
          rds.send(new sdk.RestoreDBInstanceFromDBSnapshotCommand(input)),
        ),
      );
    },
    setPassword: async (what, id, password) => {
      holdScratchId(id);
      const view = await describe(what, id);
      if (view === null)
        throw new MusterError('MUSTER_DRILL_FAILED', `${what} ${id} is gone before its password was set`);
      requireTags(what, id, view.tags);
      const change = { MasterUserPassword: password, ApplyImmediately: true };
      if (what === 'cluster') {
        const send = (sdk: Sdk, rds: RDSClient) =>
          rds.send(new sdk.ModifyDBClusterCommand({ DBClusterIdentifier: id, ...change }));
        await call('ModifyDBCluster', send, true);
      } else {
        const send = (sdk: Sdk, rds: RDSClient) =>
          rds.send(new sdk.ModifyDBInstanceCommand({ DBInstanceIdentifier: id, ...change }));
        await call('ModifyDBInstance', send, true);
      }
    },
    describe: async (what, id) => {
      holdScratchId(id);
      return describe(what, id);
    },
    delete: async (what, id, proof) => {
      holdProof(id, proof);
      const view = await describe(what, id);
      // Already gone, or on its way: a second delete would only be refused.
      if (view === null || view.status === 'deleting') return;
      requireTags(what, id, view.tags);
      invariant(view.tags[SCRATCH_MARKS.drill] === proof.drillId, 'a scratch is deleted only by its own drill', { id });
      const action = what === 'cluster' ? 'DeleteDBCluster' : 'DeleteDBInstance';
      await call(action, (sdk, rds) => deleteIgnoringGone(sdk, rds, what, id));
    },
  };
}

/** Leaves no final snapshot and no retained backup behind; each would count against a quota of 40 or 100. */
async function deleteIgnoringGone(sdk: Sdk, rds: RDSClient, what: What, id: string): Promise<void> {
  const flags = { SkipFinalSnapshot: true, DeleteAutomatedBackups: true };
  try {
    if (what === 'cluster') await rds.send(new sdk.DeleteDBClusterCommand({ DBClusterIdentifier: id, ...flags }));
    else await rds.send(new sdk.DeleteDBInstanceCommand({ DBInstanceIdentifier: id, ...flags }));
  } catch (error) {
    if (faultOf(error).kind !== 'not_found') throw error;
  }
}

async function viewCluster(sdk: Sdk, rds: RDSClient, id: string): Promise<ScratchView | null> {
  const answer = await rds.send(new sdk.DescribeDBClustersCommand({ DBClusterIdentifier: id }));
  const item = answer.DBClusters?.find((cluster) => cluster.DBClusterIdentifier === id);
  if (item === undefined) return null;
  const parsed = dbCluster.safeParse(item);
  if (!parsed.success) throw malformed('DescribeDBClusters', printIssues(parsed.error));
  const { Status, ClusterCreateTime, TagList, Endpoint: host, Port } = parsed.data;
  return { status: Status, createdAt: ClusterCreateTime, tags: TagList, endpoint: endpointOf(host, Port) };
}

async function viewInstance(sdk: Sdk, rds: RDSClient, id: string): Promise<ScratchView | null> {
  const answer = await rds.send(new sdk.DescribeDBInstancesCommand({ DBInstanceIdentifier: id }));
  const item = answer.DBInstances?.find((instance) => instance.DBInstanceIdentifier === id);
  if (item === undefined) return null;
  const parsed = dbInstance.safeParse(item);
  if (!parsed.success) throw malformed('DescribeDBInstances', printIssues(parsed.error));
  const { DBInstanceStatus, InstanceCreateTime, TagList, Endpoint: found } = parsed.data;
  return {
    status: DBInstanceStatus,
    createdAt: InstanceCreateTime,
    tags: TagList,
    endpoint: endpointOf(found?.Address ?? null, found?.Port ?? null),
  };
}

function endpointOf(host: string | null, port: number | null): Endpoint | null {
  return host === null || host === '' || port === null ? null : { host, port };
}

function clusterRestoreInput(id: string, point: RecoveryPoint, shape: ScratchShape) {
  const SnapshotIdentifier = snapshotOf(point, 'cluster-snapshot');
  const aurora = point.engine.startsWith('aurora');
  return {
    DBClusterIdentifier: id,
    SnapshotIdentifier,
    Engine: point.engine,
    // Without it the restore takes the region's default version, not the snapshot's.
    ...(point.engineVersion === null ? {} : { EngineVersion: point.engineVersion }),
    ...network(shape),
    ...lifecycle(point.engine),
    // Aurora is public or not by its instances; a Multi-AZ DB cluster by itself, and it brings its own.
    ...(aurora ? {} : { DBClusterInstanceClass: shape.instanceClass, PubliclyAccessible: false }),
    BackupRetentionPeriod: CLUSTER_RETENTION_DAYS_MIN,
    DeletionProtection: false,
    CopyTagsToSnapshot: false,
    Tags: tagList(shape.tags),
  };
}

/** Storage, network, protection and versions of a member are the cluster's; RDS refuses some of them here. */
function memberInput(id: string, clusterId: string, engine: string, shape: ScratchShape) {
  return {
    DBInstanceIdentifier: id,
    DBClusterIdentifier: clusterId,
    DBInstanceClass: shape.instanceClass,
    Engine: engine,
    ...(shape.subnetGroup === null ? {} : { DBSubnetGroupName: shape.subnetGroup }),
    PubliclyAccessible: false,
    AutoMinorVersionUpgrade: false,
    Tags: tagList(shape.tags),
  };
}

/** The snapshot's engine version is the restored one's: this call has no parameter for it. */
function instanceRestoreInput(id: string, point: RecoveryPoint, shape: ScratchShape) {
  return {
    DBInstanceIdentifier: id,
    DBSnapshotIdentifier: snapshotOf(point, 'snapshot'),
    DBInstanceClass: shape.instanceClass,
    ...network(shape),
    ...lifecycle(point.engine),
    BackupRetentionPeriod: 0,
    DeletionProtection: false,
    PubliclyAccessible: false,
    MultiAZ: false,
    AutoMinorVersionUpgrade: false,
    CopyTagsToSnapshot: false,
    Tags: tagList(shape.tags),
  };
}

/** A snapshot's name, or its ARN when another account owns it, as RDS wants. */
function snapshotOf(point: RecoveryPoint, type: 'snapshot' | 'cluster-snapshot'): string {
  const arn = parseArn(point.arn);
  if (arn === null || arn.service !== 'rds' || arn.resourceType !== type) {
    throw new MusterError(
      'MUSTER_DRILL_FAILED',
      `a recovery point of kind ${point.kind} cannot be restored by Muster yet: ${point.id} is no RDS ${type}`,
    );
  }
  return point.kind === 'shared_snapshot' || point.kind === 'public_snapshot' ? point.arn : arn.resource;
}

function network(shape: ScratchShape) {
  return {
    ...(shape.subnetGroup === null ? {} : { DBSubnetGroupName: shape.subnetGroup }),
    ...(shape.securityGroupIds.length === 0 ? {} : { VpcSecurityGroupIds: [...shape.securityGroupIds] }),
  };
}

function lifecycle(engine: string) {
  return EXTENDED_SUPPORT_ENGINES.includes(engine) ? { EngineLifecycleSupport: NO_EXTENDED_SUPPORT } : {};
}

function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function holdScratchId(id: string): void {
  invariant(id.startsWith(SCRATCH_MARKS.prefix), `a scratch id begins with ${SCRATCH_MARKS.prefix}`, { id });
}

/** What we are about to write bears the tags; anything else is a fault in Muster. */
function holdTags(tags: Readonly<Record<string, string>>): void {
  invariant(bearsTags(tags), 'a scratch bears the tags of its drill', { tags: Object.keys(tags) });
}

/** What AWS shows bears the tags still; somebody may have taken them off, and then it is not ours to touch. */
function requireTags(what: What, id: string, tags: Readonly<Record<string, string>>): void {
  if (bearsTags(tags)) return;
  throw new MusterError(
    'MUSTER_DRILL_FAILED',
    `${what} ${id} no longer bears the tags of a scratch, so it is left alone`,
  );
}

function bearsTags(tags: Readonly<Record<string, string>>): boolean {
  return Boolean(tags[SCRATCH_MARKS.drill]) && Boolean(tags[SCRATCH_MARKS.scratch]);
}

function holdProof(id: string, proof: ScratchProof): void {
  holdScratchId(id);
  invariant(proof.id === id, 'the proof is of the scratch that is deleted', { id, proof: proof.id });
}

function sameScratch(found: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return [SCRATCH_MARKS.drill, SCRATCH_MARKS.scratch].every((key) => found[key] === wanted[key]);
}

function malformed(action: string, what: string): MusterError {
  return new MusterError('MUSTER_DRILL_FAILED', `rds:${action} answered with a malformed item: ${what}`);
}

/** Carries "the id is taken" from the call to the one place that may call it success. */
class AlreadyExists extends Error {
  constructor(cause: unknown) {
    super('the id is taken', { cause });
  }
}
