/**
 * How an error is told: what went wrong, what to do about it, and the code that scripts match on; never a stack.
 *
 * Goes to stderr, as all talk does. A message may hold what a file, a flag or AWS said, so nothing of it reaches the terminal
 * as a command.
 */

import type { MusterError } from '../core/errors.ts';
import { clean } from '../report/layout.ts';
import type { CliWorld } from './world.ts';

/** Says what went wrong and what to do about it. @returns The error's exit code. */
export function tellError(error: MusterError, { talk, paint }: CliWorld['terminal']): number {
  talk(`${paint.red('muster:')} ${clean(error.message)}\n  ${error.hint} (${error.code})\n`);
  return error.exit;
}
