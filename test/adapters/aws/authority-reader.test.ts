/**
 * Asking IAM what a principal may call: in few calls, read to the end, and a refusal is a gap that leaves it unknown.
 */

import { describe, expect, it } from 'vitest';
import { createAuthorityReader } from '../../../src/adapters/aws/authority-reader.ts';
import type { Call } from '../../../src/authority/authority.ts';
import { authorityOfAnswers } from '../../../src/authority/simulated.ts';
import { estateNamed } from '../../../src/lab/estates/estates.ts';
import type { IdentityStatement } from '../../../src/lab/world.ts';
import { labClients, queryError, type Call as Sent, type Tamper } from '../../support/aws-lab.ts';

const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const arn = (name: string) => `arn:aws:rds:eu-west-1:123456789012:snapshot:${name}`;
const deletion = (name: string): Call => ({ action: 'rds:DeleteDBSnapshot', resource: arn(name) });

function allow(fields: Partial<IdentityStatement> = {}): IdentityStatement {
  return { effect: 'Allow', actions: ['rds:*'], resources: ['*'], conditionKeys: [], ...fields };
}

/** What a role with these statements may call, and what was sent to find out. */
async function ask(
  statements: readonly IdentityStatement[],
  calls: readonly Call[],
  tamper: Tamper = () => null,
  identity = ROLE,
) {
  const sent: Sent[] = [];
  const { clients } = labClients((at) => ({ ...estateNamed('empty')(at), policies: { [ROLE]: [statements] } }), {
    tamper: (call) => {
      sent.push(call);
      return tamper(call);
    },
  });
  const { answers, gaps } = await createAuthorityReader(clients).simulate(identity, calls);
  const permits = authorityOfAnswers(answers);
  return { permits: calls.map(permits), gaps, sent };
}

const resourcesOf = ({ parameters }: Sent) =>
  [...parameters.keys()].filter((key) => key.startsWith('ResourceArns')).length;
const actionsOf = ({ parameters }: Sent) =>
  [...parameters.keys()].filter((key) => key.startsWith('ActionNames')).length;

describe('a principal', () => {
  it('may call what its policies allow, thing by thing', async () => {
    const statements = [allow({ resources: [arn('a'), arn('b')] }), allow({ effect: 'Deny', resources: [arn('b')] })];
    const { permits, gaps } = await ask(statements, [deletion('a'), deletion('b'), deletion('c')]);
    expect(permits).toEqual(['allowed', 'denied', 'denied']);
    expect(gaps).toEqual([]);
  });

  it('may perhaps call what a condition decides', async () => {
    expect((await ask([allow({ conditionKeys: ['aws:SourceIp'] })], [deletion('a')])).permits).toEqual(['unknown']);
  });

  it('is asked about one thing, and about whichever thing serves it', async () => {
    const open: Call = { action: 'sts:AssumeRole', resource: null };
    const { permits, sent } = await ask([allow({ actions: ['sts:*'] })], [deletion('a'), open]);
    expect(permits).toEqual(['denied', 'allowed']);
    expect(sent.map(resourcesOf)).toEqual([1, 0]);
  });
});

describe('the calls that ask', () => {
  it('hold what is asked of the same things together, and no more than IAM takes', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `s${index}`);
    const both = names.flatMap((name) => [deletion(name), { action: 'rds:ModifyDBSnapshot', resource: arn(name) }]);
    const { permits, sent } = await ask([allow()], both);
    expect(new Set(permits)).toEqual(new Set(['allowed']));
    expect(sent.map((call) => `${actionsOf(call)} of ${resourcesOf(call)}`)).toEqual(['2 of 50', '2 of 50', '2 of 20']);
  });

  it('are never made for nothing', async () => {
    expect((await ask([], [])).sent).toEqual([]);
  });

  it('follow the marker to the last page', async () => {
    const page = (action: string, marker: string | null) => {
      const body = `<EvalActionName>${action}</EvalActionName><EvalDecision>allowed</EvalDecision>`;
      const more =
        marker === null
          ? '<IsTruncated>false</IsTruncated>'
          : `<IsTruncated>true</IsTruncated><Marker>${marker}</Marker>`;
      const result = `<EvaluationResults><member>${body}</member></EvaluationResults>${more}`;
      return {
        status: 200,
        body: `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult>${result}</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`,
      };
    };
    const tamper: Tamper = ({ parameters }) =>
      parameters.get('Marker') === 'm' ? page('rds:B', null) : page('rds:A', 'm');
    const calls = ['rds:A', 'rds:B', 'rds:C'].map((action) => ({ action, resource: arn('a') }));
    expect((await ask([], calls, tamper)).permits).toEqual(['allowed', 'allowed', 'unknown']);
  });
});

describe('a denial by a policy that is not shown', () => {
  const answered = (organization: string, matched: string) => {
    const grounds = `<EvalResourceDecision>explicitDeny</EvalResourceDecision><MatchedStatements>${matched}</MatchedStatements>`;
    const specific = `<ResourceSpecificResults><member><EvalResourceName>${arn('a')}</EvalResourceName>${grounds}</member></ResourceSpecificResults>`;
    const whole = `<EvalActionName>rds:DeleteDBSnapshot</EvalActionName><EvalDecision>explicitDeny</EvalDecision>${organization}${specific}`;
    const result = `<EvaluationResults><member>${whole}</member></EvaluationResults><IsTruncated>false</IsTruncated>`;
    const body = `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult>${result}</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`;
    return () => ({ status: 200, body });
  };
  const by = (allowed: boolean) =>
    `<OrganizationsDecisionDetail><AllowedByOrganizations>${allowed}</AllowedByOrganizations></OrganizationsDecisionDetail>`;
  const STATEMENT = '<member><SourcePolicyId>strict</SourcePolicyId></member>';

  it.each([
    ['the organization', by(false), STATEMENT, 'unknown'],
    ['a statement without a name', by(true), '', 'unknown'],
    ['a statement that is named', by(true), STATEMENT, 'denied'],
  ])('by %s', async (_, organization, matched, permit) => {
    expect((await ask([], [deletion('a')], answered(organization, matched))).permits).toEqual([permit]);
  });
});

describe('a simulation that is refused', () => {
  it.each<[string, Tamper | undefined, string, string]>([
    ['for want of a permission', () => queryError(403, 'AccessDenied'), ROLE, 'AccessDenied'],
    [
      'for a role that is not found by that ARN',
      undefined,
      'arn:aws:iam::123456789012:role/path/deploy',
      'NoSuchEntity',
    ],
    [
      'with an answer that is none',
      () => ({ status: 200, body: '<SimulatePrincipalPolicyResponse/>' }),
      ROLE,
      'UnreadableAnswer',
    ],
  ])('%s leaves everything unknown and one gap', async (_, tamper, identity, cause) => {
    const { permits, gaps } = await ask(
      [allow()],
      [deletion('a'), { action: 'kms:DisableKey', resource: 'arn:k' }],
      tamper,
      identity,
    );
    expect(permits).toEqual(['unknown', 'unknown']);
    expect(gaps).toMatchObject([
      {
        action: 'iam:SimulatePrincipalPolicy',
        what: `what ${identity} may call`,
        where: { accountId: '123456789012', region: 'eu-west-1' },
        cause: expect.stringContaining(cause),
        hides: 'threats',
      },
    ]);
  });
});
