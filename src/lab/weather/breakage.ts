/**
 * Connections that end without an answer, as an SDK's HTTP handler reports them.
 *
 * Names and codes are what retry strategies go by: Node's HTTP handler of the AWS SDK names resets `TimeoutError` too and
 * keeps the code of the socket. Source: `@smithy/node-http-handler`, `@smithy/core` (classification of errors).
 */

import type { Breakage } from './plan.ts';

/** The error a request ends with. */
export function breakageError(by: Breakage, reached: boolean): Error {
  if (by === 'reset') {
    const code = { code: 'ECONNRESET', errno: -104, syscall: 'read' };
    return Object.assign(new Error('read ECONNRESET'), code, { name: 'TimeoutError' });
  }
  const message = reached
    ? 'the request socket timed out after 60000 ms of inactivity'
    : 'the request socket did not establish a connection with the server within the configured timeout of 5000 ms';
  return Object.assign(new Error(message), { name: 'TimeoutError' });
}
