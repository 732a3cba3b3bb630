/** What `muster drill show` tells of one drill. */

import { describe, expect, it } from 'vitest';
import { recordOf } from '../../src/drill/outcome.ts';
import type { ProbeResult } from '../../src/drill/probe.ts';
import { renderDrill } from '../../src/report/drill-text.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';
import { aDatabase, aDrill } from '../support/builders.ts';
import { aDrillPlan, PASSING, type PlanShape, walk } from '../support/drill-plans.ts';
import { expectPlainLines, HOSTILE } from '../support/report-claims.ts';

const orders = aDatabase();
const render = (record: Parameters<typeof renderDrill>[0]) => renderDrill(record, PLAIN_PAINT);
/** What is shown of a drill that went its way undisturbed, unless told otherwise. */
const shown = (
  shape: PlanShape,
  disturb?: Parameters<typeof walk>[1],
  fields?: Parameters<typeof aDrillPlan>[1],
): string => render(recordOf(walk(aDrillPlan(shape, fields), disturb).state));
/** The line that begins with a label, with what hangs below it. */
const fact = (text: string, label: string): string => {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.startsWith(`  ${label}`));
  const rest = lines.slice(first + 1);
  const length = rest.findIndex((line) => !line.startsWith(' '.repeat(18)));
  return [lines[first] ?? '', ...rest.slice(0, length)].map((line) => line.slice(18).trim()).join(' ');
};

describe('a drill', () => {
  it('leads with its result, then the restore time', () => {
    const [first, second] = shown('instance').split('\n');
    expect(first).toBe('PASSED  drill of orders');
    expect(second).toBe('  restore time    6 s (request to last passing probe)');
  });

  it('says what was restored, and what that is worth', () => {
    const text = shown('vault');
    expect(fact(text, 'recovery point')).toBe('orders-manual (AWS Backup snapshot), data of 2026-11-23 08:00:00 UTC');
    expect(fact(text, 'claim')).toBe('a restore from a vault');
    expect(fact(text, 'grade')).toBe('queried: it came up, and its data answered');
    expect(fact(text, 'conditions')).toBe('db.r6g.large, postgres 16.4, 100 GiB');
  });

  it('says under which conditions the time was measured where they are not production’s', () => {
    const text = shown('copy', undefined, { otherClass: true });
    expect(fact(text, 'conditions')).toBe(
      'db.r6g.large (not the class of the source), postgres 16.4, 100 GiB, copied from eu-central-1 first',
    );
    const unknown = { ...aDrillPlan('instance').point, engineVersion: null, storageGib: null, dataAt: null };
    const bare = shown('instance', undefined, { point: unknown });
    expect(fact(bare, 'conditions')).toBe('db.r6g.large, postgres of unknown version');
    expect(fact(bare, 'recovery point')).toContain('data of an unknown instant');
  });

  it('names what a copy was copied from, nearest first', () => {
    const point = { ...aDrillPlan('copy').point, lineage: ['arn:near', 'arn:far'] };
    expect(fact(shown('copy', undefined, { point }), 'copied from')).toBe('arn:near, from arn:far');
  });

  it('shows when each phase passed and how long it took', () => {
    const text = shown('cluster');
    expect(text).toMatch(/\n {2}phase +since the start +took\n/);
    expect(text).toMatch(/\n {2}password set +\+6 s +2 s\n/);
  });

  it('does not claim a phase that was not recorded', () => {
    expect(render(aDrill(orders, { phases: [] }))).toContain('phases: none passed');
  });
});

describe('no restore time', () => {
  it.each<[string, string, string]>([
    ['of a drill that failed', shown('cluster', wrong), 'none proven: it did not come to its end'],
    [
      'of one that was picked up again',
      shown('instance', (_, event, second) => (second === 3 ? { kind: 'resumed', at: event.at } : event)),
      'none proven: it was picked up again 1 time after a stop, and nobody watched in between',
    ],
    ['of an engine without a driver', shown('oracle'), 'none proven: Muster has no driver that questions oracle-ee'],
    ['without a question', shown('instance', undefined, { probes: [] }), 'none proven: nothing was asked'],
    [
      'without a question that could have gone wrong',
      shown('instance', (_, event) =>
        event.kind === 'probed' ? { ...event, results: [{ ...PASSING, proves: 'nothing' }] } : event,
      ),
      'none proven: nothing was asked that could have gone wrong',
    ],
  ])('%s says why', (_, text, words) => {
    expect(fact(text, 'restore time')).toBe(words);
  });
});

describe('what its probes found', () => {
  it('is shown with what each proves, and a failed one proves nothing', () => {
    const results: readonly ProbeResult[] = [
      { ...PASSING, name: 'students', proves: 'comparison', finding: '1,200 rows' },
      { ...PASSING, name: 'lessons', passed: false, finding: '0 rows' },
    ];
    const text = render(aDrill(orders, { probes: results, comparedWith: 'older' }));
    expect(text).toMatch(/\n {2}pass +students +comparison +1,200 rows\n/);
    expect(text).toMatch(/\n {2}fail +lessons +nothing +0 rows\n/);
    expect(text).toContain('\n  compared with drill older\n');
  });

  it('is nothing when none was asked, which is said', () => {
    const text = render(aDrill(orders, { probes: [] }));
    expect(text).toContain('probes: none asked, so the data were not questioned');
    expect(text).not.toContain('compared with');
  });

  it('is the cause of its failure, right below the headline', () => {
    expect(shown('cluster', wrong)).toMatch(/^FAILED {2}drill of orders\nrows: 0 rows \(at least 1 wanted\)\n/);
  });
});

describe('what became of the scratch', () => {
  it('is told of each thing, with AWS’s own id of it', () => {
    const text = shown('cluster');
    expect(text).toMatch(
      /\n {2}cluster +muster-scratch-abc +cluster-SCRATCH +gone, known to AWS no more at 2026-11-23 10:00:1\d\s/,
    );
    expect(text).toMatch(/\n {2}instance +muster-scratch-abc-1 +db-SCRATCH +gone,/);
    expect(text).not.toContain('MAY STILL EXIST');
  });

  it('may be that it is kept, for a while or as a standby', () => {
    const kept = shown('instance', undefined, { onSuccess: { kind: 'keep', hours: 4 } });
    expect(kept).toMatch(/ kept until 2026-11-23 14:00:06 UTC\n/);
    expect(kept).not.toContain('torn down');
    expect(shown('pitr', undefined, { onSuccess: { kind: 'standby' } })).toMatch(/ kept as a stopped standby\n/);
  });

  it('may be that it was never made, or that nothing was', () => {
    const refused = shown('instance', (_, event, second) =>
      second === 1 ? { kind: 'failed', cause: 'no more instances', at: event.at } : event,
    );
    expect(refused).toMatch(/\n {2}instance +muster-scratch-abc +never made\n/);
    expect(render(aDrill(orders, { scratch: [] }))).toContain('scratch: nothing was made');
  });

  it('that leaked is the loudest, with its reason, the command that cleans it up, and what is gone', () => {
    const text = shown('cluster', (state, event) =>
      state.step === 'remove_cluster' ? { kind: 'failed', cause: 'protected', at: event.at } : event,
    );
    expect(text).toMatch(/^LEAKED {2}drill of orders\nmuster-scratch-abc was not removed: protected\n/);
    expect(text).toContain('\nA SCRATCH MAY STILL EXIST: muster-scratch-abc\n    muster drill sweep\n');
    expect(text).toMatch(/\n {2}cluster +muster-scratch-abc +cluster-SCRATCH +may still exist: protected\n/);
    expect(text).toMatch(/\n {2}instance +muster-scratch-abc-1 +db-SCRATCH +gone,/);
  });
});

it('a drill that ran somewhere that is not AWS says so', () => {
  const endpoint = 'http://127.0.0.1:4566';
  expect(render(aDrill(orders, { endpoint }))).toContain(`${endpoint}, which is not AWS`);
  expect(render(aDrill(orders))).not.toContain('not AWS');
});

it('fits the page and obeys no control character', () => {
  for (const shape of ['vault_cluster', 'copy', 'oracle'] as const) expectPlainLines(shown(shape));
  const { recoveryPoint, conditions, scratch, probes } = aDrill(orders);
  expectPlainLines(
    render(
      aDrill(orders, {
        databaseIdentifier: HOSTILE,
        recoveryPoint: { ...recoveryPoint, id: HOSTILE, lineage: [HOSTILE] },
        conditions: { ...conditions, engine: HOSTILE, broughtFrom: HOSTILE },
        probes: probes.map((probe) => ({ ...probe, name: HOSTILE, finding: HOSTILE })),
        scratch: scratch.map((end) => ({ ...end, id: HOSTILE, end: 'leaked', reason: HOSTILE })),
        cause: HOSTILE,
      }),
    ),
  );
});

/** The probe finds no rows. */
function wrong(...[, event]: Parameters<NonNullable<Parameters<typeof walk>[1]>>) {
  if (event.kind !== 'probed') return event;
  return { ...event, results: [{ ...PASSING, passed: false, finding: '0 rows (at least 1 wanted)', value: 0 }] };
}
