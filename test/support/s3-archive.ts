/**
 * An archive in the lab's S3, and a look behind it: what a stranger's hand could put there.
 */

import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { parseLocation } from '../../src/adapters/archive/location.ts';
import { createS3Archive, type S3ArchiveOptions } from '../../src/adapters/archive/s3-archive.ts';
import { toMusterError } from '../../src/adapters/aws/faults.ts';
import type { S3Lab } from './s3-lab.ts';

/** An archive at `s3://BUCKET/evidence`. */
export function anArchive(lab: S3Lab, bucket: string, options: Partial<S3ArchiveOptions> = {}) {
  const client = lab.client();
  return createS3Archive({
    location: parseLocation(`s3://${bucket}/evidence`, 'test'),
    client: async () => client,
    now: lab.now,
    toError: toMusterError,
    judgedAccounts: [],
    ...options,
  });
}

/** What somebody else's hand may do to a bucket. */
export function handOn(client: S3Client, Bucket: string) {
  return {
    names: async () => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
      return Contents.map(({ Key = '' }) => Key);
    },
    put: (Key: string, Body: string) => client.send(new PutObjectCommand({ Bucket, Key, Body })),
    hide: (Key: string) => client.send(new DeleteObjectCommand({ Bucket, Key })),
  };
}

/** The code and the message of what a call was refused with. */
export async function refused(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error) || !('code' in error)) throw new Error(`not refused: ${String(error)}`);
  return `${String(error.code)}: ${error.message}`;
}
