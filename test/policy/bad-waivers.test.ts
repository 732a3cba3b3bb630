/**
 * Waivers that are refused: each with file, line, column, key, what stands there and what is accepted.
 */

import { expect, it } from 'vitest';
import { MusterError } from '../../src/core/errors.ts';
import { parsePolicy } from '../../src/policy/schema.ts';

const WAIVABLE_CODES =
  'survivor_only_in_plan, survivors_too_near, loss_not_survived, survivors_end_too_soon, retention_too_short, data_loss_exceeded, restore_never_proven, restore_proof_stale, restore_proof_weak, restore_time_unproven, restore_too_slow';
const SELECTOR_KEYS = 'identifier, engine, account, region, environment, tags';
const PERSON = 'the person who answers for it, such as Jane Doe <jane@example.com>';
const WHY = 'why it may pass, in 10 to 1000 characters';
const INSTANT = 'an instant such as 2027-01-31T18:00:00Z, or a day such as 2027-01-31 (its start in UTC)';

/** A policy with one waiver; a null leaves that line out. */
function waiver(fields: Readonly<Record<string, string | null>>, match = '{ engine: postgres }'): string {
  const lines = {
    reason: 'restore_too_slow',
    by: 'Jane Doe <jane@example.com>',
    because: 'rebuilt from the ledger',
    until: '2027-01-31',
    ...fields,
  };
  const written = Object.entries(lines).filter(([, value]) => value !== null);
  return [
    'version: 1',
    'waivers:',
    `  - match: ${match}`,
    ...written.map(([key, value]) => `    ${key}: ${value}`),
  ].join('\n');
}

const BAD_WAIVERS: readonly (readonly [text: string, message: string])[] = [
  [waiver({ reason: 'no_survivor' }), `p:4:13: waivers.0.reason: "no_survivor", expected one of ${WAIVABLE_CODES}`],
  [waiver({ reason: null }), `p:3:5: waivers.0.reason: missing, expected one of ${WAIVABLE_CODES}`],
  [
    waiver({ reason: 'restore_never_proven' }),
    'p:3:5: waivers.0.acceptsUnknown: missing; it must be true for restore_never_proven: unknown cannot be waived in silence',
  ],
  [
    waiver({ reason: 'restore_proof_stale', acceptsUnknown: 'false' }),
    'p:8:21: waivers.0.acceptsUnknown: false; it must be true for restore_proof_stale: unknown cannot be waived in silence',
  ],
  [
    waiver({ acceptsUnknown: 'true' }),
    'p:8:21: waivers.0.acceptsUnknown: true; it must be left out for restore_too_slow, which says what is known',
  ],
  [waiver({ acceptsUnknown: 'maybe' }), 'p:8:21: waivers.0.acceptsUnknown: "maybe", expected true or false'],
  [waiver({ by: null }), `p:3:5: waivers.0.by: missing, expected ${PERSON}`],
  [waiver({ by: '" "' }), `p:5:9: waivers.0.by: " ", expected ${PERSON}`],
  [waiver({ by: '4711' }), `p:5:9: waivers.0.by: 4711, expected ${PERSON}`],
  [waiver({ by: '["Jane"]' }), `p:5:9: waivers.0.by: a list, expected ${PERSON}`],
  [waiver({ by: '"Jane\\e[2J"' }), `p:5:9: waivers.0.by: "Jane\\u001b[2J", expected ${PERSON}`],
  [waiver({ because: 'later' }), `p:6:14: waivers.0.because: "later", expected ${WHY}`],
  [waiver({ because: '"          .        "' }), `p:6:14: waivers.0.because: "          .        ", expected ${WHY}`],
  [waiver({ because: null }), `p:3:5: waivers.0.because: missing, expected ${WHY}`],
  [waiver({ until: null }), `p:3:5: waivers.0.until: missing, expected ${INSTANT}`],
  [waiver({ until: 'soon' }), `p:7:12: waivers.0.until: "soon", expected ${INSTANT}`],
  [waiver({ until: '2027-02-30' }), `p:7:12: waivers.0.until: "2027-02-30", expected ${INSTANT}`],
  [waiver({ until: '2027-02-30T10:00:00Z' }), `p:7:12: waivers.0.until: "2027-02-30T10:00:00Z", expected ${INSTANT}`],
  [waiver({ until: '2027-01-31T10:00:00' }), `p:7:12: waivers.0.until: "2027-01-31T10:00:00", expected ${INSTANT}`],
  [waiver({ until: '2027-01-31T25:00:00Z' }), `p:7:12: waivers.0.until: "2027-01-31T25:00:00Z", expected ${INSTANT}`],
  [waiver({ until: '20270131' }), `p:7:12: waivers.0.until: 20270131, expected ${INSTANT}`],
  [waiver({ until: '2027' }), `p:7:12: waivers.0.until: 2027, expected ${INSTANT}`],
  [
    waiver({ until: '9999-12-31T23:59:59-12:00' }),
    `p:7:12: waivers.0.until: "9999-12-31T23:59:59-12:00", expected ${INSTANT}`,
  ],
  [
    waiver({ for: 'ever' }),
    'p:8:5: waivers.0: the key "for" is unknown, expected one of match, reason, by, because, until, acceptsUnknown',
  ],
  [
    `${waiver({})}\n${waiver({}).split('\n').slice(2).join('\n')}`,
    'p:9:13: waivers.1.reason: "restore_too_slow"; a reason must be waived once for the same databases: waivers.0 does it already',
  ],
  ['version: 1\nwaivers: all', 'p:2:10: waivers: "all", expected a list of waivers'],
  [waiver({}, '{}'), `p:3:12: waivers.0.match: a mapping, expected at least one of ${SELECTOR_KEYS}`],
  [
    waiver({}, '{ environment: production }'),
    'p:3:27: waivers.0.match.environment: "production", expected one that is declared under environments; none is',
  ],
  [
    waiver({ because: 'a'.repeat(1_001) }),
    `p:6:14: waivers.0.because: "${'a'.repeat(59)}… (1003 characters), expected ${WHY}`,
  ],
  [waiver({ because: 'nine char' }), `p:6:14: waivers.0.because: "nine char", expected ${WHY}`],
  [waiver({ by: 'a'.repeat(201) }), `p:5:9: waivers.0.by: "${'a'.repeat(59)}… (203 characters), expected ${PERSON}`],
  [waiver({ by: '"4711 / 42"' }), `p:5:9: waivers.0.by: "4711 / 42", expected ${PERSON}`],
];

it.each(BAD_WAIVERS)('a policy that reads %j is refused with its place', (text, message) => {
  expect(() => parsePolicy(text, 'p')).toThrow(MusterError);
  expect(() => parsePolicy(text, 'p')).toThrow(new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`));
});
