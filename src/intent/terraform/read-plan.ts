/**
 * Terraform or OpenTofu plan JSON -> Intent: what the plan would do to databases and what restores them.
 *
 * Given the text that `show -json PLANFILE` printed. Keeps what Muster understands of it and nothing else:
 * a plan prints passwords and provider keys in clear. Reads no file, clock or environment.
 * Source: Terraform internals, "JSON Output Format"; opentofu/opentofu `internal/command/jsonplan`;
 * `gate-protocols.md` section 1.
 */

import { printScope, type Scope } from '../../core/arn.ts';
import { compareCodeUnits, digestOfBytes, sortedBy } from '../../core/canonical.ts';
import type { Intent } from '../action.ts';
import { type Beside, readBeside } from './beside.ts';
import { type ReadEntry, readEntry } from './entry.ts';
import { PLAN_JSON, parseJsonObject } from './json-text.ts';
import { orderEntries } from './order.ts';
import { madeBy } from './put.ts';
import { parsePlan } from './schema.ts';
import { managedEntries, readSignals, unreadChanges } from './signals.ts';

/**
 * Reads a plan.
 *
 * @param text The document, as printed; its UTF-8 bytes are what the digest covers.
 * @param origin Where it came from, for messages: a path, or `stdin`.
 * @param beside The state and the saved plan that belong to it, as far as somebody showed them.
 * @returns Changes by address; actions in the order in which they would run.
 * @throws MusterError `MUSTER_PLAN_NOT_JSON`, `MUSTER_PLAN_IS_STATE`, `MUSTER_PLAN_VERSION` or
 *   `MUSTER_PLAN_SHAPE`, and as `readBeside` does; no message quotes a value of any of them.
 */
export function readTerraformPlan(text: string, origin: string, beside: Beside = {}): Intent {
  const plan = parsePlan(parseJsonObject(text, origin, PLAN_JSON), origin);
  const managed = managedEntries(plan);
  const made = madeBy(managed, origin);
  const entries = managed.map((entry) => readEntry(entry, made, origin));
  const ordered = orderEntries(entries, plan.prior);
  const unread = unreadChanges(plan);
  const { signals, ...evidence } = readBeside(plan, origin, beside);
  return {
    source: 'terraform',
    digest: digestOfBytes(text),
    scope: commonScope(entries),
    changes: [...sortedChanges(ordered), ...unread],
    actions: [...ordered.map((entry) => entry.change), ...unread].flatMap((change) => change.steps),
    signals: [...readSignals(plan), ...signals],
    stateSeen: plan.prior.length > 0,
    ...evidence,
  };
}

/** Stable, so that two entries of one address keep the order that `orderEntries` settled. */
function sortedChanges(ordered: readonly ReadEntry[]) {
  return ordered.map((entry) => entry.change).sort((a, b) => compareCodeUnits(a.address, b.address));
}

/** The one account and region of everything destroyed or modified; null when they differ or none is known. */
function commonScope(entries: readonly ReadEntry[]): Scope | null {
  const scopes = entries.map((entry) => entry.scope).filter((scope) => scope !== null);
  const distinct = new Set(scopes.map(printScope));
  return distinct.size === 1 ? (sortedBy(scopes, printScope)[0] ?? null) : null;
}
