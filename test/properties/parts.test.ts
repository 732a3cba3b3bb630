/** Shortcuts that change nothing: a part of an estate for the whole of it, many deletions in one pass for one by one. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply } from '../../src/survival/apply.ts';
import { settleReadability } from '../../src/survival/apply-key.ts';
import { meet } from '../../src/survival/losses.ts';
import { deletionOf, everythingDeletable, snapshotsPurged } from '../../src/survival/purge.ts';
import type { Effect } from '../../src/survival/step.ts';
import { partsOf } from '../../src/survival/surroundings.ts';
import { foldActions, pointsOf, survive } from '../../src/survival/survive.ts';
import { type World, worldOf } from '../../src/survival/world.ts';
import { judgeAllNow, judgeNow } from '../../src/verdict/decide.ts';
import { NOW } from '../support/builders.ts';
import { drawn } from './estates.ts';

const RUNS = { numRuns: 150 };

describe('the part of an inventory around a database', () => {
  it('meets its deletion as the whole does, effect by effect', () => {
    fc.assert(
      fc.property(drawn, ({ inventory }) => {
        const partOf = partsOf(inventory);
        for (const database of inventory.databases) {
          const { inventory: part, rooms } = partOf(database);
          const options = { at: NOW, refusals: 'lifted' } as const;
          const small = survive(part, deletionOf(database), { ...options, rooms });
          const whole = survive(inventory, deletionOf(database), options);
          expect(pointsOf(small.after, database)).toEqual(pointsOf(whole.after, database));
          expect(small.effects).toEqual(whole.effects);
        }
      }),
      RUNS,
    );
  });

  it('gives a database the same view whether it is judged alone or among all', () => {
    fc.assert(
      fc.property(drawn, (given) => {
        const question = { ...given, at: NOW };
        const { databases } = given.inventory;
        expect(judgeAllNow(question, databases)).toEqual(databases.map((database) => judgeNow(question, database)));
      }),
      RUNS,
    );
  });
});

describe('deletions of snapshots that stand side by side', () => {
  it('leave what they leave one by one, repeated and mixed with others as they may be', () => {
    fc.assert(
      fc.property(drawn, fc.nat(7), ({ inventory, intent }, turn) => {
        const seen = inventory;
        const purges = inventory.databases.flatMap((database) => snapshotsPurged(seen, database));
        const rest = inventory.databases.flatMap((database) => everythingDeletable(seen, database));
        const lists = [purges, [...purges, ...purges], [...purges, ...rest], [...intent.actions, ...purges]];
        const actions = lists[turn % lists.length] ?? [];
        const refusals = turn < lists.length ? 'lifted' : 'honoured';
        const effects: Effect[] = [];
        let world: World = worldOf(inventory, NOW);
        for (const action of actions) {
          const step = apply(world, action, refusals);
          effects.push(step.effect);
          world = step.world;
        }
        const together = foldActions(worldOf(inventory, NOW), actions, refusals);
        expect(together.effects).toEqual(effects);
        expect(together.world.points).toEqual(world.points);
        expect(together.world.rooms).toEqual(world.rooms);
      }),
      RUNS,
    );
  });
});

describe('the purge of one database', () => {
  it('leaves what its calls leave, made one by one', () => {
    fc.assert(
      fc.property(drawn, ({ inventory }) => {
        for (const database of inventory.databases) {
          const world = worldOf(inventory, NOW);
          const { world: oneByOne } = foldActions(world, snapshotsPurged(inventory, database), 'lifted');
          const { points, rooms } = meet(world, database, 'snapshots_purged');
          expect(points).toEqual(settleReadability(oneByOne).points);
          expect(rooms).toEqual(oneByOne.rooms);
          const { world: allGone } = foldActions(world, everythingDeletable(inventory, database), 'lifted');
          expect(meet(world, database, 'everything_deletable').points).toEqual(settleReadability(allGone).points);
        }
      }),
      RUNS,
    );
  });
});
