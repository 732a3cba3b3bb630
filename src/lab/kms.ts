/**
 * The part of AWS KMS that backups hang on, and signing: which keys there are and whether they can be used.
 *
 * JSON 1.1: the action is in `X-Amz-Target`, the answer a JSON object, times are epoch seconds. Source: AWS KMS
 * API 2014-11-01, `DescribeKey`, `ListKeys`, `ListAliases`, `GetPublicKey`, `Sign`, `KeyMetadata`.
 */

import type { Instant } from '../core/time.ts';
import { toEpochMilliseconds } from '../core/time.ts';
import { AwsFault, refuseUnless } from './faults.ts';
import { findKey, keyArn } from './keys.ts';
import { SIGNING_ALGORITHMS } from './kms-key-material.ts';
import { getPublicKey, sign } from './kms-signing.ts';
import { jsonResponse, type LabRequest, type LabResponse } from './messages.ts';
import { cutPage } from './paging.ts';
import type { Key, Place } from './world.ts';

/** The action a KMS request names, without its prefix. */
export function kmsAction(request: LabRequest): string {
  return (request.headers['x-amz-target'] ?? '').replace(/^TrentService\./, '');
}

/** Answers one KMS request. @throws AwsFault to refuse. */
export function callKms(request: LabRequest, place: Place): LabResponse {
  const action = kmsAction(request);
  const input = readBody(request.body);
  switch (action) {
    case 'DescribeKey':
      return answer({ KeyMetadata: describeKey(accept(action, input, ['KeyId', 'GrantTokens']), place) });
    case 'ListKeys':
      return answer(listKeys(accept(action, input, ['Limit', 'Marker']), place));
    case 'ListAliases':
      return answer(listAliases(accept(action, input, ['KeyId', 'Limit', 'Marker']), place));
    case 'GetPublicKey':
      return getPublicKey(accept(action, input, ['KeyId', 'GrantTokens']), place);
    case 'Sign':
      return sign(accept(action, input, ['KeyId', 'Message', 'MessageType', 'SigningAlgorithm', 'GrantTokens']), place);
    default:
      throw new AwsFault('UnknownOperationException', `The lab does not implement the KMS action ${action}.`);
  }
}

type Input = Readonly<Record<string, unknown>>;

function describeKey(input: Input, place: Place): object {
  const name = input['KeyId'];
  const key = typeof name === 'string' ? findKey(place, name) : undefined;
  if (key === undefined) throw new AwsFault('NotFoundException', `Invalid keyId '${String(name)}'`);
  return {
    AWSAccountId: place.scope.accountId,
    KeyId: key.keyId,
    Arn: keyArn(place.scope, key),
    CreationDate: seconds(key.createdAt),
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyState: key.state,
    Origin: 'AWS_KMS',
    KeyManager: key.manager,
    ...usageOf(key),
    MultiRegion: false,
    ...(key.deletionAt === null ? {} : { DeletionDate: seconds(key.deletionAt) }),
  };
}

function usageOf({ signs }: Key): object {
  if (signs === undefined) {
    const spec = 'SYMMETRIC_DEFAULT';
    return { KeyUsage: 'ENCRYPT_DECRYPT', CustomerMasterKeySpec: spec, KeySpec: spec, EncryptionAlgorithms: [spec] };
  }
  const SigningAlgorithms = SIGNING_ALGORITHMS[signs];
  return { KeyUsage: 'SIGN_VERIFY', CustomerMasterKeySpec: signs, KeySpec: signs, SigningAlgorithms };
}

function listKeys(input: Input, place: Place): object {
  const page = pageOf('ListKeys', input, place.keys, (key) => key.keyId);
  const Keys = page.items.map((key) => ({ KeyId: key.keyId, KeyArn: keyArn(place.scope, key) }));
  return { Keys, Truncated: page.next !== null, ...(page.next === null ? {} : { NextMarker: page.next }) };
}

function listAliases(input: Input, place: Place): object {
  const only = input['KeyId'];
  const pairs = place.keys.flatMap((key) => key.aliases.map((alias) => ({ alias, key })));
  const chosen = pairs.filter(({ key }) => typeof only !== 'string' || key === findKey(place, only));
  const page = pageOf('ListAliases', input, chosen, ({ alias }) => alias);
  const Aliases = page.items.map(({ alias, key }: { alias: string; key: Key }) => ({
    AliasName: alias,
    AliasArn: `arn:aws:kms:${place.scope.region}:${place.scope.accountId}:${alias}`,
    TargetKeyId: key.keyId,
    CreationDate: seconds(key.createdAt),
    LastUpdatedDate: seconds(key.createdAt),
  }));
  return { Aliases, Truncated: page.next !== null, ...(page.next === null ? {} : { NextMarker: page.next }) };
}

function pageOf<T>(listing: string, input: Input, items: readonly T[], key: (item: T) => string) {
  const limit = input['Limit'] ?? 100;
  const marker = input['Marker'] ?? null;
  refuseUnless(
    typeof limit === 'number' && limit >= 1 && limit <= 1000,
    'ValidationException',
    'Limit must be between 1 and 1000',
  );
  refuseUnless(marker === null || typeof marker === 'string', 'InvalidMarkerException', 'Marker must be text');
  const page = cutPage(items, key, { listing, marker, size: limit });
  if (page === null) throw new AwsFault('InvalidMarkerException', 'Could not deserialize marker');
  return page;
}

function accept(action: string, input: Input, names: readonly string[]): Input {
  for (const name of Object.keys(input)) {
    refuseUnless(
      names.includes(name),
      'ValidationException',
      `The lab does not implement the parameter ${name} of ${action}.`,
    );
  }
  return input;
}

function readBody(body: string): Input {
  try {
    const parsed: unknown = JSON.parse(body === '' ? '{}' : body);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Falls through to the refusal below, which is the same for text that is no JSON and JSON that is no object.
  }
  throw new AwsFault('ValidationException', 'The body is not a JSON object.');
}

function answer(body: object): LabResponse {
  return jsonResponse(200, body, { 'content-type': 'application/x-amz-json-1.1' });
}

function seconds(at: Instant): number {
  return toEpochMilliseconds(at) / 1000;
}
