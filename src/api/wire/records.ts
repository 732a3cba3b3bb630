/**
 * What is answered about what is on record: drills, evidence, the chain, and whether it is whole.
 *
 * Bodies of records stand in the answers about single ones; the audit trail shows their links alone.
 */

import * as z from 'zod';
import { CLAIMS, DRILL_RESULTS, PHASES, SCRATCH_KINDS, SCRATCH_ROLES } from '../../drill/model.ts';
import { RECORD_KINDS } from '../../evidence/chain.ts';
import { RECOVERY_POINT_KINDS } from '../../inventory/model.ts';
import { decisionDocument } from './decision.ts';
import { code, digest, formatVersion, grade, instant, next, PAGE_MAX, paging, scope, seconds, words } from './parts.ts';

const conditions = z
  .object({
    engine: words,
    engineVersion: words.nullable(),
    instanceClass: words,
    otherClass: z.boolean(),
    storageGib: z.number().nullable(),
    region: words,
    broughtFrom: words.nullable(),
  })
  .meta({ id: 'DrillConditions', description: 'What a restore time was measured under; it holds for nothing else' });

const probe = z
  .object({
    name: words,
    kind: code,
    question: z.string(),
    passed: z.boolean(),
    proves: code,
    finding: z.string(),
    value: z.number().nullable(),
    digest: words.nullable(),
    parts: z.record(z.string(), z.string()),
  })
  .meta({ id: 'ProbeResult' });

const scratch = z
  .object({
    role: z.enum(SCRATCH_ROLES),
    kind: z.enum(SCRATCH_KINDS),
    id: words,
    resourceId: words.nullable(),
    end: z.enum(['gone', 'never_made', 'left', 'leaked']),
    goneAt: instant.nullable(),
    keptUntil: instant.nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'ScratchEnd' });

const objective = z
  .object({
    objective: z.enum(['restore_time', 'data_loss']),
    secondsMax: z.number(),
    seconds: z.number().nullable(),
    met: z.boolean(),
  })
  .meta({ id: 'DrillObjective' });

/** The record of one drill. */
export const drillRecord = z
  .object({
    formatVersion: z.literal('2'),
    drillId: words,
    musterVersion: words,
    endpoint: words.nullable(),
    scope,
    definition: z.object({ name: words, digest }),
    databaseResourceId: words,
    databaseIdentifier: words,
    recoveryPoint: z.object({
      id: words,
      arn: words,
      kind: z.enum(RECOVERY_POINT_KINDS),
      dataAt: instant.nullable(),
      lineage: z.array(words),
    }),
    claim: z.enum(CLAIMS),
    grade,
    result: z.enum(DRILL_RESULTS),
    startedAt: instant,
    endedAt: instant,
    phases: z.array(z.object({ phase: z.enum(PHASES), at: instant, seconds })),
    restoreSeconds: seconds.nullable(),
    conditions,
    objectives: z.array(objective),
    comparedWith: words.nullable(),
    probes: z.array(probe),
    scratch: z.array(scratch),
    resumed: z.int().min(0),
    cause: z.string().nullable(),
    digest,
  })
  .meta({ id: 'Drill', description: 'The record of a drill that has ended, which verdicts cite' });

/** A page of drills, the last recorded first. */
export const drillPage = z.object({ formatVersion, drills: z.array(drillRecord), next }).meta({ id: 'Drills' });

/** Which drills are listed. */
export const drillQuery = z.strictObject({
  ...paging,
  database: z.string().min(1).max(255).optional().meta({ description: 'Identifier or resource id' }),
});

/** A drill that is asked for. */
export const drillRequest = z.strictObject({
  definition: z.string().min(1).max(80).meta({ description: 'Name of a definition that this service was given' }),
  database: z
    .string()
    .min(1)
    .max(2_048)
    .optional()
    .meta({ description: 'Identifier, resource id or ARN; without it, every database that the definition selects' }),
});

/** A drill that was taken on. */
export const drillAccepted = z
  .object({ accepted: z.literal(true), definition: words, database: words.nullable() })
  .meta({ id: 'DrillAccepted', description: 'It waits its turn; asked again while it waits, it is not added again' });

/** One record that verdicts cite, with its digest. */
export const evidenceRecord = z
  .discriminatedUnion('kind', [
    z.object({ formatVersion, kind: z.literal('drill'), id: words, digest, record: drillRecord }),
    z.object({ formatVersion, kind: z.literal('decision'), id: words, digest, record: decisionDocument }),
  ])
  .meta({ id: 'EvidenceRecord' });

/** A part of the chain, in order. */
export const auditPage = z
  .object({
    formatVersion,
    head: z
      .object({ seq: z.int().min(1), digest, at: instant })
      .nullable()
      .meta({ description: 'Where the chain ends; null while it is empty' }),
    records: z.array(
      z
        .object({
          seq: z.int().min(1),
          at: instant,
          kind: z.enum(RECORD_KINDS),
          key: z.string().nullable(),
          previous: digest,
          digest,
          bodyDigest: digest,
          erased: z.boolean(),
        })
        .meta({ id: 'AuditRecord', description: 'A link of the chain, without its body' }),
    ),
    next: z.int().nullable().meta({ description: 'Pass it as `after` for the next page; null on the last' }),
  })
  .meta({ id: 'Audit' });

/** Which records are listed. */
export const auditQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0).meta({ description: 'Only records after that one' }),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(100),
});

const finding = z.object({ kind: code, seq: z.int().min(0), since: instant.nullable(), message: words });

/** Whether the chain is whole. */
export const auditVerification = z
  .object({
    formatVersion,
    at: instant,
    whole: z.boolean(),
    endKept: z.boolean(),
    chain: z.object({
      records: z.int().min(0),
      first: z.int().nullable(),
      last: z.int().nullable(),
      findings: z.array(finding),
      erased: z.int().min(0),
    }),
    seals: z.object({
      sealed: z.array(z.object({ kid: words, from: z.int(), upTo: z.int(), since: instant, until: instant })),
      unsealed: z.object({ from: z.int(), since: instant, records: z.int() }).nullable(),
      anchored: z.boolean(),
      problems: z.array(z.object({ code, seq: z.int(), at: instant, message: words })),
    }),
  })
  .meta({ id: 'AuditVerification' });
