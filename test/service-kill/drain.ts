/**
 * The end of a run: every replica is asked to stop, and one that fires nothing does what is left to do.
 */

import type { ExpectStatic } from 'vitest';
import { readJournal } from '../../src/drill/journal.ts';
import { eventually } from '../support/cli.ts';
import { ESTATE } from '../support/drill-lab.ts';
import {
  type Backlog,
  brokenChain,
  lostDecisions,
  wrongAlerts,
  wrongDrills,
  wrongFirings,
  wrongLedger,
  wrongLeftovers,
} from './claims.ts';
import { RUN } from './fast-time.ts';
import type { Load } from './load.ts';
import type { ServiceBench } from './service-bench.ts';

/** How a service came to its end. */
export interface Drained {
  /** Of every replica that was asked to stop. */
  readonly exits: readonly { readonly exit: number | null; readonly stderr: string }[];
  /** What was left on the desk, or given up. */
  readonly left: Backlog;
}

/** What a run leads to. */
export interface RunFacts {
  readonly load: Load;
  readonly kills: number;
  readonly drained: Drained;
  /** Instants that nobody fired. */
  readonly passedOver: number;
}

const DRAIN_SECONDS_MAX = 90;
const LOOK_MILLISECONDS = 500;

/** Stops it, and lets what is left be done. */
export async function drainService(bench: ServiceBench): Promise<Drained> {
  const exits = await Promise.all(
    bench.all.filter(({ life }) => life.endedAt === null).map((replica) => replica.stop()),
  );
  const last = bench.start(false);
  await last.up;
  let lookedAt = 0;
  const isDone = async (): Promise<true | null> => {
    if (Date.now() < lookedAt + LOOK_MILLISECONDS) return null;
    lookedAt = Date.now();
    const backlog = await bench.desk.backlog();
    if (backlog.every(({ waiting, running }) => waiting + running === 0)) return true;
    await bench.hurry();
    return null;
  };
  await eventually(isDone, DRAIN_SECONDS_MAX).catch(() => undefined);
  exits.push(await last.stop());
  return { exits, left: await bench.desk.backlog() };
}

/** Everything that is claimed of either kind of service. */
export async function holdClaims(
  bench: ServiceBench,
  { load, drained }: RunFacts,
  expect: ExpectStatic,
): Promise<void> {
  const { store, desk, clock, lab, webhook } = bench;
  const fired = await bench.fired();
  expect(wrongFirings(fired, bench)).toEqual([]);
  expect(wrongLedger(bench.ledger(), fired)).toEqual([]);
  expect(await lostDecisions(store, load)).toEqual([]);
  expect([...load.refused]).toEqual([]);
  // Each of the others was kept for a request that broke off, whose key was let go of.
  expect((await store.decisions()).length - load.answered.size).toBeLessThanOrEqual(load.broken());
  expect(await brokenChain(store, clock)).toEqual([]);
  expect(await wrongDrills(store)).toEqual([]);
  expect(await lab.databases()).toEqual(ESTATE);
  expect(await wrongAlerts(desk, webhook.delivered, load)).toEqual([]);
  expect(wrongLeftovers(drained.left, bench.logged())).toEqual([]);
  expect(drained.exits).toEqual(drained.exits.map(() => ({ exit: 0, stderr: '' })));
}

/** What happened, in one line, with what it takes to run it again. */
export async function figuresOf(
  { store, desk, webhook, fired, logged, all }: ServiceBench,
  { load, kills, drained, passedOver }: RunFacts,
): Promise<string> {
  const entries = await store.journalEntries();
  const drills = await store.drills();
  const results = new Map<string, number>();
  for (const { result } of drills) results.set(result, (results.get(result) ?? 0) + 1);
  const takenUp = entries.filter(({ what }) => what.kind === 'claim').length;
  const alerts = (await desk.alerts(10_000)).length;
  return [
    `${RUN.minutes} minutes at ${RUN.speed} times, ${all.length} lives, ${kills} kills`,
    `${(await fired()).length} firings, ${passedOver} instants passed over while nobody was there`,
    `${load.answered.size} decisions answered of ${(await store.decisions()).length}, ${load.broken()} requests broken, ${load.reads()} reads`,
    `${readJournal(entries).length} drills (${[...results].map((one) => one.join(' ')).join(', ')}), ${takenUp} claims`,
    `protection switched off ${load.switchedOff()} times, ${alerts} alerts in ${webhook.delivered.length} deliveries, ${logged().filter((line) => line.includes('"level":"error"')).length} errors logged`,
    `${JSON.stringify(drained.left)} left`,
    `MUSTER_SERVICE_SEED=${RUN.seed}`,
  ].join('; ');
}
