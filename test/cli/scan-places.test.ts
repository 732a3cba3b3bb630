/**
 * `muster scan` of several places as a shell uses it, against a lab of one account.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseInventory } from '../../src/inventory/schema.ts';
import { createSandbox, type Ended, type Sandbox } from '../support/cli.ts';

const SECRET = 'canary-secret-key';
const ROLE = 'arn:aws:iam::999988887777:role/reader';
let sandbox: Sandbox;
let settings: Readonly<Record<string, string>>;

beforeAll(async () => {
  sandbox = createSandbox();
  const endpoint = (await sandbox.start(['lab']).until(/(?<=AWS_ENDPOINT_URL=)\S+/)).trim();
  settings = { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: SECRET };
});

afterAll(() => sandbox.close());

const muster = (...argv: readonly string[]): Promise<Ended> => sandbox.run(argv, { env: settings });

describe('regions named by options', () => {
  it('are all read, though no region is set', async () => {
    const { exit, stdout } = await muster('scan', '--region', 'eu-west-1', '--region', 'us-east-1', '--json');
    const { scopes, databases, gaps } = parseInventory(stdout, 'stdout');
    expect([exit, gaps]).toEqual([0, []]);
    expect(scopes.map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
    expect(databases).toHaveLength(2);
  });

  it('are not read beside a saved inventory', async () => {
    const { stdout } = await muster('scan', '--region', 'eu-west-1', '--json');
    const saved = sandbox.file('saved.json', stdout);
    const { exit, stderr } = await muster('report', '--inventory', saved, '--region', 'eu-west-1');
    expect(exit).toBe(10);
    expect(stderr).toContain('--inventory reads no AWS');
  });

  it('are refused by name when they are none', async () => {
    const { exit, stderr } = await muster('gate', 'command', '--region', 'moon', '--', 'true');
    expect(exit).toBe(10);
    expect(stderr).toContain('--region: "moon" is no region');
  });
});

it('a role that may not be assumed leaves its account unknown, and prints neither key nor external id', async () => {
  const { exit, stdout } = await muster(
    ...['scan', '--region', 'eu-west-1', '--assume-role', ROLE, '--external-id', 'canary-external'],
  );
  expect(exit).toBe(2);
  expect(stdout).toMatch(/999988887777\/eu-west-1 +not read/);
  expect(stdout).toContain('2 databases');
  expect(sandbox.everything()).not.toMatch(/canary/);
});
