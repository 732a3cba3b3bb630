/**
 * What a row of the table of resource types says, and how the values in a document name a resource.
 *
 * A row says which attributes may be read, when in a destroy the type goes, what its deletion is at the API,
 * and which in-place changes weaken protection. The rows stand in a file for each service; `types.ts` joins them.
 * Source: attribute names of AWS provider 5.100.0 (`terraform providers schema -json`).
 */

import { parseArn, type Scope } from '../../core/arn.ts';
import type { Action, Target } from '../action.ts';
import type { AllowList, Attributes } from './attributes.ts';
import type { Protection } from './protections.ts';

/** Attributes that name a resource; an ARN also says where it lives. */
export interface Identity {
  readonly identifier: string;
  readonly arn: string | null;
  readonly resourceId: string | null;
}

/** One modelled resource type. */
export interface ResourceType {
  readonly type: string;
  /** When a destroy without known dependencies would take it, lowest first. */
  readonly rank: number;
  readonly attributes: AllowList;
  readonly identity: Identity;
  /** What its deletion amounts to: a loss by itself, or protection gone for what stays. */
  readonly deletes: 'destroy' | 'disarm';
  /** What its deletion is at the API, from the values in state. */
  readonly destroy: (target: Target, before: Attributes) => Action;
  /** What the provider does before it deletes. */
  readonly first: (target: Target, before: Attributes) => readonly Action[];
  readonly protections: readonly Protection[];
  /** Types of what it is put on in the place of what stands there: its create then changes that as its deletion does. */
  readonly putOn: readonly string[];
  /** A create of it makes a database. */
  readonly isDatabase: boolean;
}

/** Ranks: copies and replication, then members, databases, the lock before its vault, then what they stand on. */
export const RANK = { copy: 0, member: 1, database: 2, lock: 3, vault: 4, ground: 5 } as const;
/** Where types without a row go. */
export const LAST_RANK = 6;

/** A row of a type that is no database, is lost when it is deleted, and guards nothing, unless told otherwise. */
export function row(
  parts: Pick<ResourceType, 'type' | 'rank' | 'attributes' | 'identity' | 'destroy'> & Partial<ResourceType>,
): ResourceType {
  return { deletes: 'destroy', first: () => [], protections: [], putOn: [], isDatabase: false, ...parts };
}

/** How the values in a document name a resource; null when they do not name it at all. A name may itself be an ARN. */
export function targetOf({ identity }: ResourceType, values: Attributes): Target | null {
  const name = values.text(identity.identifier);
  const arn = (identity.arn === null ? null : values.text(identity.arn)) ?? (scopeOf(name) === null ? null : name);
  const resourceId = identity.resourceId === null ? null : values.text(identity.resourceId);
  if (arn === null && resourceId === null && name === null) return null;
  const identifier = name === null || name === arn ? nameInArn(arn) : name;
  return { arn, resourceId, identifier: identifier ?? resourceId ?? '', scope: scopeOf(arn) };
}

/** The attributes that name a resource, alone. */
export function namingAttributes({ identity, attributes }: ResourceType): AllowList {
  const names: readonly (string | null)[] = [identity.identifier, identity.arn, identity.resourceId];
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
}

/** The name at the end of an ARN. */
export function nameInArn(arn: string | null): string | null {
  return (arn === null ? null : parseArn(arn)?.resource) ?? null;
}

/** The account and region in an ARN; null for an ARN that is not bound to both. */
export function scopeOf(arn: string | null): Scope | null {
  const parsed = arn === null ? null : parseArn(arn);
  if (parsed === null || parsed.region === '' || !/^\d{12}$/.test(parsed.accountId)) return null;
  return { accountId: parsed.accountId, region: parsed.region };
}
