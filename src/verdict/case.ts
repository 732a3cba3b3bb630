/**
 * Everything one database is judged by, gathered.
 *
 * The input of every file that judges. Holds no judgement itself, and nothing that would have to be looked up while
 * judging.
 */

import type { PrincipalAuthority } from '../authority/authority.ts';
import type { Instant, Seconds } from '../core/time.ts';
import type { DrillRecord } from '../drill/model.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import type { Requirement, WaivableCode } from '../policy/model.ts';
import type { Survival } from '../survival/survive.ts';
import type { Reason } from './document.ts';

/** What one database is judged by. */
export interface Case {
  readonly database: Database;
  readonly inventory: Inventory;
  readonly survival: Survival;
  readonly requirement: Requirement;
  readonly drills: readonly DrillRecord[];
  readonly at: Instant;
  /** What the asking principal may call; absent or null when nobody asked. */
  readonly authority?: PrincipalAuthority | null;
  /** True while the database itself goes on living: its own settings count then. Absent where it is deleted. */
  readonly lives?: boolean;
  /** Greatest age of an inventory that counts; absent where that was judged elsewhere. */
  readonly inventorySecondsMax?: Seconds;
  /** What a person let pass, and is taken out of the requirement; absent where nothing was. */
  readonly waived?: readonly WaivableCode[];
  /** How long a bad write goes unnoticed, where that survivors end sooner was let pass. */
  readonly unnoticedSeconds?: Seconds;
  /** Reasons already known about this database (a mismatch, a disarming). */
  readonly known: readonly Reason[];
}
