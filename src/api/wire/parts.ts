/**
 * What the shapes of requests and answers are made of, as the API shows them to others.
 *
 * One schema each serves the validation of requests, the OpenAPI document and the tests of answers. Answers stay open to
 * more members, requests take none that are not named; codes of catalogues that may grow are texts.
 */

import * as z from 'zod';
import { GRADES } from '../../drill/model.ts';
import { VERDICTS } from '../../verdict/document.ts';

/** Instants as they are written everywhere: UTC, with milliseconds. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
  .meta({ format: 'date-time', description: 'RFC 3339, UTC, with milliseconds' });

/** A SHA-256 digest. */
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** A length of time. */
export const seconds = z.number().min(0);

/** A code of a catalogue that may grow. */
export const code = z.string().regex(/^[a-z][a-z0-9_]*$/);

/** Text that says something. */
export const words = z.string().min(1);

/** The version of a document's shape. */
export const formatVersion = z.literal('1');

/** The ARN of anything. */
export const arn = z.string().regex(/^arn:/).max(2_048);

/** An account and a region. */
export const scope = z.object({ accountId: z.string().regex(/^\d{12}$/), region: words }).meta({ id: 'Scope' });

/** Whether a database would come back. */
export const verdict = z.enum(VERDICTS);

/** How much a recovery point was shown to be worth. */
export const grade = z.enum(GRADES);

/** Measured restore times. */
export const restoreSeconds = z
  .object({ p50: seconds.nullable(), p95: seconds.nullable(), n: z.int().min(0), conditions: words.nullable() })
  .meta({ id: 'RestoreTime', description: 'Measured restore times in seconds; null where no drill has proven one' });

/** How a request ended that was not carried out. */
export const problem = z
  .object({
    type: words,
    title: words,
    status: z.int().min(400).max(599),
    detail: z.string().optional(),
    instance: words.optional(),
    code: z.string().optional(),
    hint: z.string().optional(),
    errors: z.array(z.object({ at: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457. `code` is of the error catalogue in src/README.md' });

/** How many of a list are given at once. */
export const PAGE_MAX = 500;

/** How a list is paged. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50).meta({ description: 'How many at most' }),
  cursor: z.string().min(1).max(4_096).optional().meta({ description: '`next` of the page before' }),
};

/** Where the next page begins. */
export const next = words.nullable().meta({ description: 'Pass it as `cursor` for the next page; null on the last' });
