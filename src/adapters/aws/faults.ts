/**
 * Turns what the AWS SDK throws into ours: a cause for a gap, or a MusterError.
 *
 * The only place that looks at an SDK error, and only at its name, code and HTTP status, never at its
 * text. Messages are cut short and carry no header, request or answer body.
 * Source: AWS "Common errors" of the RDS, Backup, KMS and STS API references; smithy retry
 * classification for throttling names; Node.js "Common system errors".
 */

import { type ErrorCode, MusterError } from '../../core/errors.ts';

/** What a fault means for whoever asked. */
export const FAULT_KINDS = [
  'credentials',
  'unreachable',
  'denied',
  'unavailable',
  'exists',
  'not_found',
  'unreadable',
  'refused',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** An SDK error, classified. */
export interface Fault {
  readonly kind: FaultKind;
  /** AWS's error code, or the system's. */
  readonly code: string;
  /** AWS's own words, one line, cut to 240 characters; empty when there are none worth printing. */
  readonly detail: string;
  readonly status: number | null;
}

const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'AuthorizationError',
  'AuthorizationErrorException',
  'OptInRequired',
  'NotAuthorized',
  'Forbidden',
]);
const CREDENTIALS = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'AuthFailure',
]);
const UNAVAILABLE = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'BandwidthLimitExceeded',
  'SlowDown',
  'PriorRequestNotComplete',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalFailure',
  'InternalError',
  'InternalServerError',
  'KMSInternalException',
  'DependencyTimeoutException',
]);
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'NetworkingError',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);
/** A restore or a copy goes through states that refuse the next call and pass; capacity and a session come back. */
const PASSING =
  /^(?:InvalidDB(?:Instance|Cluster|Snapshot|ClusterSnapshot)State|Insufficient(?:DBInstance|DBCluster|StorageCluster)Capacity|\w+AlreadyInProgress|ExpiredToken|RequestExpired)(?:Fault|Exception)?$/;
/** Some of these come as HTTP 403, and are no question of permission. */
const QUOTA = /(?:Quota|Limit)Exceeded(?:Fault|Exception)?$/;
/** Names that say nothing: the answer bore no AWS error code. */
const NAMELESS = new Set(['', 'Error', 'UnknownError', 'Unknown']);
const DETAIL_LENGTH_MAX = 240;

/** Classifies whatever a `send` threw. */
export function faultOf(error: unknown): Fault {
  const { name, code, message, status, fromService } = lookAt(error);
  const label = fromService || code === '' ? name : code;
  // Words without an error code are the SDK's about itself, not AWS's.
  const said = NAMELESS.has(name) ? '' : message;
  const fault = (kind: FaultKind, detail: string): Fault => ({
    kind,
    code: NAMELESS.has(label) && status !== null ? `HTTP ${status}` : label || 'Error',
    detail: oneLine(detail),
    status,
  });

  if (CREDENTIALS.has(name)) return fault('credentials', fromService ? said : '');
  if (DENIED.has(name)) return fault('denied', said);
  if (UNAVAILABLE.has(name)) return fault('unavailable', said);
  if (UNREACHABLE.has(name) || UNREACHABLE.has(code)) return fault('unreachable', '');
  if (/AlreadyExists(Fault|Exception)?$/.test(name)) return fault('exists', said);
  if (/NotFound(Fault|Exception)?$/.test(name)) return fault('not_found', said);
  if (QUOTA.test(name)) return fault('refused', said);
  if (status === 403 || status === 401) return fault('denied', said);
  if (status === 429 || (status !== null && status >= 500)) return fault('unavailable', said);
  if (fromService && !NAMELESS.has(name)) return fault('refused', said);
  return fault('unreadable', 'the answer is not one AWS gives');
}

/** A fault in a few words, for a gap's cause or a message. */
export function printFault(fault: Fault): string {
  const status = fault.status === null || fault.code.startsWith('HTTP ') ? '' : ` (HTTP ${fault.status})`;
  return `${fault.code}${status}${fault.detail === '' ? '' : `: ${fault.detail}`}`;
}

/** What a failed call was for. */
export interface CallContext {
  /** Such as `rds:RestoreDBClusterFromSnapshot`. */
  readonly action: string;
  /** Whom it asked, in words or as a URL. */
  readonly endpoint: string;
  /** The code for what AWS refuses in its own terms, such as `InvalidDBSnapshotState`. */
  readonly refusedCode: ErrorCode;
  /** True when the request carried a secret: then AWS's words and the SDK's error are left out. */
  readonly secret?: boolean;
  /** True when the caller asks again until its own deadline: then what passes by itself counts as unavailable. */
  readonly waits?: boolean;
}

/** The MusterError for a call without which nothing can go on. */
export function toMusterError(error: unknown, context: CallContext): MusterError {
  if (error instanceof MusterError) return error;
  const whole = faultOf(error);
  const fault = context.secret === true ? { ...whole, detail: '' } : whole;
  const cause = context.secret === true ? {} : { cause: error };
  const text = printFault(fault);
  if (context.waits === true && PASSING.test(fault.code)) {
    return new MusterError('MUSTER_AWS_UNAVAILABLE', `${context.action} is not possible yet: ${text}`, cause);
  }
  switch (fault.kind) {
    case 'credentials':
      return new MusterError(
        'MUSTER_CREDENTIALS_MISSING',
        `no usable AWS credentials for ${context.action}: ${text}`,
        cause,
      );
    case 'unreachable':
      return new MusterError('MUSTER_ENDPOINT_UNREACHABLE', `${context.endpoint} does not answer: ${text}`, cause);
    case 'unreadable':
      return new MusterError(
        'MUSTER_ENDPOINT_UNREACHABLE',
        `${context.endpoint} does not answer as AWS does: ${text}`,
        cause,
      );
    case 'denied':
      return new MusterError('MUSTER_ACCESS_DENIED', `${context.action} was denied: ${text}`, cause);
    case 'unavailable':
      return new MusterError('MUSTER_AWS_UNAVAILABLE', `${context.action} could not be answered: ${text}`, cause);
    case 'exists':
    case 'not_found':
    case 'refused': {
      const why = QUOTA.test(fault.code) ? ', a quota of the account is used up' : '';
      return new MusterError(context.refusedCode, `${context.action} was refused${why}: ${text}`, cause);
    }
  }
}

interface Look {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly status: number | null;
  /** True when AWS answered with an error, rather than the way there failing. */
  readonly fromService: boolean;
}

function lookAt(error: unknown): Look {
  if (typeof error !== 'object' || error === null) {
    return { name: '', code: '', message: '', status: null, fromService: false };
  }
  const metadata = 'operation' in error ? undefined : memberOf(error, '$metadata');
  const status = typeof metadata === 'object' && metadata !== null ? memberOf(metadata, 'httpStatusCode') : undefined;
  return {
    name: textOf(memberOf(error, 'name')),
    code: textOf(memberOf(error, 'code') ?? memberOf(error, 'Code')),
    message: textOf(memberOf(error, 'message')),
    status: typeof status === 'number' ? status : null,
    fromService: '$fault' in error,
  };
}

function memberOf(value: object, key: string): unknown {
  return Object.hasOwn(value, key) || key in value ? Reflect.get(value, key) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** One short line. The query of a URL may be a signature, as in the request to copy a snapshot across regions. */
function oneLine(text: string): string {
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/(https?:\/\/[^\s?]+)\?\S+/g, '$1')
    .trim();
  return line.length > DETAIL_LENGTH_MAX ? `${line.slice(0, DETAIL_LENGTH_MAX)}…` : line;
}
