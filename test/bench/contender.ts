/**
 * A process that does one piece of work once and tells its parent what it cost.
 *
 * Arguments: the name of a contender and what it works on. CPU and wall clock count from the call to the result, lazy
 * imports among them; memory is the most the whole process ever held.
 */

import process from 'node:process';
import { peakMebibytes } from '../support/peak-memory.ts';
import { CONTENDERS } from './contenders.ts';

/** What a run cost, and what came of it. */
export interface Report {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
  readonly outcome: string;
}

const [name = '', ...input] = process.argv.slice(2);
const work = CONTENDERS[name];
if (work === undefined) throw new Error(`no contender is named ${name}`);
const cpu = process.cpuUsage();
const start = performance.now();
const outcome = await work(input);
const wallMs = performance.now() - start;
const used = process.cpuUsage(cpu);
const report: Report = {
  wallMs,
  cpuMs: (used.user + used.system) / 1_000,
  peakMb: peakMebibytes(),
  outcome: outcome(),
};
process.send?.(report, () => process.exit());
