/** Survivors by loss as text. */

import { expect, it } from 'vitest';
import { LOSS_WORDS, renderLosses } from '../../src/report/losses-text.ts';
import { colourPaint, PLAIN_PAINT } from '../../src/report/style.ts';
import { LOSSES } from '../../src/survival/losses.ts';
import type { LossRow } from '../../src/survival/matrix.ts';

const row = (fields: Partial<LossRow>): LossRow => ({
  loss: 'region_lost',
  left: [],
  unknown: [],
  dataLossSeconds: null,
  ...fields,
});
const point = (id: string) => ({ id, kind: 'manual_snapshot', until: null }) as const;
const render = (rows: readonly LossRow[]) => renderLosses([{ identifier: 'orders', rows }], PLAIN_PAINT);

it('a loss that leaves nothing says so, in red', () => {
  expect(render([row({})])).toBe('orders\n  region lost              nothing is left\n');
  expect(renderLosses([{ identifier: 'orders', rows: [row({})] }], colourPaint())).toContain('\u001b[31mnothing');
});

it('a loss that leaves something names it and the work lost', () => {
  const left = ['a', 'b', 'c', 'd', 'e'].map(point);
  expect(render([row({ left, dataLossSeconds: 90 })])).toContain('a, b, c, d and 1 more; work lost 1 min 30 s');
});

it('what is not known is neither left nor nothing', () => {
  const text = render([row({ unknown: [{ id: 'sealed', rules: ['key_not_observed'] }] })]);
  expect(text).toContain('not known: sealed');
  expect(text).not.toContain('nothing is left');
});

it('every loss has words that leave a gap before the answer, and control characters are stripped', () => {
  expect(LOSSES.filter((loss) => LOSS_WORDS[loss].length > 24)).toEqual([]);
  expect(renderLosses([{ identifier: 'a\u001b[31mb', rows: [] }], PLAIN_PAINT)).not.toContain('\u001b');
});
