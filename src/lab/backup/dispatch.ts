/**
 * AWS Backup's REST-JSON: a method and a path name the action, and the action answers.
 *
 * What the lab does not implement is refused by name. Source: AWS Backup API 2018-11-15, "Request Syntax" of each action.
 */

import { AwsFault } from '../faults.ts';
import { jsonResponse, type LabRequest, type LabResponse } from '../messages.ts';
import type { Place } from '../world.ts';
import type { BackupAction, BackupCall } from './requests.ts';
import * as restoreJobs from './restore-jobs.ts';
import * as vaults from './vaults.ts';

interface Route {
  readonly method: 'GET' | 'PUT';
  readonly path: RegExp;
  readonly answer: BackupAction;
}

const ROUTES: Readonly<Record<string, Route>> = {
  ListBackupVaults: reads(/^\/backup-vaults\/?$/, vaults.listBackupVaults),
  DescribeBackupVault: reads(/^\/backup-vaults\/([^/]+)\/?$/, vaults.describeBackupVault),
  ListRecoveryPointsByBackupVault: reads(
    /^\/backup-vaults\/([^/]+)\/recovery-points\/?$/,
    vaults.listRecoveryPointsByBackupVault,
  ),
  DescribeRecoveryPoint: reads(/^\/backup-vaults\/([^/]+)\/recovery-points\/([^/]+)\/?$/, vaults.describeRecoveryPoint),
  GetRecoveryPointRestoreMetadata: reads(
    /^\/backup-vaults\/([^/]+)\/recovery-points\/([^/]+)\/restore-metadata\/?$/,
    restoreJobs.getRecoveryPointRestoreMetadata,
  ),
  StartRestoreJob: { method: 'PUT', path: /^\/restore-jobs\/?$/, answer: restoreJobs.startRestoreJob },
  ListRestoreJobs: reads(/^\/restore-jobs\/?$/, restoreJobs.listRestoreJobs),
  DescribeRestoreJob: reads(/^\/restore-jobs\/([^/]+)\/?$/, restoreJobs.describeRestoreJob),
  ListRestoreJobsByProtectedResource: reads(
    /^\/resources\/([^/]+)\/restore-jobs\/?$/,
    restoreJobs.listRestoreJobsByProtectedResource,
  ),
};

function reads(path: RegExp, answer: BackupAction): Route {
  return { method: 'GET', path, answer };
}

/** What an AWS Backup request asks for. */
export interface BackupRequest {
  /** The action's name; method and path where the lab does not know one. */
  readonly action: string;
  readonly writes: boolean;
  /** ARN of what the call is aimed at, for the ledger. */
  readonly target: string | null;
  readonly parameters: readonly string[];
}

/** Reads what a request asks for, without judging it. */
export function backupRequest(request: LabRequest): BackupRequest {
  const action = routed(request)?.action ?? `${request.method} ${request.path}`;
  const fields = fieldsOf(request.body);
  const arn = fields['RecoveryPointArn'];
  return {
    action,
    writes: request.method !== 'GET',
    target: typeof arn === 'string' ? arn : null,
    parameters: [...Object.keys(fields), ...Object.keys(request.query)].sort(),
  };
}

/** Answers one AWS Backup request. @throws AwsFault to refuse. */
export function callBackup(
  request: LabRequest,
  place: Place,
  given: Pick<BackupCall, 'at' | 'scope' | 'pace'>,
): { readonly place: Place; readonly response: LabResponse } {
  const found = routed(request);
  if (found === null) {
    throw new AwsFault(
      'UnknownOperationException',
      `The lab does not implement the AWS Backup call ${request.method} ${request.path}.`,
    );
  }
  const { action, names, answer } = found;
  const reply = answer({ ...given, action, names, query: request.query, body: request.body }, place);
  return { place: reply.place, response: jsonResponse(200, reply.body) };
}

function routed(request: LabRequest) {
  for (const [action, { method, path, answer }] of Object.entries(ROUTES)) {
    const match = method === request.method ? path.exec(request.path) : null;
    if (match !== null) return { action, answer, names: match.slice(1).map(decoded) };
  }
  return null;
}

/** A part of a path; one that is not well encoded names nothing the lab holds, and is kept as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const fields: unknown = JSON.parse(body);
    return typeof fields === 'object' && fields !== null ? Object.fromEntries(Object.entries(fields)) : {};
  } catch {
    return {};
  }
}
