/**
 * An estate that spans two regions and two accounts: the story's, a copy abroad, and an account that may be assumed.
 *
 * In `us-east-1` lie a copy of billing's manual snapshot and the second half of a global database; the other account has
 * a database called `billing-production` too, shares a snapshot with the first, and keeps a copy of its snapshot.
 */

import { rdsArn } from '../../src/core/arn.ts';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import { datatalks } from '../../src/lab/estates/datatalks.ts';
import { type EstateInput, emptyPlace, type Instance, type Place, type Snapshot } from '../../src/lab/world.ts';

export const HOME = { accountId: '123456789012', region: 'eu-west-1' } as const;
export const ABROAD = { accountId: '123456789012', region: 'us-east-1' } as const;
export const OTHER = { accountId: '999988887777', region: 'eu-west-1' } as const;
export const ROLE = `arn:aws:iam::${OTHER.accountId}:role/muster-reader`;
export const EXTERNAL_ID = 'agreed-4711';
export const ORIGINAL = 'billing-production-before-2026-migration';

/** The three places at an instant. */
export function threePlaces(at: Instant): EstateInput {
  const estate = datatalks(at);
  const billing = only(estate.place.instances, ({ identifier }) => identifier === 'billing-production');
  const original = only(estate.place.snapshots, ({ identifier }) => identifier === ORIGINAL);
  const [cluster] = estate.place.clusters;
  const clusterArn = rdsArn(HOME, 'cluster', cluster?.identifier ?? '');
  const globalCluster = {
    identifier: 'courses-world',
    resourceId: 'cluster-world-1',
    engine: 'aurora-postgresql',
    engineVersion: '15.12',
    deletionProtection: true,
    members: [
      { clusterArn, writer: true },
      { clusterArn: rdsArn(ABROAD, 'cluster', 'courses-2'), writer: false },
    ],
  };
  // Encrypted with a key of its owner, which the account it is shared with does not have.
  const { kmsKeyArn } = original;
  const shared: Snapshot = { ...copyOf(original, at, 'for-audit'), kmsKeyArn, sharedWith: [OTHER.accountId] };
  const place: Place = {
    ...estate.place,
    globalClusters: [globalCluster],
    exports: [anExport('billing-2026', original, 'COMPLETE'), anExport('billing-late', original, 'IN_PROGRESS')],
    snapshots: [...estate.place.snapshots, shared],
  };
  const abroad: Place = {
    ...emptyPlace(ABROAD),
    globalClusters: [globalCluster],
    snapshots: [{ ...copyOf(original, at, 'billing-abroad'), copiedFrom: rdsArn(HOME, 'snapshot', ORIGINAL) }],
  };
  const other: Place = {
    ...emptyPlace(OTHER),
    instances: [namesakeOf(billing)],
    snapshots: [{ ...copyOf(original, at, 'billing-elsewhere'), copiedFrom: rdsArn(HOME, 'snapshot', ORIGINAL) }],
  };
  return { ...estate, place, elsewhere: [abroad, other], roles: [{ arn: ROLE, externalId: EXTERNAL_ID }] };
}

/** An hour old, unencrypted so that no key of another place is needed. */
function copyOf(original: Snapshot, at: Instant, identifier: string): Snapshot {
  return { ...original, identifier, createdAt: addSeconds(at, -3_600), kmsKeyArn: null, tags: [] };
}

/** Another database of the same name: what a join by name would take for billing. */
function namesakeOf(billing: Instance): Instance {
  return { ...billing, resourceId: 'db-NAMESAKE', kmsKeyArn: null };
}

function anExport(identifier: string, of: Snapshot, status: 'COMPLETE' | 'IN_PROGRESS') {
  return {
    identifier,
    sourceArn: rdsArn(HOME, 'snapshot', of.identifier),
    sourceAt: of.createdAt,
    startedAt: of.createdAt,
    endedAt: status === 'COMPLETE' ? addSeconds(of.createdAt, 7_200) : null,
    bucket: 'archive',
    prefix: 'rds',
    keyArn: `arn:aws:kms:eu-west-1:${HOME.accountId}:key/export`,
    status,
  } as const;
}

function only<T>(items: readonly T[], chosen: (item: T) => boolean): T {
  const found = items.find(chosen);
  if (found === undefined) throw new Error('the estate of the story has changed');
  return found;
}
