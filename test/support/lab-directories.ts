/**
 * Before the tests: the empty data directories that every lab of theirs starts from are made once, and kept.
 *
 * Without them each lab would run `initdb` anew, and so would each program that starts a lab of its own. In a process of
 * its own, because the runner's loader cannot find PGlite's files.
 */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';

/** Called by the test runner. */
export default async function keepLabDirectories(): Promise<void> {
  const outfile = join('node_modules', '.cache', 'muster-lab', 'lab-directories.mjs');
  const entryPoints = [join('test', 'support', 'lab-directories-child.ts')];
  await build({ entryPoints, outfile, bundle: true, packages: 'external', format: 'esm', platform: 'node' });
  execFileSync(process.execPath, [outfile], { stdio: 'inherit' });
}
