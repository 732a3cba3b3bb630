/** Claims about verdicts that hold over every estate, change and set of drills that can be drawn. */

import process from 'node:process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { assess } from '../../src/app/assess.ts';
import { addSeconds, type Instant, secondsBetween } from '../../src/core/time.ts';
import { claimOf, type DrillRecord } from '../../src/drill/model.ts';
import { resolveRequirement } from '../../src/policy/resolve.ts';
import { parsePolicy } from '../../src/policy/schema.ts';
import { decideChange, judgeNow } from '../../src/verdict/decide.ts';
import { type DatabaseView, VERDICTS, type VerdictWord } from '../../src/verdict/document.ts';
import { REASONS } from '../../src/verdict/reasons.ts';
import { aDatabase, anInventory, aPoint, NOW } from '../support/builders.ts';
import { aGap, type Drawn, drawn } from './estates.ts';

/** `MUSTER_RUNS=2000` looks longer. */
const RUNS = Number(process.env['MUSTER_RUNS'] ?? '100');

function decide(given: Drawn, at: Instant = NOW) {
  return decideChange({ ...given, at, logged: false });
}

function hold(claim: (given: Drawn) => void, numRuns = RUNS): void {
  fc.assert(fc.property(drawn, claim), { numRuns });
}

/** Higher is better. */
const rank = (verdict: VerdictWord) => VERDICTS.indexOf(verdict);

/** A drill that speaks for a restore of this kind now, found without asking the code under test. */
function provenBy(
  view: DatabaseView,
  { drills, inventory, policy }: Drawn,
  kind: DatabaseView['survivors'][number]['kind'],
) {
  const own = drills.filter(
    (drill) =>
      drill.databaseResourceId === view.resourceId &&
      drill.endpoint === inventory.endpoint &&
      drill.claim === claimOf(kind) &&
      drill.result !== 'aborted',
  );
  const newestAt = own
    .map(({ endedAt }) => endedAt)
    .sort()
    .at(-1);
  const newest = own.filter(({ endedAt }) => endedAt === newestAt);
  const database = inventory.databases.find(({ resourceId }) => resourceId === view.resourceId);
  const days = resolveRequirement(policy, database ?? aDatabase()).proofSecondsMax.value;
  return newest.length > 0 && newest.every((drill) => counts(drill, days));
}

function counts(drill: DrillRecord, secondsMax: number): boolean {
  const age = secondsBetween(drill.endedAt, NOW);
  return (
    ['passed', 'leaked'].includes(drill.result) &&
    ['queried', 'compared'].includes(drill.grade) &&
    drill.restoreSeconds !== null &&
    drill.probes.length > 0 &&
    drill.probes.every(({ passed }) => passed) &&
    age <= secondsMax &&
    age >= -300
  );
}

describe('a verdict', () => {
  it('is the worst of its databases and of what its reasons force', () => {
    hold((given) => {
      const { verdict, decision, databases, reasons } = decide(given);
      const forced = reasons.flatMap(({ code }) => REASONS[code].forces ?? []);
      const all = [...databases.map((view) => view.verdict), ...forced, 'ready' as const];
      expect(rank(verdict)).toBe(Math.min(...all.map(rank)));
      for (const view of databases) {
        const own = view.reasons.flatMap(({ code }) => REASONS[code].forces ?? []);
        expect(rank(view.verdict)).toBe(Math.min(...[...own, 'ready' as const].map(rank)));
      }
      expect(decision === 'block').toBe(verdict !== 'ready');
    });
  });

  it('covers each database that the change deletes, once, and invents none', () => {
    hold((given) => {
      const judged = decide(given).databases.map(({ arn }) => arn);
      const known = given.inventory.databases.map(({ arn }) => arn);
      const deleted = given.intent.actions
        .filter(({ kind }) => kind === 'delete_db_instance' || kind === 'delete_db_cluster')
        .flatMap(({ target }) => known.filter((arn) => arn === target.arn));
      expect(new Set(judged).size).toBe(judged.length);
      expect(known).toEqual(expect.arrayContaining(judged));
      expect(judged).toEqual(expect.arrayContaining(deleted));
    });
  });

  it('is the same to the byte in whatever order its inputs come', () => {
    fc.assert(
      fc.property(drawn, fc.infiniteStream(fc.nat()), (given, stream) => {
        const turn = <T>(items: readonly T[]): T[] =>
          items
            .map((item) => ({ item, at: stream.next().value ?? 0 }))
            .sort((a, b) => a.at - b.at)
            .map(({ item }) => item);
        const { inventory } = given;
        const turned = {
          ...given,
          drills: turn(given.drills),
          inventory: {
            ...inventory,
            scopes: turn(inventory.scopes),
            databases: turn(inventory.databases),
            recoveryPoints: turn(inventory.recoveryPoints),
            keys: turn(inventory.keys),
            vaults: turn(inventory.vaults),
            gaps: turn(inventory.gaps),
          },
        };
        expect(JSON.stringify(decide(turned))).toBe(JSON.stringify(decide(given)));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('ready', () => {
  it('rests on a survivor outside the plan, recent enough, whose kind of restore is proven now', () => {
    let ready = 0;
    hold((given) => {
      const { verdict, databases } = decide(given);
      if (verdict !== 'ready') return;
      for (const view of databases) {
        ready += 1;
        const database = given.inventory.databases.find(({ arn }) => arn === view.arn) ?? aDatabase();
        const { rpoSecondsMax, survivorsOutsidePlanMin, restoreProof } = resolveRequirement(given.policy, database);
        const named = new Set(given.intent.actions.map(({ target }) => target.arn));
        const outside = view.survivors.filter(({ id, reach }) => {
          const point = given.inventory.recoveryPoints.find((candidate) => candidate.id === id);
          return reach !== 'same_plan' && point !== undefined && !named.has(point.arn);
        });
        expect(outside.length).toBeGreaterThanOrEqual(survivorsOutsidePlanMin.value);
        const recent = outside.filter(
          ({ dataLossSeconds }) => dataLossSeconds !== null && dataLossSeconds <= rpoSecondsMax.value,
        );
        expect(recent).not.toEqual([]);
        if (restoreProof.value === 'required')
          expect(recent.some(({ kind }) => provenBy(view, given, kind))).toBe(true);
      }
    }, 4 * RUNS);
    // A claim about ready that never saw one would hold of anything.
    expect(ready).toBeGreaterThan(RUNS / 20);
  });

  it('is never said of a destroy for which nothing was evaluated', () => {
    hold((given) => {
      const { verdict, decision, databases } = decide(given);
      if (databases.length > 0) return;
      const named = given.intent.actions.map(({ target }) => target.arn);
      const takesPoints = given.inventory.recoveryPoints.some(({ arn }) => named.includes(arn));
      const deletes = given.intent.actions.some(({ kind }) => /^delete_db_(instance|cluster)$/.test(kind));
      if (takesPoints || deletes) expect(verdict).not.toBe('ready');
      // A key that nothing stands under may go; every other destroy is at least a person's to look at.
      const standing = [...given.inventory.databases, ...given.inventory.recoveryPoints].map(({ keyArn }) => keyArn);
      const idle = given.intent.actions.every(
        ({ kind, target }) => /key/.test(kind) && target.arn !== null && !standing.includes(target.arn),
      );
      if (!idle) expect(decision).not.toBe('allow');
    });
  });

  it('still holds at every moment before it ends', () => {
    fc.assert(
      fc.property(drawn, fc.double({ min: 0, max: 1, noNaN: true }), (given, part) => {
        const { verdict, validUntil } = decide(given);
        if (verdict !== 'ready') return;
        const seconds = Math.floor(part * (secondsBetween(NOW, validUntil) - 1));
        if (seconds > 0) expect(decide(given, addSeconds(NOW, seconds)).verdict).toBe('ready');
      }),
      { numRuns: 4 * RUNS },
    );
  });
});

describe('a verdict never gets better', () => {
  it('by losing a survivor that the change reaches neither by name nor by its vault or key', () => {
    hold((given) => {
      const sound = { ...given, drills: given.drills.filter(({ result }) => result !== 'failed') };
      const before = decide(sound);
      const named = new Set(given.intent.actions.map(({ target }) => target.arn));
      const ids = before.databases.flatMap(({ survivors }) => survivors.map(({ id }) => id));
      for (const gone of sound.inventory.recoveryPoints.filter(
        ({ id, arn, vaultArn, keyArn }) => ids.includes(id) && ![arn, vaultArn, keyArn].some((name) => named.has(name)),
      )) {
        const recoveryPoints = sound.inventory.recoveryPoints.filter((point) => point !== gone);
        const after = decide({ ...sound, inventory: { ...sound.inventory, recoveryPoints } });
        if (after.verdict === 'ready') expect(before.verdict).toBe('ready');
      }
    });
  });

  it('by losing a drill that passed', () => {
    hold((given) => {
      const before = decide(given).verdict;
      for (const gone of given.drills.filter((drill) => counts(drill, Number.POSITIVE_INFINITY))) {
        const drills = given.drills.filter((drill) => drill !== gone);
        expect(rank(decide({ ...given, drills }).verdict)).toBeLessThanOrEqual(rank(before));
      }
    });
  });

  it('by the ageing of a drill that passed', () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 60 * 86_400 }), (given, seconds) => {
        const before = decide(given).verdict;
        for (const aged of given.drills.filter((drill) => counts(drill, Number.POSITIVE_INFINITY))) {
          const drills = given.drills.map((drill) =>
            drill === aged ? { ...drill, endedAt: addSeconds(drill.endedAt, -seconds) } : drill,
          );
          expect(rank(decide({ ...given, drills }).verdict)).toBeLessThanOrEqual(rank(before));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('by a gap: one that hides threats never helps, and none makes anything ready', () => {
    fc.assert(
      fc.property(drawn, aGap, (given, gap) => {
        const before = decide(given).verdict;
        const after = decide({ ...given, inventory: { ...given.inventory, gaps: [...given.inventory.gaps, gap] } });
        if (gap.hides === 'threats') expect(rank(after.verdict)).toBeLessThanOrEqual(rank(before));
        if (after.verdict === 'ready') expect(before).toBe('ready');
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a report', () => {
  it('judges each database once, as by itself', () => {
    hold((given) => {
      const { inventory } = given;
      const views = inventory.databases.map((database) => judgeNow({ ...given, at: NOW }, database));
      expect(views.map(({ resourceId }) => resourceId)).toEqual(
        inventory.databases.map(({ resourceId }) => resourceId),
      );
    });
  });

  it('on all databases is never ready while databases may be hidden', async () => {
    const orders = aDatabase();
    const policy = parsePolicy('version: 1\ndefaults: { restoreProof: advisory }\n', 'test.yaml');
    const gap = { what: 'DB clusters', where: orders, action: 'rds:DescribeDBClusters', cause: 'AccessDenied' };
    const inventory = anInventory({
      databases: [orders],
      recoveryPoints: [aPoint(orders)],
      gaps: [{ ...gap, hides: 'databases' }],
    });
    const world = { store: createMemoryStore(), clock: { now: () => NOW, elapsed: () => 0, sleep: async () => {} } };
    expect((await assess({ inventory, policy, names: ['orders'] }, world)).verdict).toBe('ready');
    expect((await assess({ inventory, policy, names: [] }, world)).verdict).toBe('unknown');
  });
});
