/**
 * The decision on a change: what it would leave of every database it concerns, judged and put into one document.
 *
 * The change is folded over the inventory with refusals lifted, because no survivor may be owed to a call
 * that somebody can repeat. A database that is only disarmed is judged as if its deletion followed.
 * Deterministic: the same inputs give the same bytes, in whatever order they come.
 */

import type { PrincipalAuthority } from '../authority/authority.ts';
import { printScope } from '../core/arn.ts';
import { type Digest, digestOf } from '../core/canonical.ts';
import { addSeconds, earliest, type Instant, latest, printDuration, secondsBetween } from '../core/time.ts';
import type { DrillRecord } from '../drill/model.ts';
import type { Intent } from '../intent/action.ts';
import { inventoryDigest } from '../inventory/digest.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { inStableOrder } from '../inventory/order.ts';
import { resolveRequirement } from '../policy/resolve.ts';
import type { Policy } from '../policy/schema.ts';
import { liesAhead } from '../survival/data-loss.ts';
import { deletionOf } from '../survival/purge.ts';
import { type Survival, survive } from '../survival/survive.ts';
import { checklistOf } from './checklist.ts';
import { concernsOf, putsAtStake } from './concerns.ts';
import { type SettingOf, settingsMoved } from './disarming.ts';
import { disarmedEarlier, NO_MEMORY, type SettingsMemory, standingOf } from './disarming-memory.ts';
import type { DatabaseView, Decision, DecisionDocument, Reason, VerdictWord } from './document.ts';
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
  const change = { digest: intent.digest, strongNow: [...moved.shownStrong, ...moved.madeStrong] };
  const judged = concerns.databases.map(({ database, known, deleted }) =>
    judgeDatabase({
      database,
      inventory,
      survival: deleted ? survival : withDeletion(question, database),
      requirement: resolveRequirement(policy, database),
      drills: question.drills,
      at,
      authority: question.authority ?? null,
      known: [...known, ...remembered(question, database, change)],
    }),
  );
  const databases = judged.map(({ view }) => view);
  const atStake = databases.length > 0 || putsAtStake(concerns.reasons);
  const own = [...concerns.reasons, ...staleness(question)];
  const verdict = worstOf([verdictOf(own), ...databases.map((view) => view.verdict)]);
  const decision = decisionOf(verdict, atStake);
  const reasons = inOrder([...own, ...approvalReason(decision)]);
  return {
    formatVersion: '1',
    decision,
    verdict,
    changeDigest: intent.digest,
    inventoryDigest: inventoryDigest(inventory),
    policyDigest: digestOf({ ...policy, origin: null }),
    at,
    validUntil: validUntil(
      question,
      judged.map(({ readyUntil }) => readyUntil),
    ),
    principal: askingPrincipal(question),
    scope: intent.scope ?? inventory.scopes[0] ?? { accountId: inventory.principal.accountId, region: 'unknown' },
    checklist: checklistOf({
      intent,
      inventory,
      databases,
      reasons: [
        ...own,
        ...concerns.databases.flatMap(({ known }) => known),
        ...databases.flatMap((view) => view.reasons),
      ],
      authority: question.authority ?? null,
      reach: judged.map(({ view, permits }) => ({ identifier: view.identifier, permits })),
      stateKnownSince: state?.knownSince ?? null,
      logged: question.logged,
    }),
    reasons,
    databases,
    changes: intent.changes.map(({ address, actions, class: kind }) => ({ address, actions, class: kind })),
    disarmings: moved.disarmings,
    // What a blocked change would make strong may never come.
    rearmings: [...moved.shownStrong, ...(decision === 'block' ? [] : moved.madeStrong)],
    gaps: [...inventory.gaps, ...(question.authority?.gaps ?? [])],
  };
}

/** Whether one database would come back, were it deleted now: the question of `muster report`. */
export function judgeNow(question: Omit<Question, 'intent' | 'logged'>, database: Database): DatabaseView {
  const { policy, drills, at } = question;
  const inventory = inStableOrder(question.inventory);
  const survival = survive(inventory, deletionOf(database), { at, refusals: 'lifted' });
  const requirement = resolveRequirement(policy, database);
  const known = [...staleness({ inventory, policy, at }), ...remembered({ ...question, inventory }, database)];
  const { authority = null } = question;
  return judgeDatabase({ database, inventory, survival, requirement, drills, at, authority, known }).view;
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

/** The change followed by the deletion it makes possible. */
function withDeletion({ intent, inventory, at }: Question, database: Database): Survival {
  return survive(inventory, [...intent.actions, ...deletionOf(database)], { at, refusals: 'lifted' });
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
  const of = `the inventory of ${printScope(inventory.scopes[0] ?? { accountId: 'no account', region: 'no region' })}`;
  if (liesAhead(inventory.observedAt, at)) {
    const message = `${of} was read ${printDuration(-age)} after the instant that is judged`;
    return [reason('inventory_stale', message, { remedy: 'judge by an instant that is not before it' })];
  }
  if (age <= policy.inventorySecondsMax) return [];
  const message = `${of} is ${printDuration(age)} old, ${printDuration(policy.inventorySecondsMax)} allowed`;
  return [reason('inventory_stale', message, { remedy: 'read it anew:\nmuster scan' })];
}

/** The earliest of policy limit, inventory freshness, and the end of what makes any database ready. */
function validUntil({ policy, inventory, at }: Question, ends: readonly (Instant | null)[]): Instant {
  const limits = [
    addSeconds(at, policy.verdictSecondsMax),
    addSeconds(inventory.observedAt, policy.inventorySecondsMax),
    ...ends.filter((end) => end !== null),
  ];
  return latest(at, limits.reduce(earliest));
}
