/**
 * A store that lives as long as the process: for the demo, which leaves nothing behind.
 *
 * Keeps records in the order in which they came, like every store; copies are handed out, so a caller cannot change
 * what is kept.
 */

import type { JournalEntry, StateSighting, Store } from '../../app/ports.ts';
import type { DrillRecord } from '../../drill/model.ts';
import type { DecisionDocument } from '../../verdict/document.ts';
import { firstOfEach } from './first-of-each.ts';

/** An empty store in memory. */
export function createMemoryStore(): Store {
  const journal: JournalEntry[] = [];
  const drills: DrillRecord[] = [];
  const decisions: DecisionDocument[] = [];
  const states: StateSighting[] = [];
  return {
    journal: async (entry) => void journal.push(entry),
    journalEntries: async () => [...journal],
    recordDrill: async (record) => void drills.push(record),
    drills: async () => firstOfEach(drills),
    recordDecision: async (decision) => void decisions.push(decision),
    decisions: async () => [...decisions],
    recordState: async (sighting) => void states.push(sighting),
    states: async () => [...states],
  };
}
