/**
 * What was done to the lab, call by call.
 *
 * Every call that could change something is kept, refused ones included: when, by which key, on what,
 * with which parameters by name. Values of parameters are not kept, so no password can be. The chain is
 * linked backwards to make adding cheap in runs of many thousand calls.
 */

import type { Instant } from '../core/time.ts';

/** One call that could change something. */
export interface LedgerEntry {
  readonly at: Instant;
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly action: string;
  /** ARN of what the call was aimed at; null when it named nothing. */
  readonly target: string | null;
  /** `ok`, or AWS's error code. */
  readonly outcome: string;
  /** Names only, sorted. */
  readonly parameters: readonly string[];
}

/** The entries, newest first; null before the first. */
export type LedgerChain = { readonly entry: LedgerEntry; readonly earlier: LedgerChain } | null;

/** Whatever keeps a ledger: the world. */
interface Keeps {
  readonly ledger: LedgerChain;
}

/** All entries of a world, oldest first. */
export function ledger(world: Keeps): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (let link = world.ledger; link !== null; link = link.earlier) entries.push(link.entry);
  return entries.reverse();
}

/** The world with one entry added. */
export function withEntry<W extends Keeps>(world: W, entry: LedgerEntry): W {
  return { ...world, ledger: { entry, earlier: world.ledger } };
}
