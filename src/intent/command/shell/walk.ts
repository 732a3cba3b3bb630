/**
 * Shell text -> readings of every simple command in it, in the order in which a shell would come to them.
 *
 * Branches, loop bodies and functions count as if they ran; what is inside `$(...)` comes before the command around
 * it. What the grammar cannot read is an opaque reading beside whatever was recognised. Text, nesting and the number
 * of commands are bounded: beyond them, opaque.
 * Source: `unbash` 6 (GNU Bash 5.3 grammar); Bash Reference Manual, "Shell Commands".
 */

import {
  type Command,
  forEachChild,
  type ParsedScript,
  parse,
  type Redirection,
  type SyntaxNode,
  type WordPart,
} from 'unbash';
import type { Arg } from '../arg.ts';
import { type Assigned, decidesProgram, withAssignments } from '../assignments.ts';
import type { Environment, Shell, Stdin } from '../environment.ts';
import { oneLine, printCommand, printWord } from '../printing.ts';
import { opaque, type Reading } from '../reading.ts';
import { guardedFile } from '../tools/files.ts';
import { outputOf } from './pipe.ts';
import { changesVariables, surveyOf } from './survey.ts';
import { readHereDocument, readWord } from './words.ts';

/** Scripts within scripts. */
const DEPTH_MAX = 6;
const TEXT_MAX = 262_144;
/** What it sets holds for every AWS call that follows, whatever runs it. */
const SETTINGS = /\baws\b[^;|&\n]{0,200}\s(?:configure\s+(?!(?:get|list)\b|list-profiles|export-)|login\b)/;
const NESTING = /\$\(|`|[<>]\(|<<|\$\{|\$\[|\(\(/g;

/** Reads shell text; `shell` is given when it runs in the shell that is already there. */
export function readScript(text: string, environment: Environment, shell?: Shell): readonly Reading[] {
  if (environment.depth >= DEPTH_MAX) return [unread('scripts within scripts, more deeply than is read')];
  if (text.length > TEXT_MAX) return [unread('a script longer than is read')];
  // The parser looks at the text again for every level of nesting.
  environment.effort.characters -= text.length * (1 + (text.match(NESTING)?.length ?? 0) / 8);
  if (environment.effort.characters < 0) return [unread('a script more deeply nested than is read')];
  try {
    const settings = SETTINGS.test(text) ? withAssignments(environment, ['AWS_PROFILE']) : environment;
    return walkScript(parse(text), { ...settings, depth: environment.depth + 1 }, shell);
  } catch (error) {
    // The parser is tolerant, but its stack is not: some nestings overflow it.
    if (error instanceof RangeError) return [unread('a script more deeply nested than is read')];
    throw error;
  }
}

function unread(why: string): Reading {
  return opaque('shell script', why);
}

function walkScript(script: ParsedScript, outer: Environment, inherited?: Shell): readonly Reading[] {
  const survey = surveyOf(script);
  const shell: Shell = {
    variables: new Map(),
    settled: survey.settled,
    functions: new Set([...(inherited?.functions ?? []), ...survey.functions]),
    aliases: new Set([...(inherited?.aliases ?? []), ...survey.aliases]),
  };
  const readings: Reading[] = [];
  const environment = withAssignments({ ...outer, shell }, [...survey.assigned]);
  if (survey.runsData !== null) readings.push(unread(survey.runsData));
  walkNode(script, { environment, readings, certain: true });
  return readings;
}

/** Where the walk is. */
interface Place {
  readonly environment: Environment;
  readonly readings: Reading[];
  /** True where the script always comes by, in the shell that goes on afterwards. */
  readonly certain: boolean;
}

function walkNode(node: SyntaxNode, place: Place): void {
  if (place.environment.effort.commands < 0) return;
  const uncertain = { ...place, certain: false };
  switch (node.type) {
    case 'Script':
      if (node.errors !== undefined && node.errors.length > 0) {
        const message = oneLine(node.errors[0]?.message.replaceAll(/["'`].*/gs, '') ?? '', 60);
        place.readings.push(unread(`the shell grammar does not read all of it: ${message}`));
      }
      for (const statement of node.commands) walkNode(statement, place);
      return;
    case 'Statement':
      walkNode(node.command, node.background ? uncertain : place);
      return;
    case 'AndOr':
      node.commands.forEach((command, index) => {
        walkNode(command, index === 0 ? place : uncertain);
      });
      return;
    case 'Pipeline':
      node.commands.forEach((command, index) => {
        const before = node.commands[index - 1];
        const stdin =
          before === undefined
            ? place.environment.stdin
            : outputOf(before, place.environment, node.commands[index - 2]);
        walkNode(command, { ...uncertain, environment: { ...place.environment, stdin } });
      });
      return;
    case 'Redirected': {
      for (const redirect of node.redirects) {
        walkNode(redirect, uncertain);
        walkRedirect(redirect, uncertain);
      }
      const stdin = stdinOf(node.redirects, place.environment);
      walkNode(node.command, { ...uncertain, environment: { ...place.environment, stdin } });
      return;
    }
    case 'Command':
      walkCommand(node, place);
      return;
    default:
      forEachChild(node, (child) => walkNode(child, uncertain));
  }
}

function walkCommand(node: Command, place: Place): void {
  const { environment, readings } = place;
  // What is substituted into the command runs first; here-documents and redirections may hold substitutions too.
  forEachChild(node, (child) => walkNode(child, { ...place, certain: false }));
  environment.effort.commands -= 1;
  if (environment.effort.commands < 0) {
    if (environment.effort.commands === -1) readings.push(unread('more commands than are read'));
    return;
  }
  for (const redirect of node.redirects) walkRedirect(redirect, place);
  const { variables } = environment.shell;
  const own = assignmentsOf(node.prefix, variables);
  const declared = assignmentsOf(node.args, variables);
  for (const assigned of [...own, ...declared].filter(decidesProgram)) {
    readings.push(opaque(`${assigned.name}=…`, `sets ${assigned.name}, which decides what other commands run`));
  }
  if (node.name === undefined) {
    if (place.certain) for (const assigned of own) settle(assigned, environment.shell);
    return;
  }
  const args = [
    readWord(node.name, variables),
    ...node.args.map((arg) => (arg.type === 'Word' ? readWord(arg, variables) : asWord(arg, variables))),
  ];
  const inner = withAssignments(
    environment,
    own.map(({ name }) => name),
  );
  readings.push(...environment.readers.command(args, { ...inner, stdin: stdinOf(node.redirects, environment) }));
  const name = args[0]?.text;
  // What was looked for before the walk were builtins in plain sight.
  if (name !== node.name.value && node.name.parts?.some(isExpansion) && changesVariables(name ?? ''))
    readings.push(opaque(printCommand(args.slice(0, 1)), 'a builtin behind a variable may change any other'));
  if (place.certain && (name === 'export' || name === 'readonly'))
    for (const assigned of declared) settle(assigned, environment.shell);
}

function settle({ name, value }: Assigned, shell: Shell): void {
  if (shell.settled.has(name) && value !== null && value.dynamic === null) shell.variables.set(name, value.text);
}

function assignmentsOf(items: Command['prefix'] | Command['args'], variables: ReadonlyMap<string, string>): Assigned[] {
  return items.flatMap((item) =>
    item.type === 'Assignment'
      ? [
          {
            name: item.name,
            value: item.value.type === 'Word' && !item.append ? readWord(item.value, variables) : null,
          },
        ]
      : [],
  );
}

/** `export X=1`: one word as the builtin sees it. */
function asWord(
  item: Extract<Command['args'][number], { type: 'Assignment' }>,
  variables: ReadonlyMap<string, string>,
) {
  const value: Arg | null = item.value.type === 'Word' ? readWord(item.value, variables) : null;
  const front = `${item.name}=`;
  if (value === null) return { text: front, dynamic: 'a list', splits: false, head: front, shown: `${front}(…)` };
  return { ...value, text: front + value.text, head: front + value.head, shown: front + value.shown };
}

/** What the last redirection of standard input puts there. */
function stdinOf(redirects: readonly Redirection[], { stdin, shell }: Environment): Stdin {
  const own = redirects.findLast(
    ({ operator, descriptor }) =>
      operator.startsWith('<') &&
      (descriptor === undefined || (descriptor.type === 'FileDescriptor' && descriptor.value === 0)),
  );
  if (own === undefined) return stdin;
  if (own.type === 'HereDoc') return { kind: 'text', text: readHereDocument(own.body, shell.variables) };
  if (own.type === 'HereString' && own.target !== undefined)
    return { kind: 'text', text: readWord(own.target, shell.variables) };
  const target = own.target === undefined ? null : readWord(own.target, shell.variables);
  if (target?.text === '/dev/null') return { kind: 'text', text: { ...target, text: '', shown: '' } };
  return { kind: 'unseen', from: target === null ? 'a redirection' : printCommand([target]) };
}

function isExpansion({ type }: WordPart): boolean {
  return !['Literal', 'SingleQuoted', 'AnsiCQuoted'].includes(type);
}

/** `<>` writes as well. */
function isRead(operator: string): boolean {
  return operator.startsWith('<') && operator !== '<>';
}

function walkRedirect(redirect: Redirection, { environment, readings }: Place): void {
  if (redirect.type !== 'Redirect' || redirect.target === undefined || isRead(redirect.operator)) return;
  const target = readWord(redirect.target, environment.shell.variables);
  const guarded = guardedFile(target.text);
  if (guarded !== null) readings.push(opaque(`> ${printWord(target)}`, `writes over ${guarded}`));
}
