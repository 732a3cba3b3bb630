/**
 * What the tests of receivers share: an alert, an HTTP receiver that answers as told, and the lab's SNS over HTTP.
 */

import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import type { SnsAccess } from '../../../src/adapters/alerts/sns.ts';
import { toMusterError } from '../../../src/adapters/aws/faults.ts';
import type { Alert } from '../../../src/alert/alert.ts';
import { alertOf, type Happening } from '../../../src/alert/make-alert.ts';
import { MusterError } from '../../../src/core/errors.ts';
import { estateNamed } from '../../../src/lab/estates/estates.ts';
import { startHost } from '../../../src/lab/host.ts';
import { listen, stopListening } from '../../../src/lab/http.ts';
import { MemoryEngine } from '../../../src/lab/memory-engine.ts';
import { publishedTo } from '../../../src/lab/sns.ts';
import { NOW } from '../../support/builders.ts';

/** A critical alert on `orders`. */
export function anAlert(fields: Partial<Happening> = {}): Alert {
  return alertOf(
    {
      type: 'dev.muster.verdict.changed.v1',
      level: 'critical',
      subject: 'arn:aws:rds:eu-west-1:123456789012:db:orders',
      happened: 'test',
      message: 'orders (123456789012/eu-west-1) is not ready any more: no recovery point outlives the change',
      remedy: 'take a manual snapshot',
      facts: { from: 'ready', to: 'not_ready' },
      ...fields,
    },
    { at: NOW, source: 'https://muster.example' },
  );
}

/** One request as it came in. */
export interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP server on this machine that keeps what it is sent. */
export interface Listener {
  readonly url: string;
  readonly got: readonly Got[];
  /** How it answers from here on. */
  answer(how: number | ((response: ServerResponse) => void)): void;
  close(): Promise<void>;
}

/** Starts one; it answers 204. */
export async function aListener(): Promise<Listener> {
  const got: Got[] = [];
  let answer = (response: ServerResponse): void => void response.writeHead(204).end();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      got.push({ method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') });
      answer(response);
    });
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}`,
    got,
    answer: (how) => {
      answer = typeof how === 'number' ? (response) => void response.writeHead(how).end('{"error":"no"}') : how;
    },
    close: () => closed(server),
  };
}

/** A port of this machine on which nobody listens. */
export async function aDeadPort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await closed(server);
  return port;
}

/** The lab's SNS over HTTP, with an SDK client of its own. */
export async function anSns() {
  const engine = new MemoryEngine();
  const host = startHost({ estate: estateNamed('empty')(NOW), pace: 'brisk', engine, now: () => NOW });
  const { server, port } = await listen(host, 0);
  const client = snsClient(`http://127.0.0.1:${port}`);
  const create = async (Name: string, Attributes: Record<string, string> = {}) =>
    (await client.send(new CreateTopicCommand({ Name, Attributes }))).TopicArn ?? '';
  return {
    client,
    create,
    access: accessOf(client),
    world: () => host.world(),
    published: (arn: string) => publishedTo(host.world(), arn),
    close: async () => {
      client.destroy();
      await stopListening(server);
    },
  };
}

/** An SDK client of SNS that asks once. */
export function snsClient(endpoint: string): SNSClient {
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'a-secret-key-of-aws' };
  return new SNSClient({ region: 'eu-west-1', endpoint, credentials, maxAttempts: 1 });
}

/** How `main.ts` hands SNS out. */
export function accessOf(client: SNSClient): SnsAccess {
  return { client: async () => client, toError: toMusterError };
}

/** The error that a call ends in; fails when it does not end in one of ours. */
export async function errorOf(call: Promise<unknown>): Promise<MusterError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof MusterError) return error;
  throw new Error(`not a MusterError: ${String(error)}`);
}

/** Everything that an error says, its causes included. */
export function everythingSaid(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.message} ${error.stack} ${JSON.stringify(error)} ${everythingSaid(error.cause ?? '')}`;
}

/** Never aborted. */
export const PATIENT: AbortSignal = new AbortController().signal;

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
