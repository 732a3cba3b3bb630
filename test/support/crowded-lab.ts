/**
 * Estates of the lab in which databases are easily mistaken for one another, drawn from a seed.
 *
 * Names used again after a deletion, names used in two accounts, databases renamed since they were backed up, copies in
 * another region and another account, retained backups, replicas, points in vaults, final snapshots whose names are taken.
 */

import { rdsArn, type Scope } from '../../src/core/arn.ts';
import { addDays, addSeconds, type Instant } from '../../src/core/time.ts';
import { datatalks } from '../../src/lab/estates/datatalks.ts';
import {
  type Cluster,
  type EstateInput,
  emptyPlace,
  type Instance,
  type Place,
  type RecoveryPoint,
  type RetainedBackup,
  type Snapshot,
  type Vault,
} from '../../src/lab/world.ts';
import { ABROAD, EXTERNAL_ID, HOME, OTHER, ROLE } from './lab-places.ts';

/** A small generator of its own, so that a seed gives the same estate everywhere. */
function chanceOf(seed: number): (one: number) => boolean {
  let state = seed * 2_654_435_761 + 12_345;
  return (one) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % one === 0;
  };
}

/** The estate of a seed: some six instances and two clusters at home, and what was copied of them. */
export function crowdedEstate(at: Instant, seed: number): EstateInput {
  const story = datatalks(at);
  const [billing] = story.place.instances.filter(({ clusterResourceId }) => clusterResourceId === null);
  const [courses] = story.place.clusters;
  const [member] = story.place.instances.filter(({ clusterResourceId }) => clusterResourceId !== null);
  const [like] = story.place.snapshots.filter(({ type }) => type === 'manual');
  if (!billing || !courses || !member || !like) throw new Error('the estate of the story has changed');
  const chance = chanceOf(seed);
  const made = { at, chance, billing, courses, member, like };
  const instances = ['orders', 'stock', 'ledger', 'audit'].map((name, index) => anInstance(made, name, index));
  const clusters = ['events', 'search'].map((name, index) => aClusterOf(made, name, index));
  const owners = [...instances, ...clusters];
  const points = owners.flatMap((owner, index) => snapshotsOf(made, HOME, owner, index));
  const place: Place = {
    ...story.place,
    instances: [...story.place.instances, ...instances, ...clusters.map((cluster) => memberOf(made, cluster))],
    clusters: [...story.place.clusters, ...clusters],
    snapshots: [...story.place.snapshots, ...points],
    retained: owners.filter(() => chance(3)).map((owner) => retainedOf(made, owner)),
    vaults: [...story.place.vaults, vaultOf(made, 'team-vault', HOME, points, owners)],
    exports: [],
  };
  const elsewhere = [ABROAD, OTHER].map((scope): Place => {
    const copies = owners.flatMap((owner, index) => (chance(2) ? copiesOf(made, owner, index) : []));
    const namesake: Instance = {
      ...billing,
      identifier: 'orders',
      resourceId: `db-FAR${scope.region}`,
      kmsKeyArn: null,
    };
    return {
      ...emptyPlace(scope),
      snapshots: copies,
      vaults: chance(2) ? [vaultOf(made, 'copies', scope, copies, owners)] : [],
      instances: chance(2) ? [namesake] : [],
    };
  });
  return { ...story, place, elsewhere, roles: [{ arn: ROLE, externalId: EXTERNAL_ID }] };
}

interface Made {
  readonly at: Instant;
  readonly chance: (one: number) => boolean;
  readonly billing: Instance;
  readonly courses: Cluster;
  readonly member: Instance;
  readonly like: Snapshot;
}

function anInstance({ billing, chance }: Made, identifier: string, index: number): Instance {
  return {
    ...billing,
    identifier,
    resourceId: `db-I${index}`,
    kmsKeyArn: chance(2) ? billing.kmsKeyArn : null,
    deletionProtection: chance(2),
    tags: [],
  };
}

function aClusterOf({ courses, chance }: Made, identifier: string, index: number): Cluster {
  return { ...courses, identifier, resourceId: `cluster-C${index}`, retentionDays: chance(2) ? 7 : 1 };
}

function memberOf({ member }: Made, cluster: Cluster): Instance {
  return {
    ...member,
    identifier: `${cluster.identifier}-0`,
    resourceId: `db-M${cluster.identifier}`,
    clusterResourceId: cluster.resourceId,
  };
}

type Owner = Instance | Cluster;

function isInstance(owner: Owner): owner is Instance {
  return 'clusterResourceId' in owner;
}

/** Some under the name that it bears, some under an earlier one, some of an earlier database of its name. */
function snapshotsOf(made: Made, scope: Scope, owner: Owner, index: number): readonly Snapshot[] {
  const { chance, at } = made;
  const hours = (count: number) => addSeconds(at, -3_600 * count);
  const one = (identifier: string, fields: Partial<Snapshot>, taken: Instant) =>
    snapshotOf(made, owner, { identifier, createdAt: taken, databaseAt: taken, ...fields });
  return [
    one(`rds:${owner.identifier}-daily`, { type: 'automated' }, hours(5)),
    ...(chance(2) ? [one(`${owner.identifier}-kept`, {}, hours(3))] : []),
    ...(chance(2) ? [one(`renamed-${index}`, { sourceIdentifier: `was-${owner.identifier}` }, hours(2))] : []),
    ...(chance(2) ? [one(`${owner.identifier}-old`, { sourceResourceId: gone(owner) }, hours(900))] : []),
    ...(chance(3) ? [one(`${owner.identifier}-final`, { sourceResourceId: gone(owner) }, hours(800))] : []),
    ...(chance(2) ? [one(`awsbackup:job-${scope.region}-${index}`, { type: 'awsbackup' }, hours(4))] : []),
    ...(chance(3)
      ? [one(`awsbackup:was-${index}`, { type: 'awsbackup', sourceIdentifier: `was-${owner.identifier}` }, hours(6))]
      : []),
  ];
}

function gone(owner: Owner): string {
  return isInstance(owner) ? `db-GONE-${owner.identifier}` : `cluster-GONE-${owner.identifier}`;
}

function snapshotOf({ like }: Made, owner: Owner, fields: Partial<Snapshot>): Snapshot {
  return {
    ...like,
    kind: isInstance(owner) ? 'db' : 'cluster',
    sourceIdentifier: owner.identifier,
    sourceResourceId: owner.resourceId,
    sourceCreatedAt: owner.createdAt,
    engine: owner.engine,
    engineVersion: owner.engineVersion,
    kmsKeyArn: owner.kmsKeyArn,
    tags: [],
    ...fields,
  };
}

function copiesOf(made: Made, owner: Owner, index: number): readonly Snapshot[] {
  const { chance, at } = made;
  const kind = isInstance(owner) ? 'snapshot' : 'cluster-snapshot';
  const copy = (identifier: string, fields: Partial<Snapshot>) =>
    snapshotOf(made, owner, { identifier, kmsKeyArn: null, createdAt: addSeconds(at, -3_000), ...fields });
  return [
    copy(`${owner.identifier}-copy`, { copiedFrom: rdsArn(HOME, kind, `${owner.identifier}-kept`) }),
    ...(chance(2) ? [copy(`copy-of-was-${index}`, { sourceIdentifier: `was-${owner.identifier}` })] : []),
    ...(chance(2) ? [copy(`awsbackup:copy-${index}`, { type: 'awsbackup' })] : []),
  ];
}

function retainedOf({ at }: Made, owner: Owner): RetainedBackup {
  return {
    kind: isInstance(owner) ? 'db' : 'cluster',
    source: { ...owner, resourceId: gone(owner) },
    windowStartsAt: addDays(at, -9),
    windowEndsAt: addDays(at, -3),
    expiresAt: addDays(at, 4),
  };
}

/** What AWS Backup keeps there; in another account, under the ARN that the database has at home. */
function vaultOf(
  { at, billing }: Made,
  name: string,
  scope: Scope,
  snapshots: readonly Snapshot[],
  owners: readonly Owner[],
): Vault {
  const recoveryPoints = snapshots
    .filter(({ type }) => type === 'awsbackup')
    .map((snapshot): RecoveryPoint => {
      const ofCluster = snapshot.kind === 'cluster';
      const known = owners.some(({ identifier }) => identifier === snapshot.sourceIdentifier);
      return {
        arn: rdsArn(scope, ofCluster ? 'cluster-snapshot' : 'snapshot', snapshot.identifier),
        resourceArn: rdsArn(known ? HOME : scope, ofCluster ? 'cluster' : 'db', snapshot.sourceIdentifier),
        resourceType: ofCluster ? 'Aurora' : 'RDS',
        resourceName: snapshot.sourceIdentifier,
        createdAt: snapshot.createdAt,
        completedAt: snapshot.createdAt,
        deleteAt: addDays(at, 60),
        deleteAfterDays: 90,
        keyArn: snapshot.kmsKeyArn,
        sizeBytes: 1,
      };
    });
  return {
    name,
    createdAt: addDays(at, -400),
    keyArn: billing.kmsKeyArn ?? '',
    locked: false,
    lockAt: null,
    retentionDaysMin: null,
    retentionDaysMax: null,
    recoveryPoints,
  };
}
