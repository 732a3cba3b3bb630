/**
 * Which states may lose their bodies.
 *
 * A state stays while it is the highest or the latest of its lineage, or the last that claims or releases a database: what
 * is left then says of every database and lineage what all of them said. Source: `verdict/state-history.ts`.
 */

import * as z from 'zod';
import type { Instant } from '../core/time.ts';
import type { ChainRecord } from './chain.ts';
import type { KeepReason, KeepVerdict } from './keep-reasons.ts';
import { instant } from './parts.ts';

/** The states of a chain, as far as the rules ask. */
export interface StateBook {
  state(record: ChainRecord, value: unknown): void;
  finish(): readonly KeepVerdict[];
}

const sighting = z.looseObject({
  at: instant,
  endpoint: z.string().nullable(),
  lineage: z.string(),
  serial: z.number(),
  databases: z.array(z.string()),
  released: z.array(z.string()),
});

/** An empty book. @param before What is from that instant on is young. */
export function createStateBook(before: Instant): StateBook {
  const held: { readonly seq: number; readonly keep: KeepReason | null }[] = [];
  /** The record that speaks for something now. */
  const speaks = new Map<string, number>();
  const highest = new Map<string, { readonly seq: number; readonly serial: number }>();
  return {
    state: ({ seq, at }, value) => {
      const { success, data } = sighting.safeParse(value);
      if (!success) {
        held.push({ seq, keep: 'not_understood' });
        return;
      }
      const { endpoint, lineage, serial, databases, released } = data;
      held.push({ seq, keep: at >= before || data.at >= before ? 'young' : null });
      for (const id of [...databases, ...released]) speaks.set(JSON.stringify([endpoint, 'database', id]), seq);
      const key = JSON.stringify([endpoint, 'lineage', lineage]);
      speaks.set(key, seq);
      const known = highest.get(key);
      if (known === undefined || serial > known.serial) highest.set(key, { seq, serial });
    },
    finish: () => {
      const latest = new Set([...speaks.values(), ...[...highest.values()].map(({ seq }) => seq)]);
      return held.map(({ seq, keep }) => ({
        seq,
        kind: 'state',
        keep: keep ?? (latest.has(seq) ? 'latest_state' : null),
      }));
    },
  };
}
