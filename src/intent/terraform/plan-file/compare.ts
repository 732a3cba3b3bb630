/**
 * Whether the JSON that is judged was rendered from the saved plan that would be applied.
 *
 * The two are compared by moment, version and every action on every managed object: a JSON that leaves a deletion out
 * is told from the plan that holds it. Nothing of either is trusted over the other; a difference is said.
 * Source: Terraform internals, "JSON Output Format" (`timestamp`, `terraform_version`); seen alike in plans of
 * Terraform 1.11.4.
 */

import { blockAddress } from '../order.ts';
import type { PlanDocument, PlanEntry } from '../schema.ts';
import type { SavedPlan } from './read-plan-file.ts';

const SHOWN_MAX = 3;

/** Where they contradict each other, in words; empty when they agree. */
export function contradictions(document: PlanDocument, saved: SavedPlan): readonly string[] {
  const found: string[] = [];
  if (differ(document.timestamp, saved.timestamp)) {
    found.push('the JSON was rendered from a plan that was made at another moment than the plan file');
  }
  if (differ(document.terraformVersion, saved.terraformVersion)) {
    found.push('the JSON and the plan file name different versions of Terraform');
  }
  const differing = differingKeys(document.entries, saved);
  if (differing.length > 0) {
    const more = differing.length > SHOWN_MAX ? ` and ${differing.length - SHOWN_MAX} more` : '';
    found.push(`the plan file does other things than the JSON to ${differing.slice(0, SHOWN_MAX).join(', ')}${more}`);
  }
  return found;
}

function differ(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

function differingKeys(entries: readonly PlanEntry[], saved: SavedPlan): string[] {
  const shown = new Map(
    entries.filter(({ managed }) => managed).map((entry) => [keyOf(entry), wordsOf(entry.actions)]),
  );
  const kept = new Map(
    saved.changes
      .filter(({ address }) => !isDataSource(address))
      .map((change) => [keyOf(change), change.words === null ? null : wordsOf(change.words)]),
  );
  const nothing = wordsOf(['no-op']);
  return [...new Set([...shown.keys(), ...kept.keys()])]
    .filter((key) => kept.get(key) !== null && (shown.get(key) ?? nothing) !== (kept.get(key) ?? nothing))
    .sort();
}

function keyOf({ address, deposed }: { readonly address: string; readonly deposed: string | null }): string {
  return deposed === null ? address : `${address} (deposed ${deposed})`;
}

function wordsOf(words: readonly string[]): string {
  return [...words].sort().join(' ');
}

function isDataSource(address: string): boolean {
  return /^(?:module\.[^.]+\.)*data\./.test(blockAddress(address));
}
