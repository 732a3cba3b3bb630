/**
 * What every receiver of alerts does, whatever it speaks: a webhook, a channel of Slack, a topic of SNS.
 *
 * Real HTTP on this machine; SNS is the lab's for what is taken, and a listener that answers as AWS does for refusals.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSlack } from '../../../src/adapters/alerts/slack.ts';
import { createSnsTopic } from '../../../src/adapters/alerts/sns.ts';
import { createWebhook } from '../../../src/adapters/alerts/webhook.ts';
import type { Wanted } from '../../../src/alert/wanted.ts';
import type { AlertReceiver } from '../../../src/app/alert-port.ts';
import { NOW } from '../../support/builders.ts';
import {
  accessOf,
  aDeadPort,
  aListener,
  anAlert,
  anSns,
  errorOf,
  everythingSaid,
  type Listener,
  PATIENT,
  snsClient,
} from './support.ts';

const SECRET = 'a-canary-of-a-secret-that-nobody-may-see';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:alerts';
const ALL: Wanted = { types: null, level: null };

let listener: Listener;
let sns: Awaited<ReturnType<typeof anSns>>;

beforeAll(async () => {
  [listener, sns] = await Promise.all([aListener(), anSns()]);
});
afterAll(() => Promise.all([listener.close(), sns.close()]));

/** One kind of receiver on the listener, or on any other address. */
interface Kind {
  readonly name: string;
  /** Statuses that it says no to for good with. */
  readonly never: readonly number[];
  receiver(url: string, wanted?: Wanted): AlertReceiver;
  /** The ids under which the receiver was told so far, one for each delivery. */
  told(): Promise<readonly string[]>;
  /** A receiver whose deliveries `told` sees. */
  working(): Promise<AlertReceiver>;
}

function httpKind(name: string, receiver: Kind['receiver'], idIn: (index: number) => string): Kind {
  return {
    name,
    never: [410, 413],
    receiver,
    told: async () => listener.got.map((_, index) => idIn(index)),
    working: async () => {
      listener.answer(200);
      return receiver(`${listener.url}/hook`);
    },
  };
}

const KINDS: readonly Kind[] = [
  httpKind(
    'webhook',
    (url, wanted = ALL) =>
      createWebhook({
        name: 'pager',
        url: `${url}/${SECRET}?key=${SECRET}`,
        secret: SECRET,
        now: () => NOW,
        ...wanted,
      }),
    (index) => String(listener.got[index]?.headers['webhook-id']),
  ),
  httpKind(
    'slack',
    (url, wanted = ALL) => createSlack({ name: 'pager', url: `${url}/services/T0/B0/${SECRET}`, ...wanted }),
    (index) => /alert-[0-9a-f]{32}/.exec(listener.got[index]?.body ?? '')?.[0] ?? '',
  ),
  {
    name: 'sns',
    never: [400],
    receiver: (url, wanted = ALL) =>
      createSnsTopic({ name: 'pager', topicArn: TOPIC, access: accessOf(snsClient(url)), ...wanted }),
    told: async () => sns.published(await sns.create('alerts')).map(({ message }) => JSON.parse(message).id),
    working: async () =>
      createSnsTopic({ name: 'pager', topicArn: await sns.create('alerts'), access: sns.access, ...ALL }),
  },
];

describe.each(KINDS)('a receiver: $name', (kind) => {
  beforeEach(() => listener.answer(200));

  it('tells the same alert under the same id, however often', async () => {
    const receiver = await kind.working();
    const before = (await kind.told()).length;
    await receiver.deliver(anAlert(), PATIENT);
    await receiver.deliver(anAlert(), PATIENT);
    const ids = (await kind.told()).slice(before);
    expect(ids).toEqual([anAlert().id, anAlert().id]);
  });

  it.each([408, 429, 500, 502, 503, 504])('that answers %i may take it later', async (status) => {
    listener.answer(status);
    const error = await errorOf(kind.receiver(listener.url).deliver(anAlert(), PATIENT));
    expect([error.retryable, error.message.includes(String(status))]).toEqual([true, true]);
  });

  it.each(kind.never)('that answers %i will never take it', async (status) => {
    listener.answer((response) => {
      // AWS names its refusals; HTTP receivers need not.
      response.writeHead(status, { 'content-type': 'text/xml' });
      response.end(`<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code></Error></ErrorResponse>`);
    });
    const error = await errorOf(kind.receiver(listener.url).deliver(anAlert(), PATIENT));
    expect([error.code, error.retryable]).toEqual(['MUSTER_SERVICE_INVALID', false]);
  });

  it('that nobody listens at may take it later', async () => {
    const receiver = kind.receiver(`http://127.0.0.1:${await aDeadPort()}`);
    const error = await errorOf(receiver.deliver(anAlert(), PATIENT));
    expect([error.code, error.retryable]).toEqual(['MUSTER_ENDPOINT_UNREACHABLE', true]);
  });

  it('that hangs is let go of when the service stops', { timeout: 5_000 }, async () => {
    const stop = new AbortController();
    listener.answer(() => stop.abort());
    const error = await errorOf(kind.receiver(listener.url).deliver(anAlert(), stop.signal));
    expect(error.retryable).toBe(true);
  });

  it('that cuts the connection may take it later', async () => {
    listener.answer((response) => void response.destroy());
    const error = await errorOf(kind.receiver(listener.url).deliver(anAlert(), PATIENT));
    expect(error.retryable).toBe(true);
  });

  it('keeps its secrets out of every error', async () => {
    const failures = [404, 500, 302, (response: { destroy(): void }) => void response.destroy()];
    for (const how of failures) {
      listener.answer(how as number);
      const error = await errorOf(kind.receiver(listener.url).deliver(anAlert(), PATIENT));
      expect(everythingSaid(error)).not.toContain(SECRET);
      expect(everythingSaid(error)).not.toContain('a-secret-key-of-aws');
      expect(error.message).toMatch(/pager|sns:Publish|arn:aws:sns/);
    }
  });

  it('wants what is of its types and loud enough', () => {
    const wants = (wanted: Wanted, level: 'critical' | 'warning' | 'info') =>
      kind.receiver(listener.url, wanted).wants(anAlert({ level }));
    expect(wants(ALL, 'info')).toBe(true);
    expect(wants({ types: null, level: 'warning' }, 'critical')).toBe(true);
    expect(wants({ types: null, level: 'warning' }, 'warning')).toBe(true);
    expect(wants({ types: null, level: 'warning' }, 'info')).toBe(false);
    expect(wants({ types: ['dev.muster.verdict.changed.v1'], level: null }, 'info')).toBe(true);
    expect(wants({ types: ['dev.muster.chain.broken.v1'], level: null }, 'critical')).toBe(false);
  });
});
