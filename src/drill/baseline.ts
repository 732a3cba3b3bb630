/**
 * What an earlier drill found, for the probes that compare themselves with it.
 *
 * Only a drill that passed, of the same database at the same endpoint, counts: of those in which one of the probes was asked
 * the same way, the one whose data were youngest, and not younger than what is restored now. When it ended says nothing: the
 * drill of an old recovery point is no measure for a younger one, from which rows may have been lost since. The definition
 * may have changed meanwhile; a probe is known by its name, its kind and its question.
 */

import { compareCodeUnits } from '../core/canonical.ts';
import { unreachable } from '../core/invariant.ts';
import type { Instant } from '../core/time.ts';
import { questionOf } from './judge-probe.ts';
import type { DrillRecord } from './model.ts';
import type { Baseline, Probe, ProbeResult } from './probe.ts';

/** What is restored now: of which database, where, and the moment of its data, null where AWS does not say. */
export interface BaselineFor {
  readonly resourceId: string;
  readonly endpoint: string | null;
  readonly dataAt: Instant | null;
}

/** The baseline for some probes; null when none compares itself with a drill, or no drill fits. */
export function baselineOf(
  probes: readonly Probe[],
  records: readonly DrillRecord[],
  of: BaselineFor,
): Baseline | null {
  const comparing = probes.filter(comparesWithDrill);
  const passed = records
    .filter(({ result, databaseResourceId, endpoint }) => {
      return result === 'passed' && databaseResourceId === of.resourceId && endpoint === of.endpoint;
    })
    .filter(({ recoveryPoint: { dataAt } }) => dataAt === null || of.dataAt === null || dataAt <= of.dataAt)
    .sort(youngestFirst);
  for (const { drillId, endedAt, probes: found } of passed) {
    const results = found.filter((result) => comparing.some((probe) => isAnswerTo(probe, result)));
    if (results.length > 0) return { drillId, endedAt, results: byName(results) };
  }
  return null;
}

/** Of unknown moments last, and of one moment the drill that ended last first. */
function youngestFirst(a: DrillRecord, b: DrillRecord): number {
  const [own, other] = [a.recoveryPoint.dataAt ?? '', b.recoveryPoint.dataAt ?? ''];
  return own === other ? compareCodeUnits(b.endedAt, a.endedAt) : compareCodeUnits(other, own);
}

function byName(results: readonly ProbeResult[]): Baseline['results'] {
  return Object.fromEntries(
    results.map(({ name, kind, question, value, digest, parts }) => [name, { kind, question, value, digest, parts }]),
  );
}

function isAnswerTo(probe: Probe, { name, kind, question }: ProbeResult): boolean {
  return name === probe.name && kind === probe.kind && question === questionOf(probe);
}

/** Whether what a probe wants depends on an earlier drill. */
export function comparesWithDrill(probe: Probe): boolean {
  switch (probe.kind) {
    case 'row_count':
    case 'total_rows':
      return probe.expect?.against === 'last_drill';
    case 'checksum':
    case 'schema':
      return probe.expect === 'last_drill';
    case 'tables':
    case 'freshness':
    case 'marker':
    case 'integrity':
    case 'sql':
      return false;
    default:
      return unreachable(probe, 'probe kinds');
  }
}
