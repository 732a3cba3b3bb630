/**
 * Object Lock: until when a version may not be removed, and that this is only ever lengthened.
 *
 * Under COMPLIANCE nobody shortens it, whatever they may call; under GOVERNANCE only who asks to go around it. Source:
 * Amazon S3 API 2006-03-01, `PutObjectRetention`, `GetObjectRetention`; Amazon S3 User Guide, "Locking objects with
 * Object Lock".
 */

import { type Instant, parseInstant } from '../../core/time.ts';
import { emptyAnswer, xmlAnswer } from './answers.ts';
import { payloadOf } from './bytes.ts';
import { checkedSums } from './checksums.ts';
import { S3Fault, s3Unless } from './faults.ts';
import { type Bucket, LOCK_MODES, type LockMode, type Retention } from './model.ts';
import { accept, bucketOf, type S3Action, type S3Call, withBucket } from './request.ts';
import { askedVersion, putVersions, versionsOf } from './versions.ts';

/** Asks to go around a retention in GOVERNANCE mode. */
export const BYPASS = 'x-amz-bypass-governance-retention';
const MODE = 'x-amz-object-lock-mode';
const UNTIL = 'x-amz-object-lock-retain-until-date';

/** Whether a version may not be removed yet. */
export function isHeld(retention: Retention | null, at: Instant): boolean {
  return retention !== null && retention.until > at;
}

/** Whether a call asks to go around GOVERNANCE. */
export function bypasses({ request }: S3Call): boolean {
  return request.headers[BYPASS]?.toLowerCase() === 'true';
}

/** The retention that a put brings; null for none. @throws S3Fault `InvalidArgument` or `InvalidRequest`. */
export function retentionOfHeaders({ request, at }: S3Call, bucket: Bucket): Retention | null {
  const [mode, until] = [request.headers[MODE], request.headers[UNTIL]];
  if (mode === undefined && until === undefined) return null;
  s3Unless(bucket.locked, 'InvalidRequest', 'Bucket is missing Object Lock Configuration');
  if (mode === undefined || until === undefined) {
    throw new S3Fault('InvalidArgument', `${UNTIL} and ${MODE} must both be supplied`);
  }
  return retentionOf(mode, until, at);
}

/** A retention as headers of an answer. */
export function headersOfRetention(retention: Retention | null): Readonly<Record<string, string>> {
  return retention === null ? {} : { [MODE]: retention.mode, [UNTIL]: retention.until };
}

/** `PutObjectRetention`. */
export const putObjectRetention: S3Action = (call, buckets) => {
  accept(call, {
    query: ['retention', 'versionId'],
    headers: [BYPASS, /^x-amz-checksum-/, 'x-amz-trailer', 'x-amz-decoded-content-length'],
  });
  const bucket = bucketOf(call, buckets);
  s3Unless(bucket.locked, 'InvalidRequest', 'Bucket is missing Object Lock Configuration');
  const version = askedVersion(call, bucket);
  const wanted = retentionOfBody(call);
  const allowed = mayReplace(version.retention, wanted, call);
  s3Unless(allowed, 'AccessDenied', 'Access Denied because object protected by object lock.');
  const versions = versionsOf(bucket, call.key).map((other) =>
    other.versionId === version.versionId ? { ...other, retention: wanted } : other,
  );
  return { buckets: withBucket(buckets, putVersions(bucket, call.key, versions)), response: emptyAnswer() };
};

/** `GetObjectRetention`. */
export const getObjectRetention: S3Action = (call, buckets) => {
  accept(call, { query: ['retention', 'versionId'] });
  const { retention } = askedVersion(call, bucketOf(call, buckets));
  if (retention === null) {
    const message = 'The specified object does not have a ObjectLock configuration';
    throw new S3Fault('NoSuchObjectLockConfiguration', message);
  }
  const { mode, until } = retention;
  const response = xmlAnswer('Retention', [
    ['Mode', mode],
    ['RetainUntilDate', until],
  ]);
  return { buckets, response };
};

function mayReplace(held: Retention | null, wanted: Retention, call: S3Call): boolean {
  if (held === null || !isHeld(held, call.at)) return true;
  const longer = wanted.until >= held.until;
  if (held.mode === 'COMPLIANCE') return longer && wanted.mode === 'COMPLIANCE';
  return longer || bypasses(call);
}

function retentionOfBody(call: S3Call): Retention {
  const { content, trailers } = payloadOf(call.request);
  checkedSums(content, { ...call.request.headers, ...trailers });
  const text = Buffer.from(content).toString('utf8');
  const mode = /<Mode>([^<]*)<\/Mode>/.exec(text)?.[1];
  const until = /<RetainUntilDate>([^<]*)<\/RetainUntilDate>/.exec(text)?.[1];
  if (mode === undefined || until === undefined) {
    const message = 'The XML you provided was not well-formed or did not validate against our published schema';
    throw new S3Fault('MalformedXML', message);
  }
  return retentionOf(mode, until, call.at);
}

function retentionOf(mode: string, text: string, at: Instant): Retention {
  s3Unless(isMode(mode), 'InvalidArgument', 'Unknown wormMode directive.');
  const until = instantOf(text);
  s3Unless(until > at, 'InvalidArgument', 'The retain until date must be in the future!');
  return { mode, until };
}

function isMode(text: string): text is LockMode {
  return LOCK_MODES.some((mode) => mode === text);
}

function instantOf(text: string): Instant {
  try {
    return parseInstant(text, UNTIL);
  } catch {
    throw new S3Fault('InvalidArgument', `The retain until date must be provided in ISO 8601 format: ${text}`);
  }
}
