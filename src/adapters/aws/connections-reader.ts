/**
 * Reads how many connections each database had at most in the last day: a fact of importance, and of nothing else.
 *
 * So nothing here is ever a gap: what CloudWatch refuses, or has no figure of, is left out, and the first refusal ends the
 * asking. Figures come by the hour and are counted from a whole hour at least 24 hours back. CloudWatch knows an instance
 * by its name only; what was measured before a database was created is therefore not counted as its own.
 * Source: Amazon CloudWatch API 2010-08-01, GetMetricData (500 queries a call, `NextToken`, `StatusCode`; bought by the
 * metric asked for); Amazon RDS User Guide, "Amazon CloudWatch metrics for Amazon RDS" (`DatabaseConnections`).
 */

import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import { addSeconds, type Instant, type Seconds, toEpochMilliseconds } from '../../core/time.ts';
import type { Database } from '../../inventory/model.ts';
import type { DatabaseConnections } from '../../inventory/observations.ts';
import type { Clients } from './clients.ts';

/** What of a database the metric is asked by. */
export type Connected = Pick<Database, 'arn' | 'kind' | 'identifier' | 'createdAt'> & {
  readonly members: readonly { readonly identifier: string }[];
};

/** A data point: the start of its hour in milliseconds since 1970, and the most connections within that hour. */
export interface Point {
  readonly fromMs: number;
  readonly most: number;
}

const QUERIES_A_CALL = 500;
/** Four calls; what comes after that stays without a figure. */
const INSTANCES_MAX = 2_000;
/** A call gives 100,800 points a page and needs some 13,000. */
const PAGES_MAX = 10;
const HOUR: Seconds = 3_600;
const HOUR_MS = HOUR * 1_000;

const answer = z.object({
  MetricDataResults: z.array(
    z.object({
      Id: z.string(),
      StatusCode: z.string(),
      Timestamps: z.array(z.date()).default([]),
      Values: z.array(z.number().min(0)).default([]),
    }),
  ),
  NextToken: z.string().optional(),
});

/** The most connections of those databases that CloudWatch has figures of; never throws for what AWS does. */
export async function readConnections(
  clients: Clients,
  databases: readonly Connected[],
  at: Instant,
): Promise<readonly DatabaseConnections[]> {
  const points = new Map<string, readonly Point[]>();
  try {
    for (const batch of batchesOf(databases)) {
      const cloudWatch = await clients.cloudWatch();
      for (const [instance, found] of await readBatch(cloudWatch, batch, at)) points.set(instance, found);
    }
  } catch {
    // Denied, throttled, unreachable or not understood: what was read before stands, and the rest is not known.
  }
  return databases.flatMap((database) => {
    const connectionsMax = mostOf(database, points);
    return connectionsMax === null ? [] : [{ databaseArn: database.arn, connectionsMax }];
  });
}

/** The instances to ask about, each once, in as many calls as that takes. */
export function batchesOf(databases: readonly Connected[]): readonly (readonly string[])[] {
  const instances = [...new Set(databases.flatMap(instancesOf))].slice(0, INSTANCES_MAX);
  return Array.from({ length: Math.ceil(instances.length / QUERIES_A_CALL) }, (_, index) =>
    instances.slice(index * QUERIES_A_CALL, (index + 1) * QUERIES_A_CALL),
  );
}

/**
 * The most connections that one of a database's instances had at once.
 *
 * @param points By instance; an instance of which not everything was read is absent.
 * @returns Null unless there is a figure of every instance: one left out may have had the most.
 */
export function mostOf(database: Connected, points: ReadonlyMap<string, readonly Point[]>): number | null {
  const createdMs = database.createdAt === null ? 0 : toEpochMilliseconds(database.createdAt);
  const each = instancesOf(database).map((instance) =>
    (points.get(instance) ?? []).filter(({ fromMs }) => fromMs >= createdMs).map(({ most }) => most),
  );
  if (each.length === 0 || each.some((figures) => figures.length === 0)) return null;
  return each.flat().reduce((most, figure) => Math.max(most, figure), 0);
}

/** A cluster has connections through its members only. */
function instancesOf({ kind, identifier, members }: Connected): readonly string[] {
  return kind === 'rds_instance' ? [identifier] : members.map((member) => member.identifier);
}

/** The points of the instances whose answer is complete. */
async function readBatch(
  cloudWatch: CloudWatchClient,
  instances: readonly string[],
  at: Instant,
): Promise<ReadonlyMap<string, readonly Point[]>> {
  const { GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch');
  const found = new Map<string, { readonly points: readonly Point[]; readonly whole: boolean }>();
  let next: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const request = { MetricDataQueries: instances.map(queryOf), ...windowBefore(at) };
    const command = new GetMetricDataCommand(next === undefined ? request : { ...request, NextToken: next });
    const { MetricDataResults, NextToken } = answer.parse(await cloudWatch.send(command));
    for (const { Id, StatusCode, Timestamps, Values } of MetricDataResults) {
      const points = Timestamps.map((from, index) => ({ fromMs: from.getTime(), most: Values[index] ?? 0 }));
      // `PartialData` says that a later page holds more; the last word counts.
      const whole = StatusCode === 'Complete' && Timestamps.length === Values.length;
      found.set(Id, { points: [...(found.get(Id)?.points ?? []), ...points], whole });
    }
    next = NextToken;
    if (next === undefined) break;
  }
  if (next !== undefined) return new Map();
  return new Map(
    instances.flatMap((instance, index) => {
      const result = found.get(idOf(index));
      return result?.whole ? [[instance, result.points] as const] : [];
    }),
  );
}

function queryOf(instance: string, index: number): MetricDataQuery {
  return {
    Id: idOf(index),
    MetricStat: {
      Metric: {
        Namespace: 'AWS/RDS',
        MetricName: 'DatabaseConnections',
        Dimensions: [{ Name: 'DBInstanceIdentifier', Value: instance }],
      },
      Period: HOUR,
      Stat: 'Maximum',
    },
  };
}

/** An id begins with a lower-case letter, which the name of an instance need not. */
function idOf(index: number): string {
  return `q${index}`;
}

/** Whole hours, as CloudWatch cuts them: from 24 hours ago or a little more, to the end of the hour under way. */
function windowBefore(at: Instant): { readonly StartTime: Date; readonly EndTime: Date } {
  const startMs = Math.floor(toEpochMilliseconds(addSeconds(at, -24 * HOUR)) / HOUR_MS) * HOUR_MS;
  const endMs = Math.ceil(toEpochMilliseconds(at) / HOUR_MS) * HOUR_MS;
  return { StartTime: new Date(startMs), EndTime: new Date(endMs) };
}
