/**
 * Assesses databases: would each come back, were it deleted now?
 *
 * Given an inventory and a policy; reads the drills and decisions on record. Nothing is called and nothing is kept: a report
 * is not a decision. What other losses would leave costs as much again as the verdicts, so that of many databases it is
 * worked out only when somebody asks for it.
 */

import type { PrincipalAuthority } from '../authority/authority.ts';
import { MusterError } from '../core/errors.ts';
import { invariant } from '../core/invariant.ts';
import type { Instant } from '../core/time.ts';
import { CLAIMS, type Claim, claimOf, type DrillRecord } from '../drill/model.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { groupsOf } from '../inventory/one-each.ts';
import type { Policy } from '../policy/schema.ts';
import { type LossSummary, summaryOf } from '../survival/loss-summary.ts';
import { LOSSES } from '../survival/losses.ts';
import { judgeAllNow } from '../verdict/decide.ts';
import { rememberedOf } from '../verdict/disarming-memory.ts';
import type { DatabaseView, RestoreTime, VerdictWord } from '../verdict/document.ts';
import { drillsOf, restoreTimeOf } from '../verdict/evidence.ts';
import { worstOf } from '../verdict/reason.ts';
import { drillsKnown } from './drills-known.ts';
import { lossTables } from './loss-tables.ts';
import type { Clock, Store } from './ports.ts';

/** A database of a report: judged, and with what only a report says of it. */
export interface AssessedDatabase extends DatabaseView {
  /** What each loss would leave, those of a principal last when they are known; absent of many unless asked for. */
  readonly survivorsByLoss?: readonly LossSummary[];
  /** Measured times of each kind of restore that it survives by or was drilled in; absent as above. */
  readonly restoreTimes?: readonly (RestoreTime & { readonly claim: Claim })[];
}

/** The readiness of some databases at one instant. */
export interface Readiness {
  readonly formatVersion: '1';
  readonly at: Instant;
  /** The loss that was assumed, in words. */
  readonly loss: string;
  readonly verdict: VerdictWord;
  readonly databases: readonly AssessedDatabase[];
  readonly gaps: Inventory['gaps'];
}

/** How many databases are told whole without being asked for. */
const WHOLE_MAX = 50;

const LOSS = 'each database is deleted now, with its automated backups and without a final snapshot';

/**
 * Assesses the named databases, or all.
 *
 * @param names Identifiers, resource ids or ARNs; empty for all.
 * @param whole True to tell survivors by loss and restore times of every one, however many they are.
 * @throws MusterError `MUSTER_DATABASE_NOT_FOUND` naming the first that the inventory does not hold.
 */
export async function assess(
  {
    inventory,
    policy,
    names,
    authority = null,
    whole = false,
  }: {
    readonly inventory: Inventory;
    readonly policy: Policy;
    readonly names: readonly string[];
    readonly authority?: PrincipalAuthority | null;
    readonly whole?: boolean;
  },
  world: { readonly clock: Clock; readonly store: Store },
): Promise<Readiness> {
  const chosen = names.length === 0 ? inventory.databases : names.map((name) => findDatabase(inventory, name));
  const at = world.clock.now();
  const drills = await drillsKnown(world.store);
  const memory = rememberedOf(await world.store.settingsSeen(), inventory.endpoint);
  const judged = judgeAllNow({ inventory, policy, drills, memory, authority, at }, chosen);
  const databases =
    whole || chosen.length <= WHOLE_MAX ? toldWhole(judged, { inventory, chosen, drills, authority, at }) : judged;
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

/** Each view with what other losses would leave of its database and how long its restores took. */
function toldWhole(
  views: readonly DatabaseView[],
  known: {
    readonly inventory: Inventory;
    readonly chosen: readonly Database[];
    readonly drills: readonly DrillRecord[];
    readonly authority: PrincipalAuthority | null;
    readonly at: Instant;
  },
): readonly AssessedDatabase[] {
  const { inventory, chosen, drills, authority, at } = known;
  const tables = lossTables({ inventory, databases: chosen, at, losses: LOSSES }, authority);
  const drillsBy = new Map(groupsOf(drills, ofDatabase).map((group) => [group[0]?.databaseResourceId, group]));
  return chosen.map((database, index) => {
    const view = views[index];
    const table = tables[index];
    invariant(view !== undefined && table?.arn === view.arn, 'a judgement and a table for each database', { index });
    const own = drillsOf(drillsBy.get(database.resourceId) ?? [], database, inventory.endpoint);
    const survivorsByLoss = table.rows.map((row) => summaryOf(row, at));
    return { ...view, survivorsByLoss, restoreTimes: restoreTimesOf(view, own) };
  });
}

function ofDatabase({ databaseResourceId }: DrillRecord): string {
  return databaseResourceId;
}

/** A drill of one kind of restore says nothing of another. */
function restoreTimesOf({ survivors }: DatabaseView, drills: readonly DrillRecord[]) {
  const claims = CLAIMS.filter(
    (claim) => survivors.some(({ kind }) => claimOf(kind) === claim) || drills.some((record) => record.claim === claim),
  );
  return claims.map((claim) => {
    const ofClaim = drills.filter((record) => record.claim === claim);
    return { claim, ...restoreTimeOf(ofClaim, claim) };
  });
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
