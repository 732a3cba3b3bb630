/**
 * Two pieces of work in one process, in turn: whatever else the machine does falls on both alike, so their ratio holds
 * where neither figure does.
 *
 * Each run starts on a swept heap, so that nobody pays for what another left behind. CPU counts the helper threads of
 * the garbage collector as well. The first runs are cold; medians leave them out.
 */

import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What one run cost. */
export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** The costs of two pieces of work, run by run. */
export interface SideBySide {
  readonly yardstick: readonly Cost[];
  readonly work: readonly Cost[];
}

/**
 * Runs a yardstick and the work, `rounds` times each.
 *
 * @param yardstick Its result is what the work starts from.
 * @param check Throws unless the work did all that it should have.
 */
export function runSideBySide<T, U>(
  rounds: number,
  parts: {
    readonly yardstick: () => T;
    readonly work: (made: T) => U;
    readonly check: (result: U) => void;
  },
): SideBySide {
  const costs = { yardstick: [] as Cost[], work: [] as Cost[] };
  for (let round = 0; round < rounds; round += 1) {
    const made = timed(parts.yardstick);
    const done = timed(() => parts.work(made.value));
    parts.check(done.value);
    costs.yardstick.push(made.cost);
    costs.work.push(done.cost);
    const figures = [made.cost, done.cost].flatMap(({ wallMs, cpuMs }) => [wallMs, cpuMs]);
    process.stderr.write(`round ${round + 1} of ${rounds}: ${figures.map((figure) => figure.toFixed(0)).join(' ')}\n`);
  }
  return costs;
}

/** The middle of one figure. */
export function middleOf(costs: readonly Cost[], figure: keyof Cost): number {
  const sorted = costs.map((cost) => cost[figure]).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
}

function timed<T>(work: () => T): { readonly value: T; readonly cost: Cost } {
  sweep();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const value = work();
  const wallMs = performance.now() - start;
  const used = process.cpuUsage(cpu);
  return { value, cost: { wallMs, cpuMs: (used.user + used.system) / 1_000 } };
}

setFlagsFromString('--expose-gc');
const sweep = runInNewContext('gc') as () => void;
