/**
 * Alerts to a topic of Amazon SNS: the CloudEvent as the message, its type and level as attributes to filter by.
 *
 * A FIFO topic is given the alert's id to tell doubles by, and keeps the order of each subject. A message that is no message
 * is refused again; a policy, a key or a topic that keeps it out is put right by somebody, and the message waits for that.
 * Source: Amazon SNS API 2010-03-31, Publish; Amazon SNS Developer Guide, "Message
 * grouping", "Message deduplication".
 */

import { hash } from 'node:crypto';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { Alert } from '../../alert/alert.ts';
import { isWanted, type Wanted } from '../../alert/wanted.ts';
import type { AlertReceiver } from '../../app/alert-port.ts';
import { parseArn } from '../../core/arn.ts';
import { type ErrorCode, MusterError } from '../../core/errors.ts';

/** What SNS is called through. */
export interface SnsAccess {
  readonly client: (region: string) => Promise<SNSClient>;
  /** Turns what the SDK throws into ours. */
  readonly toError: (
    error: unknown,
    context: { readonly action: string; readonly endpoint: string; readonly refusedCode: ErrorCode },
  ) => MusterError;
}

/** How a topic is told. */
export interface SnsOptions extends Wanted {
  readonly name: string;
  readonly topicArn: string;
  readonly access: SnsAccess;
}

const SUBJECT_LENGTH_MAX = 100;
/** AWS's own names for what is wrong with the message itself. */
const NO_MESSAGE = /^(?:InvalidParameter(?:Value)?|Validation)(?:Error|Exception)?$/;

/** A topic. @throws MusterError `MUSTER_SERVICE_INVALID` for what is no ARN of a topic. */
export function createSnsTopic({ name, topicArn, access, ...wanted }: SnsOptions): AlertReceiver {
  const topic = parseArn(topicArn);
  const isTopic = topic?.service === 'sns' && topic.resourceType === '' && topic.region !== '';
  if (topic === null || !isTopic) {
    const accepted = 'accepted is arn:aws:sns:REGION:ACCOUNT:NAME';
    throw new MusterError(
      'MUSTER_SERVICE_INVALID',
      `sns ${name}: ${JSON.stringify(topicArn)} is no topic; ${accepted}`,
    );
  }
  return {
    name,
    wants: (alert) => isWanted(alert, wanted),
    deliver: async (alert, signal) => {
      try {
        const { PublishCommand } = await import('@aws-sdk/client-sns');
        const client = await access.client(topic.region);
        await client.send(new PublishCommand(publication(alert, topicArn)), { abortSignal: signal });
      } catch (error) {
        throw undelivered(error, { name, topicArn, access, signal });
      }
    },
  };
}

function publication(alert: Alert, topicArn: string) {
  const attribute = (value: string) => ({ DataType: 'String', StringValue: value });
  const { id, type, subject, data } = alert;
  const fifo = topicArn.endsWith('.fifo')
    ? { MessageDeduplicationId: id, MessageGroupId: hash('sha256', subject, 'hex') }
    : {};
  return {
    TopicArn: topicArn,
    Subject: subjectOf(alert),
    Message: JSON.stringify(alert),
    MessageAttributes: { type: attribute(type), level: attribute(data.level) },
    ...fifo,
  };
}

/** What a mail shows first: printable ASCII on one line, which is all that SNS takes. */
function subjectOf({ data: { level, message } }: Alert): string {
  const text = `${level}: ${message}`.replace(/[^ -~]/g, '?');
  return text.length <= SUBJECT_LENGTH_MAX ? text : `${text.slice(0, SUBJECT_LENGTH_MAX - 3)}...`;
}

function undelivered(
  error: unknown,
  {
    name,
    topicArn,
    access,
    signal,
  }: Pick<SnsOptions, 'name' | 'topicArn' | 'access'> & { readonly signal: AbortSignal },
): MusterError {
  if (signal.aborted)
    return new MusterError('MUSTER_AWS_UNAVAILABLE', `sns ${name} was not waited for any longer`, { cause: error });
  const context = { action: 'sns:Publish', endpoint: topicArn, refusedCode: 'MUSTER_SERVICE_INVALID' } as const;
  const found = access.toError(error, context);
  if (found.retryable || found.class === 'invariant') return found;
  const never = error instanceof Error && NO_MESSAGE.test(error.name);
  const code = never ? 'MUSTER_SERVICE_INVALID' : 'MUSTER_AWS_UNAVAILABLE';
  return found.code === code ? found : new MusterError(code, `sns ${name}: ${found.message}`, { cause: found });
}
