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
import type { Approval } from '../../evidence/approval.ts';
import type { RecordKind } from '../../evidence/chain.ts';
import type { Erasure } from '../../evidence/chain-erasures.ts';
import type { KeyRecord, SealRecord } from '../../evidence/keys.ts';
import type { DecisionDocument } from '../../verdict/document.ts';
import { drillRecord, journalEntry } from './drill-records.ts';
import { firstOfEach } from './first-of-each.ts';
import { approval, decisionDocument, erasure, keyRecord, sealRecord, stateSighting } from './records.ts';

/** The record that each kind holds. */
export interface Bodies {
  readonly journal: JournalEntry;
  readonly drill: DrillRecord;
  readonly decision: DecisionDocument;
  readonly state: StateSighting;
  readonly approval: Approval;
  readonly key: KeyRecord;
  readonly seal: SealRecord;
  readonly erasure: Erasure;
}

/** Where records are kept, in the order in which they came. */
export interface RecordLog {
  append<K extends RecordKind>(kind: K, body: Bodies[K]): Promise<void>;
  /** Those that have a body still. */
  list<K extends RecordKind>(kind: K): Promise<readonly Bodies[K][]>;
  readonly chain: RecordChain;
  close(): Promise<void>;
}

const SCHEMAS: { readonly [K in RecordKind]: z.ZodType<Bodies[K]> } = {
  journal: journalEntry,
  drill: drillRecord,
  decision: decisionDocument,
  state: stateSighting,
  approval,
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
  key: ({ key }) => key.kid,
  seal: () => null,
  erasure: () => null,
};

/** Longer texts do not fit the index of every database. */
const KEY_LENGTH_MAX = 200;
const STORABLE = /^[^\p{Cc}\p{Cs}]*$/u;

/** The store whose records that log keeps. */
export function storeOver(log: RecordLog): Store {
  return {
    journal: (entry) => log.append('journal', entry),
    journalEntries: () => log.list('journal'),
    recordDrill: (record) => log.append('drill', record),
    drills: async () => firstOfEach(await log.list('drill')),
    recordDecision: (decision) => log.append('decision', decision),
    decisions: () => log.list('decision'),
    recordState: (sighting) => log.append('state', sighting),
    states: () => log.list('state'),
    recordApproval: (receipt) => log.append('approval', receipt),
    approvals: () => log.list('approval'),
    recordKey: (key) => log.append('key', key),
    keys: () => log.list('key'),
    recordSeal: (seal) => log.append('seal', seal),
    chain: log.chain,
    close: log.close,
  };
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
