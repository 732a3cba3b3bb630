/** Losses that no call brings about: what they take, and what lies out of their reach. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds, type Instant } from '../../src/core/time.ts';
import type { Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import { happen, type LossEvent } from '../../src/survival/events.ts';
import { worldOf } from '../../src/survival/world.ts';
import {
  aDatabase,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
  aVault,
  hoursAgo,
  KEY_ARN,
  NOW,
  SCOPE,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();

function left(points: readonly RecoveryPoint[], event: LossEvent, inventory: Partial<Inventory> = {}) {
  const world = worldOf(anInventory({ databases: [orders], recoveryPoints: points, ...inventory }), NOW);
  const { points: remaining, databases, keys, at } = happen(world, event);
  return {
    fates: remaining.map(({ fate }) => fate.word),
    untils: remaining.map(({ fate }) => fate.until),
    rules: remaining.map(({ fate }) => fate.rules.at(-1) ?? null),
    windows: remaining.map(({ point }) => point.window),
    alive: databases.map(({ alive }) => alive),
    keys: keys.map(({ arn }) => arn),
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

describe('what a lost region or account does not reach', () => {
  it.each<LossEvent>([
    { kind: 'region_lost', region: 'us-east-1' },
    { kind: 'account_lost', accountId: '111111111111' },
  ])('stays: $kind', (event) => {
    expect(left([here], event)).toMatchObject({ fates: ['survives'], alive: [true] });
  });

  it('is a copy under a key of its own region, or under one whose name tells no place', () => {
    const under = (keyArn: string) => ({ ...otherRegion, arn: keyArn, encrypted: true, keyArn });
    const points = [under('arn:aws:kms:eu-central-1:123456789012:key/far'), under('0a1b2c3d')];
    expect(left(points, { kind: 'region_lost', region: SCOPE.region }).fates).toEqual(['survives', 'survives']);
  });
});

describe('a destroyed key', () => {
  it('takes every point under it and no other', () => {
    const sealed = aPoint(orders, { id: 'sealed', arn: 'arn:sealed', keyArn: KEY_ARN });
    const result = left([sealed, here], { kind: 'key_destroyed', keyArn: KEY_ARN }, { keys: [aKey()] });
    expect(result.fates).toEqual(['lost', 'survives']);
    expect(result.rules[0]).toBe('key_destroyed');
  });

  it('is gone itself, and no other with it', () => {
    const event = { kind: 'key_destroyed', keyArn: KEY_ARN } as const;
    expect(left([], event, { keys: [aKey({ arn: 'arn:other' }), aKey()] }).keys).toEqual(['arn:other']);
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

  it('leaves the system snapshots from before it for as long as the database keeps each', () => {
    const before = aSystemSnapshot(orders, { createdAt: hoursAgo(30), dataAt: hoursAgo(30) });
    expect(left([before], write(24, 24))).toMatchObject({
      fates: ['survives_until'],
      untils: [addDays(hoursAgo(30), 7)],
      rules: ['expires_by_itself'],
    });
    // Of a database that is not there, what the snapshot says itself counts.
    const gone = { ...before, databaseResourceId: 'db-GONE', retentionDays: 3 };
    expect(left([gone], write(24, 24)).untils).toEqual([addDays(hoursAgo(30), 3)]);
  });

  it('noticed after the day of a system snapshot is found too late by it', () => {
    const made = (createdAt: Instant) => aSystemSnapshot(orders, { createdAt, dataAt: createdAt });
    const noticed = (createdAt: Instant) => left([made(createdAt)], write(24, 24)).fates;
    expect(noticed(addDays(NOW, -7))).toEqual(['lost']);
    expect(noticed(addSeconds(addDays(NOW, -7), 1))).toEqual(['survives_until']);
  });

  it.each<[string, Partial<RecoveryPoint>]>([
    ['was made nobody knows when', { createdAt: null }],
    ['is kept nobody knows how long', { databaseResourceId: 'db-GONE' }],
  ])('does not vouch for a system snapshot that %s', (_, fields) => {
    const before = aSystemSnapshot(orders, { createdAt: hoursAgo(30), dataAt: hoursAgo(30), ...fields });
    expect(left([before], write(24, 24))).toMatchObject({ fates: ['unknown'], rules: ['expires_by_itself'] });
  });

  it('gives a manual snapshot from before it no end', () => {
    const before = aPoint(orders, { createdAt: hoursAgo(30), dataAt: hoursAgo(30) });
    expect(left([before], write(24, 24))).toMatchObject({ fates: ['survives'], untils: [null] });
  });

  it('leaves a window of which no retention is known as it is, up to the write', () => {
    const kept = thePitr(orders, { kind: 'retained_automated_backup', retentionDays: null });
    expect(left([kept], write(24, 24))).toMatchObject({
      fates: ['survives'],
      untils: [null],
      windows: [{ earliest: addDays(NOW, -7), latest: addSeconds(hoursAgo(24), -1) }],
    });
  });

  it('leaves a window that begins with the last second before it', () => {
    const days = 7 * 86_400;
    const event = (detectionSeconds: number): LossEvent => ({
      kind: 'bad_write',
      writtenAt: hoursAgo(1),
      detectionSeconds,
    });
    expect(left([thePitr(orders)], event(days - 1)).fates).toEqual(['survives_until']);
    expect(left([thePitr(orders)], event(days)).fates).toEqual(['lost']);
  });

  it('says nothing more of an automated backup without a window', () => {
    const open = thePitr(orders, { window: null });
    expect(left([open], write(24, 24))).toMatchObject({ fates: ['unknown'], rules: ['window_missing'] });
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

  it('takes a key out of the world on its date, and no other', () => {
    const keys = [aKey({ arn: 'arn:other' }), aKey({ state: 'pending_deletion', deletionAt: addDays(NOW, 7) })];
    expect(left([], pass(6), { keys }).keys).toEqual(['arn:other', KEY_ARN]);
    expect(left([], pass(7), { keys }).keys).toEqual(['arn:other']);
  });

  it('ends what was in doubt before its day came', () => {
    const expiring = aPoint(orders, {
      kind: 'backup_snapshot',
      vaultArn: aVault().arn,
      status: 'stopped',
      expiresAt: addDays(NOW, 3),
    });
    expect(left([expiring], pass(2)).fates).toEqual(['unknown']);
    expect(left([expiring], pass(3))).toMatchObject({ fates: ['lost'], rules: ['expires_by_itself'] });
  });

  it.each<[string, Partial<RecoveryPoint>]>([
    ['was made nobody knows when', { createdAt: null }],
    ['is kept nobody knows how long', { databaseResourceId: 'db-GONE' }],
  ])('does not vouch for a system snapshot that %s', (_, fields) => {
    expect(left([aSystemSnapshot(orders, fields)], pass(1))).toMatchObject({
      fates: ['unknown'],
      rules: ['retention_lowered'],
    });
  });

  it('moves the instant of the world', () => {
    expect(left([], pass(2)).at).toBe(addDays(NOW, 2));
  });
});
