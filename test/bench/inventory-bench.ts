/**
 * Benchmark 1: reading 2,000 instances and 100,000 snapshots, beside the SDK's paginator and beside plain requests.
 *
 * Every run must have read every database and every snapshot by id, those of databases long gone among them.
 */

import { type Bar, type Benchmark, bar, information } from './benchmark.ts';
import type { Report } from './contender.ts';
import { digestOf } from './contenders.ts';
import { FULL, makeEstate, type Size, scaled } from './estate.ts';
import { exponentOf, medianOf, runInTurn, withPageServer } from './measure.ts';

const DELAY_MS = 20;
const PARTS = [0.1, 0.5] as const;
/** With a delay for each request a run takes half a minute, nearly all of it waiting, which varies little. */
const DELAYED_ROUNDS_MAX = 3;

/** What was measured: runs by contender, without and with a delay for each request, and at parts of the size. */
export const INVENTORY_BENCH: Benchmark = {
  name: 'inventory: 2,000 instances, 100,000 snapshots',
  run: async (rounds) => {
    const at0 = await compete(FULL, 0, ['muster', 'sdk', 'plain', 'fetch'], rounds);
    const at20 = await compete(FULL, DELAY_MS, ['muster', 'plain'], Math.min(rounds, DELAYED_ROUNDS_MAX));
    const costs = [{ size: 1, cost: medianOf(at0.muster, 'cpuMs') }];
    for (const part of PARTS) {
      const { muster } = await compete(scaled(part), 0, ['muster'], rounds);
      costs.push({ size: part, cost: medianOf(muster, 'cpuMs') });
    }
    return {
      rows: [
        ...rowsOf('no delay', at0),
        ...rowsOf(`${DELAY_MS} ms a request`, at20),
        ...costs.slice(1).map(({ size, cost }) => ({ what: `muster at ${size * 100} %`, cpuMs: cost })),
      ],
      bars: barsOf(at0, at20, exponentOf(costs)),
    };
  },
};

type Runs<Name extends string> = Readonly<Record<Name, readonly Report[]>>;

/** Runs the contenders against one server; a run that missed or invented a snapshot ends the benchmark. */
async function compete<Name extends 'muster' | 'sdk' | 'plain' | 'fetch'>(
  size: Size,
  delayMs: number,
  names: readonly Name[],
  rounds: number,
): Promise<Runs<Name>> {
  const runs = await withPageServer(size, delayMs, (endpoint) => runInTurn(names, [endpoint], rounds));
  const { shots } = makeEstate(size);
  const whole = digestOf(
    shots.map(({ id }) => id),
    size.instances,
  );
  for (const name of names.filter((one) => one === 'muster' || one === 'sdk')) {
    const wrong = runs[name].find(({ outcome }) => outcome !== whole);
    if (wrong !== undefined) throw new Error(`${name} read ${wrong.outcome} where there are ${whole}`);
  }
  return runs;
}

function rowsOf(what: string, runs: Readonly<Record<string, readonly Report[]>>) {
  return Object.entries(runs).map(([name, reports]) => ({
    what: `${name}, ${what}`,
    wallMs: medianOf(reports, 'wallMs'),
    cpuMs: medianOf(reports, 'cpuMs'),
    peakMb: medianOf(reports, 'peakMb'),
  }));
}

function barsOf(
  at0: Runs<'muster' | 'sdk' | 'plain' | 'fetch'>,
  at20: Runs<'muster' | 'plain'>,
  exponent: number,
): readonly Bar[] {
  const wall = (reports: readonly Report[]) => medianOf(reports, 'wallMs');
  const cpu = (reports: readonly Report[]) => medianOf(reports, 'cpuMs');
  const peakMb = Math.max(...[...at0.muster, ...at20.muster].map((report) => report.peakMb));
  return [
    bar('wall clock, of the SDK paginator', wall(at0.muster) / wall(at0.sdk), 0.35),
    bar('CPU, of plain fetches of the same pages', cpu(at0.muster) / cpu(at0.fetch), 4),
    information('CPU, of the same requests by node:http', cpu(at0.muster) / cpu(at0.plain)),
    bar(`wall clock at ${DELAY_MS} ms a request, of the plain requests`, wall(at20.muster) / wall(at20.plain), 0.45),
    bar('memory at its peak, in MB, the most of all runs', peakMb, 250),
    bar('exponent by which CPU grows with the size', exponent, 1.05),
  ];
}
