/**
 * The one place that was meant to be read, where there is just one: what says nothing of its place can only mean that.
 *
 * A place whose databases could not be listed counts as one: what was not seen may be what is meant.
 */

import { printScope, type Scope } from '../core/arn.ts';
import type { Inventory } from './model.ts';

/** The only place of some inventories; null when there are several, or none. */
export function onlyPlaceOf(...inventories: readonly Pick<Inventory, 'scopes' | 'gaps'>[]): Scope | null {
  const [first, ...others] = inventories.flatMap(({ scopes, gaps }) => [
    ...scopes,
    ...gaps.filter(({ hides }) => hides === 'databases').map(({ where }) => where),
  ]);
  if (first === undefined || others.some((other) => printScope(other) !== printScope(first))) return null;
  return { accountId: first.accountId, region: first.region };
}
