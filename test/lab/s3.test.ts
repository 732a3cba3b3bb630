/**
 * The lab's S3 through an SDK that nobody here wrote: buckets, Object Lock, versions, conditional puts, listings.
 */

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDays, type Instant, SECONDS_PER_DAY, toEpochMilliseconds } from '../../src/core/time.ts';
import { ledger } from '../../src/lab/ledger.ts';
import { makeBucket, S3_REGION, type S3Lab, s3Refusal, startS3Lab } from '../support/s3-lab.ts';

let lab: S3Lab;
let s3: S3Client;
let Bucket: string;
let buckets = 0;

beforeAll(async () => {
  lab = await startS3Lab();
  s3 = lab.client();
});
afterAll(() => lab.close());

beforeEach(async () => {
  buckets += 1;
  Bucket = `records-${buckets}`;
  await makeBucket(s3, Bucket, true);
});

const dateOf = (at: Instant) => new Date(toEpochMilliseconds(at));
const put = (Key: string, Body: string | Uint8Array, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const held = (mode: 'COMPLIANCE' | 'GOVERNANCE', days: number) => ({
  ObjectLockMode: mode,
  ObjectLockRetainUntilDate: dateOf(addDays(lab.now(), days)),
});
const read = async (Key: string, more: object = {}) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};
const keys = async (more: object = {}) => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, ...more }));
  return Contents.map(({ Key }) => Key);
};

describe('a bucket', () => {
  it('that was made with Object Lock says so, and keeps versions', async () => {
    const lock = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    expect(lock.ObjectLockConfiguration).toEqual({ ObjectLockEnabled: 'Enabled' });
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    expect((await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe(S3_REGION);
  });

  it('without Object Lock has no configuration of it and takes no retention', async () => {
    await makeBucket(s3, 'plain-bucket', false);
    const asked = s3.send(new GetObjectLockConfigurationCommand({ Bucket: 'plain-bucket' }));
    expect(await s3Refusal(asked)).toBe('ObjectLockConfigurationNotFoundError 404');
    expect(await s3Refusal(put('a', 'x', { Bucket: 'plain-bucket', ...held('COMPLIANCE', 1) }))).toBe(
      'InvalidRequest 400',
    );
  });

  it('cannot be made twice', async () => {
    expect(await s3Refusal(makeBucket(s3, Bucket, true))).toBe('BucketAlreadyOwnedByYou 409');
  });

  it('is refused under a name that is no bucket name', async () => {
    expect(await s3Refusal(makeBucket(s3, 'Records_1', true))).toBe('InvalidBucketName 400');
  });

  it('that does not exist is not found', async () => {
    expect(await s3Refusal(s3.send(new ListObjectsV2Command({ Bucket: 'nowhere' })))).toBe('NoSuchBucket 404');
    expect(await s3Refusal(s3.send(new HeadBucketCommand({ Bucket: 'nowhere' })))).toBe('NotFound 404');
  });

  it('is refused to who expects another owner', async () => {
    const asked = (ExpectedBucketOwner: string) => s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner }));
    await asked('123456789012');
    expect(await s3Refusal(asked('999999999999'))).toBe('Unknown 403');
  });

  it('sends who asks from another region to its own', async () => {
    const abroad = lab.client('eu-central-1');
    expect(await s3Refusal(abroad.send(new ListObjectsV2Command({ Bucket })))).toBe('PermanentRedirect 301');
  });
});

describe('an object', () => {
  it('comes back as it was put, bytes that are no text included', async () => {
    const bytes = Buffer.from([0, 255, 254, 10, 13, 195, 40, 128]);
    await put('a/b c+ü', bytes, { ContentType: 'application/x-test', Metadata: { by: 'test' } });
    expect((await read('a/b c+ü')).equals(bytes)).toBe(true);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/b c+ü' }));
    expect(head).toMatchObject({ ContentLength: 8, ContentType: 'application/x-test', Metadata: { by: 'test' } });
  });

  it('comes back from a stream, which the SDK sends in chunks with its checksum behind', async () => {
    const text = 'ä'.repeat(50_000);
    await put('stream', Readable.from([Buffer.from(text)]) as never, { ContentLength: 100_000 });
    expect((await read('stream')).toString('utf8')).toBe(text);
  });

  it('is refused when its checksum is that of other bytes', async () => {
    const other = createHash('sha256').update('other').digest('base64');
    expect(await s3Refusal(put('a', 'x', { ChecksumSHA256: other }))).toBe('BadDigest 400');
    expect(await s3Refusal(put('a', 'x', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }))).toBe('BadDigest 400');
    expect(await keys()).toEqual([]);
  });

  it('shows the checksum it came with', async () => {
    const ChecksumSHA256 = createHash('sha256').update('x').digest('base64');
    await put('a', 'x', { ChecksumSHA256 });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a', ChecksumMode: 'ENABLED' }));
    expect(head.ChecksumSHA256).toBe(ChecksumSHA256);
  });

  it('that is there already is not overwritten by a put for none', async () => {
    await put('a', 'first', { IfNoneMatch: '*' });
    expect(await s3Refusal(put('a', 'second', { IfNoneMatch: '*' }))).toBe('PreconditionFailed 412');
    expect((await read('a')).toString()).toBe('first');
  });

  it('put again is a new version, and the old one stays', async () => {
    const first = await put('a', 'first');
    await put('a', 'second');
    expect((await read('a')).toString()).toBe('second');
    expect((await read('a', { VersionId: first.VersionId })).toString()).toBe('first');
  });

  it('deleted without a version only gets a marker, and can be put anew under it', async () => {
    const { VersionId } = await put('a', 'first', held('COMPLIANCE', 1));
    const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    expect(marker.DeleteMarker).toBe(true);
    expect(await s3Refusal(read('a'))).toBe('NoSuchKey 404');
    expect(await keys()).toEqual([]);
    expect((await read('a', { VersionId })).toString()).toBe('first');
    await put('a', 'second', { IfNoneMatch: '*' });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId: marker.VersionId }));
    expect((await read('a')).toString()).toBe('second');
  });

  it('that never was is not found, nor is a version that never was', async () => {
    await put('a', 'x');
    expect(await s3Refusal(read('b'))).toBe('NoSuchKey 404');
    expect(await s3Refusal(read('a', { VersionId: 'nope' }))).toBe('NoSuchVersion 404');
  });

  it('in a bucket without versions is gone once deleted', async () => {
    await makeBucket(s3, 'forgetful', false);
    await put('a', 'x', { Bucket: 'forgetful' });
    await s3.send(new DeleteObjectCommand({ Bucket: 'forgetful', Key: 'a' }));
    expect(lab.world().buckets['forgetful']?.objects).toEqual({});
  });
});

describe('a retention', () => {
  const remove = (VersionId: string | undefined, more: object = {}) =>
    s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId, ...more }));
  const retain = (mode: 'COMPLIANCE' | 'GOVERNANCE', days: number, more: object = {}) =>
    s3.send(
      new PutObjectRetentionCommand({
        Bucket,
        Key: 'a',
        Retention: { Mode: mode, RetainUntilDate: dateOf(addDays(lab.now(), days)) },
        ...more,
      }),
    );

  it('in COMPLIANCE mode keeps a version from everybody until it ends, and not a moment longer', async () => {
    const { VersionId } = await put('a', 'x', held('COMPLIANCE', 2));
    expect(await s3Refusal(remove(VersionId))).toBe('AccessDenied 403');
    expect(await s3Refusal(remove(VersionId, { BypassGovernanceRetention: true }))).toBe('AccessDenied 403');
    lab.advance(2 * SECONDS_PER_DAY - 1);
    expect(await s3Refusal(remove(VersionId))).toBe('AccessDenied 403');
    lab.advance(1);
    await remove(VersionId);
    expect(await s3Refusal(read('a'))).toBe('NoSuchKey 404');
  });

  it('in GOVERNANCE mode gives way to who asks for it', async () => {
    const { VersionId } = await put('a', 'x', held('GOVERNANCE', 2));
    expect(await s3Refusal(remove(VersionId))).toBe('AccessDenied 403');
    await remove(VersionId, { BypassGovernanceRetention: true });
    expect(await keys()).toEqual([]);
  });

  it('is only ever lengthened', async () => {
    await put('a', 'x', held('COMPLIANCE', 2));
    expect(await s3Refusal(retain('COMPLIANCE', 1))).toBe('AccessDenied 403');
    expect(await s3Refusal(retain('GOVERNANCE', 5, { BypassGovernanceRetention: true }))).toBe('AccessDenied 403');
    await retain('COMPLIANCE', 3);
    const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket, Key: 'a' }));
    expect(Retention).toEqual({ Mode: 'COMPLIANCE', RetainUntilDate: dateOf(addDays(lab.now(), 3)) });
  });

  it('in GOVERNANCE mode is shortened by who asks to go around it', async () => {
    await put('a', 'x', held('GOVERNANCE', 2));
    expect(await s3Refusal(retain('GOVERNANCE', 1))).toBe('AccessDenied 403');
    await retain('GOVERNANCE', 1, { BypassGovernanceRetention: true });
  });

  it('is shown with the object, and is not there where none was asked for', async () => {
    await put('a', 'x', held('COMPLIANCE', 2));
    await put('b', 'x');
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).toMatchObject(held('COMPLIANCE', 2));
    const asked = s3.send(new GetObjectRetentionCommand({ Bucket, Key: 'b' }));
    expect(await s3Refusal(asked)).toBe('NoSuchObjectLockConfiguration 404');
  });

  it('must lie ahead, and be whole', async () => {
    expect(await s3Refusal(put('a', 'x', held('COMPLIANCE', 0)))).toBe('InvalidArgument 400');
    expect(await s3Refusal(put('a', 'x', { ObjectLockMode: 'COMPLIANCE' }))).toBe('InvalidArgument 400');
  });
});

describe('a listing', () => {
  it('goes by the bytes of the keys, from page to page, behind a key and below a prefix', async () => {
    for (const key of ['r/3', 'r/1', 's/1', 'r/2', 'r/ü']) await put(key, 'x');
    expect(await keys({ Prefix: 'r/' })).toEqual(['r/1', 'r/2', 'r/3', 'r/ü']);
    expect(await keys({ Prefix: 'r/', StartAfter: 'r/2' })).toEqual(['r/3', 'r/ü']);
    const first = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2 }));
    expect(first).toMatchObject({ IsTruncated: true, KeyCount: 2 });
    const second = await keys({ MaxKeys: 3, ContinuationToken: first.NextContinuationToken });
    expect(second).toEqual(['r/3', 'r/ü', 's/1']);
  });

  it('refuses a token it never gave', async () => {
    expect(await s3Refusal(keys({ ContinuationToken: 'x' }))).toBe('InvalidArgument 400');
  });
});

describe('what the lab does not implement', () => {
  it.each([
    ['a listing of buckets', () => s3.send(new ListBucketsCommand({}))],
    ['a copy', () => s3.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a` }))],
    ['an upload in parts', () => s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'a' }))],
    ['a legal hold', () => s3.send(new PutObjectLegalHoldCommand({ Bucket, Key: 'a', LegalHold: { Status: 'ON' } }))],
    ['a header', () => put('a', 'x', { StorageClass: 'GLACIER' })],
    ['a condition', () => put('a', 'x', { IfMatch: '"0"' })],
    ['a parameter', () => keys({ Delimiter: '/' })],
  ])('is refused by name: %s', async (_, call) => {
    await expect(call()).rejects.toThrow(/^The lab does not implement/);
  });
});

it('what was put, refused and deleted is in the ledger', async () => {
  await put('a', 'x', { IfNoneMatch: '*' });
  await put('a', 'x', { IfNoneMatch: '*' }).catch(() => undefined);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
  const entries = ledger(lab.world()).filter(({ target }) => target === `arn:aws:s3:::${Bucket}/a`);
  expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    'PutObject ok',
    'PutObject PreconditionFailed',
    'DeleteObject ok',
  ]);
});
