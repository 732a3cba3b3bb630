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

  it('are where a principal is asked for too', async () => {
    const argv = ['gate', 'command', '--region', 'eu-west-1', '--principal', '--json', '--', 'true'];
    const { exit, stdout } = await muster(...argv);
    expect([exit, JSON.parse(stdout).principal]).toEqual([0, 'arn:aws:iam::123456789012:user/lab']);
  });

  it('are no one place for a change that may run in any of them', async () => {
    const argv = ['gate', 'command', '--region', 'eu-west-1', '--region', 'us-east-1', '--json', '--', 'true'];
    expect(JSON.parse((await muster(...argv)).stdout).scope).toBeNull();
    const page = await muster(...argv.filter((word) => word !== '--json'));
    expect(page.stdout).toContain('about no one place');
  });

  it('are those of an object that says its region and not its account', async () => {
    const object = (region: string) =>
      sandbox.file(
        `${region}.yaml`,
        `apiVersion: rds.aws.upbound.io/v1beta3
kind: Instance
metadata: {name: billing-production, uid: u}
spec: {forProvider: {region: ${region}}}
`,
      );
    const gate = (region: string) =>
      muster('gate', 'kubernetes', object(region), '--region', 'eu-west-1', '--region', 'us-east-1', '--json');
    expect(JSON.parse((await gate('eu-west-1')).stdout).databases).toHaveLength(1);
    const abroad = JSON.parse((await gate('ap-south-1')).stdout);
    expect(abroad).toMatchObject({ decision: 'block', databases: [] });
    expect(abroad.reasons.map(({ code }: { code: string }) => code)).toContain('scope_not_observed');
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
