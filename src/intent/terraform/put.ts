/**
 * Creates that put something in the place of what AWS has: the policy of a key, or of a vault.
 *
 * To the tool such a policy is new; AWS replaces the one that stands there. Only on a key or a vault that the same plan
 * makes does that change nothing. What a plan makes is told by type and name: a vault that it makes in one region hides a
 * policy on a vault of that name in another, and any key that it makes hides one on a key that only apply will name.
 * Source: AWS provider 5.100.0, `aws_kms_key_policy` and `aws_backup_vault_policy`; AWS KMS API, PutKeyPolicy; AWS Backup
 * API, PutBackupVaultAccessPolicy.
 */

import { readAttributes } from './attributes.ts';
import { type Finding, notUnderstood } from './finding.ts';
import { namingAttributes, type ResourceType, targetOf } from './resource-type.ts';
import type { PlanEntry } from './schema.ts';
import { modelledType, PUT_ON_TYPES } from './types.ts';

/** The names of what a plan makes, by type; null for one that only apply will name. */
export type Made = ReadonlyMap<string, ReadonlySet<string | null>>;

/**
 * What a plan makes of the types that something can be put on.
 *
 * @throws MusterError `MUSTER_PLAN_SHAPE` when a name is of the wrong kind.
 */
export function madeBy(entries: readonly PlanEntry[], origin: string): Made {
  const made = new Map<string, Set<string | null>>();
  for (const { type, actions, after, path } of entries) {
    const row = PUT_ON_TYPES.has(type) && actions.includes('create') ? modelledType(type) : null;
    if (row === null) continue;
    const values = readAttributes(after, namingAttributes(row), { origin, path: `${path}.after` });
    const names = made.get(type) ?? new Set();
    made.set(type, names.add(values.text(row.identity.identifier)));
  }
  return made;
}

/** What a create changes of what is there: nothing, but for a type that is put on another that the plan does not make. */
export function readPut(
  row: ResourceType,
  { address, after, path }: PlanEntry,
  { made, origin }: { readonly made: Made; readonly origin: string },
): readonly Finding[] {
  if (row.putOn.length === 0) return [];
  const values = readAttributes(after, row.attributes, { origin, path: `${path}.after` });
  const name = values.text(row.identity.identifier);
  if (row.putOn.some((type) => made.get(type)?.has(name))) return [];
  const target = targetOf(row, values);
  if (target === null) return [notUnderstood(address, 'the plan does not name what this is put on')];
  return [{ class: 'disarm', steps: [row.destroy(target, values)] }];
}
