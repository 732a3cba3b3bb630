/** Which databases a change is about: by name, by id, through members, owners and sources; or everything. */

import { describe, expect, it } from 'vitest';
import { selectionOf, selectionOfDatabases } from '../../src/app/selection-of.ts';
import type { Action, Intent, Target } from '../../src/intent/action.ts';
import { aCluster, aDatabase, anIntent, anInventory, aPoint, aTarget, NOW, theDelete } from '../support/builders.ts';

const bare = (identifier: string): Target => ({ arn: null, resourceId: null, identifier, scope: null });
const selected = (action: Action, known = [anInventory()], fields: Partial<Intent> = {}) => {
  const selection = selectionOf(anIntent([action], fields), known);
  if (selection === 'everything') throw new Error('everything was selected');
  return selection;
};
const modify = (target: Target): Action => ({ kind: 'modify_db_instance', target, change: { retentionDays: 1 } });

describe('a step that names a database selects', () => {
  it('what bears its name, in lower case, and the names that a final snapshot may take', () => {
    expect(selected(modify(bare('Orders')))).toEqual({
      identifiers: ['orders'],
      resourceIds: [],
      snapshots: ['orders-final', 'orders-manual'],
    });
  });

  it('the name in its ARN and the id beside it', () => {
    const target = { ...bare(''), arn: 'arn:aws:rds:eu-west-1:123456789012:db:stock', resourceId: 'db-OLD' };
    expect(selected(modify(target))).toMatchObject({ identifiers: ['stock'], resourceIds: ['db-OLD'] });
  });

  it('the final snapshot that it asks for', () => {
    const last = theDelete(aDatabase(), { skipFinalSnapshot: false, finalSnapshotId: 'Goodbye' });
    expect(selected(last).snapshots).toContain('goodbye');
  });

  it('the id that the name had when it was last read, and the name that the id has now', () => {
    const known = anInventory({ databases: [aDatabase({ identifier: 'orders-2', resourceId: 'db-1' })] });
    expect(selected(modify({ ...bare('orders'), resourceId: 'db-1' }), [known])).toMatchObject({
      identifiers: ['orders', 'orders-2'],
      resourceIds: ['db-1'],
    });
  });

  it('the cluster of a member, and the source of a replica', () => {
    const member = {
      identifier: 'events-0',
      arn: 'arn:m',
      resourceId: 'db-M',
      instanceClass: null,
      status: '',
      writer: true,
    };
    const cluster = aCluster({ identifier: 'events', resourceId: 'cluster-1', members: [member] });
    const replica = aDatabase({ identifier: 'copy', resourceId: 'db-R', arn: 'arn:r', replicaOf: 'orders' });
    const known = [anInventory({ databases: [cluster, replica] })];
    expect(selected(modify(bare('events-0')), known)).toMatchObject({
      identifiers: ['events', 'events-0'],
      resourceIds: ['cluster-1'],
    });
    expect(selected(modify(bare('copy')), known).identifiers).toEqual(['copy', 'orders']);
  });
});

describe('a step that names a snapshot selects', () => {
  it('it and, where that is known, its owner by every name', () => {
    const owner = aDatabase({ identifier: 'orders', resourceId: 'db-1' });
    const known = anInventory({ databases: [owner], recoveryPoints: [aPoint(owner, { id: 'kept' })] });
    const deletion: Action = { kind: 'delete_db_snapshot', target: bare('kept') };
    expect(selected(deletion, [known])).toMatchObject({ identifiers: ['orders'], resourceIds: ['db-1'] });
    expect(selected(deletion)).toEqual({ identifiers: [], resourceIds: [], snapshots: ['kept'] });
  });
});

it('a state selects what it claims, and what it claimed when it was last judged', () => {
  const state = { lineage: 'one', serial: 2, backend: null, databases: ['db-1'], forgets: [] };
  const sighting = { formatVersion: '1', at: NOW, endpoint: null, serial: 1, forgets: [], released: [] } as const;
  const selection = selectionOf(
    anIntent([modify(bare('orders'))], { state }),
    [],
    [
      { ...sighting, lineage: 'one', databases: ['db-2'] },
      { ...sighting, lineage: 'other', databases: ['db-3'] },
    ],
  );
  expect(selection).toMatchObject({ resourceIds: ['db-1', 'db-2'] });
});

describe('everything is needed by', () => {
  const target = aTarget(aDatabase());
  it.each<[string, Action]>([
    ['a key', { kind: 'schedule_key_deletion', target, windowDays: 7 }],
    ['a vault', { kind: 'delete_backup_vault', target, force: true }],
    ['a point in a vault', { kind: 'delete_recovery_point', target }],
    ['a lifecycle', { kind: 'update_recovery_point_lifecycle', target, deleteAfterDays: 1 }],
    ['a secret', { kind: 'delete_prerequisite', target, prerequisite: 'secret' }],
    ['a global cluster', { kind: 'delete_global_cluster', target }],
    ['a step that was not understood', { kind: 'opaque', target, why: 'unread' }],
    ['a name that may stand for several', modify(bare('orders-*'))],
    ['a step without a name', modify(bare(''))],
    ['a backup known by its ARN only', { kind: 'delete_automated_backup', target: { ...target, resourceId: null } }],
  ])('%s', (_, action) => {
    expect(selectionOf(anIntent([modify(bare('orders')), action]), [])).toBe('everything');
  });

  it('a document that chose from everything there was', () => {
    expect(selectionOf(anIntent([modify(bare('orders'))], { source: 'cleaner' }), [])).toBe('everything');
  });

  it('a state that knows nothing', () => {
    const signals = [{ code: 'empty_state', detail: '' }] as const;
    expect(selectionOf(anIntent([modify(bare('orders'))], { signals }), [])).toBe('everything');
  });

  it('more names than a reading of everything takes calls', () => {
    const many = Array.from({ length: 61 }, (_, index) => modify(bare(`orders-${index}`)));
    expect(selectionOf(anIntent(many), [])).toBe('everything');
    const databases = many.map(({ target: { identifier } }) => ({ identifier, resourceId: `db-${identifier}` }));
    expect(selectionOfDatabases(databases)).toBe('everything');
  });
});
