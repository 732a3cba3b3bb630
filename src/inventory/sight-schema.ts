/**
 * Reads a sight that was kept: what one replica read of a place and another takes from the desk.
 *
 * Made of the parts of an inventory's schema, which differ only where nothing was joined yet. The schema and the `Sight`
 * interface are held equal by the compiler. What does not pass was not written by Muster, or not by this one.
 */

import * as z from 'zod';
import { printScope } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import {
  accepted,
  database,
  engineVersion,
  type Frozen,
  gap,
  globalCluster,
  instant,
  key,
  outOfScope,
  quota,
  recoveryPoint,
  restoreTest,
  restoreWindow,
  type Same,
  scope,
  vault,
} from './schema.ts';
import type { Sight } from './sight.ts';

const observedDatabase = database.omit({ restoreWindow: true, connectionsMax: true }).extend({
  restorable: z.object({ earliest: instant.nullable(), latest: instant.nullable() }),
});

const automatedBackup = scope.extend({
  role: z.enum(['live', 'retained', 'replicated']),
  arn: z.string().min(1),
  ofCluster: z.boolean(),
  databaseResourceId: z.string(),
  databaseIdentifier: z.string(),
  databaseArn: z.string().nullable(),
  engine: z.string(),
  engineVersion: z.string().nullable(),
  status: z.string(),
  window: restoreWindow.nullable(),
  retentionDays: z.number().int().min(0).nullable(),
  storageGib: z.number().nullable(),
  encrypted: z.boolean(),
  keyArn: z.string().nullable(),
  awsBackupPointArn: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
});

const vaultPoint = recoveryPoint
  .pick({
    accountId: true,
    region: true,
    id: true,
    arn: true,
    kind: true,
    ofCluster: true,
    databaseIdentifier: true,
    status: true,
    createdAt: true,
    expiresAt: true,
    encrypted: true,
    keyArn: true,
    copiedFrom: true,
  })
  // AWS Backup writes -1 for ever.
  .extend({ vaultArn: z.string(), retentionDays: z.number().int().min(-1).nullable() });

const snapshotExport = scope.extend({
  id: z.string(),
  arn: z.string().min(1),
  sourceArn: z.string(),
  sourceAt: instant.nullable(),
  endedAt: instant.nullable(),
  keyArn: z.string().nullable(),
});

const sightObject = z.object({
  formatVersion: z.literal('1'),
  place: scope,
  observedAt: instant,
  endpoint: z.string().nullable(),
  principal: z.object({ arn: z.string(), accountId: z.string() }),
  seen: z.object({
    scopes: z.array(scope),
    databases: z.array(observedDatabase),
    connections: z.array(z.object({ databaseArn: z.string(), connectionsMax: z.number().min(0) })),
    snapshots: z.array(recoveryPoint),
    automatedBackups: z.array(automatedBackup),
    vaultPoints: z.array(vaultPoint),
    exports: z.array(snapshotExport),
    keys: z.array(key),
    vaults: z.array(vault),
    globalClusters: z.array(globalCluster),
    engineVersions: z.array(engineVersion),
    quotas: z.array(quota),
    outOfScope: z.array(outOfScope),
    restoreTests: z.array(restoreTest),
    gaps: z.array(gap),
  }),
});

/** A sight of one place never counts as a reading of another. */
const sightSchema = sightObject.refine(
  ({ place, seen }) => seen.scopes.every((read) => printScope(read) === printScope(place)),
  {
    path: ['seen', 'scopes'],
    error: 'the place of the sight, or none,',
  },
);

/** A compile error here means that the schema and `Sight` have drifted apart. */
const schemaIsTheInterface: Same<Frozen<z.infer<typeof sightSchema>>, Frozen<Sight>> = true;

/**
 * Reads a sight from the JSON value it was kept as.
 *
 * @throws MusterError `MUSTER_STORE_INVALID` with the path of each key at fault and what is accepted.
 */
export function parseSight(value: unknown): Sight {
  const result = sightSchema.safeParse(value);
  if (result.success && schemaIsTheInterface) return result.data;
  const issues = result.error?.issues ?? [];
  const shown = issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'document'}: ${accepted(issue)}`);
  const more = issues.length > shown.length ? `; and ${issues.length - shown.length} more` : '';
  throw new MusterError('MUSTER_STORE_INVALID', `a kept sight: ${shown.join('; ')}${more}`);
}
