/** What differs between two policies, and what a requirement says line by line. */

import { describe, expect, it } from 'vitest';
import { idleParts, limitChanges, policyChanges } from '../../src/policy/compare.ts';
import { durationWords, requirementLines, selectorWords } from '../../src/policy/lines.ts';
import { resolveRequirement } from '../../src/policy/resolve.ts';
import { type Policy, parsePolicy } from '../../src/policy/schema.ts';
import { aDatabase } from '../support/builders.ts';

const orders = aDatabase();
const billing = aDatabase({ identifier: 'billing', accountId: '444455556666' });

const policyOf = (text: string, origin = 'new.yaml'): Policy => parsePolicy(`version: 1\n${text}`, origin);
const changes = (before: string, after: string, databases = [orders]) =>
  policyChanges({ from: policyOf(before, 'old.yaml'), to: policyOf(after) }, databases).map(
    ({ database, key, from, to }) =>
      `${database.identifier}: ${key}: ${from.value} (${from.origin}) > ${to.value} (${to.origin})`,
  );
const waiver = (until: string, match = '{ engine: postgres }') =>
  `{ match: ${match}, reason: restore_too_slow, by: Jane, because: nobody waits, until: ${until} }`;

describe('a change', () => {
  it('is a value that differs, with where either was written', () => {
    expect(
      changes(
        'defaults: { dataLossMax: 24h }',
        'databases: [{ match: { identifier: billing }, dataLossMax: 90m, survivors: { otherRegion: 1 } }]',
        [orders, billing],
      ),
    ).toEqual([
      'billing: dataLossMax: 1 d (old.yaml: defaults) > 90 min (new.yaml: databases[0])',
      'billing: survivors.otherRegion: 0 (built-in default) > 1 (new.yaml: databases[0])',
    ]);
  });

  it('is none where the same value only stands elsewhere', () => {
    expect(
      changes(
        'defaults: { dataLossMax: 24h, restoreProof: required }',
        'databases: [{ match: { engine: postgres }, dataLossMax: 1d }]',
      ),
    ).toEqual([]);
  });

  it('in each kind of value is told by its key', () => {
    const told = changes(
      'defaults: {}',
      [
        'defaults:',
        '  restoreTimeMax: 4h',
        '  survivors: { outsidePlan: 2 }',
        '  afterLoss: { region_lost: 1 }',
        '  restoreProof: { pitr: advisory }',
        '  proofAgeMax: { vault: 90d }',
        '  proofGrade: compared',
        '  detectionTime: 90s',
        '  retentionMin: 7d',
        'environments: { lab: { accounts: ["123456789012"], sandbox: true } }',
      ].join('\n'),
    );
    expect(told).toEqual([
      'orders: environment: none (built-in default) > lab, a sandbox (new.yaml: environments.lab)',
      'orders: restoreTimeMax: none (built-in default) > 4 h (new.yaml: defaults)',
      'orders: survivors.outsidePlan: 1 (built-in default) > 2 (new.yaml: defaults)',
      'orders: afterLoss.region_lost: 0 (built-in default) > 1 (new.yaml: defaults)',
      'orders: restoreProof.pitr: required (built-in default) > advisory (new.yaml: defaults)',
      'orders: proofAgeMax.vault: 30 d (built-in default) > 90 d (new.yaml: defaults)',
      'orders: proofGrade: queried (built-in default) > compared (new.yaml: defaults)',
      'orders: detectionTime: 0 s (built-in default) > 90 s (new.yaml: defaults)',
      'orders: retentionMin: none (built-in default) > 7 d (new.yaml: defaults)',
    ]);
  });

  it('of a loss that is no longer asked after names who takes it back', () => {
    expect(
      changes(
        'defaults: { afterLoss: { bad_write: 1 } }',
        'defaults: { afterLoss: { bad_write: 1 } }\ndatabases: [{ match: { engine: postgres }, afterLoss: { bad_write: 0 } }]',
      ),
    ).toEqual(['orders: afterLoss.bad_write: 1 (old.yaml: defaults) > 0 (new.yaml: databases[0])']);
  });

  it('is a waiver that comes, goes, or ends at another time', () => {
    const ends = (day: string) => `by Jane until ${day}T00:00:00.000Z: nobody waits`;
    expect(changes('defaults: {}', `waivers: [${waiver('2027-01-31')}]`)).toEqual([
      `orders: waivers.restore_too_slow: none (built-in default) > ${ends('2027-01-31')} (new.yaml: waivers[0])`,
    ]);
    expect(changes(`waivers: [${waiver('2027-01-31')}]`, 'defaults: {}')).toEqual([
      `orders: waivers.restore_too_slow: ${ends('2027-01-31')} (old.yaml: waivers[0]) > none (built-in default)`,
    ]);
    expect(changes(`waivers: [${waiver('2027-01-31')}]`, `waivers: [${waiver('2027-02-28')}]`)).toHaveLength(1);
  });

  it('is none where two waivers of one reason only change places', () => {
    const [a, b] = [waiver('2027-01-31'), waiver('2027-02-28', '{ region: eu-west-1 }')];
    expect(changes(`waivers: [${a}, ${b}]`, `waivers: [${b}, ${a}]`)).toEqual([]);
    expect(changes(`waivers: [${a}, ${b}]`, `waivers: [${b}]`)).toHaveLength(1);
  });

  it('of a limit belongs to no database', () => {
    const pair = { from: policyOf('inventoryAgeMax: 1h', 'old.yaml'), to: policyOf('verdictAgeMax: 10m') };
    expect(limitChanges(pair)).toEqual([
      {
        key: 'verdictAgeMax',
        from: { value: '1 h', origin: 'old.yaml' },
        to: { value: '10 min', origin: 'new.yaml' },
      },
    ]);
    expect(limitChanges({ ...pair, to: policyOf('inventoryAgeMax: 2h') }).map(({ key }) => key)).toEqual([
      'inventoryAgeMax',
    ]);
  });
});

describe('the lines of a requirement', () => {
  const requirement = resolveRequirement(
    policyOf(
      [
        'defaults: { afterLoss: { region_lost: 1 } }',
        'environments: { lab: { accounts: ["123456789012"] } }',
        'waivers:',
        '  - { match: { engine: postgres }, reason: restore_proof_weak, by: Jane, because: nobody asks it, until: 2027-01-31, acceptsUnknown: true }',
      ].join('\n'),
    ),
    orders,
  );

  it('stand in the order of the file, one for each value that can be written', () => {
    expect(requirementLines(requirement).map(({ key }) => key)).toEqual([
      'environment',
      'dataLossMax',
      'restoreTimeMax',
      'survivors.outsidePlan',
      'survivors.outsidePrincipal',
      'survivors.otherRegion',
      'survivors.otherAccount',
      'afterLoss.region_lost',
      'restoreProof.snapshot',
      'restoreProof.pitr',
      'restoreProof.vault',
      'restoreProof.copy',
      'proofAgeMax.snapshot',
      'proofAgeMax.pitr',
      'proofAgeMax.vault',
      'proofAgeMax.copy',
      'proofGrade',
      'detectionTime',
      'retentionMin',
      'waivers.restore_proof_weak',
    ]);
  });

  it('say a value in words, with where it was written', () => {
    const lines = requirementLines(requirement);
    expect(lines[0]).toEqual({ key: 'environment', value: 'lab', origin: 'new.yaml: environments.lab' });
    expect(lines[1]).toEqual({ key: 'dataLossMax', value: '1 d', origin: 'built-in default' });
    expect(lines.at(-1)).toEqual({
      key: 'waivers.restore_proof_weak',
      value: 'by Jane until 2027-01-31T00:00:00.000Z, unknown accepted: nobody asks it',
      origin: 'new.yaml: waivers[0]',
    });
  });

  it.each([
    [null, 'none'],
    [0, '0 s'],
    [1, '1 s'],
    [60, '1 min'],
    [90, '90 s'],
    [3_600, '1 h'],
    [3_601, '3601 s'],
    [5_400, '90 min'],
    [86_400, '1 d'],
    [129_600, '36 h'],
    [2_592_000, '30 d'],
  ])('tell %j seconds as %s, exactly', (seconds, words) => {
    expect(durationWords(seconds)).toBe(words);
  });

  it('tell a selector in words', () => {
    expect(selectorWords({ tags: { tier: 'gold', team: 'a' }, engine: 'postgres', identifier: 'o*' })).toBe(
      'engine postgres, identifier o*, tag tier = gold, tag team = a',
    );
  });
});

describe('a part that picks nothing', () => {
  const policy = policyOf(
    [
      'environments: { lab: { accounts: ["444455556666"] }, empty: { accounts: ["777788889999"] } }',
      'databases:',
      '  - { match: { identifier: "ordres-*" }, dataLossMax: 1h }',
      '  - { match: { environment: lab }, dataLossMax: 1h }',
      `waivers: [${waiver('2027-01-31')}, ${waiver('2027-01-31', '{ environment: empty }')}]`,
    ].join('\n'),
  );

  it('is told, overrides first, with what it asks for', () => {
    expect(idleParts(policy, [orders, billing])).toEqual([
      { origin: 'new.yaml: databases[0]', match: 'identifier ordres-*' },
      { origin: 'new.yaml: waivers[1]', match: 'environment empty' },
    ]);
  });

  it('is every part where there is no database', () => {
    expect(idleParts(policy, [])).toHaveLength(4);
  });
});
