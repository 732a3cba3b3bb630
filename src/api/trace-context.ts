/**
 * The trace that a request belongs to, as its sender says.
 *
 * Only its id is taken, for the log; what is not well formed is as good as absent. Of a later version the first four fields
 * are read. Source: W3C Trace Context, "traceparent Header".
 */

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[!-~]*)?$/;
const HEADER_LENGTH_MAX = 256;

/** The trace id of a `traceparent` header; null for none that counts. */
export function traceIdOf(header: string | readonly string[] | undefined): string | null {
  if (typeof header !== 'string' || header.length > HEADER_LENGTH_MAX) return null;
  const [, version, traceId, parentId, , rest] = FORM.exec(header) ?? [];
  if (traceId === undefined || parentId === undefined || version === 'ff') return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return null;
  // The first version has four fields and no more.
  return version === '00' && rest !== undefined ? null : traceId;
}
