/**
 * Whether the state that a plan was made from is the state that was shown: the same objects under the same addresses.
 *
 * A plan records its state after refresh, imports and moves, so what those explain is no difference: an object found
 * deleted, one imported, one under its earlier address. Ids are compared and addresses are named; no attribute is.
 * Source: Terraform internals, "JSON Output Format", `prior_state`; `gate-protocols.md` 1.7; seen with Terraform 1.11.4.
 */

import type { Signal, Target } from '../../action.ts';
import { readAttributes } from '../attributes.ts';
import { namingAttributes, targetOf } from '../resource-type.ts';
import type { PlanDocument, PriorResource } from '../schema.ts';
import { modelledType } from '../types.ts';
import type { StateDocument } from './read-state.ts';

const SHOWN_MAX = 3;

/** The differences, each kind as one signal; a plan that ended in an error may not hold its whole state. */
export function compareWithState(plan: PlanDocument, state: StateDocument, origin: string): readonly Signal[] {
  if (plan.errored) return [];
  const moved = new Map(
    plan.entries.flatMap(({ address, previousAddress }) =>
      previousAddress === null ? [] : [[previousAddress, address]],
    ),
  );
  const prior = new Map(plan.prior.map((resource) => [keyOf(resource), resource]));
  const own = new Set(state.instances.map(keyOf));
  const held = new Map(
    state.instances.map((instance) => {
      const key = keyOf(instance);
      const later = keyOf({ ...instance, address: moved.get(instance.address) ?? instance.address });
      // Nothing moves to an address that is taken, so what stands at both ends of a move is two objects.
      return [prior.has(key) || own.has(later) ? key : later, instance];
    }),
  );
  const gone = new Set(plan.drift.filter(({ actions }) => actions.includes('delete')).map(keyOf));
  const imported = new Set(plan.entries.filter(({ importing }) => importing).map(({ address }) => address));
  const missing = [...held].filter(([key]) => !prior.has(key) && !gone.has(key)).map(([key]) => key);
  const extra = plan.prior
    .filter((resource) => !held.has(keyOf(resource)) && !imported.has(resource.address))
    .map(keyOf);
  const others = [...held].flatMap(([key, { target }]) => {
    const resource = prior.get(key);
    return resource !== undefined && isAnother(target, targetIn(resource, origin)) ? [key] : [];
  });
  return [
    ...signal(missing, 'the state holds what the plan was made without'),
    ...signal(extra, 'the plan was made from a state that holds more than this one'),
    ...signal(others, 'the plan was made when these stood for other things'),
  ];
}

function signal(keys: readonly string[], what: string): Signal[] {
  if (keys.length === 0) return [];
  const more = keys.length > SHOWN_MAX ? ` and ${keys.length - SHOWN_MAX} more` : '';
  return [{ code: 'state_mismatch', detail: `${what}: ${[...keys].sort().slice(0, SHOWN_MAX).join(', ')}${more}` }];
}

/** How the plan's own record of the state names a resource; null for a type without a row. */
export function targetIn({ type, values, path }: PriorResource, origin: string): Target | null {
  const row = modelledType(type);
  return row === null ? null : targetOf(row, readAttributes(values, namingAttributes(row), { origin, path }));
}

/** By resource id, else ARN, else name: a thing renamed outside the tool is still that thing. */
function isAnother(a: Target | null, b: Target | null): boolean {
  if (a === null || b === null) return false;
  if (a.resourceId !== null && b.resourceId !== null) return a.resourceId !== b.resourceId;
  if (a.arn !== null && b.arn !== null) return a.arn !== b.arn;
  return a.identifier !== b.identifier;
}

function keyOf({ address, deposed }: { readonly address: string; readonly deposed: string | null }): string {
  return deposed === null ? address : `${address} (deposed ${deposed})`;
}
