/**
 * Which records may lose their body: those older than an age that nothing asks for any more.
 *
 * Links stay whatever happens, so this decides what can still be read and never what can be proven to have been there. In
 * doubt a body stays. Given the records in order and two instants; keeps nothing of a record but what the rules ask.
 */

import * as z from 'zod';
import type { ChainRecord, RecordKind } from './chain.ts';
import type { KeepReason, KeepVerdict, Moments } from './keep-reasons.ts';
import { instant, parsedJson } from './parts.ts';
import { createDrillBook } from './retention-drills.ts';
import { createStateBook } from './retention-states.ts';
import { createTokenBook } from './retention-tokens.ts';

/** Bodies of one kind that stay for one reason. */
export interface Kept {
  readonly kind: RecordKind;
  readonly reason: KeepReason;
  readonly records: number;
}

/** What may go and what stays. */
export interface Selection {
  /** In the order in which they are to be erased: journals from their beginning on, before the records of their drills. */
  readonly erase: readonly { readonly seq: number; readonly kind: RecordKind }[];
  readonly kept: readonly Kept[];
  /** Records whose body was erased before. */
  readonly erasedBefore: number;
}

/** A selection under way. */
export interface Retention {
  /** The next record, in the order of the chain. */
  feed(record: ChainRecord): void;
  finish(): Selection;
}

/** Judges records as they come; what depends on later ones is settled at the end. */
export function createRetention(moments: Moments): Retention {
  const drills = createDrillBook(moments.before);
  const states = createStateBook(moments.before);
  const tokens = createTokenBook(moments);
  const others: KeepVerdict[] = [];
  let erasedBefore = 0;
  return {
    feed: (record) => {
      if (record.body === null) {
        erasedBefore += 1;
        drills.erased(record);
        tokens.erased(record);
        return;
      }
      const value = parsedJson(record.body);
      if (record.kind === 'drill') drills.drill(record, value);
      else if (record.kind === 'journal') drills.journal(record, value);
      else if (record.kind === 'state') states.state(record, value);
      else if (record.kind === 'token') tokens.token(record, value);
      else others.push({ seq: record.seq, kind: record.kind, keep: judge(record, value, moments) });
    },
    finish: () => {
      const all = [...drills.finish(), ...states.finish(), ...tokens.finish(), ...others];
      return { erase: inOrder(all.filter(({ keep }) => keep === null)), kept: counted(all), erasedBefore };
    },
  };
}

/** What decisions and approvals have in common, and what decisions remember. */
const dated = z.looseObject({
  at: instant,
  validUntil: instant,
  disarmings: z.array(z.unknown()).default([]),
  rearmings: z.array(z.unknown()).default([]),
});

function judge({ kind, at }: ChainRecord, value: unknown, { before, now }: Moments): KeepReason | null {
  if (kind === 'key' || kind === 'seal' || kind === 'erasure') return 'of_the_chain';
  const { success, data } = dated.safeParse(value);
  if (!success) return 'not_understood';
  if (at >= before || data.at >= before) return 'young';
  if (data.validUntil > now) return 'unexpired';
  return data.disarmings.length + data.rearmings.length > 0 ? 'remembers_settings' : null;
}

/**
 * A journal without its beginning is no drill's; one without its end looks like a drill that goes on. So journals go from
 * the front, and before the record without which a sweep would write it anew.
 */
function inOrder(erased: readonly KeepVerdict[]): Selection['erase'] {
  const rank = ({ kind }: KeepVerdict) => (kind === 'journal' ? 0 : 1);
  return [...erased].sort((a, b) => rank(a) - rank(b) || a.seq - b.seq).map(({ seq, kind }) => ({ seq, kind }));
}

function counted(all: readonly KeepVerdict[]): readonly Kept[] {
  const counts = new Map<string, Kept>();
  for (const { kind, keep } of all) {
    if (keep === null) continue;
    const key = `${kind} ${keep}`;
    counts.set(key, { kind, reason: keep, records: (counts.get(key)?.records ?? 0) + 1 });
  }
  return [...counts.keys()].sort().flatMap((key) => counts.get(key) ?? []);
}
