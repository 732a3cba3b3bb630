/**
 * `muster gate command` as a hook would call it: the built CLI, a lab over HTTP, the words after `--`.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { CLUSTER, createSandbox, type Sandbox, settingsOf } from '../support/cli.ts';

let lab: Lab;
let sandbox: Sandbox;

beforeAll(async () => {
  lab = await startLab({ estate: 'datatalks' });
  sandbox = createSandbox(settingsOf(lab));
});

afterAll(async () => {
  sandbox.close();
  await lab.close();
});

const DELETE = ['aws', 'rds', 'delete-db-cluster', '--db-cluster-identifier', CLUSTER, '--skip-final-snapshot'];

async function gate(...argv: readonly string[]) {
  const { exit, stdout, stderr } = await sandbox.run(['gate', 'command', '--json', '--', ...argv]);
  const document = stdout === '' ? null : JSON.parse(stdout);
  return { exit, stdout, stderr, decision: document?.decision, verdict: document?.verdict, document };
}

describe('a command', () => {
  it('that deletes a database without survivors is blocked, and its casualties are named', async () => {
    const { exit, document } = await gate(...DELETE);
    expect(exit).toBe(1);
    expect(document).toMatchObject({ decision: 'block', verdict: 'not_ready' });
    expect(document.databases).toMatchObject([{ identifier: CLUSTER, survivors: [] }]);
    expect(document.databases[0].casualties).toHaveLength(2);
  });

  it('hidden in shell text is found', async () => {
    expect(await gate(`cd infra && sudo -E sh -c "${DELETE.join(' ')}"`)).toMatchObject({
      exit: 1,
      verdict: 'not_ready',
    });
  });

  it.each([[['terraform', 'destroy', '-auto-approve']], [['make', 'destroy']], [['sh', '-c', 'eval "$CMD"']]])(
    '%j is blocked as unknown',
    async (argv) => {
      expect(await gate(...argv)).toMatchObject({ exit: 2, decision: 'block', verdict: 'unknown' });
    },
  );

  it.each([[['ls', '-la']], [['aws', 'rds', 'describe-db-clusters']], [['terraform', 'plan']]])(
    '%j is allowed',
    async (argv) => {
      expect(await gate(...argv)).toMatchObject({ exit: 0, decision: 'allow' });
    },
  );

  it('shows no secret that it carries', async () => {
    const modify = ['aws', 'rds', 'modify-db-cluster', '--db-cluster-identifier', CLUSTER];
    const { stdout, stderr } = await gate(
      ...modify,
      '--master-user-password',
      'CANARY-cmd-77',
      '--no-deletion-protection',
    );
    expect(stdout).toContain(CLUSTER);
    expect(stdout + stderr).not.toContain('CANARY-cmd-77');
  });

  it('left out is a usage error', async () => {
    const { exit, stdout, stderr } = await sandbox.run(['gate', 'command', '--']);
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toContain("missing required argument 'argv'");
  });
});

it('a command that names no region is not known to run in the place that was read while another was refused', async () => {
  const inventory = JSON.parse((await sandbox.run(['scan', '--json'])).stdout);
  const [here] = inventory.scopes;
  const refused = { what: 'all databases', action: 'sts:AssumeRole', cause: 'AccessDenied', hides: 'databases' };
  const gaps = [...inventory.gaps, { ...refused, where: { ...here, region: 'us-east-1' } }];
  const environmentBy = async (read: object) => {
    const saved = sandbox.file('read.json', JSON.stringify(read));
    const argv = ['gate', 'command', '--inventory', saved, '--json', '--', ...DELETE];
    return JSON.parse((await sandbox.run(argv)).stdout).checklist[0];
  };
  expect(await environmentBy(inventory)).toMatchObject({ point: 'environment_confirmed', result: 'pass' });
  expect(await environmentBy({ ...inventory, gaps })).toMatchObject({ result: 'unknown' });
});
