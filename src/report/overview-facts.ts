/**
 * One database in one line: the few words that an overview has room for, for text and Markdown alike.
 *
 * Given the views of the databases. Every word may hold untrusted text; the caller cleans or escapes it.
 */

import type { Instant } from '../core/time.ts';
import type { DatabaseView } from '../verdict/document.ts';
import { workLostWords } from './database-text.ts';
import { isInDoubt, lastEndOf } from './readiness.ts';
import { printCost, printCountdown, reasonWords, VERDICT_WORDS } from './words.ts';

/** The words of a line. */
export interface OverviewFacts {
  readonly verdict: string;
  readonly name: string;
  readonly engine: string;
  readonly workLost: string;
  /** The p95 and how many drills measured it: `13 min (3)`; `never` without any. */
  readonly restoreTime: string;
  /** When nothing is left any more. */
  readonly lastEnds: string;
  /** How long it is ready, or why it is not. */
  readonly outlook: string;
}

/** What the columns are called. */
export const OVERVIEW_HEADINGS: Readonly<Record<keyof OverviewFacts, string>> = {
  verdict: 'verdict',
  name: 'database',
  engine: 'engine',
  workLost: 'work lost',
  restoreTime: 'restore p95',
  lastEnds: 'last ends',
  outlook: 'until, or why not',
};

/** The line of one database. */
export function overviewFacts(view: DatabaseView, at: Instant, nameOf: (view: DatabaseView) => string): OverviewFacts {
  const { p50, p95, n } = view.restoreSeconds;
  const slow = p95 ?? p50;
  return {
    verdict: VERDICT_WORDS[view.verdict],
    name: nameOf(view),
    engine: engineWords(view),
    workLost: workLostBriefly(view),
    restoreTime: slow === null ? 'never' : `${printCost(slow)} (${n})`,
    lastEnds: lastEndWords(view, at),
    outlook: [...waivedWords(view), outlookOf(view, at), ...warningWords(view)]
      .filter((word) => word !== '')
      .join(', '),
  };
}

/** The kind shows in the engine: Aurora runs in clusters, any other in instances unless it is Multi-AZ. */
function engineWords({ kind, engine }: DatabaseView): string {
  const short = engine === 'aurora-postgresql' ? 'aurora-pg' : engine;
  return kind === 'multi_az_cluster' ? `${short} Multi-AZ` : short;
}

function workLostBriefly(view: DatabaseView): string {
  if (view.dataLossSeconds !== null) return printCost(view.dataLossSeconds);
  return workLostWords(view) === 'everything' ? 'ALL' : 'not known';
}

/** When the last survivor ends: `never`, a countdown, or that nothing is left, as far as anybody knows. */
export function lastEndWords(view: DatabaseView, at: Instant): string {
  const end = lastEndOf(view);
  if (end === 'never') return 'never';
  if (end !== null) return printCountdown(end, at);
  return isInDoubt(view) ? 'not known' : 'none left';
}

function outlookOf({ verdict, reasons, readyUntil }: DatabaseView, at: Instant): string {
  if (verdict === 'ready') return readyUntil === undefined ? '' : readyWords(readyUntil, at);
  const blocking = reasons.filter(({ severity }) => severity === 'block');
  const [first = reasons[0], ...others] = blocking;
  if (first === undefined) return 'nothing shows that it is';
  return `${reasonWords(first.code)}${others.length === 0 ? '' : ` +${others.length}`}`;
}

function readyWords(until: Instant | null, at: Instant): string {
  return until === null ? 'no end in sight' : printCountdown(until, at);
}

/** Comes first, so that no narrow column cuts it off. */
function waivedWords({ waivers = [] }: DatabaseView): string[] {
  return waivers.length === 0 ? [] : [`${waivers.length} waived`];
}

/** Of what is ready only: of what is not, the reasons that block come first. */
function warningWords({ verdict, reasons }: DatabaseView): string[] {
  const count = reasons.filter(({ severity }) => severity === 'warn').length;
  return verdict !== 'ready' || count === 0 ? [] : [`${count} warn`];
}

/** What to call each database: its identifier; where two share one, with the place that tells them apart. */
export function namesOf(databases: readonly DatabaseView[]): (view: DatabaseView) => string {
  const bearers = new Map<string, DatabaseView[]>();
  for (const view of databases) bearers.set(view.identifier, [...(bearers.get(view.identifier) ?? []), view]);
  return (view) => {
    const same = bearers.get(view.identifier) ?? [];
    if (same.length < 2) return view.identifier;
    const [region, account] = [3, 4].map((part) => new Set(same.map(({ arn }) => arn.split(':')[part])));
    const [, , , ofRegion = '', ofAccount = ''] = view.arn.split(':');
    const place =
      region?.size === same.length ? ofRegion : account?.size === same.length ? ofAccount : `${ofAccount}/${ofRegion}`;
    return `${view.identifier} (${place})`;
  };
}
