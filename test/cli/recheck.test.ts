/**
 * `muster recheck` through the built program: a decision on record, asked again when its change is about to run.
 */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/core/time.ts';
import type { DecisionDocument } from '../../src/verdict/document.ts';
import type { Recheck } from '../../src/verdict/recheck.ts';
import { aDrill, anInventory, aPoint, hoursAgo, NOW, thePitr } from '../support/builders.ts';
import { aDecidedSandbox, type DecidedSandbox, ORDERS, SEEN } from '../support/decided.ts';
import { stateFolder, storedRecords } from '../support/stored.ts';

const PLAN = resolve('test/recordings/shared-backend-forget.plan.json');
const STATE = resolve('test/recordings/shared-backend-forget.tfstate.json');

let sandbox: DecidedSandbox;
let decided: DecisionDocument;
beforeAll(async () => {
  sandbox = await aDecidedSandbox(NOW);
  decided = await sandbox.decide(SEEN);
});
afterAll(() => sandbox.close());

/** Asked a minute after the decision, unless told otherwise. */
async function recheck(...argv: readonly string[]) {
  const at = argv.includes('--at') ? [] : ['--at', addSeconds(NOW, 60)];
  const { exit, stdout, stderr } = await sandbox.run(['recheck', decided.changeDigest, ...argv, ...at, '--json']);
  expect(stderr).toBe('');
  const answer = JSON.parse(stdout) as Recheck;
  return { exit, answer, causes: answer.causes.map(({ cause }) => cause) };
}

const voided = (cause: string) => ({
  exit: 2,
  causes: [cause],
  answer: { stands: false, decision: 'block', verdict: 'unknown' },
});

describe('a decision for review', () => {
  it('is what a proven snapshot makes of a deletion', () => {
    expect(decided).toMatchObject({ decision: 'review', verdict: 'ready' });
  });

  it('stands a minute later, exit 0, and nothing is kept of asking', async () => {
    const before = storedRecords(stateFolder(sandbox)).length;
    const found = await recheck();
    expect(found).toMatchObject({ exit: 0, causes: [], answer: { stands: true, decision: 'review', fresh: false } });
    expect(storedRecords(stateFolder(sandbox))).toHaveLength(before);
  });

  it('says so as text, by the first digits of its digest', async () => {
    const name = decided.changeDigest.slice('sha256:'.length, 'sha256:'.length + 12);
    const { exit, stdout } = await sandbox.run(['recheck', name, '--at', addSeconds(NOW, 60)]);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^REVIEW {2}the decision stands/);
    expect(stdout).toContain('AWS was not read');
  });

  it('stands when the same is seen again', async () => {
    const again = sandbox.seen({ ...SEEN, observedAt: addSeconds(NOW, 60) });
    const found = await recheck('--inventory', again, '--require-fresh');
    expect(found).toMatchObject({ exit: 0, causes: [], answer: { fresh: true } });
  });

  it('is void once its time is over', async () => {
    expect(await recheck('--at', decided.validUntil)).toMatchObject(voided('expired'));
    expect((await recheck('--at', addSeconds(decided.validUntil, -1))).exit).toBe(0);
  });

  it('is void before it was made', async () => {
    expect(await recheck('--at', addSeconds(NOW, -3_600))).toMatchObject(voided('not_yet'));
  });

  it('is void by another policy, and stands by the same one written otherwise', async () => {
    const other = sandbox.file('other.yaml', 'version: 1\ndefaults:\n  dataLossMax: 1d\n');
    expect(await recheck('--policy', other)).toMatchObject(voided('policy_changed'));
    expect((await recheck('--policy', sandbox.file('same.yaml', '# the defaults\nversion: 1\n'))).exit).toBe(0);
  });

  it('is void when a snapshot is gone', async () => {
    const fewer = anInventory({ databases: [ORDERS], recoveryPoints: [thePitr(ORDERS)] });
    const found = await recheck('--inventory', sandbox.seen(fewer));
    expect(found).toMatchObject(voided('databases_changed'));
    const { stdout } = await sandbox.run([
      ...['recheck', decided.changeDigest, '--at', addSeconds(NOW, 60), '--inventory', sandbox.seen(fewer)],
    ]);
    expect(stdout).toMatch(/^VOID {2}the decision no longer stands/);
    expect(stdout).toContain('[databases_changed]');
  });

  it('is void when fresh eyes were asked for and the inventory is old', async () => {
    const argv = ['--inventory', sandbox.seen(SEEN), '--at', addSeconds(NOW, 600)];
    expect(await recheck(...argv, '--require-fresh')).toMatchObject(voided('not_fresh'));
    expect((await recheck(...argv)).exit).toBe(0);
  });

  it('is void when another plan is about to run', async () => {
    const { causes, exit } = await recheck('--plan', PLAN);
    expect({ exit, causes }).toEqual({ exit: 2, causes: ['change_changed'] });
  });

  it('is void when a state is shown that it was not judged with', async () => {
    expect(await recheck('--state', STATE)).toMatchObject(voided('not_comparable'));
  });
});

describe('a plan that was judged with its state', () => {
  let digest: string;

  beforeAll(async () => {
    const argv = [
      'gate',
      'terraform',
      PLAN,
      '--state',
      STATE,
      '--inventory',
      sandbox.seen(SEEN),
      '--at',
      NOW,
      '--json',
    ];
    digest = (JSON.parse((await sandbox.run(argv)).stdout) as DecisionDocument).changeDigest;
  });

  const again = async (...argv: readonly string[]) => {
    const run = await sandbox.run(['recheck', digest, '--at', addSeconds(NOW, 60), ...argv, '--json']);
    const { stands, causes } = JSON.parse(run.stdout) as Recheck;
    return { stands, causes: causes.map(({ cause }) => cause), exit: run.exit };
  };

  it('stands with the same plan and the same state, and not without the state', async () => {
    expect(await again('--plan', PLAN, '--state', STATE)).toMatchObject({ stands: true, causes: [] });
    expect(await again('--plan', PLAN)).toMatchObject({ exit: 2, causes: ['not_comparable'] });
  });

  it('is void with a later version of its state', async () => {
    const text = readFileSync(STATE, 'utf8');
    const { serial } = JSON.parse(text) as { serial: number };
    const later = sandbox.file('later.tfstate', text.replace(/"serial":\s*\d+/, `"serial": ${serial + 1}`));
    expect(await again('--state', later)).toMatchObject({ exit: 2, causes: ['state_changed'] });
  });
});

describe('a change whose decision was to block', () => {
  it.each([
    ['not ready', anInventory({ databases: [ORDERS], recoveryPoints: [thePitr(ORDERS)] }), 1, 'not_ready'],
    [
      'unknown',
      anInventory({
        databases: [{ ...ORDERS, resourceId: 'db-OTHER' }],
        recoveryPoints: [aPoint({ ...ORDERS, resourceId: 'db-OTHER' })],
      }),
      2,
      'unknown',
    ],
  ])('as %s is blocked when it is asked again, by its own exit code', async (_, inventory, exit, verdict) => {
    const own = await aDecidedSandbox(NOW);
    try {
      const { changeDigest } = await own.decide(inventory);
      const again = await own.run(['recheck', changeDigest, '--at', addSeconds(NOW, 60), '--json']);
      expect(again.exit).toBe(exit);
      expect(JSON.parse(again.stdout)).toMatchObject({ stands: true, decision: 'block', verdict });
    } finally {
      own.close();
    }
  });
});

it('a drill that failed since voids a decision', async () => {
  const own = await aDecidedSandbox(NOW);
  try {
    const { changeDigest } = await own.decide(SEEN);
    const failed = aDrill(ORDERS, {
      drillId: 'd2',
      result: 'failed',
      startedAt: hoursAgo(0),
      endedAt: addSeconds(NOW, 30),
    });
    await own.keep(failed);
    const { exit, stdout } = await own.run(['recheck', changeDigest, '--at', addSeconds(NOW, 60)]);
    expect(exit).toBe(2);
    expect(stdout).toContain('drill d2 of orders failed since');
    expect(stdout).toContain('[evidence_changed]');
  } finally {
    own.close();
  }
});

describe('what names no decision is refused, exit 10,', () => {
  it.each([
    ['of a digest nobody decided on', 'f'.repeat(64), 'no decision on change f', 'MUSTER_DECISION_NOT_FOUND'],
    ['too short', 'sha256:abc', 'a change digest is sha256: and 64 hex digits, of which 12 will do', 'MUSTER_USAGE'],
    ['no digest', 'orders', 'a change digest is sha256: and 64 hex digits, of which 12 will do', 'MUSTER_USAGE'],
  ])('when it is %s', async (_, named, message, code) => {
    const { exit, stdout, stderr } = await sandbox.run(['recheck', named]);
    expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain(`(${code})`);
  });
});

it.each([
  ['--plan', 'nowhere.json', 'MUSTER_FILE_UNREADABLE'],
  ['--state', PLAN, 'MUSTER_STATE_NOT_STATE'],
  ['--policy', PLAN, 'MUSTER_POLICY_INVALID'],
  ['--inventory', PLAN, 'MUSTER_INVENTORY_INVALID'],
  ['--at', 'soon', 'MUSTER_TIME_INVALID'],
])('a bad %s is refused, exit 10, before anything is said', async (option, value, code) => {
  const { exit, stdout, stderr } = await sandbox.run(['recheck', decided.changeDigest, option, value]);
  expect({ exit, stdout }).toEqual({ exit: 10, stdout: '' });
  expect(stderr).toContain(`(${code})`);
});
