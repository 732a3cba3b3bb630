/**
 * How every database stands now, by everything that is known: judged like a report, and compared with nothing.
 *
 * Databases of places that were not read for too long are judged by their old sight, and unknown at best. One that was
 * there before and is hidden by a refused reading now is unknown too: only what a complete reading does not show is gone.
 */

import type { Standing } from '../alert/standing.ts';
import { isSameDatabase, standingOf } from '../alert/standing-of.ts';
import { assess } from '../app/assess.ts';
import { drillsKnown } from '../app/drills-known.ts';
import type { Known } from '../app/known-inventory.ts';
import type { Clock, Store } from '../app/ports.ts';
import { parseArn } from '../core/arn.ts';
import { invariant } from '../core/invariant.ts';
import type { Days, Instant } from '../core/time.ts';
import type { Inventory } from '../inventory/model.ts';
import type { Policy } from '../policy/schema.ts';
import type { DatabaseView } from '../verdict/document.ts';

/** Everything that stands now. */
export interface Stands {
  readonly standings: readonly Standing[];
  /** The judgements behind them, of those that could be judged. */
  readonly views: readonly DatabaseView[];
  /** ARNs of databases that were there before and are no more, or no longer within reach. */
  readonly gone: readonly string[];
}

/** What is judged, and by what. */
export interface StandsInput {
  readonly known: Known;
  readonly before: readonly Standing[];
  readonly policy: Policy;
  readonly endingDays: readonly Days[];
}

/** Judges everything that is known. */
export async function standsOf(
  { known, before, policy, endingDays }: StandsInput,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<Stands> {
  const inventories = [known.inventory, ...known.outdated];
  const at = clock.now();
  // The same records and the same moment for all of them.
  const [drills, seen] = [await drillsKnown(store), await store.settingsSeen()];
  const still = {
    clock: { ...clock, now: () => at },
    store: { ...store, drills: async () => drills, journalUnrecorded: async () => [], settingsSeen: async () => seen },
  };
  const stoodBefore = new Map(before.map((standing) => [standing.databaseArn, standing]));
  const [views, standings]: [DatabaseView[], Standing[]] = [[], []];
  for (const inventory of inventories) {
    const judged = (await assess({ inventory, policy, names: [] }, still)).databases;
    const byArn = new Map(inventory.databases.map((database) => [database.arn, database]));
    for (const view of judged) {
      const database = byArn.get(view.arn);
      invariant(database !== undefined, 'a judgement is of a database of its inventory', { arn: view.arn });
      views.push(view);
      const stood = stoodBefore.get(view.arn);
      const same = stood !== undefined && isSameDatabase(stood, view) ? stood : null;
      const { observedAt } = inventory;
      standings.push(standingOf(view, database, { before: same, at, observedAt, endingDays }));
    }
  }
  const here = new Set(standings.map(({ databaseArn }) => databaseArn));
  const missing = before.filter(({ databaseArn }) => !here.has(databaseArn));
  const hidden = missing.filter(({ databaseArn }) => isHidden(databaseArn, inventories));
  const gone = missing.filter((standing) => !hidden.includes(standing)).map(({ databaseArn }) => databaseArn);
  return { standings: [...standings, ...hidden.map((standing) => unseen(standing, at))], views, gone };
}

/** Whether a reading that was refused may hide it. */
function isHidden(arn: string, inventories: readonly Inventory[]): boolean {
  const account = parseArn(arn)?.accountId;
  return inventories.some(({ gaps }) =>
    gaps.some(({ hides, where }) => hides === 'databases' && where.accountId === account),
  );
}

/** A database that was there and cannot be looked at; nothing else of it is known to have changed. */
function unseen(standing: Standing, at: Instant): Standing {
  return { ...standing, at, verdict: 'unknown', reasons: ['survival_unknown'] };
}
