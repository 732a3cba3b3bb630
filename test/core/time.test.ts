/** Instants: one form, no clock, no time zone. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MusterError } from '../../src/core/errors.ts';
import {
  addDays,
  addSeconds,
  earliest,
  elapsedSeconds,
  fromEpochMilliseconds,
  isInstant,
  latest,
  parseInstant,
  printDuration,
  printInstant,
  secondsBetween,
  toEpochMilliseconds,
} from '../../src/core/time.ts';

const at = (text: string) => parseInstant(text, 'test');
const anInstant = fc.integer({ min: 0, max: 4_102_444_800_000 }).map(fromEpochMilliseconds);

describe('reading an instant', () => {
  it('brings every spelling of one moment to one form', () => {
    for (const text of [
      '2026-11-22T09:07:00Z',
      '2026-11-22t09:07:00z',
      '2026-11-22T09:07:00.000Z',
      '2026-11-22T10:07:00+01:00',
      '2026-11-22 04:37:00-04:30',
    ]) {
      expect(at(text)).toBe('2026-11-22T09:07:00.000Z');
    }
  });

  it('cuts what is finer than a millisecond', () => {
    expect(at('2026-11-22T09:07:00.1239Z')).toBe('2026-11-22T09:07:00.123Z');
  });

  it('refuses what has no offset, no time, or no such day', () => {
    for (const text of ['2026-11-22T09:07:00', '2026-11-22', 'yesterday', '', '2026-13-01T00:00:00Z', '1764061620']) {
      expect(() => at(text)).toThrow(MusterError);
    }
  });

  it('says where the text came from', () => {
    expect(() => parseInstant('soon', '--at')).toThrow('--at: "soon" is not an RFC 3339 instant');
  });

  it('knows its own form', () => {
    expect(isInstant('2026-11-22T09:07:00.000Z')).toBe(true);
    expect(isInstant('2026-11-22T09:07:00Z')).toBe(false);
    expect(isInstant('2026-99-22T09:07:00.000Z')).toBe(false);
  });

  it('is written as `Date` writes it, in whatever year', () => {
    const milliseconds = fc.oneof(
      fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }),
      fc.constantFrom(-1, 0, 951_782_400_000, 4_107_542_399_999, 253_402_300_799_999, 253_402_300_800_000, 1.5),
    );
    fc.assert(
      fc.property(milliseconds, (moment) => {
        expect(fromEpochMilliseconds(moment)).toBe(new Date(moment).toISOString());
      }),
      { numRuns: 2_000 },
    );
    expect(() => fromEpochMilliseconds(Number.NaN)).toThrow(RangeError);
  });

  it('survives the way to milliseconds and back', () => {
    fc.assert(fc.property(anInstant, (instant) => fromEpochMilliseconds(toEpochMilliseconds(instant)) === instant));
  });
});

describe('arithmetic', () => {
  it('orders instants as text in the order of time', () => {
    fc.assert(fc.property(anInstant, anInstant, (a, b) => a < b === toEpochMilliseconds(a) < toEpochMilliseconds(b)));
  });

  it('counts a day as 86,400 seconds, across a change of clocks too', () => {
    expect(addDays(at('2026-03-28T12:00:00Z'), 1)).toBe('2026-03-29T12:00:00.000Z');
    expect(addDays(at('2026-03-01T00:00:00Z'), -1)).toBe('2026-02-28T00:00:00.000Z');
  });

  it('adds parts of a second', () => {
    expect(addSeconds(at('2026-03-28T12:00:00Z'), 0.25)).toBe('2026-03-28T12:00:00.250Z');
  });

  it('rounds the work lost up and keeps measured phases exact', () => {
    const [from, to] = [at('2026-03-28T12:00:00Z'), at('2026-03-28T12:00:01.001Z')];
    expect(secondsBetween(from, to)).toBe(2);
    expect(elapsedSeconds(from, to)).toBe(1.001);
    expect(secondsBetween(from, from)).toBe(0);
  });

  it('picks the earlier and the later of two', () => {
    const [a, b] = [at('2026-03-28T12:00:00Z'), at('2026-03-29T12:00:00Z')];
    expect([earliest(a, b), earliest(b, a), latest(a, b), latest(b, a)]).toEqual([a, a, b, b]);
  });
});

describe('printing', () => {
  it('writes durations in their two largest units', () => {
    const printed = [0, 0.42, 9.96, 12, 59.6, 185, 3_600, 67_980, 86_400, 187_200].map(printDuration);
    expect(printed).toEqual([
      '0 s',
      '0.4 s',
      '10.0 s',
      '12 s',
      '1 min',
      '3 min 5 s',
      '1 h',
      '18 h 53 min',
      '1 d',
      '2 d 4 h',
    ]);
  });

  it('writes instants in UTC, whatever the time zone of the machine', () => {
    expect(printInstant(at('2026-11-22T09:07:00+05:45'))).toBe('2026-11-22 03:22:00 UTC');
  });
});
