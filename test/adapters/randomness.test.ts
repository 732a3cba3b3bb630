/**
 * Tokens and passwords: the letters RDS takes, and never the same twice.
 */

import { expect, it } from 'vitest';
import { systemRandomness } from '../../src/adapters/randomness.ts';

it('a token is of lower-case letters and digits, as long as asked', () => {
  expect(systemRandomness.token(12)).toMatch(/^[a-z0-9]{12}$/);
});

it('a password is one that every RDS engine takes', () => {
  expect(systemRandomness.password()).toMatch(/^[A-Za-z0-9]{30}$/);
});

it('no two of a thousand are alike', () => {
  const drawn = new Set(Array.from({ length: 1000 }, () => systemRandomness.token(16)));
  expect(drawn.size).toBe(1000);
});
