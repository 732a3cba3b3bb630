/**
 * What one command of a pipeline hands to the next, where the text alone decides it.
 *
 * Only `echo`, `printf` and `cat` are followed, and only as far as every shell agrees on what they print. All else
 * has to run before anybody can see its output.
 * Source: POSIX.1-2024, echo, printf, cat; Bash Reference Manual, "Bash Builtin Commands".
 */

import type { Command, CommandNode } from 'unbash';
import { type Arg, joined, literal, programName } from '../arg.ts';
import type { Environment, Stdin } from '../environment.ts';
import { oneLine } from '../printing.ts';
import { readHereDocument, readWord } from './words.ts';

/**
 * The standard input that a command gives to its successor.
 *
 * @param before Its own predecessor, for `echo x | cat | sh`.
 */
export function outputOf(node: CommandNode, environment: Environment, before?: CommandNode): Stdin {
  if (node.type !== 'Command' || node.name === undefined) return { kind: 'unseen', from: 'what runs before it' };
  const { variables, functions, aliases } = environment.shell;
  const name = readWord(node.name, variables);
  const from: Stdin = { kind: 'unseen', from: oneLine(name.dynamic ?? programName(name.text), 40) };
  if (name.dynamic !== null || functions.has(name.text) || aliases.has(name.text)) return from;
  const args = node.args.map((arg) => (arg.type === 'Word' ? readWord(arg, variables) : null));
  if (args.includes(null)) return from;
  const words = args.flatMap((arg) => arg ?? []);
  switch (programName(name.text)) {
    case 'echo':
      return printed(echoed(words), from);
    case 'printf':
      return printed(formatted(words), from);
    case 'cat':
      return words.every(({ text }) => text === '-') ? (ownInput(node, environment, before) ?? from) : from;
    default:
      return from;
  }
}

function printed(text: Arg | null, from: Stdin): Stdin {
  return text === null ? from : { kind: 'text', text };
}

/** Null where shells differ on what comes out. */
function echoed(words: readonly Arg[]): Arg | null {
  const [first, ...rest] = words;
  if (first?.text === '-n' && first.dynamic === null) return echoed(rest);
  if (first?.head.startsWith('-')) return null;
  const text = joined(words);
  return text.text.includes('\\') ? null : text;
}

/** `printf 'text\n'` and `printf '%s\n' WORD...`. */
function formatted(words: readonly Arg[]): Arg | null {
  const [format, ...rest] = words;
  if (format === undefined || format.dynamic !== null) return null;
  if (format.text === '%s' || format.text === '%s\\n') {
    const line = joined(rest);
    return { ...line, text: rest.map(({ text }) => text).join(format.text === '%s' ? '' : '\n') };
  }
  const text = format.text.replaceAll('\\n', '\n');
  return rest.length > 0 || text.includes('\\') || text.includes('%') ? null : literal(text);
}

/** What a bare `cat` passes on: its here-document, or what was piped into it. */
function ownInput(node: Command, environment: Environment, before?: CommandNode): Stdin | null {
  const { variables } = environment.shell;
  const own = node.redirects.findLast(({ operator }) => operator.startsWith('<'));
  if (own?.type === 'HereDoc') return { kind: 'text', text: readHereDocument(own.body, variables) };
  if (own?.type === 'HereString' && own.target) return { kind: 'text', text: readWord(own.target, variables) };
  if (own !== undefined) return null;
  return before === undefined ? environment.stdin : outputOf(before, environment);
}
