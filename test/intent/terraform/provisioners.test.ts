/** Provisioners: a plan does not say what they run, so what they run is unknown. */

import { describe, expect, it } from 'vitest';
import { provisionersOf } from '../../../src/intent/terraform/provisioners.ts';
import { readTerraformPlan } from '../../../src/intent/terraform/read-plan.ts';
import { anEntry, aPlan } from '../../support/terraform-plan.ts';

const EXEC = {
  type: 'local-exec',
  expressions: { command: { constant_value: 'PGPASSWORD=CANARY-exec dropdb orders' } },
};
const block = (address: string) => ({ resources: [{ address, mode: 'managed', provisioners: [EXEC] }] });

const CALLS_NOTHING = { root_module: { module_calls: { a: null, b: 1, c: {}, d: { module: 1 } } } };

function read(address: string, actions: readonly string[], configuration: object) {
  return readTerraformPlan(JSON.stringify(aPlan([anEntry({ address, actions, before: {} })], { configuration })), 'p');
}

const opaque = (intent: ReturnType<typeof read>) =>
  intent.actions.flatMap((action) => (action.kind === 'opaque' ? `${action.target.identifier}: ${action.why}` : []));

describe('a block with a provisioner', () => {
  it.each(['create', 'delete'])('that a plan would %s is unknown', (action) => {
    expect(opaque(read('null_resource.x', [action], { root_module: block('null_resource.x') }))).toEqual([
      'null_resource.x: its provisioners run (local-exec), and what they do is not in the plan',
    ]);
  });

  it('that stays as it is runs nothing', () => {
    expect(opaque(read('null_resource.x', ['update'], { root_module: block('null_resource.x') }))).toEqual([]);
  });

  it('is found in a module, whatever the instance', () => {
    const configuration = { root_module: { module_calls: { db: { module: block('null_resource.x') } } } };
    expect(opaque(read('module.db["a.b"].null_resource.x[0]', ['create'], configuration))).toHaveLength(1);
    expect(opaque(read('module.other.null_resource.x', ['create'], configuration))).toEqual([]);
  });

  it('shows the type of its provisioner and nothing of its command', () => {
    const intent = read('null_resource.x', ['create'], { root_module: block('null_resource.x') });
    expect(JSON.stringify(intent)).not.toContain('CANARY');
  });
});

it.each([[7], [null], [['local-exec']], [''], ['local\u0007exec'], ['local-exec\u0007'], ['\u0007local-exec']])(
  'a provisioner of type %j runs like any other, under no name',
  (type) => {
    const configuration = {
      root_module: { resources: [{ address: 'null_resource.x', provisioners: [{ type }, EXEC] }] },
    };
    expect(opaque(read('null_resource.x', ['create'], configuration))).toEqual([
      'null_resource.x: its provisioners run (unknown, local-exec), and what they do is not in the plan',
    ]);
  },
);

it('a block without a readable address is no block', () => {
  for (const address of [undefined, null, 7, '', 'a\nb']) {
    expect([...provisionersOf({ root_module: { resources: [{ address, provisioners: [EXEC] }] } })]).toEqual([]);
  }
});

it('a configuration of another shape is no error', () => {
  for (const configuration of [null, [], 'x', { root_module: { resources: {}, module_calls: [1] } }, CALLS_NOTHING]) {
    expect(opaque(read('null_resource.x', ['create'], configuration as object))).toEqual([]);
  }
});
