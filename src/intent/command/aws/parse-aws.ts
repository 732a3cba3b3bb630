/**
 * The words of an `aws` command, sorted into service, operation, options and their values.
 *
 * Options may stand anywhere; those in front of the operation must be global, because only of those it is known
 * whether they take a word. A word that could turn out to be an option nobody sees is kept as a doubt.
 * Source: AWS CLI reference, "Global options"; aws/aws-cli `awscli/data/cli.json`, `awscli/argparser.py` (version 1
 * hands unambiguous beginnings of options to argparse, which accepts them).
 */

import type { Arg } from '../arg.ts';

/** An option and the words behind it. */
export interface AwsOption {
  /** Without the dashes. */
  readonly name: string;
  readonly values: readonly Arg[];
}

/** An `aws` command taken apart. */
export interface AwsCommand {
  readonly service: Arg | null;
  readonly operation: Arg | null;
  /** Words behind the operation that belong to no option. */
  readonly words: readonly Arg[];
  readonly options: readonly AwsOption[];
  /** What may be an option, or decides how the rest is read. */
  readonly doubts: readonly string[];
}

const GLOBAL_VALUED = [
  ...['region', 'profile', 'endpoint-url', 'output', 'query', 'color', 'ca-bundle'],
  ...['cli-read-timeout', 'cli-connect-timeout', 'cli-binary-format', 'cli-error-format'],
];
const GLOBAL_FLAGS = [
  ...['debug', 'no-verify-ssl', 'no-paginate', 'no-sign-request', 'version', 'v2-debug'],
  ...['no-cli-pager', 'cli-auto-prompt', 'no-cli-auto-prompt'],
];

/** Takes an `aws` command apart; `args` are the words behind `aws`. */
export function parseAws(args: readonly Arg[]): AwsCommand {
  const names: Arg[] = [];
  const words: Arg[] = [];
  const options: { name: string; values: Arg[] }[] = [];
  const doubts: string[] = [];
  /** The option that the next word belongs to. */
  let open: { name: string; values: Arg[] } | null = null;
  for (const arg of args) {
    if (arg.head.startsWith('--') && arg.head.length > 2) {
      const cut = arg.head.indexOf('=');
      const given = cut < 0 ? arg.head.slice(2) : arg.head.slice(2, cut);
      if (cut < 0 && arg.dynamic !== null) doubts.push(arg.dynamic);
      const name = globalName(given);
      if (name === null && names.length < 2) doubts.push('an option in front of the operation');
      const option = { name: name ?? given, values: cut < 0 ? [] : [valueAfter(arg, cut)] };
      options.push(option);
      open = cut < 0 && !GLOBAL_FLAGS.includes(option.name) ? option : null;
      if (name !== null && cut >= 0) open = null;
      continue;
    }
    const value = open !== null && open.values.length === 0;
    // A word of its own, or a later one of a list, may turn out to be an option; so may a part of one that splits.
    if (arg.dynamic !== null && (arg.head === '-' || arg.head === '--')) doubts.push(arg.dynamic);
    if (arg.dynamic !== null && arg.head === '') {
      if (!value || (arg.splits && open !== null && GLOBAL_VALUED.includes(open.name))) doubts.push(arg.dynamic);
    }
    if (open !== null) {
      open.values.push(arg);
      if (GLOBAL_VALUED.includes(open.name) || names.length < 2) open = null;
    } else if (names.length < 2) names.push(arg);
    else words.push(arg);
  }
  return { service: names[0] ?? null, operation: names[1] ?? null, words, options, doubts };
}

/** True for options that every operation takes, with a word of their own. */
export function isGlobalWithValue(name: string): boolean {
  return GLOBAL_VALUED.includes(name);
}

/** The global option that a name is, or is an unambiguous beginning of; null for an operation's own. */
function globalName(given: string): string | null {
  const all = [...GLOBAL_VALUED, ...GLOBAL_FLAGS];
  if (all.includes(given)) return given;
  const begun = all.filter((name) => name.startsWith(given));
  return begun.length === 1 && given.length >= 3 ? (begun[0] ?? null) : null;
}

function valueAfter(arg: Arg, cut: number): Arg {
  return { ...arg, text: arg.text.slice(cut + 1), head: arg.head.slice(cut + 1), shown: arg.shown.slice(cut + 1) };
}
