/**
 * The small parts of the SQL adapter: names, timestamps, the digest of rows, and waits that end.
 */

import { describe, expect, it } from 'vitest';
import { printFault } from '../../../src/adapters/sql/faults.ts';
import { Lifeline } from '../../../src/adapters/sql/lifeline.ts';
import { literal, quote, readTableName } from '../../../src/adapters/sql/names.ts';
import { RowDigest } from '../../../src/adapters/sql/row-digest.ts';
import { readTimestamp } from '../../../src/adapters/sql/timestamps.ts';

describe('a table name', () => {
  it.each([
    ['students', '"', { schema: null, table: 'students' }],
    ['prod.students', '"', { schema: 'prod', table: 'students' }],
    ['"a.b"."c""d"', '"', { schema: 'a.b', table: 'c"d' }],
    ['`a.b`.c', '`', { schema: 'a.b', table: 'c' }],
    ['`a``b`', '`', { schema: null, table: 'a`b' }],
    ['a.b.c', '"', null],
    ['', '"', null],
    ['"a', '"', null],
    ['a\0b', '"', null],
  ] as const)('%j in %s', (text, mark, name) => {
    expect(readTableName(text, mark)).toEqual(name);
  });

  it('cannot end its quotes', () => {
    expect(quote('a"; drop', '"')).toBe('"a""; drop"');
    expect(quote('a`; drop', '`')).toBe('`a``; drop`');
    expect(literal(`a'\\`, '"')).toBe(`'a''\\'`);
    expect(literal(`a'\\`, '`')).toBe(`'a''\\\\'`);
  });
});

describe('a printed timestamp', () => {
  it.each([
    ['2026-02-26 20:00:00+00', '2026-02-26T20:00:00.000Z'],
    ['2026-02-26 20:00:00.123456+00', '2026-02-26T20:00:00.123Z'],
    ['2026-02-26 20:00:00.5', '2026-02-26T20:00:00.500Z'],
    ['2026-02-26 20:00:00+05:45', '2026-02-26T14:15:00.000Z'],
    ['2026-02-26T20:00:00Z', '2026-02-26T20:00:00.000Z'],
    ['2026-02-26', '2026-02-26T00:00:00.000Z'],
    ['0000-00-00 00:00:00', null],
    ['2026-02-30 25:00:00', null],
    ['infinity', null],
    ['0044-03-15 00:00:00+00 BC', null],
    ['2 days', null],
    ['20:00:00', null],
    ['', null],
    [null, null],
  ])('%s is %s', (text, instant) => {
    expect(readTimestamp(text)).toBe(instant);
  });
});

describe('a digest of rows', () => {
  type Row = readonly (string | Buffer | null)[];
  const digest = (rows: readonly Row[], columns: readonly string[] = ['a', 'b']) => {
    const fed = new RowDigest(columns);
    for (const row of rows) fed.add(row);
    return fed.finish();
  };

  it('is that of the same rows each time, as text or as bytes', () => {
    const text = digest([['1', 'é']]);
    expect(text).toEqual(digest([[Buffer.from('1'), Buffer.from('é')]]));
    expect(text.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(text.rows).toBe(1);
  });

  it.each<[string, Row[], Row[]]>([
    ['the border between two values', [['ab', 'c']], [['a', 'bc']]],
    ['the border between two rows', [['a', 'b']], [['a'], ['b']]],
    ['the order of rows', [['a'], ['b']], [['b'], ['a']]],
    ['null and nothing', [[null, 'a']], [['', 'a']]],
    ['null and the letter that stands for it', [[null]], [['n']]],
    ['a value that looks like the encoding', [['1 1:x', 'y']], [['1', 'x 1:y']]],
    ['one row more', [['a']], [['a'], ['a']]],
  ])('tells %s apart', (_, one, other) => {
    expect(digest(one).digest).not.toBe(digest(other).digest);
  });

  it('tells the columns apart', () => {
    expect(digest([['1', '2']], ['a', 'b']).digest).not.toBe(digest([['1', '2']], ['b', 'a']).digest);
    expect(digest([], ['a', 'b']).digest).not.toBe(digest([], ['a']).digest);
  });
});

describe('a wait on a connection', () => {
  it('ends with whatever ends the connection first, and so does every later one', async () => {
    let cuts = 0;
    const lifeline = new Lifeline(() => {
      cuts += 1;
    });
    const waits = [lifeline.hold(60, () => {}), lifeline.hold(60, () => {})];
    lifeline.end(new Error('first'));
    lifeline.end(new Error('second'));
    for (const wait of waits) await expect(wait).rejects.toThrow('first');
    await expect(lifeline.hold(60, ({ resolve }) => resolve(1))).rejects.toThrow('first');
    expect(cuts).toBe(1);
  });

  it('that lasts too long ends the connection', async () => {
    let cut = false;
    const lifeline = new Lifeline(() => {
      cut = true;
    });
    await expect(lifeline.hold(0.01, () => {})).rejects.toThrow('no answer within 0.01 s');
    expect(cut).toBe(true);
  });
});

it('words that may quote data are left out, by state or by number', () => {
  const fault = (fields: object) => Object.assign(new Error("bad 'canary'"), fields);
  expect(printFault(fault({ code: 'ER_X', sqlState: '22007' }))).not.toContain('canary');
  for (const errno of [1366, 1411, 1525, 1105]) {
    expect(printFault(fault({ code: 'ER_X', sqlState: 'HY000', errno }))).not.toContain('canary');
  }
  expect(printFault(fault({ code: '42P01' }))).toBe("bad 'canary' (42P01)");
});
