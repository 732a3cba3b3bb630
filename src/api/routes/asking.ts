/**
 * What several routes ask alike: who the caller is, which board is shown, where a page of a list begins and ends.
 *
 * A cursor is where the page before ended, written so that nobody builds on it; one that nobody was given is refused.
 */

import type { FastifyRequest } from 'fastify';
import type { Board, ReadinessBoard } from '../../app/readiness-board.ts';
import { compareCodeUnits } from '../../core/canonical.ts';
import { invariant } from '../../core/invariant.ts';
import { Problem } from '../problem.ts';
import type { Caller } from '../world.ts';

/** Who asks, on a route that takes a scope. */
export function callerOf({ caller }: Pick<FastifyRequest, 'caller'>): Caller {
  invariant(caller !== null, 'a route with a scope has a caller', {});
  return caller;
}

/**
 * The board to be shown now.
 *
 * @throws Problem `unavailable` when no place was ever read: nothing known is not the same as nothing there.
 */
export async function boardOf(boards: ReadinessBoard): Promise<Board> {
  const board = boards.held() ?? (await boards.current());
  if (board === null) throw unread();
  return board;
}

/** What is answered while no place was ever read. */
export function unread(): Problem {
  return new Problem('unavailable', 'no account and region has been read yet', { 'retry-after': '15' });
}

/** A part of a list, and where the next one begins. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/**
 * The part of a list that follows a cursor.
 *
 * @param keyOf What an item is found by again, unique in the list. A list that is not in the order of its keys is asked for
 *   the very item at which the page before ended; one that is goes on behind where it would be.
 * @throws Problem `malformed` for a cursor that leads nowhere.
 */
export function pageOf<T>(
  items: readonly T[],
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  { keyOf, inOrder }: { readonly keyOf: (item: T) => string; readonly inOrder: boolean },
): Page<T> {
  const from = cursor === undefined ? 0 : indexAfter(items, decoded(cursor), { keyOf, inOrder });
  const part = items.slice(from, from + limit);
  const last = part.at(-1);
  const more = last !== undefined && from + part.length < items.length;
  return { items: part, next: more ? encoded(keyOf(last)) : null };
}

function indexAfter<T>(
  items: readonly T[],
  key: string,
  { keyOf, inOrder }: { readonly keyOf: (item: T) => string; readonly inOrder: boolean },
): number {
  const found = items.findIndex((item) => (inOrder ? compareCodeUnits(keyOf(item), key) > 0 : keyOf(item) === key));
  if (inOrder) return found < 0 ? items.length : found;
  if (found >= 0) return found + 1;
  throw badCursor();
}

function encoded(key: string): string {
  return Buffer.from(`${CURSOR}${key}`, 'utf8').toString('base64url');
}

function decoded(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!text.startsWith(CURSOR)) throw badCursor();
  return text.slice(CURSOR.length);
}

function badCursor(): Problem {
  return new Problem('malformed', 'query/cursor: leads nowhere; accepted is next of the page before');
}

/** Tells our cursors from other text. */
const CURSOR = 'after:';
