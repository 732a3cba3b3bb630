/**
 * Many observations, one inventory: order, repetition and the place they came from change nothing.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printScope } from '../../src/core/arn.ts';
import { assemble } from '../../src/inventory/assemble.ts';
import { inventoryDigest } from '../../src/inventory/digest.ts';
import type { Key, Vault } from '../../src/inventory/model.ts';
import type { Observations } from '../../src/inventory/observations.ts';
import { inStableOrder } from '../../src/inventory/order.ts';
import {
  aGlobalCluster,
  anAutomatedBackup,
  anExport,
  anObservedDatabase,
  anObservedRestore,
  anObservedSnapshot,
  at,
  aVaultPoint,
  SCOPE,
  theObservations,
} from '../support/aws-observations.ts';

const SCOPES = [
  SCOPE,
  { accountId: SCOPE.accountId, region: 'us-east-1' },
  { accountId: '999988887777', region: 'eu-west-1' },
];

/** Three places with everything in each, and in two of them things of the first seen once more, somewhat otherwise. */
const seen: Observations = theObservations({
  scopes: SCOPES,
  databases: SCOPES.flatMap((scope) => [databaseIn(scope), { ...databaseIn(scope), status: 'backing-up' }]),
  connections: [7, 42, 0].map((connectionsMax) => ({ databaseArn: arnIn(SCOPE, 'orders'), connectionsMax })),
  snapshots: SCOPES.flatMap((scope) => [
    snapshotIn(scope),
    { ...snapshotIn(scope), kind: 'shared_snapshot' as const },
    { ...snapshotIn(scope), id: 'copy', arn: arnIn(scope, 'copy'), dataAt: null, copiedFrom: arnIn(SCOPE, 'nightly') },
  ]),
  automatedBackups: SCOPES.map((scope) =>
    anAutomatedBackup({ ...scope, arn: arnIn(scope, 'auto'), databaseResourceId: `cluster-${printScope(scope)}` }),
  ),
  vaultPoints: SCOPES.map((scope) => aVaultPoint({ ...scope, arn: arnIn(scope, 'vaulted') })),
  exports: SCOPES.map((scope) => anExport({ ...scope, arn: arnIn(scope, 'export') })),
  globalClusters: SCOPES.slice(0, 2).map((scope) =>
    aGlobalCluster({ ...scope, members: [{ clusterArn: arnIn(scope, 'orders'), writer: scope === SCOPE }] }),
  ),
  keys: (['enabled', 'disabled'] as const).map(aKeyOf),
  vaults: (['compliance', 'none'] as const).map(aVaultOf),
  engineVersions: [true, false].map((offered) => ({ ...SCOPE, engine: 'postgres', engineVersion: '16.4', offered })),
  quotas: [90, 98].map((used) => ({ ...SCOPE, name: 'manual_snapshots', used, max: 100 })),
  outOfScope: [2, 3].map((count) => ({ ...SCOPE, engine: 'docdb', count })),
  restoreTests: [
    anObservedRestore({ status: 'running', completedAt: null, validation: null }),
    anObservedRestore({ validation: 'validating' }),
    anObservedRestore({ validation: 'failed', createdArn: null }),
    anObservedRestore({ jobId: 'JOB-0' }),
  ],
  gaps: SCOPES.map((where) => ({ what: 'w', where, action: 'a:B', cause: 'c', hides: 'survivors' })),
});

function arnIn(scope: { readonly accountId: string; readonly region: string }, name: string): string {
  return `arn:aws:rds:${scope.region}:${scope.accountId}:cluster-snapshot:${name}`;
}
function databaseIn(scope: (typeof SCOPES)[number]) {
  return anObservedDatabase({ ...scope, arn: arnIn(scope, 'orders'), resourceId: `cluster-${printScope(scope)}` });
}
function snapshotIn(scope: (typeof SCOPES)[number]) {
  return anObservedSnapshot({ ...scope, id: 'nightly', arn: arnIn(scope, 'nightly') });
}
function aKeyOf(state: Key['state']): Key {
  return { ...SCOPE, arn: 'arn:key', state, manager: 'customer', deletionAt: null };
}
function aVaultOf(lock: Vault['lock']): Vault {
  return { ...SCOPE, arn: 'arn:vault', name: 'v', airGapped: false, lock, lockAt: null, minRetentionDays: null };
}

const LISTS = [
  'scopes',
  'databases',
  'connections',
  'snapshots',
  'automatedBackups',
  'vaultPoints',
  'exports',
  'globalClusters',
  'keys',
  'vaults',
  'engineVersions',
  'quotas',
  'outOfScope',
  'restoreTests',
  'gaps',
] as const satisfies readonly (keyof Observations)[];

/** The same observations with every list shuffled, and some entries once more. */
const otherwise = fc
  .tuple(...LISTS.map((name) => shuffledWithRepeats<unknown>(seen[name])))
  .map((lists): Observations => ({ ...seen, ...Object.fromEntries(LISTS.map((name, index) => [name, lists[index]])) }));

function shuffledWithRepeats<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc
    .subarray([...items])
    .chain((again) => fc.shuffledSubarray([...items, ...again], { minLength: items.length + again.length }));
}

describe('an inventory', () => {
  it('is the same in whatever order, and however often, things were seen', () => {
    const expected = assemble(seen);
    fc.assert(
      fc.property(otherwise, (observations) => {
        expect(assemble(observations)).toEqual(expected);
      }),
    );
  });

  it('that was saved in another order is put back into its own', () => {
    const expected = assemble(seen);
    const turned = { ...expected, restoreTests: expected.restoreTests.toReversed() };
    expect(inStableOrder(turned).restoreTests).toEqual(expected.restoreTests);
  });

  it('has one digest for one estate', () => {
    const turned = Object.fromEntries(LISTS.map((name) => [name, seen[name].toReversed()]));
    expect(inventoryDigest(assemble({ ...seen, ...turned }))).toBe(inventoryDigest(assemble(seen)));
  });

  it('names each place once', () => {
    expect(assemble({ ...seen, scopes: [...SCOPES, ...SCOPES] }).scopes).toHaveLength(SCOPES.length);
  });
});

describe('of two differing sights of one thing the one that helps least is believed:', () => {
  const inventory = assemble(seen);

  it.each([
    ['a key', inventory.keys, { state: 'disabled' }],
    ['a vault', inventory.vaults, { lock: 'none' }],
    ['an engine version', inventory.engineVersions, { offered: false }],
    ['a quota', inventory.quotas, { used: 98 }],
    ['an engine out of scope', inventory.outOfScope, { count: 3 }],
  ])('%s', (_, entries, expected) => {
    expect(entries).toMatchObject([expected]);
  });
});

it('a database seen with differing connections is as busy as it was ever seen, and others are not known to be', () => {
  const { databases } = assemble(seen);
  const busy = databases.map(({ arn, connectionsMax }) => (arn === arnIn(SCOPE, 'orders') ? connectionsMax : null));
  expect(busy.toSorted()).toEqual([42, null, null]);
  expect(databases.filter(({ connectionsMax }) => connectionsMax !== null)).toHaveLength(1);
});

it('of a restore that was seen as it went on, what came of it in the end is kept', () => {
  expect(assemble(seen).restoreTests).toEqual([
    anObservedRestore({ jobId: 'JOB-0' }),
    anObservedRestore({ validation: 'failed', createdArn: null }),
  ]);
});

describe('a global cluster', () => {
  const abroad = `arn:aws:rds:us-east-1:${SCOPE.accountId}:cluster:orders-2`;
  const second = aGlobalCluster({ members: [{ clusterArn: abroad, writer: false }] });

  it('seen from two regions is one, with the members of both', () => {
    const { globalClusters } = assemble(theObservations({ globalClusters: [aGlobalCluster(), second] }));
    expect(globalClusters).toHaveLength(1);
    expect(globalClusters[0]?.members).toHaveLength(2);
  });

  it('is protected only when every sight of it says so', () => {
    const open = aGlobalCluster({ region: 'us-east-1', deletionProtection: false });
    const { globalClusters } = assemble(theObservations({ globalClusters: [aGlobalCluster(), open] }));
    expect(globalClusters[0]?.deletionProtection).toBe(false);
  });

  it('is named by its members, and by no cluster that only bears a member’s name', () => {
    const databases = [
      anObservedDatabase(),
      anObservedDatabase({
        region: 'us-east-1',
        arn: `arn:aws:rds:us-east-1:${SCOPE.accountId}:cluster:orders`,
        resourceId: 'x',
      }),
    ];
    const inventory = assemble(theObservations({ databases, globalClusters: [aGlobalCluster()] }));
    expect(inventory.databases.map(({ globalClusterArn }) => globalClusterArn)).toEqual([aGlobalCluster().arn, null]);
  });

  it('that could not be listed leaves what the cluster itself says', () => {
    const database = anObservedDatabase({ globalClusterArn: 'arn:said' });
    expect(assemble(theObservations({ databases: [database] })).databases[0]?.globalClusterArn).toBe('arn:said');
  });
});

it('thousands of snapshots are each looked up, never searched for', () => {
  let reads = 0;
  const moment = at('2026-02-20T03:00:00Z');
  const snapshots = Array.from({ length: 2_000 }, (_, index) => ({
    ...anObservedSnapshot({ id: `s-${index}`, kind: index % 2 === 0 ? 'system_snapshot' : 'manual_snapshot' }),
    get databaseResourceId() {
      reads += 1;
      return `cluster-${index}`;
    },
    createdAt: moment,
  }));
  const databases = snapshots.map((_, index) =>
    anObservedDatabase({ identifier: `d-${index}`, resourceId: `cluster-${index}` }),
  );
  expect(assemble(theObservations({ snapshots, databases })).recoveryPoints).toHaveLength(4_000);
  // A search through all of them for each database would read the id some four million times.
  expect(reads).toBeLessThan(10 * snapshots.length);
});
