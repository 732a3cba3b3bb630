/**
 * Reading one place at a time: all of them joined are what a reading of everything shows, and a place out of reach is a gap.
 */

import { describe, expect, it } from 'vitest';
import { createEstateReader } from '../../../src/adapters/aws/estate-reader.ts';
import { createPlaceReader } from '../../../src/adapters/aws/place-reader.ts';
import type { Clock, Reach } from '../../../src/app/ports.ts';
import { printScope } from '../../../src/core/arn.ts';
import { inventoryOf } from '../../../src/inventory/sight.ts';
import { parseSight } from '../../../src/inventory/sight-schema.ts';
import { labClients, queryError, START, type Tamper } from '../../support/aws-lab.ts';
import { ABROAD, EXTERNAL_ID, HOME, OTHER, ROLE, threePlaces } from '../../support/lab-places.ts';

const EVERYWHERE: Reach = { regions: ['eu-west-1', 'us-east-1'], roleArns: [ROLE], externalId: EXTERNAL_ID };
const STILL: Clock = { now: () => START, elapsed: () => 0, sleep: () => new Promise(() => {}) };
const readerOf = (reach = EVERYWHERE, tamper: Tamper = () => null) =>
  createPlaceReader(labClients(threePlaces, { tamper }).clients, { reach, clock: STILL });

it('places read one by one, kept and joined are the estate read at once', async () => {
  const reader = readerOf();
  const { places } = await reader.places();
  const sights = await Promise.all(places.map((place) => reader.read(place, START, null)));
  const kept = sights.map((sight) => parseSight(JSON.parse(JSON.stringify(sight))));
  const { clients } = labClients(threePlaces);
  const whole = await createEstateReader(clients, { reach: EVERYWHERE, clock: STILL }).read(START);
  expect(inventoryOf(kept, { at: START, secondsMax: 60 })).toEqual({ inventory: whole, outdated: [] });
});

describe('the places', () => {
  it('are those of our own account and of each role, in every region', async () => {
    const { places, unread, principal } = await readerOf().places();
    expect(places).toEqual([HOME, ABROAD, OTHER, { ...OTHER, region: 'us-east-1' }]);
    expect(unread).toEqual([]);
    expect(principal.accountId).toBe(HOME.accountId);
  });

  it('of a role that cannot be assumed are sights that show nothing', async () => {
    const { places, unread } = await readerOf({ ...EVERYWHERE, externalId: 'wrong' }).places();
    expect(places).toEqual([HOME, ABROAD]);
    expect(unread.map(({ place, seen: { scopes } }) => [printScope(place), scopes])).toEqual([
      ['999988887777/eu-west-1', []],
      ['999988887777/us-east-1', []],
    ]);
    expect(unread[0]?.seen.gaps.map(({ hides }) => hides)).toEqual(['survivors', 'threats', 'databases']);
  });

  it('are an error where our own credentials do not work, and are found once they do', async () => {
    let refused = true;
    const reader = readerOf(EVERYWHERE, ({ action }) =>
      refused && action === 'GetCallerIdentity' ? queryError(403, 'ExpiredToken') : null,
    );
    await expect(reader.places()).rejects.toMatchObject({ code: 'MUSTER_CREDENTIALS_MISSING' });
    await expect(reader.read(HOME, START, null)).rejects.toMatchObject({ code: 'MUSTER_CREDENTIALS_MISSING' });
    refused = false;
    expect((await reader.read(HOME, START, null)).seen.scopes).toEqual([HOME]);
  });
});

describe('a place', () => {
  it('is read though nobody asked for the places before', async () => {
    const sight = await readerOf().read(OTHER, START, null);
    expect(sight).toMatchObject({ place: OTHER, observedAt: START, endpoint: 'injected' });
    expect(sight.seen.databases).toHaveLength(1);
  });

  it('that no role leads to is a sight of gaps', async () => {
    const sight = await readerOf().read({ ...OTHER, accountId: '111111111111' }, START, null);
    expect(sight.seen.scopes).toEqual([]);
    expect(sight.seen.gaps.map(({ cause }) => cause)).toContain(
      'OutOfReach: no role and no region that is read leads there',
    );
  });

  it('is given up when its time has passed, sooner where somebody waits for an answer', async () => {
    const waited: number[] = [];
    const clock: Clock = { ...STILL, sleep: async (seconds) => void waited.push(seconds) };
    const silent: Tamper = ({ action }) => (action === 'DescribeDBClusters' ? new Promise(() => {}) : null);
    const { clients } = labClients(threePlaces, { tamper: silent });
    const reader = createPlaceReader(clients, { reach: EVERYWHERE, clock });
    const nothing = { identifiers: ['orders'], resourceIds: [], snapshots: [] };
    const late = [await reader.read(HOME, START, null), await reader.read(HOME, START, nothing)];
    expect(waited).toEqual([600, 60]);
    expect(late.map(({ seen }) => seen.gaps[0]?.cause)).toEqual(['TimedOut: after 600 s', 'TimedOut: after 60 s']);
  });

  it('is asked for the keys in use there, where they live', async () => {
    const asked: string[] = [];
    const reader = readerOf(EVERYWHERE, ({ action, region, accessKeyId }) => {
      if (action === 'TrentService.DescribeKey') asked.push(`${region} ${accessKeyId.slice(0, 4)}`);
      return null;
    });
    // A snapshot that is shared with it lies under a key of its owner's.
    const { seen } = await reader.read(OTHER, START, null);
    expect(seen.keys).toMatchObject([HOME]);
    expect(asked).toEqual(['eu-west-1 AKIA']);
  });
});
