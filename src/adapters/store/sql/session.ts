/**
 * An open database, which the first use opens and everybody of one process shares.
 *
 * Reading what was never written makes nothing. Every error is explained in words of the port; a passing one is met with
 * patience first, by the reads here and by `transact` within what writes.
 */

import type { Kysely } from 'kysely';
import { invariant } from '../../../core/invariant.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';
import { patiently } from './transact.ts';

/** A database that is opened when it is needed. */
export interface Session {
  readonly database: Database;
  /** Undefined where nobody ever wrote. */
  read<T>(ask: (db: Kysely<Schema>) => Promise<T>): Promise<T | undefined>;
  write<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A session at that database. @param open Opens it and brings its tables up; what failed is tried again by the next use. */
export function createSession(database: Database, open: () => Promise<Kysely<Schema>>): Session {
  let opening: Promise<Kysely<Schema>> | null = null;
  let closed = false;
  const opened = () => {
    invariant(!closed, 'a store is used before it is closed', { store: database.name });
    opening ??= open().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  const write = async <T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T> => {
    const db = await opened();
    try {
      return await work(db);
    } catch (error) {
      throw database.explain(error);
    }
  };
  return {
    database,
    write,
    read: async (ask) => {
      if (opening === null && !database.isThere()) return undefined;
      return write((db) => patiently(database, () => ask(db)));
    },
    close: async () => {
      closed = true;
      const db = await opening?.catch(() => null);
      await db?.destroy();
    },
  };
}
