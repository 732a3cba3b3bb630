/**
 * What is answered about the estate: databases and their readiness, and where they were read.
 *
 * Readiness is that of one instant: a ready verdict may be relied on until `validUntil` and no longer.
 */

import * as z from 'zod';
import { databaseName, databaseView, gap } from './decision.ts';
import {
  code,
  digest,
  formatVersion,
  instant,
  next,
  PAGE_MAX,
  paging,
  restoreSeconds,
  scope,
  seconds,
  verdict,
  words,
} from './parts.ts';

const validUntil = instant
  .nullable()
  .meta({ description: 'Until when a ready verdict may be relied on; null when it is not ready' });

/** What of a database stands in a list. */
export const databaseSummary = z
  .object({
    ...databaseName,
    scope,
    verdict,
    reasons: z.array(code).meta({ description: 'Codes of the reasons, sorted' }),
    dataLossSeconds: seconds.nullable(),
    restoreSeconds,
    readyUntil: instant.nullable(),
    validUntil,
    lastSurvivorEndsAt: instant.nullable().meta({
      description: 'When the last of what would survive its deletion ends; null when one never does, or none would',
    }),
    at: instant,
    inventoryObservedAt: instant,
  })
  .meta({ id: 'DatabaseSummary' });

/** How many things of each direction could not be seen. */
const unseen = z.object({ survivors: z.int().min(0), threats: z.int().min(0), databases: z.int().min(0) }).meta({
  id: 'Unseen',
  description: 'Gaps, by what they may hide; where databases may be hidden, the list is not whole',
});

/** A page of databases. */
export const databasePage = z
  .object({
    formatVersion,
    at: instant,
    verdict: verdict.meta({ description: 'The worst there is; unknown where a database may be missing' }),
    policyDigest: digest,
    unseen,
    databases: z.array(databaseSummary),
    next,
  })
  .meta({ id: 'Databases' });

/** Which databases are listed. */
export const databaseQuery = z.strictObject({
  ...paging,
  verdict: verdict.optional(),
  account: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
  region: z.string().min(1).max(64).optional(),
});

/** One database, judged now. */
export const databaseNow = z
  .object({
    formatVersion,
    at: instant,
    inventoryObservedAt: instant,
    inventoryDigest: digest,
    policyDigest: digest,
    validUntil,
    scope,
    ...databaseView,
  })
  .meta({ id: 'Database' });

/** Where databases were read, and how long ago. */
export const places = z
  .object({
    formatVersion,
    at: instant,
    inventoryDigest: digest,
    inventoryObservedAt: instant,
    databases: z.int().min(0),
    recoveryPoints: z.int().min(0),
    places: z.array(
      z
        .object({
          scope,
          observedAt: instant.nullable().meta({ description: 'Null when it was never read' }),
          ageSeconds: seconds.nullable(),
          stale: z.boolean().meta({ description: 'Too long ago to count' }),
          gaps: z.int().min(0),
        })
        .meta({ id: 'Place' }),
    ),
    gaps: z.array(gap),
    next,
  })
  .meta({ id: 'Inventory' });

/** Which places are shown; all of them where nothing is asked for. */
export const placesQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).optional().meta({ description: 'How many at most' }),
  cursor: paging.cursor,
});

/** Work that was taken on. */
export const accepted = z
  .object({ accepted: z.literal(true), task: words })
  .meta({ id: 'Accepted', description: 'It waits its turn; asked again while it waits, it is not added again' });
