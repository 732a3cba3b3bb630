/**
 * Everything one database is judged by, gathered.
 *
 * The input of every file that judges. Holds no judgement itself, and nothing that would have to be looked up while
 * judging.
 */

import type { PrincipalAuthority } from '../authority/authority.ts';
import type { Instant } from '../core/time.ts';
import type { DrillRecord } from '../drill/model.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import type { Requirement } from '../policy/resolve.ts';
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
  /** Reasons already known about this database (a mismatch, a disarming). */
  readonly known: readonly Reason[];
}
