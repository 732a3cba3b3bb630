/**
 * Who a caller is to IAM, what simulated answers amount to, and denials that a principal could lift by itself.
 */

import { describe, expect, it } from 'vitest';
import type { Authority } from '../../src/authority/authority.ts';
import { permitAll, permitAny } from '../../src/authority/authority.ts';
import { escalationsOf, identityOf, isRoot, unlessLifted } from '../../src/authority/principal.ts';
import { authorityOfAnswers, type SimulatedAnswer } from '../../src/authority/simulated.ts';

const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const CALL = { action: 'rds:DeleteDBSnapshot', resource: 'arn:s' };

describe('an identity', () => {
  it.each([
    ['arn:aws:sts::123456789012:assumed-role/deploy/agent', ROLE],
    ['arn:aws-cn:sts::123456789012:assumed-role/deploy/a/b', 'arn:aws-cn:iam::123456789012:role/deploy'],
    [ROLE, ROLE],
    ['arn:aws:iam::123456789012:user/team/kim', 'arn:aws:iam::123456789012:user/team/kim'],
    ['arn:aws:sts::123456789012:federated-user/kim', null],
    ['arn:aws:iam::123456789012:root', null],
    ['arn:aws:iam::123456789012:group/team', null],
    ['deploy', null],
  ])('of %s is %s', (caller, identity) => {
    expect(identityOf(caller)).toBe(identity);
  });

  it('that is root is told from a user of that name', () => {
    expect(isRoot('arn:aws:iam::123456789012:root')).toBe(true);
    expect(isRoot('arn:aws:iam::123456789012:user/root')).toBe(false);
    expect(isRoot(ROLE)).toBe(false);
  });
});

describe('a denial', () => {
  const only =
    (...allowed: string[]): Authority =>
    ({ action }) =>
      allowed.includes(action) ? 'allowed' : 'denied';

  it.each([
    ['iam:AttachRolePolicy', 'unknown'],
    ['iam:PutRolePolicy', 'unknown'],
    ['iam:DetachRolePolicy', 'unknown'],
    ['iam:DeleteRolePolicy', 'unknown'],
    ['iam:DeleteRolePermissionsBoundary', 'unknown'],
    ['iam:CreatePolicyVersion', 'unknown'],
    ['iam:SetDefaultPolicyVersion', 'unknown'],
    ['iam:PutRolePermissionsBoundary', 'unknown'],
    ['iam:UpdateAssumeRolePolicy', 'unknown'],
    ['iam:CreateAccessKey', 'unknown'],
    ['iam:CreateLoginProfile', 'unknown'],
    ['iam:UpdateLoginProfile', 'unknown'],
    ['sts:AssumeRole', 'unknown'],
    ['iam:PassRole', 'unknown'],
    ['iam:PutUserPolicy', 'denied'],
    ['iam:AddUserToGroup', 'denied'],
    ['rds:DescribeDBInstances', 'denied'],
  ])('to a role that may call %s is %s', (action, permit) => {
    expect(unlessLifted(only(action), ROLE)(CALL)).toBe(permit);
  });

  it.each([
    'iam:PutUserPermissionsBoundary',
    'iam:AddUserToGroup',
    'iam:RemoveUserFromGroup',
    'iam:AttachGroupPolicy',
    'iam:PutGroupPolicy',
    'iam:DetachGroupPolicy',
    'iam:DeleteGroupPolicy',
  ])('to a user that may call %s is unknown', (action) => {
    expect(unlessLifted(only(action), 'arn:aws:iam::123456789012:user/kim')(CALL)).toBe('unknown');
  });

  it('of somebody whom nobody named is lifted by what lifts it of a user or of a role', () => {
    expect(unlessLifted(only('iam:PutUserPolicy'), null)(CALL)).toBe('unknown');
    expect(unlessLifted(only('iam:PutRolePolicy'), null)(CALL)).toBe('unknown');
    expect(unlessLifted(only(), null)(CALL)).toBe('denied');
  });

  it('is asked about on oneself, and what is allowed stays so', () => {
    expect(escalationsOf(ROLE)).toContainEqual({ action: 'iam:PutRolePolicy', resource: ROLE });
    expect(unlessLifted(only('sts:AssumeRole', CALL.action), ROLE)(CALL)).toBe('allowed');
  });
});

describe('a simulated answer', () => {
  const answer = (fields: Partial<SimulatedAnswer> = {}): SimulatedAnswer => ({
    ...CALL,
    decision: 'implicitDeny',
    leansOnContext: false,
    deniedUnseen: false,
    ...fields,
  });

  it.each<[Partial<SimulatedAnswer>, string]>([
    [{ decision: 'allowed' }, 'allowed'],
    [{ decision: 'allowed', leansOnContext: true }, 'allowed'],
    [{ decision: 'implicitDeny' }, 'denied'],
    [{ decision: 'explicitDeny' }, 'denied'],
    [{ decision: 'explicitDeny', leansOnContext: true }, 'unknown'],
    [{ decision: 'implicitDeny', leansOnContext: true }, 'unknown'],
    [{ decision: 'explicitDeny', deniedUnseen: true }, 'unknown'],
    [{ resource: 'arn:other' }, 'unknown'],
    [{ action: 'RDS:deletedbsnapshot', decision: 'allowed' }, 'allowed'],
  ])('%j is %s', (fields, permit) => {
    expect(authorityOfAnswers([answer(fields)])(CALL)).toBe(permit);
  });

  it('on a key that no policy mentions is unknown: the key has a policy of its own', () => {
    const call = { action: 'kms:DisableKey', resource: 'arn:k' };
    expect(authorityOfAnswers([answer(call)])(call)).toBe('unknown');
    expect(authorityOfAnswers([answer({ ...call, decision: 'explicitDeny' })])(call)).toBe('denied');
  });

  it('that nothing allows on every thing may be allowed on some', () => {
    const open = { action: 'sts:AssumeRole', resource: null };
    expect(authorityOfAnswers([answer(open)])(open)).toBe('unknown');
    expect(authorityOfAnswers([answer({ ...open, decision: 'explicitDeny' })])(open)).toBe('denied');
    expect(authorityOfAnswers([answer({ ...open, decision: 'allowed' })])(open)).toBe('allowed');
  });

  it('given twice counts by the more permissive, in whatever order', () => {
    const both = [answer(), answer({ decision: 'allowed' })];
    for (const answers of [both, both.toReversed()]) expect(authorityOfAnswers(answers)(CALL)).toBe('allowed');
  });
});

describe('several calls', () => {
  const permits: Authority = ({ action }) => (action === 'a' ? 'allowed' : action === 'u' ? 'unknown' : 'denied');
  const call = (action: string) => ({ action, resource: null });
  it.each([
    [[], 'allowed'],
    [['a', 'a'], 'allowed'],
    [['a', 'u'], 'unknown'],
    [['a', 'u', 'd'], 'denied'],
  ])('all of %j are %s', (names, permit) => {
    expect(permitAll(permits, names.map(call))).toBe(permit);
  });

  it.each([
    [[], 'denied'],
    [['d', 'u'], 'unknown'],
    [['d', 'u', 'a'], 'allowed'],
    [['d'], 'denied'],
  ])('one of %j is %s', (names, permit) => {
    expect(
      permitAny(
        permits,
        names.map((name) => [call(name)]),
      ),
    ).toBe(permit);
  });
});
