/**
 * Answers and refusals as S3 writes them: XML without an envelope, objects as they are, the rest in headers.
 *
 * Source: Amazon S3 API 2006-03-01, "Response Syntax" and "Error responses".
 */

import type { LabResponse } from '../messages.ts';
import { renderXml, type Xml } from '../xml.ts';
import type { WithBytes } from './bytes.ts';
import type { S3Fault } from './faults.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** An answer without a body. */
export function emptyAnswer(headers: Readonly<Record<string, string>> = {}, status = 200): LabResponse {
  return { status, headers, body: '' };
}

/** An answer in XML: one root element. */
export function xmlAnswer(root: string, content: readonly Xml[]): LabResponse {
  const body = `${DECLARATION}<${root} xmlns="${NAMESPACE}">${renderXml(content)}</${root}>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

/** An object as it was put; its text is what of it is UTF-8. */
export function contentAnswer(content: Uint8Array, headers: Readonly<Record<string, string>>): LabResponse & WithBytes {
  return { status: 200, headers, body: Buffer.from(content).toString('utf8'), bytes: content };
}

/** A refusal; one to a HEAD has no body on the wire. */
export function s3Refusal(
  { code, message, status, headers }: Pick<S3Fault, 'message' | 'status' | 'headers'> & { readonly code: string },
  resource: string,
  id: string,
): LabResponse {
  const body = renderXml([
    ['Code', code],
    ['Message', message],
    ['Resource', resource],
    ['RequestId', id],
  ]);
  return {
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': id, ...headers },
    body: `${DECLARATION}<Error>${body}</Error>`,
  };
}
