/**
 * What lies beside databases and recovery points, each in a line and only when there is something to say.
 *
 * Global databases, exports that restore nothing, engine versions that are gone, quotas nearly used up, and engines
 * that Muster does not judge: none of these may be taken for safety.
 */

import { parseArn, printScope } from '../core/arn.ts';
import { sortedBy } from '../core/canonical.ts';
import type { GlobalCluster, Inventory, OutOfScope, QuotaName, RecoveryPoint } from '../inventory/model.ts';
import { groupBy } from './group.ts';
import { hanging } from './layout.ts';
import type { Paint } from './style.ts';
import { countOf } from './words.ts';

const EXPORTS_SHOWN = 3;
/** From this much of it a quota is worth a line. */
const QUOTA_NEARLY_USED = 0.9;

const QUOTA_WORDS: Readonly<Record<QuotaName, string>> = {
  manual_snapshots: 'manual snapshots',
  manual_cluster_snapshots: 'manual cluster snapshots',
  retained_automated_backups: 'retained automated backups',
  db_instances: 'DB instances',
  db_clusters: 'DB clusters',
  allocated_storage_gib: 'GiB of storage',
};

/** The lines; none when there is nothing beside. */
export function renderSurroundings(inventory: Inventory, paint: Paint, width: number): string[] {
  const plain = [
    ...inventory.globalClusters.map(globalLine),
    ...exportsLine(inventory.recoveryPoints.filter(({ kind }) => kind === 's3_export')),
    ...foreignLines(inventory.outOfScope),
  ];
  const alarming = [...goneLines(inventory), ...quotaLines(inventory)];
  return [
    ...alarming.flatMap((line) => hanging('! ', line, width).map(paint.yellow)),
    ...plain.flatMap((line) => hanging('', line, width)),
  ];
}

function globalLine({ identifier, members, deletionProtection }: GlobalCluster): string {
  const named = sortedBy(members, ({ writer, clusterArn }) => `${writer ? 0 : 1} ${clusterArn}`).map(
    ({ clusterArn, writer }) => {
      const arn = parseArn(clusterArn);
      return `${arn === null ? clusterArn : `${arn.resource} in ${arn.region}`}${writer ? ' (writes)' : ''}`;
    },
  );
  return `global database ${identifier}, deletion protection ${deletionProtection ? 'on' : 'off'}: ${named.join(', ') || 'no cluster'}`;
}

function exportsLine(exports: readonly RecoveryPoint[]): string[] {
  if (exports.length === 0) return [];
  const shown = exports
    .slice(0, EXPORTS_SHOWN)
    .map(({ id, databaseIdentifier }) => `${id} of ${databaseIdentifier || 'an unknown database'}`);
  const rest = exports.length - shown.length;
  const more = rest > 0 ? ` and ${rest} more` : '';
  return [`${countOf(exports.length, 'export')} to S3, from which nothing can be restored: ${shown.join(', ')}${more}`];
}

function foreignLines(outOfScope: readonly OutOfScope[]): string[] {
  return groupBy(outOfScope, ({ engine }) => engine).map((entries) => {
    const total = entries.reduce((sum, { count }) => sum + count, 0);
    const where = entries.map(printScope).join(', ');
    return `out of scope, and judged by nobody here: ${total} of engine ${entries[0]?.engine} in ${where}`;
  });
}

function goneLines({ engineVersions }: Inventory): string[] {
  const gone = engineVersions.filter(({ offered }) => !offered);
  return groupBy(gone, ({ engine, engineVersion }) => `${engine} ${engineVersion}`).map((entries) => {
    const where = entries.map(printScope).join(', ');
    return `${entries[0]?.engine} ${entries[0]?.engineVersion} is no longer offered in ${where}: a restore may be refused`;
  });
}

function quotaLines({ quotas }: Inventory): string[] {
  return quotas
    .filter(({ used, max }) => used >= max * QUOTA_NEARLY_USED)
    .map((quota) => `${quota.used} of ${quota.max} ${QUOTA_WORDS[quota.name]} are used in ${printScope(quota)}`);
}
