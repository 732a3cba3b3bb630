/**
 * The machine's clock behind the port: instants in the one form, and a sleep that can be called off.
 */

import { expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { isInstant } from '../../src/core/time.ts';

it('the present is an instant', () => {
  expect(isInstant(systemClock.now())).toBe(true);
});

it('no time is over at once, and a negative one too', async () => {
  await expect(systemClock.sleep(0)).resolves.toBeUndefined();
  await expect(systemClock.sleep(-1)).resolves.toBeUndefined();
});

it('a sleep that is called off throws the reason it was given', async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(3600, controller.signal);
  const reason = new Error('interrupted');
  controller.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
});

it('a sleep that was called off before it began does not begin', async () => {
  const reason = new Error('interrupted');
  await expect(systemClock.sleep(3600, AbortSignal.abort(reason))).rejects.toBe(reason);
});
