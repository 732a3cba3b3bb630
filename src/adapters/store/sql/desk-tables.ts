/**
 * How the tables of the desk come about: the same for SQLite and PostgreSQL but for the jobs.
 *
 * In SQLite jobs have a table here; in PostgreSQL they are graphile-worker's, which makes its own. Nothing here is
 * evidence: rows change, and go.
 */

import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Engine, Schema } from './schema.ts';

/** Makes all of them. */
export async function makeDesk(db: Kysely<Schema>, engine: Engine): Promise<void> {
  const table = (name: string) =>
    db.schema
      .createTable(name)
      .$call((made) => (engine === 'sqlite' ? made.modifyEnd(sql`strict`) : made)) as CreateTableBuilder<
      string,
      string
    >;
  // Instants are compared as text, which a collation of the database's own could do in another order.
  const instant = engine === 'sqlite' ? 'text' : sql`text collate "C"`;
  const large = engine === 'sqlite' ? 'integer' : 'bigint';

  await table('sight')
    .addColumn('place', 'text', (column) => column.primaryKey())
    .addColumn('observed_at', instant, (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('body', engine === 'sqlite' ? 'blob' : 'bytea', (column) => column.notNull())
    .execute();
  await table('schedule')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('due_at', instant, (column) => column.notNull())
    .addColumn('ended_at', 'text')
    .addColumn('outcome', 'text')
    .addColumn('detail', 'text')
    .execute();
  await table('watch')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('cursor', large)
    .execute();
  await db.insertInto('watch').values({ id: 1, cursor: null }).execute();
  await table('standing')
    .addColumn('database_arn', 'text', (column) => column.primaryKey())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
  await table('alert')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('seq', large, (column) => column.notNull().unique())
    .addColumn('time', instant, (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('alert_by_time').on('alert').columns(['time', 'seq']).execute();
  await table('answer')
    .addColumn('caller', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('request_digest', 'text', (column) => column.notNull())
    .addColumn('taken_at', instant, (column) => column.notNull())
    .addColumn('body', 'text')
    .addPrimaryKeyConstraint('answer_by_name', ['caller', 'name'])
    .execute();
  await db.schema.createIndex('answer_by_time').on('answer').column('taken_at').execute();
  await (engine === 'sqlite' ? makeLocalJobs(db) : makeRunners(db));
}

/** Seconds since 1970 by the clock of SQLite. */
async function makeLocalJobs(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('job')
    .modifyEnd(sql`strict`)
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('task', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('key', 'text')
    .addColumn('queue', 'text')
    .addColumn('due_at', 'real', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('attempts_max', 'integer', (column) => column.notNull())
    // Whoever runs it; null while it waits, and when it was given up.
    .addColumn('runner', 'text')
    .execute();
  await db.schema.createIndex('job_by_key').on('job').column('key').execute();
  await db.schema.createIndex('job_by_due').on('job').columns(['runner', 'due_at']).execute();
  await db.schema
    .createTable('runner')
    .modifyEnd(sql`strict`)
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('seen_at', 'real', (column) => column.notNull())
    .execute();
}

/** By the clock of PostgreSQL, which all runners share. */
async function makeRunners(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('runner')
    .addColumn('id', 'text', (column) => column.primaryKey())
    // The names under which it locks jobs.
    .addColumn('workers', sql`text[]`, (column) => column.notNull())
    .addColumn('seen_at', 'timestamptz', (column) => column.notNull())
    .execute();
}
