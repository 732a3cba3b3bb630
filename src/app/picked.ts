/**
 * Whether a drill definition is for a database that somebody names.
 *
 * A definition that says which databases it is for is for no other; one that says nothing takes what is named.
 */

import type { DrillDefinition } from '../drill/definition.ts';
import { selectDatabases } from '../drill/select.ts';
import type { Database } from '../inventory/model.ts';

/** Why the definition is not for it, in words; null when it is. */
export function whyNotPicked(database: Database, { databases: selector }: DrillDefinition): string | null {
  if (Object.values(selector).every((wanted) => wanted === undefined)) return null;
  const { chosen, undecided } = selectDatabases(selector, [database]);
  if (chosen.length > 0) return null;
  const unknown = undecided.flatMap((one) => one.unknown);
  const why = unknown.length === 0 ? '' : `: its ${unknown.join(' and ')} is not known`;
  return `the definition does not pick ${database.identifier}${why}`;
}
