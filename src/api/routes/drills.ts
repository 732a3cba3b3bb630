/**
 * `/v1/drills`: the drills on record, and asking for another one.
 *
 * A drill takes minutes to hours: it is put among the jobs and not waited for. Only what the service was given a definition
 * for can be drilled.
 */

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { whyNotPicked } from '../../app/picked.ts';
import { MusterError } from '../../core/errors.ts';
import type { DrillDefinition } from '../../drill/definition.ts';
import type { DrillRecord } from '../../drill/model.ts';
import type { Database } from '../../inventory/model.ts';
import { Problem } from '../problem.ts';
import { NO_STORE, sendJson } from '../reply.ts';
import { drillAccepted, drillPage, drillQuery, drillRecord, drillRequest } from '../wire/records.ts';
import type { ApiWorld } from '../world.ts';
import { callerOf, pageOf, unread } from './asking.ts';
import { operation } from './operation.ts';

const ATTEMPTS_MAX = 3;
const SEED_LENGTH = 16;

/** The routes. */
export function drillRoutes(plain: FastifyInstance, world: ApiWorld): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get('/v1/drills', LIST, async ({ query }, reply) => {
    const { database } = query;
    const drills = await world.store.drills();
    const asked = drills.filter((drill) => database === undefined || isOf(drill, database)).reverse();
    const { items, next } = pageOf(asked, query, { keyOf: ({ drillId }) => drillId, inOrder: false });
    return sendJson(reply, JSON.stringify({ formatVersion: '1', drills: items, next }), { cacheControl: NO_STORE });
  });
  app.get('/v1/drills/:drillId', SHOW, async ({ params }, reply) => {
    const drill = await findDrill(params.drillId, world.store);
    if (drill === null) throw new Problem('not_found', 'no drill of that id is on record; one that runs has none yet');
    return sendJson(reply, JSON.stringify(drill), { cacheControl: NO_STORE });
  });
  app.post('/v1/drills', BEGIN, async (request, reply) => {
    const { definition, database } = request.body;
    const wanted = findDefinition(definition, world);
    const found = database === undefined ? null : await findKnown(database, world);
    const why = found === null ? null : whyNotPicked(found, wanted);
    if (why !== null) throw new Problem('invalid', `body/database: ${why}`);
    const asked = { definition, database: found?.resourceId ?? null };
    // Fixed here, so that a planning that is tried again plans the same drill.
    const seed = world.randomness.token(SEED_LENGTH);
    await world.desk.add([
      {
        task: 'plan_drills',
        payload: { ...asked, seed, requestedBy: callerOf(request).name },
        key: `plan_drills:${definition}:${asked.database ?? '*'}`,
        queue: null,
        delaySeconds: 0,
        attemptsMax: ATTEMPTS_MAX,
      },
    ]);
    const location = found === null ? '/v1/drills' : `/v1/drills?database=${encodeURIComponent(found.resourceId)}`;
    return sendJson(reply.header('location', location), JSON.stringify({ accepted: true, ...asked }), { status: 202 });
  });
}

/** The record of a drill; null for none. */
export async function findDrill(
  drillId: string,
  store: Pick<ApiWorld['store'], 'drills'>,
): Promise<DrillRecord | null> {
  return (await store.drills()).find((drill) => drill.drillId === drillId) ?? null;
}

function isOf({ databaseIdentifier, databaseResourceId }: DrillRecord, name: string): boolean {
  return databaseIdentifier === name || databaseResourceId === name;
}

function findDefinition(name: string, { definitions }: ApiWorld): DrillDefinition {
  const found = definitions.find((definition) => definition.name === name);
  if (found !== undefined) return found;
  const accepted =
    definitions.map((definition) => definition.name).join(', ') || 'none: the service was given no definition';
  throw new Problem('invalid', `body/definition: no definition has that name; accepted are ${accepted}`);
}

/** @throws MusterError `MUSTER_DATABASE_NOT_FOUND` where no one database bears that name. */
async function findKnown(name: string, { known }: ApiWorld): Promise<Database> {
  const now = await known.current();
  if (now === null) throw unread();
  const databases = [now.inventory, ...now.outdated].flatMap((inventory) => inventory.databases);
  const found = databases.filter(({ identifier, resourceId, arn }) => [identifier, resourceId, arn].includes(name));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const many = `${found.length} databases are called ${JSON.stringify(name)}; name one by its ARN`;
  const none = `no database that is known is called ${JSON.stringify(name)}`;
  throw new MusterError('MUSTER_DATABASE_NOT_FOUND', found.length > 1 ? many : none);
}

const LIST = operation({
  id: 'listDrills',
  tag: 'drills',
  summary: 'The drills on record, the last one first',
  scope: 'read',
  takes: { querystring: drillQuery },
  answers: { 200: ['A page of drills', drillPage] },
});

const SHOW = operation({
  id: 'getDrill',
  tag: 'drills',
  summary: 'The record of one drill',
  scope: 'read',
  takes: { params: z.strictObject({ drillId: z.string().min(1).max(255) }) },
  answers: { 200: ['The record', drillRecord] },
  problems: [404],
});

const BEGIN = operation({
  id: 'beginDrill',
  tag: 'drills',
  summary: 'Have databases drilled as a definition says',
  description: 'Location lists the drills where its record will be, once it has ended.',
  scope: 'operate',
  takes: { body: drillRequest },
  answers: { 202: ['It was taken on', drillAccepted] },
  problems: [404],
  idempotent: true,
});
