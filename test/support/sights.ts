/**
 * Sights of places, made of an inventory as if each of its places had been read by itself.
 *
 * What was joined is taken apart again: a database's own backup is left out, since joining makes it; what lies in a vault
 * is listed by the vault and by RDS. Exports are left out.
 */

import { printScope, type Scope } from '../../src/core/arn.ts';
import type { Instant } from '../../src/core/time.ts';
import type { Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import type { AutomatedBackup, VaultPoint } from '../../src/inventory/observations.ts';
import type { Sight } from '../../src/inventory/sight.ts';
import { NOW, SCOPE } from './builders.ts';

/** A sight of one place that shows nothing, unless told otherwise. */
export function aSight(fields: Partial<Omit<Sight, 'seen'>> & { readonly seen?: Partial<Sight['seen']> } = {}): Sight {
  const place = fields.place ?? SCOPE;
  return {
    formatVersion: '1',
    observedAt: NOW,
    endpoint: null,
    principal: { arn: 'arn:aws:iam::123456789012:user/reader', accountId: '123456789012' },
    ...fields,
    place,
    seen: {
      scopes: [place],
      databases: [],
      connections: [],
      snapshots: [],
      automatedBackups: [],
      vaultPoints: [],
      exports: [],
      keys: [],
      vaults: [],
      globalClusters: [],
      engineVersions: [],
      quotas: [],
      outOfScope: [],
      restoreTests: [],
      gaps: [],
      ...fields.seen,
    },
  };
}

/** A sight of each of its places. */
export function sightsOf(inventory: Inventory, observedAt: Instant = inventory.observedAt): readonly Sight[] {
  return inventory.scopes.map((place) => sightAt(inventory, place, observedAt));
}

/** What the inventory shows of one place. */
export function sightAt(inventory: Inventory, place: Scope, observedAt: Instant): Sight {
  const isHere = (of: Scope) => printScope(of) === printScope(place);
  const points = inventory.recoveryPoints.filter(isHere);
  return aSight({
    place,
    observedAt,
    endpoint: inventory.endpoint,
    principal: inventory.principal,
    seen: {
      scopes: inventory.scopes.filter(isHere),
      databases: inventory.databases.filter(isHere).map(({ restoreWindow, connectionsMax: _, ...database }) => ({
        ...database,
        restorable: { earliest: restoreWindow?.earliest ?? null, latest: restoreWindow?.latest ?? null },
      })),
      snapshots: points.filter(isSnapshot).map((point) => ({ ...point, vaultArn: null })),
      automatedBackups: points.flatMap(backupOf),
      vaultPoints: points.flatMap(entryOf),
      keys: inventory.keys.filter(isHere),
      vaults: inventory.vaults.filter(isHere),
      globalClusters: inventory.globalClusters.filter(isHere),
      engineVersions: inventory.engineVersions.filter(isHere),
      quotas: inventory.quotas.filter(isHere),
      gaps: inventory.gaps.filter(({ where }) => isHere(where)),
    },
  });
}

const SNAPSHOTS: readonly RecoveryPoint['kind'][] = [
  'manual_snapshot',
  'system_snapshot',
  'snapshot_copy',
  'account_copy',
  'shared_snapshot',
  'backup_snapshot',
];

function isSnapshot({ kind }: RecoveryPoint): boolean {
  return SNAPSHOTS.includes(kind);
}

function backupOf({ kind, databaseResourceId, vaultArn: _, ...point }: RecoveryPoint): AutomatedBackup[] {
  if (kind !== 'retained_automated_backup' && kind !== 'replicated_automated_backup') return [];
  const { id: __, createdAt: ___, dataAt: ____, expiresAt: _____, copiedFrom, ...facts } = point;
  return [
    {
      ...facts,
      role: kind === 'retained_automated_backup' ? 'retained' : 'replicated',
      databaseResourceId: databaseResourceId ?? '',
      databaseArn: copiedFrom,
      awsBackupPointArn: null,
    },
  ];
}

function entryOf({ kind, vaultArn, ...point }: RecoveryPoint): VaultPoint[] {
  if (kind !== 'backup_snapshot' || vaultArn === null) return [];
  const { accountId, region, id, arn, ofCluster, databaseIdentifier, status, createdAt } = point;
  const { retentionDays, expiresAt, encrypted, keyArn } = point;
  const facts = { accountId, region, id, arn, ofCluster, databaseIdentifier, status, createdAt, retentionDays };
  return [{ ...facts, kind, vaultArn, expiresAt, encrypted, keyArn, copiedFrom: null }];
}
