/**
 * A reading of a few databases is no kinder than one of everything: what a vault holds of nobody knows whom is still there.
 */

import { describe, expect, it } from 'vitest';
import { createEstateReader } from '../../src/adapters/aws/estate-reader.ts';
import { createPlaceReader } from '../../src/adapters/aws/place-reader.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { decide } from '../../src/app/decide-change.ts';
import { decideNow } from '../../src/app/decide-now.ts';
import type { Known } from '../../src/app/known-inventory.ts';
import type { Clock, Reach } from '../../src/app/ports.ts';
import { addSeconds } from '../../src/core/time.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { inventoryOf } from '../../src/inventory/sight.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { labClients, START } from '../support/aws-lab.ts';
import { aDrill, anIntent } from '../support/builders.ts';
import { crowdedEstate } from '../support/crowded-lab.ts';
import { EXTERNAL_ID, ROLE } from '../support/lab-places.ts';

const reach: Reach = { regions: ['eu-west-1', 'us-east-1'], roleArns: [ROLE], externalId: EXTERNAL_ID };
const clock: Clock = { now: () => START, elapsed: () => 0, sleep: () => new Promise(() => {}) };
const DAY = 86_400;
const { clients } = labClients((at) => crowdedEstate(at, 1));
const target = { arn: null, resourceId: null, scope: null, identifier: 'orders-kept' };
const intent = anIntent([{ kind: 'delete_db_snapshot', target }]);

async function storeFor(whole: Inventory) {
  const store = createMemoryStore({ now: clock.now });
  for (const [index, database] of whole.databases.entries()) {
    const drill = { ...aDrill(database), drillId: `drill-${index}`, endpoint: whole.endpoint };
    await store.recordDrill({ ...drill, endedAt: addSeconds(START, -60) });
  }
  return store;
}

async function yesterday(): Promise<Known> {
  const reader = createPlaceReader(clients, { reach, clock });
  const { places } = await reader.places();
  const sights = await Promise.all(places.map((place) => reader.read(place, addSeconds(START, -DAY), null)));
  return inventoryOf(sights, { at: START, secondsMax: 3_600 });
}

describe('deleting a snapshot by its bare name, beside a vault whose points tell no owner, is unknown', () => {
  it.each([
    ['where nothing was known', async () => null],
    ['where every sight was of yesterday', yesterday],
  ])('%s', async (_, knownOf) => {
    const whole = await createEstateReader(clients, { reach, clock }).read(START);
    const byWhole = await decide(
      { intent, inventory: whole, policy: DEFAULT_POLICY },
      { clock, store: await storeFor(whole) },
    );
    expect([byWhole.decision, byWhole.verdict]).toEqual(['block', 'unknown']);
    const known = await knownOf();
    const byNarrow = await decideNow(
      { read: () => intent, policy: DEFAULT_POLICY, principal: null },
      {
        known: { current: async () => known },
        places: async () => createPlaceReader(clients, { reach, clock }),
        authority: () => Promise.reject(new Error('nobody asked')),
        clock,
        store: await storeFor(whole),
      },
    );
    expect([byNarrow.decision, byNarrow.verdict]).toEqual(['block', 'unknown']);
  });
});
