/**
 * A client that a public generator makes from the published document, against the real server over HTTP.
 *
 * Every operation of the document is called and its answer looked at. The client lies below node_modules, where it finds
 * the generator's runtime.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { transform } from 'esbuild';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TOKEN_SCOPES } from '../../src/evidence/access-token.ts';
import { type ApiTestWorld, bearing } from '../support/api-world.ts';
import { aFilledWorld, anApiWithRoutes, ORDERS } from './routes/asker.ts';

/** What an operation of the client answers with. */
interface Answered {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>> & { readonly [index: number]: unknown };
  readonly headers: Headers;
}
type Call = (...given: readonly unknown[]) => Promise<Answered>;
type Client = Readonly<Record<string, Call>> & {
  readonly defaults: { baseUrl: string; headers: Readonly<Record<string, string>> };
};

const CACHE = resolve('node_modules/.cache');
let [folder, called] = ['', new Set<string>()];
let world: ApiTestWorld;
let app: FastifyInstance;
let client: Client;
let names: readonly string[];

beforeAll(async () => {
  world = await aFilledWorld();
  ({ app } = await anApiWithRoutes(world));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const headers = bearing(await world.bearer(...TOKEN_SCOPES));
  const base = `http://127.0.0.1:${port}`;
  const published = await (await fetch(`${base}/openapi.json`, { headers })).text();
  client = await generate(published);
  Object.assign(client.defaults, { baseUrl: base, headers });
  const { paths } = JSON.parse(published) as { paths: Record<string, Record<string, { operationId: string }>> };
  names = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
});

afterAll(async () => {
  await app?.close();
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

/** Runs the generator, and loads what it wrote. */
async function generate(published: string): Promise<Client> {
  mkdirSync(CACHE, { recursive: true });
  folder = mkdtempSync(join(CACHE, 'muster-client-'));
  const [document, source, built] = ['openapi.json', 'client.ts', 'client.cjs'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(document, published);
  const generator = resolve('node_modules/oazapfts/dist/cli.js');
  const { status, stderr } = spawnSync(process.execPath, [generator, document, source], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  writeFileSync(built, (await transform(readFileSync(source, 'utf8'), { loader: 'ts', format: 'cjs' })).code);
  return createRequire(built)(built) as Client;
}

async function call(name: string, ...given: readonly unknown[]): Promise<Answered> {
  called.add(name);
  const operation = client[name];
  if (operation === undefined) throw new Error(`the client has no ${name}`);
  return operation(...given);
}

const DELETE = ['aws', 'rds', 'delete-db-instance', '--db-instance-identifier', 'orders', '--skip-final-snapshot'];

it('shows what is there', async () => {
  expect(await call('listDatabases', { verdict: 'ready' })).toMatchObject({
    status: 200,
    data: { databases: [{ identifier: 'orders' }] },
  });
  expect(await call('getDatabase', ORDERS.resourceId)).toMatchObject({ status: 200, data: { verdict: 'ready' } });
  expect(await call('getDatabase', ORDERS.arn)).toMatchObject({ status: 200, data: { identifier: 'orders' } });
  expect(await call('getDatabase', 'db-NOBODY')).toMatchObject({
    status: 404,
    data: { code: 'MUSTER_DATABASE_NOT_FOUND' },
  });
  expect(await call('getInventory')).toMatchObject({ status: 200, data: { databases: 2 } });
  expect(await call('listAlerts', { limit: 1 })).toMatchObject({ status: 200, data: { alerts: [{ id: 'a1' }] } });
  expect(await call('listSchedules')).toMatchObject({ status: 200, data: { schedules: [{ name: 'inventory' }] } });
});

it('has a change judged, finds the decision, asks it again, has it signed and approved', async () => {
  const decided = await call('decide', { source: 'command', argv: DELETE }, { idempotencyKey: 'k1' });
  expect(decided).toMatchObject({ status: 200, data: { decision: 'review', verdict: 'ready' } });
  const change = decided.data['changeDigest'];
  const id = decided.headers.get('etag')?.replaceAll('"', '');
  expect(await call('findDecision', change)).toMatchObject({ status: 200, data: { changeDigest: change } });
  expect(await call('recheckDecision', change, {})).toMatchObject({ status: 200, data: { stands: true } });
  expect(await call('getVerdict', id)).toMatchObject({ status: 200, data: decided.data });
  expect(await call('getEvidence', id)).toMatchObject({ status: 200, data: { kind: 'decision', digest: id } });
  expect(await call('getAttestation', id)).toMatchObject({ status: 200, data: { signatures: [{}] } });
  const token = await call('getAttestation', id, { format: 'jws', audience: 'ci' });
  expect(String(token.data)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  const approved = await call('approve', { changeDigest: change, decisionDigest: id }, { idempotencyKey: 'k2' });
  expect(approved).toMatchObject({ status: 201, data: { identifiedBy: 'token' } });
  expect(await call('listApprovals', { changeDigest: change })).toMatchObject({ data: { approvals: [approved.data] } });
});

it('shows drills and has another one made', async () => {
  expect(await call('listDrills', { database: 'orders' })).toMatchObject({
    status: 200,
    data: { drills: [{ drillId: 'd1' }] },
  });
  expect(await call('getDrill', 'd1')).toMatchObject({ status: 200, data: { result: 'passed' } });
  expect(await call('beginDrill', { definition: 'weekly' })).toMatchObject({ status: 202, data: { accepted: true } });
  expect(await call('readInventory')).toMatchObject({ status: 202, data: { task: 'survey' } });
});

it('shows the chain, and what it is verified with', async () => {
  expect(await call('listRecords', { limit: 1 })).toMatchObject({
    status: 200,
    data: { records: [{ seq: 1 }], next: 1 },
  });
  expect(await call('verifyRecords')).toMatchObject({ status: 200, data: { whole: true } });
  expect(await call('getKeys')).toMatchObject({ status: 200, data: { keys: [{ use: 'sig' }, { use: 'sig' }] } });
});

it('shows how the service does', async () => {
  expect(await call('isAlive')).toMatchObject({ status: 200, data: { status: 'alive' } });
  expect(await call('isReady')).toMatchObject({ status: 200, data: { status: 'ready' } });
  expect(String((await call('getMetrics')).data)).toContain('muster_verdicts_total');
  expect(await call('getOpenApi')).toMatchObject({ status: 200, data: { openapi: '3.1.0' } });
});

it('has called every operation there is', () => {
  expect([...called].sort()).toEqual([...names].sort());
});
