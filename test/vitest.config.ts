/**
 * How the tests run: every `*.test.ts` under test/, from the top of the checkout.
 *
 * The time zone is pinned to one that is far from UTC, so that a hidden local-time conversion shows. The AWS settings
 * of whoever runs the tests are taken away, so that no test can reach an account.
 */

import process from 'node:process';
import { defineConfig } from 'vitest/config';

for (const name of Object.keys(process.env)) {
  if (name.startsWith('AWS_')) delete process.env[name];
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    // test/e2e has a configuration of its own, because it takes minutes.
    exclude: ['test/bench/**', 'test/e2e/**'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    env: {
      TZ: 'Asia/Kathmandu',
      NO_COLOR: '1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
  },
});
