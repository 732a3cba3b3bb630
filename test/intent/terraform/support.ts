/**
 * Short ways to read a built plan in the tests of this folder, and the error that a text raises.
 */

import { readFileSync } from 'node:fs';
import { MusterError } from '../../../src/core/errors.ts';
import type { Change, Intent } from '../../../src/intent/action.ts';
import { readTerraformPlan } from '../../../src/intent/terraform/read-plan.ts';
import { aPlan } from '../../support/terraform-plan.ts';

/** Reads a plan given as a value. */
export function read(plan: unknown): Intent {
  return readTerraformPlan(JSON.stringify(plan), 'plan.json');
}

/** Reads a plan of one entry; its one change. */
export function readOne(entry: unknown): Change {
  const [change] = read(aPlan([entry])).changes;
  if (change === undefined) throw new Error('the plan gave no change');
  return change;
}

/** The text of a recorded plan. */
export function recorded(name: string): string {
  // The plan of the incident stands where the demo ships it from; one copy is enough.
  const folder = name === 'datatalks-destroy' ? '../../../src/demo' : '../../recordings';
  return readFileSync(new URL(`${folder}/${name}.plan.json`, import.meta.url), 'utf8');
}

/** Reads a recorded plan. */
export function readRecorded(name: string): Intent {
  return readTerraformPlan(recorded(name), `${name}.plan.json`);
}

/** The error that reading a text raises; anything but a MusterError is thrown on. */
export function refusalOf(text: string): MusterError {
  try {
    readTerraformPlan(text, 'plan.json');
  } catch (error) {
    if (error instanceof MusterError) return error;
    throw error;
  }
  throw new Error('the text was read');
}

/** Kinds of the steps of a change. */
export function kindsOf(change: { readonly steps: Change['steps'] }): string[] {
  return change.steps.map((step) => step.kind);
}
