/** The journal: the same state from the same lines, and one run at a time. */

import { describe, expect, it } from 'vitest';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import type { Event } from '../../src/drill/drill-state.ts';
import { isHeld, type JournalEntry, LEASE_SECONDS, logOf, readJournal } from '../../src/drill/journal.ts';
import { beginDrill } from '../../src/drill/machine.ts';
import { NOW } from '../support/builders.ts';
import { aDrillPlan, walk } from '../support/drill-plans.ts';

const PLAN = aDrillPlan('cluster');

function line(runner: string, seconds: number, what: JournalEntry['what']): JournalEntry {
  return { at: addSeconds(NOW, seconds), drillId: 'abc', runner, what };
}

const BEGIN = line('one', 0, { kind: 'begin', plan: PLAN });
const happened = (runner: string, seconds: number, event: (at: Instant) => Event) =>
  line(runner, seconds, { kind: 'event', event: event(addSeconds(NOW, seconds)) });
const intended = (runner: string, seconds: number) =>
  happened(runner, seconds, (at) => ({ kind: 'intended', role: 'cluster', at }));

it('a drill read back stands where it stood, at every line', () => {
  const { events, state } = walk(PLAN);
  const lines = [
    BEGIN,
    ...events.map((event) => ({
      at: event.at,
      drillId: 'abc',
      runner: 'one',
      what: { kind: 'event' as const, event },
    })),
  ];
  expect(logOf(lines, 'abc')?.state).toEqual(state);
  expect(logOf([BEGIN], 'abc')?.state).toEqual(beginDrill(PLAN, NOW).state);
  expect(JSON.parse(JSON.stringify(logOf(lines, 'abc')))).toEqual(logOf(lines, 'abc'));
});

it('drills do not mix, and lines of a drill that never began say nothing', () => {
  const other = { ...BEGIN, drillId: 'xyz', what: { kind: 'begin' as const, plan: { ...PLAN, drillId: 'xyz' } } };
  const logs = readJournal([BEGIN, { ...intended('one', 1), drillId: 'lost' }, other, intended('one', 2)]);
  expect(logs.map(({ drillId, state }) => [drillId, state.parts.length])).toEqual([
    ['abc', 1],
    ['xyz', 0],
  ]);
});

describe('one run at a time', () => {
  const lease = LEASE_SECONDS;

  it('what a run writes that does not own the drill does not count', () => {
    const log = logOf([BEGIN, intended('two', 1)], 'abc');
    expect(log).toMatchObject({ owner: 'one', lastSignAt: NOW });
    expect(log?.state.parts).toEqual([]);
  });

  it('a claim is void while the owner lives, to the last second of its lease', () => {
    expect(logOf([BEGIN, line('two', lease - 1, { kind: 'claim', gone: null })], 'abc')?.owner).toBe('one');
    expect(logOf([BEGIN, line('two', lease, { kind: 'claim', gone: null })], 'abc')?.owner).toBe('two');
  });

  it.each<[string, JournalEntry['what']]>([
    ['a sign of life', { kind: 'alive' }],
    ['an event', { kind: 'event', event: { kind: 'intended', role: 'cluster', at: addSeconds(NOW, 100) } }],
  ])('%s renews the lease', (_, what) => {
    const claim = line('two', lease + 99, { kind: 'claim', gone: null });
    expect(logOf([BEGIN, line('one', 100, what), claim], 'abc')?.owner).toBe('one');
    expect(
      logOf([BEGIN, line('one', 100, what), line('two', lease + 100, { kind: 'claim', gone: null })], 'abc')?.owner,
    ).toBe('two');
  });

  it('a claim is good at once when the owner has surely ended, and only that owner', () => {
    expect(logOf([BEGIN, line('two', 1, { kind: 'claim', gone: 'one' })], 'abc')?.owner).toBe('two');
    expect(logOf([BEGIN, line('two', 1, { kind: 'claim', gone: 'three' })], 'abc')?.owner).toBe('one');
    const raced = [
      BEGIN,
      line('two', 1, { kind: 'claim', gone: 'one' }),
      line('three', 1, { kind: 'claim', gone: 'one' }),
    ];
    expect(logOf(raced, 'abc')?.owner).toBe('two');
  });

  it('a run whose clock is behind does not bring the time of the drill back', () => {
    const lines = [
      BEGIN,
      intended('one', 900),
      line('one', 901, { kind: 'release' }),
      line('two', 400, { kind: 'claim', gone: null }),
    ];
    expect(logOf(lines, 'abc')).toMatchObject({ owner: 'two', lastSignAt: addSeconds(NOW, 901) });
    expect(logOf([...lines, line('two', 410, { kind: 'alive' })], 'abc')?.lastSignAt).toBe(addSeconds(NOW, 901));
  });

  it('of two that claim at once the first line wins', () => {
    const log = logOf(
      [BEGIN, line('two', 500, { kind: 'claim', gone: null }), line('three', 500, { kind: 'claim', gone: null })],
      'abc',
    );
    expect(log?.owner).toBe('two');
  });

  it('the one that lost it cannot bring it back by writing on', () => {
    const log = logOf(
      [
        BEGIN,
        line('two', 500, { kind: 'claim', gone: null }),
        intended('one', 501),
        line('one', 502, { kind: 'release' }),
      ],
      'abc',
    );
    expect(log).toMatchObject({ owner: 'two', released: false });
    expect(log?.state.parts).toEqual([]);
  });

  it('a drill that was let go can be taken at once', () => {
    const lines = [BEGIN, line('one', 1, { kind: 'release' })];
    const log = logOf(lines, 'abc');
    expect(log !== undefined && isHeld(log, addSeconds(NOW, 2))).toBe(false);
    expect(logOf([...lines, line('two', 2, { kind: 'claim', gone: null })], 'abc')).toMatchObject({
      owner: 'two',
      released: false,
    });
  });

  it('a drill that has ended is held by nobody', () => {
    const { events } = walk(PLAN);
    const lines = [
      BEGIN,
      ...events.map((event) => ({
        at: event.at,
        drillId: 'abc',
        runner: 'one',
        what: { kind: 'event' as const, event },
      })),
    ];
    const log = logOf(lines, 'abc');
    expect(log !== undefined && isHeld(log, log.lastSignAt)).toBe(false);
    const before = logOf(lines.slice(0, -1), 'abc');
    expect(before !== undefined && isHeld(before, before.lastSignAt)).toBe(true);
  });
});
