/**
 * Makes a snapshot record of a database: manual, final or daily.
 *
 * Given the place, the database and the instant; the copy of the volume is asked for as an effect. A
 * snapshot holds what a restore needs (engine, version, user, key, class) and the source's tags, because a
 * restore without `Tags` copies them. Source: Amazon RDS API 2014-10-31, `DBSnapshot`; RDS User Guide,
 * "Restoring from a DB snapshot".
 */

import type { Instant } from '../core/time.ts';
import { nextId, putSnapshot } from './edit.ts';
import type { Effect } from './effects.ts';
import type { Cluster, Instance, Place, Snapshot, SnapshotKind, SnapshotType, Tag } from './world.ts';

/** How a snapshot is to be called and kept. */
export interface SnapshotOrder {
  readonly kind: SnapshotKind;
  readonly identifier: string;
  readonly type: SnapshotType;
  readonly at: Instant;
  readonly availableAt: Instant;
  readonly tags: readonly Tag[];
}

/** The place with the snapshot begun, and the copying it takes. */
export function takeSnapshot(
  place: Place,
  source: Cluster | Instance,
  order: SnapshotOrder,
): { readonly place: Place; readonly snapshot: Snapshot; readonly effects: readonly Effect[] } {
  const next = nextId(place, 12);
  const volumeId = `vol-${next.id.toLowerCase()}`;
  const snapshot: Snapshot = {
    kind: order.kind,
    identifier: order.identifier,
    type: order.type,
    status: 'creating',
    statusEndsAt: order.availableAt,
    createdAt: order.at,
    databaseAt: order.at,
    sourceIdentifier: source.identifier,
    sourceResourceId: source.resourceId,
    sourceCreatedAt: source.createdAt,
    volumeId,
    engine: source.engine,
    engineVersion: source.engineVersion,
    masterUsername: source.masterUsername,
    databaseName: source.databaseName,
    port: source.port,
    kmsKeyArn: source.kmsKeyArn,
    retentionDays: source.retentionDays,
    instanceClass: 'instanceClass' in source ? source.instanceClass : null,
    subnetGroup: source.subnetGroup,
    settings: source.settings,
    tags: order.tags,
    sourceTags: source.tags,
  };
  return {
    place: putSnapshot(next.place, snapshot),
    snapshot,
    effects: [{ kind: 'copy_volume', from: source.volumeId, to: volumeId }],
  };
}

/** Tags a new snapshot bears: those asked for, plus the database's when it says to copy them. */
export function snapshotTags(source: Cluster | Instance, asked: readonly Tag[] | null): readonly Tag[] {
  const own = asked ?? [];
  if (source.settings['CopyTagsToSnapshot'] !== 'true') return own;
  return [...source.tags.filter((tag) => !own.some((other) => other.key === tag.key)), ...own];
}

/** The place without some snapshots, and the volumes to let go. */
export function dropSnapshots(
  place: Place,
  dropped: (snapshot: Snapshot) => boolean,
): { readonly place: Place; readonly effects: readonly Effect[] } {
  const gone = place.snapshots.filter(dropped);
  return {
    place: { ...place, snapshots: place.snapshots.filter((snapshot) => !gone.includes(snapshot)) },
    effects: gone.map((snapshot) => ({ kind: 'drop_volume', volumeId: snapshot.volumeId })),
  };
}

/** Whether a snapshot is one of the daily system snapshots of that database. */
export function isSystemSnapshotOf(snapshot: Snapshot, kind: SnapshotKind, resourceId: string): boolean {
  return snapshot.kind === kind && snapshot.type === 'automated' && snapshot.sourceResourceId === resourceId;
}
