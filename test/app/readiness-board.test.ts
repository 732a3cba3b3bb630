/**
 * The board of current readiness: what it shows, and that a ready verdict on it never outlives what it rests on.
 *
 * The clock stands until a test moves it; the store is a real one in memory that counts who asks.
 */

import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import type { Known } from '../../src/app/known-inventory.ts';
import { createReadinessBoard } from '../../src/app/readiness-board.ts';
import { MusterError } from '../../src/core/errors.ts';
import { addDays, addSeconds } from '../../src/core/time.ts';
import type { RecoveryPoint } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { aCluster, aDatabase, aDrill, anInventory, aPoint, NOW } from '../support/builders.ts';

const ORDERS = aDatabase();
const COURSES = aCluster();
const STALE = addDays(NOW, -1);

function ofOrders(point: Partial<RecoveryPoint> = {}, observedAt = NOW) {
  return anInventory({ observedAt, databases: [ORDERS], recoveryPoints: [aPoint(ORDERS, point)] });
}

/** A world around one inventory, in which orders was drilled an hour ago. */
async function aWorld(known: Known | null = { inventory: ofOrders(), outdated: [] }) {
  let [seconds, judgements, now] = [0, 0, known];
  const memory = createMemoryStore({ now: () => addSeconds(NOW, seconds) });
  await memory.recordDrill(aDrill(ORDERS));
  const drills = async () => {
    judgements += 1;
    return memory.drills();
  };
  const store = { ...memory, drills };
  const clock = { now: () => addSeconds(NOW, seconds), elapsed: () => seconds };
  const world = { clock, store, known: { current: async () => now }, policy: DEFAULT_POLICY };
  const boards = createReadinessBoard(world);
  return {
    boards,
    store,
    pass: (more: number) => {
      seconds += more;
    },
    knows: (next: Known | null) => {
      now = next;
    },
    judgements: () => judgements,
    world,
    /** What is shown of orders to whoever asks now. */
    shown: async () => {
      const board = boards.held() ?? (await boards.current());
      return board?.summaries.find(({ identifier }) => identifier === 'orders')?.verdict ?? null;
    },
  };
}

describe('a board', () => {
  it('shows every database in a line, by ARN', async () => {
    const inventory = anInventory({ databases: [ORDERS, COURSES], recoveryPoints: [aPoint(ORDERS)] });
    const { boards } = await aWorld({ inventory, outdated: [] });
    const board = await boards.current();
    expect(board?.summaries.map(({ identifier, verdict }) => `${identifier} ${verdict}`)).toEqual([
      'courses not_ready',
      'orders ready',
    ]);
    expect(board?.verdict).toBe('not_ready');
    expect(board?.summaries[1]).toMatchObject({
      scope: { accountId: '123456789012', region: 'eu-west-1' },
      reasons: [],
      lastSurvivorEndsAt: null,
      restoreSeconds: { n: 1 },
      validUntil: addSeconds(NOW, 3_600),
    });
  });

  it('shows one database in full, by its resource id or its ARN', async () => {
    const { boards } = await aWorld();
    const board = await boards.current();
    const text = board?.database(ORDERS.resourceId) ?? '';
    expect(JSON.parse(text)).toMatchObject({
      formatVersion: '1',
      at: NOW,
      inventoryObservedAt: NOW,
      policyDigest: board?.policyDigest,
      identifier: 'orders',
      verdict: 'ready',
    });
    expect(board?.database(ORDERS.arn)).toBe(text);
    expect(board?.database('orders')).toBeNull();
  });

  it('shows neither of two databases by a resource id that both bear', async () => {
    const twin = aDatabase({ region: 'us-east-1', arn: ORDERS.arn.replace('eu-west-1', 'us-east-1') });
    const { boards } = await aWorld({ inventory: anInventory({ databases: [ORDERS, twin] }), outdated: [] });
    const board = await boards.current();
    expect(board?.database(ORDERS.resourceId)).toBeNull();
    expect(board?.database(twin.arn)).toContain('us-east-1');
  });

  it('is unknown as a whole where databases may be hidden', async () => {
    const { region, accountId } = ORDERS;
    const where = { region, accountId };
    const gap = { what: 'DB instances', where, action: 'rds:DescribeDBInstances', cause: 'denied', hides: 'databases' };
    const { boards } = await aWorld({ inventory: { ...ofOrders(), gaps: [gap as never] }, outdated: [] });
    expect((await boards.current())?.verdict).toBe('unknown');
  });

  it('there is none before a place was read', async () => {
    const { boards } = await aWorld(null);
    expect(await boards.current()).toBeNull();
  });

  it('of an outdated place lists its databases, none of them ready', async () => {
    const outdated = [ofOrders({}, STALE)];
    const { boards, shown } = await aWorld({ inventory: anInventory(), outdated });
    expect(await shown()).toBe('unknown');
    expect((await boards.current())?.summaries[0]?.reasons).toContain('inventory_stale');
  });

  it('takes a place that is called outdated for outdated, whatever age the policy allows', async () => {
    const { shown } = await aWorld({ inventory: anInventory(), outdated: [ofOrders({}, addSeconds(NOW, -600))] });
    expect(await shown()).toBe('unknown');
  });
});

describe('a ready verdict', () => {
  it('is not shown from the instant on at which it ends', async () => {
    // A day old in half a second, and a day is what the policy allows.
    const dataAt = addSeconds(NOW, 0.5 - 86_400);
    const { shown, pass, boards } = await aWorld({ inventory: ofOrders({ dataAt, createdAt: dataAt }), outdated: [] });
    expect(await shown()).toBe('ready');
    pass(0.499);
    expect(boards.held()).not.toBeNull();
    pass(0.001);
    expect(boards.held()).toBeNull();
    pass(0.001);
    expect(await shown()).toBe('not_ready');
  });

  it('is not shown once the inventory is too old', async () => {
    const observedAt = addSeconds(NOW, 0.5 - DEFAULT_POLICY.inventorySecondsMax);
    const { shown, pass, boards } = await aWorld({ inventory: ofOrders({}, observedAt), outdated: [] });
    expect(await shown()).toBe('ready');
    pass(0.5);
    expect(boards.held()).toBeNull();
    pass(0.001);
    expect(await shown()).toBe('unknown');
  });

  it('is not shown while the clock stands before the instant at which it was judged', async () => {
    const { shown, pass, boards } = await aWorld();
    expect(await shown()).toBe('ready');
    pass(-3_600);
    expect(boards.held()).toBeNull();
    // Judged anew, the reading lies in the future, which proves nothing.
    expect(await shown()).toBe('unknown');
  });
});

describe('a change', () => {
  it('that is a failed drill shows within a second', async () => {
    const { shown, pass, store } = await aWorld();
    expect(await shown()).toBe('ready');
    await store.recordDrill(aDrill(ORDERS, { drillId: 'd2', result: 'failed', grade: 'restored', endedAt: NOW }));
    pass(1);
    expect(await shown()).not.toBe('ready');
  });

  it('that is a new reading shows within a second', async () => {
    const { shown, pass, knows } = await aWorld();
    expect(await shown()).toBe('ready');
    knows({ inventory: anInventory({ databases: [ORDERS] }), outdated: [] });
    pass(1);
    expect(await shown()).toBe('not_ready');
  });

  it('that tells nothing of a database has nothing judged again', async () => {
    const { shown, pass, store, judgements } = await aWorld();
    await shown();
    const what = { kind: 'alive' } as const;
    await store.journal({ at: NOW, drillId: 'd9', runner: 'r', what });
    pass(1);
    expect(await shown()).toBe('ready');
    expect(judgements()).toBe(1);
  });
});

describe('judging', () => {
  it('is done once for everybody who asks at the same time', async () => {
    const { boards, judgements } = await aWorld();
    const shown = await Promise.all(Array.from({ length: 50 }, () => boards.current()));
    expect(new Set(shown).size).toBe(1);
    expect(judgements()).toBe(1);
  });

  it('is done again after ten seconds though nothing was written', async () => {
    const { shown, pass, judgements } = await aWorld();
    for (const seconds of [0, 1, 8.9]) {
      pass(seconds);
      await shown();
    }
    expect(judgements()).toBe(1);
    pass(0.1);
    await shown();
    expect(judgements()).toBe(2);
  });

  it('looks for changes once a second at most', async () => {
    const { world } = await aWorld();
    let looks = 0;
    const known = {
      current: async () => {
        looks += 1;
        return world.known.current();
      },
    };
    const boards = createReadinessBoard({ ...world, known });
    for (let asked = 0; asked < 100; asked += 1) boards.held() ?? (await boards.current());
    expect(looks).toBe(1);
  });

  it('that fails is told, and tried again', async () => {
    const { world, store } = await aWorld();
    let down = true;
    const head = async () => {
      if (down) throw new MusterError('MUSTER_STORE_UNREACHABLE', 'the store does not answer');
      return store.chain.head();
    };
    const boards = createReadinessBoard({ ...world, store: { ...store, chain: { ...store.chain, head } } });
    await expect(boards.current()).rejects.toThrow('does not answer');
    down = false;
    expect((await boards.current())?.summaries).toHaveLength(1);
  });

  it('shows nothing of before while the store cannot be looked at', async () => {
    const { world, store, pass } = await aWorld();
    let down = false;
    const head = async () => {
      if (down) throw new MusterError('MUSTER_STORE_UNREACHABLE', 'the store does not answer');
      return store.chain.head();
    };
    const boards = createReadinessBoard({ ...world, store: { ...store, chain: { ...store.chain, head } } });
    await boards.current();
    down = true;
    pass(1);
    expect(boards.held()).toBeNull();
    await expect(boards.current()).rejects.toThrow('does not answer');
  });
});
