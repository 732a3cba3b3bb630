/**
 * The drills on record as text: each as one line, and what they say together.
 *
 * Restore times come as paragraphs, not as columns: each holds for its own class, place and kind of restore, and those
 * names are long.
 */

import { printDuration, type Seconds } from '../core/time.ts';
import type { DrillRecord, DrillResult } from '../drill/model.ts';
import type { RestorePrediction, RestoreStatistics } from '../drill/statistics.ts';
import { hanging, REPORT_WIDTH } from './layout.ts';
import type { Brush, Paint } from './style.ts';
import { type Cell, table } from './table.ts';
import { countOf, KIND_WORDS, printDurationOr, printMinute } from './words.ts';

/** The drills, newest first, and their restore times by what they hold for. */
export function renderDrills(
  records: readonly DrillRecord[],
  statistics: readonly RestoreStatistics[],
  paint: Paint,
  width: number = REPORT_WIDTH,
): string {
  if (records.length === 0) return 'no drill is on record\n';
  const shown = COLUMNS.filter(({ widthMin }) => width >= widthMin);
  const rows = records.map((record) => shown.map(({ cell }) => cell(record, paint)));
  const drills = table({ headings: shown.map(({ heading }) => heading), rows, indent: 0, width, paint });
  const times = statistics.flatMap((one) => renderTimes(one, width));
  return `${[...drills, ...(times.length === 0 ? [] : ['', 'restore times', ...times])].join('\n')}\n`;
}

/** On a narrow page the last of these go, so that no drill id is broken in two: it is what `drill show` takes. */
const COLUMNS: readonly {
  readonly heading: string;
  readonly widthMin: number;
  readonly cell: (record: DrillRecord, paint: Paint) => Cell;
}[] = [
  { heading: 'drill', widthMin: 0, cell: ({ drillId }) => drillId },
  { heading: 'began (UTC)', widthMin: 0, cell: ({ startedAt }) => printMinute(startedAt).replace(/ UTC$/, '') },
  {
    heading: 'result',
    widthMin: 0,
    cell: ({ result }, paint) => ({ text: result, brush: brushOf(result, paint) }),
  },
  { heading: 'database', widthMin: 0, cell: ({ databaseIdentifier }) => databaseIdentifier },
  { heading: 'restored from', widthMin: 80, cell: ({ recoveryPoint: { kind } }) => KIND_WORDS[kind] },
  { heading: 'grade', widthMin: 90, cell: ({ grade }) => grade },
  {
    heading: 'restore time',
    widthMin: 0,
    cell: (record) => printDurationOr(record.restoreSeconds, passed(record) ? 'not timed' : 'none'),
  },
];

function passed({ result }: DrillRecord): boolean {
  return result === 'passed' || result === 'leaked';
}

function renderTimes({ group, n, p50, p95, trendSecondsPerMonth, prediction }: RestoreStatistics, width: number) {
  const { instanceClass, otherClass, region, broughtFrom } = group.conditions;
  const holdsFor = [
    `${KIND_WORDS[group.kind]} into ${instanceClass}${otherClass ? ' (not its own class)' : ''} in ${region}`,
    ...(broughtFrom === null ? [] : [`copied from ${broughtFrom} first`]),
    countOf(n, 'drill'),
  ].join(', ');
  const measured = `p50 ${printDuration(p50)}, p95 ${printDuration(p95)}${printTrend(trendSecondsPerMonth)}`;
  return [
    ...hanging('  ', `${group.databaseIdentifier}: ${holdsFor}`, width),
    ...hanging('      ', measured, width),
    ...hanging('      ', `to expect: ${printPrediction(prediction)}`, width),
  ];
}

function printTrend(seconds: Seconds | null): string {
  if (seconds === null) return '; too few drills to see a trend';
  if (Math.abs(seconds) < 1) return '; steady';
  return `; every 30 days ${printDuration(Math.abs(seconds))} ${seconds > 0 ? 'more' : 'less'}`;
}

function printPrediction({ seconds, low, high, basis, beyond, storageGib }: RestorePrediction): string {
  const spread = low === high ? '' : `, ${printDuration(low)} to ${printDuration(high)}`;
  const size = storageGib !== null && (basis === 'size' || beyond) ? ` at ${storageGib} GiB` : '';
  const doubt = basis === 'size' ? 'more than was ever measured' : 'but that was measured with less data';
  return `${printDuration(seconds)}${size}${spread}${beyond ? `; ${doubt}` : ''}`;
}

function brushOf(result: DrillResult, paint: Paint): Brush {
  return { passed: paint.green, failed: paint.red, aborted: paint.yellow, leaked: paint.red }[result];
}
