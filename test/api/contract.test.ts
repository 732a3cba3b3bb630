/**
 * The OpenAPI document against the server: each says what the other does, and what is checked in is what is served.
 *
 * `MUSTER_RECORD=1` writes the document anew, for `npm run format` to lay out. That answers are as declared is held by every test that asks through
 * `routes/asker.ts`.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROBLEMS } from '../../src/api/problem.ts';
import { anApiWorld } from '../support/api-world.ts';
import { anApiWithRoutes } from './routes/asker.ts';

const FILE = 'test/contract/openapi.json';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}
interface Document {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: object; readonly securitySchemes: object };
}

const { app, routes } = await anApiWithRoutes(anApiWorld({ version: '1.0.0' }));
const printed = `${JSON.stringify(app.apiDocument(), null, 2)}\n`;
if (process.env['MUSTER_RECORD'] !== undefined) writeFileSync(FILE, printed);
const document = JSON.parse(printed) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
);
const HEALTH = ['GET /livez', 'GET /metrics', 'GET /readyz'];

describe('the document', () => {
  it('is OpenAPI 3.1', () => {
    expect(document.openapi).toBe('3.1.0');
  });

  it('is the one that is checked in; MUSTER_RECORD=1 writes it anew', () => {
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(document);
  });

  it('holds every route of the server, and the server every operation of the document', () => {
    const served = routes.map(({ method, url }) => `${String(method)} ${url.replace(/:(\w+)/g, '{$1}')}`);
    expect(operations.map(({ name }) => name).sort()).toEqual([...served, ...HEALTH].sort());
    for (const name of HEALTH) expect(app.hasRoute({ method: 'GET', url: name.slice('GET '.length) })).toBe(true);
  });

  it('names no shape that it does not hold, and holds none that it does not name', () => {
    const named = [...printed.matchAll(/"\$ref": "#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    expect([...new Set(named)].sort()).toEqual(Object.keys(document.components.schemas).sort());
  });

  it('gives every operation a name of its own', () => {
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(operations.length);
  });
});

describe.each(operations)('$name', ({ name, operation }) => {
  it('is described, and by a tag that there is', () => {
    expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
    expect(operation.summary).toMatch(/\w/);
    expect(document.tags.map((tag) => tag.name)).toEqual(expect.arrayContaining([...(operation.tags ?? ['none'])]));
  });

  it('says who may ask, which is nobody unknown but for health and keys', () => {
    const free = ['GET /livez', 'GET /readyz', 'GET /.well-known/jwks.json'].includes(name);
    expect(operation.security).toHaveLength(free ? 0 : 1);
    for (const scheme of Object.keys(operation.security?.[0] ?? {})) {
      expect(Object.keys(document.components.securitySchemes)).toContain(scheme);
    }
  });

  it('declares its problems as such, and those that it must have', () => {
    const statuses = Object.keys(operation.responses);
    const needed = [500, 429, ...(operation.security?.length === 0 ? [] : [401, 403])];
    const withBody = operation.requestBody === undefined ? [] : [400, 408, 413, 415];
    expect(statuses).toEqual(expect.arrayContaining([...needed, ...withBody].map(String)));
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (Number(status) >= 400) expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
    }
  });

  it('declares every part of its path', () => {
    const parts = [...name.matchAll(/\{(\w+)\}/g)].map(([, part]) => part);
    const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    expect(declared.map((parameter) => parameter.name)).toEqual(parts);
  });
});

it('every status that a problem may have is declared somewhere', () => {
  const declared = new Set(operations.flatMap(({ operation }) => Object.keys(operation.responses)));
  const never: readonly number[] = [PROBLEMS.method_not_allowed.status];
  const may = Object.values(PROBLEMS).map(({ status }) => status);
  expect(may.filter((status) => !declared.has(String(status)) && !never.includes(status))).toEqual([]);
});
