/**
 * The desk in a database: made once by many, next to the chain, and what somebody else's hand in it leads to.
 */

import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPresence } from '../../../src/adapters/presence.ts';
import { createPostgresDesk } from '../../../src/adapters/store/sql/desk-postgres.ts';
import { createSqliteDesk } from '../../../src/adapters/store/sql/desk-sqlite.ts';
import { createPostgresStore } from '../../../src/adapters/store/sql/postgres.ts';
import { createSqliteStore } from '../../../src/adapters/store/sql/sqlite.ts';
import { digestOf } from '../../../src/core/canonical.ts';
import { NOW, SCOPE } from '../../support/builders.ts';
import { freePort } from '../../support/server-process.ts';
import { aJob, anAlert, aSight, aStanding, type SharedDeskKind, useSharedDesks } from './desk-kinds.ts';
import { anEntry, reportOf } from './store-kinds.ts';

const now = () => NOW;

describe.each(useSharedDesks())('a desk %s', (name, kind: SharedDeskKind) => {
  const isFile = name.includes('SQLite');

  it('is made once by many that begin at the same moment on nothing', async () => {
    if (isFile) rmSync(kind.place());
    else {
      const nothing = ['drop schema if exists muster_worker cascade', 'drop schema public cascade'];
      await kind.run([...nothing, 'create schema public']);
    }
    await Promise.all(Array.from({ length: 6 }, () => kind.open().desk.add([aJob()])));
    expect(await kind.open().desk.backlog()).toMatchObject([{ waiting: 6 }]);
  });

  it('lies beside the chain of the store, and neither is in the other’s way', async () => {
    const store = (isFile ? createSqliteStore : createPostgresStore)(kind.place(), { now });
    const { desk } = kind.open();
    const entries = Array.from({ length: 8 }, (__, index) => store.journal(anEntry(`r${index}`)));
    const jobs = Array.from({ length: 8 }, () => desk.add([aJob()]));
    await Promise.all([...entries, ...jobs]);
    expect(await reportOf(store)).toMatchObject({ findings: [] });
    expect(await desk.backlog()).toMatchObject([{ waiting: 8 }]);
    await store.close();
  });

  it('refuses a sight that is not the one it kept', async () => {
    const { desk } = kind.open();
    await desk.putSight(aSight());
    for (const change of [`body = ${isFile ? "x'00'" : "'\\x00'"}`, `digest = '${digestOf('other')}'`]) {
      await desk.putSight(aSight());
      await kind.run([`update sight set ${change}`]);
      await expect(desk.sight(SCOPE)).rejects.toMatchObject({
        code: 'MUSTER_STORE_INVALID',
        message: expect.stringContaining('the sight of 123456789012/eu-west-1'),
      });
    }
  });

  it('refuses a sight that Muster would not have written, whatever its digest says', async () => {
    const { desk } = kind.open();
    await desk.putSight({ ...aSight(), formatVersion: '9' as '1' });
    await expect(desk.sight(SCOPE)).rejects.toMatchObject({ code: 'MUSTER_STORE_INVALID' });
  });

  it('refuses alerts, standings, schedules and answers that Muster did not write', async () => {
    const { desk } = kind.open();
    const alerts = [{ alert: anAlert('a'), jobs: [] }];
    await desk.settle({ cursor: 1, standings: [aStanding('a')], gone: [], alerts }, null);
    await desk.fire({ name: 'sweep', dueAt: NOW, jobs: [] });
    await desk.takeKey('ci', 'k', digestOf('one'), NOW);
    const damages = ['alert set body', 'standing set body', 'schedule set outcome', 'answer set body'];
    await kind.run(damages.map((place) => `update ${place} = '{"formatVersion":'`));
    const readings = [
      () => desk.alert('a'),
      () => desk.alerts(1),
      () => desk.watched(),
      () => desk.schedules(),
      () => desk.takeKey('ci', 'k', digestOf('one'), NOW),
    ];
    for (const read of readings) await expect(read()).rejects.toMatchObject({ code: 'MUSTER_STORE_INVALID' });
  });

  it('takes no job when what belongs to it fails', async () => {
    const { desk } = kind.open();
    const broken = { name: 'sweep', dueAt: NOW, jobs: [aJob(), aJob({ attemptsMax: 'x' as never })] };
    await expect(desk.fire(broken)).rejects.toMatchObject({ code: 'MUSTER_STORE_INVALID' });
    expect([await desk.schedules(), await desk.backlog()]).toEqual([[], []]);
  });
});

it('a desk in a file that is not there yet reads as empty and makes nothing', async () => {
  const { desk } = createSqliteDesk(join(tmpdir(), 'muster-none', 'm.db'), { now, presence: createPresence() });
  expect(await Promise.all([desk.schedules(), desk.backlog(), desk.watched()])).toEqual([[], [], null]);
  await desk.close();
});

it('a desk whose server is not there says so, without the login', async () => {
  const { desk } = createPostgresDesk(`postgres://u:canary@127.0.0.1:${await freePort()}/muster`, { now });
  const error = await desk.schedules().catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'MUSTER_STORE_UNREACHABLE' });
  expect(String(error)).not.toContain('canary');
  await desk.close();
});
