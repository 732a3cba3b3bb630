/** What outlives a loss of one database: in which order, with which grade, how old, and what does not. */

import { describe, expect, it } from 'vitest';
import type { PrincipalAuthority } from '../../src/authority/authority.ts';
import { addSeconds } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { Action } from '../../src/intent/action.ts';
import type { Gap, Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import { resolveRequirement } from '../../src/policy/resolve.ts';
import { DEFAULT_POLICY, parsePolicy } from '../../src/policy/schema.ts';
import { survive } from '../../src/survival/survive.ts';
import { judgeDatabase } from '../../src/verdict/judge.ts';
import { survivorsOf } from '../../src/verdict/survivors.ts';
import {
  aDatabase,
  aDrill,
  anInventory,
  aPoint,
  aSystemSnapshot,
  aTargetOf,
  aVault,
  hoursAgo,
  NOW,
  SCOPE,
  theDelete,
  thePitr,
} from '../support/builders.ts';

const FAR = { ...SCOPE, region: 'us-east-1' };
const orders = aDatabase();
const manual = aPoint(orders);
const vault = aVault();

interface Given {
  readonly points: readonly RecoveryPoint[];
  readonly drills?: readonly DrillRecord[];
  readonly inventory?: Partial<Inventory>;
  readonly actions?: readonly Action[];
  readonly authority?: PrincipalAuthority;
  readonly policy?: string;
}

function caseOf({ points, drills = [aDrill(orders)], inventory = {}, actions = [], authority, policy }: Given) {
  const seen = anInventory({ databases: [orders], recoveryPoints: points, vaults: [vault], ...inventory });
  return {
    database: orders,
    inventory: seen,
    survival: survive(seen, [...actions, theDelete(orders)], { at: NOW, refusals: 'lifted' }),
    requirement: resolveRequirement(policy === undefined ? DEFAULT_POLICY : parsePolicy(policy, 'test.yaml'), orders),
    drills,
    at: NOW,
    authority: authority ?? null,
    known: [],
  };
}

function judge(given: Given) {
  const judged = judgeDatabase(caseOf(given));
  return { ...judged, ...judged.view, codes: judged.view.reasons.map(({ code }) => code) };
}

const pointOf = (id: string, fields: Partial<RecoveryPoint> = {}) =>
  aPoint(orders, { id, arn: `arn:${id}`, ...fields });

describe('survivors are told', () => {
  it('with the least work lost first, by name where that is the same, and those of unknown age last', () => {
    const points = [
      pointOf('undated-b', { dataAt: null }),
      pointOf('old', { dataAt: hoursAgo(9) }),
      pointOf('new-b'),
      pointOf('undated-a', { dataAt: null }),
      pointOf('new-a'),
      pointOf('now', { dataAt: NOW }),
    ];
    expect(judge({ points }).survivors.map(({ id, dataLossSeconds }) => [id, dataLossSeconds])).toEqual([
      ['now', 0],
      ['new-a', 3_600],
      ['new-b', 3_600],
      ['old', 32_400],
      ['undated-a', null],
      ['undated-b', null],
    ]);
  });

  it.each<[string, RecoveryPoint, string]>([
    ['a snapshot', pointOf('one'), 'available'],
    [
      'a snapshot in a vault, which AWS Backup calls completed',
      pointOf('one', {
        kind: 'backup_snapshot',
        vaultArn: vault.arn,
        status: 'completed',
      }),
      'available',
    ],
    [
      'a window that lives in another region',
      pointOf('one', {
        ...FAR,
        kind: 'replicated_automated_backup',
        status: 'active',
        dataAt: null,
        window: { earliest: hoursAgo(9), latest: hoursAgo(1) },
      }),
      'available',
    ],
    ['the snapshot that was drilled', manual, 'queried'],
  ])('with the grade that is known of them: %s', (_, point, grade) => {
    expect(judge({ points: [point] }).survivors.map((survivor) => survivor.grade)).toEqual([grade]);
  });

  it('without those that the loss takes, which are told with their fate and the rules', () => {
    const taken = pointOf('taken');
    const actions: Action[] = [{ kind: 'delete_db_snapshot', target: aTargetOf(taken) }];
    const vaulted = pointOf('vaulted', {
      kind: 'backup_snapshot',
      vaultArn: vault.arn,
      expiresAt: addSeconds(NOW, 60),
    });
    const view = judge({ points: [manual, taken, vaulted, aSystemSnapshot(orders), thePitr(orders)], actions });
    expect(view.survivors.map(({ id }) => id)).toEqual(['orders-manual', 'vaulted']);
    expect(view.casualties).toEqual([
      {
        id: 'taken',
        kind: 'manual_snapshot',
        fate: 'lost',
        rules: ['snapshot_deleted', 'manual_snapshot_outlives_database'],
      },
      {
        id: 'rds:orders-2026-11-23-03-00',
        kind: 'system_snapshot',
        fate: 'lost',
        rules: ['automated_backup_dies_with_database'],
      },
      { id: 'pitr:db-ORDERS', kind: 'pitr', fate: 'lost', rules: ['automated_backup_dies_with_database'] },
    ]);
  });
});

describe('the newest survivor', () => {
  it.each<[string, readonly RecoveryPoint[], string | null, number | null]>([
    ['is the newest of several', [pointOf('a', { dataAt: hoursAgo(9) }), manual], hoursAgo(1), 3_600],
    [
      'is the newest even of those that a clock put ahead',
      [pointOf('a', { dataAt: addSeconds(NOW, 100) }), pointOf('b', { dataAt: addSeconds(NOW, 200) })],
      addSeconds(NOW, 200),
      0,
    ],
    ['is one whose age is known', [pointOf('a', { dataAt: null }), manual], hoursAgo(1), 3_600],
    ['is not known where no age is', [pointOf('a', { dataAt: null })], null, null],
  ])('%s', (_, points, newestSurvivorAt, dataLossSeconds) => {
    expect(judge({ points })).toMatchObject({ newestSurvivorAt, dataLossSeconds });
  });
});

describe('a gap over threats where only a survivor lies', () => {
  const gap: Gap = { what: 'vaults', where: FAR, action: 'backup:List', cause: 'AccessDenied', hides: 'threats' };
  const copy = pointOf('copy', { ...FAR, kind: 'snapshot_copy' });
  const drills = [aDrill(orders), aDrill(orders, { drillId: 'c', claim: 'copy' })];
  const inventory = { gaps: [gap] };

  it.each<[string, Given, readonly string[]]>([
    ['spoils ready where that survivor is needed', { points: [copy] }, ['gap_hides_threats']],
    ['spoils nothing where another would do', { points: [copy, manual] }, []],
    [
      'spoils ready where both are asked for',
      { points: [copy, manual], policy: 'version: 1\ndefaults: { survivors: { outsidePlan: 2 } }\n' },
      ['gap_hides_threats'],
    ],
    ['adds nothing to what is not ready', { points: [{ ...copy, dataAt: hoursAgo(99) }] }, ['data_loss_exceeded']],
    ['says nothing where no survivor lies', { points: [manual] }, []],
  ])('%s', (_, given, codes) => {
    expect(judge({ ...given, drills, inventory }).codes).toEqual(codes);
  });

  it('and another elsewhere leave nothing to count on where all lie under one of them', () => {
    const farther = { ...SCOPE, region: 'ap-south-1' };
    const points = [copy, pointOf('copy-2', { ...farther, kind: 'snapshot_copy' })];
    const both = { gaps: [gap, { ...gap, where: farther, what: 'vaults there' }] };
    expect(judge({ points, drills, inventory: both }).codes).toEqual(['gap_hides_threats', 'gap_hides_threats']);
    expect(judge({ points, drills, inventory }).codes).toEqual([]);
  });

  it('is told as it was met', () => {
    expect(judge({ points: [copy], drills, inventory }).reasons).toMatchObject([
      { severity: 'block', message: 'vaults could not be read (backup:List: AccessDenied)' },
    ]);
  });
});

describe('a judgement', () => {
  const denied: PrincipalAuthority = {
    principal: 'arn:aws:iam::123456789012:role/deployer',
    origin: 'simulation',
    source: 'iam:SimulatePrincipalPolicy',
    permits: () => 'denied',
    gaps: [],
  };

  it('holds the permit over each survivor that counts, and none where nobody asked', () => {
    expect(judge({ points: [manual, pointOf('b')], authority: denied }).permits).toEqual(['denied', 'denied']);
    expect(judge({ points: [manual, pointOf('b')] }).permits).toEqual([]);
  });

  it('has an end only when ready, and a setting that would have helped only when not', () => {
    const points = [thePitr(orders), pointOf('ends', { kind: 'backup_snapshot', vaultArn: vault.arn })];
    const proven = [aDrill(orders, { claim: 'vault' })];
    expect(judge({ points, drills: proven })).toMatchObject({ verdict: 'ready', wouldHaveSaved: null });
    expect(judge({ points, drills: proven }).readyUntil).toBe(addSeconds(hoursAgo(1), 86_400));
    expect(judge({ points, drills: [] })).toMatchObject({
      verdict: 'unknown',
      wouldHaveSaved: null,
      readyUntil: null,
    });
    const bare = judge({ points: [thePitr(orders)], drills: [] });
    expect(bare).toMatchObject({ verdict: 'not_ready', readyUntil: null });
    expect(bare.wouldHaveSaved).toMatchObject({ left: ['pitr:db-ORDERS'] });
  });
});

it('a point that lives on but of which no restore can start is no survivor', () => {
  const input = caseOf({ points: [pointOf('export', { kind: 's3_export' }), manual] });
  expect(survivorsOf(input, []).map(({ view }) => view.id)).toEqual(['orders-manual']);
});
