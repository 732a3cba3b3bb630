/**
 * Sweeping what drills left on the virtual lab: removed, or said to be there; never skipped in silence.
 */

import { describe, expect, it } from 'vitest';
import { sweepScratch } from '../../src/app/sweep-scratch.ts';
import { queryError } from '../support/aws-lab.ts';
import { aCrashedDrill, type DrillBench, scratchIn } from '../support/drill-world.ts';

const CLUSTER = 'muster-scratch-d1';
const INSTANCE = 'muster-scratch-d1-1';

async function sweep(
  bench: DrillBench,
  world: Partial<DrillBench['world']> = {},
  endpoint: string | null = bench.plan.endpoint,
) {
  const swept = await sweepScratch({ dryRun: false, endpoint }, { ...bench.world, ...world });
  return swept.map(({ id, result }) => `${id} ${result}`);
}

describe('a sweep', () => {
  it.each([
    ['done restore_cluster', [CLUSTER]],
    ['done add_instance', [INSTANCE, CLUSTER]],
    ['done set_password', [INSTANCE, CLUSTER]],
    ['done delete_instance', [INSTANCE, CLUSTER]],
    ['done delete_cluster', [CLUSTER]],
  ])('after a crash behind (%s) removes what is left, the instance first', async (after, left) => {
    const bench = await aCrashedDrill(after);
    const before = bench.databases();
    expect(await sweep(bench)).toEqual(left.map((id) => `${id} deleted`));
    expect(bench.databases()).toEqual(before.filter((id) => !left.includes(id)));
    expect(await sweep(bench)).toEqual([]);
  });

  it('after a crash behind the intention to restore finds nothing and says nothing', async () => {
    expect(await sweep(await aCrashedDrill('intend restore_cluster'))).toEqual([]);
  });

  it('keeps to the endpoint that it is asked about', async () => {
    const bench = await aCrashedDrill('done add_instance');
    expect(await sweep(bench, {}, null)).toEqual([]);
    expect(scratchIn(bench)).toEqual([CLUSTER, INSTANCE]);
  });

  it('says that a scratch whose deletion AWS denies may be left, instead of ending there', async () => {
    const bench = await aCrashedDrill('done restore_cluster', {
      tamper: ({ action }) => (action === 'DeleteDBCluster' ? queryError(403, 'AccessDenied') : null),
    });
    const [refused] = await sweepScratch({ dryRun: false, endpoint: bench.plan.endpoint }, bench.world);
    expect(refused).toMatchObject({ id: CLUSTER, result: 'refused', reason: expect.stringContaining('was denied') });
    expect(scratchIn(bench)).toEqual([CLUSTER]);
  });

  it('never calls deleted what AWS still shows', async () => {
    const bench = await aCrashedDrill('done restore_cluster');
    const operator = { ...bench.world.operator, delete: async () => undefined };
    expect(await sweep(bench, { operator })).toEqual([`${CLUSTER} still_there`]);
  });
});
