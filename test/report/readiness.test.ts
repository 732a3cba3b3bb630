/** What a readiness report works out before it is text: what ends when, what is worst, which reasons are the same. */

import { describe, expect, it } from 'vitest';
import { firstEnding, lastEndOf, worstFirst } from '../../src/report/readiness.ts';
import { groupReasons } from '../../src/report/reason-groups.ts';
import { printCost, printCountdown } from '../../src/report/words.ts';
import type { DatabaseView } from '../../src/verdict/document.ts';
import { aDatabaseView, aReason, aSurvivor } from '../support/decision-builder.ts';
import { AT, aPieceOfEvidence, arnOf, later } from '../support/readiness-builder.ts';

describe('the last survivor', () => {
  const endOf = (...survivors: Parameters<typeof aSurvivor>[0][]) =>
    lastEndOf(aDatabaseView({ survivors: survivors.map((fields) => aSurvivor(fields)) }));

  it('ends when the latest of them does', () => {
    expect(endOf({ expiresAt: later(9) }, { expiresAt: later(60) }, { expiresAt: later(10) })).toBe(later(60));
  });

  it('never ends while one of them has no end', () => {
    expect(endOf({ expiresAt: later(9) }, { expiresAt: null })).toBe('never');
  });

  it('is none where nothing is left, and none within the change itself', () => {
    expect(endOf()).toBeNull();
    expect(endOf({ expiresAt: null, reach: 'same_plan' })).toBeNull();
    expect(endOf({ expiresAt: later(9) }, { expiresAt: null, reach: 'same_plan' })).toBe(later(9));
  });
});

describe('what ends first', () => {
  const view = (fields: Partial<DatabaseView>) => aDatabaseView({ survivors: [aSurvivor()], ...fields });

  it('is the earliest of the verdict, the evidence and the last survivor', () => {
    const survivors = [aSurvivor({ expiresAt: later(30) })];
    const evidence = [aPieceOfEvidence({ id: 'drill:a', freshUntil: later(20) })];
    const all = { survivors, evidence, readyUntil: later(10) };
    expect(firstEnding(view(all), AT)).toEqual({ what: 'it is ready no longer', at: later(10) });
    expect(firstEnding(view({ ...all, readyUntil: null }), AT)).toEqual({
      what: 'drill:a is too old to count',
      at: later(20),
    });
    expect(firstEnding(view({ survivors }), AT)).toEqual({ what: 'the last survivor ends', at: later(30) });
  });

  it('is nothing where nothing ends by itself', () => {
    expect(firstEnding(view({}), AT)).toBeNull();
  });

  it('is neither the inventory, which every report reads anew, nor evidence that is too old already', () => {
    const evidence = [
      aPieceOfEvidence({ kind: 'inventory', freshUntil: later(60) }),
      aPieceOfEvidence({ freshUntil: later(0) }),
      aPieceOfEvidence({ freshUntil: null }),
    ];
    expect(firstEnding(view({ evidence }), AT)).toBeNull();
  });
});

describe('the order', () => {
  it('is by verdict, then what has nothing left, then what ends soonest, then by name', () => {
    const until = (seconds: number) => ({ survivors: [aSurvivor({ expiresAt: later(seconds) })] });
    const views = [
      aDatabaseView({ identifier: 'ready', verdict: 'ready', ...until(1) }),
      aDatabaseView({ identifier: 'unknown', verdict: 'unknown' }),
      aDatabaseView({ identifier: 'b-endless', survivors: [aSurvivor()] }),
      aDatabaseView({ identifier: 'late', ...until(20) }),
      aDatabaseView({ identifier: 'soon', ...until(10) }),
      aDatabaseView({ identifier: 'nothing' }),
      aDatabaseView({ identifier: 'a-endless', survivors: [aSurvivor()] }),
    ];
    expect(worstFirst(views).map(({ identifier }) => identifier)).toEqual([
      'nothing',
      'soon',
      'late',
      'a-endless',
      'b-endless',
      'unknown',
      'ready',
    ]);
  });
});

describe('reasons of many databases', () => {
  const view = (identifier: string, remedy: string | null, fields: Parameters<typeof aReason>[0] = {}) =>
    aDatabaseView({
      identifier,
      arn: arnOf(identifier),
      reasons: [aReason({ message: `nothing of ${identifier}`, remedy, ...fields })],
    });
  const told = (...views: DatabaseView[]) => groupReasons(views).map(({ names, message }) => [names.join(), message]);

  it('are one where the remedies differ by the name and the region alone', () => {
    const there = { ...view('b', 'run b in us-east-1'), arn: arnOf('b', 'us-east-1') };
    expect(told(view('a', 'run a in eu-west-1'), there)).toEqual([['a,b', 'no recovery point outlives the change']]);
  });

  it('are apart where another step clears them, or the code is another', () => {
    expect(told(view('a', 'run a'), view('b', 'mend b'), view('c', 'run c', { code: 'restore_failed' }))).toEqual([
      ['a', 'nothing of a'],
      ['b', 'nothing of b'],
      ['c', 'nothing of c'],
    ]);
  });

  it('keep a message that all of them have', () => {
    const stale = { message: 'the inventory is old' };
    expect(told(view('a', null, stale), view('b', null, stale))).toEqual([['a,b', 'the inventory is old']]);
  });

  it('put what blocks before what warns, and leave out what informs only', () => {
    const views = [view('a', null, { severity: 'warn' }), view('b', null, { severity: 'info' }), view('c', null)];
    expect(groupReasons(views).map(({ names }) => names[0])).toEqual(['c', 'a']);
  });
});

describe('durations in a column', () => {
  it('count down without promising time that is not there', () => {
    const words = [1, 59 * 60 + 59, 86_399, 6 * 86_400 + 4 * 3_600, 10 * 86_400 + 86_399].map((seconds) =>
      printCountdown(later(seconds), AT),
    );
    expect(words).toEqual(['in 1 s', 'in 59 min', 'in 23 h', 'in 6 d 4 h', 'in 10 d']);
    expect(printCountdown(AT, AT)).toBe('over');
  });

  it('cost no less than they do', () => {
    expect([599, 601, 35_999, 36_001, 864_001].map(printCost)).toEqual([
      '9 min 59 s',
      '11 min',
      '10 h',
      '11 h',
      '11 d',
    ]);
  });
});
