/**
 * Who is calling, and as whom else they may go on.
 *
 * A role the estate staged may be assumed by anybody in the lab who knows its external id; the session's access key is
 * made from the role and the session's name, and speaks for the role from then on.
 * Source: AWS STS API 2011-06-15, `GetCallerIdentity`, `AssumeRole`.
 */

import { createHash } from 'node:crypto';
import { parseArn, partitionOf, type Scope } from '../core/arn.ts';
import { addSeconds, type Instant } from '../core/time.ts';
import type { Caller } from './auth.ts';
import { AwsFault, refuseUnless } from './faults.ts';
import type { World } from './world.ts';
import type { Xml } from './xml.ts';

/** What came of one STS call. */
export interface StsReply {
  readonly body: readonly Xml[];
  readonly world: World;
}

const PARAMETERS = ['Action', 'Version', 'RoleArn', 'RoleSessionName', 'ExternalId', 'DurationSeconds'];
const SESSION_SECONDS = 3_600;

/** Answers one STS request. @throws AwsFault to refuse. */
export function callSts(
  form: URLSearchParams,
  world: World,
  from: { caller: Caller; scope: Scope; at: Instant },
): StsReply {
  const action = form.get('Action') ?? '';
  switch (action) {
    case 'GetCallerIdentity':
      return { body: identity(from.caller, from.scope), world };
    case 'AssumeRole':
      return assumeRole(form, world, from.caller, from.at);
    default:
      throw new AwsFault('InvalidAction', `The lab does not implement the STS action ${action}.`);
  }
}

function identity({ principal }: Caller, { region }: Scope): Xml[] {
  return [
    ['Arn', principal.arn.replace(/^arn:aws:/, `arn:${partitionOf(region)}:`)],
    ['UserId', principal.userId],
    ['Account', principal.accountId],
  ];
}

function assumeRole(form: URLSearchParams, world: World, { principal }: Caller, at: Instant): StsReply {
  for (const name of form.keys()) {
    refuseUnless(
      PARAMETERS.includes(name),
      'InvalidParameterValue',
      `The lab does not implement AssumeRole with ${name}.`,
    );
  }
  const roleArn = form.get('RoleArn') ?? '';
  const session = form.get('RoleSessionName') ?? '';
  refuseUnless(roleArn !== '' && session !== '', 'MissingParameter', 'RoleArn and RoleSessionName must be given.');
  const role = world.roles.find(({ arn }) => arn === roleArn);
  const arn = parseArn(roleArn);
  // AWS says the same of a role that is not there, is not trusted to us, or wants another external id.
  if (role === undefined || arn === null || (role.externalId !== null && form.get('ExternalId') !== role.externalId)) {
    const message = `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
    throw new AwsFault('AccessDenied', message);
  }
  const name = arn.resource.split('/').at(-1) ?? arn.resource;
  const hex = createHash('sha256').update(`${roleArn} ${session}`).digest('hex').toUpperCase();
  const accessKeyId = `ASIA${hex.slice(0, 16)}`;
  const assumed = {
    accountId: arn.accountId,
    arn: `arn:${arn.partition}:sts::${arn.accountId}:assumed-role/${name}/${session}`,
    userId: `AROA${hex.slice(16, 33)}:${session}`,
  };
  const body: Xml[] = [
    [
      'AssumedRoleUser',
      [
        ['Arn', assumed.arn],
        ['AssumedRoleId', assumed.userId],
      ],
    ],
    [
      'Credentials',
      [
        ['AccessKeyId', accessKeyId],
        ['SecretAccessKey', hex.toLowerCase()],
        ['SessionToken', `lab-session-${hex.slice(33)}`],
        ['Expiration', addSeconds(at, Number(form.get('DurationSeconds') ?? SESSION_SECONDS))],
      ],
    ],
  ];
  return { body, world: { ...world, principals: { ...world.principals, [accessKeyId]: assumed } } };
}
