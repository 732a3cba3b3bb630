/**
 * Databases that are real: each open volume is a PGlite behind its own port on 127.0.0.1.
 *
 * `initdb` runs once, unless its work was kept; each pair of master user and database gets an empty data directory made
 * from it, and every volume starts from one of those and its SQL, or from another volume's dump. Volumes are built when
 * first needed. A copy of a running volume is its data directory at that moment; a copy of one that is not running
 * shares its content. Nothing touches the disk.
 */

import { createServer, type Server, type Socket } from 'node:net';
import type { DatabaseEngine, Effect, LabEvent } from './effects.ts';
import { keepDirectory, keptDirectory } from './kept-directories.ts';
import { loadPgliteAssets, type PgliteAssets, PgliteProcess } from './pglite-process.ts';
import { RunningVolume, type VolumeContent } from './pglite-volume.ts';
import { serveClient } from './postgres-wire.ts';
import { type ScramVerifier, verifierOf } from './scram.ts';
import type { VolumeSeed } from './world.ts';

interface Volume {
  readonly username: string;
  readonly database: string;
  verifier: ScramVerifier;
  content: VolumeContent;
  running: Promise<RunningVolume> | null;
}

interface Opening {
  readonly volumeId: string;
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

/** The engine behind the HTTP lab. */
export class PgliteEngine implements DatabaseEngine {
  readonly #volumes = new Map<string, Volume>();
  readonly #openings = new Map<string, Opening>();
  readonly #processes = new Set<PgliteProcess>();
  readonly #emptyDirectories = new Map<string, Promise<Blob>>();
  #assets: Promise<PgliteAssets> | null = null;
  #firstDirectory: { readonly username: string; readonly database: string; readonly dump: Blob } | null = null;
  #directoryTail: Promise<unknown> = Promise.resolve();
  #closed = false;

  run(effect: Effect, report: (event: LabEvent) => void): void {
    if (this.#closed) return;
    switch (effect.kind) {
      case 'create_volume':
        this.#create(effect.volumeId, effect.seed);
        return;
      case 'copy_volume':
        this.#copy(effect.from, effect.to);
        return;
      case 'open_volume':
        this.#open(effect, report);
        return;
      case 'set_password': {
        const volume = this.#volumes.get(effect.volumeId);
        if (volume !== undefined) volume.verifier = verifierOf(effect.password);
        return;
      }
      case 'close_opening':
        this.#closeOpening(effect.openingId);
        return;
      case 'drop_volume':
        this.#drop(effect.volumeId);
        return;
    }
  }

  /** Begins what the first restore will need, so that it is ready by then. */
  warm(seed: VolumeSeed): void {
    this.#emptyDirectory(seed.masterUsername, seed.databaseName).catch(() => {});
  }

  /** Sees to it that the empty directory of a pair is kept for the labs to come. */
  async keep(username: string, database: string): Promise<void> {
    const [assets, sql] = [await this.#loaded(), pairSql(username, database)];
    if ((await keptDirectory(assets, sql)) !== null) return;
    await keepDirectory(assets, sql, await this.#emptyDirectory(username, database));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const openingId of [...this.#openings.keys()]) this.#closeOpening(openingId);
    await Promise.all([...this.#processes].map((process) => process.terminate()));
    this.#processes.clear();
    this.#volumes.clear();
    this.#emptyDirectories.clear();
  }

  #create(volumeId: string, seed: VolumeSeed): void {
    const { masterUsername: username, databaseName: database } = seed;
    const content = { dataDirectory: () => this.#emptyDirectory(username, database), sql: seed.sql };
    this.#volumes.set(volumeId, { username, database, verifier: verifierOf(seed.password), content, running: null });
  }

  #copy(from: string, to: string): void {
    const source = this.#volumes.get(from);
    if (source === undefined) return;
    const running = source.running;
    if (running === null) {
      this.#volumes.set(to, { ...source, running: null });
      return;
    }
    const dumped = running.then((volume) => volume.dump());
    dumped.catch(() => {});
    this.#volumes.set(to, { ...source, content: { dataDirectory: () => dumped, sql: [] }, running: null });
  }

  #open(effect: Extract<Effect, { kind: 'open_volume' }>, report: (event: LabEvent) => void): void {
    const { volumeId, openingId, waits } = effect;
    const volume = this.#volumes.get(volumeId);
    if (volume === undefined) {
      report({ kind: 'database_failed', openingId, message: 'the volume does not exist' });
      return;
    }
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      void serveClient(socket, {
        username: volume.username,
        databaseName: volume.database,
        verifier: () => volume.verifier,
        session: () => this.#running(volume),
      });
    });
    this.#openings.set(openingId, { volumeId, server, sockets });
    const listening = new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(address !== null && typeof address === 'object' ? address.port : 0);
      });
    });
    // A database that waits is described as open at once; its clients wait for it instead.
    const loaded = waits ? Promise.resolve() : this.#running(volume).then(() => undefined);
    Promise.all([listening, loaded])
      .then(([port]) => report({ kind: 'database_opened', openingId, port }))
      .catch((error: unknown) => {
        if (!this.#closed) report({ kind: 'database_failed', openingId, message: String(error) });
      });
  }

  #running(volume: Volume): Promise<RunningVolume> {
    volume.running ??= this.#loaded().then((assets) =>
      RunningVolume.start({
        assets,
        content: volume.content,
        username: volume.username,
        database: volume.database,
        onProcess: (process) => this.#keep(process),
      }),
    );
    return volume.running;
  }

  #closeOpening(openingId: string): void {
    const opening = this.#openings.get(openingId);
    if (opening === undefined) return;
    this.#openings.delete(openingId);
    opening.server.close();
    for (const socket of opening.sockets) socket.destroy();
  }

  #drop(volumeId: string): void {
    const volume = this.#volumes.get(volumeId);
    if (volume === undefined) return;
    this.#volumes.delete(volumeId);
    for (const [openingId, opening] of this.#openings) if (opening.volumeId === volumeId) this.#closeOpening(openingId);
    // `stop` takes a turn, so a copy begun before the drop is finished first.
    volume.running?.then((running) => running.stop()).catch(() => {});
  }

  #loaded(): Promise<PgliteAssets> {
    this.#assets ??= loadPgliteAssets();
    return this.#assets;
  }

  /** An empty data directory with that role and database; made once for each pair. */
  #emptyDirectory(username: string, database: string): Promise<Blob> {
    const name = JSON.stringify([username, database]);
    const known = this.#emptyDirectories.get(name);
    if (known !== undefined) return known;
    const make = () => this.#makeDirectory(username, database);
    const kept = this.#loaded().then((assets) => keptDirectory(assets, pairSql(username, database)));
    const made = kept.then((dump) => dump ?? this.#inTurn(make));
    this.#emptyDirectories.set(name, made);
    return made;
  }

  #inTurn(make: () => Promise<Blob>): Promise<Blob> {
    const made = this.#directoryTail.then(make);
    this.#directoryTail = made.catch(() => {});
    return made;
  }

  /** The first pair is made in a fresh `initdb`; later ones in a copy of the first, which is faster than another. */
  async #makeDirectory(username: string, database: string): Promise<Blob> {
    const first = this.#firstDirectory;
    const from = first === null ? {} : { loadDataDir: first.dump };
    const { process, opened } = PgliteProcess.start(await this.#loaded(), from);
    this.#keep(process);
    await opened;
    if (first !== null) await removePair(process, first.username, first.database);
    for (const sql of pairSql(username, database)) await process.exec(sql);
    const dump = await process.dump();
    this.#firstDirectory ??= { username, database, dump };
    this.#processes.delete(process);
    await process.terminate();
    return dump;
  }

  #keep(process: PgliteProcess): void {
    this.#processes.add(process);
    if (this.#closed) void process.terminate();
  }
}

/** Makes a role and a database of its own; RDS's master user is no superuser either. */
function pairSql(username: string, database: string): readonly string[] {
  const role = quoted(username);
  return [
    `create role ${role} login createdb createrole`,
    `grant pg_monitor, pg_signal_backend, pg_checkpoint to ${role} with admin option`,
    database === 'postgres'
      ? `alter database postgres owner to ${role}`
      : `create database ${quoted(database)} owner ${role}`,
    // What is loaded from the directory has no log to replay then.
    'checkpoint',
  ];
}

async function removePair(process: PgliteProcess, username: string, database: string): Promise<void> {
  const role = quoted(username);
  if (database === 'postgres') await process.exec('alter database postgres owner to postgres');
  else await process.exec(`drop database ${quoted(database)}`);
  await process.exec(`revoke pg_monitor, pg_signal_backend, pg_checkpoint from ${role}`);
  await process.exec(`drop role ${role}`);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
