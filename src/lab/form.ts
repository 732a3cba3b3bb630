/**
 * The form of a Query request: body and query string together.
 *
 * For RDS, STS and IAM. Source: Amazon RDS API 2014-10-31, "Query Parameters".
 */

import type { LabRequest } from './messages.ts';

/** The parameters of a Query request, those of its signature left out. */
export function formOf(request: LabRequest): URLSearchParams {
  const form = new URLSearchParams(request.body);
  for (const [name, value] of Object.entries(request.query)) if (!name.startsWith('X-Amz-')) form.append(name, value);
  return form;
}

/** The names of the parameters, sorted, each once, as the ledger keeps them. */
export function parameterNames(form: URLSearchParams): string[] {
  const names = new Set([...form.keys()].map((key) => key.split('.')[0] ?? key));
  return [...names].filter((name) => name !== 'Action' && name !== 'Version').sort();
}
