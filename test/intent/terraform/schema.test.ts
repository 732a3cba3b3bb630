/**
 * Documents that are JSON and no plan, or a plan of another shape: each refused by its own code.
 */

import { describe, expect, it } from 'vitest';
import { anEntry, anInstance, aPlan, aPriorResource } from '../../support/terraform-plan.ts';
import { read, refusalOf } from './support.ts';

const refusal = (document: unknown) => refusalOf(JSON.stringify(document));

describe('a state instead of a plan', () => {
  it.each([
    ['the state that show -json prints', { format_version: '1.0', values: { root_module: {} } }],
    ['a raw state file', { version: 4, terraform_version: '1.11.4', serial: 3, lineage: 'x', resources: [] }],
    ['an empty state', { format_version: '1.0' }],
  ])('%s is refused as a state', (_, document) => {
    expect(refusal(document)).toMatchObject({
      code: 'MUSTER_PLAN_IS_STATE',
      message: expect.stringMatching(/^plan\.json: .*not a plan; expected/),
    });
  });

  it('a plan that also has a key called values is read as a plan', () => {
    expect(read(aPlan([anEntry()], { values: {} })).changes).toHaveLength(1);
  });
});

describe('format_version', () => {
  it.each(['2.0', '0.2', '10.1', '1', '1.2-beta', 'one'])('%s is refused by its name', (version) => {
    expect(refusal(aPlan([], { format_version: version }))).toMatchObject({
      code: 'MUSTER_PLAN_VERSION',
      message: `plan.json: format_version is "${version}"; accepted is "1.x"`,
    });
  });

  it.each(['1.0', '1.2', '1.99'])('%s is read', (version) => {
    expect(read(aPlan([], { format_version: version })).changes).toEqual([]);
  });

  it('a version that is no version is not repeated', () => {
    expect(refusal(aPlan([], { format_version: 'hunter2 hunter2 hunter2' })).message).not.toContain('hunter2');
  });

  it.each([undefined, 1.2, null])('a version of the wrong kind is refused by path: %s', (version) => {
    expect(refusal(aPlan([], { format_version: version }))).toMatchObject({
      code: 'MUSTER_PLAN_SHAPE',
      message: expect.stringContaining('format_version'),
    });
  });
});

describe('a plan of another shape', () => {
  it('a document with a version and none of the parts of a plan is refused rather than read as empty', () => {
    expect(refusal({ format_version: '1.2', provider_schemas: {} }).code).toBe('MUSTER_PLAN_SHAPE');
  });

  it.each([
    ['resource_changes', { resource_changes: {} }, 'resource_changes: expected array'],
    ['resource_changes', { resource_changes: null }, 'resource_changes: expected array'],
    ['an entry', { resource_changes: [7] }, 'resource_changes[0]: expected object'],
    ['a change', { resource_changes: [{ ...anEntry(), change: null }] }, 'resource_changes[0].change: expected object'],
    ['actions', { resource_changes: [anEntry({ actions: 'delete' as never })] }, 'change.actions: expected array'],
    ['a deferred entry', { deferred_changes: [{}] }, 'deferred_changes[0].resource_change: expected object'],
    ['errored', { errored: 'no' }, 'errored: expected boolean'],
    ['the state', { prior_state: { values: { root_module: [] } } }, 'prior_state.values.root_module: expected object'],
    ['invocations', { action_invocations: 'x' }, 'action_invocations: expected array'],
  ])('%s of the wrong kind is refused by path', (_, parts, message) => {
    expect(refusal(aPlan([], parts))).toMatchObject({
      code: 'MUSTER_PLAN_SHAPE',
      message: expect.stringContaining(message),
    });
  });

  it('a wrong kind deep in the modules of the state is refused by its whole path', () => {
    const childModules = [{ resources: [] }, { child_modules: [{ resources: 'x' }] }];
    expect(refusal(aPlan([], { childModules })).message).toContain(
      'prior_state.values.root_module.child_modules[1].child_modules[0].resources: expected array',
    );
  });

  it.each([
    ['skip_final_snapshot', 'expected true, false or null'],
    ['backup_retention_period', 'expected a number or null'],
    ['identifier', 'expected text or null'],
  ])('an attribute of the wrong kind is refused by path, and its value kept back: %s', (name, expected) => {
    const before = anInstance({ [name]: { secret: 'CANARY-1' } });
    const { code, message } = refusal(aPlan([anEntry({ before })]));
    expect({ code, message }).toEqual({
      code: 'MUSTER_PLAN_SHAPE',
      message: `plan.json: resource_changes[0].change.before.${name}: ${expected}`,
    });
  });

  it('before of the wrong kind is refused by path', () => {
    expect(refusal(aPlan([anEntry({ before: 'CANARY-1' })])).message).toBe(
      'plan.json: resource_changes[0].change.before: expected an object or null',
    );
  });

  it('an address with a control character is refused and not repeated', () => {
    const { code, message } = refusal(aPlan([anEntry({ address: 'aws_db_instance.\u001b[2Jorders' })]));
    expect(code).toBe('MUSTER_PLAN_SHAPE');
    expect(message).not.toContain('\u001b');
  });

  it('200,000 modules of the state are walked without a crash', () => {
    const childModules = Array.from({ length: 200_000 }, () => ({}));
    childModules.push({ resources: [aPriorResource('module.a.aws_db_instance.orders')] } as never);
    expect(read(aPlan([], { childModules })).stateSeen).toBe(true);
  });
});
