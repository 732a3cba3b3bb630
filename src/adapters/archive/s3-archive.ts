/**
 * An archive of records in an S3 bucket with Object Lock: one object a batch, none of them ever overwritten.
 *
 * Nothing is put into a bucket that could be emptied. Two processes that ship one chain at once do each other no harm; a
 * chain that was forked is told by the objects that contradict each other, at the latest by whoever put the second.
 * What is read is held against its name and against the record before it.
 */

import type { Archive, ArchiveState } from '../../app/archive-port.ts';
import type { Digest } from '../../core/canonical.ts';
import { MusterError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import type { Days } from '../../core/time.ts';
import type { ChainRecord } from '../../evidence/chain.ts';
import { BEGINNING, exportLine, faultAfter, parseExportLine } from '../../evidence/export-lines.ts';
import { type Bucket, type BucketOptions, createBucket } from './bucket.ts';
import { type BatchName, beginningOf, keyBefore, nameOf, parseName, printLocation } from './location.ts';

/** How an archive is made; the retention is 400 days in COMPLIANCE mode unless told otherwise. */
export interface S3ArchiveOptions extends Omit<BucketOptions, 'lockMode' | 'retentionDays'> {
  readonly lockMode?: BucketOptions['lockMode'];
  readonly retentionDays?: Days;
  /** The accounts whose databases are judged; the archive should be in none of them. */
  readonly judgedAccounts: readonly string[];
}

const RETENTION_DAYS: Days = 400;
/** So many records fit into one object; what begins earlier than that before a batch cannot overlap it. */
const RECORDS_MAX = 500;

/** The archive at a location. Calls nothing before it is used. */
export function createS3Archive(given: S3ArchiveOptions): Archive {
  const options = { lockMode: 'COMPLIANCE', retentionDays: RETENTION_DAYS, ...defined(given) } as const;
  const bucket = createBucket(options);
  const place = printLocation(options.location);
  let locked: Promise<void> | null = null;
  const requireLock = (): Promise<void> => {
    locked ??= checkLock(bucket, place).catch((error: unknown) => {
      // What could not be asked is asked again; a bucket does not lose its lock.
      locked = null;
      throw error;
    });
    return locked;
  };
  const where = ({ key }: BatchName) => `s3://${options.location.bucket}/${key}`;
  const names = (after: string) => namesBehind(bucket, options, after);
  const load = async (name: BatchName) => readBatch(name, await bucket.get(name.key), where(name));
  const loadTaken = async (name: BatchName) => {
    const text = await bucket.get(name.key);
    if (text !== null) return readBatch(name, text, where(name));
    throw new MusterError('MUSTER_AWS_UNAVAILABLE', `${where(name)} is being written by another`);
  };

  return {
    describe: async () => {
      await requireLock();
      return stateOf(bucket, { ...options, place });
    },
    last: async () => {
      let last: BatchName | null = null;
      for await (const name of names('')) if (last === null || name.to > last.to) last = name;
      if (last === null) return null;
      const end = (await load(last)).at(-1);
      invariant(end !== undefined, 'a batch that was read holds a record', { key: last.key });
      return { seq: end.seq, digest: end.digest, at: end.at };
    },
    put: async (records) => {
      const [first, last] = [records[0], records.at(-1)];
      if (first === undefined || last === undefined) return;
      invariant(records.length <= RECORDS_MAX, 'a batch is not too long', { records: records.length });
      invariant(last.seq - first.seq + 1 === records.length, 'a batch has no holes', { from: first.seq, to: last.seq });
      await requireLock();
      const name = nameOf(options.location, first, last);
      const isNew = await bucket.put(name.key, records.map(exportLine).join(''));
      if (!isNew) refuseFork(await loadTaken(name), records, where(name));
      for await (const other of names(keyBefore(options.location, first.seq - RECORDS_MAX))) {
        const overlaps = other.key !== name.key && other.to >= first.seq && other.from <= last.seq;
        if (overlaps) refuseFork(await load(other), records, where(other));
      }
    },
    async *read(after = 0) {
      const begin = keyBefore(options.location, after - RECORDS_MAX);
      const digests = new Map<number, Digest>();
      let before: Pick<ChainRecord, 'seq' | 'digest'> | null = after === 0 ? BEGINNING : null;
      for await (const name of names(begin)) {
        if (name.to <= after) continue;
        refuseGap(name, before?.seq ?? after, where(name));
        for (const record of await load(name)) {
          if (record.seq <= (before?.seq ?? after)) {
            refuseOther(record, digests.get(record.seq), where(name));
            continue;
          }
          const fault = before === null ? null : faultAfter(before, record);
          if (fault !== null) throw invalid(`${where(name)}: ${fault}`);
          before = record;
          digests.set(record.seq, record.digest);
          digests.delete(record.seq - RECORDS_MAX);
          yield record;
        }
      }
    },
  };
}

async function checkLock(bucket: Bucket, place: string): Promise<void> {
  if (await bucket.isLocked()) return;
  throw invalid(
    `${place}: the bucket has no Object Lock, so whoever may delete could empty it; one with Object Lock is accepted`,
  );
}

async function stateOf(
  bucket: Bucket,
  options: Pick<S3ArchiveOptions, 'judgedAccounts'> &
    Pick<BucketOptions, 'lockMode' | 'retentionDays'> & { place: string },
): Promise<ArchiveState> {
  const { judgedAccounts, lockMode, retentionDays, place } = options;
  let owner: ArchiveState['owner'] = judgedAccounts.length === 0 ? 'unknown' : 'other_account';
  let judged = '';
  for (const accountId of judgedAccounts) {
    const owned = await bucket.isOwnedBy(accountId);
    if (owned === null && owner === 'other_account') owner = 'unknown';
    if (owned !== true) continue;
    [owner, judged] = ['judged_account', accountId];
    break;
  }
  const warnings = [...ownerWarnings(owner, judged), ...(lockMode === 'GOVERNANCE' ? [GOVERNANCE_WARNING] : [])];
  return { location: place, lockMode, retentionDays, owner, warnings };
}

const GOVERNANCE_WARNING =
  'GOVERNANCE mode: who holds s3:BypassGovernanceRetention can still remove records before their time';

function ownerWarnings(owner: ArchiveState['owner'], accountId: string): readonly string[] {
  switch (owner) {
    case 'other_account':
      return [];
    case 'judged_account':
      return [
        `the bucket is in account ${accountId}, whose databases are judged: who closes that account takes the archive with it; keep it in another account`,
      ];
    case 'unknown':
      return ['whether the bucket is in an account whose databases are judged could not be seen; it should not be'];
  }
}

/** The batches behind a key. @throws MusterError for a key that is no batch's: somebody else writes there. */
async function* namesBehind(bucket: Bucket, { location }: S3ArchiveOptions, after: string): AsyncIterable<BatchName> {
  for await (const key of bucket.keys(after)) {
    const name = parseName(location, key);
    if (name === null) throw invalid(`s3://${location.bucket}/${key} is no name of a batch of records`);
    yield name;
  }
}

/** The records of an object, held against its name. */
function readBatch(name: BatchName, text: string | null, where: string): readonly ChainRecord[] {
  if (text === null) throw invalid(`${where} was there and is gone`);
  const lines = text.split('\n');
  if (lines.pop() !== '') throw invalid(`${where} ends within a line`);
  const records = lines.map((line, index) => parseStored(line, `${where}:${index + 1}`));
  let before: ChainRecord | null = null;
  for (const record of records) {
    const fault: string | null = before === null ? null : faultAfter(before, record);
    if (fault !== null) throw invalid(`${where}: ${fault}`);
    before = record;
  }
  const agrees = records[0]?.seq === name.from && before?.seq === name.to && beginningOf(before) === name.digestBegins;
  if (!agrees) throw invalid(`${where} does not hold the records that its name says`);
  return records;
}

/** A line of the archive; what is wrong with one is wrong with the archive. */
function parseStored(line: string, where: string): ChainRecord {
  try {
    return parseExportLine(line, where);
  } catch (cause) {
    if (!(cause instanceof MusterError) || cause.code !== 'MUSTER_EXPORT_INVALID') throw cause;
    throw new MusterError('MUSTER_ARCHIVE_INVALID', cause.message, { cause });
  }
}

/** Bodies may differ, where one of the two was put after an erasure; links may not. */
function refuseFork(there: readonly ChainRecord[], records: readonly ChainRecord[], where: string): void {
  const own = new Map(records.map(({ seq, digest }) => [seq, digest]));
  for (const record of there) if (own.has(record.seq)) refuseOther(record, own.get(record.seq), where);
}

function refuseOther({ seq, digest }: ChainRecord, known: Digest | undefined, where: string): void {
  if (known === undefined || known === digest) return;
  throw invalid(`${where}: record ${seq} is ${digest} there and ${known} elsewhere: the chain was forked`);
}

function refuseGap({ from }: BatchName, last: number, where: string): void {
  if (from <= last + 1) return;
  throw invalid(`${where} begins with record ${from}; records ${last + 1} to ${from - 1} are missing before it`);
}

function invalid(message: string): MusterError {
  return new MusterError('MUSTER_ARCHIVE_INVALID', message);
}

/** Options without those that were named and left open, which would hide the defaults. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
