/**
 * Drills on the virtual lab, with the real operator: what is journaled, what fails, what is left.
 */

import { describe, expect, it } from 'vitest';
import type { Login, ProbeRunner, ScratchOperator } from '../../src/app/ports.ts';
import { runDrill, takeOverDrill } from '../../src/app/run-drill.ts';
import { sweepScratch } from '../../src/app/sweep-scratch.ts';
import { secondsBetween } from '../../src/core/time.ts';
import { logOf } from '../../src/drill/journal.ts';
import type { Probe } from '../../src/drill/probe.ts';
import { queryError } from '../support/aws-lab.ts';
import { SCOPE } from '../support/builders.ts';
import {
  aCrashedDrill,
  aDrillBench,
  CLUSTER,
  type Fault,
  journalOf,
  lineOf,
  MEMBER,
  type OperatorCall,
  scratchIn,
  stripTags,
} from '../support/drill-world.ts';

const CHANGING = /^call (?:restore(?:Cluster|Instance)|addInstance|startRestoreJob|setPassword|mark|stop|remove) /;

/** The fault hits the first call that fits, once. */
function once(fits: (call: OperatorCall) => boolean, fate: 'fails' | 'loses its answer'): Fault {
  let hit = false;
  return (call) => {
    if (hit || !fits(call)) return null;
    hit = true;
    return fate;
  };
}

describe('a drill of a cluster', () => {
  it('restores, questions and tears down, and the journal tells each step', async () => {
    const bench = aDrillBench();
    const record = await runDrill(bench.plan, bench.world);
    expect(record).toMatchObject({ result: 'passed', grade: 'queried', cause: null, resumed: 0 });
    expect((await journalOf(bench)).filter((line) => line !== 'alive')).toEqual([
      'begin',
      'intended cluster',
      'made',
      'saw creating',
      'saw available',
      'intended instance',
      'made',
      'saw creating',
      'saw available',
      'done',
      'saw available',
      'connected',
      'probed',
      'done',
      'saw nothing',
      'done',
      'saw nothing',
    ]);
    expect(scratchIn(bench)).toEqual([]);
    expect(await bench.world.store.drills()).toEqual([record]);
    expect(record?.scratch.map(({ id, end }) => `${id} ${end}`)).toEqual([`${CLUSTER} gone`, `${MEMBER} gone`]);
  });

  it('counts the restore from the request to the last probe, the teardown apart', async () => {
    const bench = aDrillBench({ probeSeconds: 100 });
    const { phases = [], restoreSeconds = 0 } = (await runDrill(bench.plan, bench.world)) ?? {};
    const at = (name: string) => phases.find(({ phase }) => phase === name)?.seconds ?? expect.unreachable(name);
    expect(restoreSeconds).toBe(at('probes_done'));
    expect(at('torn_down')).toBeGreaterThan(at('probes_done'));
    // The lab's realistic pace: a cluster takes 420 s to restore and its instance 360 s more.
    expect(restoreSeconds).toBeGreaterThan(880);
  });

  it('never sends a call that makes something before the journal says so', async () => {
    const bench = aDrillBench();
    await runDrill(bench.plan, bench.world);
    expect(bench.trace.filter((line) => CHANGING.test(line))).toHaveLength(5);
    const lineBefore = (call: string) => bench.trace[bench.trace.indexOf(call) - 1];
    expect(lineBefore(`call restoreCluster ${CLUSTER}`)).toBe('intended cluster');
    expect(lineBefore(`call addInstance ${MEMBER}`)).toBe('intended instance');
  });

  it('fails with its findings when a probe fails, and is torn down', async () => {
    const bench = aDrillBench({ rows: 0 });
    const record = await runDrill(bench.plan, bench.world);
    expect(record).toMatchObject({ result: 'failed', grade: 'restored', restoreSeconds: null });
    expect(record?.cause).toMatch(/^rows: .*0 rows/);
    expect(scratchIn(bench)).toEqual([]);
  });

  it('fails when sign-in is refused for good, and is torn down', async () => {
    const bench = aDrillBench({ refusesSignIn: true });
    const record = await runDrill(bench.plan, bench.world);
    expect(record).toMatchObject({ result: 'failed', cause: 'sign-in refused by the test' });
    expect(scratchIn(bench)).toEqual([]);
  });

  it('gives up at its deadline, and is torn down', async () => {
    const bench = aDrillBench({ plan: { secondsMax: 120 } });
    const record = await runDrill(bench.plan, bench.world);
    expect(record?.result).toBe('failed');
    expect(record?.cause).toMatch(/^it was not done within 2 minutes, standing at await cluster/);
    expect(scratchIn(bench)).toEqual([]);
  });

  it('asks AWS for nothing when its deadline has passed before the intention is written', async () => {
    const bench = await aCrashedDrill('begin', { plan: { secondsMax: 120 } });
    bench.lab.advance(600);
    const record = await takeOverDrill('abc', 'go_on', bench.world);
    expect(record).toMatchObject({ result: 'failed', scratch: [] });
    expect(bench.trace.filter((line) => CHANGING.test(line))).toEqual([]);
    expect(scratchIn(bench)).toEqual([]);
  });
});

describe('a drill of an instance', () => {
  it('restores one instance and leaves nothing', async () => {
    const bench = aDrillBench({ shape: 'instance' });
    const record = await runDrill(bench.plan, bench.world);
    expect(record).toMatchObject({ result: 'passed', grade: 'queried', scratch: [{ role: 'instance', end: 'gone' }] });
    expect(bench.trace.filter((line) => CHANGING.test(line))).toEqual([
      `call restoreInstance ${CLUSTER}`,
      `call setPassword ${CLUSTER}`,
      `call remove ${CLUSTER}`,
    ]);
    expect(scratchIn(bench)).toEqual([]);
  });
});

describe('a drill of what AWS Backup keeps', () => {
  it('writes its tags onto what the job made before it changes anything', async () => {
    const bench = aDrillBench({ shape: 'vault' });
    const record = await runDrill(bench.plan, bench.world);
    expect(record).toMatchObject({ result: 'passed', grade: 'queried' });
    expect(bench.trace.filter((line) => CHANGING.test(line))).toEqual([
      `call startRestoreJob ${CLUSTER}`,
      `call mark ${CLUSTER}`,
      `call setPassword ${CLUSTER}`,
      `call remove ${CLUSTER}`,
    ]);
    expect(scratchIn(bench)).toEqual([]);
  });

  it('names as leaked what the job says it made and nobody ever saw', async () => {
    const bench = await aCrashedDrill('job_started', { shape: 'vault' });
    bench.lab.advance(900);
    const [made] = Object.values(bench.lab.world().places).flatMap(({ instances }) =>
      instances.filter(({ identifier }) => identifier === CLUSTER),
    );
    Object.assign(made ?? expect.unreachable('the job made nothing'), { identifier: 'renamed' });
    const record = await takeOverDrill('abc', 'tear_down', bench.world);
    expect(record).toMatchObject({ result: 'leaked' });
    expect(record?.cause).toContain('AWS Backup made it, and it is not there');
    // Said once: whoever sweeps again has looked for it.
    const sweep = () => sweepScratch({ dryRun: false, endpoint: null, scope: SCOPE }, bench.world);
    expect((await sweep()).map(({ id, result }) => `${id} ${result}`)).toEqual([`${CLUSTER} deleted`]);
    expect(await sweep()).toEqual([]);
  });

  it('writes AWS’s own id down before it removes what it never marked', async () => {
    const bench = await aCrashedDrill('job_started', { shape: 'vault' });
    bench.lab.advance(900);
    const record = await takeOverDrill('abc', 'tear_down', bench.world);
    expect(record).toMatchObject({ result: 'aborted', scratch: [{ end: 'gone', resourceId: expect.any(String) }] });
    const removed = bench.trace.indexOf(`call remove ${CLUSTER}`);
    expect(bench.trace.slice(0, removed)).toContain('marked');
  });
});

describe('a call that goes wrong once on the way', () => {
  const steps = [
    ['the restore', { name: 'restoreCluster', id: CLUSTER }],
    ['the look at the cluster', { name: 'describe', id: CLUSTER }],
    ['the instance', { name: 'addInstance', id: MEMBER }],
    ['the look at the instance', { name: 'describe', id: MEMBER }],
    ['the password', { name: 'setPassword', id: CLUSTER }],
    ['the removal of the instance', { name: 'remove', id: MEMBER }],
    ['the removal of the cluster', { name: 'remove', id: CLUSTER }],
  ] as const;
  const cases = steps.flatMap(([title, call]) =>
    (['fails', 'loses its answer'] as const).map((fate) => [title, fate, call] as const),
  );

  it.each(cases)('(%s %s) is made again: the drill passes and nothing is left', async (_, fate, { name, id }) => {
    const bench = aDrillBench({ fault: once((call) => call.name === name && call.id === id, fate) });
    const record = await runDrill(bench.plan, bench.world);
    expect(record).toMatchObject({ result: 'passed', cause: null });
    expect(scratchIn(bench)).toEqual([]);
  });
});

describe('a removal that is denied', () => {
  it.each([
    ['DeleteDBInstance', [CLUSTER, MEMBER]],
    ['DeleteDBCluster', [CLUSTER]],
  ] as const)('(%s) ends the drill as leaked, and the sweep still finds what is left', async (action, left) => {
    const bench = aDrillBench({
      tamper: (call) => (call.action === action ? queryError(403, 'AccessDenied') : null),
    });
    const record = await runDrill(bench.plan, bench.world);
    expect(record?.result).toBe('leaked');
    expect(record?.cause).toMatch(/was not removed: .*denied/);
    expect(scratchIn(bench)).toEqual(left);
    const swept = await sweepScratch({ dryRun: true, endpoint: bench.plan.endpoint, scope: SCOPE }, bench.world);
    expect(swept.map(({ id, result }) => `${id} ${result}`).sort()).toEqual(left.map((id) => `${id} would_delete`));
  });

  it('of a scratch whose tags somebody took away ends as leaked, and it is not touched', async () => {
    const bench = await aCrashedDrill('connected');
    stripTags(bench);
    bench.lab.advance(600);
    const record = await takeOverDrill('abc', 'tear_down', bench.world);
    expect(record?.result).toBe('leaked');
    expect(bench.trace.filter((line) => line.startsWith('call remove'))).toEqual([]);
    expect(scratchIn(bench)).toEqual([CLUSTER, MEMBER]);
  });
});

describe('an interruption', () => {
  it.each([
    ['before anything is made', 'begin', 0, 'aborted'],
    ['while the restore is requested', 'intended cluster', 1, 'aborted'],
    ['while the instance is requested', 'intended instance', 1, 'aborted'],
    ['while it is asked', 'connected', 1, 'aborted'],
    ['during the teardown', 'probed', 1, 'aborted'],
  ])('%s leaves nothing', async (_, moment, made, result) => {
    const bench = aDrillBench();
    const stop = new AbortController();
    const { journal } = bench.world.store;
    const store: typeof bench.world.store = {
      ...bench.world.store,
      journal: async (entry) => {
        await journal(entry);
        if (lineOf(entry) === moment) stop.abort();
      },
    };
    const record = await runDrill(bench.plan, { ...bench.world, store }, { signal: stop.signal });
    expect(record?.result).toBe(result === 'aborted' && moment === 'probed' ? 'passed' : result);
    expect(bench.trace.some((line) => line.startsWith('call restoreCluster'))).toBe(made === 1);
    expect(scratchIn(bench)).toEqual([]);
  });

  it('that leaves lets go of the drill where it stands, and another run ends it', async () => {
    const bench = aDrillBench();
    const leave = new AbortController();
    const { journal } = bench.world.store;
    const store: typeof bench.world.store = {
      ...bench.world.store,
      journal: async (entry) => {
        await journal(entry);
        if (lineOf(entry) === 'made') leave.abort();
      },
    };
    expect(await runDrill(bench.plan, { ...bench.world, store }, { leave: leave.signal })).toBeNull();
    expect((await journalOf(bench)).at(-1)).toBe('release');
    expect(scratchIn(bench)).toEqual([CLUSTER]);
    const record = await takeOverDrill('abc', 'go_on', bench.world);
    expect(record).toMatchObject({ result: 'passed', resumed: 1, restoreSeconds: null });
    expect(scratchIn(bench)).toEqual([]);
  });
});

describe('a drill that was stopped dead', () => {
  it.each(['begin', 'intended cluster', 'made', 'saw available', 'done', 'connected', 'probed', 'saw nothing'])(
    'behind (%s) is gone on with by another run, with a password of its own, to the same end',
    async (after) => {
      const bench = await aCrashedDrill(after);
      bench.lab.advance(200);
      const record = await takeOverDrill('abc', 'go_on', bench.world);
      expect(record).toMatchObject({ result: 'passed', resumed: 1, restoreSeconds: null });
      expect(scratchIn(bench)).toEqual([]);
      expect(await bench.world.store.drills()).toEqual([record]);
    },
  );

  it('is not taken over while its run may still live', async () => {
    const bench = await aCrashedDrill('made');
    bench.lab.advance(100);
    expect(await takeOverDrill('abc', 'tear_down', bench.world)).toBeNull();
    expect(scratchIn(bench)).toEqual([CLUSTER]);
    expect(logOf(await bench.world.store.journalEntries(), 'abc')?.owner).toBe('runner-1');
  });
});

describe('the deadline', () => {
  it.each(['ask', 'hydrate'] as const)('ends a drill whose scratch does not come to an end with %s', async (what) => {
    const bench = aDrillBench({ shape: 'instance', plan: { hydrate: true, secondsMax: 7_200 } });
    const never = (signal?: AbortSignal) =>
      new Promise<never>((_, no) => signal?.addEventListener('abort', () => no(signal.reason)));
    const probes: ProbeRunner = {
      connect: async (login) => {
        const session = await bench.world.probes.connect(login);
        return what === 'hydrate'
          ? { ...session, hydrate: never }
          : { ...session, ask: (_probe: Probe, signal?: AbortSignal) => never(signal) };
      },
    };
    const record = await runDrill(bench.plan, { ...bench.world, probes });
    expect(record).toMatchObject({ result: 'failed', scratch: [{ end: 'gone' }] });
    expect(record === null ? 0 : secondsBetween(record.startedAt, record.endedAt)).toBeLessThan(3 * 3_600);
    expect(scratchIn(bench)).toEqual([]);
  });
});

describe('signing in', () => {
  const login = async (engine: string, shown: { masterUsername: string | null; databaseName: string | null }) => {
    const { plan } = aDrillBench({ shape: 'instance' });
    const unknown = { ...plan.database, masterUsername: null, databaseName: null };
    const bench = aDrillBench({ shape: 'instance', plan: { database: unknown, point: { ...plan.point, engine } } });
    const logins: Login[] = [];
    const probes: ProbeRunner = {
      connect: (asked) => {
        logins.push(asked);
        return bench.world.probes.connect(asked);
      },
    };
    const operator: ScratchOperator = {
      ...bench.world.operator,
      describe: async (kind, id) => {
        const view = await bench.world.operator.describe(kind, id);
        return view === null ? null : { ...view, ...shown };
      },
    };
    await runDrill(bench.plan, { ...bench.world, probes, operator });
    return logins.map(({ username, databaseName }) => [username, databaseName]);
  };

  it('is done as AWS shows the scratch', async () => {
    expect(await login('postgres', { masterUsername: 'owner', databaseName: 'shop' })).toEqual([['owner', 'shop']]);
  });

  it.each([
    ['postgres', 'postgres', 'postgres'],
    // There is no database called postgres, and none at all where none was named when the source was made.
    ['mysql', 'admin', ''],
    ['mariadb', 'admin', ''],
  ])('to %s without any word of it is done as %s, to the database (%s)', async (engine, username, databaseName) => {
    expect(await login(engine, { masterUsername: null, databaseName: null })).toEqual([[username, databaseName]]);
  });
});
