/**
 * Which databases are expected to go: a person let a change go on that deletes them, and it could still be carried out.
 *
 * The decision says which databases its change deletes, by ids that are never used again, whatever tool makes the change.
 * Whoever merely asks announces nothing. A deletion that cannot have been begun while the approval held is told aloud.
 */

import type { Standing } from '../../alert/standing.ts';
import type { Store } from '../../app/ports.ts';
import { digestOf } from '../../core/canonical.ts';
import { earliest, type Instant } from '../../core/time.ts';
import type { Approval } from '../../evidence/approval.ts';
import type { DecisionDocument } from '../../verdict/document.ts';

/** ARNs of those databases that are gone as a person approved. @param gone As each was when it was last looked at. */
export async function announcedOf(
  gone: readonly Standing[],
  store: Pick<Store, 'approvals' | 'decisionsOn'>,
): Promise<readonly string[]> {
  if (gone.length === 0) return [];
  const aliveAt = gone.map(aliveAtOf).reduce(earliest);
  const receipts = (await store.approvals()).filter(({ validUntil }) => validUntil >= aliveAt);
  const deleted: { readonly resourceId: string; readonly validUntil: Instant }[] = [];
  for (const receipt of receipts) {
    for (const one of await store.decisionsOn(receipt.changeDigest)) {
      if (!isApprovedBy(one, receipt)) continue;
      for (const { databaseResourceId } of one.deletions ?? [])
        deleted.push({ resourceId: databaseResourceId, validUntil: receipt.validUntil });
    }
  }
  return gone
    .filter((stood) =>
      deleted.some(({ resourceId, validUntil }) => resourceId === stood.resourceId && aliveAtOf(stood) <= validUntil),
    )
    .map(({ databaseArn }) => databaseArn);
}

/** A receipt is of one decision, and says nothing of another on the same change. */
function isApprovedBy(decided: DecisionDocument, { decisionDigest }: Approval): boolean {
  return decided.decision === 'review' && digestOf(decided) === decisionDigest;
}

/** From then on it may have been deleted. */
function aliveAtOf({ aliveAt, at }: Standing): Instant {
  return aliveAt ?? at;
}
