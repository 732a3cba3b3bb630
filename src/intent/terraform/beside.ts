/**
 * What lies beside a plan's JSON: the state it was made from and the saved plan that would be applied.
 *
 * Both are evidence about the JSON, never a replacement for it: they say which state it is, whether the three belong
 * together, and where that state lies. Given texts and bytes; reads nothing itself.
 * Source: `gate-protocols.md` 1.7 and 1.8.
 */

import type { Intent, PlanFileEvidence, Signal } from '../action.ts';
import { addressOf } from './entry.ts';
import { contradictions } from './plan-file/compare.ts';
import { type PlanFile, readPlanFile } from './plan-file/read-plan-file.ts';
import type { PlanDocument } from './schema.ts';
import { compareWithState, targetIn } from './state/compare.ts';
import { readState, type StateDocument } from './state/read-state.ts';

/** A document as it was handed in. */
export interface Handed<T> {
  readonly content: T;
  /** Where it came from, for messages. */
  readonly origin: string;
}

/** Documents beside a plan's JSON. */
export interface Beside {
  readonly state?: Handed<string>;
  readonly planFile?: Handed<Uint8Array>;
}

/** What they add to an intent. */
export interface BesideEvidence extends Pick<Intent, 'state' | 'planFile'> {
  readonly signals: readonly Signal[];
}

/**
 * Reads what lies beside a plan and holds it against the plan.
 *
 * @param origin Where the plan came from, for messages.
 * @throws MusterError as `readState` and `readPlanFile` do.
 */
export function readBeside(plan: PlanDocument, origin: string, beside: Beside): BesideEvidence {
  const file = beside.planFile && readPlanFile(beside.planFile.content, beside.planFile.origin);
  const shown = beside.state && readState(beside.state.content, beside.state.origin);
  const state = shown ?? file?.state;
  const planFile = file && planFileEvidence(plan, file);
  const signals = [
    ...(shown === undefined ? [] : compareWithState(plan, shown, origin)),
    ...(file === undefined ? [] : compareWithState(plan, file.state, origin)),
    ...(shown && file ? versionsApart(shown, file.state) : []),
    ...(planFile?.contradictions ?? []).map((detail) => ({ code: 'state_mismatch', detail }) as const),
    ...(file?.plan?.backend === 'local' ? [LOCAL] : []),
  ];
  const evidence = state && evidenceOf(plan, state, { backend: file?.plan?.backend ?? null, origin });
  // The state that was shown and the one inside the plan file may differ from the plan in the same way.
  const distinct = signals.filter(
    ({ detail }, index) => signals.findIndex((other) => other.detail === detail) === index,
  );
  return { signals: distinct, ...(evidence && { state: evidence }), ...(planFile && { planFile }) };
}

const LOCAL: Signal = {
  code: 'local_backend',
  detail: 'the state lies in a file where the plan was made, so nobody else sees or locks it',
};

function planFileEvidence(plan: PlanDocument, { digest, plan: saved, state }: PlanFile): PlanFileEvidence {
  if (saved === null) return { digest, compared: false, contradictions: [] };
  return { digest, compared: true, contradictions: contradictions(plan, saved, state) };
}

/** A plan can be applied to the version of the state that it was made from, and to no other. */
function versionsApart(shown: StateDocument, inside: StateDocument): Signal[] {
  if (shown.lineage === inside.lineage && shown.serial === inside.serial) return [];
  const what = shown.lineage === inside.lineage ? 'another version of this state' : 'another state';
  return [
    { code: 'state_mismatch', detail: `the plan file was made from ${what}: ${named(inside)}, not ${named(shown)}` },
  ];
}

function named({ lineage, serial }: StateDocument): string {
  return lineage === '' ? 'none' : `serial ${serial} of ${lineage}`;
}

/** Undefined for a state without a lineage and a database, which is what a plan made without a state holds. */
function evidenceOf(
  plan: PlanDocument,
  state: StateDocument,
  { backend, origin }: { readonly backend: string | null; readonly origin: string },
): Intent['state'] {
  const believed = idsInPlan(plan, origin);
  const claims = state.instances.flatMap((instance) => {
    const address = addressOf(instance);
    // A state that leaves the id out claims the database that its plan takes it for.
    const resourceId = instance.target?.resourceId ?? believed.get(address) ?? null;
    return instance.isDatabase && resourceId !== null ? [{ address, resourceId }] : [];
  });
  if (state.lineage === '' && claims.length === 0) return undefined;
  const forgotten = new Set(
    plan.entries
      .filter(({ actions }) => actions.includes('forget'))
      .flatMap((entry) => [addressOf(entry), addressOf({ ...entry, address: entry.previousAddress ?? entry.address })]),
  );
  const ids = (chosen: typeof claims) => [...new Set(chosen.map(({ resourceId }) => resourceId))].sort();
  return {
    lineage: state.lineage,
    serial: state.serial,
    backend,
    databases: ids(claims),
    forgets: ids(claims.filter(({ address }) => forgotten.has(address))),
  };
}

/** Resource ids by address, as the plan has them; null for what has none. */
function idsInPlan(plan: PlanDocument, origin: string): ReadonlyMap<string, string | null> {
  return new Map(
    plan.prior.map((resource) => [addressOf(resource), targetIn(resource, origin)?.resourceId ?? null] as const),
  );
}
