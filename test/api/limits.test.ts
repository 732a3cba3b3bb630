/**
 * How often a known caller may ask: counted for each by itself, in windows of a minute by a clock that never jumps.
 */

import { type FastifyRequest, fastify } from 'fastify';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLimiter, type Limiter } from '../../src/api/limits.ts';
import { Problem } from '../../src/api/problem.ts';

let elapsed: number;
let limiter: Limiter;

/** Whether a caller may ask now; else what it is told to wait, in seconds. */
function ask(id: string, identifiedBy: 'token' | 'oidc' = 'token'): true | string | undefined {
  try {
    limiter.countRequest({ caller: { id, name: id, identifiedBy, scopes: [] } } as unknown as FastifyRequest);
    return true;
  } catch (error) {
    if (error instanceof Problem) return error.headers['retry-after'];
    throw error;
  }
}

beforeEach(async () => {
  elapsed = 1_000;
  limiter = await createLimiter(fastify(), { perMinute: 2, failuresPerMinute: 60 }, { elapsed: () => elapsed });
});

describe('a known caller', () => {
  it('may ask as often as the limit says, and again when the minute is over', () => {
    expect([ask('a'), ask('a'), ask('a')]).toEqual([true, true, '60']);
    elapsed += 59.5;
    expect(ask('a')).toBe('1');
    elapsed += 0.5;
    expect([ask('a'), ask('a'), ask('a')]).toEqual([true, true, '60']);
  });

  it('is counted by itself, and apart from one of another kind that is spelt like it', () => {
    expect([ask('a'), ask('a'), ask('a')]).toEqual([true, true, '60']);
    expect([ask('b'), ask('a', 'oidc')]).toEqual([true, true]);
  });

  it('is forgotten for newer ones only when there are very many', () => {
    const others = (count: number) => Array.from({ length: count }, (_, index) => ask(`other ${index}`));
    expect([ask('a'), ask('a')]).toEqual([true, true]);
    others(9_999);
    expect(ask('a')).toBe('60');
    ask('one more');
    expect(ask('a')).toBe(true);
  });
});
