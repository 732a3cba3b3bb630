/**
 * Attacks on what the API says of a change: where it runs, which decision speaks, and for how long an answer counts.
 */

import { describe, expect, it } from 'vitest';
import { createKnownInventory } from '../../src/app/known-inventory.ts';
import { digestOf } from '../../src/core/canonical.ts';
import { addSeconds } from '../../src/core/time.ts';
import type { DecisionDocument } from '../../src/verdict/document.ts';
import { aFilledWorld, anAsker, ORDERS } from '../api/routes/asker.ts';
import { aDatabase, aDrill, anInventory, aPoint, NOW } from '../support/builders.ts';
import { createMemoryDesk } from '../support/memory-desk.ts';
import { sightsOf } from '../support/sights.ts';

const DELETE = ['aws', 'rds', 'delete-db-instance', '--db-instance-identifier', 'orders', '--skip-final-snapshot'];
const command = { source: 'command', argv: DELETE };

const asDocument = (body: unknown) => body as DecisionDocument;

describe('a command whose sender says nothing of account and region', () => {
  it('is not told that its account was verified', async () => {
    const { post } = await anAsker(await aFilledWorld());
    const { checklist } = asDocument((await post('/v1/decisions', command)).body);
    const environment = checklist.find(({ point }) => point === 'environment_confirmed');
    expect(environment?.evidence.join('\n')).not.toContain('by sts:GetCallerIdentity');
    expect(environment?.result).not.toBe('pass');
  });
});

describe('the newest decision on a change', () => {
  it('is the last on record, though the replica that wrote the one before was four minutes ahead', async () => {
    const { world, get, post } = await anAsker(await aFilledWorld());
    const first = asDocument((await post('/v1/decisions', command)).body);
    expect(first.decision).toBe('review');
    // As a replica writes it whose clock is within the tolerated skew.
    await world.store.recordDecision({ ...first, at: addSeconds(NOW, 240) });
    // Everything that would have survived is gone.
    world.knows({ inventory: anInventory({ databases: [ORDERS], observedAt: addSeconds(NOW, 1) }), outdated: [] });
    world.clock.pass(60);
    const last = asDocument((await post('/v1/decisions', command)).body);
    expect(last.decision).toBe('block');
    const { body: found } = await get(`/v1/decisions/${last.changeDigest}`);
    const { body: rechecked } = await post(`/v1/decisions/${last.changeDigest}/recheck`, {});
    expect.soft(found['decision']).toBe('block');
    expect.soft(rechecked['decision']).toBe('block');
  });
});

describe('an idempotency key', () => {
  it('does not bring back a review that a later decision has overturned', async () => {
    const { world, post } = await anAsker(await aFilledWorld());
    const key = { 'idempotency-key': 'plan-77' };
    expect((await post('/v1/decisions', command, 'gate', key)).body['decision']).toBe('review');
    world.knows({ inventory: anInventory({ databases: [ORDERS], observedAt: addSeconds(NOW, 1) }), outdated: [] });
    world.clock.pass(60);
    expect((await post('/v1/decisions', command)).body['decision']).toBe('block');
    expect((await post('/v1/decisions', command, 'gate', key)).body['decision']).toBe('block');
  });

  it('does not bring back a review whose time is over', async () => {
    const { world, post } = await anAsker(await aFilledWorld());
    const key = { 'idempotency-key': 'plan-78' };
    const first = asDocument((await post('/v1/decisions', command, 'gate', key)).body);
    expect(first.decision).toBe('review');
    world.clock.pass(20 * 3_600);
    const inventory = anInventory({ databases: [ORDERS], observedAt: addSeconds(NOW, 20 * 3_600) });
    world.knows({ inventory, outdated: [] });
    const again = asDocument((await post('/v1/decisions', command, 'gate', key)).body);
    expect(again.validUntil > world.clock.now() || again.decision === 'block').toBe(true);
  });

  it('does not bring back a review that a clock far ahead has stamped', async () => {
    const { world, post } = await anAsker(await aFilledWorld());
    const key = { 'idempotency-key': 'plan-79' };
    world.clock.pass(600);
    const first = asDocument((await post('/v1/decisions', command, 'gate', key)).body);
    expect(first).toMatchObject({ decision: 'review', at: addSeconds(NOW, 600) });
    world.clock.pass(-600);
    expect((await post('/v1/decisions', command, 'gate', key)).body['at']).toBe(NOW);
  });

  it('is held for as long as an answer may take', async () => {
    const { world } = await anAsker(await aFilledWorld());
    const digest = digestOf('request');
    expect(await world.desk.takeKey('token:a', 'k', digest, NOW)).toBeNull();
    // DEFAULT_BOUNDS.answerSecondsMax is 120.
    expect(await world.desk.takeKey('token:a', 'k', digest, addSeconds(NOW, 100))).not.toBeNull();
  });
});

describe('a signed token', () => {
  it('is not made of a review that a later decision has overturned', async () => {
    const { world, get, post } = await anAsker(await aFilledWorld());
    const first = await post('/v1/decisions', command);
    expect(first.body['decision']).toBe('review');
    const id = String(first.headers['location']).split('/').at(-1) ?? '';
    world.knows({ inventory: anInventory({ databases: [ORDERS], observedAt: addSeconds(NOW, 1) }), outdated: [] });
    world.clock.pass(60);
    expect((await post('/v1/decisions', command)).body['decision']).toBe('block');
    const { status } = await get(`/v1/verdicts/${id}/attestation?format=jws`, 'gate');
    expect(status).not.toBe(200);
  });
});

describe('what a lab showed', () => {
  it('is not what a service of AWS decides by', async () => {
    const world = await aFilledWorld();
    const database = aDatabase();
    const inventory = anInventory({
      databases: [database],
      recoveryPoints: [aPoint(database)],
      endpoint: 'http://127.0.0.1:4566',
    });
    const desk = createMemoryDesk({ now: world.clock.now });
    for (const sight of sightsOf(inventory)) await desk.putSight(sight);
    const { clock } = world;
    const known = createKnownInventory({ desk, clock, secondsMax: 3_600, endpoint: async () => null });
    await world.store.recordDrill({
      ...aDrill(database),
      drillId: 'lab',
      endpoint: 'http://127.0.0.1:4566',
    });
    let asked = 0;
    const { post } = await anAsker({
      ...world,
      known,
      places: async () => {
        asked += 1;
        throw new Error('stop here');
      },
    });
    const { body } = await post('/v1/decisions', command);
    expect.soft(body['decision']).not.toBe('review');
    expect.soft(asked).toBe(1);
  });
});
