/**
 * Weather: which fault befalls which request, as a plan made from a seed.
 *
 * Plain data and pure functions. The fate of a request depends on the seed, its number and its action, never on the
 * clock or on what came before, so a seed replays exactly; `scripted` sets the fate of single calls, and from `calmFrom` on
 * every request is fair. The chances are made up to be far worse than AWS's.
 */

import { createHash } from 'node:crypto';
import { invariant } from '../../core/invariant.ts';
import type { Instant, Seconds } from '../../core/time.ts';

/** How a connection ends without an answer. */
export type Breakage = 'reset' | 'timeout';

/** What befalls a request on its way there and back. */
export type Passage =
  | { readonly kind: 'fair' }
  /** Turned away with an error; nothing is carried out. */
  | { readonly kind: 'throttled' }
  | { readonly kind: 'server_error'; readonly status: 500 | 503 }
  | { readonly kind: 'denied' }
  | { readonly kind: 'short_of'; readonly what: 'quota' | 'capacity' }
  /** The connection ends before the request is taken; nothing is carried out. */
  | { readonly kind: 'unreached'; readonly by: Breakage }
  /** Carried out, and then the connection ends. */
  | { readonly kind: 'answer_lost'; readonly by: Breakage }
  /** Carried out twice in a row; the second answer is returned. */
  | { readonly kind: 'repeated' };

/** What befalls the database that a call makes or deletes. */
export type Stuck =
  /** Stays `creating` that long; null means for ever. */
  | { readonly kind: 'creating'; readonly seconds: Seconds | null }
  /** Leaves `creating` after that long for a status from which nothing becomes available. */
  | { readonly kind: 'broken'; readonly status: BrokenStatus; readonly seconds: Seconds }
  /** Stays `deleting` that long. */
  | { readonly kind: 'deleting'; readonly seconds: Seconds };

/** Statuses a restore may end in. */
export const BROKEN_STATUSES = ['incompatible-restore', 'failed', 'restore-error'] as const;
export type BrokenStatus = (typeof BROKEN_STATUSES)[number];

/** Everything that befalls one request. */
export interface Fate {
  readonly passage: Passage;
  /** For that long what the call made or deleted is shown as it was before. */
  readonly hiddenSeconds: Seconds;
  readonly stuck: Stuck | null;
}

/** A fair request. */
export const FAIR: Fate = { passage: { kind: 'fair' }, hiddenSeconds: 0, stuck: null };

/** The chances, each from 0 to 1; the passages among them exclude each other and add up to at most 1. */
export interface Chances {
  readonly throttled: number;
  readonly serverError: number;
  readonly unreached: number;
  readonly answerLost: number;
  readonly repeated: number;
  /** Of a call that makes a database. */
  readonly shortOf: number;
  /** Of a call that makes or deletes something. */
  readonly hidden: number;
  /** Of a call that makes a database: that it stays `creating`, or breaks. */
  readonly stuckCreating: number;
  readonly broken: number;
  /** Of a call that deletes a database. */
  readonly stuckDeleting: number;
}

/** An action that is denied from one request number up to another; null means for ever. */
export interface Denial {
  readonly action: string;
  readonly from: number;
  readonly until: number | null;
}

/** The fate of the nth call of an action (from 0), whatever the seed says; what is left out is fair. */
export interface Scripted {
  readonly action: string;
  readonly occurrence: number;
  readonly fate: Partial<Fate>;
}

/** A fault plan. */
export interface Weather {
  readonly seed: string;
  readonly chances: Chances;
  readonly denials: readonly Denial[];
  readonly scripted: readonly Scripted[];
  /** From this instant on there are no faults, and what is stuck moves on; null means never. */
  readonly calmFrom: Instant | null;
}

/** One request, as its fate depends on it. */
export interface Traveller {
  /** Number of the request, from 0. */
  readonly number: number;
  /** How many requests of this action came before. */
  readonly occurrence: number;
  readonly action: string;
}

/** The longest a deletion is stuck. */
export const STUCK_DELETING_HOURS_MAX = 6;
const HOUR = 3_600;

const WORST: Chances = {
  throttled: 0.1,
  serverError: 0.06,
  unreached: 0.06,
  answerLost: 0.08,
  repeated: 0.05,
  shortOf: 0.08,
  hidden: 0.4,
  stuckCreating: 0.12,
  broken: 0.1,
  stuckDeleting: 0.2,
};
const DENIAL_WORST = 0.3;
const DENIED: readonly string[] = [
  'AddTagsToResource',
  'CreateDBInstance',
  'DeleteDBCluster',
  'DeleteDBInstance',
  'DescribeDBClusters',
  'DescribeDBInstances',
  'ModifyDBCluster',
  'ModifyDBInstance',
  'RestoreDBClusterFromSnapshot',
  'RestoreDBClusterToPointInTime',
  'RestoreDBInstanceFromDBSnapshot',
  'RestoreDBInstanceToPointInTime',
  'StartRestoreJob',
];
const MAKES_DATABASE = /^(?:Create|Restore)DB(?:Instance|Cluster)(?:From|To|$)|^StartRestoreJob$/;
const DELETES_DATABASE = /^DeleteDB(?:Instance|Cluster)$/;
const MAKES_OR_DELETES = /^(?:Create|Copy|Delete|Restore|StartRestoreJob)/;

/**
 * The weather of a seed.
 *
 * @param intensity From 0, no faults at all, to 1, where one request in three meets one.
 */
export function weatherOf(seed: string, intensity: number): Weather {
  invariant(intensity >= 0 && intensity <= 1, 'the intensity of weather lies between 0 and 1', { intensity });
  const chances = Object.fromEntries(Object.entries(WORST).map(([name, chance]) => [name, chance * intensity]));
  const [whether = 1, which = 0, from = 0, length = 0, ever = 1] = draws(`${seed} denial`);
  const begins = Math.floor(from * 60);
  const denial: Denial = {
    action: oneOf(DENIED, which),
    from: begins,
    until: ever < 0.3 ? null : begins + between(length, 5, 40),
  };
  const denials = whether < DENIAL_WORST * intensity ? [denial] : [];
  return { seed, chances: { ...WORST, ...chances }, denials, scripted: [], calmFrom: null };
}

/** The same weather, fair from an instant on. */
export function calmFrom(weather: Weather, at: Instant): Weather {
  return { ...weather, calmFrom: weather.calmFrom !== null && weather.calmFrom < at ? weather.calmFrom : at };
}

/** Whether the weather is over. */
export function isCalm(weather: Weather, at: Instant): boolean {
  return weather.calmFrom !== null && weather.calmFrom <= at;
}

/** What befalls a request; fairness from `calmFrom` on is the caller's part. */
export function fateOf(weather: Weather, traveller: Traveller): Fate {
  const { action, number, occurrence } = traveller;
  const set = weather.scripted.find((entry) => entry.action === action && entry.occurrence === occurrence);
  if (set !== undefined) return { ...FAIR, ...set.fate };
  const [way = 1, form = 0, hides = 1, howLong = 0, sticks = 1, stuckFor = 0, variant = 0] = draws(
    `${weather.seed} request ${number}`,
  );
  const { chances } = weather;
  const denied = weather.denials.some(
    (denial) => denial.action === action && number >= denial.from && (denial.until === null || number < denial.until),
  );
  return {
    passage: denied ? { kind: 'denied' } : passageOf(chances, action, way, form),
    hiddenSeconds: MAKES_OR_DELETES.test(action) && hides < chances.hidden ? between(howLong, 1, 90) : 0,
    stuck: stuckOf(chances, action, { sticks, stuckFor, variant }),
  };
}

function passageOf(chances: Chances, action: string, way: number, form: number): Passage {
  const by: Breakage = form < 0.5 ? 'reset' : 'timeout';
  const shortOf = MAKES_DATABASE.test(action) ? chances.shortOf : 0;
  const ways: readonly (readonly [number, Passage])[] = [
    [chances.throttled, { kind: 'throttled' }],
    [chances.serverError, { kind: 'server_error', status: form < 0.5 ? 500 : 503 }],
    [chances.unreached, { kind: 'unreached', by }],
    [chances.answerLost, { kind: 'answer_lost', by }],
    [chances.repeated, { kind: 'repeated' }],
    [shortOf, { kind: 'short_of', what: form < 0.5 ? 'quota' : 'capacity' }],
  ];
  let passed = 0;
  for (const [chance, passage] of ways) {
    passed += chance;
    if (way < passed) return passage;
  }
  return FAIR.passage;
}

function stuckOf(
  chances: Chances,
  action: string,
  drawn: { readonly sticks: number; readonly stuckFor: number; readonly variant: number },
): Stuck | null {
  const { sticks, stuckFor, variant } = drawn;
  if (DELETES_DATABASE.test(action) && sticks < chances.stuckDeleting)
    return { kind: 'deleting', seconds: between(stuckFor, 600, STUCK_DELETING_HOURS_MAX * HOUR) };
  if (!MAKES_DATABASE.test(action)) return null;
  if (sticks < chances.stuckCreating)
    return { kind: 'creating', seconds: variant < 0.25 ? null : between(stuckFor, HOUR, 12 * HOUR) };
  if (sticks < chances.stuckCreating + chances.broken)
    return { kind: 'broken', status: oneOf(BROKEN_STATUSES, variant), seconds: between(stuckFor, 60, 900) };
  return null;
}

/** Eight figures from 0 up to 1, always the same for the same name. */
function draws(name: string): readonly number[] {
  const digest = createHash('sha256').update(name).digest();
  return Array.from({ length: 8 }, (_, index) => digest.readUInt32BE(index * 4) / 2 ** 32);
}

/** A whole number between two, both included. */
function between(fraction: number, least: number, most: number): number {
  return least + Math.floor(fraction * (most - least + 1));
}

function oneOf<T>(items: readonly T[], fraction: number): T {
  const item = items[Math.floor(fraction * items.length)];
  invariant(item !== undefined, 'there is something to choose from');
  return item;
}
