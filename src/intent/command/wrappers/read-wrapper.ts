/**
 * A command behind another program -> readings of that command.
 *
 * Takes off the wrapper's own options and words and hands on the rest: as a command, or, where the wrapper gives its
 * words to a shell, as shell text. What is added at run time (xargs, parallel) becomes a word nobody can see.
 */

import { type Arg, joined, literal, programName, unseen } from '../arg.ts';
import { decidesProgram, withAssignments } from '../assignments.ts';
import { type Environment, outsideShell } from '../environment.ts';
import { oneLine, printCommand } from '../printing.ts';
import { harmless, opaque, type Reading } from '../reading.ts';
import { type Front, readFront } from './read-options.ts';
import { readScriptText, readStdinAsScript } from './script-text.ts';
import { WRAPPERS, type Wrapper } from './table.ts';

const TABLE: ReadonlyMap<string, Wrapper> = new Map(WRAPPERS.flatMap((row) => row.names.map((name) => [name, row])));
const WORDS_MAX = Math.max(...[...TABLE.keys()].map((name) => name.split(' ').length));
/** Options of a container tool that may stand between its name and `exec`. */
const TOOL_OPTIONS: Pick<Wrapper, 'valued' | 'flags'> = {
  valued:
    '-n --namespace --context --cluster --user --kubeconfig -s --server -H --host -c --config -f --file -p --project-name --env-file --profile',
  flags: '-D --debug --tls -v --verbose',
};

/** Readings of the command that a wrapper would run; null when the program is no wrapper. */
export function readWrapped(args: readonly Arg[], environment: Environment): readonly Reading[] | null {
  const found = findWrapper(args);
  if (found === null) return null;
  const { row, rest } = found;
  const address = printCommand(args);
  const front = readFront(rest, row);
  if (typeof front === 'string') return [opaque(address, `what it runs depends on ${oneLine(front, 40)}`)];
  if (row.names.includes('command') && (front.seen.has('-v') || front.seen.has('-V'))) return [harmless(address)];
  const script = scriptOf(row, front);
  // `sudo -E` keeps the caller's environment, and with it the profile.
  const kept = front.seen.has('-E') || front.seen.has('--preserve-env');
  const redirect = environment.redirect ?? (kept ? null : (row.redirect ?? null));
  const inner: Environment = { ...outsideShell(environment), redirect, wrapped: environment.wrapped + 1 };
  if (script !== undefined) return readScriptText(address, script, inner);
  if (row.dashes && !rest.some(({ text }) => text === '--') && front.rest.length > (row.words ?? 0))
    return [opaque(address, 'the command does not stand behind --')];
  return handOn(
    row,
    { address, rest: commandWords(row, rest, front.rest), values: front.values, seen: front.seen },
    inner,
  );
}

function findWrapper(args: readonly Arg[]): { readonly row: Wrapper; readonly rest: readonly Arg[] } | null {
  const [program, ...rest] = args;
  if (program === undefined || program.dynamic !== null) return null;
  const name = programName(program.text);
  const alone = TABLE.get(name);
  if (alone !== undefined) return { row: alone, rest };
  if (![...TABLE.keys()].some((key) => key.startsWith(`${name} `))) return null;
  // `kubectl -n prod exec` as well as `kubectl exec -n prod`.
  let words = name;
  let left: readonly Arg[] = rest;
  for (let taken = 1; taken < WORDS_MAX; taken += 1) {
    const front = readFront(left, { names: [name], bare: 'opaque', ...TOOL_OPTIONS });
    if (typeof front === 'string') return null;
    const [word, ...after] = front.rest;
    if (word === undefined || word.dynamic !== null) return null;
    words = `${words} ${word.text}`;
    left = after;
    const row = TABLE.get(words);
    if (row !== undefined) return { row, rest: left };
  }
  return null;
}

/** The shell text given as an option; `su postgres -c TEXT` has it behind a word. */
function scriptOf(row: Wrapper, { values, rest }: Front): Arg | undefined {
  const names = row.scripts?.split(' ') ?? [];
  const [among] = names.flatMap((name) => values.get(name) ?? []);
  const at = rest.findIndex(({ text, dynamic }) => dynamic === null && names.includes(text));
  return among ?? (at < 0 ? undefined : rest[at + 1]);
}

/** Behind `--` where the wrapper wants it; else behind the wrapper's own words, and their options. */
function commandWords(row: Wrapper, all: readonly Arg[], afterOptions: readonly Arg[]): readonly Arg[] {
  if (row.dashes) {
    const at = all.findIndex(({ text, dynamic }) => dynamic === null && text === '--');
    return at < 0 ? [] : all.slice(at + 1);
  }
  const rest = afterOptions.slice(row.words ?? 0);
  // `ssh host -- CMD`, `docker exec web -- CMD`, `timeout 5 -- CMD`.
  return rest[0]?.text === '--' ? rest.slice(1) : rest;
}

interface Found {
  readonly address: string;
  readonly rest: readonly Arg[];
  readonly values: ReadonlyMap<string, Arg>;
  readonly seen: ReadonlySet<string>;
}

function handOn(row: Wrapper, found: Found, environment: Environment): readonly Reading[] {
  const { address } = found;
  let command = found.rest;
  const assigned: { name: string; value: Arg }[] = [];
  if (row.assigns) {
    const end = command.findIndex((arg) => !/^[A-Za-z_]\w*=/.test(arg.head));
    for (const arg of end < 0 ? command : command.slice(0, end)) {
      const cut = arg.head.indexOf('=');
      const head = arg.head.slice(cut + 1);
      assigned.push({ name: arg.head.slice(0, cut), value: { ...arg, text: arg.text.slice(cut + 1), head } });
    }
    command = end < 0 ? [] : command.slice(end);
  }
  const program = assigned.find(decidesProgram);
  if (program) return [opaque(address, `sets ${program.name}, which decides what runs`)];
  const names = [...assigned.map(({ name }) => name), ...unsetNames(row, found)];
  const inner = withAssignments(environment, names);
  if (command.length === 0) {
    if (row.bare === 'reads shell text') return readStdinAsScript(address, inner);
    return [row.bare === 'harmless' ? harmless(address) : opaque(address, 'what it will be told to run is not here')];
  }
  const whole = row.appends === undefined ? command : withUnseen(row, row.appends, command, found);
  if (row.joins) return readScriptText(address, joined(whole), inner);
  return environment.readers.command(whole, inner);
}

function unsetNames(row: Wrapper, { values, seen }: Found): string[] {
  if (!row.names.includes('env')) return [];
  const unset = values.get('-u') ?? values.get('--unset');
  // An empty environment has no profile and no region either.
  return [
    ...(unset ? [unset.text] : []),
    ...(seen.has('-i') || seen.has('--ignore-environment') ? ['AWS_PROFILE'] : []),
  ];
}

/** Puts words that nobody sees where the wrapper would put them. */
function withUnseen(row: Wrapper, what: string, command: readonly Arg[], { values, seen }: Found): readonly Arg[] {
  const given = command.findIndex(({ text }) => /^:::?:?\+?$/.test(text));
  const own = given < 0 ? command : command.slice(0, given);
  const options = (row.marker ?? '').split(' ');
  const marker = options.flatMap((name) => values.get(name)?.text ?? (seen.has(name) ? '{}' : [])).at(-1);
  const marked = own.map((arg) => {
    const holds =
      marker !== undefined && marker !== '' ? arg.text.includes(marker) : row.joins && arg.text.includes('{');
    const head = arg.text.slice(0, Math.max(0, arg.text.indexOf(marker ?? '{')));
    return holds ? { ...arg, dynamic: arg.dynamic ?? what, head, splits: row.joins === true } : arg;
  });
  const placed = marked.some((arg, index) => arg !== own[index]);
  return placed || marker !== undefined ? marked : [...marked, unseen(what)];
}

/** The words of a command that a `find -exec` or its like holds, `{}` being what was found. */
export function withFound(args: readonly Arg[]): readonly Arg[] {
  return args.map((arg) =>
    arg.text.includes('{}') ? { ...literal(arg.text), dynamic: 'what was found', head: '', splits: false } : arg,
  );
}
