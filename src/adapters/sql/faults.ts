/**
 * What drivers and servers throw, in words that hold no secret.
 *
 * Given anything thrown. A server's message is about our own SQL and quotes the statement, never the sign-in; it is cut
 * to a line. Source: PostgreSQL manual, "PostgreSQL Error Codes"; MySQL and MariaDB manuals, "Error Codes"; Node.js,
 * "Errors" and OpenSSL's names of certificate faults.
 */

const MESSAGE_LENGTH_MAX = 200;

/** Passing by themselves: the host name is not known yet, nothing listens yet, or the server is starting up. */
const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'PROTOCOL_CONNECTION_LOST',
  'ER_SERVER_SHUTDOWN',
  '57P03',
  '57P01',
  '08006',
]);
const CERTIFICATE =
  /^(?:CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_|HOSTNAME_MISMATCH|ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO|HANDSHAKE_SSL_ERROR)/;
/** Access denied, by PostgreSQL's classes and MySQL's names. */
const SIGN_IN = /^(?:28...|ER_ACCESS_DENIED_ERROR|ER_DBACCESS_DENIED_ERROR|ER_ACCESS_DENIED_NO_PASSWORD_ERROR)$/;

/** Data exceptions, integrity violations, raised errors. */
const DATA_STATES = /^(?:22|23|45|P0)...$/;
/** MySQL's that quote a value under a general state: incorrect value for a column, a function, of a type; unknown error. */
const DATA_NUMBERS = new Set([1366, 1411, 1525, 1105]);

/** The code of something thrown; empty for none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error) || typeof error.code !== 'string') return '';
  // mysql2 overwrites the code of a socket that broke during the handshake; only a broken socket names its address.
  const broken = 'errno' in error || 'localAddress' in error;
  return error.code === 'HANDSHAKE_SSL_ERROR' && broken ? 'ECONNRESET' : error.code;
}

/** True for a fault that goes by itself while a server starts. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(codeOf(error)) || error instanceof SilentServer;
}

/** True when a certificate was not accepted, or TLS could not be agreed on. */
export function isCertificateFault(error: unknown): boolean {
  return CERTIFICATE.test(codeOf(error));
}

/** True when the server refuses this user or this password. */
export function isSignInFault(error: unknown): boolean {
  return SIGN_IN.test(codeOf(error));
}

/** One line: the message, and the code where there is one. A message that may quote data is left out. */
export function printFault(error: unknown): string {
  const code = codeOf(error);
  if (quotesData(error)) return `the server's words may quote data and are left out (${code})`;
  const message = messageOf(error);
  return code === '' ? message : `${message} (${code})`;
}

/** Servers quote the value that does not fit; constraints and raised errors name values as well. */
function quotesData(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const state = 'sqlState' in error && typeof error.sqlState === 'string' ? error.sqlState : codeOf(error);
  return DATA_STATES.test(state) || ('errno' in error && DATA_NUMBERS.has(Number(error.errno)));
}

/** The message alone, as one line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, MESSAGE_LENGTH_MAX) : 'unknown error';
}

/** The server accepted the connection and then said nothing. */
export class SilentServer extends Error {}

/** A question that cannot be put into SQL, with the reason as its message. */
export class UnaskableQuestion extends Error {}
