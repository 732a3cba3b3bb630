/**
 * `muster gate terraform` as a gate calls it: the built CLI, a lab over HTTP, the plan that Terraform printed.
 *
 * The story of the founding incident in three chapters on one lab: nothing would be left; a snapshot is taken; a
 * drill has proven it.
 */

import { readFileSync } from 'node:fs';
import {
  CreateDBClusterSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { decisionSchema } from '../contract/decision-schema.ts';
import { CANARY, CLUSTER, createSandbox, eventually, PLAN, type Sandbox, settingsOf } from '../support/cli.ts';
import { stateFolder, storedText } from '../support/stored.ts';

const GATE = ['gate', 'terraform', PLAN] as const;
const SNAPSHOT = 'courses-before-destroy';
const SYSTEM_SNAPSHOT = /^rds:dev-course-management-cluster-\d{4}-\d\d-\d\d-09-07$/;

/** A bound for a whole drill on a busy machine, not a measurement. */
const DRILL_TIMEOUT = 100_000;
const CHECKPOINTS = [
  'environment_confirmed',
  'source_of_truth',
  'exact_plan_reviewed',
  'protection_and_guardrails',
  'backups_and_tested_restore',
  'authority_of_principal',
  'human_approval',
  'action_path_logged',
];

let lab: Lab;
let rds: RDSClient;
/** Led to the lab by its settings. */
let sandbox: Sandbox;
/** Knows of no endpoint, region or credentials. */
let cutOff: Sandbox;

beforeAll(async () => {
  lab = await startLab({ estate: 'datatalks' });
  rds = new RDSClient({
    region: lab.region,
    endpoint: lab.endpoint,
    credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
  });
  sandbox = createSandbox(settingsOf(lab));
  // The two share a store: what one proves, the other may cite.
  cutOff = createSandbox({ MUSTER_HOME: `${sandbox.home}/.local/state/muster`, AWS_EC2_METADATA_DISABLED: 'true' });
});

afterAll(async () => {
  sandbox.close();
  cutOff.close();
  rds.destroy();
  await lab.close();
});

function decisionIn(stdout: string) {
  return decisionSchema.parse(JSON.parse(stdout));
}

function courseIn(stdout: string) {
  const { databases } = decisionIn(stdout);
  expect(databases.map(({ identifier }) => identifier)).toEqual([CLUSTER]);
  return databases[0] ?? expect.unreachable();
}

function codes(reasons: readonly { readonly code: string }[]): string[] {
  return reasons.map(({ code }) => code);
}

async function savedScan(name: string): Promise<string> {
  const { stdout, exit } = await sandbox.run(['scan', '--json']);
  expect(exit).toBe(0);
  return sandbox.file(name, stdout);
}

describe.sequential('while only automated backups exist', () => {
  it('the gate blocks, exits 1 and names what would be lost', async () => {
    const { exit, stdout, stderr } = await sandbox.run([...GATE]);
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
    expect(stdout).toMatch(/^BLOCK/);
    expect(stdout).toMatch(/survivors\s+none/);
    expect(stdout).toMatch(/lost\s+rds:dev-course-management-cluster-\d{4}-\d\d-\d\d-09-07/);
    expect(stdout).toContain('aws rds create-db-cluster-snapshot');
  });

  it('--json prints the decision document of the contract: no survivors, the snapshot a casualty', async () => {
    const { exit, stdout, stderr } = await sandbox.run([...GATE, '--json']);
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
    expect(decisionIn(stdout)).toMatchObject({
      decision: 'block',
      verdict: 'not_ready',
      scope: { accountId: lab.accountId, region: lab.region },
      principal: `arn:aws:iam::${lab.accountId}:user/lab`,
      gaps: [],
    });
    const course = courseIn(stdout);
    expect(course).toMatchObject({
      verdict: 'not_ready',
      survivors: [],
      newestSurvivorAt: null,
      dataLossSeconds: null,
    });
    expect(codes(course.reasons)).toEqual(expect.arrayContaining(['no_survivor', 'restore_never_proven']));
    const system = course.casualties.find(({ kind }) => kind === 'system_snapshot');
    expect(system?.id).toMatch(SYSTEM_SNAPSHOT);
    expect(system?.fate).toBe('lost');
    expect(decisionIn(stdout).checklist.map(({ point }) => point)).toEqual(CHECKPOINTS);
  });

  it('--markdown says the same for a pull request', async () => {
    const { exit, stdout } = await sandbox.run([...GATE, '--markdown']);
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^## Muster: BLOCK/);
    expect(stdout).toContain('**Survivors: none**');
  });

  it('a plan on stdin is judged like the file', async () => {
    const text = readFileSync(PLAN, 'utf8');
    const [piped, named] = [
      await sandbox.run(['gate', 'terraform', '-', '--json'], { input: text }),
      await sandbox.run([...GATE, '--json']),
    ];
    expect(piped.exit).toBe(1);
    expect(decisionIn(piped.stdout).changeDigest).toBe(decisionIn(named.stdout).changeDigest);
    expect(courseIn(piped.stdout).casualties).toEqual(courseIn(named.stdout).casualties);
  });

  it('a saved scan is judged without any endpoint', async () => {
    const inventory = await savedScan('before.json');
    const { exit, stdout, stderr } = await cutOff.run([...GATE, '--inventory', inventory, '--json']);
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
    expect(courseIn(stdout).survivors).toEqual([]);
  });

  it('the report of both databases exits with the worse verdict', async () => {
    const { exit, stdout } = await sandbox.run(['report', '--json']);
    expect(exit).toBe(1);
    const { databases } = JSON.parse(stdout) as { databases: { identifier: string; verdict: string }[] };
    expect(databases.map(({ identifier, verdict }) => `${identifier} ${verdict}`)).toEqual([
      `${CLUSTER} not_ready`,
      'billing-production unknown',
    ]);
  });
});

describe.sequential('once a manual snapshot exists', () => {
  beforeAll(async () => {
    const DBClusterSnapshotIdentifier = SNAPSHOT;
    await rds.send(new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: CLUSTER, DBClusterSnapshotIdentifier }));
    await eventually(async () => {
      const found = await rds.send(new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier }));
      return found.DBClusterSnapshots?.[0]?.Status === 'available' || null;
    });
  });

  it('the gate still blocks, with exit 2: nothing has ever been restored from it', async () => {
    const { exit, stdout } = await sandbox.run([...GATE, '--json']);
    expect(exit).toBe(2);
    expect(decisionIn(stdout)).toMatchObject({ decision: 'block', verdict: 'unknown' });
    expect(courseIn(stdout).survivors.map(({ id, grade }) => `${id} ${grade}`)).toEqual([`${SNAPSHOT} available`]);
    expect(codes(courseIn(stdout).reasons)).toContain('restore_never_proven');
  });

  it('a policy that makes the proof advisory lets it pass to a person, with a warning', async () => {
    const policy = sandbox.file('advisory.yaml', 'version: 1\ndefaults:\n  restoreProof: advisory\n');
    const { exit, stdout } = await sandbox.run([...GATE, '--policy', policy, '--json']);
    expect(exit).toBe(0);
    expect(decisionIn(stdout).decision).toBe('review');
    expect(codes(courseIn(stdout).reasons)).toContain('proof_advisory');
  });
});

describe.sequential('once a drill has restored and questioned that snapshot', () => {
  let inventory: string;

  beforeAll(async () => {
    const { exit, stdout, stderr } = await sandbox.run(['drill', 'run', CLUSTER, '--json']);
    expect(exit, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      result: 'passed',
      grade: 'queried',
      endpoint: lab.endpoint,
      recoveryPoint: { id: SNAPSHOT, kind: 'manual_snapshot' },
      cause: null,
    });
    inventory = await savedScan('after.json');
  }, DRILL_TIMEOUT);

  it('no scratch is left in the account', async () => {
    const [clusters, instances] = [
      await rds.send(new DescribeDBClustersCommand({})),
      await rds.send(new DescribeDBInstancesCommand({})),
    ];
    expect(clusters.DBClusters?.map((found) => found.DBClusterIdentifier)).toEqual([CLUSTER]);
    expect(instances.DBInstances?.map((found) => found.DBInstanceIdentifier)).not.toContainEqual(
      expect.stringMatching(/^muster-scratch-/),
    );
  });

  it('the same plan may go to a person: exit 0, decision review, with the survivor and the proven time', async () => {
    const { exit, stdout, stderr } = await sandbox.run([...GATE, '--json']);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(decisionIn(stdout)).toMatchObject({ decision: 'review', verdict: 'ready' });
    const course = courseIn(stdout);
    expect(course.survivors.map(({ id, grade }) => `${id} ${grade}`)).toEqual([`${SNAPSHOT} queried`]);
    expect(course.restoreSeconds.n).toBe(1);
    expect(course.restoreSeconds.p50).toBeGreaterThan(0);
    expect(course.casualties.map(({ id }) => id)).toContainEqual(expect.stringMatching(SYSTEM_SNAPSHOT));
  });

  it('the text says that a person must still approve', async () => {
    const { exit, stdout } = await sandbox.run([...GATE]);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^REVIEW/);
    expect(stdout).toMatch(/a person must still\s+approve/);
  });

  it('--require-approval exits 3 while there is no receipt', async () => {
    const { exit, stdout } = await sandbox.run([...GATE, '--require-approval', '--json']);
    expect(exit).toBe(3);
    expect(decisionIn(stdout).decision).toBe('review');
  });

  it('a policy that allows less loss than the snapshot costs blocks with exit 1', async () => {
    const policy = sandbox.file('strict.yaml', 'version: 1\ndefaults:\n  dataLossMax: 1s\n');
    const { exit, stdout } = await sandbox.run([...GATE, '--policy', policy, '--json']);
    expect(exit).toBe(1);
    expect(codes(courseIn(stdout).reasons)).toContain('data_loss_exceeded');
  });

  it('a saved scan, judged without any endpoint, gives the same answer', async () => {
    const { exit, stdout } = await cutOff.run([...GATE, '--inventory', inventory, '--json']);
    expect(exit).toBe(0);
    expect(decisionIn(stdout).decision).toBe('review');
  });

  it('a saved scan that is two hours old is unknown, exit 2', async () => {
    const { exit, stdout } = await cutOff.run([...GATE, '--inventory', inventory, '--at', hoursFrom(2), '--json']);
    expect(exit).toBe(2);
    expect(decisionIn(stdout)).toMatchObject({ decision: 'block', verdict: 'unknown' });
    expect(codes(decisionIn(stdout).reasons)).toContain('inventory_stale');
  });

  it('a saved scan says nothing about an instant before it was made', async () => {
    const { exit, stdout, stderr } = await cutOff.run([...GATE, '--inventory', inventory, '--at', hoursFrom(-1)]);
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toMatch(/^muster: --at: \S+ is before the inventory was read/);
  });

  function hoursFrom(hours: number): string {
    const { observedAt } = JSON.parse(readFileSync(inventory, 'utf8')) as { observedAt: string };
    return new Date(Date.parse(observedAt) + hours * 3_600_000).toISOString();
  }

  it('a drill on the lab vouches for nothing in AWS', async () => {
    const scan = JSON.parse(readFileSync(inventory, 'utf8')) as Record<string, unknown>;
    const real = sandbox.file('real.json', JSON.stringify({ ...scan, endpoint: null }));
    const { exit, stdout } = await cutOff.run([...GATE, '--inventory', real, '--json']);
    expect(exit).toBe(2);
    expect(codes(courseIn(stdout).reasons)).toContain('restore_never_proven');
  });
});

describe.sequential('whatever is asked', () => {
  it('an answer that cannot be kept is not given', async () => {
    const taken = sandbox.file('not-a-folder', '');
    const { exit, stdout, stderr } = await sandbox.run([...GATE, '--json'], { env: { MUSTER_HOME: taken } });
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toContain('(MUSTER_FILE_UNREADABLE)');
  });

  it('the password in the plan is printed nowhere and stored nowhere', () => {
    expect(readFileSync(PLAN, 'utf8')).toContain(CANARY);
    const left = sandbox.leftFiles().map((path) => path.split('/').at(-1));
    expect(left.sort()).toEqual(['keys.json', 'muster.db']);
    const seen = sandbox.everything() + cutOff.everything() + storedText(stateFolder(sandbox));
    // Decisions and the drill are among what was looked at.
    expect(seen).toContain('"changeDigest":"sha256:');
    expect(seen).toContain('"drillId":"');
    expect(seen).not.toContain(CANARY);
  });
});
