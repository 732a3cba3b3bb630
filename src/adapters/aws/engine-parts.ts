/**
 * Reads a long listing of snapshots as one part per engine, side by side, or not at all.
 *
 * The parts count only when nothing can be missing from them: every engine shown anywhere is one Muster knows, every part
 * was read whole and holds what was asked for, all that the plain listing began with is among it, and where AWS keeps a
 * count, it is the same before and after. On any doubt the caller goes on with the plain listing, which needs no such
 * proof. Small listings never come here.
 * Source: Amazon RDS API, DescribeDBSnapshots and DescribeDBClusterSnapshots (filter `engine`), AccountQuota; aws-backup-facts.md K2, K3.
 */

import { type FetchPage, followPages, mapBounded } from './paging.ts';

/** Every engine name the RDS API has had, but for Neptune's and DocumentDB's, which are out of scope. */
export const ENGINES = [
  'aurora',
  'aurora-mysql',
  'aurora-postgresql',
  'custom-oracle-ee',
  'custom-oracle-ee-cdb',
  'custom-oracle-se2',
  'custom-oracle-se2-cdb',
  'custom-sqlserver-dev',
  'custom-sqlserver-ee',
  'custom-sqlserver-se',
  'custom-sqlserver-web',
  'db2-ae',
  'db2-ce',
  'db2-se',
  'mariadb',
  'mysql',
  'oracle-ee',
  'oracle-ee-cdb',
  'oracle-se',
  'oracle-se1',
  'oracle-se2',
  'oracle-se2-cdb',
  'postgres',
  'sqlserver-dev-ee',
  'sqlserver-dev-se',
  'sqlserver-ee',
  'sqlserver-ex',
  'sqlserver-se',
  'sqlserver-web',
] as const;

/** What the parts are made of. */
export interface Snapshotted {
  readonly arn: string;
  readonly engine: string;
}

/** How a listing falls into parts, and what proves them whole. */
export interface Parts {
  /** The pages of what bears one of these engines. */
  readonly fetchPage: (engines: readonly string[]) => FetchPage;
  /**
   * The engines of every database and automated backup of the region; null when not all of them could be read.
   *
   * An automated snapshot goes with its database unless an automated backup keeps it, so it bears the engine of one of
   * these, or one that was upgraded to it under another name, which `ENGINES` holds.
   */
  readonly ownerEngines: () => Promise<ReadonlySet<string> | null>;
  /**
   * How many snapshots AWS counts in this listing; null when it does not say. Absent for automated ones, which AWS does
   * not count; a manual snapshot may be of a database long gone, and nothing but the count proves that none is missing.
   */
  readonly count?: () => Promise<number | null>;
}

/** Turns a page's items into values; false when one of them is malformed. */
type Take<T> = (items: readonly unknown[], into: (value: T) => void) => boolean;

/**
 * As many as the engines of nearly any region, so that the longest part alone says how long it takes. Two kinds of listing
 * may do so at once; the SDK opens 50 connections at most, and slows down by itself where AWS throttles (adaptive mode).
 */
const PARTS_AT_ONCE = 8;

/**
 * All snapshots of the listing, each once, or null when something may be missing.
 *
 * @param head What the plain listing began with.
 */
export async function readParts<T extends Snapshotted>(
  parts: Parts,
  head: readonly T[],
  take: Take<T>,
): Promise<readonly T[] | null> {
  const owners = await parts.ownerEngines();
  if (owners === null) return null;
  const shown = new Set([...owners, ...head.map(({ engine }) => engine)]);
  if (![...shown].every(isKnown)) return null;
  const counted = await parts.count?.();
  if (counted === null) return null;

  const rest = ENGINES.filter((engine) => !shown.has(engine));
  const found = new Map<string, T>();
  const read = await mapBounded([...[...shown].map((engine) => [engine]), rest], PARTS_AT_ONCE, (engines) =>
    readPart(parts.fetchPage(engines), take, (value) => {
      found.set(value.arn, value);
      return engines.includes(value.engine);
    }),
  );
  if (read.includes(false) || !head.every(({ arn }) => found.has(arn))) return null;
  if (counted !== undefined && (counted !== found.size || counted !== (await parts.count?.()))) return null;
  return [...found.values()];
}

/** False when the part is cut short, malformed, or holds what was not asked for. */
async function readPart<T>(fetchPage: FetchPage, take: Take<T>, keep: (value: T) => boolean): Promise<boolean> {
  let sound = true;
  const end = await followPages(fetchPage, (items) => {
    const wellFormed = take(items, (value) => {
      sound = keep(value) && sound;
    });
    sound = sound && wellFormed;
  });
  return sound && end.cut === null;
}

function isKnown(engine: string): boolean {
  return ENGINES.some((known) => known === engine);
}
