/**
 * A process that answers over HTTP on loopback: Muster's API, or the least that Node can do for the same bytes.
 *
 * Arguments: `muster` or `bare`, and a folder for the store. Tells its parent where it listens, what to send and what a
 * read is answered with; tells its memory when asked, and ends with its parent. `bare` answers what the parent sends it.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { createSqliteStore } from '../../src/adapters/store/sql/sqlite.ts';
import { createApi } from '../../src/api/server.ts';
import { sealedStore } from '../../src/app/seal.ts';
import { parseInstant } from '../../src/core/time.ts';
import { anApiWorld, issueToken } from '../support/api-world.ts';
import { aKeeper, aSigner } from '../support/signing.ts';
import { makeEstate, OBSERVED_AT } from './estate.ts';
import { inventoryOf } from './estate-inventory.ts';
import { makePlan } from './estate-plan.ts';

/** What a child tells once it listens. */
export interface Listening {
  readonly port: number;
  readonly token: string;
  readonly path: string;
  /** A body for `POST /v1/decisions`. */
  readonly decision: string;
}

/** What the estate of the child holds: a hundred databases, and a plan of 1 MB that deletes a few of them. */
const ESTATE = { instances: 100, snapshots: 2_000 } as const;
const PLAN_BYTES = 1_000_000;
const WITHOUT_LIMIT = 1_000_000_000;
const AT = parseInstant(OBSERVED_AT, 'bench');

const [kind = 'bare', folder = ''] = process.argv.slice(2);
if (kind === 'muster') await serveMuster();
else serveBare();

async function serveMuster(): Promise<void> {
  const estate = makeEstate(ESTATE);
  const inventory = await inventoryOf(estate);
  const now = () => AT;
  const plain = createSqliteStore(join(folder, 'muster.db'), { now });
  const keeper = aKeeper(aSigner('attestation'), aSigner('token', { purpose: 'token' }));
  const store = sealedStore(plain, { keeper, clock: { now }, unsealed: (error) => process.stderr.write(`${error}\n`) });
  const world = anApiWorld({ store, log: () => undefined });
  // The clock stands at the moment of the reading; its steady part runs, as look-ups are kept by it.
  const clock = { ...world.clock, now, elapsed: () => performance.now() / 1_000 };
  const token = await issueToken(store, { number: 1, scopes: ['read', 'gate'], at: AT });
  const app = await createApi(
    { ...world, clock, known: { current: async () => ({ inventory, outdated: [] }) } },
    { rateLimit: { perMinute: WITHOUT_LIMIT }, requestsPerConnectionMax: WITHOUT_LIMIT },
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  const path = `/v1/databases/${inventory.databases[0]?.resourceId ?? ''}`;
  const decision = JSON.stringify({ source: 'terraform', plan: makePlan(estate, PLAN_BYTES) });
  tell({ port: (app.server.address() as AddressInfo).port, token, path, decision });
}

/** Answers every read with the bytes it was given, and every other request with what they parse to being thrown away. */
function serveBare(): void {
  let body = Buffer.from('{}');
  let head: Readonly<Record<string, string>> = { 'content-type': 'application/json' };
  process.on(
    'message',
    ({ body: text, headers }: { readonly body?: string; readonly headers?: [string, string][] }) => {
      if (text !== undefined) body = Buffer.from(text);
      if (headers !== undefined) head = Object.fromEntries(headers);
    },
  );
  const server = createServer((request, response) => {
    const answer = () => {
      response.writeHead(200, { ...head, 'content-length': body.length });
      response.end(body);
    };
    if (request.method === 'GET') return answer();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      JSON.parse((JSON.parse(Buffer.concat(chunks).toString()) as { plan: string }).plan);
      answer();
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => {
    tell({ port: (server.address() as AddressInfo).port, token: '', path: '/', decision: '' });
  });
}

function tell(listening: Listening): void {
  process.on('message', (message: { readonly asks?: string }) => {
    if (message.asks === 'memory') process.send?.({ memory: process.memoryUsage().rss });
  });
  process.on('disconnect', () => process.exit());
  process.send?.(listening);
}
