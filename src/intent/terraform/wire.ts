/**
 * The two long lists of a plan as they are printed: its entries, and the resources of the state that it was made from.
 *
 * Each item has a schema, which says what is wrong with it, and a test, which only says that nothing is. The test is
 * never the one to refuse: what it does not know to fit goes to the schema. It takes a tenth of the time and makes no
 * copy; copies of a large plan would have the garbage collector move all that was parsed as well.
 * Source: Terraform internals, "JSON Output Format", change and state representation.
 */

import * as z from 'zod';
import { isJsonObject } from './json-text.ts';
import { ADDRESS, addressSchema } from './shape.ts';

const TYPE = /^[A-Za-z][\w-]*$/;
const DEPOSED = /^[0-9A-Za-z]{1,64}$/;

/** The shape of an entry; what it does not name is dropped. */
export const entrySchema = z.object({
  address: addressSchema,
  /** Only after a `moved` block. */
  previous_address: addressSchema.optional(),
  mode: z.string().optional(),
  type: z.string().regex(TYPE),
  /** Key of an old copy that a failed create-before-destroy left behind. */
  deposed: z.string().regex(DEPOSED).optional(),
  change: z.object({
    actions: z.array(z.string()),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
    after_unknown: z.unknown().optional(),
    importing: z.unknown().optional(),
  }),
});

/** An entry of `resource_changes` or `resource_drift`. */
export type WireEntry = z.infer<typeof entrySchema>;

/** The shape of a resource; what it does not name is dropped. */
export const resourceSchema = z.object({
  address: addressSchema,
  mode: z.string().optional(),
  type: z.string().optional(),
  deposed_key: z.string().optional(),
  depends_on: z.array(z.string()).optional(),
  values: z.unknown().optional(),
});

/** A resource of a module of `prior_state`. */
export type WireResource = z.infer<typeof resourceSchema>;

/** The entries of a list that surely are nothing else; null when the schema has to say. */
export function sureEntries(list: unknown): readonly WireEntry[] | null {
  return Array.isArray(list) && list.every(isEntry) ? list : null;
}

/** The resources of a list that surely are nothing else; null when the schema has to say. */
export function sureResources(list: unknown): readonly WireResource[] | null {
  return Array.isArray(list) && list.every(isResource) ? list : null;
}

function isEntry(item: unknown): item is WireEntry {
  if (!isJsonObject(item)) return false;
  const { address, previous_address: previous, mode, type, deposed, change } = item;
  return (
    isTextLike(ADDRESS, address) &&
    (previous === undefined || isTextLike(ADDRESS, previous)) &&
    isTextOrAbsent(mode) &&
    isTextLike(TYPE, type) &&
    (deposed === undefined || isTextLike(DEPOSED, deposed)) &&
    isJsonObject(change) &&
    areTexts(change['actions'])
  );
}

function isResource(item: unknown): item is WireResource {
  if (!isJsonObject(item)) return false;
  const { address, mode, type, deposed_key: deposed, depends_on: dependsOn } = item;
  return (
    isTextLike(ADDRESS, address) &&
    isTextOrAbsent(mode) &&
    isTextOrAbsent(type) &&
    isTextOrAbsent(deposed) &&
    (dependsOn === undefined || areTexts(dependsOn))
  );
}

function isTextLike(form: RegExp, value: unknown): boolean {
  return typeof value === 'string' && form.test(value);
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
