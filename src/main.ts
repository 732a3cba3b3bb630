#!/usr/bin/env node
/**
 * Builds the adapters, hands them to the command line and ends with its exit code.
 *
 * The only file that reads the environment. What a command does not need is not loaded: the AWS SDK, the
 * database drivers and the lab come in when they are first asked for.
 */

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Clients } from './adapters/aws/clients.ts';
import { systemClock } from './adapters/clock.ts';
import { createPresence } from './adapters/presence.ts';
import { systemRandomness } from './adapters/randomness.ts';
import { createProbeRunner } from './adapters/sql/probe-runner.ts';
import type { Reach, Store } from './app/ports.ts';
import { EXIT_INTERRUPTED } from './cli/exit.ts';
import { runCli } from './cli/program.ts';
import { startProgress } from './cli/progress.ts';
import { tellError } from './cli/tell-error.ts';
import type { CliWorld, Estate, ServedLab } from './cli/world.ts';
import { MusterError } from './core/errors.ts';
import type { DemoWorld } from './demo/world.ts';
import { colourPaint, PLAIN_PAINT } from './report/style.ts';

/** The package's own folder: the same from `src/` and from `dist/`. */
const PACKAGE = new URL('../', import.meta.url);
const REPORT_WIDTH_MAX = 100;
/** The lab takes any key; these say whose they are. */
const LAB_CREDENTIALS = { accessKeyId: 'lab', secretAccessKey: 'lab' };

const world: CliWorld = {
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
  presence: createPresence(),
  probes: createProbeRunner(),
  store: openStore,
  estate: openEstate,
  readFile: readInput,
  readBytes: readInputBytes,
  defaultDefinition: async () => {
    const url = new URL('drills/default.yaml', PACKAGE);
    return { text: await readFile(url, 'utf8'), origin: 'drills/default.yaml' };
  },
  startLab: serveLab,
  startDemo,
  onInterrupt: (handler) => {
    const [interrupt, terminate] = [() => handler('SIGINT'), () => handler('SIGTERM')];
    process.on('SIGINT', interrupt).on('SIGTERM', terminate);
    return () => void process.off('SIGINT', interrupt).off('SIGTERM', terminate);
  },
};

watchOutput();
process.exitCode = await runCli(process.argv.slice(2), world);
// An interrupted demo may still be asking a lab that is gone, with patience; there is nothing left to wait for.
if (process.exitCode === EXIT_INTERRUPTED) process.exit();

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

async function openStore(): Promise<Store> {
  const { MUSTER_HOME, XDG_STATE_HOME } = process.env;
  const folder = MUSTER_HOME ?? join(XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'muster');
  return (await import('./adapters/store/file-store.ts')).createFileStore(folder);
}

async function openEstate(reach: Reach | null = null): Promise<Estate> {
  const { createClients } = await import('./adapters/aws/clients.ts');
  const [region] = reach?.regions ?? [];
  return estateOf(createClients(region === undefined ? {} : { region }), reach);
}

async function estateOf(clients: Clients, reach: Reach | null = null): Promise<Estate> {
  const { createAuthorityReader } = await import('./adapters/aws/authority-reader.ts');
  const { createEstateReader } = await import('./adapters/aws/estate-reader.ts');
  const { createScratchOperators, homeOf } = await import('./adapters/aws/scratch-operator.ts');
  return {
    reader: createEstateReader(clients, reach === null ? null : { reach, clock: systemClock }),
    operatorAt: createScratchOperators(clients, {
      roleArns: reach?.roleArns ?? [],
      externalId: reach?.externalId ?? null,
      now: systemClock.now,
    }),
    home: () => homeOf(clients),
    authority: createAuthorityReader(clients),
    endpoint: () => clients.endpoint(),
    close: () => clients.close(),
  };
}

async function serveLab(options: {
  readonly estate: 'datatalks' | 'empty';
  readonly port: number;
}): Promise<ServedLab> {
  const { startLab } = await import('./lab/lab.ts');
  try {
    return await startLab(options);
  } catch (cause) {
    const code = codeOf(cause);
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause;
    throw new MusterError('MUSTER_USAGE', `--port ${options.port}: cannot be listened on (${code})`, { cause });
  }
}

async function startDemo(): Promise<DemoWorld> {
  const { createClients } = await import('./adapters/aws/clients.ts');
  const { startLab } = await import('./lab/lab.ts');
  const { COURSES_LOGIN } = await import('./lab/estates/courses.ts');
  const { createAgent } = await import('./demo/agent.ts');
  const { createMemoryStore } = await import('./adapters/store/memory-store.ts');
  const planPath = fileURLToPath(new URL('src/demo/datatalks-destroy.plan.json', PACKAGE));
  // Read before the lab stands: what fails from there on would leave it serving.
  const plan = { text: await readInput(planPath), origin: 'datatalks-destroy.plan.json' };
  const lab = await startLab({ estate: 'datatalks' });
  const clients = createClients({ endpoint: lab.endpoint, region: lab.region, credentials: LAB_CREDENTIALS });
  const estate = await estateOf(clients);
  const operator = await estate.operatorAt({ accountId: lab.accountId, region: lab.region });
  return {
    ...estate,
    operator,
    version: world.version,
    endpoint: lab.endpoint,
    region: lab.region,
    probes: world.probes,
    store: createMemoryStore(),
    clock: systemClock,
    randomness: systemRandomness,
    presence: world.presence,
    agent: createAgent({ endpoint: lab.endpoint, rds: clients.rds }, systemClock),
    plan,
    login: { engine: 'aurora-postgresql', ...COURSES_LOGIN },
    close: async () => {
      estate.close();
      await lab.close();
    },
  };
}

/** Asked line by line, so that Ctrl-C still reaches the process; Ctrl-D is no answer. */
async function askPerson(question: string, signal: AbortSignal): Promise<string | null> {
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

async function readInput(path: string): Promise<string> {
  if (path === '-') return text(process.stdin);
  return (await readInputBytes(path)).toString('utf8');
}

async function readInputBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new MusterError('MUSTER_FILE_UNREADABLE', `${path}: cannot be read (${codeOf(cause)})`, { cause });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no code';
}

function versionOf(packageJson: string): string {
  const { version } = JSON.parse(packageJson) as { version: string };
  return version;
}
