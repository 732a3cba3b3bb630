/** Planning a drill: which recovery point, how it is restored, into what, and what a definition may not ask. */

import { describe, expect, it } from 'vitest';
import { MusterError } from '../../src/core/errors.ts';
import { addDays, addSeconds } from '../../src/core/time.ts';
import { parseDefinition } from '../../src/drill/definition.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import { type PlanInput, planDrill } from '../../src/drill/plan.ts';
import type { ProbeResult } from '../../src/drill/probe.ts';
import { findSubject, subjectOf } from '../../src/drill/select.ts';
import type { Database, Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import {
  aCluster,
  aDatabase,
  aDrill,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
  hoursAgo,
  KEY_ARN,
  NOW,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase({ tags: { env: 'production' } });
const courses = aCluster();
const away = 'eu-central-1';
const awayKey = `arn:aws:kms:${away}:123456789012:key/away`;
const role = 'arn:aws:iam::123456789012:role/restore';

interface Given {
  readonly points?: readonly RecoveryPoint[];
  readonly database?: Database;
  readonly inventory?: Partial<Inventory>;
  readonly input?: Partial<PlanInput>;
}

function plan(yaml: string, { points, database = orders, inventory, input }: Given = {}) {
  return planDrill({
    definition: parseDefinition(`name: a\n${yaml}`, 'd.yaml'),
    subject: subjectOf(database),
    inventory: anInventory({ databases: [database], recoveryPoints: points ?? [aPoint(database)], ...inventory }),
    records: [],
    standbys: [],
    drillId: 'abc',
    musterVersion: '1',
    at: NOW,
    ...input,
  });
}

function errorOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof MusterError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'no error';
}

describe('the recovery point', () => {
  const old = aPoint(orders, { id: 'old', arn: 'arn:old', dataAt: hoursAgo(50) });
  const young = aSystemSnapshot(orders, { dataAt: hoursAgo(2) });
  const undated = aPoint(orders, { id: 'undated', arn: 'arn:undated', dataAt: null });
  const points = [old, young, undated];

  it('is the newest by the age of its data, or the oldest; one without an age is neither', () => {
    expect(plan('', { points }).point.id).toBe(young.id);
    expect(plan('point: oldest', { points }).point.id).toBe('old');
    expect(plan('', { points: [undated] }).point).toMatchObject({ id: 'undated', dataAt: null });
  });

  it('is of the kinds named', () => {
    expect(plan('kinds: [manual_snapshot]', { points }).point.id).toBe('old');
  });

  it('is picked by the seed and the database alone', () => {
    const many = Array.from({ length: 20 }, (_, index) => aPoint(orders, { id: `p${index}`, arn: `arn:p${index}` }));
    const pick = (seed: string, from = many) => plan(`point: { random: { seed: ${seed} } }`, { points: from }).point.id;
    expect(pick('one')).toBe(pick('one', [...many].reverse()));
    const picked = new Set(['one', 'two', 'three', 'four', 'five', 'six'].map((seed) => pick(seed)));
    expect(picked.size).toBeGreaterThan(2);
  });

  it('is the newest that a loss would leave', () => {
    const copy = aPoint(orders, {
      id: 'away',
      arn: 'arn:away',
      kind: 'snapshot_copy',
      region: away,
      dataAt: hoursAgo(9),
    });
    const all = [thePitr(orders), young, old, copy];
    expect(
      plan('point: { lastSurvivorOf: database_deleted }', { points: [thePitr(orders), young, old] }).point.id,
    ).toBe('old');
    expect(plan('point: { lastSurvivorOf: region_lost }', { points: all })).toMatchObject({
      point: { id: 'away' },
      scope: { region: away },
    });
    expect(errorOf(() => plan('point: { lastSurvivorOf: account_lost }', { points: all }))).toContain(
      'MUSTER_NO_RECOVERY_POINT orders has no recovery point surviving account_lost that could be restored; it has: ',
    );
  });

  it.each<[string, Partial<RecoveryPoint>, string]>([
    ['still being made', { status: 'creating' }, 'orders-manual (manual snapshot, creating, 123456789012/eu-west-1)'],
    ['expired', { expiresAt: NOW }, 'orders-manual (manual snapshot, expired, '],
    ['of another database', { databaseResourceId: 'db-OTHER' }, 'it has no recovery point at all'],
    ['in another region', { region: away }, `(manual snapshot, available, 123456789012/${away})`],
    ['in another account', { accountId: '999999999999' }, '(manual snapshot, available, 999999999999/eu-west-1)'],
    ['in a vault', { kind: 'backup_snapshot', vaultArn: 'arn:v' }, '(backup snapshot, available, '],
    ['a PITR window', { kind: 'pitr' }, '(pitr, '],
  ])('is not one %s, unless it is asked for', (_, fields, there) => {
    expect(errorOf(() => plan('', { points: [aPoint(orders, fields)] }))).toMatch(
      /^MUSTER_NO_RECOVERY_POINT orders has no snapshot that could be restored; it has/,
    );
    expect(errorOf(() => plan('', { points: [aPoint(orders, fields)] }))).toContain(there);
  });

  it('lies in the region that the scratch is to be in', () => {
    const there = aPoint(orders, {
      id: 'there',
      arn: 'arn:there',
      region: away,
      kind: 'snapshot_copy',
      dataAt: hoursAgo(5),
    });
    expect(plan(`scratch: { region: ${away} }`, { points: [young, there] })).toMatchObject({
      point: { id: 'there' },
      scope: { region: away },
    });
  });

  it.each(['disabled', 'pending_deletion', 'unavailable'] as const)(
    'is refused, not passed over, when its key is %s',
    (state) => {
      const encrypted = { encrypted: true, keyArn: KEY_ARN };
      const given = { points: [aPoint(orders, encrypted), old], inventory: { keys: [aKey({ state })] } };
      expect(errorOf(() => plan('', given))).toContain(
        `MUSTER_NO_RECOVERY_POINT orders-manual cannot be restored: its key ${KEY_ARN} is ${state.replaceAll('_', ' ')}`,
      );
      expect(plan('', { ...given, inventory: { keys: [aKey()] } }).point.id).toBe('orders-manual');
    },
  );

  it('tells what it was copied from, nearest first, and not round in a circle', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => `arn:${id}`);
    const chain = [
      aPoint(orders, { id: 'a', arn: 'arn:a', copiedFrom: b ?? null }),
      aPoint(orders, { id: 'b', arn: 'arn:b', copiedFrom: c ?? null, dataAt: hoursAgo(3) }),
      aPoint(orders, { id: 'c', arn: 'arn:c', copiedFrom: a ?? null, dataAt: hoursAgo(4) }),
    ];
    expect(plan('', { points: chain }).point.lineage).toEqual(['arn:b', 'arn:c']);
    expect(plan('', { points: chain.slice(0, 1) }).point.lineage).toEqual(['arn:b']);
    expect(plan('').point.lineage).toEqual([]);
  });
});

describe('a point in time', () => {
  const live = thePitr(orders);

  it('is named, whatever is asked for: the latest as it was observed', () => {
    expect(plan('point: { pitr: latest }', { points: [live] })).toMatchObject({
      claim: 'pitr',
      point: { dataAt: orders.restoreWindow?.latest },
      // A name can pass to another database between plan and restore; AWS's own id, which the record claims, cannot.
      database: { resourceId: 'db-ORDERS' },
      restore: { by: 'pitr', source: { named: 'resource_id', value: 'db-ORDERS' }, to: orders.restoreWindow?.latest },
      ids: { copy: null, cluster: null, instance: 'muster-scratch-abc' },
    });
  });

  it('is the one written down when the window is open to it, ends included', () => {
    const { earliest = NOW, latest = NOW } = orders.restoreWindow ?? {};
    for (const at of [earliest, latest]) {
      expect(plan(`point: { pitr: ${at} }`, { points: [live] }).restore).toMatchObject({ to: at });
    }
    for (const at of [addSeconds(earliest, -1), addSeconds(latest, 1)]) {
      expect(errorOf(() => plan(`point: { pitr: ${at} }`, { points: [live] }))).toBe(
        `MUSTER_NO_RECOVERY_POINT orders has no restore window open to ${at} that could be restored; its windows: pitr:db-ORDERS from ${earliest} to ${latest}`,
      );
    }
  });

  it('is drawn by a seed from within the window, not from its moving start', () => {
    const drawn = Array.from(
      { length: 50 },
      (_, seed) => plan(`point: { pitr: { random: { seed: ${seed} } } }`, { points: [live] }).point.dataAt,
    );
    const { earliest = NOW, latest = NOW } = orders.restoreWindow ?? {};
    expect(drawn.every((at) => at !== null && at >= addSeconds(earliest, 900) && at <= latest)).toBe(true);
    expect(new Set(drawn).size).toBe(50);
    expect(plan('point: { pitr: { random: { seed: 3 } } }', { points: [live] }).point.dataAt).toBe(drawn[3]);
  });

  it('of a window by age: its end is the newest, a moment behind its start the oldest', () => {
    expect(plan('kinds: [pitr]', { points: [live] }).point.dataAt).toBe(orders.restoreWindow?.latest);
    expect(plan('kinds: [pitr]\npoint: oldest', { points: [live] }).point.dataAt).toBe(
      addSeconds(addDays(NOW, -7), 900),
    );
  });

  it('is that of the live window before those that stand in for it', () => {
    const replica = {
      kind: 'replicated_automated_backup',
      status: 'replicating',
      arn: 'arn:replica',
      region: away,
    } as const;
    const replicated = thePitr(orders, replica);
    const kinds = 'kinds: [replicated_automated_backup, pitr]';
    expect(plan(`point: { pitr: latest }\n${kinds}`, { points: [replicated, live] }).point.kind).toBe('pitr');
    expect(plan(`point: { pitr: latest }\n${kinds}`, { points: [replicated] })).toMatchObject({
      scope: { region: away },
      restore: { source: { named: 'backup_arn', value: 'arn:replica' } },
    });
  });

  it('of a cluster restores a cluster', () => {
    const { restore, ids } = plan('point: { pitr: latest }', { database: courses, points: [thePitr(courses)] });
    expect(restore).toMatchObject({ source: { named: 'resource_id', value: 'cluster-COURSES' } });
    expect(ids).toEqual({ copy: null, cluster: 'muster-scratch-abc', instance: 'muster-scratch-abc-1' });
  });

  it('of a database that is gone is found by its resource id', () => {
    const retained = thePitr(orders, {
      kind: 'retained_automated_backup',
      status: 'retained',
      id: 'retained:db-ORDERS',
    });
    const inventory = anInventory({ recoveryPoints: [retained] });
    const subject = findSubject(inventory, 'orders');
    expect(plan('point: { pitr: latest }', { input: { inventory, subject } })).toMatchObject({
      restore: { by: 'pitr', source: { named: 'resource_id', value: 'db-ORDERS' } },
      database: { resourceId: 'db-ORDERS', masterUsername: null, securityGroupIds: [] },
      shape: { instanceClass: 'db.t3.medium', subnetGroup: null },
      otherClass: true,
    });
    expect(errorOf(() => plan('point: { lastSurvivorOf: region_lost }', { input: { inventory, subject } }))).toContain(
      'orders is gone',
    );
  });
});

describe('a vault', () => {
  const vaulted = aPoint(orders, { kind: 'backup_snapshot', arn: 'arn:rp', vaultArn: 'arn:v', status: 'completed' });
  const continuous = thePitr(orders, { kind: 'backup_continuous', arn: 'arn:cont', vaultArn: 'arn:v' });

  it('restores by a role, a continuous point to an instant', () => {
    expect(
      plan(`kinds: [backup_snapshot]\nscratch: { backupRoleArn: "${role}" }`, { points: [vaulted] }),
    ).toMatchObject({
      claim: 'vault',
      restore: { by: 'vault', recoveryPointArn: 'arn:rp', roleArn: role, to: null },
    });
    expect(
      plan(`kinds: [backup_continuous]\nscratch: { backupRoleArn: "${role}" }`, { points: [continuous] }).restore,
    ).toEqual({
      by: 'vault',
      recoveryPointArn: 'arn:cont',
      roleArn: role,
      to: orders.restoreWindow?.latest,
    });
  });

  it('needs a role, of the account in which it restores', () => {
    expect(errorOf(() => plan('kinds: [backup_snapshot]', { points: [vaulted] }))).toContain(
      'MUSTER_DRILL_INVALID d.yaml: scratch.backupRoleArn: missing, but orders-manual is kept by AWS Backup',
    );
    const foreign = 'arn:aws:iam::999999999999:role/restore';
    expect(
      errorOf(() => plan(`kinds: [backup_snapshot]\nscratch: { backupRoleArn: "${foreign}" }`, { points: [vaulted] })),
    ).toContain('is of another account; the restore takes place in 123456789012');
  });
});

describe('a snapshot from elsewhere', () => {
  const copy = aPoint(orders, { id: 'copy', kind: 'snapshot_copy', region: away, arn: 'arn:copy' });
  const encrypted = aPoint(orders, { ...copy, encrypted: true, keyArn: awayKey });
  const shared = aPoint(orders, {
    id: 'shared',
    kind: 'shared_snapshot',
    accountId: '999999999999',
    arn: 'arn:shared',
  });
  const locked = aPoint(orders, { ...shared, encrypted: true, keyArn: 'arn:aws:kms:eu-west-1:999999999999:key/k' });

  it('is restored where it lies', () => {
    for (const bring of ['never', 'when_needed']) {
      expect(plan(`kinds: [snapshot_copy]\nscratch: { bring: ${bring} }`, { points: [encrypted] })).toMatchObject({
        scope: { region: away },
        claim: 'copy',
        restore: { by: 'snapshot', snapshot: 'copy', bring: null },
        shape: { subnetGroup: null },
        ids: { copy: null },
      });
    }
  });

  it('is brought home first when that is always done, under a key of there if it is encrypted', () => {
    expect(plan('kinds: [snapshot_copy]\nscratch: { bring: always }', { points: [copy] })).toMatchObject({
      scope: { region: 'eu-west-1' },
      restore: { by: 'snapshot', snapshot: null, bring: { fromArn: 'arn:copy', fromRegion: away, keyArn: null } },
      shape: { subnetGroup: 'orders-subnets' },
      ids: { copy: 'muster-scratch-abc-copy', instance: 'muster-scratch-abc' },
    });
    const bring = 'kinds: [snapshot_copy]\nscratch: { bring: always';
    expect(plan(`${bring}, bringKey: "${KEY_ARN}" }`, { points: [encrypted] }).restore).toMatchObject({
      bring: { keyArn: KEY_ARN },
    });
    expect(errorOf(() => plan(`${bring} }`, { points: [encrypted] }))).toContain(
      'd.yaml: scratch.bringKey: missing, but copy is encrypted and its copy needs a key of 123456789012/eu-west-1',
    );
    expect(errorOf(() => plan(`${bring}, bringKey: "${awayKey}" }`, { points: [encrypted] }))).toContain(
      `is a key of ${away}, but the copy is made in eu-west-1`,
    );
  });

  it('is brought to the region that is named', () => {
    expect(plan(`scratch: { bring: always, region: ${away} }`)).toMatchObject({
      scope: { region: away },
      restore: { snapshot: null, bring: { fromRegion: 'eu-west-1' } },
    });
  });

  it('that is at home already is not brought', () => {
    expect(plan('scratch: { bring: always }').restore).toEqual({
      by: 'snapshot',
      snapshot: 'orders-manual',
      bring: null,
    });
  });

  it('that is shared is restored by its ARN, or copied first when it is encrypted', () => {
    expect(plan('kinds: [shared_snapshot]', { points: [shared] })).toMatchObject({
      scope: { accountId: '123456789012' },
      restore: { snapshot: 'arn:shared', bring: null },
    });
    expect(plan(`kinds: [shared_snapshot]\nscratch: { bringKey: "${KEY_ARN}" }`, { points: [locked] })).toMatchObject({
      scope: { accountId: '123456789012', region: 'eu-west-1' },
      restore: { snapshot: null, bring: { fromArn: 'arn:shared', keyArn: KEY_ARN } },
    });
    expect(errorOf(() => plan('kinds: [shared_snapshot]\nscratch: { bring: never }', { points: [locked] }))).toContain(
      'd.yaml: scratch.bring: "never", but shared is shared and encrypted, and can be restored from a copy only',
    );
  });

  it('of a Multi-AZ DB cluster cannot be brought', () => {
    const multi = aCluster({ kind: 'multi_az_cluster', engine: 'postgres' });
    const points = [aPoint(multi, { kind: 'snapshot_copy', region: away })];
    expect(
      errorOf(() => plan('kinds: [snapshot_copy]\nscratch: { bring: always }', { database: multi, points })),
    ).toContain('is of a Multi-AZ DB cluster, and AWS copies no such snapshot');
  });

  it('is the only thing that can be brought', () => {
    const points = [thePitr(orders, { kind: 'replicated_automated_backup', status: 'replicating', region: away })];
    expect(
      errorOf(() => plan('kinds: [replicated_automated_backup]\nscratch: { bring: always }', { points })),
    ).toContain('d.yaml: scratch.bring: "always", but a replicated automated backup cannot be copied to eu-west-1');
  });
});

describe('the scratch', () => {
  it("carries our tags and none of production's", () => {
    expect(plan('').shape.tags).toEqual({
      'muster:drill': 'abc',
      'muster:scratch': 'true',
      'muster:source': 'db-ORDERS',
    });
  });

  it('has the class of the source, of its writer for a cluster, or the one named', () => {
    expect(plan('')).toMatchObject({ shape: { instanceClass: 'db.m6g.large' }, otherClass: false });
    expect(plan('', { database: courses })).toMatchObject({
      shape: { instanceClass: 'db.r6g.large' },
      otherClass: false,
    });
    expect(plan('scratch: { class: db.t4g.small }')).toMatchObject({
      shape: { instanceClass: 'db.t4g.small' },
      otherClass: true,
    });
    expect(plan('scratch: { class: db.m6g.large }').otherClass).toBe(false);
  });

  it('never enters a security group of production', () => {
    expect(plan('').shape.securityGroupIds).toEqual([]);
    expect(plan('scratch: { securityGroups: [sg-0drill] }').shape.securityGroupIds).toEqual(['sg-0drill']);
    expect(errorOf(() => plan('scratch: { securityGroups: [sg-0drill, sg-0orders] }'))).toBe(
      "MUSTER_DRILL_INVALID d.yaml: scratch.securityGroups: sg-0orders is production's: orders; name one that only scratch databases use",
    );
  });

  it('never enters the security group of another database in the place of the restore', () => {
    const shop = aDatabase({
      identifier: 'shop',
      arn: 'arn:shop',
      resourceId: 'db-SHOP',
      securityGroupIds: ['sg-0shop'],
    });
    const beside = (fields: Partial<Database>) => {
      const inventory = { databases: [orders, { ...shop, ...fields }] };
      return plan('scratch: { securityGroups: [sg-0drill] }', { inventory }).database.securityGroupIds;
    };
    expect(beside({})).toEqual(['sg-0orders', 'sg-0shop']);
    expect(beside({ securityGroupIds: ['sg-0orders'] })).toEqual(['sg-0orders']);
    expect(beside({ region: away })).toEqual(['sg-0orders']);
    expect(beside({ accountId: '999999999999' })).toEqual(['sg-0orders']);
    expect(beside({ identifier: 'muster-scratch-x' })).toEqual(['sg-0orders']);
    const shared = { inventory: { databases: [orders, shop, { ...shop, identifier: 'till', arn: 'arn:till' }] } };
    expect(errorOf(() => plan('scratch: { securityGroups: [sg-0shop, sg-0orders] }', shared))).toBe(
      "MUSTER_DRILL_INVALID d.yaml: scratch.securityGroups: sg-0shop is production's: shop, till; sg-0orders is production's: orders; name one that only scratch databases use",
    );
  });

  it('stands apart from its source and from what is where it is restored, if that is elsewhere', () => {
    const there = aPoint(orders, { region: away, kind: 'snapshot_copy' });
    const neighbour = aDatabase({ identifier: 'x', arn: 'arn:x', region: away, securityGroupIds: ['sg-0away'] });
    const given = { points: [there], inventory: { databases: [orders, neighbour] } };
    expect(plan(`scratch: { region: ${away} }`, given).database.securityGroupIds).toEqual(['sg-0orders', 'sg-0away']);
  });

  it("has the definition's groups, of the subnet the source's own, and the engine's defaults for the rest", () => {
    const none = { parameterGroup: null, clusterParameterGroup: null, optionGroup: null };
    expect(plan('').shape).toMatchObject({ subnetGroup: 'orders-subnets', ...none });
    const named = 'scratch: { subnetGroup: s, parameterGroup: p, clusterParameterGroup: c, optionGroup: o }';
    expect(plan(named).shape).toMatchObject({
      subnetGroup: 's',
      parameterGroup: 'p',
      clusterParameterGroup: 'c',
      optionGroup: 'o',
    });
  });

  it('is never stopped where AWS cannot: a Multi-AZ DB cluster', () => {
    const trio = aCluster({ kind: 'multi_az_cluster', engine: 'postgres' });
    const given = { database: trio, points: [aPoint(trio)] };
    expect(errorOf(() => plan('aftermath: { onSuccess: standby }', given))).toBe(
      `MUSTER_DRILL_INVALID d.yaml: aftermath.onSuccess: "standby", but ${aPoint(trio).id} is of a Multi-AZ DB cluster, which AWS cannot stop: write delete or { keepHours: 24 }`,
    );
    expect(plan('aftermath: { onSuccess: { keepHours: 1 } }', given).onSuccess).toEqual({ kind: 'keep', hours: 1 });
    expect(
      plan('aftermath: { onSuccess: standby }', { database: courses, points: [aPoint(courses)] }).onSuccess.kind,
    ).toBe('standby');
  });

  it('replaces earlier standbys only when it becomes one', () => {
    const input = { standbys: ['d1'] };
    expect(plan('', { input }).replaces).toEqual([]);
    const { replaces, onSuccess, onFailure } = plan('aftermath: { onSuccess: standby, onFailure: { keepHours: 2 } }', {
      input,
    });
    expect({ replaces, onSuccess, onFailure }).toEqual({
      replaces: ['d1'],
      onSuccess: { kind: 'standby' },
      onFailure: { kind: 'keep', hours: 2 },
    });
  });
});

describe('the baseline', () => {
  const probes = 'probes: [{ kind: row_count, name: rows, table: public.t, expect: { against: last_drill } }]';
  const result: ProbeResult = {
    name: 'rows',
    kind: 'row_count',
    question: 'public.t',
    passed: true,
    proves: 'data',
    finding: '7 rows',
    value: 7,
    digest: null,
    parts: {},
  };
  const drill = (fields: Partial<DrillRecord>) => aDrill(orders, { probes: [result], ...fields });

  it('is the newest drill of this database that passed and was asked the same', () => {
    const records = [
      drill({ drillId: 'older', endedAt: hoursAgo(9) }),
      drill({ drillId: 'newer', endedAt: hoursAgo(5) }),
      drill({ drillId: 'failed', endedAt: hoursAgo(1), result: 'failed' }),
      drill({ drillId: 'elsewhere', endedAt: hoursAgo(1), endpoint: 'http://127.0.0.1:1' }),
      drill({ drillId: 'other', endedAt: hoursAgo(1), databaseResourceId: 'db-OTHER' }),
      drill({ drillId: 'asked', endedAt: hoursAgo(1), probes: [{ ...result, question: 'public.u' }] }),
      drill({ drillId: 'kind', endedAt: hoursAgo(1), probes: [{ ...result, kind: 'sql' }] }),
    ];
    expect(plan(probes, { input: { records } }).baseline).toEqual({
      drillId: 'newer',
      endedAt: hoursAgo(5),
      results: { rows: { kind: 'row_count', question: 'public.t', value: 7, digest: null, parts: {} } },
    });
  });

  const of = (drillId: string, dataHours: number | null, endedHours: number) => {
    const dataAt = dataHours === null ? null : hoursAgo(dataHours);
    const { recoveryPoint } = drill({});
    return drill({ drillId, endedAt: hoursAgo(endedHours), recoveryPoint: { ...recoveryPoint, dataAt } });
  };

  it.each<[what: string, records: readonly DrillRecord[], taken: string | null]>([
    ['of the youngest data, not the one that ended last', [of('old', 800, 2), of('nightly', 26, 24)], 'nightly'],
    ['of data no younger than what is restored', [of('younger', 3, 1), of('older', 26, 24)], 'older'],
    ['of the very same data', [of('same', 10, 1), of('older', 26, 0)], 'same'],
    ['that ended last, of two of the same data', [of('a', 26, 9), of('b', 26, 5), of('c', 26, 7)], 'b'],
    ['of unknown data only for want of another', [of('unknown', null, 1), of('known', 26, 24)], 'known'],
    ['of unknown data for want of another', [of('unknown', null, 1), of('younger', 3, 2)], 'unknown'],
    ['none, where all data are younger', [of('younger', 3, 1)], null],
  ])('is the drill %s', (_, records, taken) => {
    const points = [aPoint(orders, { dataAt: hoursAgo(10) })];
    expect(plan(probes, { points, input: { records } }).baseline?.drillId ?? null).toBe(taken);
    expect(plan(probes, { points, input: { records: [...records].reverse() } }).baseline?.drillId ?? null).toBe(taken);
  });

  it('is none when nothing is compared with a drill', () => {
    const against = probes.replace('last_drill', '7');
    expect(plan(against, { input: { records: [drill({})] } }).baseline).toBeNull();
  });
});
