/**
 * The shape of a plan document, parsed once at the boundary: only the fields in use, everything else dropped.
 *
 * `variables`, `planned_values` and, but for its provisioners' types, `configuration` never pass: they print secrets in clear. Attribute values
 * (`before`, `after`) pass as they are and are read through an allow-list only. Tells a plan from a state.
 * Source: Terraform internals, "JSON Output Format"; hashicorp/terraform `internal/command/jsonplan` and
 * `jsonstate`; opentofu/opentofu `internal/command/jsonplan` (no `complete`, no `applyable`).
 */

import * as z from 'zod';
import { MusterError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, memberOf } from './json-text.ts';
import { provisionersOf } from './provisioners.ts';
import { parseAt } from './shape.ts';
import { entrySchema, resourceSchema, sureEntries, sureResources, type WireEntry, type WireResource } from './wire.ts';

const deferredSchema = z.object({ resource_change: entrySchema });

const planSchema = z.object({
  resource_changes: z.array(entrySchema).default([]),
  resource_drift: z.array(entrySchema).default([]),
  deferred_changes: z.array(deferredSchema).default([]),
  action_invocations: z.array(z.unknown()).default([]),
  deferred_action_invocations: z.array(z.unknown()).default([]),
  errored: z.boolean().default(false),
  complete: z.boolean().default(true),
  terraform_version: z.string().optional(),
  timestamp: z.string().optional(),
  planned_values: z.object({ root_module: z.unknown().optional() }).optional(),
  configuration: z.unknown().optional(),
  prior_state: z.object({ values: z.object({ root_module: z.unknown().optional() }).optional() }).nullish(),
});

const moduleSchema = z.object({
  resources: z.array(resourceSchema).default([]),
  child_modules: z.array(z.unknown()).default([]),
});

/** One entry of `resource_changes`, `resource_drift` or `deferred_changes`, and where it stands. */
export interface PlanEntry {
  readonly address: string;
  /** Where it was before a `moved` block; null when it was not moved. */
  readonly previousAddress: string | null;
  readonly managed: boolean;
  readonly type: string;
  readonly deposed: string | null;
  readonly actions: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
  readonly afterUnknown: unknown;
  readonly importing: boolean;
  /** Such as `resource_changes[3].change`: the start of the path that an error names. */
  readonly path: string;
}

/** A managed resource as the state that the plan was made from records it. */
export interface PriorResource {
  readonly address: string;
  readonly type: string;
  readonly deposed: string | null;
  readonly dependsOn: readonly string[];
  /** Its attributes, to be read through an allow-list only. */
  readonly values: unknown;
  /** Such as `prior_state.values.root_module.resources[0].values`. */
  readonly path: string;
}

/** What of a plan document is used. */
export interface PlanDocument {
  readonly entries: readonly PlanEntry[];
  readonly deferred: readonly PlanEntry[];
  readonly drift: readonly PlanEntry[];
  readonly prior: readonly PriorResource[];
  /** Block addresses whose provisioners run commands of their own, with the provisioners' types. */
  readonly provisioners: ReadonlyMap<string, readonly string[]>;
  readonly errored: boolean;
  readonly complete: boolean;
  /** Which Terraform made it, and when; null where the document does not say. */
  readonly terraformVersion: string | null;
  readonly timestamp: string | null;
  /** Nothing is planned to be left. */
  readonly plannedEmpty: boolean;
  readonly actionInvocationCount: number;
  readonly deferredActionInvocationCount: number;
  /** Top-level keys that hold a non-empty list and that no known format has. */
  readonly unreadParts: readonly string[];
}

const TOP_LEVEL = new Set([
  ...Object.keys(planSchema.shape),
  ...['format_version', 'applyable', 'variables', 'output_changes'],
  ...['relevant_attributes', 'checks', 'proposed_unknown'],
]);

/**
 * Takes a plan document apart.
 *
 * @param origin Where the text came from, for the message.
 * @throws MusterError `MUSTER_PLAN_IS_STATE`, `MUSTER_PLAN_VERSION`, or `MUSTER_PLAN_SHAPE` naming the path
 *   and what was expected there, never what was found.
 */
export function parsePlan(document: JsonObject, origin: string): PlanDocument {
  refuseState(document, origin);
  refuseVersion(document, origin);
  if (!['resource_changes', 'planned_values', 'resource_drift'].some((key) => Object.hasOwn(document, key))) {
    throw new MusterError('MUSTER_PLAN_SHAPE', `${origin}: expected planned_values or resource_changes, as in a plan`);
  }
  const place = { origin, path: '', code: 'MUSTER_PLAN_SHAPE' } as const;
  const sure = sureEntries(memberOf(document, 'resource_changes'));
  // What surely fits has no fault to name, so the schema finds the first one of the rest.
  const plan = parseAt(planSchema, sure === null ? document : { ...document, resource_changes: [] }, place);
  return {
    entries: (sure ?? plan.resource_changes).map((entry, index) => toEntry(entry, `resource_changes[${index}].change`)),
    deferred: plan.deferred_changes.map((deferred, index) =>
      toEntry(deferred.resource_change, `deferred_changes[${index}].resource_change.change`),
    ),
    drift: plan.resource_drift.map((entry, index) => toEntry(entry, `resource_drift[${index}].change`)),
    prior: priorResources(plan.prior_state?.values?.root_module, origin),
    provisioners: provisionersOf(plan.configuration),
    errored: plan.errored,
    complete: plan.complete,
    terraformVersion: plan.terraform_version ?? null,
    timestamp: plan.timestamp ?? null,
    plannedEmpty: !Object.values(plan.planned_values?.root_module ?? {}).some(isFilledArray),
    actionInvocationCount: plan.action_invocations.length,
    deferredActionInvocationCount: plan.deferred_action_invocations.length,
    unreadParts: Object.keys(document)
      .filter((key) => !TOP_LEVEL.has(key) && isFilledArray(memberOf(document, key)))
      .map(printableKey)
      .sort(),
  };
}

function toEntry(entry: WireEntry, path: string): PlanEntry {
  const { actions, before, after, after_unknown: afterUnknown, importing } = entry.change;
  return {
    address: entry.address,
    previousAddress: entry.previous_address ?? null,
    // Only the word `data` marks a data source: anything else is judged rather than skipped.
    managed: entry.mode !== 'data',
    type: entry.type,
    deposed: entry.deposed ?? null,
    actions,
    before,
    after,
    afterUnknown,
    importing: importing !== undefined && importing !== null,
    path,
  };
}

const NONE: readonly string[] = [];

function toResource(resource: WireResource, path: string): PriorResource {
  const { address, type = '', values, deposed_key: deposed = null, depends_on: dependsOn = NONE } = resource;
  return { address, type, deposed, dependsOn, values, path };
}

/** Walks the modules with a list of its own, so that deep nesting cannot exhaust the stack. */
function priorResources(rootModule: unknown, origin: string): PriorResource[] {
  const found: PriorResource[] = [];
  const waiting: { module: unknown; path: string }[] = [
    { module: rootModule ?? {}, path: 'prior_state.values.root_module' },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { module: wire, path } = next;
    const sure = isJsonObject(wire) ? sureResources(memberOf(wire, 'resources')) : null;
    const place = { origin, path, code: 'MUSTER_PLAN_SHAPE' } as const;
    const module = parseAt(moduleSchema, sure === null ? wire : { ...(wire as JsonObject), resources: [] }, place);
    const start = `${path}.resources[`;
    (sure ?? module.resources).forEach((resource, index) => {
      if (resource.mode !== 'data') found.push(toResource(resource, `${start}${index}].values`));
    });
    for (const [index, child] of module.child_modules.entries()) {
      waiting.push({ module: child, path: `${path}.child_modules[${index}]` });
    }
  }
  return found;
}

function refuseState(document: JsonObject, origin: string): void {
  const has = (key: string) => Object.hasOwn(document, key);
  if (has('resource_changes') || has('planned_values')) return;
  const stateFile = has('serial') || has('lineage');
  const onlyVersion = has('format_version') && Object.keys(document).length === 1;
  if (!stateFile && !has('values') && !onlyVersion) return;
  const what = stateFile
    ? 'a state file (serial and lineage)'
    : onlyVersion
      ? 'an empty state (format_version alone)'
      : 'a state (values, and no resource_changes)';
  throw new MusterError('MUSTER_PLAN_IS_STATE', `${origin}: ${what}, not a plan; expected the JSON of a saved plan`);
}

function refuseVersion(document: JsonObject, origin: string): void {
  const version = memberOf(document, 'format_version');
  if (typeof version !== 'string') {
    throw new MusterError('MUSTER_PLAN_SHAPE', `${origin}: format_version: expected text such as "1.2"`);
  }
  if (/^1\.\d{1,9}$/.test(version)) return;
  const shown = /^[\w.+-]{1,20}$/.test(version) ? JSON.stringify(version) : 'no version number';
  throw new MusterError('MUSTER_PLAN_VERSION', `${origin}: format_version is ${shown}; accepted is "1.x"`);
}

function isFilledArray(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

/** A key of the document, if it reads like one. */
function printableKey(key: string): string {
  return /^[A-Za-z_]\w{0,63}$/.test(key) ? key : 'a part with an unprintable name';
}
