/**
 * Writers in processes of their own, which tests start, listen to and kill.
 */

import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';

/** A writer at work. */
export interface Writer {
  /** The records that it said were kept, by name. */
  readonly acknowledged: readonly string[];
  /** Resolves once it has acknowledged so many, or has ended. */
  until(count: number): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
  /** Its exit code once it has ended by itself, and what it complained of. */
  readonly ended: Promise<{ readonly exit: number | null; readonly stderr: string }>;
}

/** Bundles the program of the writers, which starts much faster then. @returns Its path. */
export async function bundleWriter(name: string): Promise<string> {
  const folder = join('node_modules', '.cache', `muster-${name}`);
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, 'writer.mjs');
  const entryPoints = [join('test', 'adapters', 'store', 'writer-child.ts')];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    external: ['libsql', 'pg-native'],
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

/** Starts a writer. @param args As the program takes them. */
export function startWriter(program: string, args: readonly string[]): Writer {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const acknowledged: string[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  let stderr = '';
  const tell = () => {
    for (const look of waiting) look();
  };
  child.stdout.on('data', (data: Buffer) => {
    const lines = (rest + data.toString()).split('\n');
    rest = lines.pop() ?? '';
    acknowledged.push(...lines);
    tell();
  });
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  let over = false;
  const ended = new Promise<{ exit: number | null; stderr: string }>((resolve) => {
    // `close` comes after the last line was read.
    child.once('close', (exit) => {
      over = true;
      tell();
      resolve({ exit, stderr });
    });
  });
  return {
    acknowledged,
    ended,
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (!over && acknowledged.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
