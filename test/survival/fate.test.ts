/** How the fates that several rules give one recovery point combine. */

import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/time.ts';
import { FATE_WORDS, type Fate, isAlive, UNTOUCHED, worsen } from '../../src/survival/fate.ts';
import { NOW } from '../support/builders.ts';

const soon = addDays(NOW, 3);
const late = addDays(NOW, 9);
const ending = worsen(UNTOUCHED, 'survives_until', 'expires_by_itself', late);

describe('a fate', () => {
  it.each(FATE_WORDS.flatMap((first) => FATE_WORDS.map((second) => [first, second] as const)))(
    'of %s and then %s is the worse of the two, by both rules',
    (first, second) => {
      const once: Fate = { word: first, until: null, rules: ['untouched'] };
      const worse = FATE_WORDS.indexOf(first) > FATE_WORDS.indexOf(second) ? first : second;
      const rules = ['untouched', 'key_unusable'];
      expect(worsen(once, second, 'key_unusable')).toEqual({ word: worse, until: null, rules });
    },
  );

  it.each(FATE_WORDS)('that nothing has touched takes the word %s and its end', (word) => {
    const rules = ['key_unusable'];
    expect(worsen(UNTOUCHED, word, 'key_unusable')).toEqual({ word, until: null, rules });
    const until = word === 'survives_until' ? soon : null;
    expect(worsen(UNTOUCHED, word, 'key_unusable', soon)).toEqual({ word, until, rules });
  });

  it('has the nearer of two ends, whichever came first', () => {
    expect(worsen(ending, 'survives_until', 'automated_backup_retained', soon).until).toBe(soon);
    const sooner = worsen(UNTOUCHED, 'survives_until', 'automated_backup_retained', soon);
    expect(worsen(sooner, 'survives_until', 'expires_by_itself', late).until).toBe(soon);
  });

  it('keeps its end under a rule that has none, and loses it with its life', () => {
    expect(worsen(ending, 'survives', 'manual_snapshot_outlives_database')).toEqual({
      word: 'survives_until',
      until: late,
      rules: ['expires_by_itself', 'manual_snapshot_outlives_database'],
    });
    expect(worsen(ending, 'unreadable', 'key_unusable').until).toBeNull();
    expect(worsen(ending, 'lost', 'snapshot_deleted', soon).until).toBeNull();
  });

  it('names each rule once, in the order in which they applied', () => {
    const twice = worsen(worsen(ending, 'lost', 'snapshot_deleted'), 'survives_until', 'expires_by_itself', soon);
    expect(twice).toEqual({ word: 'lost', until: null, rules: ['expires_by_itself', 'snapshot_deleted'] });
  });

  it.each(FATE_WORDS)('of the word %s is one that a restore could start from only if it survives', (word) => {
    expect(isAlive({ word, until: null, rules: [] })).toBe(word === 'survives' || word === 'survives_until');
  });
});
