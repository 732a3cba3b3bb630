/**
 * The decision document as the API shows it, with everything it says of each database.
 *
 * The same document as `muster gate --json` prints; verdict/document.ts says what each part means. Decisions kept by an
 * older Muster may lack the parts that are optional here.
 */

import * as z from 'zod';
import { DATABASE_KINDS, GAP_HIDES, RECOVERY_POINT_KINDS } from '../../inventory/model.ts';
import { CHECKPOINTS, DECISIONS, REACHES, REQUIREMENT_NAMES } from '../../verdict/document.ts';
import {
  arn,
  code,
  digest,
  formatVersion,
  grade,
  instant,
  restoreSeconds,
  scope,
  seconds,
  verdict,
  words,
} from './parts.ts';

/** What could not be observed. */
export const gap = z
  .object({ what: words, where: scope, action: words, cause: z.string(), hides: z.enum(GAP_HIDES) })
  .meta({ id: 'Gap', description: 'Something that could not be observed, and why' });

const reason = z
  .object({
    code,
    severity: z.enum(['block', 'warn', 'info']),
    message: words,
    remedy: words.nullable(),
    source: words.nullable(),
  })
  .meta({ id: 'Reason' });

const survivor = z
  .object({
    id: words,
    kind: z.enum(RECOVERY_POINT_KINDS),
    createdAt: instant.nullable(),
    expiresAt: instant.nullable(),
    dataLossSeconds: seconds.nullable(),
    grade,
    reach: z.enum(REACHES),
    rules: z.array(code),
  })
  .meta({ id: 'Survivor', description: 'A recovery point that a restore could start from afterwards' });

const casualty = z
  .object({
    id: words,
    kind: z.enum(RECOVERY_POINT_KINDS),
    fate: z.enum(['lost', 'unreadable', 'unknown']),
    rules: z.array(code),
  })
  .meta({ id: 'Casualty', description: 'A recovery point that no restore can be counted on to start from' });

const requirement = z
  .object({
    requirement: z.enum(REQUIREMENT_NAMES),
    loss: code.nullable(),
    wanted: z.union([z.number(), words]),
    found: z.union([z.number(), words]).nullable(),
    origin: words,
    result: z.enum(['met', 'not_met', 'unknown', 'waived', 'advisory']),
    evidence: z.array(words),
  })
  .meta({ id: 'Requirement', description: 'One thing the policy asks, and what was found' });

const evidence = z
  .object({
    id: words,
    kind: z.enum(['drill', 'restore_test', 'inventory']),
    digest: digest.nullable(),
    observedAt: instant,
    ageSeconds: z.number(),
    freshUntil: instant.nullable(),
    state: code,
    says: words,
  })
  .meta({ id: 'EvidenceCited' });

const waiver = z
  .object({ reason: code, by: words, because: words, until: instant, origin: words })
  .meta({ id: 'Waiver', description: 'A shortfall that a person let pass' });

const saving = z
  .object({ setting: code, left: z.array(words).min(1), until: instant.nullable(), command: words })
  .meta({ id: 'Saving', description: 'A single setting that would have left something' });

/** Which database it is. */
export const databaseName = {
  arn,
  resourceId: words,
  identifier: words,
  kind: z.enum(DATABASE_KINDS),
  engine: words,
};

/** One database, judged: the members of `DatabaseView`. */
export const databaseView = {
  ...databaseName,
  importance: z.array(words),
  verdict,
  reasons: z.array(reason),
  survivors: z.array(survivor),
  casualties: z.array(casualty),
  newestSurvivorAt: instant.nullable(),
  dataLossSeconds: seconds.nullable(),
  restoreSeconds,
  prerequisitesLost: z.array(words),
  wouldHaveSaved: saving.nullable().optional(),
  environment: z.object({ name: words, sandbox: z.boolean() }).nullable().optional(),
  requirements: z.array(requirement).optional(),
  evidence: z.array(evidence).optional(),
  waivers: z.array(waiver).optional(),
  readyUntil: instant.nullable().optional(),
};

const settingOf = { databaseResourceId: words, databaseArn: arn, setting: code, subject: words };
const settingValue = z.union([z.string(), z.number(), z.boolean()]).nullable();

/** The decision on a change. */
export const decisionDocument = z
  .object({
    formatVersion,
    decision: z.enum(DECISIONS),
    verdict,
    changeDigest: digest,
    inventoryDigest: digest,
    policyDigest: digest,
    at: instant,
    validUntil: instant,
    endpoint: words.nullable().optional(),
    principal: words,
    scope: scope.nullable(),
    checklist: z.array(
      z
        .object({
          point: z.enum(CHECKPOINTS),
          result: z.enum(['pass', 'fail', 'unknown']),
          evidence: z.array(words),
        })
        .meta({ id: 'ChecklistPoint' }),
    ),
    reasons: z.array(reason),
    databases: z.array(z.object(databaseView).meta({ id: 'JudgedDatabase' })),
    changes: z.array(z.object({ address: words, actions: z.array(words), class: code }).meta({ id: 'Change' })),
    deletions: z
      .array(z.object({ databaseResourceId: words, databaseArn: arn }).meta({ id: 'Deletion' }))
      .optional()
      .meta({ description: 'The databases that the change itself deletes' }),
    disarmings: z
      .array(z.object({ ...settingOf, from: settingValue, to: settingValue }).meta({ id: 'Disarming' }))
      .optional(),
    rearmings: z.array(z.object(settingOf).meta({ id: 'SettingOf' })).optional(),
    basis: z
      .object({
        databasesDigest: digest,
        state: z.object({ lineage: words, serial: z.int().min(0) }).nullable(),
      })
      .optional(),
    gaps: z.array(gap),
  })
  .meta({
    id: 'Decision',
    description:
      'allow: nothing here is at stake; review: a person may now approve; block: stop. Not to be relied on after validUntil',
  });
