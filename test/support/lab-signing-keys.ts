/**
 * An estate for tests of signing: that of the story, with two keys of KMS that sign and one that encrypts.
 */

import { addDays, type Instant } from '../../src/core/time.ts';
import { datatalks } from '../../src/lab/estates/datatalks.ts';
import type { EstateInput, Key } from '../../src/lab/world.ts';

export const P256 = '3b1f0d5a-92c7-4e6b-8a14-6f0c9d2e7b55';
export const EDWARDS = '9e4c7a12-5d3f-4b80-a6c1-0f8e2b7d6a33';
export const PLAIN = '5c2b9f3e-1a7d-4c8e-b0f6-d4e1a3c59782';

/** The estate of the story with keys that sign. */
export function withSigningKeys(state: Key['state'] = 'Enabled'): (at: Instant) => EstateInput {
  return (at) => {
    const estate = datatalks(at);
    const key = (keyId: string, alias: string): Key => ({
      keyId,
      manager: 'CUSTOMER',
      state,
      description: alias,
      createdAt: addDays(at, -30),
      deletionAt: state === 'PendingDeletion' ? addDays(at, 7) : null,
      aliases: [`alias/${alias}`],
    });
    const keys: Key[] = [
      { ...key(P256, 'muster'), signs: 'ECC_NIST_P256' },
      { ...key(EDWARDS, 'muster-edwards'), signs: 'ECC_NIST_EDWARDS25519' },
      key(PLAIN, 'plain'),
    ];
    return { ...estate, place: { ...estate.place, keys: [...estate.place.keys, ...keys] } };
  };
}
