/**
 * A verified chain of records, as text: whole or not, what is wrong and since when, how far it is sealed and by whom.
 *
 * Given what was found; works nothing out.
 */

import { type Instant, printInstant } from '../core/time.ts';
import type { ChainFinding } from '../evidence/chain-report.ts';
import type { RecordsVerified } from '../evidence/records-report.ts';
import type { SealReport } from '../evidence/seals.ts';
import { hanging, REPORT_WIDTH } from './layout.ts';
import type { Paint } from './style.ts';
import { countOf } from './words.ts';

/** A fault that is everywhere is shown where it begins. */
const SHOWN_MAX = 12;

/** The report, ending in a line break. @param of What was verified, such as a path. */
export function renderRecords(report: RecordsVerified, of: string, paint: Paint, width: number = REPORT_WIDTH): string {
  const { whole, chain, seals, at, endKept } = report;
  const empty = chain.records === 0 ? paint.yellow('EMPTY') : paint.green('WHOLE');
  const title = paint.bold(whole ? empty : paint.red('BROKEN'));
  const lines = [
    `${title}  ${of}: ${extent(report)}`,
    ...hanging('', `verified at ${printInstant(at)}`, width).map(paint.dim),
    ...(endKept || chain.last === null ? [] : hanging('end       ', openEnd(chain.last), width)),
    ...(chain.findings.length === 0 ? [] : ['']),
    ...cut(chain.findings, (finding) => findingLines(finding, paint, width)),
    '',
  ];
  return `${lines.join('\n')}\n${renderSeals(seals, paint, width)}`;
}

/** What the seals of a chain show, ending in a line break. */
export function renderSeals(report: SealReport, paint: Paint, width: number = REPORT_WIDTH): string {
  const { sealed, unsealed, anchored, problems } = report;
  const lines = [
    ...sealed.flatMap(({ kid, from, upTo, since }) =>
      hanging('sealed    ', `records ${from} to ${upTo} by key ${kid}, since ${shown(since)}`, width),
    ),
    ...(sealed.length === 0 ? ['sealed    nothing'] : []),
    ...(unsealed === null
      ? []
      : hanging(
          'unsealed  ',
          `${countOf(unsealed.records, 'record')} from ${unsealed.from} on, since ${shown(unsealed.since)}`,
          width,
        )),
    ...(sealed.length === 0 || anchored ? [] : hanging('trust     ', UNANCHORED, width)),
    ...cut(problems, ({ seq, code, message }) =>
      hanging('problem   ', `record ${seq}: ${message} (${code})`, width).map((line) => paint.red(line)),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const UNANCHORED = 'the first key is taken at its word: no key that is trusted was compared with it';

function openEnd(last: number): string {
  return `record ${last}; nothing but the records says where they end, so more may have followed and been cut off`;
}

/** In a record that was changed, an instant may be anything. */
function shown(at: Instant): string {
  return INSTANT.test(at) ? printInstant(at) : JSON.stringify(at);
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function extent({ chain: { records, first, last, erased } }: RecordsVerified): string {
  if (records === 0) return 'no record';
  const gone = erased === 0 ? '' : `, ${erased} of them erased when their time was over`;
  return `${countOf(records, 'record')}, ${first} to ${last}${gone}`;
}

function findingLines({ kind, seq, since, message }: ChainFinding, paint: Paint, width: number): string[] {
  const from = since === null ? 'nothing before it is sure' : `all before it, up to ${shown(since)}, is whole`;
  const [first = '', ...rest] = hanging('  chain  ', `record ${seq}: ${message}; ${from} [${kind}]`, width);
  // Painted once it is laid out: colours are not to be counted.
  return [first.replace('chain', paint.red('chain')), ...rest];
}

function cut<T>(items: readonly T[], render: (item: T) => string[]): string[] {
  const rest = items.length - SHOWN_MAX;
  return [...items.slice(0, SHOWN_MAX).flatMap(render), ...(rest > 0 ? [`  and ${rest} more`] : [])];
}
