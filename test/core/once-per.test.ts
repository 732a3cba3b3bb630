/** Work that is done once for an object, or once while the same text is asked about. */

import { describe, expect, it } from 'vitest';
import { keepingLast, oncePer } from '../../src/core/once-per.ts';

describe('work done once for an object', () => {
  const asked: object[] = [];
  const sizeOf = oncePer((of: { readonly size: number }) => {
    asked.push(of);
    return of.size === 0 ? undefined : of.size;
  });

  it('is not done again for it, whatever came of it', () => {
    const [one, none] = [{ size: 1 }, { size: 0 }];
    expect([sizeOf(one), sizeOf(none), sizeOf(one), sizeOf(none)]).toEqual([1, undefined, 1, undefined]);
    expect(asked).toEqual([one, none]);
  });

  it('is done for another that merely equals it', () => {
    const before = asked.length;
    expect([sizeOf({ size: 7 }), sizeOf({ size: 7 })]).toEqual([7, 7]);
    expect(asked.length - before).toBe(2);
  });
});

describe('the last answer, kept', () => {
  it('serves the same text again, however it came about, and no other', () => {
    const asked: string[] = [];
    const lengthOf = keepingLast((of) => {
      asked.push(of);
      return of === '' ? undefined : of.length;
    });
    const texts = ['key', ['k', 'ey'].join(''), '', '', 'key'];
    expect(texts.map(lengthOf)).toEqual([3, 3, undefined, undefined, 3]);
    expect(asked).toEqual(['key', '', 'key']);
  });
});
