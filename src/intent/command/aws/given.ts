/**
 * The options of one AWS operation, as far as its row asks for them; what could not be read becomes a doubt.
 *
 * Only the options that a row names are looked at. A name may be cut short where only one of the row's options begins
 * so. A value from a file or a URL decides as little as a variable.
 * Source: AWS CLI User Guide, "Loading a parameter from a file"; Python documentation, argparse, "Argument
 * abbreviations".
 */

import { parseArn, type Scope } from '../../../core/arn.ts';
import type { Target } from '../../action.ts';
import type { Arg } from '../arg.ts';
import { type AwsCommand, type AwsOption, isGlobalWithValue } from './parse-aws.ts';

/** What a row reads its parameters from. */
export interface Given {
  /** The last value of an option; null when it is absent or not certain. */
  readonly text: (name: string) => string | null;
  /** All words of an option. */
  readonly texts: (name: string) => readonly string[];
  /** A whole number. */
  readonly number: (name: string) => number | null;
  /** `--name` or `--no-name`; when both stand there, the one the row calls weak. */
  readonly flag: (name: string, weak: boolean) => boolean | null;
  /** What the operation acts on; a value that is an ARN says more than its name. */
  readonly target: (name: string, form?: (text: string) => string) => Target;
  readonly has: (name: string) => boolean;
  /** Notes that the command does not decide. */
  readonly doubt: (what: string) => void;
}

/** Reads options for a row; `doubts` fills up while the row asks. */
export function givenOf(
  command: AwsCommand,
  known: readonly string[],
  scope: Scope | null,
): { readonly given: Given; readonly doubts: string[] } {
  const doubts = [...command.doubts];
  const named = new Map<string, AwsOption>();
  for (const option of command.options) {
    const name = fullName(option.name, known);
    if (name === 'ambiguous') doubts.push(`--${option.name}, which begins several options`);
    else if (name !== null) named.set(name, option);
    const [first] = option.values;
    const takesValue = name === null ? isGlobalWithValue(option.name) : !isFlag(name, known);
    // Behind a flag, or behind an option that no row knows, a word nobody sees may be an option.
    if (!takesValue && first?.dynamic && first.head === '') doubts.push(first.dynamic);
  }
  const certain = (arg: Arg, name: string): string | null => {
    const loaded = /^(?:fileb?|https?):\/\//.test(arg.text);
    if (arg.dynamic !== null || loaded) doubts.push(`--${name} (${loaded ? 'a file' : arg.dynamic})`);
    return arg.dynamic === null && !loaded ? arg.text : null;
  };
  const texts = (name: string) => (named.get(name)?.values ?? []).flatMap((arg) => certain(arg, name) ?? []);
  const text = (name: string) => {
    const option = named.get(name);
    if (option === undefined) return null;
    const [value] = option.values;
    if (value === undefined) doubts.push(`--${name} without a value`);
    return value === undefined ? null : certain(value, name);
  };
  const given: Given = {
    text,
    texts,
    number: (name) => {
      const value = text(name);
      if (value === null) return null;
      // As the CLI writes numbers: what else JavaScript takes for one, such as 0x0 or 1e1, is refused or differs there.
      if (/^\s*\+?\d{1,9}\s*$/.test(value)) return Number(value);
      doubts.push(`--${name}, which is no number`);
      return null;
    },
    flag: (name, weak) => {
      const [on, off] = [named.has(name), named.has(`no-${name}`)];
      if (on && off) return weak;
      return on ? true : off ? false : null;
    },
    target: (name, form = (id) => id) => {
      const value = text(name);
      if (value === null && !named.has(name)) doubts.push(`--${name}, which is missing`);
      // AWS takes no such name, and nothing printed later should hold one.
      if (value !== null && (value.length > 300 || /[\p{Cc}\p{Cf}\p{Cs}]/u.test(value))) {
        doubts.push(`--${name}, which is no name`);
        return targetOf('', form, scope);
      }
      return targetOf(value ?? '', form, scope);
    },
    has: (name) => named.has(name),
    doubt: (what) => doubts.push(what),
  };
  return { given, doubts };
}

/** A name as a target; an ARN also says where the thing lives. */
export function targetOf(value: string, form: (text: string) => string, scope: Scope | null): Target {
  const arn = parseArn(value);
  if (arn === null) return { arn: null, resourceId: null, identifier: form(value), scope };
  const bound = arn.region !== '' && /^\d{12}$/.test(arn.accountId);
  return {
    arn: value,
    resourceId: null,
    identifier: arn.resource,
    scope: bound ? { accountId: arn.accountId, region: arn.region } : scope,
  };
}

function isFlag(name: string, known: readonly string[]): boolean {
  return name.startsWith('no-') || known.includes(`no-${name}`);
}

function fullName(name: string, known: readonly string[]): string | null {
  if (known.includes(name)) return name;
  const begun = known.filter((candidate) => candidate.startsWith(name));
  if (begun.length > 1) return 'ambiguous';
  return begun[0] ?? null;
}
