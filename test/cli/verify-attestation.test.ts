/**
 * `muster attest` and `muster verify FILE` through the built program: what is relied on, by whose keys, and what is void.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aDatabase, anInventory, thePitr } from '../support/builders.ts';
import { createSandbox, type Sandbox } from '../support/cli.ts';

const orders = aDatabase();
const inventory = anInventory({ databases: [orders], recoveryPoints: [thePitr(orders)] });
const DELETE = ['aws', 'rds', 'delete-db-instance', '--db-instance-identifier', 'orders', '--skip-final-snapshot'];

let sandbox: Sandbox;
let stranger: Sandbox;
let ownKeys: string;
let foreignKeys: string;

beforeAll(async () => {
  sandbox = createSandbox({ AWS_EC2_METADATA_DISABLED: 'true' });
  stranger = createSandbox();
  ownKeys = sandbox.file('own.json', (await sandbox.run(['keys'])).stdout);
  foreignKeys = sandbox.file('foreign.json', (await stranger.run(['keys'])).stdout);
});

afterAll(() => {
  sandbox.close();
  stranger.close();
});

describe.each(['dsse', 'jws'])('an attestation as %s', (format) => {
  let passed: string;
  let digest: string;

  beforeAll(async () => {
    // A token is made only while its decision is in time by the machine's own clock.
    const fresh = { ...inventory, observedAt: new Date().toISOString() };
    const seen = sandbox.file('fresh.json', JSON.stringify(fresh));
    const { stdout } = await sandbox.run(['gate', 'command', '--inventory', seen, '--json', '--', 'ls', format]);
    digest = (JSON.parse(stdout) as { changeDigest: string }).changeDigest;
    const attested = await sandbox.run(['attest', digest.slice(0, 20), '--format', format]);
    expect(attested).toMatchObject({ exit: 0, stderr: '' });
    passed = sandbox.file(`passed.${format}`, attested.stdout);
  });

  const check = (...argv: readonly string[]) => sandbox.run(['verify', passed, ...argv]);

  it('of a decision that passed is valid, exit 0, with the keys of a file as with its own', async () => {
    expect(await check('--digest', digest)).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^PASSED /) });
    expect((await check('--keys', ownKeys)).exit).toBe(0);
  });

  it('is void, exit 2, with foreign keys, and what it says is not shown', async () => {
    const { exit, stdout } = await check('--keys', foreignKeys);
    expect(exit).toBe(2);
    expect(stdout).toMatch(/^VOID /);
    expect(stdout).toContain('(no_key)');
    expect(stdout).not.toContain('decision  ');
  });

  it.each([
    ['about another change', ['--digest', 'a'.repeat(64)], 'other_change'],
    ['whose time is over', ['--at', '2099-01-01T00:00:00Z'], 'expired'],
  ])('%s is void, exit 2', async (_, argv, code) => {
    const { exit, stdout } = await check(...argv);
    expect(exit).toBe(2);
    expect(stdout).toMatch(/^VOID /);
    expect(stdout).toContain(`(${code})`);
  });

  it('with one byte flipped is void, exit 2', async () => {
    const text = readFileSync(passed, 'utf8');
    const { stdout, exit } = await sandbox.run(['verify', sandbox.file('flipped', flippedPayload(text, format))]);
    expect({ exit, void: stdout.startsWith('VOID') }).toEqual({ exit: 2, void: true });
    expect(stdout).toContain('(signature_invalid)');
  });

  it('that was cut short is an error, exit 10', async () => {
    const text = readFileSync(passed, 'utf8');
    const { exit, stdout, stderr } = await sandbox.run(['verify', sandbox.file('cut', text.slice(0, 60))]);
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toContain('(MUSTER_ATTESTATION_INVALID)');
  });
});

/** One character in the middle of what is signed, as another of its alphabet. */
function flippedPayload(text: string, format: string): string {
  const from = format === 'dsse' ? text.indexOf('"payload":') + 40 : text.indexOf('.') + 40;
  return text.slice(0, from) + (text[from] === 'A' ? 'B' : 'A') + text.slice(from + 1);
}

it('an attestation of a decision that failed is exit 1, of one that nobody knows exit 2', async () => {
  const live = { ...inventory, observedAt: new Date().toISOString() };
  const seen = sandbox.file('live.json', JSON.stringify(live));
  for (const [command, exit] of [
    [DELETE, 1],
    [['sh', '-c', 'eval "$CMD"'], 2],
  ] as const) {
    const gated = await sandbox.run(['gate', 'command', '--inventory', seen, '--json', '--', ...command]);
    const { changeDigest } = JSON.parse(gated.stdout) as { changeDigest: string };
    const { stdout } = await sandbox.run(['attest', changeDigest]);
    expect((await sandbox.run(['verify', sandbox.file('att.json', stdout)])).exit).toBe(exit);
  }
});
