/**
 * A store that commands keep in a folder, looked at and laid hands on from outside.
 *
 * Reads and writes the SQLite file itself, past everything that Muster checks. Each call opens the file anew and leaves it
 * at once, so that a test holds no lock that a command waits for; where nothing was kept yet there is nothing to read.
 */

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { type ChainRecord, linkAfter, type RecordKind } from '../../src/evidence/chain.ts';
import type { Sandbox } from './cli.ts';

/** The folder in which the commands of a sandbox keep everything. */
export function stateFolder({ home }: Pick<Sandbox, 'home'>): string {
  return join(home, '.local/state/muster');
}

/** The database in such a folder. */
export function storePath(folder: string): string {
  return join(folder, 'muster.db');
}

/** Every record, in order. */
export function storedRecords(folder: string): readonly ChainRecord[] {
  const path = storePath(folder);
  if (!existsSync(path)) return [];
  return opened(path, (db) => {
    // The process that makes the tables may be seen, or killed, before they are there.
    const tables = db.prepare("select name from sqlite_master where name = 'record'").all();
    if (tables.length === 0) return [];
    const rows =
      'select seq, at, kind, key, body, body_digest as bodyDigest, previous, digest from record order by seq';
    return db.prepare(rows).all() as ChainRecord[];
  });
}

/** What was kept of a kind, in order. */
export function storedBodies<T>(folder: string, kind: RecordKind): T[] {
  return storedRecords(folder).flatMap((record) =>
    record.kind === kind && record.body !== null ? [JSON.parse(record.body) as T] : [],
  );
}

/** How long a file must have lain untouched before its time of change is taken to tell of every change. */
const SETTLED_MILLISECONDS = 100;

/** The bodies of a kind, for one who looks again and again: a store that nobody wrote to since is not read once more. */
export function watchBodies<T>(folder: string, kind: RecordKind): () => readonly T[] {
  let seen: { readonly state: string; readonly bodies: readonly T[] } | null = null;
  return () => {
    const files = ['', '-wal'].map((ending) => statSync(`${storePath(folder)}${ending}`, { throwIfNoEntry: false }));
    const state = JSON.stringify(files.map((file) => [file?.ino, file?.size, file?.mtimeMs]));
    const isSettled = files.every((file) => file === undefined || Date.now() - file.mtimeMs > SETTLED_MILLISECONDS);
    if (seen?.state === state) return seen.bodies;
    const bodies = storedBodies<T>(folder, kind);
    seen = isSettled ? { state, bodies } : null;
    return bodies;
  };
}

/** All that a store holds: the bytes of its files, its log among them, and each body in one piece. */
export function storedText(folder: string): string {
  // Before the records are read: opening the database may fold its log into it.
  const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
  return [...bytes, ...storedRecords(folder).map(({ body }) => body)].join('\n');
}

/** Copies a store and its keys into a new folder. */
export function copyStore(from: string, to: string): string {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name));
  return to;
}

/** Runs statements on a store with nothing in their way. */
export function tamperWith(folder: string, ...statements: readonly string[]): void {
  opened(storePath(folder), (db) => {
    db.exec('drop trigger if exists record_is_kept; drop trigger if exists record_stays');
    for (const statement of statements) db.exec(statement);
  });
}

/** Rewrites bodies, and every link from there on with the head, as one who knows the format would. */
export function rewrite(
  folder: string,
  which: (record: ChainRecord) => boolean,
  change: (body: Record<string, unknown>) => object,
): void {
  const links: ChainRecord[] = [];
  for (const record of storedRecords(folder)) {
    const body = JSON.parse(record.body ?? 'null') as Record<string, unknown>;
    links.push(linkAfter(links.at(-1) ?? null, { ...record, body: which(record) ? change(body) : body }));
  }
  const set = ({ seq, body, bodyDigest, previous, digest }: ChainRecord) =>
    `update record set body = ${quoted(body ?? '')}, body_digest = '${bodyDigest}', previous = '${previous}', digest = '${digest}' where seq = ${seq}`;
  tamperWith(folder, ...links.map(set), `update head set digest = '${links.at(-1)?.digest}'`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function opened<T>(path: string, use: (db: Libsql.Database) => T): T {
  const db = new Libsql(path);
  try {
    db.exec('pragma busy_timeout = 5000');
    return use(db);
  } finally {
    db.close();
  }
}
