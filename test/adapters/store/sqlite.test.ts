/**
 * The store in a file: who may read it, what stands in its way, and what it takes over from the line files of before.
 */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver } from 'kysely';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqlStore } from '../../../src/adapters/store/sql/sql-store.ts';
import { createSqliteStore, sqliteDatabase } from '../../../src/adapters/store/sql/sqlite.ts';
import type { Store } from '../../../src/app/ports.ts';
import { addSeconds } from '../../../src/core/time.ts';
import { aDatabase, aDrill, NOW } from '../../support/builders.ts';
import { aDecision } from '../../support/decision-builder.ts';
import { anEntry, chainOf, reportOf } from './store-kinds.ts';

let parent: string;
let folder: string;
let path: string;
const opened: Store[] = [];
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'muster-sqlite-'));
  folder = join(parent, 'deep', 'store');
  path = join(folder, 'muster.db');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  rmSync(parent, { recursive: true });
});

function openStore(at = path): Store {
  const store = createSqliteStore(at, { now: () => NOW });
  opened.push(store);
  return store;
}

it('a store that nobody wrote to is empty and makes nothing', async () => {
  const store = openStore();
  expect(await store.journalEntries()).toEqual([]);
  expect(await store.drills()).toEqual([]);
  expect(await store.chain.head()).toBeNull();
  expect(existsSync(join(parent, 'deep'))).toBe(false);
});

it('a long list lets others have their turn while it is checked', async () => {
  const from = createSqliteStore(join(parent, 'from', 'muster.db'), { now: () => NOW });
  opened.push(from);
  for (let number = 0; number < 120; number += 1) await from.journal(anEntry(`d${number}`));
  expect(await from.journalEntries()).toHaveLength(120);
  let turns = 0;
  let listed = false;
  const others = (async () => {
    for (; !listed; turns += 1) await new Promise(setImmediate);
  })();
  await from.journalEntries();
  listed = true;
  await others;
  expect(turns).toBeGreaterThan(2);
});

it('files and folder are for their owner alone', async () => {
  await openStore().journal(anEntry('one'));
  const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
  expect(Object.fromEntries(modes)).toEqual({ 'muster.db': 0o600, 'muster.db-wal': 0o600, 'muster.db-shm': 0o600 });
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it('what was erased is in none of its files any more', async () => {
  const store = openStore();
  await store.journal(anEntry('canary-in-the-body'));
  await store.journal(anEntry('stays'));
  await store.chain.erase([1], 'over', NOW);
  const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
  expect(bytes.join('')).toContain('stays');
  expect(bytes.join('')).not.toContain('canary-in-the-body');
});

it('bytes that are no text are a changed record, not the end of the process', async () => {
  const store = openStore();
  for (const runner of ['one', 'mark-two', 'three']) await store.journal(anEntry(runner));
  await store.close();
  // Damage to the log is another thing: SQLite drops what has no good checksum there.
  const file = new Libsql(path);
  file.exec('pragma wal_checkpoint(truncate)');
  file.close();
  const bytes = readFileSync(path);
  bytes[bytes.indexOf('mark-two') + 2] = 0xff;
  writeFileSync(path, bytes);
  const other = openStore();
  expect((await reportOf(other)).findings).toMatchObject([{ kind: 'changed', seq: 2 }]);
  await expect(other.journalEntries()).rejects.toMatchObject({ code: 'MUSTER_STORE_INVALID' });
});

describe('a commit whose answer was lost', () => {
  /** Commits, and says that it did not, as often as asked. */
  function losing(answers: number): Store {
    const database = sqliteDatabase(path);
    let left = 0;
    const lose = (text: string) => {
      if (text !== 'commit' || left === 0) return;
      left -= 1;
      throw Object.assign(new Error('lost'), { code: 'SQLITE_BUSY' });
    };
    const store = createSqlStore(
      {
        ...database,
        begin: async (connection) => {
          await database.begin(connection);
          left = lost.splice(0).length > 0 ? answers : left;
        },
        connect: async () => {
          const dialect = await database.connect();
          return { ...bound(dialect), createDriver: () => heard(dialect.createDriver(), lose) };
        },
      },
      { now: () => NOW },
    );
    opened.push(store);
    return store;
  }
  let lost: true[] = [];

  it.each([1, 2, 3])('%i times over keeps the record once', async (answers) => {
    const store = losing(answers);
    await store.journal(anEntry('before'));
    lost = [true];
    await store.journal(anEntry('one'));
    await store.journal(anEntry('two'));
    expect((await store.journalEntries()).map(({ runner }) => runner)).toEqual(['before', 'one', 'two']);
    lost = [true];
    await store.chain.erase([1], 'old', NOW);
    expect(await reportOf(store)).toMatchObject({ records: 4, erased: 1, findings: [] });
  });
});

function bound(dialect: Dialect): Dialect {
  return {
    createDriver: () => dialect.createDriver(),
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}

/** A driver that tells of every statement that was carried out. */
function heard(driver: Driver, told: (text: string) => void): Driver {
  const acquireConnection = async (): Promise<DatabaseConnection> => {
    const connection = await driver.acquireConnection();
    return {
      executeQuery: async <R>(query: CompiledQuery) => {
        const result = await connection.executeQuery<R>(query);
        told(query.sql);
        return result;
      },
      streamQuery: (query, size) => connection.streamQuery(query, size),
    };
  };
  return new Proxy(driver, {
    get: (target, name) => {
      if (name === 'acquireConnection') return acquireConnection;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

describe('a place that cannot be a store', () => {
  it('because it holds something else is refused', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, 'nothing that a database would begin with, and long enough to tell '.repeat(20));
    await expect(openStore().drills()).rejects.toMatchObject({
      code: 'MUSTER_STORE_INVALID',
      message: expect.stringContaining(`${path} is no store of Muster`),
    });
  });

  it('because its folder is a file is an error that names it', async () => {
    writeFileSync(join(parent, 'file'), '');
    const below = join(parent, 'file', 'store', 'muster.db');
    await expect(openStore(below).journal(anEntry('one'))).rejects.toMatchObject({
      code: 'MUSTER_FILE_UNREADABLE',
      message: expect.stringContaining(`${below} cannot be used as a store`),
    });
  });

  it('because it is a folder is an error that names it', async () => {
    mkdirSync(path, { recursive: true });
    await expect(openStore().journal(anEntry('one'))).rejects.toMatchObject({ code: 'MUSTER_FILE_UNREADABLE' });
  });

  it('is asked anew the next time', async () => {
    mkdirSync(path, { recursive: true });
    const store = openStore();
    await expect(store.journal(anEntry('one'))).rejects.toMatchObject({ code: 'MUSTER_FILE_UNREADABLE' });
    rmSync(path, { recursive: true });
    await store.journal(anEntry('two'));
    expect(await store.journalEntries()).toHaveLength(1);
  });
});

describe('the line files of before', () => {
  const write = (name: string, records: readonly object[], rest = '') => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), `${records.map((record) => `${JSON.stringify(record)}\n`).join('')}${rest}`);
  };
  const entry = (runner: string, seconds: number) => ({ ...anEntry(runner), at: addSeconds(NOW, seconds) });
  const decision = { ...aDecision(), at: addSeconds(NOW, 15) };
  const drill = aDrill(aDatabase(), { endedAt: addSeconds(NOW, 25) });

  it('are taken over once, in the order of their instants, and stay', async () => {
    // The second line was written by a machine whose clock is behind; the order of a file is what counts within it.
    const lines = [entry('one', 10), entry('two', 5), entry('three', 30)];
    write('journal.jsonl', lines);
    write('decisions.jsonl', [decision]);
    write('drills.jsonl', [drill]);
    const store = openStore();
    expect(await store.journalEntries()).toEqual(lines);
    expect((await chainOf(store)).map(({ kind }) => kind)).toEqual([
      'journal',
      'journal',
      'decision',
      'drill',
      'journal',
    ]);
    expect(await store.decisions()).toEqual([decision]);
    expect(await store.drills()).toEqual([drill]);
    await store.journal(entry('four', 40));
    expect(await openStore().journalEntries()).toHaveLength(4);
    expect((await reportOf(store)).findings).toEqual([]);
    expect(existsSync(join(folder, 'journal.jsonl'))).toBe(true);
  });

  it('are taken over once by several that begin at the same moment', async () => {
    write('journal.jsonl', [entry('one', 10)]);
    await Promise.all([1, 2, 3].map(() => openStore().journalEntries()));
    expect(await openStore().journalEntries()).toHaveLength(1);
  });

  it('are left alone by a file that stands for itself, such as a backup', async () => {
    write('journal.jsonl', [entry('one', 10)]);
    const backup = createSqliteStore(join(folder, 'backup.db'), { now: () => NOW, takesOver: false });
    expect(await backup.journalEntries()).toEqual([]);
    await backup.journal(entry('two', 20));
    expect((await backup.journalEntries()).map(({ runner }) => runner)).toEqual(['two']);
    await backup.close();
  });

  it('may end in a line that a crash cut short', async () => {
    write('journal.jsonl', [entry('one', 10)], '{"at":"2026-');
    expect((await openStore().journalEntries()).map(({ runner }) => runner)).toEqual(['one']);
  });

  it('with a line that Muster did not write are refused by file and line, and nothing is taken over', async () => {
    write('journal.jsonl', [entry('one', 10)]);
    write('states.jsonl', [{ serial: 'x' }]);
    const store = openStore();
    for (const use of [store.states(), store.journal(entry('two', 20))]) {
      await expect(use).rejects.toMatchObject({
        code: 'MUSTER_STORE_INVALID',
        message: expect.stringContaining(`${join(folder, 'states.jsonl')}:1 is no state record of Muster`),
      });
    }
    rmSync(join(folder, 'states.jsonl'));
    expect(await store.journalEntries()).toHaveLength(1);
  });
});
