/**
 * Benchmark 3: a Terraform plan of 10 MB judged against a saved inventory, beside reading and parsing its file.
 *
 * The work: the file read, the plan understood, the change decided. The inventory is read once, outside, and its digest is
 * worked out once, in the first round: it is of the inventory, whatever plan is judged by it. The yardstick: the same file
 * through `readFileSync` and `JSON.parse`, in the same process.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseInstant } from '../../src/core/time.ts';
import { readTerraformPlan } from '../../src/intent/terraform/read-plan.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import { type Benchmark, bar } from './benchmark.ts';
import { makeEstate, OBSERVED_AT } from './estate.ts';
import { inventoryOf } from './estate-inventory.ts';
import { makePlan } from './estate-plan.ts';
import { exponentOf } from './measure.ts';
import { middleOf, runSideBySide, type SideBySide } from './side-by-side.ts';

const AT = parseInstant(OBSERVED_AT, 'bench');
const BYTES = 10_000_000;
const PARTS = [0.1, 0.5, 1] as const;
/** What the plan's account holds: about as many databases as the plan deletes. */
const ESTATE = { instances: 25, snapshots: 1_000 } as const;

/** What was measured: the decision beside reading and parsing, at parts of the size and whole. */
export const PLAN_BENCH: Benchmark = {
  name: 'plan: 10 MB of Terraform JSON, judged against a saved inventory',
  run: async (rounds) => {
    const runs: { readonly size: number; readonly costs: SideBySide }[] = [];
    for (const size of PARTS) runs.push({ size, costs: await judge(size, rounds) });
    const whole = runs.at(-1)?.costs ?? { yardstick: [], work: [] };
    const work = runs.map(({ size, costs }) => ({ size, cost: middleOf(costs.work, 'cpuMs') }));
    return {
      rows: runs.flatMap(({ size, costs }) => [
        { what: `read and JSON.parse at ${size * 100} %`, ...medians(costs.yardstick) },
        { what: `muster at ${size * 100} %`, ...medians(costs.work) },
      ]),
      bars: [
        bar('CPU, of reading and JSON.parse', middleOf(whole.work, 'cpuMs') / middleOf(whole.yardstick, 'cpuMs'), 2),
        bar('exponent by which CPU grows with the size', exponentOf(work), 1.05),
      ],
    };
  },
};

/** The estate shrinks with the plan, so that a part is a part of everything. */
async function judge(size: number, rounds: number): Promise<SideBySide> {
  const { instances, snapshots } = ESTATE;
  const estate = makeEstate({ instances: Math.ceil(instances * size), snapshots: Math.ceil(snapshots * size) });
  const inventory = await inventoryOf(estate);
  const folder = mkdtempSync(join(tmpdir(), 'muster-bench-'));
  const path = join(folder, 'plan.json');
  try {
    writeFileSync(path, makePlan(estate, BYTES * size));
    return runSideBySide(rounds, {
      yardstick: () => JSON.parse(readFileSync(path, 'utf8')) as object,
      work: () => {
        const intent = readTerraformPlan(readFileSync(path, 'utf8'), path);
        const base = { policy: DEFAULT_POLICY, drills: [], at: AT, logged: false };
        return { intent, decision: decideChange({ ...base, intent, inventory }) };
      },
      check: ({ intent, decision }) => {
        if (intent.actions.length === 0 || decision.databases.length === 0) throw new Error('nothing was judged');
      },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function medians(costs: SideBySide['work']) {
  return { wallMs: middleOf(costs, 'wallMs'), cpuMs: middleOf(costs, 'cpuMs') };
}
