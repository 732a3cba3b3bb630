/**
 * What the use cases need from the world, named by need.
 *
 * Adapters implement these; `main.ts` hands them out. Every error that crosses a port is a MusterError.
 */

import type { Call } from '../authority/authority.ts';
import type { SimulatedAnswer } from '../authority/simulated.ts';
import type { Digest } from '../core/canonical.ts';
import type { Instant, Seconds } from '../core/time.ts';
import type { DrillPlan } from '../drill/drill-plan.ts';
import type { ScratchProof } from '../drill/guard.ts';
import type { JournalEntry } from '../drill/journal.ts';
import type { DrillRecord, ScratchKind } from '../drill/model.ts';
import type { Probe, ProbeAnswer } from '../drill/probe.ts';
import type { TokenRecord } from '../evidence/access-token.ts';
import type { Approval } from '../evidence/approval.ts';
import type { ChainRecord, Head } from '../evidence/chain.ts';
import type { KeyRecord, PublicKey, SealRecord } from '../evidence/keys.ts';
import type { Gap, Inventory } from '../inventory/model.ts';
import type { SettingsSeen } from '../verdict/disarming-memory.ts';
import type { DecisionDocument } from '../verdict/document.ts';
import type { StateSighting } from '../verdict/state-history.ts';

export type { JournalEntry, StateSighting };

/** System time, or a virtual one. */
export interface Clock {
  now(): Instant;
  /** Seconds since some moment; unlike `now` it never jumps, but it may stand still while the machine sleeps. */
  elapsed(): Seconds;
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

/** What AWS shows of a scratch thing: a database, or the copy of a snapshot. */
export interface ScratchView {
  readonly kind: ScratchKind;
  readonly id: string;
  /** AWS's own id, never reused: `DbiResourceId`, `DbClusterResourceId`; null for snapshots. */
  readonly resourceId: string | null;
  readonly status: string;
  readonly createdAt: Instant | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly endpoint: Endpoint | null;
  /** Null where AWS shows none, as for snapshots. */
  readonly publiclyAccessible: boolean | null;
  readonly securityGroupIds: readonly string[];
  /** Null where AWS shows none. */
  readonly masterUsername: string | null;
  /** The database that was named when the source was made; null for none. */
  readonly databaseName: string | null;
}

/** What AWS Backup shows of a restore job. */
export interface RestoreJobView {
  readonly status: 'pending' | 'running' | 'completed' | 'failed' | 'aborted';
  readonly message: string | null;
  /** What it made so far; null before it made anything. */
  readonly createdArn: string | null;
  /** When it was done; null until then. */
  readonly completedAt: Instant | null;
}

/** What AWS answered to a call that makes something. */
export interface Made {
  readonly resourceId: string | null;
}

/**
 * Makes scratch things, and looks at them. Calls are idempotent: what exists already under the scratch's own id and
 * this drill's tags is success.
 *
 * @throws MusterError, retryable where the same call may succeed later; `MUSTER_DRILL_FAILED` where it never will.
 */
export interface ScratchMaker {
  /** Copies the snapshot that the plan brings from elsewhere. */
  copySnapshot(plan: DrillPlan): Promise<Made>;
  /** From a snapshot or to a point in time, as the plan says. */
  restoreCluster(plan: DrillPlan): Promise<Made>;
  restoreInstance(plan: DrillPlan): Promise<Made>;
  addInstance(plan: DrillPlan): Promise<Made>;
  /** Has AWS Backup restore a recovery point. @returns The job's id; the same one when the plan's job was begun lately. */
  startRestoreJob(plan: DrillPlan): Promise<string>;
  /**
   * The job that was begun for the plan at that instant or later.
   *
   * @returns Its id; `pending` while a job that names nothing yet may be the one; null when there is none.
   */
  findRestoreJob(plan: DrillPlan, since: Instant): Promise<{ readonly jobId: string } | 'pending' | null>;
  /** Null where AWS Backup knows no such job (yet). */
  restoreJob(jobId: string): Promise<RestoreJobView | null>;
  /** Null where AWS says there is no such thing. */
  describe(kind: ScratchKind, id: string): Promise<ScratchView | null>;
  /** Everything in this account and region that bears a tag or the prefix of Muster's. */
  marked(): Promise<readonly ScratchView[]>;
}

/** The only hands that change or remove anything; every call takes the guard's proof. What is gone already is success. */
export interface ScratchHands {
  /** Writes the drill's tags onto what AWS Backup made, which takes none when it makes it. */
  mark(proof: ScratchProof, tags: Readonly<Record<string, string>>): Promise<void>;
  setPassword(proof: ScratchProof, password: string): Promise<void>;
  stop(proof: ScratchProof): Promise<void>;
  remove(proof: ScratchProof): Promise<void>;
}

/** Both, for one account and region. */
export interface ScratchOperator extends ScratchMaker, ScratchHands {}

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
  /** Gathers the answer to one probe without judging it; what cannot be asked is an answer too. */
  ask(probe: Probe, signal?: AbortSignal): Promise<ProbeAnswer>;
  /** Reads every row of every user table once, which ends lazy loading. */
  hydrate(signal?: AbortSignal): Promise<{ readonly rows: number }>;
  close(): Promise<void>;
}

/** Opens connections to scratch databases. */
export interface ProbeRunner {
  connect(login: Login): Promise<ProbeSession>;
}

/** Keeps what verdicts cite and what clean-up needs; appends only. */
export interface Store {
  journal(entry: JournalEntry): Promise<void>;
  journalEntries(): Promise<readonly JournalEntry[]>;
  /** The entries of one drill. */
  journalOf(drillId: string): Promise<readonly JournalEntry[]>;
  /** The entries of drills without a record; of one whose beginning was erased, those that are left. */
  journalUnrecorded(): Promise<readonly JournalEntry[]>;
  recordDrill(record: DrillRecord): Promise<void>;
  /** One record a drill: of several with one id the first. */
  drills(): Promise<readonly DrillRecord[]>;
  recordDecision(decision: DecisionDocument): Promise<void>;
  decisions(): Promise<readonly DecisionDocument[]>;
  /** The decisions on a change. @param changeDigest The digest, or what it begins with. */
  decisionsOn(changeDigest: string): Promise<readonly DecisionDocument[]>;
  /** What decisions saw weakened or made strong again, of those that saw any. */
  settingsSeen(): Promise<readonly SettingsSeen[]>;
  /** Which state claimed which databases, each time that raised no doubt. */
  recordState(sighting: StateSighting): Promise<void>;
  states(): Promise<readonly StateSighting[]>;
  recordApproval(approval: Approval): Promise<void>;
  approvals(): Promise<readonly Approval[]>;
  approvalsOf(changeDigest: Digest): Promise<readonly Approval[]>;
  /** An access token that was given out, or taken back. */
  recordToken(record: TokenRecord): Promise<void>;
  tokens(): Promise<readonly TokenRecord[]>;
  /** A key that signs from here on. */
  recordKey(key: KeyRecord): Promise<void>;
  keys(): Promise<readonly KeyRecord[]>;
  /** A signature over the chain up to a record. */
  recordSeal(seal: SealRecord): Promise<void>;
  /** What all of them are links of. */
  readonly chain: RecordChain;
  close(): Promise<void>;
}

/** The chain under a store, for whoever checks it, carries it away or thins it out. */
export interface RecordChain {
  /** Where it ends by its own account, which is kept apart from the records; null while nothing was written. */
  head(): Promise<Head | null>;
  /** The records after that number (0 for all), in order, as they stand: nothing is checked on the way. */
  read(after?: number): AsyncIterable<ChainRecord>;
  /**
   * Takes records over from another store, into one that is empty or ends where they begin.
   *
   * @throws MusterError `MUSTER_STORE_INVALID` for the first that does not follow; nothing of the batch is kept then.
   */
  adopt(records: readonly ChainRecord[]): Promise<void>;
  /**
   * Erases the bodies of these records and says so in a record of its own; their links stay.
   *
   * @throws MusterError `MUSTER_STORE_INVALID` when one is not in the chain.
   */
  erase(seqs: readonly number[], why: string, at: Instant): Promise<void>;
}

/** What a key signs: attestations and seals, or tokens; no key does both. */
export type KeyPurpose = 'attestation' | 'token';

/** Signs bytes with one key. */
export interface Signer {
  readonly key: PublicKey;
  /**
   * @returns Ed25519: 64 bytes; ECDSA P-256: r and s, 32 bytes each (RFC 7518, section 3.4).
   * @throws MusterError `MUSTER_AWS_UNAVAILABLE` or `MUSTER_ACCESS_DENIED` where a key service does not sign.
   */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** The keys that this Muster signs with. */
export interface KeyKeeper {
  /** The signer for a purpose; the first call makes the key where a file holds them. */
  signer(purpose: KeyPurpose): Promise<Signer>;
  /** Every key that ever signed here, retired ones too; what verifiers are given. */
  publicKeys(): Promise<readonly PublicKey[]>;
  /** Retires the key in use and makes the next; a key service rotates by its own means and refuses here. */
  rotate(purpose: KeyPurpose, at: Instant): Promise<{ readonly retired: Signer; readonly current: Signer }>;
}

/** Which process writes, and whether one that wrote before is surely gone. */
export interface Presence {
  /** The name of a run of this process. @param token What no other run bears. */
  runner(token: string): string;
  /** Whether the process behind that name has surely ended; false where nobody can know. */
  isGone(runner: string): boolean;
}

/** Chance, where a secret or a fresh name is needed. */
export interface Randomness {
  /** Lower-case letters and digits. */
  token(length: number): string;
  password(): string;
}
