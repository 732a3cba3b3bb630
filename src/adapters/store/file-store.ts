/**
 * Keeps the journal, drill records, decisions and state sightings as lines of JSON in one directory.
 *
 * Appends only: one write and one fsync a record, and nothing is acknowledged before that. A last line
 * that a crash cut short was never acknowledged; it is ignored on reading and removed by the next append.
 * Any other unreadable line stops the read. Files are for the owner alone (0600 in 0700).
 */

import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import type { JournalEntry, StateSighting, Store } from '../../app/ports.ts';
import { MusterError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import type { DrillRecord } from '../../drill/model.ts';
import type { DecisionDocument } from '../../verdict/document.ts';
import { drillRecord, journalEntry } from './drill-records.ts';
import { firstOfEach } from './first-of-each.ts';
import { decisionDocument, stateSighting } from './records.ts';

const NEWLINE = 0x0a;
const TAIL_BYTES = 64 * 1024;

/**
 * A store in a directory, which the first append creates.
 *
 * Every method throws MusterError `MUSTER_STORE_INVALID` naming file and line for a record that is not what
 * Muster writes, and `MUSTER_FILE_UNREADABLE` when the directory cannot be used.
 */
export function createFileStore(directory: string): Store {
  const file = <T>(name: string, schema: z.ZodType<T>) => createLineFile(join(directory, name), directory, schema);
  const journal = file<JournalEntry>('journal.jsonl', journalEntry);
  const drills = file<DrillRecord>('drills.jsonl', drillRecord);
  const decisions = file<DecisionDocument>('decisions.jsonl', decisionDocument);
  const states = file<StateSighting>('states.jsonl', stateSighting);
  return {
    journal: journal.append,
    journalEntries: journal.read,
    recordDrill: drills.append,
    drills: async () => firstOfEach(await drills.read()),
    recordDecision: decisions.append,
    decisions: decisions.read,
    recordState: states.append,
    states: states.read,
  };
}

interface LineFile<T> {
  append(record: T): Promise<void>;
  read(): Promise<readonly T[]>;
}

function createLineFile<T>(path: string, directory: string, schema: z.ZodType<T>): LineFile<T> {
  // Appends of one process queue up, so that repairing the end and writing are never interleaved.
  let last: Promise<void> = Promise.resolve();
  return {
    append: async (record) => {
      const { success } = schema.safeParse(record);
      invariant(success, 'a record is whole before it is stored', { path });
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      const turn = last.then(() => appendLine(path, directory, line));
      last = turn.catch(() => {});
      await turn;
    },
    read: async () => {
      await last;
      const lines = (await readText(path)).split('\n');
      // What follows the last newline is empty, or was cut short.
      lines.pop();
      return lines.map((line, index) => check(schema, parseLine(line), `${path}:${index + 1}`));
    },
  };
}

async function appendLine(path: string, directory: string, line: Buffer): Promise<void> {
  try {
    const made = await mkdir(directory, { recursive: true, mode: 0o700 });
    const { O_CREAT, O_RDWR, O_APPEND } = constants;
    const handle = await open(path, O_CREAT | O_RDWR | O_APPEND, 0o600);
    try {
      await repairEnd(handle);
      // One write on an append-only file: two processes may interleave lines, never bytes.
      const { bytesWritten } = await handle.write(line);
      if (bytesWritten !== line.length) throw new Error(`${bytesWritten} of ${line.length} bytes written`);
      await handle.sync();
      if (made !== undefined || (await handle.stat()).size === line.length) await syncDirectory(directory);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new MusterError('MUSTER_FILE_UNREADABLE', `${path} cannot be written`, { cause });
  }
}

/** Cuts off an unfinished last line, which would otherwise join with the next record. */
async function repairEnd(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  if (size === 0) return;
  const tail = Buffer.alloc(Math.min(TAIL_BYTES, size));
  for (let end = size; end > 0; end -= tail.length) {
    const start = Math.max(0, end - tail.length);
    const { bytesRead } = await handle.read(tail, 0, end - start, start);
    const newline = tail.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (newline < 0) continue;
    const keep = start + newline + 1;
    if (keep < size) await handle.truncate(keep);
    return;
  }
  await handle.truncate(0);
}

/** A new file's name is durable only once its directory is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw new MusterError('MUSTER_FILE_UNREADABLE', `${path} cannot be read`, { cause });
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw new MusterError(
    'MUSTER_STORE_INVALID',
    `${where} is no record of Muster${path}: ${issue?.message ?? 'unreadable'}`,
  );
}
