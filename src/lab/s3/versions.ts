/**
 * Versions of an object: finding one, adding one, taking one away.
 *
 * The last of a key's versions is the current one. In a bucket without versioning each put and each delete replaces what
 * was there. Source: Amazon S3 User Guide, "How S3 Versioning works".
 */

import { createHash } from 'node:crypto';
import { emptyAnswer } from './answers.ts';
import { S3Fault } from './faults.ts';
import type { Bucket, ObjectVersion } from './model.ts';
import type { S3Call } from './request.ts';

/** The version id of objects in a bucket that keeps no versions. */
export const NULL_VERSION = 'null';

/** Every version of a key, oldest first. */
export function versionsOf(bucket: Bucket, key: string): readonly ObjectVersion[] {
  return Object.hasOwn(bucket.objects, key) ? (bucket.objects[key] ?? []) : [];
}

/** The version that is read when none is named; undefined when there is none, or it is a delete marker. */
export function currentOf(bucket: Bucket, key: string): ObjectVersion | undefined {
  const last = versionsOf(bucket, key).at(-1);
  return last?.content === null ? undefined : last;
}

/**
 * The version a call asks for.
 *
 * @throws S3Fault `NoSuchKey`, `NoSuchVersion`; `MethodNotAllowed` when it names a delete marker.
 */
export function askedVersion({ key, request }: S3Call, bucket: Bucket): ObjectVersion & { content: Uint8Array } {
  const asked = request.query['versionId'];
  const versions = versionsOf(bucket, key);
  const found = asked === undefined ? versions.at(-1) : versions.find(({ versionId }) => versionId === asked);
  if (asked !== undefined && found === undefined) {
    throw new S3Fault('NoSuchVersion', 'The specified version does not exist.');
  }
  if (found === undefined) throw new S3Fault('NoSuchKey', 'The specified key does not exist.');
  const { content } = found;
  if (content !== null) return { ...found, content };
  const marker = { 'x-amz-delete-marker': 'true', ...versionHeader(found) };
  if (asked === undefined) throw new S3Fault('NoSuchKey', 'The specified key does not exist.', marker);
  throw new S3Fault('MethodNotAllowed', 'The specified method is not allowed against this resource.', marker);
}

/** The bucket with a version added, which becomes the current one. */
export function addVersion(
  bucket: Bucket,
  key: string,
  version: Omit<ObjectVersion, 'versionId'>,
): { readonly bucket: Bucket; readonly version: ObjectVersion } {
  const versionId = bucket.locked ? nextVersionId(bucket) : NULL_VERSION;
  const added = { ...version, versionId };
  const before = bucket.locked ? versionsOf(bucket, key) : [];
  const objects = { ...bucket.objects, [key]: [...before, added] };
  return { bucket: { ...bucket, objects, versionsUsed: bucket.versionsUsed + 1 }, version: added };
}

/** The bucket with other versions under a key; none at all removes the key. */
export function putVersions(bucket: Bucket, key: string, versions: readonly ObjectVersion[]): Bucket {
  const { [key]: _, ...others } = bucket.objects;
  return { ...bucket, objects: versions.length === 0 ? others : { ...others, [key]: versions } };
}

/** The header that names a version, where there are versions. */
export function versionHeader({ versionId }: ObjectVersion): Readonly<Record<string, string>> {
  return versionId === NULL_VERSION ? {} : { 'x-amz-version-id': versionId };
}

/** An answer without a body about a version. */
export function versionAnswer(version: ObjectVersion, headers: Readonly<Record<string, string>>, status = 200) {
  return emptyAnswer({ ...versionHeader(version), ...headers }, status);
}

function nextVersionId({ name, versionsUsed }: Bucket): string {
  return createHash('sha256').update(`version ${name} ${versionsUsed}`).digest('base64url').slice(0, 32);
}
