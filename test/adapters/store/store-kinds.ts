/**
 * Every kind of store, for suites that run over all of them, and what such a suite looks at.
 *
 * Each test has a place of its own: a folder, or a database of one PostgreSQL server that the file starts.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/store/memory-store.ts';
import { createPostgresStore } from '../../../src/adapters/store/sql/postgres.ts';
import { createSqliteStore } from '../../../src/adapters/store/sql/sqlite.ts';
import type { JournalEntry, Login, Store } from '../../../src/app/ports.ts';
import { type Instant, parseInstant } from '../../../src/core/time.ts';
import type { ChainRecord } from '../../../src/evidence/chain.ts';
import type { ChainReport } from '../../../src/evidence/chain-report.ts';
import { createChainCheck } from '../../../src/evidence/check-chain.ts';
import { HAS_POSTGRES, type PostgresServer, startPostgresServer } from '../../support/postgres-server.ts';

/** One kind of store. */
export interface StoreKind {
  /** A store at the place of this test; a second call opens the same place once more, where places can be shared. */
  open(): Store;
  /** The clock of its links. */
  now(): Instant;
}

/** A kind whose place several processes can share. */
export interface SharedKind extends StoreKind {
  /** What a process is handed to open it: a path, or an address. */
  place(): string;
  /** Runs SQL past Muster. */
  run(statements: readonly string[]): Promise<void>;
}

const WRITTEN_AT = parseInstant('2026-11-24T00:00:00Z', 'test');
const now = () => WRITTEN_AT;

/** Kinds of store that keep what they are given beyond the process. */
export function useSharedStores(): [string, SharedKind][] {
  return [
    ['in a file of SQLite', useSqlite()],
    ...(HAS_POSTGRES ? ([['in PostgreSQL', usePostgres()]] as [string, SharedKind][]) : []),
  ];
}

/** All kinds of store. */
export function useStores(): [string, StoreKind][] {
  return [['in memory', { open: () => createMemoryStore({ now }), now }], ...useSharedStores()];
}

function useSqlite(): SharedKind {
  const opened: Store[] = [];
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-store-'));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    rmSync(folder, { recursive: true });
  });
  const place = () => join(folder, 'deep', 'muster.db');
  return {
    now,
    place,
    open: () => kept(opened, createSqliteStore(place(), { now })),
    run: async (statements) => {
      const file = new (await import('libsql')).default(place());
      for (const statement of statements) file.exec(statement);
      file.close();
    },
  };
}

function usePostgres(): SharedKind {
  const opened: Store[] = [];
  let server: PostgresServer;
  let login: Login;
  let count = 0;
  beforeAll(async () => {
    server = await startPostgresServer();
  }, 60_000);
  afterAll(() => server.close());
  beforeEach(async () => {
    count += 1;
    login = await server.makeDatabase(`store_${count}`, []);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
  });
  return {
    now,
    place: () => addressOf(login),
    open: () => kept(opened, createPostgresStore(addressOf(login), { now })),
    run: async (statements) => void (await server.run(login.databaseName, statements)),
  };
}

/** The address of a database, with its login. */
export function addressOf({ endpoint, username, password, databaseName }: Login): string {
  return `postgres://${username}:${password}@${endpoint.host}:${endpoint.port}/${databaseName}`;
}

function kept(opened: Store[], store: Store): Store {
  opened.push(store);
  return store;
}

/** A sign of life of one run. */
export function anEntry(runner: string): JournalEntry {
  return { at: parseInstant('2026-02-26T21:00:00Z', 'test'), drillId: 'd1', runner, what: { kind: 'alive' } };
}

/** The records of a store after that number. */
export async function chainOf(store: Store, after = 0): Promise<readonly ChainRecord[]> {
  const records: ChainRecord[] = [];
  for await (const record of store.chain.read(after)) records.push(record);
  return records;
}

/** What a check of the whole chain says. */
export async function reportOf(store: Store): Promise<ChainReport> {
  const check = createChainCheck();
  for await (const record of store.chain.read()) check.feed(record);
  return check.finish(await store.chain.head());
}
