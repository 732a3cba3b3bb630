/**
 * `muster demo` from start to verdict, and what Ctrl-C leaves of it at various moments: nothing.
 *
 * The built CLI in a sandbox; every wait is for something printed, with a bound.
 */

import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STEP_TITLES, type Step, type StepData, type StepId } from '../../src/demo/story.ts';
import { decisionSchema } from '../contract/decision-schema.ts';
import { answers, CANARY, CLUSTER, createSandbox, type Ended, eventually, type Sandbox } from '../support/cli.ts';

/** Far above what it takes on a slow machine: a bound, not a measurement. */
const DEMO_SECONDS_MAX = 150;
const TEST_TIMEOUT = (DEMO_SECONDS_MAX + 10) * 1000;
const STOPPED = { exit: 130, signal: null, leftProcesses: false };

let sandbox: Sandbox;

beforeAll(() => {
  sandbox = createSandbox();
});

afterAll(() => sandbox.close());

function startDemo(...flags: string[]) {
  return sandbox.start(['demo', ...flags], { secondsMax: DEMO_SECONDS_MAX });
}

describe.sequential('the story as data', () => {
  let ended: Ended;
  let steps: readonly Step[];

  beforeAll(async () => {
    ended = await startDemo('--json').ended;
    ({ steps } = JSON.parse(ended.stdout) as { steps: Step[] });
  }, TEST_TIMEOUT);

  function data<Id extends StepId>(id: Id): StepData[Id] {
    return (steps.find((step) => step.id === id) ?? expect.unreachable(`no step ${id}`)).data as StepData[Id];
  }

  it('ends with exit 0, says nothing beside it and has all eight steps in order', () => {
    expect(ended).toMatchObject({ exit: 0, stderr: '', leftProcesses: false });
    expect(steps.map(({ id }) => id)).toEqual(Object.keys(STEP_TITLES));
  });

  it('blocks before: no survivors, the system snapshot dies', () => {
    const { decision } = data('gate_before');
    expect(decisionSchema.parse(decision)).toMatchObject({ decision: 'block', verdict: 'not_ready' });
    expect(decision.databases).toMatchObject([{ identifier: CLUSTER, survivors: [], dataLossSeconds: null }]);
    expect(decision.databases[0]?.casualties.map(({ id }) => id)).toContainEqual(
      expect.stringMatching(/^rds:dev-course-management-cluster-\d{4}-\d\d-\d\d-09-07$/),
    );
  });

  it('drills the snapshot that was taken, with an instance, to the grade queried', () => {
    const { record } = data('drill');
    expect(record).toMatchObject({
      result: 'passed',
      grade: 'queried',
      recoveryPoint: { id: data('remedy').snapshotId },
    });
    expect(record.phases.map(({ phase }) => phase)).toEqual([
      'requested',
      'cluster_available',
      'instance_requested',
      'instance_available',
      'password_set',
      'first_connection',
      'first_query',
      'probes_done',
      'torn_down',
    ]);
  });

  it('lets the same plan go to a person afterwards', () => {
    const [before, after] = [data('gate_before').decision, data('gate_after').decision];
    expect(decisionSchema.parse(after)).toMatchObject({ decision: 'review', verdict: 'ready' });
    expect(after.changeDigest).toBe(before.changeDigest);
    expect(after.databases[0]?.survivors.map(({ id }) => id)).toEqual([data('remedy').snapshotId]);
    expect(after.databases[0]?.restoreSeconds.n).toBe(1);
  });

  it('finds after the destroy exactly what was predicted, id by id', () => {
    const { predicted, found, lost, asPredicted } = data('destroy');
    expect(asPredicted).toBe(true);
    expect(found).toEqual([data('remedy').snapshotId]);
    expect([...predicted].sort()).toEqual([...found].sort());
    expect(lost).toHaveLength(2);
  });

  it('recovers every row that there was before', () => {
    const { rowsBefore, rows } = data('recovery');
    expect(rowsBefore).toBe(data('estate').rows.value);
    expect(rows.value).toBe(rowsBefore);
    expect(rowsBefore).toBeGreaterThan(1_000);
  });

  it('is gone with its endpoint', async () => {
    expect(await answers(data('estate').endpoint)).toBe(false);
  });
});

describe.sequential('the story as text, kept', () => {
  it('tells every step, keeps the endpoint answering until Ctrl-C, and then ends with exit 0 and nothing left', {
    timeout: TEST_TIMEOUT,
  }, async () => {
    const running = startDemo('--keep');
    const endpoint = (await running.until(/AWS_ENDPOINT_URL=\S+/)).replace('AWS_ENDPOINT_URL=', '');
    const told = running.stdout();
    for (const [index, title] of Object.values(STEP_TITLES).entries())
      expect(told).toContain(`${index + 1}. ${title}\n`);
    expect(told).toMatch(/BLOCK[\s\S]*REVIEW[\s\S]*exactly as predicted/);
    expect(told).toMatch(/8\. The survivor is restored\n[\s\S]*not one is missing/);
    expect(told).not.toContain('nothing of it is left');

    const { clusters, ports } = await lookAround(endpoint);
    expect(clusters).toEqual([CLUSTER]);
    expect(ports).toHaveLength(2);
    running.send('SIGINT');
    expect(await running.ended).toMatchObject({ exit: 0, signal: null, leftProcesses: false });
    for (const url of [endpoint, ...ports.map((port) => `http://127.0.0.1:${port}`)]) {
      expect(await answers(url), url).toBe(false);
    }
  });
});

describe.sequential('Ctrl-C', () => {
  it('right at the start ends it', async () => {
    const running = startDemo();
    running.send('SIGINT');
    const { exit, signal, leftProcesses } = await running.ended;
    // Before the command line is read nothing has been started, and the signal itself ends the process.
    expect([130, 'SIGINT']).toContain(exit ?? signal);
    expect(leftProcesses).toBe(false);
  });

  it('in the first step ends it at once, and the story falls silent', { timeout: TEST_TIMEOUT }, async () => {
    const running = startDemo();
    await running.until(/1\. The estate as it stood\n/);
    running.send('SIGINT');
    const ended = await running.ended;
    expect(ended).toMatchObject({ ...STOPPED, stderr: '\ntaking the lab down\n' });
    expect(ended.stdout).toMatch(/1\. The estate as it stood\n\n$/);
  });

  it('during the drill ends it, and no leaked scratch is claimed', { timeout: TEST_TIMEOUT }, async () => {
    const running = startDemo();
    await running.until(/5\. A drill proves that it restores\n/);
    const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(running.stdout())?.[0] ?? expect.unreachable();
    await eventually(
      async () => (await lookAround(endpoint)).clusters.find((id) => id.startsWith('muster-scratch-')) ?? null,
    );
    running.send('SIGINT');
    running.send('SIGINT');
    const ended = await running.ended;
    expect(ended).toMatchObject({ ...STOPPED, stderr: '\ntaking the lab down\n' });
    expect(ended.stdout).toMatch(/5\. A drill proves that it restores\n\n$/);
    expect(await answers(endpoint)).toBe(false);
  });
});

it('whatever was done, home and temp folder are empty and the password of the plan was never printed', () => {
  expect(sandbox.leftFiles()).toEqual([]);
  expect(sandbox.everything()).toContain(CLUSTER);
  expect(sandbox.everything()).not.toContain(CANARY);
});

/** What the AWS CLI would show: clusters, and the ports that the instances listen on. */
async function lookAround(endpoint: string): Promise<{ clusters: string[]; ports: number[] }> {
  const credentials = { accessKeyId: 'lab', secretAccessKey: 'lab' };
  const rds = new RDSClient({ region: 'eu-west-1', endpoint, credentials });
  const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({}));
  const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
  rds.destroy();
  return {
    clusters: DBClusters.map(({ DBClusterIdentifier = '' }) => DBClusterIdentifier),
    ports: DBInstances.flatMap(({ Endpoint }) => Endpoint?.Port ?? []),
  };
}
