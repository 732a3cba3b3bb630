/**
 * Which place a change means that names none.
 */

import { describe, expect, it } from 'vitest';
import type { Gap } from '../../src/inventory/model.ts';
import { onlyPlaceOf } from '../../src/inventory/only-place.ts';

const HERE = { accountId: '111122223333', region: 'eu-west-1' };
const THERE = { ...HERE, region: 'us-east-1' };

function aGap(where: typeof HERE, hides: Gap['hides']): Gap {
  return { what: 'something', where, action: 'rds:DescribeDBInstances', cause: 'AccessDenied', hides };
}

describe('the only place', () => {
  it('is the one that was read', () => {
    expect(onlyPlaceOf({ scopes: [HERE], gaps: [] })).toEqual(HERE);
    expect(onlyPlaceOf({ scopes: [HERE], gaps: [aGap(HERE, 'databases')] }, { scopes: [HERE], gaps: [] })).toEqual(
      HERE,
    );
  });

  it('is none where several were read, or nothing', () => {
    expect(onlyPlaceOf({ scopes: [HERE, THERE], gaps: [] })).toBeNull();
    expect(onlyPlaceOf({ scopes: [HERE], gaps: [] }, { scopes: [THERE], gaps: [] })).toBeNull();
    expect(onlyPlaceOf({ scopes: [], gaps: [] })).toBeNull();
  });

  it('is none where another was meant to be read and was refused', () => {
    expect(onlyPlaceOf({ scopes: [HERE], gaps: [aGap(THERE, 'databases')] })).toBeNull();
  });

  it('is none the less the one that was read when only a key elsewhere could not be seen', () => {
    expect(onlyPlaceOf({ scopes: [HERE], gaps: [aGap(THERE, 'threats')] })).toEqual(HERE);
  });
});
