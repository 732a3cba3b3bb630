/** What `muster drill show` tells of one drill. */

import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import { renderDrill } from '../../src/report/drill-text.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';
import { expectPlainLines, HOSTILE } from '../support/report-claims.ts';

function aDrill(fields: Partial<DrillRecord> = {}): DrillRecord {
  return {
    formatVersion: '1',
    drillId: 'd-k3f9',
    musterVersion: '0.1.0',
    endpoint: null,
    scope: { accountId: '123456789012', region: 'eu-west-1' },
    databaseResourceId: 'cluster-ABC',
    databaseIdentifier: 'prod-students',
    recoveryPoint: {
      id: 'before-migration',
      arn: 'arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:before-migration',
      kind: 'manual_snapshot',
      dataAt: parseInstant('2026-02-26T16:00:00Z', 'test'),
    },
    claim: 'snapshot',
    grade: 'queried',
    result: 'passed',
    startedAt: parseInstant('2026-02-26T21:00:00Z', 'test'),
    endedAt: parseInstant('2026-02-26T21:20:00Z', 'test'),
    phases: [
      { phase: 'requested', seconds: 0 },
      { phase: 'cluster_available', seconds: 300 },
      { phase: 'instance_available', seconds: 720 },
      { phase: 'probes_done', seconds: 731.5 },
      { phase: 'torn_down', seconds: 1_100 },
    ],
    restoreSeconds: 731.5,
    conditions: { instanceClass: 'db.t4g.medium', engineVersion: '16.4' },
    probes: [{ name: 'students', kind: 'row_count', passed: true, finding: '1,200 rows', value: 1_200 }],
    scratch: { cluster: 'muster-scratch-k3f9', instance: 'muster-scratch-k3f9-1' },
    cause: null,
    ...fields,
  };
}

const render = (record: DrillRecord) => renderDrill(record, PLAIN_PAINT);

describe('a drill', () => {
  it('leads with its result, then the restore time', () => {
    const [first, second] = render(aDrill()).split('\n');
    expect(first).toBe('PASSED  drill of prod-students');
    expect(second).toContain('12 min 12 s (request to last passing probe)');
  });

  it('shows when each phase passed and how long it took', () => {
    expect(render(aDrill())).toMatch(/instance available +\+12 min +7 min/);
  });

  it('shows what each probe found', () => {
    const failed = { name: 'lessons', kind: 'row_count', passed: false, finding: '0 rows', value: 0 } as const;
    const text = render(aDrill({ probes: [...aDrill().probes, failed] }));
    expect(text).toMatch(/pass +students +1,200 rows/);
    expect(text).toMatch(/fail +lessons +0 rows/);
  });

  it('says that data were not questioned when no probe was asked', () => {
    expect(render(aDrill({ probes: [] }))).toContain('none asked, so the data were not questioned');
  });

  it('says why it failed and that no restore time was proven', () => {
    const text = render(aDrill({ result: 'failed', cause: 'probe lessons failed', restoreSeconds: null }));
    expect(text).toContain('FAILED  drill of prod-students\nprobe lessons failed\n');
    expect(text).toContain('none proven');
  });

  it('shows that the scratch is gone', () => {
    expect(render(aDrill())).toContain('torn down 18 min 20 s after the request');
  });

  it('names a leaked scratch and the command that cleans it up', () => {
    const phases = aDrill().phases.slice(0, 2);
    const text = render(aDrill({ result: 'leaked', phases }));
    expect(text).toContain('A SCRATCH MAY STILL EXIST: muster-scratch-k3f9-1, muster-scratch-k3f9');
    expect(text).toContain('muster drill sweep');
  });

  it('does not claim a teardown that was not recorded', () => {
    const text = render(aDrill({ result: 'aborted', phases: [] }));
    expect(text).not.toContain('torn down');
    expect(text).toContain('phases: none passed');
  });

  it('says when it ran somewhere that is not AWS', () => {
    expect(render(aDrill({ endpoint: 'http://127.0.0.1:4566' }))).toContain('which is not AWS');
  });

  it('fits the page and obeys no control character', () => {
    expectPlainLines(render(aDrill()));
    const point = { ...aDrill().recoveryPoint, id: HOSTILE };
    const probes = [{ name: HOSTILE, kind: 'sql', passed: false, finding: HOSTILE, value: null }] as const;
    expectPlainLines(render(aDrill({ databaseIdentifier: HOSTILE, recoveryPoint: point, probes, cause: HOSTILE })));
  });
});
