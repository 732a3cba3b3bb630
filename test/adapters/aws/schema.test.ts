/**
 * What the schemas make of what AWS leaves out, and of what comes twice.
 */

import { describe, expect, it } from 'vitest';
import { dbSnapshot, parseItems } from '../../../src/adapters/aws/schema.ts';

const SNAPSHOT = { DBSnapshotIdentifier: 's', DBSnapshotArn: 'a', SnapshotType: 'manual', Engine: 'mysql' };
const tagged = (...TagList: readonly object[]) => ({ ...SNAPSHOT, TagList });
const tagsOf = (...items: readonly object[]) => parseItems(dbSnapshot, items).values.map(({ TagList }) => TagList);

describe('what is left out', () => {
  it.each([undefined, null])('and shown as %s is null, or what stands for it', (absent) => {
    const item = { ...SNAPSHOT, KmsKeyId: absent, SnapshotCreateTime: absent, Encrypted: absent, Status: absent };
    expect(parseItems(dbSnapshot, [{ ...item, TagList: absent }]).values).toMatchObject([
      { KmsKeyId: null, SnapshotCreateTime: null, Encrypted: false, Status: 'unknown', TagList: {} },
    ]);
  });

  it('is a fault where the item cannot be understood without it', () => {
    expect(
      parseItems(dbSnapshot, [
        { ...SNAPSHOT, Engine: undefined },
        { ...SNAPSHOT, DBSnapshotArn: '' },
      ]),
    ).toEqual({
      values: [],
      faults: ['Engine (invalid_type)', 'DBSnapshotArn (too_small)'],
    });
  });
});

it.each(['', 'Manual', 'AUTOMATED', 'final'])('a snapshot of type %j, which RDS does not write, is a fault', (type) => {
  const fault = 'SnapshotType (custom)';
  expect(parseItems(dbSnapshot, [{ ...SNAPSHOT, SnapshotType: type }])).toEqual({ values: [], faults: [fault] });
});

describe('what is of another kind than it should be', () => {
  it.each([
    ['Engine', 5],
    ['Engine', null],
    ['KmsKeyId', 5],
    ['Status', 5],
    ['Encrypted', 'true'],
    ['AllocatedStorage', '20'],
    ['AllocatedStorage', Number.NaN],
    ['AllocatedStorage', Number.POSITIVE_INFINITY],
    ['SnapshotCreateTime', '2026-02-26T23:30:00Z'],
    ['SnapshotCreateTime', new Date(Number.NaN)],
    ['TagList', 'team=a'],
  ])('is a fault: %s as %j', (field, value) => {
    const { values, faults } = parseItems(dbSnapshot, [{ ...SNAPSHOT, [field]: value }]);
    expect(values).toEqual([]);
    expect(faults).toEqual([`${field} (invalid_type)`]);
  });
});

describe('tags', () => {
  const team = (Value?: string) => ({ Key: 'team', Value });

  it('are each snapshot’s own, whatever the one before bore', () => {
    const other = { Key: 'stage', Value: 'a' };
    expect(
      tagsOf(tagged(team('a')), tagged(team('b')), tagged(team('b'), other), tagged(other), tagged(), tagged(team())),
    ).toEqual([{ team: 'a' }, { team: 'b' }, { team: 'b', stage: 'a' }, { stage: 'a' }, {}, { team: '' }]);
  });

  it('that are malformed are so each time they come', () => {
    const item = tagged({ Key: '', Value: 'a' });
    const fault = 'TagList.0.Key (too_small)';
    expect(parseItems(dbSnapshot, [item, { ...item }, item])).toEqual({ values: [], faults: [fault, fault, fault] });
  });

  it('that come as one list twice are read once, and those of another list anew', () => {
    const [first, second] = [tagged(team('a')), tagged(team('b'))];
    expect(tagsOf(first, { ...first }, second, first)).toEqual([
      { team: 'a' },
      { team: 'a' },
      { team: 'b' },
      { team: 'a' },
    ]);
  });

  it('that repeat are one object', () => {
    const [one, same] = tagsOf(tagged(team('a')), tagged(team('a')));
    expect(one).toBe(same);
  });
});

it('moments are each field’s own, whatever the one before was', () => {
  const [first, second] = [new Date(1_000), new Date(2_000)];
  const items = [first, second, first].map((SnapshotCreateTime) => ({ ...SNAPSHOT, SnapshotCreateTime }));
  expect(parseItems(dbSnapshot, items).values.map(({ SnapshotCreateTime }) => SnapshotCreateTime)).toEqual([
    '1970-01-01T00:00:01.000Z',
    '1970-01-01T00:00:02.000Z',
    '1970-01-01T00:00:01.000Z',
  ]);
});
