/**
 * Scratch that somebody else renamed: never touched under its new name, and never forgotten in silence.
 *
 * What RDS made bears the drill's tags from its first moment and is found by them. What AWS Backup made bears none until
 * the drill wrote them: it is named as leaked unless AWS Backup itself says that nothing came of it.
 */

import { describe, expect, it } from 'vitest';
import type { RestoreJobView, ScratchOperator } from '../../src/app/ports.ts';
import { runDrill, takeOverDrill } from '../../src/app/run-drill.ts';
import { leftDrills, resumeDrill } from '../../src/app/run-drills.ts';
import { sweepScratch } from '../../src/app/sweep-scratch.ts';
import { MusterError } from '../../src/core/errors.ts';
import { SCOPE } from '../support/builders.ts';
import {
  aCrashedDrill,
  aDrillBench,
  CLUSTER,
  type DrillBench,
  lineOf,
  MEMBER,
  stripTags,
} from '../support/drill-world.ts';

const AN_HOUR = 3_600;
const CHANGES = /^call (?:mark|setPassword|stop|remove) /;

/** Gives what bears that name another one, as somebody else might. */
function rename({ lab }: DrillBench, from: string, to: string): void {
  const found = Object.values(lab.world().places)
    .flatMap(({ clusters, instances }) => [...clusters, ...instances])
    .find(({ identifier }) => identifier === from);
  Object.assign(found ?? expect.unreachable(`there is no ${from}`), { identifier: to });
}

function namesIn({ lab }: DrillBench): readonly string[] {
  return Object.values(lab.world().places).flatMap(({ clusters, instances }) =>
    [...clusters, ...instances].map(({ identifier }) => identifier),
  );
}

function withOperator(bench: DrillBench, changed: Partial<ScratchOperator>): DrillBench['world'] {
  const operator = { ...bench.world.operator, ...changed };
  return { ...bench.world, operator, operatorAt: async () => operator };
}

async function swept(bench: DrillBench, world = bench.world): Promise<readonly string[]> {
  const found = await sweepScratch({ dryRun: false, endpoint: null, scope: SCOPE }, world);
  return found.map(({ id, result }) => `${id} ${result}`);
}

describe('what AWS Backup made and somebody renamed before it bore our tags', () => {
  /** Made by a job that the journal names, and renamed while nobody was at the drill. */
  async function aRenamedOne(): Promise<DrillBench> {
    const bench = await aCrashedDrill('job_started', { shape: 'vault', plan: { pollSeconds: 1_800 } });
    bench.lab.advance(900);
    rename(bench, CLUSTER, 'renamed');
    return bench;
  }
  const seen = (bench: DrillBench, view: Partial<RestoreJobView> | null) =>
    withOperator(bench, {
      restoreJob: async (id) => {
        const real = await bench.world.operator.restoreJob(id);
        return real === null || view === null ? null : { ...real, ...view };
      },
    });

  it.each([
    ['never ends', { status: 'running', completedAt: null }],
    ['never ends, nor says what it makes', { status: 'running', createdArn: null, completedAt: null }],
    ['is known no more', null],
  ] as const)('is named as leaked when the job %s', async (_, view) => {
    const bench = await aRenamedOne();
    const record = await takeOverDrill('abc', 'tear_down', seen(bench, view));
    expect(record).toMatchObject({ result: 'leaked', scratch: [{ id: CLUSTER, end: 'leaked' }] });
    expect(record?.cause).toContain('stands under another name without our tags');
    expect(bench.trace.filter((line) => CHANGES.test(line))).toEqual([]);
    expect(namesIn(bench)).toContain('renamed');
  });

  it('is named as leaked when the answer that named the job was lost, and jobs may not be listed', async () => {
    const bench = await aCrashedDrill('intended instance', { shape: 'vault' });
    await bench.world.operator.startRestoreJob(bench.plan);
    bench.lab.advance(AN_HOUR);
    rename(bench, CLUSTER, 'renamed');
    const world = withOperator(bench, {
      findRestoreJob: async () => {
        throw new MusterError('MUSTER_ACCESS_DENIED', 'backup:ListRestoreJobs was denied');
      },
    });
    expect(await swept(bench, world)).toEqual([`${CLUSTER} leaked`]);
    expect(await bench.world.store.drills()).toMatchObject([{ result: 'leaked' }]);
  });

  it.each(['failed', 'aborted'] as const)('is not looked for when AWS Backup says that the job %s', async (status) => {
    const bench = await aRenamedOne();
    const record = await takeOverDrill('abc', 'tear_down', seen(bench, { status }));
    expect(record).toMatchObject({ result: 'aborted', scratch: [{ end: 'never_made' }] });
  });

  it('is told of by the sweep that ends its drill', async () => {
    const bench = await aRenamedOne();
    expect(await swept(bench, seen(bench, { status: 'running', completedAt: null }))).toEqual([`${CLUSTER} leaked`]);
  });
});

describe('what RDS made and somebody renamed', () => {
  const abandoned = async (after: string, ...more: [Parameters<typeof aCrashedDrill>[1]?]): Promise<DrillBench> => {
    const bench = await aCrashedDrill(after, ...more);
    bench.lab.advance(AN_HOUR);
    return bench;
  };

  it('(a cluster) is named under both names, and its member goes', async () => {
    const bench = await abandoned('connected');
    rename(bench, CLUSTER, 'renamed');
    expect(await swept(bench)).toEqual([`${MEMBER} deleted`, `${CLUSTER} leaked`, 'renamed refused']);
    const [record] = await bench.world.store.drills();
    expect(record?.scratch).toMatchObject([
      { role: 'cluster', end: 'leaked', reason: expect.stringContaining('it stands as renamed') },
      { role: 'instance', end: 'gone' },
    ]);
    expect(namesIn(bench)).toContain('renamed');
  });

  it('(a member) is told of with its cluster, which does not go without it', async () => {
    const bench = await abandoned('connected', { plan: { pollSeconds: 600 } });
    rename(bench, MEMBER, 'renamed');
    const before = bench.trace.length;
    const found = await sweepScratch({ dryRun: false, endpoint: null, scope: SCOPE }, bench.world);
    expect(found.at(-1)).toMatchObject({
      id: CLUSTER,
      result: 'leaked',
      reason: expect.stringContaining('still contains DB instances'),
    });
    const touched = bench.trace.slice(before).filter((line) => CHANGES.test(line) && !line.endsWith(` ${CLUSTER}`));
    expect(touched).toEqual([]);
    expect(namesIn(bench)).toEqual(expect.arrayContaining([CLUSTER, 'renamed']));
  });

  it('and took the tags off is found by AWS’s own id where the name still bears our prefix', async () => {
    const bench = await abandoned('made');
    stripTags(bench);
    rename(bench, CLUSTER, 'muster-scratch-mine-now');
    expect(await swept(bench)).toEqual([`${CLUSTER} leaked`, 'muster-scratch-mine-now refused']);
  });

  it('before the answer that told its id came is found by its tags', async () => {
    const bench = await aCrashedDrill('intended instance', { shape: 'instance' });
    await bench.world.operator.restoreInstance(bench.plan);
    bench.lab.advance(AN_HOUR);
    rename(bench, CLUSTER, 'renamed');
    expect(await swept(bench)).toEqual([`${CLUSTER} leaked`, 'renamed refused']);
  });

  it('while a run waits for it ends the drill as leaked, and nothing is done to it', async () => {
    const bench = aDrillBench({ shape: 'instance' });
    const { journal } = bench.world.store;
    const store: typeof bench.world.store = {
      ...bench.world.store,
      journal: async (entry) => {
        await journal(entry);
        if (lineOf(entry) === 'saw creating') rename(bench, CLUSTER, 'renamed');
      },
    };
    const record = await runDrill(bench.plan, { ...bench.world, store });
    expect(record).toMatchObject({ result: 'leaked', cause: expect.stringContaining('it stands as renamed') });
    expect(bench.trace.filter((line) => CHANGES.test(line))).toEqual([]);
  });

  it('between a crash and the run that goes on is named by that run, and nothing is done to it', async () => {
    const bench = await abandoned('saw available', { shape: 'instance' });
    rename(bench, CLUSTER, 'renamed');
    const before = bench.trace.length;
    const [log] = await leftDrills(bench.world, null);
    const { record } = await resumeDrill(log ?? expect.unreachable(), bench.world);
    expect(record).toMatchObject({ result: 'leaked', cause: expect.stringContaining('it stands as renamed') });
    expect(bench.trace.slice(before).filter((line) => CHANGES.test(line))).toEqual([]);
  });

  it('while it is kept is named at once, and told of when its time is over', async () => {
    const bench = aDrillBench({ shape: 'instance', plan: { onSuccess: { kind: 'keep', hours: 2 } } });
    await runDrill(bench.plan, bench.world);
    rename(bench, CLUSTER, 'renamed');
    expect(await swept(bench)).toEqual([`${CLUSTER} kept`, 'renamed refused']);
    bench.lab.advance(2 * AN_HOUR);
    expect(await swept(bench)).toEqual([`${CLUSTER} leaked`, 'renamed refused']);
  });

  it('goes with the next sweep once it is renamed back', async () => {
    const bench = await abandoned('made');
    rename(bench, CLUSTER, 'renamed');
    await swept(bench);
    rename(bench, 'renamed', CLUSTER);
    expect(await swept(bench)).toEqual([`${CLUSTER} deleted`]);
    expect(namesIn(bench)).not.toContain(CLUSTER);
    expect(await swept(bench)).toEqual([]);
  });

  it('is told of no more once somebody removed it by hand', async () => {
    const bench = await abandoned('made');
    rename(bench, CLUSTER, 'renamed');
    await swept(bench);
    for (const place of Object.values(bench.lab.world().places)) {
      Object.assign(place, { clusters: place.clusters.filter(({ identifier }) => identifier !== 'renamed') });
    }
    expect(await swept(bench)).toEqual([`${CLUSTER} deleted`]);
    expect(await swept(bench)).toEqual([]);
  });

  it('is gone by its name for a run that may not list, and named by whoever may', async () => {
    const bench = await abandoned('made');
    rename(bench, CLUSTER, 'renamed');
    const world = withOperator(bench, {
      marked: async () => {
        throw new MusterError('MUSTER_DRILL_FAILED', 'rds:DescribeDBClusters was denied');
      },
    });
    expect(await takeOverDrill('abc', 'tear_down', world)).toMatchObject({ result: 'aborted' });
    expect(await swept(bench)).toEqual(['renamed refused']);
    // Too late for the drill to take it up again: it is told of as it is.
    rename(bench, 'renamed', CLUSTER);
    const [back] = await sweepScratch({ dryRun: false, endpoint: null, scope: SCOPE }, bench.world);
    expect(back).toMatchObject({
      id: CLUSTER,
      result: 'refused',
      reason: expect.stringContaining('remove it by hand'),
    });
    expect(back?.reason).not.toContain('another name');
    expect(namesIn(bench)).toContain(CLUSTER);
  });
});
