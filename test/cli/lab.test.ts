/**
 * `muster lab` as a shell uses it: two lines to eval, an endpoint that answers, and nothing left after Ctrl-C.
 */

import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answers, createSandbox, type Sandbox } from '../support/cli.ts';

let sandbox: Sandbox;

beforeAll(() => {
  sandbox = createSandbox();
});

afterAll(() => sandbox.close());

/** The endpoint that a lab prints. */
async function endpointOf(running: ReturnType<Sandbox['start']>): Promise<string> {
  return (await running.until(/(?<=AWS_ENDPOINT_URL=)\S+/)).trim();
}

async function clustersAt(endpoint: string): Promise<(string | undefined)[]> {
  const credentials = { accessKeyId: 'lab', secretAccessKey: 'lab' };
  const rds = new RDSClient({ region: 'eu-west-1', endpoint, credentials });
  const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({}));
  rds.destroy();
  return DBClusters.map(({ DBClusterIdentifier }) => DBClusterIdentifier);
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'serves the estate until %s, then ends with exit 0 and nothing left',
  async (signal) => {
    const running = sandbox.start(['lab']);
    const endpoint = await endpointOf(running);
    expect(await clustersAt(endpoint)).toEqual(['dev-course-management-cluster']);
    running.send(signal);
    const ended = await running.ended;
    expect(ended).toMatchObject({ exit: 0, leftProcesses: false, stderr: 'serving until Ctrl-C\n' });
    // Nothing but shell lines, so that eval can take them.
    expect(
      ended.stdout
        .trim()
        .split('\n')
        .every((line) => /^export( [A-Z_]+=[\w:/.-]+)+$/.test(line)),
    ).toBe(true);
    expect(await answers(endpoint)).toBe(false);
    expect(sandbox.leftFiles()).toEqual([]);
  },
);

it('an empty estate has no database in it', async () => {
  const running = sandbox.start(['lab', '--estate', 'empty']);
  expect(await clustersAt(await endpointOf(running))).toEqual([]);
  running.send('SIGINT');
  expect(await running.ended).toMatchObject({ exit: 0, leftProcesses: false });
});

it('a port that is taken is refused by its number', async () => {
  const first = sandbox.start(['lab', '--estate', 'empty']);
  const { port } = new URL(await endpointOf(first));
  const second = await sandbox.run(['lab', '--port', port]);
  expect(second).toMatchObject({ exit: 10, stdout: '', leftProcesses: false });
  expect(second.stderr).toMatch(
    new RegExp(`^muster: --port ${port}: cannot be listened on .EADDRINUSE.\n.*MUSTER_USAGE`),
  );
  first.send('SIGINT');
  expect(await first.ended).toMatchObject({ exit: 0 });
});
