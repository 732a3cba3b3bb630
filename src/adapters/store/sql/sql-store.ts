/**
 * A store in a SQL database: every record is a link of one chain, written in one transaction with the head of it.
 *
 * A record is acknowledged once it is committed durably. Writers of several processes take turns at the head. What is
 * read was checked by the schemas of its kind and against its digest. The database is opened, and made, by the first
 * use.
 */

import { setImmediate as turn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { RecordChain, Store } from '../../../app/ports.ts';
import { digestOfBytes } from '../../../core/canonical.ts';
import { MusterError } from '../../../core/errors.ts';
import type { Instant } from '../../../core/time.ts';
import type { ChainRecord, Head, RecordKind } from '../../../evidence/chain.ts';
import type { Erasure } from '../../../evidence/chain-erasures.ts';
import { ascending, checkAdoption, checkErasure } from '../adoption.ts';
import {
  type Bodies,
  checkNew,
  checkStored,
  type Kept,
  parseJson,
  type RecordLog,
  storeOver,
  type Which,
} from '../record-log.ts';
import { eraseBodies, holds, insertRecords, kindsOf, linkAll, PAGE_RECORDS, readHead, readPage } from './chain-rows.ts';
import type { Database } from './database.ts';
import { openDatabase } from './open.ts';
import type { Schema } from './schema.ts';
import { createSession, type Session } from './session.ts';
import { transact } from './transact.ts';

/** The clock of the links. */
export interface SqlStoreOptions {
  readonly now: () => Instant;
}

/** So many records are checked before others have their turn. */
const AT_ONCE = 50;

/** The store in that database. */
export function createSqlStore(database: Database, { now }: SqlStoreOptions): Store {
  const session = createSession(database, () => openDatabase(database, now));
  const { name, engine } = database;
  const write = (make: Make) => session.write((db) => writeLinks(db, database, make));
  const list = async <K extends RecordKind>(kind: K, which: Which = {}): Promise<readonly Kept<K>[]> => {
    const kept: Kept<K>[] = [];
    for await (const record of pages(session, { ...which, kind })) {
      kept.push({ seq: record.seq, body: bodyOf<K>(record, kind, name) });
      // Checking ten thousand drills takes seconds, in which requests are to be answered.
      if (kept.length % AT_ONCE === 0) await turn();
    }
    return kept;
  };
  const chain: RecordChain = {
    head: async () => (await session.read((db) => readHead(db, engine, name))) ?? null,
    read: (after = 0) => pages(session, { after, kind: null }),
    adopt: (records) =>
      write(async (_, head) => {
        checkAdoption(head, records, name);
        return records;
      }),
    erase: async (asked, why, at) => {
      const seqs = ascending(asked);
      if (seqs.length === 0) return;
      const body: Erasure = { formatVersion: '1', at, seqs, why };
      await write(async (db, head) => {
        checkErasure(body, await kindsOf(db, engine, seqs), name);
        await eraseBodies(db, seqs);
        return linkAll(head, [{ kind: 'erasure', body }], now);
      });
      await session.write((db) => database.tidy(db));
    },
  };
  const log: RecordLog = {
    append: async (kind, body) => {
      checkNew(kind, body);
      await write(async (_, head) => linkAll(head, [{ kind, body }], now));
    },
    list,
    last: async () => (await session.read((db) => readHead(db, engine, name)))?.seq ?? 0,
    chain,
    close: session.close,
  };
  return storeOver(log);
}

/** The links to be added behind that head. */
type Make = (db: Kysely<Schema>, head: Head | null) => Promise<readonly ChainRecord[]>;

async function writeLinks(db: Kysely<Schema>, database: Database, make: Make): Promise<void> {
  let sent: ChainRecord | undefined;
  await transact(db, database, async (connection) => {
    const head = await readHead(connection, database.engine, database.name, true);
    // An attempt before this one may have been committed though its answer was lost. Whoever holds the head knows.
    if (sent !== undefined && (await holds(connection, sent))) return;
    const links = await make(connection, head);
    sent = links.at(-1);
    await insertRecords(connection, links);
  });
}

async function* pages(
  session: Session,
  { after: from = 0, ...asked }: Which & { readonly kind: RecordKind | null },
): AsyncGenerator<ChainRecord> {
  const { engine } = session.database;
  for (let after = Math.max(0, from); ; ) {
    const page = (await session.read((db) => readPage(db, engine, { ...asked, after }))) ?? [];
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_RECORDS) return;
    after = last.seq;
  }
}

function bodyOf<K extends RecordKind>({ seq, body, bodyDigest }: ChainRecord, kind: K, name: string): Bodies[K] {
  const where = `record ${seq} of ${name}`;
  const text = body ?? '';
  if (digestOfBytes(text) !== bodyDigest) {
    throw new MusterError(
      'MUSTER_STORE_INVALID',
      `${where} was changed: it does not have the digest it was kept under`,
    );
  }
  return checkStored(kind, parseJson(text), where);
}
