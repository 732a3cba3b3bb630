/**
 * One word of a command, as far as it is known before the command runs.
 *
 * A literal word has its value. A word with `$X`, `$(...)`, a pattern or a brace list in it has the text in
 * front of that, and the name of the part that only the run decides. Values of expansions are never kept for
 * printing: `shown` holds `$X` even where X is known.
 * Source: POSIX.1-2024, Shell Command Language 2.6, "Word Expansions".
 */

/** A word of a command. */
export interface Arg {
  /** The value of a literal word; otherwise the word as written. */
  readonly text: string;
  /** What only the run decides, such as `$X`; null for a literal word. */
  readonly dynamic: string | null;
  /** True when it may become several words, or none. */
  readonly splits: boolean;
  /** The literal text in front of the first dynamic part. */
  readonly head: string;
  /** As a person wrote it, for messages; not masked yet. */
  readonly shown: string;
}

/** A word whose value is certain. */
export function literal(text: string, shown = text): Arg {
  return { text, dynamic: null, splits: false, head: text, shown };
}

/** A word nobody can see before the run. */
export function unseen(what: string): Arg {
  return { text: '', dynamic: what, splits: true, head: '', shown: `<${what}>` };
}

/** Several words as the one text that a shell would get of them; dynamic when one of them is. */
export function joined(args: readonly Arg[]): Arg {
  const text = args.map((arg) => arg.text).join(' ');
  const first = args.findIndex((arg) => arg.dynamic !== null);
  const shown = args.map((arg) => arg.shown).join(' ');
  if (first < 0) return literal(text, shown);
  const head = [...args.slice(0, first).map((arg) => arg.text), args[first]?.head ?? ''].join(' ');
  return { text, dynamic: args[first]?.dynamic ?? null, splits: false, head, shown };
}

/** True when the word is, or may turn out to be, an option. */
export function mayBeOption(arg: Arg): boolean {
  return arg.head.startsWith('-') || (arg.dynamic !== null && arg.head === '');
}

/** The name after the last slash, without what Windows appends to programs. */
export function programName(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/\.(?:exe|cmd)$/, '');
}
