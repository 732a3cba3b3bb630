/** Which databases a drill is about. */

import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../src/drill/definition.ts';
import { findSubject, selectDatabases } from '../../src/drill/select.ts';
import type { Database } from '../../src/inventory/model.ts';
import { aCluster, aDatabase, anInventory, aPoint } from '../support/builders.ts';

const orders = aDatabase({ tags: { env: 'production' }, multiAz: true, connectionsMax: 40, replicas: ['orders-r'] });
const trial = aDatabase({ identifier: 'trial-orders', arn: 'arn:trial', resourceId: 'db-TRIAL', storageGib: 20 });
const courses = aCluster({ region: 'eu-central-1' });
const all = [orders, trial, courses];

function picked(selector: string, databases: readonly Database[] = all) {
  const definition = parseDefinition(`name: a\ndatabases: ${selector}`, 'd.yaml');
  const { chosen, undecided } = selectDatabases(definition.databases, databases);
  return {
    chosen: chosen.map(({ identifier }) => identifier),
    undecided: undecided.map(({ database, unknown }) => `${database.identifier} ${unknown.join()}`),
  };
}

describe('a selector', () => {
  it.each<[selector: string, chosen: readonly string[], undecided: readonly string[]]>([
    ['{}', [], []],
    ['{ identifier: orders }', ['orders'], []],
    ['{ identifier: "*orders" }', ['orders', 'trial-orders'], []],
    ['{ identifier: "t*l*o*s" }', ['trial-orders'], []],
    ['{ identifier: [courses, "trial-*"] }', ['trial-orders', 'courses'], []],
    ['{ identifier: "order.*" }', [], []],
    ['{ engine: postgres }', ['orders', 'trial-orders'], []],
    ['{ engine: [aurora-postgresql, mysql] }', ['courses'], []],
    ['{ account: "123456789012" }', ['orders', 'trial-orders', 'courses'], []],
    ['{ account: "999999999999" }', [], []],
    ['{ region: eu-central-1 }', ['courses'], []],
    ['{ tags: { env: production } }', ['orders'], []],
    ['{ storageGibMin: 100 }', ['orders'], ['courses storageGibMin']],
    ['{ multiAz: true }', ['orders'], []],
    ['{ multiAz: false }', ['trial-orders', 'courses'], []],
    ['{ connectionsMin: 40 }', ['orders'], ['trial-orders connectionsMin', 'courses connectionsMin']],
    ['{ connectionsMin: 41, engine: postgres }', [], ['trial-orders connectionsMin']],
    ['{ hasReplicas: true }', ['orders'], []],
    ['{ hasReplicas: false, region: eu-west-1 }', ['trial-orders'], []],
  ])('%s', (selector, chosen, undecided) => {
    expect(picked(selector)).toEqual({ chosen, undecided });
  });

  it('never picks a scratch', () => {
    const scratch = aDatabase({ identifier: 'muster-scratch-abc' });
    expect(picked('{ identifier: "*" }', [orders, scratch]).chosen).toEqual(['orders']);
  });
});

describe('a name', () => {
  const gone = aDatabase({ identifier: 'gone', resourceId: 'db-GONE' });
  const inventory = anInventory({ databases: all, recoveryPoints: [aPoint(gone), aPoint(orders)] });

  it('is an identifier, a resource id or an ARN of what stands', () => {
    for (const name of ['orders', 'db-ORDERS', orders.arn]) {
      expect(findSubject(inventory, name)).toMatchObject({ identifier: 'orders', database: orders });
    }
  });

  it('may be that of a database that is gone, as long as something of it is left', () => {
    for (const name of ['gone', 'db-GONE']) {
      expect(findSubject(inventory, name)).toEqual({
        accountId: '123456789012',
        region: 'eu-west-1',
        resourceId: 'db-GONE',
        identifier: 'gone',
        engine: 'postgres',
        database: null,
      });
    }
  });

  it('is refused when nothing bears it, or more than one thing does', () => {
    expect(() => findSubject(inventory, 'nothing')).toThrow(
      'no database is called nothing, and none that is gone left',
    );
    const again = aDatabase({ identifier: 'gone', resourceId: 'db-GONE2' });
    const twice = anInventory({ recoveryPoints: [aPoint(gone), aPoint(again)] });
    expect(() => findSubject(twice, 'gone')).toThrow('2 databases are called gone: name one of db-GONE, db-GONE2');
  });
});
