/**
 * What every desk and its runners do alike with jobs: keys, queues, attempts, pauses, the end of a service.
 *
 * Whether two of a queue run at once is counted by the handlers themselves; nothing here waits for a time to pass.
 */

import { describe, expect, it } from 'vitest';
import type { Desk, Handler, JobRunner } from '../../../src/app/desk-port.ts';
import { NOW } from '../../support/builders.ts';
import { aJob, anAlert, type DeskKind, handling, until, useDesks } from './desk-kinds.ts';

/** A runner at work, and how to end its service. */
function startRunner(runner: JobRunner, handle: Handler, concurrency = 4) {
  const service = new AbortController();
  const over = runner.run(
    handling((_, payload, context) => handle(payload, context)),
    { concurrency, signal: service.signal },
  );
  return {
    stop: async () => {
      service.abort(new Error('the service stops'));
      await over;
    },
  };
}

/** A handler that waits until it is let go, or its service ends. */
function createGate() {
  const open: (() => void)[] = [];
  let begun = 0;
  return {
    begun: () => begun,
    handler: ((_, { signal }) =>
      new Promise((resolve, reject) => {
        begun += 1;
        open.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason));
      })) as Handler,
    letGo: () => {
      for (const resolve of open.splice(0)) resolve();
    },
  };
}

const backlogOf = async (desk: Desk) => {
  const [only] = await desk.backlog();
  return only === undefined ? [0, 0, 0] : [only.waiting, only.running, only.failed];
};
const isDone = (desk: Desk) => async () => (await backlogOf(desk)).every((count) => count === 0);

describe.each(useDesks())('jobs of a desk %s', (_, kind: DeskKind) => {
  it('run once each, with their payload, and are gone', async () => {
    const { desk, runner } = kind.open();
    const payloads = [{ text: 'a\u0000\ud800"', number: 1.5, yes: true, none: null }, { n: 2 }, { n: 3 }];
    const seen: unknown[] = [];
    await desk.add(payloads.map((payload) => aJob({ payload })));
    const service = startRunner(runner, async (payload, { attempt, attemptsMax, signal }) => {
      seen.push([payload, attempt, attemptsMax, signal.aborted]);
    });
    await until(kind, isDone(desk));
    await service.stop();
    expect(seen).toEqual(expect.arrayContaining(payloads.map((payload) => [payload, 1, 5, false])));
    expect(seen).toHaveLength(3);
  });

  it('go to the handler of their task', async () => {
    const { desk, runner } = kind.open();
    await desk.add([aJob({ task: 'ship' }), aJob({ task: 'drill' }), aJob({ task: 'watch' })]);
    expect((await desk.backlog()).map(({ task }) => task)).toEqual(['watch', 'drill', 'ship']);
    const tasks: string[] = [];
    const service = new AbortController();
    const over = runner.run(
      handling(async (task) => void tasks.push(task)),
      { concurrency: 1, signal: service.signal },
    );
    await until(kind, () => tasks.length === 3);
    service.abort();
    await over;
    expect(tasks.toSorted()).toEqual(['drill', 'ship', 'watch']);
  });

  it('that are added while a runner waits are run, by whichever desk of the place they were added', async () => {
    const { runner, desk } = kind.open();
    let ran = 0;
    const service = startRunner(runner, async () => {
      ran += 1;
    });
    await until(kind, isDone(desk));
    await kind.open().desk.add([aJob()]);
    await until(kind, () => ran === 1);
    await desk.fire({ name: 'sweep', dueAt: NOW, jobs: [aJob()] });
    await until(kind, () => ran === 2);
    await desk.settle({ cursor: 1, standings: [], gone: [], alerts: [{ alert: anAlert('a'), jobs: [aJob()] }] }, null);
    await until(kind, () => ran === 3);
    await service.stop();
    expect(await backlogOf(desk)).toEqual([0, 0, 0]);
  });

  it('wait as long as they are to', async () => {
    const { desk, runner } = kind.open();
    const seen: unknown[] = [];
    await desk.add([aJob({ payload: { n: 'late' }, delaySeconds: 30_000 }), aJob({ payload: { n: 'now' } })]);
    const service = startRunner(runner, async ({ n }) => void seen.push(n));
    await until(kind, async () => seen.length === 1 && (await backlogOf(desk))[1] === 0);
    expect([seen, await backlogOf(desk)]).toEqual([['now'], [1, 0, 0]]);
    await kind.hurry();
    await until(kind, () => seen.length === 2);
    await service.stop();
    expect(seen).toEqual(['now', 'late']);
  });

  it('of a key that waits are not added again, in one batch or in several, nor by twenty at once', async () => {
    const { desk } = kind.open();
    await desk.add([aJob({ key: 'k', payload: { n: 1 } }), aJob({ key: 'k', payload: { n: 2 } })]);
    const desks = [desk, kind.open().desk];
    await Promise.all(Array.from({ length: 20 }, (__, index) => desks[index % 2]?.add([aJob({ key: 'k' })])));
    await desk.add([aJob({ key: 'other' }), aJob(), aJob()]);
    expect(await backlogOf(desk)).toEqual([4, 0, 0]);
  });

  it('of a key are added once more while one runs', async () => {
    const { desk, runner } = kind.open();
    const gate = createGate();
    await desk.add([aJob({ key: 'k' })]);
    const service = startRunner(runner, gate.handler);
    await until(kind, () => gate.begun() === 1);
    for (let time = 0; time < 3; time += 1) await desk.add([aJob({ key: 'k', delaySeconds: 30_000 })]);
    expect(await backlogOf(desk)).toEqual([1, 1, 0]);
    gate.letGo();
    await until(kind, async () => (await backlogOf(desk))[1] === 0);
    await service.stop();
    expect(await backlogOf(desk)).toEqual([1, 0, 0]);
  });

  it('that failed wait under their key still, and keep their attempts', async () => {
    const { desk, runner } = kind.open();
    const attempts: number[] = [];
    await desk.add([aJob({ key: 'k', attemptsMax: 2 })]);
    const service = startRunner(runner, async (__, { attempt }) => {
      attempts.push(attempt);
      throw new Error('not yet');
    });
    await until(kind, async () => attempts.length === 1 && (await backlogOf(desk))[1] === 0);
    await desk.add([aJob({ key: 'k' })]);
    expect(await backlogOf(desk)).toEqual([1, 0, 0]);
    await kind.hurry();
    await until(kind, async () => (await backlogOf(desk))[2] === 1);
    await service.stop();
    expect(attempts).toEqual([1, 2]);
  });

  it('that were given up stand in nobody’s way', async () => {
    const { desk, runner } = kind.open();
    await desk.add([aJob({ key: 'k', queue: 'q', attemptsMax: 1 })]);
    let fails = true;
    let ran = 0;
    const service = startRunner(runner, async () => {
      ran += 1;
      if (fails) throw new Error('never');
    });
    await until(kind, async () => (await backlogOf(desk))[2] === 1);
    fails = false;
    await desk.add([aJob({ key: 'k', queue: 'q' })]);
    await until(kind, async () => ran === 2 && (await backlogOf(desk))[1] === 0);
    await service.stop();
    expect(await backlogOf(desk)).toEqual([0, 0, 1]);
  });

  it('that fail pause before they come again', async () => {
    const { desk, runner } = kind.open();
    const seen: string[] = [];
    await desk.add([aJob({ payload: { n: 'bad' } })]);
    const service = startRunner(
      runner,
      async ({ n }) => {
        seen.push(String(n));
        if (n === 'bad') throw new Error('not yet');
      },
      1,
    );
    await until(kind, async () => seen.length === 1 && (await backlogOf(desk))[1] === 0);
    // One hand: had the first been due again at once, it would come before the second.
    await desk.add([aJob({ payload: { n: 'good' } })]);
    await until(kind, () => seen.length === 2);
    await service.stop();
    expect(seen).toEqual(['bad', 'good']);
  });

  it('of one queue never overlap, over several runners; others do', async () => {
    const parts = [kind.open(), kind.open(), kind.open()];
    const now = new Map<string, number>();
    let most = 0;
    let ofQueue = 0;
    let ran = 0;
    const enter = (queue: string, by: number) => now.set(queue, (now.get(queue) ?? 0) + by);
    const handle: Handler = async ({ queue }) => {
      enter(String(queue), 1);
      ofQueue = Math.max(ofQueue, ...now.values());
      most = Math.max(
        most,
        [...now.values()].reduce((sum, count) => sum + count, 0),
      );
      for (let turn = 0; turn < 3; turn += 1) await kind.turn();
      enter(String(queue), -1);
      ran += 1;
    };
    const queues = ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c', 'a', 'a', 'a'];
    await parts[0]?.desk.add(queues.map((queue) => aJob({ queue, payload: { queue } })));
    const services = parts.map(({ runner }) => startRunner(runner, handle, 3));
    await until(kind, () => ran === queues.length);
    await Promise.all(services.map(({ stop }) => stop()));
    expect(ofQueue).toBe(1);
    expect(most).toBeGreaterThan(1);
  });

  it('run no more at once than a runner has hands', async () => {
    const { desk, runner } = kind.open();
    const gate = createGate();
    await desk.add(Array.from({ length: 5 }, () => aJob()));
    const service = startRunner(runner, gate.handler, 2);
    await until(kind, () => gate.begun() === 2);
    for (let turn = 0; turn < 10; turn += 1) await kind.turn();
    expect([gate.begun(), await backlogOf(desk)]).toEqual([2, [3, 2, 0]]);
    await service.stop();
  });

  it('that the end of their service cuts short come again, and it was no attempt', async () => {
    const { desk, runner } = kind.open();
    const gate = createGate();
    await desk.add([aJob({ queue: 'q', attemptsMax: 1 })]);
    const first = startRunner(runner, gate.handler);
    await until(kind, () => gate.begun() === 1);
    await first.stop();
    expect(await backlogOf(desk)).toEqual([1, 0, 0]);
    let attempts = 0;
    const second = startRunner(kind.open().runner, async (__, { attempt }) => {
      attempts = attempt;
    });
    await until(kind, isDone(desk));
    await second.stop();
    expect(attempts).toBe(1);
  });

  it('that end well though their service stops are done', async () => {
    const { desk, runner } = kind.open();
    await desk.add([aJob()]);
    let begun = false;
    const service = startRunner(runner, (__, { signal }) => {
      begun = true;
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    });
    await until(kind, () => begun);
    await service.stop();
    expect(await backlogOf(desk)).toEqual([0, 0, 0]);
  });

  it('of long keys and queues are told apart', async () => {
    const { desk, runner } = kind.open();
    const long = 'x'.repeat(600);
    await desk.add([`${long}1`, `${long}2`, `${long}1`].map((key) => aJob({ key, queue: key })));
    expect(await backlogOf(desk)).toEqual([2, 0, 0]);
    const gate = createGate();
    const service = startRunner(runner, gate.handler);
    await until(kind, () => gate.begun() === 2);
    gate.letGo();
    await until(kind, isDone(desk));
    await service.stop();
  });
});
