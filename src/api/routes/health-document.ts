/**
 * What the OpenAPI document says of health and metrics, whose answers no schema of ours is needed for.
 *
 * Probes and Prometheus know these routes by their paths; they are in the document so that it holds every route there is.
 */

import type { OpenAPIV3_1 } from 'openapi-types';
import { SECURITY } from './operation.ts';

const PROBLEM = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

function problems(words: Readonly<Record<number, string>>): OpenAPIV3_1.ResponsesObject {
  return Object.fromEntries(
    Object.entries(words).map(([status, description]) => [status, { description, content: PROBLEM }]),
  );
}

const text = { type: 'string' as const };
const checks = {
  type: 'array' as const,
  items: {
    type: 'object' as const,
    properties: { check: text, ok: { type: 'boolean' as const }, detail: text },
    required: ['check', 'ok'],
  },
};

/** The paths, as OpenAPI writes them. */
export const HEALTH_PATHS: OpenAPIV3_1.PathsObject = {
  '/livez': {
    get: {
      operationId: 'isAlive',
      tags: ['service'],
      summary: 'Does the process turn?',
      security: [],
      responses: {
        200: {
          description: 'It does',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: { status: { type: 'string', enum: ['alive'] } },
                required: ['status'],
              },
            },
          },
        },
        ...problems({ 429: 'Too many requests; see Retry-After', 500: 'Muster failed' }),
      },
    },
  },
  '/readyz': {
    get: {
      operationId: 'isReady',
      tags: ['service'],
      summary: 'Can it answer: keys, store and desk at hand, an inventory that is fresh enough?',
      security: [],
      responses: {
        200: {
          description: 'It can',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: { status: { type: 'string', enum: ['ready'] }, checks },
                required: ['status', 'checks'],
              },
            },
          },
        },
        ...problems({
          429: 'Too many requests; see Retry-After',
          500: 'Muster failed',
          503: 'It cannot; detail says why not',
        }),
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'getMetrics',
      tags: ['service'],
      summary: 'Counters and gauges, as Prometheus reads them',
      security: [{ [SECURITY]: ['read'] }],
      responses: {
        200: {
          description: 'The text format of Prometheus',
          content: { 'text/plain': { schema: { type: 'string' } } },
        },
        ...problems({
          401: 'A valid bearer token is needed',
          403: 'The token lacks the scope',
          429: 'Too many requests; see Retry-After',
          500: 'Muster failed',
          503: 'Muster cannot answer now; see Retry-After',
        }),
      },
    },
  },
};
