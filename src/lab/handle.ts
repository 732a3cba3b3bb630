/**
 * The lab's endpoint as a function: a request, a world and an instant in; an answer, the next world and
 * what the databases must do out.
 *
 * Finds the service from the SigV4 scope, brings the world up to the instant, carries the call out and keeps
 * the ledger. A refused call changes nothing else. Reads no clock, network, environment or randomness.
 * Source of the error shapes: Query protocol (RDS, STS, IAM), JSON 1.1 (KMS), JSON 1.0 (CloudWatch), REST-JSON (AWS Backup).
 */

import { createHash } from 'node:crypto';
import type { Scope } from '../core/arn.ts';
import type { Instant } from '../core/time.ts';
import { type Caller, callerOf } from './auth.ts';
import { callBackup } from './backup.ts';
import { callCloudWatch, JSON_1_0 } from './cloudwatch.ts';
import type { Effect } from './effects.ts';
import { AwsFault } from './faults.ts';
import { callIam } from './iam.ts';
import { callKms } from './kms.ts';
import { withEntry } from './ledger.ts';
import { jsonResponse, type LabRequest, type LabResponse } from './messages.ts';
import { paceOf } from './rds/call.ts';
import { actionTable, callRds } from './rds/dispatch.ts';
import { aimedAt } from './rds/tags.ts';
import { settle } from './settle.ts';
import { callSts } from './sts.ts';
import { neighboursOf, placeAt, type World, withPlace } from './world.ts';
import { renderXml, type Xml } from './xml.ts';

/** What came of one request. */
export interface Handled {
  readonly response: LabResponse;
  readonly world: World;
  readonly effects: readonly Effect[];
}

/** Answers one request. */
export function handle(request: LabRequest, before: World, at: Instant): Handled {
  const settled = settle(before, at);
  const world = { ...settled.value, requestsSeen: settled.value.requestsSeen + 1 };
  const caller = callerOf(request, world);
  if (caller === null) return { response: unsigned(request, world), world, effects: settled.effects };
  const handled = route(request, world, caller, at);
  return { ...handled, effects: [...settled.effects, ...handled.effects] };
}

function route(request: LabRequest, world: World, caller: Caller, at: Instant): Handled {
  const scope: Scope = { accountId: caller.principal.accountId, region: caller.region };
  const only = (response: LabResponse): Handled => ({ response, world, effects: [] });
  try {
    switch (caller.service) {
      case 'rds':
        return rds(request, world, caller, scope, at);
      case 'sts':
        return sts(request, world, caller, scope, at);
      case 'iam':
        return only(iam(request, world));
      case 'kms':
        return only(callKms(request, placeAt(world, scope)));
      case 'backup':
        return only(callBackup(request, placeAt(world, scope)));
      case 'monitoring':
        return only(callCloudWatch(request, placeAt(world, scope), at));
      default:
        throw new AwsFault('InvalidAction', `The lab does not implement the service ${caller.service}.`);
    }
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    return only(refusal(error, caller.service, requestId(world)));
  }
}

function rds(request: LabRequest, world: World, caller: Caller, scope: Scope, at: Instant): Handled {
  const form = formOf(request);
  const action = form.get('Action') ?? '';
  const table = actionTable(action);
  const entered = (outcome: string): World => {
    // An action the lab does not know may well have been meant to change something, so it is kept too.
    if (table === null ? action.startsWith('Describe') : !table.writes) return world;
    return withEntry(world, {
      at,
      accessKeyId: caller.accessKeyId,
      region: scope.region,
      service: 'rds',
      action,
      target: table?.aim === undefined ? null : aimedAt({ scope }, form.get(table.aim[0]), table.aim[1]),
      outcome,
      parameters: parameterNames(form),
    });
  };
  try {
    const given = { action, at, scope, pace: paceOf(world.pace), neighbours: neighboursOf(world, scope) };
    const reply = callRds(form, placeAt(world, scope), given);
    const next = entered('ok');
    const response = queryResponse(action, 'rds', reply.body, requestId(world));
    return { response, world: table?.writes ? withPlace(next, reply.place) : next, effects: reply.effects };
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    return { response: refusal(error, 'rds', requestId(world)), world: entered(error.code), effects: [] };
  }
}

function sts(request: LabRequest, world: World, caller: Caller, scope: Scope, at: Instant): Handled {
  const form = formOf(request);
  const reply = callSts(form, world, { caller, scope, at });
  const response = queryResponse(form.get('Action') ?? '', 'sts', reply.body, requestId(world));
  return { response, world: reply.world, effects: [] };
}

function iam(request: LabRequest, world: World): LabResponse {
  const form = formOf(request);
  return queryResponse(form.get('Action') ?? '', 'iam', callIam(form, world.policies), requestId(world));
}

const NAMESPACES: Readonly<Record<string, string>> = {
  rds: 'http://rds.amazonaws.com/doc/2014-10-31/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
};

function queryResponse(action: string, service: string, body: readonly Xml[], id: string): LabResponse {
  const metadata = renderXml([['ResponseMetadata', [['RequestId', id]]]]);
  const result = `<${action}Result>${renderXml(body)}</${action}Result>`;
  const text = `<${action}Response xmlns="${NAMESPACES[service]}">${result}${metadata}</${action}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': id }, body: text };
}

/** A refusal in the shape of the service's protocol. */
function refusal(fault: AwsFault, service: string, id: string): LabResponse {
  const { code, message, status } = fault;
  if (service === 'kms' || service === 'monitoring') {
    const type = service === 'kms' ? 'application/x-amz-json-1.1' : JSON_1_0;
    return jsonResponse(status, { __type: code, message }, { 'content-type': type, 'x-amzn-requestid': id });
  }
  if (service === 'backup') {
    return jsonResponse(
      status,
      { Code: code, Message: message, Type: 'User' },
      { 'x-amzn-errortype': code, 'x-amzn-requestid': id },
    );
  }
  const error: Xml = [
    'Error',
    [
      ['Type', 'Sender'],
      ['Code', code],
      ['Message', message],
    ],
  ];
  const text = `<ErrorResponse xmlns="${NAMESPACES[service] ?? NAMESPACES['rds']}">${renderXml([error, ['RequestId', id]])}</ErrorResponse>`;
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': id }, body: text };
}

function unsigned(request: LabRequest, world: World): LabResponse {
  const query = request.method === 'POST' && !('x-amz-target' in request.headers);
  const message = 'Request is missing Authentication Token';
  return query
    ? refusal(new AwsFault('MissingAuthenticationToken', message), 'rds', requestId(world))
    : refusal(new AwsFault('MissingAuthenticationTokenException', message), 'kms', requestId(world));
}

function formOf(request: LabRequest): URLSearchParams {
  const form = new URLSearchParams(request.body);
  for (const [name, value] of Object.entries(request.query)) if (!name.startsWith('X-Amz-')) form.append(name, value);
  return form;
}

function parameterNames(form: URLSearchParams): string[] {
  const names = new Set([...form.keys()].map((key) => key.split('.')[0] ?? key));
  return [...names].filter((name) => name !== 'Action' && name !== 'Version').sort();
}

function requestId(world: World): string {
  const hex = createHash('sha256').update(`request ${world.requestsSeen}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
