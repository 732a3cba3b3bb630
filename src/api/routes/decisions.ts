/**
 * `POST /v1/decisions`: the verdict for a change somebody is about to make; finding it again, and asking it again.
 *
 * Not ready is 200: the status is about the call. Nothing of what was handed in is kept or told but what Muster
 * understood of it.
 */

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { decideNow } from '../../app/decide-now.ts';
import { SIGHT_AHEAD_SECONDS_MAX } from '../../app/desk-port.ts';
import { newestDecision } from '../../app/find-decision.ts';
import { canonicalJson, digestOfBytes } from '../../core/canonical.ts';
import { addSeconds } from '../../core/time.ts';
import type { DecisionDocument } from '../../verdict/document.ts';
import { etagOf, NO_STORE, sendJson } from '../reply.ts';
import { recheckAnswer } from '../wire/answers.ts';
import { decisionRequest, recheckRequest } from '../wire/asked.ts';
import { decisionDocument } from '../wire/decision.ts';
import type { ApiWorld } from '../world.ts';
import { intentReader } from './asked-intent.ts';
import { operation } from './operation.ts';
import { recheckNow } from './recheck.ts';

/** The routes. */
export function decisionRoutes(plain: FastifyInstance, world: ApiWorld): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const config = { ...DECIDE.config, stillStands: (text: string) => stillStands(text, world) };
  app.post('/v1/decisions', { ...DECIDE, config }, async ({ body }, reply) => {
    const from = world.clock.elapsed();
    const { known, places, authority, clock, store, policy } = world;
    const asked = { read: intentReader(body), policy, principal: body.principal ?? null };
    const document = await decideNow(asked, { known, places, authority, clock, store });
    app.metrics.decided(document, clock.elapsed() - from, body.source);
    return sendDecision(reply, document);
  });
  app.get('/v1/decisions/:changeDigest', FIND, async ({ params }, reply) =>
    sendDecision(reply, await newestDecision(params.changeDigest, world.store)),
  );
  app.post('/v1/decisions/:changeDigest/recheck', RECHECK, async ({ params, body }, reply) => {
    const answer = await recheckNow({ named: params.changeDigest, ...body }, world);
    return sendJson(reply, JSON.stringify(answer), { cacheControl: NO_STORE });
  });
}

/** A decision is given again under its key only while its time lasts and no later one on its change is on record. */
async function stillStands(text: string, { store, clock }: ApiWorld): Promise<boolean> {
  const { at, changeDigest, validUntil } = JSON.parse(text) as DecisionDocument;
  const now = clock.now();
  if (validUntil <= now || at > addSeconds(now, SIGHT_AHEAD_SECONDS_MAX)) return false;
  const newest = (await store.decisionsOn(changeDigest)).at(-1);
  return newest !== undefined && canonicalJson(newest) === text;
}

/** The newest decision on a change may be another one at any moment: only that by its own digest may be kept. */
function sendDecision(reply: Parameters<typeof sendJson>[0], document: DecisionDocument) {
  const text = canonicalJson(document);
  const id = digestOfBytes(text);
  return sendJson(reply.header('location', `/v1/verdicts/${id}`), text, { cacheControl: NO_STORE, etag: etagOf(id) });
}

const byChange = z.strictObject({
  changeDigest: z
    .string()
    .regex(/^(?:sha256:)?[0-9a-fA-F]{12,64}$/)
    .meta({ description: 'Digest of the change, or its first 12 hex digits or more' }),
});

const DECIDE = operation({
  id: 'decide',
  tag: 'decisions',
  summary: 'The verdict for a change that somebody is about to make',
  description:
    'The decision is kept before it is given. Its own digest is the ETag; Location is where it can be read again. Where what is known is too old, the databases that the change touches are read anew. Under an idempotency key it is given again only while it is valid and the newest on its change.',
  scope: 'gate',
  takes: { body: decisionRequest },
  answers: { 200: ['The decision, whatever it says', decisionDocument] },
  problems: [502],
  idempotent: true,
});

const FIND = operation({
  id: 'findDecision',
  tag: 'decisions',
  summary: 'The newest decision on a change',
  scope: 'read',
  takes: { params: byChange },
  answers: { 200: ['The decision', decisionDocument], 304: ['You have it already', null] },
  problems: [404],
});

const RECHECK = operation({
  id: 'recheckDecision',
  tag: 'decisions',
  summary: 'Does the newest decision on a change still stand, now that the change is about to run?',
  scope: 'gate',
  takes: { params: byChange, body: recheckRequest },
  answers: { 200: ['Whether it stands; where it does not, block and unknown', recheckAnswer] },
  problems: [404, 502],
});
