/** What `muster report` shows a person. */

import { describe, expect, it } from 'vitest';
import { type ReadinessReport, renderReadiness } from '../../src/report/readiness-text.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';
import { aDatabaseView, aDecision, aSurvivor } from '../support/decision-builder.ts';
import { expectPlainLines } from '../support/report-claims.ts';

function aReport(fields: Partial<ReadinessReport> = {}): ReadinessReport {
  return {
    at: aDecision().at,
    loss: 'each database is deleted with its automated backups',
    databases: [
      aDatabaseView({ identifier: 'orders', verdict: 'ready', reasons: [], survivors: [aSurvivor()] }),
      aDatabaseView({ identifier: 'prod-students' }),
    ],
    gaps: [],
    ...fields,
  };
}

const render = (report: ReadinessReport) => renderReadiness(report, PLAIN_PAINT);

describe('a readiness report', () => {
  it('leads with how many databases are ready, worst first', () => {
    const [counts, loss] = render(aReport()).split('\n');
    expect(counts).toBe('1 not ready, 0 unknown, 1 ready');
    expect(loss).toBe('If each database is deleted with its automated backups, at 2026-02-26 21:00:00 UTC:');
  });

  it('lists the databases that are not ready first', () => {
    const text = render(aReport());
    expect(text.indexOf('prod-students: NOT READY')).toBeLessThan(text.indexOf('orders: READY'));
  });

  it('shows the remedy of each reason', () => {
    expect(render(aReport())).toContain('aws rds create-db-cluster-snapshot');
  });

  it('calls an empty report unknown, never ready', () => {
    expect(render(aReport({ databases: [] })).split('\n')[0]).toBe('UNKNOWN: no database was seen');
  });

  it('fits the page', () => {
    expectPlainLines(render(aReport()));
  });
});
