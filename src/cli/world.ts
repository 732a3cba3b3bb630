/**
 * What the commands are given: everything outside the process, built in `main.ts` and handed in.
 *
 * Adapters are made by functions, so that a command that needs no AWS SDK never loads it.
 */

import type { Archive } from '../app/archive-port.ts';
import type {
  AuthorityReader,
  Clock,
  EstateReader,
  KeyKeeper,
  Presence,
  ProbeRunner,
  Randomness,
  Reach,
  ScratchOperator,
  Store,
} from '../app/ports.ts';
import type { Scope } from '../core/arn.ts';
import type { Days } from '../core/time.ts';
import type { DemoWorld } from '../demo/world.ts';
import type { TokenCheck } from '../evidence/token.ts';
import type { Paint } from '../report/style.ts';

/** Where a command's output goes: data to stdout, talk to stderr. */
export interface Terminal {
  readonly paint: Paint;
  /** Columns to lay reports out for. */
  readonly width: number;
  out(text: string): void;
  talk(text: string): void;
  /** Shows what is being waited for, on a terminal only; the returned function takes it away. */
  progress(text: string): Progress;
  /** A line typed by a person; null where nobody can be asked, or nobody answered before the signal was aborted. */
  ask(question: string, signal: AbortSignal): Promise<string | null>;
}

/** Something that is being waited for. */
export interface Progress {
  update(text: string): void;
  /** A line that stays, above what turns; written to a pipe as well. */
  say(line: string): void;
  /** Leaves the line to a question until the returned function is called; on a terminal, what is said comes then. */
  pause(): () => void;
  stop(): void;
}

/** The AWS account that the process's own settings lead to, and those read besides. */
export interface Estate {
  readonly reader: EstateReader;
  /** @throws MusterError `MUSTER_ACCESS_DENIED` where no credentials for that place are at hand. */
  operatorAt(scope: Scope): Promise<ScratchOperator>;
  /** The account and region that the settings lead to. */
  home(): Promise<Scope>;
  readonly authority: AuthorityReader;
  /** Null for AWS itself. */
  endpoint(): Promise<string | null>;
  close(): void;
}

/** A lab that serves until it is closed. */
export interface ServedLab {
  readonly endpoint: string;
  readonly accountId: string;
  readonly region: string;
  close(): Promise<void>;
}

/** How an archive is opened. */
export interface ArchiveOptions {
  /** Undefined for 400 days. */
  readonly retentionDays?: Days;
  readonly lockMode?: 'COMPLIANCE' | 'GOVERNANCE';
  /** Accounts whose databases are judged. */
  readonly judgedAccounts: readonly string[];
}

/** What every command is given. */
export interface CliWorld {
  readonly version: string;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly presence: Presence;
  readonly probes: ProbeRunner;
  /** Opened on first use, and sealed with the keys below. */
  store(): Promise<Store>;
  /** Where that store lies, without a password. */
  storeName(): string;
  /** Opens the store in that file; `create` makes it, and refuses a file that is there. */
  storeAt(path: string, options: { readonly create: boolean }): Promise<Store>;
  /** @param url `s3://bucket/prefix`. @throws MusterError `MUSTER_USAGE` for another. */
  archive(url: string, options: ArchiveOptions): Promise<Archive>;
  /** What attestations, tokens and seals are signed with; opened on first use. */
  keys(): Promise<KeyKeeper>;
  /** By another implementation than the one that makes tokens. */
  readonly checkToken: TokenCheck;
  /** The machine's name of whoever runs this. */
  user(): string;
  /** @param reach What else to read; null or nothing for the one account and region of the settings. */
  estate(reach?: Reach | null): Promise<Estate>;
  /** @param path A file, or `-` for stdin. */
  readFile(path: string): Promise<string>;
  readBytes(path: string): Promise<Uint8Array>;
  /** Lines of a file, without their newline. @throws MusterError `MUSTER_FILE_UNREADABLE`. */
  readLines(path: string): AsyncIterable<string>;
  /** Writes a new file for the owner alone. @throws MusterError `MUSTER_FILE_UNREADABLE` when it is there already. */
  writeLines(path: string, chunks: AsyncIterable<string>): Promise<void>;
  /** The definition a drill follows when none is named. */
  defaultDefinition(): Promise<{ readonly text: string; readonly origin: string }>;
  startLab(options: { readonly estate: 'datatalks' | 'empty'; readonly port: number }): Promise<ServedLab>;
  startDemo(): Promise<DemoWorld>;
  /** Runs `handler` at Ctrl-C (SIGINT) or SIGTERM, until the returned function is called; SIGHUP counts as the latter. */
  onInterrupt(handler: (signal: 'SIGINT' | 'SIGTERM') => void): () => void;
}
