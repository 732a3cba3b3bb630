/**
 * One operation of the API, said once: what it is called, what it takes and answers, who may ask.
 *
 * Fastify's options and the OpenAPI document both follow from it. Answers are declared and not run through their schemas:
 * they are sent as text, and the contract test holds them against what is declared.
 */

import * as z from 'zod';
import type { TokenScope } from '../../evidence/access-token.ts';
import { problem } from '../wire/parts.ts';

/** What the OpenAPI document groups operations by. */
export const TAGS = {
  databases: 'Would each database come back, were it deleted now?',
  decisions: 'May this change go to a person?',
  drills: 'Restores that prove that a restore works',
  records: 'Evidence, and the chain that keeps it',
  service: 'What the service knows and does',
} as const;

/** What a request is made of; each part is checked by its schema before the handler runs. */
export interface Taken {
  readonly params?: z.ZodType;
  readonly querystring?: z.ZodType;
  readonly body?: z.ZodType;
}

/** One operation. */
export interface Operation<T extends Taken> {
  /** Permanent: generated clients name their functions after it. */
  readonly id: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description?: string;
  /** Null for anybody. */
  readonly scope: TokenScope | null;
  readonly takes?: T;
  /** What is answered by status: in words, and its schema; by media type where that is not JSON, null for no body. */
  readonly answers: Readonly<Record<number, readonly [string, z.ZodType | Readonly<Record<string, z.ZodType>> | null]>>;
  /** Statuses of problems besides those that every operation has. */
  readonly problems?: readonly (keyof typeof PROBLEM_WORDS)[];
  /** Whether it takes an `Idempotency-Key`. */
  readonly idempotent?: boolean;
}

const PROBLEM_WORDS = {
  400: 'The request is malformed, or what was handed in cannot be read',
  401: 'A valid bearer token is needed',
  403: 'The token lacks the scope',
  404: 'There is nothing by that name',
  408: 'The request took too long to arrive',
  409: 'The request conflicts with another, or with what is on record',
  413: 'The body is too large',
  415: 'The media type is not accepted',
  422: 'The request cannot be carried out as it stands',
  429: 'Too many requests; see Retry-After',
  500: 'Muster failed',
  502: 'AWS refuses what Muster needs to read',
  503: 'Muster cannot answer now; see Retry-After',
} as const;
const ALWAYS = [400, 429, 500, 503] as const;
const WITH_SCOPE = [401, 403] as const;
const WITH_BODY = [408, 413, 415, 422] as const;
const WITH_KEY = [409, 422] as const;

/** The name of the one way to say who asks. */
export const SECURITY = 'bearer';

const keyHeader = z.looseObject({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'A request that is repeated with the same key gets the same answer, for 24 hours' }),
});

/** Fastify's options for an operation. */
export function operation<T extends Taken>(said: Operation<T>) {
  const { id, tag, summary, description, scope, takes, answers, idempotent = false } = said;
  return {
    config: { scope, ...(idempotent && { idempotent: true as const }) },
    schema: {
      ...(takes ?? ({} as T)),
      ...(idempotent && { headers: keyHeader }),
      operationId: id,
      tags: [tag],
      summary,
      ...(description !== undefined && { description }),
      security: scope === null ? [] : [{ [SECURITY]: [scope] }],
      response: {
        ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)])),
        ...Object.fromEntries(problemsOf(said).map((status) => [status, problemAnswer(PROBLEM_WORDS[status])])),
      } as Record<number, z.ZodType>,
    },
  };
}

function answerOf([description, schema]: Operation<Taken>['answers'][number]) {
  if (schema === null) return z.undefined().meta({ description });
  const byType = schema instanceof z.ZodType ? { 'application/json': schema } : schema;
  const content = Object.fromEntries(Object.entries(byType).map(([type, of]) => [type, { schema: of }]));
  return { description, content };
}

function problemAnswer(description: string) {
  return { description, content: { 'application/problem+json': { schema: problem } } };
}

function problemsOf({ scope, takes, idempotent, problems = [] }: Operation<Taken>) {
  const all = [
    ...ALWAYS,
    ...(scope === null ? [] : WITH_SCOPE),
    ...(takes?.body === undefined ? [] : WITH_BODY),
    ...(idempotent === true ? WITH_KEY : []),
    ...problems,
  ];
  return [...new Set(all)].sort((a, b) => a - b);
}
