/** Edits of a backup plan: those that surely only add to what is kept, and every other. */

import { describe, expect, it } from 'vitest';
import { onlyAddsBackups } from '../../../src/intent/terraform/plan-rules.ts';

const rule = (fields: object = {}, days: number | null = 35) => ({
  rule_name: 'daily',
  target_vault_name: 'main',
  schedule: 'cron(0 5 * * ? *)',
  enable_continuous_backup: false,
  lifecycle: days === null ? [] : [{ delete_after: days, cold_storage_after: 0 }],
  ...fields,
});
const hourly = (fields: object = {}) => rule({ rule_name: 'hourly', ...fields });
const keeps = (...lifecycle: readonly unknown[]) => rule({ lifecycle });

describe('an edit of the rules of a backup plan', () => {
  it.each([
    ['nothing', [rule()], [rule()]],
    ['a rule more', [rule()], [hourly(), rule()]],
    ['days more', [rule()], [rule({}, 36)]],
    ['no end', [rule()], [rule({}, 0)]],
    [
      'another continuous rule as it is',
      [rule({ enable_continuous_backup: true })],
      [rule({ enable_continuous_backup: true }), hourly()],
    ],
    [
      'a block that is an object',
      [rule({ lifecycle: { delete_after: 7 } })],
      [rule({ lifecycle: { delete_after: 8 } })],
    ],
    ['no end, as a block that was none', [keeps()], [keeps({ delete_after: 0 })]],
    ['no end, as a block that was null', [rule({ lifecycle: null })], [keeps({ delete_after: null })]],
    ['no end, as a block that was not there', [rule({ lifecycle: undefined })], [keeps({})]],
    ['a list for a block', [rule({ lifecycle: { delete_after: 7 } })], [keeps({ delete_after: 7 })]],
    [
      'a rule more that says nothing of continuous backup',
      [rule()],
      [rule(), hourly({ enable_continuous_backup: null })],
    ],
  ])('only adds: %s', (_, before, after) => {
    expect(onlyAddsBackups(before, after)).toBe(true);
  });

  it.each([
    ['a rule less', [rule(), hourly()], [rule()]],
    ['a day less', [rule()], [rule({}, 34)]],
    ['an end where there was none', [rule({}, 0)], [rule({}, 3650)]],
    ['an end where there was no block', [rule({}, null)], [rule({}, 3650)]],
    ['another schedule', [rule()], [rule({ schedule: 'cron(0 5 1 * ? *)' }, 90)]],
    ['another vault', [rule()], [rule({ target_vault_name: 'other' })]],
    ['cold storage', [rule()], [rule({ lifecycle: [{ delete_after: 120, cold_storage_after: 30 }] })]],
    ['a continuous rule more', [rule()], [rule(), hourly({ enable_continuous_backup: true })]],
    [
      'a continuous rule kept longer',
      [rule({ enable_continuous_backup: true }, 7)],
      [rule({ enable_continuous_backup: true }, 8)],
    ],
    ['a rule that becomes continuous', [rule()], [rule({ enable_continuous_backup: true }, 36)]],
    ['days that are no number', [rule()], [rule({ lifecycle: [{ delete_after: 'x' }] })]],
    ['two blocks', [rule()], [rule({ lifecycle: [{ delete_after: 90 }, { delete_after: 1 }] })]],
    ...[-1, 1.5, 2 ** 53, 'x', true].flatMap((days): [string, unknown, unknown][] => [
      [`days that were ${days}`, [keeps({ delete_after: days })], [keeps({ delete_after: 36 })]],
      [`days that become ${days}`, [keeps({ delete_after: 1 })], [keeps({ delete_after: days })]],
    ]),
    [
      'a day less, as a block that is an object',
      [keeps({ delete_after: 8 })],
      [rule({ lifecycle: { delete_after: 7 } })],
    ],
    ['an end where the block was null', [rule({ lifecycle: null })], [keeps({ delete_after: 3650 })]],
    [
      'two blocks, the first one longer',
      [keeps({ delete_after: 35 })],
      [keeps({ delete_after: 90 }, { delete_after: 1 })],
    ],
    ['two blocks before', [keeps({ delete_after: 35 }, { delete_after: 90 })], [keeps({ delete_after: 90 })]],
    ['a block that is a number', [keeps({ delete_after: 35 })], [rule({ lifecycle: 90 })]],
    ['a list of a number', [keeps({ delete_after: 35 })], [keeps(90)]],
    ['a rule that had no name', [{ schedule: 'x' }], [rule()]],
    ['rules where there was no list', null, [rule()]],
    ['two rules of one name', [rule()], [rule(), rule({}, 1)]],
    ['a rule without a name', [rule()], [rule(), { schedule: 'x' }]],
    ['no list', { a: 1 }, { a: 2 }],
  ])('may take away: %s', (_, before, after) => {
    expect(onlyAddsBackups(before, after)).toBe(false);
  });
});
