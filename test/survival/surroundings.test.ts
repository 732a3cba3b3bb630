/** The part of an inventory that the losses of one database can reach: what is in it, once each, in the order of the whole. */

import { describe, expect, it } from 'vitest';
import type { Database, Inventory } from '../../src/inventory/model.ts';
import { partsOf } from '../../src/survival/surroundings.ts';
import { aCluster, aDatabase, aKey, anInventory, aPoint, aVault, SCOPE, thePitr } from '../support/builders.ts';

const orders = aDatabase();
const other = aDatabase({ arn: 'arn:other', resourceId: 'db-OTHER', identifier: 'other' });
const PREFIX = 'arn:aws:kms:eu-west-1:123456789012:key';
const keys = ['a', 'b', 'c', 'd'].map((name) => aKey({ arn: `${PREFIX}/${name}` }));
const vaults = ['a', 'b', 'c'].map((name) => aVault({ arn: `arn:vault:${name}`, name }));

function partOf(database: Database, fields: Partial<Inventory>) {
  const { inventory, rooms } = partsOf(anInventory({ databases: [database], ...fields }))(database);
  return {
    databases: inventory.databases.map(({ arn }) => arn),
    points: inventory.recoveryPoints.map(({ arn }) => arn),
    keys: inventory.keys.map(({ arn }) => arn.slice(PREFIX.length)),
    vaults: inventory.vaults.map(({ name }) => name),
    rooms: rooms.map(({ accountId, region, used }) => ({ accountId, region, used })),
  };
}

describe('the part around a database', () => {
  it('holds its own points, their keys and vaults and its own key, in the order of the whole', () => {
    const sealed = aDatabase({ encrypted: true, keyArn: `${PREFIX}/a` });
    const recoveryPoints = [
      aPoint(sealed, { arn: 'arn:late', keyArn: `${PREFIX}/d` }),
      aPoint(other, { arn: 'arn:not-ours', keyArn: `${PREFIX}/b`, vaultArn: 'arn:vault:b' }),
      thePitr(sealed),
      aPoint(sealed, { arn: 'arn:c', keyArn: `${PREFIX}/c`, vaultArn: 'arn:vault:c' }),
      aPoint(sealed, { arn: 'arn:in-a', vaultArn: 'arn:vault:a' }),
      aPoint(sealed, { arn: 'arn:nobody', databaseResourceId: null }),
    ];
    expect(partOf(sealed, { databases: [other, sealed], recoveryPoints, keys, vaults })).toMatchObject({
      databases: [orders.arn],
      points: ['arn:late', `${orders.arn}:pitr`, 'arn:c', 'arn:in-a'],
      keys: ['/a', '/c', '/d'],
      vaults: ['a', 'c'],
    });
  });

  it('holds what bears the name of its final snapshot, once, whoever owns it', () => {
    const final = { id: 'orders-final', keyArn: `${PREFIX}/b`, vaultArn: 'arn:vault:b' };
    const recoveryPoints = [
      aPoint(other, { ...final, arn: 'arn:taken' }),
      aPoint(orders, { id: final.id, arn: 'arn:own' }),
      aPoint(other, { id: 'x-orders-final', arn: 'arn:other-name' }),
    ];
    expect(partOf(orders, { recoveryPoints, keys, vaults })).toMatchObject({
      points: ['arn:own', 'arn:taken'],
      keys: ['/b'],
      vaults: ['b'],
    });
  });

  it('knows that AWS keeps the name of a final snapshot in lower case', () => {
    const shouted = aDatabase({ identifier: 'Orders' });
    const taken = aPoint(other, { id: 'orders-final', arn: 'arn:taken' });
    expect(partOf(shouted, { recoveryPoints: [taken] }).points).toEqual(['arn:taken']);
  });

  it.each<[string, Partial<Database>]>([
    ['its resource id', { resourceId: 'cluster-COURSES' }],
    ['the resource id of a member', { members: [{ ...member(), resourceId: 'db-COURSES0', arn: 'arn:twin-0' }] }],
    ['the ARN of a member', { members: [{ ...member(), resourceId: 'db-TWIN0' }] }],
  ])('holds whatever else bears %s', (_, fields) => {
    const courses = aCluster();
    const twin = aCluster({ arn: 'arn:twin', resourceId: 'cluster-TWIN', identifier: 'twin', members: [], ...fields });
    const third = { ...member(), arn: 'arn:third-0', resourceId: 'db-THIRD0' };
    const stranger = aCluster({ arn: 'arn:third', resourceId: 'cluster-THIRD', members: [third] });
    const databases = [twin, orders, stranger, courses];
    expect(partOf(courses, { databases }).databases).toEqual([courses.arn, 'arn:twin']);
    expect(partOf(orders, { databases }).databases).toEqual([orders.arn]);
  });

  it('has the room of its own account and region, however much of it others use', () => {
    const recoveryPoints = [
      aPoint(other),
      aPoint(orders),
      aPoint(other, { region: 'us-east-1' }),
      aPoint(other, { accountId: '999999999999' }),
    ];
    expect(partOf(orders, { recoveryPoints }).rooms).toEqual([{ ...SCOPE, used: 2 }]);
  });
});

function member() {
  const [first] = aCluster().members;
  if (first === undefined) throw new Error('a cluster has a member');
  return first;
}
