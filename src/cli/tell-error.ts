/**
 * How an error is told: what went wrong, what to do about it, and the code that scripts match on; never a stack.
 *
 * Goes to stderr, as all talk does.
 */

import type { MusterError } from '../core/errors.ts';
import type { CliWorld } from './world.ts';

/** Says what went wrong and what to do about it. @returns The error's exit code. */
export function tellError(error: MusterError, { talk, paint }: CliWorld['terminal']): number {
  talk(`${paint.red('muster:')} ${error.message}\n  ${error.hint} (${error.code})\n`);
  return error.exit;
}
