/**
 * `/v1/alerts`, `/v1/schedules`, the public keys and the OpenAPI document: what the service says of itself.
 *
 * The keys are for anybody, since whoever verifies an attestation may be nobody here; they are asked of the key keeper
 * once a minute at most.
 */

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { publicKeySet } from '../../app/signing-keys.ts';
import { NO_STORE, sendJson } from '../reply.ts';
import { keySet, openApi } from '../wire/answers.ts';
import { alertList, alertQuery, scheduleList } from '../wire/service.ts';
import type { ApiWorld } from '../world.ts';
import { keptFor } from './kept-for.ts';
import { operation } from './operation.ts';

const KEYS_SECONDS = 60;
const KEYS_CACHE = 'public, max-age=300';

/** The routes. @param document Prints the OpenAPI document, once every route is there. */
export function serviceRoutes(plain: FastifyInstance, world: ApiWorld, document: () => string): void {
  const { desk, clock } = world;
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get('/v1/alerts', ALERTS, async ({ query }, reply) => {
    const alerts = await desk.alerts(query.limit);
    return sendJson(reply, JSON.stringify({ formatVersion: '1', alerts }), { cacheControl: NO_STORE });
  });
  app.get('/v1/schedules', SCHEDULES, async (_, reply) => {
    const [schedules, backlog] = [await desk.schedules(), await desk.backlog()];
    const answer = { formatVersion: '1', at: clock.now(), schedules, backlog };
    return sendJson(reply, JSON.stringify(answer), { cacheControl: NO_STORE });
  });
  const keys = keptFor(KEYS_SECONDS, async () => JSON.stringify(await publicKeySet(world.keys)), clock);
  app.get('/.well-known/jwks.json', KEYS, async (_, reply) =>
    sendJson(reply, await keys(), { cacheControl: KEYS_CACHE }),
  );
  let printed: string | null = null;
  app.get('/openapi.json', DOCUMENT, (_, reply) => {
    printed ??= document();
    return sendJson(reply, printed, { cacheControl: NO_STORE });
  });
}

const ALERTS = operation({
  id: 'listAlerts',
  tag: 'service',
  summary: 'The newest alerts',
  scope: 'read',
  takes: { querystring: alertQuery },
  answers: { 200: ['Alerts, the newest first', alertList] },
});

const SCHEDULES = operation({
  id: 'listSchedules',
  tag: 'service',
  summary: 'When the schedules last fired, and what work waits',
  scope: 'read',
  answers: { 200: ['Schedules and backlog', scheduleList] },
});

const KEYS = operation({
  id: 'getKeys',
  tag: 'records',
  summary: 'The public keys that attestations and tokens are verified with',
  scope: null,
  answers: { 200: ['A JWK Set', keySet] },
});

const DOCUMENT = operation({
  id: 'getOpenApi',
  tag: 'service',
  summary: 'This document',
  scope: 'read',
  answers: { 200: ['OpenAPI 3.1', openApi] },
});
