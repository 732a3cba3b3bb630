/**
 * How the tests run: every `*.test.ts` under test/, from the top of the checkout.
 *
 * The time zone is pinned to one that is far from UTC, so that a hidden local-time conversion shows. The AWS settings
 * of whoever runs the tests are taken away, so that no test can reach an account.
 *
 * Files on the pure folders, and those that keep to parts of their own, share a process: loading the same modules anew for
 * each of three hundred files took longer than their tests. A file that replaces parts of a module or changes what is global
 * has a process to itself; a new folder has so too, until it is named here.
 */

import process from 'node:process';
import { defineConfig } from 'vitest/config';

for (const name of Object.keys(process.env)) {
  if (name.startsWith('AWS_')) delete process.env[name];
}

/** Where files share a process. */
const SHARED = [
  ...['authority', 'core', 'drill', 'evidence', 'golden', 'infra', 'intent', 'inventory', 'policy', 'report'],
  ...['alert', 'app', 'properties', 'service', 'sim', 'survival', 'verdict', 'lab'],
  ...['archive', 'alerts', 'jobs', 'keys', 'oidc', 'sql', 'store'].map((folder) => `adapters/${folder}`),
].map((folder) => `test/${folder}/**/*.test.ts`);
SHARED.push(
  'test/adapters/*.test.ts',
  // Three replace methods of classes that the others use.
  'test/adapters/aws/!(clients|connections-reader|estate-reader).test.ts',
  // One weighs its own process.
  'test/api/**/!(hostile).test.ts',
  // One stops the clock.
  'test/cli/!(drill-watch).test.ts',
);

/** What holds for every test. */
export const everyday = {
  setupFiles: ['test/support/property-seed.ts'],
  testTimeout: 20_000,
  hookTimeout: 30_000,
  env: {
    TZ: 'Asia/Kathmandu',
    NO_COLOR: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  },
};

// test/e2e has a configuration of its own, because it takes minutes.
const exclude = ['test/bench/**', 'test/e2e/**'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/lab-directories.ts'],
    maxWorkers: 2,
    projects: [
      { test: { ...everyday, name: 'shared', include: SHARED, exclude, isolate: false } },
      { test: { ...everyday, name: 'apart', include: ['test/**/*.test.ts'], exclude: [...exclude, ...SHARED] } },
    ],
  },
});
