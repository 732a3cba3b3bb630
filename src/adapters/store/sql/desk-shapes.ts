/**
 * What the desk keeps as text or bytes, on its way in and out; checked whenever it is loaded.
 *
 * Of alerts and standings the head is checked: their codes may come from a newer Muster's catalogues, beside which this one
 * runs while a service is brought up to date. A sight is checked in full, and against its digest.
 */

import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import * as z from 'zod';
import type { Alert } from '../../../alert/alert.ts';
import type { Standing } from '../../../alert/standing.ts';
import type { KeptAnswer } from '../../../app/desk-port.ts';
import { type Digest, digestOf } from '../../../core/canonical.ts';
import { MusterError } from '../../../core/errors.ts';
import type { Sight } from '../../../inventory/sight.ts';
import { parseSight } from '../../../inventory/sight-schema.ts';
import { VERDICTS } from '../../../verdict/document.ts';
import { parseJson } from '../record-log.ts';
import { instant } from '../record-parts.ts';

const deflate = promisify(gzip);
const inflate = promisify(gunzip);

const alertHead = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string(),
  type: z.string().min(1),
  subject: z.string(),
  time: instant,
  datacontenttype: z.literal('application/json'),
  data: z.looseObject({ level: z.string(), message: z.string(), remedy: z.string().nullable() }),
});

const standingHead = z.looseObject({
  databaseArn: z.string().min(1),
  identifier: z.string(),
  at: instant,
  verdict: z.enum(VERDICTS),
  reasons: z.array(z.string()),
  lastSurvivorEndsAt: instant.nullable(),
  endToldDays: z.number().nullable(),
  deletionProtection: z.boolean(),
  retentionDays: z.number(),
});

const answerShape = z.object({ status: z.int(), contentType: z.string(), body: z.string() });

const SHAPES = {
  alert: z.custom<Alert>((value) => alertHead.safeParse(value).success),
  standing: z.custom<Standing>((value) => standingHead.safeParse(value).success),
  answer: answerShape as z.ZodType<NonNullable<KeptAnswer['answer']>>,
};

/** The value of a text that is kept. @throws MusterError `MUSTER_STORE_INVALID` when Muster did not write it. */
export function readKept<K extends keyof typeof SHAPES>(
  kind: K,
  text: string,
  where: string,
): z.infer<(typeof SHAPES)[K]> {
  const result = SHAPES[kind].safeParse(parseJson(text));
  if (result.success) return result.data as z.infer<(typeof SHAPES)[K]>;
  throw new MusterError('MUSTER_STORE_INVALID', `${where} holds something that is no ${kind} of Muster`);
}

/** The bytes in which a sight is kept. */
export async function packSight(sight: Sight): Promise<Uint8Array> {
  return deflate(JSON.stringify(sight));
}

/**
 * The sight of these bytes.
 *
 * @param kept What stands beside them.
 * @throws MusterError `MUSTER_STORE_INVALID` when they hold no sight, or another one.
 */
export async function unpackSight(
  bytes: Uint8Array | ArrayBuffer,
  kept: { readonly place: string; readonly digest: Digest },
  where: string,
): Promise<Sight> {
  const text = await inflate(bytes).catch(() => null);
  const value = text === null ? undefined : parseJson(text.toString('utf8'));
  if (value !== undefined && digestOf(value) === kept.digest) return parseSight(value);
  throw new MusterError('MUSTER_STORE_INVALID', `the sight of ${kept.place} in ${where} is not the one that was kept`);
}
