/**
 * Reads whether a region still offers the engine versions that restores there would need.
 *
 * An instance comes back in its snapshot's own version or not at all, so a version that is gone may make a survivor
 * useless, and one that could not be asked about is a threat: a failure is one gap for the region, however many versions.
 * Source: Amazon RDS API 2014-10-31, DescribeDBEngineVersions (`Status`: `available` or `deprecated`; `IncludeAll` shows
 * both); aws-backup-facts.md section 4.1, 4.
 */

import type { Scope } from '../../core/arn.ts';
import { sortedBy } from '../../core/canonical.ts';
import type { EngineVersion, Gap } from '../../inventory/model.ts';
import type { Clients } from './clients.ts';
import { gapOf, observe } from './listing.ts';
import { mapBounded } from './paging.ts';
import { engineVersion } from './schema.ts';

/** An engine and the version of it that something runs or was taken with. */
export interface VersionInUse {
  readonly engine: string;
  /** Null when AWS did not say; such a one cannot be asked about. */
  readonly engineVersion: string | null;
}

/** What RDS offers of the versions in use. */
export interface VersionObservations {
  readonly engineVersions: readonly EngineVersion[];
  readonly gaps: readonly Gap[];
}

const VERSIONS_AT_ONCE = 4;
/** More than any region has in use; past it the rest is a gap. */
const VERSIONS_MAX = 200;

/** Asks about each version once. */
export async function readVersions(
  clients: Clients,
  scope: Scope,
  inUse: readonly VersionInUse[],
): Promise<VersionObservations> {
  const versions = distinct(inUse);
  if (versions.length === 0) return { engineVersions: [], gaps: [] };
  const rds = await clients.rds();
  const { DescribeDBEngineVersionsCommand } = await import('@aws-sdk/client-rds');
  const request = {
    scope,
    action: 'rds:DescribeDBEngineVersions',
    what: 'engine versions in use',
    hides: 'threats',
  } as const;

  const read = await mapBounded(versions.slice(0, VERSIONS_MAX), VERSIONS_AT_ONCE, async (asked) => {
    const { values, gaps } = await observe({
      ...request,
      schema: engineVersion,
      fetchPage: async (marker) => {
        const of = { Engine: asked.engine, EngineVersion: asked.engineVersion, IncludeAll: true };
        const answer = await rds.send(
          new DescribeDBEngineVersionsCommand(marker === undefined ? of : { ...of, Marker: marker }),
        );
        return { items: answer.DBEngineVersions, next: answer.Marker };
      },
    });
    const offered = values.some((item) => item.EngineVersion === asked.engineVersion && item.Status !== 'deprecated');
    const entry = { accountId: scope.accountId, region: scope.region, ...asked, offered };
    return { asked, gaps, entries: gaps.length === 0 || offered ? [entry] : [] };
  });
  const failed = read.filter(({ gaps }) => gaps.length > 0);
  const rest = versions.length - read.length;
  return {
    engineVersions: read.flatMap(({ entries }) => entries),
    gaps: [
      ...failed.slice(0, 1).map(({ asked, gaps }) => {
        const first = `${asked.engine} ${asked.engineVersion}`;
        return gapOf(request, `${gaps[0]?.cause} (${failed.length} of ${versions.length} versions, first ${first})`);
      }),
      ...(rest > 0 ? [gapOf(request, `TooManyVersions: ${rest} of ${versions.length} were not asked about`)] : []),
    ],
  };
}

function distinct(
  inUse: readonly VersionInUse[],
): readonly { readonly engine: string; readonly engineVersion: string }[] {
  const each = new Map<string, { readonly engine: string; readonly engineVersion: string }>();
  let before: VersionInUse | undefined;
  for (const one of inUse) {
    const { engine, engineVersion } = one;
    // Snapshots of one database, and mostly of one engine, come one after another.
    const known = before !== undefined && before.engine === engine && before.engineVersion === engineVersion;
    before = one;
    if (known || engineVersion === null || engineVersion === '' || engineVersion === 'unknown' || engine === 'unknown')
      continue;
    const name = `${engine} ${engineVersion}`;
    if (!each.has(name)) each.set(name, { engine, engineVersion });
  }
  return sortedBy([...each.values()], ({ engine, engineVersion: version }) => `${engine} ${version}`);
}
