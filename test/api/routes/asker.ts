/**
 * Asks the real API without a socket, and holds every answer against the schema that its operation declares.
 *
 * The world holds an estate of two databases, one of which is ready, and something of everything that routes tell of.
 */

import type { FastifyInstance, InjectOptions, LightMyRequestResponse, RouteOptions } from 'fastify';
import { expect } from 'vitest';
import * as z from 'zod';
import type { Alert } from '../../../src/alert/alert.ts';
import { registerRoutes } from '../../../src/api/routes/register.ts';
import { createApi } from '../../../src/api/server.ts';
import type { ApiWorld } from '../../../src/api/world.ts';
import { addSeconds } from '../../../src/core/time.ts';
import { parseDefinition } from '../../../src/drill/definition.ts';
import { TOKEN_SCOPES, type TokenScope } from '../../../src/evidence/access-token.ts';
import { type ApiTestWorld, anApiWorld, bearing } from '../../support/api-world.ts';
import { aCluster, aDatabase, aDrill, anInventory, aPoint, NOW, SCOPE } from '../../support/builders.ts';

export const ORDERS = aDatabase();
export const COURSES = aCluster();

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  readonly text: string;
  /** Parsed where it is JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Asks one API. */
export interface Asker {
  readonly app: FastifyInstance;
  readonly world: ApiTestWorld;
  /** @param scope Null to send no token. */
  get(url: string, scope?: TokenScope | null, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(
    url: string,
    body: unknown,
    scope?: TokenScope | null,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

/** Every operation of the API as its routes declare it. */
export async function anApiWithRoutes(world: ApiWorld): Promise<{ app: FastifyInstance; routes: RouteOptions[] }> {
  const routes: RouteOptions[] = [];
  const app = await createApi(world, {
    routes: async (inner, innerWorld) => {
      inner.addHook('onRoute', (route) => void routes.push(route));
      await registerRoutes(inner, innerWorld);
    },
  });
  await app.ready();
  return { app, routes: routes.filter(({ method }) => method !== 'HEAD') };
}

/** An asker with a token of each scope. */
export async function anAsker(world: ApiTestWorld): Promise<Asker> {
  const { app, routes } = await anApiWithRoutes(world);
  const tokens = new Map<TokenScope, string>();
  for (const scope of TOKEN_SCOPES) tokens.set(scope, await world.bearer(scope));
  const ask = async (options: InjectOptions, scope: TokenScope | null): Promise<Answer> => {
    const bearer = scope === null ? {} : bearing(tokens.get(scope) ?? '');
    const response = await app.inject({ ...options, headers: { ...options.headers, ...bearer } });
    const route = routes.find(({ url, method }) => method === options.method && isAt(String(options.url), url));
    return read(response, route);
  };
  return {
    app,
    world,
    get: (url, scope = 'read', headers = {}) => ask({ method: 'GET', url, headers }, scope),
    post: (url, body, scope = 'gate', headers = {}) =>
      ask(
        {
          method: 'POST',
          url,
          payload: JSON.stringify(body),
          headers: { 'content-type': 'application/json', ...headers },
        },
        scope,
      ),
  };
}

function isAt(url: string, pattern: string): boolean {
  const path = url.split('?')[0] ?? '';
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`).test(path);
}

function read(response: LightMyRequestResponse, route: RouteOptions | undefined): Answer {
  const { statusCode: status, headers, payload: text } = response;
  const type = String(headers['content-type'] ?? '').split(';')[0] ?? '';
  const body = /json$/.test(type) ? (JSON.parse(text) as Answer['body']) : {};
  if (route !== undefined) expectDeclared(route, { status, type, text, body });
  return { status, headers, text, body };
}

/** An answer that its operation does not declare, or with members that its schema does not name, fails the test. */
function expectDeclared(
  { schema, url }: RouteOptions,
  { status, type, text, body }: { status: number; type: string; text: string; body: unknown },
): void {
  const declared = (schema?.response as Record<number, unknown> | undefined)?.[status];
  expect(declared, `${url} declares an answer of status ${status}: ${text}`).toBeDefined();
  if (declared instanceof z.ZodType) {
    expect(text, `${url} ${status} has no body`).toBe('');
    return;
  }
  const { content } = declared as { content: Record<string, { schema: z.ZodType }> };
  expect(Object.keys(content), `${url} ${status} declares ${type}`).toContain(type);
  const sent = type.endsWith('json') ? body : text;
  expect(content[type]?.schema.parse(sent), `${url} ${status} is as declared`).toEqual(sent);
}

/** Of a drill of whatever database is named. */
export const DEFINITION = 'name: weekly\nprobes:\n  - kind: tables\n    name: tables are there\n    tablesMin: 1\n';

/** The estate, and something of everything else. */
export async function aFilledWorld(fields: Partial<ApiWorld> = {}): Promise<ApiTestWorld> {
  const inventory = anInventory({ databases: [ORDERS, COURSES], recoveryPoints: [aPoint(ORDERS)] });
  const world = anApiWorld({ definitions: [parseDefinition(DEFINITION, 'weekly.yaml')], ...fields });
  world.knows({ inventory, outdated: [] });
  await world.store.recordDrill(aDrill(ORDERS));
  const seen = { ...inventory, scopes: [SCOPE] };
  const { observedAt, endpoint, principal } = inventory;
  await world.desk.putSight({ formatVersion: '1', place: SCOPE, observedAt, endpoint, principal, seen: seen as never });
  const job = { task: 'survey', payload: {}, key: null, queue: null, delaySeconds: 0, attemptsMax: 1 } as const;
  await world.desk.fire({ name: 'inventory', dueAt: NOW, jobs: [job] });
  await world.desk.settle({ cursor: 1, standings: [], gone: [], alerts: [{ alert: ALERT, jobs: [] }] }, null);
  return world;
}

/** Something worth telling. */
export const ALERT: Alert = {
  specversion: '1.0',
  id: 'a1',
  source: 'muster',
  type: 'dev.muster.drill.failed.v1',
  subject: 'd1',
  time: addSeconds(NOW, -60),
  datacontenttype: 'application/json',
  data: { level: 'critical', message: 'the drill of orders failed', remedy: null, drillId: 'd1' },
};
