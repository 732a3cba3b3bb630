/** Losses that no call brings about: what they take, and what lies out of their reach. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import type { Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import { happen, type LossEvent } from '../../src/survival/events.ts';
import { worldOf } from '../../src/survival/world.ts';
import {
  aDatabase,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
  hoursAgo,
  KEY_ARN,
  NOW,
  SCOPE,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();

function left(points: readonly RecoveryPoint[], event: LossEvent, inventory: Partial<Inventory> = {}) {
  const world = worldOf(anInventory({ databases: [orders], recoveryPoints: points, ...inventory }), NOW);
  const { points: remaining, databases, at } = happen(world, event);
  return {
    fates: remaining.map(({ fate }) => fate.word),
    untils: remaining.map(({ fate }) => fate.until),
    rules: remaining.map(({ fate }) => fate.rules.at(-1) ?? null),
    windows: remaining.map(({ point }) => point.window),
    alive: databases.map(({ alive }) => alive),
    at,
  };
}

const here = aPoint(orders);
const otherRegion = aPoint(orders, { id: 'far', arn: 'arn:far', kind: 'snapshot_copy', region: 'eu-central-1' });
const otherAccount = aPoint(orders, {
  id: 'theirs',
  arn: 'arn:theirs',
  kind: 'account_copy',
  accountId: '999999999999',
});

describe('a lost region', () => {
  it('takes what is in it and leaves copies in others', () => {
    const result = left([here, otherRegion, otherAccount], { kind: 'region_lost', region: SCOPE.region });
    expect(result.fates).toEqual(['lost', 'survives', 'lost']);
    expect(result.rules[0]).toBe('region_out_of_reach');
    expect(result.alive).toEqual([false]);
  });
});

describe('a lost account', () => {
  it('takes what is in it in every region and leaves copies in others', () => {
    const result = left([here, otherRegion, otherAccount], { kind: 'account_lost', accountId: SCOPE.accountId });
    expect(result.fates).toEqual(['lost', 'lost', 'survives']);
    expect(result.rules[0]).toBe('account_closed');
  });

  it('takes the key of a copy elsewhere with it, and so does a lost region', () => {
    const sealed = [otherRegion, otherAccount].map((point) => ({ ...point, encrypted: true, keyArn: KEY_ARN }));
    for (const event of [
      { kind: 'account_lost', accountId: SCOPE.accountId },
      { kind: 'region_lost', region: SCOPE.region },
    ] as const)
      expect(left(sealed, event, { keys: [aKey()] }).fates).toEqual(['lost', 'lost']);
  });
});

describe('a destroyed key', () => {
  it('takes every point under it and no other', () => {
    const sealed = aPoint(orders, { id: 'sealed', arn: 'arn:sealed', keyArn: KEY_ARN });
    const result = left([sealed, here], { kind: 'key_destroyed', keyArn: KEY_ARN }, { keys: [aKey()] });
    expect(result.fates).toEqual(['lost', 'survives']);
    expect(result.rules[0]).toBe('key_destroyed');
  });
});

describe('a bad write', () => {
  const write = (hoursSince: number, detectionHours: number): LossEvent => ({
    kind: 'bad_write',
    writtenAt: hoursAgo(hoursSince),
    detectionSeconds: detectionHours * 3_600,
  });

  it('is held by a snapshot of its own moment or later, not by an older one', () => {
    const points = [2, 3, 4].map((age) => aPoint(orders, { id: `${age}h`, arn: `arn:${age}`, dataAt: hoursAgo(age) }));
    const result = left(points, write(3, 1));
    expect(result.fates).toEqual(['lost', 'lost', 'survives']);
    expect(result.rules[0]).toBe('holds_the_bad_write');
  });

  it('is undone by a window that still reaches back before it, to the second before', () => {
    const result = left([thePitr(orders)], write(24, 24));
    expect(result.fates).toEqual(['survives_until']);
    expect(result.windows[0]?.latest).toBe(addSeconds(hoursAgo(24), -1));
    // The window moves on day by day, and one day it begins after the write.
    expect(result.untils).toEqual([addDays(hoursAgo(24), 7)]);
  });

  it('leaves the system snapshots from before it for as long as each has', () => {
    const before = aSystemSnapshot(orders, { createdAt: hoursAgo(30), dataAt: hoursAgo(30), retentionDays: 7 });
    expect(left([before], write(24, 24))).toMatchObject({
      fates: ['survives_until'],
      untils: [addDays(hoursAgo(30), 7)],
    });
  });

  it('gives a backup that had stopped following its database no newer data than it has', () => {
    const window = { earliest: addDays(NOW, -5), latest: addDays(NOW, -3) };
    const stopped = thePitr(orders, { kind: 'retained_automated_backup', window });
    expect(left([stopped], write(24, 24)).windows).toEqual([window]);
  });

  it('noticed after the retention is beyond the window', () => {
    const noticedAfter = (hours: number) => left([thePitr(orders)], write(1, hours));
    expect(noticedAfter(7 * 24 - 1).fates).toEqual(['survives_until']);
    expect(noticedAfter(7 * 24)).toMatchObject({ fates: ['lost'], rules: ['window_has_moved_past'] });
  });

  it('may be in a snapshot whose data time is not known', () => {
    expect(left([aPoint(orders, { dataAt: null })], write(3, 1))).toMatchObject({
      fates: ['unknown'],
      rules: ['data_time_unknown'],
    });
  });

  it('is found too late by a point that ends before anybody notices', () => {
    const ending = aPoint(orders, { dataAt: hoursAgo(50), expiresAt: addSeconds(NOW, 3_600) });
    expect(left([ending], write(1, 2)).fates).toEqual(['lost']);
    expect(left([ending], write(1, 1.5)).fates).toEqual(['survives_until']);
  });
});

describe('time that passes', () => {
  const pass = (days: number): LossEvent => ({ kind: 'time_passes', days });

  it('ends what has an end, on its day, and nothing else', () => {
    const ending = aPoint(orders, { id: 'ending', arn: 'arn:ending', expiresAt: addDays(NOW, 3) });
    expect(left([ending, here], pass(2)).fates).toEqual(['survives_until', 'survives']);
    expect(left([ending, here], pass(3)).fates).toEqual(['lost', 'survives']);
  });

  it("ends a system snapshot with its database's retention, not the window that moves on", () => {
    const system = aSystemSnapshot(orders, { createdAt: addDays(NOW, -1) });
    expect(left([system, thePitr(orders)], pass(5)).fates).toEqual(['survives', 'survives']);
    expect(left([system, thePitr(orders)], pass(6)).fates).toEqual(['lost', 'survives']);
  });

  it('destroys a key on its date, and what is under it', () => {
    const sealed = aPoint(orders, { keyArn: KEY_ARN });
    const keys = [aKey({ state: 'pending_deletion', deletionAt: addDays(NOW, 7) })];
    expect(left([sealed], pass(6), { keys }).rules).toEqual([null]);
    expect(left([sealed], pass(7), { keys }).rules).toEqual(['key_destroyed']);
  });

  it('moves the instant of the world', () => {
    expect(left([], pass(2)).at).toBe(addDays(NOW, 2));
  });
});
