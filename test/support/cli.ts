/**
 * Runs the built `muster` as a stranger's shell would.
 *
 * Each sandbox has a home and a temp folder of its own, no AWS settings but those given, and remembers everything that
 * was printed. A command that is started runs in its own process group, so that Ctrl-C reaches what a terminal's would,
 * and what it leaves behind can be seen. On a terminal it runs in one that `script` of util-linux makes. `npm test` builds
 * dist/ first.
 *
 * A command that only answers is run in a process of its own the first time in a sandbox, as data and as text; after that in
 * one that is warm, from the same built program (`warm-program.ts`).
 */

import { type StdioOptions, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createWarmProgram } from './warm-program.ts';

/** The plan of `terraform destroy`, and the secret that it holds in clear. */
export const PLAN = resolve('src/demo/datatalks-destroy.plan.json');
export const CANARY = 'CANARY-courses-91c4e7';
export const CLUSTER = 'dev-course-management-cluster';

/** What a person presses. */
export const CTRL_C = '\u0003';
export const CTRL_D = '\u0004';

/** Whether this machine can make a terminal; without it, tests of what a person is asked are skipped. */
export const HAS_TERMINAL = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '');

const CLI = resolve('dist/main.js');
const SECONDS_MAX = 90;
/** Commands that answer and end: they start nothing, hold no lease and wait for nobody. */
const ANSWERS =
  /^(?:drill (?:list|plan|show)|gate \w+|(?:attest|authority|keys|policy|recheck|report|rules|scan|verify)\b)/;
/** A setting of one command alone that may be warm: where its store lies. */
const MAY_DIFFER = new Set(['MUSTER_HOME']);

/** How a command ended. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** True while any process that it started is alive. */
  readonly leftProcesses: boolean;
}

/** A command that runs. */
export interface Running {
  stdout(): string;
  /** Types on its terminal. */
  type(text: string): void;
  /** Resolves once what was printed matches; rejects when the command ends first, or after the bound. */
  until(pattern: RegExp): Promise<string>;
  /** To the whole process group, as a terminal does. */
  send(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/** How a command is started. */
export interface StartOptions {
  /** Environment besides PATH, HOME and TMPDIR. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Nobody reads what is printed. */
  readonly closeStdout?: boolean;
  /** A device that takes what is printed. */
  readonly stdoutTo?: string;
  /** On a terminal of that many columns, which shows stdout and stderr as one. */
  readonly terminal?: number;
  /** The command is killed, and the test fails, after this many seconds. */
  readonly secondsMax?: number;
}

/** A place to run commands in. */
export interface Sandbox {
  readonly home: string;
  /** Writes a file for a command to read, outside its home. */
  file(name: string, content: string | Uint8Array): string;
  start(argv: readonly string[], options?: StartOptions): Running;
  run(argv: readonly string[], options?: StartOptions): Promise<Ended>;
  /** Files below the home and the temp folder. */
  leftFiles(): string[];
  /** Everything printed so far, and the content of every file below the home and the temp folder. */
  everything(): string;
  /** Ends what still runs and removes the folders. */
  close(): void;
}

/** Makes a sandbox. */
export function createSandbox(settings: Readonly<Record<string, string>> = {}): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), 'muster-test-'));
  const [home, temp, inputs] = ['home', 'temp', 'inputs'].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [home, temp, inputs]) mkdirSync(path);
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: temp, ...settings };
  const printed: string[] = [];
  const running = new Set<number>();

  const start = (argv: readonly string[], options: StartOptions = {}): Running => {
    const env = { ...environment, ...options.env };
    const sink = options.stdoutTo === undefined ? null : openSync(options.stdoutTo, 'w');
    const stdio: StdioOptions = ['pipe', sink ?? 'pipe', 'pipe'];
    const [file, args] = programOf([process.execPath, CLI, ...argv], options.terminal);
    const child = spawn(file, args, { cwd: inputs, env, detached: true, stdio });
    if (sink !== null) closeSync(sink);
    const group = child.pid ?? 0;
    running.add(group);
    const text = { stdout: '', stderr: '' };
    const watchers = new Set<() => void>();
    const hear = (name: 'stdout' | 'stderr') => (chunk: string) => {
      text[name] += chunk;
      printed.push(chunk);
      for (const watch of watchers) watch();
    };
    child.stdout?.setEncoding('utf8').on('data', hear('stdout'));
    if (options.closeStdout) child.stdout?.destroy();
    child.stderr?.setEncoding('utf8').on('data', hear('stderr'));
    child.stdin?.on('error', () => undefined);
    if (options.terminal === undefined) child.stdin?.end(options.input ?? '');
    const secondsMax = options.secondsMax ?? SECONDS_MAX;
    const fault = (what: string) =>
      new Error(`muster ${argv.join(' ')} ${what}\nstdout: ${text.stdout}\nstderr: ${text.stderr}`);

    const ended = new Promise<Ended>((yes, no) => {
      const timer = setTimeout(() => {
        kill(group, 'SIGKILL');
        no(fault(`has not ended after ${secondsMax} s`));
      }, secondsMax * 1000);
      child.once('error', no);
      child.once('close', (exit, signal) => {
        clearTimeout(timer);
        running.delete(group);
        yes({ exit, signal, ...text, leftProcesses: isAlive(group) });
      });
    });
    ended.catch(() => undefined);
    const until = (pattern: RegExp) =>
      new Promise<string>((yes, no) => {
        const watch = () => {
          const match = pattern.exec(text.stdout) ?? pattern.exec(text.stderr);
          if (match === null) return;
          watchers.delete(watch);
          yes(match[0]);
        };
        watchers.add(watch);
        ended.then(() => no(fault(`ended before it printed ${pattern}`)), no);
        watch();
      });
    const type = (typed: string) => void child.stdin?.write(typed);
    return { stdout: () => text.stdout, type, until, send: (signal) => kill(group, signal), ended };
  };

  const warm = createWarmProgram(CLI, inputs);
  const met = new Set<string>();
  const run = async (argv: readonly string[], options: StartOptions = {}): Promise<Ended> => {
    const { env = {}, ...others } = options;
    const shape = [argv[0], /^(?:drill|gate)$/.test(argv[0] ?? '') ? argv[1] : '', argv.includes('--json')].join(' ');
    const alone = Object.keys(others).length > 0 || Object.keys(env).some((name) => !MAY_DIFFER.has(name));
    if (alone || !ANSWERS.test(argv.join(' ')) || argv.includes('-') || !met.has(shape)) {
      met.add(shape);
      return start(argv, options).ended;
    }
    const { exit, stdout, stderr } = await warm.run(argv, { ...environment, ...env });
    printed.push(stdout, stderr);
    return { exit, signal: null, stdout, stderr, leftProcesses: false };
  };

  const leftFiles = () => [...filesBelow(home), ...filesBelow(temp)];
  return {
    home,
    file: (name, content) => {
      const path = join(inputs, name);
      writeFileSync(path, content);
      return path;
    },
    start,
    run,
    leftFiles,
    everything: () => [...printed, ...leftFiles().map((path) => readFileSync(path, 'utf8'))].join('\n'),
    close: () => {
      for (const group of running) kill(group, 'SIGKILL');
      warm.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The settings that lead a command to a lab. */
export function settingsOf(lab: { readonly endpoint: string; readonly region: string }): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: lab.endpoint,
    AWS_REGION: lab.region,
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
  };
}

/** Whether something listens at `http://HOST:PORT`. */
export function answers(endpoint: string): Promise<boolean> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((yes) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once('connect', () => {
      socket.destroy();
      yes(true);
    });
    socket.once('error', () => yes(false));
  });
}

/** Looks again until it sees something; throws after the bound. */
export async function eventually<T>(look: () => Promise<T | null> | T | null, secondsMax = 30): Promise<T> {
  const end = performance.now() + secondsMax * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== null) return seen;
    if (performance.now() > end) throw new Error(`not seen within ${secondsMax} s`);
    await new Promise((resume) => setTimeout(resume, 20));
  }
}

function programOf(command: readonly string[], columns: number | undefined): [string, string[]] {
  const [file = '', ...args] = command;
  if (columns === undefined) return [file, args];
  const line = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  return ['script', ['-qefc', `stty cols ${columns} rows 50; exec ${line}`, '/dev/null']];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

function kill(group: number, signal: NodeJS.Signals): void {
  if (isAlive(group)) process.kill(-group, signal);
}

function isAlive(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}
