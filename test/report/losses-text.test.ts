/** Survivors by loss as text. */

import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import { LOSS_WORDS, renderLosses } from '../../src/report/losses-text.ts';
import { colourPaint, PLAIN_PAINT } from '../../src/report/style.ts';
import { LOSSES } from '../../src/survival/losses.ts';
import { type LossRow, matrixOf } from '../../src/survival/matrix.ts';
import { aDatabase, aKey, anInventory, aPoint, aVault, KEY_ARN, NOW, thePitr } from '../support/builders.ts';

const row = (fields: Partial<LossRow>): LossRow => ({
  loss: 'region_lost',
  left: [],
  unknown: [],
  dataLossSeconds: null,
  lastEndsAt: null,
  kinds: [],
  ...fields,
});
const point = (id: string) => ({ id, kind: 'manual_snapshot', until: null }) as const;
const render = (rows: readonly LossRow[], paint = PLAIN_PAINT) => renderLosses([{ identifier: 'orders', rows }], paint);

describe('one loss', () => {
  it('that leaves nothing says so, in red', () => {
    expect(render([row({})])).toBe('orders\n  region lost                 nothing is left\n');
    expect(render([row({})], colourPaint())).toContain('\u001b[31mnothing');
  });

  it('that leaves something names it, the work lost, and the day of the last', () => {
    const left = ['a', 'b', 'c', 'd', 'e'].map(point);
    const text = render([row({ left, dataLossSeconds: 90 })]);
    expect(text).toContain('a, b, c, d and 1 more; work lost 1 min 30 s; never ends by itself');
    expect(render([row({ left: left.slice(1), lastEndsAt: addDays(NOW, 3) })])).toMatch(/last is gone on\s+2026-11-26/);
  });

  it('whose outcome is not known is neither left nor nothing', () => {
    const text = render([row({ unknown: [{ id: 'sealed', rules: ['key_not_observed'] }] })]);
    expect(text).toContain('not known: sealed');
    expect(text).not.toContain('nothing is left');
  });
});

it('the longest name of a loss stands apart from what is left', () => {
  const longest = Object.entries(LOSS_WORDS).toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0];
  const text = render([row({ loss: longest as LossRow['loss'] })]);
  expect(text).toMatch(/[a-z] {2}nothing is left\n$/);
});

describe('several losses', () => {
  const orders = aDatabase({ encrypted: true, keyArn: KEY_ARN });
  const plain = { encrypted: false, keyArn: null };
  const recoveryPoints = [
    thePitr(orders),
    aPoint(orders),
    aPoint(orders, { ...plain, id: 'plain', arn: 'arn:plain' }),
    aPoint(orders, { ...plain, id: 'making', arn: 'arn:making', kind: 'snapshot_copy', status: 'copying' }),
    aPoint(orders, {
      ...plain,
      id: 'v',
      arn: 'arn:v',
      kind: 'backup_snapshot',
      vaultArn: aVault().arn,
      expiresAt: addDays(NOW, 9),
    }),
  ];
  const inventory = anInventory({ databases: [orders], recoveryPoints, keys: [aKey()], vaults: [aVault()] });
  const lines = (losses: Parameters<typeof matrixOf>[3]) =>
    render(matrixOf(inventory, orders, NOW, losses)).split('\n');

  it('are one grid: a column for each kind, how many are left of how many, and until when', () => {
    expect(lines(['database_deleted', 'key_disabled', 'snapshots_purged', 'region_lost'])).toEqual([
      'orders',
      '  loss                  PITR  manual  copy  vault  work lost  last ends',
      '  deleted carelessly    -     2       ?     1      1 h        never',
      '  key disabled          x     1/2     ?     1      1 h        never',
      '  RDS snapshots purged  1     -       ?     1      5 min      never',
      '  region lost           -     -       -     -      ALL OF IT',
      '',
      '2/3 left of how many; - none left; x left, but unreadable; ? not known',
      '',
    ]);
  });

  it('show the day on which the last that is left ends', () => {
    const only = anInventory({ ...inventory, recoveryPoints: recoveryPoints.slice(-1) });
    const [, , deleted] = render(matrixOf(only, orders, NOW, ['database_deleted', 'region_lost'])).split('\n');
    expect(deleted).toMatch(/deleted carelessly\s+1\s+1 h\s+2026-12-02$/);
  });

  it('fit a screen, all of them', () => {
    const all = lines(LOSSES);
    expect(all.length).toBeLessThan(24);
    expect(all.filter((line) => line.length > 100)).toEqual([]);
  });

  it('are not known where nothing is surely left', () => {
    const unread = anInventory({ ...inventory, keys: [], recoveryPoints: recoveryPoints.slice(0, 2) });
    const [, , deleted] = render(matrixOf(unread, orders, NOW, ['database_deleted', 'region_lost'])).split('\n');
    expect(deleted).toMatch(/deleted carelessly\s+-\s+\?\s+not known$/);
  });
});

it('every loss has words that leave a gap before the answer, and control characters are stripped', () => {
  expect(Object.values(LOSS_WORDS).filter((words) => words.length > 26)).toEqual([]);
  expect(renderLosses([{ identifier: 'a\u001b[31mb', rows: [] }], PLAIN_PAINT)).not.toContain('\u001b');
});
