/**
 * What is claimed of a service that was killed, each as a list of what speaks against it: none for a claim that holds.
 */

import { etagOf } from '../../src/api/reply.ts';
import type { Desk } from '../../src/app/desk-port.ts';
import type { Clock, JournalEntry, Store } from '../../src/app/ports.ts';
import { verifyRecords } from '../../src/app/verify-records.ts';
import { canonicalJson, digestOfBytes } from '../../src/core/canonical.ts';
import { type Instant, toEpochMilliseconds } from '../../src/core/time.ts';
import { logOf, readJournal } from '../../src/drill/journal.ts';
import type { FastTime } from './fast-time.ts';
import type { Load } from './load.ts';
import type { Replica } from './replica.ts';
import { type Firing, PERIODS } from './service-bench.ts';

/** What is on a desk. */
export type Backlog = Awaited<ReturnType<Desk['backlog']>>;

const MINUTE = 60_000;
const ALERTS_MAX = 10_000;
/** A replica that listened for so long before it was killed has fired what was due, however busy the machine. */
const GRACE_MILLISECONDS = 2_500;

/** What happened in which order, by the machine's clock. */
interface Lives {
  readonly all: readonly Replica[];
  readonly time: FastTime;
}

/** Instants fired twice, or after a later one, or passed over though somebody was there to fire them. */
export function wrongFirings(fired: readonly Firing[], { all, time }: Lives): readonly string[] {
  const lives: Lives = { all: all.filter(({ fires }) => fires), time };
  return Object.entries(PERIODS).flatMap(([name, minutes]) => {
    const own = fired.filter((one) => one.name === name).map(({ dueAt }) => toEpochMilliseconds(dueAt as Instant));
    const backwards = own.filter((at, index) => index > 0 && at <= (own[index - 1] ?? 0));
    const [first] = own;
    if (first === undefined) return [`${name} never fired`];
    const missed: number[] = [];
    const there = new Set(own);
    const end = fastAt(Math.max(...lives.all.map(({ life }) => life.endedAt ?? 0)), lives.time);
    for (let at = first; at < end; at += minutes * MINUTE) {
      const bound = Math.min(at + minutes * MINUTE, end);
      if (!there.has(at) && watchedMilliseconds(at, bound, lives) > GRACE_MILLISECONDS) missed.push(at);
    }
    const told = (what: string, times: readonly number[]) =>
      times.map((at) => `${name} ${new Date(at).toISOString()} ${what}`);
    return [...told('was fired again', backwards), ...told('was passed over', missed)];
  });
}

/** Instants that nobody fired, since nobody was there. */
export function passedOver(fired: readonly Firing[]): number {
  return Object.entries(PERIODS).reduce((sum, [name, minutes]) => {
    const own = fired.filter((one) => one.name === name).map(({ dueAt }) => toEpochMilliseconds(dueAt as Instant));
    const [first = 0, last = 0] = [own[0], own.at(-1)];
    return sum + (last - first) / (minutes * MINUTE) + 1 - own.length;
  }, 0);
}

/** For how long, by the machine's clock, one replica at least listened between two instants of fast time. */
function watchedMilliseconds(from: number, to: number, { all, time }: Lives): number {
  const real = (at: number) => time.startedAt + (at - toEpochMilliseconds(time.startAt)) / time.speed;
  const [begin, end] = [real(from), real(to)];
  // The longest that one of them was there: two short lives are no long one.
  const spans = all
    .filter(({ life }) => life.upAt !== null)
    .map(({ life }) => Math.min(life.endedAt ?? end, end) - Math.max(life.upAt ?? end, begin));
  return Math.max(0, ...spans);
}

function fastAt(realMilliseconds: number, { startAt, startedAt, speed }: FastTime): number {
  return toEpochMilliseconds(startAt) + (realMilliseconds - startedAt) * speed;
}

/** What replicas said that they fired though the database knows nothing of it, or that two said of one instant. */
export function wrongLedger(ledger: readonly string[], fired: readonly Firing[]): readonly string[] {
  const known = new Set(fired.map(({ name, dueAt }) => `${name} ${dueAt}`));
  const said = ledger.map((line) => line.split(' ').slice(0, 2).join(' '));
  return said.filter((line, index) => !known.has(line) || said.indexOf(line) !== index);
}

/** Decisions that were answered and are not kept, or answered in two ways. */
export async function lostDecisions(store: Store, load: Load): Promise<readonly string[]> {
  const kept = new Set((await store.decisions()).map((one) => etagOf(digestOfBytes(canonicalJson(one)))));
  return [...load.answered].flatMap(([key, etags]) => {
    if (new Set(etags).size > 1) return [`${key} was answered in ${new Set(etags).size} ways`];
    return etags.some((etag) => !kept.has(etag)) ? [`${key} was answered and is not kept`] : [];
  });
}

/** What is wrong with the chain and its seals. */
export async function brokenChain({ chain }: Store, clock: Clock): Promise<readonly string[]> {
  const read = (after: number) => chain.read(after);
  const report = await verifyRecords({ read, head: () => chain.head(), trusted: null, at: clock.now() });
  const found = [...report.chain.findings, ...report.seals.problems].map((finding) => JSON.stringify(finding));
  return report.whole && found.length === 0 ? [] : ['the chain is not whole', ...found];
}

/** Drills that have no end or no record, or two; and drills that began while another was at the same database. */
export async function wrongDrills(store: Store): Promise<readonly string[]> {
  const entries = await store.journalEntries();
  const records = await store.drills();
  const unended = readJournal(entries).flatMap(({ drillId, state }) => {
    const count = records.filter((record) => record.drillId === drillId).length;
    return state.step === 'ended' && count === 1 ? [] : [`${drillId} is at ${state.step} with ${count} records`];
  });
  return [...unended, ...overlapsIn(entries)];
}

function overlapsIn(entries: readonly JournalEntry[]): readonly string[] {
  const overlaps: string[] = [];
  const running = new Map<string, { readonly database: string; readonly entries: JournalEntry[] }>();
  for (const entry of entries) {
    const { drillId, what } = entry;
    if (what.kind === 'begin') {
      const database = what.plan.database.resourceId;
      for (const [other, { database: taken }] of running)
        if (taken === database) overlaps.push(`${drillId} began while ${other} was at ${database}`);
      running.set(drillId, { database, entries: [] });
    }
    const mine = running.get(drillId);
    mine?.entries.push(entry);
    if (mine !== undefined && logOf(mine.entries, drillId)?.state.step === 'ended') running.delete(drillId);
  }
  return overlaps;
}

/** Alerts that never came, that came and are not on the desk, or of which there are more than was done to be told. */
export async function wrongAlerts(
  desk: Desk,
  delivered: readonly string[],
  { switchedOff }: Pick<Load, 'switchedOff'>,
): Promise<readonly string[]> {
  const kept = await desk.alerts(ALERTS_MAX);
  const [there, came] = [new Set(kept.map(({ id }) => id)), new Set(delivered)];
  const disarmed = kept.filter(({ type }) => type === 'dev.muster.protection.disarmed.v1').length;
  return [
    ...(disarmed > switchedOff() ? [`switched off ${switchedOff()} times and told ${disarmed} times`] : []),
    ...(kept.length !== there.size ? ['one id is kept twice'] : []),
    ...[...there].filter((id) => !came.has(id)).map((id) => `${id} was never delivered`),
    ...[...came].filter((id) => !there.has(id)).map((id) => `${id} came from nowhere`),
  ];
}

/**
 * Jobs that wait or run though nothing is left to wait for, and those that were given up.
 *
 * A death is an attempt, so that work which ends its process is not begun for ever; what a schedule adds anew may be given
 * up after so many, if that is told. An alert may not.
 */
export function wrongLeftovers(left: Backlog, logged: readonly string[]): readonly string[] {
  const told = (task: string) =>
    logged.some((line) => line.includes(`a job (${task}) was given up: whoever ran it died`));
  return left.flatMap(({ task, waiting, running, failed }) => [
    ...(waiting + running > 0 ? [`${task} waits or runs`] : []),
    ...(failed > 0 && (task === 'deliver' || !told(task)) ? [`${task} was given up`] : []),
  ]);
}
