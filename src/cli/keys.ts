/**
 * `muster keys`: the public keys that verifiers need, and the change to the next one.
 *
 * Prints a JWK Set and nothing of a private part. Keys are made when there are none yet, so that they can be handed out
 * before anything is signed.
 */

import type { KeyKeeper, KeyPurpose } from '../app/ports.ts';
import { publicKeySet, rotateKey } from '../app/signing-keys.ts';
import { MusterError } from '../core/errors.ts';
import { renderRotation } from '../report/attestation-text.ts';
import type { ExitCode } from './exit.ts';
import { printJson } from './inputs.ts';
import type { CliWorld } from './world.ts';

/** A world with keys in it. */
export type SigningWorld = Pick<CliWorld, 'terminal' | 'clock' | 'store' | 'randomness' | 'version'> & {
  /** Opened on first use. */
  keys(): Promise<KeyKeeper>;
};

/** Which key is meant. */
export interface KeyOptions {
  readonly purpose?: KeyPurpose;
  readonly json?: boolean;
}

/** @returns 0. */
export async function keys(world: Pick<SigningWorld, 'terminal' | 'keys'>): Promise<ExitCode> {
  world.terminal.out(printJson(await publicKeySet(await world.keys())));
  return 0;
}

/**
 * Retires the key for `--purpose` (attestations unless told) and takes the next.
 *
 * @returns 0. @throws MusterError `MUSTER_USAGE` for another purpose, or where a key service keeps the keys.
 */
export async function keysRotate(
  { purpose = 'attestation', json = false }: KeyOptions,
  world: SigningWorld,
): Promise<ExitCode> {
  if (purpose !== 'attestation' && purpose !== 'token') {
    throw new MusterError('MUSTER_USAGE', `--purpose ${String(purpose)}: accepted are attestation and token`);
  }
  const rotated = await rotateKey(purpose, {
    store: await world.store(),
    keeper: await world.keys(),
    clock: world.clock,
  });
  const { out, width } = world.terminal;
  out(json ? printJson({ formatVersion: '1', ...rotated }) : renderRotation(rotated, width));
  return 0;
}
