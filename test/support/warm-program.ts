/**
 * One process that runs many commands of the built `muster`, one after another.
 *
 * It imports the program's entry anew for each command, with arguments and an environment of its own, as a process of its
 * own would begin with; what the entry shares with other commands stays loaded, which is most of what a command costs.
 * For a command that ends by itself, reads no input and asks nobody: what needs a process of its own gets one.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

/** How a command ended there. */
export interface WarmEnded {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that waits for commands. */
export interface WarmProgram {
  run(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<WarmEnded>;
  close(): void;
}

const HOST = `
const streams = { stdout: process.stdout, stderr: process.stderr };
let runs = 0;
process.on('message', async ({ entry, argv, env }) => {
  runs += 1;
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.execPath, entry, ...argv];
  process.exitCode = undefined;
  const text = { stdout: '', stderr: '' };
  const own = {};
  for (const [name, stream] of Object.entries(streams)) {
    own[name] = stream.write;
    stream.write = (chunk, encoding, done) => {
      text[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      const then = typeof encoding === 'function' ? encoding : done;
      if (then) setImmediate(then);
      return true;
    };
  }
  // What throws here would have ended the process; so it does.
  await import(entry + '?run=' + runs);
  const exit = process.exitCode ?? 0;
  for (const [name, stream] of Object.entries(streams)) {
    stream.write = own[name];
    stream.removeAllListeners('error');
  }
  process.exitCode = undefined;
  // What a process lets go of when it ends, such as a file that a driver holds, this one lets go of now.
  globalThis.gc();
  process.send({ exit, ...text });
});
`;

/** Starts it with its first command. @param entry The file that is run. */
export function createWarmProgram(entry: string, cwd: string): WarmProgram {
  let host: ChildProcess | null = null;
  let before: Promise<unknown> = Promise.resolve();

  const start = (env: Readonly<Record<string, string>>): ChildProcess => {
    const args = ['--expose-gc', '--input-type=module', '--eval', HOST];
    const child = spawn(process.execPath, args, { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    child.once('exit', () => {
      host = null;
    });
    return child;
  };
  const ask = (argv: readonly string[], env: Readonly<Record<string, string>>): Promise<WarmEnded> => {
    host ??= start(env);
    const child = host;
    return new Promise((resolve) => {
      // What the runtime itself says goes past the streams of the program, and so does the end of a process.
      let said = '';
      const hear = (chunk: Buffer) => {
        said += chunk.toString();
      };
      const finish = (ended: WarmEnded) => {
        child.stderr?.off('data', hear);
        child.off('message', answered).off('close', gone);
        resolve({ ...ended, stderr: ended.stderr + said });
      };
      const answered = (ended: unknown) => finish(ended as WarmEnded);
      const gone = (exit: number | null) => finish({ exit, stdout: '', stderr: '' });
      child.stderr?.on('data', hear);
      child.on('message', answered).once('close', gone);
      child.send({ entry: pathToFileURL(entry).href, argv, env });
    });
  };
  return {
    run: (argv, env) => {
      const ended = before.then(() => ask(argv, env));
      before = ended;
      return ended;
    },
    close: () => void host?.kill('SIGKILL'),
  };
}
