/**
 * Decides a change by what is known while that is fresh enough, and else by what just its databases look like now.
 *
 * The narrowest reading that a change can be judged by is read in every place within reach, since a copy may lie in any. An
 * old inventory only says what to look for: nothing of it is judged by, but for what it could not join. A place that was
 * never read whole is read whole. Where AWS cannot be read at all the old inventory is what there is, and a decision by it
 * is unknown.
 */

import type { PrincipalAuthority } from '../authority/authority.ts';
import { parseArn, printScope, type Scope } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import { earliest, type Seconds, secondsBetween } from '../core/time.ts';
import type { Intent } from '../intent/action.ts';
import { speaksOfUnjoined } from '../inventory/join-vault.ts';
import type { Database, Gap, Inventory } from '../inventory/model.ts';
import { onlyPlaceOf } from '../inventory/only-place.ts';
import { inventoryOf, type Sight } from '../inventory/sight.ts';
import type { Policy } from '../policy/schema.ts';
import { liesAhead } from '../survival/data-loss.ts';
import type { DecisionDocument } from '../verdict/document.ts';
import type { StateSighting } from '../verdict/state-history.ts';
import { decide } from './decide-change.ts';
import type { Known, KnownInventory } from './known-inventory.ts';
import type { PlaceReader, Places, Selection } from './place-port.ts';
import type { AuthorityReader, Clock, Store } from './ports.ts';
import { simulateAuthority } from './read-authority.ts';
import { covers, selectionOf, selectionOfDatabases } from './selection-of.ts';

/** What is asked. */
export interface ChangeAsked {
  /** Given the one place within reach, null when there are several, and what is there. */
  readonly read: (scope: Scope | null, inventory: Inventory) => Intent;
  readonly policy: Policy;
  /** ARN of whoever would carry the change out; null when nobody asks what that one may call. */
  readonly principal: string | null;
}

/** What a decision is made from. The readers are the world's own, and are not closed here. */
export interface DecidingWorld {
  readonly known: KnownInventory;
  readonly places: () => Promise<PlaceReader>;
  readonly authority: () => Promise<AuthorityReader>;
  readonly clock: Clock;
  readonly store: Store;
}

/** What is needed to read some databases anew. */
export type ReadingWorld = Pick<DecidingWorld, 'known' | 'places' | 'clock'>;

/**
 * Decides and records.
 *
 * @throws MusterError as `asked.read`, the store and `known` do; as `PlaceReader.places` does only where nothing is known
 *   that a decision, if an unknown one, could be made by.
 */
export async function decideNow(asked: ChangeAsked, world: DecidingWorld): Promise<DecisionDocument> {
  const known = await world.known.current();
  const sightings = await world.store.states();
  if (known !== null) {
    const intent = asked.read(onlyPlaceOf(known.inventory, ...known.outdated), known.inventory);
    if (suffices(known, intent, { policy: asked.policy, sightings, clock: world.clock })) {
      return decideBy({ inventory: known.inventory, intent }, asked, world);
    }
  }
  const read = await whatIsThere(asked, known, sightings, world);
  if (!(read instanceof MusterError)) return decideBy(read, asked, world);
  if (known === null) throw read;
  const old = asOldAsItsOldest(known);
  return decideBy(
    { inventory: old, intent: asked.read(onlyPlaceOf(known.inventory, ...known.outdated), old) },
    asked,
    world,
  );
}

/**
 * What some databases look like now, to be compared with what a decision saw; everything where it names none.
 *
 * @throws MusterError as `PlaceReader.places` does.
 */
export async function freshInventoryFor(
  databases: readonly Pick<Database, 'identifier' | 'resourceId'>[],
  world: ReadingWorld,
): Promise<Inventory> {
  const reading = await beginReading(world, await world.known.current());
  let wanted = databases.length === 0 ? 'everything' : selectionOfDatabases(databases);
  for (let round = 1; ; round += 1) {
    const inventory = await reading.read(wanted, FRESH_SECONDS_MAX);
    const next = wanted === 'everything' ? wanted : selectionOfDatabases(databases, [inventory]);
    if (isEnough(wanted, next)) return inventory;
    wanted = round < ROUNDS_MAX ? next : 'everything';
  }
}

/** After so many readings that each led to another database, everything is read. */
const ROUNDS_MAX = 4;
/** Many places are slow to answer, and each begins to be read at the same instant. */
const FRESH_SECONDS_MAX: Seconds = 3_600;
/** As many places are read side by side. */
const PLACES_AT_ONCE = 16;

interface Read {
  readonly inventory: Inventory;
  readonly intent: Intent;
}

/**
 * Reads what the change is about, and again for whatever that shows it to be about besides.
 *
 * @returns The error where AWS cannot be read at all.
 */
async function whatIsThere(
  asked: ChangeAsked,
  known: Known | null,
  sightings: readonly StateSighting[],
  world: Pick<ReadingWorld, 'places' | 'clock'>,
): Promise<Read | MusterError> {
  const reading = await orItsError(beginReading(world, known));
  if (reading instanceof MusterError) return reading;
  const scope = onlyPlaceOf({ scopes: reading.scopes, gaps: [] });
  const before = known === null ? [] : [known.inventory, ...known.outdated];
  const first = asked.read(scope, known?.inventory ?? reading.nothing);
  let wanted = selectionOf(first, before, sightings);
  for (let round = 1; ; round += 1) {
    const inventory = await orItsError(reading.read(wanted, asked.policy.inventorySecondsMax));
    if (inventory instanceof MusterError) return inventory;
    const intent = asked.read(scope, inventory);
    const next = selectionOf(intent, [inventory, ...before], sightings);
    if (isEnough(wanted, next)) return { inventory, intent };
    wanted = round < ROUNDS_MAX ? next : 'everything';
  }
}

/** What a reading came to, or why it did not; a fault of Muster's own is neither. */
async function orItsError<T>(reading: Promise<T>): Promise<T | MusterError> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof MusterError && error.class !== 'invariant') return error;
    throw error;
  }
}

type Wanted = Selection | 'everything';

function isEnough(read: Wanted, wanted: Wanted): boolean {
  return read === 'everything' || (wanted !== 'everything' && covers(read, wanted));
}

/** A reading of all places within reach, which are found once. */
interface Reading {
  /** Those that cannot be read among them. */
  readonly scopes: readonly Scope[];
  /** What there is before anything was read: places, and nothing in them. */
  readonly nothing: Inventory;
  read(wanted: Wanted, secondsMax: Seconds): Promise<Inventory>;
}

async function beginReading(
  { places, clock }: Pick<ReadingWorld, 'places' | 'clock'>,
  known: Known | null,
): Promise<Reading> {
  const reader = await places();
  const found = await reader.places();
  const before = known === null ? [] : [known.inventory, ...known.outdated];
  const join = (sights: readonly Sight[], secondsMax: Seconds) =>
    inventoryOf([...sights, ...found.unread], { at: clock.now(), secondsMax }).inventory;
  return {
    scopes: [...found.places, ...found.unread.map(({ place }) => place)],
    nothing: join(
      found.places.map((place) => blank(place, found, clock)),
      FRESH_SECONDS_MAX,
    ),
    read: async (wanted, secondsMax) => {
      const at = clock.now();
      const narrow = found.places.filter((place) => wanted !== 'everything' && wasReadWhole(place, before));
      const sights = await mapBounded(found.places, (place) =>
        reader.read(place, at, wanted === 'everything' || !narrow.includes(place) ? null : wanted),
      );
      return withUnjoined(join(sights, secondsMax), narrow, before);
    },
  };
}

/**
 * True where it is known what vaults hold that can be joined to no database: only a reading of everything, in which no vault
 * was refused, tells that.
 */
function wasReadWhole(place: Scope, before: readonly Inventory[]): boolean {
  const name = printScope(place);
  const isRefused = (gap: Gap) =>
    printScope(gap.where) === name &&
    gap.hides === 'survivors' &&
    gap.action.startsWith('backup:') &&
    !speaksOfUnjoined(gap);
  return before.some(({ scopes, gaps }) => scopes.some((each) => printScope(each) === name) && !gaps.some(isRefused));
}

/**
 * With what readings of everything last found in vaults and could join to no database: a narrow one does not come across
 * it, and it may be of these. It keeps a database from being called lost, and helps none to be ready.
 */
function withUnjoined(inventory: Inventory, narrow: readonly Scope[], before: readonly Inventory[]): Inventory {
  const named = ({ what, where }: Gap) => `${printScope(where)} ${what}`;
  const said = new Set(inventory.gaps.map(named));
  const places = new Set(narrow.map(printScope));
  const more = before
    .flatMap(({ gaps }) => gaps)
    .filter((gap) => speaksOfUnjoined(gap) && places.has(printScope(gap.where)) && !said.has(named(gap)));
  return more.length === 0 ? inventory : { ...inventory, gaps: [...inventory.gaps, ...more] };
}

function blank(place: Scope, { endpoint, principal }: Places, clock: Clock): Sight {
  const seen: Sight['seen'] = {
    scopes: [place],
    databases: [],
    connections: [],
    snapshots: [],
    automatedBackups: [],
    vaultPoints: [],
    exports: [],
    keys: [],
    vaults: [],
    globalClusters: [],
    engineVersions: [],
    quotas: [],
    outOfScope: [],
    restoreTests: [],
    gaps: [],
  };
  return { formatVersion: '1', place, observedAt: clock.now(), endpoint, principal, seen };
}

/** Runs work on each item, a few at a time, and keeps the order. */
async function mapBounded<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<readonly B[]> {
  const results: B[] = new Array(items.length);
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(PLACES_AT_ONCE, items.length) }, worker));
  return results;
}

/** True while nothing that the change is about has grown too old to judge it by. */
function suffices(
  { inventory, outdated }: Known,
  intent: Intent,
  by: { readonly policy: Policy; readonly sightings: readonly StateSighting[]; readonly clock: Clock },
): boolean {
  const at = by.clock.now();
  if (secondsBetween(inventory.observedAt, at) > by.policy.inventorySecondsMax) return false;
  if (liesAhead(inventory.observedAt, at)) return false;
  if (outdated.length === 0) return true;
  const selection = selectionOf(intent, [inventory, ...outdated], by.sightings);
  return !outdated.some((old) => concerns(old, intent, selection));
}

/** True for a place in which the change may act, or where something of what it is about was seen. */
function concerns({ gaps, scopes, databases, recoveryPoints }: Inventory, intent: Intent, selection: Wanted): boolean {
  if (selection === 'everything') return true;
  const here = new Set([...scopes, ...gaps.map(({ where }) => where)].map(printScope));
  const acts = intent.actions.some(({ target: { arn, scope } }) =>
    scope === null ? arn === null || here.has(placeOf(arn)) : here.has(printScope(scope)),
  );
  if (acts || (intent.scope !== null && here.has(printScope(intent.scope)))) return true;
  const { identifiers, resourceIds, snapshots } = selection;
  return (
    databases.some(
      ({ identifier, resourceId }) =>
        identifiers.includes(identifier.toLowerCase()) || resourceIds.includes(resourceId),
    ) ||
    recoveryPoints.some(
      ({ id, databaseResourceId }) =>
        snapshots.includes(id.toLowerCase()) || resourceIds.includes(databaseResourceId ?? ''),
    )
  );
}

/** Where an ARN lies; of one that does not tell, nothing is known. */
function placeOf(arn: string): string {
  const place = parseArn(arn);
  return place === null ? '' : printScope(place);
}

/** What is known, as if all of it had been read when the oldest was: nobody may take it for newer. */
function asOldAsItsOldest({ inventory, outdated }: Known): Inventory {
  const observedAt = outdated.reduce((oldest, old) => earliest(oldest, old.observedAt), inventory.observedAt);
  return { ...inventory, observedAt };
}

async function decideBy(
  { inventory, intent }: Read,
  { policy, principal }: ChangeAsked,
  world: DecidingWorld,
): Promise<DecisionDocument> {
  const question = { intent, inventory, policy };
  if (principal === null) return decide(question, world);
  const authority = (databases: readonly Database[]) => authorityOf(principal, { inventory, databases }, world);
  return decide({ ...question, authority }, world);
}

/** What the principal may call; where IAM cannot be asked at all, that of nothing is known. */
async function authorityOf(
  principal: string,
  { inventory, databases }: { readonly inventory: Inventory; readonly databases: readonly Database[] },
  { authority, clock }: DecidingWorld,
): Promise<PrincipalAuthority> {
  const asked = { principal, inventory, databases, at: clock.now() };
  const found = await orItsError(authority().then((reader) => simulateAuthority(asked, reader)));
  if (!(found instanceof MusterError)) return found;
  const [where = { accountId: inventory.principal.accountId, region: 'unknown' }] = inventory.scopes;
  const action = 'iam:SimulatePrincipalPolicy';
  const gap = { what: `what ${principal} may call`, where, action, cause: found.code, hides: 'threats' as const };
  return { principal, origin: 'simulation', source: action, permits: () => 'unknown', gaps: [gap] };
}
