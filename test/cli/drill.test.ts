/**
 * `muster drill` under Ctrl-C and kill -9, on a lab over HTTP.
 *
 * What a drill made is gone afterwards, or found again by the sweep; what merely looks like Muster's is never touched.
 */

import {
  CreateDBClusterCommand,
  DeleteDBClusterCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { CLUSTER, createSandbox, eventually, type Sandbox, settingsOf } from '../support/cli.ts';

const RUN = ['drill', 'run', CLUSTER] as const;
const ESTATE = ['billing-production', 'course-management-instance-0', CLUSTER];
/** A bound for a whole drill on a busy machine, not a measurement. */
const DRILL_TIMEOUT = 100_000;
const TAGS = [
  { Key: 'muster:scratch', Value: 'true' },
  { Key: 'muster:drill', Value: 'lookalike' },
];

let lab: Lab;
let rds: RDSClient;
let sandbox: Sandbox;

beforeAll(async () => {
  lab = await startLab({ estate: 'datatalks' });
  const credentials = { accessKeyId: 'lab', secretAccessKey: 'lab' };
  rds = new RDSClient({ region: lab.region, endpoint: lab.endpoint, credentials });
  sandbox = createSandbox(settingsOf(lab));
});

afterAll(async () => {
  sandbox.close();
  rds.destroy();
  await lab.close();
});

/** Identifiers of every instance and cluster, sorted. */
async function databases(): Promise<string[]> {
  const [clusters, instances] = [
    await rds.send(new DescribeDBClustersCommand({})),
    await rds.send(new DescribeDBInstancesCommand({})),
  ];
  return [
    ...(clusters.DBClusters ?? []).map((found) => found.DBClusterIdentifier ?? ''),
    ...(instances.DBInstances ?? []).map((found) => found.DBInstanceIdentifier ?? ''),
  ].sort();
}

/** Waits until a scratch stands whose id ends as wanted. */
async function scratch(ending: RegExp): Promise<string> {
  const isScratch = (id: string) => id.startsWith('muster-scratch-') && ending.test(id);
  return eventually(async () => (await databases()).find(isScratch) ?? null);
}

async function createCluster(id: string, tags = TAGS): Promise<void> {
  await rds.send(
    new CreateDBClusterCommand({
      DBClusterIdentifier: id,
      Engine: 'aurora-postgresql',
      MasterUsername: 'somebody',
      MasterUserPassword: 'not-a-real-password-3',
      Tags: tags,
    }),
  );
}

async function deleteCluster(id: string): Promise<void> {
  await rds.send(new DeleteDBClusterCommand({ DBClusterIdentifier: id, SkipFinalSnapshot: true }));
  await eventually(async () => ((await databases()).includes(id) ? null : true));
}

async function sweep(...flags: string[]) {
  const { exit, stdout } = await sandbox.run(['drill', 'sweep', '--json', ...flags]);
  return { exit, swept: JSON.parse(stdout) as { id: string; what: string; result: string; reason: string | null }[] };
}

describe.sequential('before any drill', () => {
  it('the list says so', async () => {
    expect(await sandbox.run(['drill', 'list'])).toMatchObject({ exit: 0, stdout: 'no drill is on record\n' });
    expect(await sandbox.run(['drill', 'list', '--json'])).toMatchObject({ exit: 0, stdout: '[]\n' });
  });

  it('there is nothing to sweep', async () => {
    expect(await sandbox.run(['drill', 'sweep'])).toMatchObject({ exit: 0, stdout: 'no scratch database is left\n' });
  });
});

describe.sequential('a drill that is interrupted', () => {
  it('tears down what it made before it ends with exit 130, however often it is told', {
    timeout: DRILL_TIMEOUT,
  }, async () => {
    const running = sandbox.start([...RUN, '--json']);
    await scratch(/-1$/);
    running.send('SIGINT');
    await running.until(/tearing the scratch down first/);
    running.send('SIGINT');
    const { exit, stdout, leftProcesses } = await running.ended;
    expect({ exit, leftProcesses }).toEqual({ exit: 130, leftProcesses: false });
    expect(JSON.parse(stdout)).toMatchObject({ result: 'aborted', restoreSeconds: null, cause: 'interrupted' });
    expect(await databases()).toEqual(ESTATE);
  });

  it('is listed and shown as aborted', async () => {
    const listed = await sandbox.run(['drill', 'list']);
    expect(listed.stdout).toMatch(
      /^\w{10} {2}\S+Z {2}aborted {2}dev-course-management-cluster {2}snapshot {2}no restore time\n$/,
    );
    const shown = await sandbox.run(['drill', 'show', listed.stdout.slice(0, 10), '--json']);
    expect(shown.exit).toBe(0);
    expect(JSON.parse(shown.stdout)).toMatchObject({ drillId: listed.stdout.slice(0, 10), result: 'aborted' });
    const told = await sandbox.run(['drill', 'show', listed.stdout.slice(0, 10)]);
    expect(told.stdout).toMatch(/^ABORTED/);
  });

  it('proves nothing: a report still says never', async () => {
    const { stdout } = await sandbox.run(['report', CLUSTER]);
    expect(stdout).toMatch(/restore time\s+never proven/);
  });
});

describe.sequential('a drill that was killed', () => {
  let drillId: string;
  let orphans: string[];

  beforeAll(async () => {
    const running = sandbox.start(RUN);
    const instance = await scratch(/-1$/);
    running.send('SIGKILL');
    await running.ended;
    drillId = instance.slice('muster-scratch-'.length, -'-1'.length);
    orphans = [instance, `muster-scratch-${drillId}`];
    await createCluster('muster-scratch-lookalike');
    await createCluster('orders-with-tags', [TAGS[0] ?? expect.unreachable(), { Key: 'muster:drill', Value: drillId }]);
  }, DRILL_TIMEOUT);

  it('left a scratch behind, and no record', async () => {
    expect(await databases()).toEqual(expect.arrayContaining(orphans));
    expect((await sandbox.run(['drill', 'list', '--json'])).stdout).not.toContain(drillId);
  });

  it('a dry sweep names what is left and deletes nothing', async () => {
    const before = await databases();
    const { exit, swept } = await sweep('--dry-run');
    expect(exit).toBe(0);
    expect(swept.map(({ what, id, result }) => `${what} ${id} ${result}`)).toEqual([
      `instance ${orphans[0]} would_delete`,
      `cluster ${orphans[1]} would_delete`,
    ]);
    expect(await databases()).toEqual(before);
  });

  it('a sweep that is asked about another endpoint finds nothing', async () => {
    const other = await startLab({ estate: 'empty' });
    try {
      const ended = await sandbox.run(['drill', 'sweep'], { env: settingsOf(other) });
      expect(ended).toMatchObject({ exit: 0, stdout: 'no scratch database is left\n' });
    } finally {
      await other.close();
    }
  });

  it('a sweep removes it, and leaves a prefix without a journal and tags without a prefix alone', {
    timeout: DRILL_TIMEOUT,
  }, async () => {
    const { exit, stdout, stderr } = await sandbox.run(['drill', 'sweep']);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toBe(`instance ${orphans[0]}: deleted\ncluster ${orphans[1]}: deleted\n`);
    expect(await databases()).toEqual([...ESTATE, 'muster-scratch-lookalike', 'orders-with-tags'].sort());
  });

  it('a sweep refuses a database that took over the id without the tags, says why and exits 14', async () => {
    const id = orphans[1] ?? expect.unreachable();
    await createCluster(id, []);
    const { exit, swept } = await sweep();
    expect(exit).toBe(14);
    expect(swept).toMatchObject([{ id, what: 'cluster', result: 'refused', reason: expect.stringContaining('tags') }]);
    expect(await databases()).toContain(id);
    await deleteCluster(id);
    expect(await sweep()).toEqual({ exit: 0, swept: [] });
  });
});

describe.sequential('a drill with a definition of its own', () => {
  it('fails with exit 1 when a probe fails, and is torn down all the same', { timeout: DRILL_TIMEOUT }, async () => {
    const definition = sandbox.file(
      'many.yaml',
      'name: many rows\nprobes:\n  - { kind: row_count, name: submissions, table: prod.submissions, rowsMin: 10000000 }\n',
    );
    const { exit, stdout } = await sandbox.run([...RUN, '--definition', definition, '--json']);
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      result: 'failed',
      grade: 'restored',
      restoreSeconds: null,
      probes: [{ name: 'submissions', passed: false }],
    });
    expect((await databases()).filter((id) => id.startsWith('muster-scratch-'))).toEqual(['muster-scratch-lookalike']);
  });

  it('that would use the security group of production is refused before anything is made', async () => {
    const definition = sandbox.file('near.yaml', 'name: near\nsecurityGroups: [sg-7f1683f59afa011db]\n');
    const { exit, stdout, stderr } = await sandbox.run([...RUN, '--definition', definition]);
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toMatch(/sg-7f1683f59afa011db is production's own.*\n.*\(MUSTER_DRILL_INVALID\)/);
  });

  it('that finds no recovery point of its kind is refused with exit 13', async () => {
    const definition = sandbox.file('manual.yaml', 'name: manual only\nkinds: [manual_snapshot]\n');
    const { exit, stderr } = await sandbox.run([...RUN, '--definition', definition]);
    expect(exit).toBe(13);
    expect(stderr).toMatch(/has no manual snapshot.*\n.*\(MUSTER_NO_RECOVERY_POINT\)/);
  });
});
