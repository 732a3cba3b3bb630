/**
 * Which databases a part of the policy speaks of.
 *
 * Every member that is given must hold. A name selects only because the owner of the policy wrote it there: nothing is
 * concluded from it. Reads the database's own facts and the name of its environment.
 */

import * as z from 'zod';
import { account, isPrintable, mappingOfSome, region } from './parts.ts';

/** The facts a selector may ask about. */
export interface Selectable {
  readonly identifier: string;
  readonly engine: string;
  readonly accountId: string;
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
}

const TAGS = 'a mapping of at least one tag to its value';
const TAG_VALUE = 'a text, in quotes where it reads as something else';

/** Not a record of the schema library: that passes over a key that JavaScript gives a meaning to, and would pick more. */
const tags = z.unknown().transform((written, context): Readonly<Record<string, string>> => {
  const found = typeof written === 'object' && written !== null && !Array.isArray(written) ? written : {};
  const [wrong] = Object.entries(found).find(([, value]) => typeof value !== 'string') ?? [];
  if (wrong !== undefined) context.addIssue({ code: 'custom', path: [wrong], message: TAG_VALUE });
  else if (Object.keys(found).length === 0) context.addIssue({ code: 'custom', message: TAGS });
  return found as Readonly<Record<string, string>>;
});

/** The form of a selector in the file. */
export const selector = mappingOfSome({
  /** `*` stands for any run of characters. */
  identifier: name('an identifier such as orders-*').optional(),
  engine: name('an engine such as postgres').optional(),
  account: account.optional(),
  region: region.optional(),
  /** One that is declared under `environments`. */
  environment: z.string('the name of an environment').optional(),
  tags: tags.optional(),
});

/** A selector as read. */
export type Selector = z.output<typeof selector>;

function name(accepted: string) {
  return z.string(accepted).refine((text) => text !== '' && text.length <= 255 && isPrintable(text), accepted);
}

/** Whether it picks that database, which lies in that environment (null: in none). */
export function selects(wanted: Selector, database: Selectable, environment: string | null): boolean {
  const { identifier, engine, tags } = wanted;
  return (
    (identifier === undefined || matchesGlob(identifier, database.identifier)) &&
    (engine === undefined || engine === database.engine) &&
    (wanted.account === undefined || wanted.account === database.accountId) &&
    (wanted.region === undefined || wanted.region === database.region) &&
    (wanted.environment === undefined || wanted.environment === environment) &&
    Object.entries(tags ?? {}).every(
      ([key, value]) => Object.hasOwn(database.tags, key) && database.tags[key] === value,
    )
  );
}

/** Part by part from the left, which takes no longer than the texts are long; `*` is the only sign with a meaning. */
function matchesGlob(glob: string, text: string): boolean {
  const [first = '', ...others] = glob.split('*');
  const last = others.pop();
  if (last === undefined) return glob === text;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of others) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
