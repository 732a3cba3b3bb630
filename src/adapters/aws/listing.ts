/**
 * One listing from call to values: pages followed, items parsed, and whatever is missing said as gaps.
 *
 * A refused, throttled, unimplemented or unreadable listing costs itself and nothing else; a malformed
 * item costs that item. Either way the gap says which call, where, why, and what it may hide.
 * Items are parsed page by page, so that what AWS sent is not kept beside what was made of it.
 */

import type { z } from 'zod';
import type { Scope } from '../../core/arn.ts';
import type { Gap, GapHides } from '../../inventory/model.ts';
import { type Parts, readParts, type Snapshotted } from './engine-parts.ts';
import { type End, type FetchPage, followPages } from './paging.ts';
import { parseItems } from './schema.ts';

/** What is listed, and what its absence would hide. */
export interface ListingRequest<T> {
  readonly scope: Scope;
  /** Such as `rds:DescribeDBInstances`. */
  readonly action: string;
  /** In words: `automated DB snapshots`. */
  readonly what: string;
  readonly hides: GapHides;
  readonly schema: z.ZodType<T>;
  readonly fetchPage: FetchPage;
  /** Items of no concern to Muster, left out before they are parsed. */
  readonly ignore?: (item: unknown) => boolean;
  /** The error code by which AWS says that there is no such listing: nothing is hidden then. */
  readonly absentOn?: string;
}

/** Values and gaps of one or more listings. */
export interface Observed<T> {
  readonly values: readonly T[];
  readonly gaps: readonly Gap[];
}

/** Pages after which a listing counts as long: a thousand records, which few regions have. */
export const HEAD_PAGES = 10;

/** Reads one listing to its end; never throws for what AWS does. */
export async function observe<T>(request: ListingRequest<T>): Promise<Observed<T>> {
  const harvest = harvestOf(request);
  return toObserved(request, harvest, await followPages(request.fetchPage, harvest.take));
}

/** Reads one listing to its end, a long one in parts where that can be proven to miss nothing. */
export async function observeInParts<T extends Snapshotted>(
  request: ListingRequest<T>,
  parts: Parts,
): Promise<Observed<T>> {
  const harvest = harvestOf(request);
  const head = await followPages(request.fetchPage, harvest.take, { stopAfter: HEAD_PAGES });
  if (head.next === undefined) return toObserved(request, harvest, head);
  const values = await readParts(parts, harvest.values, (items, into) => {
    const { values: read, faults } = parse(request, items);
    for (const value of read) into(value);
    return faults.length === 0;
  });
  if (values !== null) return { values, gaps: [] };
  return toObserved(request, harvest, await followPages(request.fetchPage, harvest.take, { from: head.next }));
}

/** What the pages of a listing have yielded so far. */
interface Harvest<T> {
  readonly values: T[];
  readonly faults: string[];
  readonly take: (items: readonly unknown[]) => void;
}

function harvestOf<T>(request: ListingRequest<T>): Harvest<T> {
  const values: T[] = [];
  const faults: string[] = [];
  const take = (items: readonly unknown[]): void => {
    const read = parse(request, items);
    for (const value of read.values) values.push(value);
    for (const fault of read.faults) faults.push(fault);
  };
  return { values, faults, take };
}

function parse<T>({ schema, ignore }: ListingRequest<T>, items: readonly unknown[]) {
  return parseItems(schema, ignore === undefined ? items : items.filter((item) => !ignore(item)));
}

function toObserved<T>(request: ListingRequest<T>, harvest: Harvest<T>, { cut }: End): Observed<T> {
  const { values, faults } = harvest;
  const gaps: Gap[] = [];
  if (cut !== null && cut.code !== request.absentOn) gaps.push(gapOf(request, cut.cause));
  const [first] = faults;
  if (first !== undefined) {
    const read = values.length + faults.length;
    gaps.push(gapOf(request, `MalformedItem: ${faults.length} of ${read}, first: ${first}`));
  }
  return { values, gaps };
}

/** The gap that a cause leaves in one scope. */
export function gapOf(
  request: { readonly scope: Scope; readonly action: string; readonly what: string; readonly hides: GapHides },
  cause: string,
): Gap {
  const { scope, action, what, hides } = request;
  const where = { accountId: scope.accountId, region: scope.region };
  return { what, where, action, cause, hides };
}

/** Several listings as one. */
export function together<T>(parts: readonly Observed<T>[]): Observed<T> {
  return { values: parts.flatMap(({ values }) => values), gaps: parts.flatMap(({ gaps }) => gaps) };
}
