/** What each question of a requirement says when it is not met: the whole reason, figures and remedy, as a person reads it. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { Gap, RecoveryPoint } from '../../src/inventory/model.ts';
import { parsePolicy } from '../../src/policy/schema.ts';
import { judgeNow } from '../../src/verdict/decide.ts';
import { aDatabase, aDrill, anInventory, aPoint, aVault, hoursAgo, KEY_ARN, NOW } from '../support/builders.ts';

const orders = aDatabase();
const vault = aVault();
const manual = aPoint(orders);
const vaulted = aPoint(orders, { id: 'vaulted', arn: 'arn:vaulted', kind: 'backup_snapshot', vaultArn: vault.arn });
const ofVault = aDrill(orders, { drillId: 'd2', claim: 'vault' });

interface Given {
  readonly points?: readonly RecoveryPoint[];
  readonly drills?: readonly DrillRecord[];
  readonly defaults?: string;
  readonly gaps?: readonly Gap[];
}

function judge({ points = [manual], drills = [aDrill(orders)], defaults = '', gaps = [] }: Given) {
  const inventory = anInventory({ databases: [orders], recoveryPoints: points, vaults: [vault], gaps });
  const policy = parsePolicy(`version: 1\ndefaults: { ${defaults} }\n`, 'test.yaml');
  return judgeNow({ inventory, policy, drills, at: NOW }, orders);
}

const SNAPSHOT =
  'take a manual snapshot, which outlives the database:\naws rds create-db-snapshot --region eu-west-1 --db-instance-identifier orders --db-snapshot-identifier orders-before-change';
const DRILL = 'restore it to a scratch database and question it:\nmuster drill run orders';

describe('a question that is not met', () => {
  it.each<[string, Given, { readonly code: string; readonly message: string; readonly remedy: string | null }]>([
    [
      'names the points whose survival is not known',
      {
        points: ['a', 'b'].map((id) => aPoint(orders, { id, arn: `arn:${id}`, encrypted: true, keyArn: KEY_ARN })),
      },
      { code: 'survival_unknown', message: 'whether these survive is not known: a, b', remedy: null },
    ],
    [
      'says how many survive and how many are wanted, by whom',
      { defaults: 'survivors: { outsidePlan: 2 }' },
      {
        code: 'survivor_only_in_plan',
        message: '1 survive outside the change itself, 2 wanted (test.yaml: defaults)',
        remedy: SNAPSHOT,
      },
    ],
    [
      'says that nothing tells the age of any survivor',
      { points: [aPoint(orders, { dataAt: null })] },
      {
        code: 'data_loss_unknown',
        message: 'AWS does not say from when the surviving data are',
        remedy: SNAPSHOT,
      },
    ],
    [
      'names the survivors of no known age, when the rest is too old',
      { points: [aPoint(orders, { dataAt: addDays(NOW, -3) }), { ...vaulted, dataAt: null }] },
      {
        code: 'data_loss_unknown',
        message: 'AWS does not say from when these are, and the rest is too old: vaulted',
        remedy: SNAPSHOT,
      },
    ],
    [
      'says what the newest survivor would lose',
      { points: [{ ...manual, dataAt: addDays(NOW, -3) }, vaulted], defaults: 'dataLossMax: 30m' },
      {
        code: 'data_loss_exceeded',
        message: 'the newest survivor would lose 1 h of work, 30 min allowed (test.yaml: defaults)',
        remedy: SNAPSHOT,
      },
    ],
    [
      'says that no drill ever was',
      { drills: [] },
      {
        code: 'restore_never_proven',
        message: 'no drill has ever restored orders from such a recovery point',
        remedy: DRILL,
      },
    ],
    [
      'passes on what to do about a proof that is only advised',
      { drills: [], defaults: 'restoreProof: advisory' },
      {
        code: 'proof_advisory',
        message: 'no drill has ever restored orders from such a recovery point; advisory by test.yaml: defaults',
        remedy: DRILL,
      },
    ],
    [
      'says that the drill asked nothing',
      { drills: [aDrill(orders, { probes: [] })] },
      { code: 'restore_proof_weak', message: 'drill d1 restored it but asked the data nothing', remedy: DRILL },
    ],
    [
      'says how old the drill is',
      { drills: [aDrill(orders, { endedAt: addDays(NOW, -31) })] },
      {
        code: 'restore_proof_stale',
        message: 'the last drill was 31 d ago, 30 d allowed (built-in default)',
        remedy: DRILL,
      },
    ],
    [
      'says that the drill is yet to end',
      { drills: [aDrill(orders, { endedAt: addSeconds(NOW, 301) })] },
      {
        code: 'restore_proof_stale',
        message: 'drill d1 ends at 2026-11-23T10:05:01.000Z, which is yet to come',
        remedy: DRILL,
      },
    ],
    [
      'says why the drill failed',
      { drills: [aDrill(orders, { result: 'failed', cause: 'no rows' })] },
      {
        code: 'restore_failed',
        message: 'drill d1 failed: no rows',
        remedy: 'see why, mend it and drill again:\nmuster drill list\nmuster drill run orders',
      },
    ],
    [
      'says of a failure without a cause that a probe did not pass',
      { drills: [aDrill(orders, { result: 'failed' })] },
      {
        code: 'restore_failed',
        message: 'drill d1 failed: a probe did not pass',
        remedy: 'see why, mend it and drill again:\nmuster drill list\nmuster drill run orders',
      },
    ],
    [
      'says how long the fastest proven restore takes',
      {
        points: [manual, vaulted],
        drills: [aDrill(orders), { ...ofVault, restoreSeconds: 900 }],
        defaults: 'restoreTimeMax: 10m',
      },
      {
        code: 'restore_too_slow',
        message: 'the proven restore takes 12 min, 10 min allowed (test.yaml: defaults)',
        remedy: 'raise the objective or restore into a larger class, then drill again:\nmuster drill run orders',
      },
    ],
  ])('%s', (_, given, { code, ...rest }) => {
    expect(judge(given).reasons.find((found) => found.code === code)).toMatchObject(rest);
  });
});

describe('of several survivors', () => {
  const codes = (given: Given) => judge(given).reasons.map(({ code }) => code);

  it('one kind that is proven fast enough will do', () => {
    const drills = [aDrill(orders), { ...ofVault, restoreSeconds: 300 }];
    expect(codes({ points: [manual, vaulted], drills, defaults: 'restoreTimeMax: 10m' })).toEqual([]);
  });

  it('a proven kind of no known age does not speak for the recent one', () => {
    const undated = { ...vaulted, dataAt: null };
    expect(codes({ points: [manual, undated], drills: [ofVault] })).toEqual(['restore_never_proven']);
    expect(codes({ points: [manual, undated], drills: [aDrill(orders)] })).toEqual([]);
  });

  it('too few are said together with a proof that is wanting, so both can be mended at once', () => {
    const failed = aDrill(orders, { result: 'failed', endedAt: hoursAgo(1) });
    expect(codes({ drills: [failed], defaults: 'survivors: { outsidePlan: 2 }' })).toEqual([
      'survivor_only_in_plan',
      'restore_failed',
    ]);
  });

  it('none at all, beside a drill that once passed, is said alone', () => {
    expect(codes({ points: [] })).toEqual(['no_survivor']);
  });
});

describe('what was asked', () => {
  const asked = (given: Given) =>
    (judge(given).requirements ?? []).map(({ requirement, result, found }) => [requirement, result, found]);

  it('is shown with what was found, and with what shows it', () => {
    expect(judge({ defaults: 'restoreTimeMax: 12m' }).requirements).toEqual([
      {
        requirement: 'survivors_outside_plan',
        loss: null,
        wanted: 1,
        found: 1,
        origin: 'built-in default',
        result: 'met',
        evidence: ['orders-manual'],
      },
      {
        requirement: 'data_loss',
        loss: null,
        wanted: 86_400,
        found: 3_600,
        origin: 'built-in default',
        result: 'met',
        evidence: ['orders-manual'],
      },
      {
        requirement: 'restore_proof',
        loss: null,
        wanted: 'queried',
        found: 'queried',
        origin: 'built-in default',
        result: 'met',
        evidence: ['drill:d1'],
      },
      {
        requirement: 'restore_time',
        loss: null,
        wanted: 720,
        found: 720,
        origin: 'test.yaml: defaults',
        result: 'met',
        evidence: ['drill:d1'],
      },
    ]);
  });

  it('of nothing that survives is that all work is lost, and is not known of the proof and the time', () => {
    expect(asked({ points: [], defaults: 'restoreTimeMax: 12m' })).toEqual([
      ['survivors_outside_plan', 'not_met', 0],
      ['data_loss', 'not_met', null],
      ['restore_proof', 'unknown', null],
      ['restore_time', 'unknown', null],
    ]);
  });

  it('of the work lost is not known where what survives is not, or a gap may hide it', () => {
    const unread = { ...manual, encrypted: true, keyArn: KEY_ARN };
    expect(asked({ points: [unread] })[1]).toEqual(['data_loss', 'unknown', null]);
    const gap = { what: 'copies', where: orders, action: 'rds:X', cause: 'denied', hides: 'survivors' as const };
    expect(asked({ points: [], gaps: [gap] })[1]).toEqual(['data_loss', 'unknown', null]);
    expect(asked({ points: [], gaps: [{ ...gap, hides: 'threats' }] })[1]).toEqual(['data_loss', 'not_met', null]);
  });

  it('is not met by the data of a survivor that is too old, and says by how much', () => {
    expect(asked({ defaults: 'dataLossMax: 30m' })[1]).toEqual(['data_loss', 'not_met', 3_600]);
    expect(asked({ points: [aPoint(orders, { dataAt: null })] })[1]).toEqual(['data_loss', 'unknown', null]);
  });

  it('names the survivors with the least work lost alone', () => {
    const { requirements = [] } = judge({ points: [manual, { ...vaulted, dataAt: hoursAgo(2) }] });
    expect(requirements[0]?.evidence).toEqual(['orders-manual', 'vaulted']);
    expect(requirements[1]?.evidence).toEqual(['orders-manual']);
  });

  it('is not met by a restore that is too slow, and says how long it takes', () => {
    expect(asked({ defaults: 'restoreTimeMax: 10m' }).at(-1)).toEqual(['restore_time', 'not_met', 720]);
  });

  it('of no known time says so', () => {
    const drills = [aDrill(orders, { resumed: 1 })];
    expect(asked({ drills, defaults: 'restoreTimeMax: 10m' }).slice(-2)).toEqual([
      ['restore_proof', 'met', 'queried'],
      ['restore_time', 'unknown', null],
    ]);
  });
});
