/**
 * One look over a whole script before it is walked: what it assigns, defines and renames, wherever it does so.
 *
 * A variable may be resolved only if the script assigns it once, and nothing else in the script could. Functions and
 * aliases count from the first line on, although a shell learns of them later: the wider reading is the safer one.
 * Source: Bash Reference Manual, "Shell Parameters", "Shell Functions", "Aliases", "Bash Builtin Commands".
 */

import { type Command, forEachChild, type ParsedScript, type SyntaxNode } from 'unbash';

/** What a script does to names. */
export interface Survey {
  /** Names assigned exactly once, by an assignment and nothing else. */
  readonly settled: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  readonly aliases: ReadonlySet<string>;
  /** Every name assigned other than in front of a command. */
  readonly assigned: ReadonlySet<string>;
}

/** Builtins that assign to names given as plain words, or to names nobody can see. */
const ASSIGNING = new Set(['read', 'mapfile', 'readarray', 'getopts', 'printf', 'unset', 'let', 'wait', 'coproc']);
const DECLARING = new Set(['declare', 'local', 'typeset', 'readonly', 'export']);
/** Builtins after which no variable is what it was. */
const UNSETTLING = new Set(['eval', 'source', '.']);
const NAME = /[A-Za-z_]\w*/g;

/** Surveys a script and all that is nested in it. */
export function surveyOf(script: ParsedScript): Survey {
  const counts = new Map<string, number>();
  const functions = new Set<string>();
  const aliases = new Set<string>();
  const assigned = new Set<string>();
  let unsettled = false;
  const count = (name: string, times: number) => counts.set(name, (counts.get(name) ?? 0) + times);
  const countNames = (text: string) => {
    for (const [name] of text.matchAll(NAME)) {
      count(name, 2);
      assigned.add(name);
    }
  };
  const command = (node: Command) => {
    const name = node.name?.value ?? '';
    if (UNSETTLING.has(name)) unsettled = true;
    // What it sets holds for every AWS call that follows.
    if (name === 'aws' && node.args[0]?.text === 'configure' && !/^(?:get|list)/.test(node.args[1]?.text ?? ''))
      assigned.add('AWS_PROFILE');
    for (const item of node.prefix) if (item.type === 'Assignment' && node.name === undefined) assigned.add(item.name);
    for (const arg of node.args) {
      if (name === 'alias') aliases.add(arg.type === 'Assignment' ? arg.name : (arg.value.split('=')[0] ?? ''));
      else if (arg.type === 'Assignment') assigned.add(arg.name);
      else if (ASSIGNING.has(name) || (DECLARING.has(name) && arg.value.startsWith('-'))) countNames(arg.value);
    }
    // `declare -n X=Y` makes X another name for Y: with options, nothing declared is settled.
    if (DECLARING.has(name) && node.args.some((arg) => arg.type === 'Word' && arg.value.startsWith('-')))
      for (const arg of node.args) countNames(arg.text);
  };
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Assignment') count(node.name, node.append || node.index || node.value.type !== 'Word' ? 2 : 1);
    else if (node.type === 'For' || node.type === 'Select') countNames(node.name.value);
    else if (node.type === 'Function') functions.add(node.name.value);
    else if (node.type === 'Command') command(node);
    else if (node.type === 'ArithmeticWord') countNames(node.value);
    else if (node.type === 'ParameterExpansion' && node.operation?.type === 'Default') count(node.parameter, 2);
    else if (node.type === 'FileDescriptorVariable' || node.type === 'Coproc') unsettled = true;
    forEachChild(node, visit);
  };
  visit(script);
  const settled = unsettled ? [] : [...counts].filter(([, times]) => times === 1).map(([name]) => name);
  return { settled: new Set(settled), functions, aliases, assigned };
}
