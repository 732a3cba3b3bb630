/**
 * Pages: truly cut, truly continued.
 *
 * A page continues after the key of the last item shown, so items that come or go between two calls
 * neither repeat nor hide others. Markers are opaque and bound to the listing that gave them.
 * Source: Amazon RDS API 2014-10-31 (`MaxRecords` 20 to 100, default 100), AWS Backup API (`MaxResults` 1 to 1000).
 */

import { sortedBy } from '../core/canonical.ts';

/** One page and the marker of the next; null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/**
 * Cuts a page out of a listing.
 *
 * @param options.listing Name of the call and its selection; a marker of another listing is refused.
 * @returns null when the marker is not one this listing gave.
 */
export function cutPage<T>(
  items: readonly T[],
  key: (item: T) => string,
  options: { readonly listing: string; readonly marker: string | null; readonly size: number },
): Page<T> | null {
  const after = options.marker === null ? null : readMarker(options.marker, options.listing);
  if (options.marker !== null && after === null) return null;
  const rest = sortedBy(items, key).filter((item) => after === null || key(item) > after);
  const shown = rest.slice(0, options.size);
  const last = shown.at(-1);
  const more = rest.length > shown.length && last !== undefined;
  return { items: shown, next: more ? writeMarker(options.listing, key(last)) : null };
}

function writeMarker(listing: string, key: string): string {
  return Buffer.from(JSON.stringify([listing, key])).toString('base64url');
}

function readMarker(marker: string, listing: string): string | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(marker, 'base64url').toString('utf8'));
    if (!Array.isArray(parts) || parts[0] !== listing || typeof parts[1] !== 'string') return null;
    return parts[1];
  } catch {
    return null;
  }
}
