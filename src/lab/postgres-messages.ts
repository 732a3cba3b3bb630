/**
 * The frames of the PostgreSQL protocol: building the server's, reading the client's.
 *
 * Only bytes: no socket policy, no SQL. Source: PostgreSQL documentation, "Message Formats" (protocol 3.0).
 */

import type { Socket } from 'node:net';

/** The longest message taken from a client. */
export const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/** A client's message; `bytes` is the whole frame as it goes to the database. */
export interface ClientMessage {
  readonly type: string;
  readonly body: Buffer;
  readonly bytes: Buffer;
}

/** A message of the server: type, length, body. */
export function frame(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** Text ended by a zero byte. */
export function cstring(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

/** A 32-bit number, most significant byte first. */
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** An `Authentication...` message. */
export function authentication(code: number, ...parts: readonly Buffer[]): Buffer {
  return frame('R', int32(code), ...parts);
}

/** An `ErrorResponse` of severity FATAL. */
export function fatal(code: string, message: string): Buffer {
  const field = (letter: string, text: string) => Buffer.concat([Buffer.from(letter), cstring(text)]);
  return frame('E', field('S', 'FATAL'), field('V', 'FATAL'), field('C', code), field('M', message), Buffer.alloc(1));
}

/** A simple query. */
export function query(sql: string): Buffer {
  return frame('Q', cstring(sql));
}

/** The transaction status of the last `ReadyForQuery` in an answer: `I`, `T` or `E`; null without one. */
export function lastStatus(answer: Uint8Array): string | null {
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
  let status: string | null = null;
  for (let offset = 0; offset + 5 <= answer.byteLength; offset += 1 + view.getInt32(offset + 1)) {
    if (view.getUint8(offset) === 0x5a) status = String.fromCharCode(view.getUint8(offset + 5));
  }
  return status;
}

/** Key and value pairs of a startup message's body. */
export function startupParameters(body: Buffer): Readonly<Record<string, string>> {
  const words = body.toString('utf8').split('\0');
  const pairs: Record<string, string> = {};
  for (let index = 0; index + 1 < words.length; index += 2) {
    const name = words[index];
    if (name) pairs[name] = words[index + 1] ?? '';
  }
  return pairs;
}

/** Takes frames off a socket, one at a time; null once the client is gone or sends what is too long. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #length = 0;
  #ended = false;
  #wake: (() => void) | null = null;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    const end = () => {
      this.#ended = true;
      this.#wake?.();
    };
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      // Reading on demand keeps a client from filling memory while its statement runs.
      if (this.#length > MESSAGE_BYTES_MAX) socket.pause();
      this.#wake?.();
    });
    socket.on('end', end).on('close', end).on('error', end);
  }

  /** The body of a message without a type byte, as at the start of a connection. */
  async untyped(): Promise<Buffer | null> {
    const head = await this.#take(4);
    const length = head?.readInt32BE(0) ?? 0;
    return length < 8 || length > 10_000 ? null : this.#take(length - 4);
  }

  /** The next message. */
  async next(): Promise<ClientMessage | null> {
    const head = await this.#take(5);
    if (head === null) return null;
    const length = head.readInt32BE(1);
    if (length < 4 || length > MESSAGE_BYTES_MAX) return null;
    const body = length === 4 ? Buffer.alloc(0) : await this.#take(length - 4);
    if (body === null) return null;
    return { type: String.fromCharCode(head.readUInt8(0)), body, bytes: Buffer.concat([head, body]) };
  }

  async #take(count: number): Promise<Buffer | null> {
    while (this.#length < count) {
      if (this.#ended) return null;
      this.#socket.resume();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    if (all === undefined) return Buffer.alloc(0);
    this.#chunks = all.length > count ? [all.subarray(count)] : [];
    this.#length = all.length - count;
    return all.subarray(0, count);
  }
}
