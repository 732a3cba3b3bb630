/**
 * What would have saved a database: the single settings under which the same change leaves something.
 *
 * Each candidate is tried by folding the change again with that one thing different; only those that really leave
 * a recovery point more are named, the cheapest first. Deletion protection is no candidate: it is one call from off.
 * Source: Amazon RDS API, DeleteDBInstance and DeleteDBCluster; terraform-provider-aws 5.100, whose destroy reads
 * these settings from state, so that they count only once applied.
 */

import type { Instant } from '../core/time.ts';
import type { Action, DeleteParameters } from '../intent/action.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { newestInstantOf } from './data-loss.ts';
import { isAlive } from './fate.ts';
import { matchDatabase } from './match.ts';
import { snapshotOf } from './snapshot.ts';
import { pointsOf, survive } from './survive.ts';
import { worldOf } from './world.ts';

/** The candidates, the cheapest first. */
export const SETTINGS = ['keep_automated_backups', 'final_snapshot', 'manual_snapshot'] as const;
export type Setting = (typeof SETTINGS)[number];

/** One setting that would have left something. */
export interface Counterfactual {
  readonly setting: Setting;
  /** The recovery points that would be left because of it. */
  readonly left: readonly string[];
  /** The newest instant they give back; null when AWS does not say. */
  readonly newestAt: Instant | null;
  /** When the last of them ends by itself; null when one never does. */
  readonly until: Instant | null;
  /** What to write or run. */
  readonly command: string;
}

/** What was about to happen. */
export interface Loss {
  readonly inventory: Inventory;
  readonly actions: readonly Action[];
  readonly at: Instant;
}

/** The settings that would have left something of a database that a change deletes; empty when none would. */
export function counterfactualsOf(loss: Loss, database: Database): readonly Counterfactual[] {
  const asIs = leftOf(loss, database).map(({ point }) => point.arn);
  return SETTINGS.flatMap((setting) => {
    const more = leftOf(varied(loss, database, setting), database).filter(({ point }) => !asIs.includes(point.arn));
    if (more.length === 0) return [];
    const instants = more.flatMap(({ point }) => newestInstantOf(point) ?? []).sort();
    const ends = more.map(({ fate }) => fate.until);
    return [
      {
        setting,
        left: more.map(({ point }) => point.id),
        newestAt: instants.at(-1) ?? null,
        until: ends.includes(null)
          ? null
          : (ends
              .flatMap((end) => end ?? [])
              .sort()
              .at(-1) ?? null),
        command: commandFor(setting, database),
      },
    ];
  });
}

function leftOf({ inventory, actions, at }: Loss, database: Database) {
  const { after } = survive(inventory, actions, { at, refusals: 'lifted' });
  return pointsOf(after, database).filter(({ fate }) => isAlive(fate));
}

function varied(loss: Loss, database: Database, setting: Setting): Loss {
  switch (setting) {
    case 'keep_automated_backups':
      return withParameters(loss, database, { deleteAutomatedBackups: false });
    case 'final_snapshot':
      return withParameters(loss, database, { skipFinalSnapshot: false, finalSnapshotId: nameOf(database, 'final') });
    case 'manual_snapshot': {
      const recoveryPoints = [
        ...loss.inventory.recoveryPoints,
        snapshotOf(database, { id: nameOf(database, 'manual'), at: loss.at, status: 'available' }),
      ];
      return { ...loss, inventory: { ...loss.inventory, recoveryPoints } };
    }
  }
}

function withParameters(loss: Loss, database: Database, change: Partial<DeleteParameters>): Loss {
  const world = worldOf(loss.inventory, loss.at);
  const actions = loss.actions.map((action): Action => {
    if (action.kind !== 'delete_db_instance' && action.kind !== 'delete_db_cluster') return action;
    const match = matchDatabase(world, action);
    if (match.kind === 'none' || match.tracked.database.arn !== database.arn) return action;
    return { ...action, parameters: { ...action.parameters, ...change } };
  });
  return { ...loss, actions };
}

function commandFor(setting: Setting, database: Database): string {
  const cluster = database.kind !== 'rds_instance';
  const what = cluster ? 'db-cluster' : 'db-instance';
  switch (setting) {
    case 'keep_automated_backups':
      return `delete_automated_backups = false  # or: aws rds delete-${what} --no-delete-automated-backups`;
    case 'final_snapshot':
      return `skip_final_snapshot = false, final_snapshot_identifier = "${nameOf(database, 'final')}"`;
    case 'manual_snapshot': {
      const verb = cluster ? 'create-db-cluster-snapshot' : 'create-db-snapshot';
      const flag = cluster ? '--db-cluster-snapshot-identifier' : '--db-snapshot-identifier';
      return `aws rds ${verb} --${what}-identifier ${database.identifier} ${flag} ${nameOf(database, 'manual')}`;
    }
  }
}

function nameOf(database: Database, suffix: string): string {
  return `${database.identifier}-${suffix}`;
}
