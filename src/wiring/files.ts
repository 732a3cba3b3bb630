/**
 * Files and standard streams as the commands use them.
 *
 * Every error names the path and the system's code, and never what the file holds.
 */

import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { MusterError } from '../core/errors.ts';

/** The whole of a file; `-` is stdin. */
export async function readInput(path: string): Promise<string> {
  if (path === '-') return text(process.stdin);
  return (await readInputBytes(path)).toString('utf8');
}

/** The same as bytes; no stdin. */
export async function readInputBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Line by line, without their newline. */
export async function* readLines(path: string): AsyncIterable<string> {
  try {
    const input = path === '-' ? process.stdin : createReadStream(path);
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): MusterError {
  // A shell makes it of a variable that is not set.
  const named = path === '' ? 'a path of no characters' : path;
  return new MusterError('MUSTER_FILE_UNREADABLE', `${named}: cannot be read (${codeOf(cause)})`, { cause });
}

/** A new file for the owner alone, safe on the disk when this returns. */
export async function writeLines(path: string, chunks: AsyncIterable<string>): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of chunks) await file.write(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof MusterError) throw cause;
    throw new MusterError('MUSTER_FILE_UNREADABLE', `${path}: cannot be written (${codeOf(cause)})`, { cause });
  }
}

/**
 * The line that somebody typed; null where nobody can be asked, or nobody answered.
 *
 * Asked line by line, so that Ctrl-C still reaches the process; Ctrl-D is no answer.
 */
export async function askPerson(question: string, signal: AbortSignal): Promise<string | null> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return null;
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const closed = new AbortController();
  lines.once('close', () => closed.abort());
  try {
    return await lines.question(question, { signal: AbortSignal.any([signal, closed.signal]) });
  } catch {
    process.stderr.write('\n');
    return null;
  } finally {
    lines.close();
  }
}

/** So long a line may wait for others to be written with. */
const LOG_MILLISECONDS = 20;

/**
 * Writes lines, those that come shortly after each other at once: a write for each would cost a busy service as much as its
 * answers. What waits when the process ends is written then.
 */
export function createLineLog(stream: NodeJS.WriteStream): (line: string) => void {
  let waiting = '';
  const flush = () => {
    const text = waiting;
    waiting = '';
    if (text !== '') stream.write(text);
  };
  let isHeard = false;
  return (line) => {
    if (!isHeard) process.once('exit', flush);
    isHeard = true;
    if (waiting === '') setTimeout(flush, LOG_MILLISECONDS).unref();
    waiting += line.endsWith('\n') ? line : `${line}\n`;
  };
}

/** The system's own code of an error. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no code';
}
