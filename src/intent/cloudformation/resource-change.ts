/**
 * One entry of a change set -> one change: its class and the API-level steps it consists of.
 *
 * A replacement deletes the old thing once the new one stands; one that is only possible counts as certain, since
 * whatever survives the worse outlives the better. A modification is judged by what the contexts show; without them, one
 * that touches a protection is unknown.
 * Source: CloudFormation API, ResourceChange; CloudFormation User Guide, "Update behaviors of stack resources".
 */

import type { Scope } from '../../core/arn.ts';
import type { Change } from '../action.ts';
import { oneLine } from '../command/printing.ts';
import { changeOf, creationOf, deletionOf, disarmOf, type Managed } from '../managed-resource.ts';
import { type Finding, notUnderstood, worstOf } from '../terraform/finding.ts';
import { type JsonObject, memberOf } from '../terraform/json-text.ts';
import type { ResourceChange } from './change-set.ts';
import { type Fate, fateOfRemoval, fateOfReplacement, isWeaker } from './policy.ts';
import {
  canBeSnapshotted,
  guardedProperties,
  isElsewhere,
  isTags,
  managedOf,
  propertiesOf,
  runsAnything,
  type StackResource,
} from './resource-type.ts';

/** What a change set leaves out and its caller may know. */
export interface Surroundings {
  readonly stackName: string;
  readonly scope: Scope | null;
  /** The definition in a template that was given besides. */
  readonly template: (logicalId: string) => JsonObject | null;
  /** True when the change set of a nested stack was given besides. */
  readonly isGiven: (changeSetId: string) => boolean;
}

/** A change with what ordering needs. */
export interface ReadChange {
  readonly change: Change;
  /** CloudFormation deletes last, when everything else has gone well. */
  readonly deletes: boolean;
  /** The provider's name for the type. */
  readonly type: string;
}

const PRINTABLE = /^[A-Za-z]{1,30}$/;

/** Reads one entry. */
export function readResourceChange(entry: ResourceChange, around: Surroundings): ReadChange {
  const sides = sidesOf(entry, around);
  const finding = findingOf(entry, sides, around);
  const words = [entry.action, ...(replaces(entry) ? ['Replace'] : [])];
  return {
    change: {
      address: sides.address,
      actions: words.map((word) => (PRINTABLE.test(word) ? word : 'an unprintable action')),
      ...finding,
    },
    deletes: entry.action === 'Remove' || replaces(entry),
    type: managedOf(sides.old).type,
  };
}

/** What deleting a resource that meets this fate amounts to. */
export function deletionByFate(resource: StackResource, fate: Fate): Finding {
  if (fate === 'kept') return { class: 'forget', steps: [] };
  const managed = managedOf(resource);
  return deletionOf({ ...managed, values: { ...managed.values, ...finalSnapshot(managed, fate) } });
}

interface Sides {
  readonly address: string;
  readonly old: StackResource;
  readonly next: StackResource;
  /** The definitions, where they are known. */
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

function sidesOf(entry: ResourceChange, { stackName, scope, template }: Surroundings): Sides {
  const { logicalId, type, physicalId, place } = entry;
  const address = oneLine(stackName === '' ? logicalId : `${stackName}/${logicalId}`);
  const given = template(logicalId);
  const before = entry.before ?? (entry.action === 'Remove' ? given : null);
  const after = entry.after ?? (entry.action === 'Remove' ? null : given);
  const common = { address, type, scope, place };
  return {
    address,
    old: { ...common, physicalId, properties: propertiesOf(before ?? after ?? {}) },
    next: { ...common, physicalId: null, properties: propertiesOf(after ?? {}) },
    before,
    after,
  };
}

function findingOf(entry: ResourceChange, sides: Sides, around: Surroundings): Finding {
  const { address, next } = sides;
  if (runsAnything(entry.type)) return notUnderstood(address, 'it runs what somebody wrote, and that may do anything');
  switch (entry.action) {
    case 'Add':
      if (isNested(entry)) return nested(entry, address, around);
      return creationOf(managedOf(next));
    case 'Import':
    case 'SyncWithActual':
      return { class: 'none', steps: [] };
    case 'Remove':
      return deletionByFate(sides.old, removalFate(entry, sides));
    case 'Modify':
      return replaces(entry) ? replacement(entry, sides) : modification(entry, sides, around);
    case 'Dynamic':
      return notUnderstood(address, 'CloudFormation decides only while it runs what to do with it');
    default:
      return notUnderstood(address, 'the change set uses an action that this reader does not know');
  }
}

function replaces({ action, replacement: word, policyAction }: ResourceChange): boolean {
  return action === 'Modify' && ((word !== null && word !== 'False') || (policyAction?.startsWith('Replace') ?? false));
}

function removalFate({ policyAction }: ResourceChange, { old, before }: Sides): Fate {
  return fateOfRemoval({
    action: policyAction,
    attributes: [before && memberOf(before, 'DeletionPolicy')],
    defined: before !== null,
    canBeSnapshotted: canBeSnapshotted(old),
  });
}

function replacement({ policyAction }: ResourceChange, { old, before, after }: Sides): Finding {
  const fate = fateOfReplacement({
    action: policyAction,
    // Which version's policy counts while it changes is not documented.
    attributes: [before, after].map((side) => side && memberOf(side, 'UpdateReplacePolicy')),
    defined: before !== null || after !== null,
    canBeSnapshotted: canBeSnapshotted(old),
  });
  return deletionByFate(old, fate);
}

function isNested({ type }: ResourceChange): boolean {
  return type === 'AWS::CloudFormation::Stack';
}

/** A new one too: it may run what somebody wrote, or make what exists already. */
function nested({ nested: id }: ResourceChange, address: string, { isGiven }: Surroundings): Finding {
  if (id !== null && isGiven(id)) return { class: 'none', steps: [] };
  return notUnderstood(address, 'what changes in the nested stack is in a change set of its own, which is not given');
}

function modification(entry: ResourceChange, sides: Sides, around: Surroundings): Finding {
  const { address, old, next, before, after } = sides;
  if (isNested(entry)) return nested(entry, address, around);
  if (entry.replacement === null && !isElsewhere(entry.type)) {
    return notUnderstood(address, 'the change set does not say whether a new one takes its place (Replacement)');
  }
  if (before === null || after === null) return unseen(entry, address);
  const named = { ...next, physicalId: old.physicalId };
  const findings = [changeOf(applied(old), applied(named))];
  if (isWeaker(memberOf(before, 'DeletionPolicy'), memberOf(after, 'DeletionPolicy'), canBeSnapshotted(old))) {
    findings.push(disarmOf(managedOf(old)));
  }
  const policies = [before, after].map((side) => memberOf(side, 'UpdateReplacePolicy') ?? 'Delete');
  if (isWeaker(policies[0], policies[1], canBeSnapshotted(old))) findings.push(disarmOf(managedOf(old)));
  const hidden = POLICIES.find((name) => touches(entry, name) && memberOf(before, name) === memberOf(after, name));
  if (hidden) findings.push(notUnderstood(address, `${hidden} changes, and the contexts do not show how`));
  return worstOf(findings);
}

const POLICIES = ['DeletionPolicy', 'UpdateReplacePolicy'] as const;

function touches({ touched }: ResourceChange, name: string): boolean {
  return touched?.some(({ attribute }) => attribute === name) ?? false;
}

/** CloudFormation asks for changes at once unless the template says otherwise. */
function applied(resource: StackResource): Managed {
  const managed = managedOf(resource);
  const atOnce = memberOf(resource.properties, 'ApplyImmediately') ?? true;
  return { ...managed, values: { ...managed.values, apply_immediately: atOnce } };
}

/** A modification without contexts: harmless only when everything it touches is known to protect nothing. */
function unseen({ type, touched }: ResourceChange, address: string): Finding {
  const guarded = guardedProperties(type);
  const why = 'what changes is not in the change set: describe it with --include-property-values';
  if (touched === null) return notUnderstood(address, why);
  const concerns = touched.some(({ attribute, name }) => {
    if (attribute === 'DeletionPolicy' || attribute === 'UpdateReplacePolicy') return true;
    if (attribute !== 'Properties') return false;
    if (name !== null && isTags(name)) return false;
    return name === null || (guarded === 'all' ? !isElsewhere(type) : guarded.includes(name));
  });
  return concerns ? notUnderstood(address, why) : { class: 'update', steps: [] };
}

/** CloudFormation makes up the name. The star stands for the rest of it; no snapshot of RDS can have one in its name. */
function finalSnapshot({ values, address }: Managed, fate: Fate): JsonObject {
  if (fate !== 'snapshot') return { skip_final_snapshot: true };
  const name = values['identifier'] ?? values['cluster_identifier'];
  const stem = typeof name === 'string' ? name : address.replaceAll('/', '-');
  return { skip_final_snapshot: false, final_snapshot_identifier: `${stem}-snapshot-*` };
}
