/**
 * Runners that die, are taken for dead, or lose their database: who takes their jobs, and what they do themselves.
 */

import { describe, expect, it } from 'vitest';
import { createPresence } from '../../../src/adapters/presence.ts';
import type { Handler } from '../../../src/app/desk-port.ts';
import { aJob, handling, type SharedDeskKind, until, useSharedDesks } from '../store/desk-kinds.ts';

/**
 * Looks often for the dead, and is never taken for dead itself: on a machine that is too busy to let it beat for seconds it
 * would let go of its job, which comes to it again under a handler that nobody lets go. A test makes others long dead.
 */
const QUICK = { beatSeconds: 0.05, silentSeconds: 600 };
/** Fails on PostgreSQL until a runner has entered; on SQLite it does so before its first job. */
const ENTERED = 'select 1 / count(*) from runner';
/** Says when every runner was seen last. */
const SEEN_AT = 'update runner set seen_at =';

async function succeeds(kind: SharedDeskKind, statement: string): Promise<boolean> {
  return kind.run([statement]).then(
    () => true,
    () => false,
  );
}

/** A service at work on that desk; its handler waits to be let go, or for its signal. */
function startService(kind: SharedDeskKind, told: string[] = [], options = QUICK) {
  const parts = kind.open({ ...options, tell: (message) => told.push(message) });
  const service = new AbortController();
  const seen: { readonly attempt: number; aborted: boolean; letGo: () => void }[] = [];
  const handler: Handler = (_, { attempt, signal }) =>
    new Promise((resolve, reject) => {
      const run = { attempt, aborted: false, letGo: resolve };
      seen.push(run);
      signal.addEventListener('abort', () => {
        run.aborted = true;
        reject(signal.reason);
      });
    });
  const over = parts.runner.run(
    handling((_task, payload, context) => handler(payload, context)),
    { concurrency: 2, signal: service.signal },
  );
  const stop = async () => {
    service.abort();
    await over;
  };
  return { ...parts, seen, stop };
}

describe.each(useSharedDesks())('a runner %s', (name, kind: SharedDeskKind) => {
  const isFile = name.includes('SQLite');
  const longAgo = isFile ? '0' : "now() - interval '1 hour'";

  it('that is taken for dead lets go of its jobs, and goes on under another name', async () => {
    const told: string[] = [];
    const service = startService(kind, told);
    await service.desk.add([aJob({ queue: 'q' })]);
    await until(kind, () => service.seen.length === 1);
    await kind.run(['delete from runner']);
    await until(kind, () => service.seen.length === 2);
    expect(service.seen[0]?.aborted).toBe(true);
    service.seen[1]?.letGo();
    await until(kind, async () => (await service.desk.backlog()).length === 0);
    await service.stop();
    expect(told).toContain('a runner of jobs lets go of its jobs: it was taken for dead');
  });

  it('that said nothing for too long loses its jobs to another', async () => {
    const silent = startService(kind, [], { beatSeconds: 600, silentSeconds: 900 });
    await silent.desk.add([aJob({ queue: 'q' })]);
    await until(kind, () => silent.seen.length === 1);
    await until(kind, () => succeeds(kind, ENTERED));
    await kind.run([`${SEEN_AT} ${longAgo}`]);
    const other = startService(kind);
    await until(kind, () => other.seen.length === 1);
    expect(other.seen[0]?.attempt).toBe(2);
    other.seen[0]?.letGo();
    await until(kind, async () => (await other.desk.backlog()).length === 0);
    await Promise.all([silent.stop(), other.stop()]);
    expect(await other.desk.backlog()).toEqual([]);
  });

  it('that died at the last attempt leaves a job that is given up, and told', async () => {
    const told: string[] = [];
    const silent = startService(kind, [], { beatSeconds: 600, silentSeconds: 900 });
    await silent.desk.add([aJob({ attemptsMax: 1 })]);
    await until(kind, () => silent.seen.length === 1);
    await until(kind, () => succeeds(kind, ENTERED));
    await kind.run([`${SEEN_AT} ${longAgo}`]);
    const other = startService(kind, told);
    await until(kind, async () => (await other.desk.backlog())[0]?.failed === 1);
    await until(kind, () => told.length > 0);
    expect(told).toEqual(['a job (sweep) was given up: whoever ran it died at its last attempt']);
    await Promise.all([silent.stop(), other.stop()]);
  });

  it('takes a job over that nobody on the list of runners is at', async () => {
    const service = startService(kind);
    await service.desk.add([aJob({ delaySeconds: 30_000 })]);
    await kind.run(
      isFile
        ? [`update job set runner = 'nobody', attempts = 1, due_at = 0`]
        : [
            `update muster_worker._private_jobs set locked_by = 'nobody', attempts = 1,
               locked_at = now() - interval '1 hour', run_at = now()`,
          ],
    );
    await until(kind, () => service.seen.length === 1);
    service.seen[0]?.letGo();
    await until(kind, async () => (await service.desk.backlog()).length === 0);
    await service.stop();
  });

  it('leaves nothing of itself behind when it stops', async () => {
    const service = startService(kind);
    await service.desk.add([aJob()]);
    await until(kind, () => service.seen.length === 1);
    await service.stop();
    // The check fails where a row is left: both databases refuse to divide by what is not there.
    await kind.run([
      isFile
        ? 'create table none (count integer check (count = 0)) strict; insert into none select count(*) from runner'
        : 'select 1 / (case when exists (select from runner) then 0 else 1 end)',
    ]);
    expect(await service.desk.backlog()).toMatchObject([{ waiting: 1, running: 0 }]);
  });

  if (isFile) {
    it('takes over at once from a process that is surely gone', async () => {
      const gone = `abc@${createPresence()
        .runner('x')
        .split('@')[1]
        ?.replace(/\.\d+$/, '.1')}`;
      const service = startService(kind, [], { beatSeconds: 0.05, silentSeconds: 3_600 });
      await service.desk.add([aJob({ delaySeconds: 30_000 })]);
      await kind.run([
        `insert into runner (id, seen_at) values ('${gone}', unixepoch('subsec'))`,
        `update job set runner = '${gone}', attempts = 1, due_at = 0`,
      ]);
      await until(kind, () => service.seen.length === 1);
      await service.stop();
    });
    return;
  }

  it('keeps a job for longer than the four hours that graphile-worker gives it', async () => {
    const service = startService(kind);
    await service.desk.add([aJob({ queue: 'q' })]);
    await until(kind, () => service.seen.length === 1);
    const tables = ['_private_jobs', '_private_job_queues'];
    await kind.run(tables.map((table) => `update muster_worker.${table} set locked_at = now() - interval '3 hours'`));
    const isFresh = `select 1 / count(*) from muster_worker.${tables[0]} as job, muster_worker.${tables[1]} as queue
      where job.locked_at > now() - interval '1 minute' and queue.locked_at > now() - interval '1 minute'`;
    await until(kind, () => succeeds(kind, isFresh));
    expect(service.seen).toHaveLength(1);
    await service.stop();
  });

  it('whose database goes away while a job runs runs it again when it is back', async () => {
    const told: string[] = [];
    const service = startService(kind, told);
    await service.desk.add([aJob({ queue: 'q' })]);
    await until(kind, () => service.seen.length === 1);
    const database = new URL(kind.place()).pathname.slice(1);
    const others = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}' and pid <> pg_backend_pid()`;
    await kind.run([others]);
    service.seen[0]?.letGo();
    await until(kind, async () => service.seen.length === 2 || (await service.desk.backlog()).length === 0);
    service.seen[1]?.letGo();
    await until(kind, async () => (await service.desk.backlog()).length === 0);
    await service.desk.add([aJob({ queue: 'q' })]);
    const before = service.seen.length;
    await until(kind, () => service.seen.length === before + 1);
    await service.stop();
  });
});
