/**
 * The part of Amazon S3 that an archive of records needs: buckets with Object Lock, objects and their versions.
 *
 * REST-XML: a method, a path and a sub-resource name the action. What the lab does not implement is refused by name, and
 * every call that could change something goes into the ledger. Source: Amazon S3 API 2006-03-01.
 */

import type { Instant } from '../../core/time.ts';
import type { Caller } from '../auth.ts';
import type { AwsFault } from '../faults.ts';
import { withEntry } from '../ledger.ts';
import type { LabRequest, LabResponse } from '../messages.ts';
import type { World } from '../world.ts';
import { s3Refusal } from './answers.ts';
import { createBucket, getBucketVersioning, getObjectLockConfiguration, headBucket } from './buckets.ts';
import { notStaged, S3Fault } from './faults.ts';
import { listObjectsV2 } from './listing.ts';
import { deleteObject, getObject, putObject } from './objects.ts';
import { placeOf, type S3Action } from './request.ts';
import { getObjectRetention, putObjectRetention } from './retention.ts';

interface Route {
  readonly name: string;
  readonly method: string;
  readonly on: 'bucket' | 'object';
  /** The query parameter that picks the action; null for the action without any. */
  readonly sub: string | null;
  readonly answer: S3Action;
}

const ROUTES: readonly Route[] = [
  { name: 'CreateBucket', method: 'PUT', on: 'bucket', sub: null, answer: createBucket },
  { name: 'HeadBucket', method: 'HEAD', on: 'bucket', sub: null, answer: headBucket },
  {
    name: 'GetObjectLockConfiguration',
    method: 'GET',
    on: 'bucket',
    sub: 'object-lock',
    answer: getObjectLockConfiguration,
  },
  { name: 'GetBucketVersioning', method: 'GET', on: 'bucket', sub: 'versioning', answer: getBucketVersioning },
  { name: 'ListObjectsV2', method: 'GET', on: 'bucket', sub: 'list-type', answer: listObjectsV2 },
  { name: 'PutObject', method: 'PUT', on: 'object', sub: null, answer: putObject },
  { name: 'GetObject', method: 'GET', on: 'object', sub: null, answer: getObject },
  { name: 'HeadObject', method: 'HEAD', on: 'object', sub: null, answer: getObject },
  { name: 'DeleteObject', method: 'DELETE', on: 'object', sub: null, answer: deleteObject },
  { name: 'PutObjectRetention', method: 'PUT', on: 'object', sub: 'retention', answer: putObjectRetention },
  { name: 'GetObjectRetention', method: 'GET', on: 'object', sub: 'retention', answer: getObjectRetention },
];

/** Parameters that pick an action S3 has, staged or not. */
const SUB_RESOURCES =
  /^(?:accelerate|acl|analytics|attributes|cors|delete|encryption|inventory|lifecycle|legal-hold|list-type|location|logging|metrics|notification|object-lock|ownershipControls|partNumber|policy|policyStatus|publicAccessBlock|replication|requestPayment|restore|retention|select|tagging|torrent|uploadId|uploads|versioning|versions|website)$/;

/** Who asks, when, and with what AWS turns the call away whatever it asks; null for a fair hearing. */
interface S3Hearing {
  readonly caller: Caller;
  readonly at: Instant;
  readonly refused: AwsFault | null;
  readonly requestId: string;
}

/** Answers one S3 request. */
export function callS3(
  request: LabRequest,
  world: World,
  { caller, at, refused, requestId }: S3Hearing,
): { readonly response: LabResponse; readonly world: World } {
  const action = actionOf(request);
  const entered = (next: World, outcome: string): World => {
    if (request.method === 'GET' || request.method === 'HEAD') return next;
    const { accessKeyId, region } = caller;
    const parameters = Object.keys(request.query).sort();
    const target = `arn:aws:s3:::${request.path.slice(1)}`;
    return withEntry(next, { at, accessKeyId, region, service: 's3', action, target, outcome, parameters });
  };
  try {
    if (refused !== null) {
      const fault = { code: refused.code, message: refused.message, status: refused.status, headers: {} };
      return { response: s3Refusal(fault, request.path, requestId), world: entered(world, refused.code) };
    }
    const route = ROUTES.find(({ name }) => name === action);
    if (route === undefined) throw notStaged(`the S3 call ${action}`);
    const { bucket, key } = placeOf(request.path);
    const { buckets, response } = route.answer({ action, at, caller, request, bucket, key }, world.buckets);
    const headers = { 'x-amz-request-id': requestId, ...response.headers };
    return { response: { ...response, headers }, world: entered({ ...world, buckets }, 'ok') };
  } catch (error) {
    if (!(error instanceof S3Fault)) throw error;
    return { response: s3Refusal(error, request.path, requestId), world: entered(world, error.code) };
  }
}

/** The action's name; method, path and sub-resource where the lab does not know one. */
function actionOf({ method, path, query, headers }: LabRequest): string {
  const on = /^\/[^/]+\/?$/.test(path) ? 'bucket' : 'object';
  const sub = Object.keys(query).find((name) => SUB_RESOURCES.test(name)) ?? null;
  const copies = 'x-amz-copy-source' in headers;
  const route = ROUTES.find((one) => one.method === method && one.on === on && one.sub === sub);
  if (route !== undefined && path !== '/' && !copies) return route.name;
  return `${method} ${path}${sub === null ? '' : `?${sub}`}${copies ? ' with x-amz-copy-source' : ''}`;
}
