/**
 * How far one reading goes, from the options that say so: regions, roles in other accounts, their external id.
 *
 * Without any of them the one account and region that the settings lead to is read, as if this file were not there.
 * Source: AWS General Reference, names of regions; IAM User Guide, ARNs of roles and "external ID" (2 to 1,224 characters).
 */

import type { Reach } from '../app/ports.ts';
import { MusterError } from '../core/errors.ts';

/** Options of every command that reads AWS; each may come more than once. */
export interface ReachOptions {
  readonly region?: readonly string[];
  readonly assumeRole?: readonly string[];
  readonly externalId?: string;
}

const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/;
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;

/**
 * The reach that the options name; null when they name nothing.
 *
 * @throws MusterError `MUSTER_USAGE` for what is no region, role or external id. An external id is never printed.
 */
export function reachOf({ region = [], assumeRole = [], externalId }: ReachOptions): Reach | null {
  const unknown = region.find((name) => !REGION.test(name));
  if (unknown !== undefined)
    throw usage(`--region: ${JSON.stringify(unknown)} is no region; accepted are names such as eu-west-1`);
  const odd = assumeRole.find((arn) => !ROLE.test(arn));
  if (odd !== undefined) {
    throw usage(
      `--assume-role: ${JSON.stringify(odd)} is no role; accepted are ARNs such as arn:aws:iam::123456789012:role/reader`,
    );
  }
  if (externalId !== undefined && assumeRole.length === 0) throw usage('--external-id needs --assume-role');
  if (externalId !== undefined && !EXTERNAL_ID.test(externalId)) {
    throw usage('--external-id: accepted are 2 to 1224 letters, digits and _+=,.@:/-');
  }
  if (region.length === 0 && assumeRole.length === 0) return null;
  return { regions: region, roleArns: assumeRole, externalId: externalId ?? null };
}

function usage(message: string): MusterError {
  return new MusterError('MUSTER_USAGE', message);
}
