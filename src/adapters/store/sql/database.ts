/**
 * What the store needs of a database beyond its SQL: how to reach it, how to begin, and what its errors mean.
 *
 * One implementation each for SQLite and PostgreSQL; everything else of the store is the same for both.
 */

import type { Dialect, Kysely, RawBuilder } from 'kysely';
import type { MusterError } from '../../../core/errors.ts';
import type { Engine, Schema } from './schema.ts';

/** A database that a store lives in. */
export interface Database {
  readonly engine: Engine;
  /** For messages: a path, or an address without the login. */
  readonly name: string;
  /** Whether there is something to read; a store that nobody wrote to is not made by reading it. */
  isThere(): boolean;
  /** Connects; makes the file and its folder where they are missing. */
  connect(): Promise<Dialect>;
  /** Begins a transaction that is going to write, within that connection. */
  begin(connection: Kysely<Schema>): Promise<void>;
  /** Within a transaction, keeps every other process from changing tables, and makes sure that they can be made here. */
  lockSchema(connection: Kysely<Schema>): Promise<void>;
  /** Whether a table of that name is there: one row with `there`. */
  hasTable(name: string): RawBuilder<{ readonly there: unknown }>;
  /** Records of an older store that a new one begins with, each as its kind and value. */
  heirlooms(): Promise<readonly Heirloom[]>;
  /** Removes what erasing leaves behind in files. */
  tidy(db: Kysely<Schema>): Promise<void>;
  /** Whether the same may succeed shortly: it is busy, or a connection was lost. */
  isPassing(error: unknown): boolean;
  /** The error that crosses the port. */
  explain(error: unknown): MusterError;
}

/** A record that another kind of store kept. */
export interface Heirloom {
  readonly kind: 'journal' | 'drill' | 'decision' | 'state';
  readonly body: object;
}
