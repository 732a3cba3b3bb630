/**
 * A drill whose process is killed with -9 at any step: the next one goes on with it or clears it away, at once, and the
 * journal, the records and the lab's ledger agree.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DrillState, Event } from '../../src/drill/drill-state.ts';
import { type JournalEntry, readJournal } from '../../src/drill/journal.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import { ledger } from '../../src/lab/ledger.ts';
import { createSandbox, eventually, type Sandbox, settingsOf } from '../support/cli.ts';
import { DRILL_TIMEOUT, type DrillLab, ESTATE, INSTANCE, startDrillLab } from '../support/drill-lab.ts';
import { stateFolder, storedBodies, watchBodies } from '../support/stored.ts';

const DEFINITION =
  'name: killed\npollSeconds: 0.3\nprobes:\n  - { kind: total_rows, name: rows, rowsMin: 1 }\nhydrate: true\n';
const CLUSTER = 'dev-course-management-cluster';

let lab: DrillLab;
beforeAll(async () => {
  lab = await startDrillLab();
}, DRILL_TIMEOUT);
afterAll(() => lab.close());

/** Where the process is killed: as soon as the journal shows it. */
type Moment = DrillState['step'] | Event['kind'];

const NEARLY_DONE: readonly Moment[] = ['remove_instance', 'remove_cluster', 'await_instance_gone', 'ended'];

/** A drill that was killed at a moment. */
async function killedAt(moment: Moment, database: string): Promise<Sandbox> {
  const sandbox = createSandbox(settingsOf(lab.lab));
  const definition = sandbox.file('killed.yaml', DEFINITION);
  const running = sandbox.start(['drill', 'run', database, '--definition', definition]);
  const journal = watchBodies<JournalEntry>(stateFolder(sandbox), 'journal');
  await eventually(() => (shows(journal(), moment) ? true : null), 60);
  running.send('SIGKILL');
  // A drill that is nearly done may be done by the time that the signal comes; what is claimed of it must hold then too.
  const { signal } = await running.ended;
  if (!NEARLY_DONE.includes(moment)) expect(signal).toBe('SIGKILL');
  return sandbox;
}

function shows(entries: readonly JournalEntry[], moment: Moment): boolean {
  const event = entries.some(({ what }) => what.kind === 'event' && what.event.kind === moment);
  return event || readJournal(entries).some(({ state }) => state.step === moment);
}

function journalOf(sandbox: Sandbox): JournalEntry[] {
  return storedBodies<JournalEntry>(stateFolder(sandbox), 'journal');
}

function recordsOf(sandbox: Sandbox): DrillRecord[] {
  return storedBodies<DrillRecord>(stateFolder(sandbox), 'drill');
}

/** One ending, one record, nothing left; and the lab was asked for nothing that the journal had not announced. */
async function holdsWhole(sandbox: Sandbox): Promise<DrillRecord> {
  const [log, ...others] = readJournal(journalOf(sandbox));
  const [record, ...more] = recordsOf(sandbox);
  if (log === undefined || record === undefined) throw new Error('no drill, or no record of it');
  expect([others, more]).toEqual([[], []]);
  expect(log.state.step).toBe('ended');
  expect(log.state.parts.filter(({ goneAt }) => goneAt === null)).toEqual([]);
  const ids = log.state.parts.map(({ id }) => id);
  expect((await lab.databases()).filter((id) => id.includes(log.drillId))).toEqual([]);
  const own = ledger(lab.lab.world()).filter(({ target }) => target?.includes(log.drillId));
  for (const { target, at, action } of own) {
    const part = log.state.parts.find(({ id }) => target?.endsWith(`:${id}`));
    expect(ids, `${action} on ${target}`).toContain(part?.id);
    if (/^(?:Restore|Create)/.test(action)) expect(part !== undefined && part.intendedAt <= at).toBe(true);
  }
  return record;
}

/** Steps and lines of the journal that a drill of an instance passes, in order. */
const MOMENTS: readonly Moment[] = [
  'intended',
  'await_instance',
  'set_password',
  'await_password',
  'connect',
  'probe',
  'hydrate',
  'remove_instance',
  'await_instance_gone',
  'ended',
];

describe('killed with -9', () => {
  it.concurrent.each(MOMENTS)(
    'at %s, a drill is resumed to its end',
    async (moment) => {
      const sandbox = await killedAt(moment, INSTANCE);
      try {
        const { exit, stderr } = await sandbox.run(['drill', 'resume']);
        expect(stderr).not.toContain('MUSTER_');
        expect(exit).toBe(0);
        const record = await holdsWhole(sandbox);
        expect(record).toMatchObject({ result: 'passed', grade: 'queried' });
        // Nobody watched in between, unless all had been answered before.
        if (record.resumed > 0) expect(record.restoreSeconds).toBeNull();
      } finally {
        sandbox.close();
      }
    },
    DRILL_TIMEOUT,
  );

  it.concurrent.each<Moment>(['await_cluster', 'await_instance', 'remove_cluster'])(
    'at %s, and again while it is resumed, a drill of a cluster ends',
    async (moment) => {
      const sandbox = await killedAt(moment, CLUSTER);
      try {
        const before = journalOf(sandbox).length;
        const again = sandbox.start(['drill', 'resume']);
        // Of a drill that was done before the signal came there is nothing left to resume; of one that was nearly done
        // little but the claim, before a sign of life.
        const isNearlyDone = NEARLY_DONE.includes(moment);
        const isDone = { now: false };
        if (isNearlyDone) void again.ended.then(() => Object.assign(isDone, { now: true }));
        const resumed = before + (isNearlyDone ? 1 : 2);
        const journal = watchBodies<JournalEntry>(stateFolder(sandbox), 'journal');
        await eventually(() => (isDone.now || journal().length >= resumed ? true : null), 60);
        again.send('SIGKILL');
        await again.ended;
        expect((await sandbox.run(['drill', 'resume'])).exit).toBe(0);
        await holdsWhole(sandbox);
      } finally {
        sandbox.close();
      }
    },
    DRILL_TIMEOUT,
  );
});

// One after another: a sweep names what other journals made, and does not call that a success.
describe('killed with -9, and nothing else in the lab', () => {
  it.each<Moment>(['made', 'await_instance', 'probe', 'await_instance_gone'])(
    'at %s, a drill is swept',
    async (moment) => {
      const sandbox = await killedAt(moment, INSTANCE);
      try {
        const { exit, stdout } = await sandbox.run(['drill', 'sweep']);
        expect(stdout).not.toContain('in use');
        expect(exit).toBe(0);
        expect((await holdsWhole(sandbox)).result).toMatch(/^(?:aborted|passed)$/);
      } finally {
        sandbox.close();
      }
    },
    DRILL_TIMEOUT,
  );

  it('leaves the rest of the estate as it was', async () => {
    expect((await lab.databases()).filter((id) => !id.startsWith('muster-scratch-'))).toEqual(ESTATE);
  });
});
