/**
 * A test runner for Stryker that keeps all tests in one process, instead of starting vitest anew for each mutant.
 *
 * The tests of the pure folders become, with the mutated sources, one script. For every mutant that script is loaded anew,
 * so that what one mutant left in a cache never serves the next; then the mutant is switched on, and the tests that reach it
 * run in turn until one fails. Source: the TestRunner interface of `@stryker-mutator/api`.
 */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { commonTokens, declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { build } from 'esbuild';
import * as vitest from './collected-tests.mjs';

const NAME = 'one-process';
/** What Stryker's instrumentation looks for on the global object. */
const NAMESPACE = '__stryker__';

class OneProcessRunner {
  static inject = [commonTokens.options];

  constructor(options) {
    this.tests = options.oneProcess.tests;
    /** How long each test took when it last ran, by id: the quick ones go first, as one failure is enough. */
    this.tookMs = new Map();
  }

  /** Loading is part of every run, so a mutant of a constant could be tried as well. */
  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    process.env.TZ = 'Asia/Kathmandu';
    this.script = new Script(await bundleOf(this.tests.flatMap(testFilesOf)), { filename: 'mutated.cjs' });
  }

  async dryRun() {
    const space = spaceFor({});
    const results = [];
    for (const test of this.load()) {
      space.currentTestId = test.id;
      results.push(await this.try(test));
    }
    space.currentTestId = undefined;
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage: space.mutantCoverage };
  }

  async mutantRun({ activeMutant, hitLimit, mutantActivation, testFilter }) {
    const space = spaceFor({ hitLimit, hitCount: 0 });
    if (mutantActivation === 'static') space.activeMutant = activeMutant.id;
    const tests = this.load().filter(({ id }) => testFilter === undefined || testFilter.includes(id));
    const took = ({ id }) => this.tookMs.get(id) ?? 0;
    space.activeMutant = activeMutant.id;
    const results = [];
    for (const test of tests.toSorted((a, b) => took(a) - took(b))) {
      const result = await this.try(test);
      results.push(result);
      if (result.status === TestStatus.Failed) break;
    }
    const endless = determineHitLimitReached(space.hitCount, hitLimit);
    return toMutantRunResult(endless ?? { status: DryRunStatus.Complete, tests: results });
  }

  async try(test) {
    const result = await resultOf(test);
    this.tookMs.set(test.id, result.timeSpentMs);
    return result;
  }

  /** The tests, from modules that nothing has run yet. */
  load() {
    const require = createRequire(join(process.cwd(), 'package.json'));
    vitest.startCollecting();
    this.script.runInThisContext()((id) => (id === 'vitest' ? vitest : require(id)));
    return vitest.collected();
  }
}

/** Puts a fresh set of Stryker's switches and counters in place. */
function spaceFor(switches) {
  globalThis[NAMESPACE] = { ...switches };
  return globalThis[NAMESPACE];
}

async function resultOf({ id, file, run }) {
  const named = { id, name: id, fileName: file };
  const started = performance.now();
  try {
    await run();
    return { ...named, status: TestStatus.Success, timeSpentMs: performance.now() - started };
  } catch (error) {
    const failureMessage = error instanceof Error ? error.message : String(error);
    return { ...named, status: TestStatus.Failed, timeSpentMs: performance.now() - started, failureMessage };
  }
}

/** Property tests stay out: they would kill more, and tell less about which example is missing. */
function testFilesOf(path) {
  if (statSync(path).isFile()) return [path];
  const names = readdirSync(path, { recursive: true }).filter((name) => name.endsWith('.test.ts'));
  return names
    .filter((name) => !name.endsWith('properties.test.ts'))
    .sort()
    .map((name) => join(path, name));
}

/** One script, a function of `require`, that puts every test of these files on vitest's list. */
async function bundleOf(files) {
  const calls = files.flatMap((file) => [`collectFrom(${JSON.stringify(file)});`, `require('./${file}');`]);
  const { outputFiles } = await build({
    stdin: { contents: ["const { collectFrom } = require('vitest');", ...calls].join('\n'), resolveDir: process.cwd() },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
    plugins: [{ name: 'own-place', setup: keepOwnPlace }],
  });
  return `(require) => {${outputFiles[0].text}\n}`;
}

/** A module in a bundle must still find the files that lie beside its source. */
function keepOwnPlace(builder) {
  builder.onLoad({ filter: /\.ts$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8');
    return { loader: 'ts', contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)) };
  });
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, NAME, OneProcessRunner)];

export const strykerValidationSchema = {
  properties: {
    oneProcess: {
      type: 'object',
      additionalProperties: false,
      required: ['tests'],
      properties: { tests: { type: 'array', items: { type: 'string' }, minItems: 1 } },
    },
  },
};
