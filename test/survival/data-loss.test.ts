/** How much work a restore gives up, and which instants no clock can have given. */

import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/core/time.ts';
import { dataLossSeconds, liesAhead, newestInstantOf } from '../../src/survival/data-loss.ts';
import { aDatabase, aPoint, hoursAgo, NOW, thePitr } from '../support/builders.ts';

const orders = aDatabase();

describe('the newest instant that a restore gives back', () => {
  it('is that of the data of a snapshot, not that of its making', () => {
    expect(newestInstantOf(aPoint(orders, { createdAt: hoursAgo(1), dataAt: hoursAgo(9) }))).toBe(hoursAgo(9));
    expect(newestInstantOf(aPoint(orders, { dataAt: null }))).toBeNull();
  });

  it('is the end of a window, whatever else the point says', () => {
    const window = { earliest: hoursAgo(48), latest: hoursAgo(2) };
    expect(newestInstantOf(thePitr(orders, { window, dataAt: hoursAgo(1) }))).toBe(hoursAgo(2));
  });

  it('may be the only one of a window, but no window runs backward', () => {
    const at = hoursAgo(2);
    expect(newestInstantOf(thePitr(orders, { window: { earliest: at, latest: at } }))).toBe(at);
    const backward = thePitr(orders, { window: { earliest: hoursAgo(1), latest: at } });
    expect(() => newestInstantOf(backward)).toThrow('a restore window runs forward');
  });
});

describe('the work lost', () => {
  it.each([
    [3_600, 3_600],
    [1, 1],
    [0.25, 1],
    [0, 0],
    [-1, 0],
    [-3_600, 0],
  ])('by a restore to %d seconds before the loss is %d seconds', (seconds, lost) => {
    expect(dataLossSeconds(addSeconds(NOW, -seconds), NOW)).toBe(lost);
  });
});

describe('an instant', () => {
  it.each([
    [-3_600, false],
    [0, false],
    [300, false],
    [301, true],
    [3_600, true],
  ])('%d seconds ahead is beyond what clocks differ by: %s', (seconds, ahead) => {
    expect(liesAhead(addSeconds(NOW, seconds), NOW)).toBe(ahead);
  });
});
