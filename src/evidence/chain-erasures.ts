/**
 * Erased bodies, and the records that say that they were erased.
 *
 * Every erased body must be told of by a later record of kind `erasure`. Where such a record may itself be among what
 * was changed or lost, the finding on that one says so, and the bodies are no findings of their own. Holds the numbers
 * of erased bodies until they are told of.
 */

import * as z from 'zod';
import type { Instant } from '../core/time.ts';
import type { ChainFinding } from './chain-report.ts';

/** Says whose bodies were erased, and why. */
export interface Erasure {
  readonly formatVersion: '1';
  readonly at: Instant;
  /** Ascending. */
  readonly seqs: readonly number[];
  readonly why: string;
}

/** What is erased and told of in one chain. */
export interface ErasureBook {
  erased(seq: number, since: Instant | null): void;
  /** An erasure, by its own number, tells of these. */
  told(seqs: readonly number[], by: number): void;
  /** What that record told, if it told something, cannot be known. */
  lost(seq: number): void;
  /** The findings, and those on bodies that nothing tells of. */
  unsaid(findings: readonly ChainFinding[]): readonly ChainFinding[];
}

/** A book of nothing erased. */
export function createErasureBook(): ErasureBook {
  const pending = new Map<number, Instant | null>();
  const ahead = new Set<number>();
  let lostUpTo = 0;
  return {
    erased: (seq, since) => {
      if (!ahead.delete(seq)) pending.set(seq, since);
    },
    told: (seqs, by) => {
      // In a chain out of order the erasure may come before what it tells of.
      for (const seq of seqs) if (seq < by && !pending.delete(seq)) ahead.add(seq);
    },
    lost: (seq) => {
      lostUpTo = Math.max(lostUpTo, seq);
    },
    unsaid: (findings) => {
      const own = [...pending].filter(([seq]) => seq >= lostUpTo);
      const folded = pending.size - own.length;
      const told = own.map(([seq, since]) => unsaidOf(seq, since));
      return folded === 0 ? [...findings, ...told] : [...withFolded([...findings, ...told], lostUpTo, folded)];
    },
  };
}

const SEQS = z.object({ seqs: z.array(z.int().min(1)) });

/** The records that the body of an erasure names; null where it cannot be read. */
export function namedSeqs(body: string | null): readonly number[] | null {
  if (body === null) return null;
  try {
    return SEQS.safeParse(JSON.parse(body)).data?.seqs ?? null;
  } catch {
    return null;
  }
}

function unsaidOf(seq: number, since: Instant | null): ChainFinding {
  const message = `the body of record ${seq} was erased, and no later record says so`;
  return { kind: 'erased_unsaid', seq, since, message };
}

/** Says on the last finding up to the lost record what that record may have told. */
function withFolded(findings: readonly ChainFinding[], lostUpTo: number, count: number): readonly ChainFinding[] {
  const holder = findings.reduce<ChainFinding | null>(
    (best, finding) => (finding.seq <= lostUpTo && finding.seq > (best?.seq ?? 0) ? finding : best),
    null,
  );
  const bodies = count === 1 ? '1 earlier body is' : `${count} earlier bodies are`;
  const message = `; ${bodies} erased that it may have told of, and nothing else tells of`;
  return findings.map((finding) =>
    finding === holder ? { ...finding, message: `${finding.message}${message}` } : finding,
  );
}
