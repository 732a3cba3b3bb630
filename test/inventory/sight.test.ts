/** Sights of many ages as one inventory: what is too old counts for nothing, and spoils nothing else. */

import process from 'node:process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printScope, type Scope } from '../../src/core/arn.ts';
import { addSeconds } from '../../src/core/time.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { inventoryOf, type Sight } from '../../src/inventory/sight.ts';
import { decideChange, judgeNow } from '../../src/verdict/decide.ts';
import { type Drawn, drawn } from '../properties/estates.ts';
import { aDatabase, aPoint, NOW, SCOPE } from '../support/builders.ts';
import { aSight, sightsOf } from '../support/sights.ts';

const FAR: Scope = { ...SCOPE, region: 'us-east-1' };
const HOUR = 3_600;
const join = (...sights: readonly Sight[]) => inventoryOf(sights, { at: NOW, secondsMax: HOUR });
const ago = (seconds: number) => addSeconds(NOW, -seconds);

describe('sights of several places', () => {
  it('are as old as the oldest of them', () => {
    const { inventory } = join(aSight({ observedAt: ago(10) }), aSight({ place: FAR, observedAt: ago(HOUR) }));
    expect(inventory.observedAt).toBe(ago(HOUR));
    expect(inventory.scopes.map(printScope)).toEqual([SCOPE, FAR].map(printScope));
    expect(inventory.gaps).toEqual([]);
  });

  it('are one of each place, the newer', () => {
    const gap = { what: 'DB instances', where: SCOPE, action: 'rds:DescribeDBInstances', hides: 'databases' } as const;
    const old = aSight({ observedAt: ago(20), seen: { gaps: [{ ...gap, cause: 'AccessDenied' }] } });
    expect(join(old, aSight({ observedAt: ago(10) })).inventory.gaps).toEqual([]);
    expect(join(aSight({ observedAt: ago(30) }), old).inventory.gaps).toHaveLength(1);
  });

  it('join a copy to its original in another place', () => {
    const original = aPoint(aDatabase(), { id: 'kept' });
    const copy = aPoint(aDatabase(), {
      ...FAR,
      id: 'copy',
      arn: 'arn:copy',
      kind: 'snapshot_copy',
      dataAt: null,
      createdAt: NOW,
      copiedFrom: original.arn,
    });
    const { inventory } = join(
      aSight({ seen: { snapshots: [original] } }),
      aSight({ place: FAR, seen: { snapshots: [copy] } }),
    );
    expect(inventory.recoveryPoints.find(({ id }) => id === 'copy')?.dataAt).toBe(original.dataAt);
  });
});

describe('a sight that is a second too old', () => {
  const { restoreWindow, connectionsMax: _, ...facts } = aDatabase();
  const database = { ...facts, restorable: { earliest: null, latest: restoreWindow?.latest ?? null } };
  const stale = aSight({ observedAt: ago(HOUR + 1), seen: { databases: [database] } });
  const { inventory, outdated } = join(stale, aSight({ place: FAR, observedAt: ago(5) }));

  it('is three gaps and nothing else', () => {
    expect(inventory.databases).toEqual([]);
    expect(inventory.scopes).toEqual([FAR]);
    expect(inventory.observedAt).toBe(ago(5));
    expect(inventory.gaps.map(({ hides }) => hides).sort()).toEqual(['databases', 'survivors', 'threats']);
    const said = inventory.gaps.map(({ where, cause }) => [where, cause]);
    expect(said).toEqual(Array(3).fill([SCOPE, `Stale: last read at ${ago(HOUR + 1)}`]));
  });

  it('is there by itself, as it was, and can vouch for nothing', () => {
    expect(outdated).toHaveLength(1);
    expect(outdated[0]).toMatchObject({ observedAt: ago(HOUR + 1), scopes: [SCOPE] });
    expect(outdated[0]?.databases.map(({ identifier }) => identifier)).toEqual([database.identifier]);
    expect(outdated[0]?.gaps.map(({ hides }) => hides).sort()).toEqual(['databases', 'survivors', 'threats']);
  });

  it('counts while it is exactly as old as allowed', () => {
    expect(join({ ...stale, observedAt: ago(HOUR) }).outdated).toEqual([]);
  });
});

it('where everything is too old nothing was read, and the inventory is as old as the newest of it', () => {
  const { inventory, outdated } = join(
    aSight({ observedAt: ago(2 * HOUR) }),
    aSight({ place: FAR, observedAt: ago(3 * HOUR) }),
  );
  expect(inventory).toMatchObject({ observedAt: ago(2 * HOUR), scopes: [], databases: [] });
  expect(inventory.gaps).toHaveLength(6);
  expect(outdated).toHaveLength(2);
});

it('a sight of a time yet to come is believed as far as clocks differ, and no further', () => {
  expect(join(aSight({ observedAt: ago(-300) })).outdated).toEqual([]);
  const { inventory, outdated } = join(aSight({ observedAt: ago(-301) }), aSight({ place: FAR }));
  expect(inventory.scopes).toEqual([FAR]);
  expect(inventory.gaps[0]?.cause).toBe(`Ahead: read at ${ago(-301)}, which is yet to come`);
  expect(outdated).toHaveLength(1);
});

describe('sights of another endpoint', () => {
  const lab = aSight({ place: FAR, endpoint: 'http://127.0.0.1:4566', observedAt: ago(1) });

  it('never vouch for AWS', () => {
    const { inventory, outdated } = join(aSight({ observedAt: ago(50) }), lab);
    expect(inventory).toMatchObject({ endpoint: null, scopes: [SCOPE] });
    expect(inventory.gaps.map(({ where, cause }) => [where.region, cause])).toEqual(
      Array(3).fill(['us-east-1', 'OtherEndpoint: last read at http://127.0.0.1:4566']),
    );
    expect(outdated).toEqual([]);
  });

  it('count where there is no other', () => {
    expect(join(lab).inventory).toMatchObject({ endpoint: 'http://127.0.0.1:4566', scopes: [FAR], gaps: [] });
  });

  it('never vouch for AWS, however old its own sight is', () => {
    const { inventory } = join(aSight({ observedAt: ago(9 * HOUR) }), lab);
    expect(inventory).toMatchObject({ endpoint: null, scopes: [] });
  });
});

it('no sights at all are no inventory', () => {
  expect(() => join()).toThrow('an inventory is joined from at least one sight');
});

/** `MUSTER_RUNS=2000` looks longer. */
const RUNS = Number(process.env['MUSTER_RUNS'] ?? '30');

const aged = fc.record({
  estate: drawn,
  place: fc.nat({ max: 2 }),
  late: fc.constantFrom(1, 60, 86_400),
  order: fc.nat({ max: 5 }),
});
const placesOf = (estate: Drawn) => sightsOf(estate.inventory, ago(60));
const lateBy = (sight: Sight, seconds: number): Sight => ({ ...sight, observedAt: ago(HOUR + seconds) });
const unread = (sight: Sight): Sight => {
  const gaps = (['databases', 'survivors', 'threats'] as const).map((hides) => ({
    what: { databases: 'all databases', survivors: 'all recovery points', threats: 'all keys and vaults' }[hides],
    where: sight.place,
    action: 'rds:DescribeDBInstances',
    cause: 'TimedOut',
    hides,
  }));
  return aSight({ ...sight, seen: { scopes: [], gaps } });
};
const decide = (estate: Drawn, inventory: Inventory) => decideChange({ ...estate, inventory, at: NOW, logged: false });
const readyNow = (estate: Drawn, inventory: Inventory) =>
  inventory.databases
    .filter((database) => judgeNow({ ...estate, inventory, at: NOW }, database).verdict === 'ready')
    .map(({ arn }) => arn);

describe('over every estate that can be drawn', () => {
  it('the order of sights is nothing', () => {
    fc.assert(
      fc.property(aged, ({ estate, order, place, late }) => {
        const sights = placesOf(estate).map((sight, index) => (index === place ? lateBy(sight, late) : sight));
        const turned = [...sights.slice(order % 3), ...sights.slice(0, order % 3)];
        expect(join(...turned)).toEqual(join(...sights));
        expect(join(...turned.toReversed())).toEqual(join(...sights));
      }),
      { numRuns: RUNS },
    );
  });

  it('a change is decided by a stale sight as by a place that could not be read', () => {
    fc.assert(
      fc.property(aged, ({ estate, place, late }) => {
        const fresh = placesOf(estate);
        const stale = join(...fresh.map((sight, index) => (index === place ? lateBy(sight, late) : sight))).inventory;
        const refused = join(...fresh.map((sight, index) => (index === place ? unread(sight) : sight))).inventory;
        const [one, other] = [decide(estate, stale), decide(estate, refused)];
        expect([one.decision, one.verdict]).toEqual([other.decision, other.verdict]);
        expect(one.databases.map(({ arn, verdict }) => [arn, verdict])).toEqual(
          other.databases.map(({ arn, verdict }) => [arn, verdict]),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('a stale sight makes a database ready that is so without it, and no other', () => {
    let ready = 0;
    fc.assert(
      fc.property(aged, ({ estate, place, late }) => {
        const fresh = placesOf(estate);
        const others = fresh.filter((_, index) => index !== place);
        const stale = join(...fresh.map((sight, index) => (index === place ? lateBy(sight, late) : sight)));
        const withIt = readyNow(estate, stale.inventory);
        expect(withIt).toEqual(readyNow(estate, join(...others).inventory));
        ready += withIt.length;
      }),
      { numRuns: RUNS },
    );
    expect(ready).toBeGreaterThan(0);
  });

  it('nothing in a stale sight is ready, whatever a policy lets an inventory be', () => {
    fc.assert(
      fc.property(aged, ({ estate, late }) => {
        const policy = { ...estate.policy, inventorySecondsMax: 10 * 86_400 };
        const { outdated } = join(...placesOf(estate).map((sight) => lateBy(sight, late)));
        expect(outdated.flatMap((old) => readyNow({ ...estate, policy }, old))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});
