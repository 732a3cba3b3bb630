/**
 * The stores that outlive a process: shared by several writers, tampered with behind Muster's back, older and newer than
 * this one, and out of reach.
 */

import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/core/canonical.ts';
import { aDatabase, aDrill } from '../../support/builders.ts';
import { aDecision } from '../../support/decision-builder.ts';
import { anEntry, chainOf, reportOf, type SharedKind, useSharedStores } from './store-kinds.ts';

const DRILL = aDrill(aDatabase());

describe.each(useSharedStores())('a store %s', (name, kind: SharedKind) => {
  const inPostgres = name.includes('PostgreSQL');
  /** What changes history in spite of the triggers. */
  const past = inPostgres
    ? ['alter table record disable trigger user']
    : ['drop trigger record_is_kept', 'drop trigger record_stays'];

  it('is read by another as it was written', async () => {
    const store = kind.open();
    await Promise.all(['one', 'two', 'three'].map((runner) => store.journal(anEntry(runner))));
    await store.recordDrill(DRILL);
    await store.close();
    const other = kind.open();
    expect(new Set((await other.journalEntries()).map(({ runner }) => runner))).toEqual(
      new Set(['one', 'two', 'three']),
    );
    expect(await other.drills()).toEqual([DRILL]);
    expect((await reportOf(other)).findings).toEqual([]);
  });

  it('takes records of several writers at once, and loses none', async () => {
    const stores = [kind.open(), kind.open(), kind.open()];
    const runners = Array.from({ length: 60 }, (_, index) => `r${index}`);
    await Promise.all(runners.map((runner, index) => stores[index % 3]?.journal(anEntry(runner))));
    const kept = (await kind.open().journalEntries()).map(({ runner }) => runner);
    expect(kept.toSorted()).toEqual(runners.toSorted());
    expect(await reportOf(kind.open())).toMatchObject({ records: 60, last: 60, findings: [] });
  });

  it('is made once when several begin at the same moment', async () => {
    const stores = Array.from({ length: 5 }, () => kind.open());
    await Promise.all(stores.map((store, index) => store.journal(anEntry(`r${index}`))));
    expect(await reportOf(kind.open())).toMatchObject({ records: 5, findings: [] });
  });

  it('is erased from while another writes to it', async () => {
    const [one, two] = [kind.open(), kind.open()];
    for (const runner of ['a', 'b', 'c']) await one.journal(anEntry(runner));
    await Promise.all([
      one.chain.erase([2], 'old', kind.now()),
      ...['d', 'e', 'f'].map((runner) => two.journal(anEntry(runner))),
    ]);
    expect(await reportOf(one)).toMatchObject({ records: 7, erased: 1, findings: [] });
  });

  it('does not keep a record that is not whole', async () => {
    const store = kind.open();
    const wrong = { ...DRILL, restoreSeconds: Number.NaN };
    await expect(store.recordDrill(wrong)).rejects.toMatchObject({ code: 'MUSTER_INVARIANT_BROKEN' });
    await expect(store.recordDrill({ ...DRILL, restoreSeconds: 1 })).rejects.toMatchObject({
      code: 'MUSTER_INVARIANT_BROKEN',
    });
    expect(await store.drills()).toEqual([]);
    expect(await store.chain.head()).toBeNull();
  });

  it('does not keep a private key', async () => {
    const key = { kid: 'k', kty: 'OKP', crv: 'Ed25519', x: 'AA', alg: 'EdDSA', use: 'sig', purpose: 'token' } as const;
    const whole = { ...key, createdAt: kind.now(), retiredAt: null, d: 'private' };
    const record = { formatVersion: '1', at: kind.now(), key: whole, introducedBy: null } as const;
    await expect(kind.open().recordKey(record)).rejects.toMatchObject({ code: 'MUSTER_INVARIANT_BROKEN' });
  });

  it.each([
    'update record set kind = kind',
    "update record set body = '{}'",
    "update record set at = '2020-01-01T00:00:00.000Z', body = null",
    'delete from record',
    ...(inPostgres ? ['truncate record'] : []),
  ])('refuses %s', async (statement) => {
    const store = kind.open();
    await store.journal(anEntry('one'));
    await expect(kind.run([statement])).rejects.toThrow('records are kept as they were written');
    expect((await reportOf(store)).findings).toEqual([]);
  });

  it('names the record whose body was changed past the triggers', async () => {
    const store = kind.open();
    for (const runner of ['one', 'two', 'three']) await store.journal(anEntry(runner));
    await kind.run([...past, `update record set body = replace(body, 'two', 'owt') where seq = 2`]);
    await expect(store.journalEntries()).rejects.toMatchObject({
      code: 'MUSTER_STORE_INVALID',
      message: expect.stringMatching(/^record 2 of .* was changed/),
    });
    expect((await reportOf(store)).findings).toMatchObject([{ kind: 'changed', seq: 2, since: kind.now() }]);
  });

  it('names the record that is none of its kind, though its digest was made to fit', async () => {
    const store = kind.open();
    await store.recordDrill(DRILL);
    await store.recordDecision(aDecision());
    const body = '{"formatVersion":"1"}';
    const digest = digestOf({ formatVersion: '1' });
    await kind.run([...past, `update record set body = '${body}', body_digest = '${digest}' where seq = 1`]);
    await expect(store.drills()).rejects.toMatchObject({
      code: 'MUSTER_STORE_INVALID',
      message: expect.stringMatching(
        /^record 1 of .* is no drill record of Muster at formatVersion: drill records of format 2 are read/,
      ),
    });
    expect(await store.decisions()).toHaveLength(1);
  });

  it('shows that its end was cut off, and that records were put behind it', async () => {
    const store = kind.open();
    for (const runner of ['one', 'two', 'three']) await store.journal(anEntry(runner));
    await kind.run([...past, 'delete from record where seq = 3']);
    expect((await reportOf(store)).findings).toMatchObject([{ kind: 'cut_short', seq: 3 }]);
    const head = (await chainOf(store)).find(({ seq }) => seq === 1);
    await kind.run([`update head set seq = 1, digest = '${head?.digest}'`]);
    expect((await reportOf(store)).findings).toMatchObject([{ kind: 'beyond_head', seq: 2 }]);
    await expect(store.journal(anEntry('four'))).rejects.toMatchObject({ code: 'MUSTER_STORE_INVALID' });
  });

  it('that does not say where its chain ends is refused', async () => {
    const store = kind.open();
    await store.journal(anEntry('one'));
    await kind.run(['delete from head']);
    const refusal = {
      code: 'MUSTER_STORE_INVALID',
      message: expect.stringContaining('does not say where its chain ends'),
    };
    await expect(store.journal(anEntry('two'))).rejects.toMatchObject(refusal);
    await expect(store.chain.head()).rejects.toMatchObject(refusal);
  });

  it('that a newer Muster made is refused', async () => {
    await kind.open().journal(anEntry('one'));
    await kind.run(["insert into muster_migration (name, timestamp) values ('0999_later', '2030-01-01')"]);
    const store = kind.open();
    for (const use of [store.journal(anEntry('two')), store.drills(), store.chain.head()]) {
      await expect(use).rejects.toMatchObject({
        code: 'MUSTER_STORE_INVALID',
        message: expect.stringContaining('was made by a newer Muster (its tables are at 0999_later)'),
      });
    }
  });

  it('that was closed is not used again', async () => {
    const store = kind.open();
    await store.journal(anEntry('one'));
    await store.close();
    await expect(store.journal(anEntry('two'))).rejects.toMatchObject({ code: 'MUSTER_INVARIANT_BROKEN' });
  });
});
