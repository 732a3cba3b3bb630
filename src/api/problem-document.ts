/**
 * Whatever went wrong, as the document that tells it: `application/problem+json`.
 *
 * Problems of ours and errors of Muster's catalogue are told in their own words. Anything else is told as a failure without
 * its text, which may quote what was sent. Fastify's own errors are known by their codes. Source: RFC 9457.
 */

import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { ERROR_CLASSES, type ErrorClass, type ErrorCode, MusterError } from '../core/errors.ts';
import { PROBLEMS, Problem, type ProblemName } from './problem.ts';
import { type Shortcoming, shortcomingsOf } from './shortcomings.ts';

/** The media type of every error. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
const TYPE_BASE = 'https://muster.dev/problems/';

/** What a caller is told. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** The request, as its `x-request-id` names it. */
  readonly instance: string;
  /** Of Muster's error catalogue. */
  readonly code?: ErrorCode;
  readonly hint?: string;
  /** What of the request is not as it has to be. */
  readonly errors?: readonly Shortcoming[];
}

/** A document and the headers that go with it. */
export interface ProblemAnswer {
  readonly document: ProblemDocument;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether it is a fault of Muster's own, which somebody has to look into. */
  readonly isOurs: boolean;
}

const CLASS_TITLES: Readonly<Record<ErrorClass, string>> = {
  config: 'What was handed in cannot be used',
  access: 'AWS refuses what Muster needs to read',
  unavailable: 'Something that Muster needs does not answer',
  drill: 'The drill cannot be carried out',
  scratch_leak: 'A scratch database may be left over',
  invariant: 'Muster failed',
};
/** What the caller named and is not there. */
const NOT_FOUND: readonly ErrorCode[] = [
  'MUSTER_DATABASE_NOT_FOUND',
  'MUSTER_DECISION_NOT_FOUND',
  'MUSTER_TOKEN_NOT_FOUND',
];
/** What no caller can have handed in: these are wrong on our side, and a client that is told 400 would look at its own. */
const OUR_SETTINGS: readonly ErrorCode[] = [
  'MUSTER_STORE_INVALID',
  'MUSTER_KEY_INVALID',
  'MUSTER_POLICY_INVALID',
  'MUSTER_DRILL_INVALID',
  'MUSTER_SERVICE_INVALID',
  'MUSTER_ARCHIVE_INVALID',
  'MUSTER_REGION_MISSING',
  'MUSTER_FILE_UNREADABLE',
];
const RETRY_SECONDS = 5;

/** Errors of Fastify and of Node's parser; each with what is said of it. */
const FRAMEWORK: Readonly<Record<string, readonly [ProblemName, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too_large', 'the body is larger than what is accepted'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'content-type: application/json is accepted'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed', 'the body is not as long as content-length says'],
  FST_ERR_BAD_URL: ['malformed', 'the path is not well encoded'],
  FST_ERR_MAX_PARAM_LENGTH: ['malformed', 'a part of the path is longer than what is accepted'],
  FST_ERR_HANDLER_TIMEOUT: ['unavailable', 'the answer took too long'],
  FST_ERR_NOT_FOUND: ['not_found', 'there is no such route'],
  ECONNRESET: ['malformed', 'the body did not arrive'],
};

/** The document for an error. @param requestId Names the request. */
export function problemOf(error: unknown, requestId: string): ProblemAnswer {
  const instance = `urn:muster:request:${requestId}`;
  if (error instanceof Problem) return answerOf(error.problem, { instance, detail: error.message }, error.headers);
  if (error instanceof MusterError) return ofMusterError(error, instance);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = shortcomingsOf(error.validation, error.validationContext ?? 'body');
    const [first] = errors;
    const detail = first === undefined ? 'it is not as documented' : `${first.at}: ${first.detail}`;
    return answerOf('malformed', { instance, detail, errors });
  }
  const [name, detail] = FRAMEWORK[codeOf(error)] ?? [];
  if (name !== undefined && detail !== undefined) return answerOf(name, { instance, detail });
  return { ...answerOf('internal', { instance }), isOurs: true };
}

/** A problem by its name. */
export function answerOf(
  name: ProblemName,
  said: Pick<ProblemDocument, 'instance' | 'detail' | 'errors'>,
  headers: Readonly<Record<string, string>> = {},
): ProblemAnswer {
  const { status, title } = PROBLEMS[name];
  const retry = status === 503 ? { 'retry-after': String(RETRY_SECONDS) } : {};
  return {
    document: { type: `${TYPE_BASE}${name}`, title, status, ...said },
    headers: { ...retry, ...headers },
    isOurs: false,
  };
}

function ofMusterError(error: MusterError, instance: string): ProblemAnswer {
  const { code, hint } = error;
  const status = statusOf(error);
  // Facts of a broken invariant are for whoever reads the log.
  const detail = error.class === 'invariant' ? {} : { detail: error.message };
  const title =
    status === 404 ? PROBLEMS.not_found.title : status === 500 ? PROBLEMS.internal.title : CLASS_TITLES[error.class];
  return {
    document: { type: `${TYPE_BASE}${code}`, title, status, ...detail, instance, code, hint },
    headers: error.retryable ? { 'retry-after': String(RETRY_SECONDS) } : {},
    isOurs: status >= 500,
  };
}

function statusOf({ code, class: errorClass }: MusterError): number {
  if (NOT_FOUND.includes(code)) return PROBLEMS.not_found.status;
  return OUR_SETTINGS.includes(code) ? PROBLEMS.internal.status : ERROR_CLASSES[errorClass].http;
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
