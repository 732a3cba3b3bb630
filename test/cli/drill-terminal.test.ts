/**
 * Ctrl-C on a terminal: a person is asked once whether the scratch is torn down or left, and the drill goes on meanwhile.
 *
 * In a real terminal, made by `script`; skipped, and so reported, where util-linux is missing.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER, CTRL_C, CTRL_D, createSandbox, HAS_TERMINAL, type Sandbox, settingsOf } from '../support/cli.ts';
import { DRILL_TIMEOUT, type DrillLab, ESTATE, startDrillLab } from '../support/drill-lab.ts';

const RUN = ['drill', 'run', CLUSTER] as const;
const QUESTION = /or leave it for drill resume \(type leave\)\? $/;
const TORN_DOWN = 'interrupted: tearing the scratch down first';

describe.skipIf(!HAS_TERMINAL).sequential('Ctrl-C on a terminal', () => {
  let stage: DrillLab;
  let sandbox: Sandbox;

  beforeAll(async () => {
    stage = await startDrillLab();
    sandbox = createSandbox({ ...settingsOf(stage.lab), NO_COLOR: '1', TERM: 'xterm' });
  });

  afterAll(async () => {
    sandbox.close();
    await stage.close();
  });

  /** A drill that a person interrupts once its restore was asked for. */
  async function interrupted() {
    const running = sandbox.start(RUN, { terminal: 100 });
    await running.until(/restore requested, \+/);
    running.type(CTRL_C);
    await running.until(QUESTION);
    return running;
  }

  async function aborted(): Promise<unknown> {
    const { stdout } = await sandbox.run(['drill', 'list', '--json']);
    return (JSON.parse(stdout) as { drills: unknown[] }).drills[0];
  }

  it('asks on a line of its own, on which nothing turns, while the drill goes on', {
    timeout: DRILL_TIMEOUT,
  }, async () => {
    const running = await interrupted();
    await stage.scratch(/-1$/);
    expect(running.stdout()).toMatch(QUESTION);
    running.type(CTRL_C);
    const { exit, stdout } = await running.ended;
    expect(exit).toBe(130);
    const [, after = ''] = stdout.split('(type leave)? ');
    expect(after.indexOf('cluster available, +')).toBeGreaterThan(0);
    expect(after.indexOf('cluster available, +')).toBeLessThan(after.indexOf(TORN_DOWN));
    expect(after).toContain('ABORTED');
    expect(await stage.databases()).toEqual(ESTATE);
    expect(await aborted()).toMatchObject({ result: 'aborted', cause: 'interrupted' });
  });

  it.each([
    ['Enter', '\r'],
    ['tear', 'tear\r'],
    ['Ctrl-D', CTRL_D],
  ])(
    '%s tears down: exit 130, nothing is left, the record says aborted',
    { timeout: DRILL_TIMEOUT },
    async (_, key) => {
      const running = await interrupted();
      running.type(key);
      const { exit, stdout } = await running.ended;
      expect({ exit, told: stdout.split(TORN_DOWN).length - 1 }).toEqual({ exit: 130, told: 1 });
      expect(await stage.databases()).toEqual(ESTATE);
      expect(await aborted()).toMatchObject({ result: 'aborted', restoreSeconds: null });
    },
  );

  it('leave ends it with exit 130 and lets the scratch stand', { timeout: DRILL_TIMEOUT }, async () => {
    const before = (await sandbox.run(['drill', 'list', '--json'])).stdout;
    const running = await interrupted();
    running.type('leave\r');
    const { exit, stdout } = await running.ended;
    expect(exit).toBe(130);
    expect(stdout).toMatch(/drill (\w{10}) was left as it stands: muster drill resume \1 goes on/);
    expect(stdout).not.toContain(TORN_DOWN);
    expect(await stage.scratch(/./)).toMatch(/^muster-scratch-\w{10}/);
    expect((await sandbox.run(['drill', 'list', '--json'])).stdout).toBe(before);
  });

  it('and resume takes it to its end: passed, resumed once, with no restore time', {
    timeout: DRILL_TIMEOUT,
  }, async () => {
    const standing = await stage.scratch(/./);
    const drillId = standing.slice('muster-scratch-'.length, 'muster-scratch-'.length + 10);
    const { exit, stdout, stderr } = await sandbox.run(['drill', 'resume', drillId, '--json']);
    expect(exit, stderr).toBe(0);
    expect(stderr).toMatch(new RegExp(`^\\S+: going on with drill ${drillId} of ${CLUSTER}\n`));
    expect(stderr).not.toContain('restore requested');
    expect(JSON.parse(stdout)).toMatchObject({ drillId, result: 'passed', resumed: 1, restoreSeconds: null });
    expect(await stage.databases()).toEqual(ESTATE);
    const again = await sandbox.run(['drill', 'resume', drillId]);
    expect(again).toMatchObject({ exit: 10, stdout: '' });
    expect(again.stderr).toContain(`drill "${drillId}" is not among those left unfinished, which are: none`);
    expect(await sandbox.run(['drill', 'resume'])).toMatchObject({ exit: 0, stderr: 'no drill was left unfinished\n' });
  });

  it('a narrow terminal breaks no line and no id that somebody will copy', async () => {
    const { drills } = JSON.parse((await sandbox.run(['drill', 'list', '--json'])).stdout) as {
      drills: { drillId: string }[];
    };
    const { drillId = '' } = drills[0] ?? {};
    for (const columns of [60, 80]) {
      const listed = await sandbox.run(['drill', 'list'], { terminal: columns });
      expect(listed.stdout).toContain(`\n${drillId} `);
      const shown = await sandbox.run(['drill', 'show', drillId], { terminal: columns });
      expect(shown.stdout).toContain(` muster-scratch-${drillId}-1 `);
      for (const line of `${listed.stdout}${shown.stdout}`.split('\r\n'))
        expect(line.length).toBeLessThanOrEqual(columns);
    }
  });
});
