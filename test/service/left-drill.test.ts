/** A drill that was left where it stands keeps every other from its database until it has come to its end. */

import { afterEach, describe, expect, it } from 'vitest';
import { printInstant } from '../../src/core/time.ts';
import { readJournal } from '../../src/drill/journal.ts';
import type { ServiceWorld } from '../../src/service/world.ts';
import { BILLING } from '../support/scratch-bench.ts';
import { aServiceBench, BILLING_DRILL, definitionOf, type ServiceBench } from '../support/service-world.ts';

const HOUR = 3_600;
const MINUTE = 60;
const WORKER = { schedule: false, worker: true };

let bench: ServiceBench;
afterEach(() => bench.end());

/** Takes every job but those of that drill. */
function passingBy(drillId: string): Pick<ServiceWorld, 'runner'> {
  const runner = bench.desk.runner();
  return {
    runner: {
      run: (handlers, options) => {
        const drill: typeof handlers.drill = async (payload, context) => {
          if (payload['drillId'] === drillId) throw new Error('passed by');
          await handlers.drill(payload, context);
        };
        return runner.run({ ...handlers, drill }, options);
      },
    },
  };
}

/** A service that was stopped while its drill stood. @returns What the next one is given, the drill and its database. */
async function aLeftDrill() {
  bench = aServiceBench();
  const second = definitionOf('second', BILLING);
  const given = { ...bench.sameAgain, definitions: [BILLING_DRILL, second] };
  bench.start({ ...bench.sameAgain, definitions: [BILLING_DRILL] });
  await bench.time.pass(2 * HOUR, () => bench.scratches().length > 0);
  await bench.end();
  const [left] = readJournal(await bench.store.journalEntries());
  if (left === undefined) throw new Error('no drill was begun');
  const database = left.state.plan.database.resourceId;
  await bench.desk.add([
    {
      task: 'drill',
      payload: { drillId: 'thesecond', definition: 'second', database },
      key: null,
      queue: null,
      delaySeconds: 0,
      attemptsMax: 12,
    },
  ]);
  return { given, left: left.drillId };
}

/** Drills in the order in which they began, each with where it is. */
const drills = async () =>
  readJournal(await bench.store.journalEntries()).map(({ drillId, state: { step } }) => [drillId, step]);

describe('a drill that was left', () => {
  it('keeps another of its database from beginning, though nobody is at it', async () => {
    const { given, left } = await aLeftDrill();
    bench.start({ ...given, ...passingBy(left) });
    await bench.time.pass(20 * MINUTE);
    expect((await drills()).map(([drillId]) => drillId)).toEqual([left]);
  });

  it('is ended first, and the other comes after it', async () => {
    const { given, left } = await aLeftDrill();
    bench.start(given);
    await bench.time.pass(3 * HOUR);
    const records = await bench.store.drills();
    expect(records.map(({ drillId, result }) => [drillId, result])).toEqual([
      [left, 'passed'],
      ['thesecond', 'passed'],
    ]);
    const begun = (await bench.store.journalEntries()).find(({ drillId }) => drillId === 'thesecond');
    const ended = (await bench.store.journalEntries()).findLast(({ drillId }) => drillId === left);
    expect(begun && printInstant(begun.at) >= printInstant(ended?.at ?? begun.at)).toBe(true);
    expect(bench.scratches()).toEqual([]);
  });
});

describe('a drill that is given up', () => {
  it('leaves what it made to the sweep, whatever waits for its database, and is told in its record', async () => {
    const { given, left } = await aLeftDrill();
    const { kill } = bench.start({ ...given, ...passingBy(left) }, WORKER);
    await bench.time.pass(24 * HOUR);
    const ofLeft = bench.desk.jobs().filter(({ payload }) => payload['drillId'] === left);
    expect(ofLeft.map(({ state }) => state)).toEqual(['failed']);
    expect([bench.scratches().length > 0, await bench.store.drills()]).toEqual([true, []]);
    kill();
    bench.start(given, WORKER);
    await bench.desk.add([{ task: 'sweep', payload: {}, key: null, queue: null, delaySeconds: 0, attemptsMax: 5 }]);
    await bench.time.pass(HOUR);
    expect(bench.scratches()).toEqual([]);
    expect((await bench.store.drills()).map(({ drillId, result }) => [drillId, result])).toEqual([[left, 'aborted']]);
  });
});
