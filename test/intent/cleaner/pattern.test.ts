/**
 * Patterns of other languages: matched where they mean the same everywhere, unknown elsewhere, and never slow.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matches } from '../../../src/intent/cleaner/pattern.ts';
import { secondsOfGo } from '../../../src/intent/cleaner/span.ts';

const of = (how: 'glob' | 'regex' | 'regex_at_start', text: string, ignoreCase = false) => ({ how, text, ignoreCase });

describe('a glob', () => {
  it.each([
    ['orders', '*', 'yes'],
    ['orders', 'or*', 'yes'],
    ['orders', '*rs', 'yes'],
    ['orders', 'o*d*s', 'yes'],
    ['orders', 'o??ers', 'yes'],
    ['orders', 'orders*', 'yes'],
    ['orders', 'order', 'no'],
    ['orders', '?orders', 'no'],
    ['', '*', 'yes'],
    ['', '?', 'no'],
    ['a/b', '*', 'unknown'],
    ['orders', '[o]rders', 'unknown'],
    ['orders', '{orders,x}', 'unknown'],
    ['orders', '**', 'unknown'],
  ] as const)('%s by %s: %s', (text, glob, expected) => {
    expect(matches(text, of('glob', glob))).toBe(expected);
  });

  it('means what an expression with dots means', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    const globs = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 });
    fc.assert(
      fc.property(
        letters,
        globs.filter((glob) => !glob.includes('**')),
        (text, glob) => {
          const expression = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
          expect(matches(text, of('glob', glob))).toBe(expression.test(text) ? 'yes' : 'no');
        },
      ),
    );
  });
});

describe('an expression', () => {
  it.each([
    ['orders', '^ord', 'yes'],
    ['orders', 'rder', 'yes'],
    ['orders', '^(orders|billing)$', 'yes'],
    ['orders', 'o\\w+s', 'yes'],
    ['orders', '[a-z]+', 'yes'],
    ['orders', '^bill', 'no'],
    // They differ between languages, or may take longer than anybody waits.
    ['orders', '(?i)ORDERS', 'unknown'],
    ['orders', '(?P<a>o)', 'unknown'],
    ['orders', '\\Aorders\\z', 'unknown'],
    ['orders', 'o{1,2}', 'unknown'],
    ['orders', '[[:alpha:]]+', 'unknown'],
    ['orders', '(o+)+$', 'unknown'],
    ['orders', '(a|a)*b', 'unknown'],
    ['orders', 'a++', 'unknown'],
    ['orders', '(', 'unknown'],
    ['orders', '.*.*.*.*.*.*.*.*x', 'unknown'],
    ['orders', 'o'.repeat(600), 'unknown'],
  ] as const)('%s by %s: %s', (text, expression, expected) => {
    expect(matches(text, of('regex', expression))).toBe(expected);
  });

  it('can be held to the start, and to no case', () => {
    expect(matches('orders', of('regex_at_start', 'ders|ord'))).toBe('yes');
    expect(matches('orders', of('regex_at_start', 'ders'))).toBe('no');
    expect(matches('orders', of('regex', 'ORD'))).toBe('no');
    expect(matches('orders', of('regex', 'ORD', true))).toBe('yes');
  });
});

describe('a span of Go', () => {
  it.each([
    ['1h', 3_600],
    ['2h45m', 9_900],
    ['1.5h', 5_400],
    ['90s', 90],
    ['300ms', 0.3],
    ['', null],
    ['2 days', null],
    ['7d', null],
    ['-1h', null],
    ['h', null],
  ])('%s is %j seconds', (text, seconds) => {
    expect(secondsOfGo(text)).toBe(seconds);
  });
});

describe('an expression that could keep a machine busy', () => {
  it.each([
    ['six stars over a tag', 'a*a*a*a*a*a*b', 'a'.repeat(250)],
    ['four stars over a snapshot id', '.*a.*a.*a.*b', 'a'.repeat(250)],
    ['options without end', `${'a?'.repeat(60)}b`, 'a'.repeat(60)],
    ['groups of alternatives without end', `${'(a|aa)'.repeat(60)}b`, 'a'.repeat(90)],
  ])('%s is left unknown', (_, expression, text) => {
    expect(matches(text, of('regex', expression))).toBe('unknown');
  });

  it.each([
    ['prod-orders-db', '^(prod|staging|dev)-.*-db$', 'yes'],
    ['prod-orders', '.*-(orders|users).*', 'yes'],
    ['shop-1', 'orders|users|carts|mail|jobs|stock|prices|pages|sites|shops|blogs|wikis|chats|calls|tasks', 'no'],
  ] as const)('%s by %s is answered: %s', (text, expression, expected) => {
    expect(matches(text, of('regex', expression))).toBe(expected);
  });
});
