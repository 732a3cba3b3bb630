/**
 * The OpenAPI document, made of the same schemas that validate requests.
 *
 * Holds every operation of the API and the shapes that these name, in a fixed order and nothing else. Answers are open:
 * a client must pass over members that it does not know.
 * Source: OpenAPI 3.1.0; JSON Schema 2020-12, which its schemas are.
 */

import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type * as z from 'zod';
import { sortedBy } from '../../core/canonical.ts';
import { HEALTH_PATHS } from './health-document.ts';
import { SECURITY, TAGS } from './operation.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The document that OpenAPI tools read, as plain data. */
    apiDocument(): object;
  }
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>;

/** As answers are open, nothing is said of other members; what takes none but its own was made strict. */
const override: Override = ({ zodSchema, jsonSchema }) => {
  const { def } = zodSchema._zod;
  if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties;
  if (def.type === 'undefined') jsonSchema.type = 'null';
};
const zodToJsonConfig = { override };
const withComponents = createJsonSchemaTransformObject({ zodToJsonConfig });
const withSchemas = createJsonSchemaTransform({ zodToJsonConfig });

/** Has every operation that is added from here on written into the document. @returns What prints it. */
export async function keepDocument(app: FastifyInstance, version: string): Promise<() => string> {
  await app.register(swagger, {
    decorator: 'apiDocument',
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Muster',
        version,
        description:
          'Would this database come back? Not ready is an answer and no error: the status is about the call.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      // A copy: the plugin writes into it.
      paths: structuredClone(HEALTH_PATHS),
      components: {
        securitySchemes: {
          [SECURITY]: {
            type: 'http',
            scheme: 'bearer',
            description:
              'What muster token create prints, or a token of the identity provider. Scopes include no other.',
          },
        },
      },
    },
    // What says nothing of itself is no part of the contract.
    transform: (route) => (isOperation(route.schema) ? withSchemas(route) : { schema: { hide: true }, url: route.url }),
    transformObject: (document) => withUsedOnly(withComponents(document)),
  });
  return () => `${JSON.stringify(app.apiDocument(), null, 2)}\n`;
}

function isOperation(schema: object | undefined): boolean {
  return schema !== undefined && 'operationId' in schema;
}

/** Leaves out the shapes that nothing names, and puts paths and shapes into the order of their names. */
function withUsedOnly<T extends { readonly paths?: object; readonly components?: { readonly schemas?: object } }>(
  document: T,
): T {
  const schemas: Readonly<Record<string, unknown>> = { ...document.components?.schemas };
  const used = new Set<string>();
  const waiting: unknown[] = [document.paths];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    for (const name of namesIn(part)) {
      if (used.has(name)) continue;
      used.add(name);
      waiting.push(schemas[name]);
    }
  }
  const inOrder = (members: object) => Object.fromEntries(sortedBy(Object.entries(members), ([name]) => name));
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  return {
    ...document,
    paths: inOrder(document.paths ?? {}),
    components: { ...document.components, schemas: inOrder(kept) },
  };
}

function namesIn(part: unknown): readonly string[] {
  return [...JSON.stringify(part).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '');
}
