/**
 * The archive over the lab's S3: what it takes and gives back, what it refuses, and what it tells of a stranger's hand.
 */

import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDays, toEpochMilliseconds } from '../../../src/core/time.ts';
import type { ChainRecord } from '../../../src/evidence/chain.ts';
import { exportLine } from '../../../src/evidence/export-lines.ts';
import { aLongChain, gathered } from '../../support/chain-builder.ts';
import { anArchive, handOn, refused } from '../../support/s3-archive.ts';
import { makeBucket, type S3Lab, startS3Lab } from '../../support/s3-lab.ts';

const CHAIN = aLongChain(9);
const FORKED = [...CHAIN.slice(0, 3), ...aFork(3, 6)];
const HOME = '123456789012';

let lab: S3Lab;
let s3: S3Client;
let bucket: string;
let buckets = 0;

beforeAll(async () => {
  lab = await startS3Lab();
  s3 = lab.client();
});
afterAll(() => lab.close());

beforeEach(async () => {
  buckets += 1;
  bucket = `archive-${buckets}`;
  await makeBucket(s3, bucket, true);
});

/** Records that go on from the same chain in another way. */
function aFork(after: number, length: number): readonly ChainRecord[] {
  const other = aLongChain(after + length, 'fork');
  return other.slice(after);
}

const lines = (records: readonly ChainRecord[]) => records.map(exportLine).join('');
const nameFor = (from: number, to: number, { digest }: ChainRecord) =>
  `evidence/records/${String(from).padStart(12, '0')}-${String(to).padStart(12, '0')}-${digest.slice(7, 23)}.jsonl`;
const at = (index: number, chain = CHAIN): ChainRecord => {
  const record = chain[index];
  if (record === undefined) throw new Error(`no record ${index}`);
  return record;
};

describe('an archive', () => {
  it('gives back what it took, in the order of the chain, from any record on', async () => {
    const archive = anArchive(lab, bucket);
    await archive.put(CHAIN.slice(0, 4));
    await archive.put(CHAIN.slice(4, 5));
    await archive.put(CHAIN.slice(5));
    expect(await gathered(archive.read())).toEqual(CHAIN);
    expect(await gathered(archive.read(2))).toEqual(CHAIN.slice(2));
    expect(await gathered(archive.read(4))).toEqual(CHAIN.slice(4));
    expect(await gathered(archive.read(9))).toEqual([]);
  });

  it('knows where it ends', async () => {
    const archive = anArchive(lab, bucket);
    expect(await archive.last()).toBeNull();
    await archive.put(CHAIN.slice(0, 4));
    expect(await archive.last()).toEqual({ seq: 4, digest: at(3).digest, at: at(3).at });
  });

  it('locks each object, by default for 400 days from now in COMPLIANCE mode', async () => {
    await anArchive(lab, bucket).put(CHAIN);
    const [Key] = await handOn(s3, bucket).names();
    expect(Key).toBe(nameFor(1, 9, at(8)));
    expect(await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }))).toMatchObject({
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: new Date(toEpochMilliseconds(addDays(lab.now(), 400))),
      ContentType: 'application/jsonl',
    });
  });

  it('locks as long, and in the mode, that it is told', async () => {
    const archive = anArchive(lab, bucket, { lockMode: 'GOVERNANCE', retentionDays: 30 });
    await archive.put(CHAIN);
    const [Key] = await handOn(s3, bucket).names();
    expect(await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }))).toMatchObject({
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: new Date(toEpochMilliseconds(addDays(lab.now(), 30))),
    });
    const { warnings } = await archive.describe();
    expect(warnings.join()).toContain('GOVERNANCE mode');
  });

  it('beside another of the same bucket holds its own records only', async () => {
    const location = { bucket, prefix: '' };
    await anArchive(lab, bucket, { location }).put(CHAIN.slice(0, 2));
    expect(await anArchive(lab, bucket).last()).toBeNull();
    expect(await gathered(anArchive(lab, bucket, { location }).read())).toHaveLength(2);
  });
});

describe('a bucket', () => {
  it('without Object Lock takes nothing', async () => {
    await makeBucket(s3, `plain-${bucket}`, false);
    const archive = anArchive(lab, `plain-${bucket}`);
    const told = `MUSTER_ARCHIVE_INVALID: s3://plain-${bucket}/evidence: the bucket has no Object Lock`;
    expect(await refused(archive.describe())).toContain(told);
    expect(await refused(archive.put(CHAIN))).toContain(told);
    expect(await handOn(s3, `plain-${bucket}`).names()).toEqual([]);
  });

  it('in another region is found by a client that follows S3 there', async () => {
    const given = {
      endpoint: lab.endpoint,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      forcePathStyle: true,
    };
    const abroad = new S3Client({ ...given, region: 'eu-central-1', followRegionRedirects: true });
    const archive = anArchive(lab, bucket, { client: async () => abroad });
    await archive.put(CHAIN);
    expect(await archive.last()).toMatchObject({ seq: 9 });
    abroad.destroy();
  });

  it('that does not exist is told by its name', async () => {
    expect(await refused(anArchive(lab, 'nowhere').describe())).toMatch(/^MUSTER_ARCHIVE_INVALID: .*NoSuchBucket/);
  });

  it('in an account whose databases are judged is warned of', async () => {
    const state = await anArchive(lab, bucket, { judgedAccounts: ['999999999999', HOME] }).describe();
    expect(state).toMatchObject({ owner: 'judged_account', lockMode: 'COMPLIANCE', retentionDays: 400 });
    expect(state.warnings).toEqual([expect.stringContaining(`the bucket is in account ${HOME}`)]);
  });

  it('in another account is what it should be', async () => {
    const state = await anArchive(lab, bucket, { judgedAccounts: ['999999999999'] }).describe();
    expect(state).toMatchObject({ owner: 'other_account', warnings: [] });
  });

  it('whose account nobody can be asked about is unknown, which is said', async () => {
    const state = await anArchive(lab, bucket).describe();
    expect(state).toMatchObject({ owner: 'unknown', warnings: [expect.stringContaining('could not be seen')] });
  });
});

describe('two that ship at once', () => {
  it('put the same batch, and both succeed', async () => {
    const [one, other] = [anArchive(lab, bucket), anArchive(lab, bucket)];
    await Promise.all([one.put(CHAIN), other.put(CHAIN)]);
    expect(await handOn(s3, bucket).names()).toHaveLength(1);
    expect(await gathered(one.read())).toEqual(CHAIN);
  });

  it('put batches that overlap, and the chain is read once', async () => {
    const archive = anArchive(lab, bucket);
    for (const [from, to] of [
      [0, 4],
      [0, 6],
      [2, 5],
      [4, 6],
      [6, 9],
    ] as const)
      await archive.put(CHAIN.slice(from, to));
    expect(await gathered(archive.read())).toEqual(CHAIN);
    expect(await gathered(archive.read(5))).toEqual(CHAIN.slice(5));
    expect(await archive.last()).toMatchObject({ seq: 9 });
  });

  it('put one batch before and one after a body was erased, and both succeed', async () => {
    const archive = anArchive(lab, bucket);
    await archive.put(CHAIN);
    await archive.put(CHAIN.map((record) => ({ ...record, body: null })));
    expect(await gathered(archive.read())).toEqual(CHAIN);
  });

  it('of a forked chain are told apart when the second has put, by the object and both digests', async () => {
    const archive = anArchive(lab, bucket);
    await archive.put(CHAIN.slice(0, 6));
    const told = await refused(archive.put(FORKED.slice(3, 8)));
    expect(told).toMatch(/^MUSTER_ARCHIVE_INVALID: s3:.*jsonl: record 4 is sha256:\w+ there and sha256:\w+ elsewhere/);
    expect(told).toContain(nameFor(1, 6, at(5)));
    expect(told).toContain(at(3).digest);
    expect(told).toContain(at(3, FORKED).digest);
  });

  it('write one key with other bytes, and the second is told', async () => {
    const rewritten = lines(FORKED.slice(3, 5));
    await handOn(s3, bucket).put(nameFor(4, 5, at(4)), rewritten);
    expect(await refused(anArchive(lab, bucket).put(CHAIN.slice(3, 5)))).toContain('MUSTER_ARCHIVE_INVALID');
  });
});

describe('what a stranger’s hand did is told by the object', () => {
  const readAll = () => refused(gathered(anArchive(lab, bucket).read()));

  beforeEach(async () => {
    const archive = anArchive(lab, bucket);
    for (const [from, to] of [
      [0, 3],
      [3, 6],
      [6, 9],
    ] as const)
      await archive.put(CHAIN.slice(from, to));
  });

  it('a batch in the middle was hidden', async () => {
    await handOn(s3, bucket).hide(nameFor(4, 6, at(5)));
    expect(await readAll()).toMatch(/000000000007-.* begins with record 7; records 4 to 6 are missing before it/);
  });

  it('the beginning was hidden', async () => {
    await handOn(s3, bucket).hide(nameFor(1, 3, at(2)));
    expect(await readAll()).toContain('records 1 to 3 are missing before it');
  });

  it.each<[string, () => string, RegExp]>([
    [
      'a record was changed',
      () => lines(CHAIN.slice(3, 6)).replace('{\\"r\\":4}', '{\\"r\\":5}'),
      /:2: the body of record 5/,
    ],
    ['a record was left out', () => lines([at(3), at(5)]), /record 6 comes where record 5 belongs/],
    ['a line was cut', () => lines(CHAIN.slice(3, 6)).slice(0, -9), /ends within a line/],
    ['the end was left out', () => lines(CHAIN.slice(3, 5)), /does not hold the records that its name says/],
    ['nothing is in it', () => '', /does not hold the records that its name says/],
    ['something else is in it', () => 'hello\n', /:1: it is not JSON/],
  ])('%s', async (_, content, message) => {
    await handOn(s3, bucket).put(nameFor(4, 6, at(5)), content());
    const told = await readAll();
    expect(told).toMatch(/^MUSTER_ARCHIVE_INVALID: s3:\/\/archive-\d+\/evidence\/records\/000000000004-/);
    expect(told).toMatch(message);
  });

  it('a batch of another chain took the place', async () => {
    await handOn(s3, bucket).hide(nameFor(4, 6, at(5)));
    await handOn(s3, bucket).put(nameFor(4, 6, at(5, FORKED)), lines(FORKED.slice(3, 6)));
    expect(await readAll()).toMatch(/000000000004-.*: record 4 follows sha256:\w+ and not record 3/);
  });

  it('a batch of another chain stands beside', async () => {
    await handOn(s3, bucket).put(nameFor(5, 6, at(5, FORKED)), lines(FORKED.slice(4, 6)));
    expect(await readAll()).toMatch(/record 5 is sha256:\w+ there and sha256:\w+ elsewhere: the chain was forked/);
  });

  it('something stands among the records that is none', async () => {
    await handOn(s3, bucket).put('evidence/records/note.txt', 'hello');
    expect(await readAll()).toMatch(/note\.txt is no name of a batch of records/);
  });
});

describe('a fault on the way', () => {
  const failing = (options: { name: string; status: number }, only?: string) => {
    const client = lab.client();
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (only !== undefined && context.commandName !== only) return next(args);
        const $metadata = { httpStatusCode: options.status };
        throw Object.assign(new Error('told by S3'), { name: options.name, $fault: 'client', $metadata });
      },
      { step: 'initialize' },
    );
    return anArchive(lab, bucket, { client: async () => client });
  };

  it.each([
    ['AccessDenied', 403, /^MUSTER_ACCESS_DENIED: s3:PutObject was denied/],
    ['SlowDown', 503, /^MUSTER_AWS_UNAVAILABLE: /],
    ['ConditionalRequestConflict', 409, /^MUSTER_AWS_UNAVAILABLE: .* is being written by another/],
  ])('%s is told in our words, with the action', async (name, status, message) => {
    expect(await refused(failing({ name, status }, 'PutObjectCommand').put(CHAIN))).toMatch(message);
  });

  it('of a place that is not there is told as that', async () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const nowhere = { endpoint: 'http://127.0.0.1:9', region: 'eu-west-1', credentials, maxAttempts: 1 };
    const client = new S3Client({ ...nowhere, forcePathStyle: true });
    const archive = anArchive(lab, bucket, { client: async () => client });
    expect(await refused(archive.last())).toContain('MUSTER_ENDPOINT_UNREACHABLE');
    client.destroy();
  });

  it('leaves a batch out or in, never half: the next put goes on', async () => {
    await refused(failing({ name: 'SlowDown', status: 503 }, 'PutObjectCommand').put(CHAIN));
    const archive = anArchive(lab, bucket);
    await archive.put(CHAIN);
    expect(await gathered(archive.read())).toEqual(CHAIN);
  });

  it('that swallows the answer to a put does no harm when it is put again', async () => {
    const Key = nameFor(1, 9, at(8));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: lines(CHAIN) }));
    await anArchive(lab, bucket).put(CHAIN);
    expect(await handOn(s3, bucket).names()).toEqual([Key]);
  });
});

it('a listing is followed through its pages', async () => {
  const client = lab.client();
  client.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ...args.input, ...('Prefix' in args.input ? { MaxKeys: 2 } : {}) } }),
    { step: 'initialize' },
  );
  const archive = anArchive(lab, bucket, { client: async () => client });
  for (const record of CHAIN) await archive.put([record]);
  expect(await archive.last()).toMatchObject({ seq: 9 });
  expect(await gathered(archive.read(1))).toEqual(CHAIN.slice(1));
});
