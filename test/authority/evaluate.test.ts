/**
 * What IAM policies let an identity call: AWS's order of evaluation, and doubt always on the side of "it can".
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Call, PERMITS } from '../../src/authority/authority.ts';
import { authorityOfPolicies, decisionOn } from '../../src/authority/evaluate.ts';
import { readPolicyDocuments } from '../../src/authority/policy-document.ts';
import { coversAction, coversResource } from '../../src/authority/wildcard.ts';

const ARN = 'arn:aws:rds:eu-west-1:123456789012:snapshot:orders-manual';
/** A policy variable, which a template string must not take for one of its own. */
const VARIABLE = ['$', '{aws:username}'].join('');
const CALL: Call = { action: 'rds:DeleteDBSnapshot', resource: ARN };

type Statement = Readonly<Record<string, unknown>>;
const documents = (...statements: Statement[]) =>
  readPolicyDocuments(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'test.json');
const allow = (more: Statement = {}): Statement => ({ Effect: 'Allow', Action: 'rds:*', Resource: '*', ...more });
const deny = (more: Statement = {}): Statement => ({ ...allow(more), Effect: 'Deny' });
const CONDITION = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };

function decide(statements: readonly Statement[], call: Call = CALL, boundary: readonly Statement[] | null = null) {
  const bounds = boundary === null ? null : documents(...boundary);
  return decisionOn({ documents: documents(...statements), boundary: bounds }, call);
}

describe('a call', () => {
  it.each<[string, readonly Statement[], string]>([
    ['that nothing mentions', [allow({ Action: 's3:*' })], 'implicit_deny'],
    ['that a service wildcard allows', [allow()], 'allowed'],
    ['that everything allows', [allow({ Action: '*' })], 'allowed'],
    ['allowed in other letters', [allow({ Action: 'RDS:deletedbsnapshot' })], 'allowed'],
    ['of another name', [allow({ Action: 'rds:DeleteDBSnapshots' })], 'implicit_deny'],
    ['allowed by one of a list', [allow({ Action: ['s3:*', 'rds:Delete*'] })], 'allowed'],
    ['allowed by a question mark', [allow({ Action: 'rds:Delete??Snapshot' })], 'allowed'],
    ['with a question mark too few', [allow({ Action: 'rds:Delete?Snapshot' })], 'implicit_deny'],
    ['left out by NotAction', [allow({ Action: undefined, NotAction: 'rds:Delete*' })], 'implicit_deny'],
    ['not left out by NotAction', [allow({ Action: undefined, NotAction: 's3:*' })], 'allowed'],
    ['on a thing of its name', [allow({ Resource: ARN })], 'allowed'],
    ['on a thing of another name', [allow({ Resource: `${ARN}-2` })], 'implicit_deny'],
    ['on a thing in other letters', [allow({ Resource: ARN.toUpperCase().replace('ARN', 'arn') })], 'implicit_deny'],
    ['on a thing by wildcards', [allow({ Resource: 'arn:aws:rds:*:*:snapshot:orders-*' })], 'allowed'],
    ['on a thing of another account', [allow({ Resource: 'arn:aws:rds:*:210987654321:snapshot:*' })], 'implicit_deny'],
    ['on a thing that NotResource leaves out', [allow({ Resource: undefined, NotResource: ARN })], 'implicit_deny'],
    ['on a thing that NotResource keeps', [allow({ Resource: undefined, NotResource: `${ARN}-2` })], 'allowed'],
    ['that is denied too', [allow(), deny({ Resource: ARN })], 'explicit_deny'],
    ['that is denied first', [deny(), allow()], 'explicit_deny'],
    ['that is only denied', [deny()], 'explicit_deny'],
    ['denied elsewhere', [allow(), deny({ Resource: `${ARN}-2` })], 'allowed'],
    [
      'denied but for others',
      [allow(), deny({ Action: undefined, NotAction: 'rds:DeleteDBInstance' })],
      'explicit_deny',
    ],
    [
      'denied on all but another thing',
      [allow(), deny({ Resource: undefined, NotResource: `${ARN}-2` })],
      'explicit_deny',
    ],
    ['denied on all but this thing', [allow(), deny({ Resource: undefined, NotResource: ARN })], 'allowed'],
    ['allowed on a condition', [allow({ Condition: CONDITION })], 'may_allow'],
    ['allowed on a condition and without', [allow({ Condition: CONDITION }), allow()], 'allowed'],
    ['allowed on an empty condition', [allow({ Condition: {} })], 'allowed'],
    ['denied on a condition', [allow(), deny({ Condition: CONDITION })], 'allowed'],
    ['denied on a condition and without', [allow(), deny({ Condition: CONDITION }), deny()], 'explicit_deny'],
    ['on a thing that a variable names', [allow({ Resource: `arn:aws:rds:*:*:snapshot:${VARIABLE}-*` })], 'may_allow'],
    ['on a thing beside a variable', [allow({ Resource: `arn:aws:rds:*:*:db:${VARIABLE}` })], 'implicit_deny'],
    [
      'denied on a thing that a variable names',
      [allow(), deny({ Resource: `arn:aws:rds:*:*:snapshot:${VARIABLE}` })],
      'allowed',
    ],
    ['on a thing by a wildcard across segments', [allow({ Resource: 'arn:aws:rds:*orders-manual' })], 'may_allow'],
    ['denied by a wildcard across segments', [allow(), deny({ Resource: 'arn:aws:rds:*orders-manual' })], 'allowed'],
  ])('%s', (_, statements, expected) => {
    expect(decide(statements.map((one) => JSON.parse(JSON.stringify(one)) as Statement))).toBe(expected);
  });

  it('is denied by one document though another allows it', () => {
    const text = JSON.stringify([{ Statement: allow() }, { Statement: [deny()] }]);
    expect(decisionOn({ documents: readPolicyDocuments(text, 'two.json'), boundary: null }, CALL)).toBe(
      'explicit_deny',
    );
  });

  it.each<[string, readonly Statement[], readonly Statement[], string]>([
    ['what it does not allow', [allow()], [allow({ Action: 's3:*' })], 'implicit_deny'],
    ['nothing that it allows', [allow()], [allow()], 'allowed'],
    ['what it denies', [allow()], [allow(), deny()], 'explicit_deny'],
    ['certainty, on a condition', [allow()], [allow({ Condition: CONDITION })], 'may_allow'],
    ['no denial', [deny()], [allow()], 'explicit_deny'],
    ['nothing it could grant', [allow({ Action: 's3:*' })], [allow()], 'implicit_deny'],
  ])('a boundary takes away %s', (_, statements, boundary, expected) => {
    expect(decide(statements, CALL, boundary)).toBe(expected);
  });
});

describe('on whichever thing', () => {
  const open: Call = { action: 'sts:AssumeRole', resource: null };
  it.each<[string, readonly Statement[], string]>([
    ['everything is allowed', [allow({ Action: 'sts:*' })], 'allowed'],
    ['one thing may serve', [allow({ Action: 'sts:*', Resource: 'arn:aws:iam::123456789012:role/x' })], 'may_allow'],
    [
      'a denial of one thing denies nothing',
      [allow({ Action: '*' }), deny({ Action: 'sts:*', Resource: 'arn:aws:iam::1:role/x' })],
      'allowed',
    ],
    ['a denial of all denies', [allow({ Action: '*' }), deny({ Action: 'sts:*' })], 'explicit_deny'],
  ])('%s', (_, statements, expected) => {
    expect(decide(statements, open)).toBe(expected);
  });
});

describe('what is mentioned by nobody', () => {
  const permits = authorityOfPolicies({ documents: documents(allow({ Action: 's3:*' })), boundary: null });
  it.each([
    ['rds:DeleteDBSnapshot', 'denied'],
    ['kms:ScheduleKeyDeletion', 'unknown'],
    ['backup:DeleteRecoveryPoint', 'unknown'],
  ])('%s is %s', (action, permit) => {
    expect(permits({ action, resource: ARN })).toBe(permit);
  });

  it('is denied where a statement says so, whatever the policy of the key', () => {
    const strict = authorityOfPolicies({ documents: documents(deny({ Action: 'kms:*' })), boundary: null });
    expect(strict({ action: 'kms:DisableKey', resource: 'arn:aws:kms:eu-west-1:123456789012:key/0' })).toBe('denied');
  });
});

describe('over whatever policies', () => {
  const pattern = fc.constantFrom('*', 'rds:*', 'rds:Delete*', 'rds:DeleteDBSnapshot', 'rds:DeleteDBInstance', 'kms:*');
  const resource = fc.constantFrom(
    '*',
    ARN,
    `${ARN}-2`,
    'arn:aws:rds:*:*:snapshot:*',
    'arn:aws:rds:*manual',
    `arn:aws:rds:*:*:snapshot:${VARIABLE}*`,
  );
  const statement = fc
    .record({
      Effect: fc.constantFrom('Allow', 'Deny'),
      except: fc.boolean(),
      keep: fc.boolean(),
      pattern,
      resource,
      conditional: fc.boolean(),
    })
    .map(({ Effect, except, keep, pattern: action, resource: on, conditional }) => ({
      Effect,
      [except ? 'NotAction' : 'Action']: action,
      [keep ? 'NotResource' : 'Resource']: on,
      ...(conditional ? { Condition: CONDITION } : {}),
    }));
  const statements = fc.array(statement, { minLength: 1, maxLength: 5 });
  const rank = (list: readonly Statement[], boundary: readonly Statement[] | null = null) => {
    const bounds = boundary === null ? null : documents(...boundary);
    return PERMITS.indexOf(authorityOfPolicies({ documents: documents(...list), boundary: bounds })(CALL));
  };

  it('one more Allow never takes away, one more Deny and a boundary never give', () => {
    fc.assert(
      fc.property(statements, statement, statements, (list, more, boundary) => {
        const before = rank(list);
        const after = rank([...list, more]);
        if (more.Effect === 'Allow') expect(after).toBeGreaterThanOrEqual(before);
        else expect(after).toBeLessThanOrEqual(before);
        expect(rank(list, boundary)).toBeLessThanOrEqual(before);
      }),
    );
  });

  it('the order of statements and documents decides nothing', () => {
    fc.assert(
      fc.property(statements, (list) => {
        expect(rank([...list].reverse())).toBe(rank(list));
        const apart = readPolicyDocuments(JSON.stringify(list.map((one) => ({ Statement: one }))), 'apart.json');
        expect(PERMITS.indexOf(authorityOfPolicies({ documents: apart, boundary: null })(CALL))).toBe(rank(list));
      }),
    );
  });

  it('an Allow on a condition is never a denial, and a Deny on one never denies', () => {
    fc.assert(
      fc.property(statements, (list) => {
        const calmed = list.map((one) => ({ ...one, Condition: CONDITION }));
        if (list.some((one) => rank([one]) > 0)) expect(rank(calmed)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a pattern', () => {
  it('matches as the regular expression does that says the same', () => {
    const sign = fc.constantFrom('a', 'b', ':', '*', '?', '.', '[', '$');
    const text = (of: fc.Arbitrary<string>) => fc.array(of, { maxLength: 12 }).map((signs) => signs.join(''));
    const letters = text(fc.constantFrom('a', 'b', ':', '.', '[', '$'));
    fc.assert(
      fc.property(text(sign), letters, (glob, name) => {
        const source = glob.replace(/[.[$]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
        expect(coversAction([glob], name)).toBe(new RegExp(`^${source}$`).test(name));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of many stars is answered all the same', () => {
    expect(coversAction([`${'*a'.repeat(40)}b`], 'a'.repeat(4_000))).toBe(false);
  });

  it('covers nothing when there is none', () => {
    expect(coversResource([], ARN)).toBe('no');
  });
});
