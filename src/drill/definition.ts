/**
 * A drill definition: the file in `drills/` that says which databases and which recovery point are restored, into what,
 * which questions are put to them, what it may cost, and what becomes of the scratch.
 *
 * Unknown keys are errors. Everything has a default but the name and the questions; without a question the grade stops
 * at `restored`. Its digest is of what it means, not of how it is written: comments and order change nothing.
 */

import * as z from 'zod';
import { type Digest, digestOf } from '../core/canonical.ts';
import type { Instant } from '../core/time.ts';
import { keysOnly, readYaml } from '../core/yaml.ts';
import { RECOVERY_POINT_KINDS, type RecoveryPointKind } from '../inventory/model.ts';
import { LOSSES, type LossName } from '../survival/losses.ts';
import {
  arn,
  duration,
  instant,
  money,
  region,
  schedule,
  seed,
  selector,
  text,
  wholeNumber,
} from './definition-parts.ts';
import { type Aftermath, claimOf } from './model.ts';
import type { Probe } from './probe.ts';
import { probeList } from './probe-definition.ts';

/** Which instant of a restore window. */
export type InstantChoice =
  | { readonly kind: 'latest' }
  | { readonly kind: 'instant'; readonly at: Instant }
  | { readonly kind: 'random'; readonly seed: string };

/** Which of the recovery points that fit. */
export type PointChoice =
  | { readonly kind: 'newest' }
  | { readonly kind: 'oldest' }
  | { readonly kind: 'random'; readonly seed: string }
  /** The newest of those that this loss would leave. */
  | { readonly kind: 'last_survivor'; readonly loss: LossName }
  | { readonly kind: 'pitr'; readonly to: InstantChoice };

const named = <K extends string>(kind: K) => z.literal(kind).transform(() => ({ kind }));
const random = keysOnly({ random: keysOnly({ seed }) }).transform(({ random: { seed } }) => ({
  kind: 'random' as const,
  seed,
}));

const instantChoice: z.ZodType<InstantChoice> = z.union(
  [named('latest'), random, instant.transform((at) => ({ kind: 'instant' as const, at }))],
  'latest, an instant such as 2026-11-22T09:07:00Z, or random with a seed',
);

const POINTS = 'newest, oldest, random with a seed, lastSurvivorOf with a loss, or pitr with an instant';
const pointChoice: z.ZodType<PointChoice> = z.union(
  [
    named('newest'),
    named('oldest'),
    random,
    keysOnly({ lastSurvivorOf: z.enum(LOSSES, `a loss: ${LOSSES.join(', ')}`) }).transform(({ lastSurvivorOf }) => ({
      kind: 'last_survivor' as const,
      loss: lastSurvivorOf,
    })),
    keysOnly({ pitr: instantChoice }).transform(({ pitr }) => ({ kind: 'pitr' as const, to: pitr })),
  ],
  POINTS,
);

const RESTORABLE_KINDS = RECOVERY_POINT_KINDS.filter((kind) => claimOf(kind) !== null);
const kindList = z.array(
  z.string().refine((kind): kind is RecoveryPointKind => RESTORABLE_KINDS.some((known) => known === kind), {
    error: `a kind that can be restored: ${RESTORABLE_KINDS.join(', ')}`,
  }),
  'a list of kinds',
);

const KEY = 'the ARN of a KMS key';
const ROLE = 'the ARN of a role';

const scratch = keysOnly({
  /** Instance class of the scratch, or `same` as the source. */
  class: z
    .string('same, or a class such as db.t4g.medium')
    .regex(/^(same|db\.[a-z0-9.-]+)$/, 'same, or a class such as db.t4g.medium')
    .default('same'),
  subnetGroup: text('the name of a subnet group').nullable().default(null),
  securityGroups: z
    .array(z.string().regex(/^sg-[0-9a-z]+$/, 'a security group id such as sg-0abc'), 'a list of security group ids')
    .default([]),
  /** Null: the default group of the engine. */
  parameterGroup: text('the name of a parameter group').nullable().default(null),
  clusterParameterGroup: text('the name of a cluster parameter group').nullable().default(null),
  optionGroup: text('the name of an option group').nullable().default(null),
  /** Where the restore takes place; null: where the recovery point lies. */
  region: region.nullable().default(null),
  /** The role that AWS Backup takes on to restore what it keeps. */
  backupRoleArn: arn({ service: 'iam', type: 'role' }, ROLE).nullable().default(null),
  /** Whether a snapshot is copied to the place of the restore first. */
  bring: z.enum(['never', 'when_needed', 'always'], 'never, when_needed or always').default('when_needed'),
  bringKey: arn({ service: 'kms', type: 'key' }, KEY).nullable().default(null),
});

const objectives = keysOnly({
  restoreTimeMax: duration.nullable().default(null),
  dataLossMax: duration.nullable().default(null),
});

const limits = keysOnly({
  /** The drill gives up after this many minutes. */
  minutesMax: wholeNumber(1, 1_440).default(120),
  /** How many scratches of this definition stand at once. */
  concurrency: wholeNumber(1, 20).default(1),
  money: money.nullable().default(null),
  storageGibMax: wholeNumber(1, 1_000_000).nullable().default(null),
  /** How much of each quota a drill leaves free. */
  quotaHeadroom: keysOnly({
    instances: wholeNumber(0, 1_000).default(0),
    clusters: wholeNumber(0, 1_000).default(0),
    storageGib: wholeNumber(0, 1_000_000).default(0),
  }).prefault({}),
});

const KEEP_HOURS_MAX = 24 * 30;
const removed = z.literal('delete').transform((kind) => ({ kind }));
const kept = keysOnly({ keepHours: wholeNumber(1, KEEP_HOURS_MAX) }).transform(({ keepHours }) => ({
  kind: 'keep' as const,
  hours: keepHours,
}));
const REMOVED = { kind: 'delete' as const };
const onSuccess: z.ZodType<Aftermath> = z.union(
  [removed, kept, z.literal('standby').transform((kind) => ({ kind }))],
  'delete, standby, or keepHours with a number',
);
const onFailure: z.ZodType<Aftermath> = z.union([removed, kept], 'delete, or keepHours with a number');

const definition = keysOnly({
  name: text('a name').max(80, 'a name of at most 80 characters'),
  databases: selector.prefault({}),
  point: pointChoice.default({ kind: 'newest' }),
  /** Kinds that fit; empty means any snapshot that RDS keeps where the database is, or what `point` asks for. */
  kinds: kindList.default([]),
  /** When it is run, in UTC. */
  schedule: schedule.nullable().default(null),
  jitterMinutes: wholeNumber(0, 1_440).default(0),
  scratch: scratch.prefault({}),
  probes: probeList.default([]),
  /** Whether every table is read once after the probes, and that timed. */
  hydrate: z.boolean('true or false').default(false),
  objectives: objectives.prefault({}),
  limits: limits.prefault({}),
  aftermath: keysOnly({ onSuccess: onSuccess.default(REMOVED), onFailure: onFailure.default(REMOVED) }).prefault({}),
  pollSeconds: z.number('seconds from 0.1 to 60').min(0.1, 'seconds from 0.1').max(60, 'seconds up to 60').default(15),
}).superRefine(({ point, kinds }, context) => {
  const path = ['kinds'];
  if (point.kind !== 'pitr' || kinds.every((kind) => claimOf(kind) === 'pitr')) return;
  const windows = RESTORABLE_KINDS.filter((kind) => claimOf(kind) === 'pitr');
  context.addIssue({ code: 'custom', path, message: `only kinds that restore to an instant: ${windows.join(', ')}` });
});

/** A drill definition with defaults filled in. */
export interface DrillDefinition extends Omit<z.infer<typeof definition>, 'probes'> {
  /** The file it came from. */
  readonly origin: string;
  readonly probes: readonly Probe[];
  /** Of all the above but the origin. */
  readonly digest: Digest;
}

/**
 * Reads a drill definition.
 *
 * @param origin The file's name, for messages.
 * @throws MusterError `MUSTER_DRILL_INVALID` naming the line, the key, what stands there and what is accepted.
 */
export function parseDefinition(text: string, origin: string): DrillDefinition {
  const read = readYaml(definition, text, origin, 'MUSTER_DRILL_INVALID');
  return { ...read, origin, digest: digestOf(read) };
}
