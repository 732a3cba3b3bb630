/**
 * What a change reaches that nobody observed: places not read, things not found, recovery points of no known database,
 * and what a gap may hide.
 *
 * Each is said of the change as a whole and leaves it unknown: what was not seen cannot be judged, and is never
 * waved through for that.
 */

import { printScope, type Scope } from '../core/arn.ts';
import type { Action, Intent } from '../intent/action.ts';
import type { Gap, GapHides, Inventory } from '../inventory/model.ts';
import { actsOnDatabase, matchKeys, matchPoints, namesakes } from '../survival/match.ts';
import type { Survival } from '../survival/survive.ts';
import { databasesByMember, type TrackedPoint, type World } from '../survival/world.ts';
import type { Reason } from './document.ts';
import { reason } from './reason.ts';

/** Places that the change acts in and that were not read; a plan may span several accounts and regions. */
export function scopeReasons(intent: Intent, inventory: Inventory): readonly Reason[] {
  const acted = [intent.scope, ...intent.actions.map(({ target }) => target.scope)].filter((scope) => scope !== null);
  const read = new Set(inventory.scopes.map(printScope));
  const unread = new Map(
    acted.filter((scope) => !read.has(printScope(scope))).map((scope) => [printScope(scope), scope]),
  );
  const blind = read.size === 0 && unread.size === 0 && intent.actions.length > 0;
  if (blind) return [reason('scope_not_observed', 'the change does not say where it runs, and nothing was read')];
  return [...unread.values()].map((scope) =>
    reason(
      'scope_not_observed',
      `the change runs in ${printScope(scope)}; read was ${inventory.scopes.map(printScope).join(', ') || 'nothing'}`,
      { remedy: `read there: AWS_REGION=${scope.region} with credentials of ${scope.accountId}` },
    ),
  );
}

/** Things that the change acts on and that the inventory does not hold. */
export function targetReasons(intent: Intent, survival: Survival): readonly Reason[] {
  const unseen = survival.effects.filter(({ rule }) => rule === 'target_not_observed' || rule === 'key_not_observed');
  return unseen.map(({ action }) =>
    reason(
      'target_not_observed',
      `${action.kind.replaceAll('_', ' ')} acts on ${action.target.identifier}, which was not observed`,
      {
        remedy:
          intent.source === 'terraform'
            ? 'make the plan anew from refreshed state, and read the account it runs in'
            : null,
      },
    ),
  );
}

/**
 * Recovery points that the change acts on though no database of theirs was observed: they may be all that is left of it.
 *
 * @param reached The points that the change acts on or leaves worse off.
 */
export function orphanReasons(reached: readonly TrackedPoint[], inventory: Inventory): readonly Reason[] {
  const known = new Set(inventory.databases.map(({ resourceId }) => resourceId));
  const orphans = reached.filter(
    ({ point }) => point.databaseResourceId === null || !known.has(point.databaseResourceId),
  );
  if (orphans.length === 0) return [];
  const shown = orphans
    .slice(0, 3)
    .map(({ point }) => `${point.id} of ${point.databaseIdentifier || 'an unknown one'}`);
  const more = orphans.length > shown.length ? ` and ${orphans.length - shown.length} more` : '';
  const message = `acted on, though their database was not observed and they may be all that is left of it: ${shown.join(', ')}${more}`;
  return [reason('orphans_lost', message)];
}

/** Gaps that may hide what an action reaches without naming it: a key's users, a vault's contents, a namesake. */
export function gapReasons(intent: Intent, inventory: Inventory, { before }: Survival): readonly Reason[] {
  if (inventory.gaps.length === 0) return [];
  const reaches = intent.actions.map((action) => ({ action, unseen: reachedUnseen(action, before) }));
  const hiding = inventory.gaps.filter((gap) =>
    reaches.some(
      ({ action, unseen }) => (unseen.includes(gap.hides) && isNear(gap, action)) || mayBearName(gap, action, before),
    ),
  );
  return hiding.map(({ what, action, cause }) =>
    reason('gap_hides_losses', `what this change reaches may be among ${what}, not read (${action}: ${cause})`),
  );
}

function reachedUnseen(action: Action, before: World): readonly GapHides[] {
  switch (action.kind) {
    case 'delete_backup_vault':
      return action.force ? ['databases', 'survivors'] : [];
    case 'schedule_key_deletion':
    case 'disable_key':
    case 'change_key_policy':
      // A key that something observed depends on is judged there; of another, the only users may be hidden.
      return matchKeys(before, action.target).length === 0 ? ['databases', 'survivors'] : ['databases'];
    case 'create_database':
      return ['databases'];
    default:
      return [];
  }
}

/** A key serves one region, and whichever accounts its policy lets in. */
function isNear({ where }: Gap, { kind, target: { scope } }: Action): boolean {
  const isOnKey = kind === 'schedule_key_deletion' || kind === 'disable_key' || kind === 'change_key_policy';
  if (scope === null) return true;
  return where.region === scope.region && (isOnKey || where.accountId === scope.accountId);
}

/** A bare name, with no place beside it, may be borne by something else in a place that was not read. */
function mayBearName({ hides, where }: Gap, action: Action, before: World): boolean {
  const { target } = action;
  if (target.scope !== null || target.arn !== null || target.resourceId !== null) return false;
  const isElsewhere = (seen: Scope) => seen.accountId !== where.accountId || seen.region !== where.region;
  // A cluster's instance is called like any other: what it was taken for here, it need not be elsewhere.
  if (actsOnDatabase(action) || action.kind === 'delete_cluster_member') {
    const bearers = [...namesakes(before, target), ...databasesByMember(before, [target.identifier])];
    return hides === 'databases' && bearers.some(({ database }) => isElsewhere(database));
  }
  const isOnSnapshot = action.kind === 'delete_db_snapshot' || action.kind === 'delete_db_cluster_snapshot';
  return isOnSnapshot && hides === 'survivors' && matchPoints(before, target).some(({ point }) => isElsewhere(point));
}
