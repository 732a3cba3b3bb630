import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { DATABASES_MAX } from '../../src/api/metrics.ts';
import type { ApiWorld } from '../../src/api/world.ts';
import { SIGHT_AHEAD_SECONDS_MAX } from '../../src/app/desk-port.ts';
import { addSeconds } from '../../src/core/time.ts';
import { liesAhead } from '../../src/survival/data-loss.ts';
import { anApi, anApiWorld, bearing } from '../support/api-world.ts';
import { aDatabase, aDrill, anInventory, hoursAgo, NOW } from '../support/builders.ts';
import { aDecision } from '../support/decision-builder.ts';
import { aKeeper } from '../support/signing.ts';

const NO_ROUTES = { routes: () => undefined };
const broken = async (): Promise<never> => {
  throw new Error('canary at postgres://user:canary@host');
};

async function probed(fields: Partial<ApiWorld> = {}) {
  const world = anApiWorld(fields);
  const api = await anApi(world, NO_ROUTES);
  return { world, api, ready: () => api.inject('/readyz') };
}

describe('/livez', () => {
  it('says that the process lives, whatever else is wrong', async () => {
    const { world, api } = await probed();
    world.knows(null);
    expect((await api.inject('/livez')).json()).toEqual({ status: 'alive' });
  });
});

describe('/readyz', () => {
  it('says that all is well, and of what', async () => {
    const { ready } = await probed();
    const answer = await ready();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toEqual({
      status: 'ready',
      checks: ['keys', 'store', 'desk', 'inventory', 'service'].map((check) => ({ check, ok: true })),
    });
  });

  const store = createMemoryStore();
  it.each<readonly [string, Partial<ApiWorld>]>([
    ['keys', { keys: { ...aKeeper(), signer: broken } }],
    ['store', { store: { ...store, chain: { ...store.chain, head: broken } } }],
    ['inventory', { known: { current: broken } }],
  ])('fails without %s, in words that reveal nothing, and logs the cause without secrets', async (check, fields) => {
    const { world, ready } = await probed(fields);
    const answer = await ready();
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toMatchObject({ status: 503, detail: `${check}: does not answer` });
    expect(answer.json().checks.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([
      { check, ok: false, detail: 'does not answer' },
    ]);
    expect(world.lines.join('\n')).toContain(`"check":"${check}"`);
    expect(`${answer.body}${world.lines}`).not.toContain('canary');
  });

  it('fails without a desk', async () => {
    const { world, ready } = await probed();
    world.desk.schedules = broken;
    expect((await ready()).json()).toMatchObject({ detail: 'desk: does not answer' });
  });

  it('fails while nothing was read yet', async () => {
    const { world, ready } = await probed();
    world.knows(null);
    expect((await ready()).json()).toMatchObject({ status: 503, detail: 'inventory: nothing was read yet' });
  });

  it('fails when the inventory is older than the policy allows, and not before', async () => {
    const { world, ready } = await probed();
    const { inventorySecondsMax } = world.policy;
    world.knows({ inventory: anInventory({ observedAt: addSeconds(NOW, -inventorySecondsMax) }), outdated: [] });
    expect((await ready()).statusCode).toBe(200);
    world.clock.pass(1);
    expect((await ready()).statusCode).toBe(503);
    world.clock.pass(119);
    expect((await ready()).json()).toMatchObject({ detail: 'inventory: read 1 h 2 min ago, 1 h allowed' });
  });

  it('fails when the inventory lies further ahead than clocks differ, for verdicts do', async () => {
    const { world, ready } = await probed();
    const bearable = addSeconds(NOW, SIGHT_AHEAD_SECONDS_MAX);
    const ahead = addSeconds(bearable, 1);
    expect([liesAhead(bearable, NOW), liesAhead(ahead, NOW)]).toEqual([false, true]);
    world.knows({ inventory: anInventory({ observedAt: bearable }), outdated: [] });
    expect((await ready()).statusCode).toBe(200);
    world.knows({ inventory: anInventory({ observedAt: ahead }), outdated: [] });
    world.clock.tick(1);
    const answer = await ready();
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ detail: 'inventory: read by a clock that is 5 min 1 s ahead' });
  });

  it('looks once in a second, however often it is asked', async () => {
    let looks = 0;
    const { world, ready } = await probed({
      known: {
        current: async () => {
          looks += 1;
          return { inventory: anInventory(), outdated: [] };
        },
      },
    });
    await Promise.all(Array.from({ length: 50 }, ready));
    expect(looks).toBe(1);
    world.clock.pass(0.9);
    await ready();
    expect(looks).toBe(1);
    world.clock.pass(0.1);
    await ready();
    expect(looks).toBe(2);
  });

  it('does not wait for a check that hangs', async () => {
    const world = anApiWorld({ known: { current: () => new Promise(() => undefined) } });
    const api = await anApi(world, { ...NO_ROUTES, probeSecondsMax: 0.05 });
    expect((await api.inject('/readyz')).json()).toMatchObject({ detail: 'inventory: does not answer' });
  });
});

describe('/metrics', () => {
  async function scraped(fields: Partial<ApiWorld> = {}) {
    const { world, api } = await probed(fields);
    const token = await world.bearer('read');
    const scrape = async () => (await api.inject({ url: '/metrics', headers: bearing(token) })).body;
    return { world, api, scrape };
  }

  it('is for whoever may read', async () => {
    const { world, api } = await probed();
    expect((await api.inject('/metrics')).statusCode).toBe(401);
    const headers = bearing(await world.bearer('gate'));
    expect((await api.inject({ url: '/metrics', headers })).statusCode).toBe(403);
  });

  it('counts requests by pattern, method and status, and times them by pattern', async () => {
    const { api, scrape } = await scraped();
    await api.inject('/livez');
    await api.inject('/livez');
    await api.inject('/canary/one');
    await api.inject({ method: 'DELETE', url: '/canary/two' });
    const text = await scrape();
    expect(text).toContain('muster_http_requests_total{route="/livez",method="GET",status="200"} 2');
    expect(text).toContain('muster_http_requests_total{route="(none)",method="GET",status="404"} 1');
    expect(text).toContain('muster_http_requests_total{route="(none)",method="DELETE",status="404"} 1');
    expect(text).toContain('muster_http_request_seconds_count{route="/livez"} 2');
    expect(text).not.toContain('canary');
  });

  it('counts decisions and times them', async () => {
    const { api, scrape } = await scraped();
    api.metrics.decided(aDecision({ decision: 'block', verdict: 'unknown' }), 0.25, 'terraform');
    api.metrics.decided(aDecision({ decision: 'review', verdict: 'ready' }), 0.25);
    const text = await scrape();
    expect(text).toContain('muster_verdicts_total{decision="block",verdict="unknown",source="terraform"} 1');
    expect(text).toContain('muster_verdicts_total{decision="review",verdict="ready",source="other"} 1');
    expect(text).toContain('muster_evaluation_seconds_sum 0.5');
  });

  it('shows ages as they are when it is asked', async () => {
    const { world, scrape } = await scraped();
    world.clock.pass(100);
    expect(await scrape()).toContain('muster_inventory_age_seconds 100');
    world.clock.pass(20);
    const text = await scrape();
    expect(text).toContain('muster_inventory_age_seconds 120');
    expect(text).toContain('muster_evidence_age_seconds{kind="inventory"} 120');
    expect(text).toContain('muster_evidence_age_seconds{kind="record"} 120');
  });

  it('shows an inventory that is not there as older than anything', async () => {
    const { world, scrape } = await scraped();
    world.knows(null);
    expect(await scrape()).toContain('muster_inventory_age_seconds +Inf');
  });

  it('shows when a restore of a database was last proven, by drills that passed', async () => {
    const { world, scrape } = await scraped();
    const database = aDatabase();
    const record = (drillId: string, hours: number, fields = {}) =>
      world.store.recordDrill(aDrill(database, { drillId, endedAt: hoursAgo(hours), ...fields }));
    await record('one', 9);
    await record('two', 5);
    await record('three', 1, { result: 'failed' });
    const seconds = Date.parse(hoursAgo(5)) / 1_000;
    const text = await scrape();
    expect(text).toContain(`muster_last_proven_restore_timestamp_seconds{database="db-ORDERS"} ${seconds}`);
    expect(text).toContain(`muster_evidence_age_seconds{kind="drill"} ${5 * 3_600}`);
    await record('four', 2);
    expect(await scrape()).toContain(`{database="db-ORDERS"} ${seconds + 3 * 3_600}`);
  });

  it('shows no more databases than its bound, the latest proven first', async () => {
    const { world, scrape } = await scraped();
    for (let number = 0; number < DATABASES_MAX + 20; number += 1) {
      const database = aDatabase({ resourceId: `db-${number}` });
      await world.store.recordDrill(aDrill(database, { drillId: `d${number}`, endedAt: hoursAgo(number + 1) }));
    }
    const text = await scrape();
    expect(text.match(/muster_last_proven_restore_timestamp_seconds\{/g)).toHaveLength(DATABASES_MAX);
    expect(text).toContain('{database="db-0"}');
    expect(text).not.toContain(`{database="db-${DATABASES_MAX}"}`);
  });

  it('shows the jobs of each task by their state', async () => {
    const { world, scrape } = await scraped();
    const job = { task: 'survey', payload: {}, key: null, queue: null, delaySeconds: 0, attemptsMax: 3 } as const;
    await world.desk.add([job, job]);
    expect(await scrape()).toContain('muster_jobs{task="survey",state="waiting"} 2');
  });

  it('is given with whatever can be looked up', async () => {
    const { world, api, scrape } = await scraped();
    world.desk.backlog = broken;
    world.store.drills = broken;
    await api.inject('/livez');
    const text = await scrape();
    expect(text).toContain('muster_http_requests_total{route="/livez"');
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toContain('muster_inventory_age_seconds 0');
    expect(world.lines.join()).not.toContain('canary');
  });
});

it('a service whose watch is late is not ready, and says why', async () => {
  const fault: { now: string | null } = { now: null };
  const world = anApiWorld({ serviceFault: () => fault.now });
  const app = await anApi(world, { routes: () => undefined });
  expect((await app.inject('/readyz')).statusCode).toBe(200);
  fault.now = 'nothing was watched for 20 min';
  world.clock.pass(2);
  const answer = await app.inject('/readyz');
  expect(answer.statusCode).toBe(503);
  expect(answer.json().detail).toBe('service: nothing was watched for 20 min');
  await app.close();
});
