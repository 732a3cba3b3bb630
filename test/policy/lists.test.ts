/** The closed lists of a policy, held against those of the folders that come later in the flow. */

import { expect, it } from 'vitest';
import { CLAIMS, GRADES } from '../../src/drill/model.ts';
import { CLAIM_NAMES, PROOF_GRADES, REQUIRED_LOSSES, WAIVABLE, WAIVABLE_UNKNOWNS } from '../../src/policy/model.ts';
import { LOSSES } from '../../src/survival/losses.ts';
import { REASON_CODES, REASONS, type ReasonCode } from '../../src/verdict/reasons.ts';

it('the claims of a policy are those of drills', () => {
  expect(CLAIM_NAMES).toEqual(CLAIMS);
});

it('the grades of a policy are the upper three of drills', () => {
  expect(PROOF_GRADES).toEqual(GRADES.slice(-3));
});

it('every loss that may be required is one that can be asked about, in the same order', () => {
  expect(REQUIRED_LOSSES).toEqual(LOSSES.filter((loss) => (REQUIRED_LOSSES as readonly string[]).includes(loss)));
});

it('every reason that may be waived is one that a verdict gives, and blocks', () => {
  expect(WAIVABLE.filter((code) => !(REASON_CODES as readonly string[]).includes(code))).toEqual([]);
  expect(WAIVABLE.filter((code) => REASONS[code as ReasonCode]?.severity !== 'block')).toEqual([]);
});

it('the reasons that need the unknown accepted are those that may be waived and say unknown', () => {
  expect(WAIVABLE_UNKNOWNS).toEqual(WAIVABLE.filter((code) => REASONS[code as ReasonCode]?.forces === 'unknown'));
});
