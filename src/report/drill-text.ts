/**
 * One drill as text: what was restored, how long each phase took, what the probes found, whether it was torn down.
 *
 * Given the record of a drill that has ended. A leaked scratch is the loudest thing here: it costs money and holds data.
 */

import { printScope } from '../core/arn.ts';
import { printDuration, printInstant } from '../core/time.ts';
import type { DrillRecord, DrillResult } from '../drill/model.ts';
import { clean, hanging, REPORT_WIDTH, wrapCommand } from './layout.ts';
import type { Brush, Paint } from './style.ts';
import { type Cell, table } from './table.ts';
import { countOf, KIND_WORDS, PHASE_WORDS, printDurationOr, printInstantOr } from './words.ts';

/** The drill, ending in a line break. */
export function renderDrill(record: DrillRecord, paint: Paint, width: number = REPORT_WIDTH): string {
  const fact = (label: string, text: string) => hanging(`  ${label}`.padEnd(18), text, width);
  const point = record.recoveryPoint;
  const sections = [
    [
      ...headline(record, paint, width),
      ...fact(
        'restore time',
        `${printDurationOr(record.restoreSeconds, 'none proven')} (request to last passing probe)`,
      ),
      ...fact(
        'recovery point',
        `${point.id} (${KIND_WORDS[point.kind]}), data of ${printInstantOr(point.dataAt, 'an unknown instant')}`,
      ),
      ...fact('claim', `a ${record.claim} restore, grade: ${record.grade}`),
      ...fact(
        'conditions',
        `${record.conditions.instanceClass}, engine version ${record.conditions.engineVersion ?? 'unknown'}`,
      ),
      ...fact('run', `${printInstant(record.startedAt)} to ${printInstant(record.endedAt)}, ${where(record)}`),
      ...fact('drill', `${record.drillId}, Muster ${record.musterVersion}`),
    ],
    renderPhases(record, paint, width),
    renderProbes(record, paint, width),
    renderTeardown(record, paint, width),
  ];
  return `${sections.map((section) => section.join('\n')).join('\n\n')}\n`;
}

function headline(record: DrillRecord, paint: Paint, width: number): string[] {
  const brush = resultBrush(record.result, paint);
  const word = record.result.toUpperCase();
  const lines = hanging(`${word}  `, `drill of ${record.databaseIdentifier}`, width);
  const cause = record.cause === null ? [] : hanging('', record.cause, width).map(brush);
  return [...lines.map((line, index) => (index === 0 ? line.replace(word, paint.bold(brush(word))) : line)), ...cause];
}

function renderPhases({ phases }: DrillRecord, paint: Paint, width: number): string[] {
  if (phases.length === 0) return ['phases: none passed'];
  const rows = phases.map(({ phase, seconds }, index): Cell[] => [
    PHASE_WORDS[phase],
    `+${printDuration(seconds)}`,
    index === 0 ? '' : printDuration(Math.max(0, seconds - (phases[index - 1]?.seconds ?? 0))),
  ]);
  return table({ headings: ['phase', 'since request', 'took'], rows, indent: 2, width, paint });
}

function renderProbes({ probes }: DrillRecord, paint: Paint, width: number): string[] {
  if (probes.length === 0) return ['probes: none asked, so the data were not questioned'];
  const rows = probes.map(({ passed, name, finding }): Cell[] => [
    passed ? { text: 'pass', brush: paint.green } : { text: 'fail', brush: paint.red },
    name,
    finding,
  ]);
  return table({ headings: ['probe', 'name', 'finding'], rows, indent: 2, width, paint });
}

function renderTeardown(record: DrillRecord, paint: Paint, width: number): string[] {
  const ids = [record.scratch.instance, record.scratch.cluster].filter((id) => id !== null).map(clean);
  if (record.result === 'leaked') {
    return [
      ...hanging('', `A SCRATCH MAY STILL EXIST: ${ids.join(', ')}`, width).map((line) => paint.bold(paint.red(line))),
      ...wrapCommand('muster drill sweep', 4, width).map(paint.cyan),
    ];
  }
  const gone = record.phases.find(({ phase }) => phase === 'torn_down');
  const when =
    gone === undefined ? 'nothing was left to tear down' : `torn down ${printDuration(gone.seconds)} after the request`;
  return hanging('scratch: ', `${when} (${countOf(ids.length, 'id')}: ${ids.join(', ')})`, width);
}

function where(record: DrillRecord): string {
  const scope = printScope(record.scope);
  return record.endpoint === null ? scope : `${scope} at ${record.endpoint}, which is not AWS`;
}

function resultBrush(result: DrillResult, paint: Paint): Brush {
  return { passed: paint.green, failed: paint.red, aborted: paint.yellow, leaked: paint.red }[result];
}
