/**
 * Which drills and journals may lose their bodies.
 *
 * Of each database and claim the drills stay that speak for it today; a journal stays as a whole or goes as a whole, for
 * half of one tells a story that never was. Of several records of one drill the first stands, and the others go with it.
 */

import * as z from 'zod';
import type { Instant } from '../core/time.ts';
import type { ChainRecord } from './chain.ts';
import type { KeepReason, KeepVerdict } from './keep-reasons.ts';
import { instant } from './parts.ts';

/** The drills of a chain, as far as the rules ask. */
export interface DrillBook {
  drill(record: ChainRecord, value: unknown): void;
  journal(record: ChainRecord, value: unknown): void;
  /** A record whose body is gone already. */
  erased(record: ChainRecord): void;
  finish(): readonly KeepVerdict[];
}

const entry = z.looseObject({ at: instant, drillId: z.string().min(1) });
const drill = z.looseObject({
  drillId: z.string().min(1),
  endpoint: z.string().nullable(),
  scope: z.looseObject({ accountId: z.string() }),
  databaseResourceId: z.string(),
  claim: z.string(),
  result: z.string(),
  endedAt: instant,
  recoveryPoint: z.looseObject({ dataAt: instant.nullable() }),
  scratch: z.array(z.looseObject({ end: z.string() })),
});
type Drill = z.infer<typeof drill>;

/** A drill by all of its records, of which the first stands; null when none was in a form that is known. */
interface Recorded {
  readonly first: Drill | null;
  readonly seqs: readonly number[];
  readonly young: boolean;
  readonly left: boolean;
  readonly understood: boolean;
}

interface Journal {
  readonly seqs: readonly number[];
  readonly young: boolean;
  readonly understood: boolean;
}

/** An empty book. @param before What is from that instant on is young. */
export function createDrillBook(before: Instant): DrillBook {
  const drills = new Map<string, Recorded>();
  const journals = new Map<string, Journal>();
  const gone = new Set<string>();
  return {
    drill: ({ seq, at, key }, value) => {
      const { success, data } = drill.safeParse(value);
      const id = success ? data.drillId : nameOf(key, seq);
      const known = drills.get(id);
      drills.set(id, {
        first: known?.first ?? data ?? null,
        seqs: [...(known?.seqs ?? []), seq],
        young: known?.young === true || at >= before || (success && data.endedAt >= before),
        left: known?.left === true || (success && data.scratch.some(({ end }) => !GONE.includes(end))),
        understood: known?.understood !== false && success,
      });
    },
    journal: ({ seq, at, key }, value) => {
      const { success, data } = entry.safeParse(value);
      const id = success ? data.drillId : nameOf(key, seq);
      const known = journals.get(id);
      journals.set(id, {
        seqs: [...(known?.seqs ?? []), seq],
        young: known?.young === true || at >= before || (success && data.at >= before),
        understood: known?.understood !== false && success,
      });
    },
    erased: ({ kind, key }) => {
      if (kind === 'drill' && key !== null) gone.add(key);
    },
    finish: () => {
      const keeps = new Map([...journals].map(([id, one]) => [id, judgeJournal(one, drills.get(id), gone.has(id))]));
      const newest = newestOf([...drills.values()]);
      const ofJournals = [...journals].flatMap(([id, { seqs }]) => all(seqs, 'journal', keeps.get(id) ?? null));
      const ofDrills = [...drills].flatMap(([id, one]) => {
        return all(one.seqs, 'drill', judgeDrill(one, newest, (keeps.get(id) ?? null) !== null));
      });
      return [...ofJournals, ...ofDrills];
    },
  };
}

/** The ends of a scratch after which nothing is there. */
const GONE: readonly string[] = ['gone', 'never_made'];

function all(seqs: readonly number[], kind: 'drill' | 'journal', keep: KeepReason | null): readonly KeepVerdict[] {
  return seqs.map((seq) => ({ seq, kind, keep }));
}

function judgeJournal(journal: Journal, recorded: Recorded | undefined, erased: boolean): KeepReason | null {
  if (!journal.understood || recorded?.understood === false) return 'not_understood';
  if (journal.young) return 'young';
  if (recorded === undefined) return erased ? null : 'unfinished_drill';
  return recorded.left ? 'scratch_left' : null;
}

function judgeDrill(recorded: Recorded, newest: ReadonlySet<Drill>, journalStays: boolean): KeepReason | null {
  const { first, young, left, understood } = recorded;
  if (first === null || !understood) return 'not_understood';
  if (young) return 'young';
  if (newest.has(first)) return 'newest_drill';
  if (left) return 'scratch_left';
  return journalStays ? 'journal_stays' : null;
}

/**
 * The drills that something asks for today: of each database and claim the last to end, the last that came to a result,
 * the last that passed, and the one that passed with the latest data, which others are compared with.
 */
function newestOf(recorded: readonly Recorded[]): ReadonlySet<Drill> {
  const latest = new Map<string, { readonly moment: string; readonly drills: readonly Drill[] }>();
  for (const { first } of recorded) {
    if (first === null) continue;
    for (const [role, moment] of rolesOf(first)) {
      const { endpoint, scope, databaseResourceId, claim } = first;
      const key = JSON.stringify([endpoint, scope.accountId, databaseResourceId, claim, role]);
      const known = latest.get(key);
      // Of several that end together the worst speaks, so all of them stay.
      if (known === undefined || moment > known.moment) latest.set(key, { moment, drills: [first] });
      else if (moment === known.moment) latest.set(key, { moment, drills: [...known.drills, first] });
    }
  }
  return new Set([...latest.values()].flatMap(({ drills }) => drills));
}

function rolesOf({ result, endedAt, recoveryPoint: { dataAt } }: Drill): readonly (readonly [string, string])[] {
  return [
    ['ended', endedAt],
    ...(result === 'aborted' ? [] : [['judged', endedAt] as const]),
    ...(result === 'passed'
      ? ([
          ['passed', endedAt],
          ['data', `${dataAt ?? ''} ${endedAt}`],
        ] as const)
      : []),
  ];
}

/** What cannot be read stands for itself, unless its record says whose it is. */
function nameOf(key: string | null, seq: number): string {
  return key ?? `record ${seq}`;
}
