/**
 * What a plan as a whole says about itself: lost state, errors, missing parts, a destroy of everything.
 *
 * Nothing in the JSON says `plan -destroy`, and a lost state is not the absence of `prior_state` (data
 * sources are listed there), so both are inferred. Parts this reader does not know become an unknown change.
 * Source: `gate-protocols.md` 1.2, 1.3, 1.6 and 1.7, each reproduced with Terraform 1.11.4.
 */

import { compareCodeUnits, sortedBy } from '../../core/canonical.ts';
import { type Change, SIGNAL_CODES, type Signal, type SignalCode } from '../action.ts';
import { notUnderstood } from './finding.ts';
import { blockAddress } from './order.ts';
import type { PlanDocument, PlanEntry } from './schema.ts';
import { isWatched } from './unmodelled.ts';

/** Signals in the order of their catalogue, then by what they say. */
export function readSignals(plan: PlanDocument): Signal[] {
  const found: Signal[] = [];
  const add = (code: SignalCode, detail: string) => found.push({ code, detail });
  const managed = managedEntries(plan);
  const creates = managed.filter((entry) => entry.actions.includes('create')).length;
  // A new stack of other things finds nothing in its state either, and what it creates can collide with no database.
  if (creates > 0 && managed.some(({ type }) => isWatched(type)) && !knowsAnything(plan)) {
    add('empty_state', `${creates} to create, and the state holds nothing that this plan does not import`);
  }
  if (plan.errored) add('errored_plan', 'the plan was made with errors');
  if (!plan.complete) add('incomplete_plan', 'the plan says that it is not complete');
  if (plan.deferred.length > 0) add('incomplete_plan', `${plan.deferred.length} deferred to a later plan`);
  if (destroysAll(plan, managed)) {
    add('full_destroy', `all ${managed.length} managed entries are deleted and nothing is planned to be left`);
  }
  for (const entry of plan.drift) {
    if (entry.managed && entry.actions.includes('delete')) {
      add('drift_deleted', `${entry.address} had already been deleted outside the tool`);
    }
  }
  for (const part of plan.unreadParts) add('unread_part', `the list ${part} is not known to this reader`);
  return sortedBy(found, (signal) => signal.detail).sort(
    (a, b) => SIGNAL_CODES.indexOf(a.code) - SIGNAL_CODES.indexOf(b.code),
  );
}

/** Parts of the document that act, or may act, without an entry: each one an unknown change. */
export function unreadChanges(plan: PlanDocument): Change[] {
  const parts = plan.unreadParts.map((part) => unreadChange(part, 'a part of the plan that this reader does not know'));
  const { actionInvocationCount, deferredActionInvocationCount } = plan;
  if (actionInvocationCount > 0) parts.push(unreadChange('action_invocations', INVOKES));
  if (deferredActionInvocationCount > 0) parts.push(unreadChange('deferred_action_invocations', INVOKES));
  parts.push(...provisionedChanges(plan));
  return parts.sort((a, b) => compareCodeUnits(a.address, b.address));
}

/** Managed entries, the deferred ones included. */
export function managedEntries(plan: PlanDocument): PlanEntry[] {
  return [...plan.entries, ...plan.deferred].filter((entry) => entry.managed);
}

/** A provisioner runs when its block is created or destroyed, and may run anything. */
function provisionedChanges(plan: PlanDocument): Change[] {
  if (plan.provisioners.size === 0) return [];
  return managedEntries(plan)
    .filter(({ actions }) => actions.includes('create') || actions.includes('delete'))
    .flatMap(({ address }) => {
      const types = plan.provisioners.get(blockAddress(address));
      if (types === undefined) return [];
      return [unreadChange(address, `its provisioners run (${types.join(', ')}), and what they do is not in the plan`)];
    });
}

const INVOKES = 'provider actions run, and what they do is not in the plan';

/** An import puts its object into `prior_state` before anything was managed. */
function knowsAnything(plan: PlanDocument): boolean {
  const imported = new Set(plan.entries.filter((entry) => entry.importing).map((entry) => entry.address));
  return plan.prior.some((resource) => !imported.has(resource.address));
}

/**
 * Everything that the state holds is deleted. `planned_values` alone does not tell: a targeted destroy leaves
 * it empty too (seen with Terraform 1.11.4), and OpenTofu has no `complete` to tell them apart.
 */
function destroysAll(plan: PlanDocument, managed: readonly PlanEntry[]): boolean {
  const deletesOnly = (entry: PlanEntry) => entry.actions.includes('delete') && !entry.actions.includes('create');
  if (managed.length === 0 || !managed.every(deletesOnly) || !plan.plannedEmpty) return false;
  const deleted = new Set(managed.map((entry) => entry.address));
  return plan.prior.every((resource) => deleted.has(resource.address));
}

function unreadChange(address: string, why: string): Change {
  return { address, actions: [], ...notUnderstood(address, why) };
}
