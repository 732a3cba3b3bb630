/**
 * One listing from call to values: pages followed, items parsed, and whatever is missing said as gaps.
 *
 * A refused, throttled, unimplemented or unreadable listing costs itself and nothing else; a malformed
 * item costs that item. Either way the gap says which call, where, why, and what it may hide.
 */

import type { z } from 'zod';
import type { Scope } from '../../core/arn.ts';
import type { Gap, GapHides } from '../../inventory/model.ts';
import { listAll, type Page } from './paging.ts';
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
  readonly fetchPage: (marker: string | undefined) => Promise<Page>;
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

/** Reads one listing to its end; never throws for what AWS does. */
export async function observe<T>(request: ListingRequest<T>): Promise<Observed<T>> {
  const listing = await listAll(request.fetchPage);
  const { ignore } = request;
  const kept = ignore === undefined ? listing.items : listing.items.filter((item) => !ignore(item));
  const { values, faults } = parseItems(request.schema, kept);
  const gaps: Gap[] = [];
  const { cut } = listing;
  if (cut !== null && cut.code !== request.absentOn) gaps.push(gapOf(request, cut.cause));
  const [first] = faults;
  if (first !== undefined)
    gaps.push(gapOf(request, `MalformedItem: ${faults.length} of ${kept.length}, first: ${first}`));
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
