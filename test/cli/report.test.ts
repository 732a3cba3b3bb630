/**
 * `muster report` as a person asks it: the built CLI on a lab over HTTP.
 */

import { afterAll, beforeAll, expect, it } from 'vitest';
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

it('one loss is asked by its name, and another name is refused with those that exist', async () => {
  expect((await sandbox.run(['report', CLUSTER, '--loss', 'region_lost'])).stdout).toBe(
    `${CLUSTER}\n  region lost                nothing is left\n`,
  );
  const { exit, stdout, stderr } = await sandbox.run(['report', '--loss', 'moon']);
  expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
  expect(stderr).toContain('"moon" is no loss; accepted are all, database_deleted');
});
