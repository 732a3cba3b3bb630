/** Claims about verdicts that hold over every estate, change and set of drills that can be drawn. */

import process from 'node:process';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { assess } from '../../src/app/assess.ts';
import { addSeconds, type Instant, secondsBetween } from '../../src/core/time.ts';
import { claimOf, type DrillRecord } from '../../src/drill/model.ts';
import { PROOF_GRADES, type ProofGrade, WAIVABLE } from '../../src/policy/model.ts';
import { resolveRequirement } from '../../src/policy/resolve.ts';
import { type Policy, parsePolicy } from '../../src/policy/schema.ts';
import type { PolicyWaiver } from '../../src/policy/waivers.ts';
import { decideChange, judgeNow } from '../../src/verdict/decide.ts';
import { type DatabaseView, REQUIREMENT_NAMES, VERDICTS, type VerdictWord } from '../../src/verdict/document.ts';
import { REASONS } from '../../src/verdict/reasons.ts';
import { aDatabase, anInventory, aPoint, NOW } from '../support/builders.ts';
import { aGap, type Drawn, drawn } from './estates.ts';

/** A busy machine takes its time over the larger ones. */
vi.setConfig({ testTimeout: 60_000 });

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
  const { proofSecondsMax, proofGradeMin } = resolveRequirement(policy, database ?? aDatabase());
  const secondsMax = proofSecondsMax[claimOf(kind) ?? 'snapshot'].value;
  return newest.length > 0 && newest.every((drill) => counts(drill, secondsMax, proofGradeMin.value));
}

function counts(drill: DrillRecord, secondsMax: number, gradeMin: ProofGrade = 'queried'): boolean {
  const age = secondsBetween(drill.endedAt, NOW);
  const grades: readonly string[] = PROOF_GRADES.slice(PROOF_GRADES.indexOf(gradeMin));
  return (
    (drill.result === 'passed' || (drill.result === 'leaked' && drill.grade !== 'restored')) &&
    grades.includes(drill.grade) &&
    drill.restoreSeconds !== null &&
    (drill.probes.length > 0 || gradeMin === 'restored') &&
    drill.probes.every(({ passed }) => passed) &&
    age <= secondsMax &&
    age >= -300
  );
}

/** True when a drill says that something does not restore; without it, that is only not proven. */
function speaksAgainst({ result, probes }: DrillRecord): boolean {
  return result === 'failed' || result === 'leaked' || probes.some(({ passed }) => !passed);
}

type Values = Policy['defaults'];

/** The same requirement with one key the stricter. */
const STRICTER: Readonly<Record<string, (values: Values) => Values>> = {
  dataLossMax: (values) => ({ ...values, dataLossMax: (values.dataLossMax ?? 86_400) / 2 }),
  restoreTimeMax: (values) => ({ ...values, restoreTimeMax: Math.min(values.restoreTimeMax ?? 3_600, 3_600) - 1 }),
  survivors: ({ survivors = {}, ...values }) => ({
    ...values,
    survivors: {
      outsidePlan: (survivors.outsidePlan ?? 1) + 1,
      outsidePrincipal: (survivors.outsidePrincipal ?? 0) + 1,
    },
  }),
  otherRegion: ({ survivors = {}, ...values }) => ({
    ...values,
    survivors: { ...survivors, otherRegion: (survivors.otherRegion ?? 0) + 1 },
  }),
  otherAccount: ({ survivors = {}, ...values }) => ({
    ...values,
    survivors: { ...survivors, otherAccount: (survivors.otherAccount ?? 0) + 1 },
  }),
  afterLoss: ({ afterLoss = {}, ...values }) => ({
    ...values,
    afterLoss: { ...afterLoss, region_lost: 1, time_passes: (afterLoss.time_passes ?? 0) + 1 },
  }),
  restoreProof: (values) => ({ ...values, restoreProof: {} }),
  proofAgeMax: (values) => ({ ...values, proofAgeMax: { snapshot: 3_600, copy: 3_600, pitr: 60, vault: 60 } }),
  proofGrade: (values) => ({ ...values, proofGrade: 'compared' }),
  // How long a bad write goes unnoticed also says how much of the work lost is spared.
  detectionTime: (values) =>
    values.afterLoss?.bad_write ? values : { ...values, detectionTime: (values.detectionTime ?? 0) + 1_800 },
  retentionMin: (values) => ({ ...values, retentionMin: (values.retentionMin ?? 0) + 3_600 }),
};

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
        const { rpoSecondsMax, survivorsMin, restoreProof } = resolveRequirement(given.policy, database);
        if ((view.waivers ?? []).length > 0) continue;
        const named = new Set(given.intent.actions.map(({ target }) => target.arn));
        const outside = view.survivors.filter(({ id, reach }) => {
          const point = given.inventory.recoveryPoints.find((candidate) => candidate.id === id);
          return reach !== 'same_plan' && point !== undefined && !named.has(point.arn);
        });
        expect(outside.length).toBeGreaterThanOrEqual(survivorsMin.outside_plan.value);
        const recent = outside.filter(
          ({ dataLossSeconds }) => dataLossSeconds !== null && dataLossSeconds <= rpoSecondsMax.value,
        );
        expect(recent).not.toEqual([]);
        const mayPass = recent.some(({ kind }) => restoreProof[claimOf(kind) ?? 'snapshot'].value === 'advisory');
        expect(mayPass || recent.some(({ kind }) => provenBy(view, given, kind))).toBe(true);
      }
    }, 4 * RUNS);
    // A claim about ready that never saw one would hold of anything.
    expect(ready).toBeGreaterThan(RUNS / 20);
  });

  it('shows everything that was asked, each with what answers it, fresh and not of the change itself', () => {
    const met = new Set<string>();
    hold((given) => {
      for (const view of decide(given).databases.filter(({ verdict }) => verdict === 'ready')) {
        const { requirements = [], evidence = [], waivers = [], survivors } = view;
        const outside = survivors.filter(({ reach }) => reach !== 'same_plan').map(({ id }) => id);
        const proofs = evidence.filter(
          ({ kind, state, freshUntil }) =>
            kind === 'drill' && state === 'proven' && freshUntil !== null && freshUntil >= NOW,
        );
        const cited = [...outside, ...proofs.map(({ id }) => id)];
        for (const { requirement, result, evidence: ids } of requirements) {
          expect(['met', 'waived', 'advisory']).toContain(result);
          if (result === 'waived') expect(waivers).not.toEqual([]);
          if (result !== 'met') continue;
          met.add(requirement);
          expect(ids.length).toBeGreaterThan(0);
          expect(cited).toEqual(expect.arrayContaining([...ids]));
        }
        expect(evidence[0]).toMatchObject({ id: 'inventory', state: 'fresh' });
        expect(requirements.map(({ requirement }) => requirement)).toEqual(
          expect.arrayContaining(['survivors_outside_plan', 'data_loss', 'restore_proof']),
        );
      }
    }, 4 * RUNS);
    expect([...met].sort()).toEqual([...REQUIREMENT_NAMES].sort());
  });

  it('is said wherever each requirement is met or let pass, unless a gap or the change itself forbids it', () => {
    hold((given) => {
      for (const { requirements = [], reasons, verdict } of decide(given).databases) {
        const short = requirements.some(({ result }) => result === 'not_met' || result === 'unknown');
        const forcing = reasons.filter(({ code }) => REASONS[code].forces !== null).map(({ code }) => code);
        const beside = forcing.filter((code) => code !== 'gap_hides_threats' && code !== 'state_mismatch');
        expect(beside.length > 0).toBe(short);
        if (verdict === 'ready') expect(short).toBe(false);
      }
    });
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
        const last = secondsBetween(NOW, validUntil) - 1;
        for (const seconds of [Math.floor(part * last), last])
          if (seconds > 0) expect(decide(given, addSeconds(NOW, seconds)).verdict).toBe('ready');
      }),
      { numRuns: 4 * RUNS },
    );
  });

  it('of one database holds at every moment before it ends by time alone', () => {
    fc.assert(
      fc.property(drawn, fc.double({ min: 0, max: 1, noNaN: true }), (given, part) => {
        // The age of the inventory is not the database's.
        const policy = { ...given.policy, inventorySecondsMax: 3_650 * 86_400 };
        for (const database of given.inventory.databases) {
          const view = judgeNow({ ...given, policy, at: NOW }, database);
          if (view.verdict !== 'ready') continue;
          const end = view.readyUntil ?? addSeconds(NOW, 60 * 86_400);
          const last = secondsBetween(NOW, end) - 1;
          for (const seconds of [Math.floor(part * last), last]) {
            if (seconds <= 0) continue;
            const later = judgeNow({ ...given, policy, at: addSeconds(NOW, seconds) }, database);
            expect({ seconds, codes: later.reasons.map(({ code }) => code), verdict: later.verdict }).toMatchObject({
              verdict: 'ready',
            });
          }
        }
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

  // A waiver is of one lack of proof and not of another, and a restore that is too slow speaks against it.
  const plainly = (given: Drawn): Drawn => {
    const { policy } = given;
    return { ...given, policy: { ...policy, waivers: [], defaults: { ...policy.defaults, restoreTimeMax: null } } };
  };

  it('by losing a drill that passed', () => {
    hold((drawnAs) => {
      const given = plainly(drawnAs);
      const before = decide(given).verdict;
      for (const gone of given.drills.filter((drill) => counts(drill, Number.POSITIVE_INFINITY))) {
        const drills = given.drills.filter((drill) => drill !== gone);
        expect(rank(decide({ ...given, drills }).verdict)).toBeLessThanOrEqual(rank(before));
      }
    });
  });

  it('by the ageing of a drill that passed', () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 60 * 86_400 }), (drawnAs, seconds) => {
        const given = plainly(drawnAs);
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

describe('a waiver', () => {
  const without = (given: Drawn, gone?: PolicyWaiver): Drawn => {
    const waivers = given.policy.waivers.filter((each) => gone !== undefined && each !== gone);
    return { ...given, policy: { ...given.policy, waivers } };
  };

  it('that is taken away never makes a verdict better', () => {
    hold((given) => {
      const before = decide(given).verdict;
      for (const gone of given.policy.waivers)
        expect(rank(decide(without(given, gone)).verdict)).toBeLessThanOrEqual(rank(before));
    }, 2 * RUNS);
  });

  it('makes nothing ready that has no survivor, or where something is unknown that none accepts', () => {
    let made = 0;
    hold((given) => {
      const sound = { ...given, drills: given.drills.filter((drill) => !speaksAgainst(drill)) };
      const before = decide(without(sound));
      for (const view of decide(sound).databases) {
        const bare = before.databases.find(({ arn }) => arn === view.arn);
        if (view.verdict !== 'ready' || bare?.verdict === 'ready') continue;
        made += 1;
        const forcing = (bare?.reasons ?? []).map(({ code }) => code).filter((code) => REASONS[code].forces !== null);
        expect([...WAIVABLE, 'gap_hides_survivors']).toEqual(expect.arrayContaining(forcing));
        expect(view.survivors.some(({ reach }) => reach !== 'same_plan')).toBe(true);
        expect(view.reasons.some(({ code }) => code === 'waived' || code === 'waived_unknown')).toBe(true);
        for (const { reason, until } of view.waivers ?? []) {
          const written = sound.policy.waivers.find((each) => each.reason === reason);
          expect(until > NOW).toBe(true);
          if (REASONS[reason].forces === 'unknown') expect(written?.acceptsUnknown).toBe(true);
        }
      }
    }, 4 * RUNS);
    expect(made).toBeGreaterThan(0);
  });
});

describe('a stricter policy', () => {
  it('never makes anything ready, whichever of its keys is the stricter', () => {
    fc.assert(
      fc.property(drawn, fc.constantFrom(...Object.keys(STRICTER)), (given, key) => {
        const sound = { ...given, drills: given.drills.filter((drill) => !speaksAgainst(drill)) };
        const policy = { ...sound.policy, waivers: [], environments: [] };
        const stricter = { ...policy, defaults: STRICTER[key]?.(policy.defaults) ?? policy.defaults };
        if (decide({ ...sound, policy: stricter }).verdict === 'ready')
          expect({ key, verdict: decide({ ...sound, policy }).verdict }).toEqual({ key, verdict: 'ready' });
      }),
      { numRuns: 4 * RUNS },
    );
  });
});

describe('time zone and language', () => {
  it('of whoever runs it change no byte, and are not even asked for', () => {
    const zone = process.env['TZ'];
    const asked = [
      ...(['localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase'] as const).map((name) =>
        vi.spyOn(String.prototype, name),
      ),
      ...(['toLocaleString', 'getHours', 'getDate', 'getTimezoneOffset'] as const).map((name) =>
        vi.spyOn(Date.prototype, name),
      ),
      vi.spyOn(Number.prototype, 'toLocaleString'),
      vi.spyOn(Intl, 'DateTimeFormat'),
      vi.spyOn(Intl, 'Collator'),
    ];
    try {
      hold((given) => {
        const texts = ['Pacific/Kiritimati', 'America/St_Johns', 'UTC'].map((name) => {
          process.env['TZ'] = name;
          return JSON.stringify(decide(given));
        });
        expect(new Set(texts).size).toBe(1);
      });
      for (const spy of asked) expect(spy).not.toHaveBeenCalled();
    } finally {
      vi.restoreAllMocks();
      process.env['TZ'] = zone;
    }
  });
});

describe('an inventory that grows old', () => {
  it('makes no verdict better, and none ready once it is older than the policy allows', () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 90 * 86_400 }), (given, seconds) => {
        const observedAt = addSeconds(NOW, -seconds);
        const before = decide(given).verdict;
        const after = decide({ ...given, inventory: { ...given.inventory, observedAt } }).verdict;
        expect(rank(after)).toBeLessThanOrEqual(rank(before));
        if (seconds > given.policy.inventorySecondsMax) expect(after).not.toBe('ready');
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
