/**
 * One volume's running database, shared by the clients of all its openings.
 *
 * Started when first needed. Clients take turns by transaction; when the last one leaves, what the session
 * gathered (settings, temporary tables, prepared statements) is discarded. `current_user`, `session_user` and
 * `current_database()` are the master user's and the volume's own; `version()` is PGlite's, not the engine version
 * that RDS describes.
 */

import { type PgliteAssets, PgliteProcess } from './pglite-process.ts';
import { query } from './postgres-messages.ts';
import type { SqlSession, Turn } from './postgres-wire.ts';

/** Where a volume's data come from: a data directory, and SQL still to be run in it. */
export interface VolumeContent {
  readonly dataDirectory: () => Promise<Blob>;
  readonly sql: readonly string[];
}

/** A database that is running, or about to. */
export class RunningVolume implements SqlSession {
  version = '';
  readonly #process: PgliteProcess;
  readonly #username: string;
  #clients = 0;
  #tail: Promise<void> = Promise.resolve();

  private constructor(process: PgliteProcess, username: string) {
    this.#process = process;
    this.#username = username;
  }

  /** Loads a volume's content; rejects if it has been stopped meanwhile. */
  static async start(options: {
    readonly assets: PgliteAssets;
    readonly content: VolumeContent;
    readonly username: string;
    readonly database: string;
    readonly onProcess: (process: PgliteProcess) => void;
  }): Promise<RunningVolume> {
    const { assets, content, username, database } = options;
    const loadDataDir = await content.dataDirectory();
    const { process, opened } = PgliteProcess.start(assets, { loadDataDir, username, database });
    options.onProcess(process);
    await opened;
    const volume = new RunningVolume(process, username);
    await process.raw(query(volume.#becomeUser()));
    for (const sql of content.sql) await process.exec(sql);
    volume.version = await process.value("select split_part(current_setting('server_version'), ' ', 1)");
    return volume;
  }

  /** The data directory between two transactions. */
  async dump(): Promise<Blob> {
    const turn = await this.turn();
    try {
      return await this.#process.dump();
    } finally {
      turn.release();
    }
  }

  /** Ends the database once the turn before is over. */
  async stop(): Promise<void> {
    const turn = await this.turn();
    await this.#process.terminate();
    turn.release();
  }

  turn(): Promise<Turn> {
    let release: () => void = () => {};
    const before = this.#tail;
    this.#tail = new Promise((resolve) => {
      release = resolve;
    });
    return before.then(() => ({ raw: (message) => this.#process.raw(message), release }));
  }

  join(): () => void {
    this.#clients += 1;
    return () => {
      this.#clients -= 1;
      if (this.#clients === 0) void this.#reset().catch(() => {});
    };
  }

  async #reset(): Promise<void> {
    const turn = await this.turn();
    try {
      await turn.raw(query('DISCARD ALL'));
      await turn.raw(query(this.#becomeUser()));
    } finally {
      turn.release();
    }
  }

  #becomeUser(): string {
    return `SET SESSION AUTHORIZATION "${this.#username.replaceAll('"', '""')}"`;
  }
}
