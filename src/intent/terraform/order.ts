/**
 * The order in which Terraform would run what was read: deletions in reverse dependency, then the rest.
 *
 * Dependencies are those that the state records (`depends_on` of `prior_state`), which name a resource
 * without its instance key; ties go by rank, then by address. Matters because a destroy that fails half-way
 * has already deleted what came first. A cycle, which no state should have, falls back to rank.
 * Source: Terraform internals, "Resource graph", destroy edges; hashicorp/terraform `internal/states`,
 * Dependencies ([]addrs.ConfigResource).
 */

import { compareCodeUnits } from '../../core/canonical.ts';
import type { ReadEntry } from './entry.ts';
import type { PriorResource } from './schema.ts';

/**
 * Entries in the order in which they would run.
 *
 * @param prior The managed resources of the state that the plan was made from.
 */
export function orderEntries(entries: readonly ReadEntry[], prior: readonly PriorResource[]): ReadEntry[] {
  const stable = [...entries].sort(compareEntries);
  const deletions = orderDeletions(
    stable.filter((entry) => entry.deletes),
    prior,
  );
  return [...deletions, ...stable.filter((entry) => !entry.deletes)];
}

/** The address of the configuration block behind an instance: `module.a["x"].t.n[0]` -> `module.a.t.n`. */
export function blockAddress(address: string): string {
  if (!address.includes('[')) return address;
  // One character after the other: an expression would start over at each bracket that nothing closes.
  let kept = '';
  let [inside, quoted] = [false, false];
  for (let at = 0; at < address.length; at += 1) {
    const sign = address[at];
    if (quoted && sign === '\\') at += 1;
    else if (inside && sign === '"') quoted = !quoted;
    else if (inside && !quoted && sign === ']') inside = false;
    else if (!inside && sign === '[') inside = true;
    else if (!inside) kept += sign;
  }
  return kept;
}

/** The instances of one configuration block that are to be deleted. */
interface Block {
  readonly rank: number;
  readonly address: string;
  readonly entries: ReadEntry[];
  /** Blocks that refer to this one and therefore go first. */
  readonly awaits: Set<Block>;
  /** Blocks that this one refers to. */
  readonly frees: Set<Block>;
}

function orderDeletions(entries: readonly ReadEntry[], prior: readonly PriorResource[]): ReadEntry[] {
  const waiting = [...linkedBlocks(entries, prior).values()].sort(compareBlocks);
  const ordered: ReadEntry[] = [];
  while (waiting.length > 0) {
    const ready = waiting.findIndex((block) => block.awaits.size === 0);
    // None ready means a cycle: the lowest rank goes, so that every deletion is still listed once.
    for (const next of waiting.splice(Math.max(ready, 0), 1)) {
      for (const entry of next.entries) ordered.push(entry);
      for (const freed of next.frees) freed.awaits.delete(next);
    }
  }
  return ordered;
}

function linkedBlocks(entries: readonly ReadEntry[], prior: readonly PriorResource[]): Map<string, Block> {
  const blocks = new Map<string, Block>();
  for (const entry of entries) {
    const address = blockAddress(entry.address);
    const block = blocks.get(address) ?? {
      rank: entry.rank,
      address,
      entries: [],
      awaits: new Set(),
      frees: new Set(),
    };
    block.entries.push(entry);
    blocks.set(address, block);
  }
  for (const resource of prior) {
    const dependent = blocks.get(blockAddress(resource.address));
    if (!dependent) continue;
    for (const dependency of resource.dependsOn) {
      const awaited = blocks.get(blockAddress(dependency));
      if (!awaited || awaited === dependent) continue;
      awaited.awaits.add(dependent);
      dependent.frees.add(awaited);
    }
  }
  return blocks;
}

function compareBlocks(a: Block, b: Block): number {
  return a.rank - b.rank || compareCodeUnits(a.address, b.address);
}

/** The whole change breaks ties, so that equal addresses come out in one order whatever order they came in. */
function compareEntries({ change: a }: ReadEntry, { change: b }: ReadEntry): number {
  return compareCodeUnits(a.address, b.address) || compareCodeUnits(JSON.stringify(a), JSON.stringify(b));
}
