/**
 * A drill definition: the file in `drills/` that says which recovery point is restored, into what, and
 * which questions are put to it.
 *
 * Unknown keys are errors. Everything has a default but the questions; without any the grade stops
 * at `restored`.
 */

import * as z from 'zod';
import { readYaml } from '../core/yaml.ts';
import { RECOVERY_POINT_KINDS } from '../inventory/model.ts';
import type { Probe } from './model.ts';

const name = z.string().min(1).max(80);

const probe = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('row_count'),
    name,
    /** Schema and table, such as `public.orders`. */
    table: z.string().regex(/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?$/, 'a table such as public.orders'),
    rowsMin: z.int().min(0).nullable().default(1),
  }),
  z.strictObject({ kind: z.literal('total_rows'), name, rowsMin: z.int().min(0).default(1) }),
  z.strictObject({ kind: z.literal('tables'), name, tablesMin: z.int().min(0).default(1) }),
  z.strictObject({
    kind: z.literal('freshness'),
    name,
    /** Yields one timestamp. */
    sql: z.string().min(1),
    ageSecondsMax: z.int().min(1),
  }),
  z.strictObject({ kind: z.literal('sql'), name, sql: z.string().min(1), equals: z.string() }),
]);

const definition = z.strictObject({
  name,
  /** Which of the fitting recovery points. */
  point: z.enum(['newest', 'oldest']).default('newest'),
  /** Kinds that fit; empty means any snapshot. */
  kinds: z.array(z.enum(RECOVERY_POINT_KINDS)).default([]),
  /** Instance class of the scratch, or `same` as the source. */
  class: z.string().min(1).default('same'),
  subnetGroup: z.string().min(1).nullable().default(null),
  securityGroups: z.array(z.string().regex(/^sg-/, 'a security group id such as sg-0abc')).default([]),
  probes: z.array(probe).default([]),
  /** The drill gives up after this many minutes. */
  minutesMax: z.int().min(1).max(1_440).default(120),
  pollSeconds: z.number().min(0.1).max(60).default(15),
});

/** A drill definition with defaults filled in. */
export interface DrillDefinition extends Omit<z.infer<typeof definition>, 'probes'> {
  /** The file it came from. */
  readonly origin: string;
  readonly probes: readonly Probe[];
}

/**
 * Reads a drill definition.
 *
 * @param origin The file's name, for messages.
 * @throws MusterError `MUSTER_DRILL_INVALID` naming the key, and what is accepted.
 */
export function parseDefinition(text: string, origin: string): DrillDefinition {
  return { ...readYaml(definition, text, origin, 'MUSTER_DRILL_INVALID'), origin };
}
