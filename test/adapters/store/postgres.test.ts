/**
 * The store in PostgreSQL: what stands in its way, in words that never hold the login, and connections that are lost.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPostgresStore } from '../../../src/adapters/store/sql/postgres.ts';
import type { Store } from '../../../src/app/ports.ts';
import { NOW } from '../../support/builders.ts';
import { HAS_POSTGRES, type PostgresServer, startPostgresServer } from '../../support/postgres-server.ts';
import { freePort } from '../../support/server-process.ts';
import { addressOf, anEntry, reportOf } from './store-kinds.ts';

const open = (url: string) => createPostgresStore(url, { now: () => NOW });

/** The error of a use, with all its causes as text. */
async function refusalOf(store: Store): Promise<{ code: unknown; text: string }> {
  const error = await store.journal(anEntry('one')).then(
    () => null,
    (cause: unknown) => cause,
  );
  await store.close();
  const { code, message, cause } = error as Error & { code: unknown };
  return { code, text: `${message} ${JSON.stringify(cause)} ${String(cause)}` };
}

it.each(['nonsense canary-url', 'mysql://a:canary-url@h/d', 'postgres://a:canary-url@h:port/d'])(
  'an address that is none is refused without a word of it: %s',
  (url) => {
    expect(() => open(url)).toThrow(expect.objectContaining({ code: 'MUSTER_STORE_UNREACHABLE' }));
    expect(() => open(url)).not.toThrow(/canary-url/);
  },
);

it('a host that does not answer is named without the login', async () => {
  const port = await freePort();
  const { code, text } = await refusalOf(open(`postgres://muster:canary-url@127.0.0.1:${port}/store`));
  expect(code).toBe('MUSTER_STORE_UNREACHABLE');
  expect(text).toContain(`postgres://127.0.0.1:${port}/store cannot be used`);
  expect(text).not.toContain('canary-url');
});

describe.runIf(HAS_POSTGRES)('a server', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer();
  }, 60_000);
  afterAll(() => server.close());

  it('that refuses the password, or has no such database, is unreachable', async () => {
    const { endpoint } = server.login;
    const at = `127.0.0.1:${endpoint.port}`;
    for (const url of [
      `postgres://master:canary-url@${at}/postgres`,
      addressOf({ ...server.login, databaseName: 'none' }),
    ]) {
      const { code, text } = await refusalOf(open(url));
      expect(code).toBe('MUSTER_STORE_UNREACHABLE');
      expect(text).not.toMatch(/canary-(?:url|postgres)/);
    }
  });

  it('that lets nobody make tables is unreachable', async () => {
    const login = await server.makeDatabase('closed', [
      "create role guest login password 'canary-guest'",
      'revoke create on schema public from public',
    ]);
    const { code, text } = await refusalOf(open(addressOf({ ...login, username: 'guest', password: 'canary-guest' })));
    expect(code).toBe('MUSTER_STORE_UNREACHABLE');
    expect(text).toContain('permission denied');
  });

  it('whose database is not in UTF-8 is refused', async () => {
    await server.run('postgres', ["create database narrow encoding 'LATIN1' locale 'C' template template0"]);
    const { code, text } = await refusalOf(open(addressOf({ ...server.login, databaseName: 'narrow' })));
    expect(code).toBe('MUSTER_STORE_INVALID');
    expect(text).toContain('has the encoding LATIN1; a store needs UTF8');
  });

  it('that drops every connection again and again loses no record and keeps none twice', async () => {
    const login = await server.makeDatabase('dropping', []);
    const store = open(addressOf(login));
    const drop = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'muster'";
    await store.journal(anEntry('first'));
    for (let round = 0; round < 20; round += 1) {
      const appends = Array.from({ length: 5 }, (_, index) => store.journal(anEntry(`${round}-${index}`)));
      await server.run('postgres', [drop]);
      await Promise.all(appends);
    }
    const kept = (await store.journalEntries()).map(({ runner }) => runner);
    expect(new Set(kept).size).toBe(101);
    expect(kept).toHaveLength(101);
    expect((await reportOf(store)).findings).toEqual([]);
    await store.close();
  });

  it('that was started anew is used again', async () => {
    const store = open(addressOf(await server.makeDatabase('restarted', [])));
    await store.journal(anEntry('one'));
    await server.restart(() => undefined);
    await store.journal(anEntry('two'));
    expect(await store.journalEntries()).toHaveLength(2);
    await store.close();
  }, 60_000);

  it('whose commits do not wait for the disk waits for those of a store', async () => {
    const login = await server.makeDatabase('lazy', ['alter database lazy set synchronous_commit = off']);
    const store = open(addressOf(login));
    const seen = `create table seen (value text);
      create function note() returns trigger language plpgsql as
        $$ begin insert into seen values (current_setting('synchronous_commit')); return new; end $$;`;
    await store.journal(anEntry('one'));
    await server.run('lazy', [
      seen,
      'create trigger note before insert on record for each row execute function note()',
    ]);
    await store.journal(anEntry('two'));
    expect(await server.run('lazy', ['select value from seen'])).toEqual([['on']]);
    await store.close();
  });
});
