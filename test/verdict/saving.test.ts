/** What would have saved a database, in the decision and as the block report tells it. */

import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/intent/action.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { renderDecision } from '../../src/report/decision-text.ts';
import { PLAIN_PAINT } from '../../src/report/style.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import { decisionSchema } from '../contract/decision-schema.ts';
import {
  aCluster,
  aDatabase,
  aDrill,
  aKey,
  anIntent,
  anInventory,
  aPoint,
  aTargetOf,
  deletionOf,
  KEY_ARN,
  NOW,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const courses = aCluster();

function decide(actions: readonly Action[], inventory: Partial<Inventory>) {
  return decideChange({
    intent: anIntent(actions),
    inventory: anInventory({ databases: [orders, courses], ...inventory }),
    policy: DEFAULT_POLICY,
    drills: [aDrill(orders)],
    at: NOW,
    logged: true,
  });
}

describe('a decision', () => {
  const recoveryPoints = [aPoint(orders), thePitr(orders), thePitr(courses)];
  const decision = decide([...deletionOf(orders), ...deletionOf(courses)], { recoveryPoints });
  const savings = decision.databases.map(({ identifier, wouldHaveSaved }) => [identifier, wouldHaveSaved?.setting]);

  it('names the cheapest setting for what is not ready, and none for what is', () => {
    expect(Object.fromEntries(savings)).toEqual({ courses: 'keep_automated_backups', orders: undefined });
    expect(decision.databases.find(({ identifier }) => identifier === 'orders')?.verdict).toBe('ready');
  });

  it('keeps to the contract', () => {
    const { databases } = decisionSchema.shape;
    expect(databases.safeParse(decision.databases)).toMatchObject({ success: true });
  });

  it('is told in words, with the command', () => {
    const text = renderDecision(decision, PLAIN_PAINT, 200);
    expect(text).toContain('would have saved it: automated backups kept, which leaves pitr:cluster-COURSES until');
    expect(text).toContain('delete_automated_backups = false');
    expect(text.match(/would have saved it/g)).toHaveLength(1);
  });
});

describe('the setting', () => {
  const sealed = aDatabase({ encrypted: true, keyArn: KEY_ARN });
  const key = aTargetOf({ arn: KEY_ARN, id: 'k' });
  const scheduled: Action = { kind: 'schedule_key_deletion', target: key, windowDays: 7 };
  const estate = { databases: [sealed, courses], keys: [aKey()], recoveryPoints: [aPoint(sealed), thePitr(courses)] };
  const settingOf = (actions: readonly Action[], identifier: string) =>
    decide(actions, estate).databases.find((view) => view.identifier === identifier)?.wouldHaveSaved?.setting;

  it('takes the key into account that the same change destroys, and not where it is of no use', () => {
    const actions = [...deletionOf(sealed), ...deletionOf(courses), scheduled];
    expect(settingOf(actions, 'orders')).toBe('key_kept');
    expect(settingOf(actions, 'courses')).toBe('keep_automated_backups');
  });
});
