/**
 * Plays the people and tools around Muster in the demo: the agent that destroys, the engineer who takes a
 * snapshot and brings the database back.
 *
 * Muster itself never makes these calls. They are real AWS SDK calls, and this file refuses to make them to
 * anything but a lab on loopback.
 */

import type { RDSClient } from '@aws-sdk/client-rds';
import type { Clock, Endpoint } from '../app/ports.ts';
import { invariant } from '../core/invariant.ts';
import type { Action } from '../intent/action.ts';

/** What the others do in the story. */
export interface Agent {
  /** Where an instance can be reached; null while it cannot. */
  reach(instanceId: string): Promise<Endpoint | null>;
  /** Takes a manual cluster snapshot and waits until it is available. */
  takeSnapshot(clusterId: string, snapshotId: string): Promise<void>;
  /** Carries out a deletion as Terraform would, and waits until it is done. */
  carryOut(action: Action): Promise<void>;
  /** Restores a cluster snapshot under a name, adds an instance and waits for it. */
  bringBack(options: {
    readonly snapshotArn: string;
    readonly clusterId: string;
    readonly instanceId: string;
  }): Promise<Endpoint>;
}

const WAIT_SECONDS = 0.2;
const WAITS_MAX = 600;

/**
 * An agent that acts on one lab.
 *
 * @param rds The SDK client, made when first asked for.
 */
export function createAgent(
  { endpoint, rds }: { readonly endpoint: string; readonly rds: () => Promise<RDSClient> },
  clock: Clock,
): Agent {
  invariant(new URL(endpoint).hostname === '127.0.0.1', 'the demo acts on a lab on loopback only', { endpoint });
  return {
    reach: async (instanceId) => (await instance(await rds(), instanceId))?.endpoint ?? null,
    takeSnapshot: async (clusterId, snapshotId) => takeSnapshot(await rds(), clock, { clusterId, snapshotId }),
    carryOut: async (action) => carryOut(await rds(), clock, action),
    bringBack: async (options) => bringBack(await rds(), clock, options),
  };
}

async function takeSnapshot(
  rds: RDSClient,
  clock: Clock,
  ids: { clusterId: string; snapshotId: string },
): Promise<void> {
  const { CreateDBClusterSnapshotCommand, DescribeDBClusterSnapshotsCommand } = await import('@aws-sdk/client-rds');
  const DBClusterSnapshotIdentifier = ids.snapshotId;
  await rds.send(
    new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: ids.clusterId, DBClusterSnapshotIdentifier }),
  );
  await until(clock, async () => {
    const { DBClusterSnapshots = [] } = await rds.send(
      new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier }),
    );
    return DBClusterSnapshots[0]?.Status === 'available' || null;
  });
}

async function carryOut(rds: RDSClient, clock: Clock, action: Action): Promise<void> {
  const { DeleteDBClusterCommand, DeleteDBInstanceCommand } = await import('@aws-sdk/client-rds');
  const { identifier } = action.target;
  if (action.kind === 'delete_cluster_member') {
    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: identifier }));
    await until(clock, async () => ((await instance(rds, identifier)) === null ? true : null));
  }
  if (action.kind === 'delete_db_cluster') {
    const { skipFinalSnapshot, finalSnapshotId, deleteAutomatedBackups } = action.parameters;
    await rds.send(
      new DeleteDBClusterCommand({
        DBClusterIdentifier: identifier,
        SkipFinalSnapshot: skipFinalSnapshot ?? undefined,
        FinalDBSnapshotIdentifier: finalSnapshotId ?? undefined,
        DeleteAutomatedBackups: deleteAutomatedBackups ?? undefined,
      }),
    );
    await until(clock, async () => ((await clusterStatus(rds, identifier)) === null ? true : null));
  }
}

async function bringBack(
  rds: RDSClient,
  clock: Clock,
  { snapshotArn, clusterId, instanceId }: { snapshotArn: string; clusterId: string; instanceId: string },
): Promise<Endpoint> {
  const { CreateDBInstanceCommand, RestoreDBClusterFromSnapshotCommand } = await import('@aws-sdk/client-rds');
  const Engine = 'aurora-postgresql';
  await rds.send(
    new RestoreDBClusterFromSnapshotCommand({
      DBClusterIdentifier: clusterId,
      SnapshotIdentifier: snapshotArn,
      Engine,
    }),
  );
  await until(clock, async () => (await clusterStatus(rds, clusterId)) === 'available' || null);
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: instanceId,
      DBClusterIdentifier: clusterId,
      DBInstanceClass: 'db.t3.medium',
      Engine,
    }),
  );
  return until(clock, async () => {
    const seen = await instance(rds, instanceId);
    return seen?.status === 'available' ? seen.endpoint : null;
  });
}

async function instance(rds: RDSClient, id: string): Promise<{ status: string; endpoint: Endpoint | null } | null> {
  const { DBInstanceNotFoundFault, DescribeDBInstancesCommand } = await import('@aws-sdk/client-rds');
  try {
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }));
    const { DBInstanceStatus = 'unknown', Endpoint: at } = DBInstances[0] ?? {};
    const endpoint = at?.Address !== undefined && at.Port !== undefined ? { host: at.Address, port: at.Port } : null;
    return { status: DBInstanceStatus, endpoint };
  } catch (error) {
    if (error instanceof DBInstanceNotFoundFault) return null;
    throw error;
  }
}

async function clusterStatus(rds: RDSClient, id: string): Promise<string | null> {
  const { DBClusterNotFoundFault, DescribeDBClustersCommand } = await import('@aws-sdk/client-rds');
  try {
    const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: id }));
    return DBClusters[0]?.Status ?? 'unknown';
  } catch (error) {
    if (error instanceof DBClusterNotFoundFault) return null;
    throw error;
  }
}

async function until<T>(clock: Clock, look: () => Promise<T | null>): Promise<T> {
  for (let waits = 0; waits < WAITS_MAX; waits += 1) {
    const seen = await look();
    if (seen !== null) return seen;
    await clock.sleep(WAIT_SECONDS);
  }
  invariant(false, 'the lab gets there in the end', { waits: WAITS_MAX });
}
