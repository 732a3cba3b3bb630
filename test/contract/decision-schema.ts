/**
 * The decision document as other tools rely on it: design.md section 7, written down a second time.
 *
 * Strict everywhere, so a field that appears or goes missing fails a test before it reaches a gate. Codes and kinds
 * are texts here: their catalogues may grow, their shape may not.
 */

import * as z from 'zod';

const instant = z.iso.datetime();
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const seconds = z.number().min(0);
const code = z.string().regex(/^[a-z][a-z0-9_]*$/);
const words = z.string().min(1);

const scope = z.strictObject({ accountId: z.string().regex(/^\d{12}$/), region: words });

const reason = z.strictObject({
  code,
  severity: z.enum(['block', 'warn', 'info']),
  message: words,
  remedy: words.nullable(),
  source: words.nullable(),
});

const survivor = z.strictObject({
  id: words,
  kind: code,
  createdAt: instant.nullable(),
  expiresAt: instant.nullable(),
  dataLossSeconds: seconds.nullable(),
  grade: z.enum(['exists', 'available', 'restored', 'queried', 'compared']),
  reach: z.enum(['same_plan', 'principal', 'same_account', 'other_region', 'other_account']),
  rules: z.array(code),
});

const casualty = z.strictObject({
  id: words,
  kind: code,
  fate: z.enum(['lost', 'unreadable', 'unknown']),
  rules: z.array(code),
});

const database = z.strictObject({
  arn: z.string().startsWith('arn:'),
  resourceId: words,
  identifier: words,
  kind: code,
  engine: words,
  importance: z.array(words),
  verdict: z.enum(['ready', 'not_ready', 'unknown']),
  reasons: z.array(reason),
  survivors: z.array(survivor),
  casualties: z.array(casualty),
  newestSurvivorAt: instant.nullable(),
  dataLossSeconds: seconds.nullable(),
  restoreSeconds: z.strictObject({
    p50: seconds.nullable(),
    p95: seconds.nullable(),
    n: z.int().min(0),
    // Section 3 asks for the conditions beside the figures.
    conditions: words.nullable(),
  }),
  prerequisitesLost: z.array(words),
  // Beyond section 7: what a person should have set, absent in decisions kept before it was written down.
  wouldHaveSaved: z
    .strictObject({ setting: code, left: z.array(words).min(1), until: instant.nullable(), command: words })
    .nullable()
    .optional(),
  environment: z.strictObject({ name: words, sandbox: z.boolean() }).nullable(),
  requirements: z.array(
    z.strictObject({
      requirement: code,
      loss: code.nullable(),
      wanted: z.union([seconds, words]),
      found: z.union([seconds, words]).nullable(),
      origin: words,
      result: z.enum(['met', 'not_met', 'unknown', 'waived', 'advisory']),
      evidence: z.array(words),
    }),
  ),
  evidence: z.array(
    z.strictObject({
      id: words,
      kind: z.enum(['drill', 'restore_test', 'inventory']),
      digest: digest.nullable(),
      observedAt: instant,
      ageSeconds: seconds,
      freshUntil: instant.nullable(),
      state: code,
      says: words,
    }),
  ),
  waivers: z.array(z.strictObject({ reason: code, by: words, because: words, until: instant, origin: words })),
  readyUntil: instant.nullable(),
});

/** What `muster gate --json` prints. */
export const decisionSchema = z.strictObject({
  formatVersion: z.literal('1'),
  decision: z.enum(['allow', 'review', 'block']),
  verdict: z.enum(['ready', 'not_ready', 'unknown']),
  changeDigest: digest,
  inventoryDigest: digest,
  policyDigest: digest,
  at: instant,
  validUntil: instant,
  endpoint: words.nullable(),
  principal: words,
  scope: scope.nullable(),
  checklist: z.array(
    z.strictObject({ point: code, result: z.enum(['pass', 'fail', 'unknown']), evidence: z.array(words).min(1) }),
  ),
  reasons: z.array(reason),
  databases: z.array(database),
  changes: z.array(z.strictObject({ address: words, actions: z.array(words), class: code })),
  // Section 3: remembered across plans.
  deletions: z.array(z.strictObject({ databaseResourceId: words, databaseArn: z.string().startsWith('arn:') })),
  disarmings: z.array(
    z.strictObject({
      databaseResourceId: words,
      databaseArn: z.string().startsWith('arn:'),
      setting: code,
      subject: words,
      from: z.union([words, z.number(), z.boolean()]).nullable(),
      to: z.union([words, z.number(), z.boolean()]).nullable(),
    }),
  ),
  rearmings: z.array(
    z.strictObject({
      databaseResourceId: words,
      databaseArn: z.string().startsWith('arn:'),
      setting: code,
      subject: words,
    }),
  ),
  // Section 3, what a re-check compares.
  basis: z.strictObject({
    databasesDigest: digest,
    state: z.strictObject({ lineage: words, serial: z.int().min(0) }).nullable(),
  }),
  gaps: z.array(
    z.strictObject({
      what: words,
      where: scope,
      action: words,
      cause: words,
      hides: words,
    }),
  ),
});
