/**
 * What a readiness report is made from, and what it says of a database before that is text or Markdown.
 *
 * Which end comes first, when the last survivor is gone, which database is the worst: worked out here once, so that both
 * forms say the same. Given the views of the databases; adds no judgement of its own.
 */

import { sortedBy } from '../core/canonical.ts';
import type { Instant } from '../core/time.ts';
import type { Claim } from '../drill/model.ts';
import type { Gap } from '../inventory/model.ts';
import type { LossSummary } from '../survival/loss-summary.ts';
import { type DatabaseView, type RestoreTime, VERDICTS } from '../verdict/document.ts';

/** Measured times of one kind of restore. */
export interface ClaimTime extends RestoreTime {
  readonly claim: Claim;
}

/** A database of the report: judged, and with what only a report says of it. */
export interface ReportedDatabase extends DatabaseView {
  /** Absent where it was not asked for. */
  readonly survivorsByLoss?: readonly LossSummary[];
  /** Of each kind of restore that it has points for or was drilled; absent as above. */
  readonly restoreTimes?: readonly ClaimTime[];
}

/** What a readiness report is made from. */
export interface ReadinessReport {
  readonly at: Instant;
  /** The loss that was assumed, in words: `each database is deleted with its automated backups`. */
  readonly loss: string;
  readonly databases: readonly ReportedDatabase[];
  readonly gaps: readonly Gap[];
}

/** `overview`: one line a database; `detail`: everything of each. */
export type ReadinessForm = 'overview' | 'detail';

/** More than this many databases are an overview, though they were named. */
const DETAILED_MAX = 5;

/** The form that fits: everything of the one there is, or of the few that were named. */
export function readinessForm(named: number, databases: number): ReadinessForm {
  return databases === 1 || (named > 0 && databases <= DETAILED_MAX) ? 'detail' : 'overview';
}

/** When nothing is left any more, though nothing happens: `never`, or null when nothing is left now. */
export type LastEnd = Instant | 'never' | null;

/** When the last survivor ends; those within the change itself do not count. */
export function lastEndOf({ survivors }: DatabaseView): LastEnd {
  let last: LastEnd = null;
  for (const { expiresAt, reach } of survivors) {
    if (reach === 'same_plan') continue;
    if (expiresAt === null) return 'never';
    if (last === null || expiresAt > last) last = expiresAt;
  }
  return last;
}

/** True when something of it may be left that nobody can speak for. */
export function isInDoubt({ casualties }: DatabaseView): boolean {
  return casualties.some(({ fate }) => fate === 'unknown');
}

/** Something that ends by itself. */
export interface Ending {
  readonly what: string;
  readonly at: Instant;
}

/**
 * What ends first though nothing happens: the verdict, a piece of evidence, or the last survivor; null when nothing does.
 *
 * The inventory is no such evidence: every report reads it anew. `what` may hold untrusted text; the caller cleans it.
 */
export function firstEnding(view: DatabaseView, at: Instant): Ending | null {
  const last = lastEndOf(view);
  const endings: readonly Ending[] = [
    ...(view.readyUntil ? [{ what: 'it is ready no longer', at: view.readyUntil }] : []),
    ...(last === null || last === 'never' ? [] : [{ what: 'the last survivor ends', at: last }]),
    ...(view.evidence ?? []).flatMap(({ id, kind, freshUntil }) =>
      kind === 'inventory' || freshUntil === null || freshUntil <= at
        ? []
        : [{ what: `${id} is too old to count`, at: freshUntil }],
    ),
  ];
  return endings.reduce<Ending | null>((first, ending) => (first && first.at <= ending.at ? first : ending), null);
}

/** Worst first: by verdict, then what has nothing left, then what ends soonest, then by name. */
export function worstFirst<T extends DatabaseView>(databases: readonly T[]): T[] {
  return sortedBy(databases, (view) => {
    const end = view.readyUntil ?? lastEndOf(view) ?? '';
    return [VERDICTS.indexOf(view.verdict), end, view.identifier, view.arn].join(' ');
  });
}

/** How many databases have each verdict, worst first. */
export function verdictCounts(databases: readonly DatabaseView[]) {
  return VERDICTS.map((verdict) => ({
    verdict,
    count: databases.filter((view) => view.verdict === verdict).length,
  }));
}

const SECONDS_URGENT = 86_400;
const SECONDS_SOON = 7 * 86_400;

/** How soon an end comes: within a day, within a week, or later. */
export function urgencyOf(secondsLeft: number): 'urgent' | 'soon' | 'later' {
  if (secondsLeft <= SECONDS_URGENT) return 'urgent';
  return secondsLeft <= SECONDS_SOON ? 'soon' : 'later';
}
