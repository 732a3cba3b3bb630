/**
 * One PGlite in a thread of its own.
 *
 * Loading a database keeps a thread busy for a second, `initdb` for several; in a worker the endpoint goes on
 * answering meanwhile, and letting go is ending the worker. The worker's program is text, because a bundle has
 * no second file to start from; it carries calls over and nothing else. PGlite is imported there and nowhere else.
 *
 * Of the extensions RDS has, every database here has `amcheck`. As on RDS the master user, who is no superuser, may
 * create and use it; PostgreSQL's own way to allow that is a trusted extension, and a grant in its script.
 */

import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';

/** The compiled parts of PGlite, made once and shared by all workers. */
export interface PgliteAssets {
  readonly moduleUrl: string;
  readonly amcheckUrl: string;
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
  const amcheckUrl = import.meta.resolve('@electric-sql/pglite/contrib/amcheck');
  const read = (name: string) => readFile(new URL(name, moduleUrl));
  const [pglite, initdb, data] = await Promise.all([read('pglite.wasm'), read('initdb.wasm'), read('pglite.data')]);
  const [pgliteWasmModule, initdbWasmModule] = await Promise.all([compile(pglite), compile(initdb)]);
  return { moduleUrl, amcheckUrl, pgliteWasmModule, initdbWasmModule, fsBundle: new Blob([data]) };
}

/** What a process is started from: nothing (then `initdb` runs), or the dump of a data directory. */
export interface PgliteStart {
  readonly loadDataDir?: Blob;
  readonly username?: string;
  readonly database?: string;
}

/** A log in pieces of 1 MiB, not 16: it is copied with every data directory, and hardly any of it is ever written. */
export const INITDB_SETTINGS = ['--wal-segsize=1'] as const;

/** What each starts with besides PGlite's own settings: less memory than PostgreSQL clears by default, as little is kept. */
const START_SETTINGS = ['-c', 'shared_buffers=16MB'] as const;

const TRUSTED_CONTROL = '\ntrusted = true\n';

const GRANT_SCRIPT = `
do $grant$
declare
  made regprocedure;
begin
  for made in
    select depend.objid::regprocedure from pg_depend depend join pg_extension on refobjid = pg_extension.oid
    where extname = 'amcheck' and depend.classid = 'pg_proc'::regclass
  loop
    execute format('grant execute on function %s to %s', made, '@extowner@');
  end loop;
end
$grant$;
`;

const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
let db;
const calls = {
  async open(start) {
    const { moduleUrl, amcheckUrl, trustedControl, grantScript, startSettings, ...assets } = workerData;
    const [{ PGlite }, { amcheck }] = await Promise.all([import(moduleUrl), import(amcheckUrl)]);
    const startParams = [...PGlite.defaultStartParams, ...startSettings];
    db = await PGlite.create({ ...assets, ...start, startParams, extensions: { amcheck } });
    const { FS } = db.Module;
    const append = (file, text) => FS.writeFile(file, FS.readFile(file, { encoding: 'utf8' }) + text);
    const folder = '/pglite/share/postgresql/extension';
    append(folder + '/amcheck.control', trustedControl);
    // The grant belongs at the end of the script that runs last.
    const scripts = FS.readdir(folder).filter((name) => /^amcheck--.*\\.sql$/.test(name)).sort();
    append(folder + '/' + scripts.at(-1), grantScript);
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
    const scripts = { trustedControl: TRUSTED_CONTROL, grantScript: GRANT_SCRIPT };
    const settings = { initDbStartParams: INITDB_SETTINGS, startSettings: START_SETTINGS };
    const workerData = { ...assets, ...scripts, ...settings };
    this.#worker = new Worker(PROGRAM, { eval: true, workerData });
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
