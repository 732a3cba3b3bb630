/** The catalogue of rules as text. */

import { expect, it } from 'vitest';
import { renderRules } from '../../src/report/rules-text.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';
import { RULE_CODES, RULES } from '../../src/survival/rules.ts';

const lines = renderRules(PLAIN_PAINT).split('\n');

it('every rule is printed once, with its statement and its source', () => {
  const text = lines.join(' ').replace(/\s+/g, ' ');
  for (const code of RULE_CODES) {
    expect(lines.filter((line) => line === code)).toHaveLength(1);
    expect(text).toContain(`${code} ${RULES[code].statement} source: ${RULES[code].source}`);
  }
});

it('no line is wider than a report', () => {
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
});
