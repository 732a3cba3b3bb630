/**
 * Which records of access tokens may lose their bodies.
 *
 * A token stays until its time is over, and its revocation for as long as the token: without it, whoever was shut out would
 * be let in again. In doubt both stay. What is left lets nobody in who was not let in before.
 */

import * as z from 'zod';
import type { Instant } from '../core/time.ts';
import type { ChainRecord } from './chain.ts';
import type { KeepReason, KeepVerdict, Moments } from './keep-reasons.ts';
import { instant } from './parts.ts';

/** The tokens of a chain, as far as the rules ask. */
export interface TokenBook {
  token(record: ChainRecord, value: unknown): void;
  /** A record whose body is gone already. */
  erased(record: ChainRecord): void;
  finish(): readonly KeepVerdict[];
}

const token = z.discriminatedUnion('what', [
  z.looseObject({ what: z.literal('issued'), at: instant, id: z.string(), expiresAt: instant }),
  z.looseObject({ what: z.literal('revoked'), at: instant, id: z.string() }),
]);

interface Held {
  readonly seq: number;
  readonly id: string;
  readonly revokes: boolean;
  readonly keep: KeepReason | null;
}

/** An empty book. */
export function createTokenBook({ before, now }: Moments): TokenBook {
  const held: Held[] = [];
  const gone = new Set<string>();
  return {
    token: ({ seq, at, key }, value) => {
      const { success, data } = token.safeParse(value);
      if (!success) {
        held.push({ seq, id: key ?? `record ${seq}`, revokes: false, keep: 'not_understood' });
        return;
      }
      const young = isYoung(at, data.at, before);
      const expiresAt = data.what === 'issued' ? data.expiresAt : null;
      const unexpired = expiresAt !== null && expiresAt > now;
      const keep = young ? 'young' : unexpired ? 'unexpired' : null;
      held.push({ seq, id: data.id, revokes: data.what === 'revoked', keep });
    },
    erased: ({ kind, key }) => {
      if (kind === 'token' && key !== null) gone.add(key);
    },
    finish: () => {
      const issued = held.filter(({ revokes }) => !revokes);
      const stay = new Set(issued.filter(({ keep }) => keep !== null).map(({ id }) => id));
      // Of what was never seen to be given out nobody knows when it ends.
      const ended = new Set([...issued.map(({ id }) => id), ...gone].filter((id) => !stay.has(id)));
      return held.map(({ seq, id, revokes, keep }) => {
        return { seq, kind: 'token', keep: keep ?? (revokes && !ended.has(id) ? 'token_stays' : null) };
      });
    },
  };
}

/** By its record, or by what it says. */
function isYoung(at: Instant, said: Instant, before: Instant): boolean {
  return at >= before || said >= before;
}
