/**
 * Golden cases: one readable file each, with policy, estate, change and evidence in, and a decision out.
 *
 * What a person expects is written by hand in each file and compared first; the whole document stands below it and is
 * compared as well. How to read a case and add one is in README.md beside this file.
 */

import process from 'node:process';
import { describe, expect, it } from 'vitest';
import {
  caseNames,
  decisionIn,
  modeOf,
  parseCase,
  printDecision,
  readCase,
  titleOf,
  writeDecision,
} from './support/case-files.ts';
import { asDecided, asExpected } from './support/expectation.ts';
import { judgeCase } from './support/judge-case.ts';

const mode = modeOf(process.env);
const names = caseNames();

describe('golden case', () => {
  it.each(names.map((name) => [titleOf(name), name] as const))('%s', (_, name) => {
    const read = readCase(name);
    if (read.expect.error !== undefined) {
      expect(() => judgeCase(read, name)).toThrowError(read.expect.error);
      return;
    }
    const document = judgeCase(read, name);
    if (mode === 'write') writeDecision(name, document);
    expect(asDecided(document, read.expect)).toEqual(asExpected(read.expect));
    expect(printDecision(document)).toBe(decisionIn(name));
  });
});

describe('case files', () => {
  it('are numbered from one on, each with a name that says what it shows', () => {
    const numbers = names.map((name) => /^(\d{3})(?:-[a-z0-9]+){3,}\.yaml$/.exec(name)?.[1]);
    expect(numbers).toEqual(names.map((_, index) => String(index + 1).padStart(3, '0')));
  });

  it('say what they expect: a decision, or an error', () => {
    const silent = names.filter((name) => {
      const { decision, error } = readCase(name).expect;
      return decision === undefined && error === undefined;
    });
    expect(silent).toEqual([]);
  });

  it('with an unknown key are refused by its name', () => {
    const text = 'shows: a file that says too much\nestate: {}\nchange: {command: ls}\nexpect: {}\nwishes: none\n';
    expect(() => parseCase(text, 'x.yaml')).toThrowError('x.yaml:5:1: the file: the key "wishes" is unknown');
    const deep = text.replace('estate: {}', 'estate: {databases: [{name: a, colour: red}]}').replace(/wishes.*/, '');
    expect(() => parseCase(deep, 'x.yaml')).toThrowError('estate.databases.0: the key "colour" is unknown');
  });
});

describe('the update mode', () => {
  it.each([
    [{}, 'compare'],
    [{ CI: 'true' }, 'compare'],
    [{ MUSTER_GOLDEN: 'write' }, 'write'],
    [{ MUSTER_GOLDEN: 'write', CI: 'false' }, 'write'],
  ] as const)('with %j is %s', (environment, expected) => {
    expect(modeOf(environment)).toBe(expected);
  });

  it.each([
    [{ MUSTER_GOLDEN: 'write', CI: 'true' }, 'with CI set'],
    [{ MUSTER_GOLDEN: 'write', CI: '1' }, 'with CI set'],
    [{ MUSTER_GOLDEN: 'yes' }, 'write is accepted'],
  ] as const)('with %j is refused', (environment, message) => {
    expect(() => modeOf(environment)).toThrowError(message);
  });
});
