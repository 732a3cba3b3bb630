/**
 * A process that serves an estate over HTTP on loopback, each answer after a delay.
 *
 * Arguments: instances, snapshots, delay in milliseconds. Tells its parent the port it got, and ends with it.
 */

import { createServer } from 'node:http';
import process from 'node:process';
import { makeEstate } from './estate.ts';
import { answersOf } from './estate-answers.ts';

const [instances = 0, snapshots = 0, delayMs = 0] = process.argv.slice(2).map(Number);
const answer = answersOf(makeEstate({ instances, snapshots }));

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { 'x-amz-target': target, 'content-type': type = '' } = request.headers;
    const form = type.includes('x-www-form-urlencoded') ? new URLSearchParams(Buffer.concat(chunks).toString()) : null;
    const send = () => {
      const { status, type, body } = answer({ target: typeof target === 'string' ? target : null, form });
      response.writeHead(status, { 'content-type': type });
      response.end(body);
    };
    if (delayMs === 0) send();
    else setTimeout(send, delayMs);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
process.on('disconnect', () => process.exit());
