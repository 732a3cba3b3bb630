/** Survivors by loss in figures: counts, the newest instant, the end; nothing that is not in the row. */

import { expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import { summaryOf } from '../../src/survival/loss-summary.ts';
import type { LossRow } from '../../src/survival/matrix.ts';
import { NOW } from '../support/builders.ts';

const NOTHING: LossRow = {
  loss: 'region_lost',
  left: [],
  unknown: [],
  dataLossSeconds: null,
  lastEndsAt: null,
  kinds: [],
};

it('a loss that leaves nothing has no instant and no end', () => {
  expect(summaryOf(NOTHING, NOW)).toEqual({
    loss: 'region_lost',
    left: 0,
    newestAt: null,
    dataLossSeconds: null,
    until: null,
    unknown: 0,
  });
});

it('what is left is counted, and the newest instant lies as far back as work is lost', () => {
  const row: LossRow = {
    ...NOTHING,
    left: [
      { id: 'a', kind: 'manual_snapshot', until: null },
      { id: 'b', kind: 'snapshot_copy', until: addDays(NOW, 3) },
    ],
    unknown: [{ id: 'c', rules: [] }],
    dataLossSeconds: 90,
    lastEndsAt: addDays(NOW, 3),
  };
  expect(summaryOf(row, NOW)).toEqual({
    loss: 'region_lost',
    left: 2,
    newestAt: addSeconds(NOW, -90),
    dataLossSeconds: 90,
    until: addDays(NOW, 3),
    unknown: 1,
  });
});

it('a survivor whose age AWS does not say counts, and lends no instant', () => {
  const left = [{ id: 'a', kind: 'manual_snapshot', until: null }] as const;
  expect(summaryOf({ ...NOTHING, left }, NOW)).toMatchObject({ left: 1, newestAt: null, dataLossSeconds: null });
});
