/**
 * The lab's endpoint as a function: a request, a world and an instant in; an answer, the next world and
 * what the databases must do out.
 *
 * Finds the service from the SigV4 scope, brings the world up to the instant, carries the call out and keeps
 * the ledger. A refused call changes nothing else. Reads no clock, network, environment or randomness.
 */

import type { Scope } from '../core/arn.ts';
import type { Instant } from '../core/time.ts';
import { queryResponse, refusal, requestId, unsigned } from './answers.ts';
import { type Caller, callerOf } from './auth.ts';
import { backupRequest, callBackup } from './backup/dispatch.ts';
import { settleAll } from './backup/progress.ts';
import { callCloudWatch } from './cloudwatch.ts';
import type { Effect } from './effects.ts';
import { AwsFault } from './faults.ts';
import { formOf, parameterNames } from './form.ts';
import { callIam } from './iam.ts';
import { callKms } from './kms.ts';
import { withEntry } from './ledger.ts';
import type { LabRequest, LabResponse } from './messages.ts';
import { paceOf } from './rds/call.ts';
import { actionTable, callRds } from './rds/dispatch.ts';
import { aimedAt } from './rds/tags.ts';
import { callS3 } from './s3/dispatch.ts';
import { callSns } from './sns.ts';
import { callSts } from './sts.ts';
import { neighboursOf, placeAt, type World, withPlace } from './world.ts';

/** What came of one request. */
export interface Handled {
  readonly response: LabResponse;
  readonly world: World;
  readonly effects: readonly Effect[];
}

/**
 * Answers one request.
 *
 * @param refused With what AWS turns the call away before carrying it out, whatever it asks for; null for a fair hearing.
 */
export function handle(request: LabRequest, before: World, at: Instant, refused: AwsFault | null = null): Handled {
  const settled = settleAll(before, at);
  const world = { ...settled.value, requestsSeen: settled.value.requestsSeen + 1 };
  const caller = callerOf(request, world);
  if (caller === null) return { response: unsigned(request, requestId(world)), world, effects: settled.effects };
  const handled = route(request, world, caller, { at, refused });
  return { ...handled, effects: [...settled.effects, ...handled.effects] };
}

interface Hearing {
  readonly at: Instant;
  readonly refused: AwsFault | null;
}

function route(request: LabRequest, world: World, caller: Caller, hearing: Hearing): Handled {
  const { at, refused } = hearing;
  const scope: Scope = { accountId: caller.principal.accountId, region: caller.region };
  const only = (response: LabResponse): Handled => ({ response, world, effects: [] });
  try {
    if (caller.service === 'rds') return rds(request, world, caller, scope, hearing);
    if (caller.service === 'backup') return backup(request, world, caller, scope, hearing);
    if (caller.service === 's3') {
      return { ...callS3(request, world, { caller, at, refused, requestId: requestId(world) }), effects: [] };
    }
    if (caller.service === 'sns') return sns(request, world, caller, scope, hearing);
    if (refused !== null) throw refused;
    switch (caller.service) {
      case 'sts':
        return sts(request, world, caller, scope, at);
      case 'iam':
        return only(iam(request, world));
      case 'kms':
        return only(callKms(request, placeAt(world, scope)));
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

function rds(request: LabRequest, world: World, caller: Caller, scope: Scope, { at, refused }: Hearing): Handled {
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
    if (refused !== null) throw refused;
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

function backup(request: LabRequest, world: World, caller: Caller, scope: Scope, { at, refused }: Hearing): Handled {
  const { writes, ...asked } = backupRequest(request);
  const entered = (outcome: string): World => {
    if (!writes) return world;
    const { accessKeyId } = caller;
    return withEntry(world, { at, accessKeyId, region: scope.region, service: 'backup', ...asked, outcome });
  };
  try {
    if (refused !== null) throw refused;
    const { place, response } = callBackup(request, placeAt(world, scope), { at, scope, pace: world.pace });
    const next = entered('ok');
    return { response, world: writes ? withPlace(next, place) : next, effects: [] };
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    return { response: refusal(error, 'backup', requestId(world)), world: entered(error.code), effects: [] };
  }
}

function sts(request: LabRequest, world: World, caller: Caller, scope: Scope, at: Instant): Handled {
  const form = formOf(request);
  const reply = callSts(form, world, { caller, scope, at });
  const response = queryResponse(form.get('Action') ?? '', 'sts', reply.body, requestId(world));
  return { response, world: reply.world, effects: [] };
}

function sns(request: LabRequest, world: World, caller: Caller, scope: Scope, { at, refused }: Hearing): Handled {
  const form = formOf(request);
  const reply = callSns(form, world, { caller, scope, at, refused });
  const id = requestId(world);
  const response =
    reply.body instanceof AwsFault
      ? refusal(reply.body, 'sns', id)
      : queryResponse(form.get('Action') ?? '', 'sns', reply.body, id);
  return { response, world: reply.world, effects: [] };
}

function iam(request: LabRequest, world: World): LabResponse {
  const form = formOf(request);
  return queryResponse(form.get('Action') ?? '', 'iam', callIam(form, world.policies), requestId(world));
}
