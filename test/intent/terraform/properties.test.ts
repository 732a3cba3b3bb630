/**
 * Claims about every plan, not the ones somebody thought of. A failure prints its seed and smallest case.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MusterError } from '../../../src/core/errors.ts';
import type { Intent } from '../../../src/intent/action.ts';
import { readTerraformPlan } from '../../../src/intent/terraform/read-plan.ts';
import { MODELLED_TYPES } from '../../../src/intent/terraform/types.ts';
import { aCluster, anEntry, anInstance, aPlan, aPriorResource } from '../../support/terraform-plan.ts';
import { read } from './support.ts';

/** Modelled types whose deletion loses nothing by itself. */
const GUARDS = ['aws_backup_plan', 'aws_backup_selection', 'aws_backup_vault_policy', 'aws_kms_key_policy'];
const WORDS = ['no-op', 'read', 'create', 'update', 'delete', 'forget', 'invent'];
const TYPES = [...MODELLED_TYPES, 'aws_vpc', 'aws_docdb_cluster', 'aws_kms_alias'];
const settings = fc.record(
  {
    identifier: fc.constantFrom('orders', 'events', null),
    name: fc.constantFrom('n', null),
    arn: fc.constantFrom(
      'arn:aws:rds:eu-west-1:123456789012:db:orders',
      'arn:aws:rds:eu-west-2:123456789012:db:orders',
      null,
    ),
    deletion_protection: fc.option(fc.boolean()),
    skip_final_snapshot: fc.option(fc.boolean()),
    backup_retention_period: fc.option(fc.integer({ min: 0, max: 35 })),
    apply_immediately: fc.option(fc.boolean()),
    blue_green_update: fc.constantFrom([], [{ enabled: true }], null),
  },
  { requiredKeys: [] },
);
const entry = fc
  .record({
    type: fc.constantFrom(...TYPES),
    name: fc.constantFrom('a', 'b', 'c["x"]', 'd[0]'),
    actions: fc.uniqueArray(fc.constantFrom(...WORDS), { maxLength: 3 }),
    before: fc.option(settings),
    after: fc.option(settings),
    after_unknown: fc.constantFrom({}, { deletion_protection: true }, true),
    deposed: fc.constantFrom(undefined, 'deadbeef'),
  })
  .map(({ type, name, deposed, ...rest }) =>
    anEntry({ address: `${type}.${name}`, ...(deposed !== undefined && { deposed }), ...rest }),
  );
const prior = fc.array(
  fc
    .tuple(fc.constantFrom(...TYPES), fc.constantFrom('a', 'b'), fc.array(fc.constantFrom(...TYPES), { maxLength: 3 }))
    .map(([type, name, refers]) =>
      aPriorResource(
        `${type}.${name}`,
        refers.map((other) => `${other}.a`),
      ),
    ),
  { maxLength: 8 },
);
const plan = fc
  .record({ entries: fc.array(entry, { maxLength: 8 }), prior, errored: fc.boolean() })
  .map(({ entries, ...parts }) => aPlan(entries, parts));

function withoutDigest({ digest: _, ...rest }: Intent) {
  return rest;
}

/** The same value with the members of every object the other way round. */
function reversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, reversedKeys(member)] as const);
  return Object.fromEntries(members.reverse());
}

/** The same value with the lists under the given keys the other way round. */
function reversedLists(value: unknown, keys: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => reversedLists(item, keys));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => {
    const inner = reversedLists(member, keys);
    return [key, keys.includes(key) && Array.isArray(inner) ? inner.reverse() : inner] as const;
  });
  return Object.fromEntries(members);
}

function tryRead(text: string): Intent | MusterError {
  try {
    return readTerraformPlan(text, 'plan.json');
  } catch (error) {
    if (error instanceof MusterError && error.class === 'config') return error;
    throw error;
  }
}

describe('every plan', () => {
  it('reads the same with its entries, its state and its keys in another order', () => {
    fc.assert(
      fc.property(plan, (document) => {
        const shuffled = reversedKeys(reversedLists(document, ['resource_changes', 'resources']));
        expect(withoutDigest(read(shuffled))).toEqual(withoutDigest(read(document)));
      }),
      { numRuns: 300 },
    );
  });

  it('with a delete of a modelled type holds a destruction, with a step', () => {
    const deletion = fc
      .tuple(
        fc.constantFrom(...MODELLED_TYPES),
        fc.uniqueArray(fc.constantFrom(...WORDS), { maxLength: 3 }),
        fc.option(settings),
      )
      .map(([type, words, before]) => anEntry({ address: `${type}.sure`, actions: [...words, 'delete'], before }));
    fc.assert(
      fc.property(plan, deletion, (document, entry) => {
        const { changes } = read({ ...document, resource_changes: [...(document.resource_changes ?? []), entry] });
        const change = changes.find(({ address }) => address === entry.address);
        // The end of a plan or a policy disarms; named too little, it is unknown. Either stops the change.
        expect(['destroy', 'disarm', 'unknown']).toContain(change?.class);
        if (!GUARDS.includes(entry.type)) expect(change?.class).toBe('destroy');
        expect(change?.steps.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it('has one change per managed entry, and runs each of their steps once', () => {
    fc.assert(
      fc.property(plan, (document) => {
        const { changes, actions } = read(document);
        expect(changes).toHaveLength(document.resource_changes?.length ?? 0);
        const printed = (steps: readonly unknown[]) => steps.map((step) => JSON.stringify(step)).sort();
        expect(printed(actions)).toEqual(printed(changes.flatMap((change) => change.steps)));
      }),
      { numRuns: 300 },
    );
  });

  it('gives every unknown change a step that nobody understands', () => {
    fc.assert(
      fc.property(plan, (document) => {
        for (const change of read(document).changes) {
          if (change.class === 'unknown') expect(change.steps.some((step) => step.kind === 'opaque')).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('every text', () => {
  it('of JSON is read or refused as a mistake of the document', () => {
    fc.assert(
      fc.property(fc.json(), (text) => void tryRead(text)),
      { numRuns: 500 },
    );
  });

  it('at all is read or refused as a mistake of the document', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void tryRead(text)),
      { numRuns: 500 },
    );
  });

  it('that differs from a plan in one part is read or refused as a mistake of the document', () => {
    const whole = { ...anInstance(), ...aCluster(), name: 'n' };
    const document = aPlan([anEntry({ actions: ['update'], before: whole, after: whole })], {
      prior: [aPriorResource('aws_db_instance.orders', ['aws_vpc.main'])],
      deferred_changes: [{ resource_change: anEntry() }],
      resource_drift: [anEntry()],
    });
    const places = placesOf(document);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, value) => {
        const edited: unknown = structuredClone(document);
        replaceAt(edited, place, value);
        tryRead(JSON.stringify(edited));
      }),
      { numRuns: 500 },
    );
  });
});

/** Paths of all members and items of a value. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [[...path, key], ...placesOf(member, [...path, key])]);
}

function replaceAt(root: unknown, path: readonly string[], value: unknown): void {
  let holder = root as Record<string, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  holder[path.at(-1) ?? ''] = value;
}
