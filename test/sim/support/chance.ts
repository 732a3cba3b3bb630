/**
 * Chance from a seed: the same seed gives the same draws on every machine.
 *
 * The generator is mulberry32, small enough to read; its draws need only be varied, not unpredictable.
 */

/** Draws made one after another from one seed. */
export interface Chance {
  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number;
  /** True in about that share of draws. */
  happens(share: number): boolean;
  /** One of the items; each as likely as it is often in the list. */
  pick<T>(items: readonly T[]): T;
  /** Up to `most` values, made one by one. */
  some<T>(most: number, make: (index: number) => T): T[];
  /** That many letters and digits of base 32. */
  letters(length: number): string;
}

const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The draws of a seed. */
export function chanceOf(seed: number): Chance {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    below,
    happens: (share) => next() < share,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('there is nothing to pick from');
      return item;
    },
    some: (most, make) => Array.from({ length: below(most + 1) }, (_, index) => make(index)),
    letters: (length) => Array.from({ length }, () => BASE_32[below(32)]).join(''),
  };
}
