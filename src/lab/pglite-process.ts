/**
 * One PGlite in a thread of its own.
 *
 * Loading a database keeps a thread busy for a second, `initdb` for several; in a worker the endpoint goes on
 * answering meanwhile, and letting go is ending the worker. The worker's program is text, because a bundle has
 * no second file to start from; it does nothing but carry calls over. PGlite is imported there and nowhere else.
 */

import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';

/** The compiled parts of PGlite, made once and shared by all workers. */
export interface PgliteAssets {
  readonly moduleUrl: string;
  readonly pgliteWasmModule: WebAssembly.Module;
  readonly initdbWasmModule: WebAssembly.Module;
  readonly fsBundle: Blob;
}

/** Node's own types name the WebAssembly classes but not its functions. */
const { compile } = Reflect.get(globalThis, 'WebAssembly') as {
  compile(bytes: Uint8Array): Promise<WebAssembly.Module>;
};

/** Reads and compiles PGlite's files, wherever the package is installed. */
export async function loadPgliteAssets(): Promise<PgliteAssets> {
  const moduleUrl = import.meta.resolve('@electric-sql/pglite');
  const read = (name: string) => readFile(new URL(name, moduleUrl));
  const [pglite, initdb, data] = await Promise.all([read('pglite.wasm'), read('initdb.wasm'), read('pglite.data')]);
  const [pgliteWasmModule, initdbWasmModule] = await Promise.all([compile(pglite), compile(initdb)]);
  return { moduleUrl, pgliteWasmModule, initdbWasmModule, fsBundle: new Blob([data]) };
}

/** What a process is started from: nothing (then `initdb` runs), or the dump of a data directory. */
export interface PgliteStart {
  readonly loadDataDir?: Blob;
  readonly username?: string;
  readonly database?: string;
}

const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
let db;
const calls = {
  async open(start) {
    const { moduleUrl, ...assets } = workerData;
    const { PGlite } = await import(moduleUrl);
    db = await PGlite.create({ ...assets, ...start });
  },
  exec: (sql) => db.exec(sql).then(() => undefined),
  value: (sql) => db.query(sql).then((result) => String(Object.values(result.rows[0])[0])),
  raw: (bytes) => db.execProtocolRaw(bytes),
  dump: () => db.dumpDataDir('none').then((file) => file.arrayBuffer()),
};
parentPort.on('message', async ({ id, call, argument }) => {
  try {
    const value = await calls[call](argument);
    parentPort.postMessage({ id, value }, value instanceof ArrayBuffer ? [value] : []);
  } catch (error) {
    parentPort.postMessage({ id, error: String(error && error.message) });
  }
});
`;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A running PGlite; every call rejects once it has ended. */
export class PgliteProcess {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #ended = false;

  private constructor(assets: PgliteAssets) {
    this.#worker = new Worker(PROGRAM, { eval: true, workerData: assets });
    this.#worker.on('message', (answer: { id: number; value?: unknown; error?: string }) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.error === undefined) waiting?.resolve(answer.value);
      else waiting?.reject(new Error(answer.error));
    });
    this.#worker.on('error', () => this.#end());
    this.#worker.on('exit', () => this.#end());
  }

  /** Begins loading; `opened` resolves when statements can be run. */
  static start(
    assets: PgliteAssets,
    from: PgliteStart,
  ): { readonly process: PgliteProcess; readonly opened: Promise<void> } {
    const process = new PgliteProcess(assets);
    return { process, opened: process.#call('open', from).then(() => undefined) };
  }

  async exec(sql: string): Promise<void> {
    await this.#call('exec', sql);
  }

  /** The first column of the first row, as text. */
  async value(sql: string): Promise<string> {
    return String(await this.#call('value', sql));
  }

  /** Protocol messages in, protocol messages out. */
  async raw(message: Uint8Array): Promise<Uint8Array> {
    return (await this.#call('raw', message)) as Uint8Array;
  }

  /** The data directory as it stands. */
  async dump(): Promise<Blob> {
    return new Blob([(await this.#call('dump')) as ArrayBuffer]);
  }

  async terminate(): Promise<void> {
    this.#end();
    await this.#worker.terminate();
  }

  #call(call: string, argument?: unknown): Promise<unknown> {
    if (this.#ended) return Promise.reject(new Error('the database has been closed'));
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, call, argument });
    });
  }

  #end(): void {
    this.#ended = true;
    for (const waiting of this.#waiting.values()) waiting.reject(new Error('the database has been closed'));
    this.#waiting.clear();
  }
}
