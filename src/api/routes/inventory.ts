/**
 * `/v1/inventory`: which places were read and when, and having them read anew.
 *
 * A reading takes a while: it is put among the jobs and not waited for. Of each place the newest sight is looked at once,
 * and again only when there is another. Whoever asks for no page is given every place, as clients of before expect.
 */

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type * as z from 'zod';
import type { Board, ReadinessBoard } from '../../app/readiness-board.ts';
import { printScope, type Scope } from '../../core/arn.ts';
import { type Digest, sortedBy } from '../../core/canonical.ts';
import { elapsedSeconds, type Instant } from '../../core/time.ts';
import { NO_STORE, sendJson } from '../reply.ts';
import { accepted, places, placesQuery } from '../wire/estate.ts';
import type { ApiWorld } from '../world.ts';
import { boardOf, callerOf, type Page, pageOf } from './asking.ts';
import { operation } from './operation.ts';

const ATTEMPTS_MAX = 3;
const PAGE_DEFAULT = 50;

/** When a place was read, and how much of it could not be. */
interface Seen {
  readonly version: Digest;
  readonly observedAt: Instant;
  readonly gaps: number;
}

/** The routes. */
export function inventoryRoutes(plain: FastifyInstance, world: ApiWorld, boards: ReadinessBoard): void {
  const { desk, clock, policy } = world;
  const lookAt = createSights(desk);
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get('/v1/inventory', SHOW, async ({ query }, reply) => {
    const board = await boardOf(boards);
    const { items: scopes, next } = pageOn(scopesOf(board), query);
    const seen = await lookAt(scopes);
    const shown = new Set(scopes.map(printScope));
    const at = clock.now();
    const { inventory, inventoryDigest } = board;
    const answer = {
      formatVersion: '1',
      at,
      inventoryDigest,
      inventoryObservedAt: inventory.observedAt,
      databases: board.summaries.length,
      recoveryPoints: inventory.recoveryPoints.length,
      places: seen.map(({ scope, sight }) => placeOf(scope, sight, { at, secondsMax: policy.inventorySecondsMax })),
      gaps: inventory.gaps.filter(({ where }) => shown.has(printScope(where))),
      next,
    };
    return sendJson(reply, JSON.stringify(answer), { cacheControl: NO_STORE });
  });
  app.post('/v1/inventory', READ, async (request, reply) => {
    const payload = { requestedBy: callerOf(request).name };
    await desk.add([
      { task: 'survey', payload, key: 'survey', queue: null, delaySeconds: 0, attemptsMax: ATTEMPTS_MAX },
    ]);
    const answer = JSON.stringify({ accepted: true, task: 'survey' });
    return sendJson(reply.header('location', '/v1/inventory'), answer, { status: 202 });
  });
}

/** Every place that is known of: read, outdated, or named by a database. */
function scopesOf({ inventory, summaries }: Board): readonly Scope[] {
  const all = [
    ...inventory.scopes,
    ...inventory.gaps.map(({ where }) => where),
    ...summaries.map(({ scope }) => scope),
  ];
  const byName = new Map(
    all.map(({ accountId, region }) => [printScope({ accountId, region }), { accountId, region }]),
  );
  return sortedBy([...byName.values()], printScope);
}

function pageOn(scopes: readonly Scope[], { limit, cursor }: z.output<typeof placesQuery>): Page<Scope> {
  if (limit === undefined && cursor === undefined) return { items: scopes, next: null };
  return pageOf(scopes, { limit: limit ?? PAGE_DEFAULT, cursor }, { keyOf: printScope, inOrder: true });
}

function createSights(desk: Pick<ApiWorld['desk'], 'sightVersions' | 'sight'>) {
  const kept = new Map<string, Seen>();
  return async (scopes: readonly Scope[]) => {
    const versions = await desk.sightVersions();
    const found: { readonly scope: Scope; readonly sight: Seen | null }[] = [];
    for (const scope of scopes) {
      const name = printScope(scope);
      const version = versions.get(name);
      if (version !== undefined && kept.get(name)?.version !== version) {
        const sight = await desk.sight(scope);
        if (sight !== null) kept.set(name, { version, observedAt: sight.observedAt, gaps: sight.seen.gaps.length });
      }
      found.push({ scope, sight: version === undefined ? null : (kept.get(name) ?? null) });
    }
    return found;
  };
}

function placeOf(
  scope: Scope,
  sight: Seen | null,
  { at, secondsMax }: { readonly at: Instant; readonly secondsMax: number },
) {
  if (sight === null) return { scope, observedAt: null, ageSeconds: null, stale: true, gaps: 0 };
  const age = elapsedSeconds(sight.observedAt, at);
  const { observedAt, gaps } = sight;
  return { scope, observedAt, ageSeconds: Math.max(0, age), stale: age > secondsMax || age < 0, gaps };
}

const SHOW = operation({
  id: 'getInventory',
  tag: 'service',
  summary: 'Which places were read and when, and what could not be seen',
  description: 'Without a limit and a cursor every place at once; a page of places comes with the gaps in them.',
  scope: 'read',
  takes: { querystring: placesQuery },
  answers: { 200: ['The places', places] },
});

const READ = operation({
  id: 'readInventory',
  tag: 'service',
  summary: 'Have every place within reach read anew',
  scope: 'operate',
  answers: { 202: ['It was taken on', accepted] },
});
