/** What a drill made is no part of an inventory: nobody's backup, and no database to be judged. */

import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../src/drill/definition.ts';
import { SCRATCH_PREFIX, SCRATCH_TAGS } from '../../src/drill/guard.ts';
import { planDrill } from '../../src/drill/plan.ts';
import { subjectOf } from '../../src/drill/select.ts';
import { assemble } from '../../src/inventory/assemble.ts';
import type { Database, Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import { OWN_MARKS } from '../../src/inventory/own-scratch.ts';
import { parseInventory } from '../../src/inventory/schema.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import {
  anAutomatedBackup,
  anObservedDatabase,
  anObservedSnapshot,
  aVaultPoint,
  SCOPE,
  theObservations,
} from '../support/aws-observations.ts';
import {
  aDatabase,
  aDrill,
  anIntent,
  anInventory,
  aPoint,
  aSystemSnapshot,
  deletionOf,
  hoursAgo,
  NOW,
  thePitr,
} from '../support/builders.ts';

const TAGS = { 'muster:drill': 'xyz', 'muster:scratch': 'true' };
const orders = aDatabase();
const copy = aPoint(orders, {
  id: 'muster-scratch-xyz-copy',
  kind: 'snapshot_copy',
  copiedFrom: 'arn:aws:rds:eu-central-1:123456789012:snapshot:orders-manual',
  tags: TAGS,
});
const scratch = aDatabase({ identifier: 'muster-scratch-xyz', arn: 'arn:scratch', resourceId: 'db-XYZ', tags: TAGS });

/** An inventory as an earlier version may have saved it. */
const saved = (fields: Partial<Inventory>) => parseInventory(JSON.stringify(anInventory(fields)), 'inventory.json');
const idsOf = ({ databases, recoveryPoints }: Inventory) => [
  databases.map(({ identifier }) => identifier),
  recoveryPoints.map(({ id }) => id),
];

it('a scratch is known here by the marks that the guard puts on it', () => {
  expect(OWN_MARKS).toEqual({ prefix: SCRATCH_PREFIX, tag: SCRATCH_TAGS.scratch });
});

describe('the copy of a drill that is under way, or leaked', () => {
  it('is no survivor on which the destruction of production could rest', () => {
    const document = decideChange({
      intent: anIntent(deletionOf(orders)),
      inventory: saved({ databases: [orders], recoveryPoints: [copy, thePitr(orders)] }),
      policy: DEFAULT_POLICY,
      drills: [aDrill(orders, { claim: 'copy' })],
      at: NOW,
      logged: true,
    });
    expect(document.verdict).toBe('not_ready');
  });

  it('is not what the next drill restores', () => {
    const lasting = aPoint(orders, { id: 'orders-lasting', arn: 'arn:lasting', dataAt: hoursAgo(9) });
    const plan = planDrill({
      definition: parseDefinition('name: a\nkinds: [manual_snapshot, snapshot_copy]\n', 'd.yaml'),
      subject: subjectOf(orders),
      inventory: saved({ databases: [orders], recoveryPoints: [lasting, copy] }),
      records: [],
      standbys: [],
      drillId: 'abc',
      musterVersion: '1',
      at: NOW,
    });
    expect(plan.point.id).toBe('orders-lasting');
  });

  it.each<[what: string, fields: Partial<RecoveryPoint>, stays: boolean]>([
    ['the name alone', { tags: {} }, false],
    ['the tag alone', { id: 'renamed' }, false],
    ['the tag alone, whatever it says', { id: 'renamed', tags: { 'muster:scratch': 'false' } }, false],
    ['neither, but the tag of a drill', { id: 'renamed', tags: { 'muster:drill': 'xyz' } }, true],
    ['the name in the middle', { id: 'x-muster-scratch-y', tags: {} }, true],
  ])('is known by %s', (_, fields, stays) => {
    const point = { ...copy, ...fields };
    expect(saved({ databases: [orders], recoveryPoints: [point] }).recoveryPoints).toEqual(stays ? [point] : []);
  });
});

describe('the scratch of a drill', () => {
  it('is no database to be judged, and what AWS backs up of it no recovery point', () => {
    const points = [thePitr(scratch), aSystemSnapshot(scratch), thePitr(orders)];
    expect(idsOf(saved({ databases: [orders, scratch], recoveryPoints: points }))).toEqual([
      ['orders'],
      [thePitr(orders).id],
    ]);
  });

  it.each<[what: string, fields: Partial<Database>]>([
    ['only the tag', { identifier: 'orders-restored' }],
    ['only the name', { tags: { 'muster:drill': 'xyz' } }],
  ])('that bears %s may be production, and stays with its own backup', (_, fields) => {
    const database = { ...scratch, ...fields };
    const point = { ...thePitr(database), tags: database.tags };
    const inventory = saved({ databases: [database], recoveryPoints: [point] });
    expect([inventory.databases, inventory.recoveryPoints]).toEqual([[database], [point]]);
  });
});

it('what is read anew goes through the same door, and the quotas count it still', () => {
  const { arn, tags } = { arn: 'arn:copy', tags: TAGS };
  const quotas = [{ ...SCOPE, name: 'manual_snapshots', used: 7, max: 100 } as const];
  const own = anObservedDatabase({ identifier: 'muster-scratch-xyz', arn: 'arn:own', resourceId: 'cluster-XYZ', tags });
  const inventory = assemble(
    theObservations({
      databases: [anObservedDatabase(), own],
      snapshots: [
        anObservedSnapshot(),
        anObservedSnapshot({ id: 'muster-scratch-xyz-copy', arn, tags }),
        anObservedSnapshot({ id: 'awsbackup:job-1', arn: 'arn:vaulted', tags }),
      ],
      automatedBackups: [
        anAutomatedBackup(),
        anAutomatedBackup({ arn: 'arn:auto', databaseResourceId: 'cluster-XYZ' }),
      ],
      vaultPoints: [aVaultPoint({ arn: 'arn:vaulted' })],
      quotas,
    }),
  );
  expect(inventory.databases.map(({ resourceId }) => resourceId)).toEqual(['cluster-ORDERS']);
  expect(
    inventory.recoveryPoints.map(({ arn }) => arn).filter((arn) => /arn:(?:copy|auto|vaulted)$/.test(arn)),
  ).toEqual([]);
  expect(inventory.recoveryPoints.map(({ id }) => id).sort()).toEqual(
    ['pitr:cluster-ORDERS', anObservedSnapshot().id].sort(),
  );
  expect(inventory.quotas).toEqual(quotas);
});
