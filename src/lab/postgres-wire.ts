/**
 * The front of one open database: the PostgreSQL protocol on a socket, up to the statements themselves.
 *
 * Greets, checks the password (SCRAM-SHA-256) and passes messages on; clients take turns by transaction, as
 * behind a transaction pooler, because PGlite is one session. So settings and named statements are shared until
 * the last client leaves. One role can sign in (the master user) and one database is served: a role made with SQL,
 * and RDS's own `postgres` database, are refused. Source: PostgreSQL documentation, "Message Flow".
 */

import type { Socket } from 'node:net';
import {
  authentication,
  cstring,
  FrameReader,
  fatal,
  frame,
  int32,
  lastStatus,
  MESSAGE_BYTES_MAX,
  query,
  startupParameters,
} from './postgres-messages.ts';
import { beginScram, type ScramVerifier, verifierOf } from './scram.ts';

/** What the front needs of the database behind it. */
export interface OpenDatabase {
  readonly username: string;
  readonly databaseName: string;
  /** Asked anew for every client, since a password can change. */
  verifier(): ScramVerifier;
  /** Waits until the database has been loaded. */
  session(): Promise<SqlSession>;
}

/** A session shared by clients taking turns. */
export interface SqlSession {
  /** The version as `server_version` reports it. */
  readonly version: string;
  /** Waits for a turn; the turn lasts until it is given back. */
  turn(): Promise<Turn>;
  /** A client signed in; returns what to call when it leaves. */
  join(): () => void;
}

/** The right to send, until it is given back. */
export interface Turn {
  raw(message: Uint8Array): Promise<Uint8Array>;
  release(): void;
}

const PROTOCOL_3 = 196_608;
const CANCEL_REQUEST = 80_877_102;
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;

/** Serves one client to its end; never rejects. */
export async function serveClient(socket: Socket, database: OpenDatabase): Promise<void> {
  socket.setNoDelay(true);
  const reader = new FrameReader(socket);
  try {
    const parameters = await greet(reader, socket);
    if (parameters === null || !(await signIn(reader, socket, database, parameters))) return;
    const session = await database.session();
    const leave = session.join();
    try {
      socket.write(welcome(session));
      await relay(reader, socket, session);
    } finally {
      leave();
    }
  } catch {
    socket.write(fatal('57P01', 'terminating connection due to administrator command'));
  } finally {
    socket.end();
  }
}

/** The startup parameters; null when there will be no session. */
async function greet(reader: FrameReader, socket: Socket): Promise<Readonly<Record<string, string>> | null> {
  for (;;) {
    const body = await reader.untyped();
    if (body === null) return null;
    const code = body.readInt32BE(0);
    if (code === SSL_REQUEST || code === GSS_REQUEST) {
      socket.write('N');
      continue;
    }
    if (code === CANCEL_REQUEST) return null;
    if (code >> 16 !== 3) {
      socket.write(
        fatal('0A000', `unsupported frontend protocol ${code >> 16}.${code & 0xffff}: server supports 3.0 to 3.0`),
      );
      return null;
    }
    if (code !== PROTOCOL_3) socket.write(frame('v', int32(PROTOCOL_3), int32(0)));
    return startupParameters(body.subarray(4));
  }
}

/** Password first, then the database, in PostgreSQL's order; an unknown user fails like a wrong password. */
async function signIn(
  reader: FrameReader,
  socket: Socket,
  database: OpenDatabase,
  parameters: Readonly<Record<string, string>>,
): Promise<boolean> {
  const user = parameters['user'] ?? '';
  const name = parameters['database'] ?? user;
  const known = user === database.username;
  if (
    !(await authenticate(reader, socket, known ? database.verifier() : verifierOf('nobody')).then(
      (good) => good && known,
    ))
  ) {
    socket.write(fatal('28P01', `password authentication failed for user "${user}"`));
    return false;
  }
  if (name !== database.databaseName) {
    socket.write(fatal('3D000', `database "${name}" does not exist`));
    return false;
  }
  return true;
}

async function authenticate(reader: FrameReader, socket: Socket, verifier: ScramVerifier): Promise<boolean> {
  socket.write(authentication(10, cstring('SCRAM-SHA-256'), Buffer.alloc(1)));
  const first = await reader.next();
  if (first?.type !== 'p') return false;
  const nameEnd = first.body.indexOf(0);
  if (first.body.toString('latin1', 0, nameEnd) !== 'SCRAM-SHA-256') return false;
  const exchange = beginScram(first.body.toString('utf8', nameEnd + 5), verifier);
  if (exchange === null) return false;
  socket.write(authentication(11, Buffer.from(exchange.challenge)));
  const final = await reader.next();
  const proof = final?.type === 'p' ? exchange.finish(final.body.toString('utf8')) : null;
  if (proof === null) return false;
  socket.write(authentication(12, Buffer.from(proof)));
  return true;
}

function welcome(session: SqlSession): Buffer {
  const status = {
    server_version: session.version,
    server_encoding: 'UTF8',
    client_encoding: 'UTF8',
    DateStyle: 'ISO, MDY',
    TimeZone: 'GMT',
    integer_datetimes: 'on',
    standard_conforming_strings: 'on',
  };
  const lines = Object.entries(status).map(([name, value]) => frame('S', cstring(name), cstring(value)));
  return Buffer.concat([authentication(0), ...lines, frame('K', int32(1), int32(0)), frame('Z', Buffer.from('I'))]);
}

/**
 * Passes messages on until the client leaves.
 *
 * Messages gather until one that asks for an answer, so the database sees whole pipelines and skips the rest of
 * a failed one by itself. A turn ends when no transaction is open any more; one left open is rolled back.
 */
async function relay(reader: FrameReader, socket: Socket, session: SqlSession): Promise<void> {
  let turn: Turn | null = null;
  let gathered: Buffer[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const message = await reader.next();
      if (message === null || message.type === 'X') return;
      gathered.push(message.bytes);
      bytes += message.bytes.length;
      if (bytes > MESSAGE_BYTES_MAX) {
        socket.write(fatal('54000', 'the lab takes no pipeline of more than 64 MiB'));
        return;
      }
      if (!'QSHFcf'.includes(message.type)) continue;
      turn ??= await session.turn();
      const answer = await turn.raw(Buffer.concat(gathered));
      gathered = [];
      bytes = 0;
      socket.write(answer);
      if (lastStatus(answer) === 'I') {
        turn.release();
        turn = null;
      }
    }
  } finally {
    if (turn !== null) await abandon(turn);
  }
}

async function abandon(turn: Turn): Promise<void> {
  try {
    await turn.raw(frame('S'));
    await turn.raw(query('ROLLBACK'));
  } finally {
    turn.release();
  }
}
