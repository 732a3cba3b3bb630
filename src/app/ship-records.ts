/**
 * Ships what an archive does not hold yet, batch by batch, in the order of the chain.
 *
 * Every batch is either there as a whole or not at all, so a run that is cut short is gone on with by the next. Nothing
 * is shipped that does not follow what the archive ends with: it cannot be taken back. Erased bodies go as erased.
 */

import { MusterError } from '../core/errors.ts';
import type { ChainRecord, Head } from '../evidence/chain.ts';
import { BEGINNING, exportLine, type Followed, faultAfter, faultOf } from '../evidence/export-lines.ts';
import { ARCHIVE_BATCH_MAX, type Archive, type ArchiveState } from './archive-port.ts';
import type { RecordChain } from './ports.ts';

/** So large a batch gets, in UTF-16 units of its lines; a single record may be larger. */
const BATCH_LENGTH_MAX = 4 * 1024 * 1024;

/** What was shipped. */
export interface Shipped {
  readonly archive: ArchiveState;
  /** Number of the last record that was there before; 0 for none. */
  readonly before: number;
  /** Number of the last record that is there now; 0 for none. */
  readonly upTo: number;
  readonly records: number;
  readonly batches: number;
}

/**
 * Ships the rest of a chain.
 *
 * @param progress Told the number of the last record that is safe, batch by batch.
 * @throws MusterError `MUSTER_ARCHIVE_INVALID` when the archive ends with a record that this chain does not hold;
 *   `MUSTER_STORE_INVALID` at the first record that does not follow the one before it.
 */
export async function shipRecords(
  chain: Pick<RecordChain, 'head' | 'read'>,
  archive: Archive,
  progress: (upTo: number) => void = () => undefined,
): Promise<Shipped> {
  const state = await archive.describe();
  const last = await archive.last();
  if (last !== null) await requireKnown(last, chain, state);
  const before = last?.seq ?? 0;
  let [upTo, records, batches] = [before, 0, 0];
  for await (const batch of batchesOf(followed(chain.read(before), last ?? BEGINNING))) {
    await archive.put(batch);
    upTo = batch.at(-1)?.seq ?? upTo;
    records += batch.length;
    batches += 1;
    progress(upTo);
  }
  return { archive: state, before, upTo, records, batches };
}

/** Refuses when the archive and the chain do not tell one story. */
async function requireKnown(
  { seq, digest }: Head,
  chain: Pick<RecordChain, 'head' | 'read'>,
  { location }: ArchiveState,
): Promise<void> {
  for await (const own of chain.read(seq - 1)) {
    if (own.digest === digest) return;
    const what = `${location} ends with record ${seq} (${digest}), which is ${own.digest} in this store: the chain was forked`;
    throw new MusterError('MUSTER_ARCHIVE_INVALID', what);
  }
  const head = await chain.head();
  const end = head === null ? 'this store is empty' : `this store ends with record ${head.seq} (${head.digest})`;
  const what = `${location} ends with record ${seq} (${digest}), and ${end}: it is an older copy, or another chain`;
  throw new MusterError('MUSTER_ARCHIVE_INVALID', what);
}

/** Records as they come, each held against itself and the one before it. */
async function* followed(records: AsyncIterable<ChainRecord>, first: Followed): AsyncIterable<ChainRecord> {
  let before = first;
  for await (const record of records) {
    const fault = faultAfter(before, record) ?? faultOf(record);
    if (fault !== null) throw new MusterError('MUSTER_STORE_INVALID', `${fault}; nothing from there on was shipped`);
    yield record;
    before = record;
  }
}

async function* batchesOf(records: AsyncIterable<ChainRecord>): AsyncIterable<readonly ChainRecord[]> {
  let [batch, length]: [ChainRecord[], number] = [[], 0];
  for await (const record of records) {
    const own = exportLine(record).length;
    if (batch.length === ARCHIVE_BATCH_MAX || (batch.length > 0 && length + own > BATCH_LENGTH_MAX)) {
      yield batch;
      [batch, length] = [[], 0];
    }
    batch.push(record);
    length += own;
  }
  if (batch.length > 0) yield batch;
}
