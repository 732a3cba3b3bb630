/**
 * Replicas of a service in processes of their own, which tests start, ask and kill.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';
import type { ReplicaSettings } from './replica-child.ts';

/** A replica, alive or not. */
export interface Replica {
  readonly name: string;
  /** Whether it fires schedules. */
  readonly fires: boolean;
  /** Where it listens; null until then. */
  url(): string | null;
  /** By the machine's clock: since when it listened, and when it ended; null where it never did, or has not. */
  readonly life: { upAt: number | null; endedAt: number | null };
  /** Resolves once it listens; rejects when it ended before. */
  readonly up: Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
  /** Asks it to end. @returns Its exit code, and what it said on stderr. */
  stop(): Promise<{ readonly exit: number | null; readonly stderr: string }>;
}

/** One that does not end by then is killed, and has no exit code. */
const STOP_MILLISECONDS_MAX = 40_000;

/** Bundles the program, which starts much faster then. @returns Its path. */
export async function bundleReplica(): Promise<string> {
  const folder = join('node_modules', '.cache', `muster-service-kill-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: { replica: join('test', 'service-kill', 'replica-child.ts') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    mainFields: ['module', 'main'],
    external: ['libsql', 'pg-native', 'graphile-worker', '@electric-sql/pglite'],
    format: 'esm',
    platform: 'node',
    minify: true,
    logLevel: 'error',
    banner: {
      js: "import { createRequire as musterRequire } from 'node:module'; const require = musterRequire(import.meta.url);",
    },
  });
  return join(folder, 'replica.mjs');
}

/** Starts one. @param env The settings of the AWS SDK. */
export function startReplica(
  program: string,
  settings: ReplicaSettings,
  env: Readonly<Record<string, string>>,
): Replica {
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  });
  const life: Replica['life'] = { upAt: null, endedAt: null };
  const said = { stdout: '', stderr: '' };
  let url: string | null = null;
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (exit) => {
      life.endedAt ??= Date.now();
      resolve(exit);
    });
  });
  const up = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      said.stdout += data.toString();
      url ??= /^listening on (\S+)$/m.exec(said.stdout)?.[1] ?? null;
      if (url === null) return;
      life.upAt ??= Date.now();
      resolve();
    });
    void ended.then(() => reject(new Error(`${settings.name} ended before it listened: ${said.stderr}`)));
  });
  up.catch(() => undefined);
  child.stderr.on('data', (data: Buffer) => (said.stderr += data.toString()));
  return {
    name: settings.name,
    fires: settings.schedule,
    url: () => (life.endedAt === null ? url : null),
    life,
    up,
    kill: () => end(child, 'SIGKILL', life, ended).then(() => undefined),
    stop: async () => {
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS_MAX);
      const exit = await end(child, 'SIGTERM', life, ended);
      clearTimeout(late);
      return { exit, stderr: said.stderr };
    },
  };
}

function end(child: ChildProcess, signal: NodeJS.Signals, life: Replica['life'], ended: Promise<number | null>) {
  life.endedAt ??= Date.now();
  child.kill(signal);
  return ended;
}
