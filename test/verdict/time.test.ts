/** Time in a verdict: what lies ahead of the instant of judgement, what is too old, and how long a "ready" lasts. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY, parsePolicy } from '../../src/policy/schema.ts';
import { decideChange, judgeNow } from '../../src/verdict/decide.ts';
import {
  aDatabase,
  aDrill,
  anIntent,
  anInventory,
  aPoint,
  aVault,
  deletionOf,
  hoursAgo,
  NOW,
} from '../support/builders.ts';

const orders = aDatabase();
const manual = aPoint(orders);

interface Given {
  readonly points?: readonly RecoveryPoint[];
  readonly drills?: readonly DrillRecord[];
  readonly inventory?: Partial<Inventory>;
  readonly policy?: string;
}

function question({ points = [manual], drills = [aDrill(orders)], inventory = {}, policy }: Given) {
  return {
    inventory: anInventory({ databases: [orders], recoveryPoints: points, ...inventory }),
    policy: policy === undefined ? DEFAULT_POLICY : parsePolicy(policy, 'test.yaml'),
    drills,
    at: NOW,
  };
}

function judge(given: Given = {}) {
  const view = judgeNow(question(given), orders);
  return { ...view, codes: view.reasons.map(({ code }) => code) };
}

function validUntil(given: Given, final = false) {
  const parameters = final ? { skipFinalSnapshot: false, finalSnapshotId: 'last' } : {};
  const intent = anIntent(deletionOf(orders, parameters));
  const document = decideChange({ ...question(given), intent, logged: true });
  expect(document.verdict).toBe('ready');
  return document.validUntil;
}

describe('what lies ahead of the instant of judgement', () => {
  it('in a drill proves nothing', () => {
    expect(judge({ drills: [aDrill(orders, { endedAt: addSeconds(NOW, 300) })] }).verdict).toBe('ready');
    expect(judge({ drills: [aDrill(orders, { endedAt: addSeconds(NOW, 301) })] })).toMatchObject({
      verdict: 'unknown',
      codes: ['restore_proof_stale'],
    });
  });

  it('in a failed drill is still a failure', () => {
    const failed = aDrill(orders, { endedAt: addDays(NOW, 1), result: 'failed', restoreSeconds: null });
    expect(judge({ drills: [failed] }).codes).toEqual(['restore_failed']);
  });

  it('in a snapshot says nothing about the age of its data', () => {
    expect(judge({ points: [aPoint(orders, { dataAt: addSeconds(NOW, 300) })] }).verdict).toBe('ready');
    expect(judge({ points: [aPoint(orders, { dataAt: addSeconds(NOW, 301) })] })).toMatchObject({
      verdict: 'unknown',
      codes: ['data_loss_unknown'],
      newestSurvivorAt: null,
    });
  });

  it('in an inventory is an inventory of another moment', () => {
    expect(judge({ inventory: { observedAt: addSeconds(NOW, 300) } }).verdict).toBe('ready');
    expect(judge({ inventory: { observedAt: addSeconds(NOW, 301) } })).toMatchObject({
      verdict: 'unknown',
      codes: ['inventory_stale'],
    });
  });

  it('in the window of any database shows that the clock is behind, and makes every age too short', () => {
    const upTo = (seconds: number) =>
      aDatabase({
        identifier: 'other',
        resourceId: 'db-OTHER',
        arn: `${orders.arn}-other`,
        restoreWindow: { earliest: hoursAgo(24), latest: addSeconds(NOW, seconds) },
      });
    expect(judge({ inventory: { databases: [orders, upTo(300)] } }).verdict).toBe('ready');
    expect(judge({ inventory: { databases: [orders, upTo(301)] } })).toMatchObject({
      verdict: 'unknown',
      codes: ['inventory_stale'],
    });
  });
});

it('a report on an inventory older than the policy allows is unknown', () => {
  expect(judge({ inventory: { observedAt: hoursAgo(1) } }).verdict).toBe('ready');
  expect(judge({ inventory: { observedAt: addSeconds(hoursAgo(1), -1) } })).toMatchObject({
    verdict: 'unknown',
    codes: ['inventory_stale'],
  });
});

describe('a ready change stays so until', () => {
  const vault = aVault();
  const ending = aPoint(orders, {
    id: 'ending',
    arn: 'arn:ending',
    kind: 'backup_snapshot',
    vaultArn: vault.arn,
    expiresAt: addSeconds(NOW, 600),
  });
  const bothProven = [aDrill(orders), aDrill(orders, { drillId: 'd2', claim: 'vault' })];

  it('its last survivor ends, whatever final snapshot the plan makes', () => {
    const given = { points: [ending], drills: [aDrill(orders, { claim: 'vault' })], inventory: { vaults: [vault] } };
    expect(validUntil(given, true)).toBe(addSeconds(NOW, 600));
  });

  it('fewer survive than the policy asks for', () => {
    const policy = 'version: 1\ndefaults: { survivors: { outsidePlan: 2 } }\n';
    const given = { points: [manual, ending], drills: bothProven, inventory: { vaults: [vault] }, policy };
    expect(validUntil(given)).toBe(addSeconds(NOW, 600));
  });

  it('the newest proven survivor is older than the objective', () => {
    const old = aPoint(orders, { dataAt: addSeconds(hoursAgo(24), 120) });
    expect(validUntil({ points: [old] })).toBe(addSeconds(NOW, 120));
  });

  it('its drill is older than the policy allows', () => {
    const drill = aDrill(orders, { endedAt: addSeconds(addDays(NOW, -30), 60) });
    expect(validUntil({ drills: [drill] })).toBe(addSeconds(NOW, 60));
  });

  it('the survivor ends whose kind was proven, not one that was not', () => {
    const given = {
      points: [manual, ending],
      drills: [aDrill(orders, { claim: 'vault' })],
      inventory: { vaults: [vault] },
    };
    expect(validUntil(given)).toBe(addSeconds(NOW, 600));
  });
});
