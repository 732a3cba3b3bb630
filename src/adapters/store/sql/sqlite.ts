/**
 * A store in one SQLite file: for a command line, and for a service beside it on the same machine.
 *
 * Write-ahead log, synced at every commit. Several processes may write: whoever waits for its turn asks
 * again and again, since waiting inside the driver would stop this process. Files are for the owner alone (0600 in 0700); the log and its index take
 * the mode of the database. Sources: SQLite, "Write-Ahead Logging", "PRAGMA synchronous", "Result and Error Codes".
 */

import { existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Dialect, type SqliteDatabase, SqliteDialect, type SqliteStatement, sql } from 'kysely';
import type LibsqlDatabase from 'libsql';
import type { Store } from '../../../app/ports.ts';
import { MusterError } from '../../../core/errors.ts';
import type { Database } from './database.ts';
import { createSqlStore, type SqlStoreOptions } from './sql-store.ts';
import { hasHeirlooms, readHeirlooms } from './take-over.ts';
import { PATIENCE_SECONDS } from './transact.ts';

const BEGIN = 'begin immediate';
/** In milliseconds, how long a read waits while another process recovers, or removes, the log of the database. */
const READ_PATIENCE = 'pragma busy_timeout = 5000';

/** How a file is opened. */
export interface SqliteOptions extends SqlStoreOptions {
  /** False for a file that stands for itself, such as a backup: an older kind of store beside it is not taken over. */
  readonly takesOver?: boolean;
}

/**
 * The store in that file, which the first use makes, with the folder.
 *
 * Its methods throw MusterError `MUSTER_STORE_INVALID` for what Muster did not write, `MUSTER_FILE_UNREADABLE` where the
 * file cannot be used, and `MUSTER_STORE_UNREACHABLE` where others keep it busy for too long.
 */
export function createSqliteStore(path: string, { takesOver = true, ...options }: SqliteOptions): Store {
  return createSqlStore(sqliteDatabase(path, takesOver), options);
}

/** The database in that file. @param takesOver As `SqliteOptions` has it. */
export function sqliteDatabase(path: string, takesOver = true): Database {
  const folder = dirname(path);
  return {
    engine: 'sqlite',
    name: path,
    isThere: () => existsSync(path) || (takesOver && hasHeirlooms(folder)),
    connect: () => connect(path),
    begin: async (connection) => void (await sql.raw(BEGIN).execute(connection)),
    // Whoever began to write keeps every other writer out.
    lockSchema: async () => undefined,
    hasTable: (name) => sql`select count(*) as there from sqlite_master where type = 'table' and name = ${name}`,
    heirlooms: async () => (takesOver ? readHeirlooms(folder) : []),
    tidy: async (db) => void (await sql`pragma wal_checkpoint(truncate)`.execute(db)),
    isPassing: (error) => /^SQLITE_(?:BUSY|LOCKED)/.test(codeOf(error)),
    explain: (error) => explain(error, path),
  };
}

async function connect(path: string): Promise<Dialect> {
  await makeFile(path);
  const Libsql = (await import('libsql')).default;
  const file = new Libsql(path);
  try {
    prepare(file, path);
  } catch (error) {
    file.close();
    throw error;
  }
  return new SqliteDialect({ database: driverOf(file) });
}

/**
 * What kysely needs of the driver. A statement that the driver prepared and that met a busy database stays under way until
 * it is collected, and nothing can be committed before; so transactions are begun and ended without preparing anything.
 */
function driverOf(file: LibsqlDatabase.Database): SqliteDatabase {
  return {
    close: () => void file.close(),
    prepare: (text) => (CONTROLS.includes(text) ? controlOf(file, text) : file.prepare(text)),
  };
}

const CONTROLS = [BEGIN, 'commit', 'rollback'];

function controlOf(file: LibsqlDatabase.Database, text: string): SqliteStatement {
  const run = () => {
    // Nobody waits for a lock inside the call: another store of this very process may be the one who has it.
    file.exec('pragma busy_timeout = 0');
    try {
      file.exec(text);
    } finally {
      file.exec(READ_PATIENCE);
    }
    return { changes: 0, lastInsertRowid: 0 };
  };
  return { reader: false, run, all: () => [], iterate: () => [].values() };
}

function prepare(file: LibsqlDatabase.Database, path: string): void {
  file.exec(`${READ_PATIENCE}; pragma synchronous = full; pragma secure_delete = on`);
  file.exec('pragma journal_mode = wal');
  const [mode] = file.prepare('pragma journal_mode').all([]) as { readonly journal_mode?: string }[];
  if (mode?.journal_mode === 'wal') return;
  throw new MusterError('MUSTER_FILE_UNREADABLE', `${path} is on a file system that a store cannot share`);
}

/** A file that is not there is made for the owner alone; one that is there is not touched, another may hold locks on it. */
async function makeFile(path: string): Promise<void> {
  if (existsSync(path)) return;
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await (await open(path, 'wx', 0o600)).close();
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  // The name of a new file is durable only once its folder is.
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** What a file that cannot be used, rather than one that holds something else, makes of a call. */
const UNUSABLE = /^(?:SQLITE_(?:READONLY|CANTOPEN|PERM|IOERR|FULL|AUTH|NOLFS)|E[A-Z]+$)/;

function explain(cause: unknown, path: string): MusterError {
  if (cause instanceof MusterError) return cause;
  const code = codeOf(cause);
  const said = cause instanceof Error ? cause.message : String(cause);
  if (/^SQLITE_(?:BUSY|LOCKED)/.test(code)) {
    const message = `${path} was kept busy by others for ${PATIENCE_SECONDS} s`;
    return new MusterError('MUSTER_STORE_UNREACHABLE', message, { cause });
  }
  if (code === '' || UNUSABLE.test(code)) {
    return new MusterError('MUSTER_FILE_UNREADABLE', `${path} cannot be used as a store: ${said}`, { cause });
  }
  return new MusterError('MUSTER_STORE_INVALID', `${path} is no store of Muster: ${said} (${code})`, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
