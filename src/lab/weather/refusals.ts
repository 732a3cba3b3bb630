/**
 * How AWS words the faults of its own making, service by service.
 *
 * Source: "Common Errors" of the Amazon RDS, STS, IAM, AWS Backup, KMS and CloudWatch API references; the error lists of
 * `CreateDBInstance`, `RestoreDBInstanceFromDBSnapshot` and `RestoreDBClusterFromSnapshot`.
 */

import type { Caller } from '../auth.ts';
import { AwsFault } from '../faults.ts';
import type { Passage } from './plan.ts';

const QUERY_SERVICES: readonly string[] = ['rds', 'sts', 'iam'];

/** The error a request is turned away with; null when it is carried out, or never arrives. */
export function refusalFor(passage: Passage, caller: Caller, action: string): AwsFault | null {
  const query = QUERY_SERVICES.includes(caller.service);
  switch (passage.kind) {
    case 'throttled':
      return new AwsFault(query ? 'Throttling' : 'ThrottlingException', 'Rate exceeded');
    case 'server_error':
      return passage.status === 500
        ? new AwsFault('InternalFailure', 'An error inside the service; try again later.')
        : new AwsFault('ServiceUnavailable', 'The service cannot take the request now; try again later.');
    case 'denied':
      return new AwsFault(
        query ? 'AccessDenied' : 'AccessDeniedException',
        `User: ${caller.principal.arn} is not authorized to perform: ${caller.service}:${action}`,
      );
    case 'short_of':
      return caller.service === 'rds' ? shortage(passage.what, action) : null;
    case 'fair':
    case 'unreached':
    case 'answer_lost':
    case 'repeated':
      return null;
  }
}

/** What RDS says when there is no more room. */
export function shortage(what: 'quota' | 'capacity', action: string): AwsFault {
  const cluster = action.includes('DBCluster');
  if (what === 'quota') {
    return cluster
      ? new AwsFault('DBClusterQuotaExceededFault', 'DB Cluster quota exceeded')
      : new AwsFault('InstanceQuotaExceeded', 'DB Instance quota exceeded');
  }
  const message = 'Insufficient capacity for the requested database; choose another class or Availability Zone.';
  return new AwsFault(cluster ? 'InsufficientStorageClusterCapacity' : 'InsufficientDBInstanceCapacity', message);
}
