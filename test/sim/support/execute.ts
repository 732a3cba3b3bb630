/**
 * Carries actions out on a virtual lab with the real SDK's commands, each to its end.
 *
 * What the lab refuses is an outcome, written down as AWS's error code on the wire. Time moves until nothing is
 * under way any more, as far as the next maintenance window when a change waits for it.
 */

import {
  DeleteDBClusterAutomatedBackupCommand,
  DeleteDBClusterCommand,
  DeleteDBClusterSnapshotCommand,
  DeleteDBInstanceAutomatedBackupCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  type RDSClient,
  RestoreDBClusterFromSnapshotCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import { elapsedSeconds } from '../../../src/core/time.ts';
import type { Action, DeleteParameters, ProtectionChange } from '../../../src/intent/action.ts';
import type { RecoveryPoint } from '../../../src/inventory/model.ts';
import type { VirtualLab } from '../../../src/lab/request-handler.ts';

/** A lab and a client whose calls it answers. */
export interface Bench {
  readonly lab: VirtualLab;
  readonly rds: RDSClient;
}

/** AWS's error code of a refusal; null when the call went through. */
export type Refusal = string | null;

/** Carries out one action. */
export async function execute({ lab, rds }: Bench, action: Action): Promise<Refusal> {
  const refusal = await call(rds, action);
  settle(lab);
  return refusal;
}

async function call(rds: RDSClient, action: Action): Promise<Refusal> {
  const { target } = action;
  const { identifier } = target;
  switch (action.kind) {
    case 'delete_db_instance':
    case 'delete_db_cluster':
      return deleteDatabase(rds, action);
    case 'delete_cluster_member':
      return codeOf(rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: identifier })));
    case 'modify_db_instance':
      return codeOf(
        rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: identifier, ...settingsOf(action.change) })),
      );
    case 'modify_db_cluster':
      return codeOf(
        rds.send(new ModifyDBClusterCommand({ DBClusterIdentifier: identifier, ...settingsOf(action.change) })),
      );
    case 'delete_db_snapshot':
      return codeOf(rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: identifier })));
    case 'delete_db_cluster_snapshot':
      return codeOf(rds.send(new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: identifier })));
    case 'delete_automated_backup':
      return codeOf(deleteBackup(rds, target.resourceId, target.arn));
    default:
      throw new Error(`the lab has no call for ${action.kind}`);
  }
}

/** As the Terraform provider does it: protection is taken off when it turns out to be in the way. */
async function deleteDatabase(
  rds: RDSClient,
  action: Extract<Action, { kind: 'delete_db_instance' | 'delete_db_cluster' }>,
): Promise<Refusal> {
  const { target, parameters } = action;
  const cluster = action.kind === 'delete_db_cluster';
  const input = deletionOf(parameters);
  const ofCluster = { DBClusterIdentifier: target.identifier };
  const ofInstance = { DBInstanceIdentifier: target.identifier };
  const send = (): Promise<unknown> =>
    cluster
      ? rds.send(new DeleteDBClusterCommand({ ...ofCluster, ...input }))
      : rds.send(new DeleteDBInstanceCommand({ ...ofInstance, ...input }));
  const refusal = await refusalOf(send());
  const held = refusal?.message.startsWith('Cannot delete protected') ?? false;
  if (!held || !parameters.disarmsProtection) return refusal?.code ?? null;
  const off = { DeletionProtection: false, ApplyImmediately: true };
  const disarmed = await codeOf(
    cluster
      ? rds.send(new ModifyDBClusterCommand({ ...ofCluster, ...off }))
      : rds.send(new ModifyDBInstanceCommand({ ...ofInstance, ...off })),
  );
  return disarmed ?? codeOf(send());
}

function deletionOf({ skipFinalSnapshot, finalSnapshotId, deleteAutomatedBackups }: DeleteParameters) {
  return {
    ...(skipFinalSnapshot === null ? {} : { SkipFinalSnapshot: skipFinalSnapshot }),
    ...(finalSnapshotId === null ? {} : { FinalDBSnapshotIdentifier: finalSnapshotId }),
    ...(deleteAutomatedBackups === null ? {} : { DeleteAutomatedBackups: deleteAutomatedBackups }),
  };
}

function settingsOf({ retentionDays, deletionProtection, applyImmediately }: ProtectionChange) {
  return {
    ...(retentionDays === undefined ? {} : { BackupRetentionPeriod: retentionDays }),
    ...(deletionProtection === undefined ? {} : { DeletionProtection: deletionProtection }),
    ...(applyImmediately === undefined ? {} : { ApplyImmediately: applyImmediately }),
  };
}

function deleteBackup(rds: RDSClient, resourceId: string | null, arn: string | null): Promise<unknown> {
  if (resourceId === null)
    return rds.send(new DeleteDBInstanceAutomatedBackupCommand({ DBInstanceAutomatedBackupsArn: arn ?? '' }));
  return resourceId.startsWith('cluster-')
    ? rds.send(new DeleteDBClusterAutomatedBackupCommand({ DbClusterResourceId: resourceId }))
    : rds.send(new DeleteDBInstanceAutomatedBackupCommand({ DbiResourceId: resourceId }));
}

/** What a restore came to: refused with a code, or the resource id of the database whose data came back. */
export type Restored = { readonly refused: string } | { readonly dataOf: string | null };

/** Restores a snapshot into a database of its own, to its end. */
export async function restore({ lab, rds }: Bench, point: RecoveryPoint, name: string): Promise<Restored> {
  const refused = await codeOf(
    point.ofCluster
      ? rds.send(
          new RestoreDBClusterFromSnapshotCommand({
            DBClusterIdentifier: name,
            SnapshotIdentifier: point.id,
            Engine: point.engine,
          }),
        )
      : rds.send(
          new RestoreDBInstanceFromDBSnapshotCommand({
            DBInstanceIdentifier: name,
            DBSnapshotIdentifier: point.id,
            BackupRetentionPeriod: 0,
          }),
        ),
  );
  if (refused !== null) return { refused };
  settle(lab);
  const place = Object.values(lab.world().places)[0];
  const made = [...(place?.clusters ?? []), ...(place?.instances ?? [])].find(({ identifier }) => identifier === name);
  const volume = lab.engine.volumes().find(({ volumeId }) => volumeId === made?.volumeId);
  return { dataOf: made?.status === 'available' ? (volume?.seed.databaseName ?? null) : null };
}

/** Moves the clock until no step is under way and no change waits. */
export function settle(lab: VirtualLab): void {
  for (let steps = 0; steps < 200; steps += 1) {
    const due = Object.values(lab.world().places)
      .flatMap(({ clusters, instances, snapshots }) => [
        ...[...clusters, ...instances].flatMap(({ statusEndsAt, pending }) => [
          statusEndsAt,
          pending?.appliesAt ?? null,
        ]),
        ...snapshots.map(({ statusEndsAt }) => statusEndsAt),
      ])
      .filter((at) => at !== null)
      .sort()[0];
    if (due === undefined) return;
    lab.advance(Math.max(1, elapsedSeconds(lab.now(), due)));
  }
  throw new Error('the lab does not come to rest');
}

async function codeOf(call: Promise<unknown>): Promise<Refusal> {
  return (await refusalOf(call))?.code ?? null;
}

/** The code on the wire, which the SDK keeps beside the name of its class. */
async function refusalOf(call: Promise<unknown>): Promise<{ readonly code: string; readonly message: string } | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (!(error instanceof Error) || !('$fault' in error)) throw error;
    const code: unknown = Reflect.get(error, 'Code') ?? Reflect.get(error, 'code');
    const inner: unknown = Reflect.get(Object(Reflect.get(error, 'Error')), 'Code');
    return { code: String(code ?? inner ?? error.name), message: error.message };
  }
}
