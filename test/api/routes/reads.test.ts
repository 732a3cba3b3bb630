/**
 * What can be read: current readiness, drills, evidence, the audit trail, and what the service says of itself.
 */

import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../src/drill/definition.ts';
import { aDatabase, aDrill, anInventory, NOW, SCOPE } from '../../support/builders.ts';
import { ALERT, aFilledWorld, anAsker, COURSES, DEFINITION, ORDERS } from './asker.ts';

const { get, post, world } = await anAsker(await aFilledWorld());
await world.store.recordDrill(aDrill(COURSES, { drillId: 'd2' }));
await world.store.recordDrill(aDrill(ORDERS, { drillId: 'd3' }));

function ids({ drills }: Readonly<Record<string, unknown>>): readonly string[] {
  return (drills as { drillId: string }[]).map(({ drillId }) => drillId);
}

describe('drills', () => {
  it('are listed with the last one first', async () => {
    expect(ids((await get('/v1/drills')).body)).toEqual(['d3', 'd2', 'd1']);
  });

  it.each([ORDERS.identifier, ORDERS.resourceId])('of one database are found by %s', async (name) => {
    expect(ids((await get(`/v1/drills?database=${name}`)).body)).toEqual(['d3', 'd1']);
  });

  it('come in pages, and one that is recorded meanwhile moves none of them', async () => {
    const other = await anAsker(await aFilledWorld());
    await other.world.store.recordDrill(aDrill(ORDERS, { drillId: 'd2' }));
    const first = await other.get('/v1/drills?limit=1');
    await other.world.store.recordDrill(aDrill(ORDERS, { drillId: 'd3' }));
    const second = await other.get(`/v1/drills?limit=1&cursor=${first.body['next']}`);
    expect([ids(first.body), ids(second.body), second.body['next']]).toEqual([['d2'], ['d1'], null]);
  });

  it('are shown one by one', async () => {
    expect((await get('/v1/drills/d2')).body).toMatchObject({ drillId: 'd2', databaseIdentifier: 'courses' });
    expect((await get('/v1/drills/d9')).status).toBe(404);
  });
});

describe('a drill that is asked for', () => {
  it('becomes a job, once however often it is asked for', async () => {
    const other = await anAsker(await aFilledWorld());
    const asked = { definition: 'weekly', database: 'orders' };
    const { status, headers, body } = await other.post('/v1/drills', asked, 'operate');
    await other.post('/v1/drills', asked, 'operate');
    expect(status).toBe(202);
    expect(body).toEqual({ accepted: true, definition: 'weekly', database: ORDERS.resourceId });
    expect(headers['location']).toBe(`/v1/drills?database=${ORDERS.resourceId}`);
    const jobs = other.world.desk.jobs().filter(({ task }) => task === 'plan_drills');
    expect(jobs.map(({ payload }) => payload)).toEqual([
      {
        definition: 'weekly',
        database: ORDERS.resourceId,
        seed: expect.any(String),
        requestedBy: 'the operate token',
      },
    ]);
  });

  it('of every database names none', async () => {
    const { status, body } = await post('/v1/drills', { definition: 'weekly' }, 'operate');
    expect(status).toBe(202);
    expect(body).toMatchObject({ database: null });
  });

  it.each([
    [422, { definition: 'hourly' }],
    [404, { definition: 'weekly', database: 'nobody' }],
    [400, { definition: 'weekly', database: 'orders', probes: [] }],
  ])('is %i where it cannot be', async (status, asked) => {
    const before = world.desk.jobs().length;
    expect((await post('/v1/drills', asked, 'operate')).status).toBe(status);
    expect(world.desk.jobs()).toHaveLength(before);
  });

  it('of a database that the definition does not pick is refused', async () => {
    const definitions = [parseDefinition(`${DEFINITION}databases: { identifier: courses }\n`, 'weekly.yaml')];
    const other = await anAsker(await aFilledWorld({ definitions }));
    const { status } = await other.post('/v1/drills', { definition: 'weekly', database: 'orders' }, 'operate');
    expect([status, other.world.desk.jobs().filter(({ task }) => task === 'plan_drills')]).toEqual([422, []]);
  });

  it('by a name that two databases bear is 404 and says so', async () => {
    const other = await anAsker(await aFilledWorld());
    const twin = aDatabase({ region: 'us-east-1', arn: ORDERS.arn.replace('eu-', 'us-'), resourceId: 'db-TWIN' });
    other.world.knows({ inventory: anInventory({ databases: [ORDERS, twin] }), outdated: [] });
    const { status, body } = await other.post('/v1/drills', { definition: 'weekly', database: 'orders' }, 'operate');
    expect(status).toBe(404);
    expect(body['detail']).toContain('2 databases are called "orders"');
  });

  it('takes a token for operating', async () => {
    expect((await post('/v1/drills', { definition: 'weekly' }, 'gate')).status).toBe(403);
  });
});

describe('evidence', () => {
  it.each(['drill:d1', 'd1'])('%s is the record of that drill, with its digest', async (id) => {
    const { body } = await get(`/v1/evidence/${id}`);
    expect(body).toMatchObject({ kind: 'drill', id: 'drill:d1', record: { drillId: 'd1' } });
    expect(body['digest']).toBe((body['record'] as { digest: string }).digest);
  });

  it('by the digest of a decision is that decision', async () => {
    const { headers, body } = await post('/v1/decisions', { source: 'command', argv: ['ls'] });
    const id = String(headers['etag']).replaceAll('"', '');
    expect((await get(`/v1/evidence/${id}`)).body).toEqual({
      formatVersion: '1',
      kind: 'decision',
      id,
      digest: id,
      record: body,
    });
  });

  it.each(['nothing', 'drill:nothing', `sha256:${'0'.repeat(64)}`])('%s that is not there is 404', async (id) => {
    expect((await get(`/v1/evidence/${id}`)).status).toBe(404);
  });
});

describe('the audit trail', () => {
  it('links every record to the one before it, and shows no body', async () => {
    const { body, text } = await get('/v1/audit');
    const records = body['records'] as { seq: number; previous: string; digest: string; kind: string }[];
    expect(records.slice(1).map(({ previous }) => previous)).toEqual(records.slice(0, -1).map(({ digest }) => digest));
    expect(records.some(({ kind }) => kind === 'token')).toBe(true);
    expect(text).not.toContain('secretDigest');
    expect(body['next']).toBeNull();
  });

  it('comes in pages', async () => {
    const first = (await get('/v1/audit?limit=2')).body;
    expect(first['next']).toBe(2);
    const second = (await get('/v1/audit?limit=500&after=2')).body;
    expect((second['records'] as { seq: number }[])[0]?.seq).toBe(3);
    expect(second['next']).toBeNull();
  });

  it('says whether it is whole', async () => {
    expect((await get('/v1/audit/verification')).body).toMatchObject({ whole: true, chain: { findings: [] } });
  });

  it('that was changed is not whole, and is looked at again after a minute', async () => {
    const other = await aFilledWorld();
    const { chain } = other.store;
    let forged = false;
    const read = async function* (after?: number) {
      for await (const record of chain.read(after)) {
        yield forged && record.seq === 1 ? { ...record, at: NOW, body: '{}' } : record;
      }
    };
    const asker = await anAsker({ ...other, store: { ...other.store, chain: { ...chain, read } } });
    expect((await asker.get('/v1/audit/verification')).body['whole']).toBe(true);
    forged = true;
    other.clock.pass(61);
    expect((await asker.get('/v1/audit/verification')).body).toMatchObject({
      whole: false,
      chain: { findings: [{ seq: 1 }] },
    });
  });
});

describe('the service', () => {
  it('shows which places were read and when', async () => {
    expect((await get('/v1/inventory')).body).toMatchObject({
      databases: 2,
      recoveryPoints: 1,
      places: [{ scope: { region: 'eu-west-1' }, observedAt: NOW, stale: false, gaps: 0 }],
    });
  });

  it('shows a place that could not be read as one that was never read', async () => {
    const other = await anAsker(await aFilledWorld());
    const where = { accountId: '999988887777', region: 'eu-west-1' };
    const gap = { what: 'the account', where, action: 'sts:AssumeRole', cause: 'denied', hides: 'databases' } as const;
    other.world.knows({ inventory: anInventory({ gaps: [gap] }), outdated: [] });
    const places = (await other.get('/v1/inventory')).body['places'] as object[];
    expect(places).toContainEqual({ scope: where, observedAt: null, ageSeconds: null, stale: true, gaps: 0 });
  });

  it('shows its places by the page where pages are asked for, each with its gaps, and all of them otherwise', async () => {
    const regions = ['eu-west-1', 'eu-west-2', 'eu-west-3'];
    const inventory = anInventory({
      scopes: regions.map((region) => ({ ...SCOPE, region })),
      gaps: regions.slice(1).map((region) => ({
        what: 'snapshots',
        where: { ...SCOPE, region },
        action: 'rds:DescribeDBSnapshots',
        cause: 'AccessDenied',
        hides: 'survivors' as const,
      })),
    });
    const other = await anAsker(await aFilledWorld());
    other.world.knows({ inventory, outdated: [] });
    const ask = async (query: string) => {
      const { body } = await other.get(`/v1/inventory${query}`);
      const regionsOf = (name: string, key: string) =>
        (body[name] as Record<string, { region: string }>[]).map((one) => one[key]?.region);
      return [regionsOf('places', 'scope'), regionsOf('gaps', 'where'), body['next']];
    };
    expect(await ask('')).toEqual([regions, regions.slice(1), null]);
    const [places, gaps, next] = await ask('?limit=2');
    expect([places, gaps]).toEqual([regions.slice(0, 2), ['eu-west-2']]);
    expect(await ask(`?limit=2&cursor=${next}`)).toEqual([['eu-west-3'], ['eu-west-3'], null]);
    expect((await other.get('/v1/inventory?cursor=nowhere')).status).toBe(400);
    expect((await other.get('/v1/inventory?page=2')).status).toBe(400);
  });

  it('reads everything anew when it is told to', async () => {
    const { status, body } = await post('/v1/inventory', {}, 'operate');
    expect(status).toBe(202);
    expect(body).toEqual({ accepted: true, task: 'survey' });
    expect(world.desk.jobs().map(({ task }) => task)).toContain('survey');
    expect((await post('/v1/inventory', {}, 'read')).status).toBe(403);
  });

  it('shows its alerts, its schedules and its backlog', async () => {
    expect((await get('/v1/alerts?limit=5')).body).toMatchObject({ alerts: [ALERT] });
    expect((await get('/v1/schedules')).body).toMatchObject({
      schedules: [{ name: 'inventory', dueAt: NOW, endedAt: null }],
      backlog: expect.arrayContaining([expect.objectContaining({ task: 'survey' })]),
    });
  });

  it('shows its document to whoever may read, and to nobody else', async () => {
    expect((await get('/openapi.json')).body).toMatchObject({ openapi: '3.1.0' });
    expect((await get('/openapi.json', null)).status).toBe(401);
  });
});

/** Identifiers of the databases in a list. */
function identifiers({ databases }: Readonly<Record<string, unknown>>): readonly string[] {
  return (databases as { identifier: string }[]).map(({ identifier }) => identifier);
}

describe('the list of databases', () => {
  it('holds each with its verdict, and is not to be kept', async () => {
    const { status, headers, body } = await get('/v1/databases');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({
      verdict: 'not_ready',
      unseen: { survivors: 0, threats: 0, databases: 0 },
      databases: [
        { identifier: 'courses', verdict: 'not_ready', validUntil: null },
        { identifier: 'orders', verdict: 'ready', restoreSeconds: { n: 2 } },
      ],
      next: null,
    });
  });

  it.each([
    ['verdict=ready', ['orders']],
    ['account=123456789012', ['courses', 'orders']],
    ['account=999988887777', []],
    ['region=eu-west-1&verdict=not_ready', ['courses']],
    ['region=us-east-1', []],
  ])('is narrowed by %s', async (query, expected) => {
    expect(identifiers((await get(`/v1/databases?${query}`)).body)).toEqual(expected);
  });

  it('comes in pages that leave nothing out', async () => {
    const first = await get('/v1/databases?limit=1');
    expect(identifiers(first.body)).toEqual(['courses']);
    const second = await get(`/v1/databases?limit=1&cursor=${first.body['next']}`);
    expect(identifiers(second.body)).toEqual(['orders']);
    expect(second.body['next']).toBeNull();
  });

  it.each(['limit=0', 'limit=501', 'limit=x', 'verdict=fine', 'account=1', 'cursor=zzz', 'colour=red'])(
    'is refused with %s',
    async (query) => {
      expect((await get(`/v1/databases?${query}`)).status).toBe(400);
    },
  );
});

describe('one database', () => {
  it.each([
    ['resource id', ORDERS.resourceId],
    ['ARN', encodeURIComponent(ORDERS.arn)],
  ])('is shown in full by its %s, and is not to be kept', async (_, name) => {
    const { status, headers, body } = await get(`/v1/databases/${name}`);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({ identifier: 'orders', verdict: 'ready', survivors: [{ id: 'orders-manual' }] });
  });

  it('that is not known is a 404 of its own', async () => {
    const { status, body } = await get('/v1/databases/db-NOBODY');
    expect(status).toBe(404);
    expect(body).toMatchObject({ code: 'MUSTER_DATABASE_NOT_FOUND' });
  });

  it('is shown to nobody without a token for reading', async () => {
    expect((await get(`/v1/databases/${ORDERS.resourceId}`, null)).status).toBe(401);
    expect((await get(`/v1/databases/${ORDERS.resourceId}`, 'gate')).status).toBe(403);
  });
});

describe('what cannot be known', () => {
  it('is told where a listing was refused', async () => {
    const other = await anAsker(await aFilledWorld());
    const { accountId, region } = COURSES;
    const where = { accountId, region };
    const gap = {
      what: 'DB clusters',
      where,
      action: 'rds:DescribeDBClusters',
      cause: 'denied',
      hides: 'databases',
    } as const;
    other.world.knows({ inventory: anInventory({ databases: [aDatabase()], gaps: [gap] }), outdated: [] });
    expect((await other.get('/v1/databases')).body).toMatchObject({ unseen: { databases: 1 } });
    const { status, body } = await other.get('/v1/databases/db-NOBODY');
    expect(status).toBe(404);
    expect(body['detail']).toContain('1 listings that may hold it could not be read');
  });

  it('is 503 and no empty list before anything was read', async () => {
    const other = await anAsker(await aFilledWorld());
    other.world.knows(null);
    for (const url of ['/v1/databases', `/v1/databases/${ORDERS.resourceId}`, '/v1/inventory']) {
      const { status, headers } = await other.get(url);
      expect(status).toBe(503);
      expect(headers['retry-after']).toBeDefined();
    }
  });

  it('turns what was ready to unknown when its reading is too old', async () => {
    const other = await anAsker(await aFilledWorld());
    other.world.clock.pass(3_601);
    expect((await other.get(`/v1/databases/${ORDERS.resourceId}`)).body).toMatchObject({
      verdict: 'unknown',
      validUntil: null,
    });
  });
});
