/**
 * What a planned drill will take: how long, how many hours of instance and storage, how much money, and what it can prove.
 *
 * An expectation comes from earlier drills under the same conditions and is absent without them; a bound always exists
 * and comes from the definition: the deadline, an hour to tear down, and how long a scratch is kept. Prices are the
 * user's own. A limit that cannot be held against a figure, because AWS does not tell one, counts as not kept.
 */

import { printScope, type Scope } from '../core/arn.ts';
import { type Instant, printDuration, type Seconds } from '../core/time.ts';
import { type Inventory, QUOTA_NAMES, type QuotaName } from '../inventory/model.ts';
import { dataLossSeconds } from '../survival/data-loss.ts';
import type { DrillDefinition } from './definition.ts';
import type { DrillPlan } from './drill-plan.ts';
import { worthOf } from './judge-probe.ts';
import type { Aftermath, DrillRecord, Grade } from './model.ts';
import { canBeQueried } from './probe.ts';
import { restoreStatistics } from './statistics.ts';

/** What is used up, and what it costs at the definition's prices. */
export interface Usage {
  readonly instanceHours: number;
  /** Null where the size is not known. */
  readonly gibHours: number | null;
  /** In the definition's currency; null without prices, or where the size is not known. */
  readonly money: number | null;
}

/** How a quota stands before the drill. */
export interface QuotaView {
  readonly name: QuotaName;
  /** How much the drill, and those that run beside it, take of it. */
  readonly needed: number | null;
  /** What must stay free besides. */
  readonly headroom: number;
  /** Null where the quota was not read. */
  readonly used: number | null;
  readonly max: number | null;
}

/** What a drill is expected to take, and what it takes at most. */
export interface DrillEstimate {
  /** Request to the end of the teardown; the median of earlier drills, null without one. */
  readonly seconds: Seconds | null;
  /** Request to last passing probe, likewise. */
  readonly restoreSeconds: Seconds | null;
  /** How many earlier drills these figures come from. */
  readonly drills: number;
  /** Until the drill gives up. */
  readonly secondsMax: Seconds;
  /** How long the scratch may be kept after that; null: as a standby, without an end. */
  readonly keptHoursMax: number | null;
  readonly expected: Usage | null;
  /** Never more than this. A standby counts with its storage for one month. */
  readonly most: Usage;
  readonly currency: string | null;
  readonly quotas: readonly QuotaView[];
  readonly objectives: {
    readonly restoreSecondsMax: Seconds | null;
    readonly dataLossSecondsMax: Seconds | null;
    /** Work that a restore of this point gives up, seen from now; null when AWS does not say of when the data are. */
    readonly dataLossSeconds: Seconds | null;
  };
}

/** Why a drill must not be run as planned. */
export interface Obstacle {
  readonly limit: 'time' | 'money' | 'storage' | QuotaName;
  /** In words, with the figure and the limit. */
  readonly cause: string;
}

/** What an estimate is made from. */
export interface EstimateInput {
  readonly plan: DrillPlan;
  readonly definition: DrillDefinition;
  readonly records: readonly DrillRecord[];
  readonly inventory: Inventory;
  /** How many scratches of this definition stand in that place at once, this one among them. */
  readonly atOnce: number;
  readonly at: Instant;
}

const HOURS_PER_MONTH = 730;
/** A Multi-AZ DB cluster brings a writer and two readers. Source: Amazon RDS User Guide, "Multi-AZ DB cluster deployments". */
const MULTI_AZ_INSTANCES = 3;
/** Teardown has no deadline of its own; AWS takes minutes, and a bound allows for an hour. */
const TEARDOWN_SECONDS_MAX: Seconds = 3_600;

/** What a planned drill will take. */
export function estimateOf(input: EstimateInput): DrillEstimate {
  const { plan, definition, at } = input;
  const like = input.records.filter((record) => isLike(record, plan));
  const seconds = medianOf(like.map(({ phases }) => Math.max(0, ...phases.map((phase) => phase.seconds))));
  const [statistics] = restoreStatistics(like, { [plan.database.resourceId]: plan.point.storageGib });
  const { secondsMax, onSuccess, onFailure } = plan;
  const longest = keptHours(onSuccess) >= keptHours(onFailure) ? onSuccess : onFailure;
  const used = (took: Seconds, after: Aftermath) => usageOf(input, took / 3_600, after);
  return {
    seconds,
    restoreSeconds: statistics?.prediction.seconds ?? null,
    drills: like.length,
    secondsMax,
    keptHoursMax: longest.kind === 'standby' ? null : keptHours(longest),
    expected: seconds === null ? null : used(seconds, onSuccess),
    most: mostOf([onSuccess, onFailure].map((after) => used(secondsMax + TEARDOWN_SECONDS_MAX, after))),
    currency: definition.limits.money?.currency ?? null,
    quotas: quotasOf(input),
    objectives: {
      restoreSecondsMax: definition.objectives.restoreTimeMax,
      dataLossSecondsMax: definition.objectives.dataLossMax,
      dataLossSeconds: plan.point.dataAt === null ? null : dataLossSeconds(plan.point.dataAt, at),
    },
  };
}

/** A drill whose times say something of this one: same database, claim, class and place, and never picked up again. */
function isLike(record: DrillRecord, { database, claim, shape, endpoint, scope, ids }: DrillPlan): boolean {
  return (
    record.result === 'passed' &&
    record.databaseResourceId === database.resourceId &&
    record.claim === claim &&
    record.conditions.instanceClass === shape.instanceClass &&
    record.conditions.region === scope.region &&
    (record.conditions.broughtFrom !== null) === (ids.copy !== null) &&
    record.endpoint === endpoint &&
    record.resumed === 0 &&
    record.phases.length > 0
  );
}

/** The middle one, the greater of two. */
function medianOf(figures: readonly number[]): number | null {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? null;
}

function keptHours(after: Aftermath): number {
  if (after.kind === 'standby') return Number.POSITIVE_INFINITY;
  return after.kind === 'keep' ? after.hours : 0;
}

function usageOf({ plan, definition }: EstimateInput, ranHours: number, after: Aftermath): Usage {
  const { money } = definition.limits;
  // A standby is stopped: it costs its storage only.
  const instanceHours = ranHours + (after.kind === 'keep' ? after.hours : 0);
  const storedHours = instanceHours + (after.kind === 'standby' ? HOURS_PER_MONTH : 0);
  const copies = plan.ids.copy === null ? 1 : 2;
  const gibHours = plan.point.storageGib === null ? null : plan.point.storageGib * copies * storedHours;
  return { instanceHours, gibHours, money: money === null ? null : costOf(money, { instanceHours, gibHours }) };
}

type Prices = NonNullable<DrillDefinition['limits']['money']>;

function costOf(prices: Prices, { instanceHours, gibHours }: Omit<Usage, 'money'>): number | null {
  const forInstance = instanceHours * prices.perInstanceHour;
  if (prices.perGibMonth === 0) return forInstance;
  return gibHours === null ? null : forInstance + (gibHours / HOURS_PER_MONTH) * prices.perGibMonth;
}

/** The dearer end of two, figure by figure: a standby takes more storage, a keep more of the instance. */
function mostOf(usages: readonly Usage[]): Usage {
  const most = (figures: readonly (number | null)[]) =>
    figures.some((figure) => figure === null) ? null : Math.max(...figures.map((figure) => figure ?? 0));
  return {
    instanceHours: Math.max(...usages.map(({ instanceHours }) => instanceHours)),
    gibHours: most(usages.map(({ gibHours }) => gibHours)),
    money: most(usages.map(({ money }) => money)),
  };
}

function quotasOf({ plan, definition, inventory, atOnce }: EstimateInput): readonly QuotaView[] {
  const { quotaHeadroom } = definition.limits;
  const { ofCluster, engine, storageGib } = plan.point;
  const view = (name: QuotaName, each: number | null, headroom: number): QuotaView => {
    const quota = inventory.quotas.find((one) => one.name === name && isIn(one, plan.scope));
    const needed = each === null ? null : each * atOnce;
    return { name, needed, headroom, used: quota?.used ?? null, max: quota?.max ?? null };
  };
  return [
    view('db_instances', ofCluster && !engine.startsWith('aurora') ? MULTI_AZ_INSTANCES : 1, quotaHeadroom.instances),
    ...(ofCluster ? [view('db_clusters', 1, quotaHeadroom.clusters)] : []),
    // Aurora's volumes grow by themselves and are not allocated.
    ...(engine.startsWith('aurora') ? [] : [view('allocated_storage_gib', storageGib, quotaHeadroom.storageGib)]),
  ].sort((a, b) => QUOTA_NAMES.indexOf(a.name) - QUOTA_NAMES.indexOf(b.name));
}

function isIn(place: Scope, scope: Scope): boolean {
  return place.accountId === scope.accountId && place.region === scope.region;
}

/** Every limit that the drill would not keep; none means that it may run. */
export function obstaclesOf({ plan, definition }: EstimateInput, estimate: DrillEstimate): readonly Obstacle[] {
  const { seconds, secondsMax, most, quotas } = estimate;
  const { money, storageGibMax } = definition.limits;
  const { storageGib } = plan.point;
  const found: Obstacle[] = [];
  if (seconds !== null && seconds > secondsMax) {
    found.push({
      limit: 'time',
      cause: `earlier drills took ${printDuration(seconds)}, this one gives up after ${printDuration(secondsMax)} (limits.minutesMax)`,
    });
  }
  if (money !== null && (most.money === null || most.money > money.max)) {
    const figure =
      most.money === null
        ? 'its size is not known, so neither is what it costs'
        : `it may cost ${printMoney(most.money)} ${money.currency}`;
    found.push({
      limit: 'money',
      cause: `${figure}; allowed are ${printMoney(money.max)} ${money.currency} (limits.money.max)`,
    });
  }
  if (storageGibMax !== null && (storageGib === null || storageGib > storageGibMax)) {
    const figure = storageGib === null ? 'its size is not known' : `it holds ${storageGib} GiB`;
    found.push({ limit: 'storage', cause: `${figure}; allowed are ${storageGibMax} GiB (limits.storageGibMax)` });
  }
  return [...found, ...quotas.flatMap((quota) => overQuota(quota, plan.scope))];
}

function overQuota({ name, needed, headroom, used, max }: QuotaView, scope: Scope): readonly Obstacle[] {
  if (used === null || max === null || needed === null || used + needed + headroom <= max) return [];
  const free = headroom === 0 ? '' : ` and ${headroom} that must stay free`;
  return [
    {
      limit: name,
      cause: `${used} of ${max} ${name.replaceAll('_', ' ')} are used in ${printScope(scope)}; the drill needs ${needed}${free}`,
    },
  ];
}

/** Money to the hundredth, rounded up: a bound must hold. */
export function printMoney(amount: number): string {
  return (Math.ceil(amount * 100 - 1e-9) / 100).toFixed(2);
}

/** The best that a drill can show: what its probes prove if all of them pass. */
export function bestGradeOf({ probes, baseline, point }: DrillPlan): Grade {
  if (!canBeQueried(point.engine)) return 'restored';
  const worths = probes.map((probe) => worthOf(probe, baseline));
  if (worths.includes('comparison')) return 'compared';
  return worths.includes('data') ? 'queried' : 'restored';
}
