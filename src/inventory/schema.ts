/**
 * Reads a saved inventory: what `muster scan --json` printed, on this machine or another.
 *
 * Given the text and where it came from. Unknown keys are dropped (a newer Muster may add some); a
 * missing or malformed one is refused by its path. The schema and the `Inventory` interface are held
 * equal by the compiler, so neither can drift from the other.
 */

import * as z from 'zod';
import { printScope } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import { type Instant, isInstant } from '../core/time.ts';
import {
  DATABASE_KINDS,
  GAP_HIDES,
  type Inventory,
  KEY_STATES,
  QUOTA_NAMES,
  RECOVERY_POINT_KINDS,
  VAULT_LOCKS,
} from './model.ts';
import { withoutScratches } from './own-scratch.ts';

/** An instant as Muster prints it. */
export const instant = z.custom<Instant>((value) => typeof value === 'string' && isInstant(value), {
  error: 'an instant such as 2026-11-22T09:07:00.000Z',
});
const days = z.number().int().min(0);
const whole = z.number().int();
const texts = z.array(z.string());
const tags = z.record(z.string(), z.string());
/** An account and region. */
export const scope = z.object({
  accountId: z.string().regex(/^\d{12}$/, { error: 'twelve digits' }),
  region: z.string().min(1),
});
/** Earliest to latest. */
export const restoreWindow = z
  .object({ earliest: instant, latest: instant })
  .refine(({ earliest, latest }) => earliest <= latest, { error: 'earliest not after latest' });

const clusterMember = z.object({
  identifier: z.string(),
  arn: z.string(),
  resourceId: z.string(),
  instanceClass: z.string().nullable(),
  status: z.string(),
  writer: z.boolean(),
});

/** A database of an inventory. */
export const database = scope.extend({
  arn: z.string().min(1),
  resourceId: z.string().min(1),
  identifier: z.string().min(1),
  kind: z.enum(DATABASE_KINDS),
  engine: z.string(),
  engineVersion: z.string(),
  status: z.string(),
  createdAt: instant.nullable(),
  instanceClass: z.string().nullable(),
  storageGib: z.number().nullable(),
  multiAz: z.boolean(),
  members: z.array(clusterMember),
  replicas: texts,
  replicaOf: z.string().nullable(),
  globalClusterArn: z.string().nullable(),
  retentionDays: days,
  restoreWindow: restoreWindow.nullable(),
  deletionProtection: z.boolean(),
  encrypted: z.boolean(),
  keyArn: z.string().nullable(),
  awsBackupPointArn: z.string().nullable(),
  subnetGroup: z.string().nullable(),
  parameterGroup: z.string().nullable(),
  optionGroups: texts,
  securityGroupIds: texts,
  publiclyAccessible: z.boolean().nullable(),
  masterUsername: z.string().nullable(),
  managedSecretArn: z.string().nullable(),
  managedSecretKeyArn: z.string().nullable(),
  databaseName: z.string().nullable(),
  port: whole.nullable(),
  // Older inventories have no such figure, and nothing is decided by it.
  connectionsMax: z.number().min(0).nullable().default(null),
  tags,
});

/** A recovery point of an inventory. */
export const recoveryPoint = scope.extend({
  id: z.string().min(1),
  arn: z.string().min(1),
  kind: z.enum(RECOVERY_POINT_KINDS),
  ofCluster: z.boolean(),
  databaseResourceId: z.string().nullable(),
  databaseIdentifier: z.string(),
  engine: z.string(),
  engineVersion: z.string().nullable(),
  status: z.string(),
  createdAt: instant.nullable(),
  dataAt: instant.nullable(),
  window: restoreWindow.nullable(),
  retentionDays: days.nullable(),
  expiresAt: instant.nullable(),
  storageGib: z.number().nullable(),
  encrypted: z.boolean(),
  keyArn: z.string().nullable(),
  vaultArn: z.string().nullable(),
  copiedFrom: z.string().nullable(),
  tags,
});

/** A key of an inventory. */
export const key = scope.extend({
  arn: z.string().min(1),
  state: z.enum(KEY_STATES),
  manager: z.enum(['aws', 'customer']),
  deletionAt: instant.nullable(),
});

/** A vault of an inventory. */
export const vault = scope.extend({
  arn: z.string().min(1),
  name: z.string(),
  airGapped: z.boolean(),
  lock: z.enum(VAULT_LOCKS),
  lockAt: instant.nullable(),
  minRetentionDays: days.nullable(),
});

/** A limit of an inventory. */
export const quota = scope.extend({
  name: z.enum(QUOTA_NAMES),
  used: z.number().int().min(0),
  max: z.number().int().min(0),
});

/** A global database of an inventory. */
export const globalCluster = scope.extend({
  arn: z.string().min(1),
  resourceId: z.string(),
  identifier: z.string(),
  deletionProtection: z.boolean(),
  members: z.array(z.object({ clusterArn: z.string().min(1), writer: z.boolean() })),
});

/** An engine version of an inventory. */
export const engineVersion = scope.extend({ engine: z.string(), engineVersion: z.string(), offered: z.boolean() });

/** What an inventory counts and does not judge. */
export const outOfScope = scope.extend({ engine: z.string(), count: z.number().int().min(1) });

/** A restore of AWS Backup's in an inventory. */
export const restoreTest = scope.extend({
  jobId: z.string().min(1),
  recoveryPointArn: z.string().min(1),
  sourceArn: z.string().nullable(),
  ofCluster: z.boolean(),
  status: z.string(),
  createdAt: instant,
  completedAt: instant.nullable(),
  validation: z.string().nullable(),
  validationMessage: z.string().nullable(),
  testingPlanArn: z.string().nullable(),
  createdArn: z.string().nullable(),
});

/** A gap of an inventory. */
export const gap = z.object({
  what: z.string(),
  where: scope,
  action: z.string(),
  cause: z.string(),
  hides: z.enum(GAP_HIDES),
});

/** A list in which no two entries bear one identity: what is listed twice would be counted twice. */
const each = <T extends z.ZodType>(item: T, what: string, identity: (entry: z.output<T>) => string) =>
  z.array(item).refine((entries) => new Set(entries.map(identity)).size === entries.length, {
    error: `each ${what} once`,
  });

const inventorySchema = z.object({
  formatVersion: z.literal('1'),
  observedAt: instant,
  endpoint: z.string().nullable(),
  principal: z.object({ arn: z.string(), accountId: z.string() }),
  scopes: z.array(scope),
  databases: each(database, 'database', ({ arn }) => arn),
  recoveryPoints: each(recoveryPoint, 'recovery point', ({ kind, arn }) => `${kind} ${arn}`),
  keys: each(key, 'key', ({ arn }) => arn),
  vaults: each(vault, 'vault', ({ arn }) => arn),
  globalClusters: each(globalCluster, 'global cluster', ({ arn }) => arn),
  engineVersions: each(
    engineVersion,
    'engine version',
    (entry) => `${printScope(entry)} ${entry.engine} ${entry.engineVersion}`,
  ),
  quotas: each(quota, 'quota', (entry) => `${printScope(entry)} ${entry.name}`),
  outOfScope: each(outOfScope, 'engine out of scope', (entry) => `${printScope(entry)} ${entry.engine}`),
  // Older inventories have none, which leaves a restore no better proven than before.
  restoreTests: each(restoreTest, 'restore test', ({ jobId }) => jobId).default([]),
  gaps: z.array(gap),
});

/** A schema's output, as an interface of readonly members writes it. */
export type Frozen<T> = T extends Instant ? T : T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;
/** True for two types that take each other's values. */
export type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
/** A compile error here means that the schema and `Inventory` have drifted apart. */
const schemaIsTheInterface: Same<Frozen<z.infer<typeof inventorySchema>>, Frozen<Inventory>> = true;

/**
 * Reads a saved inventory.
 *
 * @param origin Where the text came from, for the message: a file name, or `-`.
 * @throws MusterError `MUSTER_INVENTORY_INVALID` with the path of each key at fault and what is accepted.
 */
export function parseInventory(text: string, origin: string): Inventory {
  const result = inventorySchema.safeParse(parseJson(text, origin));
  // Saved by an earlier version it may still list what a drill made.
  if (result.success && schemaIsTheInterface) return withoutScratches<Inventory>(result.data);
  const issues = result.error?.issues ?? [];
  const shown = issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'document'}: ${accepted(issue)}`);
  const more = issues.length > shown.length ? `; and ${issues.length - shown.length} more` : '';
  throw new MusterError('MUSTER_INVENTORY_INVALID', `${origin}: ${shown.join('; ')}${more}`);
}

function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MusterError('MUSTER_INVENTORY_INVALID', `${origin} is not JSON`, { cause });
  }
}

/** What a schema accepts where it refused something, in words. */
export function accepted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')} is accepted`;
    case 'invalid_type':
      return `${issue.expected} is accepted`;
    case 'custom':
    case 'invalid_format':
      return `${issue.message} is accepted`;
    default:
      return issue.message.toLowerCase();
  }
}
