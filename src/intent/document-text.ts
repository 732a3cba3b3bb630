/**
 * From text to plain values, for documents that come as YAML or JSON: one value for each document in the text.
 *
 * A key given twice is refused, since readers differ on which value counts. No message repeats any of the text, which
 * may hold passwords. A value behind a tag that YAML does not define, such as `!Ref`, is one that only somebody
 * else can work out: it becomes `UNRESOLVED` and is never taken for the text that follows the tag.
 * Source: YAML 1.2.2; RFC 8259 section 4; `yaml` (npm), parseAllDocuments.
 */

import { type Document, isNode, parseAllDocuments, visit } from 'yaml';
import { type ErrorCode, MusterError } from '../core/errors.ts';
import { isJsonObject, memberOf, parseJsonObject } from './terraform/json-text.ts';

/** Far above what any such document has, far below what could exhaust a stack. */
const DEPTH_MAX = 100;
const ALIASES_MAX = 200;

/** What is expected of a text, for messages. */
export interface TextKind {
  readonly code: ErrorCode;
  /** Such as `expected an AdmissionReview`. */
  readonly accepted: string;
  /** True when every scalar is to stay the text that it is written as: an account id keeps its leading zeros. */
  readonly scalarsAsText?: boolean;
  /** True for a tool that reads YAML 1.1, where `off` is false and `0100` is 64. */
  readonly isYaml11?: boolean;
}

/** Where a value stands, and what to say when it is not as expected. */
export interface Place {
  readonly origin: string;
  readonly code: ErrorCode;
  /** Such as `document 2.spec`; empty for the whole. */
  readonly path: string;
}

/** Stands for a value that the document leaves to somebody else. */
export const UNRESOLVED = { 'Muster::Unresolved': true } as const;

/** True for a value that only CloudFormation, or whoever defines the tag, can work out. */
export function isUnresolved(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const names = Object.keys(value);
  return names.length === 1 && /^(?:Ref|Condition|Fn::.*|Muster::Unresolved)$/.test(names[0] ?? '');
}

/**
 * The documents of a text, in order; empty ones left out.
 *
 * @throws MusterError with the code of its kind for anything but YAML or JSON, a repeated key, or nesting without end.
 */
export function parseDocuments(text: string, origin: string, kind: TextKind): readonly unknown[] {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const refuse = (what: string) => new MusterError(kind.code, `${origin}: ${what}; ${kind.accepted}`);
  if (body.trim() === '') throw refuse('empty');
  if (body.startsWith('PK\u0003')) throw refuse('a zip archive, not text');
  if (body.slice(0, 256).includes('\0')) throw refuse('binary or UTF-16, not UTF-8 text');
  let values: readonly unknown[];
  try {
    values = body.trimStart().startsWith('{')
      ? [jsonIn(body, origin, kind)]
      : yamlIn(body, origin, kind).map(plainValue);
  } catch (error) {
    if (error instanceof MusterError) throw error;
    // The parser recurses, and refuses aliases that multiply; its own messages quote the text.
    throw refuse('nested too deep, or aliases that multiply');
  }
  if (!values.every(isBounded)) throw refuse(`nested deeper than ${DEPTH_MAX} levels, or holds a number without end`);
  const present = values.filter((value) => value !== null && value !== '');
  if (present.length === 0) throw refuse('holds no document');
  return present;
}

/** An error about one value. */
export function misfit({ origin, code, path }: Place, what: string): MusterError {
  return new MusterError(code, `${origin}: ${path === '' ? 'the document' : path}: ${what}`);
}

/** The object at a place. @throws MusterError for anything else. */
export function objectHere(value: unknown, place: Place): Readonly<Record<string, unknown>> {
  if (isJsonObject(value)) return value;
  throw misfit(place, 'expected an object');
}

/** The object under a key; empty when there is none. @throws MusterError for anything else. */
export function objectUnder(parent: Readonly<Record<string, unknown>>, name: string, place: Place) {
  const value = memberOf(parent, name);
  return value === undefined || value === null || value === '' ? {} : objectHere(value, below(place, name));
}

/** The list under a key; empty when there is none. @throws MusterError for anything else. */
export function listUnder(parent: Readonly<Record<string, unknown>>, name: string, place: Place): readonly unknown[] {
  const value = memberOf(parent, name);
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value)) return value;
  throw misfit(below(place, name), 'expected a list');
}

/** The text under a key; null when there is none or it is empty. @throws MusterError for anything else. */
export function textUnder(parent: Readonly<Record<string, unknown>>, name: string, place: Place): string | null {
  const value = memberOf(parent, name);
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  throw misfit(below(place, name), 'expected text');
}

/** The place of a member. */
export function below(place: Place, name: string | number): Place {
  const path = typeof name === 'number' ? `${place.path}[${name}]` : [place.path, name].filter(Boolean).join('.');
  return { ...place, path };
}

/** JSON is YAML as well, but a YAML parser takes seconds for a megabyte of it. */
function jsonIn(text: string, origin: string, { code, accepted }: TextKind): unknown {
  return parseJsonObject(text, origin, { notJson: code, shape: code, accepted, zip: 'a zip archive' });
}

function yamlIn(text: string, origin: string, kind: TextKind): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, {
    uniqueKeys: true,
    merge: true,
    logLevel: 'silent',
    ...(kind.scalarsAsText && { schema: 'failsafe' as const }),
    ...(kind.isYaml11 && { version: '1.1' as const }),
  });
  if (!Array.isArray(documents)) return [];
  for (const { errors } of documents) {
    const [error] = errors;
    if (error === undefined) continue;
    const what = error.code === 'DUPLICATE_KEY' ? 'a key occurs twice' : 'not YAML or JSON';
    const line = error.linePos?.[0].line ?? 1;
    throw new MusterError(kind.code, `${origin}:${line}: ${what} (${error.code.toLowerCase()}); ${kind.accepted}`);
  }
  return documents;
}

function plainValue(document: Document.Parsed): unknown {
  visit(document, {
    Node: (_, node) => {
      const tag = isNode(node) && 'tag' in node ? node.tag : undefined;
      return tag?.startsWith('!') ? document.createNode(UNRESOLVED) : undefined;
    },
  });
  return document.toJS({ maxAliasCount: ALIASES_MAX });
}

/** Without recursion, so that no depth exhausts a stack. */
function isBounded(value: unknown): boolean {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: inner, depth } = next;
    if (typeof inner === 'number' && !Number.isFinite(inner)) return false;
    if (typeof inner !== 'object' || inner === null) continue;
    if (depth >= DEPTH_MAX) return false;
    for (const member of Object.values(inner)) open.push({ value: member, depth: depth + 1 });
  }
  return true;
}
