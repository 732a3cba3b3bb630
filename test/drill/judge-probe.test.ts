/**
 * Judging answers: what passes, what fails, what a pass is worth, and the words for each.
 */

import { describe, expect, it } from 'vitest';
import { judgeProbe, questionOf, worthOf } from '../../src/drill/judge-probe.ts';
import type { Baseline, CountExpectation, Probe, ProbeAnswer, ProbeResult } from '../../src/drill/probe.ts';
import { at } from '../support/aws-observations.ts';

const NOW = at('2026-02-26T21:00:00Z');
const DATA_AT = at('2026-02-26T20:00:00Z');
const LAST = at('2026-02-19T20:30:00Z');

type Of<K extends Probe['kind']> = Extract<Probe, { kind: K }>;

const rowCount = (fields: Partial<Of<'row_count'>> = {}): Probe => ({
  kind: 'row_count',
  name: 'students',
  table: 'prod.students',
  rowsMin: 1,
  expect: null,
  ...fields,
});
const totalRows = (fields: Partial<Of<'total_rows'>> = {}): Probe => ({
  kind: 'total_rows',
  name: 'all',
  rowsMin: 1,
  expect: null,
  ...fields,
});
const against = (figure: CountExpectation['against'], fields: Partial<CountExpectation> = {}): CountExpectation => ({
  against: figure,
  shrinkPercentMax: 10,
  growPercentMax: null,
  ...fields,
});
const marker = (fields: Partial<Of<'marker'>> = {}): Probe => ({
  kind: 'marker',
  name: 'newest',
  sql: 'select max(at) from log',
  lagSecondsMax: 900,
  keepValue: true,
  ...fields,
});
const checksum = (fields: Partial<Of<'checksum'>> = {}): Probe => ({
  kind: 'checksum',
  name: 'sum',
  table: 'prod.students',
  key: ['id'],
  columns: [],
  where: null,
  rowsMax: 1000,
  expect: 'last_drill',
  ...fields,
});
const schema = (fields: Partial<Of<'schema'>> = {}): Probe => ({
  kind: 'schema',
  name: 'shape',
  expect: 'last_drill',
  ...fields,
});
const sql = (fields: Partial<Of<'sql'>> = {}): Probe => ({
  kind: 'sql',
  name: 'free',
  sql: 'select state from orders',
  equals: null,
  min: null,
  max: null,
  keepValue: true,
  ...fields,
});

const count = (figure: number, tables = 1): ProbeAnswer => ({ kind: 'count', count: figure, tables });
const instant = (text: string | null, rows = 1): ProbeAnswer => ({
  kind: 'instant',
  instant: text === null ? null : at(text),
  rows,
});
const digest = (fill: string, rows: number, parts: Record<string, string> = {}): ProbeAnswer => ({
  kind: 'digest',
  digest: digestText(fill),
  rows,
  parts,
});
const value = (text: string | null, rows = 1, columns = 1): ProbeAnswer => ({ kind: 'value', text, rows, columns });
const digestText = (fill: string) => `sha256:${fill.repeat(64)}`;

/** An earlier drill that found this to this very probe. */
function baseline(probe: Probe, found: Partial<ProbeResult>): Baseline {
  const result = { kind: probe.kind, question: questionOf(probe), value: null, digest: null, parts: {}, ...found };
  return { drillId: 'd-1', endedAt: LAST, results: { [probe.name]: result } };
}

const judge = (
  probe: Probe,
  answer: ProbeAnswer,
  before: Baseline | null = null,
  dataAt: typeof NOW | null = DATA_AT,
) => judgeProbe(probe, answer, { at: NOW, dataAt, baseline: before });

it('a result carries what was asked, what was found and what it proves', () => {
  expect(judge(rowCount(), count(1200))).toEqual({
    name: 'students',
    kind: 'row_count',
    question: 'prod.students',
    passed: true,
    proves: 'data',
    finding: 'prod.students holds 1,200 rows (at least 1 wanted)',
    value: 1200,
    digest: null,
    parts: {},
  });
});

it.each([
  rowCount(),
  totalRows(),
  { kind: 'tables', name: 't', tablesMin: 0 } as const,
  { kind: 'freshness', name: 'f', sql: 's', ageSecondsMax: 1 } as const,
  marker(),
  checksum(),
  schema(),
  { kind: 'integrity', name: 'i', tables: [] } as const,
  sql(),
])('what could not be asked fails: $kind', (probe) => {
  expect(judge(probe, { kind: 'error', message: 'no such table (42P01)' })).toMatchObject({
    passed: false,
    proves: 'nothing',
    finding: 'could not be asked: no such table (42P01)',
    value: null,
    digest: null,
  });
});

it('an answer to another kind of question is a fault of Muster', () => {
  expect(() => judge(rowCount(), value('1'))).toThrow(expect.objectContaining({ code: 'MUSTER_INVARIANT_BROKEN' }));
});

describe('a count', () => {
  it('fails with one row too few', () => {
    expect(judge(rowCount({ rowsMin: 1201 }), count(1200))).toMatchObject({ passed: false, proves: 'nothing' });
    expect(judge(totalRows({ rowsMin: 1201 }), count(1200, 3))).toMatchObject({ passed: false, value: 1200 });
  });

  it('says how many tables were counted', () => {
    expect(judge(totalRows({ rowsMin: 2 }), count(2, 3)).finding).toBe('3 user tables hold 2 rows (at least 2 wanted)');
    expect(judge(totalRows(), count(1, 1)).finding).toBe('1 user table holds 1 row (at least 1 wanted)');
  });

  it.each([null, 0])('with a minimum of %s proves nothing, as it could not fail', (rowsMin) => {
    expect(judge(rowCount({ rowsMin }), count(1200))).toMatchObject({ passed: true, proves: 'nothing' });
  });

  it('against a written figure passes to the last row allowed and fails one below', () => {
    const probe = rowCount({ expect: against(1200) });
    expect(judge(probe, count(1080))).toMatchObject({ passed: true, proves: 'comparison' });
    expect(judge(probe, count(1079))).toMatchObject({
      passed: false,
      proves: 'nothing',
      finding:
        'prod.students holds 1,079 rows, 121 fewer than the 1,200 written down (at least 1,080 wanted; 10 % fewer allowed)',
    });
  });

  it('may grow only as far as allowed', () => {
    const probe = totalRows({ expect: against(1000, { growPercentMax: 5 }) });
    expect(judge(probe, count(1050, 2))).toMatchObject({ passed: true, proves: 'comparison' });
    expect(judge(probe, count(1051, 2))).toMatchObject({
      passed: false,
      finding:
        '2 user tables hold 1,051 rows, 51 more than the 1,000 written down (at least 900 wanted, at most 1,050; 10 % fewer and 5 % more allowed)',
    });
    expect(judge(totalRows({ expect: against(1000) }), count(9999, 2)).passed).toBe(true);
  });

  it('has whole bounds where floating point does not', () => {
    const probe = rowCount({ expect: against(100, { shrinkPercentMax: 41, growPercentMax: 15 }) });
    expect(judge(probe, count(59)).passed).toBe(true);
    expect(judge(probe, count(58)).passed).toBe(false);
    expect(judge(probe, count(115)).passed).toBe(true);
    expect(judge(probe, count(116)).passed).toBe(false);
  });

  it('against the last drill is compared with what that found', () => {
    const probe = rowCount({ rowsMin: null, expect: against('last_drill', { shrinkPercentMax: 0 }) });
    const before = baseline(probe, { value: 1200 });
    expect(judge(probe, count(1200), before)).toMatchObject({
      passed: true,
      proves: 'comparison',
      finding:
        'prod.students holds 1,200 rows, as many as the 1,200 of the drill of 2026-02-19 20:30:00 UTC (at least 1,200 wanted; 0 % fewer allowed)',
    });
    expect(judge(probe, count(1199), before).passed).toBe(false);
  });

  it('with no earlier drill is not compared', () => {
    const probe = rowCount({ expect: against('last_drill') });
    expect(judge(probe, count(5))).toMatchObject({
      passed: true,
      proves: 'data',
      finding: 'prod.students holds 5 rows (at least 1 wanted; no earlier drill to compare with)',
    });
  });

  it('is held against its minimum even where the figure allows fewer', () => {
    const probe = rowCount({ rowsMin: 1150, expect: against(1200) });
    expect(judge(probe, count(1149))).toMatchObject({
      passed: false,
      finding: expect.stringContaining('at least 1,150 wanted'),
    });
  });

  it.each([
    ['a figure of zero', against(0)],
    ['a figure that may vanish', against(1200, { shrinkPercentMax: 100 })],
  ])('against %s proves no comparison', (_, expectation) => {
    expect(judge(rowCount({ expect: expectation }), count(0))).toMatchObject({ passed: false });
    expect(judge(rowCount({ rowsMin: null, expect: expectation }), count(3))).toMatchObject({ proves: 'nothing' });
  });
});

describe('an earlier result', () => {
  const probe = rowCount({ rowsMin: null, expect: against('last_drill') });
  const fit = baseline(probe, { value: 1200 });

  it.each([
    ['another name', { ...fit, results: { teachers: fit.results['students'] } }],
    ['another kind', baseline(probe, { value: 1200, kind: 'total_rows' })],
    ['another question', baseline(probe, { value: 1200, question: 'prod.teachers' })],
    ['no figure', baseline(probe, { value: null })],
  ])('of %s is not compared with', (_, before) => {
    expect(worthOf(probe, fit)).toBe('comparison');
    expect(worthOf(probe, before as Baseline)).toBe('nothing');
    expect(judge(probe, count(1), before as Baseline)).toMatchObject({ passed: true, proves: 'nothing' });
  });

  it('is found by its own name only', () => {
    expect(worthOf(rowCount({ name: 'constructor', expect: against('last_drill') }), fit)).toBe('data');
  });
});

describe('structure', () => {
  it('of enough tables passes and proves nothing about data', () => {
    const probe: Probe = { kind: 'tables', name: 't', tablesMin: 3 };
    expect(judge(probe, count(3))).toMatchObject({
      passed: true,
      proves: 'nothing',
      finding: '3 user tables (at least 3 wanted)',
      value: 3,
    });
    expect(judge(probe, count(2))).toMatchObject({ passed: false });
  });

  it('that agrees with the last drill still proves nothing about data', () => {
    const before = baseline(schema(), { digest: digestText('a') });
    expect(judge(schema(), digest('a', 2, { 'p.a': 'x', 'p.b': 'y' }), before)).toMatchObject({
      passed: true,
      proves: 'nothing',
      finding: 'the structure of 2 tables has the digest of the drill of 2026-02-19 20:30:00 UTC',
      value: 2,
      digest: digestText('a'),
      parts: { 'p.a': 'x', 'p.b': 'y' },
    });
  });

  it('that differs fails and names the tables', () => {
    const before = baseline(schema(), { digest: digestText('a'), parts: { 'p.a': '1', 'p.b': '1', 'p.c': '1' } });
    expect(judge(schema(), digest('b', 3, { 'p.b': '2', 'p.c': '1', 'p.d': '1' }), before)).toMatchObject({
      passed: false,
      proves: 'nothing',
      finding:
        'the structure of 3 tables differs from the digest of the drill of 2026-02-19 20:30:00 UTC (gone: p.a; changed: p.b; added: p.d)',
    });
  });

  it('against a written digest is compared without names', () => {
    const probe = schema({ expect: digestText('a') });
    expect(judge(probe, digest('a', 1, { 'p.a': 'x' })).passed).toBe(true);
    expect(judge(probe, digest('b', 1, { 'p.a': 'x' }))).toMatchObject({
      passed: false,
      finding:
        'the structure of 1 table differs from the digest written down (sha256:bbbbbbbbbbbb, not sha256:aaaaaaaaaaaa)',
    });
  });

  it('of no table at all fails, and with nothing earlier passes', () => {
    expect(judge(schema(), digest('a', 0))).toMatchObject({ passed: false, finding: 'there is no user table' });
    expect(judge(schema(), digest('a', 1, { 'p.a': 'x' }))).toMatchObject({ passed: true, proves: 'nothing' });
  });

  it('without damage passes, with damage or unchecked fails', () => {
    const probe: Probe = { kind: 'integrity', name: 'i', tables: [] };
    const integrity = (checked: number, problems: string[]) => judge(probe, { kind: 'integrity', checked, problems });
    expect(integrity(4, [])).toMatchObject({
      passed: true,
      proves: 'nothing',
      finding: '4 checked, no problem found',
      value: 4,
    });
    expect(integrity(5, ['a', 'b', 'c', 'd'])).toMatchObject({
      passed: false,
      finding: '4 problems in 5 checked: a; b; c; and 1 more',
    });
    expect(integrity(0, [])).toMatchObject({ passed: false, finding: 'nothing was there to be checked' });
  });
});

describe('freshness', () => {
  const probe: Probe = { kind: 'freshness', name: 'f', sql: 'select max(at)', ageSecondsMax: 3600 };

  it('is the age at the time of the drill, to the second', () => {
    expect(judge(probe, instant('2026-02-26T20:00:00Z'))).toMatchObject({
      passed: true,
      proves: 'data',
      finding: 'newest is 2026-02-26 20:00:00 UTC, 1 h old (at most 1 h wanted)',
      value: 3600,
    });
    expect(judge(probe, instant('2026-02-26T19:59:59Z')).passed).toBe(false);
  });

  it.each([
    ['no row', instant(null, 0), 'yields no row, not one timestamp'],
    ['many rows', instant('2026-02-26T20:00:00Z', 2), 'yields more than one row, not one timestamp'],
    ['nothing', instant(null), 'yields no timestamp: there is nothing to be fresh'],
    [
      'the future',
      instant('2026-02-26T21:05:01Z'),
      '2026-02-26 21:05:01 UTC lies ahead of 2026-02-26 21:00:00 UTC: it says nothing about age',
    ],
  ])('that yields %s fails', (_, answer, finding) => {
    expect(judge(probe, answer)).toMatchObject({ passed: false, proves: 'nothing', finding });
  });
});

describe('a marker', () => {
  it('within its lag agrees with what the copy claims', () => {
    expect(judge(marker(), instant('2026-02-26T19:45:00Z'))).toMatchObject({
      passed: true,
      proves: 'comparison',
      value: 900,
      finding:
        'newest write 2026-02-26 19:45:00 UTC agrees with the claimed 2026-02-26 20:00:00 UTC (at most 15 min before it wanted)',
    });
  });

  it('older than that fails', () => {
    expect(judge(marker(), instant('2026-02-26T19:44:59Z'))).toMatchObject({
      passed: false,
      proves: 'nothing',
      finding:
        'newest write 2026-02-26 19:44:59 UTC is older than the copy claims: before the claimed 2026-02-26 20:00:00 UTC by 15 min 1 s (at most 15 min before it wanted)',
    });
  });

  it('may be ahead by what clocks differ, and no further', () => {
    expect(judge(marker(), instant('2026-02-26T20:05:00Z')).passed).toBe(true);
    expect(judge(marker(), instant('2026-02-26T20:05:00.001Z'))).toMatchObject({
      passed: false,
      finding: expect.stringContaining('holds data from after its claimed instant: it is another copy'),
    });
  });

  it('of a copy that claims no instant cannot be compared', () => {
    expect(judge(marker(), instant('2026-02-26T20:00:00Z'), null, null)).toMatchObject({
      passed: false,
      proves: 'nothing',
      finding: 'cannot be compared: the recovery point claims no instant for its data',
    });
  });

  it.each([instant(null, 0), instant(null), instant('2026-02-26T20:00:00Z', 2)])('that is not one fails', (answer) => {
    expect(judge(marker(), answer).passed).toBe(false);
  });

  it.each(['2026-02-26T19:51:07Z', '2026-02-26T18:51:07Z', '2026-02-26T20:51:07Z'])(
    'whose value is not kept shows nothing of %s',
    (text) => {
      const result = judge(marker({ keepValue: false }), instant(text));
      expect(JSON.stringify(result)).not.toMatch(/51:07|8 min|51 min|1 h 8/);
      expect(result.value).toBe(null);
    },
  );
});

describe('a checksum', () => {
  it('that agrees with the last drill is a comparison', () => {
    const before = baseline(checksum(), { digest: digestText('a') });
    expect(judge(checksum(), digest('a', 12), before)).toMatchObject({
      passed: true,
      proves: 'comparison',
      finding: '12 rows of prod.students have the digest of the drill of 2026-02-19 20:30:00 UTC',
      value: 12,
      digest: digestText('a'),
    });
    expect(judge(checksum(), digest('b', 12), before)).toMatchObject({
      passed: false,
      proves: 'nothing',
      finding:
        '12 rows of prod.students differ from the digest of the drill of 2026-02-19 20:30:00 UTC (sha256:bbbbbbbbbbbb, not sha256:aaaaaaaaaaaa)',
    });
  });

  it('against a written digest is a comparison', () => {
    const probe = checksum({ expect: digestText('a') });
    expect(judge(probe, digest('a', 12))).toMatchObject({ passed: true, proves: 'comparison' });
    expect(judge(probe, digest('b', 12)).passed).toBe(false);
  });

  it('with nothing earlier has read data and is kept for the next drill', () => {
    expect(judge(checksum(), digest('a', 12))).toMatchObject({ passed: true, proves: 'data', digest: digestText('a') });
  });

  it('over no rows fails, even where it agrees', () => {
    const before = baseline(checksum(), { digest: digestText('a') });
    expect(judge(checksum(), digest('a', 0), before)).toMatchObject({
      passed: false,
      proves: 'nothing',
      finding: 'prod.students yields no row: a digest of nothing agrees with every empty table',
    });
  });

  it('that reached its limit says so', () => {
    expect(judge(checksum(), digest('a', 1000)).finding).toContain('no more than 1,000 rows are read');
    expect(judge(checksum(), digest('a', 999)).finding).not.toContain('no more');
  });

  it.each([{ where: 'id < 9' }, { key: ['name'] }, { columns: ['id'] }, { rowsMax: 1001 }, { table: 'prod.teachers' }])(
    'of other rows asks another question: %o',
    (fields) => {
      expect(worthOf(checksum(fields), baseline(checksum(), { digest: digestText('a') }))).toBe('data');
    },
  );
});

describe('free SQL', () => {
  it('passes when the text is the one wanted', () => {
    expect(judge(sql({ equals: '1200' }), value('1200'))).toMatchObject({
      passed: true,
      proves: 'data',
      value: 1200,
      finding: 'yields "1200" ("1200" wanted)',
    });
    expect(judge(sql({ equals: 'null' }), value(null))).toMatchObject({
      passed: false,
      finding: 'yields null ("null" wanted)',
    });
  });

  it.each([
    ['4', false],
    ['5', true],
    ['10', true],
    ['10.5', false],
    ['five', false],
    ['', false],
    [null, false],
  ])('within 5 and 10: %s is %s', (text, passed) => {
    expect(judge(sql({ min: 5, max: 10 }), value(text)).passed).toBe(passed);
  });

  it.each([
    [2, 1],
    [1, 2],
    [0, 1],
  ])('of %i rows and %i columns fails', (rows, columns) => {
    expect(judge(sql({ equals: '1' }), value('1', rows, columns))).toMatchObject({
      passed: false,
      finding: 'yields other than one row of one column',
    });
  });

  it('with nothing wanted proves nothing', () => {
    expect(judge(sql(), value('7'))).toMatchObject({ passed: true, proves: 'nothing', value: 7 });
  });

  it.each([
    sql({ keepValue: false, equals: '4711' }),
    sql({ keepValue: false, equals: '0815' }),
    sql({ keepValue: false, min: 1, max: 2 }),
    sql({ keepValue: false }),
  ])('whose value is not kept never shows it', (probe) => {
    const result = judge(probe, value('4711'));
    expect(`${result.finding} ${result.value}`).not.toContain('4711');
    expect(result.value).toBe(null);
  });
});
