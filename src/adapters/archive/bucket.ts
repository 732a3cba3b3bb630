/**
 * The calls to S3 that an archive is made of: each one, its faults in our words, and nothing that removes or overwrites.
 *
 * A put never overwrites (`If-None-Match: *`), brings its SHA-256 and a retention. Listings follow their pages to the end.
 * Source: Amazon S3 API 2006-03-01; Amazon S3 User Guide, "Conditional writes", "Locking objects with Object Lock".
 */

import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ErrorCode, MusterError } from '../../core/errors.ts';
import { addDays, type Days, type Instant, toEpochMilliseconds } from '../../core/time.ts';
import { type ArchiveLocation, printLocation, recordsPrefix } from './location.ts';

/** Turns what the SDK throws into ours. */
export type FaultMapper = (
  error: unknown,
  context: { readonly action: string; readonly endpoint: string; readonly refusedCode: ErrorCode },
) => MusterError;

/** What the calls need. */
export interface BucketOptions {
  readonly location: ArchiveLocation;
  readonly client: () => Promise<S3Client>;
  readonly now: () => Instant;
  readonly toError: FaultMapper;
  readonly lockMode: 'COMPLIANCE' | 'GOVERNANCE';
  readonly retentionDays: Days;
}

/** The calls. @throws MusterError as the mapper makes them. */
export interface Bucket {
  /** Whether Object Lock is on. */
  isLocked(): Promise<boolean>;
  /** Whether the bucket is that account's; null when nobody can tell. */
  isOwnedBy(accountId: string): Promise<boolean | null>;
  /** Puts a new object. @returns False when something is there under that key. */
  put(key: string, content: string): Promise<boolean>;
  /** Null when nothing is there. */
  get(key: string): Promise<string | null>;
  /** Keys of records behind a key, in order. */
  keys(after: string): AsyncIterable<string>;
}

/** Another write to the same key was under way, or was there first. */
const TAKEN = ['PreconditionFailed', 'ConditionalRequestConflict'];
const NO_LOCK = 'ObjectLockConfigurationNotFoundError';
const JSON_LINES = 'application/jsonl';

/** Calls on one bucket. */
export function createBucket(options: BucketOptions): Bucket {
  const { location, now, toError } = options;
  const { bucket: Bucket } = location;
  const called = async <T>(action: string, call: () => Promise<T>, expected: (name: string) => T | undefined) => {
    try {
      return await call();
    } catch (error) {
      const answer = expected(error instanceof Error ? error.name : '');
      if (answer !== undefined) return answer;
      throw toError(error, { action, endpoint: printLocation(location), refusedCode: 'MUSTER_ARCHIVE_INVALID' });
    }
  };
  const never = () => undefined;
  const head = async (owner: object) => {
    const { HeadBucketCommand } = await import('@aws-sdk/client-s3');
    return (await options.client()).send(new HeadBucketCommand({ Bucket, ...owner })).then(
      () => true,
      () => false,
    );
  };

  return {
    isLocked: () =>
      called<boolean>(
        's3:GetBucketObjectLockConfiguration',
        async () => {
          const { GetObjectLockConfigurationCommand } = await import('@aws-sdk/client-s3');
          const answer = await (await options.client()).send(new GetObjectLockConfigurationCommand({ Bucket }));
          return answer.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
        },
        (name) => (name === NO_LOCK ? false : undefined),
      ),
    isOwnedBy: async (ExpectedBucketOwner) => {
      if (await head({ ExpectedBucketOwner })) return true;
      // Refused for its owner, or for everybody: only who may ask at all learns which.
      return (await head({})) ? false : null;
    },
    put: (key, content) =>
      called<boolean>(
        's3:PutObject',
        async () => {
          const { PutObjectCommand } = await import('@aws-sdk/client-s3');
          const command = new PutObjectCommand({
            Bucket,
            Key: key,
            Body: content,
            ContentType: JSON_LINES,
            ChecksumSHA256: createHash('sha256').update(content).digest('base64'),
            IfNoneMatch: '*',
            ObjectLockMode: options.lockMode,
            ObjectLockRetainUntilDate: new Date(toEpochMilliseconds(addDays(now(), options.retentionDays))),
          });
          await (await options.client()).send(command);
          return true;
        },
        (name) => (TAKEN.includes(name) ? false : undefined),
      ),
    get: (key) =>
      called<string | null>(
        's3:GetObject',
        async () => {
          const { GetObjectCommand } = await import('@aws-sdk/client-s3');
          const { Body } = await (await options.client()).send(new GetObjectCommand({ Bucket, Key: key }));
          return (await Body?.transformToString('utf-8')) ?? '';
        },
        (name) => (name === 'NoSuchKey' ? null : undefined),
      ),
    async *keys(after) {
      const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
      let token: string | undefined;
      do {
        const page: object = token === undefined ? { StartAfter: after } : { ContinuationToken: token };
        const command = new ListObjectsV2Command({ Bucket, Prefix: recordsPrefix(location), ...page });
        const answer = await called('s3:ListBucket', async () => (await options.client()).send(command), never);
        for (const { Key } of answer.Contents ?? []) if (Key !== undefined) yield Key;
        token = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
      } while (token !== undefined);
    },
  };
}
