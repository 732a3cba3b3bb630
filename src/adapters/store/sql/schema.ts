/**
 * The tables of the store, and how their rows become records again.
 *
 * The same for SQLite and PostgreSQL. SQLite is asked for bytes instead of text: its driver ends the whole process over
 * text that is not UTF-8, which is what a damaged file may hold, and it cuts text at a zero byte.
 */

import { type ColumnType, type Generated, type RawBuilder, sql } from 'kysely';
import type { Digest } from '../../../core/canonical.ts';
import type { Instant } from '../../../core/time.ts';
import type { ChainRecord, Head, RecordKind } from '../../../evidence/chain.ts';

/** Which database a store is in. */
export type Engine = 'sqlite' | 'postgres';

type Fixed<T> = ColumnType<T, T, never>;
/** PostgreSQL hands out its 64-bit numbers as text. */
type Seq = ColumnType<number | string, number, number>;

interface RecordTable {
  readonly seq: Seq;
  readonly at: Fixed<string>;
  readonly kind: Fixed<string>;
  readonly key: Fixed<string | null>;
  /** Null once it was erased. */
  readonly body: ColumnType<string | null, string | null, null>;
  readonly body_digest: Fixed<string>;
  readonly previous: Fixed<string>;
  readonly digest: Fixed<string>;
}

/** One row from the first migration on; number 0 while there is no record. */
interface HeadTable {
  readonly id: number;
  readonly seq: Seq;
  readonly digest: string;
  readonly at: string | null;
}

/** What the desk keeps; see `desk-tables.ts`. */
interface DeskTables {
  readonly sight: { place: string; observed_at: string; digest: string; body: Uint8Array };
  readonly schedule: {
    name: string;
    due_at: string;
    ended_at: string | null;
    outcome: string | null;
    detail: string | null;
  };
  /** One row from its migration on; no cursor before the first watch. */
  readonly watch: { id: number; cursor: ColumnType<number | string | null, number | null, number> };
  readonly standing: { database_arn: string; body: string };
  readonly alert: { id: string; seq: Seq; time: string; body: string };
  readonly answer: { caller: string; name: string; request_digest: string; taken_at: string; body: string | null };
  /** SQLite only. */
  readonly job: {
    id: Generated<number>;
    task: string;
    payload: string;
    key: string | null;
    queue: string | null;
    due_at: number;
    attempts: number;
    attempts_max: number;
    runner: string | null;
  };
}

/** All tables of the store's own. */
export interface Schema extends DeskTables {
  readonly record: RecordTable;
  readonly head: HeadTable;
}

/** Text as it comes back from a query. */
export type Text = string | ArrayBuffer | Uint8Array;

/** Where kysely keeps which migrations were made. */
export const MIGRATION_TABLE = 'muster_migration';
/** What kysely wants beside it; our own lock is held before it asks. */
export const MIGRATION_LOCK_TABLE = 'muster_migration_lock';

/** A column of text, in the form in which it can be read whatever it holds. */
export function textColumn(engine: Engine, column: string): RawBuilder<Text | null> {
  return engine === 'sqlite'
    ? sql<Text | null>`cast(${sql.ref(column)} as blob)`
    : sql<string | null>`${sql.ref(column)}`;
}

/** Text that was read by `textColumn`; bytes that are no UTF-8 become replacement characters. */
export function textOf(value: Text): string {
  if (typeof value === 'string') return value;
  return Buffer.from(value instanceof Uint8Array ? value : new Uint8Array(value)).toString('utf8');
}

/** One record as a query yields it. */
export interface RecordRow {
  readonly seq: number | string;
  readonly at: Text | null;
  readonly kind: Text | null;
  readonly key: Text | null;
  readonly body: Text | null;
  readonly body_digest: Text | null;
  readonly previous: Text | null;
  readonly digest: Text | null;
}

/** The record of a row, as it stands. */
export function recordOf(row: RecordRow): ChainRecord {
  const text = (value: Text | null) => (value === null ? null : textOf(value));
  return {
    seq: Number(row.seq),
    at: (text(row.at) ?? '') as Instant,
    kind: (text(row.kind) ?? '') as RecordKind,
    key: text(row.key),
    body: text(row.body),
    bodyDigest: (text(row.body_digest) ?? '') as Digest,
    previous: (text(row.previous) ?? '') as Digest,
    digest: (text(row.digest) ?? '') as Digest,
  };
}

/** The row of a record. */
export function rowOf({ bodyDigest, ...record }: ChainRecord): Omit<ChainRecord, 'bodyDigest'> & {
  readonly body_digest: Digest;
} {
  return { ...record, body_digest: bodyDigest };
}

/** The head that a row says; null while nothing was written. */
export function headOf(row: {
  readonly seq: number | string;
  readonly digest: Text | null;
  readonly at: Text | null;
}): Head | null {
  const seq = Number(row.seq);
  if (seq === 0) return null;
  return { seq, digest: textOf(row.digest ?? '') as Digest, at: textOf(row.at ?? '') as Instant };
}
