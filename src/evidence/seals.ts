/**
 * Seals: signatures over the chain of records up to one of them, and the keys that they are made with.
 *
 * A link shows that nothing was changed between two records; only a seal shows who says so. The first key of a chain is
 * vouched for by nothing in it, each later one by the key before; with trusted keys at hand the first must be one of
 * them. The links themselves are checked elsewhere. Source: DSSE v1.0.2 for what is signed.
 */

import * as z from 'zod';
import { canonicalJson, type Digest } from '../core/canonical.ts';
import type { Instant } from '../core/time.ts';
import type { ChainRecord } from './chain.ts';
import { preAuthEncoding } from './dsse.ts';
import { publicKey } from './jwks.ts';
import type { KeyRecord, PublicKey, SealRecord } from './keys.ts';
import { bytesOfBase64, digest, instant, parsedJson } from './parts.ts';
import { type SignatureCheck, signatureCheckOf } from './signature.ts';

/** What is wrong with a key or a seal; wire values, permanent. */
export const SEAL_PROBLEMS = [
  'key_unreadable',
  'key_untrusted',
  'key_not_introduced',
  'seal_unreadable',
  'seal_by_unknown_key',
  'seal_by_retired_key',
  'seal_signature_invalid',
  'seal_over_another_record',
] as const;
export type SealProblemCode = (typeof SEAL_PROBLEMS)[number];

/** One thing that is wrong, and at which record. */
export interface SealProblem {
  readonly code: SealProblemCode;
  readonly seq: number;
  readonly at: Instant;
  readonly message: string;
}

/** Records that the seals of one key cover. */
export interface SealedStretch {
  readonly kid: string;
  readonly from: number;
  readonly upTo: number;
  /** When the first of these seals was made. */
  readonly since: Instant;
  /** When the last of them was made. */
  readonly until: Instant;
}

/** What the seals of a chain show. */
export interface SealReport {
  /** One after another, without overlap. */
  readonly sealed: readonly SealedStretch[];
  /** Records after the last seal that holds, seals not counted; null when there are none. */
  readonly unsealed: { readonly from: number; readonly since: Instant; readonly records: number } | null;
  /** Whether the first key is one that whoever checks trusts already; false when no such keys were given. */
  readonly anchored: boolean;
  readonly problems: readonly SealProblem[];
}

/** Is fed every record of a chain, in order, and tells what its seals show. */
export interface SealCheck {
  take(record: ChainRecord): void;
  report(): SealReport;
}

/** What a key record's introduction signs. */
export function keySigningInput({ formatVersion, at, key }: Omit<KeyRecord, 'introducedBy'>): Uint8Array {
  return signingInput('application/vnd.muster.key+json', { formatVersion, at, key });
}

/** What a seal signs. */
export function sealSigningInput({ formatVersion, at, upTo, digest, kid }: Omit<SealRecord, 'sig'>): Uint8Array {
  return signingInput('application/vnd.muster.seal+json', { formatVersion, at, upTo, digest, kid });
}

function signingInput(payloadType: string, body: object): Uint8Array {
  return preAuthEncoding(payloadType, Buffer.from(canonicalJson(body), 'utf8'));
}

const keyRecord = z.object({
  formatVersion: z.literal('1'),
  at: instant,
  key: publicKey,
  introducedBy: z.object({ kid: z.string(), sig: z.string() }).nullable(),
});
const sealRecord = z.object({
  formatVersion: z.literal('1'),
  at: instant,
  upTo: z.int().min(1),
  digest,
  kid: z.string(),
  sig: z.string(),
});

interface ChainKey {
  readonly key: PublicKey;
  readonly holds: SignatureCheck;
}

interface State {
  /** By key id: every key that the chain introduced, or whose word is taken. */
  readonly keys: Map<string, ChainKey>;
  /** The one that seals now. */
  current: ChainKey | null;
  readonly digests: Map<number, Digest>;
  readonly stretches: SealedStretch[];
  readonly open: Pick<ChainRecord, 'seq' | 'at'>[];
  readonly problems: SealProblem[];
  anchored: boolean;
}

/** What is wrong, in words; null when nothing is. */
type Fault = readonly [SealProblemCode, string] | null;

/**
 * A check of one chain from its first record on.
 *
 * @param trusted Keys that whoever checks has from elsewhere; null when there are none, and then the first key is taken
 *   at its word.
 */
export function createSealCheck(trusted: readonly PublicKey[] | null): SealCheck {
  const state: State = {
    keys: new Map(),
    current: null,
    digests: new Map(),
    stretches: [],
    open: [],
    problems: [],
    anchored: false,
  };
  return {
    take: (record) => {
      const { seq, at } = record;
      const fault = faultOf(record, state, trusted);
      if (fault !== null) state.problems.push({ code: fault[0], seq, at, message: fault[1] });
      if (record.kind !== 'seal') state.open.push({ seq, at });
      state.digests.set(seq, record.digest);
    },
    report: () => {
      const [first] = state.open;
      return {
        sealed: [...state.stretches],
        unsealed: first === undefined ? null : { from: first.seq, since: first.at, records: state.open.length },
        anchored: state.anchored,
        problems: [...state.problems],
      };
    },
  };
}

function faultOf(record: ChainRecord, state: State, trusted: readonly PublicKey[] | null): Fault {
  if (record.kind === 'key') return takeKey(record, state, trusted);
  return record.kind === 'seal' ? takeSeal(record, state, trusted) : null;
}

function takeKey(record: ChainRecord, state: State, trusted: readonly PublicKey[] | null): Fault {
  const parsed = keyRecord.safeParse(parsedJson(record.body ?? ''));
  if (!parsed.success || parsed.data.key.purpose !== 'attestation') {
    return ['key_unreadable', 'it names no key that seals'];
  }
  const { key } = parsed.data;
  // Two processes that begin at the same moment both name the key.
  if (key.kid === state.current?.key.kid) return null;
  if (state.keys.has(key.kid)) return ['key_not_introduced', `key ${key.kid} was followed by another already`];
  const isTrusted = trusted?.some(({ kid }) => kid === key.kid) ?? false;
  if (state.current === null) {
    if (trusted !== null && !isTrusted) return ['key_untrusted', `the first key ${key.kid} is not among those trusted`];
    state.anchored = isTrusted;
  } else if (!isTrusted && !isIntroduced(parsed.data, state.current)) {
    return ['key_not_introduced', `key ${key.kid} is not introduced by key ${state.current.key.kid} before it`];
  }
  state.current = { key, holds: signatureCheckOf(key) };
  state.keys.set(key.kid, state.current);
  return null;
}

function isIntroduced({ introducedBy, ...record }: KeyRecord, before: ChainKey): boolean {
  // Whom it names is a hint; whose signature it is counts.
  const sig = bytesOfBase64(introducedBy?.sig ?? '');
  return sig !== null && before.holds(keySigningInput(record), sig);
}

function takeSeal(record: ChainRecord, state: State, trusted: readonly PublicKey[] | null): Fault {
  const parsed = sealRecord.safeParse(parsedJson(record.body ?? ''));
  if (!parsed.success) return ['seal_unreadable', 'it is no seal'];
  const { sig, ...seal } = parsed.data;
  const by = state.keys.get(seal.kid);
  if (by === undefined) return ['seal_by_unknown_key', `key ${seal.kid} is none that this chain introduced`];
  const bytes = bytesOfBase64(sig);
  if (bytes === null || !by.holds(sealSigningInput(seal), bytes)) {
    return ['seal_signature_invalid', `its signature is not one of key ${seal.kid}`];
  }
  const retiredAt = trusted?.find(({ kid }) => kid === seal.kid)?.retiredAt ?? null;
  if (by !== state.current || (retiredAt !== null && seal.at > retiredAt)) {
    return ['seal_by_retired_key', `key ${seal.kid} was retired before it was made`];
  }
  if (state.digests.get(seal.upTo) !== seal.digest) {
    return ['seal_over_another_record', `record ${seal.upTo} is not the one that was sealed`];
  }
  cover(seal, state);
  return null;
}

/** A seal over what is sealed already, as two processes make them side by side, covers nothing more. */
function cover({ kid, upTo, at }: Omit<SealRecord, 'sig'>, { stretches, open }: State): void {
  const last = stretches.at(-1);
  const from = (last?.upTo ?? 0) + 1;
  if (upTo < from) return;
  if (last?.kid === kid) stretches[stretches.length - 1] = { ...last, upTo, until: at };
  else stretches.push({ kid, from, upTo, since: at, until: at });
  const left = open.findIndex(({ seq }) => seq > upTo);
  open.splice(0, left < 0 ? open.length : left);
}
