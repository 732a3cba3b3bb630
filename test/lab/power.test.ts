/**
 * Stopping and starting databases: statuses, what a stopped one refuses, and the seven days.
 */

import {
  CreateDBInstanceCommand,
  DeleteDBClusterCommand,
  DeleteDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  type RDSClient,
  StartDBClusterCommand,
  StartDBInstanceCommand,
  StopDBClusterCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/core/time.ts';
import { datatalks } from '../../src/lab/estates/datatalks.ts';
import { report, settle } from '../../src/lab/settle.ts';
import { placeAt, type World, worldOf } from '../../src/lab/world.ts';
import { threePlaces } from '../support/lab-places.ts';
import { aLab, BILLING, CLUSTER, MEMBER, refusal, START, snapshotsOf, withInstance } from './support.ts';

const DAY = 86_400;

async function instance(rds: RDSClient, DBInstanceIdentifier = BILLING) {
  const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
  return DBInstances?.[0];
}

async function cluster(rds: RDSClient) {
  const { DBClusters } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: CLUSTER }));
  return DBClusters?.[0];
}

const stop = (more: object = {}) => new StopDBInstanceCommand({ DBInstanceIdentifier: BILLING, ...more });
const start = () => new StartDBInstanceCommand({ DBInstanceIdentifier: BILLING });
const stopCluster = () => new StopDBClusterCommand({ DBClusterIdentifier: CLUSTER });
const startCluster = () => new StartDBClusterCommand({ DBClusterIdentifier: CLUSTER });

describe('an instance', () => {
  it('passes through stopping to stopped, and listens nowhere', async () => {
    const { rds, lab } = aLab();
    const port = (await instance(rds))?.Endpoint?.Port ?? 0;
    expect((await rds.send(stop())).DBInstance?.DBInstanceStatus).toBe('stopping');
    expect(lab.engine.volumeOnPort(port)).toBeUndefined();
    lab.advance(180);
    const stopped = await instance(rds);
    expect(stopped?.DBInstanceStatus).toBe('stopped');
    expect(stopped?.Endpoint?.Address).not.toBe('127.0.0.1');
    expect(stopped?.AutomaticRestartTime).toEqual(new Date('2026-11-30T04:03:00Z'));
  });

  it('passes through starting to available, with its data', async () => {
    const { rds, lab } = aLab();
    await rds.send(stop());
    lab.advance(600);
    expect((await rds.send(start())).DBInstance?.DBInstanceStatus).toBe('starting');
    lab.advance(299);
    expect((await instance(rds))?.DBInstanceStatus).toBe('starting');
    lab.advance(1);
    const started = await instance(rds);
    expect(started).toMatchObject({ DBInstanceStatus: 'available', Endpoint: { Address: '127.0.0.1' } });
    expect(lab.engine.volumeOnPort(started?.Endpoint?.Port ?? 0)?.volumeId).toBe('vol-billing-live');
    expect(started?.AutomaticRestartTime).toBeUndefined();
  });

  it('is starting, however late it is, until the host has reported it open', () => {
    const estate = datatalks(START);
    const instances = estate.place.instances.map((item) => ({ ...item, status: 'starting', statusEndsAt: START }));
    const late = addSeconds(START, DAY);
    const world = settle(worldOf({ ...estate, place: { ...estate.place, instances } }, 'realistic'), late).value;
    const shown = (now: World) => placeAt(now, now.home).instances.find(({ identifier }) => identifier === BILLING);
    expect(shown(world)?.status).toBe('starting');
    const openingId = shown(world)?.resourceId ?? '';
    const opened = report(world, { kind: 'database_opened', openingId, port: 40_999 }, late);
    expect(shown(settle(opened, late).value)).toMatchObject({ status: 'available', listeningPort: 40_999 });
  });

  it('starts by itself after seven days', async () => {
    const { rds, lab } = aLab();
    await rds.send(stop());
    lab.advance(180 + 7 * DAY - 1);
    expect((await instance(rds))?.DBInstanceStatus).toBe('stopped');
    lab.advance(1);
    expect((await instance(rds))?.DBInstanceStatus).toBe('starting');
    lab.advance(300);
    expect((await instance(rds))?.DBInstanceStatus).toBe('available');
  });

  it('starts by itself even when the clock jumps over all of it', async () => {
    const { rds, lab } = aLab();
    await rds.send(stop());
    lab.advance(30 * DAY);
    lab.advance(1);
    expect((await instance(rds))?.DBInstanceStatus).toBe('available');
  });

  it('makes no backups and lets none go while it is stopped; its window stands still', async () => {
    const { rds, lab } = aLab();
    await withInstance(rds, lab, { BackupRetentionPeriod: 1 });
    lab.advance(3 * DAY);
    const before = await snapshotsOf(rds, 'orders');
    await rds.send(stop({ DBInstanceIdentifier: 'orders' }));
    const latest = (await instance(rds, 'orders'))?.LatestRestorableTime;
    lab.advance(5 * DAY);
    expect(await snapshotsOf(rds, 'orders')).toEqual(before);
    expect((await instance(rds, 'orders'))?.LatestRestorableTime).toEqual(latest);
    await rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: 'orders' }));
    lab.advance(600);
    // None is made up for the days it was stopped.
    expect((await snapshotsOf(rds, 'orders')).at(-1)).toBe(before.at(-1));
    expect((await instance(rds, 'orders'))?.LatestRestorableTime).not.toEqual(latest);
  });

  it('is snapshotted first, when a snapshot is named', async () => {
    const { rds } = aLab();
    await rds.send(stop({ DBSnapshotIdentifier: 'before-stop' }));
    expect(await snapshotsOf(rds, BILLING)).toContain('before-stop');
  });

  it('forgets what waited for its maintenance window', async () => {
    const { rds, lab } = aLab();
    await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: BILLING, DBInstanceClass: 'db.t3.micro' }));
    expect((await instance(rds))?.PendingModifiedValues?.DBInstanceClass).toBe('db.t3.micro');
    await rds.send(stop());
    lab.advance(600);
    expect((await instance(rds))?.PendingModifiedValues).toEqual({});
  });

  it('that is stopped cannot be modified, stopped again or deleted with a final snapshot', async () => {
    const { rds, lab } = aLab();
    await rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: BILLING, DeletionProtection: false, ApplyImmediately: true }),
    );
    lab.advance(600);
    await rds.send(stop());
    lab.advance(600);
    const modify = new ModifyDBInstanceCommand({ DBInstanceIdentifier: BILLING, MasterUserPassword: 'new-password-1' });
    const final = new DeleteDBInstanceCommand({ DBInstanceIdentifier: BILLING, FinalDBSnapshotIdentifier: 'final' });
    for (const call of [rds.send(modify), rds.send(stop()), rds.send(final)]) {
      expect((await refusal(call)).code).toBe('InvalidDBInstanceState');
    }
  });

  it('that runs cannot be started', async () => {
    const { rds } = aLab();
    expect((await refusal(rds.send(start()))).code).toBe('InvalidDBInstanceState');
  });

  it('that is a member stops and starts only with its cluster', async () => {
    const { rds } = aLab();
    const stopping = await refusal(rds.send(stop({ DBInstanceIdentifier: MEMBER })));
    expect(stopping).toMatchObject({
      code: 'InvalidParameterCombination',
      message: 'aurora-postgresql DB instances are not eligible for stopping and starting.',
    });
    const starting = await refusal(rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: MEMBER })));
    expect(starting.code).toBe('InvalidParameterCombination');
  });
});

describe('a cluster', () => {
  it('stops and starts with its members', async () => {
    const { rds, lab } = aLab();
    const port = (await cluster(rds))?.Port ?? 0;
    expect(lab.engine.volumeOnPort(port)?.volumeId).toBe('vol-courses-live');
    expect((await rds.send(stopCluster())).DBCluster?.Status).toBe('stopping');
    expect(lab.engine.volumeOnPort(port)).toBeUndefined();
    lab.advance(600);
    expect([(await cluster(rds))?.Status, (await instance(rds, MEMBER))?.DBInstanceStatus]).toEqual([
      'stopped',
      'stopped',
    ]);
    expect((await cluster(rds))?.Endpoint).not.toBe('127.0.0.1');
    await rds.send(startCluster());
    expect((await instance(rds, MEMBER))?.DBInstanceStatus).toBe('starting');
    lab.advance(300);
    expect([(await cluster(rds))?.Status, (await instance(rds, MEMBER))?.DBInstanceStatus]).toEqual([
      'available',
      'available',
    ]);
    expect((await cluster(rds))?.Endpoint).toBe('127.0.0.1');
  });

  it('starts by itself after seven days, members too', async () => {
    const { rds, lab } = aLab();
    await rds.send(stopCluster());
    lab.advance(180);
    expect((await cluster(rds))?.AutomaticRestartTime).toEqual(new Date('2026-11-30T04:03:00Z'));
    expect((await instance(rds, MEMBER))?.AutomaticRestartTime).toBeUndefined();
    lab.advance(7 * DAY);
    expect((await cluster(rds))?.Status).toBe('starting');
    lab.advance(300);
    expect([(await cluster(rds))?.Status, (await instance(rds, MEMBER))?.DBInstanceStatus]).toEqual([
      'available',
      'available',
    ]);
  });

  it('that is stopped can neither be deleted nor gain a member', async () => {
    const { rds, lab } = aLab();
    await rds.send(stopCluster());
    lab.advance(600);
    const whole = new DeleteDBClusterCommand({ DBClusterIdentifier: CLUSTER, SkipFinalSnapshot: true });
    const another = new CreateDBInstanceCommand({
      DBInstanceIdentifier: 'another',
      DBClusterIdentifier: CLUSTER,
      DBInstanceClass: 'db.t3.medium',
      Engine: 'aurora-postgresql',
    });
    const refused = [
      await refusal(rds.send(whole)),
      await refusal(rds.send(another)),
      await refusal(rds.send(stopCluster())),
    ];
    expect(refused.map(({ code }) => code)).toEqual(Array(3).fill('InvalidDBClusterStateFault'));
    expect(refused.slice(0, 2).every(({ message }) => message.includes('stopped'))).toBe(true);
  });

  it('that runs cannot be started', async () => {
    const { rds } = aLab();
    expect((await refusal(rds.send(startCluster()))).code).toBe('InvalidDBClusterStateFault');
  });

  it('of a global database cannot be stopped', async () => {
    const { rds } = aLab(threePlaces);
    const refused = await refusal(rds.send(stopCluster()));
    expect(refused).toMatchObject({ code: 'InvalidDBClusterStateFault' });
    expect(refused.message).toContain('global database');
  });
});
