/** Who asks first mutes the alarm: a deletion that nobody approved is told as one that was decided. */

import { expect, it } from 'vitest';
import { watchTask } from '../../src/service/tasks/watch.ts';
import { aFilledWorld, anAsker, ORDERS } from '../api/routes/asker.ts';
import { aDatabase, anInventory, NOW } from '../support/builders.ts';

it('a database that vanished after a review that nobody approved is told as critical', async () => {
  const world = await aFilledWorld();
  const { post } = await anAsker(world);
  const argv = ['aws', 'rds', 'delete-db-instance', '--db-instance-identifier', 'orders', '--skip-final-snapshot'];
  const { body } = await post('/v1/decisions', { source: 'command', argv });
  expect(body['decision']).toBe('review');
  expect(await world.store.approvals()).toEqual([]);
  const told: unknown[] = [];
  const receivers = [{ name: 'r', wants: () => true, deliver: async () => undefined }];
  const taskWorld = {
    ...world,
    receivers,
    heartbeat: null,
    schedules: [],
    startedAt: NOW,
    config: { alerts: { source: 'muster', endingDays: [] } },
    log: { info: () => undefined, warn: () => undefined, error: (...all: unknown[]) => told.push(all) },
  } as never;
  const context = { attempt: 1, attemptsMax: 3, signal: new AbortController().signal };
  await watchTask(taskWorld)({}, context);
  world.knows({
    inventory: anInventory({
      databases: [aDatabase({ identifier: 'other', arn: `${ORDERS.arn}x`, resourceId: 'db-OTHER' })],
    }),
    outdated: [],
  });
  await watchTask(taskWorld)({}, context);
  const gone = (await world.desk.alerts(50)).filter(
    ({ data }) => data['to'] === 'gone' && data['identifier'] === 'orders',
  );
  expect(gone.map(({ data }) => data.level)).toEqual(['critical']);
});
