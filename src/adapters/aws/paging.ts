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

/** One call to AWS; whatever it throws ends the listing and becomes its cut. */
export type FetchPage = (marker: string | undefined) => Promise<Page>;

/** How a listing ended. */
export interface End {
  /** Why it is not whole; null when its last page was read, or as many as were asked for. */
  readonly cut: Cut | null;
  /** The marker of the page after the last one read, when reading stopped where it was asked to; else undefined. */
  readonly next: string | undefined;
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
 * @param take Given each page's items once; nothing of a page is kept here.
 * @param options.from Marker of the first page; the beginning unless told.
 * @param options.stopAfter Pages after which reading stops without a cut.
 * @param options.pagesMax Pages after which the listing is cut.
 */
export async function followPages(
  fetchPage: FetchPage,
  take: (items: readonly unknown[]) => void,
  options: { readonly from?: string; readonly stopAfter?: number; readonly pagesMax?: number } = {},
): Promise<End> {
  const { stopAfter, pagesMax = PAGES_MAX } = options;
  const seen = new Set<string>();
  let marker = options.from;
  for (let page = 1; page <= pagesMax; page += 1) {
    let answer: Page;
    try {
      answer = await fetchPage(marker);
    } catch (error) {
      const fault = faultOf(error);
      const after = page === 1 ? '' : ` (after ${page - 1} pages)`;
      return { cut: { code: fault.code, cause: `${printFault(fault)}${after}` }, next: undefined };
    }
    // An empty list is an answer; no list at all is something else that answered with 200.
    if (answer.items === undefined) return cutShort('UnreadableAnswer', `page ${page} holds no list`);
    take(answer.items);
    marker = answer.next;
    if (marker === undefined || marker === '') return { cut: null, next: undefined };
    if (seen.has(marker)) return cutShort('RepeatedMarker', `page ${page} points back to a page already read`);
    seen.add(marker);
    if (page === stopAfter) return { cut: null, next: marker };
  }
  return cutShort('TooManyPages', `more than ${pagesMax} pages`);
}

function cutShort(code: string, why: string): End {
  return { cut: { code, cause: `${code}: ${why}` }, next: undefined };
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
