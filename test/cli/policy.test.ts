/**
 * `muster policy check` on a world of plain values: which files it reads, when it reads databases, and what it tells.
 */

import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { type PolicyCheckOptions, policyCheck } from '../../src/cli/policy.ts';
import type { CliWorld } from '../../src/cli/world.ts';
import { addDays, type Instant } from '../../src/core/time.ts';
import type { PolicyReport } from '../../src/report/policy-text.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';
import { aDatabase, anInventory, aPoint, NOW } from '../support/builders.ts';

const orders = aDatabase();
const billing = aDatabase({
  identifier: 'billing',
  resourceId: 'db-BILLING',
  arn: 'arn:aws:rds:eu-west-1:123456789012:db:billing',
});
const INVENTORY = anInventory({
  databases: [billing, orders],
  recoveryPoints: [aPoint(orders), aPoint(billing)],
});

const FILES: Readonly<Record<string, string>> = {
  'strict.yaml': 'version: 1\n',
  'lax.yaml': [
    'version: 1',
    'defaults: { restoreProof: advisory, dataLossMax: 30d }',
    'databases:',
    '  - { match: { identifier: billing }, restoreTimeMax: 4h }',
    '  - { match: { identifier: "ordres*" }, restoreTimeMax: 1h }',
    'waivers:',
    '  - { match: { engine: mysql }, reason: restore_too_slow, by: Jane Doe, because: nobody waits, until: 2026-11-23 }',
    '  - { match: { engine: postgres }, reason: restore_too_slow, by: Jane Doe, because: nobody waits, until: 2026-11-24 }',
  ].join('\n'),
  'bad.yaml': 'version: 1\ndefaults: { dataLossMax: soon }',
  'inventory.json': JSON.stringify(INVENTORY),
};

/** A world of plain values that counts how often its clock and AWS are looked at. */
function aWorld() {
  const seen = { out: '', aws: 0, looks: 0 };
  const world = {
    terminal: {
      paint: PLAIN_PAINT,
      width: 100,
      out: (text: string) => {
        seen.out += text;
      },
      progress: () => ({ update: () => undefined, stop: () => undefined }),
    },
    clock: {
      now: (): Instant => {
        seen.looks += 1;
        return NOW;
      },
      elapsed: () => 0,
      sleep: async () => undefined,
    },
    store: async () => createMemoryStore({ now: () => NOW }),
    readFile: async (path: string) => FILES[path] ?? '',
    estate: async () => {
      seen.aws += 1;
      return { reader: { read: async () => INVENTORY }, close: () => undefined };
    },
  };
  return { seen, world: world as unknown as CliWorld };
}

async function check(file: string, names: readonly string[] = [], options: PolicyCheckOptions = {}) {
  const { seen, world } = aWorld();
  const exit = await policyCheck(file, names, options, world);
  return { exit, ...seen };
}

async function reportOf(file: string, names: readonly string[], options: PolicyCheckOptions): Promise<PolicyReport> {
  return JSON.parse((await check(file, names, { ...options, json: true })).out);
}

describe('a file alone', () => {
  it('is checked without reading AWS', async () => {
    const { exit, aws, out } = await check('lax.yaml');
    expect({ exit, aws }).toEqual({ exit: 0, aws: 0 });
    expect(out).toMatch(/^VALID {2}lax\.yaml\n/);
  });

  it('that is no policy is an error with its place, and nothing is printed', async () => {
    const { seen, world } = aWorld();
    await expect(policyCheck('bad.yaml', [], {}, world)).rejects.toThrow('bad.yaml:2:26: defaults.dataLossMax: "soon"');
    expect(seen.out).toBe('');
  });

  it('read from stdin is called that', async () => {
    const { world } = aWorld();
    const asStdin = { ...world, readFile: async () => FILES['bad.yaml'] ?? '' };
    await expect(policyCheck('-', [], {}, asStdin)).rejects.toThrow(/^stdin:2:26: defaults\.dataLossMax/);
  });

  it('to compare with that is no policy is an error too', async () => {
    const { world } = aWorld();
    await expect(policyCheck('lax.yaml', [], { against: 'bad.yaml' }, world)).rejects.toThrow('bad.yaml:2:26');
  });

  it('tells which of its waivers hold now', async () => {
    const { waivers, idle, against } = await reportOf('lax.yaml', [], {});
    expect(waivers).toEqual([
      { origin: 'lax.yaml: waivers[0]', holds: false },
      { origin: 'lax.yaml: waivers[1]', holds: true },
    ]);
    expect({ idle, against }).toEqual({ idle: null, against: null });
  });

  it('tells which hold at another instant', async () => {
    const { waivers } = await reportOf('lax.yaml', [], { at: addDays(NOW, 1) });
    expect(waivers.map(({ holds }) => holds)).toEqual([false, false]);
  });
});

describe('databases', () => {
  it('that are named are read from AWS, and their requirement is shown', async () => {
    const { aws, out } = await check('lax.yaml', ['billing']);
    expect(aws).toBe(1);
    expect(out).toMatch(/\n {2}restoreTimeMax +4 h +lax\.yaml: databases\[0\]\n/);
    expect(out).not.toContain('\norders');
  });

  it('come from a saved inventory where one is given', async () => {
    const { aws } = await check('lax.yaml', ['orders'], { inventory: 'inventory.json' });
    expect(aws).toBe(0);
  });

  it('are read where a place is named', async () => {
    expect((await check('lax.yaml', [], { region: ['eu-west-1'] })).aws).toBe(1);
  });

  it('that nobody has heard of are an error that names those that exist', async () => {
    const { world } = aWorld();
    await expect(policyCheck('lax.yaml', ['moon'], {}, world)).rejects.toThrow('no database is called moon');
  });

  it('that no part of the policy picks are told by the part', async () => {
    const { idle, requirements } = await reportOf('lax.yaml', [], { inventory: 'inventory.json' });
    expect(idle).toEqual([
      { origin: 'lax.yaml: databases[1]', match: 'identifier ordres*' },
      { origin: 'lax.yaml: waivers[0]', match: 'engine mysql' },
    ]);
    expect(requirements).toEqual([]);
  });
});

describe('another policy', () => {
  it('is compared for every database, by values and by verdicts', async () => {
    const { against } = await reportOf('lax.yaml', [], { against: 'strict.yaml', inventory: 'inventory.json' });
    expect(against?.origin).toBe('strict.yaml');
    expect(against?.databases.map(({ identifier, from, to }) => [identifier, from, to])).toEqual([
      ['billing', 'unknown', 'ready'],
      ['orders', 'unknown', 'ready'],
    ]);
    const [ofBilling, ofOrders] = against?.databases ?? [];
    expect(ofBilling?.changes.map(({ key }) => key)).toContain('restoreTimeMax');
    expect(ofOrders?.changes.map(({ key }) => key)).not.toContain('restoreTimeMax');
    expect(ofOrders?.settled).toContain('restore_never_proven');
    expect(ofOrders?.raised).toContain('proof_advisory');
  });

  it('the other way about settles what was raised', async () => {
    const { against } = await reportOf('strict.yaml', ['orders'], { against: 'lax.yaml' });
    expect(against?.databases.map(({ identifier, from, to }) => [identifier, from, to])).toEqual([
      ['orders', 'ready', 'unknown'],
    ]);
    expect(against?.databases[0]?.raised).toContain('restore_never_proven');
  });

  it('that is the same changes nothing', async () => {
    const { out } = await check('lax.yaml', [], { against: 'lax.yaml' });
    expect(out).toContain('0 of 2 databases, the verdict of 0');
  });

  it('is judged at the one instant at which the clock was read', async () => {
    const { looks } = await check('lax.yaml', [], { against: 'strict.yaml', inventory: 'inventory.json' });
    expect(looks).toBe(1);
  });

  it('of the same digest says the same, wherever it is kept', async () => {
    const { digest, against } = await reportOf('lax.yaml', [], { against: 'lax.yaml' });
    expect(against?.digest).toBe(digest);
    expect((await reportOf('strict.yaml', [], {})).digest).not.toBe(digest);
  });
});
