/**
 * The drills on record, and what they say together.
 *
 * Reads the store alone. What a database measures today is what its newest drill restored: AWS is not asked.
 */

import type { DrillRecord } from '../drill/model.ts';
import { type RestoreStatistics, restoreStatistics } from '../drill/statistics.ts';
import type { Store } from './ports.ts';

/** Drills, newest first, and their restore times by what they hold for. */
export interface DrillHistory {
  readonly drills: readonly DrillRecord[];
  readonly statistics: readonly RestoreStatistics[];
}

/** All that the store holds of drills. */
export async function drillHistory(store: Pick<Store, 'drills'>): Promise<DrillHistory> {
  const records = await store.drills();
  const sizes = Object.fromEntries(
    records.map(({ databaseResourceId, conditions }) => [databaseResourceId, conditions.storageGib]),
  );
  return { drills: [...records].reverse(), statistics: restoreStatistics(records, sizes) };
}
