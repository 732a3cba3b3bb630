/** A policy as text: what stands first, what is loud, and what is left out. */

import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/core/canonical.ts';
import { resolveRequirement } from '../../src/policy/resolve.ts';
import { parsePolicy } from '../../src/policy/schema.ts';
import { type DatabaseChange, type PolicyReport, renderPolicy } from '../../src/report/policy-text.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';
import { aDatabase, NOW } from '../support/builders.ts';

const orders = aDatabase();
const POLICY = parsePolicy(
  [
    'version: 1',
    'defaults: { dataLossMax: 12h, restoreProof: { pitr: advisory } }',
    'environments:',
    '  production: { accounts: ["123456789012", "444455556666"] }',
    '  lab: { accounts: ["777788889999"], sandbox: true }',
    'databases: [{ match: { environment: production }, dataLossMax: 90m }]',
    'waivers:',
    '  - match: { tags: { tier: gold } }',
    '    reason: restore_never_proven',
    '    by: Jane Doe <jane@example.com>',
    '    because: the account is new and its first drill runs at the end of this week; until then the ledger holds all of it',
    '    until: 2026-11-30',
    '    acceptsUnknown: true',
    '  - { match: { engine: mysql }, reason: restore_too_slow, by: Jane, because: nobody waits, until: 2026-11-01 }',
  ].join('\n'),
  'muster.yaml',
);

function aReport(fields: Partial<PolicyReport> = {}): PolicyReport {
  return {
    formatVersion: '1',
    digest: digestOf('policy'),
    at: NOW,
    policy: POLICY,
    waivers: [
      { origin: 'muster.yaml: waivers[0]', holds: true },
      { origin: 'muster.yaml: waivers[1]', holds: false },
    ],
    requirements: [],
    idle: null,
    against: null,
    ...fields,
  };
}

function aChange(fields: Partial<DatabaseChange> = {}): DatabaseChange {
  const { arn, identifier } = orders;
  return { arn, identifier, changes: [], from: 'ready', to: 'ready', raised: [], settled: [], ...fields };
}

const render = (fields: Partial<PolicyReport> = {}) => renderPolicy(aReport(fields), PLAIN_PAINT);

function renderAgainst(databases: readonly DatabaseChange[]): string {
  return render({ against: { origin: 'old.yaml', digest: digestOf('old'), limits: [], databases } });
}

describe('a valid file', () => {
  it('leads with that, then what it is made of, then its waivers', () => {
    expect(render()).toBe(
      [
        'VALID  muster.yaml',
        `  digest       ${digestOf('policy').slice(0, 19)}`,
        '  defaults     dataLossMax, restoreProof',
        '  environments production (123456789012, 444455556666); lab (777788889999; a sandbox)',
        '  overrides    1',
        '  waivers      2, 1 of them expired',
        '  inventory    at most 1 h old',
        '  verdicts     valid for at most 1 h',
        '',
        'muster.yaml: waivers[0]: restore never proven',
        '  for          tag tier = gold',
        '  by           Jane Doe <jane@example.com>',
        '  because      the account is new and its first drill runs at the end of this week; until then the',
        '               ledger holds all of it',
        '  until        2026-11-30 00:00:00 UTC (in 6 d 14 h)',
        '  unknown      accepted: it may pass though nobody knows whether it holds',
        '',
        'muster.yaml: waivers[1]: restore too slow',
        '  for          engine mysql',
        '  by           Jane',
        '  because      nobody waits',
        '  until        2026-11-01 00:00:00 UTC (EXPIRED: it lets nothing pass any more)',
        '',
      ].join('\n'),
    );
  });

  it('that says nothing says so', () => {
    const text = render({ policy: parsePolicy('version: 1', 'muster.yaml'), waivers: [] });
    expect(text).toContain(
      '  defaults     those that are built in\n  environments none\n  overrides    0\n  waivers      0\n',
    );
  });

  it('tells which of its parts pick no database', () => {
    expect(render({ idle: [{ origin: 'muster.yaml: databases[3]', match: 'identifier ordres*' }] })).toContain(
      '\nNo database of the inventory is picked by\n  muster.yaml: databases[3]: identifier ordres*\n',
    );
    expect(render({ idle: [] })).not.toContain('No database');
  });
});

it('a requirement is told value by value, with where each was written', () => {
  const { arn, identifier } = orders;
  const text = render({ requirements: [{ arn, identifier, requirement: resolveRequirement(POLICY, orders) }] });
  expect(text).toContain(`\norders\n  ${arn}\n  asked `);
  expect(text).toMatch(/\n {2}environment +production +muster\.yaml: environments\.production\n/);
  expect(text).toMatch(/\n {2}dataLossMax +90 min +muster\.yaml: databases\[0\]\n/);
  expect(text).toMatch(/\n {2}restoreProof\.pitr +advisory +muster\.yaml: defaults\n/);
  expect(text).toMatch(/\n {2}retentionMin +none +built-in default\n/);
});

describe('a comparison', () => {
  const value = (key: string) => ({
    key,
    from: { value: '1 d', origin: 'built-in default' },
    to: { value: '90 min', origin: 'muster.yaml: databases[0]' },
  });

  it('leads with counts, and shows only what changes', () => {
    const text = renderAgainst([
      aChange(),
      aChange({
        identifier: 'billing',
        to: 'not_ready',
        changes: [value('dataLossMax')],
        raised: ['data_loss_exceeded'],
        settled: ['proof_advisory'],
      }),
    ]);
    expect(text.slice(text.indexOf('Against'))).toBe(
      [
        `Against old.yaml (${digestOf('old').slice(0, 19)})`,
        '  changed      1 of 2 databases, the verdict of 1',
        '  not ready    0 -> 1',
        '  unknown      0 -> 0',
        '  ready        2 -> 1',
        '',
        'billing: ready -> not ready',
        `  ${orders.arn}`,
        '  asked        before                  now',
        '  dataLossMax  1 d (built-in default)  90 min (muster.yaml: databases[0])',
        '  new reasons  data loss exceeded',
        '  settled      proof advisory',
        '',
      ].join('\n'),
    );
  });

  it('shows a database whose verdict stays when its requirement changes', () => {
    const text = renderAgainst([aChange({ changes: [value('dataLossMax')] })]);
    expect(text).toContain('  changed      1 of 1 database, the verdict of 0\n');
    expect(text).toContain('\norders: ready, as before\n');
    expect(text).not.toContain('new reasons');
  });

  it('shows what changes for no one database with the counts', () => {
    const against = { origin: 'old.yaml', digest: digestOf('old'), limits: [value('inventoryAgeMax')], databases: [] };
    expect(render({ against })).toMatch(/0 of 0 databases.*\n(.*\n){4} {2}inventoryAgeMax +1 d/);
  });
});

it('nothing from a file commands the terminal, and no line is wider than a report', () => {
  const hostile = `${'x'.repeat(150)}\u001b[2J\nVALID  other.yaml`;
  const text = renderPolicy(
    aReport({
      policy: { ...POLICY, origin: hostile },
      waivers: [{ origin: hostile, holds: true }],
      requirements: [{ arn: hostile, identifier: hostile, requirement: resolveRequirement(POLICY, orders) }],
      idle: [{ origin: 'muster.yaml: databases[0]', match: hostile }],
      against: {
        origin: hostile,
        digest: digestOf('old'),
        limits: [],
        databases: [aChange({ identifier: hostile, to: 'unknown' })],
      },
    }),
    PLAIN_PAINT,
  );
  expect(text).not.toContain('\u001b');
  expect(text).not.toMatch(/^VALID {2}other/m);
  expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
});
