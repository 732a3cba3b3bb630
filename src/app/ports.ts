/**
 * What the use cases need from the world, named by need.
 *
 * Adapters implement these; `main.ts` hands them out. Every error that crosses a port is a MusterError.
 */

import type { Call } from '../authority/authority.ts';
import type { SimulatedAnswer } from '../authority/simulated.ts';
import type { Scope } from '../core/arn.ts';
import type { Instant, Seconds } from '../core/time.ts';
import type { ScratchProof } from '../drill/guard.ts';
import type { DrillRecord, Grade, Probe, ProbeResult } from '../drill/model.ts';
import type { Gap, Inventory, RecoveryPoint } from '../inventory/model.ts';
import type { DecisionDocument } from '../verdict/document.ts';
import type { StateSighting } from '../verdict/state-history.ts';

export type { StateSighting };

/** System time, or a virtual one. */
export interface Clock {
  now(): Instant;
  /** @throws the signal's reason when it is aborted while waiting. */
  sleep(seconds: Seconds, signal?: AbortSignal): Promise<void>;
}

/** How far one reading goes; with nothing named, the one account and region that the settings lead to. */
export interface Reach {
  readonly regions: readonly string[];
  /** Roles to assume; the account of each is read besides. */
  readonly roleArns: readonly string[];
  readonly externalId: string | null;
}

/** Reads everything that exists within its reach. Refused reads become gaps, not errors. */
export interface EstateReader {
  /**
   * @param progress Told, in words, what is being read.
   * @throws MusterError `MUSTER_CREDENTIALS_MISSING`, `MUSTER_ENDPOINT_UNREACHABLE` or `MUSTER_REGION_MISSING` when
   *   nothing at all can be read.
   */
  read(at: Instant, progress?: (what: string) => void): Promise<Inventory>;
}

/** What was answered of the calls that were asked about, and what was not. */
export interface Simulation {
  readonly answers: readonly SimulatedAnswer[];
  readonly gaps: readonly Gap[];
}

/** Asks IAM what a principal may call. Refusals become gaps, not errors. */
export interface AuthorityReader {
  /** @param identity ARN of a user or role, never of a session. */
  simulate(identity: string, calls: readonly Call[]): Promise<Simulation>;
}

/** Where a database can be reached. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What `describe` sees of a scratch; null where AWS says there is no such thing. */
export interface ScratchView {
  readonly status: string;
  readonly createdAt: Instant | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly endpoint: Endpoint | null;
}

/** How a scratch is made; nothing is left to AWS's defaults, which copy production's. */
export interface ScratchShape {
  readonly instanceClass: string;
  readonly subnetGroup: string | null;
  readonly securityGroupIds: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The only way to make, change and delete scratch databases. Calls are idempotent: what already exists under the
 * scratch's own id and tags, or is already gone, is success.
 */
export interface ScratchOperator {
  restoreCluster(id: string, point: RecoveryPoint, shape: ScratchShape): Promise<void>;
  addInstance(id: string, clusterId: string, engine: string, shape: ScratchShape): Promise<void>;
  restoreInstance(id: string, point: RecoveryPoint, shape: ScratchShape): Promise<void>;
  setPassword(what: 'cluster' | 'instance', id: string, password: string): Promise<void>;
  describe(what: 'cluster' | 'instance', id: string): Promise<ScratchView | null>;
  /** @param proof Made by the scratch guard alone, from the journal and what `describe` saw. */
  delete(what: 'cluster' | 'instance', id: string, proof: ScratchProof): Promise<void>;
}

/** How to sign in to a scratch database. */
export interface Login {
  readonly endpoint: Endpoint;
  readonly engine: string;
  readonly username: string;
  readonly password: string;
  readonly databaseName: string;
}

/** An open connection to a scratch database. */
export interface ProbeSession {
  /** The first question, which proves that the engine answers. */
  ping(): Promise<void>;
  run(probe: Probe, at: Instant): Promise<ProbeResult>;
  close(): Promise<void>;
}

/** Opens connections to scratch databases. */
export interface ProbeRunner {
  /** The best grade this engine can reach: `restored` where no driver exists. */
  reach(engine: string): Grade;
  connect(login: Login): Promise<ProbeSession>;
}

/** One line of the drill journal; `intend` lines are written before the call they announce. */
export interface JournalEntry {
  readonly at: Instant;
  readonly drillId: string;
  readonly scope: Scope;
  readonly endpoint: string | null;
  readonly event: 'begin' | 'intend' | 'done' | 'end';
  /** `restore_cluster`, `delete_instance`, ...; for `end` the result. */
  readonly step: string;
  readonly scratchId: string | null;
  readonly what: 'cluster' | 'instance' | null;
}

/** Keeps what verdicts cite and what clean-up needs; appends only. */
export interface Store {
  journal(entry: JournalEntry): Promise<void>;
  journalEntries(): Promise<readonly JournalEntry[]>;
  recordDrill(record: DrillRecord): Promise<void>;
  drills(): Promise<readonly DrillRecord[]>;
  recordDecision(decision: DecisionDocument): Promise<void>;
  decisions(): Promise<readonly DecisionDocument[]>;
  /** Which state claimed which databases, each time that raised no doubt. */
  recordState(sighting: StateSighting): Promise<void>;
  states(): Promise<readonly StateSighting[]>;
}

/** Chance, where a secret or a fresh name is needed. */
export interface Randomness {
  /** Lower-case letters and digits. */
  token(length: number): string;
  password(): string;
}
