/**
 * Real database servers for tests: which programs are here, a folder they may write to, and a certificate they show.
 *
 * Servers refuse to run as root, so a root test runs them as an unprivileged user. What is missing is said aloud, and
 * the tests that need it are skipped.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** The identity a server runs under; null for that of the tests. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null;

/** A file in one of the folders; null where there is none, which is said aloud. */
export function findProgram(name: string, folders: readonly string[], tests: string): string | null {
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) process.stderr.write(`SKIPPED: ${tests} need ${name}, which is not on this machine\n`);
  return found ?? null;
}

/** `bin` folders of every installed PostgreSQL, newest first. */
export function postgresFolders(): string[] {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).toSorted((a, b) => Number(b) - Number(a)) : [];
  return [...versions.map((version) => join(base, version, 'bin')), '/usr/local/bin', '/opt/homebrew/bin'];
}

/** A fresh folder that only the server's user can enter. */
export function serverFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `muster-${name}-`));
  chmodSync(folder, 0o700);
  if (NOBODY !== null) chownSync(folder, NOBODY.uid, NOBODY.gid);
  return folder;
}

/** Makes a folder that the server's user owns. */
export function makeFolder(path: string): void {
  mkdirSync(path, { mode: 0o700 });
  if (NOBODY !== null) chownSync(path, NOBODY.uid, NOBODY.gid);
}

/** Runs a program of the server to its end. @param input What it reads from its standard input. */
export function runAs(program: string, args: readonly string[], input = ''): void {
  execFileSync(program, args, { ...NOBODY, input, stdio: 'pipe', cwd: tmpdir(), env: { PATH: process.env['PATH'] } });
}

/** A running server and how to end it. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** Everything it said so far. */
  readonly said: () => string;
  stop(signal: NodeJS.Signals): Promise<void>;
}

/** Starts a server in the foreground. */
export function startAs(program: string, args: readonly string[]): ServerProcess {
  const child = spawn(program, args, { ...NOBODY, cwd: tmpdir(), env: { PATH: process.env['PATH'] } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (said += data.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return { child, said: () => said, stop };
}

/** Asks until it answers, or the server has ended, or the time is up. */
export async function untilReady(server: ServerProcess, ask: () => Promise<void>): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (server.child.exitCode !== null || Date.now() > until) {
        throw new Error(`the server did not start: ${server.said().slice(-2000)}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** A port on this machine that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A certificate for a server, and the authority it leads to. */
export interface TestCertificate {
  readonly caPem: string;
  readonly certPath: string;
  readonly keyPath: string;
}

/** Makes an authority and a certificate for these names (`DNS:localhost,IP:127.0.0.1`) within a folder. */
export function makeCertificate(openssl: string, folder: string, names: string): TestCertificate {
  const at = (name: string) => join(folder, name);
  const run = (args: readonly string[]) => execFileSync(openssl, args, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  run([
    'req',
    '-x509',
    ...key,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '2',
    '-subj',
    '/CN=Muster test',
  ]);
  run(['req', ...key, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=server']);
  writeFileSync(at('names'), `subjectAltName=${names}\n`);
  const authority = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial'];
  run([
    'x509',
    '-req',
    '-in',
    at('server.csr'),
    ...authority,
    '-out',
    at('server.pem'),
    '-days',
    '2',
    '-extfile',
    at('names'),
  ]);
  for (const name of ['server.pem', 'server.key']) {
    chmodSync(at(name), 0o600);
    if (NOBODY !== null) chownSync(at(name), NOBODY.uid, NOBODY.gid);
  }
  return { caPem: readFileSync(at('ca.pem'), 'utf8'), certPath: at('server.pem'), keyPath: at('server.key') };
}

/** Writes a file that the server's user owns. */
export function writeFor(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  if (NOBODY !== null) chownSync(path, NOBODY.uid, NOBODY.gid);
}

/** Removes a server's folder. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
