/** Reading a kept sight: what was written comes back as it was, and what Muster did not write is refused. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MusterError } from '../../src/core/errors.ts';
import { parseSight } from '../../src/inventory/sight-schema.ts';
import { drawn } from '../properties/estates.ts';
import { NOW, SCOPE } from '../support/builders.ts';
import { aSight, sightsOf } from '../support/sights.ts';

const kept = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

it('a sight comes back from JSON as it was written, whatever it shows', () => {
  fc.assert(
    fc.property(drawn, ({ inventory }) => {
      for (const sight of sightsOf(inventory, NOW)) expect(parseSight(kept(sight))).toEqual(sight);
    }),
    { numRuns: 15 },
  );
});

describe('what Muster did not write is refused by its path:', () => {
  const refusal = (value: unknown): string => {
    try {
      parseSight(value);
    } catch (error) {
      if (error instanceof MusterError && error.code === 'MUSTER_STORE_INVALID') return error.message;
    }
    return 'accepted';
  };
  it.each([
    ['nothing', null, 'document: object is accepted'],
    ['another version', { ...aSight(), formatVersion: '2' }, 'formatVersion: one of "1" is accepted'],
    ['a time that is none', { ...aSight(), observedAt: 'today' }, 'observedAt: an instant such as'],
    ['an account that is none', { ...aSight(), place: { ...SCOPE, accountId: '1' } }, 'place.accountId: twelve digits'],
    ['a listing that is missing', { ...aSight(), seen: {} }, 'seen.scopes: array is accepted'],
    [
      'a place read from another',
      aSight({ seen: { scopes: [{ ...SCOPE, region: 'us-east-1' }] } }),
      'seen.scopes: the place of the sight',
    ],
  ])('%s', (_, value, message) => {
    expect(refusal(value)).toContain(message);
  });
});
