/**
 * The gallery of plans: one stack applied to the lab, then one real plan for each case, judged by the built command line.
 *
 * With MUSTER_RECORD=1 the plans and the inventory are kept under test/recordings/gallery, where the everyday tests judge
 * them again without Terraform. Skipped, loudly, where Terraform or the provider is missing; takes minutes.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecisionDocument } from '../../src/verdict/document.ts';
import { findTerraform } from './find-terraform.ts';
import { CASES } from './gallery/cases.ts';
import { expectDecision } from './gallery/judge.ts';
import { type Blocks, GALLERY_CANARY, STACK, TENANT_MODULE } from './gallery/stack.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const RECORDINGS = resolve('test/recordings/gallery');
const APPLY_SECONDS = 480;
const PLAN_SECONDS = 150;

const terraform = findTerraform(process.env);
if (typeof terraform === 'string') {
  process.stderr.write(`\nSKIPPED: the gallery of plans was not made anew: ${terraform}\n`);
}

describe.skipIf(typeof terraform === 'string')('plans that Terraform prints for the gallery', () => {
  let shop: Workshop;
  let inventory: string;
  let observedAt: string;

  beforeAll(async () => {
    if (typeof terraform === 'string') throw new Error(terraform);
    shop = await openWorkshop(terraform, () => configuration(STACK));
    mkdirSync(join(shop.folder, 'tenant'));
    writeFileSync(join(shop.folder, 'tenant/main.tf'), TENANT_MODULE);
    await shop.terraform(60, 'init');
    await shop.terraform(APPLY_SECONDS, 'apply', '-auto-approve');
    const { exit, stdout } = await shop.muster('scan', '--json');
    expect(exit).toBe(0);
    inventory = join(shop.folder, 'inventory.json');
    writeFileSync(inventory, stdout);
    observedAt = (JSON.parse(stdout) as { observedAt: string }).observedAt;
    record('inventory.json', `${JSON.stringify(JSON.parse(stdout))}\n`);
  }, 600_000);
  afterAll(() => shop?.close());

  it.each(CASES)('$name', { timeout: 400_000 }, async ({ name, blocks, argv = [], fails = false, expected }) => {
    shop.configure(configuration(blocks));
    if (Object.values(blocks).some((text) => text.includes('terraform_data'))) await shop.terraform(60, 'init');
    const { exit, stderr } = await shop.tryTerraform(PLAN_SECONDS, 'plan', `-out=${name}.tfplan`, ...argv);
    expect(exit, stderr).toBe(fails ? 1 : 0);
    const plan = await shop.terraform(60, 'show', '-json', `${name}.tfplan`);
    expect(plan).toContain(GALLERY_CANARY);
    const path = join(shop.folder, `${name}.json`);
    writeFileSync(path, plan);
    record(`${name}.plan.json`, plan.trimEnd().concat('\n'));

    const options = ['--inventory', inventory, '--at', observedAt, '--json'];
    const { stdout } = await shop.muster('gate', 'terraform', path, ...options);

    expect(stdout.includes(GALLERY_CANARY)).toBe(false);
    expectDecision(JSON.parse(stdout) as DecisionDocument, expected);
  });
});

function configuration(blocks: Blocks): string {
  return Object.values(blocks).join('\n');
}

function record(name: string, text: string): void {
  if (process.env['MUSTER_RECORD'] !== '1') return;
  mkdirSync(RECORDINGS, { recursive: true });
  writeFileSync(join(RECORDINGS, name), text);
}
