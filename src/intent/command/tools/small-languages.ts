/**
 * Scripts of sed and awk, as far as it takes to know that they run no program.
 *
 * Both can start a shell (`s/x/y/e`, `system()`, a pipe). Only the everyday forms count as plain; what is not
 * recognised is not.
 * Source: GNU sed manual, "sed scripts"; GNU Awk User's Guide, "I/O Functions" and "Indirect Calls".
 */

import type { Arg } from '../arg.ts';

const SED_ADDRESS = /^(?:(?:\d+|\$|\/(?:[^/\\\n]|\\.)*\/)(?:[,~+](?:\d+|\$|\/(?:[^/\\\n]|\\.)*\/))?)?!?$/;
const SED_COMMANDS = /^[pdDPNnGghHx=lq]$/;
const SED_FLAGS = /^[gpiIm\d]*$/;
const AWK_DANGERS = ['system', '|', 'getline', '@', '>', 'close'];

/** Long options without a script in them; others may be short for one that has. */
const LONG_PLAIN = new Set(
  '--quiet --silent --regexp-extended --in-place --null-data --line-buffered --posix --separate --unbuffered --expression --field-separator --assign --version --help'.split(
    ' ',
  ),
);

/** True when every script of a sed command only prints, deletes or substitutes. */
export function isPlainSed(args: readonly Arg[]): boolean {
  const scripts = scriptsOf(args, ['-e', '--expression'], ['-f', '--file']);
  return scripts?.every((script) => script.dynamic === null && script.text.split('\n').every(isPlainSedLine)) ?? false;
}

/** True when an awk program has no way to run another one. */
export function isPlainAwk(args: readonly Arg[]): boolean {
  const scripts = scriptsOf(
    args,
    ['-e', '--source'],
    ['-f', '--file', '-i', '--include', '-l', '--load', '-E', '--exec', '-p', '-o'],
  );
  return (
    scripts?.every(({ text, dynamic }) => dynamic === null && AWK_DANGERS.every((danger) => !text.includes(danger))) ??
    false
  );
}

/** The scripts among the words; null when one is in a file, or may be. */
function scriptsOf(args: readonly Arg[], inline: readonly string[], files: readonly string[]): readonly Arg[] | null {
  const scripts: Arg[] = [];
  const others: Arg[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index];
    if (arg === undefined) continue;
    const name = arg.head.split('=')[0] ?? '';
    if (
      files.some(
        (file) =>
          name === file ||
          (file.length === 2 && new RegExp(`^-[a-zA-Z]*${file[1]}`).test(name) && !name.startsWith('--')),
      )
    ) {
      // `-i` edits in place in sed, and includes a file in awk.
      return null;
    }
    if (name.startsWith('--') && !LONG_PLAIN.has(name)) return null;
    if (inline.includes(name)) {
      const next = arg.head.includes('=') ? { ...arg, text: arg.text.slice(name.length + 1) } : args[index + 1];
      if (!arg.head.includes('=')) index += 1;
      if (next !== undefined) scripts.push(next);
    } else if (name === '-F' || name === '-v') index += 1;
    else if (/^-[a-zA-Z]*e$/.test(name)) return null;
    else if (!arg.head.startsWith('-')) others.push(arg);
    else if (arg.dynamic !== null && name === '-') return null;
  }
  const [first] = others;
  if (scripts.length > 0) return scripts;
  if (first === undefined || (first.splits && first.head === '')) return null;
  return [first];
}

function isPlainSedLine(line: string): boolean {
  let rest = line.trim();
  // A command at a time, so that a `;` inside a substitution does not end it.
  for (let round = 0; rest !== '' && round < 50; round += 1) {
    const substitution = substitutionIn(rest);
    if (substitution === null) {
      const [command = ''] = rest.split(';');
      const bare = command.trim().replace(/^\{\s*|\s*\}$/g, '');
      if (bare !== '' && !(SED_ADDRESS.test(bare.slice(0, -1).trim()) && SED_COMMANDS.test(bare.slice(-1))))
        return false;
      rest = rest.slice(command.length + 1).trim();
    } else {
      const [flags = ''] = rest.slice(substitution).split(/[;}]/);
      if (!SED_FLAGS.test(flags.trim())) return false;
      rest = rest.slice(substitution + flags.length + 1).trim();
    }
  }
  return rest === '';
}

/** Where the flags of a leading `s` or `y` begin; null when the line does not begin with one. */
function substitutionIn(text: string): number | null {
  const start = /^[^a-zA-Z{};]*?[sy](?=[^\w\s;])/.exec(text);
  if (start === null || !SED_ADDRESS.test(start[0].slice(0, -1).trim())) return null;
  const delimiter = text[start[0].length] ?? '';
  let seen = 1;
  for (let at = start[0].length + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === delimiter) {
      seen += 1;
      if (seen === 3) return at + 1;
    }
  }
  return null;
}
