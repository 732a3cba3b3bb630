/**
 * Buckets: making one, looking at one, and whether it has Object Lock.
 *
 * Object Lock can be had when a bucket is made and not afterwards; a default retention is not staged. Source: Amazon S3
 * API 2006-03-01, `CreateBucket`, `HeadBucket`, `GetObjectLockConfiguration`, `GetBucketVersioning`; Amazon S3 User
 * Guide, "Bucket naming rules".
 */

import { emptyAnswer, xmlAnswer } from './answers.ts';
import { notStaged, S3Fault, s3Unless } from './faults.ts';
import type { Buckets } from './model.ts';
import { accept, bucketOf, type S3Action, type S3Call, withBucket } from './request.ts';

const NAME = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const WITH_LOCK = 'x-amz-bucket-object-lock-enabled';

/** `CreateBucket`. */
export const createBucket: S3Action = (call, buckets) => {
  accept(call, { headers: [WITH_LOCK] });
  const { bucket: name, request, caller, at } = call;
  s3Unless(NAME.test(name), 'InvalidBucketName', 'The specified bucket is not valid.');
  const { accountId } = caller.principal;
  refuseTaken(name, accountId, buckets);
  refuseOtherRegion(call);
  const bucket = {
    name,
    accountId,
    region: caller.region,
    createdAt: at,
    locked: request.headers[WITH_LOCK]?.toLowerCase() === 'true',
    versionsUsed: 0,
    objects: {},
  };
  return { buckets: withBucket(buckets, bucket), response: emptyAnswer({ location: `/${name}` }) };
};

/** `HeadBucket`. */
export const headBucket: S3Action = (call, buckets) => {
  accept(call, {});
  const { region } = bucketOf(call, buckets);
  return { buckets, response: emptyAnswer({ 'x-amz-bucket-region': region }) };
};

/** `GetObjectLockConfiguration`. */
export const getObjectLockConfiguration: S3Action = (call, buckets) => {
  accept(call, { query: ['object-lock'] });
  s3Unless(
    bucketOf(call, buckets).locked,
    'ObjectLockConfigurationNotFoundError',
    'Object Lock configuration does not exist for this bucket',
  );
  return { buckets, response: xmlAnswer('ObjectLockConfiguration', [['ObjectLockEnabled', 'Enabled']]) };
};

/** `GetBucketVersioning`. */
export const getBucketVersioning: S3Action = (call, buckets) => {
  accept(call, { query: ['versioning'] });
  const status = bucketOf(call, buckets).locked ? 'Enabled' : null;
  return { buckets, response: xmlAnswer('VersioningConfiguration', [['Status', status]]) };
};

function refuseTaken(name: string, accountId: string, buckets: Buckets): void {
  const owner = Object.hasOwn(buckets, name) ? buckets[name]?.accountId : undefined;
  if (owner === undefined) return;
  if (owner !== accountId) throw new S3Fault('BucketAlreadyExists', 'The requested bucket name is not available.');
  const message = 'Your previous request to create the named bucket succeeded and you already own it.';
  throw new S3Fault('BucketAlreadyOwnedByYou', message);
}

/** A bucket is made where the request is signed for; `us-east-1` is the only region that may go unnamed. */
function refuseOtherRegion({ request, caller }: S3Call): void {
  const body = request.body.trim();
  const named = /<LocationConstraint>([^<]*)<\/LocationConstraint>/.exec(body)?.[1] ?? '';
  if (body !== '' && named === '') throw notStaged('a CreateBucketConfiguration without LocationConstraint');
  const region = named === '' ? 'us-east-1' : named;
  s3Unless(
    region === caller.region,
    'IllegalLocationConstraintException',
    `The ${named === '' ? 'unspecified' : named} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}
