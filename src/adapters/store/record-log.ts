/**
 * A store, given a log of records by kind: which record is of which kind, how it is checked and what it is looked up by.
 *
 * What is the same for every store stands here; where the records are kept is the log's matter.
 */

import type * as z from 'zod';
import type { JournalEntry, RecordChain, StateSighting, Store } from '../../app/ports.ts';
import { digestOf } from '../../core/canonical.ts';
import { MusterError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import type { DrillRecord } from '../../drill/model.ts';
import type { TokenRecord } from '../../evidence/access-token.ts';
import type { Approval } from '../../evidence/approval.ts';
import type { RecordKind } from '../../evidence/chain.ts';
import type { Erasure } from '../../evidence/chain-erasures.ts';
import type { KeyRecord, SealRecord } from '../../evidence/keys.ts';
import type { DecisionDocument } from '../../verdict/document.ts';
import { drillRecord, journalEntry } from './drill-records.ts';
import { firstOfEach } from './first-of-each.ts';
import { approval, decisionDocument, erasure, keyRecord, sealRecord, stateSighting, tokenRecord } from './records.ts';

/** The record that each kind holds. */
export interface Bodies {
  readonly journal: JournalEntry;
  readonly drill: DrillRecord;
  readonly decision: DecisionDocument;
  readonly state: StateSighting;
  readonly approval: Approval;
  readonly token: TokenRecord;
  readonly key: KeyRecord;
  readonly seal: SealRecord;
  readonly erasure: Erasure;
}

/** Which records of a kind are asked for; all that is named must fit. */
export interface Which {
  /** Only those after that number. */
  readonly after?: number;
  /** Only those of that key. */
  readonly key?: string;
  /** Only those whose key begins so; takes longer. */
  readonly keyBegins?: string;
  /** Only those of a key of which there is no record of that kind, whether or not that has its body still. */
  readonly lacking?: RecordKind;
  /** Only those whose JSON holds one of these texts, and perhaps others: it saves reading what nobody asked for. */
  readonly holding?: readonly string[];
}

/** A record as it is kept: its number and its body. */
export interface Kept<K extends RecordKind> {
  readonly seq: number;
  readonly body: Bodies[K];
}

/** Where records are kept, in the order in which they came. */
export interface RecordLog {
  append<K extends RecordKind>(kind: K, body: Bodies[K]): Promise<void>;
  /** Those after that number that have a body still, in order. */
  list<K extends RecordKind>(kind: K, which?: Which): Promise<readonly Kept<K>[]>;
  /** Number of the last record; 0 for none. */
  last(): Promise<number>;
  readonly chain: RecordChain;
  close(): Promise<void>;
}

const SCHEMAS: { readonly [K in RecordKind]: z.ZodType<Bodies[K]> } = {
  journal: journalEntry,
  drill: drillRecord,
  decision: decisionDocument,
  state: stateSighting,
  approval,
  token: tokenRecord,
  key: keyRecord,
  seal: sealRecord,
  erasure,
};

const KEYS: { readonly [K in RecordKind]: (body: Bodies[K]) => string | null } = {
  journal: ({ drillId }) => drillId,
  drill: ({ drillId }) => drillId,
  decision: ({ changeDigest }) => changeDigest,
  state: ({ lineage }) => lineage,
  approval: ({ changeDigest }) => changeDigest,
  token: ({ id }) => id,
  key: ({ key }) => key.kid,
  seal: () => null,
  erasure: () => null,
};

/** Of a whole digest, `sha256:` included. */
const DIGEST_LENGTH = 71;
/** Longer texts do not fit the index of every database. */
const KEY_LENGTH_MAX = 200;
const STORABLE = /^[^\p{Cc}\p{Cs}]*$/u;

/** The store whose records that log keeps. */
export function storeOver(log: RecordLog): Store {
  const all = async <K extends RecordKind>(kind: K, which?: Which) => bodiesOf(await log.list(kind, which));
  const remembering = <K extends RecordKind>(kind: K, which?: Which) => rememberingList(log, kind, which);
  const [drills, states, tokens] = [remembering('drill'), remembering('state'), remembering('token')];
  const weakening = remembering('decision', { holding: ['"disarmings":[{', '"rearmings":[{'] });
  return {
    journal: (entry) => log.append('journal', entry),
    journalEntries: () => all('journal'),
    journalOf: async (drillId) =>
      (await all('journal', { key: storableKey(drillId) })).filter((entry) => entry.drillId === drillId),
    recordDrill: (record) => log.append('drill', record),
    drills: async () => firstOfEach(await drills()),
    journalUnrecorded: unrecordedJournal(log, drills),
    recordDecision: (decision) => log.append('decision', decision),
    decisions: () => all('decision'),
    decisionsOn: async (digest) => {
      const found = await all('decision', digest.length < DIGEST_LENGTH ? { keyBegins: digest } : { key: digest });
      return found.filter(({ changeDigest }) => changeDigest.startsWith(digest));
    },
    settingsSeen: weakening,
    recordState: (sighting) => log.append('state', sighting),
    states,
    recordApproval: (receipt) => log.append('approval', receipt),
    approvals: () => all('approval'),
    approvalsOf: (changeDigest) => all('approval', { key: changeDigest }),
    recordToken: (record) => log.append('token', record),
    tokens,
    recordKey: (key) => log.append('key', key),
    keys: () => all('key'),
    recordSeal: (seal) => log.append('seal', seal),
    chain: log.chain,
    close: log.close,
  };
}

/**
 * A list that is asked for again and again: only what came since is read and checked anew. After an erasure, whoever's it
 * was, it is read as a whole.
 */
function rememberingList<K extends RecordKind>(log: RecordLog, kind: K, which: Which = {}) {
  let known: { readonly upTo: number; readonly bodies: readonly Bodies[K][] } = { upTo: 0, bodies: [] };
  return oneAtATime(async (): Promise<readonly Bodies[K][]> => {
    // Most of what comes is of other kinds, and not to be looked through twice; what comes meanwhile is for the next time.
    const upTo = await log.last();
    if (upTo === known.upTo) return [...known.bodies];
    const erased = await log.list('erasure', { after: known.upTo });
    const from = erased.length > 0 ? { upTo: 0, bodies: [] } : known;
    const more = await log.list(kind, { ...which, after: from.upTo });
    known = { upTo, bodies: [...from.bodies, ...bodiesOf(more.filter(({ seq }) => seq <= upTo))] };
    return [...known.bodies];
  });
}

/**
 * The journal of drills without a record. It is the longest part of a store, and every verdict asks: what belongs to drills on
 * record is never read, and what was read once is not read again.
 */
function unrecordedJournal(log: RecordLog, drills: () => Promise<readonly DrillRecord[]>) {
  let known: { readonly upTo: number; readonly entries: readonly JournalEntry[] } = { upTo: 0, entries: [] };
  return oneAtATime(async (): Promise<readonly JournalEntry[]> => {
    const upTo = await log.last();
    if (upTo === known.upTo) return known.entries;
    const erased = await log.list('erasure', { after: known.upTo });
    const from = erased.length > 0 ? { upTo: 0, entries: [] } : known;
    const more = await log.list('journal', from.upTo === 0 ? { lacking: 'drill' } : { after: from.upTo });
    // Records last: what got one while its journal was read is left out.
    const recorded = new Set((await drills()).map(({ drillId }) => drillId));
    const read = [...from.entries, ...bodiesOf(more.filter(({ seq }) => seq <= upTo))];
    known = { upTo, entries: read.filter(({ drillId }) => !recorded.has(drillId)) };
    return known.entries;
  });
}

/** Has whoever asks wait for those before. */
function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}

function bodiesOf<K extends RecordKind>(kept: readonly Kept<K>[]): readonly Bodies[K][] {
  return kept.map(({ body }) => body);
}

/** What a record is looked up by; null where nothing asks. */
export function keyOf<K extends RecordKind>(kind: K, body: Bodies[K]): string | null {
  const key = KEYS[kind](body);
  return key === null ? null : storableKey(key);
}

/** The key itself, or its digest where no database would keep it as it is: a lineage may hold anything. */
export function storableKey(key: string): string {
  return isStorableKey(key) ? key : digestOf(key);
}

/** Whether every database keeps that key as it is. */
export function isStorableKey(key: string): boolean {
  return key.length <= KEY_LENGTH_MAX && STORABLE.test(key);
}

/**
 * Holds that a record is whole before it is stored.
 *
 * @throws MusterError `MUSTER_INVARIANT_BROKEN` when it is not.
 */
export function checkNew<K extends RecordKind>(kind: K, body: Bodies[K]): void {
  const { success } = SCHEMAS[kind].safeParse(body);
  invariant(success, 'a record is whole before it is stored', { kind });
}

/**
 * The record that a stored value is.
 *
 * @param where The store and the record, for the message.
 * @throws MusterError `MUSTER_STORE_INVALID` when it is none of that kind.
 */
export function checkStored<K extends RecordKind>(kind: K, value: unknown, where: string): Bodies[K] {
  const result = SCHEMAS[kind].safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  const message = `${where} is no ${kind} record of Muster${path}: ${issue?.message ?? 'unreadable'}`;
  throw new MusterError('MUSTER_STORE_INVALID', message);
}

/** JSON, or undefined for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
