/**
 * What a named person let pass: the requirement with just that much less in it, and a reason that says so aloud.
 *
 * A waiver is used only where its reason really stands, only while it holds, and lifts only the questions that fall short
 * for that reason, each no further than what was found; every other question is asked again of what is left. What is not
 * known passes only by a waiver that says that it accepts that. A shortfall that stays although it was lifted (no survivor
 * at all) was not waived.
 */

import { unreachable } from '../core/invariant.ts';
import { printInstant } from '../core/time.ts';
import {
  CLAIM_NAMES,
  type ClaimName,
  REQUIRED_LOSSES,
  type Requirement,
  type Sourced,
  SURVIVOR_CLASSES,
  type SurvivorClass,
  WAIVABLE,
  type WaivableCode,
  type Waiver,
} from '../policy/model.ts';
import { holdsAt } from '../policy/waivers.ts';
import type { Answer } from './answer.ts';
import type { Case } from './case.ts';
import { REQUIREMENT_NAMES, type Reason, type WaiverView } from './document.ts';
import { reason, verdictOf } from './reason.ts';
import { REASONS } from './reasons.ts';

/** The answers once every waiver that holds has been used. */
export interface Settled {
  /** The case with the requirement that is left. */
  readonly input: Case;
  readonly answers: readonly Answer[];
  readonly waivers: readonly WaiverView[];
  /** What to say of the waivers: that they let something pass, or that they have ended. */
  readonly said: readonly Reason[];
}

/** Asks, and asks again with less for each shortfall that was let pass. */
export function settle(start: Case, ask: (input: Case) => readonly Answer[]): Settled {
  let input = start;
  let answers = ask(input);
  if (start.requirement.waivers.length === 0) return { input, answers, waivers: [], said: [] };
  const waived: Waived[] = [];
  for (const waiver of inOrder(start.requirement.waivers.filter(({ value }) => holdsAt(value, start.at)))) {
    const short = answers.filter(({ reasons }) => reasons.some((found) => allows(waiver.value, found)));
    if (short.length === 0) continue;
    const lifted = without(input, waiver, short);
    const again = ask(lifted);
    if (reasonsOf(again).some((found) => allows(waiver.value, found))) continue;
    waived.push({ waiver, answers: short });
    input = lifted;
    answers = again;
  }
  return {
    input,
    answers: marked(answers, waived),
    waivers: waived.map(({ waiver }) => viewOf(waiver)),
    said: [...waived.flatMap(sayings), ...expired(start, reasonsOf(answers))],
  };
}

interface Waived {
  readonly waiver: Sourced<Waiver>;
  /** The answers that fell short of what it lets pass, as they were before. */
  readonly answers: readonly Answer[];
}

/** How many survive comes first, since all else is asked of those that do. */
const FIRST: readonly WaivableCode[] = ['survivor_only_in_plan', 'survivors_end_too_soon'];

/** What survives is settled before what is proven of it: a proof may be missing for the one and not for the other. */
function inOrder(waivers: readonly Sourced<Waiver>[]): readonly Sourced<Waiver>[] {
  const codes = [...FIRST, ...WAIVABLE.filter((code) => !FIRST.includes(code))];
  return codes.flatMap((code) => waivers.filter(({ value }) => value.reason === code));
}

function allows({ reason: code, acceptsUnknown }: Waiver, found: Reason): boolean {
  return found.code === code && (REASONS[code].forces !== 'unknown' || acceptsUnknown);
}

function reasonsOf(answers: readonly Answer[]): readonly Reason[] {
  return answers.flatMap(({ reasons }) => reasons);
}

/** What was let pass is shown as it was asked and found; that a missing proof is advisory now is said by the waiver. */
function marked(answers: readonly Answer[], waived: readonly Waived[]): readonly Answer[] {
  const before = waived.flatMap((each) => each.answers);
  const now = answers.map((answer) => {
    const was = before.find((each) => isSame(each, answer));
    const reasons = answer.reasons.filter(({ code }) => code !== 'proof_advisory');
    // What falls short for another reason as well was not let pass.
    if (was === undefined || verdictOf(reasons) !== 'ready') return answer;
    return { ...answer, wanted: was.wanted, origin: was.origin, found: was.found, result: 'waived' as const, reasons };
  });
  // A question that is no longer asked was still asked for.
  const gone = before.filter((was) => !answers.some((answer) => isSame(answer, was)));
  return sortedAsAsked([...now, ...gone.map((was) => ({ ...was, result: 'waived' as const, reasons: [] }))]);
}

function isSame(a: Answer, b: Answer): boolean {
  return a.requirement === b.requirement && a.loss === b.loss;
}

function sortedAsAsked(answers: readonly Answer[]): readonly Answer[] {
  const losses: readonly (string | null)[] = REQUIRED_LOSSES;
  return [...answers].sort(
    (a, b) =>
      REQUIREMENT_NAMES.indexOf(a.requirement) - REQUIREMENT_NAMES.indexOf(b.requirement) ||
      losses.indexOf(a.loss) - losses.indexOf(b.loss),
  );
}

function viewOf({ value, origin }: Sourced<Waiver>): WaiverView {
  const { reason: code, by, because, until } = value;
  return { reason: code, by, because, until, origin };
}

function sayings({ waiver: { value, origin }, answers }: Waived): readonly Reason[] {
  const { by, because, until, reason: waivable } = value;
  const code = REASONS[waivable].forces === 'unknown' ? 'waived_unknown' : 'waived';
  const how = `let pass by ${by} until ${printInstant(until)}: ${because} (${origin})`;
  return reasonsOf(answers)
    .filter((found) => allows(value, found))
    .map(({ message, remedy }) => reason(code, `${message}; ${how}`, { remedy }));
}

/** A waiver that would have helped, had it not ended. */
function expired({ requirement, at }: Case, left: readonly Reason[]): readonly Reason[] {
  return requirement.waivers
    .filter(({ value }) => !holdsAt(value, at) && left.some((found) => allows(value, found)))
    .map(({ value: { by, reason: code, until }, origin }) =>
      reason('waiver_expired', `the waiver of ${code} by ${by} ended at ${printInstant(until)} (${origin})`),
    );
}

/** The case with what one waiver lifts taken out of the requirement: no more than fell short. */
function without(input: Case, { value: { reason: code }, origin }: Sourced<Waiver>, short: readonly Answer[]): Case {
  const { requirement, waived = [] } = input;
  const nothing = <T>(lifted: T): Sourced<T> => ({ value: lifted, origin });
  const lifted: Case = { ...input, waived: [...waived, code] };
  const left = (fields: Partial<Requirement>): Case => ({ ...lifted, requirement: { ...requirement, ...fields } });
  switch (code) {
    case 'survivor_only_in_plan':
      return left({ survivorsMin: { ...requirement.survivorsMin, outside_plan: nothing(1) } });
    case 'survivors_too_near':
      return left({ survivorsMin: anywhere(requirement, nothing(0), short) });
    case 'loss_not_survived':
      return left({
        survivorsAfterLossMin: requirement.survivorsAfterLossMin.filter(
          ({ loss }) => !short.some((answer) => answer.loss === loss),
        ),
      });
    case 'survivors_end_too_soon':
      // A bad write goes unnoticed for as long as it did.
      return { ...left({ detectionSeconds: nothing(0) }), unnoticedSeconds: requirement.detectionSeconds.value };
    case 'retention_too_short':
      return left({ retentionSecondsMin: nothing(null) });
    case 'data_loss_exceeded':
      return left({ rpoSecondsMax: nothing(Number(short[0]?.found ?? 0)) });
    case 'restore_never_proven':
    case 'restore_proof_stale':
    case 'restore_proof_weak':
      return left({ restoreProof: advisoryFor(nothing<'required' | 'advisory'>('advisory')) });
    case 'restore_time_unproven':
    case 'restore_too_slow':
      return left({ rtoSecondsMax: nothing(null) });
    default:
      return unreachable(code, 'what may be waived');
  }
}

/** The classes that do not fall short stay wanted. */
function anywhere(
  { survivorsMin }: Requirement,
  none: Sourced<number>,
  short: readonly Answer[],
): Requirement['survivorsMin'] {
  const isShort = (name: SurvivorClass) => short.some(({ requirement }) => requirement === `survivors_${name}`);
  const near = SURVIVOR_CLASSES.map((name) => [name, isShort(name) ? none : survivorsMin[name]]);
  return Object.fromEntries(near) as Record<SurvivorClass, Sourced<number>>;
}

function advisoryFor(advisory: Sourced<'required' | 'advisory'>): Requirement['restoreProof'] {
  return Object.fromEntries(CLAIM_NAMES.map((claim) => [claim, advisory])) as Record<ClaimName, typeof advisory>;
}
