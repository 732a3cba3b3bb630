/**
 * `muster drill plan`: what each kind of definition would restore, as text and as data, and what stands in the way.
 *
 * Planning reads and simulates; the lab's ledger holds no call that could have changed something.
 */

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DrillPreview } from '../../src/drill/preview.ts';
import { CLUSTER, createSandbox, type Sandbox, settingsOf } from '../support/cli.ts';
import { type DrillLab, INSTANCE, startDrillLab } from '../support/drill-lab.ts';

const PROBES = 'probes: [{ kind: total_rows, name: rows }]\n';
const DEFINITIONS = {
  snapshot: `name: snapshot\ndatabases: { identifier: ${INSTANCE} }\n${PROBES}`,
  pitr: `name: pitr\ndatabases: { identifier: ${INSTANCE} }\npoint: { pitr: latest }\n${PROBES}`,
  vault: `name: vault\ndatabases: { identifier: ${INSTANCE} }\nkinds: [backup_snapshot]\nscratch: { backupRoleArn: "arn:aws:iam::123456789012:role/restores" }\n${PROBES}`,
  copy: `name: copy\ndatabases: { identifier: ${CLUSTER} }\nscratch: { region: us-east-1, bring: always }\n${PROBES}`,
};

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

afterEach(() => {
  expect(stage.writes()).toEqual([]);
  expect(sandbox.leftFiles()).toEqual([]);
});

async function plan(definition: string, ...rest: string[]) {
  return sandbox.run(['drill', 'plan', ...rest, '--definition', sandbox.file('drill.yaml', definition)]);
}

async function planned(definition: string, ...rest: string[]) {
  const { exit, stdout, stderr } = await plan(definition, '--json', ...rest);
  expect(stderr).toBe('');
  return { exit, preview: JSON.parse(stdout) as DrillPreview };
}

describe('a definition', () => {
  it.each([
    [
      'snapshot',
      INSTANCE,
      'snapshot',
      { by: 'snapshot', bring: null },
      /restore +a snapshot restore from rds:billing-/,
    ],
    [
      'pitr',
      INSTANCE,
      'pitr',
      { by: 'pitr' },
      /restore +a point-in-time restore from the window of billing-production to \d{4}-/,
    ],
    [
      'vault',
      INSTANCE,
      'vault',
      { by: 'vault', to: null },
      /by AWS Backup, which takes on\s+arn:aws:iam::123456789012/,
    ],
    [
      'copy',
      CLUSTER,
      'snapshot',
      { by: 'snapshot', snapshot: null, bring: { fromRegion: 'eu-west-1', keyArn: null } },
      /a copy that is brought from eu-west-1 first/,
    ],
  ] as const)('of a %s drill is planned, as data and as text', async (name, identifier, claim, restore, words) => {
    const { exit, preview } = await planned(DEFINITIONS[name]);
    expect(exit).toBe(0);
    expect(preview).toMatchObject({ formatVersion: '1', definition: { name }, refused: [], undecided: [] });
    expect(preview.drills).toHaveLength(1);
    const [drill] = preview.drills;
    expect(drill).toMatchObject({ plan: { claim, restore, database: { identifier } }, obstacles: [] });
    expect(drill?.bestGrade).toBe('queried');
    expect(drill?.permissions).toMatchObject({ known: 'simulated' });
    expect(drill?.permissions.calls.map(({ permit }) => permit)).not.toContain('denied');
    expect(drill?.plan.ids.copy === null).toBe(name !== 'copy');

    const told = await plan(DEFINITIONS[name]);
    expect(told).toMatchObject({ exit: 0, stderr: '' });
    expect(told.stdout).toMatch(new RegExp(`^PLANNED {2}drill of ${identifier}: ${name}\n`));
    expect(told.stdout).toMatch(words);
    expect(told.stdout).toContain('which is not AWS');
    expect(Math.max(...told.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('without a selector plans the database that is named, and none without a name', async () => {
    const { preview } = await planned(`name: bare\n${PROBES}`, INSTANCE);
    expect(preview.drills.map(({ plan: { database } }) => database.identifier)).toEqual([INSTANCE]);
    const ended = await plan(`name: bare\n${PROBES}`);
    expect(ended).toMatchObject({ exit: 10, stdout: '' });
    expect(ended.stderr).toMatch(/no database is named: write a selector, or name one\n.*\(MUSTER_DRILL_INVALID\)\n$/);
  });

  it('that picks nothing names what there is', async () => {
    const ended = await plan(`name: moon\ndatabases: { identifier: moon-* }\n${PROBES}`);
    expect(ended).toMatchObject({ exit: 10, stdout: '' });
    expect(ended.stderr).toMatch(
      /picks none of dev-course-management-cluster, billing-production\n.*MUSTER_DATABASE_NOT_FOUND/,
    );
  });

  it('that picks one that cannot be drilled plans the other and exits 1', async () => {
    const both = 'name: manual\ndatabases: { engine: [postgres, aurora-postgresql] }\nkinds: [manual_snapshot]\n';
    const { exit, preview } = await planned(both);
    expect({ exit, drills: preview.drills.map(({ plan: { database } }) => database.identifier) }).toEqual({
      exit: 1,
      drills: [INSTANCE],
    });
    expect(preview.refused).toMatchObject([{ identifier: CLUSTER, code: 'MUSTER_NO_RECOVERY_POINT' }]);
  });
});

describe('what stands in the way', () => {
  const tooMuch = `${DEFINITIONS.snapshot}limits: { storageGibMax: 1 }\n`;

  it('heads the plan, which exits 1', async () => {
    const { exit, preview } = await planned(tooMuch);
    expect({ exit, limits: preview.drills[0]?.obstacles.map(({ limit }) => limit) }).toEqual({
      exit: 1,
      limits: ['storage'],
    });
    const told = await plan(tooMuch);
    expect(told).toMatchObject({ exit: 1 });
    expect(told.stdout).toMatch(/^NOT TO BE RUN {2}drill of .*\n {2}✗ .*100 GiB.*1 GiB \(limits\.storageGibMax\)\n/);
  });

  it('refuses the run before anything is made, journaled or recorded', async () => {
    const definition = sandbox.file('much.yaml', tooMuch);
    const ended = await sandbox.run(['drill', 'run', '--definition', definition]);
    expect(ended).toMatchObject({ exit: 10, stdout: '' });
    expect(ended.stderr).toMatch(/billing-production: .*\(limits\.storageGibMax\)\n.*\(MUSTER_DRILL_INVALID\)\n$/);
  });
});
