/**
 * Which databases a change concerns, and what is wrong with the change as a whole.
 *
 * A database is concerned when it would be deleted, when one of its recovery points fares worse than before, or when
 * its protection is weakened. What the change names but nobody observed is said, never skipped.
 */

import { printScope } from '../core/arn.ts';
import type { Action, Intent } from '../intent/action.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { FATE_WORDS } from '../survival/fate.ts';
import { matchDatabase } from '../survival/match.ts';
import type { RuleCode } from '../survival/rules.ts';
import { pointsOf, type Survival } from '../survival/survive.ts';
import type { Reason } from './document.ts';
import { reason } from './reason.ts';
import type { ReasonCode } from './reasons.ts';

/** One concerned database. */
export interface Concern {
  readonly database: Database;
  /** True when the change itself deletes it. */
  readonly deleted: boolean;
  readonly known: readonly Reason[];
}

/** What a change concerns. */
export interface Concerns {
  readonly databases: readonly Concern[];
  /** About the change as a whole. */
  readonly reasons: readonly Reason[];
}

/** Finds what a change concerns. */
export function concernsOf(intent: Intent, inventory: Inventory, survival: Survival): Concerns {
  const databases = inventory.databases.flatMap((database) => {
    const deleted = survival.after.databases.some(
      (tracked) => tracked.database.resourceId === database.resourceId && !tracked.alive,
    );
    const known = [...mismatches(intent, database, survival), ...disarmings(intent, database, survival)];
    const concerned = deleted || known.length > 0 || faresWorse(database, survival);
    return concerned ? [{ database, deleted, known }] : [];
  });
  const reasons = [
    ...scopeReasons(intent, inventory),
    ...targetReasons(intent, survival),
    ...collisions(intent, survival),
    ...signalReasons(intent),
    ...opaqueReasons(intent),
    ...elsewhere(intent, survival),
    ...otherReasons(intent, databases.length > 0),
  ];
  if (databases.length > 0 || reasons.length > 0) return { databases, reasons };
  return { databases, reasons: [reason('nothing_at_stake', 'this change concerns no database and no recovery point')] };
}

/** Doubt that an unread step casts on a whole account is said of the change, not once for every database in it. */
const DOUBT_OF_THE_CHANGE: readonly RuleCode[] = ['action_not_understood', 'target_not_observed'];

function faresWorse(database: Database, { before, after }: Survival): boolean {
  const earlier = pointsOf(before, database);
  return pointsOf(after, database).some(({ point, fate }) => {
    const was = earlier.find((other) => other.point.arn === point.arn)?.fate;
    if (was === undefined || FATE_WORDS.indexOf(fate.word) <= FATE_WORDS.indexOf(was.word)) return false;
    return fate.word !== 'unknown' || !fate.rules.some((rule) => DOUBT_OF_THE_CHANGE.includes(rule));
  });
}

function mismatches(intent: Intent, database: Database, { before }: Survival): readonly Reason[] {
  const named = intent.actions.find((action) => {
    if (!actsOnDatabase(action)) return false;
    const match = matchDatabase(before, action.target);
    return match.kind === 'another' && match.tracked.database.resourceId === database.resourceId;
  });
  if (named === undefined) return [];
  const message = `the document speaks of ${named.target.resourceId ?? 'another'}, the database of that name is now ${database.resourceId}`;
  return [
    reason('state_mismatch', message, {
      remedy: 'make the plan anew from refreshed state: terraform plan -refresh=true',
    }),
  ];
}

function disarmings(intent: Intent, database: Database, { before }: Survival): readonly Reason[] {
  return intent.changes
    .filter((change) => change.class === 'disarm')
    .filter((change) =>
      change.steps.some((step) => {
        if (!actsOnDatabase(step)) return false;
        const match = matchDatabase(before, step.target);
        return match.kind !== 'none' && match.tracked.database.resourceId === database.resourceId;
      }),
    )
    .map((change) =>
      reason('disarms', `${change.address} weakens protection, so it is judged as if the deletion followed`),
    );
}

/** Disarmings that no database answers for: a vault's lock, a key's waiting time, a snapshot's sharing. */
function elsewhere(intent: Intent, { before }: Survival): readonly Reason[] {
  return intent.changes
    .filter((change) => change.class === 'disarm')
    .filter(
      (change) =>
        !change.steps.some((step) => actsOnDatabase(step) && matchDatabase(before, step.target).kind !== 'none'),
    )
    .map(({ address }) =>
      reason('disarms_elsewhere', `${address} weakens protection, and how far that reaches is not known`),
    );
}

function actsOnDatabase({ kind }: Action): boolean {
  return (
    kind === 'delete_db_instance' ||
    kind === 'delete_db_cluster' ||
    kind === 'modify_db_instance' ||
    kind === 'modify_db_cluster'
  );
}

function scopeReasons(intent: Intent, inventory: Inventory): readonly Reason[] {
  const { scope } = intent;
  if (scope === null) return [];
  const read = inventory.scopes.some(
    ({ accountId, region }) => accountId === scope.accountId && region === scope.region,
  );
  if (read) return [];
  const message = `the change runs in ${printScope(scope)}; read was ${inventory.scopes.map(printScope).join(', ') || 'nothing'}`;
  return [
    reason('scope_not_observed', message, {
      remedy: `read there: AWS_REGION=${scope.region} with credentials of ${scope.accountId}`,
    }),
  ];
}

function targetReasons(intent: Intent, survival: Survival): readonly Reason[] {
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

function collisions(intent: Intent, { before }: Survival): readonly Reason[] {
  return intent.actions
    .filter((action) => action.kind === 'create_database')
    .filter((action) => matchDatabase(before, action.target).kind !== 'none')
    .map((action) =>
      reason(
        'create_collides',
        `the change creates ${action.target.identifier}, which already exists: its state is not the world's`,
        {
          remedy: 'find the state that knows it, or import it, before anything is applied',
        },
      ),
    );
}

function signalReasons(intent: Intent): readonly Reason[] {
  return intent.signals.flatMap(({ code, detail }) => {
    if (code === 'full_destroy') return [];
    const known: ReasonCode = code === 'unread_part' ? 'change_not_understood' : code;
    return [reason(known, detail)];
  });
}

function opaqueReasons(intent: Intent): readonly Reason[] {
  return intent.actions.flatMap((action) =>
    action.kind === 'opaque' ? [reason('change_not_understood', `${action.target.identifier}: ${action.why}`)] : [],
  );
}

/** What is destroyed besides: never judged here, and never waved through either. */
function otherReasons(intent: Intent, concerned: boolean): readonly Reason[] {
  const others = intent.changes.filter(
    (change) => change.class === 'other_destroy' || (change.class === 'destroy' && !concerned),
  );
  if (others.length === 0) return [];
  const shown = others.slice(0, 3).map(({ address }) => address);
  const more = others.length > shown.length ? ` and ${others.length - shown.length} more` : '';
  return [reason('other_resources_destroyed', `destroyed, and no database concerned: ${shown.join(', ')}${more}`)];
}
