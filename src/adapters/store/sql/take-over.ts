/**
 * Reads the line files that Muster kept before it had a database, for a new store to begin with.
 *
 * Each file keeps its own order, which says who came first; between the files the instants decide. A last line that a
 * crash cut short was never acknowledged and is left out. The files stay where they are.
 */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MusterError } from '../../../core/errors.ts';
import type { Instant } from '../../../core/time.ts';
import { type Bodies, checkStored, parseJson } from '../record-log.ts';
import type { Heirloom } from './database.ts';

type Kind = Heirloom['kind'];

const FILES: readonly { readonly name: string; readonly kind: Kind }[] = [
  { name: 'journal.jsonl', kind: 'journal' },
  { name: 'drills.jsonl', kind: 'drill' },
  { name: 'decisions.jsonl', kind: 'decision' },
  { name: 'states.jsonl', kind: 'state' },
];

interface Dated extends Heirloom {
  readonly at: Instant;
}

/** Whether that folder holds a file of them. */
export function hasHeirlooms(folder: string): boolean {
  return FILES.some(({ name }) => existsSync(join(folder, name)));
}

/**
 * The records of all of them, one after the other.
 *
 * @throws MusterError `MUSTER_STORE_INVALID` naming file and line for what Muster did not write.
 */
export async function readHeirlooms(folder: string): Promise<readonly Heirloom[]> {
  const files = await Promise.all(FILES.map(({ name, kind }) => readLines(join(folder, name), kind)));
  const merged: Dated[] = [];
  const places = files.map(() => 0);
  for (;;) {
    const nexts = files.map((file, index) => file[places[index] ?? 0]);
    const earliest = nexts.reduce<number | null>((best, next, index) => {
      if (next === undefined) return best;
      return best === null || next.at < (nexts[best]?.at ?? next.at) ? index : best;
    }, null);
    const next = earliest === null ? undefined : nexts[earliest];
    if (earliest === null || next === undefined) return merged;
    merged.push(next);
    places[earliest] = (places[earliest] ?? 0) + 1;
  }
}

async function readLines(path: string, kind: Kind): Promise<readonly Dated[]> {
  if (!existsSync(path)) return [];
  const lines = (await readText(path)).split('\n');
  // What follows the last newline is empty, or was cut short.
  lines.pop();
  return lines.map((line, index) => {
    const body = checkStored(kind, parseJson(line), `${path}:${index + 1}`);
    return { kind, body, at: instantOf(body) };
  });
}

function instantOf(body: Bodies[Kind]): Instant {
  return 'endedAt' in body ? body.endedAt : body.at;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new MusterError('MUSTER_FILE_UNREADABLE', `${path} cannot be read`, { cause });
  }
}
