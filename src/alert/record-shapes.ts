/**
 * What alerts read out of a record of the chain: the few fields they tell, of decisions and of drills.
 *
 * A body that was erased, or that is not understood, tells nothing here; whether it was changed is for whoever checks the
 * chain. Unknown fields are passed over, so that records of later versions are read as far as they agree.
 */

import * as z from 'zod';
import { DRILL_RESULTS } from '../drill/model.ts';
import type { ChainRecord } from '../evidence/chain.ts';
import { digest, instant, parsedJson } from '../evidence/parts.ts';
import { DISARMABLE_SETTINGS } from '../verdict/disarming.ts';
import { DECISIONS } from '../verdict/document.ts';

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const decision = z.object({
  decision: z.enum(DECISIONS),
  at: instant,
  changeDigest: digest,
  principal: z.string(),
  disarmings: z
    .array(
      z.object({
        databaseArn: z.string(),
        setting: z.enum(DISARMABLE_SETTINGS),
        subject: z.string(),
        from: value,
        to: value,
      }),
    )
    .default([]),
});

/** A decision, as far as alerts tell of it. */
export type DecisionRead = z.infer<typeof decision>;

const drill = z.object({
  drillId: z.string().min(1),
  result: z.enum(DRILL_RESULTS),
  grade: z.string(),
  endedAt: instant,
  endpoint: z.string().nullable(),
  scope: z.object({ accountId: z.string(), region: z.string() }),
  definition: z.object({ name: z.string() }),
  databaseIdentifier: z.string(),
  databaseResourceId: z.string(),
  recoveryPoint: z.object({ arn: z.string() }),
  phases: z.array(z.object({ phase: z.string() })),
  probes: z.array(z.object({ name: z.string(), kind: z.string(), passed: z.boolean() })),
  scratch: z.array(z.object({ kind: z.string(), id: z.string(), end: z.string(), reason: z.string().nullable() })),
  cause: z.string().nullable(),
  digest,
});

/** A drill that ended, as far as alerts tell of it. */
export type DrillRead = z.infer<typeof drill>;

/** The decision in a record; null when it holds none that can be read. */
export function decisionIn(record: ChainRecord): DecisionRead | null {
  return record.kind === 'decision' ? readBody(record, decision) : null;
}

/** The drill in a record; null as above. */
export function drillIn(record: ChainRecord): DrillRead | null {
  return record.kind === 'drill' ? readBody(record, drill) : null;
}

function readBody<T>({ body }: ChainRecord, shape: z.ZodType<T>): T | null {
  if (body === null) return null;
  const read = shape.safeParse(parsedJson(body));
  return read.success ? read.data : null;
}
