/**
 * Reading a saved inventory back: whole, or refused by the path of the key at fault.
 */

import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/inventory/assemble.ts';
import { parseInventory } from '../../src/inventory/schema.ts';
import {
  aGlobalCluster,
  anAutomatedBackup,
  anObservedDatabase,
  anObservedRestore,
  anObservedSnapshot,
  SCOPE,
  theObservations,
} from '../support/aws-observations.ts';

const inventory = assemble(
  theObservations({
    databases: [anObservedDatabase()],
    snapshots: [anObservedSnapshot()],
    automatedBackups: [anAutomatedBackup()],
    globalClusters: [aGlobalCluster()],
    engineVersions: [{ ...SCOPE, engine: 'postgres', engineVersion: '16.4', offered: true }],
    quotas: [{ ...SCOPE, name: 'manual_snapshots', used: 1, max: 100 }],
    outOfScope: [{ ...SCOPE, engine: 'docdb', count: 2 }],
    restoreTests: [anObservedRestore()],
  }),
);
const refusal = (text: string): string => {
  try {
    parseInventory(text, 'inventory.json');
  } catch (error) {
    expect(error).toMatchObject({ code: 'MUSTER_INVENTORY_INVALID' });
    return (error as Error).message;
  }
  throw new Error('it was accepted');
};
type Listed =
  | 'recoveryPoints'
  | 'databases'
  | 'globalClusters'
  | 'engineVersions'
  | 'quotas'
  | 'outOfScope'
  | 'restoreTests';
type Loose = Record<Listed, object[]>;
const broken = (change: (copy: Loose) => void): string => {
  const copy = JSON.parse(JSON.stringify(inventory)) as Loose;
  change(copy);
  return refusal(JSON.stringify(copy));
};

it('a saved inventory reads back as it was', () => {
  expect(parseInventory(JSON.stringify(inventory, null, 2), 'inventory.json')).toEqual(inventory);
});

it('an inventory from before connections were read says nothing of them', () => {
  const busy = inventory.databases.map((database) => ({ ...database, connectionsMax: 42 }));
  const older = busy.map(({ connectionsMax: _, ...database }) => database);
  const reread = (databases: readonly object[]) =>
    parseInventory(JSON.stringify({ ...inventory, databases }), '-').databases.map((one) => one.connectionsMax);
  expect([reread(busy), reread(older)]).toEqual([[42], [null]]);
});

it('an inventory from before restores were read has none', () => {
  const { restoreTests, ...older } = inventory;
  expect(restoreTests).toHaveLength(1);
  expect(parseInventory(JSON.stringify(older), '-').restoreTests).toEqual([]);
});

it('a key of a newer Muster is left out', () => {
  expect(parseInventory(JSON.stringify({ ...inventory, costs: 1 }), '-')).toEqual(inventory);
});

describe('a saved inventory is refused when', () => {
  it.each([
    ['recoveryPoints', 'recoveryPoints: each recovery point once'],
    ['databases', 'databases: each database once'],
    ['globalClusters', 'globalClusters: each global cluster once'],
    ['engineVersions', 'engineVersions: each engine version once'],
    ['quotas', 'quotas: each quota once'],
    ['outOfScope', 'outOfScope: each engine out of scope once'],
    ['restoreTests', 'restoreTests: each restore test once'],
  ] as const)('one entry of its %s is listed twice, and would count twice', (list, words) => {
    const message = broken((copy) => {
      copy[list] = [...copy[list], ...copy[list]];
    });
    expect(message).toContain(words);
  });

  it('it is not JSON', () => {
    expect(refusal('{"formatVersion"')).toBe('inventory.json is not JSON');
  });

  it('it is another document', () => {
    expect(refusal('{"format_version":"1.2"}')).toContain('inventory.json: formatVersion: one of "1" is accepted');
  });

  it('a kind is not one of the closed list', () => {
    const message = broken((copy) => {
      Object.assign(copy.recoveryPoints[0] ?? {}, { kind: 'backup' });
    });
    expect(message).toContain('recoveryPoints.0.kind: one of "pitr", "system_snapshot"');
  });

  it('an instant has another form', () => {
    expect(broken((copy) => Object.assign(copy, { observedAt: '2026-02-26' }))).toContain(
      'observedAt: an instant such as 2026-11-22T09:07:00.000Z is accepted',
    );
  });

  it.each(['globalClusters', 'engineVersions', 'outOfScope'] as const)(
    'its %s are missing: unread is not none',
    (list) => {
      expect(broken((copy) => Reflect.deleteProperty(copy, list))).toContain(`${list}: array is accepted`);
    },
  );

  it('a required fact is missing', () => {
    const message = broken((copy) => {
      Reflect.deleteProperty(copy.databases[0] ?? {}, 'resourceId');
    });
    expect(message).toContain('databases.0.resourceId: string is accepted');
  });

  it('a restore window runs backwards', () => {
    const message = broken((copy) => {
      const window = { earliest: '2026-02-27T00:00:00.000Z', latest: '2026-02-26T00:00:00.000Z' };
      Object.assign(copy.databases[0] ?? {}, { restoreWindow: window });
    });
    expect(message).toContain('databases.0.restoreWindow: earliest not after latest is accepted');
  });

  it('its gaps were taken out', () => {
    expect(broken((copy) => Reflect.deleteProperty(copy, 'gaps'))).toContain('gaps: array is accepted');
  });
});
