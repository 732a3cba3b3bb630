/** Every kind of recovery point against every loss of the fact table: one cell, one test. */

import { describe, expect, it } from 'vitest';
import type { Action, DeleteParameters } from '../../src/intent/action.ts';
import type { RecoveryPoint } from '../../src/inventory/model.ts';
import { happen, type LossEvent } from '../../src/survival/events.ts';
import { survive } from '../../src/survival/survive.ts';
import { type World, worldOf } from '../../src/survival/world.ts';
import { aTarget, aTargetOf, deletionOf, KEY_ARN, NOW, SCOPE } from '../support/builders.ts';
import { type Cell, cellsOf, TABLES, type TableName } from './table/cells.ts';
import { DOCUMENTS, REFUSED } from './table/documents.ts';
import { OWN_KEY_ARN, type OwnerName, type Scene, sceneOf } from './table/kinds.ts';

const final = { skipFinalSnapshot: false, finalSnapshotId: 'last' };
const FLAGS: Readonly<Record<string, Partial<DeleteParameters>>> = {
  'skip, delete auto': { deleteAutomatedBackups: true },
  'skip, keep auto': { deleteAutomatedBackups: false },
  'final, delete auto': { ...final, deleteAutomatedBackups: true },
  'final, keep auto': { ...final, deleteAutomatedBackups: false },
};

const EVENTS: Readonly<Record<string, LossEvent>> = {
  'key deleted': { kind: 'key_destroyed', keyArn: KEY_ARN },
  'own key deleted': { kind: 'key_destroyed', keyArn: OWN_KEY_ARN },
  'account closed': { kind: 'account_lost', accountId: SCOPE.accountId },
  'owner account of the share closed': { kind: 'account_lost', accountId: '999999999999' },
  'region lost': { kind: 'region_lost', region: SCOPE.region },
};

/** The rows that stand for a kind of section 1 under another name. */
const KIND_OF: Readonly<Record<string, string>> = {
  C1: 'K1',
  C2: 'K2',
  C3: 'K3',
  C4: 'K6',
  'C4 final': 'K5',
  C5: 'K1',
  'C5 snapshot': 'K2',
};

function ownerOf({ table, kind }: Cell): OwnerName {
  if (table === 'a Multi-AZ DB cluster is deleted') return 'multiAz';
  return table === 'an Aurora cluster is deleted' || kind.startsWith('C') ? 'aurora' : 'instance';
}

/** In the AWS Backup columns a database's own backups are reached through its continuous point. */
function sceneFor(cell: Cell): Scene {
  const kind = KIND_OF[cell.kind] ?? cell.kind.replace('C6 of ', '');
  const scene = sceneOf(kind, ownerOf(cell));
  if (cell.table !== 'its backups are changed through AWS Backup' || scene.point?.vaultArn !== null) return scene;
  const owned = sceneOf('K13', ownerOf(cell));
  const recoveryPoints = [...owned.inventory.recoveryPoints, scene.point];
  return { ...owned, inventory: { ...owned.inventory, recoveryPoints }, point: scene.point };
}

function worldAfter(cell: Cell, scene: Scene): World {
  const event = EVENTS[cell.column];
  const after = (actions: readonly Action[]) =>
    survive(scene.inventory, actions, { at: NOW, refusals: 'honoured' }).after;
  if (event !== undefined) {
    const { points } = after([]);
    return happen({ ...worldOf(scene.inventory, NOW), points }, event);
  }
  const document = DOCUMENTS[cell.column];
  if (document === undefined) return after(actionsFor(cell, scene));
  const refusals = cell.column === REFUSED ? 'honoured' : 'lifted';
  return survive(scene.inventory, document(scene), { at: NOW, refusals }).after;
}

function actionsFor({ column }: Cell, { owner, point, inventory }: Scene): readonly Action[] {
  const flags = FLAGS[column];
  if (flags !== undefined) return deletionOf(owner, flags);
  const vaultPoint = inventory.recoveryPoints.find(({ vaultArn }) => vaultArn !== null);
  const source = inventory.recoveryPoints.find(({ arn }) => arn === point?.copiedFrom);
  const target = aTargetOf(vaultPoint ?? source ?? point ?? owner);
  const key = aTargetOf({ arn: column.startsWith('own') ? OWN_KEY_ARN : KEY_ARN });
  const modify = owner.kind === 'rds_instance' ? 'modify_db_instance' : 'modify_db_cluster';
  const actions: Readonly<Record<string, Action>> = {
    'retention 0': { kind: modify, target: aTarget(owner), change: { retentionDays: 0 } },
    'retention 7 to 1': { kind: modify, target: aTarget(owner), change: { retentionDays: 1 } },
    'delete snapshot': { kind: point?.ofCluster ? 'delete_db_cluster_snapshot' : 'delete_db_snapshot', target },
    'delete automated backup': { kind: 'delete_automated_backup', target },
    'stop replication': { kind: 'stop_backup_replication', target: aTarget(owner) },
    'un-share': { kind: 'unshare_snapshot', target },
    'delete recovery point': { kind: 'delete_recovery_point', target },
    disassociate: { kind: 'disassociate_recovery_point', target },
    'delete plan': { kind: 'stop_future_backups', target: aTargetOf({ arn: 'arn:plan' }) },
    'delete vault': {
      kind: 'delete_backup_vault',
      target: aTargetOf({ arn: vaultPoint?.vaultArn ?? '' }),
      force: false,
    },
    'key disabled': { kind: 'disable_key', target: key },
    'own key disabled': { kind: 'disable_key', target: key },
    'key deletion scheduled': { kind: 'schedule_key_deletion', target: key, windowDays: 7 },
    'own key deletion scheduled': { kind: 'schedule_key_deletion', target: key, windowDays: 7 },
  };
  const action = actions[column];
  if (action === undefined) throw new Error(`no such column: ${column}`);
  return [action];
}

/** What became of the point of the row, or of the database itself. */
function fateOf(cell: Cell): string {
  const scene = sceneFor(cell);
  const { points, databases } = worldAfter(cell, scene);
  if (cell.kind === 'live data') return databases[0]?.alive ? 'alive' : 'deleted';
  const isIt = (point: RecoveryPoint) => point.arn === scene.point?.arn && point.kind === scene.point.kind;
  const tracked = points.find(({ point, madeByChange }) => (scene.point === null ? madeByChange : isIt(point)));
  return tracked?.fate.word ?? 'none';
}

describe.each(Object.keys(TABLES) as readonly TableName[])('when %s', (table) => {
  it.each(cellsOf(table))('$kind under "$column" is $fate, by the facts: $facts', (cell) => {
    expect({ ...cell, fate: fateOf(cell) }).toEqual(cell);
  });
});

describe('the tables', () => {
  it('leave out no kind of section 1', () => {
    const rows = (Object.keys(TABLES) as readonly TableName[]).flatMap(cellsOf).map(({ kind }) => kind);
    const named = [...Array.from({ length: 16 }, (_, index) => `K${index + 1}`), 'C1', 'C2', 'C3', 'C4', 'C5', 'C6'];
    expect(named.filter((kind) => !rows.some((row) => row.split(' ')[0] === kind))).toEqual([]);
  });
});
