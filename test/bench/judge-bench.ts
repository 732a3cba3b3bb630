/**
 * Benchmark 2: an estate of 2,000 instances and 100,000 snapshots judged against every loss, beside parsing its JSON.
 *
 * The work: the rows of all losses for every database, and the judgement of every database as `muster report` makes it.
 * The yardstick: `JSON.parse` of that very inventory, in the same process; the work starts from what it made.
 */

import { parseInstant } from '../../src/core/time.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { LOSSES } from '../../src/survival/losses.ts';
import { matrixOfEstate } from '../../src/survival/matrix.ts';
import { judgeAllNow } from '../../src/verdict/decide.ts';
import { type Benchmark, bar } from './benchmark.ts';
import { makeEstate, OBSERVED_AT, type Size, scaled } from './estate.ts';
import { inventoryOf } from './estate-inventory.ts';
import { exponentOf } from './measure.ts';
import { middleOf, runSideBySide, type SideBySide } from './side-by-side.ts';

const AT = parseInstant(OBSERVED_AT, 'bench');
const PARTS = [0.1, 0.5, 1] as const;

/** What was measured: the judgement beside the parsing, at parts of the size and whole. */
export const JUDGE_BENCH: Benchmark = {
  name: 'judgement: 2,000 instances, 100,000 snapshots, every loss',
  run: async (rounds) => {
    const runs: { readonly size: number; readonly costs: SideBySide }[] = [];
    for (const size of PARTS) runs.push({ size, costs: await judge(scaled(size), rounds) });
    const whole = runs.at(-1)?.costs ?? { yardstick: [], work: [] };
    const work = runs.map(({ size, costs }) => ({ size, cost: middleOf(costs.work, 'cpuMs') }));
    return {
      rows: runs.flatMap(({ size, costs }) => [
        { what: `JSON.parse at ${size * 100} %`, ...medians(costs.yardstick) },
        { what: `muster at ${size * 100} %`, ...medians(costs.work) },
      ]),
      bars: [
        bar('CPU, of JSON.parse', middleOf(whole.work, 'cpuMs') / middleOf(whole.yardstick, 'cpuMs'), 3),
        bar('exponent by which CPU grows with the size', exponentOf(work), 1.05),
      ],
    };
  },
};

async function judge(size: Size, rounds: number): Promise<SideBySide> {
  const text = JSON.stringify(await inventoryOf(makeEstate(size)));
  return runSideBySide(rounds, {
    yardstick: () => JSON.parse(text) as Inventory,
    work: (inventory) => ({
      matrix: matrixOfEstate(inventory, AT),
      views: judgeAllNow({ inventory, policy: DEFAULT_POLICY, drills: [], at: AT }, inventory.databases),
    }),
    check: ({ matrix, views }) => {
      const rows = matrix.reduce((sum, one) => sum + one.rows.length, 0);
      if (rows !== size.instances * LOSSES.length) throw new Error(`${rows} rows`);
      if (views.length !== size.instances) throw new Error(`${views.length} judgements`);
    },
  });
}

function medians(costs: SideBySide['work']) {
  return { wallMs: middleOf(costs, 'wallMs'), cpuMs: middleOf(costs, 'cpuMs') };
}
