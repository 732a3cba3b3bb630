/**
 * Objects: putting, reading and deleting one.
 *
 * A put checks every checksum it came with, never overwrites under `If-None-Match: *`, and in a bucket with Object Lock
 * takes a retention with it. A delete without a version leaves a marker there. Source: Amazon S3 API 2006-03-01,
 * `PutObject`, `GetObject`, `HeadObject`, `DeleteObject`; Amazon S3 User Guide, "Conditional writes".
 */

import { toEpochMilliseconds } from '../../core/time.ts';
import { contentAnswer, emptyAnswer } from './answers.ts';
import { payloadOf } from './bytes.ts';
import { checkedSums, md5Hex } from './checksums.ts';
import { notStaged, S3Fault, s3Unless } from './faults.ts';
import type { Bucket, ObjectVersion } from './model.ts';
import { accept, bucketOf, type S3Action, type S3Call, withBucket } from './request.ts';
import { BYPASS, bypasses, headersOfRetention, isHeld, retentionOfHeaders } from './retention.ts';
import {
  addVersion,
  askedVersion,
  currentOf,
  putVersions,
  versionAnswer,
  versionHeader,
  versionsOf,
} from './versions.ts';

const KEY_BYTES_MAX = 1024;
const META = 'x-amz-meta-';

/** `PutObject`. */
export const putObject: S3Action = (call, buckets) => {
  accept(call, {
    headers: [
      /^x-amz-meta-/,
      /^x-amz-checksum-/,
      'if-none-match',
      'x-amz-decoded-content-length',
      'x-amz-object-lock-mode',
      'x-amz-object-lock-retain-until-date',
      'x-amz-trailer',
    ],
  });
  const { key, request, at } = call;
  const bucket = bucketOf(call, buckets);
  s3Unless(Buffer.byteLength(key) <= KEY_BYTES_MAX, 'KeyTooLongError', 'Your key is too long');
  const { content, trailers } = payloadOf(request);
  const checksums = checkedSums(content, { ...request.headers, ...trailers });
  const retention = retentionOfHeaders(call, bucket);
  const summed = Object.keys(checksums).length > 0 || 'content-md5' in request.headers;
  s3Unless(
    retention === null || summed,
    'InvalidRequest',
    'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
  );
  refuseExisting(call, bucket);
  const added = addVersion(bucket, key, {
    at,
    content,
    contentType: request.headers['content-type'] ?? 'binary/octet-stream',
    etag: md5Hex(content),
    checksums,
    metadata: metadataOf(call),
    retention,
  });
  const headers = { etag: `"${added.version.etag}"`, ...checksumHeaders(added.version) };
  return { buckets: withBucket(buckets, added.bucket), response: versionAnswer(added.version, headers) };
};

/** `GetObject`, and `HeadObject`, whose body does not travel. */
export const getObject: S3Action = (call, buckets) => {
  accept(call, { query: ['versionId'], headers: ['x-amz-checksum-mode'] });
  const version = askedVersion(call, bucketOf(call, buckets));
  const sums = call.request.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' ? checksumHeaders(version) : {};
  const metadata = Object.entries(version.metadata).map(([name, value]) => [META + name, value]);
  const headers = {
    'content-type': version.contentType,
    etag: `"${version.etag}"`,
    'last-modified': new Date(toEpochMilliseconds(version.at)).toUTCString(),
    'accept-ranges': 'bytes',
    ...versionHeader(version),
    ...headersOfRetention(version.retention),
    ...Object.fromEntries(metadata),
    ...sums,
  };
  return { buckets, response: contentAnswer(version.content, headers) };
};

/** `DeleteObject`. */
export const deleteObject: S3Action = (call, buckets) => {
  accept(call, { query: ['versionId'], headers: [BYPASS] });
  const { key, request } = call;
  const bucket = bucketOf(call, buckets);
  const asked = request.query['versionId'];
  if (asked !== undefined) return deleteVersion(call, bucket, asked, buckets);
  if (!bucket.locked) {
    return { buckets: withBucket(buckets, putVersions(bucket, key, [])), response: emptyAnswer({}, 204) };
  }
  const marker = {
    at: call.at,
    content: null,
    contentType: '',
    etag: '',
    checksums: {},
    metadata: {},
    retention: null,
  };
  const added = addVersion(bucket, key, marker);
  const response = versionAnswer(added.version, { 'x-amz-delete-marker': 'true' }, 204);
  return { buckets: withBucket(buckets, added.bucket), response };
};

function deleteVersion(call: S3Call, bucket: Bucket, versionId: string, buckets: Parameters<S3Action>[1]) {
  const versions = versionsOf(bucket, call.key);
  const version = versions.find((candidate) => candidate.versionId === versionId);
  // S3 says the same of a version that is gone and of one that never was.
  if (version === undefined) return { buckets, response: emptyAnswer({ 'x-amz-version-id': versionId }, 204) };
  const governed = version.retention?.mode === 'GOVERNANCE' && bypasses(call);
  if (isHeld(version.retention, call.at) && !governed) {
    throw new S3Fault('AccessDenied', 'Access Denied because object protected by object lock.');
  }
  const rest = putVersions(
    bucket,
    call.key,
    versions.filter((other) => other !== version),
  );
  const marker: Record<string, string> = version.content === null ? { 'x-amz-delete-marker': 'true' } : {};
  return { buckets: withBucket(buckets, rest), response: versionAnswer(version, marker, 204) };
}

function refuseExisting({ request, key }: S3Call, bucket: Bucket): void {
  const condition = request.headers['if-none-match'];
  if (condition === undefined) return;
  if (condition !== '*') throw notStaged(`If-None-Match: ${condition} of PutObject`);
  s3Unless(
    currentOf(bucket, key) === undefined,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
  );
}

function metadataOf({ request }: S3Call): Readonly<Record<string, string>> {
  const pairs = Object.entries(request.headers).filter(([name]) => name.startsWith(META));
  return Object.fromEntries(pairs.map(([name, value]) => [name.slice(META.length), value]));
}

function checksumHeaders({ checksums }: ObjectVersion): Readonly<Record<string, string>> {
  const pairs = Object.entries(checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value] as const);
  return pairs.length === 0 ? {} : { ...Object.fromEntries(pairs), 'x-amz-checksum-type': 'FULL_OBJECT' };
}
