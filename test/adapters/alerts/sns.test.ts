/** A topic of SNS, on the lab over HTTP: what is published, and what AWS's refusals become. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSnsTopic } from '../../../src/adapters/alerts/sns.ts';
import { accessOf, aListener, anAlert, anSns, errorOf, type Listener, PATIENT, snsClient } from './support.ts';

let sns: Awaited<ReturnType<typeof anSns>>;
let listener: Listener;
beforeAll(async () => {
  [sns, listener] = await Promise.all([anSns(), aListener()]);
});
afterAll(() => Promise.all([sns.close(), listener.close()]));

function aTopic(topicArn: string, access = sns.access) {
  return createSnsTopic({ name: 'ops', topicArn, access, types: null, level: null });
}

describe('a publication', () => {
  it('holds the CloudEvent, and its type and level to filter by', async () => {
    const arn = await sns.create('plain');
    await aTopic(arn).deliver(anAlert(), PATIENT);
    const [published] = sns.published(arn);
    expect(JSON.parse(published?.message ?? '')).toEqual(anAlert());
    expect(published?.attributes).toEqual({ type: 'dev.muster.verdict.changed.v1', level: 'critical' });
  });

  it('has a subject that SNS takes, whatever the message', async () => {
    const arn = await sns.create('subjects');
    await aTopic(arn).deliver(anAlert({ message: `Ärger\nmit ${'x'.repeat(300)}` }), PATIENT);
    const subject = sns.published(arn)[0]?.subject ?? '';
    expect(subject).toMatch(/^critical: \?rger mit x+\.\.\.$/);
    expect(subject).toHaveLength(100);
  });

  it('to a FIFO topic is taken once, and keeps the order of its subject', async () => {
    const arn = await sns.create('ordered.fifo', { FifoTopic: 'true' });
    await aTopic(arn).deliver(anAlert(), PATIENT);
    await aTopic(arn).deliver(anAlert(), PATIENT);
    await aTopic(arn).deliver(anAlert({ happened: 'other' }), PATIENT);
    await aTopic(arn).deliver(anAlert({ subject: 'other' }), PATIENT);
    const published = sns.published(arn);
    expect(published.map(({ deduplicationId }) => deduplicationId)).toEqual(
      [anAlert(), anAlert({ happened: 'other' }), anAlert({ subject: 'other' })].map(({ id }) => id),
    );
    const [first, second, third] = published.map(({ groupId }) => groupId);
    expect([first === second, first === third]).toEqual([true, false]);
  });
});

describe('a refusal', () => {
  const refusing = (code: string, status: number) => {
    listener.answer((response) => {
      response.writeHead(status, { 'content-type': 'text/xml' });
      response.end(`<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code></Error></ErrorResponse>`);
    });
    const topic = aTopic('arn:aws:sns:eu-west-1:123456789012:t', accessOf(snsClient(listener.url)));
    return errorOf(topic.deliver(anAlert(), PATIENT));
  };

  it('of a topic that is not there passes, for somebody may make it', async () => {
    const error = await errorOf(aTopic('arn:aws:sns:eu-west-1:123456789012:gone').deliver(anAlert(), PATIENT));
    expect([error.code, error.retryable]).toEqual(['MUSTER_AWS_UNAVAILABLE', true]);
    expect(error.message).toContain('sns:Publish was refused');
  });

  it.each(['InvalidParameter', 'InvalidParameterValue', 'ValidationException'])('%s is for good', async (code) => {
    expect((await refusing(code, 400)).code).toBe('MUSTER_SERVICE_INVALID');
  });

  it.each([
    ['Throttled', 429],
    ['ThrottlingException', 400],
    ['KMSThrottling', 400],
    ['InternalError', 500],
    ['ExpiredToken', 403],
    ['AuthorizationError', 403],
    ['KMSDisabled', 400],
    ['KMSAccessDenied', 400],
    ['EndpointDisabled', 400],
  ])('%s passes', async (code, status) => {
    const error = await refusing(code, status);
    expect([error.code, error.retryable]).toEqual(['MUSTER_AWS_UNAVAILABLE', true]);
  });
});

it.each(['', 'alerts', 'arn:aws:sqs:eu-west-1:123456789012:q', 'arn:aws:sns:eu-west-1:123456789012:t:subscription'])(
  'what is no ARN of a topic is refused before anything is sent: %j',
  (arn) => {
    expect(() => aTopic(arn)).toThrow('is no topic');
  },
);
