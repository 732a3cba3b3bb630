/**
 * Follows a listing to its end, under a stated bound, and says when it was cut short.
 *
 * A cut listing keeps what was read: the caller reports the rest as a gap. A marker that comes back
 * twice would go round for ever, and is a cut as well.
 * Source: Amazon RDS API, `Marker` (100 records a page at most); AWS Backup API, `NextToken`.
 */

import { faultOf, printFault } from './faults.ts';

/** One page as the SDK gives it; `next` is empty on the last. */
export interface Page {
  readonly items: readonly unknown[] | undefined;
  readonly next: string | undefined;
}

/** What a listing yielded. */
export interface Listing {
  readonly items: readonly unknown[];
  /** Why it is not whole; null when its last page was read. */
  readonly cut: Cut | null;
}

/** Why a listing ended before its last page: an error code, and the same in words. */
export interface Cut {
  readonly code: string;
  readonly cause: string;
}

/** A million records of 100 a page: above any region's quota, below anything that could run away. */
export const PAGES_MAX = 10_000;

/**
 * Reads page after page until there is none left.
 *
 * @param fetchPage One call to AWS; whatever it throws ends the listing and becomes its `cut`.
 */
export async function listAll(
  fetchPage: (marker: string | undefined) => Promise<Page>,
  pagesMax: number = PAGES_MAX,
): Promise<Listing> {
  const items: unknown[] = [];
  const seen = new Set<string>();
  let marker: string | undefined;
  for (let page = 1; page <= pagesMax; page += 1) {
    let answer: Page;
    try {
      answer = await fetchPage(marker);
    } catch (error) {
      const fault = faultOf(error);
      const after = page === 1 ? '' : ` (after ${page - 1} pages)`;
      return { items, cut: { code: fault.code, cause: `${printFault(fault)}${after}` } };
    }
    // An empty list is an answer; no list at all is something else that answered with 200.
    if (answer.items === undefined) return cutShort(items, 'UnreadableAnswer', `page ${page} holds no list`);
    for (const item of answer.items) items.push(item);
    marker = answer.next;
    if (marker === undefined || marker === '') return { items, cut: null };
    if (seen.has(marker)) return cutShort(items, 'RepeatedMarker', `page ${page} points back to a page already read`);
    seen.add(marker);
  }
  return cutShort(items, 'TooManyPages', `more than ${pagesMax} pages`);
}

function cutShort(items: readonly unknown[], code: string, why: string): Listing {
  return { items, cut: { code, cause: `${code}: ${why}` } };
}

/** Runs work on each item, at most `width` at a time, and keeps the order. */
export async function mapBounded<A, B>(
  items: readonly A[],
  width: number,
  work: (item: A) => Promise<B>,
): Promise<readonly B[]> {
  const results: B[] = new Array(items.length);
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
