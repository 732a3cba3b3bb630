/**
 * What a database is held to, as text: waivers, the policy's questions and their answers, and the evidence with its age.
 *
 * Decisions tell of the waivers alone, since their reasons say what is not met; readiness reports tell all of it. Given the
 * document's view; fields that an older decision lacks leave nothing out of place.
 */

import { type Instant, printDuration } from '../core/time.ts';
import type { DatabaseView, EvidenceView, RequirementView, WaiverView } from '../verdict/document.ts';
import { clean, hanging } from './layout.ts';
import { lossWords } from './losses-text.ts';
import type { Brush, Paint } from './style.ts';
import { table } from './table.ts';
import { fact, type TextContext } from './text-context.ts';
import { countOf, printCountdown, printMinute, REQUIREMENT_WORDS, RESULT_WORDS, reasonWords } from './words.ts';

const EVIDENCE_SHOWN = 8;
const NOT_KNOWN = 'not known';
/** Below this a table of five columns breaks its words. */
export const TABLE_WIDTH_MIN = 80;

/** The lines on what a person let pass, set off from everything else; none without a waiver. */
export function renderWaivers({ waivers = [] }: DatabaseView, { at, paint, width }: TextContext): string[] {
  const brush: Brush = (line) => paint.bold(paint.yellow(line));
  return waivers.flatMap((waiver) =>
    fact({ label: 'WAIVED', text: waiverWords(waiver, at) }, width, { ofLabel: brush, ofText: brush }),
  );
}

/** A waiver as a sentence that may hold untrusted text. */
export function waiverWords({ reason, by, because, until, origin }: WaiverView, at: Instant): string {
  return `${reasonWords(reason)}, let pass by ${by} until ${printMinute(until)} (${printCountdown(until, at)}): ${because} (${origin})`;
}

function renderRequirement(requirement: RequirementView, { paint, width }: TextContext): string[] {
  const label = RESULT_WORDS[requirement.result];
  return fact({ label, text: requirementWords(requirement) }, width, { ofLabel: resultBrush(requirement, paint) });
}

/** A requirement and its answer as one clause that may hold untrusted text. */
export function requirementWords(requirement: RequirementView): string {
  const found = foundWords(requirement);
  const answer = found === NOT_KNOWN ? found : `found ${found}`;
  return `${askedWords(requirement)}: asked ${wantedWords(requirement)}, ${answer} (${requirement.origin})`;
}

/** Everything the policy asks: a table where there is room for one; nothing for a decision that does not say. */
export function renderRequirements({ requirements = [] }: DatabaseView, context: TextContext): string[] {
  const { paint, width } = context;
  if (requirements.length === 0) return [];
  if (width < TABLE_WIDTH_MIN) return requirements.flatMap((requirement) => renderRequirement(requirement, context));
  const rows = requirements.map((requirement) => [
    askedWords(requirement),
    wantedWords(requirement),
    foundWords(requirement),
    { text: RESULT_WORDS[requirement.result], brush: resultBrush(requirement, paint) },
    requirement.origin,
  ]);
  const headings = ['asked', 'wanted', 'found', 'result', 'origin'];
  return ['  asked of it', ...table({ headings, rows, indent: 4, width, paint })];
}

/** Each piece of evidence with its age; that there is none, where the view says so. */
export function renderEvidence({ evidence }: DatabaseView, context: TextContext): string[] {
  const { paint, width } = context;
  if (evidence === undefined) return [];
  if (evidence.length === 0) return fact({ label: 'evidence', text: 'none' }, width, { ofText: paint.yellow });
  const rest = evidence.length - EVIDENCE_SHOWN;
  return [
    `  evidence (${evidence.length})`,
    ...evidence.slice(0, EVIDENCE_SHOWN).flatMap((item) => {
      const brush = isGood(item) ? paint.green : paint.yellow;
      return [
        `    ${brush(clean(stateWords(item)))}  ${clean(item.id)}`,
        ...hanging('          ', evidenceWords(item, context.at), width),
      ];
    }),
    ...(rest > 0 ? [`    and ${countOf(rest, 'more piece')}`] : []),
  ];
}

/** Its age, how long it counts, and what it shows; text that may be untrusted. */
function evidenceWords({ ageSeconds, freshUntil, says }: EvidenceView, at: Instant): string {
  const age = `${printDuration(ageSeconds)} old`;
  if (freshUntil === null) return `${age}; ${says}`;
  return `${age}, ${freshUntil <= at ? 'too old to count' : `too old ${printCountdown(freshUntil, at)}`}; ${says}`;
}

/** The state of a piece of evidence in words. */
export function stateWords({ state }: EvidenceView): string {
  return state.replaceAll('_', ' ');
}

/** What is asked, in words: of a further loss, which one. */
export function askedWords({ requirement, loss }: RequirementView): string {
  if (requirement !== 'survivors_after_loss' || loss === null) return REQUIREMENT_WORDS[requirement];
  return `survivors if ${lossWords(loss)}`;
}

/** What is wanted, with its bound: `at least 1`, `at most 24 h`, `queried or better`. */
export function wantedWords({ requirement, wanted }: RequirementView): string {
  if (typeof wanted === 'string') return `${wanted} or better`;
  const isMost = requirement === 'data_loss' || requirement === 'restore_time';
  return `${isMost ? 'at most' : 'at least'} ${printFigure(requirement, wanted)}`;
}

/** What was found, in the unit of what is wanted. */
export function foundWords({ requirement, found, result }: RequirementView): string {
  if (found === null && result === 'unknown') return NOT_KNOWN;
  // Where nothing is left there is no figure: all the work is lost, and of everything else there is nothing.
  if (found === null) return requirement === 'data_loss' ? 'everything' : 'nothing';
  return typeof found === 'string' ? found : printFigure(requirement, found);
}

function printFigure(requirement: RequirementView['requirement'], figure: number): string {
  return requirement.startsWith('survivors') ? String(figure) : printDuration(figure);
}

function resultBrush({ result }: RequirementView, paint: Paint): Brush {
  return {
    met: paint.green,
    not_met: paint.red,
    unknown: paint.yellow,
    waived: paint.yellow,
    advisory: paint.yellow,
  }[result];
}

function isGood({ state }: EvidenceView): boolean {
  return state === 'proven' || state === 'fresh';
}
