/**
 * What changed between two looks at the databases, as far as somebody should be told.
 *
 * A verdict that changed, a database that is gone, a proof that lapsed, protection that is weaker, a last survivor that
 * ends soon. Two equal looks tell nothing. The first look of all is where comparing begins: it tells in one alert how
 * many are not ready, and which survivors end soon. Something found by comparing happened after the look before, whose
 * instant stands in its id: whoever compares with the same look makes the same alert.
 */

import { compareCodeUnits } from '../core/canonical.ts';
import { type Days, elapsedSeconds, printDuration, printInstant, SECONDS_PER_DAY } from '../core/time.ts';
import type { DatabaseView } from '../verdict/document.ts';
import type { ReasonCode } from '../verdict/reasons.ts';
import type { Alert, AlertLevel } from './alert.ts';
import { alertOf, eachOnce, type Happening, listed, named, placeOf, type Raised } from './make-alert.ts';
import { disarmedBetween } from './protection.ts';
import type { Standing } from './standing.ts';
import { departedOf, isSameDatabase } from './standing-of.ts';
import { type Turn, verdictHappenings } from './told-together.ts';
import { goneHappening, reasonsTold } from './verdict-change.ts';

/** Two looks, and what is known besides. */
export interface Looks extends Raised {
  /** Null before the first look. */
  readonly before: readonly Standing[] | null;
  readonly after: readonly Standing[];
  /** ARNs of databases that were there before and are no more; not those that merely could not be looked at. */
  readonly gone: readonly string[];
  /** Days before the end of a last survivor at which it is told; the same that `standingOf` was given. */
  readonly endingDays: readonly Days[];
  /** The judgements behind `after`: their words and remedies are told where they are given. */
  readonly views?: readonly DatabaseView[];
  /** ARNs of databases whose deletion a person approved: that one of them is gone is no surprise. */
  readonly announced?: readonly string[];
}

/** Everything worth telling of the change, each once. */
export function alertsOfStandings(looks: Looks): readonly Alert[] {
  const { before, after, gone, views = [], announced = [] } = looks;
  const viewOf = new Map(views.map((view) => [view.arn, view]));
  const stoodBefore = new Map((before ?? []).map((standing) => [standing.databaseArn, standing]));
  const turns = after.map((now): Turn => {
    const stood = stoodBefore.get(now.databaseArn) ?? null;
    const same = stood !== null && isSameDatabase(stood, now) ? stood : null;
    return { before: same, now, view: viewOf.get(now.databaseArn) };
  });
  const happenings = turns.flatMap((turn) => changesOf(turn, looks));
  const vanished = departedOf({ before: before ?? [], after, gone }).map((stood) =>
    goneHappening(stood, announced.includes(stood.databaseArn)),
  );
  // Of the first look verdicts are told all together.
  const verdicts = before === null ? firstLook(after) : verdictHappenings(turns, looks.at);
  return eachOnce([...verdicts, ...happenings, ...vanished].map((happening) => alertOf(happening, looks)));
}

/** What is told of a database by itself, beside its verdict. */
function changesOf({ before, now, view }: Turn, looks: Looks): readonly Happening[] {
  const ending = endingOf(before, now, { ...looks, view });
  if (before === null) return ending;
  return [...lapsedProof(before, now, view), ...disarmedBetween(before, now), ...ending];
}

/** Reasons that say that a proof is too old, or was never there. */
const LAPSED: readonly ReasonCode[] = ['restore_proof_stale', 'restore_never_proven'];

function lapsedProof(before: Standing, now: Standing, view: DatabaseView | undefined): readonly Happening[] {
  const lapsed = LAPSED.filter((code) => now.reasons.includes(code));
  if (lapsed.length === 0 || LAPSED.some((code) => before.reasons.includes(code))) return [];
  const told = reasonsTold(lapsed, view);
  const { databaseArn: arn, identifier, verdict } = now;
  return [
    {
      type: 'dev.muster.drill.stale.v1',
      level: 'warning',
      subject: arn,
      happened: { lapsed, proofs: proofsOf(view) ?? { since: before.at } },
      message: `nothing proves any more that ${named(identifier, arn)} can be restored: ${told[0]?.message}`,
      remedy: told.find(({ remedy }) => remedy !== null)?.remedy ?? `drill it:\nmuster drill run ${identifier}`,
      facts: { arn, identifier, ...placeOf(arn), verdict, reasons: told, evidence: evidenceIds(view) },
    },
  ];
}

/**
 * What proved it until now: which proof lapsed tells one lapse from another, so that a database which could not be looked at
 * for a while is not told of anew. Null where the judgement is not at hand.
 */
function proofsOf(view: DatabaseView | undefined): readonly string[] | null {
  const proofs = view?.evidence?.filter(({ kind }) => kind !== 'inventory');
  return proofs?.map(({ id, state }) => `${id} ${state}`).sort(compareCodeUnits) ?? null;
}

/** A warning that became due, or that the last survivor is gone already though the verdict says nothing new. */
function endingOf(
  before: Standing | null,
  now: Standing,
  { endingDays, at, view }: Pick<Looks, 'endingDays' | 'at'> & Pick<Turn, 'view'>,
): readonly Happening[] {
  const { databaseArn: arn, identifier, verdict, lastSurvivorEndsAt: endsAt, endToldDays: days } = now;
  const about = { type: 'dev.muster.survivor.ending.v1', subject: arn } as const;
  const facts = { arn, identifier, ...placeOf(arn), verdict, endsAt, days };
  const snapshot = 'take a manual snapshot, which ends only when somebody deletes it, and see that its backups run';
  if (before !== null && before.verdict === now.verdict && lostTheLast(before, now)) {
    return [
      {
        ...about,
        level: 'critical',
        happened: { ended: before.lastSurvivorEndsAt, since: before.at },
        message: `nothing of ${named(identifier, arn)} would survive its deletion any more`,
        remedy: view?.reasons.find(({ code }) => code === 'no_survivor')?.remedy ?? snapshot,
        facts,
      },
    ];
  }
  const isDue =
    endsAt !== null &&
    days !== null &&
    endingDays.includes(days) &&
    days < (before?.endToldDays ?? Number.POSITIVE_INFINITY);
  if (!isDue) return [];
  const left = elapsedSeconds(at, endsAt);
  const when = left <= 0 ? 'has ended' : `ends in ${printDuration(left)}`;
  return [
    {
      ...about,
      level: endingLevel(left / SECONDS_PER_DAY),
      happened: { endsAt, days },
      message: `the last backup of ${named(identifier, arn)} that would survive its deletion ${when}, at ${printInstant(endsAt)}`,
      remedy: snapshot,
      facts,
    },
  ];
}

function lostTheLast(before: Standing, now: Standing): boolean {
  return now.reasons.includes('no_survivor') && !before.reasons.includes('no_survivor');
}

function endingLevel(days: Days): AlertLevel {
  if (days <= 1) return 'critical';
  return days <= 3 ? 'warning' : 'info';
}

/** Where comparing begins; nothing is said where everything is ready, or nothing is there. */
function firstLook(after: readonly Standing[]): readonly Happening[] {
  const judged = (verdict: Standing['verdict']) =>
    after
      .filter((standing) => standing.verdict === verdict)
      .map(({ databaseArn }) => databaseArn)
      .sort(compareCodeUnits);
  const [notReady, unknown] = [judged('not_ready'), judged('unknown')];
  if (notReady.length + unknown.length === 0) return [];
  return [
    {
      type: 'dev.muster.verdict.changed.v1',
      level: 'info',
      subject: 'databases',
      happened: { first: true, notReady, unknown },
      message: `Muster began to watch ${after.length} databases, of which ${notReady.length} are not ready and ${unknown.length} are unknown`,
      remedy: 'see why:\nmuster report',
      facts: { from: null, to: null, databases: after.length, notReady: listed(notReady), unknown: listed(unknown) },
    },
  ];
}

function evidenceIds(view: DatabaseView | undefined): readonly string[] {
  return (view?.evidence ?? []).map(({ id }) => id);
}
