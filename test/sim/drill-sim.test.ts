/**
 * Whole drills on the virtual clock, with faults drawn from seeds: processes killed at any point, two at once, bad weather.
 *
 * `MUSTER_DRILL_SEEDS=10000` runs that many, `MUSTER_SEED=17` one of them (or that many from it on). Whatever befell
 * them, in the end nothing of Muster's is left, nothing else was touched, every drill has one ending, and no record
 * claims more than the lab's books show.
 */

import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDrillTrials, type DrillFinding } from './support/drill-trial.ts';

const FIRST = Number(process.env['MUSTER_SEED'] ?? '1');
const COUNT = Number(process.env['MUSTER_DRILL_SEEDS'] ?? (process.env['MUSTER_SEED'] === undefined ? '100' : '1'));
const REPLAY = 'npx vitest run --config test/vitest.config.ts --root . test/sim/drill-sim.test.ts';
/** As many failures as a person will read. */
const SHOWN_MAX = 3;

const findings: DrillFinding[] = [];

beforeAll(
  async () => {
    const trials = createDrillTrials();
    for (let seed = FIRST; seed < FIRST + COUNT; seed += 1) {
      findings.push(
        await trials.run(seed).catch((cause: unknown) => {
          throw new Error(`MUSTER_SEED=${seed} ${REPLAY}`, { cause });
        }),
      );
    }
  },
  1_000 * (30 + COUNT),
);

afterAll(() => {
  process.stderr.write(`${COUNT} drill seeds from ${FIRST}: ${JSON.stringify(total())}\n`);
});

describe(`drills, from seed ${FIRST} on`, () => {
  it('leave nothing, touch nothing foreign, end once, and claim no more than was shown', () => {
    const failed = findings.filter(({ breaches }) => breaches.length > 0);
    const shown = failed.slice(0, SHOWN_MAX).map(({ seed, breaches, story }) => {
      return [`MUSTER_SEED=${seed} ${REPLAY}`, ...breaches, ...story].join('\n  ');
    });
    const seeds = failed.map(({ seed }) => seed).join(' ');
    expect(shown.join('\n'), `${failed.length} of ${COUNT} seeds: ${seeds}`).toBe('');
  });

  it.runIf(COUNT >= 100)('meet every kind of ending and mishap', () => {
    for (const [what, count] of Object.entries(total())) expect(count, what).toBeGreaterThan(COUNT / 100);
  });

  it('are the same each time', async () => {
    const again = createDrillTrials();
    for (const finding of findings.slice(0, 3)) expect(await again.run(finding.seed)).toEqual(finding);
  });
});

function total(): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { counts } of findings) {
    for (const [what, count] of Object.entries(counts)) sums[what] = (sums[what] ?? 0) + count;
  }
  return sums;
}
