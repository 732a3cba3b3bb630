/** A secret that goes with a change: whose password it holds, and whose it does not. */

import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/intent/action.ts';
import type { Database } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import { aDatabase, anIntent, anInventory, NOW, SCOPE, theDelete } from '../support/builders.ts';

const MANAGED = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-orders-AbC123';
const orders = aDatabase({ managedSecretArn: MANAGED });
const users = aDatabase({
  arn: 'arn:aws:rds:eu-west-1:123456789012:db:users',
  resourceId: 'db-USERS',
  identifier: 'users',
});
const carts = aDatabase({
  arn: 'arn:aws:rds:eu-west-1:123456789012:db:carts',
  resourceId: 'db-CARTS',
  identifier: 'carts',
  managedSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-carts-XyZ789',
});

function lostOf(
  identifier: string,
  arn: string | null = null,
  databases: readonly Database[] = [orders, users, carts],
) {
  const secret: Action = {
    kind: 'delete_prerequisite',
    prerequisite: 'secret',
    target: { arn, resourceId: null, identifier, scope: SCOPE },
  };
  const { databases: views } = decideChange({
    intent: anIntent([...databases.map((database) => theDelete(database)), secret]),
    inventory: anInventory({ databases }),
    policy: DEFAULT_POLICY,
    drills: [],
    at: NOW,
    logged: true,
  });
  return views.filter(({ prerequisitesLost }) => prerequisitesLost.length > 0).map((view) => view.identifier);
}

describe('a secret that goes', () => {
  it.each([
    ['by its ARN', 'orders-password', MANAGED],
    ['by its ARN as a name', MANAGED, null],
    ['by its name', 'rds!db-orders', null],
    ['by its name, suffix and all', 'rds!db-orders-AbC123', null],
  ])('named %s is lost to the database that RDS keeps it for, and to no other', (_, identifier, arn) => {
    expect(lostOf(identifier, arn)).toEqual(['orders']);
  });

  it('and that RDS keeps for none may hold the password of any whose password RDS does not keep', () => {
    expect(lostOf('app/password')).toEqual(['users']);
  });

  it('is not the secret whose name only begins like it', () => {
    expect(lostOf('rds!db', null, [orders])).toEqual([]);
  });
});
