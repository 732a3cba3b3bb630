/**
 * AWS's refusals: each code the lab answers with, and its HTTP status.
 *
 * Codes are the ones on the wire, which differ from shape names (`DBInstanceNotFound`, not
 * `DBInstanceNotFoundFault`). Source: Amazon RDS API 2014-10-31 error lists and "Common Errors", KMS and
 * AWS Backup API references. Not errors of Muster: they are the lab's answers, thrown inside `handle()` only.
 */

/** Codes with the HTTP status AWS gives them. */
export const FAULTS = {
  // Common to the Query protocol.
  InvalidAction: 400,
  InvalidParameterCombination: 400,
  InvalidParameterValue: 400,
  MalformedQueryString: 404,
  MissingAuthenticationToken: 403,
  AccessDenied: 403,
  IncompleteSignature: 400,
  MissingParameter: 400,
  InternalFailure: 500,
  ServiceUnavailable: 503,
  Throttling: 400,
  // Common to the JSON protocols.
  AccessDeniedException: 403,
  ThrottlingException: 400,
  // Databases.
  DBClusterAlreadyExistsFault: 400,
  DBClusterNotFoundFault: 404,
  DBInstanceAlreadyExists: 400,
  DBInstanceNotFound: 404,
  DBSubnetGroupNotFoundFault: 404,
  ExportTaskNotFound: 404,
  GlobalClusterNotFoundFault: 404,
  InvalidDBClusterStateFault: 400,
  InvalidDBInstanceState: 400,
  InstanceQuotaExceeded: 400,
  DBClusterQuotaExceededFault: 403,
  InsufficientDBInstanceCapacity: 400,
  InsufficientStorageClusterCapacity: 400,
  KMSKeyNotAccessibleFault: 400,
  StorageQuotaExceeded: 400,
  // Backups.
  DBClusterAutomatedBackupNotFoundFault: 404,
  DBClusterAutomatedBackupQuotaExceededFault: 400,
  DBClusterSnapshotAlreadyExistsFault: 400,
  DBClusterSnapshotNotFoundFault: 404,
  DBInstanceAutomatedBackupNotFound: 404,
  DBInstanceAutomatedBackupQuotaExceeded: 400,
  DBSnapshotAlreadyExists: 400,
  DBSnapshotNotFound: 404,
  InvalidDBClusterAutomatedBackupStateFault: 400,
  InvalidDBClusterSnapshotStateFault: 400,
  InvalidDBInstanceAutomatedBackupState: 400,
  InvalidDBSnapshotState: 400,
  PointInTimeRestoreNotEnabled: 400,
  SnapshotQuotaExceeded: 400,
  // IAM.
  InvalidInput: 400,
  NoSuchEntity: 404,
  // SNS.
  InvalidParameter: 400,
  NotFound: 404,
  // KMS and AWS Backup.
  NotFoundException: 400,
  InvalidMarkerException: 400,
  UnknownOperationException: 400,
  MissingParameterValueException: 400,
  ValidationException: 400,
  InvalidParameterValueException: 400,
  ResourceNotFoundException: 400,
  UnrecognizedClientException: 400,
  MissingAuthenticationTokenException: 403,
} as const;

/** A code the lab refuses with. */
export type FaultCode = keyof typeof FAULTS;

/** A refusal in AWS's words; turned into each protocol's own shape by `handle()`. */
export class AwsFault extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string) {
    super(message);
    this.name = 'AwsFault';
    this.code = code;
  }

  /** The HTTP status AWS answers with. */
  get status(): number {
    return FAULTS[this.code];
  }
}

/** Refuses when the condition is false. */
export function refuseUnless(condition: boolean, code: FaultCode, message: string): asserts condition {
  if (!condition) throw new AwsFault(code, message);
}
