/**
 * The shapes of stored decisions and states, checked again whenever they are loaded.
 *
 * Of a decision the head is checked, and what it remembers of settings, which later decisions speak of; its codes may
 * come from a newer Muster's catalogues, and one kept by an older Muster remembers nothing.
 */

import * as z from 'zod';
import type { StateSighting } from '../../app/ports.ts';
import { DECISIONS, type DecisionDocument, VERDICTS } from '../../verdict/document.ts';
import { digest, instant, scope } from './record-parts.ts';

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
