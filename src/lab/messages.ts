/**
 * Requests and answers, apart from how they travel.
 *
 * Both ways of using the lab (HTTP, and an SDK's `requestHandler`) reduce what arrives to a `LabRequest`
 * and carry a `LabResponse` back; `handle()` sees nothing else.
 */

/** One request; header names in lower case, the body as text. */
export interface LabRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One answer. */
export interface LabResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer in JSON. */
export function jsonResponse(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): LabResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
