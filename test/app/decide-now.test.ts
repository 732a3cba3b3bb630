/**
 * Deciding by what is there now where what is known is too old: nothing that was there yesterday counts any more.
 *
 * Yesterday's estate is read whole from one virtual lab, today's narrowly from another, through real SDK clients.
 */

import { describe, expect, it } from 'vitest';
import { createEstateReader } from '../../src/adapters/aws/estate-reader.ts';
import { createPlaceReader } from '../../src/adapters/aws/place-reader.ts';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { type DecidingWorld, decideNow, freshInventoryFor } from '../../src/app/decide-now.ts';
import { recheckDecision } from '../../src/app/recheck-decision.ts';
import type { Scope } from '../../src/core/arn.ts';
import { MusterError } from '../../src/core/errors.ts';
import { addSeconds, type Seconds } from '../../src/core/time.ts';
import type { Action, Intent } from '../../src/intent/action.ts';
import { readCommand } from '../../src/intent/command/read-command.ts';
import type { Database, Inventory } from '../../src/inventory/model.ts';
import { datatalks } from '../../src/lab/estates/datatalks.ts';
import { type EstateInput, emptyPlace, type Instance, type Place, type Snapshot } from '../../src/lab/world.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { type Call, labClients, queryError, START, type Tamper } from '../support/aws-lab.ts';
import { aDrill, anIntent, aTargetOf } from '../support/builders.ts';

const DAY: Seconds = 86_400;
const BILLING = 'billing-production';
const CLOCK = { now: () => START, elapsed: () => 0, sleep: () => new Promise<void>(() => {}) };
const ABROAD = { reach: { regions: ['eu-west-1'], roleArns: [], externalId: null }, clock: CLOCK };

type Change = (place: Place) => Place;

/** The story's estate, changed. */
const estate = (...changes: readonly Change[]): EstateInput => {
  const story = datatalks(START);
  return { ...story, place: changes.reduce((place, change) => change(place), story.place) };
};
/** A manual snapshot of billing, an hour old, under no key. */
const withSnapshot =
  (fields: Partial<Snapshot> = {}): Change =>
  (place) => {
    const like = place.snapshots.find(({ type, kind }) => type === 'manual' && kind === 'db') as Snapshot;
    const taken = { createdAt: addSeconds(START, -3_600), databaseAt: addSeconds(START, -3_600) };
    const made = { ...like, ...taken, identifier: 'an-hour-ago', kmsKeyArn: null, tags: [], ...fields };
    return { ...place, snapshots: [...place.snapshots, made] };
  };
const withBilling =
  (change: (billing: Instance) => Instance): Change =>
  (place) => ({
    ...place,
    instances: place.instances.map((each) => (each.identifier === BILLING ? change(each) : each)),
  });
/** Another database that bears billing's name; nothing of the first is its own. */
const replaced = withBilling((billing) => ({
  ...billing,
  resourceId: 'db-ANOTHER',
  createdAt: addSeconds(START, -600),
}));

/** What was read of an estate, at another time than now. */
async function readOf(of: EstateInput, secondsAgo: Seconds): Promise<Inventory> {
  const inventory = await createEstateReader(labClients(() => of).clients).read(START);
  return { ...inventory, observedAt: addSeconds(START, -secondsAgo) };
}

let billing: Promise<Database> | null = null;
/** Billing as it is in the story. */
async function billingOf(): Promise<Database> {
  billing ??= readOf(estate(), 0).then(({ databases }) => {
    const found = databases.find(({ identifier }) => identifier === BILLING);
    if (found === undefined) throw new Error('the estate of the story has changed');
    return found;
  });
  return billing;
}

interface Staged {
  /** What is known; null for nothing. */
  readonly known: Inventory | null;
  readonly now: EstateInput;
  readonly outdated?: readonly Inventory[];
  readonly tamper?: Tamper;
}

/** A world in which billing was drilled a minute ago, whatever its id. */
async function aWorld({ known, now, outdated = [], tamper }: Staged) {
  const calls: Call[] = [];
  const { clients } = labClients(() => now, {
    tamper: (call) => {
      calls.push(call);
      return tamper?.(call) ?? null;
    },
  });
  const store = createMemoryStore({ now: CLOCK.now });
  for (const resourceId of [(await billingOf()).resourceId, 'db-ANOTHER']) {
    const drill = aDrill({ ...(await billingOf()), resourceId });
    await store.recordDrill({
      ...drill,
      drillId: `drill-${resourceId}`,
      endpoint: 'injected',
      endedAt: addSeconds(START, -60),
    });
  }
  const world: DecidingWorld = {
    known: { current: () => Promise.resolve(known === null ? null : { inventory: known, outdated }) },
    places: () => Promise.resolve(createPlaceReader(clients, ABROAD)),
    authority: () => Promise.reject(new MusterError('MUSTER_CREDENTIALS_MISSING', 'nobody is signed in')),
    clock: CLOCK,
    store,
  };
  return { world, calls };
}

const command = (line: string) => (scope: Scope | null) => readCommand({ argv: [line] }, { scope });
const deleteBilling = command(
  `aws rds delete-db-instance --db-instance-identifier ${BILLING} --skip-final-snapshot --delete-automated-backups`,
);
type Read = (scope: Scope | null, inventory: Inventory) => Intent;
const decideIn = (world: DecidingWorld, read: Read = deleteBilling, principal: string | null = null) =>
  decideNow({ read, policy: DEFAULT_POLICY, principal }, world);
const codesOf = ({ reasons }: { readonly reasons: readonly { readonly code: string }[] }) =>
  reasons.map(({ code }) => code);

describe('what was known yesterday', () => {
  it('does not outlive the snapshot that it rested on', async () => {
    const { world } = await aWorld({ known: await readOf(estate(withSnapshot()), DAY), now: estate() });
    const { decision, databases } = await decideIn(world);
    expect(decision).toBe('block');
    expect(databases[0]?.survivors.map(({ id }) => id)).not.toContain('an-hour-ago');
  });

  it('does not hide the snapshot that was taken since', async () => {
    const { world } = await aWorld({ known: await readOf(estate(), DAY), now: estate(withSnapshot()) });
    expect(await decideIn(world)).toMatchObject({ decision: 'review', verdict: 'ready' });
  });

  it('is not taken for the database that bears the name now', async () => {
    const known = await readOf(estate(withSnapshot()), DAY);
    const { world } = await aWorld({ known, now: estate(withSnapshot(), replaced) });
    const decision = await decideIn(world);
    expect(decision.decision).toBe('block');
    expect(decision.databases.map(({ resourceId }) => resourceId)).toEqual(['db-ANOTHER']);
  });

  it('does not find a database under the name that it had', async () => {
    const renamed = withBilling((billing) => ({ ...billing, identifier: 'billing-2' }));
    const known = await readOf(estate(withSnapshot()), DAY);
    const { world } = await aWorld({ known, now: estate(withSnapshot(), renamed) });
    const decision = await decideIn(world);
    expect(decision).toMatchObject({ decision: 'block', verdict: 'unknown' });
    expect(codesOf(decision)).toContain('target_not_observed');
  });

  it('leads to the snapshots that a renamed database has under its earlier name', async () => {
    const renamed = withBilling((billing) => ({ ...billing, identifier: 'billing-2' }));
    const { world } = await aWorld({ known: await readOf(estate(), DAY), now: estate(withSnapshot(), renamed) });
    const read = command(
      'aws rds delete-db-instance --db-instance-identifier billing-2 --skip-final-snapshot --delete-automated-backups',
    );
    expect(await decideIn(world, read)).toMatchObject({ decision: 'review', databases: [{ identifier: 'billing-2' }] });
  });

  it('does not hide who came to depend on a key', async () => {
    const keyArn = (await readOf(estate(), 0)).keys[0]?.arn ?? '';
    const late: Change = (place) => {
      const [billing] = place.instances.filter(({ identifier }) => identifier === BILLING);
      const made = { ...(billing as Instance), identifier: 'made-since', resourceId: 'db-SINCE', kmsKeyArn: keyArn };
      return { ...place, instances: [...place.instances, made] };
    };
    const { world } = await aWorld({ known: await readOf(estate(), DAY), now: estate(late) });
    const target = { ...aTargetOf({ arn: keyArn }), scope: { accountId: '123456789012', region: 'eu-west-1' } };
    const seal: Action = { kind: 'schedule_key_deletion', target, windowDays: 7 };
    const { decision, databases } = await decideIn(world, () => anIntent([seal]));
    expect(decision).toBe('block');
    expect(databases.map(({ identifier }) => identifier)).toContain('made-since');
  });
});

describe('what is known', () => {
  it('is decided by without a call while it is fresh', async () => {
    const { world, calls } = await aWorld({ known: await readOf(estate(withSnapshot()), 3_600), now: estate() });
    expect((await decideIn(world)).decision).toBe('review');
    expect(calls).toEqual([]);
  });

  it('is read anew where the place that the change acts in is too old', async () => {
    const elsewhere = { accountId: '123456789012', region: 'us-east-1' };
    const fresh = await readOf({ ...estate(), place: emptyPlace(elsewhere) }, 60);
    const known = { ...fresh, scopes: [elsewhere] };
    const old = await readOf(estate(withSnapshot()), DAY);
    const { world, calls } = await aWorld({ known, outdated: [old], now: estate() });
    expect((await decideIn(world)).decision).toBe('block');
    expect(calls.length).toBeGreaterThan(0);
  });

  it('being nothing at all, what is there is read', async () => {
    const { world } = await aWorld({ known: null, now: estate(withSnapshot()) });
    expect((await decideIn(world)).decision).toBe('review');
  });
});

describe('AWS that cannot be read', () => {
  const refused: Tamper = ({ action }) => (action === 'GetCallerIdentity' ? queryError(403, 'ExpiredToken') : null);

  it('leaves a decision that is unknown', async () => {
    const known = await readOf(estate(withSnapshot()), DAY);
    const { world } = await aWorld({ known, now: estate(withSnapshot()), tamper: refused });
    const decision = await decideIn(world);
    expect(decision).toMatchObject({ decision: 'block', verdict: 'unknown' });
    expect(codesOf(decision)).toContain('inventory_stale');
  });

  it('leaves no decision where nothing is known either', async () => {
    const { world } = await aWorld({ known: null, now: estate(), tamper: refused });
    await expect(decideIn(world)).rejects.toMatchObject({ code: 'MUSTER_CREDENTIALS_MISSING' });
    expect(await world.store.decisions()).toEqual([]);
  });

  it.each(['DescribeDBInstances', 'DescribeDBSnapshots', 'DescribeDBEngineVersions'])(
    'in %s alone never lets a change pass by what was known',
    async (denied) => {
      const tamper: Tamper = ({ action }) => (action === denied ? queryError(403, 'AccessDenied') : null);
      const known = await readOf(estate(withSnapshot()), DAY);
      const { world } = await aWorld({ known, now: estate(withSnapshot()), tamper });
      expect(await decideIn(world)).toMatchObject({ decision: 'block', verdict: 'unknown' });
    },
  );
});

it('a principal whom IAM cannot be asked about leaves a decision that says so', async () => {
  const { world } = await aWorld({ known: await readOf(estate(withSnapshot()), 60), now: estate() });
  const principal = 'arn:aws:iam::123456789012:role/deployer';
  const decision = await decideIn(world, deleteBilling, principal);
  expect(decision.principal).toBe(principal);
  expect(decision.gaps).toMatchObject([{ action: 'iam:SimulatePrincipalPolicy', cause: 'MUSTER_CREDENTIALS_MISSING' }]);
});

it('a decision stands against a narrow reading for as long as nothing of its databases changed', async () => {
  const { world } = await aWorld({ known: await readOf(estate(withSnapshot()), 60), now: estate(withSnapshot()) });
  const decision = await decideIn(world);
  const asked = { named: decision.changeDigest, changeDigest: null, state: null, requireFresh: true };
  const again = (inWorld: DecidingWorld) =>
    recheckDecision(
      { ...asked, policy: DEFAULT_POLICY, inventory: () => freshInventoryFor(decision.databases, inWorld) },
      world,
    );
  expect(await again(world)).toMatchObject({ stands: true, fresh: true });
  const { world: changed } = await aWorld({ known: null, now: estate() });
  expect((await again(changed)).causes.map(({ cause }) => cause)).toEqual(['databases_changed']);
});

it('in an estate of thousands few pages are read', async () => {
  const many: Change = (place) => {
    const [billing] = place.instances.filter(({ identifier }) => identifier === BILLING);
    const [like] = place.snapshots.filter(({ type, kind }) => type === 'manual' && kind === 'db');
    const instances = Array.from({ length: 300 }, (_, index) => ({
      ...(billing as Instance),
      identifier: `shard-${index}`,
      resourceId: `db-SHARD${index}`,
    }));
    const snapshots = instances.flatMap(({ identifier, resourceId }) =>
      Array.from({ length: 10 }, (_, index) => ({
        ...(like as Snapshot),
        identifier: `${identifier}-${index}`,
        sourceIdentifier: identifier,
        sourceResourceId: resourceId,
      })),
    );
    return { ...place, instances: [...place.instances, ...instances], snapshots: [...place.snapshots, ...snapshots] };
  };
  const { world, calls } = await aWorld({ known: await readOf(estate(), DAY), now: estate(withSnapshot(), many) });
  expect((await decideIn(world)).decision).toBe('review');
  expect(calls.filter(({ parameters }) => parameters.has('Marker'))).toEqual([]);
  expect(calls.length).toBeLessThan(60);
});
