/** A scratch stands neither in the open nor among production. */

import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../src/drill/definition.ts';
import { type Exposable, exposureOf } from '../../src/drill/exposure.ts';
import { planDrill } from '../../src/drill/plan.ts';
import { findSubject } from '../../src/drill/select.ts';
import type { Database } from '../../src/inventory/model.ts';
import { aDatabase, anInventory, aPoint, NOW } from '../support/builders.ts';
import { aDrillPlan } from '../support/drill-plans.ts';

const PLAN = aDrillPlan('instance');
const SEEN: Exposable = {
  kind: 'instance',
  id: 'muster-scratch-abc',
  publiclyAccessible: false,
  securityGroupIds: ['sg-scratch'],
};

it.each<[what: string, seen: Exposable]>([
  ['private, in a group of its own', SEEN],
  ['a cluster, of which AWS does not say it', { ...SEEN, kind: 'cluster', publiclyAccessible: null }],
  ['a copy', { ...SEEN, kind: 'snapshot', publiclyAccessible: null, securityGroupIds: [] }],
])('nothing speaks against one that is %s', (_, seen) => {
  expect(exposureOf(seen, PLAN)).toBeNull();
});

it('one that the internet reaches must not stand', () => {
  expect(exposureOf({ ...SEEN, publiclyAccessible: true }, PLAN)).toBe(
    'muster-scratch-abc can be reached from the internet',
  );
});

it('an instance of which AWS does not show whether it is public is not taken for private', () => {
  expect(exposureOf({ ...SEEN, publiclyAccessible: null }, PLAN)).toBe(
    'AWS does not say whether muster-scratch-abc can be reached from the internet',
  );
});

it("one in a security group of production's must not stand, whatever other groups it has", () => {
  expect(exposureOf({ ...SEEN, securityGroupIds: ['sg-scratch', 'sg-prod'] }, PLAN)).toContain('stands in sg-prod');
});

describe('a scratch whose database is gone, in the default group of the VPC', () => {
  const gone = aDatabase({ identifier: 'billing', resourceId: 'db-BILLING' });
  const exposed = (living: Partial<Database>) => {
    const inventory = anInventory({
      databases: [aDatabase({ securityGroupIds: ['sg-default'], ...living })],
      recoveryPoints: [aPoint(gone)],
    });
    const plan = planDrill({
      definition: parseDefinition('name: a\n', 'd.yaml'),
      subject: findSubject(inventory, 'billing'),
      inventory,
      records: [],
      standbys: [],
      drillId: 'abc',
      musterVersion: '1',
      at: NOW,
    });
    return exposureOf({ ...SEEN, securityGroupIds: ['sg-default'] }, plan);
  };

  it('must not stand where another database of production uses that', () => {
    expect(exposed({})).toContain('stands in sg-default');
  });

  it.each<[what: string, living: Partial<Database>]>([
    ['of another region', { region: 'eu-central-1' }],
    ['of another account', { accountId: '999999999999' }],
    ['that is a scratch too', { identifier: 'muster-scratch-xyz' }],
  ])('may stand where the only one that uses it is %s', (_, living) => {
    expect(exposed(living)).toBeNull();
  });
});
