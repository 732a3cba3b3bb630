/** One database judged: which reason stands first, and when it is ready. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { Database, Gap, Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import { resolveRequirement } from '../../src/policy/resolve.ts';
import { DEFAULT_POLICY, parsePolicy } from '../../src/policy/schema.ts';
import { survive } from '../../src/survival/survive.ts';
import { judgeAllNow, judgeNow } from '../../src/verdict/decide.ts';
import { survivorsOf } from '../../src/verdict/survivors.ts';
import {
  aDatabase,
  aDrill,
  aKey,
  anInventory,
  aPoint,
  aSystemSnapshot,
  aVault,
  hoursAgo,
  KEY_ARN,
  NOW,
  SCOPE,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const manual = aPoint(orders);

interface Given {
  readonly database?: Database;
  readonly points?: readonly RecoveryPoint[];
  readonly drills?: readonly DrillRecord[];
  readonly inventory?: Partial<Inventory>;
  readonly policy?: string;
}

/** The verdict on `orders`, were it deleted now. */
function judge({
  database = orders,
  points = [manual],
  drills = [aDrill(orders)],
  inventory = {},
  policy,
}: Given = {}) {
  const view = judgeNow(
    {
      inventory: anInventory({ databases: [database], recoveryPoints: points, ...inventory }),
      policy: policy === undefined ? DEFAULT_POLICY : parsePolicy(policy, 'test.yaml'),
      drills,
      at: NOW,
    },
    database,
  );
  return { ...view, codes: view.reasons.map(({ code }) => code) };
}

function aGap(hides: Gap['hides'], fields: Partial<Gap> = {}): Gap {
  return {
    what: 'AWS Backup vaults',
    where: SCOPE,
    action: 'backup:ListBackupVaults',
    cause: 'AccessDenied',
    hides,
    ...fields,
  };
}

describe('ready', () => {
  it('takes a recent survivor outside the plan whose kind of restore was proven lately', () => {
    const view = judge();
    expect(view).toMatchObject({ verdict: 'ready', codes: [], dataLossSeconds: 3_600, newestSurvivorAt: hoursAgo(1) });
    expect(view.survivors).toMatchObject([{ id: 'orders-manual', grade: 'queried', reach: 'principal' }]);
    expect(view.restoreSeconds).toMatchObject({ p50: 720, p95: 720, n: 1 });
  });

  it('is not spoilt by a gap that could only hide more survivors', () => {
    expect(judge({ inventory: { gaps: [aGap('survivors')] } }).verdict).toBe('ready');
  });

  it('is spoilt by a gap that could take a survivor away', () => {
    const view = judge({ inventory: { gaps: [aGap('threats')] } });
    expect(view).toMatchObject({ verdict: 'unknown', codes: ['gap_hides_threats'] });
  });

  it('is not spoilt by an unread key that none of its survivors uses', () => {
    expect(judge({ inventory: { gaps: [aGap('threats', { action: 'kms:DescribeKey' })] } }).verdict).toBe('ready');
  });

  it('is not spoilt by a gap in another account', () => {
    const where = { ...SCOPE, accountId: '999999999999' };
    expect(judge({ inventory: { gaps: [aGap('threats', { where })] } }).verdict).toBe('ready');
  });
});

describe('survivors', () => {
  it('missing altogether is not ready, and both the snapshot and the drill are asked for', () => {
    const view = judge({ points: [thePitr(orders), aSystemSnapshot(orders)], drills: [] });
    expect(view).toMatchObject({ verdict: 'not_ready', codes: ['no_survivor', 'restore_never_proven'] });
    expect(view.dataLossSeconds).toBeNull();
    expect(view.reasons[0]?.remedy).toContain(
      'aws rds create-db-snapshot --region eu-west-1 --db-instance-identifier orders',
    );
    expect(view.casualties.map(({ id, fate }) => `${id} ${fate}`)).toEqual([
      'pitr:db-ORDERS lost',
      'rds:orders-2026-11-23-03-00 lost',
    ]);
  });

  it('missing while something could not be read is unknown', () => {
    const view = judge({ points: [], inventory: { gaps: [aGap('survivors')] } });
    expect(view).toMatchObject({ verdict: 'unknown', codes: ['gap_hides_survivors'] });
  });

  it('in doubt are unknown', () => {
    const view = judge({ points: [aPoint(orders, { encrypted: true, keyArn: KEY_ARN })] });
    expect(view).toMatchObject({ verdict: 'unknown', codes: ['survival_unknown'] });
  });

  it('under a dying key do not count', () => {
    const point = aPoint(orders, { encrypted: true, keyArn: KEY_ARN });
    const view = judge({
      points: [point],
      inventory: { keys: [aKey({ state: 'pending_deletion', deletionAt: addDays(NOW, 7) })] },
    });
    expect(view.codes).toEqual(['no_survivor', 'survivors_unreadable']);
  });

  it('that are S3 exports do not count', () => {
    expect(judge({ points: [aPoint(orders, { kind: 's3_export' })] }).codes[0]).toBe('no_survivor');
  });

  it('older than the objective are not ready', () => {
    const at = (seconds: number) => judge({ points: [aPoint(orders, { dataAt: addSeconds(NOW, -seconds) })] }).codes;
    expect(at(86_400)).toEqual([]);
    expect(at(86_401)).toEqual(['data_loss_exceeded']);
  });

  it('of unknown age are unknown', () => {
    expect(judge({ points: [aPoint(orders, { dataAt: null })] })).toMatchObject({
      verdict: 'unknown',
      codes: ['data_loss_unknown'],
    });
  });

  it('that all end by themselves are pointed out', () => {
    const vault = aVault();
    const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: vault.arn, expiresAt: addDays(NOW, 2) });
    const drills = [aDrill(orders, { claim: 'vault' })];
    const view = judge({ points: [point], drills, inventory: { vaults: [vault] } });
    expect(view).toMatchObject({ verdict: 'ready', codes: ['last_survivor_expires'] });
    expect(view.survivors[0]?.rules).toEqual(['expires_by_itself', 'vault_point_outlives_database']);
  });

  it('in another account lie farther than those in this one, a locked vault in between', () => {
    const vault = aVault({ lock: 'compliance' });
    const points = [
      manual,
      aPoint(orders, { id: 'vault', arn: 'arn:vault-point', kind: 'backup_snapshot', vaultArn: vault.arn }),
      aPoint(orders, { id: 'region', arn: 'arn:region', kind: 'snapshot_copy', region: 'eu-central-1' }),
      aPoint(orders, { id: 'account', arn: 'arn:account', kind: 'account_copy', accountId: '999999999999' }),
    ];
    const reaches = Object.fromEntries(
      judge({ points, inventory: { vaults: [vault] } }).survivors.map(({ id, reach }) => [id, reach]),
    );
    expect(reaches).toEqual({
      'orders-manual': 'principal',
      vault: 'same_account',
      region: 'other_region',
      account: 'other_account',
    });
  });
});

describe('proof of restore', () => {
  const stale = aDrill(orders, { endedAt: addDays(NOW, -31) });

  it.each<[string, readonly DrillRecord[], string, string]>([
    ['that never happened', [], 'unknown', 'restore_never_proven'],
    ['of another kind of restore', [aDrill(orders, { claim: 'pitr' })], 'unknown', 'restore_never_proven'],
    ['of another database', [aDrill(orders, { databaseResourceId: 'db-OTHER' })], 'unknown', 'restore_never_proven'],
    ['at a lab', [aDrill(orders, { endpoint: 'http://127.0.0.1:4566' })], 'unknown', 'restore_never_proven'],
    [
      'in another account',
      [aDrill(orders, { scope: { ...SCOPE, accountId: '999999999999' } })],
      'unknown',
      'restore_never_proven',
    ],
    [
      'that was interrupted',
      [aDrill(orders, { result: 'aborted', restoreSeconds: null })],
      'unknown',
      'restore_never_proven',
    ],
    ['31 days ago', [stale], 'unknown', 'restore_proof_stale'],
    [
      'without a question to the data',
      [aDrill(orders, { grade: 'restored', probes: [] })],
      'unknown',
      'restore_proof_weak',
    ],
    [
      'that failed',
      [aDrill(orders, { result: 'failed', restoreSeconds: null, cause: 'no rows' })],
      'not_ready',
      'restore_failed',
    ],
    [
      'that failed after an older one passed',
      [aDrill(orders, { endedAt: hoursAgo(2) }), aDrill(orders, { result: 'failed', restoreSeconds: null })],
      'not_ready',
      'restore_failed',
    ],
  ])('%s is %s', (_, drills, verdict, code) => {
    expect(judge({ drills })).toMatchObject({ verdict, codes: [code] });
  });

  it('counts to the last second of its allowed age', () => {
    expect(judge({ drills: [aDrill(orders, { endedAt: addDays(NOW, -30) })] }).verdict).toBe('ready');
    expect(judge({ drills: [aDrill(orders, { endedAt: addSeconds(addDays(NOW, -30), -1) })] }).verdict).toBe('unknown');
  });

  it('counts when the scratch leaked: the restore was still proven', () => {
    expect(judge({ drills: [aDrill(orders, { result: 'leaked' })] }).verdict).toBe('ready');
  });

  it('is only advised where the policy says so', () => {
    const policy = 'version: 1\ndatabases:\n  - match: { identifier: "ord*" }\n    restoreProof: advisory\n';
    expect(judge({ drills: [], policy })).toMatchObject({ verdict: 'ready', codes: ['proof_advisory'] });
  });

  it('that took longer than the objective is not ready', () => {
    const within = (max: string) => judge({ policy: `version: 1\ndefaults: { restoreTimeMax: ${max} }\n` });
    expect(within('12m').verdict).toBe('ready');
    expect(within('719s')).toMatchObject({ verdict: 'not_ready', codes: ['restore_too_slow'] });
  });

  it('must be of a kind that meets the objective, not of one that does not', () => {
    const vault = aVault();
    const old = aPoint(orders, {
      id: 'old',
      arn: 'arn:old',
      kind: 'backup_snapshot',
      vaultArn: vault.arn,
      dataAt: addDays(NOW, -3),
    });
    const view = judge({
      points: [manual, old],
      drills: [aDrill(orders, { claim: 'vault' })],
      inventory: { vaults: [vault] },
    });
    expect(view).toMatchObject({ verdict: 'unknown', codes: ['restore_never_proven'] });
  });
});

describe('facts beside the verdict', () => {
  it('name a survivor that nothing reached as untouched', () => {
    const inventory = anInventory({ databases: [orders], recoveryPoints: [manual] });
    const survival = survive(inventory, [], { at: NOW, refusals: 'lifted' });
    const requirement = resolveRequirement(DEFAULT_POLICY, orders);
    const survivors = survivorsOf(
      { database: orders, inventory, survival, requirement, drills: [], at: NOW, known: [] },
      [],
    );
    expect(survivors.map(({ view }) => view.rules)).toEqual([['untouched']]);
  });

  it('report what AWS would refuse, and count nothing on it', () => {
    const database = aDatabase({ deletionProtection: true });
    const view = judge({ database, points: [thePitr(database)], drills: [] });
    expect(view.codes).toEqual(['no_survivor', 'restore_never_proven', 'refused_now']);
  });

  it('show importance by facts and never by name', () => {
    const database = aDatabase({ identifier: 'dev-nothing-special', multiAz: true, replicas: ['a', 'b'] });
    expect(judge({ database }).importance).toEqual([
      'created 400 days ago',
      '100 GiB allocated',
      'db.m6g.large',
      'Multi-AZ',
      '2 read replicas',
    ]);
  });
});

describe('the order in which an inventory lists recovery points', () => {
  it('changes nothing in a view, casualties and all', () => {
    const database = aDatabase();
    const points = ['a', 'b', 'c'].map((id) => aPoint(database, { id, kind: 'system_snapshot', arn: `arn:${id}` }));
    const view = (recoveryPoints: readonly RecoveryPoint[]) => {
      const inventory = anInventory({ databases: [database], recoveryPoints });
      return judgeAllNow({ inventory, policy: DEFAULT_POLICY, drills: [], at: NOW }, [database]);
    };
    const [first] = view(points);
    expect(first?.casualties.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(view([...points].reverse())).toEqual([first]);
  });
});
