/**
 * One record a drill, whatever the store.
 *
 * Two runs that end one drill at the same moment may both record it; the first to be written stands.
 */

import type { DrillRecord } from '../../drill/model.ts';

/** The records without those of a drill that has one already, in their order. */
export function firstOfEach(records: readonly DrillRecord[]): readonly DrillRecord[] {
  const seen = new Set<string>();
  return records.filter(({ drillId }) => !seen.has(drillId) && seen.add(drillId));
}
