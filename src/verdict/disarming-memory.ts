/**
 * Weakenings that earlier decisions saw, as far as they still stand.
 *
 * A setting is strong again when what lives shows it at least as strong as it was; one that only a tool keeps, when a
 * later change showed it strong. What cannot be observed stands. However old: a database does not get safer by waiting.
 * Given what decisions on record hold; says what is remembered and judges nothing by it.
 */

import { parseArn } from '../core/arn.ts';
import { compareCodeUnits, type Digest } from '../core/canonical.ts';
import { type Instant, printDuration, secondsBetween } from '../core/time.ts';
import { type Database, type Inventory, VAULT_LOCKS } from '../inventory/model.ts';
import {
  type DisarmableSetting,
  type Disarming,
  keyOfSetting,
  type SettingOf,
  type SettingValue,
} from './disarming.ts';
import type { Decision, DecisionDocument, Reason } from './document.ts';
import { reason } from './reason.ts';

/** A weakening that a decision saw. */
export interface RememberedDisarming extends Disarming {
  readonly at: Instant;
  /** ARN of who asked then. */
  readonly principal: string;
  readonly changeDigest: Digest;
  /** What was decided then; nothing says whether it was carried out all the same. */
  readonly decision: Decision;
}

/** What earlier decisions saw of settings. */
export interface SettingsMemory {
  readonly disarmings: readonly RememberedDisarming[];
  readonly rearmings: readonly (SettingOf & { readonly at: Instant })[];
}

/** As much of a decision as it takes to remember what it saw of settings. */
export type SettingsSeen = Pick<
  DecisionDocument,
  'at' | 'endpoint' | 'principal' | 'changeDigest' | 'decision' | 'disarmings' | 'rearmings'
>;

/** Nothing was seen yet. */
export const NO_MEMORY: SettingsMemory = { disarmings: [], rearmings: [] };

/**
 * What decisions on record saw; those kept before settings were written down saw nothing.
 *
 * @param endpoint What is asked now: what was decided of a lab says nothing of AWS. A decision that does not tell what it
 *   asked is believed where it warns, and not where it calms.
 */
export function rememberedOf(kept: readonly SettingsSeen[], endpoint: string | null): SettingsMemory {
  const decisions = kept.filter((decision) => decision.endpoint === undefined || decision.endpoint === endpoint);
  // In the order in which they were kept: a clock that was set back must not make a weakening look older than its cure.
  const weakenedLast = new Map<string, number>();
  for (const [place, { disarmings = [] }] of decisions.entries()) {
    for (const disarming of disarmings) weakenedLast.set(keyOfSetting(disarming), place);
  }
  return {
    disarmings: decisions.flatMap(({ at, principal, changeDigest, decision, disarmings = [] }) =>
      disarmings.map((disarming) => ({ ...disarming, at, principal, changeDigest, decision })),
    ),
    rearmings: decisions.flatMap(({ at, endpoint: of, rearmings = [] }, place) =>
      of === endpoint
        ? rearmings
            .filter((rearming) => place >= (weakenedLast.get(keyOfSetting(rearming)) ?? 0))
            .map((rearming) => ({ ...rearming, at }))
        : [],
    ),
  };
}

/**
 * The weakenings of a database that still stand, the newest of each setting, the newest first.
 *
 * @param now What the change that is asked about shows or makes strong.
 */
export function standingOf(
  { disarmings, rearmings }: SettingsMemory,
  database: Database,
  inventory: Inventory,
  now: readonly SettingOf[] = [],
): readonly RememberedDisarming[] {
  const strongNow = new Set(now.map(keyOfSetting));
  const own = disarmings
    .filter((disarming) => isOf(disarming, database))
    .filter((disarming) => {
      const key = keyOfSetting(disarming);
      if (strongNow.has(key)) return false;
      if (rearmings.some((rearming) => keyOfSetting(rearming) === key && rearming.at > disarming.at)) return false;
      return !isStrongAgain(disarming, database, inventory);
    })
    .sort(newestFirst);
  const newest = new Map<string, RememberedDisarming>();
  for (const disarming of own) {
    const key = keyOfSetting(disarming);
    if (!newest.has(key)) newest.set(key, disarming);
  }
  return [...newest.values()];
}

/**
 * The standing weakenings of a database as reasons, for whoever asks now.
 *
 * They warn and force nothing. The verdict is about what could be restored, and is worked out from the settings as they
 * are by now, so a weakening that matters already counts there; and the person who is asked to approve has to see that
 * the second of two steps is before them. Forcing more would keep a database with proven survivors from ever being
 * ready. A change that does not concern the database says nothing of it at all.
 */
export function disarmedEarlier(
  standing: readonly RememberedDisarming[],
  asked: { readonly database: Database; readonly at: Instant; readonly principal: string },
): readonly Reason[] {
  return standing.map((disarming) => {
    const age = printDuration(Math.max(0, secondsBetween(disarming.at, asked.at)));
    const who = disarming.principal === asked.principal ? 'the principal that now asks' : disarming.principal;
    const blocked = disarming.decision === 'block' ? ', which was blocked then' : '';
    const message = `${printWeakening(disarming)} by a change of ${who}, judged ${age} ago${blocked}; nothing shows it undone`;
    return reason('disarmed_earlier', message, { remedy: remedyOf(disarming, asked.database) });
  });
}

function isOf({ databaseResourceId, databaseArn }: SettingOf, database: Database): boolean {
  if (databaseResourceId !== database.resourceId) return false;
  // A resource id is one of its region's; a rename changes the rest of the ARN.
  const then = parseArn(databaseArn);
  return then !== null && then.accountId === database.accountId && then.region === database.region;
}

/** True when what lives shows the setting at least as strong as it was. */
function isStrongAgain({ setting, subject, from }: Disarming, database: Database, inventory: Inventory): boolean {
  switch (setting) {
    case 'deletion_protection':
      return database.deletionProtection;
    case 'retention_days':
      return typeof from === 'number' && database.retentionDays >= from;
    case 'vault_lock': {
      const vault = inventory.vaults.find(({ arn }) => arn === subject);
      const was = (VAULT_LOCKS as readonly SettingValue[]).indexOf(from);
      return vault !== undefined && was >= 0 && VAULT_LOCKS.indexOf(vault.lock) >= was;
    }
    case 'key_state':
      return inventory.keys.some(({ arn, state }) => arn === subject && state === 'enabled');
    case 'recovery_point_lifecycle': {
      const point = inventory.recoveryPoints.find(({ arn, vaultArn }) => arn === subject && vaultArn !== null);
      return point !== undefined && endsNoSooner(point.expiresAt, from);
    }
    case 'backup_replication':
      return inventory.recoveryPoints.some(
        ({ kind, databaseResourceId, status }) =>
          kind === 'replicated_automated_backup' && databaseResourceId === database.resourceId && status !== 'retained',
      );
    default:
      // No inventory shows the others, nor what a newer Muster may have written down.
      return false;
  }
}

function endsNoSooner(expiresAt: Instant | null, from: SettingValue): boolean {
  return expiresAt === null || (typeof from === 'string' && expiresAt >= from);
}

const WEAKENINGS: Readonly<Record<DisarmableSetting, string>> = {
  deletion_protection: 'deletion protection was switched off',
  retention_days: 'retention was lowered',
  skip_final_snapshot: 'the final snapshot was given up',
  delete_automated_backups: 'automated backups were made to go with it',
  tool_setting: 'a setting of the tool that guards its deletion was weakened',
  vault_lock: 'the lock of a vault that holds its recovery points was removed',
  vault_policy: 'the policy of a vault that holds its recovery points was changed',
  recovery_point_lifecycle: 'the life of a recovery point was shortened',
  key_state: 'a key that it stands on was put out of use',
  key_policy: 'the policy of a key that it stands on was changed',
  snapshot_sharing: 'a snapshot was unshared',
  backup_replication: 'the replication of its backups was stopped',
  future_backups: 'a plan that may have backed it up was taken away',
};

/** What makes a setting strong again; null where that is not a matter of one step. */
function remedyOf({ setting, subject, from }: Disarming, { kind, identifier, region }: Database): string | null {
  const [verb, option] =
    kind === 'rds_instance'
      ? ['modify-db-instance', '--db-instance-identifier']
      : ['modify-db-cluster', '--db-cluster-identifier'];
  const modify = `aws rds ${verb} --region ${region} ${option} ${identifier} --apply-immediately`;
  switch (setting) {
    case 'deletion_protection':
      return `unless this was meant, switch it on again:\n${modify} --deletion-protection`;
    case 'retention_days':
      return `unless this was meant, raise it to what it was:\n${modify} --backup-retention-period ${from}`;
    case 'key_state':
      return `unless this was meant, cancel its deletion if it is scheduled, and enable it:\naws kms enable-key --region ${region} --key-id ${subject}`;
    case 'skip_final_snapshot':
      return 'unless this was meant, set skip_final_snapshot = false and apply that';
    case 'delete_automated_backups':
      return 'unless this was meant, set delete_automated_backups = false and apply that';
    case 'vault_lock':
      return 'unless this was meant, lock the vault again';
    case 'recovery_point_lifecycle':
      return 'unless this was meant, lengthen its life again';
    case 'backup_replication':
      return 'unless this was meant, start replication again';
    default:
      return null;
  }
}

function printWeakening({ setting, from, to }: Disarming): string {
  const values = from === null || to === null || typeof from === 'boolean' ? '' : ` from ${from} to ${to}`;
  // A newer Muster may have written down a setting that this one has no words for.
  const words: string | undefined = WEAKENINGS[setting];
  return `${words ?? `${setting} was weakened`}${values}`;
}

function newestFirst(a: RememberedDisarming, b: RememberedDisarming): number {
  const printed = (one: RememberedDisarming) =>
    `${one.principal} ${one.changeDigest} ${one.decision} ${one.from} ${one.to}`;
  return (
    compareCodeUnits(b.at, a.at) ||
    compareCodeUnits(keyOfSetting(a), keyOfSetting(b)) ||
    compareCodeUnits(printed(a), printed(b))
  );
}
