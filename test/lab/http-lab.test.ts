/**
 * The lab over HTTP with real databases: restore, sign in, query, take turns, let go.
 *
 * One lab for the whole file, because `initdb` takes seconds. Waits are on conditions, with a bound.
 */

import {
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ModifyDBClusterCommand,
  RDSClient,
  RestoreDBClusterFromSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseInstant } from '../../src/core/time.ts';
import { type Lab, startLab } from '../../src/lab/lab.ts';

const SNAPSHOT = 'rds:dev-course-management-cluster-2026-11-22-09-07';
const PASSWORD = 'a-fresh-password-9';

let lab: Lab;
let rds: RDSClient;

beforeAll(async () => {
  lab = await startLab({ estate: 'datatalks', startAt: parseInstant('2026-11-23T04:00:00Z', 'test') });
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  rds = new RDSClient({ region: 'eu-west-1', endpoint: lab.endpoint, credentials });
});

afterAll(() => lab.close());

/** Asks again until the answer is there; fails after `seconds`. */
async function until<T>(ask: () => Promise<T | null>, seconds: number): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > end) throw new Error(`nothing after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function availableInstance(identifier: string, seconds: number) {
  return until(async () => {
    const answer = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
    const instance = answer.DBInstances?.[0];
    return instance?.DBInstanceStatus === 'available' ? instance : null;
  }, seconds);
}

async function availableCluster(identifier: string, seconds: number) {
  return until(async () => {
    const answer = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }));
    const cluster = answer.DBClusters?.[0];
    return cluster?.Status === 'available' ? cluster : null;
  }, seconds);
}

async function connected<T>(
  options: { port: number | undefined; user?: string; password?: string; database?: string },
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: options.port ?? 0,
    user: options.user ?? 'pgusr',
    password: options.password ?? PASSWORD,
    database: options.database ?? 'coursemanagement',
  });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

describe('a lab over HTTP', () => {
  it('restores the snapshot to a cluster whose rows end where the snapshot does', { timeout: 150_000 }, async () => {
    await rds.send(
      new RestoreDBClusterFromSnapshotCommand({
        DBClusterIdentifier: 'scratch',
        SnapshotIdentifier: SNAPSHOT,
        Engine: 'aurora-postgresql',
        EngineVersion: '15.12',
      }),
    );
    await availableCluster('scratch', 20);
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'scratch-0',
        DBClusterIdentifier: 'scratch',
        DBInstanceClass: 'db.t3.medium',
        Engine: 'aurora-postgresql',
      }),
    );
    const instance = await availableInstance('scratch-0', 120);
    await rds.send(new ModifyDBClusterCommand({ DBClusterIdentifier: 'scratch', MasterUserPassword: PASSWORD }));
    const cluster = await availableCluster('scratch', 20);
    expect(cluster.Port).toBe(instance.Endpoint?.Port);
    const scratch = await connected({ port: instance.Endpoint?.Port }, countSubmissions);
    const answer = await rds.send(
      new DescribeDBClustersCommand({ DBClusterIdentifier: 'dev-course-management-cluster' }),
    );
    const live = await connected(
      { port: answer.DBClusters?.[0]?.Port, password: 'not-a-real-password-1' },
      countSubmissions,
    );
    expect(live.count).toBe(12_000);
    expect(scratch.count).toBeLessThan(live.count);
    expect(scratch.latest <= '2026-11-22 09:07:00').toBe(true);
    expect(live.latest).toBe('2026-11-23 03:57:00');
  });
});

async function countSubmissions(client: pg.Client): Promise<{ count: number; latest: string }> {
  const { rows } = await client.query(
    "select count(*)::int as count, to_char(max(created_at) at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS') as latest from prod.submissions",
  );
  return rows[0];
}

describe('a lab', () => {
  it('answers within a second and lets go at once, even while databases are being loaded', {
    timeout: 60_000,
  }, async () => {
    const began = performance.now();
    const other = await startLab({ estate: 'datatalks' });
    const config = { region: 'eu-west-1', endpoint: other.endpoint };
    const client = new RDSClient({ ...config, credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' } });
    const answer = await client.send(new DescribeDBInstancesCommand({}));
    const answeredMilliseconds = performance.now() - began;
    expect(answer.DBInstances?.map((instance) => instance.DBInstanceStatus)).toEqual(['available', 'available']);
    const waiting = connected(
      { port: answer.DBInstances?.[1]?.Endpoint?.Port, password: 'not-a-real-password-1' },
      async () => {},
    );
    const refused = expect(waiting).rejects.toThrow();
    const closing = performance.now();
    await other.close();
    await other.close();
    expect(performance.now() - closing).toBeLessThan(2_000);
    expect(answeredMilliseconds).toBeLessThan(1_000);
    await refused;
  });

  it('copies the rows of the moment into a snapshot of a running database', { timeout: 150_000 }, async () => {
    const port = await scratchPort();
    const title = (client: pg.Client) => client.query('select title from prod.courses where id = 3');
    await connected({ port }, (client) => client.query("update prod.courses set title = 'before' where id = 3"));
    await rds.send(
      new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: 'scratch', DBClusterSnapshotIdentifier: 'moment' }),
    );
    await connected({ port }, (client) => client.query("update prod.courses set title = 'after' where id = 3"));
    await until(async () => {
      const answer = await rds.send(new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier: 'moment' }));
      return answer.DBClusterSnapshots?.[0]?.Status === 'available' ? true : null;
    }, 20);
    await rds.send(
      new RestoreDBClusterFromSnapshotCommand({
        DBClusterIdentifier: 'copy',
        SnapshotIdentifier: 'moment',
        Engine: 'aurora-postgresql',
        EngineVersion: '15.12',
      }),
    );
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'copy-0',
        DBClusterIdentifier: 'copy',
        DBInstanceClass: 'db.t3.medium',
        Engine: 'aurora-postgresql',
      }),
    );
    const copy = await availableInstance('copy-0', 120);
    // The copy has its source's password, which the test before set.
    expect((await connected({ port: copy.Endpoint?.Port }, title)).rows).toEqual([{ title: 'before' }]);
    expect((await connected({ port }, title)).rows).toEqual([{ title: 'after' }]);
  });
});

describe('a second database', () => {
  it('has its own master user and database, and none of the first', { timeout: 120_000 }, async () => {
    const instance = await availableInstance('billing-production', 20);
    const sql = `select current_user::text as who, (select count(*)::int from invoices) as invoices,
      (select count(*)::int from pg_roles where rolname = 'pgusr') as others`;
    const rows = await connected(
      { port: instance.Endpoint?.Port, user: 'billing_admin', password: 'not-a-real-password-2', database: 'billing' },
      async (client) => (await client.query(sql)).rows,
    );
    expect(rows).toEqual([{ who: 'billing_admin', invoices: 6_000, others: 0 }]);
  });
});

describe('an instance restored to a point in time', () => {
  const login = { user: 'billing_admin', password: 'not-a-real-password-2', database: 'billing' };
  const source = { SourceDBInstanceIdentifier: 'billing-production', BackupRetentionPeriod: 0 };
  const invoices = async (client: pg.Client): Promise<{ count: number; latest: string }> => {
    const { rows } = await client.query(
      "select count(*)::int as count, to_char(max(created_at) at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS') as latest from invoices",
    );
    return rows[0];
  };

  it('holds the rows of the present, and its indexes can be checked', { timeout: 150_000 }, async () => {
    const live = await availableInstance('billing-production', 20);
    await connected({ ...login, port: live.Endpoint?.Port }, (client) =>
      client.query("insert into invoices values (6001, 1, 100, '2026-11-23T04:00:00Z')"),
    );
    await rds.send(
      new RestoreDBInstanceToPointInTimeCommand({
        ...source,
        TargetDBInstanceIdentifier: 'latest',
        UseLatestRestorableTime: true,
      }),
    );
    const restored = await availableInstance('latest', 120);
    await connected({ ...login, port: restored.Endpoint?.Port }, async (client) => {
      expect(await invoices(client)).toEqual({ count: 6_001, latest: '2026-11-23 04:00:00' });
      await client.query('create extension if not exists amcheck');
      await client.query('create extension if not exists amcheck');
      const checked = await client.query("select bt_index_check('invoices_pkey', true)::text as answer");
      expect(checked.rows).toEqual([{ answer: '' }]);
      // It is no free pass: what is not an index is refused.
      await expect(client.query("select bt_index_check('invoices')")).rejects.toMatchObject({ code: '42809' });
    });
  });

  it('holds the rows of the snapshot before an earlier instant', { timeout: 150_000 }, async () => {
    await rds.send(
      new RestoreDBInstanceToPointInTimeCommand({
        ...source,
        TargetDBInstanceIdentifier: 'earlier',
        RestoreTime: new Date('2026-11-23T02:00:00Z'),
      }),
    );
    const restored = await availableInstance('earlier', 120);
    const rows = await connected({ ...login, port: restored.Endpoint?.Port }, invoices);
    expect(rows.count).toBeLessThan(6_000);
    expect(rows.latest <= '2026-11-23 01:10:00').toBe(true);
  });

  it('answers again once it was stopped and started', { timeout: 60_000 }, async () => {
    await rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'latest' }));
    await until(async () => {
      const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'latest' }));
      return DBInstances?.[0]?.DBInstanceStatus === 'stopped' ? true : null;
    }, 20);
    await rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: 'latest' }));
    const started = await availableInstance('latest', 20);
    expect((await connected({ ...login, port: started.Endpoint?.Port }, invoices)).count).toBe(6_001);
  });
});

describe('an open database', () => {
  it('refuses a wrong password', async () => {
    const port = await scratchPort();
    await expect(connected({ port, password: 'wrong-password' }, async () => {})).rejects.toMatchObject({
      code: '28P01',
      message: 'password authentication failed for user "pgusr"',
    });
  });

  it('refuses an unknown user as it refuses a wrong password', async () => {
    const port = await scratchPort();
    await expect(connected({ port, user: 'nobody' }, async () => {})).rejects.toMatchObject({ code: '28P01' });
  });

  it('refuses an unknown database', async () => {
    const port = await scratchPort();
    await expect(connected({ port, database: 'other' }, async () => {})).rejects.toMatchObject({ code: '3D000' });
  });

  it('names the master user and the database truly', async () => {
    const sql = 'select current_user::text as who, session_user::text as by, current_database()::text as what';
    const rows = await connected({ port: await scratchPort() }, async (client) => (await client.query(sql)).rows);
    expect(rows).toEqual([{ who: 'pgusr', by: 'pgusr', what: 'coursemanagement' }]);
  });

  it('answers parameterised queries, and goes on after an error in one', async () => {
    await connected({ port: await scratchPort() }, async (client) => {
      await expect(client.query('select nope from prod.courses where id = $1', [1])).rejects.toMatchObject({
        code: '42703',
      });
      const { rows } = await client.query('select slug from prod.courses where id = $1', [2]);
      expect(rows).toEqual([{ slug: 'de-zoomcamp' }]);
    });
  });

  it("keeps one client's transaction apart from another's statement", async () => {
    const port = await scratchPort();
    await connected({ port }, async (first) => {
      await first.query('begin');
      await first.query("update prod.courses set title = 'changed' where id = 1");
      const reading = connected({ port }, (second) => second.query('select title from prod.courses where id = 1'));
      await first.query('rollback');
      expect((await reading).rows).toEqual([{ title: 'Machine Learning' }]);
    });
  });

  it('rolls back what a client that disappears had begun', async () => {
    const port = await scratchPort();
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: 'pgusr',
      password: PASSWORD,
      database: 'coursemanagement',
    });
    client.on('error', () => {});
    await client.connect();
    await client.query('begin');
    await client.query("update prod.courses set title = 'changed' where id = 2");
    const stream: { destroy(): void } = Reflect.get(client, 'connection').stream;
    stream.destroy();
    const rows = await connected(
      { port },
      async (other) => (await other.query('select title from prod.courses where id = 2')).rows,
    );
    expect(rows).toEqual([{ title: 'Data Engineering' }]);
  });
});

async function scratchPort(): Promise<number | undefined> {
  return (await availableInstance('scratch-0', 20)).Endpoint?.Port;
}
