/**
 * What reading one simple command gave: a printable name, a class, and the steps behind it.
 *
 * What cannot be translated is an `opaque` step whose reason says which part was not understood and what to do
 * instead; a reading never drops a part of a command.
 */

import type { Scope } from '../../core/arn.ts';
import type { ChangeClass } from '../action.ts';
import type { Finding } from '../terraform/finding.ts';
import { oneLine } from './printing.ts';

/** One simple command, read. */
export interface Reading extends Finding {
  /** The command for people, secrets masked. */
  readonly address: string;
  /** The command's own words for what it does, such as `["delete-db-cluster"]`. */
  readonly actions: readonly string[];
  /** What sends the command to an account that the context does not name, such as `--profile`; null when nothing does. */
  readonly redirect: string | null;
}

/** A command that leaves databases and their recovery points alone. */
export function harmless(address: string, actions: readonly string[] = []): Reading {
  return { address, actions, class: 'none', steps: [], redirect: null };
}

/**
 * A command that this reader cannot translate.
 *
 * @param why In words; names the part that was not understood and never a value.
 */
export function opaque(
  address: string,
  why: string,
  options: { readonly class?: ChangeClass; readonly scope?: Scope | null; readonly actions?: readonly string[] } = {},
): Reading {
  const target = { arn: null, resourceId: null, identifier: address, scope: options.scope ?? null };
  return {
    address,
    actions: options.actions ?? [],
    class: options.class ?? 'unknown',
    steps: [{ kind: 'opaque', target, why: oneLine(why, 240) }],
    redirect: null,
  };
}
