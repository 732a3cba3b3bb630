/**
 * Looks after a store: says what it holds, copies it, brings it back, and erases bodies whose time is over.
 *
 * Copies are checked from the first record to the last before they are called good, and what is brought back is checked
 * before anything of it is taken. Links are never removed: a thinned-out chain still proves what was there.
 */

import { MusterError } from '../core/errors.ts';
import { addDays, type Days, type Instant } from '../core/time.ts';
import type { ChainRecord, Head, RecordKind } from '../evidence/chain.ts';
import { createChainCheck } from '../evidence/check-chain.ts';
import { BEGINNING, type Followed, faultAfter, faultOf } from '../evidence/export-lines.ts';
import { createRetention, type Kept } from '../evidence/retention.ts';
import type { Clock, RecordChain } from './ports.ts';

const COPY_BATCH = 500;
/** So many bodies are erased under one record that says so. */
const ERASE_BATCH = 1_000;

/** What a store holds. */
export interface StoreInfo {
  readonly head: Head | null;
  /** Of each kind that there is: records, and how many of them have no body any more. */
  readonly kinds: readonly { readonly kind: RecordKind; readonly records: number; readonly erased: number }[];
  readonly firstAt: Instant | null;
  /** What is wrong with the chain, in words; none for a whole one. Signatures are not looked at. */
  readonly findings: readonly string[];
}

/** Reads the whole chain once. */
export async function inspectStore(chain: RecordChain): Promise<StoreInfo> {
  const check = createChainCheck();
  const kinds = new Map<RecordKind, { readonly records: number; readonly erased: number }>();
  let firstAt: Instant | null = null;
  const head = await walk(chain, (record) => {
    check.feed(record);
    firstAt ??= record.at;
    const { records = 0, erased = 0 } = kinds.get(record.kind) ?? {};
    kinds.set(record.kind, { records: records + 1, erased: erased + (record.body === null ? 1 : 0) });
  });
  const counts = [...kinds].map(([kind, count]) => ({ kind, ...count }));
  return { head, kinds: counts, firstAt, findings: check.finish(head).findings.map(({ message }) => message) };
}

/** What was copied. */
export interface Copied {
  readonly records: number;
  /** Where both chains end; null for empty ones. */
  readonly head: Head | null;
}

/**
 * Copies a chain into an empty one, and checks the copy.
 *
 * @throws MusterError `MUSTER_USAGE` when the target holds something, `MUSTER_STORE_INVALID` when the source is not whole
 *   or the copy is not the same.
 */
export async function backUp(chain: RecordChain, target: RecordChain): Promise<Copied> {
  await requireEmpty(target, 'the backup');
  // What is appended while the copy is made belongs to the next one.
  const end = await chain.head();
  const records = await copy(upTo(chain.read(), end?.seq ?? 0), target);
  const { head, findings } = await inspectStore(target);
  const [finding] = findings;
  if (finding !== undefined) throw new MusterError('MUSTER_STORE_INVALID', `the copy is not whole: ${finding}`);
  if (head?.digest !== end?.digest) {
    const what = `the copy ends with ${printHead(head)} and the store with ${printHead(end)}`;
    throw new MusterError('MUSTER_STORE_INVALID', what);
  }
  return { records, head };
}

/**
 * Brings a chain back into an empty store.
 *
 * @param source Gives the records from the first on; it is read twice, so that nothing is taken of one that is not whole.
 * @param origin The source in words.
 * @throws MusterError `MUSTER_USAGE` when the store holds something, `MUSTER_EXPORT_INVALID` at the first record that does
 *   not follow.
 */
export async function bringBack(
  target: RecordChain,
  source: () => AsyncIterable<ChainRecord>,
  origin: string,
): Promise<Copied> {
  await requireEmpty(target, 'the store');
  for await (const _ of followed(source(), origin)) {
    // Read to its end for what is thrown on the way.
  }
  const records = await copy(followed(source(), origin), target);
  return { records, head: await target.head() };
}

/** What a thinning did, or would do. */
export interface Pruned {
  /** Bodies of records from that instant on stay. */
  readonly before: Instant;
  readonly dryRun: boolean;
  /** Bodies that were erased, or would be, by kind. */
  readonly erased: readonly { readonly kind: RecordKind; readonly records: number }[];
  readonly kept: readonly Kept[];
  readonly erasedBefore: number;
}

/**
 * Erases the bodies that are older than an age and that nothing asks for any more.
 *
 * @throws MusterError `MUSTER_STORE_INVALID` when the chain is not whole: what is wrong with it must stay to be seen.
 */
export async function pruneStore(
  { olderThanDays, dryRun }: { readonly olderThanDays: Days; readonly dryRun: boolean },
  { chain, clock }: { readonly chain: RecordChain; readonly clock: Pick<Clock, 'now'> },
): Promise<Pruned> {
  const now = clock.now();
  const before = addDays(now, -olderThanDays);
  const retention = createRetention({ before, now });
  const check = createChainCheck();
  const head = await walk(chain, (record) => {
    check.feed(record);
    retention.feed(record);
  });
  const [finding] = check.finish(head).findings;
  if (finding !== undefined) throw new MusterError('MUSTER_STORE_INVALID', `nothing was erased: ${finding.message}`);
  const { erase, kept, erasedBefore } = retention.finish();
  const why = `older than ${olderThanDays} days and asked for by nothing`;
  for (let from = 0; from < erase.length && !dryRun; from += ERASE_BATCH) {
    const seqs = erase.slice(from, from + ERASE_BATCH).map(({ seq }) => seq);
    await chain.erase(seqs, why, now);
  }
  return { before, dryRun, erased: countKinds(erase), kept, erasedBefore };
}

/** Shows every record, those that are appended meanwhile too. @returns Where the chain ends by its own account. */
async function walk(chain: RecordChain, visit: (record: ChainRecord) => void): Promise<Head | null> {
  let seen = 0;
  for (;;) {
    const before = seen;
    for await (const record of chain.read(seen)) {
      visit(record);
      seen = Math.max(seen, record.seq);
    }
    const head = await chain.head();
    if (head === null || head.seq <= seen || seen === before) return head;
  }
}

async function requireEmpty(chain: RecordChain, what: string): Promise<void> {
  const head = await chain.head();
  if (head === null) return;
  throw new MusterError('MUSTER_USAGE', `${what} ends with ${printHead(head)}; an empty one is accepted`);
}

async function copy(records: AsyncIterable<ChainRecord>, target: RecordChain): Promise<number> {
  let count = 0;
  let batch: ChainRecord[] = [];
  for await (const record of records) {
    batch.push(record);
    count += 1;
    if (batch.length < COPY_BATCH) continue;
    await target.adopt(batch);
    batch = [];
  }
  if (batch.length > 0) await target.adopt(batch);
  return count;
}

async function* upTo(records: AsyncIterable<ChainRecord>, last: number): AsyncIterable<ChainRecord> {
  for await (const record of records) {
    if (record.seq > last) return;
    yield record;
  }
}

async function* followed(records: AsyncIterable<ChainRecord>, origin: string): AsyncIterable<ChainRecord> {
  let before: Followed = BEGINNING;
  for await (const record of records) {
    const fault = faultAfter(before, record) ?? faultOf(record);
    if (fault !== null) {
      const part = before.seq === 0 && record.seq > 1 ? '; a whole export, without --after, is accepted' : '';
      throw new MusterError('MUSTER_EXPORT_INVALID', `${origin}: ${fault}${part}`);
    }
    yield record;
    before = record;
  }
}

function countKinds(erased: readonly { readonly kind: RecordKind }[]): Pruned['erased'] {
  const counts = new Map<RecordKind, number>();
  for (const { kind } of erased) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, records]) => ({ kind, records }));
}

function printHead(head: Head | null): string {
  return head === null ? 'no record' : `record ${head.seq} (${head.digest})`;
}
