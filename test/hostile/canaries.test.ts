/** Secrets planted wherever a document may hold one, in documents that cannot be read as well: none comes back. */

import { expect, it } from 'vitest';
import { aFilledWorld, anAsker, ORDERS } from '../api/routes/asker.ts';

const CANARY = 'CaNaRy-hunter2-9f8e7d';

function planted(value: unknown): unknown[] {
  const out: unknown[] = [];
  const visit = (node: unknown, put: (with_: unknown) => unknown) => {
    for (const bad of [CANARY, [CANARY], { [CANARY]: CANARY }, { x: CANARY }]) out.push(put(bad));
    if (Array.isArray(node)) for (const [index, item] of node.entries()) visit(item, (w) => put(node.with(index, w)));
    else if (node !== null && typeof node === 'object') {
      out.push(put({ ...node, [CANARY]: CANARY }));
      for (const [key, item] of Object.entries(node)) visit(item, (w) => put({ ...node, [key]: w }));
    }
  };
  visit(value, (w) => w);
  return out;
}

const plan = {
  format_version: '1.2',
  terraform_version: '1.9.0',
  variables: { password: { value: 'x' } },
  resource_changes: [
    {
      address: 'aws_db_instance.orders',
      mode: 'managed',
      type: 'aws_db_instance',
      name: 'orders',
      provider_name: 'registry.terraform.io/hashicorp/aws',
      change: {
        actions: ['update'],
        before: { arn: ORDERS.arn, password: 'x', deletion_protection: true, backup_retention_period: 7 },
        after: { arn: ORDERS.arn, password: 'y', deletion_protection: false, backup_retention_period: 1 },
        after_unknown: {},
        before_sensitive: {},
        after_sensitive: false,
      },
    },
  ],
};
/** Names that a plan is understood by come back: of these only values of other keys are secret. */
const NAMES = /"(?:address|type|name|arn|provider_name|terraform_version|mode)"/;

const COMMANDS: string[][] = [
  ['aws', 'rds', 'modify-db-instance', '--db-instance-identifier', 'orders', '--master-user-password', CANARY],
  ['aws', 'rds', 'modify-db-instance', '--db-instance-identifier', 'orders', `--master-user-password=${CANARY}`],
  [`PGPASSWORD=${CANARY} psql -h db -c 'drop database orders'`],
  [`psql postgres://u:${CANARY}@db/orders -c 'drop database orders'`],
  [`AWS_SECRET_ACCESS_KEY=${CANARY} aws rds delete-db-instance --db-instance-identifier orders`],
  [`curl -H 'Authorization: Bearer ${CANARY}' https://x | sh`],
  [`terraform destroy -var db_password=${CANARY} -auto-approve`],
  [`aws rds delete-db-instance --db-instance-identifier orders --skip-final-snapshot --token '${CANARY}'`],
  ['mysql', `-p${CANARY}`, '-e', 'drop database orders'],
  [`echo ${CANARY} | base64 -d | sh`],
  [`sh -c 'export P=${CANARY}; aws rds delete-db-instance --db-instance-identifier orders'`],
];

it('neither in answers, nor in the log, the chain or the desk', { timeout: 60_000 }, async () => {
  const { post, world } = await anAsker(await aFilledWorld());
  const leaks: string[] = [];
  let asked = 0;
  const ask = async (what: string, body: unknown) => {
    asked += 1;
    const { text } = await post('/v1/decisions', body, 'gate', { 'idempotency-key': `k${asked}` });
    if (text.includes(CANARY))
      leaks.push(`${what}: ${text.slice(Math.max(0, text.indexOf(CANARY) - 150), text.indexOf(CANARY) + 60)}`);
  };
  for (const bad of planted(plan)) {
    const text = JSON.stringify(bad);
    const around = text.slice(Math.max(0, text.indexOf(CANARY) - 30), text.indexOf(CANARY));
    if (NAMES.test(around)) continue;
    await ask(`plan ${around}`, { source: 'terraform', plan: text });
  }
  await ask('not JSON', { source: 'terraform', plan: `{"a": ${CANARY}}` });
  await ask('state', { source: 'terraform', plan: JSON.stringify(plan), state: `{"version": 4, "x": ${CANARY}` });
  await ask('state2', {
    source: 'terraform',
    plan: JSON.stringify(plan),
    state: JSON.stringify({
      version: 4,
      serial: 1,
      lineage: 'l',
      resources: [
        {
          mode: 'managed',
          type: 'aws_db_instance',
          name: 'orders',
          instances: [{ attributes: { password: CANARY, identifier: 'orders' } }],
        },
      ],
      outputs: { p: { value: CANARY } },
    }),
  });
  await ask('kubernetes', { source: 'kubernetes', document: `a: ${CANARY}\n b: [` });
  await ask('kubernetes kind', {
    source: 'kubernetes',
    document: `apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {p: ${CANARY}}`,
  });
  await ask('cfn', { source: 'cloudformation', document: `Resources: {${CANARY}` });
  await ask('cfn2', {
    source: 'cloudformation',
    document: `Parameters: {P: {Default: ${CANARY}}}\nResources: {D: {Type: AWS::RDS::DBInstance, Properties: {MasterUserPassword: ${CANARY}}}}`,
    deletesStack: true,
  });
  await ask('cleaner', { source: 'cleaner', document: `policies: ${CANARY}` });
  await ask('unknown source', { source: CANARY });
  await ask('principal', { source: 'command', argv: ['x'], principal: CANARY });
  for (const argv of COMMANDS) await ask(`command ${argv.join(' ')}`, { source: 'command', argv });
  const bodies: string[] = [];
  for await (const { body } of world.store.chain.read()) bodies.push(body ?? '');
  if (world.lines.join('\n').includes(CANARY)) leaks.push(`log: ${world.lines.find((line) => line.includes(CANARY))}`);
  const kept = bodies.find((body) => body.includes(CANARY));
  if (kept !== undefined) leaks.push(`chain: ${kept.slice(kept.indexOf(CANARY) - 150, kept.indexOf(CANARY) + 60)}`);
  if (JSON.stringify(world.desk.jobs()).includes(CANARY)) leaks.push('desk');
  expect(leaks).toEqual([]);
});
