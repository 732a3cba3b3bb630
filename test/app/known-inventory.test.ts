/** What is known from kept sights: loaded when they change, joined again when they age, asked for once a second. */

import { describe, expect, it } from 'vitest';
import { createKnownInventory } from '../../src/app/known-inventory.ts';
import { printScope, type Scope } from '../../src/core/arn.ts';
import { type Digest, digestOf } from '../../src/core/canonical.ts';
import { MusterError } from '../../src/core/errors.ts';
import { addSeconds, type Seconds } from '../../src/core/time.ts';
import type { Sight } from '../../src/inventory/sight.ts';
import { NOW, SCOPE } from '../support/builders.ts';
import { aSight } from '../support/sights.ts';

const FAR: Scope = { ...SCOPE, region: 'us-east-1' };

/** A desk and a clock that a test has in its hands. */
function aDesk(...sights: readonly Sight[]) {
  const kept = new Map(sights.map((sight) => [printScope(sight.place), sight]));
  const loaded: string[] = [];
  const world = { looks: 0, passed: 0 as Seconds, broken: false, endpoint: null as string | null };
  const desk = {
    sightVersions: async (): Promise<ReadonlyMap<string, Digest>> => {
      world.looks += 1;
      if (world.broken) throw new MusterError('MUSTER_STORE_UNREACHABLE', 'the desk is away');
      return new Map([...kept].map(([name, sight]) => [name, digestOf(sight)]));
    },
    sight: async (place: Scope): Promise<Sight | null> => {
      loaded.push(place.region);
      return kept.get(printScope(place)) ?? null;
    },
  };
  const clock = {
    now: () => addSeconds(NOW, world.passed),
    elapsed: () => world.passed,
    sleep: () => Promise.reject(new Error('nobody waits')),
  };
  const put = (sight: Sight) => kept.set(printScope(sight.place), sight);
  return {
    world,
    loaded,
    put,
    kept,
    known: createKnownInventory({ desk, clock, secondsMax: 600, endpoint: async () => world.endpoint }),
  };
}

it('nothing is known before any place was read', async () => {
  expect(await aDesk().known.current()).toBeNull();
});

describe('the kept sights', () => {
  it('are joined', async () => {
    const known = await aDesk(aSight(), aSight({ place: FAR })).known.current();
    expect(known?.inventory.scopes).toEqual([SCOPE, FAR]);
    expect(known?.outdated).toEqual([]);
  });

  it('are the same object while none of them changes', async () => {
    const { known, world } = aDesk(aSight());
    const first = await known.current();
    world.passed = 5;
    expect(await known.current()).toBe(first);
  });

  it('are loaded again only where they changed', async () => {
    const { known, world, loaded, put } = aDesk(aSight(), aSight({ place: FAR }));
    await known.current();
    put(aSight({ place: FAR, observedAt: addSeconds(NOW, 2) }));
    world.passed = 3;
    await known.current();
    expect(loaded).toEqual(['eu-west-1', 'us-east-1', 'us-east-1']);
  });

  it('are forgotten with their place', async () => {
    const { known, world, kept } = aDesk(aSight(), aSight({ place: FAR }));
    await known.current();
    kept.delete(printScope(FAR));
    world.passed = 1;
    expect((await known.current())?.inventory.scopes).toEqual([SCOPE]);
  });

  it('grow too old though nothing else happens', async () => {
    const { known, world } = aDesk(aSight({ observedAt: addSeconds(NOW, -300) }), aSight({ place: FAR }));
    await known.current();
    world.passed = 301;
    const later = await known.current();
    expect(later?.inventory.scopes).toEqual([FAR]);
    expect(later?.outdated.map(({ scopes }) => scopes)).toEqual([[SCOPE]]);
  });
});

describe('a sight of another endpoint', () => {
  const LAB = 'http://127.0.0.1:4566';

  it.each([
    ['a lab', LAB, null],
    ['AWS', null, LAB],
  ])('that is of %s leaves nothing known by itself', async (_, endpoint, asked) => {
    const { known, world } = aDesk(aSight({ endpoint }));
    world.endpoint = asked;
    expect(await known.current()).toBeNull();
    world.endpoint = endpoint;
    expect((await known.current())?.inventory.scopes).toEqual([SCOPE]);
  });

  it.each([
    ['a lab', LAB, null],
    ['AWS', null, LAB],
  ])('that is of %s leaves its place a gap beside what is known', async (_, endpoint, asked) => {
    const { known, world } = aDesk(aSight({ endpoint: asked }), aSight({ place: FAR, endpoint }));
    world.endpoint = asked;
    const now = await known.current();
    expect(now?.inventory).toMatchObject({ endpoint: asked, scopes: [SCOPE] });
    const hidden = now?.inventory.gaps.filter(({ where }) => where.region === FAR.region).map(({ hides }) => hides);
    expect(hidden).toEqual(expect.arrayContaining(['databases', 'survivors', 'threats']));
    expect(now?.outdated).toEqual([]);
  });
});

describe('the desk', () => {
  it('is looked at once a second at most, however many ask', async () => {
    const { known, world } = aDesk(aSight());
    await Promise.all(Array.from({ length: 50 }, () => known.current()));
    world.passed = 0.9;
    await known.current();
    expect(world.looks).toBe(1);
    world.passed = 1;
    await known.current();
    expect(world.looks).toBe(2);
  });

  it('being away leaves nothing known until it is back', async () => {
    const { known, world } = aDesk(aSight());
    await known.current();
    Object.assign(world, { broken: true, passed: 2 });
    await expect(known.current()).rejects.toMatchObject({ code: 'MUSTER_STORE_UNREACHABLE' });
    world.broken = false;
    expect((await known.current())?.inventory.scopes).toEqual([SCOPE]);
  });

  it('that forgets a place between two questions loses that place only', async () => {
    const { known, kept } = aDesk(aSight(), aSight({ place: FAR }));
    const asked = known.current();
    kept.delete(printScope(FAR));
    expect((await asked)?.inventory.scopes).toEqual([SCOPE]);
  });
});
