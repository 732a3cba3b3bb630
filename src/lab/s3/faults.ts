/**
 * S3's refusals: each code the lab answers with, and its HTTP status.
 *
 * Apart from those of the other services, whose codes mean other statuses. Source: Amazon S3 API reference, "Error
 * responses". Not errors of Muster: they are the lab's answers, thrown inside the S3 part only.
 */

/** Codes with the HTTP status S3 gives them. */
export const S3_FAULTS = {
  AccessDenied: 403,
  BadDigest: 400,
  BucketAlreadyExists: 409,
  BucketAlreadyOwnedByYou: 409,
  IllegalLocationConstraintException: 400,
  IncompleteBody: 400,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidRequest: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedXML: 400,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchObjectLockConfiguration: 404,
  NoSuchVersion: 404,
  NotImplemented: 501,
  ObjectLockConfigurationNotFoundError: 404,
  PermanentRedirect: 301,
  PreconditionFailed: 412,
  XAmzContentSHA256Mismatch: 400,
} as const;

/** A code S3 refuses with. */
export type S3FaultCode = keyof typeof S3_FAULTS;

/** A refusal in S3's words. */
export class S3Fault extends Error {
  readonly code: S3FaultCode;
  /** Headers that S3 adds to some refusals. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: S3FaultCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'S3Fault';
    this.code = code;
    this.headers = headers;
  }

  /** The HTTP status S3 answers with. */
  get status(): number {
    return S3_FAULTS[this.code];
  }
}

/** Refuses when the condition is false. */
export function s3Unless(condition: boolean, code: S3FaultCode, message: string): asserts condition {
  if (!condition) throw new S3Fault(code, message);
}

/** The refusal of something the lab does not stage, by its name. */
export function notStaged(what: string): S3Fault {
  return new S3Fault('NotImplemented', `The lab does not implement ${what}.`);
}
