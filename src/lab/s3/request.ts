/**
 * What an S3 request asks for: method, path and sub-resource name the action, the path the bucket and the key.
 *
 * Path-style only. Headers and parameters that an action does not take are refused by name, so that nothing is silently
 * left undone. Source: Amazon S3 API 2006-03-01, "Request Syntax" of each action.
 */

import type { Instant } from '../../core/time.ts';
import type { Caller } from '../auth.ts';
import type { LabRequest, LabResponse } from '../messages.ts';
import { notStaged, S3Fault } from './faults.ts';
import type { Bucket, Buckets } from './model.ts';

/** One call to an action. */
export interface S3Call {
  readonly action: string;
  readonly at: Instant;
  readonly caller: Caller;
  readonly request: LabRequest;
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
}

/** What came of it. */
export interface S3Reply {
  readonly buckets: Buckets;
  readonly response: LabResponse;
}

/** One S3 action. @throws S3Fault to refuse. */
export type S3Action = (call: S3Call, buckets: Buckets) => S3Reply;

/** Headers that every call may bear. */
const COMMON = [
  'x-amz-checksum-algorithm',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-expected-bucket-owner',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-user-agent',
];

/** Bucket and key of a path, decoded. @throws S3Fault `InvalidURI`. */
export function placeOf(path: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket: decoded(bucket), key: decoded(key) };
}

/** Refuses a parameter or an `x-amz-` header that the action does not take. */
export function accept(
  { action, request }: S3Call,
  taken: { readonly query?: readonly string[]; readonly headers?: readonly (string | RegExp)[] },
): void {
  const { query = [], headers = [] } = taken;
  for (const name of Object.keys(request.query)) {
    const known = query.includes(name) || name === 'x-id' || name.startsWith('X-Amz-');
    if (!known) throw notStaged(`the parameter ${name} of ${action}`);
  }
  const given = Object.keys(request.headers).filter(
    (name) => /^(?:x-amz-|if-|range$)/.test(name) && !COMMON.includes(name),
  );
  for (const name of given) {
    const known = headers.some((header) => (typeof header === 'string' ? header === name : header.test(name)));
    if (!known) throw notStaged(`the header ${name} of ${action}`);
  }
}

/**
 * The bucket of a call.
 *
 * @throws S3Fault `NoSuchBucket`, `AccessDenied` when its owner is not the expected one, `PermanentRedirect` from another
 *   region.
 */
export function bucketOf({ bucket: name, request, caller }: S3Call, buckets: Buckets): Bucket {
  const bucket = Object.hasOwn(buckets, name) ? buckets[name] : undefined;
  if (bucket === undefined) throw new S3Fault('NoSuchBucket', 'The specified bucket does not exist');
  const expected = request.headers['x-amz-expected-bucket-owner'];
  if (expected !== undefined && expected !== bucket.accountId) throw new S3Fault('AccessDenied', 'Access Denied');
  if (caller.region !== bucket.region) {
    const message = 'The bucket you are attempting to access must be addressed using the specified endpoint.';
    throw new S3Fault('PermanentRedirect', message, { 'x-amz-bucket-region': bucket.region });
  }
  return bucket;
}

/** Everything with one bucket put in or replaced. */
export function withBucket(buckets: Buckets, bucket: Bucket): Buckets {
  return { ...buckets, [bucket.name]: bucket };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new S3Fault('InvalidURI', "Couldn't parse the specified URI.");
  }
}
