/**
 * The part of AWS IAM that says what a principal may call: simulating the policies given to principals of the lab.
 *
 * Query protocol; identity policies only, the permissions boundary and the organization are left out. A condition is
 * never met, because no context is given: it is named as missing, as IAM does. A principal nobody gave policies to may do
 * nothing. Every other action is refused by name.
 * Source: AWS IAM API 2010-05-08, `SimulatePrincipalPolicy`, `EvaluationResult`.
 */

import { parseArn } from '../core/arn.ts';
import { AwsFault, refuseUnless } from './faults.ts';
import { cutPage } from './paging.ts';
import type { IdentityPolicy, IdentityStatement } from './world.ts';
import type { Xml } from './xml.ts';

type Decision = 'allowed' | 'explicitDeny' | 'implicitDeny';
interface Answer {
  readonly decision: Decision;
  readonly missing: readonly string[];
  /** How many statements the decision rests on. */
  readonly matched: number;
}

const PARAMETERS = ['Action', 'Version', 'PolicySourceArn', 'ActionNames', 'ResourceArns', 'MaxItems', 'Marker'];
const ITEMS_MAX = 1_000;

/**
 * Answers one IAM request.
 *
 * @param policies What each principal was given, by its ARN.
 * @returns The result's body. @throws AwsFault to refuse.
 */
export function callIam(form: URLSearchParams, policies: Readonly<Record<string, readonly IdentityPolicy[]>>): Xml[] {
  const action = form.get('Action') ?? '';
  if (action !== 'SimulatePrincipalPolicy')
    throw new AwsFault('InvalidAction', `The lab does not implement the IAM action ${action}.`);
  for (const key of form.keys()) {
    const name = key.split('.')[0] ?? key;
    refuseUnless(
      PARAMETERS.includes(name),
      'InvalidParameterValue',
      `The lab does not implement ${action} with ${name}.`,
    );
  }
  const source = form.get('PolicySourceArn') ?? '';
  const type = parseArn(source)?.resourceType;
  refuseUnless(type === 'user' || type === 'role', 'InvalidInput', `Invalid Entity Arn: ${source}`);
  const given = policies[source];
  refuseUnless(
    given !== undefined,
    'NoSuchEntity',
    `The ${type} with name ${source.split('/').at(-1)} cannot be found.`,
  );
  const actions = membersOf(form, 'ActionNames');
  const resources = membersOf(form, 'ResourceArns');
  refuseUnless(actions.length > 0, 'InvalidInput', 'ActionNames must name at least one action');
  const size = Number(form.get('MaxItems') ?? 100);
  refuseUnless(Number.isInteger(size) && size >= 1 && size <= ITEMS_MAX, 'InvalidInput', 'MaxItems must be 1 to 1000');
  const page = cutPage(actions, (name) => name, { listing: action, marker: form.get('Marker'), size });
  if (page === null) throw new AwsFault('InvalidInput', 'Invalid Marker');
  const statements = given.flat();
  return [
    ['EvaluationResults', page.items.map((name) => ['member', evaluation(statements, name, resources)] as const)],
    ['IsTruncated', page.next !== null],
    ['Marker', page.next],
  ];
}

function evaluation(statements: readonly IdentityStatement[], action: string, resources: readonly string[]): Xml[] {
  const each = resources.map((resource) => ({ resource, answer: evaluate(statements, action, resource) }));
  const whole = each.length === 0 ? evaluate(statements, action, '*') : worst(each.map(({ answer }) => answer));
  const results = each.map(({ resource, answer }) => {
    const body: Xml[] = [
      ['EvalResourceName', resource],
      ['EvalResourceDecision', answer.decision],
      ...groundsOf(answer),
    ];
    return ['member', body] as const;
  });
  return [
    ['EvalActionName', action],
    ['EvalResourceName', '*'],
    ['EvalDecision', whole.decision],
    ...groundsOf(whole),
    ...(results.length === 0 ? [] : [['ResourceSpecificResults', results] as const]),
  ];
}

function evaluate(statements: readonly IdentityStatement[], action: string, resource: string): Answer {
  const named = statements.filter(
    ({ actions, resources }) =>
      actions.some((pattern) => covers(pattern, action, 'i')) &&
      resources.some((pattern) => covers(pattern, resource, '')),
  );
  const missing = [...new Set(named.flatMap(({ conditionKeys }) => conditionKeys))];
  const met = (effect: 'Allow' | 'Deny') =>
    named.filter((one) => one.conditionKeys.length === 0 && one.effect === effect).length;
  const [denied, allowed] = [met('Deny'), met('Allow')];
  if (denied > 0) return { decision: 'explicitDeny', missing, matched: denied };
  return { decision: allowed > 0 ? 'allowed' : 'implicitDeny', missing, matched: allowed };
}

function covers(pattern: string, text: string, flags: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, flags).test(text);
}

const WORST_FIRST: readonly Decision[] = ['explicitDeny', 'implicitDeny', 'allowed'];

function worst(answers: readonly Answer[]): Answer {
  const decision = WORST_FIRST.find((word) => answers.some((answer) => answer.decision === word)) ?? 'implicitDeny';
  const missing = [...new Set(answers.flatMap((answer) => answer.missing))];
  return { decision, missing, matched: answers.find((answer) => answer.decision === decision)?.matched ?? 0 };
}

function groundsOf({ missing, matched }: Answer): Xml[] {
  const statements = Array.from({ length: matched }, () => ['member', [['SourcePolicyType', 'IAM Policy']]] as const);
  return [
    ['MatchedStatements', statements],
    ['MissingContextValues', missing.map((key) => ['member', key] as const)],
  ];
}

function membersOf(form: URLSearchParams, name: string): readonly string[] {
  return [...form.entries()].filter(([key]) => key.startsWith(`${name}.member.`)).map(([, value]) => value);
}
