/**
 * What is looked up when somebody reads the metrics: how old things are, and what waits to be done.
 *
 * What cannot be looked up is left out, but for the age of an inventory that is not there: it is infinite, so that an alarm on
 * its age goes off. Drills are read again only after the chain has grown.
 */

import type { FastifyInstance } from 'fastify';
import { elapsedSeconds, type Instant, toEpochMilliseconds } from '../core/time.ts';
import type { DrillRecord } from '../drill/model.ts';
import { fault } from './log.ts';
import { METRICS_TYPE, type Observed } from './metrics.ts';
import { NO_STORE } from './reply.ts';
import type { ApiWorld } from './world.ts';

/** What is looked at. */
export type ObservedWorld = Pick<ApiWorld, 'store' | 'desk' | 'known' | 'clock'>;

/** Adds `/metrics`. */
export function addMetrics(app: FastifyInstance, world: ObservedWorld): void {
  const look = createLook(app, world);
  app.get('/metrics', { config: { scope: 'read' } }, async (_request, reply) => {
    const text = await app.metrics.print(look);
    return reply.header('cache-control', NO_STORE).header('content-type', METRICS_TYPE).send(text);
  });
}

function createLook(app: FastifyInstance, world: ObservedWorld): () => Promise<Observed> {
  const drillsOf = createDrillMemory(world);
  const orElse = async <T>(nothing: T, looking: () => Promise<T>): Promise<T> => {
    try {
      return await looking();
    } catch (error) {
      app.log.warn({ cause: fault(error) }, 'a metric could not be looked up');
      return nothing;
    }
  };
  return async () => {
    const at = world.clock.now();
    const inventoryAgeSeconds = await orElse(Number.POSITIVE_INFINITY, () => inventoryAge(world, at));
    const { newestAt, restores, recordedAt } = await orElse(NO_DRILLS, drillsOf);
    const ages = [
      { kind: 'inventory', seconds: inventoryAgeSeconds },
      ...(newestAt === null ? [] : [{ kind: 'drill', seconds: elapsedSeconds(newestAt, at) }]),
      ...(recordedAt === null ? [] : [{ kind: 'record', seconds: elapsedSeconds(recordedAt, at) }]),
    ];
    const jobs = await orElse([], () => backlog(world));
    return { inventoryAgeSeconds, evidenceAges: ages, provenRestores: restores, jobs };
  };
}

async function inventoryAge({ known }: ObservedWorld, at: Instant): Promise<number> {
  const current = await known.current();
  return current === null ? Number.POSITIVE_INFINITY : elapsedSeconds(current.inventory.observedAt, at);
}

async function backlog({ desk }: ObservedWorld): Promise<Observed['jobs']> {
  return (await desk.backlog()).flatMap(({ task, ...counts }) =>
    (['waiting', 'running', 'failed'] as const).map((state) => ({ task, state, count: counts[state] })),
  );
}

/** What the drills of a store amount to. */
interface DrillSums {
  /** When the last drill ended that passed; null for none. */
  readonly newestAt: Instant | null;
  readonly restores: Observed['provenRestores'];
  /** When the newest record of all was written; null while there is none. */
  readonly recordedAt: Instant | null;
}

const NO_DRILLS: DrillSums = { newestAt: null, restores: [], recordedAt: null };

function createDrillMemory({ store }: ObservedWorld): () => Promise<DrillSums> {
  let last: { readonly digest: string; readonly sums: DrillSums } | null = null;
  return async () => {
    const head = await store.chain.head();
    if (head === null) return NO_DRILLS;
    if (last?.digest !== head.digest) {
      const passed = (await store.drills()).filter(({ result }) => result === 'passed');
      last = { digest: head.digest, sums: { ...sumsOf(passed), recordedAt: head.at } };
    }
    return last.sums;
  };
}

function sumsOf(passed: readonly DrillRecord[]): Pick<DrillSums, 'newestAt' | 'restores'> {
  const newest = new Map<string, DrillRecord>();
  for (const record of passed) {
    const before = newest.get(record.databaseResourceId);
    if (before === undefined || before.endedAt < record.endedAt) newest.set(record.databaseResourceId, record);
  }
  const records = [...newest.values()].sort((a, b) => (a.endedAt < b.endedAt ? 1 : a.endedAt > b.endedAt ? -1 : 0));
  const restores = records.map(({ databaseResourceId, endedAt }) => ({
    database: databaseResourceId,
    atSeconds: toEpochMilliseconds(endedAt) / 1_000,
  }));
  return { newestAt: records[0]?.endedAt ?? null, restores };
}
