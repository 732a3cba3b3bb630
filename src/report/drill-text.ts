/**
 * One drill as text: what was restored, how long each phase took, what the probes found, what became of the scratch.
 *
 * Given the record of a drill that has ended. A leaked scratch is the loudest thing here: it costs money and holds data.
 */

import { printScope } from '../core/arn.ts';
import { unreachable } from '../core/invariant.ts';
import { printDuration, printInstant } from '../core/time.ts';
import type { DrillRecord, DrillResult, ScratchEnd } from '../drill/model.ts';
import { canBeQueried } from '../drill/probe.ts';
import { clean, hanging, REPORT_WIDTH, wrapCommand } from './layout.ts';
import type { Brush, Paint } from './style.ts';
import { type Cell, table } from './table.ts';
import { CLAIM_WORDS, countOf, GRADE_WORDS, KIND_WORDS, PHASE_WORDS, printInstantOr, shortDigest } from './words.ts';

/** The drill, ending in a line break. */
export function renderDrill(record: DrillRecord, paint: Paint, width: number = REPORT_WIDTH): string {
  const fact = (label: string, text: string) => hanging(`  ${label}`.padEnd(18), text, width);
  const point = record.recoveryPoint;
  const sections = [
    [
      ...headline(record, paint, width),
      ...fact('restore time', printRestoreTime(record)),
      ...renderObjectives(record, paint, width),
      ...fact(
        'recovery point',
        `${point.id} (${KIND_WORDS[point.kind]}), data of ${printInstantOr(point.dataAt, 'an unknown instant')}`,
      ),
      ...(point.lineage.length === 0 ? [] : fact('copied from', point.lineage.join(', from '))),
      ...fact('claim', CLAIM_WORDS[record.claim]),
      ...fact('grade', `${record.grade}: ${GRADE_WORDS[record.grade]}`),
      ...fact('conditions', printConditions(record)),
      ...fact('run', `${printInstant(record.startedAt)} to ${printInstant(record.endedAt)}, ${where(record)}`),
      ...fact('drill', `${record.drillId}, Muster ${record.musterVersion}, record ${shortDigest(record.digest)}`),
      ...fact('definition', `${record.definition.name} (${shortDigest(record.definition.digest)})`),
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

function printRestoreTime(record: DrillRecord): string {
  const { restoreSeconds } = record;
  if (restoreSeconds !== null) return `${printDuration(restoreSeconds)} (request to last passing probe)`;
  return `none proven: ${untimedWords(record)}`;
}

function untimedWords({ result, resumed, probes, conditions }: DrillRecord): string {
  if (result === 'failed' || result === 'aborted') return 'it did not come to its end';
  if (resumed > 0)
    return `it was picked up again ${countOf(resumed, 'time')} after a stop, and nobody watched in between`;
  if (!canBeQueried(conditions.engine)) return `Muster has no driver that questions ${conditions.engine}`;
  return probes.length === 0 ? 'nothing was asked' : 'nothing was asked that could have gone wrong';
}

function renderObjectives({ objectives }: DrillRecord, paint: Paint, width: number): string[] {
  return objectives.flatMap(({ objective, secondsMax, seconds, met }) => {
    const found = seconds === null ? 'not measured' : printDuration(seconds);
    const words = `${objective.replaceAll('_', ' ')} at most ${printDuration(secondsMax)}: ${met ? 'met' : 'MISSED'} (${found})`;
    const lines = hanging('  objective'.padEnd(18), words, width);
    return met ? lines : lines.map(paint.red);
  });
}

function printConditions({ conditions }: DrillRecord): string {
  const { engine, engineVersion, instanceClass, otherClass, storageGib, broughtFrom } = conditions;
  return [
    `${instanceClass}${otherClass ? ' (not the class of the source)' : ''}`,
    `${engine} ${engineVersion ?? 'of unknown version'}`,
    ...(storageGib === null ? [] : [`${storageGib} GiB`]),
    ...(broughtFrom === null ? [] : [`copied from ${broughtFrom.split(':')[3] ?? broughtFrom} first`]),
  ].join(', ');
}

function renderPhases({ phases }: DrillRecord, paint: Paint, width: number): string[] {
  if (phases.length === 0) return ['phases: none passed'];
  const rows = phases.map(({ phase, seconds }, index): Cell[] => [
    PHASE_WORDS[phase],
    `+${printDuration(seconds)}`,
    index === 0 ? '' : printDuration(Math.max(0, seconds - (phases[index - 1]?.seconds ?? 0))),
  ]);
  return table({ headings: ['phase', 'since the start', 'took'], rows, indent: 2, width, paint });
}

function renderProbes({ probes, comparedWith }: DrillRecord, paint: Paint, width: number): string[] {
  if (probes.length === 0) return ['probes: none asked, so the data were not questioned'];
  const rows = probes.map(({ passed, name, finding, proves }): Cell[] => [
    passed ? { text: 'pass', brush: paint.green } : { text: 'fail', brush: paint.red },
    name,
    passed ? proves : 'nothing',
    finding,
  ]);
  const compared = comparedWith === null ? [] : [`  compared with drill ${comparedWith}`];
  return [...table({ headings: ['probe', 'name', 'proves', 'finding'], rows, indent: 2, width, paint }), ...compared];
}

function renderTeardown({ scratch }: DrillRecord, paint: Paint, width: number): string[] {
  if (scratch.length === 0) return ['scratch: nothing was made'];
  // On a narrow page the ids by which AWS knows them go: an id that is broken in two cannot be copied.
  const roomy = width >= REPORT_WIDTH;
  const rows = scratch.map((thing): Cell[] => [
    thing.kind.replaceAll('_', ' '),
    thing.id,
    ...(roomy ? [thing.resourceId ?? ''] : []),
    thing.end === 'leaked' ? { text: printEnd(thing), brush: paint.red } : printEnd(thing),
  ]);
  return [
    ...renderLeaks(scratch, paint, width),
    ...table({
      headings: ['scratch', 'id', ...(roomy ? ['resource id'] : []), 'what became of it'],
      rows,
      indent: 2,
      width,
      paint,
    }),
  ];
}

function renderLeaks(scratch: readonly ScratchEnd[], paint: Paint, width: number): string[] {
  const leaked = scratch.filter(({ end }) => end === 'leaked').map(({ id }) => clean(id));
  if (leaked.length === 0) return [];
  return [
    ...hanging('', `A SCRATCH MAY STILL EXIST: ${leaked.join(', ')}`, width).map((line) => paint.bold(paint.red(line))),
    ...wrapCommand('muster drill sweep', 4, width).map(paint.cyan),
    '',
  ];
}

function printEnd({ end, goneAt, keptUntil, reason }: ScratchEnd): string {
  switch (end) {
    case 'gone':
      return `gone, known to AWS no more at ${printInstantOr(goneAt, 'an unknown instant')}`;
    case 'never_made':
      return 'never made';
    case 'left':
      return keptUntil === null ? 'kept as a stopped standby' : `kept until ${printInstant(keptUntil)}`;
    case 'leaked':
      return `may still exist${reason === null ? '' : `: ${reason}`}`;
    default:
      return unreachable(end, 'ends of scratch things');
  }
}

function where(record: DrillRecord): string {
  const scope = printScope(record.scope);
  return record.endpoint === null ? scope : `${scope} at ${record.endpoint}, which is not AWS`;
}

function resultBrush(result: DrillResult, paint: Paint): Brush {
  return { passed: paint.green, failed: paint.red, aborted: paint.yellow, leaked: paint.red }[result];
}
