/**
 * The definitions that are shipped: each parses, and means what its first line says.
 *
 * What they name is made up, so none of them is run here.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type DrillDefinition, parseDefinition } from '../../src/drill/definition.ts';
import { worthOf } from '../../src/drill/judge-probe.ts';

const FOLDER = 'drills/examples';
const FILES = readdirSync(FOLDER).sort();

function read(name: string): DrillDefinition {
  return parseDefinition(readFileSync(`${FOLDER}/${name}`, 'utf8'), name);
}

it('there is one for each kind of drill', () => {
  expect(FILES).toEqual([
    'mysql.yaml',
    'nightly-pitr.yaml',
    'other-region.yaml',
    'weekly-oldest.yaml',
    'weekly-vault.yaml',
  ]);
});

it.each(FILES)('%s parses, says when it runs, names a group of its own, and can prove data', (name) => {
  const { databases, schedule, scratch, probes } = read(name);
  expect(Object.values(databases).some((wanted) => wanted !== undefined)).toBe(true);
  expect(schedule).toMatch(/^\S+ \S+ \S+ \S+ \S+$/);
  expect(scratch.securityGroups).toHaveLength(1);
  expect(probes.map((probe) => worthOf(probe, null))).toContainEqual(expect.stringMatching(/^(data|comparison)$/));
  expect(readFileSync(`${FOLDER}/${name}`, 'utf8')).toMatch(/^# .+\n/);
});

it('each restores what its name promises', () => {
  expect(read('nightly-pitr.yaml')).toMatchObject({ point: { kind: 'pitr', to: { kind: 'latest' } } });
  expect(read('weekly-vault.yaml').kinds).toEqual(['backup_snapshot', 'backup_copy']);
  expect(read('weekly-vault.yaml').scratch.backupRoleArn).toMatch(/^arn:aws:iam::/);
  expect(read('other-region.yaml')).toMatchObject({
    databases: { region: ['eu-west-1'] },
    scratch: { region: 'eu-central-1', bring: 'always', bringKey: expect.stringContaining(':eu-central-1:') },
  });
  expect(read('weekly-oldest.yaml')).toMatchObject({ point: { kind: 'oldest' }, hydrate: true });
  expect(read('weekly-oldest.yaml').probes.map(({ kind }) => kind)).toContain('integrity');
  expect(read('mysql.yaml').databases.engine).toEqual(['mysql', 'mariadb', 'aurora-mysql']);
});

it('the default asks for the newest snapshot and at least one row', () => {
  const definition = parseDefinition(readFileSync('drills/default.yaml', 'utf8'), 'drills/default.yaml');
  expect(definition).toMatchObject({ point: { kind: 'newest' }, kinds: [], limits: { minutesMax: 120 } });
  expect(definition.probes.map((probe) => worthOf(probe, null))).toEqual(['nothing', 'data']);
});
