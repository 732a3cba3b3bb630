/**
 * What every RDS action is given and gives back, and the checks several of them share.
 *
 * An action is a function from a call and a place to a reply: the place afterwards, the elements of the
 * answer, and what the database engine must do. It throws `AwsFault` to refuse, and then nothing changed.
 * Source of the grammars: Amazon RDS API 2014-10-31, "Constraints" of each identifier parameter.
 */

import { rdsArn, type Scope } from '../../core/arn.ts';
import { addSeconds, type Instant, type Seconds } from '../../core/time.ts';
import { nextId } from '../edit.ts';
import type { Effect } from '../effects.ts';
import { AwsFault, refuseUnless } from '../faults.ts';
import { PACES, type Pace, type PaceName } from '../pace.ts';
import { cutPage } from '../paging.ts';
import type { Place } from '../world.ts';
import type { Xml } from '../xml.ts';
import type { Filter, Parameters } from './parameters.ts';

/** One call to an action. */
export interface Call {
  readonly action: string;
  readonly at: Instant;
  readonly scope: Scope;
  readonly pace: Pace;
  /** Every other place, for what can be copied from there and what is shared in this region. */
  readonly neighbours: readonly Place[];
  readonly parameters: Parameters;
}

/** What came of it. */
export interface Reply {
  readonly place: Place;
  readonly body: readonly Xml[];
  readonly effects: readonly Effect[];
}

/** One RDS action. */
export type Action = (call: Call, place: Place) => Reply;

/** A reply that changes nothing. */
export function shows(place: Place, body: readonly Xml[]): Reply {
  return { place, body, effects: [] };
}

/** The pace table a world's pace names. */
export function paceOf(name: PaceName): Pace {
  return PACES[name];
}

/** The instant a step of that length ends. */
export function ends(call: Call, length: Seconds): Instant {
  return addSeconds(call.at, length);
}

/** A required text parameter (the table has already refused calls without it). */
export function given(call: Call, name: string): string {
  const value = call.parameters.text(name);
  if (value === null || value === '')
    throw new AwsFault('InvalidParameterValue', `The parameter ${name} must be provided and must not be blank.`);
  return value;
}

/** Checks the grammar of a new identifier and returns it in lower case, as AWS stores it. */
export function newIdentifier(value: string, parameter: string, lengthMax: number): string {
  const good =
    /^[A-Za-z][A-Za-z0-9-]*$/.test(value) && !value.includes('--') && !value.endsWith('-') && value.length <= lengthMax;
  refuseUnless(
    good,
    'InvalidParameterValue',
    `The parameter ${parameter} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.`,
  );
  return value.toLowerCase();
}

/** The identifier in a value that may be an identifier or an ARN of that type. */
export function identifierIn(
  value: string,
  type: 'db' | 'cluster' | 'snapshot' | 'cluster-snapshot',
  scope: Scope,
): string {
  const prefix = rdsArn(scope, type, '');
  return (value.startsWith(prefix) ? value.slice(prefix.length) : value).toLowerCase();
}

/** One page of a listing as elements: the list and, where there is more, the marker. */
export function pageOf<T>(
  call: Call,
  items: readonly T[],
  key: (item: T) => string,
  element: { readonly list: string; readonly member: string; readonly content: (item: T) => readonly Xml[] },
): readonly Xml[] {
  const size = call.parameters.whole('MaxRecords') ?? 100;
  refuseUnless(
    size >= 20 && size <= 100,
    'InvalidParameterValue',
    `Invalid value ${size} for MaxRecords. Must be between 20 and 100`,
  );
  // A marker belongs to one selection: changing the selection between pages is refused, as a wrong marker is.
  const selection = call.parameters.names
    .filter((name) => name !== 'Marker' && name !== 'MaxRecords' && name !== 'Filters')
    .map((name) => `${name}=${call.parameters.text(name) ?? ''}`);
  const filters = call.parameters.filters().map((filter) => `${filter.name}=${filter.values.join(',')}`);
  const page = cutPage(items, key, {
    listing: [call.action, call.scope.region, ...selection, ...filters].join(' '),
    marker: call.parameters.text('Marker'),
    size,
  });
  if (page === null)
    throw new AwsFault('InvalidParameterValue', 'The parameter Marker is not a marker of this listing.');
  return [
    ['Marker', page.next],
    [element.list, page.items.map((item) => [element.member, element.content(item)] as const)],
  ];
}

/**
 * Keeps the items all filters accept.
 *
 * @param fields What each documented filter name compares with; any other name is refused by name.
 */
export function filtered<T>(
  call: Call,
  items: readonly T[],
  fields: Readonly<Record<string, (item: T) => readonly (string | null)[]>>,
): readonly T[] {
  const filters: readonly Filter[] = call.parameters.filters();
  for (const filter of filters) {
    refuseUnless(
      Object.hasOwn(fields, filter.name),
      'InvalidParameterValue',
      `Unrecognized filter name: ${filter.name}`,
    );
  }
  return items.filter((item) =>
    filters.every((filter) => {
      const candidates = fields[filter.name]?.(item) ?? [];
      return candidates.some(
        (candidate) =>
          candidate !== null && filter.values.some((value) => value.toLowerCase() === candidate.toLowerCase()),
      );
    }),
  );
}

/** A fresh volume id, and the place that has used it. */
export function newVolumeId(place: Place): { readonly id: string; readonly place: Place } {
  const next = nextId(place, 12);
  return { id: `vol-${next.id.toLowerCase()}`, place: next.place };
}

/** A fresh resource id such as `db-` and 26 characters. */
export function newResourceId(place: Place, prefix: 'db' | 'cluster'): { readonly id: string; readonly place: Place } {
  const next = nextId(place, 26);
  return { id: `${prefix}-${next.id}`, place: next.place };
}
