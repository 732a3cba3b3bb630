/** Text that fits, tables that line up, and commands that still run after they were wrapped. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean, cutTo, hanging, wrap, wrapCommand } from '../../src/report/layout.ts';
import { remedyParts } from '../../src/report/remedy.ts';
import { colourPaint, PLAIN_PAINT } from '../../src/report/style.ts';
import { table } from '../../src/report/table.ts';

describe('cleaning', () => {
  it('turns line breaks into a space and drops control and direction characters', () => {
    expect(clean('a\r\n\tb\u001b[31mc\u0000\u202ed\u200be\u2028f')).toBe('a b[31mcde f');
  });

  it('leaves no control character of any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/\p{C}|\p{Zl}|\p{Zp}/u.test(clean(text))));
  });
});

describe('wrapping', () => {
  it('keeps every word and exceeds no width', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 60 }), (text, width) => {
        const lines = wrap(text, width);
        expect(lines.every((line) => [...line].length <= width)).toBe(true);
        expect(lines.join('').replaceAll(' ', '')).toBe(clean(text).replaceAll(' ', ''));
      }),
    );
  });

  it('breaks an identifier behind a separator rather than inside a number', () => {
    expect(wrap('rds:orders-2026-02-26-03-00', 20)).toEqual(['rds:orders-2026-02-', '26-03-00']);
  });

  it('hangs the text beside its label', () => {
    expect(hanging('note: ', 'one two three', 13)).toEqual(['note: one two', '      three']);
  });

  it('marks a cut', () => {
    expect(cutTo('abcdef', 4)).toBe('abc…');
    expect(cutTo('abcd', 4)).toBe('abcd');
  });
});

describe('commands', () => {
  it('break only between arguments and outside quotes', () => {
    const lines = wrapCommand(`aws rds add-tags --tags 'Key=a b,Value=c d' --resource-name "x y"`, 2, 34);
    expect(lines).toEqual(['  aws rds add-tags --tags \\', "    'Key=a b,Value=c d' \\", '    --resource-name "x y"']);
  });

  it('keep an argument whole that is wider than the page', () => {
    const arn = `arn:aws:rds:eu-west-1:123456789012:cluster:${'x'.repeat(60)}`;
    expect(wrapCommand(`muster report ${arn}`, 0, 40)).toEqual(['muster report \\', `  ${arn}`]);
  });

  it('are told from prose by their program, on a line of their own or after a colon', () => {
    expect(remedyParts('Take one first: aws rds create-db-snapshot\nmuster scan\nThen ask again.')).toEqual([
      { kind: 'prose', text: 'Take one first:' },
      { kind: 'command', text: 'aws rds create-db-snapshot' },
      { kind: 'command', text: 'muster scan' },
      { kind: 'prose', text: 'Then ask again.' },
    ]);
    expect(remedyParts(null)).toEqual([]);
  });
});

describe('tables', () => {
  const headings = ['id', 'words'];
  const rows = [['an-identifier-to-copy', 'several words that may wrap']];

  it('line up their columns', () => {
    expect(table({ headings, rows, indent: 2, width: 80, paint: PLAIN_PAINT })).toEqual([
      '  id                     words',
      '  an-identifier-to-copy  several words that may wrap',
    ]);
  });

  it('wrap between words before they break an identifier', () => {
    const lines = table({ headings, rows, indent: 0, width: 34, paint: PLAIN_PAINT });
    expect(lines[1]).toMatch(/^an-identifier-to-copy {2}several/);
    expect(lines.every((line) => line.length <= 34)).toBe(true);
  });

  it('are as wide with colour as without', () => {
    const painted = table({ headings, rows, indent: 0, width: 34, paint: colourPaint() });
    const codes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
    expect(painted.map((line) => line.replace(codes, ''))).toEqual(
      table({ headings, rows, indent: 0, width: 34, paint: PLAIN_PAINT }),
    );
  });
});
