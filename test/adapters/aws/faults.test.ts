/**
 * What becomes of an SDK error: a kind from its name, code or status, and never a secret in the message.
 */

import { describe, expect, it } from 'vitest';
import { faultOf, printFault, toMusterError } from '../../../src/adapters/aws/faults.ts';
import { MusterError } from '../../../src/core/errors.ts';

const service = (name: string, status = 400, message = 'AWS says why') =>
  Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode: status } });
const system = (code: string) => Object.assign(new Error(`connect ${code} 10.0.0.1:443`), { code });
const context = {
  action: 'rds:ModifyDBCluster',
  endpoint: 'AWS RDS in eu-west-1',
  refusedCode: 'MUSTER_DRILL_FAILED',
} as const;

describe('a fault is', () => {
  it.each([
    [service('AccessDenied', 403), 'denied'],
    [service('AccessDeniedException'), 'denied'],
    [service('UnknownError', 403), 'denied'],
    [service('ExpiredToken', 403), 'credentials'],
    [Object.assign(new Error('no'), { name: 'CredentialsProviderError' }), 'credentials'],
    [service('Throttling'), 'unavailable'],
    [service('KMSInternalException', 500), 'unavailable'],
    [service('UnknownError', 502), 'unavailable'],
    [system('ECONNREFUSED'), 'unreachable'],
    [system('ENOTFOUND'), 'unreachable'],
    [Object.assign(new Error('late'), { name: 'TimeoutError' }), 'unreachable'],
    [service('DBInstanceNotFoundFault', 404), 'not_found'],
    [service('DBClusterNotFoundFault', 404), 'not_found'],
    [service('DBInstanceAlreadyExistsFault'), 'exists'],
    [service('DBClusterAlreadyExistsFault'), 'exists'],
    [service('InvalidDBSnapshotStateFault'), 'refused'],
    [new SyntaxError('Unexpected token <'), 'unreadable'],
    [Object.assign(new SyntaxError('Unexpected token'), { $metadata: { httpStatusCode: 404 } }), 'unreadable'],
    ['a string', 'unreadable'],
    [null, 'unreadable'],
  ])('%# told by its name, code or status', (error, kind) => {
    expect(faultOf(error).kind).toBe(kind);
  });
});

it('a connection refused on every address is told by the code of the whole', () => {
  const error = Object.assign(new AggregateError([system('ECONNREFUSED')]), { code: 'ECONNREFUSED' });
  expect(printFault(faultOf(error))).toBe('ECONNREFUSED');
});

it('an answer without an error code is named by its status', () => {
  expect(printFault(faultOf(service('UnknownError', 418, '')))).toMatch(/^HTTP 418/);
});

it('an answer without an error code is not told in the words of the SDK about itself', () => {
  const error = service('UnknownError', 500, 'to inspect it, look at the hidden field {error}.$response');
  expect(printFault(faultOf(error))).toBe('HTTP 500');
});

it('the words of AWS are cut to one short line', () => {
  const { detail } = faultOf(service('ValidationError', 400, `line one\nline two ${'x'.repeat(500)}`));
  expect(detail).toMatch(/^line one line two x+…$/);
  expect(detail.length).toBeLessThan(250);
});

describe('the error that crosses the port', () => {
  it.each([
    [service('AccessDenied', 403), 'MUSTER_ACCESS_DENIED'],
    [service('ExpiredToken', 403), 'MUSTER_CREDENTIALS_MISSING'],
    [service('Throttling'), 'MUSTER_AWS_UNAVAILABLE'],
    [system('ETIMEDOUT'), 'MUSTER_ENDPOINT_UNREACHABLE'],
    [new SyntaxError('Unexpected token <'), 'MUSTER_ENDPOINT_UNREACHABLE'],
    [service('InvalidDBSnapshotStateFault'), 'MUSTER_DRILL_FAILED'],
  ] as const)('%# has the code of its kind', (error, code) => {
    expect(toMusterError(error, context).code).toBe(code);
  });

  it('names the action and keeps the cause', () => {
    const error = service('AccessDenied', 403, 'User: arn:aws:iam::1:user/x is not authorized');
    const ours = toMusterError(error, context);
    expect(ours.message).toBe(
      'rds:ModifyDBCluster was denied: AccessDenied (HTTP 403): User: arn:aws:iam::1:user/x is not authorized',
    );
    expect(ours.cause).toBe(error);
  });

  it('of a call that carried a secret holds neither the words of AWS nor the cause', () => {
    const error = service('InvalidParameterValue', 400, 'The parameter MasterUserPassword canary is too short');
    const ours = toMusterError(error, { ...context, secret: true });
    expect(ours.message).toBe('rds:ModifyDBCluster was refused: InvalidParameterValue (HTTP 400)');
    expect(ours.cause).toBeUndefined();
  });

  it('is passed on when it is ours already', () => {
    const ours = new MusterError('MUSTER_REGION_MISSING', 'no region');
    expect(toMusterError(ours, context)).toBe(ours);
  });
});
