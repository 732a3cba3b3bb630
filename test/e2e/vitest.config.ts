/**
 * How the end-to-end tests run: apart from `npm test`, because Terraform alone sleeps for minutes of them.
 *
 * Each file is one story whose steps build on each other, so the first failure ends the run.
 */

import { defineConfig } from 'vitest/config';
import { everyday } from '../vitest.config.ts';

export default defineConfig({
  test: {
    ...everyday,
    maxWorkers: 2,
    include: ['test/e2e/terraform.test.ts'],
    exclude: [],
    // Above what the commands of a test may take together: each is ended by its own limit first.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    bail: 1,
  },
});
