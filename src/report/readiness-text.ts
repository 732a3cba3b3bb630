/**
 * Readiness of every database, whether or not anybody plans anything: what `muster report` shows.
 *
 * Leads with the counts, worst first; then each database, worst first, then what was not seen.
 */

import { sortedBy } from '../core/canonical.ts';
import { type Instant, printInstant } from '../core/time.ts';
import type { Gap } from '../inventory/model.ts';
import { type DatabaseView, VERDICTS } from '../verdict/document.ts';
import { renderDatabase, verdictBrush } from './database-text.ts';
import { renderGaps } from './gaps-text.ts';
import { hanging, REPORT_WIDTH } from './layout.ts';
import type { Paint } from './style.ts';
import { VERDICT_WORDS } from './words.ts';

/** What a readiness report is made from. */
export interface ReadinessReport {
  readonly at: Instant;
  /** The loss that was assumed, in words: `each database is deleted with its automated backups`. */
  readonly loss: string;
  readonly databases: readonly DatabaseView[];
  readonly gaps: readonly Gap[];
}

/** The report, ending in a line break. */
export function renderReadiness(report: ReadinessReport, paint: Paint, width: number = REPORT_WIDTH): string {
  const ordered = sortedBy(report.databases, (view) => `${VERDICTS.indexOf(view.verdict)} ${view.identifier}`);
  const sections = [
    [
      readinessCounts(report.databases, paint),
      ...hanging('', `If ${report.loss}, at ${printInstant(report.at)}:`, width),
    ],
    ...ordered.map((view) => renderDatabase(view, { at: report.at, paint, width })),
    renderGaps(report.gaps, paint, width),
  ];
  return `${sections.map((section) => section.join('\n')).join('\n\n')}\n`;
}

function readinessCounts(databases: readonly DatabaseView[], paint: Paint): string {
  if (databases.length === 0) return paint.bold(paint.yellow('UNKNOWN: no database was seen'));
  return VERDICTS.map((verdict) => {
    const count = databases.filter((view) => view.verdict === verdict).length;
    const words = `${count} ${VERDICT_WORDS[verdict]}`;
    return count === 0 ? paint.dim(words) : verdictBrush(verdict, paint)(words);
  }).join(', ');
}
