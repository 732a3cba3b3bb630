/**
 * The lab over HTTP on a clock that a test moves, and S3 clients of it.
 *
 * Objects are read as streams, which an SDK takes from a socket only; retention ends with time, which only a clock of the
 * test's own can bring about.
 */

import { type BucketLocationConstraint, CreateBucketCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { addSeconds, type Instant, parseInstant, type Seconds } from '../../src/core/time.ts';
import { estateNamed } from '../../src/lab/estates/estates.ts';
import { startHost } from '../../src/lab/host.ts';
import { listen, stopListening } from '../../src/lab/http.ts';
import { MemoryEngine } from '../../src/lab/memory-engine.ts';
import type { World } from '../../src/lab/world.ts';

/** The instant at which these labs start. */
export const S3_START = parseInstant('2026-11-23T04:00:00Z', 'test');
export const S3_REGION = 'eu-west-1';

/** A lab over HTTP whose time stands still but for `advance`. */
export interface S3Lab {
  readonly endpoint: string;
  now(): Instant;
  advance(seconds: Seconds): void;
  world(): World;
  client(region?: string, accessKeyId?: string): S3Client;
  close(): Promise<void>;
}

/** Starts one, with an empty estate. */
export async function startS3Lab(): Promise<S3Lab> {
  let at = S3_START;
  const clients: S3Client[] = [];
  const estate = estateNamed('empty')(at);
  const host = startHost({ estate, pace: 'brisk', engine: new MemoryEngine(), now: () => at });
  const { server, port } = await listen(host, 0);
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    now: () => at,
    advance: (seconds) => {
      at = addSeconds(at, seconds);
    },
    world: () => host.world(),
    client: (region = S3_REGION, accessKeyId = 'AKIATEST') => {
      const credentials = { accessKeyId, secretAccessKey: 'secret' };
      const client = new S3Client({ region, endpoint, credentials, forcePathStyle: true, maxAttempts: 1 });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.destroy();
      await stopListening(server);
    },
  };
}

/** Makes a bucket in the clients' usual region. */
export async function makeBucket(client: S3Client, Bucket: string, locked: boolean): Promise<void> {
  const LocationConstraint: BucketLocationConstraint = S3_REGION;
  const CreateBucketConfiguration = { LocationConstraint };
  await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: locked, CreateBucketConfiguration }));
}

/** Code and status that a call was refused with. */
export async function s3Refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof S3ServiceException)) throw new Error(`not refused by S3: ${String(error)}`);
  return `${error.name} ${error.$metadata.httpStatusCode}`;
}
