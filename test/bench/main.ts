/**
 * `npm run bench`: runs every benchmark, prints a table, exits 1 if a bar is missed. Never part of `npm test`.
 *
 * To add one: write `<name>-bench.ts` that exports a `Benchmark`, put what it compares into `contenders.ts`, and name it
 * below. The estate (`estate.ts`, the same for the same seed) comes as XML over HTTP (`withPageServer`) or as Muster's
 * inventory (`inventoryOf`). Contenders take turns, each run in a new process, or side by side in this one
 * (`side-by-side.ts`). `MUSTER_ROUNDS` changes how often, 5
 * unless told; arguments choose benchmarks by name.
 */

import process from 'node:process';
import { DECIDE_BENCH, READ_BENCH } from './api-bench.ts';
import { type Benchmark, holds, printResult } from './benchmark.ts';
import { INVENTORY_BENCH } from './inventory-bench.ts';
import { JUDGE_BENCH } from './judge-bench.ts';
import { PLAN_BENCH } from './plan-bench.ts';

const BENCHMARKS: readonly Benchmark[] = [INVENTORY_BENCH, JUDGE_BENCH, PLAN_BENCH, READ_BENCH, DECIDE_BENCH];

const rounds = Number(process.env['MUSTER_ROUNDS'] ?? 5);
const chosen = process.argv.slice(2);
let missed = false;
for (const { name, run } of BENCHMARKS) {
  if (chosen.length > 0 && !chosen.some((word) => name.includes(word))) continue;
  const { rows, bars } = await run(rounds);
  process.stdout.write(`${printResult(name, rows, bars)}\n`);
  missed ||= !bars.every(holds);
}
process.exitCode = missed ? 1 : 0;
