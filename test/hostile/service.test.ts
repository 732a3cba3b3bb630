/**
 * Attacks on what the service keeps and tells: clocks that were wrong, receivers that were down, alarms that were muted.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createWebhook } from '../../src/adapters/alerts/webhook.ts';
import { createKnownInventory } from '../../src/app/known-inventory.ts';
import { MusterError } from '../../src/core/errors.ts';
import { addSeconds } from '../../src/core/time.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { useSharedDesks } from '../adapters/store/desk-kinds.ts';
import { ALERT } from '../api/routes/asker.ts';
import { anApi, anApiWorld } from '../support/api-world.ts';
import { NOW, SCOPE } from '../support/builders.ts';
import { aSight } from '../support/sights.ts';

describe.each(useSharedDesks())('a sight put by a clock that was a day ahead, %s', (_, kind) => {
  it('gives way to one that a right clock reads', async () => {
    const { desk } = kind.open();
    await desk.putSight(aSight({ observedAt: addSeconds(NOW, 86_400) }));
    await desk.putSight(aSight({ observedAt: NOW }));
    expect((await desk.sight(SCOPE))?.observedAt).toBe(NOW);
  });
});

describe('readiness of the process', () => {
  it('is not claimed while all that was read lies in a time to come', async () => {
    const world = anApiWorld();
    await world.desk.putSight(aSight({ observedAt: addSeconds(NOW, 86_400) }));
    const known = createKnownInventory({
      desk: world.desk,
      clock: world.clock,
      secondsMax: DEFAULT_POLICY.inventorySecondsMax,
      endpoint: async () => null,
    });
    const app = await anApi({ ...world, known });
    const { statusCode, body } = await app.inject('/readyz');
    expect(statusCode, body).toBe(503);
  });
});

async function answering(statuses: number[]) {
  const asked: number[] = [];
  const server = createServer((_request, response) => {
    const status = statuses[asked.length] ?? 200;
    asked.push(status);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, asked, close: () => server.close() };
}

describe('a receiver', () => {
  it.each([401, 403, 404, 409, 423])(
    'that answers %d once, as while it is deployed or its secret is changed, is told later',
    async (status) => {
      const server = await answering([status]);
      const hook = createWebhook({
        name: 'pager',
        url: server.url,
        secret: null,
        now: () => NOW,
        types: null,
        level: null,
      });
      const error = await hook.deliver(ALERT, new AbortController().signal).catch((caught: unknown) => caught);
      server.close();
      expect(error).toBeInstanceOf(MusterError);
      // deliver.ts ends the job for good on MUSTER_SERVICE_INVALID.
      expect((error as MusterError).code).toBe('MUSTER_ENDPOINT_UNREACHABLE');
    },
  );
});
