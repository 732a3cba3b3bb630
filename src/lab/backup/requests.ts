/**
 * What every AWS Backup action is given and gives back, and how REST-JSON is read and written.
 *
 * The action is in the path, parameters in the query or a JSON body, times are epoch seconds; what the lab does not
 * implement is refused by name. Source: AWS Backup API 2018-11-15; AWS REST-JSON 1.1 protocol.
 */

import type { Scope } from '../../core/arn.ts';
import { type Instant, toEpochMilliseconds } from '../../core/time.ts';
import { AwsFault, refuseUnless } from '../faults.ts';
import type { LabRequest } from '../messages.ts';
import type { PaceName } from '../pace.ts';
import { cutPage } from '../paging.ts';
import type { Place, Vault } from '../world.ts';

/** One call to an action. */
export interface BackupCall {
  readonly action: string;
  readonly at: Instant;
  readonly scope: Scope;
  readonly pace: PaceName;
  readonly query: LabRequest['query'];
  readonly body: string;
  /** The parts of the path that name something, decoded. */
  readonly names: readonly string[];
}

/** What came of it. */
export interface BackupReply {
  readonly place: Place;
  readonly body: object;
}

/** One AWS Backup action. @throws AwsFault to refuse. */
export type BackupAction = (call: BackupCall, place: Place) => BackupReply;

/** A reply that changes nothing. */
export function shows(place: Place, body: object): BackupReply {
  return { place, body };
}

/** A named part of the path. */
export function named(call: BackupCall, index: number): string {
  return call.names[index] ?? '';
}

/** Refuses a query parameter that the action does not take. */
export function accept(call: BackupCall, names: readonly string[]): void {
  for (const name of Object.keys(call.query)) {
    refuseUnless(
      names.includes(name),
      'InvalidParameterValueException',
      `The lab does not implement the parameter ${name} of ${call.action}.`,
    );
  }
}

/** One page of a listing, as the fields of the answer. */
export function pageOf<T>(
  call: BackupCall,
  items: readonly T[],
  key: (item: T) => string,
  element: { readonly list: string; readonly content: (item: T) => object },
): object {
  const size = Number(call.query['maxResults'] ?? '1000');
  refuseUnless(
    Number.isInteger(size) && size >= 1 && size <= 1000,
    'InvalidParameterValueException',
    'MaxResults must be between 1 and 1000.',
  );
  const listing = [call.action, ...call.names].join(' ');
  const page = cutPage(items, key, { listing, marker: call.query['nextToken'] ?? null, size });
  if (page === null) throw new AwsFault('InvalidParameterValueException', 'The value of NextToken is not valid.');
  return {
    [element.list]: page.items.map(element.content),
    ...(page.next === null ? {} : { NextToken: page.next }),
  };
}

/** Whether an instant lies between two query parameters, either of which may be missing. */
export function within(at: Instant | null, after: string | undefined, before: string | undefined): boolean {
  if (after === undefined && before === undefined) return true;
  if (at === null) return false;
  const moment = toEpochMilliseconds(at);
  return (
    (after === undefined || moment > millisecondsOf(after)) && (before === undefined || moment < millisecondsOf(before))
  );
}

/** Whether a value is the one asked for, if one is. */
export function matches(asked: string | undefined, value: string | null): boolean {
  return asked === undefined || asked === value;
}

/** The vault of that name. @throws AwsFault `ResourceNotFoundException`. */
export function namedVault(place: Place, name: string): Vault {
  const vault = place.vaults.find((candidate) => candidate.name === name);
  if (vault === undefined) throw new AwsFault('ResourceNotFoundException', `Backup vault ${name} not found.`);
  return vault;
}

/** The ARN of a vault. */
export function vaultArn(place: Place, vault: Vault): string {
  return `arn:aws:backup:${place.scope.region}:${place.scope.accountId}:backup-vault:${vault.name}`;
}

/** An instant as REST-JSON writes it. */
export function seconds(at: Instant): number {
  return toEpochMilliseconds(at) / 1000;
}

/** The fields that have a value: AWS leaves the others out. */
export function known(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

/** Milliseconds of a timestamp in a query, which SDKs write as a date or as epoch seconds. */
function millisecondsOf(text: string): number {
  const milliseconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  refuseUnless(!Number.isNaN(milliseconds), 'InvalidParameterValueException', `${text} is not a timestamp.`);
  return milliseconds;
}
