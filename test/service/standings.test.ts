/** How databases stand: by fresh sights and by old ones, behind a refused reading, and once they are gone. */

import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import type { Standing } from '../../src/alert/standing.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { standsOf } from '../../src/service/standings.ts';
import { aDatabase, anInventory, hoursAgo, NOW, SCOPE } from '../support/builders.ts';

const orders = aDatabase();

function stands(inventory: Inventory, before: readonly Standing[] = [], outdated: readonly Inventory[] = []) {
  const clock = { now: () => NOW, elapsed: () => 0, sleep: async () => undefined };
  const known = { inventory, outdated };
  return standsOf({ known, before, policy: DEFAULT_POLICY, endingDays: [7] }, { store: createMemoryStore(), clock });
}

async function stoodBefore(): Promise<readonly Standing[]> {
  return (await stands(anInventory({ databases: [orders] }))).standings;
}

describe('a database', () => {
  it('that is seen stands as it is judged', async () => {
    const { standings, views, gone } = await stands(anInventory({ databases: [orders] }));
    expect(standings.map(({ databaseArn, verdict }) => [databaseArn, verdict])).toEqual([[orders.arn, 'not_ready']]);
    expect([views.length, gone]).toEqual([1, []]);
  });

  it('that a complete reading shows no more is gone', async () => {
    const { standings, gone } = await stands(anInventory({ databases: [] }), await stoodBefore());
    expect([standings, gone]).toEqual([[], [orders.arn]]);
  });

  it('that a refused reading may hide is unknown and not gone', async () => {
    const gap = { what: 'databases', where: SCOPE, action: 'rds:DescribeDBInstances', cause: 'AccessDenied' };
    const gaps = [{ ...gap, hides: 'databases' as const }];
    const { standings, gone } = await stands(anInventory({ databases: [], gaps }), await stoodBefore());
    expect(standings.map(({ databaseArn, verdict }) => [databaseArn, verdict])).toEqual([[orders.arn, 'unknown']]);
    expect(gone).toEqual([]);
  });

  it('of a place that was not read for too long still stands, by a sight that is too old', async () => {
    const old = anInventory({ databases: [orders], observedAt: hoursAgo(30) });
    const { standings, gone } = await stands(anInventory({ databases: [] }), await stoodBefore(), [old]);
    expect(standings.map(({ databaseArn }) => databaseArn)).toEqual([orders.arn]);
    expect(standings[0]?.reasons).toContain('inventory_stale');
    expect(gone).toEqual([]);
  });

  it('that AWS deletes already was alive when it was last seen without that', async () => {
    const before = await stoodBefore();
    expect(before.map(({ resourceId, aliveAt }) => [resourceId, aliveAt])).toEqual([[orders.resourceId, hoursAgo(0)]]);
    const dying = anInventory({ databases: [aDatabase({ status: 'deleting' })] });
    const longAgo = before.map((stood) => ({ ...stood, aliveAt: hoursAgo(2) }));
    const [now] = (await stands(dying, longAgo)).standings;
    expect(now?.aliveAt).toBe(hoursAgo(2));
  });

  it('that bears the name of another is judged as one that was never seen', async () => {
    const before = (await stoodBefore()).map((stood) => ({ ...stood, aliveAt: null, verdict: 'unknown' as const }));
    const another = anInventory({ databases: [aDatabase({ resourceId: 'db-ANOTHER', status: 'deleting' })] });
    const [now] = (await stands(another, before)).standings;
    expect([now?.resourceId, now?.aliveAt]).toEqual(['db-ANOTHER', null]);
  });
});
