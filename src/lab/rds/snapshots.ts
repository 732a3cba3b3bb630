/**
 * DB snapshots and cluster snapshots: describe, attributes, create, delete.
 *
 * Without `SnapshotType` the listing holds automated and manual ones; AWS Backup's are shown only when asked
 * for (`awsbackup`), other accounts' only as `shared`, and public ones never. Source: Amazon RDS API 2014-10-31, `DescribeDBSnapshots`, `DescribeDBClusterSnapshots`, `DeleteDBSnapshot`.
 */

import { rdsArn } from '../../core/arn.ts';
import { findSnapshot, putInstance, putSnapshot } from '../edit.ts';
import { AwsFault, refuseUnless } from '../faults.ts';
import { requireUsableKey } from '../keys.ts';
import { dropSnapshots, snapshotTags, takeSnapshot } from '../snapshotting.ts';
import type { Place, Snapshot, SnapshotKind } from '../world.ts';
import {
  type Action,
  type Call,
  ends,
  filtered,
  given,
  identifierIn,
  newIdentifier,
  pageOf,
  type Reply,
  shows,
} from './call.ts';
import { namedCluster } from './clusters.ts';
import { requireFreeSnapshotName, requireSnapshotQuota } from './deletion.ts';
import { namedInstance } from './instances.ts';
import { clusterSnapshotXml, dbSnapshotXml } from './snapshot-xml.ts';

const SHAPES = {
  db: {
    arn: 'snapshot',
    id: 'DBSnapshotIdentifier',
    source: 'DBInstanceIdentifier',
    resource: 'DbiResourceId',
    element: 'DBSnapshot',
    xml: dbSnapshotXml,
  },
  cluster: {
    arn: 'cluster-snapshot',
    id: 'DBClusterSnapshotIdentifier',
    source: 'DBClusterIdentifier',
    resource: 'DbClusterResourceId',
    element: 'DBClusterSnapshot',
    xml: clusterSnapshotXml,
  },
} as const;

const TYPES = ['automated', 'manual', 'shared', 'public', 'awsbackup'];

/** The snapshot a call names. @throws AwsFault `DBSnapshotNotFound` or its cluster form. */
export function namedSnapshot(call: Call, place: Place, kind: SnapshotKind, parameter: string): Snapshot {
  const identifier = identifierIn(given(call, parameter), SHAPES[kind].arn, call.scope);
  const snapshot = findSnapshot(place, kind, identifier);
  if (snapshot === undefined) throw notFound(kind, identifier);
  return snapshot;
}

/** `DescribeDBSnapshots`. */
export const describeDBSnapshots: Action = (call, place) => describe(call, place, 'db');
/** `DescribeDBClusterSnapshots`. */
export const describeDBClusterSnapshots: Action = (call, place) => describe(call, place, 'cluster');
/** `DescribeDBSnapshotAttributes`: the lab shares nothing, so `restore` is empty. */
export const describeDBSnapshotAttributes: Action = (call, place) => attributes(call, place, 'db');
/** `DescribeDBClusterSnapshotAttributes`. */
export const describeDBClusterSnapshotAttributes: Action = (call, place) => attributes(call, place, 'cluster');
/** `DeleteDBSnapshot`. */
export const deleteDBSnapshot: Action = (call, place) => remove(call, place, 'db');
/** `DeleteDBClusterSnapshot`. */
export const deleteDBClusterSnapshot: Action = (call, place) => remove(call, place, 'cluster');

function describe(call: Call, place: Place, kind: SnapshotKind): Reply {
  const shape = SHAPES[kind];
  const { parameters } = call;
  const type = parameters.text('SnapshotType');
  refuseUnless(type === null || TYPES.includes(type), 'InvalidParameterValue', `Unrecognized snapshot type: ${type}`);
  if (type === 'shared') return describeShared(call, place, kind);
  const named = parameters.text(shape.id) === null ? null : namedSnapshot(call, place, kind, shape.id);
  const source = parameters.text(shape.source);
  const sourceName = source === null ? null : identifierIn(source, kind === 'db' ? 'db' : 'cluster', call.scope);
  const resource = parameters.text(shape.resource);
  const ofKind = place.snapshots.filter(
    (snapshot) =>
      snapshot.kind === kind &&
      (named === null || snapshot === named) &&
      (sourceName === null || snapshot.sourceIdentifier === sourceName) &&
      (resource === null || snapshot.sourceResourceId === resource) &&
      isOfType(snapshot, type, named !== null),
  );
  if (named !== null && ofKind.length === 0) throw notFound(kind, named.identifier);
  const arn = (snapshot: Snapshot) => rdsArn(call.scope, shape.arn, snapshot.identifier);
  const both = { engine: (item: Snapshot) => [item.engine], 'snapshot-type': (item: Snapshot) => [item.type] };
  const snapshots = filtered(
    call,
    ofKind,
    kind === 'db'
      ? {
          ...both,
          'db-instance-id': (item) => [item.sourceIdentifier, rdsArn(call.scope, 'db', item.sourceIdentifier)],
          'db-snapshot-id': (item) => [item.identifier, arn(item)],
          'dbi-resource-id': (item) => [item.sourceResourceId],
        }
      : {
          ...both,
          'db-cluster-id': (item) => [item.sourceIdentifier, rdsArn(call.scope, 'cluster', item.sourceIdentifier)],
          'db-cluster-snapshot-id': (item) => [item.identifier, arn(item)],
        },
  );
  const content = (snapshot: Snapshot) => shape.xml(place, snapshot);
  const element = { list: `${shape.element}s`, member: shape.element, content };
  return shows(
    place,
    pageOf(call, snapshots, (snapshot) => snapshot.identifier, element),
  );
}

/** What other accounts share with this one, under their own ARNs. */
function describeShared(call: Call, place: Place, kind: SnapshotKind): Reply {
  const { element, xml } = SHAPES[kind];
  const beside = call.neighbours.filter(({ scope }) => scope.region === call.scope.region);
  const shared = beside.flatMap((owner) =>
    owner.snapshots
      .filter((snapshot) => snapshot.kind === kind && snapshot.sharedWith?.includes(call.scope.accountId))
      .map((snapshot) => ({ owner, snapshot })),
  );
  const content = (item: (typeof shared)[number]) => xml(item.owner, item.snapshot);
  const key = (item: (typeof shared)[number]) => `${item.owner.scope.accountId} ${item.snapshot.identifier}`;
  return shows(place, pageOf(call, filtered(call, shared, {}), key, { list: `${element}s`, member: element, content }));
}

/** Naming one that is not manual takes `SnapshotType` as well, as AWS documents for automated ones. */
function isOfType(snapshot: Snapshot, type: string | null, named: boolean): boolean {
  if (type !== null) return snapshot.type === type;
  return named ? snapshot.type === 'manual' : snapshot.type !== 'awsbackup';
}

function attributes(call: Call, place: Place, kind: SnapshotKind): Reply {
  const shape = SHAPES[kind];
  const snapshot = namedSnapshot(call, place, kind, shape.id);
  return shows(place, [
    [
      `${shape.element}AttributesResult`,
      [
        [shape.id, snapshot.identifier],
        [
          `${shape.element}Attributes`,
          [
            [
              `${shape.element}Attribute`,
              [
                ['AttributeName', 'restore'],
                ['AttributeValues', []],
              ],
            ],
          ],
        ],
      ],
    ],
  ]);
}

/** `CreateDBSnapshot`: the instance shows `backing-up` meanwhile. */
export const createDBSnapshot: Action = (call, place) => {
  const instance = namedInstance(call, place);
  refuseUnless(
    instance.clusterResourceId === null,
    'InvalidParameterValue',
    `The DB instance ${instance.identifier} is a member of a cluster; use CreateDBClusterSnapshot.`,
  );
  refuseUnless(
    instance.status === 'available',
    'InvalidDBInstanceState',
    `Cannot create a snapshot because the database instance ${instance.identifier} is not currently in the available state.`,
  );
  const busy = { ...instance, status: 'backing-up', statusEndsAt: ends(call, call.pace.backingUp) };
  const reply = beginManualSnapshot(call, place, 'db', instance);
  return { ...reply, place: putInstance(reply.place, busy) };
};

/** `CreateDBClusterSnapshot`: taken of the volume, with or without instances. */
export const createDBClusterSnapshot: Action = (call, place) => {
  const cluster = namedCluster(call, place);
  refuseUnless(
    cluster.status === 'available',
    'InvalidDBClusterStateFault',
    `Cannot create a snapshot because the DB cluster ${cluster.identifier} is not currently in the available state.`,
  );
  return beginManualSnapshot(call, place, 'cluster', cluster);
};

/** A manual snapshot begun, called what the call says. */
export function beginManualSnapshot(
  call: Call,
  place: Place,
  kind: SnapshotKind,
  source: Parameters<typeof takeSnapshot>[1],
): Reply {
  const shape = SHAPES[kind];
  const identifier = newIdentifier(given(call, shape.id), shape.id, kind === 'db' ? 255 : 63);
  requireFreeSnapshotName(place, kind, identifier);
  requireSnapshotQuota(place, kind);
  if (source.kmsKeyArn !== null) requireUsableKey(place, source.kmsKeyArn);
  const taken = takeSnapshot(place, source, {
    kind,
    identifier,
    type: 'manual',
    at: call.at,
    availableAt: ends(call, call.pace.snapshotting),
    tags: snapshotTags(source, call.parameters.tags()),
  });
  return {
    place: taken.place,
    body: [[shape.element, shape.xml(taken.place, taken.snapshot)]],
    effects: taken.effects,
  };
}

function remove(call: Call, place: Place, kind: SnapshotKind): Reply {
  const shape = SHAPES[kind];
  const code = kind === 'db' ? 'InvalidDBSnapshotState' : 'InvalidDBClusterSnapshotStateFault';
  const snapshot = namedSnapshot(call, place, kind, shape.id);
  const automated = kind === 'db' ? 'automated snapshots cannot be deleted.' : 'Only manual snapshots may be deleted.';
  refuseUnless(snapshot.type !== 'automated', code, automated);
  // That AWS refuses is reported by users; its exact words are not known.
  refuseUnless(snapshot.type !== 'awsbackup', code, 'Snapshots managed by AWS Backup must be deleted with AWS Backup.');
  refuseUnless(
    snapshot.status === 'available',
    code,
    `Cannot delete the snapshot ${snapshot.identifier} because it is not currently in the available state.`,
  );
  const dropped = dropSnapshots(place, (other) => other === snapshot);
  const deleted = { ...snapshot, status: 'deleted' };
  const body = [[shape.element, shape.xml(putSnapshot(place, deleted), deleted)]] as const;
  return { place: dropped.place, body, effects: dropped.effects };
}

/** The refusal of a snapshot that is not there. */
export function notFound(kind: SnapshotKind, identifier: string): AwsFault {
  return kind === 'db'
    ? new AwsFault('DBSnapshotNotFound', `DBSnapshot ${identifier} not found.`)
    : new AwsFault('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot ${identifier} not found.`);
}
