/**
 * The decision on a change: what it would leave of every database it concerns, judged and put into one document.
 *
 * The change is folded over the inventory with refusals lifted, because no survivor may be owed to a call
 * that somebody can repeat. A database that is only disarmed is judged as if its deletion followed.
 * Deterministic: the same inputs give the same bytes, in whatever order they come.
 */

import type { PrincipalAuthority } from '../authority/authority.ts';
import { printScope, type Scope } from '../core/arn.ts';
import type { Digest } from '../core/canonical.ts';
import { oncePer } from '../core/once-per.ts';
import { addSeconds, earliest, type Instant, latest, printDuration, secondsBetween } from '../core/time.ts';
import type { DrillRecord } from '../drill/model.ts';
import type { Intent } from '../intent/action.ts';
import { inventoryDigest } from '../inventory/digest.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { groupsOf } from '../inventory/one-each.ts';
import { inStableOrder } from '../inventory/order.ts';
import { policyDigest } from '../policy/digest.ts';
import { resolveRequirement } from '../policy/resolve.ts';
import type { Policy } from '../policy/schema.ts';
import { liesAhead } from '../survival/data-loss.ts';
import { deletionOf } from '../survival/purge.ts';
import { partsOf } from '../survival/surroundings.ts';
import { type Survival, survive, surviveFurther } from '../survival/survive.ts';
import { basisOf } from './basis.ts';
import { checklistOf } from './checklist.ts';
import { concernsOf, putsAtStake } from './concerns.ts';
import { type SettingOf, settingsMoved } from './disarming.ts';
import { disarmedEarlier, NO_MEMORY, type SettingsMemory, standingOf } from './disarming-memory.ts';
import type { DatabaseView, Decision, DecisionDocument, Deletion, Reason, VerdictWord } from './document.ts';
import { judgeDatabase } from './judge.ts';
import { inOrder, reason, verdictOf, worstOf } from './reason.ts';
import { judgeState, type StateSighting } from './state-history.ts';

/** Everything a decision rests on. */
export interface Question {
  readonly intent: Intent;
  readonly inventory: Inventory;
  readonly policy: Policy;
  readonly drills: readonly DrillRecord[];
  readonly at: Instant;
  /** True when the decision will be kept in a store. */
  readonly logged: boolean;
  /** What the asking principal may call; absent or null when nobody asked. */
  readonly authority?: PrincipalAuthority | null;
  /** Which states claimed which databases when they were last judged; absent when none is remembered. */
  readonly sightings?: readonly StateSighting[];
  /** What earlier decisions weakened; absent when none is remembered. */
  readonly memory?: SettingsMemory;
}

/** Decides a change. */
export function decideChange(asked: Question): DecisionDocument {
  const question = { ...asked, inventory: inStableOrder(asked.inventory) };
  const { intent, inventory, policy, at } = question;
  const survival = survive(inventory, intent.actions, { at, refusals: 'lifted' });
  const state = intent.state ? judgeState(intent.state, question.sightings ?? [], inventory) : null;
  const concerns = concernsOf(intent, inventory, survival, state?.reasons ?? []);
  const moved = settingsMoved(intent, survival.before);
  // A state that contradicts what is known of it shows nothing that can be believed.
  const shownStrong = (state?.reasons ?? []).length === 0 ? moved.shownStrong : [];
  const change = { digest: intent.digest, strongNow: [...shownStrong, ...moved.madeStrong] };
  const stale = staleness(question);
  const partOf = partsOf(inventory);
  const judged = concerns.databases.map(({ database, known, deleted }) =>
    judgeDatabase({
      database,
      inventory: partOf(database).inventory,
      survival: deleted ? survival : withDeletion(survival, database),
      requirement: resolveRequirement(policy, database),
      drills: question.drills,
      at,
      authority: question.authority ?? null,
      lives: !deleted,
      inventorySecondsMax: policy.inventorySecondsMax,
      known: [...known, ...stale, ...remembered(question, database, change)],
    }),
  );
  const databases = judged.map(({ view }) => view);
  const atStake = databases.length > 0 || putsAtStake(concerns.reasons);
  const own = [...concerns.reasons, ...stale];
  const verdict = worstOf([verdictOf(own), ...databases.map((view) => view.verdict)]);
  const decision = decisionOf(verdict, atStake);
  const reasons = inOrder([...own, ...approvalReason(decision)]);
  return {
    formatVersion: '1',
    decision,
    verdict,
    changeDigest: intent.digest,
    inventoryDigest: inventoryDigest(asked.inventory),
    policyDigest: policyDigest(policy),
    at,
    validUntil: validUntil(
      question,
      judged.map(({ readyUntil }) => readyUntil),
    ),
    endpoint: inventory.endpoint,
    principal: askingPrincipal(question),
    scope: intent.scope ?? onlyScope(concerns.databases.map(({ database }) => database)) ?? onlyScope(inventory.scopes),
    checklist: checklistOf({
      intent,
      effects: survival.effects,
      inventory,
      databases,
      reasons: [...own, ...databases.flatMap((view) => view.reasons)],
      authority: question.authority ?? null,
      reach: judged.map(({ view, permits }) => ({ identifier: view.identifier, permits })),
      namesEnvironments: policy.environments.length > 0,
      stateKnownSince: state?.knownSince ?? null,
      logged: question.logged,
    }),
    reasons,
    databases,
    changes: intent.changes.map(({ address, actions, class: kind }) => ({ address, actions, class: kind })),
    deletions: deletionsBy(survival),
    disarmings: moved.disarmings,
    // What a blocked change would make strong may never come.
    rearmings: [...shownStrong, ...(decision === 'block' ? [] : moved.madeStrong)],
    // Of the inventory as it was handed in, which is the same one however often it is asked.
    basis: basisOf(
      intent,
      asked.inventory,
      concerns.databases.map(({ database }) => database),
    ),
    gaps: [...inventory.gaps, ...(question.authority?.gaps ?? [])],
  };
}

/** Whether one database would come back, were it deleted now: the question of `muster report`. */
export function judgeNow(question: Present, database: Database): DatabaseView {
  return presentJudge(question)(database);
}

/** The same of several databases; the inventory is put into order and indexed once for all of them. */
export function judgeAllNow(question: Present, databases: readonly Database[]): readonly DatabaseView[] {
  return databases.map(presentJudge(question));
}

/** A question without a change. */
type Present = Omit<Question, 'intent' | 'logged'>;

/** Judges a database by its part of the inventory, which is all that its own deletion reaches. */
function presentJudge(asked: Present): (database: Database) => DatabaseView {
  const question = { ...asked, inventory: inStableOrder(asked.inventory) };
  const { policy, at, authority = null, memory = NO_MEMORY } = question;
  const stale = staleness(question);
  const partOf = partsOf(question.inventory);
  const drillsBy = groupedBy(question.drills, ({ databaseResourceId }) => databaseResourceId);
  const disarmingsBy = groupedBy(memory.disarmings, ({ databaseResourceId }) => databaseResourceId);
  return (database) => {
    const { inventory, rooms } = partOf(database);
    const survival = survive(inventory, deletionOf(database), { at, refusals: 'lifted', rooms });
    const requirement = resolveRequirement(policy, database);
    const drills = drillsBy.get(database.resourceId) ?? [];
    const own = { ...memory, disarmings: disarmingsBy.get(database.resourceId) ?? [] };
    // A setting may be of a key or a vault that nothing of the database lies under any more: those are in the whole.
    const known = [...stale, ...remembered({ ...question, memory: own }, database)];
    const { inventorySecondsMax } = policy;
    const read = { database, inventory, inventorySecondsMax, lives: true };
    return judgeDatabase({ ...read, survival, requirement, drills, at, authority, known }).view;
  };
}

function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  return new Map(groupsOf(items, keyOf).map((group) => [keyOf(group[0] as T), group]));
}

/** The one place of several things; null when they lie in several, or when there are none. */
function onlyScope(scopes: readonly Scope[]): Scope | null {
  const [first] = scopes;
  if (first === undefined) return null;
  const { accountId, region } = first;
  return scopes.every((scope) => scope.accountId === accountId && scope.region === region)
    ? { accountId, region }
    : null;
}

/** Who asks: whoever's authority was asked for, else whoever made the reads. */
function askingPrincipal({ authority, inventory }: Pick<Question, 'authority' | 'inventory'>): string {
  return authority?.principal ?? inventory.principal.arn;
}

function remembered(
  question: Omit<Question, 'intent' | 'logged'>,
  database: Database,
  change: { readonly digest: Digest; readonly strongNow: readonly SettingOf[] } | null = null,
): readonly Reason[] {
  const { disarmings, rearmings } = question.memory ?? NO_MEMORY;
  // The same change, asked about again, is not an earlier one.
  const others = disarmings.filter(({ changeDigest }) => changeDigest !== change?.digest);
  const memory = { disarmings: others, rearmings };
  const standing = standingOf(memory, database, question.inventory, change?.strongNow);
  return disarmedEarlier(standing, { database, at: question.at, principal: askingPrincipal(question) });
}

/** Also of what AWS would refuse as things stand: whoever repeats the call may be let. */
function deletionsBy({ after }: Survival): readonly Deletion[] {
  return after.databases
    .filter(({ alive }) => !alive)
    .map(({ database }) => ({ databaseResourceId: database.resourceId, databaseArn: database.arn }));
}

/** The change followed by the deletion it makes possible. */
function withDeletion(survival: Survival, database: Database): Survival {
  return surviveFurther(survival, deletionOf(database), { refusals: 'lifted' });
}

function decisionOf(verdict: VerdictWord, atStake: boolean): Decision {
  if (verdict !== 'ready') return 'block';
  return atStake ? 'review' : 'allow';
}

function approvalReason(decision: Decision): readonly Reason[] {
  if (decision !== 'review') return [];
  return [reason('human_approval_required', 'a person must still approve this change; Muster never approves anything')];
}

function staleness({ inventory, policy, at }: Pick<Question, 'inventory' | 'policy' | 'at'>): readonly Reason[] {
  const age = secondsBetween(inventory.observedAt, at);
  const of = `the inventory of ${inventory.scopes.map(printScope).join(', ') || 'no place'}`;
  if (liesAhead(inventory.observedAt, at)) {
    const message = `${of} was read ${printDuration(-age)} after the instant that is judged`;
    return [reason('inventory_stale', message, { remedy: 'judge by an instant that is not before it' })];
  }
  const shown = newestWindowEnd(inventory);
  if (shown !== null && liesAhead(shown, at)) {
    // Every age would be worked out too short, and what has ended would seem to last.
    const message = `${of} shows a restore window up to ${shown}, which is yet to come: the clock here is behind that of AWS`;
    return [reason('inventory_stale', message, { remedy: 'set the clock right and read it anew:\nmuster scan' })];
  }
  if (age <= policy.inventorySecondsMax) return [];
  const message = `${of} is ${printDuration(age)} old, ${printDuration(policy.inventorySecondsMax)} allowed`;
  return [reason('inventory_stale', message, { remedy: 'read it anew:\nmuster scan' })];
}

/** The newest instant that any database could be restored to when it was read: AWS's own clock was past it. */
const newestWindowEnd = oncePer(({ databases }: Inventory): Instant | null =>
  databases.reduce<Instant | null>((newest, { restoreWindow }) => {
    if (restoreWindow === null) return newest;
    return newest === null ? restoreWindow.latest : latest(newest, restoreWindow.latest);
  }, null),
);

/** The earliest of policy limit, inventory freshness, and the end of what makes any database ready. */
function validUntil({ policy, inventory, at }: Question, ends: readonly (Instant | null)[]): Instant {
  const limits = [
    addSeconds(at, policy.verdictSecondsMax),
    addSeconds(inventory.observedAt, policy.inventorySecondsMax),
    ...ends.filter((end) => end !== null),
  ];
  return latest(at, limits.reduce(earliest));
}
