/**
 * The readiness of every database that is known, judged once for everybody who asks within the next seconds.
 *
 * A ready verdict never outlives itself: a board ends with the first ready verdict on it, with the inventory it was judged
 * from, and with every new reading, drill or decision. Nothing is called and nothing is kept; what changed is looked for
 * once a second at most, so that asking costs nothing in between.
 */

import type { Scope } from '../core/arn.ts';
import { type Digest, sortedBy } from '../core/canonical.ts';
import { invariant } from '../core/invariant.ts';
import { addSeconds, earliest, elapsedSeconds, type Instant, latest, type Seconds } from '../core/time.ts';
import type { RecordKind } from '../evidence/chain.ts';
import { inventoryDigest } from '../inventory/digest.ts';
import type { Inventory } from '../inventory/model.ts';
import { policyDigest } from '../policy/digest.ts';
import type { Policy } from '../policy/schema.ts';
import { judgeAllNow } from '../verdict/decide.ts';
import { rememberedOf } from '../verdict/disarming-memory.ts';
import type { DatabaseView, RestoreTime, VerdictWord } from '../verdict/document.ts';
import { worstOf } from '../verdict/reason.ts';
import type { ReasonCode } from '../verdict/reasons.ts';
import { drillsKnown, failuresUnrecorded } from './drills-known.ts';
import type { Known, KnownInventory } from './known-inventory.ts';
import type { Clock, Store } from './ports.ts';

/** What of a database stands in a list. */
export interface BoardSummary extends Pick<DatabaseView, 'arn' | 'resourceId' | 'identifier' | 'kind' | 'engine'> {
  readonly scope: Scope;
  readonly verdict: VerdictWord;
  /** Codes of the reasons, each once, sorted. */
  readonly reasons: readonly ReasonCode[];
  readonly dataLossSeconds: Seconds | null;
  readonly restoreSeconds: RestoreTime;
  readonly readyUntil: Instant | null;
  /** Until when a ready verdict may be relied on; null when it is not ready. */
  readonly validUntil: Instant | null;
  /** When the last of what would survive its deletion ends; null when one never does, or nothing would survive. */
  readonly lastSurvivorEndsAt: Instant | null;
  readonly at: Instant;
  readonly inventoryObservedAt: Instant;
}

/** Everything as it was judged at one instant. */
export interface Board {
  readonly at: Instant;
  /** The first instant at which it may not be shown any more, though nothing happened. */
  readonly until: Instant;
  /** The worst there is; unknown where a database may be hidden. */
  readonly verdict: VerdictWord;
  readonly inventory: Inventory;
  readonly inventoryDigest: Digest;
  readonly policyDigest: Digest;
  /** By ARN. */
  readonly summaries: readonly BoardSummary[];
  /** One database in full, as JSON; null when no database has that resource id or ARN, or more than one has. */
  database(name: string): string | null;
}

/** The newest board. */
export interface ReadinessBoard {
  /** The board at hand, where it may be shown without looking for changes; else null, and `current` is to be asked. */
  held(): Board | null;
  /** @returns Null when no place was ever read. @throws MusterError as the store and the desk do. */
  current(): Promise<Board | null>;
}

/** What boards are judged from. */
export interface BoardWorld {
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly store: Pick<Store, 'drills' | 'journalUnrecorded' | 'settingsSeen' | 'chain'>;
  readonly known: KnownInventory;
  readonly policy: Policy;
}

const LOOK_SECONDS: Seconds = 1;
const AGE_SECONDS_MAX: Seconds = 10;
/** Judging takes no more than this part of the time, however large the estate is. */
const JUDGING_SHARE = 0.1;
/** What a judgement of now rests on beside the inventory; other records leave it as it is. */
const TELLING: readonly RecordKind[] = ['drill', 'decision', 'erasure'];
const ROUNDS_MAX = 10;
/** Stands for "never" while instants are compared. */
const NEVER = '9999-12-31T23:59:59.999Z' as Instant;

/** A board, and what it was judged from. */
interface Judged {
  readonly board: Board;
  readonly known: Known;
  /** The last record of the chain that was looked at. */
  readonly seq: number;
  /** Drills that had failed without a record: the journal tells, and most of its entries tell nothing else. */
  readonly failures: string;
  readonly secondsMax: Seconds;
}

/** Keeps the newest board. */
export function createReadinessBoard(world: BoardWorld): ReadinessBoard {
  let judged: Judged | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<Board | null> | null = null;
  const lookLately = () => world.clock.elapsed() - lookedAt < LOOK_SECONDS;
  const look = async (): Promise<Board | null> => {
    // Whatever comes while this look goes on is for the next one.
    const from = world.clock.elapsed();
    judged = await looked(judged, world);
    lookedAt = from;
    return judged?.board ?? null;
  };
  return {
    held: () => {
      if (judged === null || looking !== null || !lookLately()) return null;
      return holds(judged, world.clock.now()) ? judged.board : null;
    },
    current: () => {
      looking ??= look().finally(() => {
        looking = null;
      });
      return looking;
    },
  };
}

/** Whether a board may be shown at an instant, as far as time alone goes. */
function holds({ board, secondsMax }: Judged, now: Instant): boolean {
  // Of a clock that was set back nobody knows how much time has passed.
  return board.at <= now && now < board.until && elapsedSeconds(board.at, now) < secondsMax;
}

/** What is judged after a look: the same when nothing has changed and it still holds. */
async function looked(before: Judged | null, world: BoardWorld): Promise<Judged | null> {
  const known = await world.known.current();
  if (known === null) return null;
  const head = (await world.store.chain.head())?.seq ?? 0;
  // Before anything is judged: what fails meanwhile is for the next look, though it may count already.
  const failures = (await failuresUnrecorded(world.store)).map(({ digest }) => digest).join(' ');
  const still = before !== null && isSame(before.known, known) && before.failures === failures;
  const same = still && !(await isTold(before.seq, head, world));
  if (same && holds(before, world.clock.now())) return { ...before, seq: head };
  for (let round = 1; ; round += 1) {
    const from = world.clock.elapsed();
    const board = await judge(known, world);
    const secondsMax = Math.max(AGE_SECONDS_MAX, (world.clock.elapsed() - from) / JUDGING_SHARE);
    const judged = { board, known, seq: head, failures, secondsMax };
    const now = world.clock.now();
    // At the very instant that was judged it is true even of what ends with it.
    if (holds(judged, now) || now === board.at) return judged;
    // What was ready ended while the others were judged; each can do so once.
    invariant(round < ROUNDS_MAX, 'a board lasts for longer than it takes to judge', { round, until: board.until });
  }
}

function isSame(a: Known, b: Known): boolean {
  const [ofA, ofB] = [a, b].map(({ inventory, outdated }) => [inventory, ...outdated]);
  return ofA?.length === ofB?.length && (ofA ?? []).every((inventory, index) => inventory === ofB?.[index]);
}

/** Whether records after that one change what is judged; of a chain that has become shorter, everything does. */
async function isTold(after: number, head: number, { store }: BoardWorld): Promise<boolean> {
  if (head === after) return false;
  if (head < after) return true;
  for await (const { kind } of store.chain.read(after)) if (TELLING.includes(kind)) return true;
  return false;
}

async function judge({ inventory, outdated }: Known, { store, policy, clock }: BoardWorld): Promise<Board> {
  const [drills, remembered] = [await drillsKnown(store), await store.settingsSeen()];
  const at = clock.now();
  const judgeOne = (seen: Inventory, secondsMax: Seconds) => {
    const memory = rememberedOf(remembered, seen.endpoint);
    const asked = { inventory: seen, policy: { ...policy, inventorySecondsMax: secondsMax }, drills, memory, at };
    const views = judgeAllNow(asked, seen.databases);
    return views.map((view, index) => entryOf(view, seen, { at, index, secondsMax }));
  };
  const digests = { inventoryDigest: inventoryDigest(inventory), policyDigest: policyDigest(policy) };
  const entries = [
    ...judgeOne(inventory, policy.inventorySecondsMax),
    // Whoever calls a reading outdated has its reasons: it proves nothing, whatever age the policy allows.
    ...outdated.flatMap((seen) =>
      judgeOne(seen, Math.min(policy.inventorySecondsMax, elapsedSeconds(seen.observedAt, at) - 1)),
    ),
  ];
  const hidden = inventory.gaps.some(({ hides }) => hides === 'databases');
  const verdicts = entries.map(({ view }) => view.verdict);
  return {
    at,
    until: entries.map(({ summary }) => summary.validUntil ?? NEVER).reduce(earliest, NEVER),
    verdict: worstOf([...verdicts, ...(hidden ? (['unknown'] as const) : [])]),
    inventory,
    ...digests,
    summaries: sortedBy(
      entries.map(({ summary }) => summary),
      ({ arn }) => arn,
    ),
    database: textsOf(entries, digests),
  };
}

/** One database on a board. */
interface Entry {
  readonly view: DatabaseView;
  readonly summary: BoardSummary;
  readonly inventory: Inventory;
}

function entryOf(
  view: DatabaseView,
  inventory: Inventory,
  { at, index, secondsMax }: { readonly at: Instant; readonly index: number; readonly secondsMax: Seconds },
): Entry {
  const {
    arn,
    resourceId,
    identifier,
    kind,
    engine,
    verdict,
    dataLossSeconds,
    restoreSeconds,
    readyUntil = null,
  } = view;
  const place = inventory.databases[index];
  invariant(place?.arn === arn, 'a judgement for each database, in their order', { arn });
  const freshUntil = addSeconds(inventory.observedAt, secondsMax);
  const summary = {
    ...{ arn, resourceId, identifier, kind, engine },
    scope: { accountId: place.accountId, region: place.region },
    verdict,
    reasons: [...new Set(view.reasons.map((reason) => reason.code))].sort(),
    dataLossSeconds,
    restoreSeconds,
    readyUntil,
    validUntil: verdict === 'ready' ? earliest(readyUntil ?? NEVER, freshUntil) : null,
    lastSurvivorEndsAt: lastEnd(view),
    at,
    inventoryObservedAt: inventory.observedAt,
  };
  return { view, summary, inventory };
}

function lastEnd({ survivors }: DatabaseView): Instant | null {
  const ends = survivors.map(({ expiresAt }) => expiresAt);
  return ends.reduce((a, b) => (a === null || b === null ? null : latest(a, b)), ends[0] ?? null);
}

/** Looks databases up; each is printed when it is first asked for, and once. */
function textsOf(
  entries: readonly Entry[],
  { policyDigest: ofPolicy }: { readonly policyDigest: Digest },
): (name: string) => string | null {
  const byName = new Map<string, Entry | null>();
  for (const entry of entries) {
    for (const name of [entry.view.resourceId, entry.view.arn]) byName.set(name, byName.has(name) ? null : entry);
  }
  const texts = new Map<Entry, string>();
  return (name) => {
    const entry = byName.get(name) ?? null;
    if (entry === null) return null;
    const text = texts.get(entry) ?? printed(entry, ofPolicy);
    texts.set(entry, text);
    return text;
  };
}

function printed({ view, summary, inventory }: Entry, ofPolicy: Digest): string {
  const { at, validUntil, scope } = summary;
  return JSON.stringify({
    formatVersion: '1',
    at,
    inventoryObservedAt: inventory.observedAt,
    inventoryDigest: inventoryDigest(inventory),
    policyDigest: ofPolicy,
    validUntil,
    scope,
    ...view,
  });
}
