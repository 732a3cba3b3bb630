#!/usr/bin/env node
/**
 * Builds the adapters, hands them to the command line and ends with its exit code.
 *
 * The only file that reads the environment. What a command does not need is not loaded: the AWS SDK, the
 * database drivers and the lab come in when they are first asked for.
 */

import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Clients } from './adapters/aws/clients.ts';
import { systemClock } from './adapters/clock.ts';
import { createPresence } from './adapters/presence.ts';
import { systemRandomness } from './adapters/randomness.ts';
import { createProbeRunner } from './adapters/sql/probe-runner.ts';
import type { Archive } from './app/archive-port.ts';
import type { KeyKeeper, Reach, Store } from './app/ports.ts';
import { EXIT_INTERRUPTED } from './cli/exit.ts';
import { runCli } from './cli/program.ts';
import { startProgress } from './cli/progress.ts';
import { tellError } from './cli/tell-error.ts';
import type { ArchiveOptions, CliWorld, Estate, ServedLab } from './cli/world.ts';
import { MusterError } from './core/errors.ts';
import type { DemoWorld } from './demo/world.ts';
import { colourPaint, PLAIN_PAINT } from './report/style.ts';

/** The package's own folder: the same from `src/` and from `dist/`. */
const PACKAGE = new URL('../', import.meta.url);
const REPORT_WIDTH_MAX = 100;
/** With a path from the root: a relative one would name a place that depends on where the command runs. */
const FILE_URL = 'file:///';
const STORES = 'postgres://USER@HOST/NAME and file:///PATH';
/** The lab takes any key; these say whose they are. */
const LAB_CREDENTIALS = { accessKeyId: 'lab', secretAccessKey: 'lab' };

/** Opened by the command that runs. */
const stores: Store[] = [];

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
  store: once(openStore),
  storeName,
  storeAt: openStoreAt,
  archive: openArchive,
  keys: once(openKeys),
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
// A pool of connections would keep the process waiting.
await stores.reduce((before, store) => before.then(() => store.close()), Promise.resolve());
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

/** Where everything lies that Muster keeps on this machine. */
function homeFolder(): string {
  const { MUSTER_HOME, XDG_STATE_HOME } = process.env;
  return MUSTER_HOME ?? join(XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'muster');
}

/** The store as it is named to people: never with the password of its URL. */
function storeName(): string {
  const { MUSTER_DATABASE_URL: url } = process.env;
  if (url === undefined || url === '') return join(homeFolder(), 'muster.db');
  if (!URL.canParse(url)) return 'MUSTER_DATABASE_URL';
  const { protocol, host, pathname } = new URL(url);
  return url.startsWith(FILE_URL) ? pathOf(url) : `${protocol}//${host}${pathname}`;
}

/** @throws MusterError `MUSTER_USAGE` for a URL that names no path, such as one with a broken escape. */
function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new MusterError('MUSTER_USAGE', `MUSTER_DATABASE_URL names no store; accepted are ${STORES}`, { cause });
  }
}

async function openStore(): Promise<Store> {
  const { sealedStore } = await import('./app/seal.ts');
  const plain = await openPlainStore();
  stores.push(plain);
  return sealedStore(plain, {
    keeper: await openKeys(),
    clock: systemClock,
    unsealed: (error) => {
      const why = error instanceof Error ? error.message : 'for no reason given';
      world.terminal.talk(`warning: what was kept is not sealed yet: ${why}\n`);
    },
  });
}

async function openPlainStore(): Promise<Store> {
  const { MUSTER_DATABASE_URL: url } = process.env;
  const options = { now: systemClock.now };
  if (url !== undefined && /^postgres(?:ql)?:/.test(url)) {
    return (await import('./adapters/store/sql/postgres.ts')).createPostgresStore(url, options);
  }
  if (url !== undefined && url !== '' && !url.startsWith(FILE_URL)) {
    throw new MusterError('MUSTER_USAGE', `MUSTER_DATABASE_URL names no store; accepted are ${STORES}`);
  }
  return (await import('./adapters/store/sql/sqlite.ts')).createSqliteStore(storeName(), options);
}

async function openStoreAt(path: string, { create }: { readonly create: boolean }): Promise<Store> {
  if (create === existsSync(path)) {
    const problem = create ? 'is there already and is not written over' : 'is not there';
    throw new MusterError('MUSTER_FILE_UNREADABLE', `${path}: ${problem}`);
  }
  return (await import('./adapters/store/sql/sqlite.ts')).createSqliteStore(path, {
    now: systemClock.now,
    takesOver: false,
  });
}

/** A file of keys beside the store, or keys of AWS KMS where they are named. */
async function openKeys(): Promise<KeyKeeper> {
  const { MUSTER_SIGNING_KEY, MUSTER_TOKEN_KEY } = process.env;
  const { createKmsKeeper, kmsKeyNamed } = await import('./adapters/keys/kms-signer.ts');
  const named = (text: string | undefined, origin: string) => {
    if (text === undefined || text === '') return null;
    const name = kmsKeyNamed(text, origin);
    if (name !== null) return name;
    throw new MusterError('MUSTER_KEY_INVALID', `${origin} names no key; accepted is awskms:///alias/NAME`);
  };
  const attestation = named(MUSTER_SIGNING_KEY, 'MUSTER_SIGNING_KEY');
  const token = named(MUSTER_TOKEN_KEY, 'MUSTER_TOKEN_KEY');
  if (attestation === null && token === null) {
    const { createKeyFile } = await import('./adapters/keys/key-file.ts');
    return createKeyFile(join(homeFolder(), 'keys.json'), { now: systemClock.now });
  }
  const { createClients } = await import('./adapters/aws/clients.ts');
  const { toMusterError } = await import('./adapters/aws/faults.ts');
  return createKmsKeeper(
    { attestation, token },
    {
      client: (region) => createClients(region === null ? {} : { region }).kms(),
      fault: (error, action) =>
        toMusterError(error, { action, endpoint: 'AWS KMS', refusedCode: 'MUSTER_KEY_INVALID' }),
    },
  );
}

async function openArchive(url: string, options: ArchiveOptions): Promise<Archive> {
  const { parseLocation } = await import('./adapters/archive/location.ts');
  const { createS3Archive } = await import('./adapters/archive/s3-archive.ts');
  const { createClients } = await import('./adapters/aws/clients.ts');
  const { toMusterError } = await import('./adapters/aws/faults.ts');
  const clients = createClients();
  return createS3Archive({
    ...options,
    location: parseLocation(url, 'the archive'),
    client: clients.s3,
    now: systemClock.now,
    toError: toMusterError,
  });
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

async function* readLines(path: string): AsyncIterable<string> {
  try {
    const input = path === '-' ? process.stdin : createReadStream(path);
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (cause) {
    throw new MusterError('MUSTER_FILE_UNREADABLE', `${path}: cannot be read (${codeOf(cause)})`, { cause });
  }
}

async function writeLines(path: string, chunks: AsyncIterable<string>): Promise<void> {
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

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no code';
}

function versionOf(packageJson: string): string {
  const { version } = JSON.parse(packageJson) as { version: string };
  return version;
}
