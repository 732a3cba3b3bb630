/** Queries that read no table: an empty database answers them as well. */

import { expect, it } from 'vitest';
import { judgeProbe } from '../../src/drill/judge-probe.ts';
import type { Probe } from '../../src/drill/probe.ts';
import { readsNothing } from '../../src/drill/reads-nothing.ts';
import { at } from '../support/aws-observations.ts';

it.each([
  'select 1',
  "select 'from orders'",
  'select now()',
  'SELECT NOW() - interval 1 minute -- newest row from orders',
  "select cast('2026-02-26' as timestamp) /* from orders */",
  'values (1)',
  'show server_version',
  'select current_timestamp',
])('%s reads nothing', (sql) => {
  expect(readsNothing(sql)).toBe(true);
});

it.each([
  'select count(*) from orders',
  'select 1 where exists (table orders)',
  'table orders',
  'select orders_in_total()',
  'select "ordersInTotal"()',
  'call orders_in_total',
  'select /*! count(*) from */ 1',
  'select max(at)',
])('%s may read something', (sql) => {
  expect(readsNothing(sql)).toBe(false);
});

it.each([
  { kind: 'sql', name: 'q', sql: 'select 1', equals: '1', min: null, max: null, keepValue: true },
  { kind: 'freshness', name: 'q', sql: 'select now()', ageSecondsMax: 60 },
  { kind: 'marker', name: 'q', sql: 'select now()', lagSecondsMax: 60, keepValue: true },
] satisfies Probe[])('a $kind that reads nothing passes and proves nothing', (probe) => {
  const now = at('2026-02-26T21:00:00Z');
  const answer =
    probe.kind === 'sql'
      ? ({ kind: 'value', text: '1', rows: 1, columns: 1 } as const)
      : ({ kind: 'instant', instant: now, rows: 1 } as const);
  const result = judgeProbe(probe, answer, { at: now, dataAt: now, baseline: null });
  expect(result).toMatchObject({ passed: true, proves: 'nothing' });
});
