/**
 * Readiness of every database, whether or not anybody plans anything: what `muster report` shows.
 *
 * Leads with the counts, worst first; then a line for each of many databases, or everything of each of few; last what
 * was not seen.
 */

import { printInstant } from '../core/time.ts';
import { verdictBrush } from './database-text.ts';
import { renderGaps } from './gaps-text.ts';
import { hanging, REPORT_WIDTH } from './layout.ts';
import { renderOverview } from './overview-text.ts';
import { type ReadinessForm, type ReadinessReport, readinessForm, verdictCounts, worstFirst } from './readiness.ts';
import { renderReadinessDetail } from './readiness-detail-text.ts';
import type { Paint } from './style.ts';
import { VERDICT_WORDS } from './words.ts';

/** The report, ending in a line break; in the form that fits the number of its databases, unless told. */
export function renderReadiness(
  report: ReadinessReport,
  paint: Paint,
  width: number = REPORT_WIDTH,
  form: ReadinessForm = readinessForm(0, report.databases.length),
): string {
  const context = { at: report.at, paint, width };
  const { databases, gaps } = report;
  const sections = [
    [readinessCounts(report, paint), ...hanging('', `If ${report.loss}, at ${printInstant(report.at)}:`, width)],
    ...(form === 'overview' && databases.length > 0
      ? renderOverview(report, context)
      : [...worstFirst(databases).map((view) => renderReadinessDetail(view, context)), renderGaps(gaps, paint, width)]),
  ];
  return `${sections.map((section) => section.join('\n')).join('\n\n')}\n`;
}

function readinessCounts({ databases }: ReadinessReport, paint: Paint): string {
  if (databases.length === 0) return paint.bold(paint.yellow('UNKNOWN: no database was seen'));
  return verdictCounts(databases)
    .map(({ verdict, count }) => {
      const words = `${count} ${VERDICT_WORDS[verdict]}`;
      return count === 0 ? paint.dim(words) : verdictBrush(verdict, paint)(words);
    })
    .join(', ');
}
