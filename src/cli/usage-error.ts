/**
 * What is wrong with a command line, as one sentence: what was written, and what is accepted instead.
 *
 * The parser tells it in sentences of its own, some over two lines and few with what it would have taken; here they
 * become one clause of the form that every other error has. Given the error and the command line; prints nothing.
 */

import type { Command, CommanderError } from 'commander';
import { MusterError } from '../core/errors.ts';

/** The error that is told. @param argv Arguments after the program's name. */
export function usageError({ code, message }: CommanderError, argv: readonly string[], program: Command): MusterError {
  const command = commandOf(argv, program);
  const accepted = `accepted are ${command.commands.map((known) => known.name()).join(', ')}`;
  // A bare `muster` or `muster gate` asks for help; that answers nothing, so it must not look like "allow".
  if (code === 'commander.help') return refused(`no command was given; ${accepted}`);
  const said = oneClause(message);
  if (code === 'commander.unknownCommand' && !said.includes('; did you mean')) return refused(`${said}; ${accepted}`);
  // Its own options are the usual case: the first of them is taken for one of Muster's.
  if (code === 'commander.unknownOption' && isGateCommand(command))
    return refused(`${said.split(';')[0]}; the command that is asked about is written after --`);
  return refused(said);
}

function refused(message: string): MusterError {
  return new MusterError('MUSTER_USAGE', message);
}

/** The command that the words lead to, as far as they do. */
function commandOf([word, ...rest]: readonly string[], command: Command): Command {
  const next = command.commands.find((known) => known.name() === word);
  return next === undefined ? command : commandOf(rest, next);
}

function isGateCommand(command: Command): boolean {
  return command.name() === 'command' && command.parent?.name() === 'gate';
}

/** The parser's sentences as one clause: its guess is on a second line, its figures and its reasons after a full stop. */
function oneClause(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)$/s, '; did you mean $1?')
    .replace(/^(too many arguments for '.*')\. Expected (\d+) arguments? but got (\d+)\.$/, '$1: $3, accepted are $2')
    .replace(/^(option '.*') argument ('.*') is invalid\. /s, '$1: $2 is not accepted; ');
}
