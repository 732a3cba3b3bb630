/**
 * Weakenings remembered across decisions: they stand until undone, are said of what a change concerns, and decide nothing.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, addSeconds, type Instant } from '../../src/core/time.ts';
import type { Action, Intent } from '../../src/intent/action.ts';
import type { Inventory, VaultLock } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { decideChange, judgeNow } from '../../src/verdict/decide.ts';
import { DISARMABLE_SETTINGS, type DisarmableSetting } from '../../src/verdict/disarming.ts';
import {
  disarmedEarlier,
  type RememberedDisarming,
  rememberedOf,
  type SettingsMemory,
  standingOf,
} from '../../src/verdict/disarming-memory.ts';
import { type DecisionDocument, VERDICTS } from '../../src/verdict/document.ts';
import type { StateSighting } from '../../src/verdict/state-history.ts';
import { drawn } from '../properties/estates.ts';
import {
  aCluster,
  aDatabase,
  aDrill,
  aKey,
  anIntent,
  anInventory,
  aPoint,
  aTarget,
  aTargetOf,
  aVault,
  deletionOf,
  hoursAgo,
  KEY_ARN,
  NOW,
} from '../support/builders.ts';
import { aDecision } from '../support/decision-builder.ts';

const orders = aDatabase();
const guarded = aDatabase({ deletionProtection: true, retentionDays: 14 });
const READER = 'arn:aws:iam::123456789012:user/reader';

function aDisarming(fields: Partial<RememberedDisarming> = {}): RememberedDisarming {
  return {
    databaseResourceId: orders.resourceId,
    databaseArn: orders.arn,
    setting: 'deletion_protection',
    subject: orders.arn,
    from: true,
    to: false,
    at: hoursAgo(1),
    principal: READER,
    changeDigest: 'sha256:01',
    decision: 'review',
    ...fields,
  };
}

const remember = (...disarmings: RememberedDisarming[]): SettingsMemory => ({ disarmings, rearmings: [] });
const estate = anInventory({ databases: [orders], recoveryPoints: [aPoint(orders)] });

function decide(
  intent: Intent,
  fields: {
    memory?: SettingsMemory;
    inventory?: Inventory;
    at?: Instant;
    sightings?: readonly StateSighting[];
  } = {},
): DecisionDocument {
  return decideChange({
    intent,
    inventory: estate,
    policy: DEFAULT_POLICY,
    drills: [aDrill(orders)],
    at: NOW,
    logged: false,
    ...fields,
  });
}

const earlier = ({ databases }: DecisionDocument) =>
  databases.flatMap(({ reasons }) => reasons.filter(({ code }) => code === 'disarmed_earlier'));

describe('a weakening seen earlier', () => {
  const memory = remember(aDisarming({ at: addSeconds(NOW, -2_400) }));

  it('is said of a database that a change concerns, with its age and whose it was', () => {
    const document = decide(anIntent(deletionOf(orders)), { memory });
    expect(earlier(document)).toMatchObject([
      {
        severity: 'warn',
        message: expect.stringMatching(
          /^deletion protection was switched off by a change of the principal that now asks, judged 40 min ago;/,
        ),
        remedy: expect.stringMatching(/\naws rds modify-db-instance .* orders .*--deletion-protection$/),
      },
    ]);
    expect(document).toMatchObject({ verdict: 'ready', decision: 'review' });
  });

  it('of somebody else names them, and that it was blocked', () => {
    const of = remember(aDisarming({ principal: 'arn:aws:iam::123456789012:role/deploy', decision: 'block' }));
    expect(earlier(decide(anIntent(deletionOf(orders)), { memory: of }))[0]?.message).toMatch(
      /by a change of arn:aws:iam::123456789012:role\/deploy, judged 1 h ago, which was blocked then/,
    );
  });

  it('says nothing of a database that a change does not concern', () => {
    const document = decide(anIntent([]), { memory });
    expect(document).toMatchObject({ decision: 'allow', databases: [] });
    expect(document.reasons.map(({ code }) => code)).toEqual(['nothing_at_stake']);
  });

  it('is said of the database in a report', () => {
    const question = { inventory: estate, policy: DEFAULT_POLICY, drills: [aDrill(orders)], at: NOW };
    const codes = (of?: SettingsMemory) =>
      judgeNow({ ...question, ...(of && { memory: of }) }, orders).reasons.map(({ code }) => code);
    expect(codes(memory)).toContain('disarmed_earlier');
    expect(codes()).not.toContain('disarmed_earlier');
  });

  it('is said once for each setting, the newest of it', () => {
    const of = remember(
      aDisarming({ at: hoursAgo(3) }),
      aDisarming({ at: hoursAgo(2), principal: 'arn:aws:iam::1:user/other' }),
      aDisarming({ setting: 'skip_final_snapshot', from: false, to: true, at: hoursAgo(4) }),
    );
    expect(standingOf(of, orders, estate).map(({ setting, at }) => `${setting} ${at}`)).toEqual([
      `deletion_protection ${hoursAgo(2)}`,
      `skip_final_snapshot ${hoursAgo(4)}`,
    ]);
  });

  it('of a clock that ran ahead is of no age rather than of a negative one', () => {
    const of = remember(aDisarming({ at: addSeconds(NOW, 60) }));
    expect(earlier(decide(anIntent(deletionOf(orders)), { memory: of }))[0]?.message).toContain('judged 0 s ago');
  });

  it('of another database is not this one’s, though it had the name', () => {
    const stands = (fields: Partial<RememberedDisarming>) =>
      standingOf(remember(aDisarming(fields)), orders, estate).length;
    expect(stands({ databaseResourceId: 'db-EARLIER' })).toBe(0);
    expect(stands({ databaseArn: orders.arn.replace('eu-west-1', 'us-east-1') })).toBe(0);
    expect(stands({ databaseArn: orders.arn.replace('123456789012', '210987654321') })).toBe(0);
    expect(stands({ databaseArn: `${orders.arn}-renamed` })).toBe(1);
    expect(stands({ databaseArn: 'orders' })).toBe(0);
  });

  describe('is told in words, with the way back', () => {
    const ALL: readonly (typeof orders)[] = [orders, aCluster()];
    const [instance, cluster] = [
      'aws rds modify-db-instance --region eu-west-1 --db-instance-identifier orders --apply-immediately',
      'aws rds modify-db-cluster --region eu-west-1 --db-cluster-identifier courses --apply-immediately',
    ];
    const meant = 'unless this was meant';

    it.each<[DisarmableSetting, Partial<RememberedDisarming>, string, string | null]>([
      [
        'retention_days',
        { from: 14, to: 0 },
        'retention was lowered from 14 to 0',
        `${meant}, raise it to what it was:\n${instance} --backup-retention-period 14`,
      ],
      [
        'skip_final_snapshot',
        { from: false, to: true },
        'the final snapshot was given up',
        `${meant}, set skip_final_snapshot = false and apply that`,
      ],
      [
        'delete_automated_backups',
        { from: false, to: true },
        'automated backups were made to go with it',
        `${meant}, set delete_automated_backups = false and apply that`,
      ],
      [
        'vault_lock',
        { from: 'governance', to: 'none' },
        'the lock of a vault that holds its recovery points was removed from governance to none',
        `${meant}, lock the vault again`,
      ],
      [
        'recovery_point_lifecycle',
        { from: null, to: 2 },
        'the life of a recovery point was shortened',
        `${meant}, lengthen its life again`,
      ],
      [
        'recovery_point_lifecycle',
        { from: NOW, to: null },
        'the life of a recovery point was shortened',
        `${meant}, lengthen its life again`,
      ],
      [
        'key_state',
        { from: 'enabled', to: 'disabled', subject: KEY_ARN },
        'a key that it stands on was put out of use from enabled to disabled',
        `${meant}, cancel its deletion if it is scheduled, and enable it:\naws kms enable-key --region eu-west-1 --key-id ${KEY_ARN}`,
      ],
      [
        'backup_replication',
        { from: null, to: null },
        'the replication of its backups was stopped',
        `${meant}, start replication again`,
      ],
      ['future_backups', { from: null, to: null }, 'a plan that may have backed it up was taken away', null],
    ])('%s %j', (setting, fields, message, remedy) => {
      const [said] = disarmedEarlier([aDisarming({ setting, ...fields })], {
        database: orders,
        at: NOW,
        principal: READER,
      });
      expect(said).toEqual({
        code: 'disarmed_earlier',
        severity: 'warn',
        message: `${message} by a change of the principal that now asks, judged 1 h ago; nothing shows it undone`,
        remedy,
        source: null,
      });
    });

    it('for a cluster as for an instance', () => {
      const remedies = ALL.map(
        (database) => disarmedEarlier([aDisarming()], { database, at: NOW, principal: READER })[0]?.remedy,
      );
      expect(remedies).toEqual(
        [instance, cluster].map((command) => `${meant}, switch it on again:\n${command} --deletion-protection`),
      );
    });
  });
});

describe('what undoes it', () => {
  const vault = aVault();
  const point = aPoint(orders, { id: 'v', arn: 'arn:v', kind: 'backup_snapshot', vaultArn: vault.arn });
  const stands = (fields: Partial<RememberedDisarming>, inventory: Partial<Inventory>, database = orders) =>
    standingOf(remember(aDisarming(fields)), database, anInventory({ databases: [database], ...inventory })).length ===
    1;
  const locked = (lock: VaultLock) => ({ vaults: [aVault({ lock })] });
  const LOCK = { setting: 'vault_lock', subject: vault.arn, from: 'governance', to: 'none' } as const;
  const KEY = { setting: 'key_state', subject: KEY_ARN, from: 'enabled', to: 'disabled' } as const;
  const LIFE = { setting: 'recovery_point_lifecycle', subject: point.arn, from: addDays(NOW, 30), to: 1 } as const;
  const RETENTION = { setting: 'retention_days', from: 14, to: 1 } as const;
  const REPLICA = { setting: 'backup_replication', subject: orders.arn, from: null, to: null } as const;
  const replica = (status: string) => ({
    recoveryPoints: [aPoint(orders, { kind: 'replicated_automated_backup', status })],
  });

  it.each<[string, Partial<RememberedDisarming>, Partial<Inventory>, typeof orders, boolean]>([
    ['protection that is still off', {}, {}, orders, true],
    ['protection that is on again', {}, {}, guarded, false],
    ['retention that is still lower', RETENTION, {}, aDatabase({ retentionDays: 13 }), true],
    ['retention as it was', RETENTION, {}, guarded, false],
    ['retention of no known beginning', { ...RETENTION, from: null }, {}, guarded, true],
    ['a vault without a lock', LOCK, locked('none'), orders, true],
    ['a vault with its lock again', LOCK, locked('governance'), orders, false],
    ['a vault with a firmer lock', LOCK, locked('compliance'), orders, false],
    ['a vault with a lighter lock', { ...LOCK, from: 'compliance_grace' }, locked('governance'), orders, true],
    ['a vault that is not seen', LOCK, {}, orders, true],
    [
      'a lock on another vault',
      LOCK,
      { vaults: [aVault({ arn: 'arn:other', lock: 'compliance' }), vault] },
      orders,
      true,
    ],
    ['a lock that nobody has words for', { ...LOCK, from: 'novel' }, locked('compliance'), orders, true],
    ['another key in use', KEY, { keys: [aKey({ arn: 'arn:other' }), aKey({ state: 'disabled' })] }, orders, true],
    [
      'another point in the vault that never ends, and the same one as RDS lists it',
      LIFE,
      {
        recoveryPoints: [
          { ...point, arn: 'arn:other' },
          { ...point, kind: 'manual_snapshot', vaultArn: null },
          { ...point, expiresAt: addDays(NOW, 29) },
        ],
      },
      orders,
      true,
    ],
    [
      'a replica that follows again, among other points',
      REPLICA,
      { recoveryPoints: [aPoint(orders), ...replica('replicating').recoveryPoints] },
      orders,
      false,
    ],
    [
      'a replica of another database',
      REPLICA,
      { recoveryPoints: [aPoint(orders), aPoint(aCluster(), { kind: 'replicated_automated_backup' })] },
      orders,
      true,
    ],
    ['a key out of use', KEY, { keys: [aKey({ state: 'disabled' })] }, orders, true],
    ['a key in use again', KEY, { keys: [aKey()] }, orders, false],
    ['a key that is not seen', KEY, {}, orders, true],
    ['a life that ends sooner', LIFE, { recoveryPoints: [{ ...point, expiresAt: addDays(NOW, 29) }] }, orders, true],
    ['a life as long as it was', LIFE, { recoveryPoints: [{ ...point, expiresAt: addDays(NOW, 30) }] }, orders, false],
    [
      'a life without an end',
      { ...LIFE, from: null },
      { recoveryPoints: [{ ...point, expiresAt: null }] },
      orders,
      false,
    ],
    [
      'an end where there was none',
      { ...LIFE, from: null },
      { recoveryPoints: [{ ...point, expiresAt: addDays(NOW, 99) }] },
      orders,
      true,
    ],
    ['a point that is gone', LIFE, {}, orders, true],
    ['a replica that is kept only', REPLICA, replica('retained'), orders, true],
    ['a replica that follows again', REPLICA, replica('replicating'), orders, false],
  ])('%s', (_, disarming, inventory, database, expected) => {
    expect(stands(disarming, inventory, database)).toBe(expected);
  });

  it.each([
    'skip_final_snapshot',
    'delete_automated_backups',
    'tool_setting',
    'vault_policy',
    'key_policy',
    'snapshot_sharing',
    'future_backups',
  ] as const)('nothing that is seen undoes %s', (setting) => {
    expect(stands({ setting }, { ...locked('compliance'), keys: [aKey()], recoveryPoints: [point] }, guarded)).toBe(
      true,
    );
  });

  it('a setting of a newer Muster stands, in the words it came in', () => {
    const setting = 'novel_setting' as DisarmableSetting;
    expect(
      earlier(decide(anIntent(deletionOf(orders)), { memory: remember(aDisarming({ setting })) }))[0]?.message,
    ).toContain('novel_setting was weakened');
  });

  describe('of what a tool keeps', () => {
    const skip = aDisarming({ setting: 'skip_final_snapshot', from: false, to: true, at: hoursAgo(2) });
    const rearmed = (at: Instant, subject = orders.arn): SettingsMemory => ({
      disarmings: [skip],
      rearmings: [
        { databaseResourceId: orders.resourceId, databaseArn: orders.arn, setting: 'skip_final_snapshot', subject, at },
      ],
    });

    it('is a later change that shows it strong, not an earlier one nor one of something else', () => {
      expect(standingOf(rearmed(hoursAgo(1)), orders, estate)).toEqual([]);
      expect(standingOf(rearmed(hoursAgo(3)), orders, estate)).toEqual([skip]);
      expect(standingOf(rearmed(hoursAgo(2)), orders, estate)).toEqual([skip]);
      expect(standingOf(rearmed(hoursAgo(1), 'arn:other'), orders, estate)).toEqual([skip]);
    });

    it('is the very change that is asked about', () => {
      const final = { skipFinalSnapshot: false, finalSnapshotId: 'last' };
      expect(earlier(decide(anIntent(deletionOf(orders, final)), { memory: remember(skip) }))).toEqual([]);
      expect(earlier(decide(anIntent(deletionOf(orders)), { memory: remember(skip) }))).toHaveLength(1);
    });
  });
});

describe('a decision', () => {
  const step: Action = { kind: 'modify_db_instance', target: aTarget(guarded), change: { deletionProtection: false } };
  const disarm = anIntent([step], {
    digest: 'sha256:0d',
    changes: [{ address: 'orders', actions: ['update'], class: 'disarm', steps: [step] }],
  });
  const armed = { ...estate, databases: [guarded] };

  it('is what the next one remembers', () => {
    const first = decide(disarm, { inventory: armed, at: hoursAgo(0.5) });
    expect(first.disarmings).toMatchObject([{ setting: 'deletion_protection', from: true, to: false }]);
    const memory = rememberedOf([first], null);
    expect(memory.disarmings).toMatchObject([{ at: hoursAgo(0.5), principal: READER, decision: first.decision }]);
    expect(earlier(decide(anIntent(deletionOf(orders)), { memory }))).toHaveLength(1);
    expect(earlier(decide(anIntent(deletionOf(guarded)), { memory, inventory: armed }))).toEqual([]);
  });

  it('on the same change as before finds nothing earlier in it', () => {
    const skip: Action = { kind: 'modify_db_instance', target: aTarget(orders), change: { skipFinalSnapshot: true } };
    const asked = (digest: 'sha256:0a' | 'sha256:0b', ...steps: Action[]) =>
      anIntent(steps, { digest, changes: [{ address: 'x', actions: ['update'], class: 'disarm', steps }] });
    const memory = rememberedOf([decide(asked('sha256:0a', skip), { at: hoursAgo(1) })], null);
    expect(earlier(decide(asked('sha256:0a', skip), { memory }))).toEqual([]);
    // Made anew, it still weakens what was strong until then.
    expect(earlier(decide(asked('sha256:0b', skip), { memory }))).toEqual([]);
    expect(earlier(decide(anIntent(deletionOf(orders)), { memory }))).toHaveLength(1);
    const ofKey = remember(aDisarming({ setting: 'key_policy', changeDigest: 'sha256:0a' }));
    expect(earlier(decide(asked('sha256:0a', skip), { memory: ofKey }))).toEqual([]);
    expect(earlier(decide(asked('sha256:0b', skip), { memory: ofKey }))).toHaveLength(1);
  });

  it('shows nothing strong by a state that contradicts what is known of it', () => {
    const state = { lineage: 'new', serial: 1, backend: 's3', databases: [orders.resourceId], forgets: [] };
    const sighting = { ...state, formatVersion: '1', at: hoursAgo(3), endpoint: null, released: [] } as const;
    const intent = anIntent(deletionOf(orders, { skipFinalSnapshot: false, finalSnapshotId: 'x' }), { state });
    const rearmed = (lineage: string) =>
      decide(intent, { sightings: [{ ...sighting, lineage }] }).rearmings?.map(({ setting }) => setting);
    expect(rearmed('new')).toEqual(['skip_final_snapshot']);
    expect(rearmed('old')).toEqual([]);
  });

  it('that was kept after a cure is not older than it, though the clock was set back', () => {
    const of = { databaseResourceId: orders.resourceId, databaseArn: orders.arn, setting: 'tool_setting' } as const;
    const setting = { ...of, subject: orders.arn };
    const ahead = { ...aDecision(), endpoint: null, at: addSeconds(NOW, 3_600), rearmings: [setting] };
    const back = { ...aDecision(), endpoint: null, at: NOW, disarmings: [{ ...setting, from: null, to: null }] };
    const standing = (kept: readonly DecisionDocument[]) =>
      standingOf(rememberedOf(kept, null), orders, estate).map(({ setting }) => setting);
    expect(standing([ahead, back])).toEqual(['tool_setting']);
    expect(standing([back, ahead])).toEqual([]);
  });

  it('kept by an older Muster remembers nothing', () => {
    expect(rememberedOf([aDecision(), { ...aDecision(), endpoint: null }], null)).toEqual({
      disarmings: [],
      rearmings: [],
    });
  });

  it('makes nothing strong when it is blocked, and shows what is strong all the same', () => {
    const back: Action = { kind: 'modify_db_instance', target: aTarget(orders), change: { skipFinalSnapshot: false } };
    const opaque: Action = { kind: 'opaque', target: aTargetOf({ arn: 'arn:x' }), why: 'unread' };
    const update = (...steps: Action[]) =>
      anIntent(steps, {
        changes: steps.map((one) => ({
          address: 'x',
          actions: ['update'],
          class: one.kind === 'opaque' ? ('unknown' as const) : ('update' as const),
          steps: [one],
        })),
      });
    expect(decide(update(back)).rearmings).toMatchObject([{ setting: 'skip_final_snapshot' }]);
    expect(decide(update(back, opaque)).rearmings).toEqual([]);
    const bare = { inventory: { ...estate, recoveryPoints: [] } };
    const shown = decide(anIntent(deletionOf(orders, { skipFinalSnapshot: false, finalSnapshotId: 'x' })), bare);
    expect([shown.decision, shown.rearmings?.map(({ setting }) => setting)]).toEqual([
      'block',
      ['skip_final_snapshot'],
    ]);
  });
});

describe('over whatever is remembered', () => {
  const memories = (ids: readonly { readonly resourceId: string; readonly arn: string }[]) =>
    fc.array(
      fc
        .record({
          of: fc.constantFrom(...ids),
          setting: fc.constantFrom(...DISARMABLE_SETTINGS),
          from: fc.constantFrom(null, true, 7, 30, 'governance', 'enabled'),
          hours: fc.integer({ min: 0, max: 5 }),
          principal: fc.constantFrom(READER, 'arn:aws:iam::123456789012:role/deploy'),
          decision: fc.constantFrom('allow', 'review', 'block' as const),
        })
        .map(({ of, hours, ...fields }) =>
          aDisarming({
            ...fields,
            databaseResourceId: of.resourceId,
            databaseArn: of.arn,
            subject: of.arn,
            at: hoursAgo(hours),
          }),
        ),
      { maxLength: 6 },
    );
  const asked = drawn.chain((given) =>
    fc.record({ given: fc.constant(given), disarmings: memories(given.inventory.databases) }),
  );
  const rank = ({ verdict }: DecisionDocument) => VERDICTS.indexOf(verdict);

  it('one more weakening never improves a verdict, nor makes a change concern a database', () => {
    fc.assert(
      fc.property(asked, ({ given, disarmings }) => {
        const judge = (list: readonly RememberedDisarming[]) =>
          decideChange({ ...given, at: NOW, logged: false, memory: remember(...list) });
        const [all, none] = [judge(disarmings), judge([])];
        expect(rank(all)).toBeLessThanOrEqual(rank(none));
        expect(all.databases.map(({ arn }) => arn)).toEqual(none.databases.map(({ arn }) => arn));
        expect(all.decision === 'allow').toBe(none.decision === 'allow');
        expect(earlier(judge(disarmings.slice(1))).length).toBeLessThanOrEqual(earlier(all).length);
      }),
    );
  });

  it('the order of records decides nothing', () => {
    fc.assert(
      fc.property(asked, ({ given, disarmings }) => {
        const judge = (list: readonly RememberedDisarming[]) =>
          JSON.stringify(decideChange({ ...given, at: NOW, logged: false, memory: remember(...list) }));
        expect(judge(disarmings.toReversed())).toBe(judge(disarmings));
      }),
    );
  });

  it('what is undone vanishes: a database as strong as ever has none that can be seen', () => {
    fc.assert(
      fc.property(memories([orders]), (disarmings) => {
        const strong = aDatabase({ deletionProtection: true, retentionDays: 35 });
        const standing = standingOf(remember(...disarmings), strong, estate).map(({ setting, from }) => ({
          setting,
          from,
        }));
        expect(standing.filter(({ setting }) => setting === 'deletion_protection')).toEqual([]);
        expect(
          standing.filter(({ setting, from }) => setting === 'retention_days' && typeof from === 'number'),
        ).toEqual([]);
      }),
    );
  });
});
