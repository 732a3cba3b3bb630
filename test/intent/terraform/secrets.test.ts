/**
 * Secrets of a plan stay in the plan: canaries in every place that is known to print them in clear.
 *
 * Source of the places: `gate-protocols.md` 1.10.
 */

import { describe, expect, it } from 'vitest';
import { MusterError } from '../../../src/core/errors.ts';
import { readTerraformPlan } from '../../../src/intent/terraform/read-plan.ts';
import { MODELLED_TYPES } from '../../../src/intent/terraform/types.ts';
import { aCluster, anEntry, anInstance, aPlan } from '../../support/terraform-plan.ts';
import { read, readRecorded, recorded } from './support.ts';

const CANARY = 'CANARY-7f3a';
const secrets = {
  master_password: CANARY,
  password: CANARY,
  username: CANARY,
  endpoint: CANARY,
  tags: { owner: CANARY },
  description: CANARY,
  policy: CANARY,
  rule: [{ x: CANARY }],
  secret_string: CANARY,
};
const values = { ...anInstance(), ...aCluster(), name: 'n', key_id: 'k', id: 'i', ...secrets };

/** One entry per type and set of words, with canaries around every value in use. */
const entries = [
  ...MODELLED_TYPES,
  'aws_docdb_cluster',
  'aws_backup_plan',
  'aws_cloudformation_stack',
  'aws_vpc',
].flatMap((type) =>
  [['delete'], ['create'], ['update'], ['create', 'delete'], ['forget'], ['no-op'], [CANARY]].map((actions, index) =>
    anEntry({
      address: `${type}.x[${index}]`,
      actions,
      before: values,
      after: {
        ...values,
        deletion_protection: false,
        policy: `${CANARY}-2`,
        blue_green_update: [{ enabled: true, x: CANARY }],
      },
      action_reason: CANARY,
      importing: { id: CANARY },
    }),
  ),
);

const plan = aPlan(entries, {
  prior: [
    { address: 'aws_db_instance.x', mode: 'managed', type: 'aws_db_instance', values: secrets, depends_on: [CANARY] },
  ],
  variables: { token: { value: CANARY } },
  planned_values: { outputs: { o: { value: CANARY } }, root_module: { resources: [{ values: secrets }] } },
  output_changes: { o: { actions: ['create'], after: CANARY } },
  configuration: {
    provider_config: { aws: { expressions: { secret_key: { constant_value: CANARY } } } },
    root_module: { variables: { token: { default: CANARY } } },
  },
  resource_drift: [anEntry({ before: values })],
  deferred_changes: [{ reason: CANARY, resource_change: anEntry({ before: values }) }],
  action_invocations: [{ address: CANARY, config_values: { token: CANARY } }],
  checks: [{ instances: [{ problems: [{ message: CANARY }] }] }],
  relevant_attributes: [{ resource: CANARY }],
  some_new_part: [{ token: CANARY }],
  [`${CANARY} as a key`]: [1],
  timestamp: CANARY,
  terraform_version: CANARY,
});

describe('an intent', () => {
  it('holds no secret of the plan it was read from', () => {
    const intent = read(plan);
    expect(intent.changes.length).toBeGreaterThan(entries.length);
    expect(JSON.stringify(intent)).not.toContain('CANARY');
  });

  it.each([
    'datatalks-destroy',
    'lost-state-create',
    'moved-and-disarmed',
    'replace',
    'blue-green-update',
    'deposed-delete',
  ])('holds no secret of the recorded plan %s', (name) => {
    expect(recorded(name)).toContain('CANARY');
    expect(JSON.stringify(readRecorded(name))).not.toContain('CANARY');
  });
});

describe('an error', () => {
  const whole = JSON.stringify(plan);
  const cut = Array.from({ length: 60 }, (_, index) => whole.slice(0, Math.floor((whole.length * index) / 60)));
  const broken = [
    ...cut,
    whole.replaceAll(':', ' '),
    whole.replace('{', '{,'),
    whole.replaceAll('"actions":[', '"actions":["CANARY-7f3a",7,'),
    whole.replaceAll('"skip_final_snapshot":true', `"skip_final_snapshot":"${CANARY}"`),
    whole.replaceAll('"address":"aws_', `"address":"\\u0007${CANARY}`),
    whole.replaceAll('"type":"aws_', `"type":"${CANARY} `),
    whole.replace('"format_version":"1.2"', `"format_version":"${CANARY} is no version"`),
    whole.replace('"mode":"managed"', `"mode":["${CANARY}"]`),
    whole.replace('"variables"', `"${CANARY}":1,"${CANARY}":2,"variables"`),
    `["${CANARY}"]`,
    `"${CANARY}"`,
    CANARY,
    `{"values":"${CANARY}"}`,
  ];

  it.each(broken.map((text, index) => [index, text] as const))(
    'holds no secret of the text it refuses (%i)',
    (_, text) => {
      let caught: unknown;
      try {
        readTerraformPlan(text, 'plan.json');
      } catch (error) {
        caught = error;
      }
      expect(caught).toBeInstanceOf(MusterError);
      const { message, hint, cause } = caught as MusterError;
      expect(`${message} ${hint}`).not.toContain('CANARY');
      expect(cause).toBeUndefined();
    },
  );
});
