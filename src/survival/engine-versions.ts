/**
 * Engine versions: whether a restore could still start in the one that a recovery point was taken with.
 *
 * A restore has no say in the version: it comes back in the point's own, or after an upgrade that may not work. A point
 * whose version its region no longer offers, or that tells none, is kept but not counted on.
 * Source: Amazon RDS API, RestoreDBInstanceFromDBSnapshot (no `EngineVersion`), DescribeDBEngineVersions and
 * ModifyDBSnapshot (the upgrade; manual snapshots only); aws-backup-facts.md section 4.1, 4.
 */

import { printScope, type Scope } from '../core/arn.ts';
import type { Inventory, RecoveryPoint } from '../inventory/model.ts';
import { type Fate, isAlive, worsen } from './fate.ts';

/** Versions that a place no longer offers, by place, engine and version. */
export type VersionsGone = ReadonlySet<string>;

/** The versions that an inventory shows to be gone; one that could not be asked about is a gap there. */
export function versionsGone({ engineVersions }: Pick<Inventory, 'engineVersions'>): VersionsGone {
  return new Set(engineVersions.filter(({ offered }) => !offered).map((entry) => keyOf(entry, entry)));
}

/** The fate of a point that would otherwise be left, once its version is looked at. */
export function underVersions(fate: Fate, point: RecoveryPoint, gone: VersionsGone): Fate {
  const { engine, engineVersion } = point;
  if (!isAlive(fate)) return fate;
  if (engineVersion === null || engineVersion === '' || engineVersion === 'unknown')
    return worsen(fate, 'unknown', 'engine_version_unknown');
  if (gone.size === 0 || !gone.has(keyOf(point, { engine, engineVersion }))) return fate;
  return worsen(fate, 'unknown', 'engine_version_not_offered');
}

function keyOf(scope: Scope, { engine, engineVersion }: { readonly engine: string; readonly engineVersion: string }) {
  return `${printScope(scope)} ${engine} ${engineVersion}`;
}
