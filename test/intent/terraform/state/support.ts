/** Builds small state files, and reads plans with what lies beside them. */

import { readFileSync } from 'node:fs';
import { MusterError } from '../../../../src/core/errors.ts';
import type { Intent } from '../../../../src/intent/action.ts';
import type { Beside } from '../../../../src/intent/terraform/beside.ts';
import { readTerraformPlan } from '../../../../src/intent/terraform/read-plan.ts';
import { readState } from '../../../../src/intent/terraform/state/read-state.ts';

export const LINEAGE = '5f1e6f8a-3c55-4d0e-9b1a-0d9f6d7a1c01';

/** One resource of a state; one instance without a key unless told otherwise. */
export function aResource(address: string, attributes: unknown, instance: object = {}, more: object = {}) {
  const [type, name] = address.split('.');
  const instances = [{ schema_version: 2, attributes, sensitive_attributes: [], ...instance }];
  return {
    mode: 'managed',
    type,
    name,
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances,
    ...more,
  };
}

/** A state file of version 4. */
export function aState(resources: readonly unknown[] = [], parts: object = {}) {
  return {
    version: 4,
    terraform_version: '1.11.4',
    serial: 12,
    lineage: LINEAGE,
    outputs: {},
    resources,
    check_results: null,
    ...parts,
  };
}

/** Reads a state given as a value. */
export function stateOf(value: unknown) {
  return readState(JSON.stringify(value), 'state.json');
}

/** Reads a plan and what lies beside it, given as values. */
export function readWith(plan: unknown, { state, planFile }: { state?: unknown; planFile?: Uint8Array }): Intent {
  const beside: Beside = {
    ...(state !== undefined && { state: { content: JSON.stringify(state), origin: 'state.json' } }),
    ...(planFile !== undefined && { planFile: { content: planFile, origin: 'p.tfplan' } }),
  };
  return readTerraformPlan(JSON.stringify(plan), 'plan.json', beside);
}

/** A recorded file as it stands. */
export function recordedBytes(name: string): Buffer {
  return readFileSync(new URL(`../../../recordings/${name}`, import.meta.url));
}

/** The error that something raises; anything but a MusterError is thrown on. */
export function refusal(act: () => unknown): MusterError {
  try {
    act();
  } catch (error) {
    if (error instanceof MusterError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
