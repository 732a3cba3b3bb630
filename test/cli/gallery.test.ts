/**
 * The gallery of plans judged again, from the recordings that Terraform left, without Terraform.
 *
 * What each case is and what it must amount to stands in `test/e2e/gallery/cases.ts`, which the recording run shares.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/canonical.ts';
import { readTerraformPlan } from '../../src/intent/terraform/read-plan.ts';
import { parseInventory } from '../../src/inventory/schema.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import { CASES } from '../e2e/gallery/cases.ts';
import { expectDecision } from '../e2e/gallery/judge.ts';
import { GALLERY_CANARY } from '../e2e/gallery/stack.ts';

const FOLDER = resolve('test/recordings/gallery');
const inventory = parseInventory(readFileSync(join(FOLDER, 'inventory.json'), 'utf8'), 'inventory.json');

describe('recorded plans of the gallery', () => {
  it('are those of the cases, no more and no fewer', () => {
    const plans = readdirSync(FOLDER).filter((name) => name.endsWith('.plan.json'));
    expect(plans.sort()).toEqual(CASES.map(({ name }) => `${name}.plan.json`).sort());
  });

  it.each(CASES)('$name', ({ name, expected }) => {
    const text = readFileSync(join(FOLDER, `${name}.plan.json`), 'utf8');
    const intent = readTerraformPlan(text, `${name}.plan.json`);
    const at = inventory.observedAt;

    const document = decideChange({ intent, inventory, policy: DEFAULT_POLICY, drills: [], at, logged: true });

    expectDecision(document, expected);
    expect(canonicalJson(document).includes(GALLERY_CANARY)).toBe(false);
  });
});
