/**
 * How the tables of the store come about, step by step; the same steps for SQLite and PostgreSQL.
 *
 * A step that was released is never changed: the next one is added. Triggers refuse to change or delete a record other
 * than by erasing its body, so that a slip of somebody's hand cannot; a chain shows what was done on purpose.
 */

import { type Kysely, type Migration, sql } from 'kysely';
import { GENESIS } from '../../../evidence/chain.ts';
import { makeDesk } from './desk-tables.ts';
import type { Engine, Schema } from './schema.ts';

/** Every step by its name, in the order of names. */
export function migrationsOf(engine: Engine): Readonly<Record<string, Migration>> {
  return {
    '0001_chain': {
      up: async (db: Kysely<Schema>) => {
        await makeRecord(db, engine);
        await makeHead(db, engine);
        for (const statement of engine === 'sqlite' ? SQLITE_TRIGGERS : POSTGRES_TRIGGERS) {
          await sql.raw(statement).execute(db);
        }
      },
    },
    '0002_desk': { up: (db: Kysely<Schema>) => makeDesk(db, engine) },
  };
}

const FIXED = ['seq', 'at', 'kind', 'key', 'body_digest', 'previous', 'digest'];
const REFUSAL = 'records are kept as they were written; only a body may be erased';

const SQLITE_TRIGGERS = [
  `create trigger record_is_kept before update on record
   when new.body is not null or ${FIXED.map((column) => `new."${column}" is not old."${column}"`).join(' or ')}
   begin select raise(abort, '${REFUSAL}'); end`,
  `create trigger record_stays before delete on record begin select raise(abort, '${REFUSAL}'); end`,
];

const POSTGRES_TRIGGERS = [
  `create function muster_record_is_kept() returns trigger language plpgsql as $$
   begin
     if tg_op = 'UPDATE' then
       if new.body is null and ${FIXED.map((column) => `new."${column}" is not distinct from old."${column}"`).join(' and ')} then
         return new;
       end if;
     end if;
     raise exception '${REFUSAL}';
   end $$`,
  `create trigger record_is_kept before update or delete on record
   for each row execute function muster_record_is_kept()`,
  `create trigger record_stays before truncate on record
   for each statement execute function muster_record_is_kept()`,
];

async function makeRecord(db: Kysely<Schema>, engine: Engine): Promise<void> {
  await db.schema
    .createTable('record')
    .addColumn('seq', engine === 'sqlite' ? 'integer' : 'bigint', (column) => column.primaryKey())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text')
    .addColumn('body', 'text')
    .addColumn('body_digest', 'text', (column) => column.notNull())
    .addColumn('previous', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .$call((table) => (engine === 'sqlite' ? table.modifyEnd(sql`strict`) : table))
    .execute();
  await db.schema.createIndex('record_by_kind').on('record').columns(['kind', 'seq']).execute();
  await db.schema.createIndex('record_by_key').on('record').columns(['kind', 'key', 'seq']).execute();
}

async function makeHead(db: Kysely<Schema>, engine: Engine): Promise<void> {
  await db.schema
    .createTable('head')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('seq', engine === 'sqlite' ? 'integer' : 'bigint', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('at', 'text')
    .$call((table) => (engine === 'sqlite' ? table.modifyEnd(sql`strict`) : table))
    .execute();
  await db.insertInto('head').values({ id: 1, seq: 0, digest: GENESIS, at: null }).execute();
}
