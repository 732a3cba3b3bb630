/**
 * Assessing databases, and finding them by name: what is not there, or there twice, is refused by name.
 */

import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { assess, findDatabase } from '../../src/app/assess.ts';
import type { PrincipalAuthority } from '../../src/authority/authority.ts';
import { addSeconds } from '../../src/core/time.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { LOSSES } from '../../src/survival/losses.ts';
import { aCluster, aDatabase, aDrill, anInventory, aPoint, NOW } from '../support/builders.ts';

const ORDERS = aDatabase();
const COURSES = aCluster();
const INVENTORY = anInventory({ databases: [ORDERS, COURSES], recoveryPoints: [aPoint(ORDERS)] });

function aWorld(store = createMemoryStore()) {
  return { clock: { now: () => NOW, elapsed: () => 0, sleep: async () => undefined }, store };
}

function ask(names: readonly string[], world = aWorld()) {
  return assess({ inventory: INVENTORY, policy: DEFAULT_POLICY, names }, world);
}

describe('a name', () => {
  it.each([
    ['an identifier', ORDERS.identifier],
    ['a resource id', ORDERS.resourceId],
    ['an ARN', ORDERS.arn],
  ])('that is %s finds its database', (_, name) => {
    expect(findDatabase(INVENTORY, name)).toBe(ORDERS);
  });

  it('that nothing bears is refused, with the names that there are', () => {
    expect(() => findDatabase(INVENTORY, 'order')).toThrow(
      expect.objectContaining({
        code: 'MUSTER_DATABASE_NOT_FOUND',
        exit: 10,
        message: 'no database is called order; known: orders, courses',
      }),
    );
  });

  it('is refused in an empty account', () => {
    expect(() => findDatabase(anInventory(), 'orders')).toThrow(/known: none$/);
  });

  it('that two databases bear is refused, and an ARN tells them apart', () => {
    const elsewhere = aDatabase({
      region: 'us-east-1',
      arn: ORDERS.arn.replace('eu-west-1', 'us-east-1'),
      resourceId: 'db-OTHER',
    });
    const inventory = anInventory({ databases: [ORDERS, elsewhere] });
    expect(() => findDatabase(inventory, 'orders')).toThrow(
      expect.objectContaining({
        code: 'MUSTER_DATABASE_NOT_FOUND',
        message: '2 databases are called orders; name one by its ARN',
      }),
    );
    expect(findDatabase(inventory, elsewhere.arn)).toBe(elsewhere);
  });
});

describe('an assessment', () => {
  it('of no name in particular covers every database, and its verdict is the worst', async () => {
    const { databases, verdict } = await ask([]);
    expect(databases.map((view) => `${view.identifier} ${view.verdict}`)).toEqual([
      'orders unknown',
      'courses not_ready',
    ]);
    expect(verdict).toBe('not_ready');
  });

  it('of one name covers that one', async () => {
    expect((await ask(['orders'])).databases.map(({ identifier }) => identifier)).toEqual(['orders']);
  });

  it('of an unknown name among known ones is refused as a whole', async () => {
    await expect(ask(['orders', 'nothing'])).rejects.toThrow(/nothing/);
  });

  it('of an empty account is unknown, never ready', async () => {
    const empty = { inventory: anInventory(), policy: DEFAULT_POLICY, names: [] };
    expect((await assess(empty, aWorld())).verdict).toBe('unknown');
  });

  it('cites the drills in the store', async () => {
    const store = createMemoryStore();
    await store.recordDrill(aDrill(ORDERS));
    const { databases, verdict } = await ask(['orders'], aWorld(store));
    expect(verdict).toBe('ready');
    expect(databases[0]?.restoreSeconds).toMatchObject({ p50: 720, n: 1 });
  });

  it('tells what each loss would leave, in figures, those of a principal last', async () => {
    const { databases, at } = await ask(['orders']);
    const rows = databases[0]?.survivorsByLoss ?? [];
    expect(rows.map(({ loss }) => loss)).toEqual([...LOSSES]);
    expect(rows[0]).toEqual({
      loss: 'database_deleted',
      left: 1,
      newestAt: addSeconds(at, -3_600),
      dataLossSeconds: 3_600,
      until: null,
      unknown: 0,
    });
    expect(rows.find(({ loss }) => loss === 'region_lost')).toMatchObject({ left: 0, newestAt: null, unknown: 0 });
    const known: PrincipalAuthority = {
      principal: ORDERS.arn,
      origin: 'simulation',
      source: 'test',
      permits: () => 'denied',
      gaps: [],
    };
    const asked = { inventory: INVENTORY, policy: DEFAULT_POLICY, names: ['orders'], authority: known };
    expect((await assess(asked, aWorld())).databases[0]?.survivorsByLoss?.at(-1)?.loss).toBe('principal_reach');
  });

  it('tells the restore time of each kind that survives or was drilled, and lends none to another', async () => {
    const store = createMemoryStore();
    await store.recordDrill(aDrill(ORDERS, { claim: 'pitr' }));
    await store.recordDrill(aDrill(COURSES));
    const { databases } = await ask(['orders'], aWorld(store));
    expect(databases[0]?.restoreTimes).toMatchObject([
      { claim: 'snapshot', p50: null, n: 0, conditions: null },
      { claim: 'pitr', p50: 720, n: 1 },
    ]);
  });

  it('of more than fifty tells no survivors by loss, unless each is to be told whole', async () => {
    const estate = (size: number) =>
      anInventory({
        databases: Array.from({ length: size }, (_, index) => {
          const name = `db${index}`;
          return aDatabase({ identifier: name, resourceId: `db-${name}`, arn: ORDERS.arn.replace('orders', name) });
        }),
      });
    const told = async (size: number, whole?: boolean) => {
      const asked = { inventory: estate(size), policy: DEFAULT_POLICY, names: [], ...(whole && { whole }) };
      const { databases } = await assess(asked, aWorld());
      return databases.filter(({ survivorsByLoss, restoreTimes }) => survivorsByLoss && restoreTimes).length;
    };
    expect([await told(50), await told(51), await told(51, true)]).toEqual([50, 0, 51]);
  });

  it('keeps nothing: a report is no decision', async () => {
    const store = createMemoryStore();
    await ask([], aWorld(store));
    expect(await store.decisions()).toEqual([]);
  });
});
