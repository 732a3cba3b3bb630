/** Which databases are expected to be gone: those that an approved change deletes, by whatever tool, while it may. */

import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import type { Standing } from '../../src/alert/standing.ts';
import { approveChange } from '../../src/app/approve-change.ts';
import { newestDecision } from '../../src/app/find-decision.ts';
import { addSeconds } from '../../src/core/time.ts';
import { announcedOf } from '../../src/service/tasks/announced.ts';
import type { DecisionDocument } from '../../src/verdict/document.ts';
import { aStanding } from '../alert/support.ts';
import { aFilledWorld, anAsker, COURSES, ORDERS } from '../api/routes/asker.ts';
import { NOW } from '../support/builders.ts';
import { aDecision } from '../support/decision-builder.ts';

const HOUR = 3_600;
const DELETE = ['aws', 'rds', 'delete-db-instance', '--db-instance-identifier', 'orders', '--skip-final-snapshot'];
const TEMPLATE = 'Resources: {Db: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: orders}}}';
const CLEANER =
  'policies: [{name: tidy, resource: aws.rds, filters: [{DBInstanceIdentifier: orders}], actions: [delete]}]';
const OBJECT = JSON.stringify({
  apiVersion: 'rds.services.k8s.aws/v1alpha1',
  kind: 'DBInstance',
  metadata: { name: 'orders', namespace: 'shop', uid: 'u' },
  spec: { dbInstanceIdentifier: 'orders' },
});

const stood = (fields: Partial<Standing> = {}) =>
  aStanding({ databaseArn: ORDERS.arn, resourceId: ORDERS.resourceId, aliveAt: NOW, ...fields });
const BY = { approver: 'mia', identifiedBy: 'os_user', note: null } as const;

/** A store with a decision that deletes `orders` for an hour from `NOW`, and its receipt. */
async function approved(fields: Partial<DecisionDocument> = {}, given = true) {
  const store = createMemoryStore({ now: () => NOW });
  const deletions = [{ databaseResourceId: ORDERS.resourceId, databaseArn: ORDERS.arn }];
  const decision = aDecision({
    decision: 'review',
    verdict: 'ready',
    at: NOW,
    validUntil: addSeconds(NOW, HOUR),
    deletions,
    ...fields,
  });
  await store.recordDecision(decision);
  const clock = { now: () => NOW, elapsed: () => 0, sleep: async () => undefined };
  if (given) await approveChange(decision, BY, { clock, store });
  return store;
}

describe('a deletion', () => {
  it.each([
    ['a command', { source: 'command', argv: DELETE }],
    ['CloudFormation', { source: 'cloudformation', document: TEMPLATE, deletesStack: true }],
    ['Kubernetes', { source: 'kubernetes', document: OBJECT }],
    ['a cleaner', { source: 'cleaner', document: CLEANER }],
  ])('by %s is announced by the very database it deletes', async (_, asked) => {
    const world = await aFilledWorld();
    const { post } = await anAsker(world);
    const { body } = await post('/v1/decisions', asked);
    expect(body['deletions']).toEqual([{ databaseResourceId: ORDERS.resourceId, databaseArn: ORDERS.arn }]);
  });

  it('that a person approved is announced, and no other database', async () => {
    const world = await aFilledWorld();
    const { post } = await anAsker(world);
    const { body } = await post('/v1/decisions', { source: 'command', argv: DELETE });
    await approveChange(await newestDecision(String(body['changeDigest']), world.store), BY, world);
    const gone = [stood(), stood({ databaseArn: COURSES.arn, resourceId: COURSES.resourceId })];
    expect(await announcedOf(gone, world.store)).toEqual([ORDERS.arn]);
  });

  it('that nobody approved is not announced', async () => {
    expect(await announcedOf([stood()], await approved({}, false))).toEqual([]);
    expect(await announcedOf([stood()], await approved())).toEqual([ORDERS.arn]);
  });

  it('announces no other database that bears the name', async () => {
    expect(await announcedOf([stood({ resourceId: 'db-OTHER' })], await approved())).toEqual([]);
  });

  it('that cannot have begun while the approval held is not announced', async () => {
    const store = await approved();
    expect(await announcedOf([stood({ aliveAt: addSeconds(NOW, 2 * HOUR) })], store)).toEqual([]);
    expect(await announcedOf([stood({ aliveAt: addSeconds(NOW, HOUR) })], store)).toEqual([ORDERS.arn]);
  });

  it('that a receipt on another decision let go is not announced', async () => {
    const store = await approved({}, false);
    const another = await approved({ principal: 'arn:aws:iam::123456789012:user/other' });
    for (const receipt of await another.approvals()) await store.recordApproval(receipt);
    expect(await announcedOf([stood()], store)).toEqual([]);
  });

  it('of a decision that was kept before deletions were written down is not announced', async () => {
    const store = await approved({ deletions: undefined as never });
    expect(await announcedOf([stood()], store)).toEqual([]);
  });

  it('that takes hours counts from when it began', async () => {
    const store = await approved();
    const deleting = stood({ at: addSeconds(NOW, 5 * HOUR), aliveAt: addSeconds(NOW, HOUR / 2) });
    expect(await announcedOf([deleting], store)).toEqual([ORDERS.arn]);
  });
});
