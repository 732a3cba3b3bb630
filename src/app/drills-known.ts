/**
 * The drills that a verdict rests on: those on record, and those known to have failed though their record is not written yet.
 *
 * A record is written when all that a drill made is gone again, which may take hours, or wait for another run. A failure
 * counts at once; a success counts when it is on record.
 */

import { readJournal } from '../drill/journal.ts';
import type { DrillRecord } from '../drill/model.ts';
import { failureOf } from '../drill/outcome.ts';
import type { Store } from './ports.ts';

/** What can be asked for drills. */
export type DrillsOnRecord = Pick<Store, 'drills' | 'journalUnrecorded'>;

/** Records, and what stands for the record of a drill that has failed. */
export async function drillsKnown(store: DrillsOnRecord): Promise<readonly DrillRecord[]> {
  // Asked for first: a drill whose record is written in between is in both, and not in neither.
  const failures = await failuresUnrecorded(store);
  const records = await store.drills();
  if (failures.length === 0) return records;
  const recorded = new Set(records.map(({ drillId }) => drillId));
  return [...records, ...failures.filter(({ drillId }) => !recorded.has(drillId))];
}

/** What stands for the records of drills that have failed and have none, or had none a moment ago. */
export async function failuresUnrecorded(store: Pick<Store, 'journalUnrecorded'>): Promise<readonly DrillRecord[]> {
  const unrecorded = readJournal(await store.journalUnrecorded());
  return unrecorded.map(({ state }) => failureOf(state)).filter((record) => record !== null);
}
