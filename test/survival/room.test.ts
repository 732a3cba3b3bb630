/** Room for one thing more: what counts against which limit, place by place, and what two possible worlds leave of it. */

import { describe, expect, it } from 'vitest';
import type { Quota, RecoveryPoint, RecoveryPointKind } from '../../src/inventory/model.ts';
import { countsOf, eitherOf, fitOf, limitOf, occupied, type Room, roomsOf } from '../../src/survival/room.ts';
import { aCluster, aDatabase, anInventory, aPoint, SCOPE } from '../support/builders.ts';

const orders = aDatabase();
const courses = aCluster();
const east = { region: 'us-east-1' };
const theirs = { accountId: '999999999999' };

const room = (fields: Partial<Room> = {}): Room => ({
  ...SCOPE,
  name: 'manual_snapshots',
  used: 5,
  maybe: 0,
  max: 10,
  read: true,
  ...fields,
});

describe('what counts against a limit', () => {
  it.each<[RecoveryPointKind, string | null, string | null]>([
    ['manual_snapshot', 'manual_snapshots', 'manual_cluster_snapshots'],
    ['snapshot_copy', 'manual_snapshots', 'manual_cluster_snapshots'],
    ['account_copy', 'manual_snapshots', 'manual_cluster_snapshots'],
    ['retained_automated_backup', 'retained_automated_backups', 'retained_automated_backups'],
    ['replicated_automated_backup', null, null],
    ['system_snapshot', null, null],
    ['backup_snapshot', null, null],
    ['pitr', null, null],
  ])('a point of kind %s is %s, of a cluster %s', (kind, ofInstance, ofCluster) => {
    expect(limitOf(aPoint(orders, { kind }))).toBe(ofInstance);
    expect(limitOf(aPoint(courses, { kind }))).toBe(ofCluster);
  });

  it('is added up by limit, region and account, in whatever order the points come', () => {
    const points: readonly RecoveryPoint[] = [
      aPoint(orders),
      aPoint(orders, east),
      aPoint(orders, theirs),
      aPoint(orders, { kind: 'system_snapshot' }),
      aPoint(orders),
      aPoint(courses),
      aPoint(orders, { kind: 'snapshot_copy' }),
      aPoint(orders, { kind: 'retained_automated_backup' }),
      aPoint(courses, { kind: 'retained_automated_backup' }),
      aPoint(orders, theirs),
    ];
    const counted = (of: readonly RecoveryPoint[]) =>
      [...countsOf(of).values()].map(({ scope, name, used }) => `${scope.accountId} ${scope.region} ${name} ${used}`);
    const expected = [
      '123456789012 eu-west-1 manual_snapshots 3',
      '123456789012 us-east-1 manual_snapshots 1',
      '999999999999 eu-west-1 manual_snapshots 2',
      '123456789012 eu-west-1 manual_cluster_snapshots 1',
      '123456789012 eu-west-1 retained_automated_backups 2',
    ];
    expect(counted(points)).toEqual(expected);
    expect(counted(points.toReversed()).sort()).toEqual(expected.toSorted());
  });
});

describe('the room of an inventory', () => {
  const quota: Quota = { ...SCOPE, name: 'manual_snapshots', used: 7, max: 150 };

  it('is what AWS said, else what is there and the default for the limit', () => {
    const recoveryPoints = [aPoint(orders), aPoint(courses), aPoint(orders, { kind: 'retained_automated_backup' })];
    expect(roomsOf(anInventory({ quotas: [quota], recoveryPoints }))).toEqual([
      room({ used: 7, max: 150 }),
      room({ name: 'manual_cluster_snapshots', used: 1, max: 100, read: false }),
      room({ name: 'retained_automated_backups', used: 1, max: 40, read: false }),
    ]);
  });
});

describe('whether one more fits', () => {
  it.each<[Partial<Room>, string]>([
    [{ used: 9 }, 'fits'],
    [{ used: 10 }, 'full'],
    [{ used: 8, maybe: 1 }, 'fits'],
    [{ used: 8, maybe: 2 }, 'open'],
    [{ used: 10, maybe: 1 }, 'full'],
    [{ used: 10, read: false }, 'open'],
  ])('in %j: %s', (fields, fit) => {
    expect(fitOf([room(fields)], SCOPE, 'manual_snapshots')).toBe(fit);
  });

  it('is asked of the very account, region and limit', () => {
    const full = room({ used: 10 });
    expect(fitOf([full], { ...SCOPE, ...theirs }, 'manual_snapshots')).toBe('fits');
    expect(fitOf([full], { ...SCOPE, ...east }, 'manual_snapshots')).toBe('fits');
    expect(fitOf([full], SCOPE, 'retained_automated_backups')).toBe('fits');
  });
});

describe('what is added or removed', () => {
  const others = [room({ ...east, used: 2 }), room({ ...theirs, used: 3 })];

  it('changes the room of its place and limit alone', () => {
    const rooms = [others[0] as Room, room(), others[1] as Room];
    expect(occupied(rooms, SCOPE, 'manual_snapshots', { used: 1, maybe: 2 })).toEqual([
      others[0],
      room({ used: 6, maybe: 2 }),
      others[1],
    ]);
  });

  it('where there was nothing is counted from nothing, and never below it', () => {
    const fresh = room({ name: 'manual_cluster_snapshots', used: 1, max: 100, read: false });
    expect(occupied(others, SCOPE, 'manual_cluster_snapshots', { used: 1 })).toEqual([...others, fresh]);
    expect(occupied([room({ used: 1 })], SCOPE, 'manual_snapshots', { used: -3 })).toEqual([room({ used: 0 })]);
  });
});

describe('the room of one of two worlds', () => {
  it('is surely used by the fewer, and perhaps by as many as the fuller may have', () => {
    expect(eitherOf([room({ used: 5, maybe: 3 })], [room({ used: 6, maybe: 1 })])).toEqual([
      room({ used: 5, maybe: 3 }),
    ]);
    expect(eitherOf([room({ used: 5, maybe: 1 })], [room({ used: 6, maybe: 2 })])).toEqual([
      room({ used: 5, maybe: 3 }),
    ]);
  });

  it('knows the places of both', () => {
    const added = room({ ...east, used: 1, max: 100, read: false });
    expect(eitherOf([room()], [room(), added])).toEqual([room(), { ...added, used: 0, maybe: 1 }]);
  });
});
