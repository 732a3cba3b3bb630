/**
 * Asking a decision again when its change is about to run: does it still stand?
 *
 * A decision is void once anything it stands on is not as it was: its time, the policy, what was seen of the databases it
 * names, the state behind the change, the change itself, or a drill that has failed since. What nobody showed cannot be
 * compared, and where it was asked for that voids the decision too.
 */

import type { Digest } from '../core/canonical.ts';
import { type Instant, printDuration, secondsBetween } from '../core/time.ts';
import type { DrillRecord } from '../drill/model.ts';
import type { Inventory } from '../inventory/model.ts';
import { liesAhead } from '../survival/data-loss.ts';
import { databasesDigest } from './basis.ts';
import type { Basis, DatabaseView, Decision, DecisionDocument, VerdictWord } from './document.ts';
import { provesRestore } from './evidence.ts';

/** Why a decision no longer stands; wire values. */
export const VOID_CAUSES = [
  'not_yet',
  'expired',
  'change_changed',
  'policy_changed',
  'endpoint_changed',
  'databases_changed',
  'state_changed',
  'evidence_changed',
  'not_comparable',
  'not_fresh',
] as const;
export type VoidCause = (typeof VOID_CAUSES)[number];

/** The answer. A decision that is void counts as unknown, whatever it said. */
export interface Recheck {
  readonly formatVersion: '1';
  readonly at: Instant;
  readonly changeDigest: Digest;
  readonly stands: boolean;
  /** As on record while it stands, else `block` and `unknown`. */
  readonly decision: Decision;
  readonly verdict: VerdictWord;
  readonly decidedAt: Instant;
  readonly validUntil: Instant;
  /** True when AWS was read anew and compared. */
  readonly fresh: boolean;
  readonly causes: readonly { readonly cause: VoidCause; readonly message: string }[];
}

/** How things are when a decision is asked again. */
export interface Now {
  readonly at: Instant;
  readonly policyDigest: Digest;
  readonly drills: readonly DrillRecord[];
  /** What is there now; null when nothing was read. */
  readonly inventory: Inventory | null;
  /** Digest of the change that is about to run; null when only its name is at hand. */
  readonly changeDigest: Digest | null;
  /** The state behind it; null when it was not shown. */
  readonly state: Basis['state'];
  /** True to void the decision unless an inventory was read now. */
  readonly requireFresh: boolean;
}

/** How old an inventory may be to count as read now: as long as a large estate takes to read. */
const FRESH_SECONDS_MAX = 300;

/** Asks a decision again. */
export function recheck(decided: DecisionDocument, now: Now): Recheck {
  const causes = [
    ...timeCauses(decided, now),
    ...documentCauses(decided, now),
    ...stateCauses(decided, now),
    ...evidenceCauses(decided, now),
    ...freshCauses(decided, now),
  ];
  const stands = causes.length === 0;
  return {
    formatVersion: '1',
    at: now.at,
    changeDigest: decided.changeDigest,
    stands,
    decision: stands ? decided.decision : 'block',
    verdict: stands ? decided.verdict : 'unknown',
    decidedAt: decided.at,
    validUntil: decided.validUntil,
    fresh: now.inventory !== null,
    causes,
  };
}

type Causes = Recheck['causes'];

function timeCauses({ at: decidedAt, validUntil }: DecisionDocument, { at }: Now): Causes {
  if (liesAhead(decidedAt, at)) {
    return [{ cause: 'not_yet', message: `it was decided at ${decidedAt}, which is yet to come` }];
  }
  if (at < validUntil) return [];
  return [
    {
      cause: 'expired',
      message: `it was valid until ${validUntil}, ${printDuration(secondsBetween(validUntil, at))} ago`,
    },
  ];
}

function documentCauses(decided: DecisionDocument, { changeDigest, policyDigest }: Now): Causes {
  const change: Causes =
    changeDigest === null || changeDigest === decided.changeDigest
      ? []
      : [{ cause: 'change_changed', message: `the change is ${changeDigest}, judged was ${decided.changeDigest}` }];
  const policy: Causes =
    policyDigest === decided.policyDigest
      ? []
      : [{ cause: 'policy_changed', message: `the policy is ${policyDigest}, judged by was ${decided.policyDigest}` }];
  return [...change, ...policy];
}

function stateCauses({ basis }: DecisionDocument, { state }: Now): Causes {
  const was = basis?.state ?? null;
  if (was === null && state === null) return [];
  if (state === null) {
    const message = `the state behind the change was not shown; judged with was serial ${was?.serial} of ${was?.lineage}`;
    return [{ cause: 'not_comparable', message }];
  }
  if (was === null) return [{ cause: 'not_comparable', message: 'no state was shown when it was judged' }];
  if (was.lineage === state.lineage && was.serial === state.serial) return [];
  const message = `the state is at serial ${state.serial} of ${state.lineage}, judged with was serial ${was.serial} of ${was.lineage}`;
  return [{ cause: 'state_changed', message }];
}

/**
 * A drill of a database named that failed since, or that the decision did not know of, speaks against what it rests on: one
 * that was killed at its end is put on record later, by whoever sweeps.
 */
function evidenceCauses({ databases, at: decidedAt, endpoint = null }: DecisionDocument, { drills }: Now): Causes {
  const views = new Map(databases.map((view) => [view.resourceId, view]));
  const own = drills.filter((drill) => views.has(drill.databaseResourceId) && drill.endpoint === endpoint);
  const ended = own.filter(({ result }) => result !== 'aborted');
  return ended
    .filter((drill) => !provesRestore(drill))
    .filter((drill) => {
      if (drill.endedAt > decidedAt) return true;
      return speaksLast(drill, ended) && !knew(views.get(drill.databaseResourceId), drill);
    })
    .map(({ drillId, databaseIdentifier, endedAt }) => ({
      cause: 'evidence_changed' as const,
      message:
        endedAt > decidedAt
          ? `drill ${drillId} of ${databaseIdentifier} failed since, at ${endedAt}`
          : `drill ${drillId} of ${databaseIdentifier}, which failed at ${endedAt}, was not on record then`,
    }));
}

/** Whether a drill is the newest of its kind of restore, or one of those. */
function speaksLast(drill: DrillRecord, drills: readonly DrillRecord[]): boolean {
  return !drills.some(
    ({ databaseResourceId, claim, endedAt }) =>
      databaseResourceId === drill.databaseResourceId && claim === drill.claim && endedAt > drill.endedAt,
  );
}

/** Whether a judgement shows the drill, or what failed later than it; of those without evidence nobody can say. */
function knew(view: DatabaseView | undefined, { drillId, claim }: DrillRecord): boolean {
  const evidence = view?.evidence;
  if (evidence === undefined) return true;
  return evidence.some(({ id, state }) => id === `drill:${drillId}` || (claim === 'vault' && state === 'test_failed'));
}

function freshCauses(decided: DecisionDocument, { inventory, requireFresh, at }: Now): Causes {
  if (inventory === null) {
    return requireFresh ? [{ cause: 'not_fresh', message: 'nothing was read anew, which was asked for' }] : [];
  }
  const { basis, databases, endpoint = null } = decided;
  const age = secondsBetween(inventory.observedAt, at);
  if (requireFresh && (age > FRESH_SECONDS_MAX || liesAhead(inventory.observedAt, at))) {
    return [{ cause: 'not_fresh', message: `the inventory was read at ${inventory.observedAt}, which is not now` }];
  }
  if (inventory.endpoint !== endpoint) {
    const message = `read was ${inventory.endpoint ?? 'AWS'}, judged was ${endpoint ?? 'AWS'}`;
    return [{ cause: 'endpoint_changed', message }];
  }
  if (basis === undefined) {
    return [{ cause: 'not_comparable', message: 'it was kept before it was written down what it stands on' }];
  }
  const arns = databases.map(({ arn }) => arn);
  if (databasesDigest(inventory, arns) === basis.databasesDigest) return [];
  const of = databases.map(({ identifier }) => identifier).join(', ') || 'the estate';
  return [{ cause: 'databases_changed', message: `what was seen of ${of} is not what is there now` }];
}
