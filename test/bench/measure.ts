/**
 * Runs contenders in processes of their own and makes figures of what they report.
 */

import { type ChildProcess, fork } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Report } from './contender.ts';
import type { Size } from './estate.ts';

/** Where the built scripts lie: beside this one. */
const script = (name: string) => fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));

/** Serves an estate while `work` runs; its endpoint is the first argument. */
export async function withPageServer<T>(
  size: Size,
  delayMs: number,
  work: (endpoint: string) => Promise<T>,
): Promise<T> {
  const server = fork(script('page-server'), [size.instances, size.snapshots, delayMs].map(String));
  try {
    const port = await messageOf<number>(server);
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    server.kill();
  }
}

/** One run of a contender, in a new process. */
export async function runOnce(name: string, input: readonly string[]): Promise<Report> {
  return messageOf<Report>(fork(script('contender'), [name, ...input], { execArgv: ['--no-warnings'] }));
}

/** Runs each contender `rounds` times, in turn, so that whatever else the machine does falls on all of them alike. */
export async function runInTurn<Name extends string>(
  names: readonly Name[],
  input: readonly string[],
  rounds: number,
): Promise<Readonly<Record<Name, readonly Report[]>>> {
  const reports = Object.fromEntries(names.map((name) => [name, [] as Report[]])) as Record<Name, Report[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const report = await runOnce(name, input);
      reports[name].push(report);
      const figures = [report.wallMs, report.cpuMs, report.peakMb].map((figure) => figure.toFixed(0)).join(' ');
      process.stderr.write(`${name} ${round + 1} of ${rounds}: ${figures}\n`);
    }
  }
  return reports;
}

/** The middle of the figures. */
export function medianOf(reports: readonly Report[], figure: 'wallMs' | 'cpuMs' | 'peakMb'): number {
  const sorted = reports.map((report) => report[figure]).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/** The exponent `e` of the curve `cost = a * size ** e` that fits best: 1 is a straight line. */
export function exponentOf(points: readonly { readonly size: number; readonly cost: number }[]): number {
  const logs = points.map(({ size, cost }) => [Math.log(size), Math.log(cost)] as const);
  const mean = (index: 0 | 1) => logs.reduce((sum, log) => sum + log[index], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const rise = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return rise / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

function messageOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T));
    child.once('exit', (code) => reject(new Error(`a process of the benchmark ended with ${code}`)));
  });
}
