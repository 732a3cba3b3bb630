/**
 * Reads attribute values of one resource through its type's allow-list; nothing else of them gets out.
 *
 * A value of the wrong kind is refused by path, never quoted: what stands there could be a password in the
 * wrong place. `null` in `after` can mean "known null" or "not known yet", so `after_unknown` is asked first.
 * Source: Terraform internals, "JSON Output Format", change representation (`after_unknown` mirrors `after`;
 * `true` stands for the whole value).
 */

import { canonicalJson } from '../../core/canonical.ts';
import { type ErrorCode, MusterError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import { isJsonObject, type JsonObject, memberOf } from './json-text.ts';

/**
 * What kinds of attribute an allow-list may name; `texts` is a list or set of text, `member_arns` a list of blocks of
 * which only `db_cluster_arn` passes.
 */
export const ATTRIBUTE_KINDS = ['text', 'flag', 'number', 'texts', 'member_arns'] as const;
export type AttributeKind = (typeof ATTRIBUTE_KINDS)[number];

/** The attributes of a resource type that may be read. */
export type AllowList = Readonly<Record<string, AttributeKind>>;

type AttributeValue = string | boolean | number | readonly string[];

/** Allow-listed values of one side of a change; null where the document has null, `""` or nothing. */
export interface Attributes {
  /** The document has an object there at all. */
  readonly present: boolean;
  text(name: string): string | null;
  flag(name: string): boolean | null;
  number(name: string): number | null;
  texts(name: string): readonly string[] | null;
  arns(name: string): readonly string[] | null;
}

/** Where attributes stand, for the message of an error. */
export interface AttributesPlace {
  readonly origin: string;
  /** Such as `resource_changes[3].change.before`. */
  readonly path: string;
  /** What a misfit is refused with; that of a plan when left out. */
  readonly code?: ErrorCode;
}

/**
 * Reads the allow-listed attributes of `before` or `after`.
 *
 * @throws MusterError `MUSTER_PLAN_SHAPE`, or the code of the place, when the whole or an attribute in use is of
 *   another kind.
 */
export function readAttributes(raw: unknown, allowed: AllowList, place: AttributesPlace): Attributes {
  const object = objectAt(raw, place);
  const values = new Map<string, AttributeValue>();
  for (const [name, kind] of Object.entries(allowed)) {
    const value = object === null ? undefined : memberOf(object, name);
    // The provider's SDK writes an unset text as "" as often as null.
    if (value === undefined || value === null || value === '') continue;
    if (!isOfKind(value, kind)) {
      const expected = EXPECTED[kind];
      throw misfit(place, `${place.path}.${name}: expected ${expected} or null`);
    }
    values.set(name, kind === 'member_arns' ? memberArns(value as readonly unknown[]) : (value as AttributeValue));
  }
  const listed = (name: string, kind: AttributeKind): AttributeValue | null => {
    invariant(Object.hasOwn(allowed, name) && allowed[name] === kind, 'an attribute is read as listed', { name, kind });
    return values.get(name) ?? null;
  };
  return {
    present: object !== null,
    text: (name) => listed(name, 'text') as string | null,
    flag: (name) => listed(name, 'flag') as boolean | null,
    number: (name) => listed(name, 'number') as number | null,
    texts: (name) => listed(name, 'texts') as readonly string[] | null,
    arns: (name) => listed(name, 'member_arns') as readonly string[] | null,
  };
}

/** The allow-listed values of one side as one text, for two documents that should hold the same. */
export function printListed(allowed: AllowList, raw: unknown): string {
  const values = isJsonObject(raw) ? Object.keys(allowed).map((name) => [name, memberOf(raw, name) ?? null]) : [];
  return canonicalJson(values);
}

/** True when `after_unknown` leaves the attribute, or the whole resource, to be known after apply. */
export function isUnknownAfter(afterUnknown: unknown, name: string): boolean {
  if (afterUnknown === true) return true;
  return isJsonObject(afterUnknown) && holdsTrue(memberOf(afterUnknown, name));
}

/** The object behind `before` or `after`; null when the document has null or nothing there. */
export function objectAt(raw: unknown, place: AttributesPlace): JsonObject | null {
  if (raw === null || raw === undefined) return null;
  if (isJsonObject(raw)) return raw;
  throw misfit(place, `${place.path}: expected an object or null`);
}

function misfit({ origin, code = 'MUSTER_PLAN_SHAPE' }: AttributesPlace, what: string): MusterError {
  return new MusterError(code, `${origin}: ${what}`);
}

const EXPECTED = {
  text: 'text',
  flag: 'true, false',
  number: 'a number',
  texts: 'a list of text',
  member_arns: 'a list of blocks with a text db_cluster_arn',
} as const;

function isOfKind(value: unknown, kind: AttributeKind): boolean {
  if (kind === 'member_arns') return Array.isArray(value) && memberArns(value).length === value.length;
  if (kind === 'texts') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  // JSON can write numbers that are too large for one, which come out as infinite.
  if (kind === 'number') return Number.isFinite(value);
  return typeof value === { text: 'string', flag: 'boolean' }[kind];
}

function memberArns(blocks: readonly unknown[]): string[] {
  return blocks
    .map((block: unknown) => (isJsonObject(block) ? memberOf(block, 'db_cluster_arn') : null))
    .filter((arn) => typeof arn === 'string');
}

/** A mask is `true` as a whole or somewhere inside (the text reader bounds how deep). */
function holdsTrue(mask: unknown): boolean {
  if (mask === true) return true;
  if (typeof mask !== 'object' || mask === null) return false;
  return Object.values(mask).some(holdsTrue);
}
