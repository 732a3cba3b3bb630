/**
 * Reading how busy databases are: over HTTP from the lab, refused in every way, and what answers are taken to mean.
 *
 * The lab answers the real SDK client; answers that the lab does not give are put on the wire in its place.
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createClients } from '../../../src/adapters/aws/clients.ts';
import { batchesOf, type Connected, mostOf, readConnections } from '../../../src/adapters/aws/connections-reader.ts';
import { createEstateReader } from '../../../src/adapters/aws/estate-reader.ts';
import { addSeconds, type Instant, toEpochMilliseconds } from '../../../src/core/time.ts';
import { inventoryDigest } from '../../../src/inventory/digest.ts';
import { datatalks } from '../../../src/lab/estates/datatalks.ts';
import { startHost } from '../../../src/lab/host.ts';
import { listen, stopListening } from '../../../src/lab/http.ts';
import { MemoryEngine } from '../../../src/lab/memory-engine.ts';
import { type Call, jsonError, labClients, START } from '../../support/aws-lab.ts';
import { at } from '../../support/aws-observations.ts';

const ACTION = 'GraniteServiceVersion20100801.GetMetricData';
const AT = START;
const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'not-a-secret' };
const CLUSTER: Connected = {
  arn: 'arn:cluster',
  kind: 'aurora_cluster',
  identifier: 'courses',
  createdAt: null,
  members: [{ identifier: 'writer' }, { identifier: 'reader' }],
};
const points = (...figures: number[]) => figures.map((most) => ({ fromMs: toEpochMilliseconds(AT), most }));
const anInstance = (identifier: string): Connected => ({
  arn: `arn:${identifier}`,
  kind: 'rds_instance',
  identifier,
  createdAt: addSeconds(AT, -90 * 86_400),
  members: [],
});
const isMetrics = ({ action }: Call) => action === ACTION;
const metrics = (body: object) => ({ status: 200, body: JSON.stringify(body) });
const result = (id: string, values: readonly number[], status = 'Complete') => ({
  Id: id,
  StatusCode: status,
  Timestamps: values.map((_, index) => toEpochMilliseconds(AT) / 1_000 - index * 3_600),
  Values: values,
});

describe('over HTTP', () => {
  it('an instance and a cluster each have the most connections that the lab knows of', async () => {
    const host = startHost({ estate: datatalks(AT), pace: 'brisk', engine: new MemoryEngine(), now: () => AT });
    const { server, port } = await listen(host, 0);
    const clients = createClients({
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: CREDENTIALS,
    });
    try {
      const { databases, gaps } = await createEstateReader(clients).read(AT);
      expect(gaps).toEqual([]);
      expect(databases.map(({ identifier, connectionsMax }) => [identifier, connectionsMax])).toEqual([
        ['dev-course-management-cluster', 60],
        ['billing-production', 49],
      ]);
    } finally {
      clients.close();
      await stopListening(server);
    }
  });

  it('an endpoint that never answers is given up', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { region: 'eu-west-1', endpoint, credentials: CREDENTIALS, attemptsMax: 1, requestSecondsMax: 0.1 };
    try {
      expect(await readConnections(createClients(options), [anInstance('a')], AT)).toEqual([]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it.each([
    [503, {}, 2],
    [503, { attemptsMax: 9 }, 2],
    [503, { attemptsMax: 1 }, 1],
    [403, {}, 1],
    [404, {}, 1],
  ])('an endpoint that only answers %i, with %o, is asked no more than %i times', async (status, options, attempts) => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.writeHead(status).end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const clients = createClients({ region: 'eu-west-1', endpoint, credentials: CREDENTIALS, ...options });
    const many = Array.from({ length: 600 }, (_, index) => anInstance(`i-${index}`));
    try {
      expect(await readConnections(clients, many, AT)).toEqual([]);
      expect(asked).toBe(attempts);
    } finally {
      clients.close();
      server.close();
    }
  });
});

describe('when CloudWatch', () => {
  it.each([
    ['denies the call', jsonError(403, 'AccessDeniedException')],
    ['throttles it', jsonError(400, 'ThrottlingException')],
    ['is not implemented', { status: 404, body: '{}' }],
    ['fails', { status: 500, body: '<html>oops</html>' }],
    ['answers with something else', metrics({ MetricDataResults: [{ Id: 'q0' }] })],
  ])('%s, all else is read as ever, without a gap', async (_, refused) => {
    const whole = await createEstateReader(labClients().clients).read(AT);
    const { clients } = labClients('datatalks', { tamper: (call) => (isMetrics(call) ? refused : null) });
    const inventory = await createEstateReader(clients).read(AT);
    expect(whole.databases.every(({ connectionsMax }) => connectionsMax !== null)).toBe(true);
    expect(inventory.databases.map(({ connectionsMax }) => connectionsMax)).toEqual([null, null]);
    expect(inventory.gaps).toEqual([]);
    expect(inventoryDigest(inventory)).toBe(inventoryDigest(whole));
  });

  it('refuses one call, no other is made, and what was read before stands', async () => {
    const calls: Call[] = [];
    const { clients } = labClients('datatalks', {
      tamper: (call) => (calls.push(call) === 1 ? metrics({ MetricDataResults: [result('q0', [4])] }) : DENIED),
    });
    const many = Array.from({ length: 1_600 }, (_, index) => anInstance(`i-${index}`));
    expect(await readConnections(clients, many, AT)).toEqual([{ databaseArn: 'arn:i-0', connectionsMax: 4 }]);
    expect(calls).toHaveLength(2);
  });

  it('has no data of a database, there is no figure', async () => {
    const { clients } = labClients();
    expect(await readConnections(clients, [anInstance('unheard-of')], AT)).toEqual([]);
  });

  it('is of no use, because there is no database, it is not asked', async () => {
    const { clients } = labClients('empty', { tamper: () => Promise.reject(new Error('asked')) });
    expect(await readConnections({ ...clients, cloudWatch: () => Promise.reject(new Error('made')) }, [], AT)).toEqual(
      [],
    );
  });
});

const DENIED = jsonError(403, 'AccessDeniedException');

it.each([
  ['2026-02-26T21:30:10Z', '2026-02-25T21:00:00.000Z', '2026-02-26T22:00:00.000Z'],
  ['2026-02-26T21:00:00Z', '2026-02-25T21:00:00.000Z', '2026-02-26T21:00:00.000Z'],
])('asked at %s are the whole hours that hold the last day, page by page', async (now, start, end) => {
  const { clients } = labClients();
  const mock = mockClient(await clients.cloudWatch());
  mock.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
  mock.on(GetMetricDataCommand).resolvesOnce({ MetricDataResults: [], NextToken: 'more' });
  await readConnections(clients, [anInstance('A-1')], at(now));
  const asked = mock.commandCalls(GetMetricDataCommand).map(({ args }) => args[0].input);
  expect(asked.map(({ NextToken }) => NextToken)).toEqual([undefined, 'more']);
  for (const { StartTime, EndTime, MetricDataQueries } of asked) {
    expect([StartTime, EndTime]).toEqual([new Date(start), new Date(end)]);
    const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: 'A-1' }];
    const Metric = { Namespace: 'AWS/RDS', MetricName: 'DatabaseConnections', Dimensions };
    expect(MetricDataQueries).toEqual([{ Id: 'q0', MetricStat: { Metric, Period: 3_600, Stat: 'Maximum' } }]);
  }
});

describe('an answer', () => {
  const reading = (...pages: readonly object[]) => {
    let page = 0;
    const { clients } = labClients('datatalks', { tamper: () => metrics(pages[page++] ?? pages.at(-1) ?? {}) });
    return readConnections(clients, [anInstance('a'), anInstance('b')], AT);
  };

  it('is the greatest of all its hours', async () => {
    const MetricDataResults = [result('q0', [3, 42, 7]), result('q1', [0, 0])];
    expect(await reading({ MetricDataResults })).toEqual([
      { databaseArn: 'arn:a', connectionsMax: 42 },
      { databaseArn: 'arn:b', connectionsMax: 0 },
    ]);
  });

  it('is followed to its last page', async () => {
    const first = { MetricDataResults: [result('q0', [9], 'PartialData'), result('q1', [1])], NextToken: 'more' };
    expect(await reading(first, { MetricDataResults: [result('q0', [5])] })).toEqual([
      { databaseArn: 'arn:a', connectionsMax: 9 },
      { databaseArn: 'arn:b', connectionsMax: 1 },
    ]);
  });

  it.each(['PartialData', 'InternalError', 'Forbidden'])('that ends in %s is none', async (status) => {
    const MetricDataResults = [result('q0', [9], status), result('q1', [1])];
    expect(await reading({ MetricDataResults })).toEqual([{ databaseArn: 'arn:b', connectionsMax: 1 }]);
  });

  it('without an end is none', async () => {
    expect(await reading({ MetricDataResults: [result('q0', [9])], NextToken: 'again' })).toEqual([]);
  });
});

describe('of a database', () => {
  it('that is a cluster the member with the most counts', () => {
    const found = new Map([
      ['writer', points(3, 12)],
      ['reader', points(40)],
      ['courses', points(99)],
    ]);
    expect(mostOf(CLUSTER, found)).toBe(40);
  });

  it('one member without a figure leaves no figure: it may have had the most', () => {
    expect(mostOf(CLUSTER, new Map([['writer', points(0)]]))).toBeNull();
    expect(mostOf({ ...CLUSTER, members: [] }, new Map())).toBeNull();
  });

  it('what was measured before it was created is of another of its name', () => {
    const hours = [-2, 0].map((hour) => ({
      fromMs: toEpochMilliseconds(addSeconds(AT, hour * 3_600)),
      most: 50 + hour,
    }));
    const createdAt = (age: number): Instant => addSeconds(AT, -age);
    const most = (age: number, from = hours) =>
      mostOf({ ...anInstance('a'), createdAt: createdAt(age) }, new Map([['a', from]]));
    expect([most(7_199), most(7_200)]).toEqual([50, 50]);
    expect([most(7_199, hours.slice(0, 1)), most(7_200, hours.slice(0, 1))]).toEqual([null, 48]);
  });
});

describe('the instances to ask about', () => {
  const named = (count: number) => Array.from({ length: count }, (_, index) => anInstance(`i-${index}`));
  const sizes = (count: number) => batchesOf(named(count)).map(({ length }) => length);

  it.each([
    [0, []],
    [1, [1]],
    [500, [500]],
    [501, [500, 1]],
    [2_000, [500, 500, 500, 500]],
    [2_001, [500, 500, 500, 500]],
  ])('%i of them take as few calls as CloudWatch allows, and four at most', (count, expected) => {
    expect(sizes(count)).toEqual(expected);
  });

  it('are those of clusters, not the clusters, and each once', () => {
    expect(batchesOf([CLUSTER, anInstance('a'), anInstance('a')])).toEqual([['writer', 'reader', 'a']]);
  });

  it('beyond 500 are all answered by the lab', async () => {
    const calls: Call[] = [];
    const { clients, lab } = labClients('datatalks', {
      tamper: (call) => {
        calls.push(call);
        return null;
      },
    });
    const [instance] = Object.values(lab.world().places).flatMap(({ instances }) => instances);
    const last = anInstance(instance?.identifier ?? '');
    const found = await readConnections(clients, [...named(500), last], AT);
    expect(calls.map(({ action }) => action)).toEqual([ACTION, ACTION]);
    expect(found.map(({ databaseArn }) => databaseArn)).toEqual([last.arn]);
  });
});
