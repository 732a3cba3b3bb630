/**
 * The part of Amazon SNS that alerts need: topics, and messages published to them.
 *
 * Query protocol. What a subscriber would get is kept with the topic; a FIFO topic takes a message once in five minutes.
 * What the lab does not implement is refused by name. Source: Amazon SNS API 2010-03-31, CreateTopic, ListTopics,
 * Publish; Amazon SNS Developer Guide, "Message deduplication for FIFO topics".
 */

import { createHash } from 'node:crypto';
import { parseArn, partitionOf, type Scope } from '../core/arn.ts';
import { addSeconds, type Instant } from '../core/time.ts';
import type { Caller } from './auth.ts';
import { AwsFault, refuseUnless } from './faults.ts';
import { parameterNames } from './form.ts';
import { withEntry } from './ledger.ts';
import { cutPage } from './paging.ts';
import type { Publication, Topic } from './sns-model.ts';
import type { World } from './world.ts';
import { listOf, type Xml } from './xml.ts';

/** What came of one SNS call; a refused one leaves an entry in the ledger. */
export interface SnsReply {
  readonly body: readonly Xml[] | AwsFault;
  readonly world: World;
}

interface Call {
  readonly form: URLSearchParams;
  readonly scope: Scope;
  readonly at: Instant;
}

interface Done {
  readonly body: readonly Xml[];
  readonly world: World;
}

const DEDUPLICATION_SECONDS = 300;
const MESSAGE_BYTES_MAX = 262_144;
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  CreateTopic: ['Name', 'Attributes'],
  ListTopics: ['NextToken'],
  Publish: ['TopicArn', 'Subject', 'Message', 'MessageAttributes', 'MessageGroupId', 'MessageDeduplicationId'],
};

/** Answers one SNS request. @param refused With what AWS turns the call away whatever it asks; null for a fair hearing. */
export function callSns(
  form: URLSearchParams,
  world: World,
  from: { readonly caller: Caller; readonly scope: Scope; readonly at: Instant; readonly refused: AwsFault | null },
): SnsReply {
  const action = form.get('Action') ?? '';
  const { caller, scope, at, refused } = from;
  const entered = (after: World, outcome: string): World => {
    if (action === 'ListTopics') return after;
    const { accessKeyId } = caller;
    const target = form.get('TopicArn') ?? (form.has('Name') ? topicArn(scope, form.get('Name') ?? '') : null);
    const parameters = parameterNames(form);
    return withEntry(after, {
      at,
      accessKeyId,
      region: scope.region,
      service: 'sns',
      action,
      target,
      outcome,
      parameters,
    });
  };
  try {
    if (refused !== null) throw refused;
    accept(action, form);
    const done = carryOut(action, { form, scope, at }, world);
    return { body: done.body, world: entered(done.world, 'ok') };
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    return { body: error, world: entered(world, error.code) };
  }
}

/** What was published to a topic, oldest first; nothing when there is no such topic. */
export function publishedTo({ topics }: Pick<World, 'topics'>, arn: string): readonly Publication[] {
  return topics?.[arn]?.published ?? [];
}

function accept(action: string, form: URLSearchParams): void {
  const accepted = PARAMETERS[action];
  if (accepted === undefined)
    throw new AwsFault('InvalidAction', `The lab does not implement the SNS action ${action}.`);
  for (const name of parameterNames(form)) {
    refuseUnless(accepted.includes(name), 'InvalidParameter', `The lab does not implement ${action} with ${name}.`);
  }
}

function carryOut(action: string, call: Call, world: World): Done {
  switch (action) {
    case 'CreateTopic':
      return createTopic(call, world);
    case 'Publish':
      return publish(call, world);
    default:
      return { body: listTopics(call, world), world };
  }
}

function createTopic({ form, scope }: Call, world: World): Done {
  const name = form.get('Name') ?? '';
  const attributes = entriesOf(form, 'Attributes', 'key', 'value');
  for (const key of Object.keys(attributes)) {
    const known = key === 'FifoTopic' || key === 'ContentBasedDeduplication';
    refuseUnless(known, 'InvalidParameter', `The lab does not implement CreateTopic with the attribute ${key}.`);
  }
  const fifo = attributes['FifoTopic'] === 'true';
  const bare = fifo ? name.replace(/\.fifo$/, '') : name;
  const fits = /^[\w-]{1,256}$/.test(bare) && fifo === name.endsWith('.fifo');
  refuseUnless(fits, 'InvalidParameter', 'Invalid parameter: Topic Name');
  const arn = topicArn(scope, name);
  const deduplicatesContent = attributes['ContentBasedDeduplication'] === 'true';
  const topic: Topic = world.topics?.[arn] ?? { arn, fifo, deduplicatesContent, published: [] };
  const same = topic.deduplicatesContent === deduplicatesContent;
  refuseUnless(
    same,
    'InvalidParameter',
    'Invalid parameter: Attributes Reason: Topic already exists with different attributes',
  );
  return { body: [['TopicArn', arn]], world: withTopic(world, topic) };
}

function listTopics({ form, scope }: Call, { topics = {} }: World): readonly Xml[] {
  const own = Object.keys(topics).filter((arn) => arn.startsWith(topicArn(scope, '')));
  const page = cutPage(own, (arn) => arn, { listing: 'ListTopics', marker: form.get('NextToken'), size: 100 });
  if (page === null) throw new AwsFault('InvalidParameter', 'Invalid parameter: NextToken');
  return [listOf('Topics', 'member', page.items, (arn) => [['TopicArn', arn]]), ['NextToken', page.next]];
}

function publish({ form, scope, at }: Call, world: World): Done {
  const topic = topicFor(form.get('TopicArn') ?? '', scope, world);
  const message = form.get('Message') ?? '';
  refuseUnless(message !== '', 'InvalidParameter', 'Invalid parameter: Empty message');
  const size = Buffer.byteLength(message, 'utf8');
  refuseUnless(size <= MESSAGE_BYTES_MAX, 'InvalidParameter', 'Invalid parameter: Message too long');
  const subject = form.get('Subject');
  refuseUnless(subject === null || isSubject(subject), 'InvalidParameter', 'Invalid parameter: Subject');
  const { groupId, deduplicationId } = fifoOf(topic, form, message);
  const attributes = attributesOf(form);
  const double = topic.published.find(
    (one) => topic.fifo && one.deduplicationId === deduplicationId && at < addSeconds(one.at, DEDUPLICATION_SECONDS),
  );
  const messageId = double?.messageId ?? idOf(topic, world);
  const body: Xml[] = [['MessageId', messageId]];
  if (double !== undefined) return { body, world };
  const publication = { at, messageId, subject, message, attributes, groupId, deduplicationId };
  return { body, world: withTopic(world, { ...topic, published: [...topic.published, publication] }) };
}

function topicFor(arn: string, { region }: Scope, { topics }: World): Topic {
  const parsed = parseArn(arn);
  const here = parsed?.service === 'sns' && parsed.region === region;
  refuseUnless(here, 'InvalidParameter', `Invalid parameter: TopicArn Reason: no valid topic of ${region}`);
  const topic = topics?.[arn];
  if (topic === undefined) throw new AwsFault('NotFound', 'Topic does not exist');
  return topic;
}

function fifoOf({ fifo, deduplicatesContent }: Topic, form: URLSearchParams, message: string) {
  const [groupId, given] = [form.get('MessageGroupId'), form.get('MessageDeduplicationId')];
  const invalid = (why: string) => `Invalid parameter: ${why}`;
  if (!fifo) {
    const why = 'The request includes MessageDeduplicationId parameter that is not valid for this topic type';
    refuseUnless(given === null, 'InvalidParameter', invalid(why));
    return { groupId, deduplicationId: null };
  }
  const named = groupId !== null && /^[!-~]{1,128}$/.test(groupId);
  refuseUnless(named, 'InvalidParameter', invalid('The MessageGroupId parameter is required for FIFO topics'));
  const token = given ?? (deduplicatesContent ? createHash('sha256').update(message).digest('hex') : '');
  const why =
    'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly';
  refuseUnless(/^[!-~]{1,128}$/.test(token), 'InvalidParameter', invalid(why));
  return { groupId, deduplicationId: token };
}

function attributesOf(form: URLSearchParams): Readonly<Record<string, string>> {
  const types = Object.values(entriesOf(form, 'MessageAttributes', 'Name', 'Value.DataType'));
  const plain = types.every((type) => type === 'String');
  refuseUnless(plain, 'InvalidParameter', 'The lab implements message attributes of type String only.');
  return entriesOf(form, 'MessageAttributes', 'Name', 'Value.StringValue');
}

/** The entries of a map, as the Query protocol writes them: `Attributes.entry.1.key`. */
function entriesOf(form: URLSearchParams, map: string, key: string, value: string): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (let index = 1; form.has(`${map}.entry.${index}.${key}`); index += 1) {
    const at = `${map}.entry.${index}`;
    entries.push([form.get(`${at}.${key}`) ?? '', form.get(`${at}.${value}`) ?? '']);
  }
  return Object.fromEntries(entries);
}

/** ASCII text that begins with a letter, number or punctuation, without control characters, up to 100 of them. */
function isSubject(text: string): boolean {
  return /^[!-~][ -~]{0,99}$/.test(text);
}

function topicArn({ accountId, region }: Scope, name: string): string {
  return `arn:${partitionOf(region)}:sns:${region}:${accountId}:${name}`;
}

function withTopic(world: World, topic: Topic): World {
  return { ...world, topics: { ...world.topics, [topic.arn]: topic } };
}

function idOf({ arn }: Topic, { requestsSeen }: World): string {
  const hex = createHash('sha256').update(`message ${arn} ${requestsSeen}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
