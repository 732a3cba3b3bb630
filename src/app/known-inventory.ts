/**
 * What is known of the estate without asking AWS now: the sights that the service keeps, joined.
 */

import type { Inventory } from '../inventory/model.ts';

/** The estate as the kept sights show it. */
export interface Known {
  /** Joined from every place that was read lately enough; the others are gaps in it. Observed when the oldest of those was. */
  readonly inventory: Inventory;
  /** Each place whose sight is too old to count, by itself: its databases are still there to be asked about. */
  readonly outdated: readonly Inventory[];
}

/** The kept sights, joined anew when there are newer ones. */
export interface KnownInventory {
  /** Null when no place was ever read. */
  current(): Promise<Known | null>;
}
