/**
 * The resource types that decide whether a database can come back: one table, one row a type.
 *
 * Joined from the files of each service. Not here: types nobody modelled, which `unmodelled.ts` keeps from passing as
 * harmless.
 */

import { BACKUP_TYPES } from './backup-types.ts';
import { KMS_TYPES } from './kms-types.ts';
import { PREREQUISITE_TYPES, RDS_TYPES } from './rds-types.ts';
import type { ResourceType } from './resource-type.ts';

const ROWS: readonly ResourceType[] = [...RDS_TYPES, ...BACKUP_TYPES, ...KMS_TYPES, ...PREREQUISITE_TYPES];

const TABLE: ReadonlyMap<string, ResourceType> = new Map(ROWS.map((row) => [row.type, row]));

/** The names of the modelled types. */
export const MODELLED_TYPES: readonly string[] = ROWS.map((row) => row.type);

/** The types of what others are put on. */
export const PUT_ON_TYPES: ReadonlySet<string> = new Set(ROWS.flatMap((row) => row.putOn));

/** The row of a type; null for a type that nobody modelled. */
export function modelledType(type: string): ResourceType | null {
  return TABLE.get(type) ?? null;
}

export { LAST_RANK, type ResourceType, scopeOf, targetOf } from './resource-type.ts';
