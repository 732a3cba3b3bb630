/**
 * `muster drill run` into pipes: what goes to which, several databases at once, and the exit code of every outcome.
 *
 * Whole drills on the lab over HTTP. What Ctrl-C does on a terminal, and what a killed run leaves, have tests of their own.
 */

import { DeleteDBInstanceCommand, RemoveTagsFromResourceCommand } from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DrillRecord } from '../../src/drill/model.ts';
import { CLUSTER, createSandbox, type Ended, eventually, type Sandbox, settingsOf } from '../support/cli.ts';
import { DRILL_TIMEOUT, type DrillLab, ESTATE, INSTANCE, startDrillLab } from '../support/drill-lab.ts';

const PROBES = 'probes: [{ kind: total_rows, name: rows }]\n';
const BOTH = `name: both\ndatabases: { engine: [postgres, aurora-postgresql] }\nlimits: { concurrency: 2 }\n${PROBES}`;

let stage: DrillLab;
let sandbox: Sandbox;

beforeAll(async () => {
  stage = await startDrillLab();
  sandbox = createSandbox(settingsOf(stage.lab));
});

afterAll(async () => {
  sandbox.close();
  await stage.close();
});

function run(definition: string, ...rest: string[]): Promise<Ended> {
  return sandbox.run(['drill', 'run', ...rest, '--definition', sandbox.file('drill.yaml', definition)]);
}

/** The phases that were told of one scratch, in order. */
function phasesOf(stderr: string, scratch: string): string[] {
  const line = new RegExp(`^${scratch}: (.+), \\+.+$`, 'gm');
  return [...stderr.matchAll(line)].map(([, phase = '']) => phase);
}

describe.sequential('one database', () => {
  it('tells the phases on stderr, line by line, and the record on stdout', { timeout: DRILL_TIMEOUT }, async () => {
    const { exit, stdout, stderr, leftProcesses } = await run(`name: one\n${PROBES}`, INSTANCE);
    expect({ exit, leftProcesses }, stderr).toEqual({ exit: 0, leftProcesses: false });
    const [, scratch = ''] =
      /^(\S+): restoring billing-production from rds:billing-production-\S+\n/.exec(stderr) ?? [];
    expect(phasesOf(stderr, scratch)).toEqual([
      'restore requested',
      'instance available',
      'password set',
      'first connection',
      'first query',
      'probes done',
      'torn down',
    ]);
    expect(stderr).not.toContain('\u001b');
    expect(stdout).toMatch(/^PASSED {2}drill of billing-production\n {2}restore time {4}\d.* s \(request to last/);
    expect(stdout).not.toContain('restoring');
    expect(await stage.databases()).toEqual(ESTATE);
  });

  it('with --json prints the record alone', { timeout: DRILL_TIMEOUT }, async () => {
    const { exit, stdout } = await run(`name: point\npoint: { pitr: latest }\n${PROBES}`, INSTANCE, '--json');
    expect(exit).toBe(0);
    const record = JSON.parse(stdout) as DrillRecord;
    expect(record).toMatchObject({ result: 'passed', claim: 'pitr', grade: 'queried', resumed: 0, cause: null });
    const shown = await sandbox.run(['drill', 'show', record.drillId, '--json']);
    expect(JSON.parse(shown.stdout)).toEqual(record);
  });

  it('out of its vault, and as a copy in another region', { timeout: DRILL_TIMEOUT }, async () => {
    const role = 'scratch: { backupRoleArn: "arn:aws:iam::123456789012:role/restores" }';
    const vault = await run(`name: vault\nkinds: [backup_snapshot]\n${role}\n${PROBES}`, INSTANCE, '--json');
    expect(JSON.parse(vault.stdout)).toMatchObject({ result: 'passed', claim: 'vault' });
    const abroad = 'scratch: { region: us-east-1, bring: always }';
    const copy = await run(`name: copy\n${abroad}\n${PROBES}`, CLUSTER, '--json');
    expect(JSON.parse(copy.stdout)).toMatchObject({
      result: 'passed',
      scope: { region: 'us-east-1' },
      conditions: { broughtFrom: expect.stringContaining('eu-west-1') },
      scratch: [{ role: 'copy', end: 'gone' }, { end: 'gone' }, { end: 'gone' }],
    });
    expect([vault.exit, copy.exit]).toEqual([0, 0]);
  });
});

describe.sequential('two databases at once', () => {
  let ended: Ended;
  let records: readonly DrillRecord[];

  beforeAll(async () => {
    ended = await run(BOTH, '--json');
    records = JSON.parse(ended.stdout) as DrillRecord[];
  }, DRILL_TIMEOUT);

  it('come as a list, in the order of the plan, and pass with exit 0', async () => {
    expect(ended.exit).toBe(0);
    expect(records.map(({ databaseIdentifier, result }) => [databaseIdentifier, result])).toEqual([
      [CLUSTER, 'passed'],
      [INSTANCE, 'passed'],
    ]);
    expect(await stage.databases()).toEqual(ESTATE);
  });

  it('are told apart, and run at the same time', () => {
    for (const { drillId } of records)
      expect(phasesOf(ended.stderr, `muster-scratch-${drillId}`)).toEqual(
        expect.arrayContaining(['restore requested', 'probes done', 'torn down']),
      );
    const lines = ended.stderr.split('\n');
    const told = (index: number, words: string) =>
      lines.findIndex((line) => line.startsWith(`muster-scratch-${records[index]?.drillId}: ${words}`));
    expect(told(1, 'restoring')).toBeLessThan(told(0, 'torn down'));
    expect(told(0, 'restoring')).toBeLessThan(told(1, 'torn down'));
  });

  it('are interrupted together', { timeout: DRILL_TIMEOUT }, async () => {
    const running = sandbox.start(['drill', 'run', '--definition', sandbox.file('both.yaml', BOTH), '--json']);
    await running.until(/(\S+): restore requested[\s\S]*: restore requested/);
    running.send('SIGINT');
    const { exit, stdout } = await running.ended;
    expect({ exit, results: (JSON.parse(stdout) as DrillRecord[]).map(({ result }) => result) }).toEqual({
      exit: 130,
      results: ['aborted', 'aborted'],
    });
    expect(await stage.databases()).toEqual(ESTATE);
  });

  it('one after the other, an interruption keeps the second from beginning', { timeout: DRILL_TIMEOUT }, async () => {
    const inTurn = sandbox.file('turn.yaml', BOTH.replace('concurrency: 2', 'concurrency: 1'));
    const running = sandbox.start(['drill', 'run', '--definition', inTurn, '--json']);
    await running.until(/restore requested/);
    running.send('SIGTERM');
    const { exit, stdout, stderr } = await running.ended;
    const results = JSON.parse(stdout) as DrillRecord[];
    expect({ exit, results: results.map(({ result }) => result) }).toEqual({ exit: 130, results: ['aborted'] });
    expect(stderr).toMatch(/\ndrill \w{10} was not begun\n$/);
    expect(stderr).not.toContain('muster drill resume');
  });
});

describe.sequential('a drill that cannot be, or does not pass', () => {
  it('exits 1 when a probe fails, and says which', { timeout: DRILL_TIMEOUT }, async () => {
    const many = 'name: many\nprobes: [{ kind: total_rows, name: many rows, rowsMin: 10000000 }]\n';
    const { exit, stdout } = await run(many, INSTANCE);
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^FAILED {2}drill of billing-production\n.*many rows/);
    expect(await stage.databases()).toEqual(ESTATE);
  });

  it('exits 13 while as many run as may, and 10 when it is to be resumed', { timeout: DRILL_TIMEOUT }, async () => {
    const running = sandbox.start(['drill', 'run', INSTANCE]);
    const [line = ''] = [await running.until(/muster-scratch-\w+: restore requested/)];
    const drillId = line.slice('muster-scratch-'.length, line.indexOf(':'));
    const second = await run(`name: second\n${PROBES}`, CLUSTER);
    const resumed = await sandbox.run(['drill', 'resume', drillId]);
    const swept = await sandbox.run(['drill', 'sweep']);
    expect((await running.ended).exit).toBe(0);
    expect(second).toMatchObject({ exit: 13, stdout: '' });
    expect(second.stderr).toContain(`limits.concurrency is 1, and ${drillId} is running`);
    expect(resumed).toMatchObject({ exit: 10, stdout: '' });
    expect(resumed.stderr).toContain('one that a run is at, or was until moments ago, cannot be resumed yet');
    expect(swept).toMatchObject({ exit: 0, stdout: expect.stringContaining(`in use (drill ${drillId} is at it`) });
  });

  it('exits 14 when its scratch could not be removed, and says how to', { timeout: DRILL_TIMEOUT }, async () => {
    const slow = `name: slow\nprobes: [{ kind: sql, name: slow, sql: "select 1 from pg_sleep(3)", equals: "1" }]\n`;
    const running = sandbox.start(['drill', 'run', INSTANCE, '--definition', sandbox.file('slow.yaml', slow)]);
    const line = await running.until(/muster-scratch-\w+: first query/);
    const id = line.slice(0, line.indexOf(':'));
    const tags = { ResourceName: `arn:aws:rds:eu-west-1:${stage.lab.accountId}:db:${id}`, TagKeys: ['muster:drill'] };
    await stage.rds.send(new RemoveTagsFromResourceCommand(tags));
    const { exit, stdout } = await running.ended;
    expect(exit).toBe(14);
    expect(stdout).toMatch(new RegExp(`^LEAKED[\\s\\S]*A SCRATCH MAY STILL EXIST: ${id}\n +muster drill sweep\n`));
    const swept = await sandbox.run(['drill', 'sweep']);
    expect(swept).toMatchObject({ exit: 14, stdout: expect.stringContaining(`instance ${id}: leaked (`) });
    const instance = { DBInstanceIdentifier: id, SkipFinalSnapshot: true };
    await stage.rds.send(new DeleteDBInstanceCommand(instance));
    await eventually(async () => ((await stage.databases()).includes(id) ? null : true));
    expect(await sandbox.run(['drill', 'sweep'])).toMatchObject({ exit: 0 });
  });

  it('a kept scratch is left by the sweep, which says until when', { timeout: DRILL_TIMEOUT }, async () => {
    const kept = `name: kept\naftermath: { onSuccess: { keepHours: 1 } }\n${PROBES}`;
    const { exit, stdout } = await run(kept, INSTANCE, '--json');
    const { drillId } = JSON.parse(stdout) as DrillRecord;
    expect(exit).toBe(0);
    const swept = await sandbox.run(['drill', 'sweep']);
    expect(swept).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(new RegExp(`^instance muster-scratch-${drillId}: kept \\(kept until \\d{4}-`)),
    });
    expect(await stage.databases()).toEqual([...ESTATE, `muster-scratch-${drillId}`].sort());
  });
});
