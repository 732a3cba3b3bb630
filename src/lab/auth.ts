/**
 * Who is calling, and which service and region they mean, from the SigV4 scope of the request.
 *
 * The signature itself is not checked: any access key is accepted, and a request without one is refused
 * as AWS refuses it. An access key maps to a principal through the world, so more accounts can be added
 * without touching this file. Source: AWS Signature Version 4, `Credential=AKID/date/region/service/aws4_request`.
 */

import type { LabRequest } from './messages.ts';
import type { Principal, World } from './world.ts';

/** The caller of one request. */
export interface Caller {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly principal: Principal;
}

const CREDENTIAL = /Credential=([^/\s,]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request/;

/** The caller of a request; null when it carries no SigV4 scope. */
export function callerOf(request: LabRequest, world: World): Caller | null {
  const presigned = request.query['X-Amz-Credential'];
  const text = presigned === undefined ? (request.headers['authorization'] ?? '') : `Credential=${presigned}`;
  const [, accessKeyId, region, service] = CREDENTIAL.exec(text) ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return null;
  return { accessKeyId, region, service, principal: principalOf(world, accessKeyId) };
}

function principalOf(world: World, accessKeyId: string): Principal {
  const known = world.principals[accessKeyId];
  if (known !== undefined) return known;
  const { accountId } = world.home;
  return { accountId, arn: `arn:aws:iam::${accountId}:user/lab`, userId: 'AIDALABLABLABLABLABLA' };
}
