/**
 * Which state claimed which database when Muster last judged: the memory that tells an old or foreign state from the one
 * that is in use.
 *
 * A state that is perfectly well-formed and knows all of production may still be last year's archive. Kept by the resource
 * id of the databases, so nobody has to name a stack; a state that raised a doubt is never remembered over the one that
 * it contradicts. Pure: sightings come in, reasons and the next sighting go out.
 * Source: `gate-protocols.md` 1.7; Terraform internals, `lineage` and `serial` of a state.
 */

import type { Instant } from '../core/time.ts';
import type { Intent, StateEvidence } from '../intent/action.ts';
import type { Inventory } from '../inventory/model.ts';
import type { DecisionDocument, Reason } from './document.ts';
import { reason } from './reason.ts';
import type { ReasonCode } from './reasons.ts';

/** One state, as a decision saw it. */
export interface StateSighting {
  readonly formatVersion: '1';
  readonly at: Instant;
  /** Null for AWS itself: what a lab's state claims says nothing about an account. */
  readonly endpoint: string | null;
  readonly lineage: string;
  readonly serial: number;
  /** Resource ids of the databases that it claimed. */
  readonly databases: readonly string[];
  /** Those of them that the change judged with it lets go of; a claim all the same until the state shows it. */
  readonly forgets: readonly string[];
  /** Those that an earlier change let go of, and that it no longer claimed: any state may claim them from then on. */
  readonly released: readonly string[];
}

/** What is remembered of the state behind a change. */
export interface StateKnowledge {
  readonly reasons: readonly Reason[];
  /** The instant at which each of its databases was last seen in this very history; null when one never was. */
  readonly knownSince: Instant | null;
}

interface Claim {
  readonly lineage: string;
  readonly serial: number;
  readonly at: Instant;
  readonly announced: boolean;
}

/** What the sightings say about the state behind a change. */
export function judgeState(
  state: StateEvidence,
  sightings: readonly StateSighting[],
  inventory: Inventory,
): StateKnowledge {
  const claims = claimsOf(sightings, inventory.endpoint);
  const held = state.databases.map((id) => claims.get(id));
  const known = held.filter((claim) => claim !== undefined);
  const foreign = known.find(({ lineage }) => lineage !== state.lineage);
  const newest = newestOf(sightings, state.lineage, inventory.endpoint);
  const older = newest !== null && state.serial < newest.serial;
  const reasons = [
    ...(foreign === undefined ? [] : [otherLineage(state, foreign, nameOf(foreignId(state, claims), inventory))]),
    ...(older ? [olderSerial(state, newest)] : []),
    ...(older ? [] : forgotten(state, claims, inventory)),
  ];
  const complete = known.length === held.length && reasons.length === 0;
  const since = known.map(({ at }) => at).sort()[0] ?? null;
  return { reasons, knownSince: complete ? since : null };
}

/** Reasons for which a state is not remembered: one that contradicts what is known must not replace it. */
const DOUBTS: readonly ReasonCode[] = [
  'other_lineage',
  'older_serial',
  'state_mismatch',
  'state_forgot',
  'empty_state',
];

/** What a decision leaves to remember; null when its change showed no state, or one in doubt. */
export function sightingOf(
  intent: Intent,
  document: DecisionDocument,
  { sightings, endpoint }: { readonly sightings: readonly StateSighting[]; readonly endpoint: string | null },
): StateSighting | null {
  const { state } = intent;
  // One without a lineage cannot be told from another, so nothing could be compared with it later.
  if (state === undefined || state.lineage === '') return null;
  const reasons = [...document.reasons, ...document.databases.flatMap((view) => view.reasons)];
  if (reasons.some(({ code }) => DOUBTS.includes(code))) return null;
  const released = [...claimsOf(sightings, endpoint)]
    .filter(([id, claim]) => claim.lineage === state.lineage && claim.announced && !state.databases.includes(id))
    .map(([id]) => id);
  if (state.databases.length === 0 && released.length === 0) return null;
  const { lineage, serial, databases, forgets } = state;
  return { formatVersion: '1', at: document.at, endpoint, lineage, serial, databases, forgets, released };
}

/** The last claim on each database that has one, in the order in which they were recorded. */
function claimsOf(sightings: readonly StateSighting[], endpoint: string | null): ReadonlyMap<string, Claim> {
  const claims = new Map<string, Claim>();
  for (const sighting of sightings) {
    if (sighting.endpoint !== endpoint) continue;
    const { lineage, serial, at } = sighting;
    for (const id of sighting.released) claims.delete(id);
    for (const id of sighting.databases) {
      claims.set(id, { lineage, serial, at, announced: sighting.forgets.includes(id) });
    }
  }
  return claims;
}

/** The highest version of one history that was seen. */
function newestOf(sightings: readonly StateSighting[], lineage: string, endpoint: string | null): StateSighting | null {
  return sightings
    .filter((sighting) => sighting.lineage === lineage && sighting.endpoint === endpoint)
    .reduce<StateSighting | null>((high, next) => (high === null || next.serial > high.serial ? next : high), null);
}

function foreignId({ databases, lineage }: StateEvidence, claims: ReadonlyMap<string, Claim>): string {
  return databases.find((id) => (claims.get(id)?.lineage ?? lineage) !== lineage) ?? '';
}

/** Databases that an earlier version of this state held, that live, and that nobody was seen to let go of. */
function forgotten(state: StateEvidence, claims: ReadonlyMap<string, Claim>, inventory: Inventory): readonly Reason[] {
  const live = inventory.databases.filter(({ resourceId }) => {
    const claim = claims.get(resourceId);
    return (
      claim !== undefined &&
      claim.lineage === state.lineage &&
      !claim.announced &&
      !state.databases.includes(resourceId)
    );
  });
  if (live.length === 0) return [];
  const names = live.map(({ identifier }) => identifier).join(', ');
  return [
    reason('state_forgot', `an earlier version of this state held ${names}, which lives, and this version does not`, {
      remedy: 'import it again (terraform import), or let go of it by a removed block that is judged here first',
    }),
  ];
}

function otherLineage(state: StateEvidence, claim: Claim, name: string): Reason {
  const message = `this state (lineage ${shown(state.lineage)}) claims ${name}, which was last judged at ${claim.at} in another, ${shown(claim.lineage)} at serial ${claim.serial}`;
  return reason('other_lineage', message, {
    remedy:
      'plan from the state that held it; if it was moved on purpose, judge the stack it left with a removed block for it',
  });
}

function olderSerial({ serial }: StateEvidence, newest: StateSighting): Reason {
  const message = `this state is at serial ${serial}, and serial ${newest.serial} of it was judged at ${newest.at}`;
  return reason('older_serial', message, { remedy: 'pull the state anew and plan from it' });
}

function nameOf(resourceId: string, { databases }: Inventory): string {
  return databases.find((database) => database.resourceId === resourceId)?.identifier ?? resourceId;
}

/** A lineage is a UUID; a state that somebody wrote by hand may hold anything there. */
function shown(lineage: string): string {
  return /^[\w-]{1,64}$/.test(lineage) ? lineage : 'an unprintable one';
}
