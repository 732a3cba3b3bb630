/**
 * The error catalogue: the table, the places that throw, and the documented list agree.
 *
 * Codes and exit codes are a contract with scripts; a change here is a change of that contract.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_CLASSES, ERRORS, type ErrorCode, MusterError } from '../../src/core/errors.ts';
import { readFiles } from '../support/house-rule.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];
/** The tables' padding is the formatter's business. */
const DOCUMENT = readFileSync('src/README.md', 'utf8').replace(/ +\|/g, ' |');
/** Codes of the table that no code uses yet, each with what will use it. An entry that is used must leave. */
const NOT_YET_THROWN: Readonly<Record<string, string>> = {};

const used = new Map<string, string>();
for (const file of readFiles('src').filter(({ path }) => path !== 'src/core/errors.ts')) {
  for (const { text } of file.strings) if (/^MUSTER_[A-Z_]+$/.test(text)) used.set(text, file.path);
}

describe('the error table', () => {
  it('gives each class the exit code and the HTTP status of the contract', () => {
    const contract = Object.entries(ERROR_CLASSES).map(([name, { exit, http }]) => [name, exit, http]);
    expect(contract).toEqual([
      ['config', 10, 400],
      ['access', 11, 502],
      ['unavailable', 12, 503],
      ['drill', 13, 500],
      ['scratch_leak', 14, 500],
      ['invariant', 20, 500],
    ]);
  });

  it('never uses an exit code that a verdict has', () => {
    expect(Object.values(ERROR_CLASSES).every(({ exit }) => exit >= 10)).toBe(true);
  });

  it.each(CODES)('%s has a hint that is a sentence, and an error carries its class', (code) => {
    expect(ERRORS[code].hint).toMatch(/^[A-Z].*[.a-z]$/);
    const error = new MusterError(code, 'text', { cause: 'why' });
    const entry = ERROR_CLASSES[ERRORS[code].class];
    expect(error).toMatchObject({
      name: 'MusterError',
      code,
      exit: entry.exit,
      retryable: entry.retryable,
      cause: 'why',
    });
    expect(error.hint).toBe(ERRORS[code].hint);
  });
});

describe('the places that throw', () => {
  it('use only codes of the table, apart from settings of the same prefix', () => {
    const unknown = [...used].filter(([code]) => !CODES.includes(code as ErrorCode));
    expect(unknown.filter(([, path]) => path !== 'src/main.ts' && !path.startsWith('src/wiring/'))).toEqual([]);
  });

  it('use every code of the table', () => {
    expect(CODES.filter((code) => !used.has(code) && NOT_YET_THROWN[code] === undefined)).toEqual([]);
    expect(Object.keys(NOT_YET_THROWN).filter((code) => used.has(code))).toEqual([]);
  });
});

describe('the documented list', () => {
  it('holds each code with its exit code, and no other', () => {
    const rows = [...DOCUMENT.matchAll(/^\| `(MUSTER_[A-Z_]+)` \| (\d+) \|/gm)].map(([, code, exit]) => [
      code,
      Number(exit),
    ]);
    expect(rows).toEqual(CODES.map((code) => [code, ERROR_CLASSES[ERRORS[code].class].exit]));
  });

  it('tells what to do about each, in the words of the table', () => {
    const missing = CODES.filter((code) => !DOCUMENT.includes(`| ${ERRORS[code].hint.replaceAll('|', '\\|')} |`));
    expect(missing).toEqual([]);
  });
});
