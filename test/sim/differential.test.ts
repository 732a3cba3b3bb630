/**
 * Survival and the lab convict each other: over estates and changes drawn from seeds, both say the same.
 *
 * `MUSTER_SEEDS=2000` runs that many, `MUSTER_SEED=17` one of them (or that many from it on). Neither side is right
 * by itself: where they differ, the documented behaviour of AWS decides, and where that is silent, survival says
 * `unknown`.
 */

import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Counts, createTrials, type Finding } from './support/trial.ts';

const FIRST = Number(process.env['MUSTER_SEED'] ?? '1');
const COUNT = Number(process.env['MUSTER_SEEDS'] ?? (process.env['MUSTER_SEED'] === undefined ? '150' : '1'));
const REPLAY = 'npx vitest run --config test/vitest.config.ts --root . test/sim';
/** As many failures as a person will read. */
const SHOWN_MAX = 3;

const findings: Finding[] = [];

beforeAll(
  async () => {
    const trials = createTrials();
    for (let seed = FIRST; seed < FIRST + COUNT; seed += 1) {
      findings.push(
        await trials.run(seed).catch((cause: unknown) => {
          throw new Error(`MUSTER_SEED=${seed} ${REPLAY}`, { cause });
        }),
      );
    }
    trials.close();
  },
  1_000 * (30 + COUNT),
);

afterAll(() => {
  process.stderr.write(`${COUNT} seeds from ${FIRST}: ${JSON.stringify(total())}\n`);
});

describe(`the lab and survival, from seed ${FIRST} on`, () => {
  it('agree on every outcome, every recovery point and every restore', () => {
    const failed = findings.filter(({ breaches }) => breaches.length > 0);
    const shown = failed.slice(0, SHOWN_MAX).map(({ seed, breaches, story }) => {
      return [`MUSTER_SEED=${seed} ${REPLAY}`, ...breaches, ...story].join('\n  ');
    });
    expect(shown.join('\n'), `${failed.length} of ${COUNT} seeds differ`).toBe('');
  });

  it.runIf(COUNT >= 100)('try every kind of fate, and leave few of them unknown', () => {
    const { points, unknown, ...others } = total();
    for (const [what, count] of Object.entries(others)) expect(count, what).toBeGreaterThan(COUNT / 20);
    expect(unknown / points).toBeLessThan(0.12);
  });
});

function total(): Counts {
  const sum = (of: (counts: Counts) => number) => findings.reduce((so, { counts }) => so + of(counts), 0);
  return {
    points: sum(({ points }) => points),
    unknown: sum(({ unknown }) => unknown),
    lost: sum(({ lost }) => lost),
    applied: sum(({ applied }) => applied),
    refused: sum(({ refused }) => refused),
    restored: sum(({ restored }) => restored),
    unreadable: sum(({ unreadable }) => unreadable),
    finals: sum(({ finals }) => finals),
  };
}
