/**
 * A scratch that stands where production stands must go, whatever the definition says of failures.
 */

import { describe, expect, it } from 'vitest';
import type { ScratchOperator } from '../../src/app/ports.ts';
import { runDrill } from '../../src/app/run-drill.ts';
import { aDrillBench, scratchIn } from '../support/drill-world.ts';

const KEEP = { kind: 'keep', hours: 48 } as const;

/** The same operator, but AWS shows what it made as reachable from the internet. */
function publicly(operator: ScratchOperator): ScratchOperator {
  return {
    ...operator,
    describe: async (kind, id) => {
      const view = await operator.describe(kind, id);
      return view === null ? null : { ...view, publiclyAccessible: true };
    },
  };
}

describe('production data exposed', () => {
  it('a public scratch is removed even where failures are kept for two days', async () => {
    const bench = aDrillBench({ shape: 'instance', plan: { onFailure: KEEP } });
    const record = await runDrill(bench.plan, { ...bench.world, operator: publicly(bench.world.operator) });
    expect(record?.cause).toContain('can be reached from the internet');
    expect(scratchIn(bench)).toEqual([]);
  });

  it("a scratch in production's security group is removed even where failures are kept", async () => {
    const { plan } = aDrillBench({ shape: 'instance' });
    const database = { ...plan.database, securityGroupIds: plan.shape.securityGroupIds };
    const bench = aDrillBench({ shape: 'instance', plan: { database, onFailure: KEEP } });
    const record = await runDrill(bench.plan, bench.world);
    expect(record?.cause).toContain('a security group of production');
    expect(scratchIn(bench)).toEqual([]);
  });

  it('what AWS Backup restored after the deadline is not kept without a look at where it stands', async () => {
    const bench = aDrillBench({ shape: 'vault', plan: { onFailure: KEEP, secondsMax: 60 } });
    const looked: string[] = [];
    const operator: ScratchOperator = {
      ...publicly(bench.world.operator),
      describe: async (kind, id) => {
        looked.push(id);
        return publicly(bench.world.operator).describe(kind, id);
      },
    };
    await runDrill(bench.plan, { ...bench.world, operator });
    expect({ left: scratchIn(bench), looked: looked.length > 0 }).toEqual({ left: [], looked: true });
  });
});
