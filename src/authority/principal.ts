/**
 * Who calls, as IAM knows it, and the calls by which a principal could give itself more.
 *
 * A session is not simulated; its role is. The role's path is not in the session's ARN, so a role with one has to be
 * named in full by whoever asks. Roles that a principal may assume or pass on are not followed; that it may is a doubt.
 * Source: AWS IAM User Guide, "IAM identifiers"; AWS IAM API, SimulatePrincipalPolicy, PolicySourceArn; AWS Service
 * Authorization Reference, "Actions, resources, and condition keys for AWS Identity and Access Management".
 */

import { parseArn } from '../core/arn.ts';
import type { Authority, Call } from './authority.ts';

/** The identity whose policies bind a caller; null for one that has none of its own to ask about. */
export function identityOf(callerArn: string): string | null {
  const arn = parseArn(callerArn);
  if (arn === null) return null;
  if (arn.service === 'iam') return arn.resourceType === 'user' || arn.resourceType === 'role' ? callerArn : null;
  if (arn.service !== 'sts' || arn.resourceType !== 'assumed-role') return null;
  const [role = ''] = arn.resource.split('/');
  return `arn:${arn.partition}:iam::${arn.accountId}:role/${role}`;
}

/** True for the root user of an account, whom no policy of the account's own binds. */
export function isRoot(callerArn: string): boolean {
  const arn = parseArn(callerArn);
  return arn !== null && arn.service === 'iam' && arn.resourceType === '' && arn.resource === 'root';
}

const ON_ONESELF = {
  role: [
    'iam:AttachRolePolicy',
    'iam:PutRolePolicy',
    'iam:DetachRolePolicy',
    'iam:DeleteRolePolicy',
    'iam:DeleteRolePermissionsBoundary',
    'iam:PutRolePermissionsBoundary',
  ],
  user: [
    'iam:AttachUserPolicy',
    'iam:PutUserPolicy',
    'iam:DetachUserPolicy',
    'iam:DeleteUserPolicy',
    'iam:DeleteUserPermissionsBoundary',
    'iam:PutUserPermissionsBoundary',
  ],
} as const;
/** By the groups that only a user can be in: joined, left, given more or rid of what they deny. */
const ON_GROUPS = [
  'iam:AddUserToGroup',
  'iam:RemoveUserFromGroup',
  'iam:AttachGroupPolicy',
  'iam:PutGroupPolicy',
  'iam:DetachGroupPolicy',
  'iam:DeleteGroupPolicy',
] as const;
/**
 * By something else: a policy of its own rewritten, a role assumed or made to trust it, a role handed to a service that
 * acts with it, the keys or the password of another user made.
 */
const ON_OTHERS = [
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:UpdateAssumeRolePolicy',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:UpdateLoginProfile',
  'iam:PassRole',
  'sts:AssumeRole',
] as const;

/** The calls by which an identity could change what it may call. @param identity Null when nobody said who it is. */
export function escalationsOf(identity: string | null): readonly Call[] {
  const type = identity === null ? undefined : parseArn(identity)?.resourceType;
  const own = type === 'role' || type === 'user' ? ON_ONESELF[type] : [...ON_ONESELF.role, ...ON_ONESELF.user];
  return [
    ...own.map((action) => ({ action, resource: identity })),
    ...[...(type === 'role' ? [] : ON_GROUPS), ...ON_OTHERS].map((action) => ({ action, resource: null })),
  ];
}

/** The authority, with no denial counted on that the identity could lift by itself. */
export function unlessLifted(permits: Authority, identity: string | null): Authority {
  const lifts = escalationsOf(identity).some((call) => permits(call) !== 'denied');
  if (!lifts) return permits;
  return (call) => (permits(call) === 'denied' ? 'unknown' : permits(call));
}
