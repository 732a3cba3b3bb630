/**
 * `muster gate terraform --state --plan-file`: the built CLI, plans of Terraform with their states, a saved inventory.
 *
 * The story of an archive that is swapped in: the state in use is judged first, and from then on no other will do.
 */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aDatabase, anInventory, NOW, thePitr } from '../support/builders.ts';
import { createSandbox, type Sandbox } from '../support/cli.ts';

const orders = aDatabase({ resourceId: 'db-ORDERSRESOURCEID0000000AA' });
const inventory = anInventory({ databases: [orders], recoveryPoints: [thePitr(orders)] });
const recording = (name: string) => resolve('test/recordings', name);
const FORGET = [
  recording('shared-backend-forget.plan.json'),
  '--state',
  recording('shared-backend-forget.tfstate.json'),
  '--plan-file',
  recording('shared-backend-forget.tfplan'),
];

let sandbox: Sandbox;
let judgedBy: readonly string[];
beforeAll(() => {
  sandbox = createSandbox({ AWS_EC2_METADATA_DISABLED: 'true' });
  judgedBy = ['--inventory', sandbox.file('inventory.json', JSON.stringify(inventory)), '--at', NOW, '--json'];
});
afterAll(() => sandbox.close());

async function gate(...argv: readonly string[]) {
  const { exit, stdout, stderr } = await sandbox.run(['gate', 'terraform', ...argv, ...judgedBy]);
  const document = stdout === '' ? null : JSON.parse(stdout);
  const codes = (document?.reasons ?? []).map(({ code }: { code: string }) => code);
  const point = (name: string) => document?.checklist.find(({ point }: { point: string }) => point === name);
  return { exit, stderr, document, codes, point };
}

it('a plan is judged with its state and its saved plan, and both stand in the checklist', async () => {
  const { exit, document, point } = await gate(...FORGET);
  expect({ exit, decision: document?.decision }).toEqual({ exit: 0, decision: 'allow' });
  expect(point('exact_plan_reviewed').evidence.join()).toContain('agree with the plan file sha256:');
  expect(point('source_of_truth').evidence.join()).toContain('shared backend (http)');
});

it('an older version of that state, and another state, are stopped from then on', async () => {
  const older = await gate(
    recording('shared-backend-destroy.plan.json'),
    '--state',
    recording('shared-backend-destroy.tfstate.json'),
  );
  expect(older.exit).not.toBe(0);
  expect(older.codes).toContain('older_serial');

  const text = readFileSync(recording('shared-backend-forget.tfstate.json'), 'utf8');
  const archive = sandbox.file('archive.json', text.replace('5f1e6f8a-3c55', '00000000-0000'));
  for (const _ of ['once', 'and again']) {
    const swapped = await gate(recording('shared-backend-forget.plan.json'), '--state', archive);
    expect(swapped).toMatchObject({ exit: 2, codes: expect.arrayContaining(['other_lineage']) });
  }
});

it('a state that does not belong to the plan file is stopped', async () => {
  const { exit, codes, point } = await gate(
    recording('shared-backend-forget.plan.json'),
    '--plan-file',
    recording('shared-backend-destroy.tfplan'),
  );
  expect(exit).toBe(1);
  expect(codes).toContain('state_mismatch');
  expect(point('exact_plan_reviewed').result).toBe('fail');
});

it.each([
  [['--state', recording('shared-backend-forget.tfplan')], 'MUSTER_STATE_NOT_STATE'],
  [['--plan-file', recording('shared-backend-forget.plan.json')], 'MUSTER_PLAN_FILE_INVALID'],
  [['--state', 'nowhere.json'], 'MUSTER_FILE_UNREADABLE'],
])('what is none is refused before anything is read: %j', async (beside, code) => {
  const { exit, stderr, document } = await gate(recording('shared-backend-forget.plan.json'), ...beside);
  expect({ exit, document }).toEqual({ exit: 10, document: null });
  expect(stderr).toContain(code);
});

it('the plan and its state cannot both come from stdin', async () => {
  expect((await gate('-', '--state', '-')).stderr).toContain('MUSTER_USAGE');
});

it('no secret of plan, state or saved plan was printed or kept', () => {
  expect(sandbox.everything()).not.toContain('CANARY');
});
