/**
 * `muster verify FILE`: whether an attestation may be relied on, offline.
 *
 * Takes what `muster attest` wrote, an envelope or a token, and the public keys of whoever signed it: those of a file, or
 * this Muster's own. Nothing is asked of AWS.
 */

import type { KeyKeeper } from '../app/ports.ts';
import { parseKeySet, verifyAttestation } from '../app/verify-attestation.ts';
import type { Digest } from '../core/canonical.ts';
import { MusterError } from '../core/errors.ts';
import { parseInstant } from '../core/time.ts';
import type { PublicKey } from '../evidence/keys.ts';
import type { TokenCheck } from '../evidence/token.ts';
import type { Verification } from '../evidence/verification.ts';
import { renderVerification } from '../report/attestation-text.ts';
import type { ExitCode } from './exit.ts';
import { originOf, printJson } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** What an attestation is held against. */
export interface VerifyOptions {
  /** A JWK Set, as `muster keys` prints it. */
  readonly keys?: string;
  /** The change that it must be about. */
  readonly digest?: string;
  readonly at?: string;
  /** As whom a token is taken. */
  readonly audience?: string;
  /** What must have been asked instead of AWS. */
  readonly endpoint?: string;
  readonly json?: boolean;
}

/** What verifying needs. */
export type VerifyWorld = Pick<CliWorld, 'terminal' | 'clock' | 'readFile'> & {
  keys(): Promise<KeyKeeper>;
  /** By another implementation than the one that makes tokens. */
  readonly checkToken: TokenCheck;
};

/** @returns 0 valid, in time and passed; 1 valid and in time, but failed; 2 everything else. */
export async function verifyFile(path: string, options: VerifyOptions, world: VerifyWorld): Promise<ExitCode> {
  const at = options.at === undefined ? world.clock.now() : parseInstant(options.at, '--at');
  const digest = options.digest === undefined ? null : digestNamed(options.digest);
  const content = await world.readFile(path);
  const keys = await trustedKeys(options, world);
  const asked = { at, digest, audience: options.audience ?? null, endpoint: options.endpoint ?? null };
  const found = await verifyAttestation({ content, origin: originOf(path), keys, asked }, world.checkToken);
  const { out, paint, width } = world.terminal;
  out(options.json ? printJson(found) : renderVerification(found, paint, width));
  return exitOfVerification(found);
}

/** The keys of `--keys`, or those that this Muster signs with. @throws MusterError `MUSTER_KEY_INVALID`. */
export async function trustedKeys(
  { keys }: Pick<VerifyOptions, 'keys'>,
  world: Pick<VerifyWorld, 'keys' | 'readFile'>,
): Promise<readonly PublicKey[]> {
  return keys === undefined
    ? (await world.keys()).publicKeys()
    : parseKeySet(await world.readFile(keys), originOf(keys));
}

/** The exit code of a check. */
export function exitOfVerification({ problems, attested }: Verification): ExitCode {
  if (problems.length > 0 || attested === null || attested.result === 'UNKNOWN') return 2;
  return attested.result === 'PASSED' ? 0 : 1;
}

function digestNamed(text: string): Digest {
  const digits = text.replace(/^sha256:/, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return `sha256:${digits}`;
  throw new MusterError('MUSTER_USAGE', `--digest: ${JSON.stringify(text)} is no digest; accepted are 64 hex digits`);
}
