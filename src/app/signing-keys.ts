/**
 * The keys that this Muster signs with: what verifiers are given of them, and the change to the next one.
 *
 * The private part of a key is gone as soon as the next one is in use, so it vouches for that one now or never. A key for
 * tokens leaves no trace in the chain: nothing there is signed with it.
 */

import { keySetOf } from '../evidence/jwks.ts';
import type { PublicKey } from '../evidence/keys.ts';
import type { Clock, KeyKeeper, KeyPurpose, Store } from './ports.ts';
import { sealChain } from './seal.ts';

/** The key that went and the one that came. */
export interface Rotation {
  readonly retired: PublicKey;
  readonly current: PublicKey;
}

/** Every public key as a JWK Set, oldest first; keys are made where there are none yet. */
export async function publicKeySet(keeper: KeyKeeper): Promise<{ readonly keys: readonly PublicKey[] }> {
  await keeper.signer('attestation');
  return keySetOf(await keeper.publicKeys());
}

/**
 * Rotates the key for a purpose.
 *
 * @throws MusterError `MUSTER_USAGE` where a key service keeps the keys; `MUSTER_KEY_INVALID` and what the store throws.
 */
export async function rotateKey(
  purpose: KeyPurpose,
  { store, keeper, clock }: { readonly store: Store; readonly keeper: KeyKeeper; readonly clock: Pick<Clock, 'now'> },
): Promise<Rotation> {
  // What stands unsealed is the old key's to seal, and a chain that does not know it yet learns of it first.
  const seals = purpose === 'attestation' && (await store.chain.head()) !== null;
  if (seals) await sealChain({ store, signer: await keeper.signer(purpose), clock });
  const { retired, current } = await keeper.rotate(purpose, clock.now());
  if (seals) await sealChain({ store, signer: current, clock }, retired);
  return { retired: retired.key, current: current.key };
}
