/**
 * One run's hold on a drill: what it writes, when it has lost it, and the time it goes by.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import type { Store } from '../../src/app/ports.ts';
import { isFree, Lost, Tenure } from '../../src/app/tenure.ts';
import { addSeconds, type Seconds } from '../../src/core/time.ts';
import { logOf } from '../../src/drill/journal.ts';
import { NOW } from '../support/builders.ts';
import { aDrillPlan } from '../support/drill-plans.ts';

/** Far beyond any test. */
const LATE = addSeconds(NOW, 86_400);

let store: Store;
let wall: Seconds;
let steady: Seconds;
/** Whoever sleeps goes on when this is called. */
let wake: (() => void) | null;

const gone = new Set<string>();
const presence = { runner: (token: string) => token, isGone: (runner: string) => gone.has(runner) };

const clock = {
  now: () => addSeconds(NOW, wall),
  elapsed: () => steady,
  sleep: (_seconds: Seconds, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      wake = resolve;
      signal?.addEventListener('abort', () => reject(signal.reason));
    }),
};

function pass(seconds: Seconds): void {
  wall += seconds;
  steady += seconds;
}

async function begun(): Promise<Tenure> {
  const tenure = new Tenure({ store, clock, presence }, 'abc', 'first');
  await tenure.write({ kind: 'begin', plan: aDrillPlan('instance') });
  return tenure;
}

const other = () => new Tenure({ store, clock, presence }, 'abc', 'second');
const lines = async () => (await store.journalEntries()).map(({ runner, what }) => `${runner} ${what.kind}`);

beforeEach(() => {
  store = createMemoryStore();
  wall = 0;
  steady = 0;
  wake = null;
  gone.clear();
});

describe('the time of a run', () => {
  it('is the clock’s while the clock behaves', async () => {
    const tenure = await begun();
    pass(60);
    expect(tenure.now()).toBe(addSeconds(NOW, 60));
  });

  it('goes on when the clock is set back', async () => {
    const tenure = await begun();
    pass(60);
    wall -= 3_600;
    expect(tenure.now()).toBe(addSeconds(NOW, 60));
    pass(30);
    expect(tenure.now()).toBe(addSeconds(NOW, 90));
  });

  it('goes on when the machine slept and the steady clock stood still', async () => {
    const tenure = await begun();
    wall += 7_200;
    expect(tenure.now()).toBe(addSeconds(NOW, 7_200));
  });

  it('never goes back from a jump ahead', async () => {
    const tenure = await begun();
    wall += 7_200;
    tenure.now();
    wall -= 7_200;
    expect(tenure.now()).toBe(addSeconds(NOW, 7_200));
  });
});

describe('a drill', () => {
  it('is not taken over while its run shows that it lives', async () => {
    await begun();
    pass(179);
    expect(await other().claim()).toBeNull();
    pass(1);
    expect((await other().claim())?.owner).toBe('second');
  });

  it('goes to the first of two claims', async () => {
    await begun();
    pass(180);
    const third = new Tenure({ store, clock, presence }, 'abc', 'third');
    expect((await other().claim())?.owner).toBe('second');
    expect(await third.claim()).toBeNull();
  });

  it('can be taken at once when it was let go', async () => {
    const tenure = await begun();
    await tenure.write({ kind: 'release' });
    expect((await other().claim())?.owner).toBe('second');
  });

  it('is lost to the run that had it, whatever that one writes', async () => {
    const tenure = await begun();
    await expect(tenure.hold()).resolves.toBeUndefined();
    pass(180);
    await other().claim();
    await tenure.write({ kind: 'alive' });
    await expect(tenure.hold()).rejects.toBeInstanceOf(Lost);
    await expect(other().hold()).resolves.toBeUndefined();
  });

  it('is taken over at no earlier time than its last line', async () => {
    await begun();
    pass(180);
    const late = other();
    wall -= 90;
    steady -= 90;
    const early = new Tenure({ store, clock, presence }, 'abc', 'third');
    expect(await early.claim()).toBeNull();
    pass(90);
    await late.claim();
    expect(late.now() >= addSeconds(NOW, 180)).toBe(true);
  });
});

describe('a run that only waits', () => {
  it('signs every 45 seconds and not more often', async () => {
    const tenure = await begun();
    pass(44);
    await tenure.sign();
    expect(await lines()).toEqual(['first begin']);
    pass(1);
    await tenure.sign();
    await tenure.sign();
    expect(await lines()).toEqual(['first begin', 'first alive']);
  });

  it('learns on signing that it has lost the drill', async () => {
    const tenure = await begun();
    pass(180);
    await other().claim();
    await expect(tenure.sign()).rejects.toBeInstanceOf(Lost);
  });
});

describe('a run that takes over with a clock behind', () => {
  it('goes on from the time of the run before', async () => {
    const tenure = await begun();
    pass(900);
    await tenure.write({ kind: 'release' });
    wall -= 500;
    const next = other();
    expect((await next.claim())?.owner).toBe('second');
    expect(next.now()).toBe(addSeconds(NOW, 900));
  });
});

describe('work that takes long', () => {
  it('is signed for meanwhile, and no longer', async () => {
    const tenure = await begun();
    const answer = await tenure.signingWhile(async () => {
      for (let round = 0; round < 3; round += 1) {
        pass(45);
        wake?.();
        await settled();
      }
      return 'done';
    }, LATE);
    expect(answer).toBe('done');
    expect(await lines()).toEqual(['first begin', 'first alive', 'first alive', 'first alive']);
  });

  it('is not ended by a lost drill; the run finds out before its next call', async () => {
    const tenure = await begun();
    const answer = await tenure.signingWhile(async () => {
      pass(180);
      await other().claim();
      wake?.();
      await settled();
      return 'done';
    }, LATE);
    expect(answer).toBe('done');
    await expect(tenure.hold()).rejects.toBeInstanceOf(Lost);
  });

  it('hands on what it throws', async () => {
    const tenure = await begun();
    await expect(tenure.signingWhile(() => Promise.reject(new Error('connection lost')), LATE)).rejects.toThrow(
      'connection lost',
    );
  });
});

describe('work past the deadline', () => {
  it('is told to stop at the next sign, not before', async () => {
    const tenure = await begun();
    const told = await tenure.signingWhile(
      async (late) => {
        const seen: boolean[] = [];
        for (let round = 0; round < 3; round += 1) {
          pass(45);
          wake?.();
          await settled();
          seen.push(late.aborted);
        }
        return seen;
      },
      addSeconds(NOW, 90),
    );
    expect(told).toEqual([false, true, true]);
  });
});

describe('a run whose process has surely ended', () => {
  it('gives its drill up at once', async () => {
    await begun();
    expect(await other().claim()).toBeNull();
    gone.add('first');
    expect((await other().claim())?.owner).toBe('second');
    const log = logOf(await store.journalEntries(), 'abc') ?? expect.unreachable();
    expect(isFree(log, { clock, presence })).toBe(false);
    gone.add('second');
    expect(isFree(log, { clock, presence })).toBe(true);
  });
});

/** Everything that does not wait for a clock has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
