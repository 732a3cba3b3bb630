/**
 * Making and deleting scratch databases on the lab, and every refusal that keeps production out of reach.
 */

import { DeleteDBClusterCommand, DeleteDBInstanceCommand, ModifyDBClusterCommand } from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createEstateReader } from '../../../src/adapters/aws/estate-reader.ts';
import { createScratchOperator, SCRATCH_MARKS } from '../../../src/adapters/aws/scratch-operator.ts';
import type { ScratchOperator, ScratchShape } from '../../../src/app/ports.ts';
import { proveScratch, SCRATCH_PREFIX, SCRATCH_TAGS, type ScratchProof } from '../../../src/drill/guard.ts';
import type { RecoveryPoint, RecoveryPointKind } from '../../../src/inventory/model.ts';
import { type LabClients, labClients, queryError, START, type Tamper } from '../../support/aws-lab.ts';

const ID = 'muster-scratch-d1';
const TAGS = { 'muster:drill': 'd1', 'muster:scratch': 'true', 'muster:source': 'x' };
const SHAPE: ScratchShape = {
  instanceClass: 'db.t3.medium',
  subnetGroup: 'course-management-subnets',
  securityGroupIds: ['sg-0123456789abcdef0'],
  tags: TAGS,
};
const PRODUCTION = 'dev-course-management-cluster';

interface Bench extends LabClients {
  readonly operator: ScratchOperator;
  readonly point: (kind: RecoveryPointKind, engine: string) => RecoveryPoint;
}

async function aBench(tamper: Tamper = () => null): Promise<Bench> {
  const lab = labClients('datatalks', { tamper });
  const inventory = await createEstateReader(lab.clients).read(START);
  const point = (kind: RecoveryPointKind, engine: string) => {
    const found = inventory.recoveryPoints.find((candidate) => candidate.kind === kind && candidate.engine === engine);
    if (found === undefined) throw new Error(`the estate has no ${kind} of ${engine}`);
    return found;
  };
  return { ...lab, operator: createScratchOperator(lab.clients), point };
}

const proofOf = (id: string, drillId = 'd1'): ScratchProof => {
  const tags = { ...TAGS, 'muster:drill': drillId };
  const guarded = proveScratch({ id, drillId, intendedAt: START, seen: { createdAt: null, tags } });
  if ('refusal' in guarded) throw new Error(guarded.refusal);
  return guarded.proof;
};
const placeOf = (lab: LabClients['lab']) => Object.values(lab.world().places)[0];
const broken = expect.objectContaining({ code: 'MUSTER_INVARIANT_BROKEN' });

it('the operator and the guard know a scratch by the same marks', () => {
  expect(SCRATCH_MARKS).toEqual({ prefix: SCRATCH_PREFIX, drill: SCRATCH_TAGS.drill, scratch: SCRATCH_TAGS.scratch });
});

it('a cluster is restored, joined by an instance, given a password, and deleted', async () => {
  const { operator, point, lab } = await aBench();
  await operator.restoreCluster(ID, point('system_snapshot', 'aurora-postgresql'), SHAPE);
  expect(await operator.describe('cluster', ID)).toMatchObject({ status: 'creating', tags: TAGS });
  lab.advance(600);
  expect(await operator.describe('cluster', ID)).toMatchObject({ status: 'available' });
  await operator.addInstance(`${ID}-1`, ID, 'aurora-postgresql', SHAPE);
  lab.advance(600);
  const instance = await operator.describe('instance', `${ID}-1`);
  expect(instance).toMatchObject({ status: 'available', endpoint: { host: '127.0.0.1' } });
  await operator.setPassword('cluster', ID, 'a-fresh-password');
  lab.advance(600);
  await operator.delete('instance', `${ID}-1`, proofOf(`${ID}-1`));
  lab.advance(600);
  await operator.delete('cluster', ID, proofOf(ID));
  lab.advance(600);
  expect(await operator.describe('cluster', ID)).toBeNull();
  expect(await operator.describe('instance', `${ID}-1`)).toBeNull();
  expect(placeOf(lab)?.retained).toEqual([]);
});

it("nothing of a restored cluster is left to AWS's defaults", async () => {
  const { operator, point, lab } = await aBench();
  const source = point('system_snapshot', 'aurora-postgresql');
  await operator.restoreCluster(ID, source, SHAPE);
  const cluster = placeOf(lab)?.clusters.find(({ identifier }) => identifier === ID);
  expect(cluster).toMatchObject({
    engineVersion: source.engineVersion,
    retentionDays: 1,
    deletionProtection: false,
    subnetGroup: SHAPE.subnetGroup,
    securityGroupIds: SHAPE.securityGroupIds,
    settings: { EngineLifecycleSupport: 'open-source-rds-extended-support-disabled' },
  });
  expect(cluster?.tags.map(({ key }) => key).sort()).toEqual(Object.keys(TAGS).sort());
});

it("nothing of a restored instance is left to AWS's defaults", async () => {
  const { operator, point, lab } = await aBench();
  await operator.restoreInstance(ID, point('manual_snapshot', 'postgres'), { ...SHAPE, subnetGroup: 'default' });
  const instance = placeOf(lab)?.instances.find(({ identifier }) => identifier === ID);
  expect(instance).toMatchObject({
    retentionDays: 0,
    deletionProtection: false,
    instanceClass: 'db.t3.medium',
    settings: {
      PubliclyAccessible: 'false',
      MultiAZ: 'false',
      EngineLifecycleSupport: 'open-source-rds-extended-support-disabled',
    },
  });
  expect(instance?.tags.map(({ key }) => key).sort()).toEqual(Object.keys(TAGS).sort());
});

describe('a call made twice', () => {
  it('finds its own scratch and is content', async () => {
    const { operator, point } = await aBench();
    const source = point('system_snapshot', 'aurora-postgresql');
    await operator.restoreCluster(ID, source, SHAPE);
    await expect(operator.restoreCluster(ID, source, SHAPE)).resolves.toBeUndefined();
  });

  it("finds another drill's scratch under the id and stops", async () => {
    const { operator, point } = await aBench();
    const source = point('system_snapshot', 'aurora-postgresql');
    await operator.restoreCluster(ID, source, { ...SHAPE, tags: { ...TAGS, 'muster:drill': 'other' } });
    await expect(operator.restoreCluster(ID, source, SHAPE)).rejects.toMatchObject({
      code: 'MUSTER_DRILL_FAILED',
      message: `cluster ${ID} exists and does not bear this drill's tags`,
    });
  });

  it('deletes what is gone already without a word', async () => {
    const { operator } = await aBench();
    await expect(operator.delete('cluster', ID, proofOf(ID))).resolves.toBeUndefined();
    await expect(operator.delete('instance', ID, proofOf(ID))).resolves.toBeUndefined();
  });

  it('deletes only once while the deletion runs', async () => {
    const { operator, point, clients, lab } = await aBench();
    await operator.restoreInstance(ID, point('manual_snapshot', 'postgres'), { ...SHAPE, subnetGroup: 'default' });
    lab.advance(600);
    const rds = mockClient(await clients.rds());
    rds.send.callThrough();
    await operator.delete('instance', ID, proofOf(ID));
    await operator.delete('instance', ID, proofOf(ID));
    expect(rds.commandCalls(DeleteDBInstanceCommand)).toHaveLength(1);
  });
});

describe('production is out of reach:', () => {
  it('an id without the prefix is refused by every call', async () => {
    const { operator, point } = await aBench();
    const source = point('system_snapshot', 'aurora-postgresql');
    await expect(operator.restoreCluster(PRODUCTION, source, SHAPE)).rejects.toEqual(broken);
    await expect(operator.restoreInstance('x', point('manual_snapshot', 'postgres'), SHAPE)).rejects.toEqual(broken);
    await expect(operator.addInstance(ID, PRODUCTION, 'aurora-postgresql', SHAPE)).rejects.toEqual(broken);
    await expect(operator.setPassword('cluster', PRODUCTION, 'p')).rejects.toEqual(broken);
    await expect(operator.describe('cluster', PRODUCTION)).rejects.toEqual(broken);
    const forged = { ...proofOf(ID), id: PRODUCTION };
    await expect(operator.delete('cluster', PRODUCTION, forged)).rejects.toEqual(broken);
  });

  it('a proof of one scratch does not delete another', async () => {
    const { operator } = await aBench();
    await expect(operator.delete('cluster', ID, proofOf(`${ID}-other`))).rejects.toEqual(broken);
  });

  it('a database without our tags is neither changed nor deleted, whatever the proof says', async () => {
    const { operator, clients, lab, point } = await aBench();
    const rds = await clients.rds();
    const { RestoreDBClusterFromSnapshotCommand } = await import('@aws-sdk/client-rds');
    const source = point('system_snapshot', 'aurora-postgresql');
    const Tags = [{ Key: 'env', Value: 'production' }];
    const restore = { DBClusterIdentifier: ID, SnapshotIdentifier: source.id, Engine: source.engine, Tags };
    await rds.send(new RestoreDBClusterFromSnapshotCommand(restore));
    lab.advance(600);
    const spy = mockClient(rds);
    spy.send.callThrough();
    const left = { code: 'MUSTER_DRILL_FAILED', message: expect.stringContaining('left alone') };
    await expect(operator.delete('cluster', ID, proofOf(ID))).rejects.toMatchObject(left);
    await expect(operator.setPassword('cluster', ID, 'p')).rejects.toMatchObject(left);
    expect(spy.commandCalls(DeleteDBClusterCommand)).toHaveLength(0);
    expect(spy.commandCalls(ModifyDBClusterCommand)).toHaveLength(0);
  });

  it("another drill's scratch is not deleted", async () => {
    const { operator, point } = await aBench();
    await operator.restoreCluster(ID, point('system_snapshot', 'aurora-postgresql'), SHAPE);
    await expect(operator.delete('cluster', ID, proofOf(ID, 'd2'))).rejects.toEqual(broken);
  });

  it('a scratch without the tags of a drill is not made', async () => {
    const { operator, point } = await aBench();
    const untagged = { ...SHAPE, tags: { env: 'dev' } };
    await expect(operator.restoreCluster(ID, point('system_snapshot', 'aurora-postgresql'), untagged)).rejects.toEqual(
      broken,
    );
  });
});

it('a recovery point that is no snapshot is refused by its kind', async () => {
  const { operator, point } = await aBench();
  await expect(operator.restoreCluster(ID, point('pitr', 'aurora-postgresql'), SHAPE)).rejects.toEqual(
    expect.objectContaining({ code: 'MUSTER_DRILL_FAILED', message: expect.stringContaining('kind pitr') }),
  );
});

describe('what AWS refuses', () => {
  it('to restore is a failed drill with its reason', async () => {
    const { operator, point } = await aBench(({ action }) =>
      action === 'RestoreDBClusterFromSnapshot' ? queryError(400, 'InvalidDBClusterSnapshotStateFault') : null,
    );
    await expect(
      operator.restoreCluster(ID, point('system_snapshot', 'aurora-postgresql'), SHAPE),
    ).rejects.toMatchObject({
      code: 'MUSTER_DRILL_FAILED',
      message:
        'rds:RestoreDBClusterFromSnapshot was refused: InvalidDBClusterSnapshotStateFault (HTTP 400): refused by the test',
    });
  });

  it('for lack of permission is an access error that names the action', async () => {
    const { operator, point } = await aBench(({ action }) =>
      action === 'RestoreDBClusterFromSnapshot' ? queryError(403, 'AccessDenied') : null,
    );
    await expect(
      operator.restoreCluster(ID, point('system_snapshot', 'aurora-postgresql'), SHAPE),
    ).rejects.toMatchObject({
      code: 'MUSTER_ACCESS_DENIED',
    });
  });

  it('about a password never repeats it', async () => {
    const password = 'canary-password';
    const { operator, point } = await aBench(({ action }) =>
      action === 'ModifyDBCluster' ? queryError(400, 'InvalidParameterValue', `${password} is too short`) : null,
    );
    await operator.restoreCluster(ID, point('system_snapshot', 'aurora-postgresql'), SHAPE);
    const error = await operator.setPassword('cluster', ID, password).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MUSTER_DRILL_FAILED' });
    const { inspect } = await import('node:util');
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(password);
  });
});
