/**
 * The lab's CloudWatch: connections of its instances hour by hour, nothing of anything else, and refusals by name.
 */

import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand, type Metric } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/core/time.ts';
import { createVirtualLab } from '../../src/lab/request-handler.ts';
import { aLab, BILLING, refusal, START, withInstance } from './support.ts';

const CONNECTIONS: Metric = {
  Namespace: 'AWS/RDS',
  MetricName: 'DatabaseConnections',
  Dimensions: [{ Name: 'DBInstanceIdentifier', Value: BILLING }],
};
const SPAN = { StartTime: new Date(addSeconds(START, -24 * 3_600)), EndTime: new Date(START) };

function cloudWatchOf(lab: ReturnType<typeof createVirtualLab>): CloudWatchClient {
  const { requestHandler } = lab;
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  return new CloudWatchClient({ region: 'eu-west-1', credentials, requestHandler, maxAttempts: 1 });
}

async function figuresOf(
  metric: Metric,
  span: { readonly StartTime: Date; readonly EndTime: Date } = SPAN,
  lab = createVirtualLab({ estate: 'datatalks', startAt: START }),
) {
  const MetricDataQueries = [{ Id: 'q', MetricStat: { Metric: metric, Period: 3_600, Stat: 'Maximum' } }];
  const { MetricDataResults } = await cloudWatchOf(lab).send(new GetMetricDataCommand({ MetricDataQueries, ...span }));
  expect(MetricDataResults).toMatchObject([{ Id: 'q', StatusCode: 'Complete' }]);
  const [{ Timestamps = [], Values = [] } = {}] = MetricDataResults ?? [];
  return Timestamps.map((from, index) => ({ from: from.toISOString(), most: Values[index] ?? -1 }));
}

describe('connections', () => {
  it('are told by the hour, the newest first, and the same each time', async () => {
    const figures = await figuresOf(CONNECTIONS);
    expect(figures).toHaveLength(24);
    expect([figures[0]?.from, figures[23]?.from]).toEqual(['2026-11-23T03:00:00.000Z', '2026-11-22T04:00:00.000Z']);
    expect(await figuresOf(CONNECTIONS)).toEqual(figures);
  });

  it('are more by day than by night, and never none', async () => {
    const figures = await figuresOf(CONNECTIONS);
    const during = (hour: string) => figures.find(({ from }) => from.includes(`T${hour}:`))?.most ?? 0;
    expect(during('12')).toBeGreaterThan(during('02'));
    expect(during('02')).toBeGreaterThan(0);
  });

  it('begin with the first whole hour of an instance, and end with now', async () => {
    const { lab, rds } = aLab();
    await withInstance(rds, lab);
    const span = { StartTime: SPAN.StartTime, EndTime: new Date(addSeconds(START, 48 * 3_600)) };
    const metric = { ...CONNECTIONS, Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'orders' }] };
    lab.advance(3 * 3_600 - 600 - 1);
    const figures = await figuresOf(metric, span, lab);
    expect(figures.map(({ from }) => from.slice(11, 16))).toEqual(['06:00', '05:00', '04:00']);
  });

  it.each<[string, Partial<Metric>]>([
    ['another metric', { MetricName: 'CPUUtilization' }],
    ['another namespace', { Namespace: 'AWS/EC2' }],
    ['another dimension', { Dimensions: [{ Name: 'DBClusterIdentifier', Value: BILLING }] }],
    ['an instance that is not there', { Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'gone' }] }],
    ['no dimension', { Dimensions: [] }],
  ])('are no data for %s', async (_, fields) => {
    expect(await figuresOf({ ...CONNECTIONS, ...fields })).toEqual([]);
  });
});

describe('refused is', () => {
  const lab = createVirtualLab({ estate: 'datatalks', startAt: START });
  const ask = (changes: object) => {
    const MetricDataQueries = [{ Id: 'q', MetricStat: { Metric: CONNECTIONS, Period: 60, Stat: 'Maximum' } }];
    return refusal(cloudWatchOf(lab).send(new GetMetricDataCommand({ MetricDataQueries, ...SPAN, ...changes })));
  };
  const queries = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      Id: `q${index}`,
      MetricStat: { Metric: CONNECTIONS, Period: 60, Stat: 'Maximum' },
    }));

  it.each([
    ['a span that ends before it begins', { EndTime: SPAN.StartTime }, 'StartTime'],
    ['a parameter that the lab does not know', { ScanBy: 'TimestampAscending' }, 'ScanBy'],
    ['a call of 501 queries', { MetricDataQueries: queries(501) }, 'MetricDataQueries'],
    ['a call for more points than a page holds', { MetricDataQueries: queries(71) }, '100800'],
  ])('%s', async (_, changes, words) => {
    const refused = await ask(changes);
    expect(refused).toMatchObject({ code: 'ValidationException', status: 400 });
    expect(refused.message).toContain(words);
  });

  it('another action, by name', async () => {
    const refused = await refusal(cloudWatchOf(lab).send(new ListMetricsCommand({})));
    expect(refused).toMatchObject({ code: 'UnknownOperationException', status: 400 });
    expect(refused.message).toContain('ListMetrics');
  });
});
