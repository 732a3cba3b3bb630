/**
 * One AWS resource that a tool manages for somebody: what deleting, changing or creating it is at the API.
 *
 * Several tools say the same things in other words, so each reader puts them into those of the Terraform provider, whose
 * table (`terraform/types.ts`) says what follows. A value that nobody can know from the document counts as the one
 * that saves least.
 * Source: as in the rows of that table; AWS Backup API, DeleteBackupVaultLockConfiguration.
 */

import type { Scope } from '../core/arn.ts';
import { canonicalJson } from '../core/canonical.ts';
import type { Action, Target } from './action.ts';
import { oneLine } from './command/printing.ts';
import { isUnresolved, misfit, type Place } from './document-text.ts';
import { type AllowList, type AttributeKind, type Attributes, readAttributes } from './terraform/attributes.ts';
import { type Finding, notUnderstood, worstOf } from './terraform/finding.ts';
import { type JsonObject, memberOf } from './terraform/json-text.ts';
import { nameInArn } from './terraform/resource-type.ts';
import { LAST_RANK, modelledType, type ResourceType, targetOf } from './terraform/types.ts';
import { readUnmodelledCreate, readUnmodelledDelete, readUnmodelledUpdate } from './terraform/unmodelled.ts';
import { readUpdate } from './terraform/update.ts';

/** A resource as one version of a document has it. */
export interface Managed {
  /** The provider's name for its type, such as `aws_db_instance`. */
  readonly type: string;
  /** The document's own name for it. */
  readonly address: string;
  /** Its attributes under the provider's names. Only those that the type's row lists are ever read. */
  readonly values: JsonObject;
  /** What somebody wrote, under the provider's names as far as it has them; compared and never read out. */
  readonly settings: JsonObject;
  /** Where it lives, when no ARN says so. */
  readonly scope: Scope | null;
  readonly place: Place;
}

/** As long as an ARN, which some of them are. */
const NAME_LENGTH_MAX = 2_048;
/** The shortest time that KMS waits, in days. Source: AWS KMS API, ScheduleKeyDeletion. */
const KEY_WINDOW_DAYS_MIN = 7;

/** What an attribute counts as when nobody can know it: the value that saves least. */
const WORST: JsonObject = {
  skip_final_snapshot: true,
  force_destroy: true,
  deletion_window_in_days: KEY_WINDOW_DAYS_MIN,
};

/** What deleting it amounts to. */
export function deletionOf(managed: Managed): Finding {
  const row = modelledType(managed.type);
  if (row === null) return readUnmodelledDelete(managed.type, managed.address);
  const { attributes, target } = read(managed, row);
  if (target !== null) {
    return { class: row.deletes, steps: [...row.first(target, attributes), row.destroy(target, attributes)] };
  }
  return { ...notUnderstood(managed.address, 'the document does not name what it deletes'), class: row.deletes };
}

/** What turning one version into another amounts to. */
export function changeOf(before: Managed, after: Managed): Finding {
  if (before.type !== after.type) return notUnderstood(before.address, 'it becomes another type of resource');
  const row = modelledType(after.type);
  if (row === null) return unmodelledChange(before, after);
  const then = read(before, row);
  const now = read(after, row);
  if (row.isDatabase && then.target && now.target && then.target.identifier !== now.target.identifier) {
    return notUnderstood(after.address, 'it comes to stand for another thing in AWS, or renames it');
  }
  const blurred = row.protections.find(({ attribute }) => then.unknown[attribute]);
  const findings = [
    readUpdate(row, now.target ?? then.target, after.address, {
      before: then.attributes,
      after: now.attributes,
      afterUnknown: now.unknown,
      rawBefore: before.settings,
      rawAfter: after.settings,
    }),
  ];
  if (blurred) findings.push(notUnderstood(after.address, `${blurred.attribute} is not in the document as it was`));
  return worstOf([...findings, ...guardChanges(now.target, before, after)]);
}

/** What creating it amounts to. */
export function creationOf(managed: Managed): Finding {
  const row = modelledType(managed.type);
  if (row === null) return readUnmodelledCreate(managed.type, managed.address);
  const { target, attributes } = read(managed, row);
  if (row.putOn.length > 0) {
    // What it is put on may be there already, with something in the place that it takes.
    return target === null
      ? notUnderstood(managed.address, 'the document does not name what this is put on')
      : { class: 'disarm', steps: [row.destroy(target, attributes)] };
  }
  if (!row.isDatabase) return { class: 'create', steps: [] };
  const named = { arn: null, resourceId: null, identifier: target?.identifier ?? '', scope: target?.scope ?? null };
  return { class: 'create', steps: [{ kind: 'create_database', target: named }] };
}

/** A weakening that lives in the tool alone: the next deletion takes more than the last one would have. */
export function disarmOf(managed: Managed): Finding {
  const row = modelledType(managed.type);
  const target = row?.isDatabase ? read(managed, row).target : null;
  if (target === null) return { class: 'disarm', steps: [] };
  const kind = managed.type === 'aws_rds_cluster' ? 'modify_db_cluster' : 'modify_db_instance';
  return { class: 'disarm', steps: [{ kind, target, change: {} }] };
}

/** It as far as the document names it, for a step that nobody understood; null when it does not name it. */
export function nameOf(managed: Managed): Target | null {
  const row = modelledType(managed.type);
  return row === null ? null : read(managed, row).target;
}

/** When a deletion of many would take it, lowest first: copies, members, databases, vaults, then what they stand on. */
export function rankOf(type: string): number {
  return modelledType(type)?.rank ?? LAST_RANK;
}

interface ReadResource {
  readonly attributes: Attributes;
  readonly target: Target | null;
  /** Attributes that nobody can know from the document. */
  readonly unknown: Readonly<Record<string, boolean>>;
}

function read(managed: Managed, row: ResourceType): ReadResource {
  const known: Record<string, unknown> = {};
  const unknown: Record<string, boolean> = {};
  for (const [name, kind] of Object.entries(row.attributes)) {
    const raw = memberOf(managed.values, name);
    if (raw === undefined || raw === null || raw === '') continue;
    unknown[name] = isUnresolved(raw) || (Array.isArray(raw) && raw.some(isUnresolved));
    known[name] = unknown[name] ? memberOf(WORST, name) : inKind(raw, kind, { ...managed.place, path: name });
  }
  const attributes = readAttributes(known, row.attributes as AllowList, managed.place);
  return { attributes, target: located(targetOf(row, attributes), managed), unknown };
}

/** A value as its attribute has it: tools write flags and numbers as text as well. */
function inKind(raw: unknown, kind: AttributeKind, place: Place): unknown {
  const word = typeof raw === 'string' ? raw.trim().toLowerCase() : raw;
  if (kind === 'flag' && (word === true || word === 'true' || word === 'yes' || word === 'on')) return true;
  if (kind === 'flag' && (word === false || word === 'false' || word === 'no' || word === 'off')) return false;
  if (kind === 'flag') throw misfit(place, 'expected true or false');
  if (kind === 'number') {
    const number = typeof word === 'string' && /^-?\d{1,9}$/.test(word) ? Number(word) : word;
    if (Number.isSafeInteger(number)) return number;
    throw misfit(place, 'expected a whole number');
  }
  if (kind === 'text' && typeof raw === 'string') return raw;
  if (kind === 'member_arns' && Array.isArray(raw)) return raw;
  if (kind === 'texts' && Array.isArray(raw) && raw.every((item) => typeof item === 'string')) return raw;
  throw misfit(place, kind === 'text' ? 'expected text' : 'expected a list of text');
}

/** RDS takes names in any case and keeps them in lower case; a vault's name and an id stay as they are. */
function located(target: Target | null, { type, scope }: Managed): Target | null {
  if (target === null) return null;
  const isRds = /^aws_(?:db|rds)_/.test(type);
  // It is printed, and comes from anywhere; one that this changes is no name in AWS.
  const identifier = oneLine(isRds ? target.identifier.toLowerCase() : target.identifier, NAME_LENGTH_MAX);
  // The call goes by the name. An ARN of another name is what the thing was, or what another one was.
  const isAnother = isRds && target.arn !== null && nameInArn(target.arn)?.toLowerCase() !== identifier;
  return { ...target, identifier, arn: isAnother ? null : target.arn, scope: target.scope ?? scope };
}

function unmodelledChange(before: Managed, after: Managed): Finding {
  const { type, address } = after;
  return readUnmodelledUpdate({ type, address, before: before.settings, after: after.settings, afterUnknown: {} });
}

/** Settings that guard a thing and that have a call of their own; what they hold is compared and never judged. */
const GUARDS: readonly Guard[] = [
  guard('aws_backup_vault', 'policy', (target) => ({ kind: 'change_vault_policy', target })),
  guard('aws_backup_logically_air_gapped_vault', 'policy', (target) => ({ kind: 'change_vault_policy', target })),
  {
    ...guard('aws_backup_vault', 'lock', (target) => ({ kind: 'delete_vault_lock', target })),
    additionIsHarmless: true,
  },
  guard('aws_backup_selection', 'rule', (target) => ({ kind: 'stop_future_backups', target })),
  // What is at the destination stays and nothing comes after it.
  { ...guard('aws_db_instance', 'backup_replication', touched), additionIsHarmless: true },
  { ...guard('aws_db_instance', 'replicated_retention', touched), additionIsHarmless: true },
];

interface Guard {
  readonly type: string;
  readonly setting: string;
  /** Setting it where there was none only adds a guard. */
  readonly additionIsHarmless: boolean;
  readonly step: (target: Target) => Action;
}

function guard(type: string, setting: string, step: Guard['step']): Guard {
  return { type, setting, additionIsHarmless: false, step };
}

function touched(target: Target): Action {
  return { kind: 'modify_db_instance', target, change: {} };
}

function guardChanges(target: Target | null, before: Managed, after: Managed): Finding[] {
  return GUARDS.filter(({ type }) => type === after.type).flatMap(({ setting, additionIsHarmless, step }) => {
    const then = memberOf(before.settings, setting) ?? null;
    const now = memberOf(after.settings, setting) ?? null;
    if (!differ(then, now) || (then === null && additionIsHarmless)) return [];
    return [{ class: 'disarm', steps: target === null ? [] : [step(target)] }];
  });
}

function differ(a: unknown, b: unknown): boolean {
  return canonicalJson(a ?? null) !== canonicalJson(b ?? null);
}
