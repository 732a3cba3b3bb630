/**
 * One look over a whole script before it is walked: what it assigns, defines and renames, wherever it does so.
 *
 * A variable may be resolved only if the script assigns it once, and nothing else in the script could. Functions and
 * aliases count from the first line on, although a shell learns of them later: the wider reading is the safer one.
 * Source: Bash Reference Manual, "Shell Parameters", "Shell Functions", "Aliases", "Bash Builtin Commands".
 */

import { type Command, forEachChild, type ParsedScript, type SyntaxNode, type Word } from 'unbash';
import { type Arg, programName } from '../arg.ts';
import { readWord } from './words.ts';

/** What a script does to names. */
export interface Survey {
  /** Names assigned exactly once, by an assignment and nothing else. */
  readonly settled: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  readonly aliases: ReadonlySet<string>;
  /** Every name assigned other than in front of a command. */
  readonly assigned: ReadonlySet<string>;
  /** Why a text that looks like data may run; null where none does. */
  readonly runsData: string | null;
}

/** Builtins that assign to names given as plain words, or to names nobody can see. */
const ASSIGNING = new Set(['read', 'mapfile', 'readarray', 'getopts', 'printf', 'unset', 'let', 'wait', 'coproc']);
const DECLARING = new Set(['declare', 'local', 'typeset', 'readonly', 'export']);
/** Builtins after which no variable is what it was. */
const UNSETTLING = new Set(['eval', 'source', '.']);
/** These hand their words to a builtin. */
const FRONTS = new Set(['command', 'builtin']);
const NAME = /[A-Za-z_]\w*/g;
/** The shell itself sets these, whatever a script assigned. */
const OWN =
  /^(?:_|REPLY|MAPFILE|COPROC|OPT(?:ARG|IND)|(?:OLD)?PWD|DIRSTACK|S?RANDOM|SECONDS|EPOCH\w+|LINENO|COLUMNS|LINES|FUNCNAME|PIPESTATUS|HISTCMD|GROUPS|E?UID|PPID|SHLVL|READLINE_\w+|COMP_\w+|BASH\w*)$/;
/** Evaluated as the index of an array, it runs what is inside. */
const INDEX = /\[[^[\]]*(?:\$\(|`)/;
/** What `${x@Q}` and its like may do but expand as a prompt, which runs what the value says. */
const TRANSFORMS = new Set([...'QEAaUuLKk']);
/** What may close the code of zsh's glob qualifier `*(e{code})`, and what opened it; any other sign does both. */
const OPENED_BY: Readonly<Record<string, string>> = { '}': '{', ']': '[', '>': '<', ')': '(' };

/** True for a builtin that changes variables, or runs text, when it is not in plain sight. */
export function changesVariables(name: string): boolean {
  return [UNSETTLING, ASSIGNING, DECLARING, FRONTS].some((names) => names.has(name)) || name === 'trap';
}

/** True for text that a shell runs when it takes it for the index of an array. */
export function runsAsIndex(text: string): boolean {
  return INDEX.test(text);
}

/** Surveys a script and all that is nested in it. */
export function surveyOf(script: ParsedScript): Survey {
  const names = new Names();
  const functions = new Set<string>();
  const aliases = new Set<string>();
  const data = { evaluates: false, holdsIndex: false, runs: null as string | null };
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Function') functions.add(node.name.value);
    else if (node.type === 'Command') readCommand(node, names, aliases);
    else readAssigning(node, names);
    readData(node, data);
    forEachChild(node, visit);
  };
  visit(script);
  const runsData = data.evaluates && data.holdsIndex ? 'a text that arithmetic may take for an index runs' : data.runs;
  return { settled: names.settled(), functions, aliases, assigned: names.assigned, runsData };
}

/** How often each name is assigned, and by what. */
class Names {
  readonly assigned = new Set<string>();
  readonly #counts = new Map<string, number>();
  #unsettled = false;

  count(name: string, times: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  /** Every name in a text is assigned by something else than an assignment. */
  countAll(text: string): void {
    for (const [name] of text.matchAll(NAME)) {
      this.count(name, 2);
      this.assigned.add(name);
    }
  }

  unsettle(): void {
    this.#unsettled = true;
  }

  settled(): ReadonlySet<string> {
    if (this.#unsettled) return new Set();
    return new Set([...this.#counts].filter(([name, times]) => times === 1 && !OWN.test(name)).map(([name]) => name));
  }
}

function readCommand(node: Command, names: Names, aliases: Set<string>): void {
  for (const item of node.prefix)
    if (item.type === 'Assignment' && node.name === undefined) names.assigned.add(item.name);
  for (const arg of node.args) if (arg.type === 'Assignment') names.assigned.add(arg.name);
  // Taking words apart costs the whole of their text, which nests: only where it matters.
  if (!changesVariables(node.name?.value ?? '') && node.name?.value !== 'alias') return;
  const words = behindFronts([node.name, ...node.args].flatMap((arg) => (arg?.type === 'Word' ? plainOf(arg) : [])));
  const [first, ...args] = words;
  const name = first?.text ?? '';
  if (UNSETTLING.has(name)) names.unsettle();
  if (name === 'trap') names.countAll(args[0]?.text ?? '');
  if (name === 'alias') for (const arg of node.args) aliases.add(aliasOf(arg));
  if (ASSIGNING.has(name)) readAssigned(name, args, names);
  if (DECLARING.has(name)) readDeclared(node, args, names);
}

function aliasOf(arg: Command['args'][number]): string {
  return arg.type === 'Assignment' ? arg.name : (arg.value.split('=')[0] ?? '');
}

/** A name that is not in plain sight may be any. */
function readAssigned(name: string, args: readonly Arg[], names: Names): void {
  for (const { text } of args) names.countAll(text);
  // Only with these do the two assign at all.
  const option = name === 'printf' ? '-v' : name === 'wait' ? '-p' : null;
  const assigns = option === null || args.some(({ head }) => head.startsWith(option));
  if (assigns && args.some(({ dynamic }) => dynamic !== null)) names.unsettle();
}

function readDeclared(node: Command, args: readonly Arg[], names: Names): void {
  // `declare -n X=Y` makes X another name for Y: with options, nothing declared is settled.
  const hasOptions = args.some(({ head }) => head.startsWith('-'));
  for (const { text, head, dynamic } of args) {
    const cut = head.indexOf('=');
    if (dynamic !== null && cut < 0) names.unsettle();
    if (cut >= 0 || hasOptions) names.countAll(cut < 0 ? text : head.slice(0, cut));
  }
  if (hasOptions) for (const arg of node.args) names.countAll(arg.text);
}

/** `command -p export X=1` is `export X=1`. */
function behindFronts(words: readonly Arg[]): readonly Arg[] {
  const [first, ...rest] = words;
  if (first === undefined || !FRONTS.has(programName(first.text))) return words;
  const next = rest.findIndex(({ head }) => !head.startsWith('-'));
  return next < 0 ? [] : behindFronts(rest.slice(next));
}

function plainOf(word: Word): Arg {
  return readWord(word, new Map());
}

function readAssigning(node: SyntaxNode, names: Names): void {
  if (node.type === 'Assignment')
    names.count(node.name, node.append || node.index || node.value.type !== 'Word' ? 2 : 1);
  else if (node.type === 'For' || node.type === 'Select') names.countAll(node.name.value);
  else if (node.type === 'ArithmeticWord') names.countAll(node.value);
  else if (node.type === 'ParameterExpansion' && node.operation?.type === 'Default') {
    names.count(node.parameter, 2);
    // `${X:=value}`
    if (node.operation.operator.endsWith('=')) names.assigned.add(node.parameter);
  } else if (node.type === 'FileDescriptorVariable' || node.type === 'Coproc') names.unsettle();
}

function readData(node: SyntaxNode, data: { evaluates: boolean; holdsIndex: boolean; runs: string | null }): void {
  if (node.type === 'ArithmeticWord' || node.type === 'TestCommand') data.evaluates = true;
  else if (node.type === 'ArithmeticCommand' || node.type === 'ArithmeticExpansion') data.evaluates = true;
  else if (node.type === 'SingleQuoted' || node.type === 'AnsiCQuoted') data.holdsIndex ||= runsAsIndex(node.value);
  else if (node.type === 'ParameterExpansion' && node.operation?.type === 'Transform') {
    if (!TRANSFORMS.has(node.operation.operand?.value ?? '')) data.runs = 'a prompt that is expanded may run a program';
  } else if (node.type === 'ExtendedGlob' && isEvaluated(node.pattern))
    data.runs = 'a glob that is evaluated may run a program';
}

/** Zsh's glob qualifier `*(e:'code':)`. */
function isEvaluated(pattern: string): boolean {
  const last = pattern.at(-1) ?? '';
  return /[^\w\s]/.test(last) && pattern.slice(0, -1).includes(`e${OPENED_BY[last] ?? last}`);
}
