/**
 * The options in front of a wrapped command: which words are theirs, and where the command begins.
 *
 * Short options may be clustered (`-nE`) and carry their value (`-uroot`); long ones take it after `=` or as the
 * next word. Anything the row does not list ends the reading with the name of what was not understood.
 * Source: POSIX.1-2024, Utility Syntax Guidelines; GNU C Library Manual, "Getopt".
 */

import type { Arg } from '../arg.ts';
import type { Wrapper } from './table.ts';

/** What stood in front of the command. */
export interface Front {
  /** Values by option, last one wins. */
  readonly values: ReadonlyMap<string, Arg>;
  readonly seen: ReadonlySet<string>;
  /** What is left: words of the wrapper first, then the command. */
  readonly rest: readonly Arg[];
}

/** Reads the options of a wrapper; a string names the part that decides and was not understood. */
export function readFront(args: readonly Arg[], wrapper: Wrapper): Front | string {
  const valued = new Set(`${wrapper.valued ?? ''} ${wrapper.scripts ?? ''}`.split(' '));
  const flags = new Set((wrapper.flags ?? '').split(' '));
  const values = new Map<string, Arg>();
  const seen = new Set<string>();
  let index = 0;
  for (; index < args.length; index += 1) {
    const arg = args[index];
    if (arg === undefined) break;
    if (arg.dynamic !== null && (arg.head === '' || !arg.head.startsWith('-'))) break;
    const text = arg.head;
    if (text === '--') return { values, seen, rest: args.slice(index + 1) };
    if (!text.startsWith('-') || (text === '-' && !flags.has('-'))) break;
    const option = optionOf(text, valued, flags, wrapper.numeric === true);
    if (option === null) return `the option ${text.split('=')[0] ?? ''}`;
    for (const name of option.names) seen.add(name);
    const last = option.names.at(-1) ?? '';
    if (!option.takesValue) {
      if (arg.dynamic !== null) return arg.dynamic;
    } else if (option.attached !== null) {
      values.set(last, { ...arg, text: arg.text.slice(text.length - option.attached.length), head: option.attached });
    } else {
      if (arg.dynamic !== null) return arg.dynamic;
      index += 1;
      const value = args[index];
      if (value === undefined) return `the option ${last} without its value`;
      if (value.splits && value.head === '') return value.dynamic ?? 'a value';
      values.set(last, value);
    }
  }
  return { values, seen, rest: args.slice(index) };
}

interface Option {
  readonly names: readonly string[];
  readonly takesValue: boolean;
  /** The value in the same word; null when the next word holds it. */
  readonly attached: string | null;
}

function optionOf(text: string, valued: Set<string>, flags: Set<string>, numeric: boolean): Option | null {
  if (text.startsWith('--')) {
    const cut = text.indexOf('=');
    const name = cut < 0 ? text : text.slice(0, cut);
    const attached = cut < 0 ? null : text.slice(cut + 1);
    if (valued.has(name)) return { names: [name], takesValue: true, attached };
    // A flag with `=`: an optional value, as in `--preserve-env=PATH`.
    return flags.has(name) ? { names: [name], takesValue: attached !== null, attached } : null;
  }
  if (flags.has(text)) return { names: [text], takesValue: false, attached: null };
  if (numeric && /^-\d+$/.test(text)) return { names: ['-n'], takesValue: false, attached: null };
  const names: string[] = [];
  for (let at = 1; at < text.length; at += 1) {
    const name = `-${text[at]}`;
    names.push(name);
    if (valued.has(name))
      return { names, takesValue: true, attached: at + 1 < text.length ? text.slice(at + 1) : null };
    // xargs -i{} and its like: an option that may carry a marker.
    if (!flags.has(name)) return null;
  }
  return { names, takesValue: false, attached: null };
}
