/** What `muster serve` opens for a question has an end: readers of places bear SDK clients with sockets and credentials. */

import { expect, it } from 'vitest';
import type { PlaceReader } from '../../src/app/place-port.ts';
import { serve } from '../../src/cli/serve.ts';
import type { ServeWorld } from '../../src/cli/serve-world.ts';
import { MusterError } from '../../src/core/errors.ts';
import { anApiWorld, bearing } from '../support/api-world.ts';
import { aSight } from '../support/sights.ts';

it('a reader of places that was opened for a decision is shared or closed', async () => {
  const world = anApiWorld();
  await world.desk.putSight(aSight());
  const token = await world.bearer('gate');
  world.clock.pass(7_200);
  let [opened, closed] = [0, 0];
  const reader: PlaceReader = {
    places: async () => {
      throw new MusterError('MUSTER_AWS_UNAVAILABLE', 'not today');
    },
    read: async () => aSight(),
    close: () => {
      closed += 1;
    },
  };
  let interrupt: () => void = () => undefined;
  let heard: (url: string) => void = () => undefined;
  const url = new Promise<string>((resolve) => {
    heard = resolve;
  });
  const given: Partial<ServeWorld> = {
    version: '0',
    // Nobody wakes before the end.
    clock: {
      ...world.clock,
      sleep: (_seconds, signal) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    },
    randomness: world.randomness,
    checkToken: world.checkToken,
    store: async () => world.store,
    desk: async () => world.desk,
    keys: async () => world.keys,
    estate: async () => ({ endpoint: async () => null, close: () => undefined }) as never,
    jobRunner: async () => world.desk.runner(),
    places: async () => {
      opened += 1;
      return reader;
    },
    receivers: async () => ({ receivers: [], heartbeat: null }),
    defaultDefinition: async () => ({ text: '', origin: '' }),
    onInterrupt: (handler) => {
      interrupt = () => handler('SIGTERM');
      return () => undefined;
    },
    log: (line) => world.lines.push(line),
    terminal: { talk: () => undefined, out: (text: string) => heard(text.trim().split(' ').at(-1) ?? '') } as never,
  };
  const over = serve({ listen: '127.0.0.1:0', schedule: false, worker: false }, given as ServeWorld);
  try {
    const at = await Promise.race([url, over.then(() => Promise.reject(new Error('it ended')))]);
    for (let count = 0; count < 3; count += 1) {
      await fetch(`${at}/v1/decisions`, {
        method: 'POST',
        headers: { ...bearing(token), 'content-type': 'application/json' },
        body: JSON.stringify({
          source: 'command',
          argv: ['aws', 'rds', 'delete-db-instance', '--db-instance-identifier', 'orders'],
        }),
      }).then((response) => response.text());
    }
  } finally {
    interrupt();
    await over.catch(() => undefined);
  }
  expect.soft(opened, 'opened once for all decisions').toBe(1);
  expect.soft(opened - closed, 'left open at the end').toBe(0);
});
