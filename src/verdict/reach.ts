/**
 * How far a survivor lies from the hand that makes the change.
 *
 * With the authority of the asking principal known, a survivor is within its reach when it may take it away by any
 * call, wherever in the account it lies. Without, everything in the database's own account and region counts as within
 * reach, unless a lock keeps it from everyone there and its key is not theirs.
 * Source: AWS Backup Developer Guide, "AWS Backup Vault Lock" and "Logically air-gapped vault".
 */

import type { Call, Permit, PrincipalAuthority } from '../authority/authority.ts';
import { parseArn } from '../core/arn.ts';
import { permitToTake } from '../survival/authority-ways.ts';
import type { TrackedPoint } from '../survival/world.ts';
import type { Case } from './case.ts';
import type { Reach } from './document.ts';

/** What the class of a survivor is worked out from. */
export type ReachInput = Pick<Case, 'database' | 'inventory' | 'survival' | 'authority'>;

/** Whether the asking principal may take a survivor away; null when nobody asked what it may call. */
export function permitOver(tracked: TrackedPoint, input: ReachInput): Permit | null {
  const { database, inventory, survival, authority = null } = input;
  if (authority === null) return null;
  if (!isNear(tracked, input, authority)) return authority.permits(ASSUME) === 'denied' ? 'denied' : 'unknown';
  // The vaults as the change leaves them: it may have unlocked one.
  return permitToTake(authority.permits, tracked.point, {
    ...inventory,
    databases: [database],
    vaults: survival.after.vaults,
  });
}

/** The blast-radius class of a survivor. */
export function reachOf(tracked: TrackedPoint, input: ReachInput, isLocalKey = localKeys(input)): Reach {
  const { point, madeByChange, touched } = tracked;
  const { database, survival } = input;
  const retained = tracked.fate.rules.includes('automated_backup_retained');
  if (madeByChange || touched || retained) return 'same_plan';
  const permit = permitOver(tracked, input);
  if (permit !== null && permit !== 'denied') return 'principal';
  const keyed = permit === null && point.keyArn !== null && isLocalKey(point.keyArn);
  if (point.accountId !== database.accountId && !keyed) return 'other_account';
  if (point.region !== database.region) return 'other_region';
  if (permit === 'denied') return 'same_account';
  const vault = survival.after.vaults.find(({ arn }) => arn === point.vaultArn);
  const locked = vault !== undefined && (vault.airGapped || vault.lock === 'compliance');
  // A lock does nothing for the key.
  return locked && !keyed ? 'same_account' : 'principal';
}

/** The way into an account that is not the caller's own. */
const ASSUME: Call = { action: 'sts:AssumeRole', resource: null };

/**
 * A principal deletes in the account of the database and in its own, the keys there of what lies elsewhere among it; in
 * others, what a role there lets it.
 */
function isNear({ point }: TrackedPoint, { database }: ReachInput, { principal }: PrincipalAuthority): boolean {
  const own = principal === null ? undefined : parseArn(principal)?.accountId;
  const keyIn = point.keyArn === null ? undefined : parseArn(point.keyArn)?.accountId;
  return [point.accountId, keyIn].some((id) => id !== undefined && (id === database.accountId || id === own));
}

/**
 * Whether a key is the database's own: a copy may lie in another account under one, and whoever holds the key holds the
 * copy. Worked out once for each key, since many points share few.
 */
export function localKeys({ database, inventory }: ReachInput): (keyArn: string) => boolean {
  const known = new Map<string, boolean>();
  return (keyArn) => {
    let isLocal = known.get(keyArn);
    if (isLocal === undefined) {
      const { accountId, region } = parseArn(keyArn) ?? {};
      const isAws = inventory.keys.some(({ arn, manager }) => arn === keyArn && manager === 'aws');
      isLocal = !isAws && accountId === database.accountId && region === database.region;
      known.set(keyArn, isLocal);
    }
    return isLocal;
  };
}
