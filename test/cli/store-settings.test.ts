/**
 * Which store and which keys a command uses: as the environment says, with a clear word where that says nothing usable.
 *
 * The PostgreSQL store is a real server; where none can be started those tests are skipped, and say so.
 */

import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../support/cli.ts';
import { DELETE, SEEN } from '../support/decided.ts';
import { HAS_POSTGRES, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';

const PASSWORD = 'canary-of-the-url';

let sandbox: Sandbox;
let inventory: string;

beforeEach(() => {
  sandbox = createSandbox({ AWS_EC2_METADATA_DISABLED: 'true' });
  inventory = sandbox.file('inventory.json', JSON.stringify(SEEN));
});

afterEach(() => sandbox.close());

function gate(env: Readonly<Record<string, string>>) {
  const argv = ['gate', 'command', '--inventory', inventory, '--at', SEEN.observedAt, '--json', '--', ...DELETE];
  return sandbox.run(argv, { env });
}

describe.runIf(HAS_POSTGRES)('a store in PostgreSQL', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgresServer();
  }, 60_000);

  afterAll(() => server.close());

  it('keeps what commands decide, for every machine that names it, and leaves no store behind here', async () => {
    const { endpoint, username, password, databaseName } = await server.makeDatabase('evidence', []);
    const url = `postgres://${username}:${password}@${endpoint.host}:${endpoint.port}/${databaseName}`;
    const decided = await gate({ MUSTER_DATABASE_URL: url });
    expect(decided).toMatchObject({ exit: 2, stderr: '' });
    const verified = await sandbox.run(['verify', '--json'], { env: { MUSTER_DATABASE_URL: url } });
    expect(JSON.parse(verified.stdout)).toMatchObject({
      whole: true,
      chain: { records: 3 },
      seals: { unsealed: null },
    });
    const told = await sandbox.run(['verify'], { env: { MUSTER_DATABASE_URL: url } });
    expect(told.stdout).toContain(`WHOLE  postgres://${endpoint.host}:${endpoint.port}/${databaseName}: 3 records`);
    expect(sandbox.leftFiles().filter((file) => file.endsWith('.db'))).toEqual([]);
    expect(sandbox.everything()).not.toContain(password);
  });

  it('that does not let the caller in is told so, without the password', async () => {
    const { endpoint, username, databaseName } = server.login;
    const url = `postgres://${username}:${PASSWORD}@${endpoint.host}:${endpoint.port}/${databaseName}`;
    const refused = await gate({ MUSTER_DATABASE_URL: url });
    expect(refused).toMatchObject({ exit: 12, stdout: '' });
    expect(refused.stderr).toContain('MUSTER_STORE_UNREACHABLE');
    expect(sandbox.everything()).not.toContain(PASSWORD);
  });
});

describe('a store that cannot be used', () => {
  it.each([
    [
      'of another kind',
      `mysql://muster:${PASSWORD}@127.0.0.1/x`,
      10,
      'accepted are postgres://USER@HOST/NAME and file:',
    ],
    [
      'in a file without its whole path',
      'file:evidence.db',
      10,
      'accepted are postgres://USER@HOST/NAME and file:///PATH',
    ],
    ['in a file whose path is no path', 'file:///%zz', 10, 'accepted are postgres://USER@HOST/NAME and file:///PATH'],
    ['that is no address', `not a url ${PASSWORD}`, 10, 'accepted are postgres://USER@HOST/NAME and file:'],
    ['where nobody listens', `postgres://muster:${PASSWORD}@127.0.0.1:1/x`, 12, 'MUSTER_STORE_UNREACHABLE'],
  ])('%s is told, nothing is decided, and no password is shown', async (_, url, exit, problem) => {
    const refused = await gate({ MUSTER_DATABASE_URL: url });
    expect(refused).toMatchObject({ exit, stdout: '' });
    expect(refused.stderr).toContain(problem);
    expect(sandbox.everything()).not.toContain(PASSWORD);
  });

  it('may lie in a file of any name', async () => {
    const path = sandbox.file('evidence of 2026.db', '');
    expect(await gate({ MUSTER_DATABASE_URL: pathToFileURL(path).href })).toMatchObject({ exit: 2, stderr: '' });
    const verified = await sandbox.run(['verify'], { env: { MUSTER_DATABASE_URL: pathToFileURL(path).href } });
    expect(verified.stdout).toContain(`WHOLE  ${path}: 3 records`);
  });
});

describe('a key', () => {
  it.each(['my-key', 'awskms://alias/muster', 'awskms:///alias/'])(
    'that is named %j is refused by name',
    async (name) => {
      const refused = await gate({ MUSTER_SIGNING_KEY: name });
      expect(refused).toMatchObject({ exit: 10, stdout: '' });
      expect(refused.stderr).toContain('MUSTER_SIGNING_KEY');
      expect(refused.stderr).toContain('awskms:///alias/NAME');
    },
  );
});

it('a home that is a file is an error that names it, for what reads as for what writes', async () => {
  const taken = sandbox.file('not-a-folder', '');
  const { exit, stdout, stderr } = await sandbox.run(['store', 'info'], { env: { MUSTER_HOME: taken } });
  expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
  expect(stderr).toContain(`${taken}: is no folder to keep things in; MUSTER_HOME names another\n`);
  expect(stderr).toContain('(MUSTER_FILE_UNREADABLE)');
  const below = await sandbox.run(['store', 'info'], { env: { MUSTER_HOME: `${taken}/x` } });
  expect(below.exit).toBe(10);
  expect(below.stderr).toContain(`${taken}/x: is no folder to keep things in; MUSTER_HOME names another\n`);
});
