/**
 * A verdict that changed, in words: from what to what, and for which new reasons.
 *
 * Whatever becomes not ready is critical, also out of unknown: it may have stopped being ready while nobody could see,
 * unless it was not ready before nobody could. A database that appears is told where it is not ready. One that vanished is critical unless its deletion was decided
 * on, for Muster was not asked, and may be needed now.
 */

import type { Instant } from '../core/time.ts';
import type { DatabaseView, Reason, VerdictWord } from '../verdict/document.ts';
import { inOrder, reason } from '../verdict/reason.ts';
import { REASONS, type ReasonCode } from '../verdict/reasons.ts';
import type { AlertLevel } from './alert.ts';
import { cut, type Happening, named, oneLine, placeOf } from './make-alert.ts';
import type { Standing } from './standing.ts';
import { knownOf } from './standing-of.ts';

/** A reason as an alert tells it. */
export interface ReasonTold {
  readonly code: ReasonCode;
  readonly message: string;
  readonly remedy: string | null;
}

/** Also of several databases at once. */
export const VERDICT_CHANGED = 'dev.muster.verdict.changed.v1';
const REASONS_MAX = 10;
const REASON_LENGTH_MAX = 300;

/** That a verdict changed; empty when it did not. @param before Null for a database that was not there. */
export function verdictHappening(
  before: Standing | null,
  now: Standing,
  { view, at }: { readonly view: DatabaseView | undefined; readonly at: Instant },
): readonly Happening[] {
  const [from, to] = [before?.verdict ?? null, now.verdict];
  if (from === to || (from === null && to === 'ready')) return [];
  const { databaseArn: arn, identifier } = now;
  const told = reasonsTold(newReasons(before, now), view);
  const cleared = (before?.reasons ?? []).filter((code) => !now.reasons.includes(code));
  return [
    {
      type: VERDICT_CHANGED,
      level: levelOf(before, to),
      subject: arn,
      happened: { from, to, since: before?.at ?? 'new' },
      message: `${named(identifier, arn)} ${turn(from, to)}${because(to, told)}`,
      remedy: told.find(({ remedy }) => remedy !== null)?.remedy ?? null,
      facts: {
        arn,
        identifier,
        ...placeOf(arn),
        from,
        to,
        verdict: to,
        reasons: told,
        cleared,
        evidence: (view?.evidence ?? []).map(({ id }) => id),
        seenAt: at,
      },
    },
  ];
}

/** That a database is gone. @param announced Whether its deletion was decided on, and not blocked. */
export function goneHappening(stood: Standing, announced: boolean): Happening {
  const { databaseArn: arn, identifier, verdict, at: since } = stood;
  const how = announced
    ? 'is gone, as was decided'
    : `is gone and nobody asked: deleted, renamed or no longer within reach; it was ${words(verdict)} when last seen`;
  return {
    type: VERDICT_CHANGED,
    level: announced ? 'info' : 'critical',
    subject: arn,
    happened: { from: verdict, to: 'gone', since },
    message: `${named(identifier, arn)} ${how}`,
    remedy: announced
      ? null
      : 'find out who deleted it, and keep whatever is left of it from ending: copy retained automated backups and snapshots',
    facts: { arn, identifier, ...placeOf(arn), from: verdict, to: 'gone', verdict, seenAt: since, announced },
  };
}

/** Reasons in the words of the judgement where there is one, else of the catalogue; the weightiest first. */
export function reasonsTold(codes: readonly ReasonCode[], view: DatabaseView | undefined): readonly ReasonTold[] {
  const said = (view?.reasons ?? []).filter(({ code }) => codes.includes(code));
  const unsaid = codes.filter((code) => !said.some((one) => one.code === code));
  const all: readonly Reason[] = [...said, ...unsaid.map((code) => reason(code, REASONS[code].meaning))];
  return inOrder(all)
    .slice(0, REASONS_MAX)
    .map(({ code, message, remedy }) => ({ code, message: cut(oneLine(message), REASON_LENGTH_MAX), remedy }));
}

/** What is said against it now and was not before; all that forces the verdict where nothing is new. */
export function newReasons(before: Standing | null, { reasons, verdict }: Standing): readonly ReasonCode[] {
  if (verdict === 'ready') return [];
  const forcing = reasons.filter((code) => REASONS[code].forces !== null);
  const fresh = forcing.filter((code) => !(before?.reasons ?? []).includes(code));
  return fresh.length > 0 ? fresh : forcing;
}

/** How loud a change of verdict is. */
export function levelOf(before: Standing | null, to: VerdictWord): AlertLevel {
  switch (to) {
    case 'ready':
      return 'info';
    case 'unknown':
      return before?.verdict === 'ready' ? 'warning' : 'info';
    case 'not_ready':
      // A database that was just made has nothing to lose yet.
      return before === null || knownOf(before) === 'not_ready' ? 'warning' : 'critical';
  }
}

function turn(from: VerdictWord | null, to: VerdictWord): string {
  if (from === null) return `is new and ${words(to)}`;
  if (to === 'ready') return `is ready again; it was ${words(from)}`;
  return from === 'ready' && to === 'not_ready' ? 'is not ready any more' : `was ${words(from)} and is ${words(to)}`;
}

function because(to: VerdictWord, told: readonly ReasonTold[]): string {
  const [first, ...more] = told;
  if (to === 'ready' || first === undefined) return '';
  const besides = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return `: ${first.message}${besides}`;
}

/** A verdict as a sentence says it. */
export function words(verdict: VerdictWord): string {
  return verdict.replace('_', ' ');
}
