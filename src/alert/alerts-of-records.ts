/**
 * What new records of the chain have to tell: weakenings that somebody asked about, drills that did not pass, scratch
 * databases that were left behind.
 *
 * Each record is told of once, whoever reads it and how often. One that was erased or is not understood is passed over.
 * Of probes only the names are told: what they found may be data of the database.
 */

import { compareCodeUnits } from '../core/canonical.ts';
import type { ChainRecord } from '../evidence/chain.ts';
import type { Alert } from './alert.ts';
import { leakHappening } from './leaks.ts';
import {
  alertOf,
  cut,
  eachOnce,
  type Happening,
  LISTED_MAX,
  named,
  oneLine,
  placeOf,
  type Raised,
} from './make-alert.ts';
import { type DecisionRead, type DrillRead, decisionIn, drillIn } from './record-shapes.ts';

/** Everything worth telling of these records, in whatever order they come. */
export function alertsOfRecords({
  records,
  source,
}: Raised & { readonly records: readonly ChainRecord[] }): readonly Alert[] {
  return eachOnce(records.flatMap((record) => alertsOfRecord(record, source)));
}

/** What happened is as old as its record says, however late it is found. */
function alertsOfRecord(record: ChainRecord, source: string): readonly Alert[] {
  const decision = decisionIn(record);
  if (decision !== null) return disarmingsSeen(decision).map((one) => alertOf(one, { at: decision.at, source }));
  const drill = drillIn(record);
  if (drill !== null) return drillHappenings(drill).map((one) => alertOf(one, { at: drill.endedAt, source }));
  return [];
}

/** One alert for each database that a decision would have weakened. */
function disarmingsSeen({ disarmings, at, principal, changeDigest, decision }: DecisionRead): readonly Happening[] {
  const arns = [...new Set(disarmings.map(({ databaseArn }) => databaseArn))];
  return arns.map((arn): Happening => {
    const settings = disarmings
      .filter(({ databaseArn }) => databaseArn === arn)
      .map(({ setting, subject, from, to }) => ({ setting, subject, from, to }));
    const names = [...new Set(settings.map(({ setting }) => setting.replaceAll('_', ' ')))].sort(compareCodeUnits);
    const identifier = arn.split(':').at(-1) ?? arn;
    const verb = decision === 'block' ? 'was refused to weaken' : 'asked to weaken';
    return {
      type: 'dev.muster.protection.disarmed.v1',
      level: 'warning',
      subject: arn,
      happened: { changeDigest, at },
      message: `${principal} ${verb} what protects ${named(identifier, arn)}: ${names.join(', ')}`,
      remedy: 'ask whoever runs it why; as long as it stays weak, every later decision on this database says so',
      facts: {
        arn,
        identifier,
        ...placeOf(arn),
        settings: settings.slice(0, LISTED_MAX),
        seenBy: 'decision',
        principal,
        decision,
        changeDigest,
      },
    };
  });
}

function drillHappenings(drill: DrillRead): readonly Happening[] {
  const { drillId, databaseIdentifier, scope, scratch, result, grade, probes } = drill;
  const leaks = scratch.filter(({ end }) => end === 'leaked');
  const facts = drillFacts(drill);
  const leaked = leaks.length === 0 ? [] : [leakHappening({ drillId, leaks, of: databaseIdentifier, scope, facts })];
  const failedBesides = result === 'leaked' && (grade === 'available' || probes.some(({ passed }) => !passed));
  const failed = result === 'failed' || result === 'aborted' || failedBesides;
  return failed ? [failure(drill, facts), ...leaked] : leaked;
}

function failure(drill: DrillRead, facts: Happening['facts']): Happening {
  const { drillId, result, databaseIdentifier, scope, phases, probes, cause } = drill;
  const wrong = probes.filter(({ passed }) => !passed).map(({ name }) => name);
  const reached = phases.at(-1)?.phase.replaceAll('_', ' ') ?? 'nothing';
  const why = wrong.length > 0 ? `these probes did not pass: ${wrong.join(', ')}` : (cause ?? 'nobody knows why');
  const verb = result === 'aborted' ? 'was broken off' : 'failed';
  return {
    type: 'dev.muster.drill.failed.v1',
    level: 'warning',
    subject: drillId,
    happened: 'ended',
    message: `drill ${drillId} of ${databaseIdentifier} (${scope.accountId}/${scope.region}) ${verb} after "${reached}": ${cut(oneLine(why), 300)}`,
    remedy: `see why, mend it and drill again:\nmuster drill show ${drillId}\nmuster drill run ${databaseIdentifier}`,
    facts: { ...facts, phase: phases.at(-1)?.phase ?? null, failedProbes: wrong.slice(0, LISTED_MAX) },
  };
}

function drillFacts(drill: DrillRead): Happening['facts'] {
  const { drillId, databaseIdentifier, databaseResourceId, scope, definition, recoveryPoint, result, cause } = drill;
  return {
    drillId,
    identifier: databaseIdentifier,
    resourceId: databaseResourceId,
    accountId: scope.accountId,
    region: scope.region,
    definition: definition.name,
    recoveryPoint: recoveryPoint.arn,
    result,
    cause: cause === null ? null : cut(oneLine(cause), 1_000),
    endpoint: drill.endpoint,
    endedAt: drill.endedAt,
    evidence: [`drill:${drillId}`],
    digest: drill.digest,
  };
}
