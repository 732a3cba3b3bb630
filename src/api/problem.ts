/**
 * Errors as the API says them: `application/problem+json`.
 *
 * The status is about the call and never about the verdict: not ready is 200. Source: RFC 9457.
 */

/** Every kind of problem that is not an error of Muster's own catalogue; permanent. */
export const PROBLEMS = {
  malformed: { status: 400, title: 'The request is malformed' },
  unauthenticated: { status: 401, title: 'A valid bearer token is needed' },
  forbidden: { status: 403, title: 'The token lacks the scope' },
  not_found: { status: 404, title: 'There is nothing by that name' },
  method_not_allowed: { status: 405, title: 'The method is not offered here' },
  timeout: { status: 408, title: 'The request took too long to arrive' },
  conflict: { status: 409, title: 'The request conflicts with another, or with what is on record' },
  too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The media type is not accepted' },
  invalid: { status: 422, title: 'The request cannot be carried out as it stands' },
  too_many: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Muster failed' },
  unavailable: { status: 503, title: 'Muster cannot answer now' },
} as const;
export type ProblemName = keyof typeof PROBLEMS;

/** A problem that ends a request. */
export class Problem extends Error {
  readonly problem: ProblemName;
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail Lower case, no full stop; names the place, the value and what is accepted, and no secret. */
  constructor(problem: ProblemName, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.name = 'Problem';
    this.problem = problem;
    this.headers = headers;
  }
}
