/**
 * What a case expects by hand, and what a decision document says of the same things, in one form that can be compared.
 *
 * Only what the case speaks of is compared here; the rest of the document stands below it in the file.
 */

import { secondsBetween } from '../../../src/core/time.ts';
import type { DatabaseView, DecisionDocument } from '../../../src/verdict/document.ts';
import { secondsOf } from './times.ts';
import type { ExpectedWords } from './vocabulary.ts';

/** What is expected, with lengths in seconds and ordered things as lists. */
export function asExpected(words: ExpectedWords): object {
  const { databases, 'valid for': validFor } = words;
  return {
    ...words,
    ...('never says' in words && { 'never says': [] }),
    ...(validFor !== undefined && { 'valid for': secondsOf(validFor) }),
    ...(databases !== undefined && {
      databases: Object.entries(databases).map(([name, { survivors, casualties, loses, ...expected }]) => ({
        ...{ name, ...expected },
        survivors: linesOf(survivors),
        casualties: [...linesOf(casualties)].sort(),
        loses: /\d/.test(loses) ? secondsOf(loses) : loses,
      })),
    }),
  };
}

/** The same things as a document has them. */
export function asDecided(document: DecisionDocument, words: ExpectedWords): object {
  const printed = JSON.stringify(document);
  const said = {
    decision: document.decision,
    verdict: document.verdict,
    reasons: document.reasons.map(({ code }) => code),
    'valid for': secondsBetween(document.at, document.validUntil),
    'never says': (words['never says'] ?? []).filter((text) => printed.includes(text)),
    databases: document.databases.map((view) => databaseOf(view, words.databases?.[view.identifier] ?? {})),
  };
  return Object.fromEntries(Object.entries(said).filter(([name]) => name in words));
}

function databaseOf(view: DatabaseView, asked: object): object {
  const { identifier, verdict, reasons, survivors, casualties, dataLossSeconds } = view;
  return {
    ...{ name: identifier, verdict, reasons: reasons.map(({ code }) => code) },
    survivors: survivors.map(({ id, reach }) => `${id}: ${reach}`),
    casualties: casualties.map(({ id, fate }) => `${id}: ${fate}`).sort(),
    loses: dataLossSeconds ?? (survivors.length === 0 ? 'everything' : 'not known'),
    ...('would have saved' in asked && { 'would have saved': view.wouldHaveSaved?.setting ?? 'nothing' }),
    ...('prerequisites lost' in asked && { 'prerequisites lost': view.prerequisitesLost }),
  };
}

function linesOf(record: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(record).map(([id, word]) => `${id}: ${word}`);
}
