/**
 * The shapes of stored records, checked again whenever they are loaded.
 *
 * Drill records and journal entries are checked in full: verdicts and deletions rest on them. Of a decision the
 * head is checked, and what it remembers of settings, which later decisions speak of; its codes may come from a newer
 * Muster's catalogues, and one kept by an older Muster remembers nothing.
 */

import * as z from 'zod';
import type { JournalEntry, StateSighting } from '../../app/ports.ts';
import type { Digest } from '../../core/canonical.ts';
import { type Instant, isInstant } from '../../core/time.ts';
import { CLAIMS, DRILL_RESULTS, type DrillRecord, GRADES, PHASES, type Probe } from '../../drill/model.ts';
import { RECOVERY_POINT_KINDS } from '../../inventory/model.ts';
import { DECISIONS, type DecisionDocument, VERDICTS } from '../../verdict/document.ts';

const instant = z.custom<Instant>((value) => typeof value === 'string' && isInstant(value), {
  error: 'not an instant',
});
const digest = z.custom<Digest>((value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value), {
  error: 'not a digest',
});
const scope = z.object({ accountId: z.string(), region: z.string() });
/** A kind of probe added to the model and not here is a compile error. */
const PROBE_KINDS: { readonly [K in Probe['kind']]: K } = {
  row_count: 'row_count',
  total_rows: 'total_rows',
  tables: 'tables',
  freshness: 'freshness',
  sql: 'sql',
};
const figure = z.number().nullable();

/** One line of the drill journal. */
export const journalEntry: z.ZodType<JournalEntry> = z.object({
  at: instant,
  drillId: z.string().min(1),
  scope,
  endpoint: z.string().nullable(),
  event: z.enum(['begin', 'intend', 'done', 'end']),
  step: z.string(),
  scratchId: z.string().nullable(),
  what: z.enum(['cluster', 'instance']).nullable(),
});

/** One drill that has ended. */
export const drillRecord: z.ZodType<DrillRecord> = z.object({
  formatVersion: z.literal('1'),
  drillId: z.string().min(1),
  musterVersion: z.string(),
  endpoint: z.string().nullable(),
  scope,
  databaseResourceId: z.string().min(1),
  databaseIdentifier: z.string(),
  recoveryPoint: z.object({
    id: z.string(),
    arn: z.string(),
    kind: z.enum(RECOVERY_POINT_KINDS),
    dataAt: instant.nullable(),
  }),
  claim: z.enum(CLAIMS),
  grade: z.enum(GRADES),
  result: z.enum(DRILL_RESULTS),
  startedAt: instant,
  endedAt: instant,
  phases: z.array(z.object({ phase: z.enum(PHASES), seconds: z.number() })),
  restoreSeconds: figure,
  conditions: z.object({ instanceClass: z.string(), engineVersion: z.string().nullable() }),
  probes: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(PROBE_KINDS),
      passed: z.boolean(),
      finding: z.string(),
      value: figure,
    }),
  ),
  scratch: z.object({ cluster: z.string().nullable(), instance: z.string() }),
  cause: z.string().nullable(),
});

const resourceIds = z.array(z.string().min(1));

/** One state, as a decision saw it; a later one rests on it, so it is checked in full. */
export const stateSighting: z.ZodType<StateSighting> = z.object({
  formatVersion: z.literal('1'),
  at: instant,
  endpoint: z.string().nullable(),
  lineage: z.string().min(1),
  serial: z.int().min(0),
  databases: resourceIds,
  forgets: resourceIds,
  released: resourceIds,
});

const settingOf = z.looseObject({
  databaseResourceId: z.string().min(1),
  databaseArn: z.string(),
  setting: z.string(),
  subject: z.string(),
});
const settingValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const decisionHead = z.looseObject({
  formatVersion: z.literal('1'),
  decision: z.enum(DECISIONS),
  verdict: z.enum(VERDICTS),
  changeDigest: digest,
  inventoryDigest: digest,
  policyDigest: digest,
  at: instant,
  validUntil: instant,
  principal: z.string(),
  scope: scope.nullable(),
  checklist: z.array(z.unknown()),
  reasons: z.array(z.unknown()),
  databases: z.array(z.unknown()),
  changes: z.array(z.unknown()),
  gaps: z.array(z.unknown()),
  disarmings: z.array(settingOf.extend({ from: settingValue, to: settingValue })).optional(),
  rearmings: z.array(settingOf).optional(),
});

/** One decision, as it was printed. */
export const decisionDocument = z.custom<DecisionDocument>((value) => decisionHead.safeParse(value).success, {
  error: 'not a decision document',
});
