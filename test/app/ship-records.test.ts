/**
 * Shipping records: only what is lacking, in batches, gone on with after a stop, and never a second story.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Archive } from '../../src/app/archive-port.ts';
import { shipRecords } from '../../src/app/ship-records.ts';
import { MusterError } from '../../src/core/errors.ts';
import type { ChainRecord } from '../../src/evidence/chain.ts';
import { aLongChain, gathered, memoryChain } from '../support/chain-builder.ts';
import { anArchive, handOn, refused } from '../support/s3-archive.ts';
import { makeBucket, type S3Lab, startS3Lab } from '../support/s3-lab.ts';

const CHAIN = aLongChain(1_203);

let lab: S3Lab;
let bucket: string;
let buckets = 0;

beforeAll(async () => {
  lab = await startS3Lab();
});
afterAll(() => lab.close());

beforeEach(async () => {
  buckets += 1;
  bucket = `shipped-${buckets}`;
  await makeBucket(lab.client(), bucket, true);
});

const at = (index: number, chain: readonly ChainRecord[] = CHAIN): ChainRecord => {
  const record = chain[index];
  if (record === undefined) throw new Error(`no record ${index}`);
  return record;
};

/** An archive that breaks when the given batch is put, counted from 1. */
function breakingAt(archive: Archive, batch: number): Archive {
  let puts = 0;
  return {
    ...archive,
    put: async (records) => {
      puts += 1;
      if (puts === batch) throw new MusterError('MUSTER_AWS_UNAVAILABLE', 'gone for a moment');
      await archive.put(records);
    },
  };
}

describe('shipping', () => {
  it('brings the whole chain, in batches of 500 at most, and says how far it is', async () => {
    const archive = anArchive(lab, bucket);
    const told: number[] = [];
    const shipped = await shipRecords(memoryChain(CHAIN), archive, (upTo) => told.push(upTo));
    expect(shipped).toMatchObject({ before: 0, upTo: 1_203, records: 1_203, batches: 3 });
    expect(told).toEqual([500, 1_000, 1_203]);
    expect(await gathered(archive.read())).toEqual(CHAIN);
  });

  it('brings nothing twice', async () => {
    const archive = anArchive(lab, bucket);
    await shipRecords(memoryChain(CHAIN.slice(0, 7)), archive);
    expect(await shipRecords(memoryChain(CHAIN.slice(0, 7)), archive)).toMatchObject({
      records: 0,
      upTo: 7,
      before: 7,
    });
    const more = await shipRecords(memoryChain(CHAIN.slice(0, 9)), archive);
    expect(more).toMatchObject({ before: 7, upTo: 9, records: 2, batches: 1 });
    expect(await handOn(lab.client(), bucket).names()).toHaveLength(2);
  });

  it('of an empty store does nothing', async () => {
    expect(await shipRecords(memoryChain(), anArchive(lab, bucket))).toMatchObject({ upTo: 0, records: 0 });
  });

  it('goes on where it was cut short', async () => {
    const archive = anArchive(lab, bucket);
    const cut = shipRecords(memoryChain(CHAIN), breakingAt(archive, 2));
    expect(await refused(cut)).toContain('MUSTER_AWS_UNAVAILABLE');
    expect(await shipRecords(memoryChain(CHAIN), archive)).toMatchObject({ before: 500, records: 703, batches: 2 });
    expect(await gathered(archive.read())).toEqual(CHAIN);
  });

  it('by two at once brings every record once', async () => {
    const archive = anArchive(lab, bucket);
    const chains = [memoryChain(CHAIN.slice(0, 700)), memoryChain(CHAIN)];
    await Promise.all(chains.map((chain) => shipRecords(chain, anArchive(lab, bucket))));
    expect(await gathered(archive.read())).toEqual(CHAIN);
  });

  it('keeps a batch of large records small, and one that is larger still goes alone', async () => {
    const word = 'x'.repeat(1_700_000);
    const chain = aLongChain(5, word);
    expect(await shipRecords(memoryChain(chain), anArchive(lab, bucket))).toMatchObject({ records: 5, batches: 3 });
  });

  it('brings what was erased before as erased', async () => {
    const chain = memoryChain(CHAIN.slice(0, 3));
    await chain.erase([2], 'test', at(0).at);
    const archive = anArchive(lab, bucket);
    await shipRecords(chain, archive);
    expect(await gathered(archive.read())).toEqual(chain.records());
  });
});

describe('shipping is refused', () => {
  it('when the archive ends with another record under that number, with both digests', async () => {
    const fork = aLongChain(5, 'fork');
    await shipRecords(memoryChain(fork), anArchive(lab, bucket));
    const told = await refused(shipRecords(memoryChain(CHAIN), anArchive(lab, bucket)));
    expect(told).toMatch(/^MUSTER_ARCHIVE_INVALID: s3:\/\/shipped-\d+\/evidence ends with record 5 .*forked$/);
    expect(told).toContain(at(4).digest);
    expect(told).toContain(at(4, fork).digest);
  });

  it('when the archive goes further than the store', async () => {
    await shipRecords(memoryChain(CHAIN.slice(0, 5)), anArchive(lab, bucket));
    const told = await refused(shipRecords(memoryChain(CHAIN.slice(0, 4)), anArchive(lab, bucket)));
    expect(told).toContain(at(4).digest);
    expect(told).toContain(`this store ends with record 4 (${at(3).digest})`);
    expect(await refused(shipRecords(memoryChain(), anArchive(lab, bucket)))).toContain('this store is empty');
  });

  it.each<[string, Partial<ChainRecord>]>([
    ['was changed', { key: 'other' }],
    ['has another body', { body: '{}' }],
  ])('from the record on that %s, and what came before it is safe', async (_, change) => {
    const chain = memoryChain(CHAIN);
    chain.tamper({ ...at(600), ...change });
    const archive = anArchive(lab, bucket);
    expect(await refused(shipRecords(chain, archive))).toMatch(/^MUSTER_STORE_INVALID: .*record 601 /);
    expect(await archive.last()).toMatchObject({ seq: 500 });
  });

  it('to a bucket that could be emptied', async () => {
    await makeBucket(lab.client(), `plain-${bucket}`, false);
    const told = await refused(shipRecords(memoryChain(CHAIN), anArchive(lab, `plain-${bucket}`)));
    expect(told).toContain('no Object Lock');
  });
});
