/**
 * Sweeping what drills left on the virtual lab: removed, or said to be there; never skipped in silence.
 */

import { describe, expect, it } from 'vitest';
import type { ScratchOperator, ScratchView } from '../../src/app/ports.ts';
import { runDrill } from '../../src/app/run-drill.ts';
import { type Swept, sweepScratch } from '../../src/app/sweep-scratch.ts';
import { MusterError } from '../../src/core/errors.ts';
import type { DrillPlan } from '../../src/drill/drill-plan.ts';
import { queryError } from '../support/aws-lab.ts';
import { SCOPE } from '../support/builders.ts';
import { aCrashedDrill, aDrillBench, CLUSTER, type DrillBench, MEMBER, scratchIn } from '../support/drill-world.ts';

const AN_HOUR = 3_600;

async function swept(bench: DrillBench, options: { dryRun?: boolean; endpoint?: string | null } = {}) {
  const { dryRun = false, endpoint = null } = options;
  return sweepScratch({ dryRun, endpoint, scope: SCOPE }, bench.world);
}

async function sweep(bench: DrillBench, options: { dryRun?: boolean; endpoint?: string | null } = {}) {
  return (await swept(bench, options)).map(inShort);
}

function inShort({ id, result }: Swept): string {
  return `${id} ${result}`;
}

/** The drill's run is long silent. */
async function anAbandonedDrill(...given: Parameters<typeof aCrashedDrill>): Promise<DrillBench> {
  const bench = await aCrashedDrill(...given);
  bench.lab.advance(AN_HOUR);
  return bench;
}

describe('a sweep', () => {
  it.each([
    ['made', [CLUSTER]],
    ['saw creating', [CLUSTER]],
    ['intended instance', [MEMBER, CLUSTER]],
    ['done', [MEMBER, CLUSTER]],
    ['probed', [MEMBER, CLUSTER]],
    ['saw nothing', [CLUSTER]],
  ])(
    'after a crash behind (%s) removes what is left, the instance first, and records the drill',
    async (after, left) => {
      const bench = await anAbandonedDrill(after);
      expect(await sweep(bench)).toEqual(left.map((id) => `${id} deleted`));
      expect(scratchIn(bench)).toEqual([]);
      const records = await bench.world.store.drills();
      expect(records.map(({ drillId }) => drillId)).toEqual(['abc']);
      expect(await sweep(bench)).toEqual([]);
      expect(await bench.world.store.drills()).toEqual(records);
    },
  );

  it('waits for what was asked for a moment before the crash and is not shown yet', async () => {
    const bench = await anAbandonedDrill('intended cluster');
    expect(await sweep(bench)).toEqual([`${CLUSTER} deleted`]);
    expect(await bench.world.store.drills()).toMatchObject([{ result: 'aborted', scratch: [{ end: 'never_made' }] }]);
  });

  it('leaves a drill alone while its run may still live', async () => {
    const bench = await aCrashedDrill('made');
    expect(await sweep(bench)).toEqual([`${CLUSTER} in_use`]);
    expect(scratchIn(bench)).toEqual([CLUSTER]);
    bench.lab.advance(180);
    expect(await sweep(bench)).toEqual([`${CLUSTER} deleted`]);
  });

  it('leaves what is kept until its time is over', async () => {
    const bench = aDrillBench({ plan: { onSuccess: { kind: 'keep', hours: 2 } } });
    const record = await runDrill(bench.plan, bench.world);
    expect(record?.scratch.map(({ end }) => end)).toEqual(['left', 'left']);
    expect(await sweep(bench)).toEqual([`${MEMBER} kept`, `${CLUSTER} kept`]);
    bench.lab.advance(2 * AN_HOUR);
    expect(await sweep(bench)).toEqual([`${MEMBER} deleted`, `${CLUSTER} deleted`]);
    expect(scratchIn(bench)).toEqual([]);
    // What was recorded stands.
    expect(await bench.world.store.drills()).toEqual([record]);
  });

  it('never removes a standby', async () => {
    const bench = aDrillBench({ plan: { onSuccess: { kind: 'standby' } } });
    await runDrill(bench.plan, bench.world);
    bench.lab.advance(3 * 24 * AN_HOUR);
    expect(await sweep(bench)).toEqual([`${MEMBER} kept`, `${CLUSTER} kept`]);
    expect(scratchIn(bench)).toEqual([CLUSTER, MEMBER]);
  });

  it('says in a dry run what it would delete, and deletes and writes nothing', async () => {
    const bench = await anAbandonedDrill('connected');
    const lines = (await bench.world.store.journalEntries()).length;
    expect(await sweep(bench, { dryRun: true })).toEqual([`${MEMBER} would_delete`, `${CLUSTER} would_delete`]);
    expect(scratchIn(bench)).toEqual([CLUSTER, MEMBER]);
    expect(await bench.world.store.journalEntries()).toHaveLength(lines);
    expect(await bench.world.store.drills()).toEqual([]);
  });

  it('keeps to the endpoint that it is asked about, and names what it finds of another', async () => {
    const bench = await anAbandonedDrill('connected');
    const found = await swept(bench, { endpoint: 'http://127.0.0.1:4566' });
    // Its member goes with it in name: whoever is told of the cluster is told of it.
    expect(found.map(inShort)).toEqual([`${CLUSTER} refused`]);
    expect(scratchIn(bench)).toEqual([CLUSTER, MEMBER]);
  });

  it('records a drill whose run was stopped between its end and its record', async () => {
    const bench = aDrillBench();
    const store = {
      ...bench.world.store,
      recordDrill: async () => {
        throw new MusterError('MUSTER_STORE_INVALID', 'the disk is full');
      },
    };
    await expect(runDrill(bench.plan, { ...bench.world, store })).rejects.toThrow('the disk is full');
    expect(await bench.world.store.drills()).toEqual([]);
    expect(await sweep(bench)).toEqual([]);
    expect(await bench.world.store.drills()).toMatchObject([{ drillId: 'abc', result: 'passed' }]);
  });
});

describe('a sweep that cannot remove', () => {
  it('names what AWS does not let go, and finds it again', async () => {
    let denied = true;
    const bench = await anAbandonedDrill('made', {
      tamper: ({ action }) => (denied && action === 'DeleteDBCluster' ? queryError(403, 'AccessDenied') : null),
    });
    const [leaked] = await swept(bench);
    expect(leaked).toMatchObject({ id: CLUSTER, result: 'leaked', reason: expect.stringContaining('denied') });
    expect(scratchIn(bench)).toEqual([CLUSTER]);
    denied = false;
    expect(await sweep(bench)).toEqual([`${CLUSTER} deleted`]);
    expect(scratchIn(bench)).toEqual([]);
  });

  it('never calls deleted what AWS still shows', async () => {
    const bench = await anAbandonedDrill('made');
    const operator = { ...bench.world.operator, remove: async () => undefined };
    const world = { ...bench.world, operator, operatorAt: async () => operator };
    const [left] = await sweepScratch({ dryRun: false, endpoint: null, scope: SCOPE }, world);
    expect(left).toMatchObject({ id: CLUSTER, result: 'leaked' });
  });

  it('leaves another database of the same name alone, tags or not, and says so', async () => {
    const bench = await anAbandonedDrill('made');
    for (const { clusters } of Object.values(bench.lab.world().places)) {
      for (const thing of clusters)
        if (thing.identifier === CLUSTER) Object.assign(thing, { resourceId: 'cluster-OTHER' });
    }
    const [left] = await swept(bench);
    expect(left).toMatchObject({
      id: CLUSTER,
      result: 'leaked',
      reason: expect.stringContaining('another database of the same name'),
    });
    expect(bench.trace.filter((line) => line.startsWith('call remove'))).toEqual([]);
  });

  it('names a scratch of another store and one that was renamed', async () => {
    const bench = await anAbandonedDrill('made');
    const [place] = Object.values(bench.lab.world().places);
    const scratch = place?.clusters.find(({ identifier }) => identifier === CLUSTER) ?? expect.unreachable();
    Object.assign(scratch, { identifier: 'renamed' });
    const found = await swept(bench);
    expect(found.map(inShort)).toEqual([`${CLUSTER} leaked`, 'renamed refused']);
    expect(found[1]?.reason).toContain(`it is ${CLUSTER} of drill abc under another name`);
  });

  it('says of a place that does not answer that it saw nothing there, and goes on with the next', async () => {
    const bench = await anAbandonedDrill('made');
    const world = {
      ...bench.world,
      operatorAt: async (scope: typeof SCOPE) => {
        if (scope.region === 'eu-west-2') throw new MusterError('MUSTER_ACCESS_DENIED', 'no role there');
        return bench.world.operator;
      },
    };
    const scope = { ...SCOPE, region: 'eu-west-2' };
    const found = await sweepScratch({ dryRun: false, endpoint: null, scope }, world);
    expect(found.map(({ result }) => result)).toEqual(['deleted', 'unseen']);
    expect(found[1]?.reason).toBe('no role there');
  });
});

describe('a sweep after a restore of AWS Backup', () => {
  it('removes what the job made whose answer was lost, and begins no other', async () => {
    const bench = await aCrashedDrill('intended instance', { shape: 'vault' });
    // The call went out; its answer never came into the journal.
    await bench.world.operator.startRestoreJob(bench.plan);
    for (let hour = 0; hour < 3; hour += 1) bench.lab.advance(AN_HOUR);
    expect(scratchIn(bench)).toEqual(['muster-scratch-abc']);
    const before = bench.trace.length;
    expect(await sweep(bench)).toEqual(['muster-scratch-abc deleted']);
    expect(bench.trace.slice(before).filter((line) => line.startsWith('call startRestoreJob'))).toEqual([]);
    expect(scratchIn(bench)).toEqual([]);
  });

  it('begins none where the call never went out', async () => {
    const bench = await aCrashedDrill('intended instance', { shape: 'vault' });
    for (let hour = 0; hour < 3; hour += 1) bench.lab.advance(AN_HOUR);
    expect(await sweep(bench)).toEqual(['muster-scratch-abc deleted']);
    expect(bench.trace.filter((line) => line.startsWith('call startRestoreJob'))).toEqual([]);
    expect(await bench.world.store.drills()).toMatchObject([{ result: 'aborted', scratch: [{ end: 'never_made' }] }]);
  });
});

it('what a definition says to keep is kept, though the copy it was restored from could not be removed', async () => {
  const bench = aDrillBench({ shape: 'instance', plan: { onSuccess: { kind: 'keep', hours: 72 } } });
  const real = bench.world.operator;
  const copyId = 'muster-scratch-abc-copy';
  const fromArn = 'arn:aws:rds:eu-central-1:123456789012:snapshot:x';
  const plan: DrillPlan = {
    ...bench.plan,
    ids: { ...bench.plan.ids, copy: copyId },
    restore: { by: 'snapshot', snapshot: null, bring: { fromArn, fromRegion: 'eu-central-1', keyArn: null } },
  };
  let denied = true;
  let copied = true;
  const copy: ScratchView = {
    kind: 'snapshot',
    id: copyId,
    resourceId: null,
    status: 'available',
    createdAt: null,
    tags: plan.shape.tags,
    endpoint: null,
    publiclyAccessible: null,
    securityGroupIds: [],
    masterUsername: null,
    databaseName: null,
  };
  const operator: ScratchOperator = {
    ...real,
    copySnapshot: async () => ({ resourceId: null }),
    restoreInstance: () => real.restoreInstance(bench.plan),
    describe: async (kind, id) => (kind === 'snapshot' ? (copied ? copy : null) : real.describe(kind, id)),
    remove: async (proof) => {
      if (proof.kind !== 'snapshot') return real.remove(proof);
      if (denied) throw new MusterError('MUSTER_ACCESS_DENIED', 'rds:DeleteDBSnapshot was denied');
      copied = false;
    },
  };
  const world = { ...bench.world, operator, operatorAt: async () => operator };
  const again = async () =>
    (await sweepScratch({ dryRun: false, endpoint: null, scope: SCOPE }, world)).map(inShort).sort();
  const record = await runDrill(plan, world);
  expect(record?.scratch.map(({ role, end }) => `${role} ${end}`)).toEqual(['copy leaked', 'instance left']);
  expect(await again()).toEqual([`${copyId} leaked`, 'muster-scratch-abc kept'].sort());
  denied = false;
  expect(await again()).toEqual([`${copyId} deleted`, 'muster-scratch-abc kept'].sort());
  expect(scratchIn(bench)).toEqual(['muster-scratch-abc']);
});
