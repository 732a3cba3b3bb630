/**
 * The narrow protocol against the SDK's own: the same fields of the same answers, the same errors.
 *
 * Answers come from the lab and from a generator that writes one thing in many ways. Where the two may differ, the narrow
 * one must refuse what the SDK lets pass, never the other way round.
 */

import { Readable } from 'node:stream';
import {
  DescribeDBClusterAutomatedBackupsCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  DescribeDBSubnetGroupsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { faultOf } from '../../../src/adapters/aws/faults.ts';
import { fieldsOf, LISTINGS, NarrowRdsClient } from '../../../src/adapters/aws/narrow-protocol.ts';
import type { Fields } from '../../../src/adapters/aws/xml-fields.ts';
import { createVirtualLab } from '../../../src/lab/request-handler.ts';
import { queryError, START } from '../../support/aws-lab.ts';
import { answerText, element, itemsText } from '../../support/query-xml.ts';

const COMMANDS = {
  DescribeDBInstances: DescribeDBInstancesCommand,
  DescribeDBClusters: DescribeDBClustersCommand,
  DescribeDBSnapshots: DescribeDBSnapshotsCommand,
  DescribeDBClusterSnapshots: DescribeDBClusterSnapshotsCommand,
  DescribeDBInstanceAutomatedBackups: DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBClusterAutomatedBackups: DescribeDBClusterAutomatedBackupsCommand,
} as const;
type Action = keyof typeof COMMANDS;
const ACTIONS = Object.keys(LISTINGS) as Action[];

interface Wire {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}
const CONFIG = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'not-a-secret' },
  maxAttempts: 1,
};
/** Both clients, whose next call is answered with the `wire` of the moment. */
const answered = { wire: { status: 500, body: '' } as Wire };
const requestHandler = {
  handle: async () => {
    const { status, body, headers = {} } = answered.wire;
    return { response: { statusCode: status, headers: { ...headers }, body: Buffer.from(body) } };
  },
} as never;
const OWN = new RDSClient({ ...CONFIG, requestHandler });
const NARROW = new NarrowRdsClient({ ...CONFIG, requestHandler });
const send = async (client: RDSClient, action: Action): Promise<Record<string, unknown>> => {
  const Command = COMMANDS[action] as typeof DescribeDBInstancesCommand;
  return { ...(await client.send(new Command({}))) };
};
const sendFor = async (client: RDSClient, action: Action, wire: Wire) => {
  answered.wire = wire;
  return send(client, action);
};
const failureFor = (client: RDSClient, action: Action, wire: Wire) =>
  sendFor(client, action, wire).catch((thrown: unknown) => thrown);

/** What the SDK read, cut down to the fields in use. */
function cut(fields: Fields, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (fields.kind === 'list') return (value as unknown[]).map((item) => cut(fields.item, item));
  if (fields.kind !== 'struct') return value;
  const kept = [...fields.members.values()].map(
    (member) => [member.name, cut(member.fields, (value as Record<string, unknown>)[member.name])] as const,
  );
  return Object.fromEntries(kept.filter(([, part]) => part !== undefined));
}

async function expectAgreement(action: Action, wire: Wire): Promise<Record<string, unknown> | null> {
  const { list, item } = LISTINGS[action];
  const theirs = await sendFor(OWN, action, wire).catch(() => null);
  const ours = await sendFor(NARROW, action, wire).catch(() => null);
  if (theirs === null || ours === null) {
    expect(ours).toBe(theirs);
    return null;
  }
  expect(ours).toEqual({
    $metadata: theirs['$metadata'],
    ...(theirs['Marker'] === undefined ? {} : { Marker: theirs['Marker'] }),
    [list]: cut({ kind: 'list', item: fieldsOf(item) }, theirs[list]),
  });
  return ours;
}

describe.each(ACTIONS)('%s', (action) => {
  it('reads from any answer what the SDK reads', async () => {
    const { list, item } = LISTINGS[action];
    const document = fc
      .tuple(itemsText(list, fieldsOf(item)), fc.option(fc.constantFrom('next', 'a&b=='), { nil: null }))
      .map(([items, marker]) => answerText(action, `${marker === null ? '' : element('Marker', marker)}${items}`));
    let whole = 0;
    await fc.assert(
      fc.asyncProperty(document, async (body) => {
        if ((await expectAgreement(action, { status: 200, body, headers: { 'x-amzn-requestid': 'r-1' } })) !== null)
          whole += 1;
      }),
      { numRuns: 80 },
    );
    expect(whole).toBeGreaterThan(50);
  });

  it('reads from the lab what the SDK reads', async () => {
    const lab = createVirtualLab({ estate: 'datatalks', startAt: START });
    const own = new RDSClient({ ...CONFIG, requestHandler: lab.requestHandler as never });
    const narrow = new NarrowRdsClient({ ...CONFIG, requestHandler: lab.requestHandler as never });
    const { list, item } = LISTINGS[action];
    const [theirs, ours] = [await send(own, action), await send(narrow, action)];
    expect(ours[list]).toEqual(cut({ kind: 'list', item: fieldsOf(item) }, theirs[list]));
  });

  it('reads an empty listing as one', async () => {
    const body = answerText(action, `<${LISTINGS[action].list}/>`);
    expect(await expectAgreement(action, { status: 200, body })).toMatchObject({ [LISTINGS[action].list]: [] });
  });

  it('gives no list where the answer holds none', async () => {
    const wire = { status: 200, body: answerText(action, '<Other/>') };
    expect((await sendFor(NARROW, action, wire))[LISTINGS[action].list]).toBeUndefined();
  });

  it.each([
    ['a web page', '<html><body>sign in</body></html>'],
    ['JSON', '{}'],
    ['nothing', ''],
    ['the answer to another call', '<ListTagsForResourceResponse/>'],
    ['an answer without a result', `<${action}Response></${action}Response>`],
    ['half an answer', answerText(action, `<${LISTINGS[action].list}/>`).slice(0, -40)],
  ])('takes %s for unreadable', async (_, body) => {
    const error = await failureFor(NARROW, action, { status: 200, body });
    expect(error).toBeInstanceOf(Error);
    expect(faultOf(error)).toMatchObject({ kind: 'unreadable', status: 200 });
  });
});

describe('an answer that comes as a stream', () => {
  const body = answerText('DescribeDBInstances', `${element('Marker', 'next')}<DBInstances/>`);
  const inPieces = function* () {
    for (let at = 0; at < body.length; at += 7) yield Buffer.from(body.slice(at, at + 7));
  };
  const sendStream = (stream: Readable) => {
    const handler = { handle: async () => ({ response: { statusCode: 200, headers: {}, body: stream } }) };
    const client = new NarrowRdsClient({ ...CONFIG, requestHandler: handler as never });
    return client.send(new DescribeDBInstancesCommand({}));
  };

  it('is read whole, whatever pieces it comes in', async () => {
    expect(await sendStream(Readable.from(inPieces()))).toMatchObject({ Marker: 'next', DBInstances: [] });
  });

  it('and breaks off is refused with what broke it', async () => {
    const broken = async function* () {
      yield Buffer.from(body);
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    };
    await expect(sendStream(Readable.from(broken()))).rejects.toThrow('socket hang up');
  });

  it('and is given up without a word is refused as well', async () => {
    const stream = new Readable({ read: () => {} });
    stream.push(body);
    setImmediate(() => stream.destroy());
    const error: unknown = await sendStream(stream).catch((thrown: unknown) => thrown);
    expect(faultOf(error)).toMatchObject({ kind: 'unreadable' });
  });
});

describe('an error is the SDK’s own:', () => {
  it.each([
    ['of AWS', queryError(400, 'InvalidParameterValue')],
    ['that the SDK knows', queryError(404, 'DBSnapshotNotFound')],
    ['of throttling', queryError(400, 'Throttling')],
    [
      'of a clock that is wrong',
      { ...queryError(403, 'RequestExpired'), headers: { Date: 'Thu, 26 Feb 2026 21:00:00 GMT' } },
    ],
    ['of a proxy', { status: 502, body: '<html><body>Bad Gateway</body></html>' }],
    ['without a body', { status: 503, body: '' }],
  ] as const)('%s', async (_, wire) => {
    const theirs = await failureFor(OWN, 'DescribeDBSnapshots', wire);
    const ours = await failureFor(NARROW, 'DescribeDBSnapshots', wire);
    expect(ours).toBeInstanceOf(Error);
    expect(Object.assign({}, ours)).toEqual(Object.assign({}, theirs));
    expect(faultOf(ours)).toEqual(faultOf(theirs));
  });

  it('a throttled call is tried again', async () => {
    answered.wire = queryError(400, 'Throttling');
    const client = new NarrowRdsClient({ ...CONFIG, maxAttempts: 2, requestHandler });
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = next(args);
        await result.catch(() => undefined);
        answered.wire = { status: 200, body: answerText('DescribeDBInstances', '<DBInstances/>') };
        return result;
      },
      { step: 'deserialize', priority: 'low' },
    );
    const answer = await client.send(new DescribeDBInstancesCommand({}));
    expect(answer).toMatchObject({ DBInstances: [], $metadata: { attempts: 2 } });
  });
});

it('a call that is none of these is read whole', async () => {
  const inner =
    '<DBSubnetGroups><DBSubnetGroup><DBSubnetGroupName>g</DBSubnetGroupName><VpcId>vpc-1</VpcId></DBSubnetGroup></DBSubnetGroups>';
  answered.wire = { status: 200, body: answerText('DescribeDBSubnetGroups', inner) };
  expect((await NARROW.send(new DescribeDBSubnetGroupsCommand({}))).DBSubnetGroups).toEqual([
    { DBSubnetGroupName: 'g', VpcId: 'vpc-1' },
  ]);
});

it('a schema whose input nobody can tell is a fault in Muster', () => {
  expect(() => fieldsOf(z.object({ a: z.union([z.string(), z.number()]) }))).toThrow('a schema says what it reads');
});
