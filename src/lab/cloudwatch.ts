/**
 * The part of Amazon CloudWatch that tells whether a database is in use: `DatabaseConnections` of an instance.
 *
 * JSON 1.0: the action is in `X-Amz-Target`, the answer a JSON object, times are epoch seconds. Each instance has a
 * figure of its own, made from its resource id: that many connections by day, a third of them by night, from the first
 * whole hour of its life on. Any other metric or dimension has no data, as in CloudWatch.
 * Source: Amazon CloudWatch API 2010-08-01, `GetMetricData`; Amazon CloudWatch User Guide, "FAQs on CloudWatch supported
 * protocols" (AWS JSON 1.0).
 */

import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Instant, toEpochMilliseconds } from '../core/time.ts';
import { AwsFault, refuseUnless } from './faults.ts';
import { jsonResponse, type LabRequest, type LabResponse } from './messages.ts';
import type { Instance, Place } from './world.ts';

const POINTS_MAX = 100_800;
const CONNECTIONS_MAX = 60;

const metricQuery = z.strictObject({
  Id: z.string().regex(/^[a-z][a-zA-Z0-9_]*$/),
  MetricStat: z.strictObject({
    Metric: z.strictObject({
      Namespace: z.string(),
      MetricName: z.string(),
      Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).max(30),
    }),
    Period: z.number().int().min(60).multipleOf(60),
    Stat: z.literal('Maximum'),
  }),
});
const input = z.strictObject({
  MetricDataQueries: z.array(metricQuery).min(1).max(500),
  StartTime: z.number(),
  EndTime: z.number(),
});
type MetricQuery = z.infer<typeof metricQuery>;

/** Answers one CloudWatch request. @throws AwsFault to refuse. */
export function callCloudWatch(request: LabRequest, place: Place, at: Instant): LabResponse {
  const action = (request.headers['x-amz-target'] ?? '').replace(/^GraniteServiceVersion20100801\./, '');
  if (action !== 'GetMetricData')
    throw new AwsFault('UnknownOperationException', `The lab does not implement the CloudWatch action ${action}.`);
  const { MetricDataQueries, StartTime, EndTime } = readInput(request.body);
  refuseUnless(StartTime < EndTime, 'ValidationException', 'The parameter StartTime must be less than EndTime.');
  const until = Math.min(EndTime, toEpochMilliseconds(at) / 1_000);
  const results = MetricDataQueries.map((query) => {
    const times = timesOf(query, place, StartTime, until);
    return {
      Id: query.Id,
      Label: query.MetricStat.Metric.MetricName,
      Timestamps: times.map(({ from }) => from),
      Values: times.map(({ most }) => most),
      StatusCode: 'Complete',
    };
  });
  const points = results.reduce((sum, { Values }) => sum + Values.length, 0);
  refuseUnless(points <= POINTS_MAX, 'ValidationException', `The lab gives ${POINTS_MAX} points at most, in one page.`);
  return jsonResponse(200, { MetricDataResults: results, Messages: [] }, { 'content-type': JSON_1_0 });
}

/** What CloudWatch calls its JSON. */
export const JSON_1_0 = 'application/x-amz-json-1.0';

interface Measured {
  /** Start of the period, in epoch seconds. */
  readonly from: number;
  readonly most: number;
}

/** The periods that begin in the given span, the newest first, which is CloudWatch's own order. */
function timesOf({ MetricStat }: MetricQuery, place: Place, start: number, until: number): readonly Measured[] {
  const instance = instanceOf(MetricStat.Metric, place);
  if (instance === undefined) return [];
  const period = MetricStat.Period;
  const born = toEpochMilliseconds(instance.createdAt) / 1_000;
  const first = Math.ceil(Math.max(start, born) / period) * period;
  const count = Math.max(0, Math.ceil((until - first) / period));
  const byDay = connectionsByDay(instance);
  return Array.from({ length: count }, (_, index) => {
    const from = first + index * period;
    return { from, most: isDay(from) ? byDay : Math.ceil(byDay / 3) };
  }).reverse();
}

function instanceOf(metric: MetricQuery['MetricStat']['Metric'], place: Place): Instance | undefined {
  const [dimension, ...more] = metric.Dimensions;
  const known = metric.Namespace === 'AWS/RDS' && metric.MetricName === 'DatabaseConnections' && more.length === 0;
  if (!known || dimension?.Name !== 'DBInstanceIdentifier') return undefined;
  return place.instances.find(({ identifier, status }) => identifier === dimension.Value && status === 'available');
}

function connectionsByDay({ resourceId }: Instance): number {
  const digest = createHash('sha256').update(`connections ${resourceId}`).digest();
  return 1 + (digest.readUInt16BE() % CONNECTIONS_MAX);
}

function isDay(epochSeconds: number): boolean {
  const hour = Math.floor(epochSeconds / 3_600) % 24;
  return hour >= 6 && hour < 20;
}

function readInput(body: string): z.infer<typeof input> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new AwsFault('ValidationException', 'The body is not JSON.');
  }
  const read = input.safeParse(parsed);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0] ?? { path: [], message: '' };
  throw new AwsFault('ValidationException', `The lab does not take ${path.join('.') || 'this request'}: ${message}`);
}
