/**
 * Reads a YAML file that people write, by a schema.
 *
 * An error names the file, the line and the column, the key, what stands there and what is accepted; of the file's text
 * no more than that one value is repeated, and not all of it when it is long. Where a schema accepts one of several
 * shapes, the shape that the value comes nearest to is the one that is spoken of. Source: YAML 1.2.2; `yaml` (npm).
 */

import { type Document, isCollection, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { type ErrorCode, MusterError } from './errors.ts';

/** A file as read, and where its lines begin. */
interface Source {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly origin: string;
  readonly code: ErrorCode;
}

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** A longer value is cut: it is there to be recognized, not to be read. */
const VALUE_LENGTH_MAX = 60;

/**
 * The document, as the schema has it.
 *
 * @param origin The file's name, for messages.
 * @param code The error to throw when it is not YAML or does not fit.
 * @throws MusterError with that code.
 */
export function readYaml<T>(schema: z.ZodType<T>, text: string, origin: string, code: ErrorCode): T {
  const source = parseText(text, origin, code);
  const read = schema.safeParse(plainValue(source));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new MusterError(code, issue === undefined ? `${origin}: not what is expected here` : messageOf(issue, source));
}

/** An object of these keys and no others; an unknown key is answered with the ones there are. Messages say what is expected. */
export function keysOnly<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `one of ${Object.keys(shape).join(', ')}` : undefined),
  });
}

function parseText(text: string, origin: string, code: ErrorCode): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [fault] = document.errors;
  if (fault === undefined) return { document, lines, origin, code };
  const { line, col } = lines.linePos(fault.pos[0]);
  throw new MusterError(code, `${origin}:${line}:${col}: not YAML (${fault.code.toLowerCase()})`, { cause: fault });
}

function plainValue({ document, origin, code }: Source): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    // Thrown for aliases that name nothing, or that would unfold into more than a file can mean.
    throw new MusterError(code, `${origin}: an alias in it cannot be resolved`, { cause });
  }
}

function messageOf(first: Issue, source: Source): string {
  const { issue, path } = nearest(first, [], source);
  const { line, col } = source.lines.linePos(offsetOf(issue, path, source));
  const where = path.length === 0 ? 'the file' : path.map(String).join('.');
  const found = foundAt(issue, path, source);
  const before = `${source.origin}:${line}:${col}: ${where}: ${found ?? ''}`;
  const accepted = acceptedBy(issue);
  // A rule is a sentence of its own; anything else names what is expected.
  if (/\bmust be\b/.test(accepted)) return `${before}${found === null ? '' : '; '}${accepted}`;
  return `${before}${found === null ? '' : ', '}expected ${accepted}`;
}

/** What is accepted; the schema library's own messages begin otherwise and go on with the type that was received. */
function acceptedBy({ code, message }: Issue): string {
  if (code === 'unrecognized_keys' && message.startsWith('Unrecognized')) return 'one of those that are described';
  return message.replace(/^.*?expected /, '').replace(/, received .*$/, '');
}

/** An issue with its whole path. */
interface Located {
  readonly issue: Issue;
  readonly path: Path;
}

/** Of the shapes that would do, the one in which the fault lies deepest: it fits in all that comes before. */
function nearest(issue: Issue, before: Path, source: Source): Located {
  const here = { issue, path: [...before, ...issue.path] };
  if (issue.code !== 'invalid_union') return here;
  const inside = issue.errors
    .flat()
    .map((inner) => nearest(inner, here.path, source))
    .filter(({ path }) => path.length > here.path.length && source.document.hasIn(path));
  return inside.reduce((best, next) => (next.path.length > best.path.length ? next : best), here);
}

/** What stands there, in words; null where a schema reads the document as something that it is not written as. */
function foundAt(issue: Issue, path: Path, source: Source): string | null {
  if (issue.code === 'unrecognized_keys') return `the key ${shown(issue.keys[0])} is unknown`;
  if (path.length === 0 || source.document.hasIn(path)) return describe(nodeAt(path, source));
  return isMap(nodeAt(path.slice(0, -1), source)) ? 'missing' : null;
}

function offsetOf(issue: Issue, path: Path, source: Source): number {
  return issue.code === 'unrecognized_keys' ? offsetOfKey(path, issue.keys[0] ?? '', source) : offsetAt(path, source);
}

function nodeAt(path: Path, { document }: Source): unknown {
  return path.length === 0 ? document.contents : document.getIn(path, true);
}

/** Where the value stands; of one that is missing, where what should hold it does. */
function offsetAt(path: Path, source: Source): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = nodeAt(path.slice(0, length), source);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function offsetOfKey(path: Path, key: string, source: Source): number {
  const holder = nodeAt(path, source);
  const pair = isMap(holder) ? holder.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : null;
  return isScalar(pair?.key) && pair.key.range ? pair.key.range[0] : offsetAt(path, source);
}

function describe(node: unknown): string {
  if (isMap(node)) return 'a mapping';
  if (isCollection(node)) return 'a list';
  if (!isScalar(node) || node.value === null) return 'nothing';
  return shown(typeof node.value === 'bigint' ? String(node.value) : node.value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= VALUE_LENGTH_MAX ? text : `${text.slice(0, VALUE_LENGTH_MAX)}… (${text.length} characters)`;
}
