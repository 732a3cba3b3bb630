/**
 * Everyday plans that take nothing from anybody: each must be let through, or nobody listens when one is not.
 *
 * The plans are those of Terraform (test/recordings); next to each stands the nearest change that must not pass.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTerraformPlan } from '../../src/intent/terraform/read-plan.ts';
import type { Gap, Inventory } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import { aDatabase, aKey, anIntent, anInventory, aPoint, NOW, SCOPE, thePitr } from '../support/builders.ts';

const KEY_ARN = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-4333-8444-555555555555';
const REPLICA_ID = 'db-REPLICARESOURCEID00000AA';

const orders = aDatabase({
  resourceId: 'db-ORDERSRESOURCEID0000000AA',
  replicas: ['orders-replica'],
  deletionProtection: true,
});
const replica = aDatabase({
  resourceId: REPLICA_ID,
  identifier: 'orders-replica',
  arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders-replica',
  replicaOf: 'orders',
  retentionDays: 0,
  restoreWindow: null,
});
const estate = anInventory({ databases: [orders], recoveryPoints: [thePitr(orders)] });
const withReplica = (fields: Partial<typeof replica> = {}, source: Partial<typeof orders> = {}) =>
  anInventory({
    ...estate,
    databases: [
      { ...orders, ...source },
      { ...replica, ...fields },
    ],
  });
const hidden: Gap = {
  what: 'DB instances',
  where: SCOPE,
  action: 'rds:DescribeDBInstances',
  cause: 'AccessDenied',
  hides: 'databases',
};

function decide(name: string, inventory: Inventory, change: (plan: string) => string = (plan) => plan) {
  const text = readFileSync(new URL(`../recordings/${name}.plan.json`, import.meta.url), 'utf8');
  const intent = readTerraformPlan(change(text), `${name}.plan.json`);
  const document = decideChange({ intent, inventory, policy: DEFAULT_POLICY, drills: [], at: NOW, logged: true });
  return { ...document, codes: document.reasons.map(({ code }) => code) };
}

describe('let through without a word', () => {
  it.each([
    ['a change of tags', 'tag-change', estate],
    ['a change of the instance class', 'class-change', estate],
    ['a move to another address', 'moved-only', estate],
    ['a removed block that leaves the thing alone', 'removed-block-forget', estate],
    ['a read replica that is deleted alone', 'replica-destroy', withReplica()],
    ['the first apply of all in an empty account', 'lost-state-create', anInventory()],
    ['a key that nothing stands under', 'unused-key-destroy', estate],
    [
      'a key that was seen and that nothing stands under',
      'unused-key-destroy',
      anInventory({ ...estate, keys: [aKey({ arn: KEY_ARN })] }),
    ],
  ])('%s', (_, name, inventory) => {
    expect(decide(name, inventory)).toMatchObject({
      decision: 'allow',
      verdict: 'ready',
      codes: ['nothing_at_stake'],
      databases: [],
    });
  });
});

describe('its neighbour is not let through', () => {
  const stopped = (document: { readonly decision: string }) => expect(document.decision).not.toBe('allow');

  it('a key, while something is encrypted under one that was not shown', () => {
    const opaque = aPoint(orders, { encrypted: true, keyArn: null });
    stopped(decide('unused-key-destroy', anInventory({ ...estate, recoveryPoints: [thePitr(orders), opaque] })));
    stopped(decide('unused-key-destroy', anInventory({ databases: [{ ...orders, encrypted: true, keyArn: null }] })));
  });

  it('a change of class that turns protection off', () => {
    const off = decide('class-change', estate, (text) => {
      const plan = JSON.parse(text);
      plan.resource_changes[0].change.after.deletion_protection = false;
      return JSON.stringify(plan);
    });
    expect(off).toMatchObject({ decision: 'block', databases: [{ identifier: 'orders' }] });
  });

  it.each([
    ['its source is not seen', anInventory({ ...estate, databases: [replica] })],
    ['its source is not well', withReplica({}, { status: 'storage-full' })],
    ['it has a window of its own', withReplica({ retentionDays: 7 })],
    ['it has a snapshot of its own', { ...withReplica(), recoveryPoints: [aPoint(replica)] }],
    ['others replicate from it', withReplica({ replicas: ['third'] })],
    ['it was promoted since', withReplica({ replicaOf: null })],
    ['it is another database of that name', withReplica({ resourceId: 'db-NEWER' })],
  ])('a read replica when %s', (_, inventory) => {
    stopped(decide('replica-destroy', inventory));
  });

  it('a read replica that goes with its source', () => {
    const both = decide('replica-destroy', withReplica(), (plan) =>
      plan.replace('"actions":["no-op"]', '"actions":["delete"]'),
    );
    expect(both).toMatchObject({ decision: 'block' });
    expect(both.databases.map(({ identifier }) => identifier)).toEqual(['orders', 'orders-replica']);
  });

  it.each([
    ['databases live there', estate, 'empty_state'],
    ['what lives there could not be read', anInventory({ gaps: [hidden] }), 'empty_state'],
    ['nothing was read', anInventory({ scopes: [] }), 'empty_state'],
  ])('a plan without state when %s', (_, inventory, code) => {
    const document = decide('lost-state-create', inventory);
    expect(document).toMatchObject({ decision: 'block', verdict: 'not_ready' });
    expect(document.codes).toContain(code);
  });

  it.each([
    [
      'a database stands under it',
      anInventory({ databases: [{ ...orders, encrypted: true, keyArn: KEY_ARN }], keys: [aKey({ arn: KEY_ARN })] }),
    ],
    [
      'a snapshot stands under it',
      anInventory({
        ...estate,
        recoveryPoints: [aPoint(orders, { encrypted: true, keyArn: KEY_ARN })],
        keys: [aKey({ arn: KEY_ARN })],
      }),
    ],
    ['its users may be hidden', anInventory({ ...estate, gaps: [hidden] })],
    [
      'another key in use was not read',
      anInventory({
        ...estate,
        recoveryPoints: [aPoint(orders, { encrypted: true, keyArn: 'arn:aws:kms:eu-west-1:123456789012:key/unread' })],
      }),
    ],
  ])('a key when %s', (_, inventory) => {
    stopped(decide('unused-key-destroy', inventory));
  });

  it.each([{ keyArn: KEY_ARN, encrypted: true }, { managedSecretKeyArn: KEY_ARN }])(
    'a grant on a key under which a database stands that has no recovery point: %j',
    (fields) => {
      const bare = { ...orders, ...fields };
      const target = { arn: KEY_ARN, resourceId: null, identifier: KEY_ARN, scope: SCOPE };
      const intent = anIntent([{ kind: 'change_key_policy', target }]);
      const inventory = anInventory({ databases: [bare], keys: [aKey({ arn: KEY_ARN })] });
      stopped(decideChange({ intent, inventory, policy: DEFAULT_POLICY, drills: [], at: NOW, logged: true }));
    },
  );

  it('a removed block that destroys', () => {
    stopped(
      decide('removed-block-forget', estate, (plan) => plan.replace('"actions":["forget"]', '"actions":["delete"]')),
    );
  });
});
