/**
 * A process of its own that asks a database some probes and reports how much memory that took at its peak.
 *
 * Bundled and run by tests: a test runner's own memory would hide what is measured. Takes one JSON text on its standard
 * input, and prints one.
 */

import process from 'node:process';
import { text } from 'node:stream/consumers';
import { createProbeRunner } from '../../src/adapters/sql/probe-runner.ts';
import type { Login } from '../../src/app/ports.ts';
import type { Probe, ProbeAnswer } from '../../src/drill/probe.ts';
import { peakMebibytes } from './peak-memory.ts';

/** What is handed in. */
export interface ProbeChildInput {
  readonly login: Login;
  readonly probes: readonly Probe[];
}

/** What is printed. */
export interface ProbeChildReport {
  readonly answers: readonly ProbeAnswer[];
  readonly hydrated: number;
  readonly restMebibytes: number;
  readonly peakMebibytes: number;
}

const { login, probes } = JSON.parse(await text(process.stdin)) as ProbeChildInput;
const session = await createProbeRunner({ attemptsMax: 1 }).connect(login);
await session.ping();
const restMebibytes = peakMebibytes();
const answers: ProbeAnswer[] = [];
for (const probe of probes) answers.push(await session.ask(probe));
const { rows: hydrated } = await session.hydrate();
await session.close();
const report: ProbeChildReport = { answers, hydrated, restMebibytes, peakMebibytes: peakMebibytes() };
process.stdout.write(JSON.stringify(report));
