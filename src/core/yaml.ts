/**
 * Reads a YAML file that people write, by a schema.
 *
 * Errors name the file, the line or the key, and what is accepted; the text itself is never repeated. Used for
 * policies and drill definitions.
 */

import { parse, YAMLParseError } from 'yaml';
import type * as z from 'zod';
import { type ErrorCode, MusterError } from './errors.ts';

/**
 * The document, as the schema has it.
 *
 * @param origin The file's name, for messages.
 * @param code The error to throw when it is not YAML or does not fit.
 * @throws MusterError with that code.
 */
export function readYaml<T>(schema: z.ZodType<T>, text: string, origin: string, code: ErrorCode): T {
  const read = schema.safeParse(parseText(text, origin, code));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue === undefined || issue.path.length === 0 ? 'the file' : issue.path.join('.');
  throw new MusterError(code, `${origin}: ${path}: ${issue?.message ?? 'not what is expected here'}`);
}

function parseText(text: string, origin: string, code: ErrorCode): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    const line = cause.linePos?.[0].line ?? 1;
    throw new MusterError(code, `${origin}:${line}: not YAML (${cause.code.toLowerCase()})`, { cause });
  }
}
