/** A broken claim stops the run and says what was claimed. */

import { describe, expect, it } from 'vitest';
import { MusterError } from '../../src/core/errors.ts';
import { invariant, unreachable } from '../../src/core/invariant.ts';

function thrownBy(action: () => void): MusterError {
  try {
    action();
  } catch (error) {
    if (error instanceof MusterError) return error;
  }
  throw new Error('no MusterError was thrown');
}

describe('invariant', () => {
  it('lets a true claim pass', () => {
    expect(() => invariant(true, 'one is one')).not.toThrow();
  });

  it('stops at a false one with the claim, its facts and exit code 20', () => {
    const error = thrownBy(() => invariant(false, 'the window runs forward', { earliest: 2, latest: 1 }));
    expect(error.code).toBe('MUSTER_INVARIANT_BROKEN');
    expect(error.exit).toBe(20);
    expect(error.message).toBe('the window runs forward does not hold: {"earliest":2,"latest":1}');
  });
});

describe('unreachable', () => {
  it('names the set and the member that it has no case for', () => {
    const error = thrownBy(() => unreachable('novel' as never, 'recovery point kind'));
    expect(error.message).toBe('recovery point kind has no case for "novel"');
    expect(error.retryable).toBe(false);
  });
});
