/** The policy file: what it accepts, how overrides fold, and where each value came from. */

import { describe, expect, it } from 'vitest';
import { MusterError } from '../../src/core/errors.ts';
import { resolveRequirement } from '../../src/policy/resolve.ts';
import { DEFAULT_POLICY, parsePolicy } from '../../src/policy/schema.ts';
import { aDatabase } from '../support/builders.ts';

const orders = aDatabase({ tags: { env: 'production' } });

describe('a requirement', () => {
  it('is strict without a file', () => {
    expect(resolveRequirement(DEFAULT_POLICY, orders)).toEqual({
      rpoSecondsMax: { value: 86_400, origin: 'built-in default' },
      rtoSecondsMax: { value: null, origin: 'built-in default' },
      survivorsOutsidePlanMin: { value: 1, origin: 'built-in default' },
      restoreProof: { value: 'required', origin: 'built-in default' },
      proofSecondsMax: { value: 2_592_000, origin: 'built-in default' },
    });
  });

  it('takes each value from the last layer that has it, and says which', () => {
    const policy = parsePolicy(
      [
        'version: 1',
        'defaults: { dataLossMax: 12h, restoreTimeMax: 4h }',
        'databases:',
        '  - match: { tags: { env: production } }',
        '    dataLossMax: 1h',
        '  - match: { identifier: "ord*s" }',
        '    restoreTimeMax: null',
        '  - match: { engine: mysql }',
        '    dataLossMax: 30d',
      ].join('\n'),
      'muster.yaml',
    );
    expect(resolveRequirement(policy, orders)).toMatchObject({
      rpoSecondsMax: { value: 3_600, origin: 'muster.yaml: databases[0]' },
      rtoSecondsMax: { value: null, origin: 'muster.yaml: databases[1]' },
      proofSecondsMax: { origin: 'built-in default' },
    });
  });

  it('does not read a dot in a selector as any character', () => {
    const policy = parsePolicy('version: 1\ndatabases: [{ match: { identifier: "o.ders" }, dataLossMax: 1h }]', 'p');
    expect(resolveRequirement(policy, orders).rpoSecondsMax.value).toBe(86_400);
  });
});

describe('a file', () => {
  it.each([
    ['version: 2', 'p:1:10: version: 2, expected 1'],
    ['version: 1\nrpo: 1h', 'p:2:1: the file: the key "rpo" is unknown, expected one of '],
    [
      'version: 1\ndefaults: { dataLossMax: soon }',
      'p:2:26: defaults.dataLossMax: "soon", expected a duration such as 90s, 15m, 24h or 30d',
    ],
    ['version: 1\ndefaults: { survivorsOutsidePlan: 0 }', 'p:2:35: defaults.survivorsOutsidePlan: 0, expected '],
    [
      'version: 1\ndatabases: [{ match: {}, dataLossMax: 1h }]',
      'p:2:22: databases.0.match: a mapping, expected at least one of',
    ],
    ['version: 1\ndatabases: [{ dataLossMax: 1h }]', 'p:2:13: databases.0.match: missing, expected '],
    ['version: 1\n  x: y: z', 'p:1:10: not YAML'],
  ])('that reads %j is refused with its place', (text, message) => {
    expect(() => parsePolicy(text, 'p')).toThrow(MusterError);
    expect(() => parsePolicy(text, 'p')).toThrow(message);
  });
});
