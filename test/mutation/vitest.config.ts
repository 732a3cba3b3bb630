/**
 * The tests that mutants are tried against: those of the mutated folders alone, one after another in one thread.
 *
 * Property and simulation tests stay out: they would kill more, and tell less about which example is missing.
 */

import { defineConfig } from 'vitest/config';
import everyday from '../vitest.config.ts';

export default defineConfig({
  test: {
    ...everyday.test,
    include: [
      'test/survival/**/*.test.ts',
      'test/intent/terraform/**/*.test.ts',
      'test/verdict/**/*.test.ts',
      'test/cli/gallery.test.ts',
    ],
    setupFiles: [],
  },
});
