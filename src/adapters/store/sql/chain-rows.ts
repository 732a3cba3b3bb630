/**
 * The rows of the chain: read in pages, and added to with the head beside them.
 *
 * Every function runs within the connection that it is handed, and leaves transactions to the caller.
 */

import type { Kysely } from 'kysely';
import { MusterError } from '../../../core/errors.ts';
import type { Instant } from '../../../core/time.ts';
import { type ChainRecord, type Head, linkAfter, type RecordKind } from '../../../evidence/chain.ts';
import { type Bodies, keyOf, type Which } from '../record-log.ts';
import { type Engine, headOf, recordOf, rowOf, type Schema, textColumn } from './schema.ts';

/** So many records are read at a time. */
export const PAGE_RECORDS = 500;
/** Every database takes so many values in one statement. */
const INSERT_RECORDS = 100;

/** A page of the chain, from after that number on; of one kind, those that have a body. */
export async function readPage(
  db: Kysely<Schema>,
  engine: Engine,
  {
    after,
    kind = null,
    key,
    keyBegins,
    lacking,
    holding = [],
  }: Which & { readonly after: number; readonly kind?: RecordKind | null },
): Promise<readonly ChainRecord[]> {
  const rows = await db
    .selectFrom('record')
    .select('seq')
    .select(TEXT_COLUMNS.map((column) => textColumn(engine, column).as(column)))
    .where('seq', '>', after)
    .$if(kind !== null, (query) => query.where('kind', '=', kind).where('body', 'is not', null))
    .$if(key !== undefined, (query) => query.where('key', '=', key ?? null))
    .$if(keyBegins !== undefined, (query) => query.where('key', 'like', `${keyBegins}%`))
    .$if(lacking !== undefined, (query) => query.where('key', 'in', keysLacking(db, kind, lacking ?? null)))
    .$if(holding.length > 0, (query) =>
      query.where(({ or, eb }) => or(holding.map((text) => eb('body', 'like', `%${text}%`)))),
    )
    .orderBy('seq')
    .limit(PAGE_RECORDS)
    .execute();
  return rows.map(recordOf);
}

/** Keys of one kind under which there is none of the other: looked up once a key, and not for every record of it. */
function keysLacking(db: Kysely<Schema>, kind: RecordKind | null, other: RecordKind | null) {
  const keys = db.selectFrom('record').select('key').distinct().where('kind', '=', kind).as('named');
  return db
    .selectFrom(keys)
    .select('named.key')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('record as kept')
            .select('kept.seq')
            .where('kept.kind', '=', other)
            .whereRef('kept.key', '=', 'named.key'),
        ),
      ),
    );
}

const TEXT_COLUMNS = ['at', 'kind', 'key', 'body', 'body_digest', 'previous', 'digest'] as const;

/**
 * Where the chain ends; null while nothing was written.
 *
 * @throws MusterError `MUSTER_STORE_INVALID` when the store does not say.
 */
export async function readHead(db: Kysely<Schema>, engine: Engine, name: string, lock = false): Promise<Head | null> {
  const row = await db
    .selectFrom('head')
    .select('seq')
    .select((['digest', 'at'] as const).map((column) => textColumn(engine, column).as(column)))
    // SQLite has one writer at a time as it is.
    .$if(lock && engine === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst();
  if (row === undefined) throw new MusterError('MUSTER_STORE_INVALID', `${name} does not say where its chain ends`);
  return headOf(row);
}

/** Whether that very record is in the chain. */
export async function holds(db: Kysely<Schema>, { seq, digest }: ChainRecord): Promise<boolean> {
  const row = db.selectFrom('record').select('seq').where('seq', '=', seq).where('digest', '=', digest);
  return (await row.executeTakeFirst()) !== undefined;
}

/** Adds records, in order, and moves the head on to the last. */
export async function insertRecords(db: Kysely<Schema>, records: readonly ChainRecord[]): Promise<void> {
  for (let from = 0; from < records.length; from += INSERT_RECORDS) {
    const rows = records.slice(from, from + INSERT_RECORDS).map(rowOf);
    await db.insertInto('record').values(rows).execute();
  }
  const last = records.at(-1);
  if (last === undefined) return;
  const { seq, digest, at } = last;
  await db.updateTable('head').set({ seq, digest, at }).where('id', '=', 1).execute();
}

/** The kinds of those records that are in the chain, by number. */
export async function kindsOf(
  db: Kysely<Schema>,
  engine: Engine,
  seqs: readonly number[],
): Promise<ReadonlyMap<number, RecordKind>> {
  const kinds = new Map<number, RecordKind>();
  for (let from = 0; from < seqs.length; from += PAGE_RECORDS) {
    const rows = await db
      .selectFrom('record')
      .select('seq')
      .select(textColumn(engine, 'kind').as('kind'))
      .where('seq', 'in', seqs.slice(from, from + PAGE_RECORDS))
      .execute();
    for (const row of rows) kinds.set(Number(row.seq), recordOf({ ...NO_TEXT, ...row }).kind);
  }
  return kinds;
}

const NO_TEXT = { at: null, key: null, body: null, body_digest: null, previous: null, digest: null };

/** Takes the bodies of those records away. */
export async function eraseBodies(db: Kysely<Schema>, seqs: readonly number[]): Promise<void> {
  for (let from = 0; from < seqs.length; from += PAGE_RECORDS) {
    const some = seqs.slice(from, from + PAGE_RECORDS);
    await db.updateTable('record').set({ body: null }).where('seq', 'in', some).execute();
  }
}

/** The links that new records make, one after the other. */
export function linkAll(
  head: Head | null,
  records: readonly { readonly kind: RecordKind; readonly body: object }[],
  now: () => Instant,
): readonly ChainRecord[] {
  const links: ChainRecord[] = [];
  for (const { kind, body } of records) {
    const key = keyOf(kind, body as Bodies[typeof kind] & object);
    links.push(linkAfter(links.at(-1) ?? head, { at: now(), kind, key, body }));
  }
  return links;
}
