/**
 * The little of vitest that the tests of the pure folders use, as a list of tests that can be run again and again.
 *
 * `describe`, `it` and their `each` put tests on a list; `expect` is vitest's own. The bundle of all tests takes this file
 * for `vitest` (see one-process-runner.mjs). Each load of the bundle starts a list of its own.
 */

import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';

for (const part of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(part);

/** @typedef {{ readonly id: string, readonly file: string, readonly run: () => unknown }} CollectedTest */

/** @type {CollectedTest[]} */
let tests = [];
let file = '';
/** @type {string[]} */
let suites = [];

/** Starts a new list. */
export function startCollecting() {
  tests = [];
}

/** Says which file the tests that follow are from; the bundle calls it before each. */
export function collectFrom(path) {
  file = path;
  suites = [];
}

/** @returns {readonly CollectedTest[]} all tests found since `startCollecting`. */
export function collected() {
  return tests;
}

export const expect = chai.expect;

export const describe = withEach((name, body) => {
  suites.push(name);
  body();
  suites.pop();
});

export const it = withEach((name, run) => {
  tests.push({ id: `${[file, ...suites, name].join(' > ')} #${tests.length}`, file, run });
});

/** `fn('name', body)` and `fn.each(rows)('name', body)`; a row that is a list becomes the arguments. */
function withEach(declare) {
  const declareOne = (name, ...rest) => declare(name, bodyOf(name, rest));
  declareOne.each =
    (rows) =>
    (name, ...rest) => {
      const body = bodyOf(name, rest);
      for (const row of rows) declare(name, () => (Array.isArray(row) ? body(...row) : body(row)));
    };
  return declareOne;
}

/** The function among the arguments: a time-out or options may stand before or behind it. */
function bodyOf(name, rest) {
  const body = rest.find((one) => typeof one === 'function');
  if (body === undefined) throw new Error(`${name} in ${file} has no body`);
  return body;
}
