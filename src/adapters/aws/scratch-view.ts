/**
 * What AWS shows of scratch things: one of them, or everything here that bears a mark of Muster's.
 *
 * Reads only. A listing that was cut short is an error and never a shorter list: what a sweep does not see, it leaves
 * running. Source: Amazon RDS API 2014-10-31, DescribeDBInstances, DescribeDBClusters, DescribeDBSnapshots and
 * DescribeDBClusterSnapshots (`SnapshotType`: a copy is manual).
 */

import type { RDSClient } from '@aws-sdk/client-rds';
import type * as z from 'zod';
import type { Endpoint, ScratchView } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import { SCRATCH_KINDS, type ScratchKind } from '../../drill/model.ts';
import type { Clients } from './clients.ts';
import type { Page } from './paging.ts';
import { printIssues } from './schema.ts';
import { answerOf, malformed, type RdsSdk, readingCalls, wholeListing } from './scratch-calls.ts';
import { scratchCluster, scratchClusterSnapshot, scratchInstance, scratchSnapshot } from './scratch-schema.ts';

/**
 * The marks of a scratch, written down a second time on purpose: the guard that hands out proofs and the
 * hands that act on them must not be wrong together. A test holds the two equal.
 */
export const SCRATCH_MARKS = { prefix: 'muster-scratch-', drill: 'muster:drill', scratch: 'muster:scratch' } as const;

/** A thing that AWS shows, and what a look at it is told besides. */
export interface Sighting {
  readonly view: ScratchView;
  readonly arn: string;
  /** The cluster that an instance is a member of; null for all else. */
  readonly clusterId: string | null;
}

/** Looks at what there is in one account and region. */
export interface ScratchEyes {
  /** Null where AWS says there is no such thing. */
  see(kind: ScratchKind, id: string): Promise<Sighting | null>;
  marked(): Promise<readonly ScratchView[]>;
}

/** Eyes for the account and region that the clients are set up for. */
export function createScratchEyes(clients: Clients): ScratchEyes {
  const calls = readingCalls(clients);
  return {
    see: async (kind, id) => {
      const { action, fetch, read } = LISTINGS[kind];
      const outcome = await calls.rds(action, (sdk, rds) => fetch(sdk, rds, { id }));
      if (outcome.kind === 'not_found') return null;
      const { items } = answerOf(outcome);
      // Whatever answered so said nothing of what is there; taken for nothing, it would make a scratch count as gone.
      if (items === undefined) throw new MusterError('MUSTER_AWS_UNAVAILABLE', `rds:${action} answered without a list`);
      // An endpoint that is not AWS's may not heed the filter.
      return items.map(read).find(({ view }) => view.id === id) ?? null;
    },
    marked: async () => {
      const kinds = await Promise.all(
        SCRATCH_KINDS.map(async (kind) => {
          const { action, fetch, read } = LISTINGS[kind];
          const page = (marker: string | undefined) => calls.rds(action, (sdk, rds) => fetch(sdk, rds, { marker }));
          return (await wholeListing(`rds:${action}`, page)).map(read);
        }),
      );
      const found = kinds.flat().filter(({ view }) => isMarked(view));
      const clusters = new Set(found.flatMap(({ view }) => (view.kind === 'cluster' ? [view.id] : [])));
      // A cluster stands for its members: those of a Multi-AZ DB cluster AWS makes and names, and they go with it.
      return found.flatMap(({ view, clusterId }) => (clusterId !== null && clusters.has(clusterId) ? [] : [view]));
    },
  };
}

/** Whether it bears a mark of Muster's, by its name or by its tags; no proof of anything. */
function isMarked({ id, tags }: ScratchView): boolean {
  return id.startsWith(SCRATCH_MARKS.prefix) || SCRATCH_MARKS.drill in tags || SCRATCH_MARKS.scratch in tags;
}

/** One thing by its id, or a page of all. */
type Which = { readonly id: string } | { readonly marker: string | undefined };

interface Listing {
  readonly action: string;
  readonly fetch: (sdk: RdsSdk, rds: RDSClient, which: Which) => Promise<Page>;
  /** @throws MusterError for an item that cannot be understood. */
  readonly read: (item: unknown) => Sighting;
}

const LISTINGS: Readonly<Record<ScratchKind, Listing>> = {
  instance: {
    action: 'DescribeDBInstances',
    fetch: async (sdk, rds, which) => {
      const input = 'id' in which ? { DBInstanceIdentifier: which.id } : paged(which);
      const answer = await rds.send(new sdk.DescribeDBInstancesCommand(input));
      return { items: answer.DBInstances, next: answer.Marker };
    },
    read: reading('DescribeDBInstances', scratchInstance, (item) => ({
      arn: item.DBInstanceArn,
      clusterId: item.DBClusterIdentifier,
      view: {
        kind: 'instance',
        id: item.DBInstanceIdentifier,
        resourceId: item.DbiResourceId,
        status: item.DBInstanceStatus,
        createdAt: item.InstanceCreateTime,
        tags: item.TagList,
        endpoint: endpointOf(item.Endpoint?.Address ?? null, item.Endpoint?.Port ?? null),
        publiclyAccessible: item.PubliclyAccessible,
        securityGroupIds: item.VpcSecurityGroups,
        masterUsername: item.MasterUsername,
        databaseName: item.DBName,
      },
    })),
  },
  cluster: {
    action: 'DescribeDBClusters',
    fetch: async (sdk, rds, which) => {
      const input = 'id' in which ? { DBClusterIdentifier: which.id } : paged(which);
      const answer = await rds.send(new sdk.DescribeDBClustersCommand(input));
      return { items: answer.DBClusters, next: answer.Marker };
    },
    read: reading('DescribeDBClusters', scratchCluster, (item) => ({
      arn: item.DBClusterArn,
      clusterId: null,
      view: {
        kind: 'cluster',
        id: item.DBClusterIdentifier,
        resourceId: item.DbClusterResourceId,
        status: item.Status,
        createdAt: item.ClusterCreateTime,
        tags: item.TagList,
        endpoint: endpointOf(item.Endpoint, item.Port),
        publiclyAccessible: item.PubliclyAccessible,
        securityGroupIds: item.VpcSecurityGroups,
        masterUsername: item.MasterUsername,
        databaseName: item.DatabaseName,
      },
    })),
  },
  snapshot: {
    action: 'DescribeDBSnapshots',
    fetch: async (sdk, rds, which) => {
      const input = 'id' in which ? { DBSnapshotIdentifier: which.id } : { ...paged(which), SnapshotType: 'manual' };
      const answer = await rds.send(new sdk.DescribeDBSnapshotsCommand(input));
      return { items: answer.DBSnapshots, next: answer.Marker };
    },
    read: reading('DescribeDBSnapshots', scratchSnapshot, (item) => ({
      arn: item.DBSnapshotArn,
      clusterId: null,
      view: { kind: 'snapshot', id: item.DBSnapshotIdentifier, ...snapshotParts(item) },
    })),
  },
  cluster_snapshot: {
    action: 'DescribeDBClusterSnapshots',
    fetch: async (sdk, rds, which) => {
      const input =
        'id' in which ? { DBClusterSnapshotIdentifier: which.id } : { ...paged(which), SnapshotType: 'manual' };
      const answer = await rds.send(new sdk.DescribeDBClusterSnapshotsCommand(input));
      return { items: answer.DBClusterSnapshots, next: answer.Marker };
    },
    read: reading('DescribeDBClusterSnapshots', scratchClusterSnapshot, (item) => ({
      arn: item.DBClusterSnapshotArn,
      clusterId: null,
      view: { kind: 'cluster_snapshot', id: item.DBClusterSnapshotIdentifier, ...snapshotParts(item) },
    })),
  },
};

function paged({ marker }: { readonly marker: string | undefined }): { MaxRecords: number; Marker?: string } {
  return marker === undefined ? { MaxRecords: 100 } : { MaxRecords: 100, Marker: marker };
}

function reading<S extends z.ZodType>(action: string, schema: S, look: (item: z.output<S>) => Sighting) {
  return (item: unknown): Sighting => {
    const parsed = schema.safeParse(item);
    if (!parsed.success) throw malformed(`rds:${action}`, printIssues(parsed.error));
    return look(parsed.data);
  };
}

function snapshotParts(item: Pick<z.output<typeof scratchSnapshot>, 'Status' | 'SnapshotCreateTime' | 'TagList'>) {
  return {
    resourceId: null,
    status: item.Status,
    createdAt: item.SnapshotCreateTime,
    tags: item.TagList,
    endpoint: null,
    publiclyAccessible: null,
    securityGroupIds: [],
    masterUsername: null,
    databaseName: null,
  };
}

function endpointOf(host: string | null, port: number | null): Endpoint | null {
  return host === null || host === '' || port === null ? null : { host, port };
}
