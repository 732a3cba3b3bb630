/** A decision asked again: everything that voids it does, each by its own cause, and nothing else does. */

import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/core/canonical.ts';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import type { DecisionDocument } from '../../src/verdict/document.ts';
import { type Now, recheck } from '../../src/verdict/recheck.ts';
import {
  aDatabase,
  aDrill,
  anIntent,
  anInventory,
  aPoint,
  deletionOf,
  hoursAgo,
  NOW,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const billing = aDatabase({ identifier: 'billing', resourceId: 'db-BILLING', arn: `${orders.arn}-billing` });
const drills = [aDrill(orders)];
const state = { lineage: 'one', serial: 7, backend: 's3', databases: [], forgets: [] };
const seen = anInventory({ databases: [orders, billing], recoveryPoints: [aPoint(orders), thePitr(orders)] });
const LATER = addSeconds(NOW, 600);

function decided(fields: { readonly state?: typeof state; readonly inventory?: Inventory } = {}): DecisionDocument {
  const { inventory = seen, ...intent } = fields;
  const asked = anIntent(deletionOf(orders), intent);
  const document = decideChange({ intent: asked, inventory, policy: DEFAULT_POLICY, drills, at: NOW, logged: true });
  expect(document).toMatchObject({ decision: 'review', verdict: 'ready' });
  return document;
}

function askedAgain(document: DecisionDocument, now: Partial<Now> = {}) {
  return recheck(document, {
    at: LATER,
    policyDigest: document.policyDigest,
    drills,
    inventory: null,
    changeDigest: null,
    state: null,
    requireFresh: false,
    ...now,
  });
}

function causes(document: DecisionDocument, now: Partial<Now> = {}): readonly string[] {
  return askedAgain(document, now).causes.map(({ cause }) => cause);
}

const readAt = (at: Instant, fields: Partial<Inventory> = {}): Inventory => ({ ...seen, observedAt: at, ...fields });

describe('a decision stands', () => {
  it('while its time lasts and nothing it was shown has changed', () => {
    expect(askedAgain(decided())).toEqual({
      formatVersion: '1',
      at: LATER,
      changeDigest: decided().changeDigest,
      stands: true,
      decision: 'review',
      verdict: 'ready',
      decidedAt: NOW,
      validUntil: decided().validUntil,
      fresh: false,
      causes: [],
    });
  });

  it('when all of it is read anew and is the same', () => {
    const again = { inventory: readAt(LATER), requireFresh: true, changeDigest: decided().changeDigest };
    expect(askedAgain(decided(), again)).toMatchObject({ stands: true, fresh: true });
  });

  it('over what rolls on by itself: the restore window, and who was connected', () => {
    const window = { earliest: hoursAgo(100), latest: addSeconds(NOW, 300) };
    const rolled = { ...orders, restoreWindow: window, connectionsMax: 60 };
    const inventory = readAt(LATER, {
      databases: [rolled, billing],
      recoveryPoints: [aPoint(orders), thePitr(rolled)],
    });
    expect(causes(decided(), { inventory, requireFresh: true })).toEqual([]);
  });

  it('over what happens to a database that it does not name', () => {
    const databases = [orders, { ...billing, retentionDays: 1 }];
    expect(causes(decided(), { inventory: readAt(LATER, { databases }), requireFresh: true })).toEqual([]);
  });

  it('with the state at the serial that was judged', () => {
    expect(causes(decided({ state }), { state: { lineage: 'one', serial: 7 } })).toEqual([]);
  });
});

describe('a decision is void', () => {
  it('from the second in which its time is over', () => {
    const document = decided();
    expect(causes(document, { at: document.validUntil })).toEqual(['expired']);
    expect(causes(document, { at: addSeconds(document.validUntil, -1) })).toEqual([]);
  });

  it('before it was made', () => {
    expect(causes(decided(), { at: addSeconds(NOW, -301) })).toEqual(['not_yet']);
  });

  it('and then it is unknown and blocks, whatever it said', () => {
    const document = decided();
    expect(askedAgain(document, { at: document.validUntil })).toMatchObject({
      stands: false,
      decision: 'block',
      verdict: 'unknown',
    });
  });

  it.each([
    ['another change is about to run', { changeDigest: digestOf('another') }, 'change_changed'],
    ['the policy is another', { policyDigest: digestOf('lenient') }, 'policy_changed'],
    ['something fresh was asked for and nothing read', { requireFresh: true }, 'not_fresh'],
    ['what was read is old', { requireFresh: true, inventory: readAt(addSeconds(LATER, -301)) }, 'not_fresh'],
    ['what was read is of later', { requireFresh: true, inventory: readAt(addSeconds(LATER, 301)) }, 'not_fresh'],
    ['a lab was read', { inventory: readAt(LATER, { endpoint: 'http://127.0.0.1:1' }) }, 'endpoint_changed'],
    ['a snapshot has gone', { inventory: readAt(LATER, { recoveryPoints: [thePitr(orders)] }) }, 'databases_changed'],
    ['the database has gone', { inventory: readAt(LATER, { databases: [billing] }) }, 'databases_changed'],
    [
      'it lies under another key',
      { inventory: readAt(LATER, { databases: [{ ...orders, keyArn: 'arn:k' }] }) },
      'databases_changed',
    ],
    ['a state is shown where none was', { state: { lineage: 'one', serial: 7 } }, 'not_comparable'],
  ] satisfies [string, Partial<Now>, string][])('when %s', (_, now, cause) => {
    expect(causes(decided(), now)).toEqual([cause]);
  });

  it.each([
    ['of another lineage', { lineage: 'two', serial: 7 }, 'state_changed'],
    ['at a later serial', { lineage: 'one', serial: 8 }, 'state_changed'],
    ['not shown', null, 'not_comparable'],
  ] as const)('when the state it was judged with is %s', (_, shown, cause) => {
    expect(causes(decided({ state }), { state: shown })).toEqual([cause]);
  });

  it('when a drill of a database it names has failed since', () => {
    const failed = aDrill(orders, { drillId: 'drl-2', result: 'failed', endedAt: addSeconds(NOW, 60) });
    expect(causes(decided(), { drills: [...drills, failed] })).toEqual(['evidence_changed']);
    const before = aDrill(orders, { drillId: 'drl-0', result: 'failed', endedAt: hoursAgo(50) });
    const others = aDrill(billing, { drillId: 'drl-3', result: 'failed', endedAt: addSeconds(NOW, 60) });
    const stopped = aDrill(orders, { drillId: 'drl-4', result: 'aborted', endedAt: addSeconds(NOW, 60) });
    expect(causes(decided(), { drills: [...drills, before, others, stopped] })).toEqual([]);
  });

  it('when a drill that failed before it was put on record since', () => {
    const late = aDrill(orders, { drillId: 'drl-2', result: 'failed', endedAt: addSeconds(NOW, -60) });
    expect(causes(decided(), { drills: [...drills, late] })).toEqual(['evidence_changed']);
    const followed = aDrill(orders, { drillId: 'drl-5', endedAt: addSeconds(NOW, -30) });
    expect(causes(decided(), { drills: [...drills, late, followed] })).toEqual([]);
  });

  it('not when it knew of a failed drill and rests on another kind of restore', () => {
    const failed = aDrill(orders, {
      drillId: 'drl-2',
      claim: 'vault',
      result: 'failed',
      endedAt: addSeconds(NOW, -60),
    });
    const known = decideChange({
      intent: anIntent(deletionOf(orders)),
      inventory: seen,
      policy: DEFAULT_POLICY,
      drills: [...drills, failed],
      at: NOW,
      logged: true,
    });
    expect(known).toMatchObject({ decision: 'review', verdict: 'ready' });
    expect(causes(known, { drills: [...drills, failed] })).toEqual([]);
  });

  it('when it does not say what it stands on, as those of an older Muster', () => {
    const { basis: _, ...older } = decided();
    expect(causes(older, { inventory: readAt(LATER) })).toEqual(['not_comparable']);
  });

  it('for every cause at once, so that nobody mends one after the other', () => {
    const document = decided();
    const all = { at: document.validUntil, policyDigest: digestOf('lenient'), requireFresh: true };
    expect(causes(document, all)).toEqual(['expired', 'policy_changed', 'not_fresh']);
  });
});

it('a change that names no database stands on everything that was seen', () => {
  const document = decideChange({
    intent: anIntent([]),
    inventory: seen,
    policy: DEFAULT_POLICY,
    drills,
    at: NOW,
    logged: true,
  });
  expect(document.databases).toEqual([]);
  expect(causes(document, { inventory: readAt(LATER) })).toEqual([]);
  expect(causes(document, { inventory: readAt(LATER, { databases: [orders] }) })).toEqual(['databases_changed']);
});
