/**
 * `muster attest`: the newest decision on a change, signed, for somebody who was not there.
 *
 * Prints the envelope or the token and nothing else, so that it can be written to a file or put into a variable.
 */

import { attestAsEnvelope, attestAsToken } from '../app/attest.ts';
import { newestDecision } from '../app/find-decision.ts';
import { MusterError } from '../core/errors.ts';
import type { ExitCode } from './exit.ts';
import { printJson } from './inputs.ts';
import type { SigningWorld } from './keys.ts';

/** In which form, and for whom. */
export interface AttestOptions {
  readonly format?: string;
  readonly audience?: string;
}

/**
 * Signs what was decided on a change; its exit code says that it was signed, not how the decision came out.
 *
 * @param digest The change digest, or its first 12 hex digits.
 * @returns 0. @throws MusterError `MUSTER_USAGE`, `MUSTER_DECISION_NOT_FOUND`, `MUSTER_KEY_INVALID`.
 */
export async function attest(
  digest: string,
  { format = 'dsse', audience }: AttestOptions,
  world: SigningWorld,
): Promise<ExitCode> {
  if (format !== 'dsse' && format !== 'jws') {
    throw new MusterError('MUSTER_USAGE', `--format ${format}: accepted are dsse and jws`);
  }
  if (format === 'dsse' && audience !== undefined) {
    throw new MusterError('MUSTER_USAGE', '--audience is for tokens; pass --format jws with it');
  }
  const { clock, randomness, version, terminal } = world;
  const signing = { store: await world.store(), keeper: await world.keys(), clock, randomness, version };
  const document = await newestDecision(digest, signing.store);
  if (format === 'jws') terminal.out(`${await attestAsToken(document, signing, { audience: audience ?? null })}\n`);
  else terminal.out(printJson(await attestAsEnvelope(document, signing)));
  return 0;
}
