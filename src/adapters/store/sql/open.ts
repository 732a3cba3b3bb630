/**
 * Opens a database and brings its tables to the form that this Muster knows.
 *
 * Tables are made and changed in one transaction under a lock, so that several processes may start at once. The first
 * one also takes over what an older kind of store left. A database that is ahead of this Muster is refused.
 */

import { Kysely, type MigrationProvider, Migrator, sql } from 'kysely';
import { MusterError } from '../../../core/errors.ts';
import type { Instant } from '../../../core/time.ts';
import { insertRecords, linkAll } from './chain-rows.ts';
import type { Database } from './database.ts';
import { migrationsOf } from './migrations.ts';
import { MIGRATION_LOCK_TABLE, MIGRATION_TABLE, type Schema, textColumn, textOf } from './schema.ts';
import { patiently, transact } from './transact.ts';

/**
 * A database whose tables are there.
 *
 * @throws MusterError `MUSTER_STORE_INVALID`, `MUSTER_STORE_UNREACHABLE` or `MUSTER_FILE_UNREADABLE`.
 */
export async function openDatabase(database: Database, now: () => Instant): Promise<Kysely<Schema>> {
  try {
    return await patiently(database, async () => {
      const db = new Kysely<Schema>({ dialect: await database.connect() });
      try {
        await bringUp(db, database, now);
        return db;
      } catch (error) {
        await db.destroy().catch(() => undefined);
        throw error;
      }
    });
  } catch (error) {
    throw database.explain(error);
  }
}

async function bringUp(db: Kysely<Schema>, database: Database, now: () => Instant): Promise<void> {
  if (isCurrent(await madeSteps(db, database), database)) return;
  await transact(db, database, async (connection) => {
    await database.lockSchema(connection);
    const made = await madeSteps(connection, database);
    if (isCurrent(made, database)) return;
    await migrate(connection, database);
    if (made.length === 0) await takeOver(connection, database, now);
  });
}

/** @throws MusterError `MUSTER_STORE_INVALID` when a step was made that this Muster does not know. */
function isCurrent(made: readonly string[], { engine, name }: Database): boolean {
  const known = Object.keys(migrationsOf(engine));
  const newer = made.find((step) => !known.includes(step));
  if (newer !== undefined) {
    const message = `${name} was made by a newer Muster (its tables are at ${newer}); this one knows them up to ${known.at(-1)}`;
    throw new MusterError('MUSTER_STORE_INVALID', message);
  }
  return known.every((step) => made.includes(step));
}

async function madeSteps(db: Kysely<Schema>, database: Database): Promise<readonly string[]> {
  const { rows } = await database.hasTable(MIGRATION_TABLE).execute(db);
  if (!rows[0]?.there) return [];
  const name = textColumn(database.engine, 'name');
  const steps = await sql<{
    name: string;
  }>`select ${name} as name from ${sql.table(MIGRATION_TABLE)} order by 1`.execute(db);
  return steps.rows.map((step) => textOf(step.name));
}

async function migrate(connection: Kysely<Schema>, database: Database): Promise<void> {
  // As the migrator would, which after a refusal goes on to ask within the failed transaction and loses the reason.
  await connection.schema
    .createTable(MIGRATION_TABLE)
    .ifNotExists()
    .addColumn('name', 'varchar(255)', (column) => column.notNull().primaryKey())
    .addColumn('timestamp', 'varchar(255)', (column) => column.notNull())
    .execute();
  const provider: MigrationProvider = { getMigrations: async () => ({ ...migrationsOf(database.engine) }) };
  const migrator = new Migrator({
    db: connection,
    provider,
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: MIGRATION_LOCK_TABLE,
    // The transaction around it is ours, and the lock that it holds.
    disableTransactions: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

async function takeOver(connection: Kysely<Schema>, database: Database, now: () => Instant): Promise<void> {
  const heirlooms = await database.heirlooms();
  if (heirlooms.length > 0) await insertRecords(connection, linkAll(null, heirlooms, now));
}
