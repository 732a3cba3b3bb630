/**
 * Whether the process lives, and whether it can answer.
 *
 * A Muster that is up but blind is not ready: without keys, store or desk, with an inventory that is missing or older than the
 * policy allows, and once it drains. Anybody may ask, so failing checks are told in fixed words; the log has the cause. What
 * was found holds for a second, so that probes cost next to nothing.
 */

import type { FastifyInstance } from 'fastify';
import { SIGHT_AHEAD_SECONDS_MAX } from '../app/desk-port.ts';
import type { Seconds } from '../core/time.ts';
import { addSeconds, printDuration, secondsBetween } from '../core/time.ts';
import { fault } from './log.ts';
import { answerOf, PROBLEM_TYPE } from './problem-document.ts';
import { NO_STORE } from './reply.ts';
import type { ApiWorld } from './world.ts';

/** One thing that has to be well. */
export interface Check {
  readonly check: 'keys' | 'store' | 'desk' | 'inventory' | 'service' | 'draining';
  readonly ok: boolean;
  /** Why not; absent where it is well. */
  readonly detail?: string;
}

/** What the checks look at. */
export type HealthWorld = Pick<ApiWorld, 'keys' | 'store' | 'desk' | 'known' | 'policy' | 'clock' | 'serviceFault'>;

/** How long a finding holds. */
const FOUND_SECONDS: Seconds = 1;
const DRAINING: readonly Check[] = [{ check: 'draining', ok: false, detail: 'the process is about to end' }];

/** Adds `/livez` and `/readyz`. @param secondsMax So long one check may take. */
export function addHealth(app: FastifyInstance, world: HealthWorld, secondsMax: Seconds): void {
  const config = { scope: null };
  const schema = { hide: true };
  app.get('/livez', { config, schema }, (_request, reply) => {
    reply.header('cache-control', NO_STORE).type('application/json; charset=utf-8').send('{"status":"alive"}');
  });
  const look = createLook(() => checkAll(app, world, secondsMax), world);
  app.get('/readyz', { config, schema }, async (request, reply) => {
    const checks = app.draining ? DRAINING : await look();
    reply.header('cache-control', NO_STORE);
    const failing = checks.filter(({ ok }) => !ok);
    if (failing.length === 0) return { status: 'ready', checks };
    const detail = failing.map(({ check, detail: why }) => `${check}: ${why}`).join('; ');
    const { document, headers } = answerOf('unavailable', { instance: `urn:muster:request:${request.id}`, detail });
    reply.code(document.status).headers(headers).type(PROBLEM_TYPE);
    return reply.send(JSON.stringify({ ...document, checks }));
  });
}

/** All checks, made at most once a second and by one at a time. */
function createLook(
  checkAllNow: () => Promise<readonly Check[]>,
  { clock }: HealthWorld,
): () => Promise<readonly Check[]> {
  let last: { readonly since: Seconds; readonly checks: Promise<readonly Check[]> } | null = null;
  return () => {
    const now = clock.elapsed();
    if (last === null || now - last.since >= FOUND_SECONDS) last = { since: now, checks: checkAllNow() };
    return last.checks;
  };
}

async function checkAll(app: FastifyInstance, world: HealthWorld, secondsMax: Seconds): Promise<readonly Check[]> {
  const checking = (check: Check['check'], failing: () => Promise<string | null>) =>
    one(app, check, () => withinTime(failing(), secondsMax));
  return Promise.all([
    checking('keys', async () => {
      await world.keys.signer('attestation');
      return null;
    }),
    checking('store', async () => {
      await world.store.chain.head();
      return null;
    }),
    checking('desk', async () => {
      await world.desk.schedules();
      return null;
    }),
    checking('inventory', () => inventoryFault(world)),
    checking('service', async () => world.serviceFault?.() ?? null),
  ]);
}

/** One check; what it throws, and that it does not come back, is a failing one. */
async function one(app: FastifyInstance, check: Check['check'], failing: () => Promise<string | null>): Promise<Check> {
  try {
    const detail = await failing();
    return detail === null ? { check, ok: true } : { check, ok: false, detail };
  } catch (error) {
    app.log.warn({ check, cause: fault(error) }, 'a check failed');
    return { check, ok: false, detail: 'does not answer' };
  }
}

/** Null when there is an inventory and it is fresh; what is wrong otherwise. One from ahead of now is of no known age. */
async function inventoryFault({ known, policy, clock }: HealthWorld): Promise<string | null> {
  const current = await known.current();
  if (current === null) return 'nothing was read yet';
  const { observedAt } = current.inventory;
  const now = clock.now();
  if (observedAt > addSeconds(now, SIGHT_AHEAD_SECONDS_MAX))
    return `read by a clock that is ${printDuration(secondsBetween(now, observedAt))} ahead`;
  const age = secondsBetween(observedAt, now);
  if (age <= policy.inventorySecondsMax) return null;
  return `read ${printDuration(age)} ago, ${printDuration(policy.inventorySecondsMax)} allowed`;
}

async function withinTime<T>(work: Promise<T>, seconds: Seconds): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RangeError(`no answer within ${seconds} s`)), seconds * 1_000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
