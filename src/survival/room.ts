/**
 * Room for one snapshot more, or one retained backup more: the limits that make AWS refuse a deletion's safe form.
 *
 * Where a limit was read, it and its count are AWS's own. Where it was not, the inventory is counted and AWS's
 * default is taken for the limit; a count that reaches it leaves the answer open, because a limit may have been raised.
 * Source: Amazon RDS API, DescribeAccountAttributes; Amazon RDS User Guide, "Quotas and constraints for Amazon RDS".
 */

import { printScope, type Scope } from '../core/arn.ts';
import type { Inventory, Quota, QuotaName, RecoveryPoint, RecoveryPointKind } from '../inventory/model.ts';

/** What one account and region has of one limited thing. */
export interface Room extends Scope {
  readonly name: QuotaName;
  /** How many there surely are. */
  readonly used: number;
  /** How many more there may be, because a step on them is in doubt. */
  readonly maybe: number;
  readonly max: number;
  /** False when AWS did not say: `used` was then counted and `max` is AWS's default. */
  readonly read: boolean;
}

/** Whether one more fits; `open` when that is not known. */
export type Fit = 'fits' | 'open' | 'full';

const DEFAULT_MAX: Readonly<Record<QuotaName, number>> = {
  manual_snapshots: 100,
  manual_cluster_snapshots: 100,
  retained_automated_backups: 40,
  db_instances: 40,
  db_clusters: 40,
  allocated_storage_gib: 100_000,
};

const MANUAL_KINDS: readonly RecoveryPointKind[] = ['manual_snapshot', 'snapshot_copy', 'account_copy'];

/** How many there are of one limited thing in one place. */
interface Count {
  readonly scope: Scope;
  readonly name: QuotaName;
  used: number;
}

/** Counts of limited things, by place and limit. */
export type Counts = ReadonlyMap<string, Readonly<Count>>;

/** The room that an inventory shows, for every place and limit that has a count. */
export function roomsOf(
  { quotas, recoveryPoints }: Inventory,
  counts: Counts = countsOf(recoveryPoints),
): readonly Room[] {
  const rooms = new Map<string, Room>(quotas.map((quota) => [keyOf(quota, quota.name), readRoom(quota)]));
  for (const [key, { scope, name, used }] of counts) {
    if (!rooms.has(key)) rooms.set(key, roomWith(emptyRoom(scope, name), { used, maybe: 0 }));
  }
  return [...rooms.values()];
}

/** What recovery points add up to. */
export function countsOf(recoveryPoints: readonly RecoveryPoint[]): Counts {
  const counts = new Map<string, Count>();
  let count: Count | undefined;
  let kind: RecoveryPointKind | null = null;
  let ofCluster = false;
  let name: QuotaName | null = null;
  for (const point of recoveryPoints) {
    // Points of one kind, place and limit often lie side by side.
    if (point.kind !== kind || point.ofCluster !== ofCluster) {
      ({ kind, ofCluster } = point);
      name = limitOf(point);
    }
    if (name === null) continue;
    if (count === undefined || count.name !== name || !isSamePlace(count.scope, point)) {
      const key = keyOf(point, name);
      count = counts.get(key) ?? { scope: point, name, used: 0 };
      counts.set(key, count);
    }
    count.used += 1;
  }
  return counts;
}

/** The limit that a recovery point counts against; null when none. */
export function limitOf({ kind, ofCluster }: RecoveryPoint): QuotaName | null {
  if (MANUAL_KINDS.includes(kind)) return manualLimit(ofCluster);
  return kind === 'retained_automated_backup' ? 'retained_automated_backups' : null;
}

/** The limit on manual snapshots, which instances and clusters have one each of. */
export function manualLimit(ofCluster: boolean): QuotaName {
  return ofCluster ? 'manual_cluster_snapshots' : 'manual_snapshots';
}

/** Whether one more fits in a place. */
export function fitOf(rooms: readonly Room[], scope: Scope, name: QuotaName): Fit {
  const { used, maybe, max, read } = roomAt(rooms, scope, name);
  if (used + maybe < max) return 'fits';
  return read && used >= max ? 'full' : 'open';
}

/** The rooms after some were added (or, negative, removed); `maybe` moves what is in doubt. */
export function occupied(
  rooms: readonly Room[],
  scope: Scope,
  name: QuotaName,
  by: { readonly used?: number; readonly maybe?: number },
): readonly Room[] {
  const room = roomAt(rooms, scope, name);
  const used = Math.max(0, room.used + (by.used ?? 0));
  const next = roomWith(room, { used, maybe: room.maybe + (by.maybe ?? 0) });
  return rooms.includes(room) ? rooms.map((other) => (other === room ? next : other)) : [...rooms, next];
}

/** The rooms when one of two worlds holds and nobody knows which. */
export function eitherOf(one: readonly Room[], other: readonly Room[]): readonly Room[] {
  return [...new Map([...one, ...other].map((room) => [keyOf(room, room.name), room])).values()].map((room) => {
    const a = roomAt(one, room, room.name);
    const b = roomAt(other, room, room.name);
    const used = Math.min(a.used, b.used);
    return roomWith(room, { used, maybe: Math.max(a.used + a.maybe, b.used + b.maybe) - used });
  });
}

function roomAt(rooms: readonly Room[], scope: Scope, name: QuotaName): Room {
  return (
    rooms.find((room) => room.name === name && room.accountId === scope.accountId && room.region === scope.region) ??
    emptyRoom(scope, name)
  );
}

function readRoom({ accountId, region, name, used, max }: Quota): Room {
  return { accountId, region, name, used, maybe: 0, max, read: true };
}

/** A room with other counts. Written out, so that all rooms are laid out alike: see `worldWith`. */
function roomWith(
  { accountId, region, name, max, read }: Room,
  { used, maybe }: { readonly used: number; readonly maybe: number },
): Room {
  return { accountId, region, name, used, maybe, max, read };
}

function emptyRoom({ accountId, region }: Scope, name: QuotaName): Room {
  return { accountId, region, name, used: 0, maybe: 0, max: DEFAULT_MAX[name], read: false };
}

function isSamePlace(a: Scope, b: Scope): boolean {
  return a.region === b.region && a.accountId === b.accountId;
}

function keyOf(scope: Scope, name: QuotaName): string {
  return `${printScope(scope)} ${name}`;
}
