/**
 * What a request has that its schema does not accept, in words that repeat nothing of it.
 *
 * A schema's own messages name the type that was found, never the value. Names of keys come from the request: they are cut
 * and printed in plain letters. Only the first few are told.
 */

import type { FastifySchemaValidationError } from 'fastify';

/** One thing that is not as it has to be. */
export interface Shortcoming {
  /** The part of the request and the path within: `body/argv/0`, `query/limit`. */
  readonly at: string;
  readonly detail: string;
}

const SHORTCOMINGS_MAX = 20;
const TEXT_MAX = 200;
const PARTS: Readonly<Record<string, string>> = { querystring: 'query', params: 'path' };

/** What Fastify's validation found. @param part As Fastify names it: body, querystring, params, headers. */
export function shortcomingsOf(
  validation: readonly FastifySchemaValidationError[],
  part: string,
): readonly Shortcoming[] {
  return validation.slice(0, SHORTCOMINGS_MAX).map(({ instancePath, message, params }) => ({
    at: plain(`${PARTS[part] ?? part}${instancePath === '/' ? '' : instancePath}`),
    detail: plain(lowerFirst(message ?? 'is not accepted')) + acceptedOf(params),
  }));
}

/** What a discriminated union takes, which its own message leaves out. */
function acceptedOf({ options }: FastifySchemaValidationError['params']): string {
  return Array.isArray(options)
    ? plain(`: expected one of ${options.map((option) => JSON.stringify(option)).join(', ')}`)
    : '';
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

function plain(text: string): string {
  const cut = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}...` : text;
  return cut.replace(/[^ -~]/g, '?');
}
