/** Single tasks: what is put off, what is given up, what a failure leaves, and what is told of it. */

import { afterEach, describe, expect, it } from 'vitest';
import type { NewJob } from '../../src/app/desk-port.ts';
import { MusterError } from '../../src/core/errors.ts';
import { addSeconds } from '../../src/core/time.ts';
import { aDrillPlan } from '../support/drill-plans.ts';
import { BILLING, BILLING_ID } from '../support/scratch-bench.ts';
import { aServiceBench, BILLING_DRILL, definitionOf, type ServiceBench } from '../support/service-world.ts';

const MINUTE = 60;
const WORKER = { schedule: false, worker: true };

let bench: ServiceBench;
afterEach(() => bench.end());

function aJob(task: NewJob['task'], payload: NewJob['payload'] = {}, attemptsMax = 3): NewJob {
  return { task, payload, key: null, queue: null, delaySeconds: 0, attemptsMax };
}

const drillJob = () => aJob('drill', { drillId: 'wanted', definition: 'nightly', database: BILLING_ID });
const toldOf = (type: string) => bench.told.filter((alert) => alert.type === `dev.muster.${type}.v1`);
const begun = async () =>
  (await bench.store.journalEntries()).flatMap(({ drillId, what }) => (what.kind === 'begin' ? [drillId] : []));

/** What was seen of the estate, and nothing else going on. */
async function surveyed(given: Parameters<ServiceBench['start']>[0] = {}): Promise<void> {
  bench = aServiceBench();
  bench.start({ ...bench.sameAgain, definitions: [BILLING_DRILL], ...given }, WORKER);
  await bench.desk.add([aJob('survey')]);
  await bench.time.pass(MINUTE);
}

describe('a drill', () => {
  it('waits while a drill that somebody began by hand is at its database', async () => {
    await surveyed();
    const byHand = aDrillPlan('instance', { drillId: 'byhand', endpoint: 'injected' });
    const plan = { ...byHand, database: { ...byHand.database, resourceId: BILLING_ID } };
    const entry = {
      at: bench.time.now(),
      drillId: 'byhand',
      runner: 'somebody',
      what: { kind: 'begin' as const, plan },
    };
    await bench.store.journal(entry);
    await bench.desk.add([drillJob()]);
    await bench.time.pass(150);
    expect(await begun()).toEqual(['byhand']);
    expect(bench.desk.jobs().map(({ task, state, attempts }) => [task, state, attempts])).toEqual([
      ['drill', 'waiting', 0],
    ]);
    // Its run gives no further sign, so that nobody is at it from then on; but it stands where it was left.
    await bench.time.pass(5 * MINUTE);
    expect(await begun()).toEqual(['byhand']);
    const sweep = { task: 'sweep', payload: {}, key: null, queue: null, delaySeconds: 0, attemptsMax: 3 } as const;
    await bench.desk.add([sweep]);
    await bench.time.pass(30 * MINUTE);
    expect(await begun()).toEqual(['byhand', 'wanted']);
  });

  it('that is on record is not run again', async () => {
    await surveyed();
    await bench.desk.add([drillJob()]);
    await bench.time.pass(90 * MINUTE);
    await bench.desk.add([drillJob()]);
    await bench.time.pass(10 * MINUTE);
    expect([await begun(), (await bench.store.drills()).length]).toEqual([['wanted'], 1]);
  });

  it('of a database that is no more is told, and not tried again', async () => {
    await surveyed();
    await bench.desk.add([aJob('drill', { drillId: 'wanted', definition: 'nightly', database: 'db-GONE' })]);
    await bench.time.pass(MINUTE);
    expect(toldOf('drill.failed').map(({ data }) => data.message)).toEqual([
      expect.stringContaining('no database is called db-GONE'),
    ]);
    expect(bench.desk.jobs()).toEqual([]);
  });
});

describe('drills of one definition', () => {
  it('run one after the other where no more than one may run', async () => {
    await surveyed({ definitions: [definitionOf('nightly', "['*']", 'limits: { concurrency: 1 }')] });
    await bench.desk.add([aJob('plan_drills', { definition: 'nightly', database: null })]);
    await bench.time.pass(4 * 60 * MINUTE);
    const steps = (await bench.store.journalEntries()).map(({ drillId, what }) => ({ drillId, kind: what.kind }));
    const order = steps.map(({ drillId }) => drillId).filter((id, index, all) => id !== all[index - 1]);
    expect(order).toHaveLength(2);
    expect(await bench.store.drills()).toHaveLength(2);
    expect(bench.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  it('are not planned twice for a database that still waits for the first', async () => {
    await surveyed();
    const plan = aJob('plan_drills', { definition: 'nightly', database: BILLING });
    await bench.desk.add([plan, plan]);
    await bench.time.pass(10 * MINUTE);
    await bench.desk.add([plan]);
    await bench.time.pass(90 * MINUTE);
    expect(await begun()).toHaveLength(1);
  });
});

describe('a reading', () => {
  it('that takes too long is given up, and leaves the sight of before', async () => {
    await surveyed();
    const [place] = await placesSeen();
    const reader = await bench.sameAgain.places();
    bench.start({ places: async () => ({ ...reader, read: () => new Promise(() => undefined) }) }, WORKER);
    const before = await bench.desk.sightVersions();
    bench.processes()[0]?.kill();
    await bench.desk.add([aJob('read_place', { accountId: place?.accountId ?? '', region: place?.region ?? '' }, 1)]);
    await bench.time.pass(11 * MINUTE);
    expect(bench.lines.some((line) => line.includes('took longer than 600 s'))).toBe(true);
    expect(await bench.desk.sightVersions()).toEqual(before);
  });
});

async function placesSeen() {
  return [...(await bench.desk.sightVersions()).keys()].map((name) => {
    const [accountId = '', region = ''] = name.split('/');
    return { accountId, region };
  });
}

describe('a schedule whose task fails', () => {
  const places = async () => {
    throw new MusterError('MUSTER_CREDENTIALS_MISSING', 'no credentials were found');
  };

  it('has failed once its attempts are over, and says why', async () => {
    bench = aServiceBench();
    const dueAt = bench.time.now();
    bench.start({ places }, WORKER);
    await bench.desk.fire({ name: 'inventory', dueAt, jobs: [aJob('survey', { schedule: 'inventory' }, 2)] });
    await bench.time.pass(1);
    expect(await bench.desk.schedules()).toMatchObject([{ endedAt: null, outcome: null }]);
    await bench.time.pass(MINUTE);
    expect(await bench.desk.schedules()).toMatchObject([
      { outcome: 'failed', detail: 'no credentials were found (MUSTER_CREDENTIALS_MISSING)' },
    ]);
  });

  it('has done its work for every instant that fired before the work began', async () => {
    bench = aServiceBench();
    const dueAt = bench.time.now();
    const job = { ...aJob('survey', { schedule: 'inventory' }), key: 'inventory' };
    await bench.desk.fire({ name: 'inventory', dueAt, jobs: [job] });
    await bench.desk.fire({ name: 'inventory', dueAt: addSeconds(dueAt, 900), jobs: [job] });
    bench.start(bench.sameAgain, WORKER);
    await bench.time.pass(MINUTE);
    expect(await bench.desk.schedules()).toMatchObject([{ dueAt: addSeconds(dueAt, 900), outcome: 'done' }]);
  });
});

describe('an error nobody foresaw', () => {
  it('is logged by its name and its place, and not by its words', async () => {
    bench = aServiceBench();
    const places = async () => {
      throw new TypeError('cannot read "s3cr3t"');
    };
    bench.start({ places }, WORKER);
    await bench.desk.add([aJob('survey', {}, 1)]);
    await bench.time.pass(1);
    const line = bench.lines.find((one) => one.includes('a job was given up')) ?? '';
    expect(line).toContain('TypeError');
    expect(line).not.toContain('s3cr3t');
  });
});

describe('a planning by what was not read for too long', () => {
  const planAfter = async (hours: number, database: string | null = null) => {
    await surveyed();
    await bench.time.pass(hours * 60 * MINUTE);
    await bench.desk.add([aJob('plan_drills', { definition: 'nightly', database, seed: 's1' })]);
    await bench.time.pass(MINUTE);
  };

  it.each([null, BILLING])('waits for the next reading, and then plans the drill: %j', async (database) => {
    await planAfter(2, database);
    expect([await begun(), bench.lines.some((line) => line.includes('the inventory is outdated: billing'))]).toEqual([
      [],
      true,
    ]);
    await bench.desk.add([aJob('survey')]);
    await bench.time.pass(6 * MINUTE);
    expect(await begun()).toHaveLength(1);
    expect(bench.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  it('says after an hour that nothing could be planned', async () => {
    await planAfter(2);
    await bench.time.pass(65 * MINUTE);
    expect(bench.lines.some((line) => line.includes('no drill could be planned: the inventory is outdated'))).toBe(
      true,
    );
    expect(bench.desk.jobs().filter(({ task }) => task === 'plan_drills')).toEqual([]);
  });

  it('still says of a database that is not there at all that it is not', async () => {
    await planAfter(2, 'nowhere');
    expect(bench.lines.some((line) => line.includes('no database is called nowhere'))).toBe(true);
  });
});

describe('a planning that is tried again', () => {
  it('plans the drill that the request was given', async () => {
    const drillOf = async () => {
      await surveyed();
      await bench.desk.add([aJob('plan_drills', { definition: 'nightly', database: BILLING, seed: 's1' })]);
      await bench.time.pass(MINUTE);
      const ids = await begun();
      await bench.end();
      return ids;
    };
    const first = await drillOf();
    expect(first).toHaveLength(1);
    expect(await drillOf()).toEqual(first);
  });
});

describe('a receiver that will never take an alert', () => {
  it('is not asked again', async () => {
    let asked = 0;
    const deliver = async () => {
      asked += 1;
      throw new MusterError('MUSTER_SERVICE_INVALID', 'webhook pager answered 410');
    };
    await surveyed({ receivers: [{ name: 'pager', wants: () => true, deliver }] });
    await bench.time.pass(30 * MINUTE);
    expect(asked).toBe((await bench.desk.alerts(10)).length);
    expect(bench.desk.jobs()).toEqual([]);
  });
});

describe('a chain that is broken', () => {
  it('is told once, however often it is verified', async () => {
    bench = aServiceBench();
    const head = { seq: 7, digest: `sha256:${'0'.repeat(64)}`, at: bench.time.now() } as const;
    const chain = { ...bench.store.chain, head: async () => head, read: () => bench.store.chain.read() };
    bench.start({ ...bench.sameAgain, store: { ...bench.store, chain } }, WORKER);
    await bench.desk.add([aJob('verify')]);
    await bench.time.pass(MINUTE);
    await bench.desk.add([aJob('verify')]);
    await bench.time.pass(MINUTE);
    expect(toldOf('chain.broken').map(({ data }) => data.level)).toEqual(['critical']);
  });
});
