/** Which calls a drill makes, on which things. */

import { expect, it } from 'vitest';
import { parseDefinition } from '../../src/drill/definition.ts';
import type { DrillPlan } from '../../src/drill/drill-plan.ts';
import { callsOf } from '../../src/drill/permissions.ts';
import { planDrill } from '../../src/drill/plan.ts';
import { subjectOf } from '../../src/drill/select.ts';
import type { RecoveryPoint } from '../../src/inventory/model.ts';
import { aDatabase, anInventory, aPoint, KEY_ARN, NOW, thePitr } from '../support/builders.ts';
import { aDrillPlan } from '../support/drill-plans.ts';

const orders = aDatabase();
const scratch = 'arn:aws:rds:eu-west-1:123456789012:db:muster-scratch-abc';

function calls(yaml: string, point: RecoveryPoint): readonly string[] {
  const definition = parseDefinition(`name: a\n${yaml}`, 'd.yaml');
  const inventory = anInventory({ databases: [orders], recoveryPoints: [point] });
  const asked = { definition, subject: subjectOf(orders), inventory, records: [], standbys: [] };
  const plan = planDrill({ ...asked, drillId: 'abc', musterVersion: '1', at: NOW });
  return callsOf(plan, KEY_ARN).map(({ action, resource }) => `${action} ${resource}`);
}

it('a brought snapshot is restored from its copy, which is removed again', () => {
  const point = aPoint(orders, { kind: 'snapshot_copy', region: 'eu-central-1', arn: 'arn:from' });
  const made = calls('kinds: [snapshot_copy]\nscratch: { bring: always }', point);
  const copy = 'arn:aws:rds:eu-west-1:123456789012:snapshot:muster-scratch-abc-copy';
  expect(made.filter((call) => call.startsWith('rds:RestoreDBInstanceFromDBSnapshot')).slice(0, 2)).toEqual([
    `rds:RestoreDBInstanceFromDBSnapshot ${copy}`,
    `rds:RestoreDBInstanceFromDBSnapshot ${scratch}`,
  ]);
  expect(made).toEqual(
    expect.arrayContaining([
      'rds:CopyDBSnapshot arn:from',
      `rds:CopyDBSnapshot ${copy}`,
      `rds:DeleteDBSnapshot ${copy}`,
    ]),
  );
});

it('what AWS Backup restores needs its role, and no key of the caller', () => {
  const role = 'arn:aws:iam::123456789012:role/r';
  const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: 'arn:v', arn: 'arn:rp' });
  const made = calls(`kinds: [backup_snapshot]\nscratch: { backupRoleArn: "${role}" }`, point);
  expect(made).toEqual(expect.arrayContaining(['backup:StartRestoreJob arn:rp', `iam:PassRole ${role}`]));
  expect(made.filter((call) => call.startsWith('kms:') || call.startsWith('rds:Restore'))).toEqual([]);
});

it('a replicated backup is the source by its own ARN', () => {
  const point = thePitr(orders, { kind: 'replicated_automated_backup', status: 'replicating', arn: 'arn:auto' });
  expect(calls('kinds: [replicated_automated_backup]', point)).toContain('rds:RestoreDBInstanceToPointInTime arn:auto');
});

it('a live database is the source by its name, though the request names its resource id', () => {
  expect(calls('point: { pitr: latest }', thePitr(orders))).toContain(
    `rds:RestoreDBInstanceToPointInTime ${orders.arn}`,
  );
});

it('a cluster kept as standby may have to be started before it goes', () => {
  const starts = (onSuccess: DrillPlan['onSuccess']) =>
    callsOf(aDrillPlan('cluster', { onSuccess }), null).filter(({ action }) => action === 'rds:StartDBCluster');
  expect(starts({ kind: 'standby' })).toEqual([
    {
      action: 'rds:StartDBCluster',
      resource: 'arn:aws:rds:eu-west-1:123456789012:cluster:muster-scratch-abc',
      purpose: 'remove',
      under: ['aws:ResourceTag/muster:drill', 'aws:ResourceTag/muster:scratch'],
    },
  ]);
  expect(starts({ kind: 'delete' })).toEqual([]);
});
