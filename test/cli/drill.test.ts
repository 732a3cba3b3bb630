/**
 * `muster drill` under Ctrl-C and kill -9, on a lab over HTTP.
 *
 * What a drill made is gone afterwards, or found again by the sweep; what merely looks like Muster's is never touched.
 */

import { CreateDBClusterCommand, DeleteDBClusterCommand } from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab } from '../../src/lab/lab.ts';
import { CLUSTER, createSandbox, eventually, type Sandbox, settingsOf } from '../support/cli.ts';
import { DRILL_TIMEOUT, type DrillLab, ESTATE, outlastLease, startDrillLab } from '../support/drill-lab.ts';

const RUN = ['drill', 'run', CLUSTER] as const;
const LOOKALIKE = 'muster-scratch-lookalike';
const TAGS = [
  { Key: 'muster:scratch', Value: 'true' },
  { Key: 'muster:drill', Value: 'lookalike' },
];

let stage: DrillLab;
let sandbox: Sandbox;

beforeAll(async () => {
  stage = await startDrillLab();
  sandbox = createSandbox(settingsOf(stage.lab));
});

afterAll(async () => {
  sandbox.close();
  await stage.close();
});

async function createCluster(id: string, tags = TAGS): Promise<void> {
  await stage.rds.send(
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
  await stage.rds.send(new DeleteDBClusterCommand({ DBClusterIdentifier: id, SkipFinalSnapshot: true }));
  await eventually(async () => ((await stage.databases()).includes(id) ? null : true));
}

async function sweep(...flags: string[]) {
  const { exit, stdout } = await sandbox.run(['drill', 'sweep', '--json', ...flags]);
  return { exit, swept: JSON.parse(stdout) as { id: string; kind: string; result: string; reason: string | null }[] };
}

describe.sequential('before any drill', () => {
  it('the list says so', async () => {
    expect(await sandbox.run(['drill', 'list'])).toMatchObject({ exit: 0, stdout: 'no drill is on record\n' });
    expect(await sandbox.run(['drill', 'list', '--json'])).toMatchObject({
      exit: 0,
      stdout: '{\n  "formatVersion": "1",\n  "drills": [],\n  "statistics": []\n}\n',
    });
  });

  it('there is nothing to sweep', async () => {
    expect(await sandbox.run(['drill', 'sweep'])).toMatchObject({ exit: 0, stdout: 'no scratch is left\n' });
  });
});

describe.sequential('a drill that is interrupted', () => {
  it('tears down what it made before it ends with exit 130, however often it is told', {
    timeout: DRILL_TIMEOUT,
  }, async () => {
    const running = sandbox.start([...RUN, '--json']);
    await stage.scratch(/-1$/);
    running.send('SIGINT');
    await running.until(/interrupted: tearing the scratch down first\n/);
    running.send('SIGINT');
    const { exit, stdout, leftProcesses } = await running.ended;
    expect({ exit, leftProcesses }).toEqual({ exit: 130, leftProcesses: false });
    expect(JSON.parse(stdout)).toMatchObject({ result: 'aborted', restoreSeconds: null, cause: 'interrupted' });
    expect(await stage.databases()).toEqual(ESTATE);
  });

  it('is listed and shown as aborted', async () => {
    const listed = await sandbox.run(['drill', 'list']);
    const [, drillId = ''] = /\n(\w{10}) .* aborted .* none\n/.exec(listed.stdout) ?? [];
    const shown = await sandbox.run(['drill', 'show', drillId, '--json']);
    expect(shown.exit).toBe(0);
    expect(JSON.parse(shown.stdout)).toMatchObject({ drillId, result: 'aborted' });
    const told = await sandbox.run(['drill', 'show', drillId]);
    expect(told).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^ABORTED {2}drill of dev-course/) });
  });

  it('proves nothing: a report still says never', async () => {
    const { stdout } = await sandbox.run(['report', CLUSTER]);
    expect(stdout).toMatch(/restore time .*never proven by a drill/);
  });
});

describe.sequential('a drill that was killed', () => {
  let drillId: string;
  let orphans: string[];

  beforeAll(async () => {
    const running = sandbox.start(RUN);
    const instance = await stage.scratch(/-1$/);
    running.send('SIGKILL');
    await running.ended;
    drillId = instance.slice('muster-scratch-'.length, -'-1'.length);
    orphans = [instance, `muster-scratch-${drillId}`];
    outlastLease(sandbox);
  }, DRILL_TIMEOUT);

  it('left a scratch behind, and no record', async () => {
    expect(await stage.databases()).toEqual([...ESTATE, ...orphans].sort());
    expect((await sandbox.run(['drill', 'list', '--json'])).stdout).not.toContain(drillId);
  });

  it('a dry sweep names what is left, and and changes nothing in AWS', async () => {
    const before = [await stage.databases(), stage.writes()];
    const { exit, swept } = await sweep('--dry-run');
    expect(exit).toBe(0);
    expect(swept.map(({ kind, id, result }) => `${kind} ${id} ${result}`)).toEqual([
      `instance ${orphans[0]} would_delete`,
      `cluster ${orphans[1]} would_delete`,
    ]);
    expect([await stage.databases(), stage.writes()]).toEqual(before);
  });

  it('the next run says how to go on with it or tear it down', async () => {
    const { exit, stderr } = await sandbox.run(['drill', 'run', 'nobody']);
    expect({ exit, stderr }).toMatchObject({ exit: 10, stderr: expect.stringContaining('nobody') });
    const none = sandbox.file('none.yaml', 'name: none\nkinds: [manual_snapshot]\ndatabases: { identifier: dev-* }\n');
    const told = await sandbox.run(['drill', 'run', '--definition', none]);
    expect(told).toMatchObject({ exit: 1, stdout: '' });
    expect(told.stderr).toContain(`drill ${drillId} was left unfinished: muster drill resume ${drillId} goes on`);
    expect(told.stderr).toMatch(/dev-course-management-cluster is not drilled: .*no manual snapshot/);
  });

  it('a sweep that is asked about another endpoint finds nothing', async () => {
    const other = await startLab({ estate: 'empty' });
    try {
      const ended = await sandbox.run(['drill', 'sweep'], { env: settingsOf(other) });
      expect(ended).toMatchObject({ exit: 0, stdout: 'no scratch is left\n' });
    } finally {
      await other.close();
    }
  });

  it('a sweep removes it, and the record says what became of it', { timeout: DRILL_TIMEOUT }, async () => {
    const { exit, stdout, stderr } = await sandbox.run(['drill', 'sweep']);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toBe(`instance ${orphans[0]}: deleted\ncluster ${orphans[1]}: deleted\n`);
    expect(await stage.databases()).toEqual(ESTATE);
    const shown = await sandbox.run(['drill', 'show', drillId, '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ result: 'aborted', cause: expect.stringContaining('unfinished') });
  });

  it.each([
    [
      'bears the marks and no journal knows',
      () => LOOKALIKE,
      /this journal knows of no drill that made muster-scratch-/,
    ],
    ['came later under an id of ours', () => orphans[1] ?? expect.unreachable(), /is done with its .*came later/],
  ])('a sweep leaves what %s, says why and exits 14', async (_, idOf, why) => {
    const id = idOf();
    await createCluster(id);
    const { exit, swept } = await sweep();
    expect({ exit, swept }).toMatchObject({
      exit: 14,
      swept: [{ id, kind: 'cluster', result: 'refused', reason: expect.stringMatching(why) }],
    });
    const told = await sandbox.run(['drill', 'sweep', '--dry-run']);
    expect(told).toMatchObject({ exit: 14, stdout: expect.stringMatching(new RegExp(`^cluster ${id}: refused`)) });
    expect(await stage.databases()).toContain(id);
    await deleteCluster(id);
    expect(await sweep()).toEqual({ exit: 0, swept: [] });
  });

  it('a database without the prefix is nobody of ours, whatever its tags', async () => {
    await createCluster('orders-with-tags', [TAGS[0] ?? expect.unreachable(), { Key: 'muster:drill', Value: drillId }]);
    await sweep();
    expect(await stage.databases()).toContain('orders-with-tags');
    await deleteCluster('orders-with-tags');
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
    expect(await stage.databases()).toEqual(ESTATE);
  });

  it('that would use the security group of production is refused before anything is made', async () => {
    const definition = sandbox.file('near.yaml', 'name: near\nscratch: { securityGroups: [sg-7f1683f59afa011db] }\n');
    const { exit, stdout, stderr } = await sandbox.run([...RUN, '--definition', definition]);
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toMatch(/sg-7f1683f59afa011db is production's.*\n.*\(MUSTER_DRILL_INVALID\)/);
  });

  it('that finds no recovery point of its kind is refused with exit 13', async () => {
    const definition = sandbox.file('manual.yaml', 'name: manual only\nkinds: [manual_snapshot]\n');
    const { exit, stderr } = await sandbox.run([...RUN, '--definition', definition]);
    expect(exit).toBe(13);
    expect(stderr).toMatch(/has no manual snapshot.*\n.*\(MUSTER_NO_RECOVERY_POINT\)/);
  });
});
