/**
 * Deletions that lose nobody anything: of a replica whose source lives on, and of a key that nothing stands under.
 *
 * Each is called harmless only where everything it could reach was observed; what was not stays a reason elsewhere. A
 * replica with a recovery point of its own is judged like any database, since its window may be the only one.
 * Source: Amazon RDS User Guide, "Working with read replicas"; AWS KMS API, ScheduleKeyDeletion.
 */

import type { Action, Change } from '../intent/action.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { actsOnDatabase, matchDatabase, matchKeys } from '../survival/match.ts';
import type { Survival } from '../survival/survive.ts';
import type { Reason } from './document.ts';

/** A database that a change touches. */
export interface Touched {
  readonly database: Database;
  readonly deleted: boolean;
  readonly known: readonly Reason[];
}

/** Of the databases that a change concerns, the replicas that are deleted while their source stays as it is. */
export function spareReplicas<T extends Touched>(concerns: readonly T[], inventory: Inventory): readonly T[] {
  const concerned = new Set(concerns.map(({ database }) => database.resourceId));
  return concerns.filter(({ database, deleted, known }) => {
    if (!deleted || known.length > 0 || database.replicas.length > 0) return false;
    if (database.retentionDays > 0 || hasPoints(database, inventory)) return false;
    const source = sourceOf(database, inventory);
    return source !== null && source.status === 'available' && !concerned.has(source.resourceId);
  });
}

/** True when every step of a change was seen to reach nothing. */
export function losesNothing(change: Change, survival: Survival, spare: readonly Database[]): boolean {
  return change.steps.length > 0 && change.steps.every((step) => isIdle(step, survival, spare));
}

function isIdle(step: Action, { before, effects }: Survival, spare: readonly Database[]): boolean {
  if (actsOnDatabase(step)) {
    const match = matchDatabase(before, step);
    return match.kind === 'found' && spare.some(({ resourceId }) => resourceId === match.tracked.database.resourceId);
  }
  if (step.kind !== 'schedule_key_deletion' && step.kind !== 'disable_key' && step.kind !== 'change_key_policy') {
    return false;
  }
  if (step.target.scope === null) return false;
  const keys = new Set([step.target.arn, ...matchKeys(before, step.target).map(({ arn }) => arn)]);
  const isMeant = (arn: string | null) => arn !== null && keys.has(arn);
  // Whatever is encrypted under a key that was not shown may be under this one.
  const isUnder = ({ encrypted, keyArn }: { readonly encrypted: boolean; readonly keyArn: string | null }) =>
    isMeant(keyArn) || (encrypted && keyArn === null);
  const inUse =
    before.databases.some(({ database }) => isUnder(database) || isMeant(database.managedSecretKeyArn)) ||
    before.points.some(({ point }) => isUnder(point));
  return !inUse && effects.some(({ action, outcome }) => action === step && outcome === 'applied');
}

function hasPoints({ resourceId }: Database, { recoveryPoints }: Inventory): boolean {
  return recoveryPoints.some(({ databaseResourceId }) => databaseResourceId === resourceId);
}

/** A replica names its source by identifier within its region, and by ARN across regions. */
function sourceOf({ replicaOf, accountId, region }: Database, { databases }: Inventory): Database | null {
  const [source, other] = databases.filter(
    (database) =>
      database.arn === replicaOf ||
      (database.identifier === replicaOf && database.accountId === accountId && database.region === region),
  );
  return source !== undefined && other === undefined ? source : null;
}
