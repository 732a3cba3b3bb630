/**
 * Drills on the virtual lab, with the real reader and operator: what is journaled, what fails, what is left.
 */

import { describe, expect, it } from 'vitest';
import { runDrill } from '../../src/app/run-drill.ts';
import { sweepScratch } from '../../src/app/sweep-scratch.ts';
import { queryError } from '../support/aws-lab.ts';
import {
  aDrillBench,
  type BenchOptions,
  type DrillBench,
  type Fault,
  type OperatorCall,
  scratchIn,
} from '../support/drill-world.ts';

const SCRATCH = ['muster-scratch-d1', 'muster-scratch-d1-1'];
const MAKING = ['restoreCluster', 'addInstance', 'restoreInstance', 'setPassword', 'delete'];

/** The fault hits the first call that fits, once. */
function once(fits: (call: OperatorCall) => boolean, fate: 'fails' | 'loses its answer'): Fault {
  let hit = false;
  return (call) => {
    if (hit || !fits(call)) return null;
    hit = true;
    return fate;
  };
}

async function journalOf({ world }: DrillBench): Promise<string[]> {
  return (await world.store.journalEntries()).map(({ event, step }) => `${event} ${step}`);
}

describe('a drill of a cluster', () => {
  it('restores, questions and tears down, and the journal tells each step', async () => {
    const bench = await aDrillBench();
    const before = bench.databases();
    const record = await runDrill(bench.plan, bench.world);
    expect(record).toMatchObject({ result: 'passed', grade: 'queried', cause: null });
    expect(await journalOf(bench)).toEqual([
      'begin begin',
      'intend restore_cluster',
      'done restore_cluster',
      'intend add_instance',
      'done add_instance',
      'intend set_password',
      'done set_password',
      'intend delete_instance',
      'done delete_instance',
      'intend delete_cluster',
      'done delete_cluster',
      'end passed',
    ]);
    expect(bench.databases()).toEqual(before);
    expect(await bench.world.store.drills()).toEqual([record]);
  });

  it('counts the restore from the request to the last probe, the teardown apart', async () => {
    const bench = await aDrillBench();
    const { phases, restoreSeconds } = await runDrill(bench.plan, bench.world);
    const at = (name: string) => phases.find(({ phase }) => phase === name)?.seconds ?? expect.unreachable(name);
    expect(restoreSeconds).toBe(at('probes_done'));
    expect(at('torn_down')).toBeGreaterThan(at('probes_done'));
    // The lab's realistic pace: a cluster takes 420 s to restore and its instance 360 s more.
    expect(restoreSeconds).toBeGreaterThan(780);
  });

  it('never sends a call that makes or deletes before the journal says so', async () => {
    const bench = await aDrillBench();
    await runDrill(bench.plan, bench.world);
    const calls = bench.trace.filter((line) => MAKING.some((name) => line.startsWith(`call ${name} `)));
    expect(calls).toHaveLength(5);
    for (const call of calls) {
      const id = call.split(' ').at(-1);
      const before = bench.trace.slice(0, bench.trace.indexOf(call)).filter((line) => /^(?:intend|done) /.test(line));
      expect(before.at(-1)).toMatch(new RegExp(`^intend \\w+ ${id}$`));
    }
  });

  it('fails with its findings when a probe fails, and is torn down', async () => {
    const bench = await aDrillBench({ rows: 0 });
    const record = await runDrill(bench.plan, bench.world);
    expect(record).toMatchObject({ result: 'failed', grade: 'restored', restoreSeconds: null, cause: '0 rows' });
    expect(scratchIn(bench)).toEqual([]);
  });

  it('fails when sign-in is refused for good, and is torn down', async () => {
    const bench = await aDrillBench({ refusesSignIn: true });
    const record = await runDrill(bench.plan, bench.world);
    expect(record).toMatchObject({ result: 'failed', cause: 'sign-in refused by the test' });
    expect(scratchIn(bench)).toEqual([]);
  });

  it('gives up at its deadline, and is torn down', async () => {
    const bench = await aDrillBench({ definition: 'name: hasty\nminutesMax: 2\n' });
    const record = await runDrill(bench.plan, bench.world);
    expect(record.result).toBe('failed');
    expect(record.cause).toMatch(/^it was not done by .* standing at await cluster$/);
    expect(scratchIn(bench)).toEqual([]);
  });
});

describe('a drill of an instance', () => {
  it('restores one instance and leaves nothing', async () => {
    const bench = await aDrillBench({ source: 'billing-production' });
    const record = await runDrill(bench.plan, bench.world);
    expect(record).toMatchObject({ result: 'passed', grade: 'queried', scratch: { cluster: null } });
    expect(bench.trace.filter((line) => line.startsWith('intend'))).toEqual([
      'intend restore_instance muster-scratch-d1',
      'intend set_password muster-scratch-d1',
      'intend delete_instance muster-scratch-d1',
    ]);
    expect(scratchIn(bench)).toEqual([]);
  });
});

describe('a call that goes wrong once on the way', () => {
  const steps = [
    ['the restore', { name: 'restoreCluster', what: SCRATCH[0] }],
    ['the look at the cluster', { name: 'describe', what: SCRATCH[0] }],
    ['the instance', { name: 'addInstance', what: SCRATCH[1] }],
    ['the look at the instance', { name: 'describe', what: SCRATCH[1] }],
    ['the password', { name: 'setPassword', what: SCRATCH[0] }],
  ] as const;
  const cases = steps.flatMap(([title, call]) =>
    (['fails', 'loses its answer'] as const).map((fate) => [title, fate, call] as const),
  );

  it.each(cases)('(%s %s) ends the drill as failed, with nothing left', async (_, fate, { name, what }) => {
    const bench = await aDrillBench({ fault: once((call) => call.name === name && call.what === what, fate) });
    const record = await runDrill(bench.plan, bench.world);
    expect(record.result).toBe('failed');
    expect(record.cause).toContain('by the test');
    expect(scratchIn(bench)).toEqual([]);
  });
});

describe('a call that goes wrong once in the teardown', () => {
  const tearing = (bench: { current: DrillBench | null }) => () =>
    bench.current?.trace.some((line) => line.startsWith('intend delete_')) ?? false;

  it.each([
    ['the deletion of the instance', 'fails', 'delete', SCRATCH[1]],
    ['the deletion of the instance', 'loses its answer', 'delete', SCRATCH[1]],
    ['the look at the dying instance', 'fails', 'describe', SCRATCH[1]],
    ['the deletion of the cluster', 'fails', 'delete', SCRATCH[0]],
    ['the deletion of the cluster', 'loses its answer', 'delete', SCRATCH[0]],
    ['the look at the dying cluster', 'fails', 'describe', SCRATCH[0]],
  ] as const)('(%s %s) is made again: the drill passes and nothing is left', async (_, fate, name, what) => {
    const bench: { current: DrillBench | null } = { current: null };
    const inTeardown = tearing(bench);
    const fault = once((call) => inTeardown() && call.name === name && call.what === what, fate);
    const ready = await aDrillBench({ fault });
    bench.current = ready;
    const record = await runDrill(ready.plan, ready.world);
    ready.lab.advance(3_600);
    expect({ result: record.result, cause: record.cause, left: scratchIn(ready) }).toEqual({
      result: 'passed',
      cause: null,
      left: [],
    });
  });
});

describe('a deletion that is denied', () => {
  const denied = (action: string): BenchOptions => ({
    tamper: (call) => (call.action === action ? queryError(403, 'AccessDenied') : null),
  });

  it.each([
    ['DeleteDBInstance', SCRATCH],
    ['DeleteDBCluster', [SCRATCH[0]]],
  ] as const)('(%s) ends the drill as leaked, and the sweep still finds what is left', async (action, left) => {
    const bench = await aDrillBench(denied(action));
    const record = await runDrill(bench.plan, bench.world);
    expect(record.result).toBe('leaked');
    expect(record.cause).toMatch(/^scratch not removed: .*was denied/);
    expect(record.scratch).toEqual({ cluster: SCRATCH[0], instance: SCRATCH[1] });
    expect(scratchIn(bench)).toEqual(left);
    expect((await journalOf(bench)).at(-1)).toBe('end leaked');

    const swept = await sweepScratch({ dryRun: true, endpoint: bench.plan.endpoint }, bench.world);
    expect(swept.map(({ id, result }) => `${id} ${result}`).sort()).toEqual(left.map((id) => `${id} would_delete`));
  });

  it('of a scratch whose tags somebody took away ends as leaked, and it is not touched', async () => {
    let bench: DrillBench | null = null;
    bench = await aDrillBench({
      fault: () => {
        if (bench?.trace.some((line) => line.startsWith('done set_password'))) stripTags(bench);
        return null;
      },
    });
    const record = await runDrill(bench.plan, bench.world);
    expect(record.result).toBe('leaked');
    expect(bench.trace.filter((line) => line.startsWith('call delete'))).toEqual([]);
    expect(scratchIn(bench)).toEqual(SCRATCH);
  });
});

describe('an interruption', () => {
  it.each([
    ['before anything is made', 'begin begin', 0],
    ['while the restore is requested', 'intend restore_cluster', 1],
    ['while the instance is requested', 'intend add_instance', 1],
    ['while the password is set', 'intend set_password', 1],
    ['during the teardown', 'intend delete_instance', 1],
  ])('%s leaves nothing', async (_, moment, made) => {
    const bench = await aDrillBench();
    const stop = new AbortController();
    const { journal } = bench.world.store;
    const store: DrillBench['world']['store'] = {
      ...bench.world.store,
      journal: async (entry) => {
        await journal(entry);
        if (`${entry.event} ${entry.step}` === moment) stop.abort();
      },
    };
    const record = await runDrill(bench.plan, { ...bench.world, store }, { signal: stop.signal });
    expect(record.result).toBe(moment === 'intend delete_instance' ? 'passed' : 'aborted');
    expect(bench.trace.some((line) => line.startsWith('call restoreCluster'))).toBe(made === 1);
    expect(scratchIn(bench)).toEqual([]);
  });
});

function stripTags(bench: DrillBench): void {
  for (const place of Object.values(bench.lab.world().places)) {
    for (const thing of [...place.clusters, ...place.instances]) {
      if (thing.identifier.startsWith('muster-scratch-')) Object.assign(thing, { tags: [] });
    }
  }
}
