/**
 * `GET /v1/verdicts/{id}`: a decision by its own digest; and the same, signed.
 *
 * The text that is answered is the very one that was decided: its SHA-256 is its id. A cache may keep it until it is over
 * and no longer.
 */

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { attestAsEnvelope, attestAsToken } from '../../app/attest.ts';
import { type Digest, digestOf } from '../../core/canonical.ts';
import { Problem } from '../problem.ts';
import { cacheUntil, etagOf, NO_STORE, sendJson } from '../reply.ts';
import { envelope, token } from '../wire/answers.ts';
import { decisionDocument } from '../wire/decision.ts';
import { digest } from '../wire/parts.ts';
import type { ApiWorld } from '../world.ts';
import type { DecisionIndex } from './decision-index.ts';
import { operation } from './operation.ts';

/** The routes. */
export function verdictRoutes(plain: FastifyInstance, world: ApiWorld, decisions: DecisionIndex): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get('/v1/verdicts/:id', SHOW, async ({ params }, reply) => {
    const id = params.id as Digest;
    const { text, document } = await decisions.find(id);
    const cacheControl = cacheUntil(document.validUntil, world.clock.now());
    return sendJson(reply, text, { cacheControl, etag: etagOf(id) });
  });
  app.get('/v1/verdicts/:id/attestation', ATTEST, async ({ params, query }, reply) => {
    const { format, audience = null } = query;
    if (format === 'dsse' && audience !== null) {
      throw new Problem('malformed', 'query/audience: is for tokens; pass format=jws with it');
    }
    const { document } = await decisions.find(params.id as Digest);
    const { store, keys: keeper, clock, randomness, version } = world;
    const signing = { store, keeper, clock, randomness, version };
    if (format === 'dsse') {
      return sendJson(reply, JSON.stringify(await attestAsEnvelope(document, signing)), { cacheControl: NO_STORE });
    }
    await refuseOverturned(params.id as Digest, document.changeDigest, world);
    const signed = await attestAsToken(document, signing, { audience });
    return reply.header('cache-control', NO_STORE).type('application/jwt').send(signed);
  });
}

/** A token lets a change pass somewhere: one that a later decision has overturned gets none. An envelope says what was said. */
async function refuseOverturned(id: Digest, changeDigest: Digest, { store }: ApiWorld): Promise<void> {
  const newest = (await store.decisionsOn(changeDigest)).at(-1);
  if (newest === undefined || digestOf(newest) === id) return;
  throw new Problem('conflict', `a later decision on ${changeDigest} stands: ${digestOf(newest)}`);
}

const byId = z.strictObject({ id: digest.meta({ description: 'Digest of the decision document; its ETag' }) });

const SHOW = operation({
  id: 'getVerdict',
  tag: 'decisions',
  summary: 'A decision by its own digest, as it was given',
  description: 'Canonical JSON, whose SHA-256 is the id. Check validUntil against your own clock.',
  scope: 'read',
  takes: { params: byId },
  answers: { 200: ['The decision', decisionDocument], 304: ['You have it already', null] },
  problems: [404],
});

const ATTEST = operation({
  id: 'getAttestation',
  tag: 'decisions',
  summary: 'A decision, signed',
  scope: 'gate',
  takes: {
    params: byId,
    querystring: z.strictObject({
      format: z
        .enum(['dsse', 'jws'])
        .default('dsse')
        .meta({ description: 'dsse: an envelope, for audit; jws: a token, for transport, while the decision holds' }),
      audience: z.string().min(1).max(255).optional().meta({ description: 'Whom a token is for' }),
    }),
  },
  answers: { 200: ['The envelope, or the token', { 'application/json': envelope, 'application/jwt': token }] },
  problems: [404, 409],
});
