/** Drill definitions: what a file means, and how a bad one is refused. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MusterError } from '../../src/core/errors.ts';
import { parseDefinition } from '../../src/drill/definition.ts';

const read = (yaml: string) => parseDefinition(`name: a\n${yaml}`, 'd.yaml');

function errorOf(yaml: string): string {
  try {
    parseDefinition(yaml, 'd.yaml');
  } catch (error) {
    if (error instanceof MusterError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'no error';
}

const POINTS = 'newest, oldest, random with a seed, lastSurvivorOf with a loss, or pitr with an instant';
const INSTANTS = 'latest, an instant such as 2026-11-22T09:07:00Z, or random with a seed';
const PROBE_KINDS = 'row_count, total_rows, tables, freshness, marker, checksum, schema, integrity, sql';
const COUNT = 'probes: [{ kind: row_count, name: r, table: public.t,';

describe('a bad definition is refused with its place, what stands there and what is expected', () => {
  it.each<[yaml: string, message: string]>([
    ['', '1:1: the file: nothing, expected object'],
    ['- a', '1:1: the file: a list, expected object'],
    ['name: [', '1:8: not YAML (bad_indent)'],
    ['name: a\nname: b', '2:1: not YAML (duplicate_key)'],
    ['point: newest', '1:1: name: missing, expected a name'],
    ['name: 7', '1:7: name: 7, expected a name'],
    ['name: ""', '1:7: name: "", expected a name'],
    [
      'name: a\nclass: same',
      '2:1: the file: the key "class" is unknown, expected one of name, databases, point, kinds, schedule, jitterMinutes, scratch, probes, hydrate, objectives, limits, aftermath, pollSeconds',
    ],
    ['name: a\npoint: freshest', `2:8: point: "freshest", expected ${POINTS}`],
    ['name: a\npoint: { randm: { seed: x } }', `2:8: point: a mapping, expected ${POINTS}`],
    ['name: a\npoint:\n  random: { sed: x }', '3:13: point.random: the key "sed" is unknown, expected one of seed'],
    [
      'name: a\npoint: { random: { seed: [] } }',
      '2:26: point.random.seed: a list, expected a seed: a text or a whole number',
    ],
    ['name: a\npoint: { pitr: yesterday }', `2:16: point.pitr: "yesterday", expected ${INSTANTS}`],
    ['name: a\npoint: { pitr: 2026-11-22 }', `2:16: point.pitr: "2026-11-22", expected ${INSTANTS}`],
    [
      'name: a\npoint: { lastSurvivorOf: fire }',
      '2:26: point.lastSurvivorOf: "fire", expected a loss: database_deleted, ',
    ],
    ['name: a\nkinds: manual_snapshot', '2:8: kinds: "manual_snapshot", expected a list of kinds'],
    ['name: a\nkinds: [pitr, s3_export]', '2:15: kinds.1: "s3_export", expected a kind that can be restored: pitr, '],
    [
      'name: a\npoint: { pitr: latest }\nkinds: [pitr, manual_snapshot]',
      '3:8: kinds: a list, expected only kinds that restore to an instant: pitr, retained_automated_backup, replicated_automated_backup, backup_continuous',
    ],
    ['name: a\nschedule: daily', '2:11: schedule: "daily", expected five fields (minute, hour, '],
    ['name: a\nschedule: "0 24 * * *"', '2:11: schedule: "0 24 * * *", expected as hour *, or numbers from 0 to 23 '],
    ['name: a\nschedule: "0 3 0 * *"', 'expected as day of the month *, or numbers from 1 to 31 '],
    ['name: a\nschedule: "5-3 * * * *"', 'expected as minute *, or numbers from 0 to 59 '],
    ['name: a\nschedule: "*/0 * * * *"', 'expected as minute *, or numbers from 0 to 59 '],
    ['name: a\nschedule: "0 3 * FOO *"', 'expected as month *, or numbers from 1 to 12 '],
    ['name: a\njitterMinutes: 1441', '2:16: jitterMinutes: 1441, expected a whole number from 0 to 1440'],
    [
      'name: a\ndatabases: { account: 123456789012 }',
      '2:23: databases.account: 123456789012, expected an account id of twelve digits, in quotes',
    ],
    [
      'name: a\ndatabases: { engine: [postgres, 3] }',
      '2:33: databases.engine.1: 3, expected an engine such as postgres',
    ],
    [
      'name: a\ndatabases: { identifier: [] }',
      '2:26: databases.identifier: a list, expected an identifier such as orders-*, or a list of them',
    ],
    [
      'name: a\ndatabases: { region: Ireland }',
      '2:22: databases.region: "Ireland", expected a region such as eu-west-1',
    ],
    ['name: a\ndatabases: { tags: { env: 3 } }', '2:27: databases.tags.env: 3, expected a text'],
    ['name: a\ndatabases: { multiAz: maybe }', '2:23: databases.multiAz: "maybe", expected true or false'],
    ['name: a\ndatabases: { storageGibMin: 0 }', '2:29: databases.storageGibMin: 0, expected a whole number from 1 '],
    [
      'name: a\nscratch:\n  class: m6g.large',
      '3:10: scratch.class: "m6g.large", expected same, or a class such as db.t4g.medium',
    ],
    [
      'name: a\nscratch: { securityGroups: [default] }',
      '2:29: scratch.securityGroups.0: "default", expected a security group id such as sg-0abc',
    ],
    [
      'name: a\nscratch: { backupRoleArn: MyRole }',
      '2:27: scratch.backupRoleArn: "MyRole", expected the ARN of a role',
    ],
    [
      'name: a\nscratch: { bringKey: "arn:aws:iam::1:role/x" }',
      '2:22: scratch.bringKey: "arn:aws:iam::1:role/x", expected the ARN of a KMS key',
    ],
    [
      'name: a\nscratch: { bring: sometimes }',
      '2:19: scratch.bring: "sometimes", expected never, when_needed or always',
    ],
    [
      'name: a\nscratch: { public: true }',
      '2:12: scratch: the key "public" is unknown, expected one of class, subnetGroup, ',
    ],
    ['name: a\nprobes: 3', '2:9: probes: 3, expected a list of probes'],
    [
      'name: a\nprobes:\n  - { kind: guess, name: g }',
      `3:13: probes.0.kind: "guess", expected a probe of one of the kinds ${PROBE_KINDS}`,
    ],
    [
      'name: a\nprobes:\n  - { name: g }',
      `3:5: probes.0.kind: missing, expected a probe of one of the kinds ${PROBE_KINDS}`,
    ],
    [
      'name: a\nprobes:\n  - { kind: row_count, name: g }',
      '3:5: probes.0.table: missing, expected a table such as public.orders',
    ],
    [
      'name: a\nprobes: [{ kind: row_count, name: r, table: "x; drop table y" }]',
      '2:45: probes.0.table: "x; drop table y", expected a table such as public.orders',
    ],
    [
      `name: a\n${COUNT} expect: { against: last } }]`,
      '2:74: probes.0.expect.against: "last", expected last_drill, or a whole number from 0',
    ],
    [
      `name: a\n${COUNT} expect: { against: 5, shrinkPercentMax: -1 } }]`,
      'probes.0.expect.shrinkPercentMax: -1, expected a percentage from 0',
    ],
    [
      'name: a\nprobes: [{ kind: freshness, name: f, sql: select 1 }]',
      '2:10: probes.0.ageSecondsMax: missing, expected a whole number from 1',
    ],
    [
      'name: a\nprobes: [{ kind: marker, name: m, sql: "", lagSecondsMax: 5 }]',
      '2:40: probes.0.sql: "", expected one SQL query',
    ],
    [
      'name: a\nprobes: [{ kind: checksum, name: c, table: t, key: [] }]',
      '2:52: probes.0.key: a list, expected at least one column that orders the rows',
    ],
    [
      'name: a\nprobes: [{ kind: checksum, name: c, table: t, key: ["a; b"] }]',
      'probes.0.key.0: "a; b", expected a column such as created_at',
    ],
    [
      'name: a\nprobes: [{ kind: schema, name: s, expect: md5 }]',
      '2:43: probes.0.expect: "md5", expected last_drill, or a digest: sha256: and 64 hex digits',
    ],
    [
      'name: a\nprobes: [{ kind: sql, name: q, sql: select 1 }]',
      '2:10: probes.0: a mapping, expected at least one of equals, min and max: ',
    ],
    [
      'name: a\nprobes: [{ kind: sql, name: q, sql: select 1, equals: "1", min: 1 }]',
      'expected either equals, or bounds by min and max',
    ],
    ['name: a\nprobes: [{ kind: sql, name: q, sql: select 1, min: 2, max: 1 }]', 'expected min to be at most max'],
    [
      'name: a\nprobes:\n  - { kind: tables, name: t }\n  - { kind: schema, name: t }',
      '4:27: probes.1.name: "t", expected a name that no other probe here has',
    ],
    [
      'name: a\nobjectives: { restoreTimeMax: 15 min }',
      '2:31: objectives.restoreTimeMax: "15 min", expected a duration such as 90s, 15m, 24h or 30d',
    ],
    ['name: a\nlimits: { minutesMax: 0 }', '2:23: limits.minutesMax: 0, expected a whole number from 1 to 1440'],
    ['name: a\nlimits: { concurrency: 1.5 }', '2:24: limits.concurrency: 1.5, expected a whole number from 1 to 20'],
    ['name: a\nlimits: { money: { max: 5 } }', '2:18: limits.money.currency: missing, expected a currency such as EUR'],
    [
      'name: a\nlimits: { money: { max: -1, currency: EUR, perInstanceHour: 1, perGibMonth: 1 } }',
      '2:25: limits.money.max: -1, expected a price of 0 or more',
    ],
    [
      'name: a\naftermath: { onSuccess: keep }',
      '2:25: aftermath.onSuccess: "keep", expected delete, standby, or keepHours with a number',
    ],
    [
      'name: a\naftermath: { onSuccess: { keepHours: 0 } }',
      '2:38: aftermath.onSuccess.keepHours: 0, expected a whole number from 1 to 720',
    ],
    [
      'name: a\naftermath: { onFailure: standby }',
      '2:25: aftermath.onFailure: "standby", expected delete, or keepHours with a number',
    ],
    ['name: a\npollSeconds: 0', '2:14: pollSeconds: 0, expected seconds from 0.1'],
    ['name: a\nscratch: *nobody', 'an alias in it cannot be resolved'],
  ])('%j', (yaml, message) => {
    const found = errorOf(yaml);
    expect(found).toMatch(/^MUSTER_DRILL_INVALID d\.yaml:/);
    expect(found).toContain(message);
  });

  it('and a long value is cut', () => {
    expect(errorOf(`name: a\npoint: ${'x'.repeat(500)}`)).toContain(`"${'x'.repeat(59)}… (502 characters)`);
  });
});

describe('a definition', () => {
  it('says how the point is chosen', () => {
    expect(read('').point).toEqual({ kind: 'newest' });
    expect(read('point: oldest').point).toEqual({ kind: 'oldest' });
    expect(read('point: { random: { seed: 7 } }').point).toEqual({ kind: 'random', seed: '7' });
    expect(read('point: { lastSurvivorOf: region_lost }').point).toEqual({
      kind: 'last_survivor',
      loss: 'region_lost',
    });
    expect(read('point: { pitr: latest }').point).toEqual({ kind: 'pitr', to: { kind: 'latest' } });
    expect(read('point: { pitr: { random: { seed: x } } }').point).toEqual({
      kind: 'pitr',
      to: { kind: 'random', seed: 'x' },
    });
    expect(read('point: { pitr: 2026-11-22T10:00:00+01:00 }').point).toEqual({
      kind: 'pitr',
      to: { kind: 'instant', at: '2026-11-22T09:00:00.000Z' },
    });
  });

  it('reads one or more of a selector the same way', () => {
    expect(read('databases: { engine: postgres, region: [eu-west-1] }').databases).toEqual({
      engine: ['postgres'],
      region: ['eu-west-1'],
    });
  });

  it('reads durations in seconds, and what becomes of the scratch', () => {
    const { objectives, aftermath } = read(
      'objectives: { restoreTimeMax: 15m, dataLossMax: 1d }\naftermath: { onSuccess: standby, onFailure: { keepHours: 4 } }',
    );
    expect(objectives).toEqual({ restoreTimeMax: 900, dataLossMax: 86_400 });
    expect(aftermath).toEqual({ onSuccess: { kind: 'standby' }, onFailure: { kind: 'keep', hours: 4 } });
  });

  it.each(['0 3 * * SUN', '*/15 0-6,22 1 jan,DEC 1-5', '5 4 * * 7', '0 0 1-31/2 * *'])('is scheduled by %j', (cron) => {
    expect(read(`schedule: "${cron}"`).schedule).toBe(cron);
  });

  it('gives every probe its defaults, which are the strict ones', () => {
    const { probes } = read(
      [
        'probes:',
        '  - { kind: row_count, name: r, table: orders, expect: { against: last_drill } }',
        '  - { kind: checksum, name: c, table: orders, key: [id] }',
        '  - { kind: schema, name: s }',
        '  - { kind: integrity, name: i }',
      ].join('\n'),
    );
    expect(probes).toEqual([
      {
        kind: 'row_count',
        name: 'r',
        table: 'orders',
        rowsMin: 1,
        expect: { against: 'last_drill', shrinkPercentMax: 1, growPercentMax: null },
      },
      {
        kind: 'checksum',
        name: 'c',
        table: 'orders',
        key: ['id'],
        columns: [],
        where: null,
        rowsMax: 100_000,
        expect: 'last_drill',
      },
      { kind: 'schema', name: 's', expect: 'last_drill' },
      { kind: 'integrity', name: 'i', tables: [] },
    ]);
  });

  it('has a digest of what it means, not of how it is written or where', () => {
    const plain = parseDefinition('name: a\npoint: newest', 'one.yaml').digest;
    expect(parseDefinition('# why\npoint: newest\nname: "a"', 'two.yaml').digest).toBe(plain);
    expect(parseDefinition('name: a', 'three.yaml').digest).toBe(plain);
    expect(parseDefinition('name: a\npoint: oldest', 'one.yaml').digest).not.toBe(plain);
  });
});

it('the default definition restores the newest snapshot and wants a table and a row', () => {
  const { point, kinds, scratch, probes, limits, aftermath, databases } = parseDefinition(
    readFileSync('drills/default.yaml', 'utf8'),
    'drills/default.yaml',
  );
  expect({ point, kinds, minutesMax: limits.minutesMax, instanceClass: scratch.class, databases }).toEqual({
    point: { kind: 'newest' },
    kinds: [],
    minutesMax: 120,
    instanceClass: 'same',
    databases: {},
  });
  expect(probes).toEqual([
    { kind: 'tables', name: 'tables are there', tablesMin: 1 },
    { kind: 'total_rows', name: 'rows are there', rowsMin: 1, expect: null },
  ]);
  expect(aftermath).toEqual({ onSuccess: { kind: 'delete' }, onFailure: { kind: 'delete' } });
});
