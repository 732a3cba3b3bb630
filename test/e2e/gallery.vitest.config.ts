/**
 * How the gallery of plans is made anew: every case on its own, so that one run shows all that differ.
 */

import { defineConfig } from 'vitest/config';
import stories from './vitest.config.ts';

export default defineConfig({
  test: { ...stories.test, include: ['test/e2e/gallery.test.ts'], exclude: [], bail: 0 },
});
