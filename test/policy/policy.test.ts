/** The policy file: what it accepts, how its parts fold, and where each value came from. */

import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/core/canonical.ts';
import { parseInstant } from '../../src/core/time.ts';
import type { Requirement, Sourced } from '../../src/policy/model.ts';
import { environmentOf, resolveRequirement } from '../../src/policy/resolve.ts';
import { DEFAULT_POLICY, parsePolicy } from '../../src/policy/schema.ts';
import { holdsAt } from '../../src/policy/waivers.ts';
import { aDatabase } from '../support/builders.ts';
import { aRequirement } from '../support/requirement-builder.ts';

const orders = aDatabase({ tags: { tier: 'gold' } });
const ACCOUNT = orders.accountId;

const builtIn = <T>(value: T): Sourced<T> => ({ value, origin: 'built-in default' });

function requirementOf(lines: readonly string[], database = orders): Requirement {
  return resolveRequirement(parsePolicy(['version: 1', ...lines].join('\n'), 'm.yaml'), database);
}

/** Whether a selector, written as YAML, picks the database. */
function picks(selector: string, database = orders): boolean {
  const lines = [
    `environments: { production: { accounts: ["${ACCOUNT}"] }, staging: { accounts: ["444455556666"] } }`,
    `databases: [{ match: ${selector}, dataLossMax: 1h }]`,
  ];
  return requirementOf(lines, database).rpoSecondsMax.value === 3_600;
}

describe('a requirement', () => {
  it('is strict without a file', () => {
    expect(resolveRequirement(DEFAULT_POLICY, orders)).toEqual({
      environment: builtIn(null),
      rpoSecondsMax: builtIn(86_400),
      rtoSecondsMax: builtIn(null),
      survivorsMin: {
        outside_plan: builtIn(1),
        outside_principal: builtIn(0),
        other_region: builtIn(0),
        other_account: builtIn(0),
      },
      survivorsAfterLossMin: [],
      restoreProof: {
        snapshot: builtIn('required'),
        pitr: builtIn('required'),
        vault: builtIn('required'),
        copy: builtIn('required'),
      },
      proofSecondsMax: {
        snapshot: builtIn(2_592_000),
        pitr: builtIn(2_592_000),
        vault: builtIn(2_592_000),
        copy: builtIn(2_592_000),
      },
      proofGradeMin: builtIn('queried'),
      detectionSeconds: builtIn(0),
      retentionSecondsMin: builtIn(null),
      waivers: [],
    });
  });

  it('is the same from a file that asks for nothing', () => {
    expect(requirementOf([])).toEqual(resolveRequirement(DEFAULT_POLICY, orders));
    expect(parsePolicy('version: 1', 'm.yaml')).toEqual({ ...DEFAULT_POLICY, origin: 'm.yaml' });
  });

  it('takes each value from the last layer that has it, and says which', () => {
    const requirement = requirementOf([
      'defaults: { dataLossMax: 12h, restoreTimeMax: 4h, proofGrade: compared, detectionTime: 90s }',
      `environments: { production: { accounts: ["${ACCOUNT}"], dataLossMax: 6h, retentionMin: 7d } }`,
      'databases:',
      '  - { match: { tags: { tier: gold } }, dataLossMax: 15m }',
      '  - { match: { identifier: "ord*s" }, restoreTimeMax: null }',
      '  - { match: { engine: mysql }, dataLossMax: 30d }',
    ]);
    expect(requirement).toMatchObject({
      environment: { value: { name: 'production', sandbox: false }, origin: 'm.yaml: environments.production' },
      rpoSecondsMax: { value: 900, origin: 'm.yaml: databases[0]' },
      rtoSecondsMax: { value: null, origin: 'm.yaml: databases[1]' },
      proofGradeMin: { value: 'compared', origin: 'm.yaml: defaults' },
      detectionSeconds: { value: 90, origin: 'm.yaml: defaults' },
      retentionSecondsMin: { value: 604_800, origin: 'm.yaml: environments.production' },
    });
  });

  it('folds each class of survivors by itself', () => {
    const requirement = requirementOf([
      'defaults: { survivors: { outsidePlan: 2, outsidePrincipal: 1 } }',
      `environments: { production: { accounts: ["${ACCOUNT}"], survivors: { otherRegion: 1, outsidePrincipal: 3 } } }`,
      'databases: [{ match: { engine: postgres }, survivors: { outsidePrincipal: 0 } }]',
    ]);
    expect(requirement.survivorsMin).toEqual({
      outside_plan: { value: 2, origin: 'm.yaml: defaults' },
      outside_principal: { value: 0, origin: 'm.yaml: databases[0]' },
      other_region: { value: 1, origin: 'm.yaml: environments.production' },
      other_account: builtIn(0),
    });
  });

  it('folds each claim by itself, and one value for all is one for each', () => {
    const requirement = requirementOf([
      'defaults: { restoreProof: advisory, proofAgeMax: { pitr: 7d, vault: 90d } }',
      'databases: [{ match: { engine: postgres }, restoreProof: { copy: required }, proofAgeMax: 20d }]',
    ]);
    expect(requirement.restoreProof).toEqual({
      snapshot: { value: 'advisory', origin: 'm.yaml: defaults' },
      pitr: { value: 'advisory', origin: 'm.yaml: defaults' },
      vault: { value: 'advisory', origin: 'm.yaml: defaults' },
      copy: { value: 'required', origin: 'm.yaml: databases[0]' },
    });
    expect(Object.values(requirement.proofSecondsMax)).toEqual(
      Array(4).fill({ value: 20 * 86_400, origin: 'm.yaml: databases[0]' }),
    );
    expect(requirementOf(['defaults: { proofAgeMax: { pitr: 7d } }']).proofSecondsMax).toMatchObject({
      pitr: { value: 604_800, origin: 'm.yaml: defaults' },
      vault: builtIn(2_592_000),
    });
  });

  it('asks after the losses that are named, in the order of their list, and a 0 takes one back', () => {
    const requirement = requirementOf([
      'defaults: { afterLoss: { bad_write: 1, region_lost: 2, key_destroyed: 1 } }',
      'databases: [{ match: { engine: postgres }, afterLoss: { bad_write: 0, region_lost: 1 } }]',
    ]);
    expect(requirement.survivorsAfterLossMin).toEqual([
      { loss: 'key_destroyed', min: { value: 1, origin: 'm.yaml: defaults' } },
      { loss: 'region_lost', min: { value: 1, origin: 'm.yaml: databases[0]' } },
    ]);
  });

  it('is built for tests with what is given, and what is built in beside it', () => {
    expect(aRequirement()).toEqual(resolveRequirement(DEFAULT_POLICY, orders));
    expect(aRequirement({ proofSecondsMax: { pitr: 60 }, restoreProof: 'advisory' })).toMatchObject({
      proofSecondsMax: { pitr: { value: 60, origin: 'test.yaml: defaults' }, copy: builtIn(2_592_000) },
      restoreProof: { copy: { value: 'advisory' }, pitr: { value: 'advisory' } },
    });
  });
});

describe('an environment', () => {
  const lines = [
    `environments: { lab: { accounts: ["444455556666"], sandbox: true }, production: { accounts: ["777788889999", "${ACCOUNT}"] } }`,
  ];
  const policy = parsePolicy(['version: 1', ...lines].join('\n'), 'm.yaml');

  it('is that of the account, and a sandbox where it says so', () => {
    expect(requirementOf(lines, aDatabase({ accountId: '444455556666' })).environment).toEqual({
      value: { name: 'lab', sandbox: true },
      origin: 'm.yaml: environments.lab',
    });
    expect(environmentOf(policy, ACCOUNT)?.name).toBe('production');
    expect(environmentOf(policy, '000000000000')).toBeNull();
  });

  it('is none where the policy names none, whatever the database is called', () => {
    expect(requirementOf(lines, aDatabase({ accountId: '000000000000', identifier: 'lab' })).environment).toEqual(
      builtIn(null),
    );
  });
});

describe('a selector', () => {
  it.each([
    ['{ identifier: orders }', true],
    ['{ identifier: order }', false],
    ['{ identifier: rders }', false],
    ['{ identifier: "*" }', true],
    ['{ identifier: "ord*" }', true],
    ['{ identifier: "*ers" }', true],
    ['{ identifier: "o*d*s" }', true],
    ['{ identifier: "orders*" }', true],
    ['{ identifier: "**orders**" }', true],
    ['{ identifier: "ord*ders" }', false],
    ['{ identifier: "o*rd*rd*s" }', false],
    ['{ identifier: "d*s" }', false],
    ['{ identifier: "o*d" }', false],
    ['{ identifier: "o.ders" }', false],
    ['{ identifier: ORDERS }', false],
    ['{ engine: postgres }', true],
    ['{ engine: postgre }', false],
    [`{ account: "${ACCOUNT}" }`, true],
    ['{ account: "000000000000" }', false],
    ['{ region: eu-west-1 }', true],
    ['{ region: eu-west-2 }', false],
    ['{ environment: production }', true],
    ['{ environment: staging }', false],
    ['{ tags: { tier: gold } }', true],
    ['{ tags: { tier: silver } }', false],
    ['{ tags: { tier: gold, team: payments } }', false],
    ['{ tags: { toString: x } }', false],
    ['{ tags: { __proto__: x } }', false],
    ['{ engine: postgres, region: eu-west-2 }', false],
  ])('that reads %s picks the database: %s', (selector, expected) => {
    expect(picks(selector)).toBe(expected);
  });

  it('matches a long pattern of many stars at once', () => {
    expect(picks(`{ identifier: "${'a*'.repeat(60)}b" }`, aDatabase({ identifier: 'a'.repeat(63) }))).toBe(false);
  });

  it('of an environment picks nothing in an account of none', () => {
    expect(picks('{ environment: production }', aDatabase({ accountId: '000000000000' }))).toBe(false);
  });
});

describe('a waiver', () => {
  const WAIVERS = [
    'waivers:',
    '  - match: { engine: mysql }',
    '    reason: restore_too_slow',
    '    by: Jane Doe <jane@example.com>',
    '    because: nobody waits for it',
    '    until: 2027-01-31',
    '  - match: { engine: postgres }',
    '    reason: restore_never_proven',
    '    by: "  Zoë   Ōta "',
    '    because: >',
    '      rebuilt from the ledger,',
    '      twice a year',
    '    until: 2027-01-31T18:00:00+01:00',
    '    acceptsUnknown: true',
  ];

  it('speaks of the databases that it picks, and nothing but what it says reaches a requirement', () => {
    expect(requirementOf(WAIVERS).waivers).toEqual([
      {
        value: {
          reason: 'restore_never_proven',
          by: 'Zoë Ōta',
          because: 'rebuilt from the ledger, twice a year',
          until: '2027-01-31T17:00:00.000Z',
          acceptsUnknown: true,
        },
        origin: 'm.yaml: waivers[1]',
      },
    ]);
  });

  it('until a day ends at the start of that day in UTC, and accepts no unknown unless it says so', () => {
    const [waiver] = requirementOf(WAIVERS, aDatabase({ engine: 'mysql' })).waivers;
    expect(waiver?.value).toMatchObject({ until: '2027-01-31T00:00:00.000Z', acceptsUnknown: false });
  });

  it('holds up to the instant at which it ends, and not at it', () => {
    const [waiver] = requirementOf(WAIVERS).waivers;
    expect(waiver && holdsAt(waiver.value, parseInstant('2027-01-31T16:59:59.999Z', 'test'))).toBe(true);
    expect(waiver && holdsAt(waiver.value, parseInstant('2027-01-31T17:00:00Z', 'test'))).toBe(false);
  });

  it('of an environment speaks of its accounts', () => {
    const lines = [
      `environments: { production: { accounts: ["${ACCOUNT}"] } }`,
      ...WAIVERS.map((line) => line.replace('engine: mysql', 'environment: production')),
    ];
    expect(requirementOf(lines).waivers.map(({ origin }) => origin)).toEqual([
      'm.yaml: waivers[0]',
      'm.yaml: waivers[1]',
    ]);
    expect(requirementOf(lines, aDatabase({ accountId: '000000000000' })).waivers).toHaveLength(1);
  });

  it('of a second reason for the same databases, or of one reason for others, is no repetition', () => {
    const second = ['  - match: { engine: postgres, region: eu-west-1 }', ...WAIVERS.slice(7, 14)];
    const third = ['  - match: { engine: postgres }', '    reason: restore_too_slow', ...WAIVERS.slice(3, 6)];
    expect(requirementOf([...WAIVERS, ...second, ...third]).waivers).toHaveLength(3);
  });
});

describe('a text of the greatest or the least length', () => {
  it.each([
    ['J', 'ten chars.'],
    ['J'.repeat(200), 'b'.repeat(1_000)],
  ])('is accepted in a waiver (%#)', (by, because) => {
    const lines = [
      `waivers: [{ match: { engine: postgres }, reason: restore_too_slow, by: ${by}, because: ${because}, until: 2027-01-31 }]`,
    ];
    expect(requirementOf(lines).waivers[0]?.value).toMatchObject({ by, because });
  });

  it('is accepted as an identifier', () => {
    const identifier = 'a'.repeat(255);
    expect(picks(`{ identifier: ${identifier} }`, aDatabase({ identifier }))).toBe(true);
  });
});

describe('a file', () => {
  it.each([
    ['defaults: { dataLossMax: 3650d }', 'rpoSecondsMax', 315_360_000],
    ['defaults: { dataLossMax: 1s }', 'rpoSecondsMax', 1],
    ['defaults: { restoreTimeMax: 90m }', 'rtoSecondsMax', 5_400],
    ['defaults: { detectionTime: 0s, retentionMin: 0s }', 'retentionSecondsMin', 0],
    ['defaults: { detectionTime: 7d, retentionMin: 7d }', 'detectionSeconds', 604_800],
    ['defaults: { detectionTime: 8d, retentionMin: null }', 'detectionSeconds', 691_200],
    ['defaults: { retentionMin: 3650d }', 'retentionSecondsMin', 315_360_000],
    ['defaults: { proofGrade: restored }', 'proofGradeMin', 'restored'],
  ] as const)('that reads %s is accepted', (line, key, value) => {
    expect(requirementOf([line])[key]).toEqual({ value, origin: 'm.yaml: defaults' });
  });

  it.each([
    ['outsidePlan: 10', 'outside_plan', 10],
    ['otherAccount: 0', 'other_account', 0],
  ] as const)('that wants survivors of %s is accepted', (line, name, value) => {
    expect(requirementOf([`defaults: { survivors: { ${line} } }`]).survivorsMin[name].value).toBe(value);
  });

  it('says how old an inventory may be, and how long a verdict is valid', () => {
    expect(parsePolicy('version: 1\ninventoryAgeMax: 2h\nverdictAgeMax: 10m', 'm.yaml')).toMatchObject({
      inventorySecondsMax: 7_200,
      verdictSecondsMax: 600,
    });
    expect(DEFAULT_POLICY).toMatchObject({ inventorySecondsMax: 3_600, verdictSecondsMax: 3_600 });
  });

  it('that is written in two ways is one policy, and a policy of another value another', () => {
    const digest = (line: string) => digestOf({ ...parsePolicy(`version: 1\n${line}`, 'a'), origin: null });
    expect(digest('defaults: { restoreProof: advisory, dataLossMax: 24h }')).toBe(
      digest(
        'defaults: { dataLossMax: 1d, restoreProof: { pitr: advisory, snapshot: advisory, vault: advisory, copy: advisory } }',
      ),
    );
    const waiver = (until: string) =>
      `waivers: [{ match: { engine: a }, reason: restore_too_slow, by: Jane, because: nobody waits, until: ${until} }]`;
    expect(digest(waiver('2027-01-31'))).not.toBe(digest(waiver('2027-02-01')));
    expect(digest(waiver('2027-01-31'))).toBe(digest(waiver('2027-01-31T01:00:00+01:00')));
  });
});
