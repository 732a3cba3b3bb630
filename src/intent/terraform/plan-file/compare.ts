/**
 * Whether the JSON that is judged was rendered from the saved plan that would be applied.
 *
 * The two are compared by moment, version, every action on every managed object, and the values that decide what a
 * deletion leaves: a JSON that leaves a deletion out, softens one, or calls what it deletes something else is told from
 * the plan that holds it. Nothing of either is trusted over the other; a difference is said.
 * Source: Terraform internals, "JSON Output Format" (`timestamp`, `terraform_version`); seen alike in plans of
 * Terraform 1.11.4.
 */

import { printListed } from '../attributes.ts';
import { blockAddress } from '../order.ts';
import type { PlanDocument, PlanEntry } from '../schema.ts';
import type { StateDocument } from '../state/read-state.ts';
import { modelledType } from '../types.ts';
import type { SavedPlan } from './read-plan-file.ts';

const SHOWN_MAX = 3;

/** Where they contradict each other, in words; empty when they agree. */
export function contradictions(document: PlanDocument, saved: SavedPlan, state: StateDocument): readonly string[] {
  const found: string[] = [];
  if (differ(document.timestamp, saved.timestamp)) {
    found.push('the JSON was rendered from a plan that was made at another moment than the plan file');
  }
  if (differ(document.terraformVersion, saved.terraformVersion)) {
    found.push('the JSON and the plan file name different versions of Terraform');
  }
  if (document.actionInvocationCount !== saved.invocationCount) {
    found.push('the plan file runs other actions of providers than the JSON');
  }
  const differing = differingKeys(document.entries, saved);
  if (differing.length > 0) found.push(`the plan file does other things than the JSON to ${shownOf(differing)}`);
  const mistyped = mistypedKeys(document.entries);
  if (mistyped.length > 0) found.push(`the JSON gives another type than its address to ${shownOf(mistyped)}`);
  const edited = editedKeys(document.entries, state).filter((key) => !differing.includes(key));
  if (edited.length > 0) found.push(`the JSON has other values than the plan file's state of ${shownOf(edited)}`);
  return found;
}

function shownOf(keys: readonly string[]): string {
  const more = keys.length > SHOWN_MAX ? ` and ${keys.length - SHOWN_MAX} more` : '';
  return `${keys.slice(0, SHOWN_MAX).join(', ')}${more}`;
}

/** A saved plan names a type in the address alone, and the JSON twice: an entry is judged by the other one. */
function mistypedKeys(entries: readonly PlanEntry[]): string[] {
  return entries
    .filter(({ address, type }) => blockAddress(address).split('.').at(-2) !== type)
    .map(keyOf)
    .sort();
}

/** A destroy goes by the values in state: what the JSON says was there has to be what the plan file's state holds. */
function editedKeys(entries: readonly PlanEntry[], { instances }: StateDocument): string[] {
  const held = new Map(instances.map((instance) => [keyOf(instance), instance.listed]));
  return entries
    .filter((entry) => {
      const row = entry.managed ? modelledType(entry.type) : null;
      if (row === null || entry.before === null || entry.before === undefined) return false;
      const addresses = [entry.address, entry.previousAddress ?? entry.address];
      const listed = addresses
        .map((address) => held.get(keyOf({ ...entry, address })))
        .find((text) => text !== undefined);
      if (listed === undefined) return entry.actions.includes('delete');
      return listed !== printListed(row.attributes, entry.before);
    })
    .map(keyOf)
    .sort();
}

function differ(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

function differingKeys(entries: readonly PlanEntry[], saved: SavedPlan): string[] {
  const shown = new Map(
    entries.filter(({ managed }) => managed).map((entry) => [keyOf(entry), wordsOf(entry.actions)]),
  );
  const kept = new Map<string, string>();
  for (const change of saved.changes.filter(({ address }) => !isDataSource(address))) {
    const key = keyOf(change);
    // An action that nobody here knows, or two for one object, is none that the JSON could show.
    kept.set(key, change.words === null || kept.has(key) ? UNREADABLE : wordsOf(change.words));
  }
  const nothing = wordsOf(['no-op']);
  return [...new Set([...shown.keys(), ...kept.keys()])]
    .filter((key) => (shown.get(key) ?? nothing) !== (kept.get(key) ?? nothing))
    .sort();
}

/** No words of a JSON that was read are these: its words are joined by spaces. */
const UNREADABLE = '\0';

function keyOf({ address, deposed }: { readonly address: string; readonly deposed: string | null }): string {
  return deposed === null ? address : `${address} (deposed ${deposed})`;
}

function wordsOf(words: readonly string[]): string {
  return [...words].sort().join(' ');
}

/** What is read, or opened for a moment, and never changed. */
function isDataSource(address: string): boolean {
  return /^(?:module\.[^.]+\.)*(?:data|ephemeral)\./.test(blockAddress(address));
}
