/** What `muster drill plan` tells before anything is begun. */

import { describe, expect, it } from 'vitest';
import { planFor } from '../../src/app/plan-drill.ts';
import { parseDefinition } from '../../src/drill/definition.ts';
import type { DrillPreview } from '../../src/drill/preview.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { renderDrillPlans } from '../../src/report/drill-plan-text.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';
import { aCluster, aDatabase, anInventory, aPoint, NOW, SCOPE, thePitr } from '../support/builders.ts';
import { expectPlainLines, HOSTILE } from '../support/report-claims.ts';

const orders = aDatabase();

async function preview(
  yaml: string,
  inventory: Partial<Inventory> = {},
  denied: readonly string[] = [],
): Promise<DrillPreview> {
  const question = {
    definition: parseDefinition(`name: weekly\n${yaml}`, 'd.yaml'),
    inventory: anInventory({ databases: [orders], recoveryPoints: [aPoint(orders)], ...inventory }),
    records: [],
    standbys: [],
    database: inventory.databases?.[0]?.identifier ?? 'orders',
    musterVersion: '1',
  };
  return planFor(question, {
    clock: { now: () => NOW },
    randomness: { token: () => 'abc' },
    authority: {
      simulate: async (_, calls) => ({
        answers: calls.map((call) => ({
          ...call,
          decision: denied.includes(call.action) ? 'implicitDeny' : 'allowed',
          leansOnContext: false,
          deniedUnseen: false,
        })),
        gaps: [],
      }),
    },
  });
}

const render = async (...given: Parameters<typeof preview>) => renderDrillPlans(await preview(...given), PLAIN_PAINT);
const flat = async (...given: Parameters<typeof preview>) => (await render(...given)).replace(/\s+/g, ' ');

describe('a planned drill', () => {
  it('fits on one screen, and says what, where, into what and how long', async () => {
    const text = await render('probes: [{ kind: tables, name: t }, { kind: row_count, name: rows, table: public.t }]');
    expect(text.split('\n').length).toBeLessThan(30);
    const facts = text.replace(/\s+/g, ' ');
    for (const fact of [
      'PLANNED drill of orders: weekly',
      'recovery point orders-manual (manual snapshot), data of 2026-11-23 09:00:00 UTC',
      'restore a snapshot restore from orders-manual',
      'where 123456789012/eu-west-1',
      "into muster-scratch-abc on db.m6g.large; subnet group orders-subnets, security groups the VPC's default",
      'can prove queried at best',
      'afterwards if it passes deleted; if not deleted',
      'time unknown, no drill like this was run; gives up after 2 h',
      'objectives restore time: none set, none proven yet; data loss: none set, 1 h as of now',
      'uses at most 3.0 instance-hours, 300 GiB-hours, no prices given',
      'quotas DB instances: not known, takes 1; GiB of storage: not known, takes 100',
      'row count rows public.t that data can be read',
      'tables t all user tables that it runs',
      '! no security group is named',
    ]) {
      expect(facts).toContain(fact);
    }
    expectPlainLines(text);
  });

  it('says how it is restored otherwise', async () => {
    const courses = aCluster();
    const pitr = await flat('point: { pitr: latest }', { databases: [courses], recoveryPoints: [thePitr(courses)] });
    expect(pitr).toContain('restore a point-in-time restore from the window of courses to 2026-11-23 09:55:00 UTC');
    expect(pitr).toContain('muster-scratch-abc with muster-scratch-abc-1 on db.r6g.large');
    const copy = aPoint(orders, { kind: 'snapshot_copy', region: 'eu-central-1', copiedFrom: 'arn:first' });
    const brought = await flat('kinds: [snapshot_copy]\nscratch: { bring: always, class: db.t3.micro }', {
      recoveryPoints: [copy],
    });
    expect(brought).toContain('a copy restore from a copy that is brought from eu-central-1 first');
    expect(brought).toContain('copied from arn:first');
    expect(brought).toContain('on db.t3.micro (another class than the source)');
    const vaulted = aPoint(orders, { kind: 'backup_snapshot', vaultArn: 'arn:v' });
    const role = 'arn:aws:iam::123456789012:role/r';
    expect(
      await flat(`kinds: [backup_snapshot]\nscratch: { backupRoleArn: "${role}" }`, { recoveryPoints: [vaulted] }),
    ).toContain(`a vault restore by AWS Backup, which takes on ${role}`);
  });

  it('says what becomes of the scratch', async () => {
    const text = await flat('hydrate: true\naftermath: { onSuccess: standby, onFailure: { keepHours: 1 } }');
    expect(text).toContain(
      'every table is read once; if it passes stopped and kept as standby; if not kept for 1 hour',
    );
    expect(text).toContain('with a month as standby');
  });

  it('is headed by what forbids it', async () => {
    const quotas = [{ ...SCOPE, name: 'db_instances', used: 40, max: 40 } as const];
    const text = await render('limits: { storageGibMax: 5 }', { quotas });
    expect(text.split('\n').slice(0, 3)).toEqual([
      'NOT TO BE RUN  drill of orders: weekly',
      '  ✗ it holds 100 GiB; allowed are 5 GiB (limits.storageGibMax)',
      '  ✗ 40 of 40 db instances are used in 123456789012/eu-west-1; the drill needs 1',
    ]);
    expect(text).toContain('DB instances: 40 of 40 used, takes 1');
  });

  it('tells its cost at the prices given', async () => {
    const money = 'money: { max: 10, currency: EUR, perInstanceHour: 0.5, perGibMonth: 0 }';
    expect(await flat(`limits: { ${money} }`)).toContain('at most 3.0 instance-hours, 300 GiB-hours, 1.50 EUR');
  });

  it('names every call that is denied', async () => {
    const text = await flat('', {}, ['rds:DeleteDBInstance']);
    expect(text).toContain('7 calls as arn:aws:iam::123456789012:user/reader: 6 allowed, 1 denied');
    expect(await flat('')).toContain('7 calls as arn:aws:iam::123456789012:user/reader: all allowed');
    expect(text).toContain(
      '✗ denied: rds:DeleteDBInstance on arn:aws:rds:eu-west-1:123456789012:db:muster-scratch-abc',
    );
  });

  it('says when nobody could be asked what may be called', async () => {
    const text = await flat('', { principal: { arn: 'arn:aws:sts::1:federated-user/me', accountId: '1' } });
    expect(text).toContain('unknown: could not be simulated');
  });
});

it('databases that are left out are told, with the reason', async () => {
  const base = await preview('');
  const left = {
    ...base,
    drills: [],
    refused: [
      { identifier: 'old', arn: 'arn:old', code: 'MUSTER_NO_RECOVERY_POINT', cause: 'nothing is left' } as const,
    ],
    undecided: [{ identifier: 'busy', arn: 'arn:busy', unknown: ['connectionsMin'] }],
  };
  expect(renderDrillPlans(left, PLAIN_PAINT)).toBe(
    '✗ no drill of old: nothing is left\n! busy was not picked: its connectionsMin is not known\n',
  );
});

it('a hostile name changes no line', async () => {
  const database = aDatabase({ identifier: HOSTILE });
  const text = await render('', { databases: [database], recoveryPoints: [aPoint(database, { id: HOSTILE })] });
  expectPlainLines(text);
});
