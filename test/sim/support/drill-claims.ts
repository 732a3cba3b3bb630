/**
 * What must hold once a simulation is over, whatever befell it.
 *
 * Held against the lab's own books and never against what Muster says of itself: nothing left, nothing foreign touched,
 * every drill with one ending, no record that claims more than the lab shows, no secret written down.
 */

import type { JournalEntry } from '../../../src/app/ports.ts';
import type { Swept } from '../../../src/app/sweep-scratch.ts';
import type { DrillPlan } from '../../../src/drill/drill-plan.ts';
import { readJournal } from '../../../src/drill/journal.ts';
import { type DrillRecord, GRADES, PHASES } from '../../../src/drill/model.ts';
import type { Making } from './drill-book.ts';
import { RIGHT_VOLUMES, type Shape } from './drill-estate.ts';
import type { Answer, Shared } from './drill-runner.ts';

/** One drill of a seed. */
export interface Drilled {
  readonly plan: DrillPlan;
  readonly shape: Shape;
  /** Somebody else was at its scratch. */
  readonly touched: boolean;
}

/** What is looked at in the end. */
export interface Ending {
  readonly shared: Shared;
  readonly drills: readonly Drilled[];
  /** What the sweeps in fair conditions said, the last one first. */
  readonly lastSweeps: readonly Swept[];
  readonly entries: readonly JournalEntry[];
  readonly records: readonly DrillRecord[];
  /** Identities that stood before the first drill. */
  readonly first: ReadonlySet<string>;
}

const HOUR = 3_600;
/** A part of a second is lost between the lab's clock and a record. */
const ROUNDING_SECONDS = 1;

/** Every claim that does not hold, in words. */
export function breachesOf(ending: Ending): readonly string[] {
  return [
    ...ending.shared.book.breaches,
    ...leftOvers(ending),
    ...lostProduction(ending),
    ...endings(ending),
    ...recordings(ending),
    ...ending.records.flatMap((record) => overclaims(record, ending)),
    ...secrets(ending),
  ];
}

function leftOvers({ shared, drills, lastSweeps, records }: Ending): readonly string[] {
  const { book } = shared;
  return book
    .standing()
    .filter(({ identity }) => book.isMade(identity))
    .flatMap(({ kind, identifier, identity }) => {
      const named = lastSweeps.find((swept) => swept.kind === kind && swept.id === identifier);
      // What somebody else renamed is named by the name that Muster gave it.
      const meddled = drills.find(({ plan, touched }) => touched && identifier.includes(plan.drillId));
      const told = lastSweeps.filter((swept) => swept === named || swept.drillId === meddled?.plan.drillId);
      const owned = told.some(({ result }) => result === 'leaked' || result === 'refused');
      const recorded = records.find(({ drillId }) => drillId === meddled?.plan.drillId)?.result === 'leaked';
      if (meddled !== undefined && (owned || recorded || isOfFailedJob(shared, identity))) return [];
      const said = named === undefined ? 'says nothing of it' : `says ${named.result}: ${named.reason}`;
      return [`${kind} ${identifier} (${identity}) is left, and the sweep ${said}`];
    });
}

/** Of what a failed job left nobody but its name tells, and that was taken away. */
function isOfFailedJob({ lab }: Shared, identity: string): boolean {
  const jobs = Object.values(lab.world().places).flatMap(({ restoreJobs }) => restoreJobs);
  return jobs.some(({ status, created }) => status === 'FAILED' && created?.resourceId === identity);
}

/** Nobody in a simulation deletes what stood before; system snapshots grow old by themselves. */
function lostProduction({ shared, first }: Ending): readonly string[] {
  const now = new Set(shared.book.standing().map(({ identity }) => identity));
  return [...first].filter((identity) => !now.has(identity)).map((identity) => `${identity} of production is gone`);
}

function endings({ entries, records, drills }: Ending): readonly string[] {
  const logs = readJournal(entries);
  return [
    ...logs.flatMap(({ drillId, state }) => {
      const count = records.filter((record) => record.drillId === drillId).length;
      return [
        ...(state.step === 'ended' ? [] : [`drill ${drillId} stands at ${state.step} and has no ending`]),
        ...(count === 1 ? [] : [`drill ${drillId} has ${count} records`]),
      ];
    }),
    ...records.flatMap(({ drillId }) =>
      drills.some(({ plan }) => plan.drillId === drillId) ? [] : [`nobody began drill ${drillId}`],
    ),
  ];
}

/**
 * Whoever records a drill has looked just before, and found no record of it; so nobody records one twice. What the store
 * shows cannot tell: it keeps the first of each.
 */
function recordings({ shared, records }: Ending): readonly string[] {
  const wrong = shared.recordings.flatMap(({ who, drillId, knew }) => {
    if (knew === 'none') return [];
    return [`${who} recorded drill ${drillId} ${knew === 'one' ? 'though it had a record' : 'and had not looked'}`];
  });
  const written = new Set(shared.recordings.map(({ drillId }) => drillId));
  const unwritten = records.filter(({ drillId }) => !written.has(drillId));
  return [...wrong, ...unwritten.map(({ drillId }) => `nobody wrote the record of drill ${drillId}`)];
}

function overclaims(record: DrillRecord, ending: Ending): readonly string[] {
  const drilled = ending.drills.find(({ plan }) => plan.drillId === record.drillId);
  if (drilled === undefined) return [];
  const say = (what: string) => `the record of ${record.drillId} (${record.result}, ${record.grade}) ${what}`;
  return [
    ...(isInOrder(record) ? [] : [say(`has phases out of order: ${JSON.stringify(record.phases)}`)]),
    ...(record.resumed > 0 && record.restoreSeconds !== null ? [say('times what nobody watched')] : []),
    ...dataClaims(record, drilled, ending).map(say),
  ];
}

function isInOrder({ phases, startedAt }: DrillRecord): boolean {
  const known = PHASES.flatMap((name) => phases.find(({ phase }) => phase === name)?.at ?? []);
  return known.length === phases.length && known.every((at, index) => at >= (known[index - 1] ?? startedAt));
}

function dataClaims(record: DrillRecord, { plan, shape, touched }: Drilled, { shared }: Ending): readonly string[] {
  const grade = GRADES.indexOf(record.grade);
  if (record.result !== 'passed' && grade < GRADES.indexOf('restored')) return [];
  const { time, book, answers } = shared;
  const role = plan.ids.cluster === null ? 'instance' : 'cluster';
  const { resourceId = null } = record.scratch.find((end) => end.role === role) ?? {};
  // Of what was never marked no id is known; that it stood is claimed all the same.
  const asked = resourceId === null && grade < GRADES.indexOf('queried') ? plan.ids[role] : null;
  const making = book
    .makings()
    .find(({ thing }) => thing.identity === resourceId || (asked !== null && thing.identifier === asked));
  // Under another name, and never marked, it cannot be found in the books.
  if (making === undefined && asked !== null && touched) return [];
  if (making === undefined) return [`speaks of ${resourceId}, which no request of Muster's made`];
  const breaches = namesPoint(making, plan) ? [] : [`restored something else: ${making.said}`];
  if (record.result !== 'passed' && grade < GRADES.indexOf('queried')) return breaches;
  const right = (answer: Answer) => answer.good && answer.copiedFrom.includes(RIGHT_VOLUMES[shape]);
  const own = answers.filter((answer) => answer.from.includes(resourceId) && right(answer));
  const last = own.at(-1);
  if (last === undefined) return [...breaches, 'rests on no answer from the data of its recovery point'];
  if (record.restoreSeconds === null) return breaches;
  const requested = book
    .makings()
    .filter(({ thing }) => thing.identifier.includes(plan.drillId))
    .map(({ at }) => time.secondsAt(at));
  const truth = last.second - Math.min(...requested);
  const late = record.restoreSeconds < truth - ROUNDING_SECONDS;
  return late ? [...breaches, `says ${record.restoreSeconds} s, and it took ${truth} s`] : breaches;
}

function namesPoint({ said }: Making, { restore, ids }: DrillPlan): boolean {
  switch (restore.by) {
    case 'snapshot':
      return said.includes(`SnapshotIdentifier=${restore.snapshot ?? ids.copy}`);
    case 'pitr':
      return said.includes(restore.source.value) && said.includes(restore.to.slice(0, 19));
    case 'vault':
      return said.includes(restore.recoveryPointArn) && (restore.to === null || said.includes(restore.to.slice(0, 19)));
  }
}

function secrets({ shared, entries, records }: Ending): readonly string[] {
  const written = JSON.stringify([entries, records]);
  return shared.passwords.some((password) => written.includes(password)) ? ['a password was written down'] : [];
}

/** What must hold when nothing at all went wrong. */
export function fairBreaches(records: readonly DrillRecord[], drills: readonly Drilled[]): readonly string[] {
  return drills.flatMap(({ plan }) => {
    if (plan.secondsMax < HOUR) return [];
    const record = records.find(({ drillId }) => drillId === plan.drillId);
    const wanted = plan.probes.some(({ kind }) => kind === 'row_count') ? 'compared' : 'queried';
    if (record?.result === 'passed' && record.grade === wanted && record.restoreSeconds !== null) return [];
    return [`nothing went wrong, and ${plan.drillId} is ${record?.result} ${record?.grade}: ${record?.cause}`];
  });
}
