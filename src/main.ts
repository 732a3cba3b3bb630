#!/usr/bin/env node
/**
 * Builds the adapters, hands them to the command line and ends with its exit code.
 *
 * The only file that reads the environment; how each part is built stands in wiring/. What a command does not need is not
 * loaded: the AWS SDK, the database drivers and the lab come in when they are first asked for.
 */

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { systemClock } from './adapters/clock.ts';
import { createPresence } from './adapters/presence.ts';
import { systemRandomness } from './adapters/randomness.ts';
import { createProbeRunner } from './adapters/sql/probe-runner.ts';
import type { Store } from './app/ports.ts';
import { EXIT_INTERRUPTED } from './cli/exit.ts';
import { runCli } from './cli/program.ts';
import { startProgress } from './cli/progress.ts';
import type { ServeWorld } from './cli/serve-world.ts';
import { tellError } from './cli/tell-error.ts';
import { MusterError } from './core/errors.ts';
import { colourPaint, PLAIN_PAINT } from './report/style.ts';
import { openEstate, serveLab, startDemo } from './wiring/estates.ts';
import { askPerson, codeOf, createLineLog, readInput, readInputBytes, readLines, writeLines } from './wiring/files.ts';
import { openDesk, openIssuer, openPlaces, openReceivers } from './wiring/service.ts';
import { storeName } from './wiring/settings.ts';
import { openArchive, openKeys, openStore, openStoreAt } from './wiring/stores.ts';

/** The package's own folder: the same from `src/` and from `dist/`. */
const PACKAGE = new URL('../', import.meta.url);
const REPORT_WIDTH_MAX = 100;

/** Opened by the command that runs. */
const stores: Store[] = [];
const [presence, probes] = [createPresence(), createProbeRunner()];

const openedDesk = once(() => openDesk(process.env, { presence, talk: (said) => world.terminal.talk(said) }));

const world: ServeWorld = {
  version: versionOf(readFileSync(new URL('package.json', PACKAGE), 'utf8')),
  terminal: {
    paint: wantsColour() ? colourPaint() : PLAIN_PAINT,
    width: Math.min(REPORT_WIDTH_MAX, Math.max(60, process.stdout.columns ?? REPORT_WIDTH_MAX)),
    out: (chunk) => void process.stdout.write(chunk),
    talk: (chunk) => void process.stderr.write(chunk),
    progress: (first) => startProgress(process.stderr, first),
    ask: askPerson,
  },
  clock: systemClock,
  randomness: systemRandomness,
  presence,
  probes,
  store: once(async () => {
    const store = await openStore(process.env, (said) => world.terminal.talk(said));
    stores.push(store);
    return store;
  }),
  storeName: () => storeName(process.env),
  storeAt: openStoreAt,
  archive: openArchive,
  keys: once(() => openKeys(process.env)),
  checkToken: async (token, key) => (await import('./adapters/keys/check-token.ts')).checkToken(token, key),
  user: () => userInfo().username,
  estate: openEstate,
  readFile: readInput,
  readBytes: readInputBytes,
  readLines,
  writeLines,
  defaultDefinition: async () => {
    const url = new URL('drills/default.yaml', PACKAGE);
    return { text: await readFile(url, 'utf8'), origin: 'drills/default.yaml' };
  },
  desk: async () => (await openedDesk()).desk,
  jobRunner: async () => (await openedDesk()).runner,
  places: openPlaces,
  receivers: (alerts) => openReceivers(alerts, process.env),
  identityProvider: openIssuer,
  log: createLineLog(process.stderr),
  startLab: serveLab,
  startDemo: () => startDemo({ version: world.version, probes, presence, home: PACKAGE }),
  onInterrupt: (handler) => {
    const [interrupt, terminate] = [() => handler('SIGINT'), () => handler('SIGTERM')];
    // A terminal that is closed takes nothing back: what was begun is ended as at SIGTERM.
    process.on('SIGINT', interrupt).on('SIGTERM', terminate).on('SIGHUP', terminate);
    return () => void process.off('SIGINT', interrupt).off('SIGTERM', terminate).off('SIGHUP', terminate);
  },
};

watchOutput();
process.exitCode = await runCli(process.argv.slice(2), world);
// A pool of connections would keep the process waiting.
await stores.reduce((before, store) => before.then(() => store.close()), Promise.resolve());
// An interrupted demo may still be asking a lab that is gone, a stopped service a region, with patience; there is nothing
// left to wait for.
if (process.exitCode === EXIT_INTERRUPTED || process.argv[2] === 'serve') process.exit();

/**
 * A reader that went away (`| head`) cuts short neither a teardown nor the exit code. An answer that could not be
 * written for another reason, a full disk, must not look like one.
 */
function watchOutput(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (cause: unknown) => {
    if (codeOf(cause) === 'EPIPE') return;
    const message = `standard output cannot be written (${codeOf(cause)})`;
    const exit = tellError(new MusterError('MUSTER_FILE_UNREADABLE', message, { cause }), world.terminal);
    process.once('exit', () => {
      process.exitCode = exit;
    });
  });
}

function wantsColour(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  return (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') || process.stdout.isTTY === true;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function versionOf(packageJson: string): string {
  const { version } = JSON.parse(packageJson) as { version: string };
  return version;
}
