/**
 * Whether an edit of a backup plan's rules only adds: rules more, or backups that are kept longer.
 *
 * Pure. True only where it is sure. A rule with continuous backup sets the retention of the databases themselves, so one
 * that is added, or kept longer, may shorten what a database has; everything but the days until deletion has to stay.
 * Source: AWS provider 5.100.0, `aws_backup_plan` (`rule`, `lifecycle`); AWS Backup API, Lifecycle.DeleteAfterDays (none
 * is for ever); AWS Backup Developer Guide, "Continuous backups and point-in-time recovery".
 */

import { canonicalJson } from '../../core/canonical.ts';
import { isJsonObject, type JsonObject, memberOf } from './json-text.ts';

/** True when every rule is still there and keeps its backups at least as long. */
export function onlyAddsBackups(before: unknown, after: unknown): boolean {
  const then = rulesByName(before);
  const now = rulesByName(after);
  if (then === null || now === null) return false;
  const kept = [...then].every(([name, rule]) => {
    const next = now.get(name);
    return next !== undefined && keepsAsMuch(rule, next);
  });
  return kept && [...now].every(([name, rule]) => then.has(name) || isPlain(rule));
}

/** Null for anything but rules with a name each. */
function rulesByName(value: unknown): ReadonlyMap<string, JsonObject> | null {
  if (!Array.isArray(value)) return null;
  const rules = new Map<string, JsonObject>();
  for (const rule of value as readonly unknown[]) {
    const name = isJsonObject(rule) ? memberOf(rule, 'rule_name') : undefined;
    if (!isJsonObject(rule) || typeof name !== 'string' || rules.has(name)) return null;
    rules.set(name, rule);
  }
  return rules;
}

function keepsAsMuch(before: JsonObject, after: JsonObject): boolean {
  if (canonicalJson(before) === canonicalJson(after)) return true;
  const [then, now] = [daysOf(before), daysOf(after)];
  if (then === null || now === null || now < then) return false;
  // All else being equal, the later rule makes continuous backups only if the earlier one did.
  return isPlain(before) && withoutDays(before) === withoutDays(after);
}

/** It makes snapshots only, which touches no setting of a database. */
function isPlain(rule: JsonObject): boolean {
  return [undefined, null, false].includes(memberOf(rule, 'enable_continuous_backup') as boolean | null | undefined);
}

/** Days until deletion; null when that cannot be told. */
function daysOf(rule: JsonObject): number | null {
  const lifecycle = lifecycleOf(rule);
  if (lifecycle === null) return null;
  const days = memberOf(lifecycle, 'delete_after') ?? 0;
  if (typeof days !== 'number' || !Number.isSafeInteger(days) || days < 0) return null;
  return days === 0 ? Number.POSITIVE_INFINITY : days;
}

/** A block is a list of one, or the object itself; without one nothing ends. */
function lifecycleOf(rule: JsonObject): JsonObject | null {
  const value = memberOf(rule, 'lifecycle') ?? [];
  const blocks: readonly unknown[] = Array.isArray(value) ? value : [value];
  const [first = {}, ...others] = blocks;
  return others.length === 0 && isJsonObject(first) ? first : null;
}

function withoutDays(rule: JsonObject): string {
  return canonicalJson({ ...rule, lifecycle: { ...lifecycleOf(rule), delete_after: null } });
}
