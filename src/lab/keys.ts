/**
 * Keys: finding one by any of its names, and whether it can be used.
 *
 * A disabled key, or one waiting for deletion, makes nothing unreadable by itself; it makes restores and copies
 * fail. Source: AWS KMS API 2014-11-01, `KeyMetadata`; Amazon RDS API, `KMSKeyNotAccessibleFault`.
 */

import type { Scope } from '../core/arn.ts';
import { AwsFault } from './faults.ts';
import type { Key, Place } from './world.ts';

/** The ARN of a key. */
export function keyArn(scope: Scope, key: Key): string {
  return `arn:aws:kms:${scope.region}:${scope.accountId}:key/${key.keyId}`;
}

/** The key that an id, ARN or alias names; undefined for none. */
export function findKey(place: Place, name: string): Key | undefined {
  const tail = name.startsWith('arn:') ? name.slice(name.split(':').slice(0, 5).join(':').length + 1) : name;
  const bare = tail.startsWith('key/') ? tail.slice(4) : tail;
  return place.keys.find((key) => key.keyId === bare || key.aliases.includes(bare));
}

/** Refuses when a key cannot be used: unknown, disabled, or waiting for deletion. */
export function requireUsableKey(place: Place, name: string): Key {
  const key = findKey(place, name);
  if (key === undefined || key.state !== 'Enabled') {
    throw new AwsFault(
      'KMSKeyNotAccessibleFault',
      `The specified KMS key [${name}] does not exist, is not enabled or you do not have permissions to access it.`,
    );
  }
  return key;
}
