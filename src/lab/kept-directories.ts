/**
 * Empty data directories that were made before, kept beside the packages of a checkout.
 *
 * `initdb` takes seconds of a processor and comes to the same directory each time. Whoever runs many labs keeps one for
 * each pair of master user and database; a lab reads it, and makes its own where there is none. A file's name says which
 * PGlite, which settings and which SQL made it, so that one of another kind is never taken.
 */

import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { INITDB_SETTINGS, type PgliteAssets } from './pglite-process.ts';

/** A data directory that was kept for this PGlite and these statements; null where there is none. */
export async function keptDirectory(assets: PgliteAssets, sql: readonly string[]): Promise<Blob | null> {
  try {
    return new Blob([await readFile(await placeOf(assets, sql))]);
  } catch {
    return null;
  }
}

/** Keeps a data directory for the labs to come; whoever reads meanwhile sees all of it or nothing. */
export async function keepDirectory(assets: PgliteAssets, sql: readonly string[], dump: Blob): Promise<void> {
  const place = await placeOf(assets, sql);
  await mkdir(new URL('.', place), { recursive: true });
  const unfinished = new URL(`${place.href}.${process.pid}`);
  await writeFile(unfinished, new Uint8Array(await dump.arrayBuffer()));
  await rename(unfinished, place);
}

async function placeOf({ moduleUrl }: PgliteAssets, sql: readonly string[]): Promise<URL> {
  // From node_modules/@electric-sql/pglite/dist/ up to node_modules/.
  const manifest = await readFile(new URL('../package.json', moduleUrl), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const name = createHash('sha256')
    .update(JSON.stringify([version, INITDB_SETTINGS, sql]))
    .digest('hex')
    .slice(0, 24);
  return new URL(`../../../.cache/muster-lab/${name}.tar`, moduleUrl);
}
