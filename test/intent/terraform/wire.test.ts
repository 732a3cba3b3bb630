/**
 * The quick test of an item and its schema: whatever the test lets through, the schema would have let through as it is.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { entrySchema, resourceSchema, sureEntries, sureResources } from '../../../src/intent/terraform/wire.ts';
import { anEntry, aPlan } from '../../support/terraform-plan.ts';
import { refusalOf } from './support.ts';

/** Right for one field or another, and wrong for the others. */
const VALUES = [
  null,
  7,
  true,
  '',
  'x',
  'aws_db_instance.a["b"]',
  'a\u0007b',
  'a-b',
  '9a',
  'deadbeef',
  [],
  ['delete'],
  [1],
];

const anyValue = fc.constantFrom<unknown>(...VALUES, {}, { actions: ['delete'] }, { actions: 'delete' }, {});
const absentOr = (right: unknown) => fc.oneof(fc.constant(right), fc.constant(undefined), anyValue);

const entries = fc.record({
  address: absentOr('aws_db_instance.a'),
  previous_address: absentOr('aws_db_instance.b'),
  mode: absentOr('managed'),
  type: absentOr('aws_db_instance'),
  deposed: absentOr('deadbeef'),
  change: absentOr({ actions: ['delete'], before: {}, importing: null }),
});

const resources = fc.record({
  address: absentOr('aws_db_instance.a'),
  mode: absentOr('managed'),
  type: absentOr('aws_db_instance'),
  deposed_key: absentOr('deadbeef'),
  depends_on: absentOr(['aws_db_instance.b']),
  values: absentOr({}),
});

describe('an item that is taken without the schema', () => {
  it.each([
    ['an entry', entries, entrySchema, sureEntries],
    ['a resource of the state', resources, resourceSchema, sureResources],
  ])('%s is one that the schema takes', (_, items, schema: z.ZodType, sure: (list: unknown) => unknown) => {
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(items, anyValue), (item) => {
        const isSure = sure([item]) !== null;
        if (isSure) taken += 1;
        expect(isSure).toBe(schema.safeParse(item).success);
      }),
      { numRuns: 3_000 },
    );
    expect(taken).toBeGreaterThan(20);
  });

  it('is handed on itself, without a copy', () => {
    const list = [anEntry()];
    expect(sureEntries(list)).toBe(list);
  });
});

describe('one item among many that fit', () => {
  const resource = { address: 'aws_db_instance.a', type: 'aws_db_instance' };
  const state = (last: object) => ({ prior_state: { values: { root_module: { resources: [resource, last] } } } });

  it.each([
    ['address', { resource_changes: [anEntry(), { ...anEntry(), address: 7 }] }, 'changes[1].address: expected string'],
    [
      'type',
      { resource_changes: [anEntry(), { ...anEntry(), type: 'a b' }] },
      'changes[1].type: expected printable text',
    ],
    ['mode', { resource_changes: [anEntry(), { ...anEntry(), mode: null }] }, 'changes[1].mode: expected string'],
    ['an address of the state', state({ type: 'x' }), 'resources[1].address: expected string'],
    [
      'what a resource depends on',
      state({ ...resource, depends_on: [7] }),
      'resources[1].depends_on[0]: expected string',
    ],
  ])('with a wrong %s is refused by its whole path', (_, parts, message) => {
    expect(refusalOf(JSON.stringify(aPlan([], parts)))).toMatchObject({
      code: 'MUSTER_PLAN_SHAPE',
      message: expect.stringContaining(message),
    });
  });

  it('leaves the first fault of the document the one that is named', () => {
    const parts = { resource_changes: [anEntry(), { ...anEntry(), mode: null }], errored: 'no' };
    expect(refusalOf(JSON.stringify(aPlan([], parts))).message).toContain('resource_changes[1].mode');
    expect(refusalOf(JSON.stringify(aPlan([anEntry()], { errored: 'no' }))).message).toContain('errored');
  });
});
