/**
 * What is in a bucket: the current version of every object, in the order of its key's bytes, page by page.
 *
 * A page goes on behind the last key it showed. Folders (`delimiter`) and owners are not staged. Source: Amazon S3 API
 * 2006-03-01, `ListObjectsV2`.
 */

import type { Xml } from '../xml.ts';
import { xmlAnswer } from './answers.ts';
import { S3Fault, s3Unless } from './faults.ts';
import { accept, bucketOf, type S3Action, type S3Call } from './request.ts';
import { currentOf } from './versions.ts';

const KEYS_MAX = 1000;
const TAKEN = ['list-type', 'prefix', 'start-after', 'continuation-token', 'max-keys', 'encoding-type'];

/** `ListObjectsV2`. */
export const listObjectsV2: S3Action = (call, buckets) => {
  accept(call, { query: TAKEN, headers: ['x-amz-optional-object-attributes'] });
  const bucket = bucketOf(call, buckets);
  const { query } = call.request;
  const { prefix = '', 'continuation-token': token, 'start-after': startAfter = '' } = query;
  const after = token === undefined ? startAfter : readToken(token);
  const size = sizeOf(query['max-keys']);
  const rest = Object.keys(bucket.objects)
    .filter((key) => key.startsWith(prefix) && compareBytes(key, after) > 0)
    .filter((key) => currentOf(bucket, key) !== undefined)
    .sort(compareBytes);
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  const more = rest.length > shown.length;
  const written = encoderOf(call);
  const contents = shown.map((key): Xml => ['Contents', contentOf(key, currentOf(bucket, key), written)]);
  const response = xmlAnswer('ListBucketResult', [
    ['Name', bucket.name],
    ['Prefix', written(prefix)],
    ['StartAfter', startAfter === '' ? null : written(startAfter)],
    ['ContinuationToken', token ?? null],
    ['NextContinuationToken', more && last !== undefined ? Buffer.from(last).toString('base64') : null],
    ['KeyCount', shown.length],
    ['MaxKeys', size],
    ['EncodingType', query['encoding-type'] ?? null],
    ['IsTruncated', more],
    ...contents,
  ]);
  return { buckets, response };
};

function contentOf(
  key: string,
  version: ReturnType<typeof currentOf>,
  written: (text: string) => string,
): readonly Xml[] {
  return [
    ['Key', written(key)],
    ['LastModified', version?.at ?? null],
    ['ETag', `"${version?.etag ?? ''}"`],
    ['Size', version?.content?.length ?? 0],
    ['StorageClass', 'STANDARD'],
  ];
}

function sizeOf(text: string | undefined): number {
  const size = Number(text ?? KEYS_MAX);
  const message = 'Provided max-keys not an integer or within integer range';
  s3Unless(Number.isInteger(size) && size >= 0, 'InvalidArgument', message);
  return Math.min(size, KEYS_MAX);
}

/** How keys are written: as they are, or percent-encoded where the caller cannot read every character XML forbids. */
function encoderOf({ request }: S3Call): (text: string) => string {
  const type = request.query['encoding-type'];
  s3Unless(type === undefined || type === 'url', 'InvalidArgument', 'Invalid Encoding Method specified in Request');
  return type === undefined ? (text) => text : (text) => encodeURIComponent(text).replaceAll('%2F', '/');
}

function readToken(token: string): string {
  const key = Buffer.from(token, 'base64');
  if (key.length > 0 && key.toString('base64') === token) return key.toString('utf8');
  throw new S3Fault('InvalidArgument', 'The continuation token provided is incorrect');
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
