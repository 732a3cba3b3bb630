/**
 * Answers and refusals in the shape of each service's protocol.
 *
 * Source: Query protocol (RDS, STS, IAM, SNS), JSON 1.1 (KMS), JSON 1.0 (CloudWatch), REST-JSON (AWS Backup).
 */

import { createHash } from 'node:crypto';
import { JSON_1_0 } from './cloudwatch.ts';
import { AwsFault } from './faults.ts';
import { jsonResponse, type LabRequest, type LabResponse } from './messages.ts';
import type { World } from './world.ts';
import { renderXml, type Xml } from './xml.ts';

const NAMESPACES: Readonly<Record<string, string>> = {
  rds: 'http://rds.amazonaws.com/doc/2014-10-31/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sns: 'http://sns.amazonaws.com/doc/2010-03-31/',
};

/** The answer to a Query action. */
export function queryResponse(action: string, service: string, body: readonly Xml[], id: string): LabResponse {
  const metadata = renderXml([['ResponseMetadata', [['RequestId', id]]]]);
  const result = `<${action}Result>${renderXml(body)}</${action}Result>`;
  const text = `<${action}Response xmlns="${NAMESPACES[service]}">${result}${metadata}</${action}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': id }, body: text };
}

/** A refusal in the shape of the service's protocol. */
export function refusal(fault: AwsFault, service: string, id: string): LabResponse {
  const { code, message, status } = fault;
  if (service === 'kms' || service === 'monitoring') {
    const type = service === 'kms' ? 'application/x-amz-json-1.1' : JSON_1_0;
    return jsonResponse(status, { __type: code, message }, { 'content-type': type, 'x-amzn-requestid': id });
  }
  if (service === 'backup') {
    return jsonResponse(
      status,
      { Code: code, Message: message, Type: 'User' },
      { 'x-amzn-errortype': code, 'x-amzn-requestid': id },
    );
  }
  const error: Xml = [
    'Error',
    [
      ['Type', status < 500 ? 'Sender' : 'Receiver'],
      ['Code', code],
      ['Message', message],
    ],
  ];
  const text = `<ErrorResponse xmlns="${NAMESPACES[service] ?? NAMESPACES['rds']}">${renderXml([error, ['RequestId', id]])}</ErrorResponse>`;
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': id }, body: text };
}

/** The refusal of a request without a signature, which does not say what service it is for. */
export function unsigned(request: LabRequest, id: string): LabResponse {
  const query = request.method === 'POST' && !('x-amz-target' in request.headers);
  const message = 'Request is missing Authentication Token';
  return query
    ? refusal(new AwsFault('MissingAuthenticationToken', message), 'rds', id)
    : refusal(new AwsFault('MissingAuthenticationTokenException', message), 'kms', id);
}

/** The id of the request the world has just seen. */
export function requestId(world: World): string {
  const hex = createHash('sha256').update(`request ${world.requestsSeen}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
