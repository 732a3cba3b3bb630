/**
 * A fleet of 20 accounts in 5 regions each, read place by place: it ends, what could not be read is named, and nobody
 * waits for the slowest.
 *
 * Who waits for whom is told by the order in which places are done, never by a clock. Once over HTTP with fewer accounts;
 * `MUSTER_FLEET_HTTP=20` has all of them there.
 */

import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { createClients } from '../../../src/adapters/aws/clients.ts';
import { mapBounded } from '../../../src/adapters/aws/paging.ts';
import { createPlaceReader } from '../../../src/adapters/aws/place-reader.ts';
import type { PlaceReader } from '../../../src/app/place-port.ts';
import type { Clock, Reach } from '../../../src/app/ports.ts';
import { printScope, type Scope } from '../../../src/core/arn.ts';
import { inventoryOf, type Sight } from '../../../src/inventory/sight.ts';
import { startHost } from '../../../src/lab/host.ts';
import { listen, stopListening } from '../../../src/lab/http.ts';
import { MemoryEngine } from '../../../src/lab/memory-engine.ts';
import { type Call, labClients, queryError, START, type Tamper } from '../../support/aws-lab.ts';
import {
  FLEET_EXTERNAL_ID,
  FLEET_REGIONS,
  fleetAccount,
  fleetEstate,
  fleetPlaces,
  fleetRole,
} from '../../support/fleet-lab.ts';

const ACCOUNTS = 20;
const HTTP_ACCOUNTS = Number(process.env['MUSTER_FLEET_HTTP'] ?? '2');
const AT_ONCE = 8;
const STILL: Clock = { now: () => START, elapsed: () => 0, sleep: () => new Promise(() => {}) };
const reachOf = (accounts: number): Reach => ({
  regions: FLEET_REGIONS,
  roleArns: Array.from({ length: accounts - 1 }, (_, index) => fleetRole(index + 1)),
  externalId: FLEET_EXTERNAL_ID,
});

/** Reads every place as a few workers would; `done` is called as each of them ends. */
async function readFleet(reader: PlaceReader, done: (place: Scope) => void): Promise<readonly Sight[]> {
  const { places, unread } = await reader.places();
  const sights = await mapBounded(places, AT_ONCE, async (place) => {
    const sight = await reader.read(place, START, null);
    done(place);
    return sight;
  });
  return [...sights, ...unread];
}

describe('a fleet of which some places are denied, some throttled and one does not answer', () => {
  const [DENIED, THROTTLED, SLOW] = [3, 5, 7];
  const slow = { accountId: fleetAccount(SLOW), region: 'us-west-2' };

  it('is read to the end, every other place first, and each gap is named', { timeout: 120_000 }, async () => {
    const order: string[] = [];
    const asked = new Set<string>();
    let release = () => {};
    const others = new Promise<null>((resolve) => {
      release = () => resolve(null);
    });
    const placeOf = ({ accessKeyId, region }: Call): Scope => {
      const principal = lab.world().principals[accessKeyId];
      return { accountId: principal?.accountId ?? fleetAccount(0), region };
    };
    const tamper: Tamper = (call) => {
      const place = placeOf(call);
      if (call.action === 'AssumeRole' || call.action === 'GetCallerIdentity') return null;
      asked.add(printScope(place));
      if (place.accountId === fleetAccount(THROTTLED)) return queryError(400, 'Throttling');
      return printScope(place) === printScope(slow) && call.action === 'DescribeDBClusters' ? others : null;
    };
    const { lab, clients } = labClients(fleetEstate(ACCOUNTS, [DENIED]), { tamper });
    const reader = createPlaceReader(clients, { reach: reachOf(ACCOUNTS), clock: STILL });
    const readable = fleetPlaces(ACCOUNTS).filter(({ accountId }) => accountId !== fleetAccount(DENIED));
    const sights = await readFleet(reader, (place) => {
      order.push(printScope(place));
      // The slow place goes on only once all others are done: were one of them held back, this would never end.
      if (order.length === readable.length - 1) release();
    });

    expect(order.at(-1)).toBe(printScope(slow));
    expect(order.toSorted()).toEqual(readable.map(printScope).toSorted());
    expect([...asked].toSorted()).toEqual(readable.map(printScope).toSorted());
    const { inventory, outdated } = inventoryOf(sights, { at: START, secondsMax: 3_600 });
    expect(outdated).toEqual([]);
    const unread = [DENIED, THROTTLED].map(fleetAccount);
    const whole = fleetPlaces(ACCOUNTS).filter(({ accountId }) => !unread.includes(accountId));
    expect(inventory.scopes.map(printScope)).toEqual(whole.map(printScope).toSorted());
    expect(inventory.databases).toHaveLength(whole.length);
    const gaps = new Set(inventory.gaps.map(({ where }) => printScope(where)));
    expect(gaps.size).toBe(unread.length * FLEET_REGIONS.length);
    const causes = inventory.gaps.filter(({ hides }) => hides === 'databases').map(({ cause }) => cause);
    expect(new Set(causes)).toEqual(
      new Set([`AccessDenied (HTTP 403) for ${fleetRole(DENIED)}`, 'Throttling (HTTP 400): refused by the test']),
    );
  });
});

it('a fleet is read over HTTP', { timeout: 300_000 }, async () => {
  const host = startHost({
    estate: fleetEstate(HTTP_ACCOUNTS + 1, [HTTP_ACCOUNTS])(START),
    pace: 'brisk',
    engine: new MemoryEngine(),
    now: () => START,
  });
  const { server, port } = await listen(host, 0);
  try {
    const clients = createClients({
      endpoint: `http://127.0.0.1:${port}`,
      region: FLEET_REGIONS[0],
      credentials: { accessKeyId: 'AKIALABTEST', secretAccessKey: 'not-a-secret' },
    });
    const reader = createPlaceReader(clients, { reach: reachOf(HTTP_ACCOUNTS + 1), clock: STILL });
    const sights = await readFleet(reader, () => {});
    reader.close();
    const { inventory } = inventoryOf(sights, { at: START, secondsMax: 3_600 });
    expect(inventory.endpoint).toBe(`http://127.0.0.1:${port}`);
    expect(inventory.databases).toHaveLength(HTTP_ACCOUNTS * FLEET_REGIONS.length);
    expect(inventory.gaps.every(({ where }) => where.accountId === fleetAccount(HTTP_ACCOUNTS))).toBe(true);
  } finally {
    await stopListening(server);
  }
});
