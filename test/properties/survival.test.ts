/**
 * Claims about survival that hold for every inventory and every change. A failure prints its seed and smallest case.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import type { Action, DeleteParameters } from '../../src/intent/action.ts';
import {
  DATABASE_KINDS,
  type Database,
  type Inventory,
  KEY_STATES,
  QUOTA_NAMES,
  type Quota,
  RECOVERY_POINT_KINDS,
  type RecoveryPoint,
  VAULT_LOCKS,
} from '../../src/inventory/model.ts';
import { FATE_WORDS, isAlive } from '../../src/survival/fate.ts';
import { RULE_CODES } from '../../src/survival/rules.ts';
import type { Refusals } from '../../src/survival/step.ts';
import { survive } from '../../src/survival/survive.ts';
import type { TrackedPoint } from '../../src/survival/world.ts';
import { aDatabase, aKey, anInventory, aPoint, aVault, hoursAgo, NOW, SCOPE } from '../support/builders.ts';

const ARN = 'arn:aws:rds:eu-west-1:123456789012';
const GLOBAL = 'arn:aws:rds::123456789012:global-cluster';
const KEYS = ['arn:aws:kms:eu-west-1:123456789012:key/a', 'arn:aws:kms:eu-west-1:123456789012:key/b'] as const;
const OWNERS = ['one', 'two', 'gone'] as const;
const HISTORY = 40;

/** At most two living databases; `one` and `two` may bear the same name when they are of different kinds. */
const database = (owner: 'one' | 'two') =>
  fc
    .record({
      kind: fc.constantFrom(...DATABASE_KINDS),
      status: fc.constantFrom('available', 'available', 'stopped', 'failed'),
      retentionDays: fc.constantFrom(0, 1, 7, 35),
      deletionProtection: fc.boolean(),
      keyArn: fc.constantFrom(null, ...KEYS),
      replicaOf: fc.constantFrom(null, null, 'source'),
      awsBackupPointArn: fc.constantFrom(null, null, `${ARN}:continuous-${owner}`),
      globalClusterArn: fc.constantFrom(null, null, `${GLOBAL}:one`),
      replicas: fc.constantFrom<readonly string[]>([], [], ['reader']),
      hasMember: fc.boolean(),
    })
    .map(({ hasMember, ...facts }): Database => {
      const instance = facts.kind === 'rds_instance';
      const member = {
        identifier: `${owner}-0`,
        arn: `${ARN}:db:${owner}-0`,
        resourceId: `db-${owner}-0`,
        instanceClass: null,
        status: 'available',
        writer: true,
      };
      return aDatabase({
        ...facts,
        identifier: owner,
        resourceId: owner,
        arn: `${ARN}:${instance ? 'db' : 'cluster'}:${owner}`,
        engine: facts.kind === 'aurora_cluster' ? 'aurora-postgresql' : 'postgres',
        members: !instance && hasMember ? [member] : [],
        encrypted: facts.keyArn !== null,
      });
    });

const point = fc
  .record({
    owner: fc.constantFrom(...OWNERS),
    kind: fc.constantFrom(...RECOVERY_POINT_KINDS),
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    ofCluster: fc.boolean(),
    status: fc.constantFrom('available', 'available', 'available', 'creating'),
    daysOld: fc.integer({ min: 0, max: HISTORY }),
    windowed: fc.boolean(),
    expiresInDays: fc.constantFrom(null, null, -1, 5),
    keyArn: fc.constantFrom(null, ...KEYS),
    vaulted: fc.boolean(),
  })
  .map(({ owner, kind, name, daysOld, windowed, expiresInDays, vaulted, ofCluster, ...facts }): RecoveryPoint => {
    const at = addDays(NOW, -daysOld);
    const type = ofCluster ? 'cluster-snapshot' : 'snapshot';
    return aPoint(aDatabase({ identifier: owner, resourceId: owner }), {
      ...facts,
      kind,
      ofCluster,
      id: name,
      arn: `${ARN}:${type}:${name}`,
      createdAt: at,
      dataAt: at,
      window: windowed ? { earliest: at, latest: hoursAgo(0) } : null,
      expiresAt: expiresInDays === null ? null : addDays(NOW, expiresInDays),
      vaultArn: vaulted ? aVault().arn : null,
    });
  });

const inventory = fc
  .record({
    databases: fc.tuple(database('one'), database('two')),
    points: fc.uniqueArray(point, { maxLength: 8, selector: ({ arn }) => arn }),
    states: fc.tuple(fc.constantFrom(...KEY_STATES), fc.constantFrom(...KEY_STATES)),
    keysRead: fc.integer({ min: 1, max: 2 }),
    lock: fc.constantFrom(...VAULT_LOCKS),
    minRetentionDays: fc.constantFrom(null, 7),
    quotas: fc.subarray(fullQuotas()),
  })
  .map(
    ({ databases, points, states, keysRead, lock, minRetentionDays, quotas }): Inventory =>
      anInventory({
        quotas,
        databases,
        recoveryPoints: points,
        keys: states.slice(0, keysRead).map((state, index) => aKey({ arn: KEYS[index] ?? KEYS[0], state })),
        vaults: [aVault({ lock, minRetentionDays })],
      }),
  );

/** Each limit with room for one more and with room for none. */
function fullQuotas(): Quota[] {
  return QUOTA_NAMES.flatMap((name) => [
    { ...SCOPE, name, used: 4, max: 5 },
    { ...SCOPE, name, used: 5, max: 5 },
  ]);
}

const parameters: fc.Arbitrary<DeleteParameters> = fc.record({
  skipFinalSnapshot: fc.constantFrom(true, false, null),
  finalSnapshotId: fc.constantFrom(null, 'a', 'last', 'Last'),
  deleteAutomatedBackups: fc.constantFrom(true, false, null),
  disarmsProtection: fc.boolean(),
});

/** Targets of every kind of thing there is, and of one that there is not. */
const target = fc
  .record({
    identifier: fc.constantFrom('one', 'two', 'one-0', 'a', 'b', 'c', 'main', 'nowhere'),
    resourceId: fc.constantFrom(null, 'one', 'two', 'gone'),
    arn: fc.constantFrom(null, `${ARN}:db:one`, `${ARN}:cluster:two`, `${ARN}:snapshot:a`, aVault().arn, ...KEYS),
    scoped: fc.boolean(),
  })
  .map(({ scoped, ...named }) => ({ ...named, scope: scoped ? SCOPE : null }));

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constantFrom('delete_db_instance', 'delete_db_cluster'), target, parameters }),
  fc.record({ kind: fc.constant('delete_cluster_member'), target, clusterIdentifier: fc.constant(null) }),
  fc.record({
    kind: fc.constantFrom('modify_db_instance', 'modify_db_cluster'),
    target,
    change: fc.record(
      { retentionDays: fc.constantFrom(0, 1, 5, 35), deletionProtection: fc.boolean() },
      { requiredKeys: [] },
    ),
  }),
  fc.record({
    kind: fc.constantFrom(
      'delete_db_snapshot',
      'delete_db_cluster_snapshot',
      'delete_automated_backup',
      'stop_backup_replication',
      'delete_recovery_point',
      'delete_vault_lock',
      'disable_key',
      'create_database',
      'unshare_snapshot',
      'disassociate_recovery_point',
      'stop_future_backups',
      'change_vault_policy',
      'change_key_policy',
      'delete_global_cluster',
      'remove_from_global_cluster',
    ),
    target,
  }),
  fc.record({
    kind: fc.constant('update_recovery_point_lifecycle'),
    target,
    deleteAfterDays: fc.constantFrom(null, 1, 30, 400),
  }),
  fc.record({ kind: fc.constant('delete_backup_vault'), target, force: fc.boolean() }),
  fc.record({ kind: fc.constant('schedule_key_deletion'), target, windowDays: fc.constantFrom(7, 30) }),
  fc.record({ kind: fc.constant('opaque'), target, why: fc.constant('not understood') }),
);
const change = fc.array(action, { maxLength: 6 });
const refusals = fc.constantFrom<Refusals>('honoured', 'lifted');

function fold(seen: Inventory, actions: readonly Action[], how: Refusals) {
  return survive(seen, actions, { at: NOW, refusals: how });
}

/** Fates by ARN of the points that were there before. */
function fates(points: readonly TrackedPoint[]): ReadonlyMap<string, TrackedPoint['fate']> {
  return new Map(points.filter(({ madeByChange }) => !madeByChange).map(({ point: { arn }, fate }) => [arn, fate]));
}

/** Lower is better. What cannot be read and what nobody knows are the same to whoever has to restore. */
function rank(fate: TrackedPoint['fate'] | undefined): number {
  if (fate === undefined) return -1;
  return FATE_WORDS.indexOf(fate.word === 'unknown' ? 'unreadable' : fate.word);
}

/** Fates by ARN without the order of their rules, which is that of the listing where one step takes many. */
function ordered({ after }: ReturnType<typeof fold>) {
  return Object.fromEntries(
    [...fates(after.points)].map(([arn, { word, until, rules }]) => [arn, { word, until, rules: rules.toSorted() }]),
  );
}

/** Where a fate of the second is better than that of the first. */
function betterIn(first: ReadonlyMap<string, TrackedPoint['fate']>, second: ReadonlyMap<string, TrackedPoint['fate']>) {
  return [...second].filter(([arn, fate]) => rank(fate) < rank(first.get(arn))).map(([arn]) => arn);
}

describe('for every inventory and every change', () => {
  it('each recovery point has one fate, and a rule for anything but standing untouched', () => {
    fc.assert(
      fc.property(inventory, change, refusals, (seen, actions, how) => {
        const { points } = fold(seen, actions, how).after;
        expect(points.filter(({ madeByChange }) => !madeByChange).map(({ point: { arn } }) => arn)).toEqual(
          seen.recoveryPoints.map(({ arn }) => arn),
        );
        for (const { fate, touched } of points) {
          expect(fate.until !== null).toBe(fate.word === 'survives_until');
          if (fate.word !== 'survives' || touched) expect(fate.rules).not.toEqual([]);
          expect(fate.rules.every((rule) => RULE_CODES.includes(rule))).toBe(true);
          expect(new Set(fate.rules).size).toBe(fate.rules.length);
        }
      }),
    );
  });

  it('a loss repeated leaves no recovery point better or worse off', () => {
    fc.assert(
      fc.property(inventory, action, refusals, (seen, once, how) => {
        // Refused for another reason, such a tool may have disarmed all the same: the second call meets another world.
        fc.pre(how === 'lifted' || !('parameters' in once && once.parameters.disarmsProtection));
        const first = fates(fold(seen, [once], how).after.points);
        const again = fates(fold(seen, [once, once], how).after.points);
        const words = (of: typeof first) => [...of].map(([arn, { word, until }]) => [arn, word, until]);
        expect(words(again)).toEqual(words(first));
      }),
    );
  });

  it('the order of a listing changes no fate and no outcome', () => {
    fc.assert(
      fc.property(inventory, change, refusals, (seen, actions, how) => {
        const turned: Inventory = {
          ...seen,
          databases: seen.databases.toReversed(),
          recoveryPoints: seen.recoveryPoints.toReversed(),
          keys: seen.keys.toReversed(),
          vaults: seen.vaults.toReversed(),
        };
        const [one, other] = [fold(seen, actions, how), fold(turned, actions, how)];
        expect(ordered(other)).toEqual(ordered(one));
        expect(other.effects.map(({ outcome, rule }) => [outcome, rule])).toEqual(
          one.effects.map(({ outcome, rule }) => [outcome, rule]),
        );
      }),
    );
  });

  it('another step leaves no recovery point better off', () => {
    fc.assert(
      fc.property(inventory, change, action, refusals, (seen, actions, last, how) => {
        const before = fates(fold(seen, actions, how).after.points);
        const after = fates(fold(seen, [...actions, last], how).after.points);
        expect(betterIn(before, after)).toEqual([]);
      }),
    );
  });

  it('one recovery point fewer brings no other back to life when no refusal is counted on', () => {
    fc.assert(
      fc.property(inventory, change, fc.nat(), (seen, actions, pick) => {
        const { recoveryPoints, keys } = seen;
        const removed = recoveryPoints[pick % Math.max(1, recoveryPoints.length)];
        // These two reach further than themselves: one is the handle of a PITR window, the other a key nobody read.
        fc.pre(removed?.kind !== 'backup_continuous');
        fc.pre((removed?.keyArn ?? null) === null || keys.some(({ arn }) => arn === removed?.keyArn));
        const left = recoveryPoints.filter((other) => other !== removed);
        const whole = fates(fold(seen, actions, 'lifted').after.points);
        const fewer = fates(fold({ ...seen, recoveryPoints: left }, actions, 'lifted').after.points);
        const revived = [...fewer].filter(([arn, fate]) => isAlive(fate) && !isAlive(whole.get(arn) ?? fate));
        expect(revived).toEqual([]);
      }),
    );
  });

  it('no refusal that is lifted leaves a recovery point better off than one that is honoured', () => {
    fc.assert(
      fc.property(inventory, fc.array(action, { maxLength: 1 }), (seen, actions) => {
        const honoured = fates(fold(seen, actions, 'honoured').after.points);
        const lifted = fates(fold(seen, actions, 'lifted').after.points);
        expect(betterIn(honoured, lifted)).toEqual([]);
      }),
    );
  });
});
