/**
 * Whose authority an answer allows for: `--principal` and `--iam-policy`, on the built CLI and a lab over HTTP.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { createSandbox, type Sandbox, settingsOf } from '../support/cli.ts';

const BILLING = 'billing-production';
const SNAPSHOT = 'billing-production-before-2026-migration';
const NOBODY = 'arn:aws:iam::123456789012:role/nobody';
const POLICY = JSON.stringify({
  Statement: [
    { Effect: 'Allow', Action: 'rds:Delete*', Resource: '*' },
    { Effect: 'Deny', Action: ['rds:DeleteDBSnapshot', 'kms:*', 'backup:*'], Resource: '*' },
  ],
});

let lab: Lab;
let sandbox: Sandbox;
let policy: string;

beforeAll(async () => {
  lab = await startLab({ estate: 'datatalks' });
  sandbox = createSandbox(settingsOf(lab));
  policy = sandbox.file('deploy.json', POLICY);
});

afterAll(async () => {
  sandbox.close();
  await lab.close();
});

const DELETE = ['--', 'aws', 'rds', 'delete-db-instance', '--db-instance-identifier', BILLING, '--skip-final-snapshot'];

async function gate(...options: readonly string[]) {
  const { stdout } = await sandbox.run(['gate', 'command', '--json', ...options, ...DELETE]);
  const { checklist, databases, principal, gaps } = JSON.parse(stdout);
  const point = checklist.find((one: { point: string }) => one.point === 'authority_of_principal');
  const reaches = databases[0].survivors.map(
    ({ id, reach }: { id: string; reach: string }) => `${id.split(':')[0]} ${reach}`,
  );
  return { result: point.result, evidence: point.evidence.join('\n'), reaches, principal, gaps };
}

describe('a gate', () => {
  it('assumes that all is within reach, what a set lock holds by its key, unless told who asks', async () => {
    const { result, reaches } = await gate();
    expect({ result, reaches }).toEqual({
      result: 'unknown',
      reaches: ['awsbackup principal', `${SNAPSHOT} principal`],
    });
  });

  it('asks IAM about the caller when told to', async () => {
    const { result, principal, evidence, reaches } = await gate('--principal');
    expect(result).toBe('fail');
    expect(principal).toBe('arn:aws:iam::123456789012:user/lab');
    // What the lock holds can still be locked out of its key.
    expect(reaches).toEqual(['awsbackup principal', `${SNAPSHOT} principal`]);
    expect(evidence).toContain(`contradicted: it may take away each of 2 survivors of ${BILLING}`);
  });

  it('keeps what a policy file denies out of reach', async () => {
    const { reaches, evidence } = await gate('--iam-policy', policy);
    expect(reaches).toEqual(['awsbackup same_account', `${SNAPSHOT} same_account`]);
    expect(evidence).toContain(`verified: 2 of 2 survivors of ${BILLING} are out of its reach`);
  });

  it('says what could not be simulated, and by which call', async () => {
    const { result, principal, gaps } = await gate('--principal', NOBODY);
    expect({ result, principal }).toEqual({ result: 'unknown', principal: NOBODY });
    expect(gaps).toMatchObject([
      { action: 'iam:SimulatePrincipalPolicy', cause: expect.stringContaining('NoSuchEntity') },
    ]);
  });
});

describe('a report', () => {
  it('shows what a principal may leave of a database, the caller unless told otherwise', async () => {
    const rows = async (...options: readonly string[]) => {
      const { stdout } = await sandbox.run(['report', BILLING, '--loss', 'principal_reach', '--json', ...options]);
      return JSON.parse(stdout).losses[0].rows;
    };
    expect(await rows()).toMatchObject([{ loss: 'principal_reach', left: [], unknown: [] }]);
    const [row] = await rows('--iam-policy', policy);
    // Its protection is on, and no call that lifts it is allowed.
    const left = row.left.map(({ id }: { id: string }) => id);
    expect(left).toEqual(expect.arrayContaining([SNAPSHOT, expect.stringMatching(/^pitr:/)]));
  });

  it('has the row among all others when told who asks', async () => {
    const { stdout } = await sandbox.run(['report', BILLING, '--loss', 'all', '--iam-policy', policy]);
    expect(stdout).toMatch(/\n {2}all the principal may take +\S/);
  });
});

describe('options that cannot be', () => {
  it.each([
    [['--principal', 'deploy'], /"deploy" is no ARN/],
    [['--principal', NOBODY, '--iam-policy', 'POLICY'], /exclude each other/],
    [['--boundary', 'POLICY'], /--boundary needs --iam-policy/],
    [['--iam-policy', 'BROKEN'], /0\.Statement\.0\.Effect: must be Allow or Deny/],
  ])('%j are refused by name', async (options, message) => {
    const broken = sandbox.file('broken.json', '{"Statement":{"Effect":"Permit","Action":"*","Resource":"*"}}');
    const argv = options.map((one) => (one === 'POLICY' ? policy : one === 'BROKEN' ? broken : one));
    const { exit, stdout, stderr } = await sandbox.run(['report', ...argv]);
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
