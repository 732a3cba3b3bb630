/**
 * AWS clients for tests: real SDK clients whose requests the virtual lab answers.
 *
 * One call can be answered otherwise, as bytes on the wire, so that what the SDK makes of it is tested too.
 * One attempt a call; nothing leaves the process.
 */

import { type Clients, createClients } from '../../src/adapters/aws/clients.ts';
import { createVirtualLab, type SdkRequest, type VirtualLab } from '../../src/lab/request-handler.ts';
import { at } from './aws-observations.ts';

export const START = at('2026-02-26T21:00:00Z');
const CREDENTIALS = { accessKeyId: 'AKIALABTEST', secretAccessKey: 'not-a-secret' } as const;

/** A virtual lab and the clients that call it. */
export interface LabClients {
  readonly lab: VirtualLab;
  readonly clients: Clients;
}

/** What a call is answered with instead of the lab's answer; null leaves the call to the lab. */
export type Tamper = (call: Call) => Answered | Promise<Answered> | null;
type Answered = { readonly status: number; readonly body: string } | null;

/** One call on its way: `DescribeDBInstances`, `TrentService.DescribeKey`, `/backup-vaults`. */
export interface Call {
  readonly action: string;
  readonly parameters: URLSearchParams;
  /** The region and the access key that it was signed for. */
  readonly region: string;
  readonly accessKeyId: string;
}

/** The estate of the story, or another, on a clock that stands still until told. */
export function labClients(
  estate: Parameters<typeof createVirtualLab>[0]['estate'] = 'datatalks',
  options: { readonly region?: string; readonly tamper?: Tamper } = {},
): LabClients {
  const lab = createVirtualLab({ estate, startAt: START });
  const tamper = options.tamper ?? (() => null);
  const requestHandler = {
    ...lab.requestHandler,
    handle: async (request: SdkRequest) => {
      const answer = await tamper(callOf(request));
      if (answer === null) return lab.requestHandler.handle(request);
      return { response: { statusCode: answer.status, headers: {}, body: Buffer.from(answer.body) } };
    },
  };
  const clients = createClients({
    region: options.region ?? 'eu-west-1',
    credentials: CREDENTIALS,
    attemptsMax: 1,
    // The lab's handler is written against no SDK type; the SDK takes it as it is.
    requestHandler: requestHandler as never,
  });
  return { lab, clients };
}

/** The error that RDS and STS put on the wire. */
export function queryError(status: number, code: string, message = 'refused by the test') {
  const type = status >= 500 ? 'Receiver' : 'Sender';
  const error = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, body: `<ErrorResponse>${error}<RequestId>r-1</RequestId></ErrorResponse>` };
}

/** The error that KMS and AWS Backup put on the wire. */
export function jsonError(status: number, code: string) {
  return { status, body: JSON.stringify({ __type: code, message: 'refused by the test' }) };
}

function callOf(request: SdkRequest): Call {
  const text = request.body instanceof Uint8Array ? new TextDecoder().decode(request.body) : String(request.body ?? '');
  const parameters = new URLSearchParams(text.startsWith('{') ? '' : text);
  const target = request.headers['x-amz-target'] ?? request.headers['X-Amz-Target'];
  const signed = request.headers['authorization'] ?? request.headers['Authorization'] ?? '';
  const [, accessKeyId = '', region = ''] = /Credential=([^/]+)\/\d{8}\/([^/]+)\//.exec(signed) ?? [];
  return { action: parameters.get('Action') ?? target ?? request.path, parameters, region, accessKeyId };
}
