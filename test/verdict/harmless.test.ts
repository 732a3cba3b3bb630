/** Deletions that lose nobody anything, and the nearest ones of which that cannot be said. */

import { describe, expect, it } from 'vitest';
import type { Action, Target } from '../../src/intent/action.ts';
import type { Database, Inventory } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anIntent,
  anInventory,
  aPoint,
  aTarget,
  aTargetOf,
  deletionOf,
  KEY_ARN,
  NOW,
  SCOPE,
  thePitr,
} from '../support/builders.ts';

const FAR = { accountId: SCOPE.accountId, region: 'us-east-1' };
const ABROAD = { accountId: '210987654321', region: SCOPE.region };
const orders = aDatabase();
const replica = aDatabase({
  resourceId: 'db-REPLICA',
  identifier: 'replica',
  arn: 'arn:aws:rds:eu-west-1:123456789012:db:replica',
  replicaOf: 'orders',
  retentionDays: 0,
});
const second = { ...replica, resourceId: 'db-SECOND', identifier: 'second', arn: `${replica.arn}-2` };
const estate = anInventory({ databases: [orders, replica], recoveryPoints: [thePitr(orders)] });

/** Decision and codes of a change that destroys by these steps, each an entry of its own unless given together. */
function decide(actions: readonly Action[], inventory: Inventory, together = false) {
  const change = { address: 'all', actions: ['delete'], class: 'destroy', steps: actions } as const;
  const document = decideChange({
    intent: anIntent(actions, together ? { changes: [change] } : {}),
    inventory,
    policy: DEFAULT_POLICY,
    drills: [],
    at: NOW,
    logged: true,
  });
  return [document.decision, ...document.reasons.map(({ code }) => code)];
}

const IDLE = ['allow', 'nothing_at_stake'];
const OTHER = ['review', 'other_resources_destroyed', 'human_approval_required'];

describe('a replica that is deleted', () => {
  const FAR_ARN = 'arn:aws:rds:us-east-1:123456789012:db:orders';
  const withDatabases = (...databases: readonly Database[]) => ({ ...estate, databases });
  const namesake = (fields: Partial<Database>) => aDatabase({ resourceId: 'db-OTHER', arn: 'arn:other', ...fields });

  it.each<[string, Inventory]>([
    ['its source lives on', estate],
    [
      'it names its source by ARN, across regions',
      withDatabases({ ...orders, ...FAR, arn: FAR_ARN }, { ...replica, replicaOf: FAR_ARN }),
    ],
    ['another account has a database of that name', withDatabases(orders, replica, namesake(ABROAD))],
    ['another region has a database of that name', withDatabases(orders, replica, namesake(FAR))],
  ])('loses nothing where %s', (_, inventory) => {
    expect(decide(deletionOf(replica), { ...inventory, scopes: [SCOPE, FAR, ABROAD] })).toEqual(IDLE);
  });

  it.each<[string, Inventory]>([
    ['its source is in another account', withDatabases(namesake(ABROAD), replica)],
    ['its source is in another region', withDatabases(namesake(FAR), replica)],
    [
      'two databases may be its source',
      withDatabases(orders, replica, aCluster({ identifier: 'orders', arn: 'arn:aws:rds:eu-west-1:1:cluster:orders' })),
    ],
    ['it has a snapshot of its own among others', { ...estate, recoveryPoints: [thePitr(orders), aPoint(replica)] }],
  ])('is judged like any database where %s', (_, inventory) => {
    expect(decide(deletionOf(replica), inventory)[0]).toBe('block');
  });

  it('is judged like any database where the document means an earlier one of its name', () => {
    const [deletion] = deletionOf({ ...replica, resourceId: 'db-EARLIER' });
    expect(decide(deletion ? [deletion] : [], estate)).toEqual(['block']);
  });

  it('loses nothing together with another', () => {
    const both = [...deletionOf(replica), ...deletionOf(second)];
    expect(decide(both, withDatabases(orders, replica, second))).toEqual(IDLE);
  });

  it('does not excuse what else its entry destroys, nor a deletion of what was not seen', () => {
    const group: Action = {
      kind: 'delete_prerequisite',
      target: aTargetOf({ arn: 'arn:sg', name: 'sg-unused' }),
      prerequisite: 'security_group',
    };
    expect(decide([...deletionOf(replica), group], estate, true)).toEqual(OTHER);
    expect(decide([...deletionOf(replica), ...deletionOf(second)], estate)).toEqual([
      'block',
      'target_not_observed',
      'other_resources_destroyed',
    ]);
  });

  it('that is not deleted but loses its key is no spare one', () => {
    const sealed = { ...replica, encrypted: true, keyArn: KEY_ARN };
    const disable: Action = { kind: 'disable_key', target: aTargetOf({ arn: KEY_ARN }) };
    expect(decide([disable], { ...withDatabases(orders, sealed), keys: [aKey()] })[0]).toBe('block');
  });

  it('says nothing of an entry that destroys something of a database that stays', () => {
    const step: Action = { kind: 'modify_db_instance', target: aTarget(orders), change: {} };
    expect(decide([step], estate)).toEqual(OTHER);
    expect(decide([...deletionOf(replica), step], estate)).toEqual(OTHER);
  });
});

describe('a key that goes', () => {
  const OTHER_KEY = `${KEY_ARN}-other`;
  const known = { ...estate, keys: [aKey(), aKey({ arn: OTHER_KEY })] };
  const under = (keyArn: string | null) => aDatabase({ encrypted: true, keyArn });
  const byArn = aTargetOf({ arn: KEY_ARN });
  const byId: Target = { arn: null, resourceId: null, identifier: '0a1b2c3d', scope: SCOPE };
  const ways = (target: Target): readonly Action[] => [
    { kind: 'schedule_key_deletion', target, windowDays: 7 },
    { kind: 'disable_key', target },
    { kind: 'change_key_policy', target },
  ];

  describe.each(ways(byArn))('by $kind', (step) => {
    it('loses nothing while nothing lies under it', () => {
      expect(decide([step], known)).toEqual(IDLE);
      expect(decide([{ ...step, target: byId } as Action], known)).toEqual(IDLE);
      expect(decide([step], { ...known, databases: [under(OTHER_KEY)] })).toEqual(IDLE);
    });

    it.each<[string, Partial<Inventory>]>([
      ['one of several databases lies under it', { databases: [under(KEY_ARN), aCluster()] }],
      [
        'the password of one of several is kept under it',
        { databases: [aDatabase({ managedSecretKeyArn: KEY_ARN }), aCluster()] },
      ],
      ['what a database lies under was not shown', { databases: [under(null)] }],
      [
        'one of several recovery points lies under it',
        { recoveryPoints: [aPoint(orders, { keyArn: KEY_ARN }), thePitr(orders)] },
      ],
    ])('is not said to lose nothing while %s', (_, fields) => {
      expect(decide([step], { ...known, ...fields })).not.toEqual(IDLE);
      expect(decide([{ ...step, target: byId } as Action], { ...known, ...fields })).not.toEqual(IDLE);
    });

    it('is not said to lose nothing where its place is not told', () => {
      expect(decide([{ ...step, target: { ...byArn, scope: null } } as Action], known)).toEqual(OTHER);
    });

    it('is not said to lose nothing where AWS would refuse, whatever other step goes through', () => {
      const inventory = { ...known, keys: [aKey({ manager: 'aws' }), aKey({ arn: OTHER_KEY })] };
      expect(decide([step], inventory)).toEqual(OTHER);
      expect(decide([step, { ...step, target: aTargetOf({ arn: OTHER_KEY }) } as Action], inventory)).toEqual(OTHER);
    });
  });

  it('loses nothing beside a step that is refused', () => {
    const refused: Action = { kind: 'disable_key', target: aTargetOf({ arn: OTHER_KEY }) };
    const idle: Action = { kind: 'disable_key', target: byArn };
    const change = (step: Action, address: string) =>
      ({ address, actions: ['delete'], class: 'destroy', steps: [step] }) as const;
    const document = decideChange({
      intent: anIntent([idle, refused], { changes: [change(idle, 'idle'), change(refused, 'refused')] }),
      inventory: { ...known, keys: [aKey(), aKey({ arn: OTHER_KEY, manager: 'aws' })] },
      policy: DEFAULT_POLICY,
      drills: [],
      at: NOW,
      logged: true,
    });
    expect(document.reasons[0]).toMatchObject({
      code: 'other_resources_destroyed',
      message: 'destroyed besides, and not judged here: refused',
    });
  });
});
