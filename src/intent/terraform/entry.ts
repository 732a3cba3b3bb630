/**
 * One entry of a plan -> one change: its class and the API-level steps it consists of.
 *
 * Actions are read by membership ("delete" anywhere deletes), so that combinations yet to come still match,
 * and a word nobody knows is unknown. `action_reason` decides nothing: a forget carries a delete reason.
 * Deletions take their parameters from `before`: a destroy uses what the state holds.
 * Source: Terraform internals, "JSON Output Format", change representation; `gate-protocols.md` 1.4, 1.5.
 */

import type { Scope } from '../../core/arn.ts';
import type { Change, Target } from '../action.ts';
import { type Attributes, objectAt, readAttributes } from './attributes.ts';
import { type Finding, notUnderstood, worstOf } from './finding.ts';
import { type Made, readPut } from './put.ts';
import { LAST_RANK, type ResourceType, targetOf } from './resource-type.ts';
import type { PlanEntry } from './schema.ts';
import { modelledType } from './types.ts';
import { readUnmodelledCreate, readUnmodelledDelete, readUnmodelledUpdate } from './unmodelled.ts';
import { readUpdate } from './update.ts';

/** A change with what ordering and the scope of the whole need. */
export interface ReadEntry {
  readonly change: Change;
  readonly address: string;
  readonly deletes: boolean;
  /** When a destroy without known dependencies would take it, lowest first. */
  readonly rank: number;
  /** Where it lives, when it is destroyed or modified and of a modelled type. */
  readonly scope: Scope | null;
}

const WORDS = new Set(['no-op', 'read', 'create', 'update', 'delete', 'forget']);

/**
 * Reads one entry.
 *
 * @param made What the whole plan makes.
 * @param origin Where the text came from, for the message.
 * @throws MusterError `MUSTER_PLAN_SHAPE` when an attribute in use is of the wrong kind.
 */
export function readEntry(entry: PlanEntry, made: Made, origin: string): ReadEntry {
  const row = modelledType(entry.type);
  if (row === null && staysAsItIs(entry)) return idle(entry);
  const has = (word: string) => entry.actions.includes(word);
  const findings: Finding[] = [];
  if (entry.actions.length === 0 || entry.actions.some((word) => !WORDS.has(word))) {
    findings.push(notUnderstood(entry.address, 'the plan uses an action that this reader does not know'));
  }
  const held = row && heldAs(row, entry, origin);
  if (has('delete')) findings.push(held ? readDelete(entry, held) : readUnmodelledDelete(entry.type, entry.address));
  else if (has('forget')) findings.push({ class: 'forget', steps: [] });
  // A replacement is known to the state, so its create is no claim that the thing does not exist.
  else if (has('create')) findings.push(readCreate(entry, row, origin));
  if (has('create') && row) findings.push(...readPut(row, entry, { made, origin }));
  if (has('update') && !has('delete')) findings.push(readInPlace(entry, held, origin));
  const { class: worst, steps } = worstOf(findings);
  return {
    change: { address: addressOf(entry), actions: entry.actions.map(printableWord), class: worst, steps },
    address: entry.address,
    deletes: has('delete'),
    rank: row?.rank ?? LAST_RANK,
    scope: has('delete') || has('update') ? (held?.target?.scope ?? null) : null,
  };
}

/** Most of a large plan: nothing happens to it, so nothing more of it is looked at. */
function staysAsItIs({ actions }: PlanEntry): boolean {
  return actions.length > 0 && actions.every((word) => word === 'no-op' || word === 'read');
}

function idle(entry: PlanEntry): ReadEntry {
  const change: Change = { address: addressOf(entry), actions: entry.actions, class: 'none', steps: [] };
  return { change, address: entry.address, deletes: false, rank: LAST_RANK, scope: null };
}

/** Names an object apart from the old copies that share its address. */
export function addressOf({ address, deposed }: Pick<PlanEntry, 'address' | 'deposed'>): string {
  return deposed === null ? address : `${address} (deposed ${deposed})`;
}

/** A thing of a modelled type as the state holds it; without a target when nothing there names it. */
interface Held {
  readonly row: ResourceType;
  readonly before: Attributes;
  readonly target: Target | null;
}

function heldAs(row: ResourceType, entry: PlanEntry, origin: string): Held {
  const before = readAttributes(entry.before, row.attributes, { origin, path: `${entry.path}.before` });
  return { row, before, target: targetOf(row, before) };
}

function readDelete({ address }: PlanEntry, { row, before, target }: Held): Finding {
  if (target === null) {
    return { ...notUnderstood(address, 'the plan does not name what it deletes'), class: 'destroy' };
  }
  return { class: row.deletes, steps: [...row.first(target, before), row.destroy(target, before)] };
}

function readCreate(entry: PlanEntry, row: ResourceType | null, origin: string): Finding {
  if (row === null) return readUnmodelledCreate(entry.type, entry.address);
  if (!row.isDatabase) return { class: 'create', steps: [] };
  const after = readAttributes(entry.after, row.attributes, { origin, path: `${entry.path}.after` });
  const identifier = after.text(row.identity.identifier) ?? '';
  const target = { arn: null, resourceId: null, identifier, scope: null };
  return { class: 'create', steps: [{ kind: 'create_database', target }] };
}

function readInPlace(entry: PlanEntry, held: Held | null, origin: string): Finding {
  const rawBefore = objectAt(entry.before, { origin, path: `${entry.path}.before` });
  const rawAfter = objectAt(entry.after, { origin, path: `${entry.path}.after` });
  const { type, address, afterUnknown } = entry;
  if (held === null) {
    return readUnmodelledUpdate({ type, address, before: rawBefore, after: rawAfter, afterUnknown });
  }
  const { row, before, target } = held;
  const after = readAttributes(entry.after, row.attributes, { origin, path: `${entry.path}.after` });
  return readUpdate(row, target, address, { before, after, afterUnknown, rawBefore, rawAfter });
}

/** A word of the document, if it reads like one. */
function printableWord(word: string): string {
  return /^[a-z][a-z-]{0,30}$/.test(word) ? word : 'an unprintable action';
}
