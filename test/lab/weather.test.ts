/**
 * Weather over the virtual lab: every kind of fault once, through the real SDK.
 */

import { DescribeRestoreJobCommand, ListBackupVaultsCommand, StartRestoreJobCommand } from '@aws-sdk/client-backup';
import { ListKeysCommand } from '@aws-sdk/client-kms';
import {
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
  RestoreDBClusterFromSnapshotCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/core/time.ts';
import { ledger } from '../../src/lab/ledger.ts';
import { createVirtualLab } from '../../src/lab/request-handler.ts';
import {
  calmFrom,
  type Fate,
  fateOf,
  type Passage,
  STUCK_DELETING_HOURS_MAX,
  type Weather,
  weatherOf,
} from '../../src/lab/weather/plan.ts';
import { BILLING, clientsOf, refusal, SNAPSHOT, START } from './support.ts';

const HOUR = 3_600;
const SOURCE = 'billing-production-before-2026-migration';
const RESTORE = 'RestoreDBInstanceFromDBSnapshot';
const NO_FAULTS = weatherOf('', 0);

function labIn(weather: Weather) {
  const lab = createVirtualLab({ estate: 'datatalks', startAt: START, weather });
  const clients = clientsOf(lab);
  const { rds } = clients;
  const restore = (name = 'drill-1') =>
    rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: name,
        DBSnapshotIdentifier: SOURCE,
        BackupRetentionPeriod: 0,
      }),
    );
  const remove = (name = 'drill-1') =>
    rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true }));
  const describeIt = (name = 'drill-1') => rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }));
  const status = async (name = 'drill-1') => (await describeIt(name)).DBInstances?.[0]?.DBInstanceStatus;
  const names = async () =>
    (await rds.send(new DescribeDBInstancesCommand({}))).DBInstances?.map((one) => one.DBInstanceIdentifier);
  const writes = () => ledger(lab.world()).map(({ action, outcome }) => [action, outcome]);
  return { lab, ...clients, restore, remove, describeIt, status, names, writes };
}

/** A lab in which one call meets a fate and every other is fair. */
function labWith(action: string, fate: Partial<Fate>, occurrence = 0) {
  return labIn({ ...NO_FAULTS, scripted: [{ action, occurrence, fate }] });
}

function labWithPassage(action: string, passage: Passage) {
  return labWith(action, { passage });
}

async function broken(call: Promise<unknown>): Promise<{ name: string; code: unknown }> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('the call was answered');
  return { name: error.name, code: Reflect.get(error, 'code') };
}

describe('a request that is turned away', () => {
  it.each([
    [{ kind: 'throttled' }, 'Throttling', 400],
    [{ kind: 'server_error', status: 500 }, 'InternalFailure', 500],
    [{ kind: 'server_error', status: 503 }, 'ServiceUnavailable', 503],
    [{ kind: 'denied' }, 'AccessDenied', 403],
    [{ kind: 'short_of', what: 'quota' }, 'InstanceQuotaExceeded', 400],
    [{ kind: 'short_of', what: 'capacity' }, 'InsufficientDBInstanceCapacity', 400],
  ] as const)('%j', async (passage, code, status) => {
    const { restore, names, writes } = labWithPassage(RESTORE, passage);
    expect(await refusal(restore())).toMatchObject({ code, status });
    expect(await names()).toHaveLength(2);
    expect(writes()).toEqual([[RESTORE, code]]);
    await restore();
    expect(await names()).toContain('drill-1');
  });

  it('names the shortage of a cluster', async () => {
    const passage = { kind: 'short_of', what: 'capacity' } as const;
    const { rds } = labWithPassage('RestoreDBClusterFromSnapshot', passage);
    const input = { DBClusterIdentifier: 'drill-1', SnapshotIdentifier: SNAPSHOT, Engine: 'aurora-postgresql' };
    const refused = await refusal(rds.send(new RestoreDBClusterFromSnapshotCommand(input)));
    expect(refused.code).toBe('InsufficientStorageClusterCapacity');
  });

  it('speaks the protocol of each service', async () => {
    const { backup } = labWithPassage('ListBackupVaults', { kind: 'throttled' });
    expect(await broken(backup.send(new ListBackupVaultsCommand({})))).toMatchObject({ name: 'ThrottlingException' });
    const down = labWithPassage('ListBackupVaults', { kind: 'server_error', status: 503 });
    expect(await refusal(down.backup.send(new ListBackupVaultsCommand({})))).toMatchObject({ status: 503 });
    const { kms } = labWithPassage('ListKeys', { kind: 'denied' });
    expect(await broken(kms.send(new ListKeysCommand({})))).toMatchObject({ name: 'AccessDeniedException' });
  });

  it('is denied for a while, or for ever', async () => {
    const denial = { action: 'DescribeDBInstances', from: 1, until: 3 };
    const awhile = labIn({ ...NO_FAULTS, denials: [denial] });
    await awhile.names();
    expect((await refusal(awhile.names())).code).toBe('AccessDenied');
    await awhile.rds.send(new DescribeDBSnapshotsCommand({}));
    expect(await awhile.names()).toHaveLength(2);
    const ever = labIn({ ...NO_FAULTS, denials: [{ ...denial, until: null }] });
    await ever.names();
    for (let call = 0; call < 20; call += 1) expect((await refusal(ever.names())).code).toBe('AccessDenied');
  });
});

describe('a connection that breaks', () => {
  it.each([
    ['reset', { name: 'TimeoutError', code: 'ECONNRESET' }],
    ['timeout', { name: 'TimeoutError', code: undefined }],
  ] as const)('by %s, before the request is taken', async (by, seen) => {
    const { restore, names, writes } = labWithPassage(RESTORE, { kind: 'unreached', by });
    expect(await broken(restore())).toEqual(seen);
    expect(writes()).toEqual([]);
    expect(await names()).toHaveLength(2);
  });

  it.each(['reset', 'timeout'] as const)('by %s, after the call is carried out', async (by) => {
    const { restore, names, writes } = labWithPassage(RESTORE, { kind: 'answer_lost', by });
    expect((await broken(restore())).name).toBe('TimeoutError');
    expect(writes()).toEqual([[RESTORE, 'ok']]);
    expect(await names()).toContain('drill-1');
  });

  it.each([
    ['unreached', 'ok', [[RESTORE, 'ok']]],
    [
      'answer_lost',
      'DBInstanceAlreadyExists',
      [
        [RESTORE, 'ok'],
        [RESTORE, 'DBInstanceAlreadyExists'],
      ],
    ],
  ] as const)('is tried again by the SDK as on a network: %s', async (kind, outcome, entries) => {
    const { lab, writes } = labWithPassage(RESTORE, { kind, by: 'reset' });
    const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
    const rds = new RDSClient({
      region: 'eu-west-1',
      credentials,
      ...{ requestHandler: lab.requestHandler, maxAttempts: 2 },
    });
    const input = { DBInstanceIdentifier: 'drill-1', DBSnapshotIdentifier: SOURCE };
    const call = rds.send(new RestoreDBInstanceFromDBSnapshotCommand(input));
    if (outcome === 'ok') expect((await call).$metadata.attempts).toBe(2);
    else expect((await refusal(call)).code).toBe(outcome);
    expect(writes()).toEqual(entries);
  });
});

describe('a request that arrives twice', () => {
  it('is carried out twice, and answered for the second time', async () => {
    const { restore, names, writes } = labWithPassage(RESTORE, { kind: 'repeated' });
    expect((await refusal(restore())).code).toBe('DBInstanceAlreadyExists');
    expect(writes()).toEqual([
      [RESTORE, 'ok'],
      [RESTORE, 'DBInstanceAlreadyExists'],
    ]);
    expect((await names())?.filter((name) => name === 'drill-1')).toHaveLength(1);
  });
});

describe('delayed visibility', () => {
  it('hides what was made, from readers only', async () => {
    const { lab, restore, describeIt, names, status } = labWith(RESTORE, { hiddenSeconds: 30 });
    await restore();
    expect((await refusal(describeIt())).code).toBe('DBInstanceNotFound');
    expect(await names()).not.toContain('drill-1');
    expect((await refusal(restore())).code).toBe('DBInstanceAlreadyExists');
    lab.advance(29);
    expect(await names()).not.toContain('drill-1');
    lab.advance(1);
    expect(await status()).toBe('creating');
  });

  it('shows what was deleted as it was before', async () => {
    const { lab, restore, remove, status } = labWith('DeleteDBInstance', { hiddenSeconds: 30 });
    await restore();
    lab.advance(HOUR);
    await remove();
    expect(await status()).toBe('available');
    lab.advance(30);
    expect(await status()).toBe('deleting');
  });

  it('covers clusters', async () => {
    const { lab, rds } = labWith('RestoreDBClusterFromSnapshot', { hiddenSeconds: 30 });
    const shown = async () => (await rds.send(new DescribeDBClustersCommand({}))).DBClusters?.length;
    const input = { DBClusterIdentifier: 'drill-1', SnapshotIdentifier: SNAPSHOT, Engine: 'aurora-postgresql' };
    await rds.send(new RestoreDBClusterFromSnapshotCommand(input));
    expect(await shown()).toBe(1);
    lab.advance(30);
    expect(await shown()).toBe(2);
  });

  it('covers snapshots made and deleted', async () => {
    const fate = { hiddenSeconds: 30 };
    const scripted = ['CreateDBSnapshot', 'DeleteDBSnapshot'].map((action) => ({ action, occurrence: 0, fate }));
    const { lab, rds } = labIn({ ...NO_FAULTS, scripted });
    const shown = async () =>
      (await rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: 'manual' }))).DBSnapshots?.length;
    const named = { DBSnapshotIdentifier: 'mine' };
    await rds.send(new CreateDBSnapshotCommand({ ...named, DBInstanceIdentifier: BILLING }));
    expect(await shown()).toBe(1);
    lab.advance(300);
    expect(await shown()).toBe(2);
    await rds.send(new DeleteDBSnapshotCommand(named));
    expect(await shown()).toBe(2);
    lab.advance(30);
    expect(await shown()).toBe(1);
  });
});

describe('a database that is stuck', () => {
  it('stays creating for as long as it is told to', async () => {
    const { lab, restore, status } = labWith(RESTORE, { stuck: { kind: 'creating', seconds: 5 * HOUR } });
    await restore();
    lab.advance(5 * HOUR - 1);
    expect(await status()).toBe('creating');
    lab.advance(1);
    expect(await status()).toBe('available');
  });

  it('stays creating for ever, and can be deleted', async () => {
    const { lab, restore, remove, names, status } = labWith(RESTORE, { stuck: { kind: 'creating', seconds: null } });
    await restore();
    lab.advance(1_000 * HOUR);
    expect(await status()).toBe('creating');
    await remove();
    lab.advance(HOUR);
    expect(await names()).toHaveLength(2);
  });

  it.each(['incompatible-restore', 'failed', 'restore-error'] as const)('ends %s', async (ends) => {
    const { lab, restore, remove, names, status } = labWith(RESTORE, {
      stuck: { kind: 'broken', status: ends, seconds: 700 },
    });
    await restore();
    lab.advance(699);
    expect(await status()).toBe('creating');
    lab.advance(1);
    expect(await status()).toBe(ends);
    lab.calm();
    lab.advance(HOUR);
    expect(await status()).toBe(ends);
    await remove();
    lab.advance(HOUR);
    expect(await names()).toHaveLength(2);
  });

  it('may be a cluster', async () => {
    const stuck = { kind: 'creating', seconds: HOUR } as const;
    const { lab, rds } = labWith('RestoreDBClusterFromSnapshot', { stuck });
    const input = { DBClusterIdentifier: 'drill-1', SnapshotIdentifier: SNAPSHOT, Engine: 'aurora-postgresql' };
    const named = { DBClusterIdentifier: 'drill-1' };
    const status = async () => (await rds.send(new DescribeDBClustersCommand(named))).DBClusters?.[0]?.Status;
    await rds.send(new RestoreDBClusterFromSnapshotCommand(input));
    lab.advance(HOUR - 1);
    expect(await status()).toBe('creating');
    lab.advance(1);
    expect(await status()).toBe('available');
  });

  it('stays deleting for hours, and then is gone', async () => {
    const { lab, restore, remove, names, status } = labWith('DeleteDBInstance', {
      stuck: { kind: 'deleting', seconds: 4 * HOUR },
    });
    await restore();
    lab.advance(HOUR);
    await remove();
    lab.advance(4 * HOUR - 1);
    expect(await status()).toBe('deleting');
    lab.advance(1);
    expect(await names()).toHaveLength(2);
  });
});

describe("AWS Backup's restore jobs in weather", () => {
  const POINT = 'arn:aws:rds:eu-west-1:123456789012:snapshot:awsbackup:job-5f2c8a9e-7b1d-4e3f-a0c6-d94b8e7f1a23';
  const start = { RecoveryPointArn: POINT, Metadata: { DBInstanceIdentifier: 'drill-1' } };

  it('makes one job of a request that arrives twice', async () => {
    const { lab, backup, writes } = labWithPassage('StartRestoreJob', { kind: 'repeated' });
    await backup.send(new StartRestoreJobCommand(start));
    lab.advance(60);
    expect(writes().map(([action]) => action)).toEqual(['StartRestoreJob', 'StartRestoreJob', RESTORE]);
    expect(lab.world().places['123456789012/eu-west-1']?.restoreJobs).toHaveLength(1);
  });

  it('fails a job for which there is no room', async () => {
    const { backup, names } = labWithPassage('StartRestoreJob', { kind: 'short_of', what: 'quota' });
    const { RestoreJobId } = await backup.send(new StartRestoreJobCommand(start));
    expect(await backup.send(new DescribeRestoreJobCommand({ RestoreJobId }))).toMatchObject({
      Status: 'FAILED',
      StatusMessage: expect.stringContaining('InstanceQuotaExceeded'),
    });
    expect(await names()).toHaveLength(2);
  });

  it('hides a job, and strikes the database it makes', async () => {
    const stuck = { kind: 'broken', status: 'restore-error', seconds: 300 } as const;
    const { lab, backup, status } = labWith('StartRestoreJob', { hiddenSeconds: 10, stuck });
    const { RestoreJobId } = await backup.send(new StartRestoreJobCommand(start));
    const job = () => backup.send(new DescribeRestoreJobCommand({ RestoreJobId }));
    expect((await refusal(job())).code).toBe('ResourceNotFoundException');
    lab.advance(60);
    expect((await job()).Status).toBe('RUNNING');
    lab.advance(300);
    expect(await status()).toBe('restore-error');
    expect(await job()).toMatchObject({ Status: 'FAILED', StatusMessage: expect.stringContaining('restore-error') });
  });
});

describe('calm', () => {
  it('lets go of what is stuck and shows what is hidden', async () => {
    const scripted = [
      { action: RESTORE, occurrence: 0, fate: { stuck: { kind: 'creating', seconds: null } } },
      { action: RESTORE, occurrence: 1, fate: { hiddenSeconds: 10 * HOUR } },
      { action: 'DeleteDBInstance', occurrence: 0, fate: { stuck: { kind: 'deleting', seconds: 6 * HOUR } } },
    ] as const;
    const { lab, restore, remove, names, status } = labIn({ ...NO_FAULTS, scripted });
    await restore('stuck');
    await restore('hidden');
    lab.advance(HOUR);
    await restore('going');
    lab.advance(HOUR);
    await remove('going');
    lab.advance(HOUR);
    expect(await names()).toEqual(expect.arrayContaining(['stuck', 'going']));
    expect(await names()).not.toContain('hidden');
    lab.calm();
    expect(await status('stuck')).toBe('available');
    expect(await status('hidden')).toBe('available');
    expect(await names()).not.toContain('going');
  });

  it('ends every fault, denials for ever too', async () => {
    const worst = { ...weatherOf('storm', 1), denials: [{ action: 'DescribeDBInstances', from: 0, until: null }] };
    const { lab, names } = labIn({ ...worst, calmFrom: addSeconds(START, 60) });
    expect((await refusal(names())).code).toBe('AccessDenied');
    lab.advance(60);
    for (let call = 0; call < 100; call += 1) expect(await names()).toHaveLength(2);
    expect(lab.happenings()).toHaveLength(1);
  });

  it('does not begin later than it did', () => {
    const early = calmFrom(NO_FAULTS, START);
    expect(calmFrom(early, addSeconds(START, 60)).calmFrom).toBe(START);
    expect(calmFrom(calmFrom(NO_FAULTS, addSeconds(START, 60)), START).calmFrom).toBe(START);
  });
});

describe('the plan of a seed', () => {
  const fates = (action: string, intensity = 1) =>
    Array.from({ length: 3_000 }, (_, number) =>
      fateOf(weatherOf('all', intensity), { number, occurrence: number, action }),
    );
  const kinds = (values: readonly ({ kind: string } | null)[]) =>
    [...new Set(values.map((value) => value?.kind ?? 'none'))].sort();

  it('holds every kind of fault', () => {
    const restores = fates(RESTORE);
    const passages = ['answer_lost', 'fair', 'repeated', 'server_error', 'short_of', 'throttled', 'unreached'];
    expect(kinds(restores.map(({ passage }) => passage)).filter((kind) => kind !== 'denied')).toEqual(passages);
    expect(kinds(restores.map(({ stuck }) => stuck))).toEqual(['broken', 'creating', 'none']);
    expect(kinds(fates('DeleteDBInstance').map(({ stuck }) => stuck))).toEqual(['deleting', 'none']);
    const creating = restores.flatMap(({ stuck }) => (stuck?.kind === 'creating' ? [stuck.seconds === null] : []));
    expect(new Set(creating).size).toBe(2);
    expect(restores.some(({ hiddenSeconds }) => hiddenSeconds > 0)).toBe(true);
    const plans = Array.from({ length: 200 }, (_, seed) => weatherOf(`${seed}`, 1).denials);
    const denials = plans.flat();
    expect([denials.length > 0, denials.length < 200]).toEqual([true, true]);
    expect(new Set(denials.map(({ until }) => until === null)).size).toBe(2);
  });

  it('ends every deletion within hours, and befalls what is only read on its way alone', () => {
    const deletions = fates('DeleteDBInstance').flatMap(({ stuck }) => (stuck?.kind === 'deleting' ? [stuck] : []));
    expect(Math.max(...deletions.map(({ seconds }) => seconds))).toBeLessThanOrEqual(STUCK_DELETING_HOURS_MAX * HOUR);
    const reads = fates('DescribeDBInstances');
    expect(reads.filter(({ hiddenSeconds, stuck }) => hiddenSeconds > 0 || stuck !== null)).toEqual([]);
    expect(reads.filter(({ passage }) => passage.kind === 'short_of')).toEqual([]);
  });

  it('grows fairer with less intensity, and refuses one beyond its range', () => {
    const unfair = (intensity: number) => fates(RESTORE, intensity).filter(({ passage }) => passage.kind !== 'fair');
    expect(unfair(0.2).length).toBeLessThan(unfair(1).length / 2);
    expect(unfair(0)).toEqual([]);
    expect(() => weatherOf('all', 1.1)).toThrow('intensity');
  });
});

describe('a story', () => {
  /** Restores and deletes in the weather of a seed, and tells everything that was seen. */
  async function story(seed: string, intensity = 1) {
    const { lab, rds, restore, remove } = labIn(weatherOf(seed, intensity));
    const seen: string[] = [];
    const tell = async (what: string, call: Promise<unknown>) => {
      const end = await call.then(
        () => 'ok',
        (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'),
      );
      seen.push(`${lab.now()} ${what} ${end}`);
    };
    for (let turn = 0; turn < 12; turn += 1) {
      await tell('restore', restore(`drill-${turn}`));
      lab.advance(700);
      await tell('describe', rds.send(new DescribeDBInstancesCommand({})));
      await tell('delete', remove(`drill-${turn}`));
      lab.advance(300);
    }
    const entries = ledger(lab.world());
    return { seen, entries, happenings: lab.happenings() };
  }

  it('is the same for the same seed', async () => {
    expect(await story('one')).toEqual(await story('one'));
  });

  it('is another for another seed', async () => {
    const [one, two] = [await story('one'), await story('two')];
    expect(one.happenings).not.toEqual(two.happenings);
    expect(one.entries).not.toEqual(two.entries);
  });

  it('is fair without intensity', async () => {
    const { seen, happenings } = await story('one', 0);
    expect(happenings).toEqual([]);
    expect(seen.filter((line) => !line.endsWith(' ok'))).toEqual([]);
  });
});
