/**
 * Copying snapshots: within a place, from another region, and from another account that shares one.
 *
 * A copy is a manual snapshot of its own; it keeps the instant of its data and forgets whom its source was shared
 * with. An encrypted one from elsewhere needs a key of the place it is copied to. Source: Amazon RDS API
 * 2014-10-31, `CopyDBSnapshot`, `CopyDBClusterSnapshot`; RDS User Guide, "Copying a DB snapshot", "Sharing encrypted
 * snapshots". How AWS refuses a key or a Multi-AZ DB cluster in a cluster snapshot's copy is documented without a code.
 */

import { parseArn, rdsArn, type Scope } from '../../core/arn.ts';
import { findSnapshot, putSnapshot } from '../edit.ts';
import { AwsFault, refuseUnless } from '../faults.ts';
import { keyArn, requireUsableKey } from '../keys.ts';
import type { Place, Snapshot, SnapshotKind, Tag } from '../world.ts';
import { type Action, type Call, ends, given, newIdentifier, newVolumeId, type Reply } from './call.ts';
import { requireFreeSnapshotName, requireSnapshotQuota } from './deletion.ts';
import { clusterSnapshotXml, dbSnapshotXml } from './snapshot-xml.ts';
import { notFound } from './snapshots.ts';

const FORMS = {
  db: {
    source: 'SourceDBSnapshotIdentifier',
    target: 'TargetDBSnapshotIdentifier',
    arn: 'snapshot',
    state: 'InvalidDBSnapshotState',
    element: 'DBSnapshot',
    xml: dbSnapshotXml,
    lengthMax: 255,
    copyingMax: 20,
  },
  cluster: {
    source: 'SourceDBClusterSnapshotIdentifier',
    target: 'TargetDBClusterSnapshotIdentifier',
    arn: 'cluster-snapshot',
    state: 'InvalidDBClusterSnapshotStateFault',
    element: 'DBClusterSnapshot',
    xml: clusterSnapshotXml,
    lengthMax: 63,
    copyingMax: 5,
  },
} as const;

/** A snapshot and the place it lies in. */
interface Found {
  readonly owner: Place;
  readonly snapshot: Snapshot;
}

/** `CopyDBSnapshot`. */
export const copyDBSnapshot: Action = (call, place) => copy(call, place, 'db');
/** `CopyDBClusterSnapshot`. */
export const copyDBClusterSnapshot: Action = (call, place) => copy(call, place, 'cluster');

function copy(call: Call, place: Place, kind: SnapshotKind): Reply {
  const form = FORMS[kind];
  const found = sourceOf(call, place, kind);
  const { owner, snapshot } = found;
  refuseUnless(
    snapshot.status === 'available',
    form.state,
    `The snapshot ${snapshot.identifier} is ${snapshot.status}, not available.`,
  );
  refuseUnless(
    kind === 'db' || snapshot.engine.startsWith('aurora'),
    form.state,
    `The snapshot ${snapshot.identifier} is of a Multi-AZ DB cluster, which cannot be copied.`,
  );
  const identifier = newIdentifier(given(call, form.target), form.target, form.lengthMax);
  requireFreeSnapshotName(place, kind, identifier);
  requireSnapshotQuota(place, kind);
  requireRoomToCopy(place, kind);
  const kmsKeyArn = keyOfCopy(call, place, kind, found);
  const volume = newVolumeId(place);
  const elsewhere = owner !== place;
  const seconds = isRegion(call, owner.scope) ? call.pace.copyingSnapshot : call.pace.copyingAcrossRegions;
  const { copiedFrom: _before, sharedWith: _shared, ...kept } = snapshot;
  const made: Snapshot = {
    ...kept,
    ...(elsewhere ? { copiedFrom: rdsArn(owner.scope, form.arn, snapshot.identifier) } : {}),
    identifier,
    type: 'manual',
    status: 'copying',
    statusEndsAt: ends(call, seconds),
    createdAt: call.at,
    volumeId: volume.id,
    kmsKeyArn,
    subnetGroup: elsewhere ? 'default' : snapshot.subnetGroup,
    tags: tagsOfCopy(call, owner, snapshot),
    // Tags are not shared between accounts.
    sourceTags: isAccount(call, owner.scope) ? snapshot.sourceTags : [],
  };
  const after = putSnapshot(volume.place, made);
  return {
    place: after,
    body: [[form.element, form.xml(after, made)]],
    effects: [{ kind: 'copy_volume', from: snapshot.volumeId, to: volume.id }],
  };
}

/** The snapshot to copy: by name in this place, by ARN anywhere it may be read from. */
function sourceOf(call: Call, place: Place, kind: SnapshotKind): Found {
  const form = FORMS[kind];
  const value = given(call, form.source);
  if (!value.startsWith('arn:')) return foundIn(place, kind, value);
  const arn = parseArn(value);
  if (arn === null || arn.service !== 'rds' || arn.resourceType !== form.arn)
    throw new AwsFault('InvalidParameterValue', `Invalid snapshot identifier: ${value}`);
  const owner = [place, ...call.neighbours].find(
    ({ scope }) => scope.region === arn.region && scope.accountId === arn.accountId,
  );
  if (owner === undefined) throw notFound(kind, value);
  const found = foundIn(owner, kind, arn.resource);
  const readable = isAccount(call, owner.scope) || found.snapshot.sharedWith?.includes(call.scope.accountId) === true;
  if (!readable) throw notFound(kind, value);
  return found;
}

function foundIn(owner: Place, kind: SnapshotKind, identifier: string): Found {
  const snapshot = findSnapshot(owner, kind, identifier);
  if (snapshot === undefined) throw notFound(kind, identifier);
  return { owner, snapshot };
}

/** The key the copy is encrypted with. @throws AwsFault where AWS would have no key to use. */
function keyOfCopy(call: Call, place: Place, kind: SnapshotKind, { owner, snapshot }: Found): string | null {
  const asked = call.parameters.text('KmsKeyId') || null;
  if (snapshot.kmsKeyArn === null) {
    refuseUnless(
      asked === null || kind === 'db',
      'InvalidParameterCombination',
      'KmsKeyId cannot be given: the DB cluster snapshot is not encrypted.',
    );
    return asked === null ? null : ownKey(call, place, asked);
  }
  const sourceKey = requireUsableKey(owner, snapshot.kmsKeyArn);
  const sameAccount = isAccount(call, owner.scope);
  const sameRegion = isRegion(call, owner.scope);
  // The default key speaks for its own account only.
  if (!sameAccount && sourceKey.manager === 'AWS') throw keyNotAccessible(snapshot.kmsKeyArn);
  if (!sameRegion) {
    refuseUnless(
      asked !== null,
      'InvalidParameterValue',
      'Must specify new KMS key for cross region encrypted snapshot copy.',
    );
    refuseUnless(
      call.parameters.text('PreSignedUrl') !== null,
      'InvalidParameterValue',
      'PreSignedUrl must be given to copy an encrypted snapshot from another Region.',
    );
  }
  if (asked !== null) return ownKey(call, place, asked);
  if (!sameAccount) throw keyNotAccessible('None');
  return snapshot.kmsKeyArn;
}

/** The ARN of a key of this place. */
function ownKey(call: Call, place: Place, name: string): string {
  const arn = parseArn(name);
  const ours = arn === null || (isRegion(call, arn) && isAccount(call, arn));
  if (!ours) throw keyNotAccessible(name);
  return keyArn(call.scope, requireUsableKey(place, name));
}

function keyNotAccessible(name: string): AwsFault {
  return new AwsFault(
    'KMSKeyNotAccessibleFault',
    `The target KMS key [${name}] does not exist, is not enabled or you do not have permissions to access it.`,
  );
}

/** Those given, and the source's when asked for. */
function tagsOfCopy(call: Call, owner: Place, snapshot: Snapshot): readonly Tag[] {
  const own = call.parameters.tags() ?? [];
  if (call.parameters.flag('CopyTags') !== true || !isAccount(call, owner.scope)) return own;
  return [...snapshot.tags.filter((tag) => !own.some((other) => other.key === tag.key)), ...own];
}

function requireRoomToCopy(place: Place, kind: SnapshotKind): void {
  const { copyingMax } = FORMS[kind];
  const copying = place.snapshots.filter((snapshot) => snapshot.kind === kind && snapshot.status === 'copying').length;
  refuseUnless(
    copying < copyingMax,
    'SnapshotQuotaExceeded',
    `Cannot have more than ${copyingMax} snapshot copies in progress to one Region.`,
  );
}

function isAccount(call: Call, scope: Scope): boolean {
  return scope.accountId === call.scope.accountId;
}

function isRegion(call: Call, scope: Scope): boolean {
  return scope.region === call.scope.region;
}
