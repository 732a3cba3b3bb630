/**
 * Which databases a change concerns, and what is wrong with the change as a whole.
 *
 * A database is concerned when it would be deleted, when the change acts on one of its recovery points or leaves one
 * worse off, when its key goes, or when its protection is weakened. What the change names but nobody observed is said, never skipped.
 */

import type { Action, Change, Intent } from '../intent/action.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { FATE_WORDS } from '../survival/fate.ts';
import {
  actsOnDatabase,
  type DatabaseAction,
  type Match,
  matchDatabase,
  matchVaults,
  namesakes,
} from '../survival/match.ts';
import type { RuleCode } from '../survival/rules.ts';
import type { Survival } from '../survival/survive.ts';
import type { TrackedPoint, World } from '../survival/world.ts';
import type { Reason } from './document.ts';
import { losesNothing, spareReplicas } from './harmless.ts';
import { reason } from './reason.ts';
import type { ReasonCode } from './reasons.ts';
import { gapReasons, orphanReasons, scopeReasons, targetReasons } from './unseen.ts';

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

/**
 * Finds what a change concerns.
 *
 * @param known What is wrong with it that nothing of the world shows: its state is not the one last judged.
 */
export function concernsOf(
  intent: Intent,
  inventory: Inventory,
  survival: Survival,
  known: readonly Reason[],
): Concerns {
  const reached = reachedPoints(survival);
  const losing = new Set(reached.map(({ point }) => point.databaseResourceId));
  const sealed = sealedKeys(survival);
  const buried = new Set(survival.after.databases.filter(({ alive }) => !alive).map(({ database }) => database.arn));
  const matchOf = matcher(survival.before);
  const acting = intent.changes.filter(({ steps }) => steps.some(actsOnDatabase));
  const touched = inventory.databases.flatMap((database): Concern[] => {
    const deleted = buried.has(database.arn);
    const known = [...mismatches(intent, database, matchOf), ...disarmings(acting, database, matchOf)];
    // A living database goes down with its key, whether or not it has any recovery point.
    const dies = deleted || sealed.has(database.keyArn);
    return dies || known.length > 0 || losing.has(database.resourceId) ? [{ database, deleted, known }] : [];
  });
  const spare = spareReplicas(touched, inventory);
  const databases = touched.filter((concern) => !spare.includes(concern));
  const reasons = [
    ...scopeReasons(intent, inventory),
    ...targetReasons(intent, survival),
    ...orphanReasons(reached, inventory),
    ...gapReasons(intent, inventory, survival),
    ...collisions(intent, survival),
    ...known,
    ...signalReasons(intent, inventory),
    ...opaqueReasons(intent),
    ...elsewhere(intent, survival),
    ...otherReasons(
      intent.changes.filter(
        (change) =>
          !losesNothing(
            change,
            survival,
            spare.map(({ database }) => database),
          ),
      ),
      databases.length > 0,
    ),
  ];
  if (databases.length > 0 || putsAtStake(reasons)) return { databases, reasons };
  const nothing = reason('nothing_at_stake', 'this change concerns no database and no recovery point');
  return { databases, reasons: [...reasons, nothing] };
}

/** True when a reason is about what the change does, and not only about how its tool is set up. */
export function putsAtStake(reasons: readonly Reason[]): boolean {
  return reasons.some(({ code }) => code !== 'nothing_at_stake' && code !== 'local_backend');
}

/** Doubt that an unread step casts on a whole account is said of the change, not once for every database in it. */
const DOUBT_OF_THE_CHANGE: readonly RuleCode[] = ['action_not_understood', 'target_not_observed'];

/** The points that the change acts on or leaves worse off than it found them. */
function reachedPoints({ before, after }: Survival): readonly TrackedPoint[] {
  return after.points.filter(({ fate, touched }, place) => {
    // Places do not change; what the change itself makes comes last, and was not there to be reached.
    const was = before.points[place]?.fate;
    if (was === undefined) return false;
    const worse = FATE_WORDS.indexOf(fate.word) > FATE_WORDS.indexOf(was.word);
    if (!worse && !touched) return false;
    return fate.word !== 'unknown' || !fate.rules.some((rule) => DOUBT_OF_THE_CHANGE.includes(rule));
  });
}

/** The keys that the change makes unusable, or may by changing who is let in. */
function sealedKeys({ before, after }: Survival): ReadonlySet<string | null> {
  const usable = new Set(before.keys.filter(({ state }) => state === 'enabled').map(({ arn }) => arn));
  const unusable = after.keys.filter(({ state }) => state !== 'enabled').map(({ arn }) => arn);
  return new Set([...unusable, ...after.keysInDoubt].filter((arn) => usable.has(arn)));
}

type MatchOf = (action: DatabaseAction) => Match;

/** What each action names, looked up once however many databases there are to compare it with. */
function matcher(before: World): MatchOf {
  const matches = new Map<Action, Match>();
  return (action) => {
    const match = matches.get(action) ?? matchDatabase(before, action);
    matches.set(action, match);
    return match;
  };
}

function mismatches(intent: Intent, database: Database, matchOf: MatchOf): readonly Reason[] {
  const named = intent.actions.find((action) => {
    if (!actsOnDatabase(action)) return false;
    const match = matchOf(action);
    return match.kind === 'another' && match.tracked.database.resourceId === database.resourceId;
  });
  if (named === undefined) return [];
  const message = `the document speaks of ${named.target.resourceId}, the database of that name is now ${database.resourceId}`;
  return [
    reason('state_mismatch', message, {
      remedy: 'make the plan anew from refreshed state: terraform plan -refresh=true',
    }),
  ];
}

function disarmings(changes: readonly Change[], database: Database, matchOf: MatchOf): readonly Reason[] {
  return changes
    .filter((change) =>
      change.steps.some((step) => {
        if (!actsOnDatabase(step)) return false;
        const match = matchOf(step);
        if (match.kind === 'none' || match.tracked.database.resourceId !== database.resourceId) return false;
        return change.class === 'disarm' || weakens(step, database);
      }),
    )
    .map((change) =>
      reason('disarms', `${change.address} weakens protection, so it is judged as if the deletion followed`),
    );
}

/** Whatever the document takes it for: a stale state calls a retention raised that is lowered from what AWS has. */
function weakens(step: Action, { deletionProtection, retentionDays }: Database): boolean {
  if (step.kind !== 'modify_db_instance' && step.kind !== 'modify_db_cluster') return false;
  const { change } = step;
  const lowered = (change.retentionDays ?? retentionDays) < retentionDays;
  return lowered || (change.deletionProtection === false && deletionProtection);
}

/** Disarmings that no database answers for: a vault's lock, a key's waiting time, a snapshot's sharing. */
function elsewhere(intent: Intent, { before, effects }: Survival): readonly Reason[] {
  const gone = effects
    .filter(({ action, outcome }) => action.kind === 'delete_backup_vault' && outcome === 'applied')
    .flatMap(({ action }) => matchVaults(before, action.target));
  const unlocks = new Set(
    effects
      .filter(({ rule }) => rule === 'lock_removed')
      .filter(({ action }) => !matchVaults(before, action.target).every((vault) => gone.includes(vault)))
      .map(({ action }) => action),
  );
  return intent.changes
    .filter((change) => change.class === 'disarm' || change.steps.some((step) => unlocks.has(step)))
    .filter(
      (change) => !change.steps.some((step) => actsOnDatabase(step) && matchDatabase(before, step).kind !== 'none'),
    )
    .map(({ address }) =>
      reason('disarms_elsewhere', `${address} weakens protection, and how far that reaches is not known`),
    );
}

function collisions(intent: Intent, { before }: Survival): readonly Reason[] {
  return intent.actions
    .filter((action) => action.kind === 'create_database')
    .filter((action) => namesakes(before, action.target).length > 0)
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

function signalReasons(intent: Intent, inventory: Inventory): readonly Reason[] {
  return intent.signals.flatMap(({ code, detail }) => {
    if (code === 'full_destroy' || (code === 'empty_state' && holdsNoDatabase(inventory))) return [];
    const known: ReasonCode = code === 'unread_part' ? 'change_not_understood' : code;
    return [reason(known, detail)];
  });
}

/** The first apply of all finds an empty state as it should, where an account is seen to hold no database. */
function holdsNoDatabase({ scopes, databases, gaps }: Inventory): boolean {
  return scopes.length > 0 && databases.length === 0 && !gaps.some(({ hides }) => hides === 'databases');
}

function opaqueReasons(intent: Intent): readonly Reason[] {
  const isOpaque = (action: Action) => action.kind === 'opaque';
  const mute = intent.changes.filter((change) => change.class === 'unknown' && !change.steps.some(isOpaque));
  return [
    ...intent.actions.flatMap((action) =>
      action.kind === 'opaque' ? [reason('change_not_understood', `${action.target.identifier}: ${action.why}`)] : [],
    ),
    ...mute.map(({ address }) => reason('change_not_understood', `${address}: nothing says what it does`)),
  ];
}

/** What is destroyed besides: never judged here, and never waved through either. */
function otherReasons(changes: readonly Change[], concerned: boolean): readonly Reason[] {
  const others = changes.filter(
    (change) => change.class === 'other_destroy' || (change.class === 'destroy' && !concerned),
  );
  if (others.length === 0) return [];
  const shown = others.slice(0, 3).map(({ address }) => address);
  const more = others.length > shown.length ? ` and ${others.length - shown.length} more` : '';
  return [reason('other_resources_destroyed', `destroyed besides, and not judged here: ${shown.join(', ')}${more}`)];
}
