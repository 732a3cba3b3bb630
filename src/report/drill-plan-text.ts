/**
 * Planned drills as text: what would be restored, into what, what it could prove, what it would take, and what forbids it.
 *
 * One screen a drill. What stands in the way comes first and last comes what the principal may not call; a figure that
 * nobody knows is said to be unknown. Given the preview that planning made; nothing is judged here.
 */

import { printScope } from '../core/arn.ts';
import { printDuration, type Seconds } from '../core/time.ts';
import type { DrillPlan } from '../drill/drill-plan.ts';
import { printMoney, type QuotaView, type Usage } from '../drill/estimate.ts';
import { questionOf, worthOf } from '../drill/judge-probe.ts';
import type { Aftermath } from '../drill/model.ts';
import type { DrillPermissions, DrillPreview, PlannedDrill } from '../drill/preview.ts';
import type { ProbeWorth } from '../drill/probe.ts';
import { group } from '../drill/probe-words.ts';
import { clean, hanging, REPORT_WIDTH } from './layout.ts';
import type { Paint } from './style.ts';
import { type Cell, table } from './table.ts';
import { countOf, KIND_WORDS, printDurationOr, printInstantOr } from './words.ts';

/** The preview, ending in a line break. */
export function renderDrillPlans(preview: DrillPreview, paint: Paint, width: number = REPORT_WIDTH): string {
  const sections = [
    ...preview.drills.flatMap((drill) => renderOne(drill, paint, width)),
    renderLeftOut(preview, paint, width),
  ].filter((section) => section.length > 0);
  return `${sections.map((section) => section.join('\n')).join('\n\n')}\n`;
}

function renderOne(drill: PlannedDrill, paint: Paint, width: number): string[][] {
  return [
    [...headline(drill, paint, width), ...facts(drill, width)],
    renderProbes(drill.plan, paint, width),
    [
      ...renderPermissions(drill.permissions, paint, width),
      ...drill.warnings.flatMap((warning) => hanging('! ', warning, width)).map(paint.yellow),
    ],
  ];
}

function headline({ plan, obstacles }: PlannedDrill, paint: Paint, width: number): string[] {
  const word = obstacles.length === 0 ? 'PLANNED' : 'NOT TO BE RUN';
  const brush = obstacles.length === 0 ? paint.green : paint.red;
  const lines = hanging(`${word}  `, `drill of ${plan.database.identifier}: ${plan.definition.name}`, width);
  return [
    ...lines.map((line, index) => (index === 0 ? line.replace(word, paint.bold(brush(word))) : line)),
    ...obstacles.flatMap(({ cause }) => hanging('  ✗ ', cause, width)).map(paint.red),
  ];
}

function facts({ plan, estimate, bestGrade }: PlannedDrill, width: number): string[] {
  const fact = (label: string, text: string) => hanging(`  ${label}`.padEnd(18), text, width);
  const { point } = plan;
  return [
    ...fact(
      'recovery point',
      `${point.id} (${KIND_WORDS[point.kind]}), data of ${printInstantOr(point.dataAt, 'an unknown instant')}`,
    ),
    ...(point.lineage.length === 0 ? [] : fact('copied from', point.lineage.join(', before that '))),
    ...fact('restore', `a ${plan.claim === 'pitr' ? 'point-in-time' : plan.claim} restore ${wayOf(plan)}`),
    ...fact(
      'where',
      plan.endpoint === null
        ? printScope(plan.scope)
        : `${printScope(plan.scope)} at ${plan.endpoint}, which is not AWS`,
    ),
    ...fact('into', intoWords(plan)),
    ...fact('can prove', `${bestGrade} at best`),
    ...fact('afterwards', afterWords(plan)),
    ...fact('time', timeWords(plan, estimate)),
    ...fact('objectives', objectiveWords(estimate)),
    ...fact('uses', usageWords(estimate)),
    ...fact('quotas', estimate.quotas.map(quotaWords).join('; ')),
    ...fact('drill', `${plan.drillId}, ${plan.definition.origin}, Muster ${plan.musterVersion}`),
  ];
}

function wayOf({ restore, database }: DrillPlan): string {
  switch (restore.by) {
    case 'snapshot':
      return restore.bring === null
        ? `from ${restore.snapshot}`
        : `from a copy that is brought from ${restore.bring.fromRegion} first`;
    case 'pitr':
      return `from the window of ${database.identifier} to ${printInstantOr(restore.to, '')}`;
    case 'vault':
      return `by AWS Backup${restore.to === null ? '' : ` to ${printInstantOr(restore.to, '')}`}, which takes on ${restore.roleArn}`;
  }
}

function intoWords({ ids, shape, otherClass }: DrillPlan): string {
  const names = [ids.cluster, ids.instance].filter((id) => id !== null).join(' with ');
  const groups = [
    `subnet group ${shape.subnetGroup ?? 'default'}`,
    `security groups ${shape.securityGroupIds.join(', ') || "the VPC's default"}`,
    ...(shape.parameterGroup === null ? [] : [`parameter group ${shape.parameterGroup}`]),
    ...(shape.clusterParameterGroup === null ? [] : [`cluster parameter group ${shape.clusterParameterGroup}`]),
    ...(shape.optionGroup === null ? [] : [`option group ${shape.optionGroup}`]),
  ];
  return `${names} on ${shape.instanceClass}${otherClass ? ' (another class than the source)' : ''}; ${groups.join(', ')}`;
}

function afterWords({ onSuccess, onFailure, replaces, hydrate }: DrillPlan): string {
  const words = (after: Aftermath) => {
    if (after.kind === 'keep') return `kept for ${countOf(after.hours, 'hour')}`;
    return after.kind === 'delete' ? 'deleted' : 'stopped and kept as standby';
  };
  const gone = replaces.length === 0 ? '' : `; the standby of ${replaces.join(', ')} goes`;
  const read = hydrate ? 'every table is read once; ' : '';
  return `${read}if it passes ${words(onSuccess)}${gone}; if not ${words(onFailure)}`;
}

function timeWords({ secondsMax }: DrillPlan, { seconds, drills }: PlannedDrill['estimate']): string {
  const expected =
    seconds === null
      ? 'unknown, no drill like this was run'
      : `about ${printDuration(seconds)} by ${countOf(drills, 'drill')}`;
  return `${expected}; gives up after ${printDuration(secondsMax)}`;
}

function objectiveWords({ objectives, restoreSeconds }: PlannedDrill['estimate']): string {
  const { restoreSecondsMax, dataLossSecondsMax, dataLossSeconds } = objectives;
  const wanted = (seconds: Seconds | null) => (seconds === null ? 'none set' : `at most ${printDuration(seconds)}`);
  const restore = restoreSeconds === null ? 'none proven yet' : `${printDuration(restoreSeconds)} to expect`;
  return [
    `restore time: ${wanted(restoreSecondsMax)}, ${restore}`,
    `data loss: ${wanted(dataLossSecondsMax)}, ${printDurationOr(dataLossSeconds, 'unknown')} as of now`,
  ].join('; ');
}

function usageWords({ expected, most, currency, keptHoursMax }: PlannedDrill['estimate']): string {
  const known = expected === null ? '' : `about ${figures(expected, currency)}; `;
  const standing = keptHoursMax === null ? ', with a month as standby' : '';
  return `${known}at most ${figures(most, currency)}${standing}`;
}

function figures({ instanceHours, gibHours, money }: Usage, currency: string | null): string {
  const storage = gibHours === null ? 'an unknown amount of storage' : `${group(Math.ceil(gibHours))} GiB-hours`;
  const price =
    currency === null ? 'no prices given' : money === null ? 'cost unknown' : `${printMoney(money)} ${currency}`;
  return `${instanceHours.toFixed(1)} instance-hours, ${storage}, ${price}`;
}

const QUOTA_WORDS: Readonly<Record<QuotaView['name'], string>> = {
  manual_snapshots: 'manual snapshots',
  manual_cluster_snapshots: 'manual cluster snapshots',
  retained_automated_backups: 'retained backups',
  db_instances: 'DB instances',
  db_clusters: 'DB clusters',
  allocated_storage_gib: 'GiB of storage',
};

function quotaWords({ name, needed, headroom, used, max }: QuotaView): string {
  const what = QUOTA_WORDS[name];
  const free = headroom === 0 ? '' : `, ${headroom} to stay free`;
  const takes = needed === null ? 'an unknown number' : group(needed);
  return used === null || max === null
    ? `${what}: not known, takes ${takes}`
    : `${what}: ${group(used)} of ${group(max)} used, takes ${takes}${free}`;
}

const WORTH_WORDS: Readonly<Record<ProbeWorth, string>> = {
  nothing: 'that it runs',
  data: 'that data can be read',
  comparison: 'that data agree',
};

function renderProbes({ probes, baseline }: DrillPlan, paint: Paint, width: number): string[] {
  if (probes.length === 0) return ['probes: none asked, so the data are not questioned'];
  const rows = probes.map((probe): Cell[] => [
    probe.kind.replaceAll('_', ' '),
    probe.name,
    questionOf(probe),
    WORTH_WORDS[worthOf(probe, baseline)],
  ]);
  const compared = baseline === null ? [] : [`  compared with drill ${clean(baseline.drillId)}`];
  return [
    ...table({ headings: ['probe', 'name', 'asks', 'a pass shows'], rows, indent: 2, width, paint }),
    ...compared,
  ];
}

function renderPermissions({ principal, known, calls, gaps }: DrillPermissions, paint: Paint, width: number): string[] {
  const who = `${countOf(calls.length, 'call')} as ${principal}:`;
  if (known === 'unasked') return hanging('', `${who} not asked whether they are allowed`, width);
  if (known === 'unknown') {
    return hanging(
      '',
      `${who} unknown: could not be simulated${gaps.map(({ cause }) => ` (${cause})`).join('')}`,
      width,
    );
  }
  const missing = calls.filter(({ permit }) => permit === 'denied');
  const open = calls.filter(({ permit }) => permit === 'unknown');
  const counts = [
    { count: calls.length - missing.length - open.length, what: 'allowed' },
    { count: open.length, what: 'allowed on conditions or unknown' },
    { count: missing.length, what: 'denied' },
  ].filter(({ count }) => count > 0);
  const counted = counts.map(({ count, what }) => `${counts.length === 1 ? 'all' : count} ${what}`).join(', ');
  const lines = missing.flatMap(({ action, resource }) =>
    hanging('  ✗ denied: ', `${action} on ${resource ?? 'anything'}`, width),
  );
  return [...hanging('', `${who} ${counted}`, width), ...lines.map(paint.red)];
}

function renderLeftOut({ refused, undecided }: DrillPreview, paint: Paint, width: number): string[] {
  return [
    ...refused
      .flatMap(({ identifier, cause }) => hanging('✗ ', `no drill of ${identifier}: ${cause}`, width))
      .map(paint.red),
    ...undecided
      .flatMap(({ identifier, unknown }) =>
        hanging('! ', `${identifier} was not picked: its ${unknown.join(' and ')} is not known`, width),
      )
      .map(paint.yellow),
  ];
}
