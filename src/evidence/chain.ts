/**
 * The chain that every stored record is a link of: each names the digest of the one before it, so that none can be
 * changed, left out or moved without the links after it saying so.
 *
 * A link holds the digest of its body and not the body itself, so that a body may be erased when its time is over and
 * the chain still closes. Pure: links are made and checked here, kept elsewhere.
 */

import { canonicalJson, type Digest, digestOf, digestOfBytes } from '../core/canonical.ts';
import type { Instant } from '../core/time.ts';

/** What a record is of; wire values, permanent. */
export const RECORD_KINDS = [
  'journal',
  'drill',
  'decision',
  'state',
  'approval',
  'token',
  'key',
  'seal',
  'erasure',
] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** One record as it stands in the chain. */
export interface ChainRecord {
  /** From 1 on, without holes. */
  readonly seq: number;
  /** When it was written, by the clock of whoever wrote it. */
  readonly at: Instant;
  readonly kind: RecordKind;
  /** What it is about, for look-ups: drill id, change digest, lineage; null where nothing asks by one. */
  readonly key: string | null;
  /** Canonical JSON; null once it was erased. */
  readonly body: string | null;
  readonly bodyDigest: Digest;
  /** Digest of the record before it; of the first, `GENESIS`. */
  readonly previous: Digest;
  /** Digest of everything above but the body. */
  readonly digest: Digest;
}

/** Where a chain ends. */
export type Head = Pick<ChainRecord, 'seq' | 'digest' | 'at'>;

/** What the first link names as the one before it. */
export const GENESIS: Digest = digestOf('muster evidence chain, format 1');

/** What is to be kept. */
export interface NewRecord {
  readonly at: Instant;
  readonly kind: RecordKind;
  readonly key: string | null;
  readonly body: object;
}

/** The link that a new record makes after that head; `null` is the empty chain. */
export function linkAfter(head: Pick<Head, 'seq' | 'digest'> | null, { at, kind, key, body }: NewRecord): ChainRecord {
  const text = canonicalJson(body);
  const link = {
    seq: (head?.seq ?? 0) + 1,
    at,
    kind,
    key,
    bodyDigest: digestOfBytes(text),
    previous: head?.digest ?? GENESIS,
  };
  return { ...link, body: text, digest: digestOf(link) };
}

/** The digest that a record's link ought to have. */
export function linkDigest({ seq, at, kind, key, bodyDigest, previous }: ChainRecord): Digest {
  return digestOf({ seq, at, kind, key, bodyDigest, previous });
}
