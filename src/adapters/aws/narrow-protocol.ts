/**
 * An RDS client that deserializes of its listings only the fields Muster uses.
 *
 * Signing, retries, endpoints, errors and every other call stay the SDK's own: only a good answer to a call of `LISTINGS`
 * is read here. The fields are those of the schemas that parse the items, so none can be forgotten in one of the two
 * places. Reading every field of 100 records costs the SDK many times what fetching them does.
 * Source: AWS SDK for JavaScript v3, client configuration (`protocol`); Smithy "AWS Query protocol" (an answer is
 * `<ActionResponse><ActionResult>`, lists hold one element an item).
 */

import { Readable } from 'node:stream';
import { RDSClient, type RDSClientConfig } from '@aws-sdk/client-rds';
import type * as z from 'zod';
import { invariant } from '../../core/invariant.ts';
import * as schema from './schema.ts';
import { type Fields, readXml, structOf, type Value } from './xml-fields.ts';
import { XmlError } from './xml-leaves.ts';

/** The calls read here: the member that holds the list, and what parses its items. */
export const LISTINGS = {
  DescribeDBInstances: { list: 'DBInstances', item: schema.dbInstance },
  DescribeDBClusters: { list: 'DBClusters', item: schema.dbCluster },
  DescribeDBSnapshots: { list: 'DBSnapshots', item: schema.dbSnapshot },
  DescribeDBClusterSnapshots: { list: 'DBClusterSnapshots', item: schema.dbClusterSnapshot },
  DescribeDBInstanceAutomatedBackups: { list: 'DBInstanceAutomatedBackups', item: schema.instanceBackup },
  DescribeDBClusterAutomatedBackups: { list: 'DBClusterAutomatedBackups', item: schema.clusterBackup },
} as const;

type RdsProtocol = RDSClient['config']['protocol'];

/** What of the SDK's protocol is taken over; the SDK does not export its type. */
interface Protocol {
  deserializeResponse(operation: Operation, context: Context, response: Response): Promise<object>;
}
interface Operation {
  /** Such as `com.amazonaws.rds#DescribeDBInstances`, or the part behind the `#`. */
  readonly name: string;
}
interface Context {
  readonly streamCollector: (stream: unknown) => Promise<Uint8Array>;
}
interface Response {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** The SDK's RDS client with `narrow` as its protocol. */
export class NarrowRdsClient extends RDSClient {
  constructor(config: RDSClientConfig) {
    // Every call would otherwise put its middleware in order anew, and nobody changes it once calls are made.
    super({ ...config, cacheMiddleware: true });
    this.config.protocol = narrow(this.config.protocol as unknown as Protocol) as unknown as RdsProtocol;
    // It copies every answer for a logger, and nobody logs.
    this.middlewareStack.remove('loggerMiddleware');
  }
}

/** The same protocol, but for good answers to the calls of `LISTINGS`. */
export function narrow<P extends Protocol>(own: P): P {
  const wanted = new Map(
    Object.entries(LISTINGS).map(([action, { list, item }]) => [action, answerOf(action, list, item)]),
  );
  const deserializeResponse: Protocol['deserializeResponse'] = async (operation, context, response) => {
    const action = operation.name.split('#').at(-1) ?? '';
    const fields = wanted.get(action);
    if (fields === undefined || response.statusCode >= 300)
      return own.deserializeResponse(operation, context, response);
    const bytes = await bytesOf(response, context);
    // The SDK's own reading of an answer without a body: what is left is the metadata.
    const output = await own.deserializeResponse(operation, context, { ...response, body: new Uint8Array() });
    return Object.assign(output, resultOf(readXml(bytes, `${action}Response`, fields), action));
  };
  return Object.assign(Object.create(own) as P, { deserializeResponse });
}

async function bytesOf({ body }: Response, context: Context): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  return body instanceof Readable ? collect(body) : context.streamCollector(body ?? new Uint8Array());
}

/** All bytes of a stream. The SDK's own way leads through a second stream, which costs more than the bytes do. */
function collect(stream: Readable): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => resolve(Buffer.concat(chunks)));
    stream.on('error', reject);
    // A stream that is destroyed without a reason says nothing else.
    stream.on('close', () => {
      if (!stream.readableEnded) reject(new XmlError('the answer is cut short'));
    });
  });
}

function answerOf(action: string, list: string, item: z.ZodType): Fields {
  const result = structOf([
    ['Marker', { kind: 'text' }],
    [list, { kind: 'list', item: fieldsOf(item) }],
  ]);
  return structOf([[`${action}Result`, result]]);
}

function resultOf(answer: Value, action: string): object {
  const result: unknown = Object.entries(answer).find(([name]) => name === `${action}Result`)?.[1];
  if (typeof result !== 'object' || result === null) throw new XmlError(`the answer holds no ${action}Result`);
  return result;
}

/**
 * The fields that a schema looks at, and what it expects each of them to be.
 *
 * @throws MusterError `MUSTER_INVARIANT_BROKEN` for a schema whose input this cannot tell, such as a union.
 */
export function fieldsOf(schema: z.core.$ZodType): Fields {
  const { def } = schema._zod as { def: z.core.$ZodTypes['_zod']['def'] };
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
      return fieldsOf(def.innerType);
    case 'pipe':
      return fieldsOf(def.in);
    case 'object':
      return structOf(Object.entries(def.shape).map(([name, member]) => [name, fieldsOf(member)]));
    case 'array':
      return { kind: 'list', item: fieldsOf(def.element) };
    case 'string':
    case 'enum':
      return { kind: 'text' };
    case 'number':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'flag' };
    case 'date':
      return { kind: 'instant' };
    default:
      return invariant(false, 'a schema says what it reads', { type: def.type }) as never;
  }
}
