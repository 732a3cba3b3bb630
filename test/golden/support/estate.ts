/**
 * The estate of a case -> an inventory: the words of the case through the builders, as AWS would have shown it.
 *
 * What names a thing in AWS (ARNs, resource ids) follows from the name that the case gives it. The result goes through
 * the reader of saved inventories, so that no case rests on what Muster would refuse to read.
 */

import { MusterError } from '../../../src/core/errors.ts';
import { addDays, addSeconds, type Instant } from '../../../src/core/time.ts';
import type { Database, Inventory, RecoveryPoint } from '../../../src/inventory/model.ts';
import { parseInventory } from '../../../src/inventory/schema.ts';
import { aCluster, aDatabase, aKey, anInventory, aPoint, aVault, NOW, SCOPE } from '../../support/builders.ts';
import { instantOf, secondsOf } from './times.ts';
import { type DatabaseWords, type EstateWords, POINT_WORD_LIST, POINT_WORDS, type PointWords } from './vocabulary.ts';

/** The inventory that a case describes. */
export function inventoryOf(words: EstateWords, origin: string): Inventory {
  const databases = (words.databases ?? []).map(databaseOf);
  const built = anInventory({
    observedAt: instantOf(words.read ?? 'now'),
    scopes: [SCOPE, ...(words['also read'] ?? []).map(scopeOf)],
    databases,
    recoveryPoints: (words.points ?? []).map((point) => pointOf(point, databases, origin)),
    keys: (words.keys ?? []).map(({ name, state = 'enabled', manager = 'customer', deleted, ...place }) => ({
      ...aKey({ ...placeOf(place), arn: keyArn(name, place), state, manager }),
      deletionAt: deleted === undefined ? null : instantOf(deleted),
    })),
    vaults: (words.vaults ?? []).map(({ name, lock = 'none', 'air-gapped': airGapped = false, ...place }) =>
      aVault({ ...placeOf(place), arn: vaultArn(name, place), name, lock, airGapped }),
    ),
    gaps: (words.gaps ?? []).map(({ what, action, cause, hides, ...place }) => ({
      ...{ what, where: placeOf(place), action, cause, hides },
    })),
    quotas: (words.quotas ?? []).map((quota) => ({ ...SCOPE, ...quota })),
  });
  return parseInventory(JSON.stringify(built), origin);
}

interface PlaceWords {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** The ARN of a key by the name that a case gives it; of one that is given with its region, `NAME@REGION`. */
export function keyArn(name: string, place: PlaceWords = {}): string {
  const { accountId, region } = placeOf(place);
  return `arn:aws:kms:${region}:${accountId}:key/${name}`;
}

/** The ARN of a vault by its name. */
export function vaultArn(name: string, place: PlaceWords = {}): string {
  const { accountId, region } = placeOf(place);
  return `arn:aws:backup:${region}:${accountId}:backup-vault:${name}`;
}

function placeOf({ account = SCOPE.accountId, region = SCOPE.region }: PlaceWords) {
  return { accountId: account, region };
}

function scopeOf(text: string) {
  const [accountId = '', region = ''] = text.split('/');
  return { accountId, region };
}

function databaseOf(words: DatabaseWords): Database {
  const { name, kind = 'rds_instance', retention = '7d' } = words;
  const place = placeOf(words);
  const isCluster = kind !== 'rds_instance';
  const id = words['resource id'] ?? `${isCluster ? 'cluster' : 'db'}-${name.toUpperCase()}`;
  const arn = `arn:aws:rds:${place.region}:${place.accountId}:${isCluster ? 'cluster' : 'db'}:${name}`;
  const days = secondsOf(retention) / 86_400;
  const own: Partial<Database> = {
    ...place,
    arn,
    resourceId: id,
    identifier: name,
    kind,
    retentionDays: days,
    restoreWindow: days === 0 ? null : { earliest: addDays(NOW, -days), latest: addSeconds(NOW, -300) },
    deletionProtection: words.protected ?? false,
    ...encryption(words.key, words),
    awsBackupPointArn: words['aws backup owns pitr'] === true ? continuousArn({ ...place, resourceId: id }) : null,
    replicas: words.replicas ?? [],
    replicaOf: words['replica of'] ?? null,
    globalClusterArn:
      words['global cluster'] === undefined
        ? null
        : `arn:aws:rds::${place.accountId}:global-cluster:${words['global cluster']}`,
    tags: words.tags ?? {},
    ...(words.status !== undefined && { status: words.status }),
    ...(words.gib !== undefined && { storageGib: words.gib }),
    ...(words.class !== undefined && { instanceClass: words.class }),
    ...(words.engine !== undefined && { engine: words.engine }),
  };
  if (!isCluster) return aDatabase(own);
  const members = (words.members ?? [`${name}-0`]).map((identifier, index) => ({
    identifier,
    arn: `arn:aws:rds:${place.region}:${place.accountId}:db:${identifier}`,
    resourceId: `db-${identifier.toUpperCase()}`,
    instanceClass: words.class ?? 'db.r6g.large',
    status: 'available',
    writer: index === 0,
  }));
  const engine = words.engine ?? (kind === 'multi_az_cluster' ? 'postgres' : 'aurora-postgresql');
  return aCluster({ ...own, engine, instanceClass: null, storageGib: words.gib ?? null, members });
}

function continuousArn({ region, accountId, resourceId }: Pick<Database, 'region' | 'accountId' | 'resourceId'>) {
  return `arn:aws:backup:${region}:${accountId}:recovery-point:continuous:${resourceId.toLowerCase()}`;
}

/** `main` is a key of the thing's own place; `main@222233334444/eu-west-1` one of another. */
function encryption(key: string | undefined, place: PlaceWords) {
  if (key === undefined) return {};
  const [name = '', where] = key.split('@');
  const [account, region] = where?.split('/') ?? [place.account, place.region];
  return { encrypted: true, keyArn: keyArn(name, { account, region }) };
}

function pointOf(words: PointWords, databases: readonly Database[], origin: string): RecoveryPoint {
  const word = POINT_WORD_LIST.find((one) => words[one] !== undefined);
  const owner = databases.find(({ identifier }) => word !== undefined && identifier === words[word]);
  if (word === undefined || owner === undefined)
    throw new MusterError('MUSTER_USAGE', `${origin}: estate.points: the estate has no such database to be ${word}`);
  const database = words['earlier id'] === undefined ? owner : { ...owner, resourceId: words['earlier id'] };
  const kind = POINT_WORDS[word];
  const isWindow = WINDOWED.includes(kind);
  const place = placeOf({ account: owner.accountId, region: owner.region, ...given(words) });
  const at = words.at === undefined ? defaultAt(kind) : instantOf(words.at);
  const id = words.id ?? defaultId(kind, database);
  const days = words.retention === undefined ? null : secondsOf(words.retention) / 86_400;
  return aPoint(database, {
    ...place,
    id,
    kind,
    arn: arnOf(
      kind,
      id,
      { ...place, resourceId: database.resourceId, ofCluster: owner.kind !== 'rds_instance' },
      owner,
    ),
    createdAt: isWindow ? null : at,
    dataAt: isWindow || words.data === 'not told' ? null : words.data === undefined ? at : instantOf(words.data),
    window: isWindow ? windowOf(words, owner) : null,
    retentionDays: kind === 'pitr' ? owner.retentionDays : days,
    expiresAt: words.until === undefined ? null : instantOf(words.until),
    status: words.status ?? (kind === 'replicated_automated_backup' ? 'replicating' : 'available'),
    ...encryption(words.key, { account: place.accountId, region: place.region }),
    vaultArn:
      words.vault === undefined ? null : vaultArn(words.vault, { account: place.accountId, region: place.region }),
    copiedFrom: words['copied from'] ?? null,
  });
}

const WINDOWED: readonly RecoveryPoint['kind'][] = [
  'pitr',
  'retained_automated_backup',
  'replicated_automated_backup',
  'backup_continuous',
];

function given({ account, region }: PlaceWords): PlaceWords {
  return { ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
}

function windowOf({ window }: PointWords, { restoreWindow }: Database): RecoveryPoint['window'] {
  if (window === undefined) return restoreWindow;
  const [from, to] = window;
  return { earliest: instantOf(from), latest: instantOf(to) };
}

function defaultAt(kind: RecoveryPoint['kind']): Instant {
  return instantOf(kind === 'system_snapshot' ? '7h ago' : '1h ago');
}

function defaultId(kind: RecoveryPoint['kind'], { identifier, resourceId }: Database): string {
  switch (kind) {
    case 'pitr':
      return `pitr:${resourceId}`;
    case 'retained_automated_backup':
      return `retained:${resourceId}`;
    case 'replicated_automated_backup':
      return `replicated:${resourceId}`;
    case 'system_snapshot':
      return `rds:${identifier}-2026-11-23-03-00`;
    case 'backup_continuous':
      return `continuous:${resourceId.toLowerCase()}`;
    default:
      return `${identifier}-${kind.replaceAll('_', '-')}`;
  }
}

function arnOf(
  kind: RecoveryPoint['kind'],
  id: string,
  {
    accountId,
    region,
    resourceId,
    ofCluster,
  }: Pick<RecoveryPoint, 'accountId' | 'region' | 'ofCluster'> & {
    readonly resourceId: string;
  },
  owner: Database,
): string {
  if (kind === 'pitr') return `${owner.arn}#pitr`;
  if (kind === 'backup_continuous') return continuousArn({ region, accountId, resourceId });
  if (kind === 'air_gapped_copy') return `arn:aws:backup:${region}:${accountId}:recovery-point:${id}`;
  const what = WINDOWED.includes(kind) ? 'auto-backup' : ofCluster ? 'cluster-snapshot' : 'snapshot';
  const name = kind === 'backup_snapshot' || kind === 'backup_copy' ? `awsbackup:${id}` : id;
  return `arn:aws:rds:${region}:${accountId}:${what}:${what === 'auto-backup' ? `ab-${resourceId.toLowerCase()}` : name}`;
}
