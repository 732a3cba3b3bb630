/**
 * Assesses databases: would each come back, were it deleted now?
 *
 * Given an inventory and a policy; reads the drills and decisions on record. Nothing is called and nothing is kept: a report
 * is not a decision.
 */

import type { PrincipalAuthority } from '../authority/authority.ts';
import { MusterError } from '../core/errors.ts';
import type { Instant } from '../core/time.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import type { Policy } from '../policy/schema.ts';
import { judgeAllNow } from '../verdict/decide.ts';
import { rememberedOf } from '../verdict/disarming-memory.ts';
import type { DatabaseView, VerdictWord } from '../verdict/document.ts';
import { worstOf } from '../verdict/reason.ts';
import type { Clock, Store } from './ports.ts';

/** The readiness of some databases at one instant. */
export interface Readiness {
  readonly formatVersion: '1';
  readonly at: Instant;
  /** The loss that was assumed, in words. */
  readonly loss: string;
  readonly verdict: VerdictWord;
  readonly databases: readonly DatabaseView[];
  readonly gaps: Inventory['gaps'];
}

const LOSS = 'each database is deleted now, with its automated backups and without a final snapshot';

/**
 * Assesses the named databases, or all.
 *
 * @param names Identifiers, resource ids or ARNs; empty for all.
 * @throws MusterError `MUSTER_DATABASE_NOT_FOUND` naming the first that the inventory does not hold.
 */
export async function assess(
  {
    inventory,
    policy,
    names,
    authority = null,
  }: {
    readonly inventory: Inventory;
    readonly policy: Policy;
    readonly names: readonly string[];
    readonly authority?: PrincipalAuthority | null;
  },
  world: { readonly clock: Clock; readonly store: Store },
): Promise<Readiness> {
  const chosen = names.length === 0 ? inventory.databases : names.map((name) => findDatabase(inventory, name));
  const at = world.clock.now();
  const drills = await world.store.drills();
  const memory = rememberedOf(await world.store.decisions(), inventory.endpoint);
  const databases = judgeAllNow({ inventory, policy, drills, memory, authority, at }, chosen);
  // Asked about all, what could not be listed is among them: an unread listing is no empty one.
  const hidden = names.length === 0 && inventory.gaps.some(({ hides }) => hides === 'databases');
  const verdict = worstOf([...databases.map((view) => view.verdict), ...(hidden ? (['unknown'] as const) : [])]);
  return {
    formatVersion: '1',
    at,
    loss: LOSS,
    verdict,
    databases,
    gaps: [...inventory.gaps, ...(authority?.gaps ?? [])],
  };
}

/**
 * The database of that identifier, resource id or ARN.
 *
 * @throws MusterError `MUSTER_DATABASE_NOT_FOUND` when there is none, or more than one.
 */
export function findDatabase(inventory: Inventory, name: string): Database {
  const found = inventory.databases.filter(
    ({ identifier, resourceId, arn }) => identifier === name || resourceId === name || arn === name,
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const known = inventory.databases.map(({ identifier }) => identifier).join(', ') || 'none';
  const problem =
    found.length > 1
      ? `${found.length} databases are called ${name}; name one by its ARN`
      : `no database is called ${name}; known: ${known}`;
  throw new MusterError('MUSTER_DATABASE_NOT_FOUND', problem);
}
