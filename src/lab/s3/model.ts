/**
 * Buckets and what is in them: every version of every object, oldest first.
 *
 * Plain values; bucket names are one space for all accounts and regions, as at AWS. A bucket with Object Lock is always
 * versioned; without versioning the newest version is the only one. Source: Amazon S3 API 2006-03-01, `Bucket`,
 * `ObjectVersion`, `ObjectLockRetention`.
 */

import type { Instant } from '../../core/time.ts';

/** The modes of Object Lock: nobody at all, or nobody without a permission of its own, may shorten it. */
export const LOCK_MODES = ['COMPLIANCE', 'GOVERNANCE'] as const;
export type LockMode = (typeof LOCK_MODES)[number];

/** Until when a version may not be removed. */
export interface Retention {
  readonly mode: LockMode;
  readonly until: Instant;
}

/** The algorithms the lab can check; names as in `x-amz-checksum-NAME`. */
export const CHECKSUMS = ['crc32', 'sha1', 'sha256'] as const;
export type ChecksumName = (typeof CHECKSUMS)[number];

/** One version of an object; without content it is a delete marker. */
export interface ObjectVersion {
  readonly versionId: string;
  readonly at: Instant;
  readonly content: Uint8Array | null;
  readonly contentType: string;
  /** MD5 in hex, without quotes. */
  readonly etag: string;
  /** The ones it came with, in base64. */
  readonly checksums: Readonly<Partial<Record<ChecksumName, string>>>;
  /** `x-amz-meta-` headers, without the prefix. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly retention: Retention | null;
}

/** A bucket. */
export interface Bucket {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly createdAt: Instant;
  /** Object Lock, which can only be had from the beginning here; it brings versioning with it. */
  readonly locked: boolean;
  /** Ids already handed out; the next one is derived from it. */
  readonly versionsUsed: number;
  /** By key; a key without versions is absent. */
  readonly objects: Readonly<Record<string, readonly ObjectVersion[]>>;
}

/** All buckets, by name. */
export type Buckets = Readonly<Record<string, Bucket>>;
