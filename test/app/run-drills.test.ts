/**
 * Several drills: what keeps them from beginning, how many run at once, what is taken up again, what a standby replaces.
 */

import { describe, expect, it } from 'vitest';
import { leftDrills, resumeDrill, runDrills, standbysOf } from '../../src/app/run-drills.ts';
import type { Scope } from '../../src/core/arn.ts';
import { MusterError } from '../../src/core/errors.ts';
import type { DrillPlan } from '../../src/drill/drill-plan.ts';
import type { DrillPreview, PlannedDrill } from '../../src/drill/preview.ts';
import { NOW } from '../support/builders.ts';
import { aCrashedDrill, aDrillBench, type DrillBench, scratchIn } from '../support/drill-world.ts';

function named(plan: DrillPlan, drillId: string, fields: Partial<DrillPlan> = {}): DrillPlan {
  return {
    ...plan,
    drillId,
    ids: { copy: null, cluster: null, instance: `muster-scratch-${drillId}` },
    shape: { ...plan.shape, tags: { ...plan.shape.tags, 'muster:drill': drillId } },
    ...fields,
  };
}

function preview(plans: readonly DrillPlan[], obstacles: PlannedDrill['obstacles'] = []): DrillPreview {
  const estimate = { seconds: null, basis: [] } as unknown as PlannedDrill['estimate'];
  const permissions: PlannedDrill['permissions'] = { principal: '', known: 'unasked', calls: [], gaps: [] };
  const drills = plans.map((plan) => ({
    plan,
    estimate,
    bestGrade: 'queried' as const,
    obstacles,
    warnings: [],
    permissions,
  }));
  const definition = { name: 'test', origin: 'test.yaml', digest: `sha256:${'0'.repeat(64)}` } as const;
  return { formatVersion: '1', at: NOW, definition, drills, refused: [], undecided: [] };
}

/** The order in which the drills' first lines and ends came. */
async function order({ world }: DrillBench): Promise<readonly string[]> {
  return (await world.store.journalEntries()).flatMap(({ drillId, what }) => {
    if (what.kind === 'begin') return [`${drillId} begins`];
    return what.kind === 'event' && what.event.kind === 'probed' ? [`${drillId} is asked`] : [];
  });
}

describe('several drills', () => {
  it('run one after another, and tell the end of each in the order of the plans', async () => {
    const bench = aDrillBench({ shape: 'instance' });
    const plans = ['one', 'two'].map((id) => named(bench.plan, id));
    const ends = await runDrills(preview(plans), 1, bench.world);
    expect(ends.map(({ drillId, record }) => `${drillId} ${record?.result}`)).toEqual(['one passed', 'two passed']);
    expect(await order(bench)).toEqual(['one begins', 'one is asked', 'two begins', 'two is asked']);
    expect(scratchIn(bench)).toEqual([]);
  });

  it('run at once as far as they may', async () => {
    const bench = aDrillBench({ shape: 'instance' });
    const plans = ['one', 'two', 'three'].map((id) => named(bench.plan, id));
    const ends = await runDrills(preview(plans), 2, bench.world);
    expect(ends.map(({ record }) => record?.result)).toEqual(['passed', 'passed', 'passed']);
    expect((await order(bench)).slice(0, 2)).toEqual(['one begins', 'two begins']);
    expect((await order(bench)).indexOf('three begins')).toBeGreaterThan(2);
  });

  it('do not begin while anything stands in the way of one of them', async () => {
    const bench = aDrillBench({ shape: 'instance' });
    const obstacle = { cause: 'the quota of instances is used up' } as unknown as PlannedDrill['obstacles'][number];
    await expect(runDrills(preview([bench.plan], [obstacle]), 1, bench.world)).rejects.toMatchObject({
      code: 'MUSTER_DRILL_INVALID',
      message: 'test.yaml: billing-production: the quota of instances is used up'.replace(
        'billing-production',
        bench.plan.database.identifier,
      ),
    });
    expect(await bench.world.store.journalEntries()).toEqual([]);
  });

  it('do not begin while too many run already', async () => {
    const bench = await aCrashedDrill('made', { shape: 'instance' });
    const plans = [named(bench.plan, 'two')];
    await expect(runDrills(preview(plans), 1, bench.world)).rejects.toMatchObject({
      code: 'MUSTER_DRILL_FAILED',
      message: 'test.yaml: limits.concurrency is 1, and abc is running',
    });
    bench.lab.advance(180);
    expect(await runDrills(preview(plans), 1, bench.world)).toMatchObject([{ record: { result: 'passed' } }]);
  });

  it('count those of another run against how many may run at once', async () => {
    const bench = await aCrashedDrill('made', { shape: 'instance' });
    const plans = ['one', 'two'].map((id) => named(bench.plan, id));
    await runDrills(preview(plans), 2, bench.world);
    const after = (await order(bench)).filter((line) => !line.startsWith('abc'));
    expect(after).toEqual(['one begins', 'one is asked', 'two begins', 'two is asked']);
  });

  it('one whose place cannot be acted on tells so, and abandons none that has a scratch standing', async () => {
    const bench = aDrillBench({ shape: 'instance' });
    const away = named(bench.plan, 'two', { scope: { ...bench.plan.scope, region: 'us-east-1' } });
    const operatorAt = async ({ region }: Scope) => {
      if (region === 'us-east-1') throw new MusterError('MUSTER_ACCESS_DENIED', 'no credentials there');
      return bench.world.operator;
    };
    const plans = [named(bench.plan, 'one'), away];
    const ends = await runDrills(preview(plans), 2, { ...bench.world, operatorAt });
    expect(ends).toMatchObject([
      { drillId: 'one', record: { result: 'passed' }, fault: null },
      { drillId: 'two', record: null, fault: { code: 'MUSTER_ACCESS_DENIED' } },
    ]);
  });

  it('that are stopped begin no further one', async () => {
    const bench = aDrillBench({ shape: 'instance' });
    const plans = ['one', 'two'].map((id) => named(bench.plan, id));
    const stop = new AbortController();
    const onState = () => stop.abort();
    const ends = await runDrills(preview(plans), 1, bench.world, { signal: stop.signal, onState });
    expect(ends.map(({ drillId, record }) => `${drillId} ${record?.result}`)).toEqual(['one aborted', 'two undefined']);
    expect((await order(bench)).filter((line) => line.endsWith('begins'))).toEqual(['one begins']);
  });
});

describe('a drill that was left', () => {
  it('is found once its run is silent, and no more once it has its record', async () => {
    const bench = await aCrashedDrill('made', { shape: 'instance' });
    expect(await leftDrills(bench.world, null)).toEqual([]);
    bench.lab.advance(180);
    const [log] = await leftDrills(bench.world, null);
    expect(log?.drillId).toBe('abc');
    expect(await leftDrills(bench.world, 'http://127.0.0.1:4566')).toEqual([]);
    const end = await resumeDrill(log ?? expect.unreachable(), bench.world);
    expect(end).toMatchObject({ drillId: 'abc', record: { result: 'passed', resumed: 1 } });
    expect(await leftDrills(bench.world, null)).toEqual([]);
  });
});

describe('a standby', () => {
  const STANDBY = { onSuccess: { kind: 'standby' } } as const;

  it('replaces the generation before it once it has passed', async () => {
    const bench = aDrillBench({ shape: 'instance' });
    await runDrills(preview([named(bench.plan, 'old', STANDBY)]), 1, bench.world);
    expect(await standbysOf(bench.world, null)).toMatchObject([{ drillId: 'old' }]);
    await runDrills(preview([named(bench.plan, 'new', { ...STANDBY, replaces: ['old'] })]), 1, bench.world);
    expect(scratchIn(bench)).toEqual(['muster-scratch-new']);
    expect(await standbysOf(bench.world, null)).toMatchObject([{ drillId: 'new' }]);
  });

  it('that cannot be removed is told by the drill that was to replace it, and stays to be replaced', async () => {
    const bench = aDrillBench({ shape: 'instance' });
    await runDrills(preview([named(bench.plan, 'old', STANDBY)]), 1, bench.world);
    const remove = async () => {
      throw new MusterError('MUSTER_ACCESS_DENIED', 'rds:StartDBCluster was denied');
    };
    const world = { ...bench.world, operatorAt: async () => ({ ...bench.world.operator, remove }) };
    const plan = named(bench.plan, 'new', { ...STANDBY, replaces: ['old'] });
    const ends = await runDrills(preview([plan]), 1, world);
    expect(ends.map(({ leaks }) => leaks)).toEqual([['muster-scratch-old: rds:StartDBCluster was denied']]);
    expect((await standbysOf(bench.world, null)).map(({ drillId }) => drillId)).toEqual(['old', 'new']);
  });

  it('of AWS is none to a drill that a lab runs, and is not replaced by one', async () => {
    const bench = aDrillBench({ shape: 'instance' });
    await runDrills(preview([named(bench.plan, 'old', STANDBY)]), 1, bench.world);
    const endpoint = 'http://127.0.0.1:4566';
    expect(await standbysOf(bench.world, endpoint)).toEqual([]);
    await runDrills(preview([named(bench.plan, 'new', { ...STANDBY, endpoint, replaces: ['old'] })]), 1, bench.world);
    expect(scratchIn(bench)).toEqual(['muster-scratch-new', 'muster-scratch-old']);
  });

  it('that fails replaces nothing', async () => {
    const bench = aDrillBench({ shape: 'instance' });
    await runDrills(preview([named(bench.plan, 'old', STANDBY)]), 1, bench.world);
    const plan = named(bench.plan, 'new', { ...STANDBY, replaces: ['old'], secondsMax: 60 });
    expect(await runDrills(preview([plan]), 1, bench.world)).toMatchObject([{ record: { result: 'failed' } }]);
    expect(scratchIn(bench)).toEqual(['muster-scratch-old']);
  });
});
