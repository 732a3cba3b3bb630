/** The lab's SNS, asked over HTTP by the real SDK client: topics, what is published to them, and AWS's refusals. */

import {
  CreateTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  type PublishCommandInput,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ledger } from '../../src/lab/ledger.ts';
import { anSns } from '../adapters/alerts/support.ts';
import { refusal } from './support.ts';

const OWNER = 'arn:aws:sns:eu-west-1';
let sns: Awaited<ReturnType<typeof anSns>>;
let plain: string;
let fifo: string;

beforeAll(async () => {
  sns = await anSns();
  plain = await sns.create('alerts');
  fifo = await sns.create('alerts.fifo', { FifoTopic: 'true' });
});
afterAll(() => sns.close());

function publish(input: Omit<PublishCommandInput, 'Message'> & { readonly Message?: string }) {
  return sns.client.send(new PublishCommand({ Message: 'm', ...input }));
}

describe('a topic', () => {
  it('is listed once it was made', async () => {
    const { Topics = [] } = await sns.client.send(new ListTopicsCommand({}));
    expect(Topics.map(({ TopicArn }) => TopicArn)).toEqual([plain, fifo]);
    expect(plain).toMatch(new RegExp(`^${OWNER}:\\d{12}:alerts$`));
  });

  it('is the same when it is made again', async () => {
    const { TopicArn } = await sns.client.send(new CreateTopicCommand({ Name: 'alerts' }));
    expect(TopicArn).toBe(plain);
  });

  it.each(['', 'a b', 'alerts.fifo', 'x'.repeat(257)])('is refused the name %j', async (Name) => {
    const { code } = await refusal(sns.client.send(new CreateTopicCommand({ Name })));
    expect(code).toBe('InvalidParameter');
  });

  it('keeps what is published to it, with subject and attributes', async () => {
    const attribute = { DataType: 'String', StringValue: 'critical & <loud>' };
    const { MessageId } = await publish({
      TopicArn: plain,
      Message: '{"id":"ä"}',
      Subject: 'critical: orders',
      MessageAttributes: { level: attribute, type: { DataType: 'String', StringValue: 'b' } },
    });
    expect(sns.published(plain).at(-1)).toMatchObject({
      messageId: MessageId,
      subject: 'critical: orders',
      message: '{"id":"ä"}',
      attributes: { level: 'critical & <loud>', type: 'b' },
      groupId: null,
    });
  });

  it('enters what is published into the ledger by the names of its parameters', async () => {
    await publish({ TopicArn: plain, Message: 'a-canary', Subject: 's' });
    const entry = ledger(sns.world()).at(-1);
    const parameters = ['Message', 'Subject', 'TopicArn'];
    expect(entry).toMatchObject({ service: 'sns', action: 'Publish', target: plain, outcome: 'ok', parameters });
    expect(JSON.stringify(entry)).not.toContain('a-canary');
  });

  it.each([
    ['no message', { Message: '' }],
    ['a message of more than 256 KB', { Message: 'x'.repeat(262_145) }],
    ['a subject of more than 100 characters', { Subject: 'x'.repeat(101) }],
    ['a subject with a line break', { Subject: 'a\nb' }],
    ['a subject that is not ASCII', { Subject: 'é' }],
    ['a deduplication id on a standard topic', { MessageDeduplicationId: 'a' }],
  ])('refuses %s', async (_, input) => {
    const { code, status } = await refusal(publish({ TopicArn: plain, ...input }));
    expect([code, status]).toEqual(['InvalidParameter', 400]);
  });

  it('that is not there is not found, and the refusal is in the ledger', async () => {
    const { code, status } = await refusal(publish({ TopicArn: `${plain}-gone` }));
    expect([code, status]).toEqual(['NotFound', 404]);
    expect(ledger(sns.world()).at(-1)?.outcome).toBe('NotFound');
  });

  it('of another region is refused', async () => {
    const { code } = await refusal(publish({ TopicArn: plain.replace('eu-west-1', 'us-east-1') }));
    expect(code).toBe('InvalidParameter');
  });
});

describe('a FIFO topic', () => {
  it('takes a message of one deduplication id once', async () => {
    const input = { TopicArn: fifo, MessageGroupId: 'g', MessageDeduplicationId: 'once' };
    const first = await publish(input);
    const second = await publish(input);
    expect(second.MessageId).toBe(first.MessageId);
    expect(sns.published(fifo).filter(({ deduplicationId }) => deduplicationId === 'once')).toHaveLength(1);
  });

  it.each([
    ['without a group', { MessageDeduplicationId: 'a' }],
    ['without a deduplication id', { MessageGroupId: 'g' }],
  ])('refuses a message %s', async (_, input) => {
    const { code } = await refusal(publish({ TopicArn: fifo, ...input }));
    expect(code).toBe('InvalidParameter');
  });
});

describe('what the lab does not have of SNS', () => {
  it('is refused by name', async () => {
    const subscribe = new SubscribeCommand({ TopicArn: plain, Protocol: 'email', Endpoint: 'a@example.org' });
    const { message } = await refusal(sns.client.send(subscribe));
    expect(message).toContain('the SNS action Subscribe');
    const { message: parameter } = await refusal(publish({ TopicArn: plain, MessageStructure: 'json' }));
    expect(parameter).toContain('MessageStructure');
  });
});
