/**
 * Estates drawn from a seed, as the lab takes them: databases in every state with every kind of recovery point.
 *
 * Small on purpose (one to four databases), because the answers are parsed by the real SDK. Names are drawn from a
 * short list, so that an instance and a cluster share one, and a database bears the name of one long gone.
 */

import { addDays, addSeconds, type Instant } from '../../../src/core/time.ts';
import { CLUSTER_SETTINGS, INSTANCE_SETTINGS, MEMBER_SETTINGS } from '../../../src/lab/rds/defaults.ts';
import { nextDaily, systemSnapshotName } from '../../../src/lab/windows.ts';
import {
  type Cluster,
  type EstateInput,
  emptyPlace,
  type Instance,
  type Key,
  type KeyState,
  type RetainedBackup,
  type Snapshot,
  type SnapshotKind,
  type Vault,
  type VolumeSeed,
} from '../../../src/lab/world.ts';
import type { Chance } from './chance.ts';

export const SCOPE = { accountId: '123456789012', region: 'eu-west-1' } as const;
const NAMES = ['orders', 'events', 'billing'] as const;
const ARN = `${SCOPE.region}:${SCOPE.accountId}`;
const BACKUP_WINDOWS = ['03:00-03:30', '09:07-09:37', '22:40-23:10'] as const;
/** Mostly well; the rest are statuses that last and that AWS treats differently. */
const INSTANCE_STATUSES = [
  ...new Array<string>(15).fill('available'),
  'stopped',
  'stopped',
  'failed',
  'incompatible-network',
  'storage-full',
];
const CLUSTER_STATUSES = [...new Array<string>(12).fill('available'), 'stopped', 'failed'];

type Source = Cluster | Instance;

/** Parts of an estate while it is drawn. */
interface Drawn {
  readonly chance: Chance;
  readonly at: Instant;
  readonly keyArns: readonly (string | null)[];
  readonly clusters: Cluster[];
  readonly instances: Instance[];
  readonly snapshots: Snapshot[];
  readonly retained: RetainedBackup[];
  readonly vaults: Vault[];
  readonly volumes: Record<string, VolumeSeed>;
}

/** An estate as it stands at an instant. */
export function drawEstate(chance: Chance, at: Instant): EstateInput {
  const empty = emptyPlace(SCOPE);
  const keys = (['Enabled', 'Disabled', 'PendingDeletion'] as const).map((state, index) => drawKey(state, index, at));
  const drawn: Drawn = {
    chance,
    at,
    keyArns: keyArns([...empty.keys, ...keys]),
    clusters: [],
    instances: [],
    snapshots: [],
    retained: [],
    vaults: [],
    volumes: {},
  };
  const kinds = Array.from({ length: 1 + chance.below(3) }, () => chance.pick(['db', 'db', 'aurora', 'aurora', 'maz']));
  for (const kind of kinds) drawDatabase(drawn, kind === 'db' ? 'db' : 'cluster', kind === 'maz');
  for (let gone = chance.below(3); gone > 0; gone -= 1) drawDeparted(drawn);
  const { clusters, instances, snapshots, retained, vaults, volumes } = drawn;
  return {
    place: { ...empty, clusters, instances, snapshots, retained, keys: [...empty.keys, ...keys], vaults },
    volumes,
  };
}

/** Three databases in five are unencrypted; the last key has been deleted for good, so KMS no longer knows it. */
function keyArns(keys: readonly Key[]): readonly (string | null)[] {
  const [managed, enabled, disabled, pending] = keys.map(({ keyId }) => `arn:aws:kms:${ARN}:key/${keyId}`);
  const known = [managed, enabled, enabled, disabled, pending].map((arn) => arn ?? null);
  return [
    ...new Array<null>(30).fill(null),
    ...known,
    ...known,
    ...known,
    ...known,
    `arn:aws:kms:${ARN}:key/00000000-dead`,
  ];
}

function drawKey(state: KeyState, index: number, at: Instant): Key {
  return {
    keyId: `0a1b2c3d-0000-4000-8000-00000000000${index}`,
    manager: 'CUSTOMER',
    state,
    description: state,
    createdAt: addDays(at, -500),
    deletionAt: state === 'PendingDeletion' ? addDays(at, 20) : null,
    aliases: [],
  };
}

/** A living database with its recovery points; nothing when its name is taken. */
function drawDatabase(drawn: Drawn, kind: SnapshotKind, multiAz: boolean): void {
  const { chance } = drawn;
  const identifier = chance.pick(NAMES);
  const taken: readonly Source[] = kind === 'db' ? drawn.instances : drawn.clusters;
  if (taken.some((other) => other.identifier === identifier)) return;
  const source = drawSource(drawn, { kind, identifier, engine: engineOf(kind, multiAz) });
  const { volumeId } = source;
  drawn.volumes[volumeId] = seedOf(source);
  if ('clusterResourceId' in source) drawn.instances.push(source);
  else {
    drawn.clusters.push(source);
    // The lab knows no members of a Multi-AZ DB cluster.
    if (!multiAz) drawn.instances.push(...drawMembers(drawn, source));
  }
  if (source.windowStartsAt !== null) drawSystemSnapshots(drawn, kind, source, drawn.at);
  drawManualSnapshots(drawn, kind, source);
  if (chance.happens(0.3)) drawVaultPoint(drawn, kind, source);
}

/** A database deleted long ago: snapshots of it, and perhaps its retained automated backup. */
function drawDeparted(drawn: Drawn): void {
  const { chance, at } = drawn;
  const kind = chance.pick(['db', 'cluster'] as const);
  const identifier = chance.pick([...NAMES, 'departed']);
  const source = drawSource(drawn, { kind, identifier, engine: engineOf(kind, false) });
  drawManualSnapshots(drawn, kind, source);
  const { retentionDays } = source;
  if (retentionDays === 0 || source.windowStartsAt === null || chance.happens(0.3)) return;
  const deletedAt = addSeconds(at, -1 - chance.below(retentionDays * 86_400 - 2));
  const windowStartsAt = addDays(deletedAt, -retentionDays);
  const expiresAt = addDays(deletedAt, retentionDays);
  drawn.retained.push({ kind, source, windowStartsAt, windowEndsAt: deletedAt, expiresAt });
  drawSystemSnapshots(drawn, kind, source, deletedAt);
}

function engineOf(kind: SnapshotKind, multiAz: boolean): string {
  return kind === 'db' || multiAz ? 'postgres' : 'aurora-postgresql';
}

function drawSource(
  { chance, at, keyArns }: Drawn,
  of: { readonly kind: SnapshotKind; readonly identifier: string; readonly engine: string },
): Source {
  const cluster = of.kind === 'cluster';
  const resourceId = `${cluster ? 'cluster' : 'db'}-${chance.letters(26)}`;
  const createdAt = addDays(at, -40 - chance.below(800));
  const retentionDays = cluster ? chance.pick([1, 3, 7, 35]) : chance.pick([0, 0, 1, 3, 7, 14, 35]);
  // Now and then the first backup is still to come.
  const windowed = retentionDays > 0 && !chance.happens(0.04);
  const window = chance.pick(BACKUP_WINDOWS);
  const major = of.engine === 'postgres' ? 'postgres-16' : 'aurora-postgresql-16';
  const backed: Cluster = {
    identifier: of.identifier,
    resourceId,
    engine: of.engine,
    engineVersion: '16.6',
    status: chance.pick(cluster ? CLUSTER_STATUSES : INSTANCE_STATUSES),
    statusEndsAt: null,
    createdAt,
    volumeId: `vol-${resourceId.toLowerCase()}`,
    masterUsername: 'owner',
    databaseName: of.identifier,
    port: 5432,
    kmsKeyArn: chance.pick(keyArns),
    retentionDays,
    windowStartsAt: windowed ? addSeconds(at, -3_600 * chance.pick([2, 30, 200, 900])) : null,
    systemSnapshotDueAt: windowed ? nextDaily(window, at) : null,
    deletionProtection: chance.happens(0.25),
    subnetGroup: 'default',
    securityGroupIds: ['sg-0a1b2c3d'],
    parameterGroup: `default.${major.replace('-16', '16')}`,
    settings: { ...(cluster ? CLUSTER_SETTINGS : INSTANCE_SETTINGS), PreferredBackupWindow: window },
    tags: [],
    pending: null,
  };
  if (cluster) return backed;
  return {
    ...backed,
    clusterResourceId: null,
    instanceClass: 'db.t3.micro',
    optionGroup: `default:${major}`,
    availabilityZone: `${SCOPE.region}a`,
    listeningPort: null,
  };
}

function drawMembers({ chance, instances }: Drawn, cluster: Cluster): Instance[] {
  // A cluster without members is rare: what becomes of its backups depends on a mode that AWS does not list.
  const count = chance.happens(0.1) ? 0 : 1 + chance.below(2);
  return Array.from({ length: count }, (_, index) => ({
    ...cluster,
    identifier: `${cluster.identifier}-${index + (instances.length % 2)}`,
    resourceId: `db-${chance.letters(26)}`,
    status: cluster.status === 'stopped' ? 'stopped' : 'available',
    clusterResourceId: cluster.resourceId,
    windowStartsAt: null,
    systemSnapshotDueAt: null,
    deletionProtection: false,
    instanceClass: 'db.r6g.large',
    optionGroup: 'default:aurora-postgresql-16',
    availabilityZone: `${SCOPE.region}b`,
    settings: { ...MEMBER_SETTINGS },
    listeningPort: null,
  }));
}

/** The newest few of the daily ones. */
function drawSystemSnapshots(drawn: Drawn, kind: SnapshotKind, source: Source, until: Instant): void {
  const window = source.settings['PreferredBackupWindow'] ?? '03:00-03:30';
  const newest = addDays(nextDaily(window, until), -1);
  const count = Math.min(source.retentionDays, 1 + drawn.chance.below(3));
  for (let day = 0; day < count; day += 1) {
    const takenAt = addDays(newest, -day);
    const identifier = systemSnapshotName(source.identifier, takenAt);
    if (!drawn.snapshots.some((other) => other.kind === kind && other.identifier === identifier))
      keep(drawn, kind, source, { identifier, type: 'automated', takenAt });
  }
}

function drawManualSnapshots(drawn: Drawn, kind: SnapshotKind, source: Source): void {
  const { chance, at, snapshots } = drawn;
  for (let left = chance.below(3); left > 0; left -= 1) {
    const identifier = chance.pick(['before-upgrade', 'by-hand', 'last', `${source.identifier}-final`]);
    if (snapshots.some((other) => other.kind === kind && other.identifier === identifier)) continue;
    const takenAt = addSeconds(at, -60 - chance.below(60 * 86_400));
    keep(drawn, kind, source, { identifier, type: 'manual', takenAt, ready: !chance.happens(0.04) });
  }
}

/** A snapshot of AWS Backup and the vault that holds it; now and then no vault shows it. */
function drawVaultPoint(drawn: Drawn, kind: SnapshotKind, source: Source): void {
  const { chance, at, vaults } = drawn;
  const takenAt = addSeconds(at, -600 - chance.below(20 * 86_400));
  const identifier = `awsbackup:job-${chance.letters(12).toLowerCase()}`;
  keep(drawn, kind, source, { identifier, type: 'awsbackup', takenAt });
  if (chance.happens(0.08)) return;
  const database = kind === 'db' ? 'db' : 'cluster';
  const deleteAfterDays = chance.pick([null, 30, 90]);
  const lock = chance.pick(['none', 'governance', 'grace', 'compliance'] as const);
  vaults.push({
    name: `vault-${vaults.length}`,
    createdAt: addDays(at, -300),
    keyArn: `arn:aws:kms:${ARN}:key/0a1b2c3d-0000-4000-8000-000000000000`,
    locked: lock !== 'none',
    lockAt: lock === 'grace' ? addDays(at, 2) : lock === 'compliance' ? addDays(at, -200) : null,
    retentionDaysMin: null,
    retentionDaysMax: null,
    recoveryPoints: [
      {
        arn: `arn:aws:rds:${ARN}:${kind === 'db' ? 'snapshot' : 'cluster-snapshot'}:${identifier}`,
        resourceArn: `arn:aws:rds:${ARN}:${database}:${source.identifier}`,
        resourceType: kind === 'db' ? 'RDS' : 'Aurora',
        resourceName: source.identifier,
        createdAt: takenAt,
        completedAt: addSeconds(takenAt, 300),
        deleteAt: deleteAfterDays === null ? null : addDays(takenAt, deleteAfterDays),
        deleteAfterDays,
        keyArn: source.kmsKeyArn,
        sizeBytes: 1_000_000,
      },
    ],
  });
}

interface Taken {
  readonly identifier: string;
  readonly type: Snapshot['type'];
  readonly takenAt: Instant;
  readonly ready?: boolean;
}

/** Puts a snapshot and the volume beneath it into the estate. */
function keep(drawn: Drawn, kind: SnapshotKind, source: Source, taken: Taken): void {
  const { identifier, type, takenAt, ready = true } = taken;
  const volumeId = `vol-${kind}-${identifier.replaceAll(':', '-')}`;
  drawn.volumes[volumeId] = seedOf(source);
  drawn.snapshots.push({
    kind,
    identifier,
    type,
    status: ready ? 'available' : 'creating',
    statusEndsAt: null,
    createdAt: takenAt,
    databaseAt: takenAt,
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
    tags: [],
    sourceTags: [],
  });
}

/** The content of a volume: only whose data it is, by resource id. */
function seedOf(source: Source): VolumeSeed {
  return { masterUsername: source.masterUsername, password: 'secret-word', databaseName: source.resourceId, sql: [] };
}
