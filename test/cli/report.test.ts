/**
 * `muster report` as a person asks it: the built CLI on a lab over HTTP.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { report } from '../../src/cli/report.ts';
import type { CliWorld } from '../../src/cli/world.ts';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { LOSSES } from '../../src/survival/losses.ts';
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

it('a report on all databases exits by the worst of them', async () => {
  const { exit, stdout } = await sandbox.run(['report']);
  expect(exit).toBe(1);
  expect(stdout).toContain('1 not ready, 1 unknown, 0 ready');
});

it('a report on one exits by that one', async () => {
  expect((await sandbox.run(['report', 'billing-production'])).exit).toBe(2);
});

it('every loss has its row, and what is left under a careful loss makes nobody ready', async () => {
  const { exit, stdout } = await sandbox.run(['report', CLUSTER, '--loss', 'all', '--json']);
  const { losses } = JSON.parse(stdout);
  expect(losses.map(({ identifier }: { identifier: string }) => identifier)).toEqual([CLUSTER]);
  expect(losses[0].rows.map(({ loss }: { loss: string }) => loss)).toEqual([...LOSSES]);
  expect(losses[0].rows[0].left).toEqual([]);
  expect(losses[0].rows[1].left).toHaveLength(3);
  expect(exit).toBe(1);
});

it('of several databases a line each is shown, of one everything, with what other losses would leave', async () => {
  const { stdout } = await sandbox.run(['report']);
  expect(stdout).toMatch(/^not ready {2}dev-course-management-cluster .* no survivor/m);
  expect(stdout).toContain('muster report NAME shows one whole');
  expect(stdout.split('\n').length).toBeLessThanOrEqual(40);
  const one = (await sandbox.run(['report', CLUSTER])).stdout;
  expect(one).toMatch(/^ {2}countdown {4}nothing is left$/m);
  expect(one).toMatch(/^ {4}region lost +NONE$/m);
});

it('as data every database has its survivors by loss and its restore times', async () => {
  const { databases } = JSON.parse((await sandbox.run(['report', '--json'])).stdout);
  for (const { survivorsByLoss } of databases) {
    expect(survivorsByLoss.map(({ loss }: { loss: string }) => loss)).toEqual([...LOSSES]);
  }
  expect(databases.map(({ restoreTimes }: { restoreTimes: unknown }) => restoreTimes)).toEqual([
    [],
    [
      { claim: 'snapshot', p50: null, p95: null, n: 0, conditions: null },
      { claim: 'vault', p50: null, p95: null, n: 0, conditions: null },
    ],
  ]);
});

describe('a format', () => {
  const refused = (options: Parameters<typeof report>[1]) => report([], options, {} as CliWorld);

  it('that there is none of is refused before anything is read, with those that exist', async () => {
    for (const format of ['html', 'junit', 'sarif', 'TEXT', '']) {
      await expect(refused({ format })).rejects.toMatchObject({
        code: 'MUSTER_USAGE',
        message: `--format: ${JSON.stringify(format)} is no format; accepted are text, json, markdown`,
      });
    }
  });

  it('that --json contradicts is refused', async () => {
    await expect(refused({ format: 'markdown', json: true })).rejects.toMatchObject({
      code: 'MUSTER_USAGE',
      message: '--format: markdown is not what --json asks for; pass one of them',
    });
  });
});

it('for a pull request it is Markdown, with the exit code of the same verdict', async () => {
  const { exit, stdout, stderr } = await sandbox.run(['report', '--format', 'markdown']);
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
  expect(stdout).toMatch(/^#+ .+\n/);
  expect(stdout).toMatch(/^\| .*dev-course-management-cluster.* \|$/m);
  expect(stdout).not.toContain('\u001b');
});

it.each([
  [['--format', 'html'], '--format: "html" is no format; accepted are text, json, markdown'],
  [['--json', '--format', 'markdown'], '--format: markdown is not what --json asks for; pass one of them'],
])('%j is refused, exit 10, and nothing is printed', async (argv, message) => {
  const { exit, stdout, stderr } = await sandbox.run(['report', ...argv]);
  expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
  expect(stderr).toContain(`muster: ${message}\n`);
});

it('one loss is asked by its name, and another name is refused with those that exist', async () => {
  expect((await sandbox.run(['report', CLUSTER, '--loss', 'region_lost'])).stdout).toBe(
    `${CLUSTER}\n  region lost                 nothing is left\n`,
  );
  const { exit, stdout, stderr } = await sandbox.run(['report', '--loss', 'moon']);
  expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
  expect(stderr).toContain('"moon" is no loss; accepted are all, database_deleted');
});
