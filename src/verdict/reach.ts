/**
 * How far a survivor lies from the hand that makes the change.
 *
 * What the asking principal may call is not read here, so everything in its own account counts as within its
 * reach, unless a lock keeps it from everyone there.
 * Source: AWS Backup Developer Guide, "AWS Backup Vault Lock" and "Logically air-gapped vault".
 */

import type { Database, Vault } from '../inventory/model.ts';
import type { TrackedPoint } from '../survival/world.ts';
import type { Reach } from './document.ts';

/** The blast-radius class of a survivor. */
export function reachOf(tracked: TrackedPoint, database: Database, vaults: readonly Vault[]): Reach {
  const { point, madeByChange, touched } = tracked;
  const retained = tracked.fate.rules.includes('automated_backup_retained');
  if (madeByChange || touched || retained) return 'same_plan';
  if (point.accountId !== database.accountId) return 'other_account';
  if (point.region !== database.region) return 'other_region';
  const vault = vaults.find(({ arn }) => arn === point.vaultArn);
  const locked = vault !== undefined && (vault.airGapped || vault.lock === 'compliance');
  return locked ? 'same_account' : 'principal';
}
