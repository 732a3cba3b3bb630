/**
 * The lab over HTTP on 127.0.0.1.
 *
 * Reads a bounded request, hands it to the host, writes the answer. No TLS and no other address: the lab is
 * for programs on this machine.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { LabHost } from './host.ts';
import type { LabRequest } from './messages.ts';
import { bytesOf, type WithBytes } from './s3/bytes.ts';

/** Objects of S3 are the largest bodies. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** Listens on a port of 127.0.0.1 (0 picks a free one). @returns the server and the port it got. */
export async function listen(host: LabHost, port: number): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((incoming, outgoing) => {
    answer(host, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return { server, port: address !== null && typeof address === 'object' ? address.port : port };
}

/** Stops listening and cuts what is still connected. */
export async function stopListening(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

async function answer(host: LabHost, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await readBody(incoming);
  if (body === null) {
    outgoing.writeHead(413).end();
    return;
  }
  const response = host.submit(requestOf(incoming, body));
  const content = bytesOf(response);
  outgoing.writeHead(response.status, { ...response.headers, 'content-length': content.length });
  outgoing.end(content);
}

function requestOf(incoming: IncomingMessage, bytes: Buffer): LabRequest & WithBytes {
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(headers),
    body: bytes.toString('utf8'),
    bytes,
  };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
