/**
 * One recovery point of every kind of the fact table, K1 to K16 and C1 to C6, each beside the database it was taken
 * from and under a key, a vault and an account of its own where its kind has them.
 */

import { addDays } from '../../../src/core/time.ts';
import type { Database, Inventory, RecoveryPoint, Vault } from '../../../src/inventory/model.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
  aVault,
  KEY_ARN,
  NOW,
  thePitr,
} from '../../support/builders.ts';

const FAR = { accountId: '123456789012', region: 'eu-central-1' };
const THEIRS = { accountId: '999999999999', region: 'eu-west-1' };
/** The key of a copy, of an export, or of whoever shares: never the database's. */
export const OWN_KEY_ARN = 'arn:aws:kms:eu-central-1:999999999999:key/own';
const CONTINUOUS_ARN = 'arn:aws:backup:eu-west-1:123456789012:recovery-point:continuous:db-orders';

/** Databases by the column or row that asks for them; all encrypted under one key, retention 7 days. */
export const OWNERS = {
  instance: aDatabase({ encrypted: true, keyArn: KEY_ARN }),
  aurora: aCluster({ encrypted: true, keyArn: KEY_ARN }),
  multiAz: aCluster({ kind: 'multi_az_cluster', engine: 'postgres', encrypted: true, keyArn: KEY_ARN }),
} as const;
export type OwnerName = keyof typeof OWNERS;

/** The snapshot that an export was made from. */
const EXPORTED = 'arn:aws:rds:eu-west-1:123456789012:snapshot:exported';

const own = { encrypted: true, keyArn: OWN_KEY_ARN };
const old = { createdAt: addDays(NOW, -2) };
const inVault = (vault: Vault) => ({ kind: 'backup_snapshot', vaultArn: vault.arn, status: 'completed' }) as const;
const VAULTS = {
  open: aVault(),
  governance: aVault({ arn: 'arn:vault:governance', name: 'governance', lock: 'governance' }),
  compliance: aVault({ arn: 'arn:vault:compliance', name: 'compliance', lock: 'compliance' }),
  airGapped: aVault({ arn: 'arn:vault:air-gapped', name: 'air-gapped', lock: 'compliance', airGapped: true }),
};

/** Points by the row that asks for them. The final snapshot, K5, is what a deletion makes and so has none. */
const POINTS: Readonly<Record<string, (of: Database) => RecoveryPoint>> = {
  K1: thePitr,
  K2: (of) => aSystemSnapshot(of, old),
  K3: (of) => thePitr(of, { kind: 'retained_automated_backup', arn: 'arn:retained', status: 'retained' }),
  'K3 inside': (of) => aSystemSnapshot(of, { ...old, databaseResourceId: 'db-GONE', expiresAt: addDays(NOW, 5) }),
  K4: (of) =>
    thePitr(of, { ...FAR, ...own, kind: 'replicated_automated_backup', arn: 'arn:ab-1', status: 'replicating' }),
  K6: (of) => aPoint(of),
  K7: (of) => aPoint(of, { ...FAR, ...own, kind: 'snapshot_copy', arn: 'arn:far', id: 'far' }),
  K8: (of) => aPoint(of, { ...THEIRS, ...own, kind: 'account_copy', arn: 'arn:theirs', id: 'theirs' }),
  'K8 far': (of) =>
    aPoint(of, { ...THEIRS, ...FAR, accountId: THEIRS.accountId, ...own, kind: 'account_copy', id: 'away' }),
  K9: (of) => aPoint(of, { ...THEIRS, ...own, kind: 'shared_snapshot', arn: 'arn:shared', id: 'shared' }),
  K10: (of) => aPoint(of, { ...THEIRS, kind: 'public_snapshot', arn: 'arn:public', encrypted: false, keyArn: null }),
  K11: (of) => aPoint(of, { ...own, kind: 's3_export', arn: 'arn:export', status: 'complete', copiedFrom: EXPORTED }),
  K12: (of) => aPoint(of, inVault(VAULTS.open)),
  K13: (of) => thePitr(of, { kind: 'backup_continuous', arn: CONTINUOUS_ARN, vaultArn: VAULTS.open.arn }),
  'K14 other region': (of) => aPoint(of, { ...inVault(VAULTS.open), ...FAR, ...own, kind: 'backup_copy' }),
  'K14 other account': (of) => aPoint(of, { ...inVault(VAULTS.open), ...THEIRS, ...own, kind: 'backup_copy' }),
  'K15 governance': (of) => aPoint(of, inVault(VAULTS.governance)),
  'K15 compliance': (of) => aPoint(of, inVault(VAULTS.compliance)),
  K16: (of) => aPoint(of, { ...inVault(VAULTS.airGapped), kind: 'air_gapped_copy', encrypted: true, keyArn: null }),
  'K16 under a key': (of) => aPoint(of, { ...inVault(VAULTS.airGapped), ...own, kind: 'air_gapped_copy' }),
};

/** A database with one recovery point of a kind, and with it all that the kind stands on. */
export interface Scene {
  readonly inventory: Inventory;
  readonly owner: Database;
  /** Null for what a deletion has yet to make. */
  readonly point: RecoveryPoint | null;
}

/** Sets the scene of one row. */
export function sceneOf(kind: string, ownerName: OwnerName): Scene {
  const continuous = kind === 'K13';
  const owner = { ...OWNERS[ownerName], ...(continuous ? { awsBackupPointArn: CONTINUOUS_ARN } : {}) };
  const point = POINTS[kind]?.(owner) ?? null;
  const source = point?.copiedFrom === EXPORTED ? [aPoint(owner, { arn: EXPORTED, id: 'exported' })] : [];
  const inventory = anInventory({
    databases: [owner],
    recoveryPoints: point === null ? [] : [...source, point],
    keys: [aKey(), aKey({ arn: OWN_KEY_ARN, accountId: THEIRS.accountId, region: FAR.region })],
    vaults: Object.values(VAULTS),
  });
  return { inventory, owner, point };
}
