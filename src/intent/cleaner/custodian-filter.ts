/**
 * The filters of Cloud Custodian, as far as an inventory can answer them; the rest is unknown.
 *
 * Source: cloud-custodian documentation, "Generic Filters": value filters and their short form, operators, `and`, `or`
 * and `not` blocks, `age`; `c7n/filters/core.py`, OPERATORS.
 */

import { SECONDS_PER_DAY } from '../../core/time.ts';
import { isJsonObject, type JsonObject, memberOf } from '../terraform/json-text.ts';
import type { Comparison, Fact, Match, Test, ThingKind } from './rule.ts';

const UNKNOWN: Test = { kind: 'unknown' };

/** Keys of AWS's own answers. */
const DATABASE_FACTS = {
  BackupRetentionPeriod: 'retention_days',
  DeletionProtection: 'deletion_protection',
  Engine: 'engine',
  EngineVersion: 'engine_version',
  MultiAZ: 'multi_az',
  PubliclyAccessible: 'public',
  StorageEncrypted: 'encrypted',
} as const satisfies Record<string, Fact>;

const FACTS: Partial<Readonly<Record<ThingKind, Readonly<Record<string, Fact>>>>> = {
  db_instance: {
    ...DATABASE_FACTS,
    AllocatedStorage: 'storage_gib',
    DBInstanceArn: 'arn',
    DBInstanceClass: 'instance_class',
    DBInstanceIdentifier: 'identifier',
    DBInstanceStatus: 'status',
  },
  db_cluster: { ...DATABASE_FACTS, DBClusterArn: 'arn', DBClusterIdentifier: 'identifier', Status: 'status' },
  db_snapshot: {
    DBSnapshotArn: 'arn',
    DBSnapshotIdentifier: 'identifier',
    Encrypted: 'encrypted',
    Engine: 'engine',
    SnapshotType: 'snapshot_type',
    Status: 'status',
  },
  db_cluster_snapshot: {
    DBClusterSnapshotArn: 'arn',
    DBClusterSnapshotIdentifier: 'identifier',
    Engine: 'engine',
    SnapshotType: 'snapshot_type',
    Status: 'status',
    StorageEncrypted: 'encrypted',
  },
  backup_vault: { BackupVaultArn: 'arn', BackupVaultName: 'vault' },
  key: { KeyArn: 'arn', KeyId: 'identifier' },
  subnet_group: { DBSubnetGroupName: 'identifier' },
  parameter_group: { DBParameterGroupName: 'identifier', DBClusterParameterGroupName: 'identifier' },
};

/** Words of the operators that compare, with what each is here. */
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  ...{ eq: 'eq', equal: 'eq', gt: 'gt', 'greater-than': 'gt', ge: 'ge', gte: 'ge', lt: 'lt', 'less-than': 'lt' },
  ...{ le: 'le', lte: 'le' },
};
const MATCHES: Readonly<Record<string, readonly [Match, boolean]>> = {
  contains: ['contains', false],
  glob: ['glob', false],
  regex: ['regex_at_start', true],
  'regex-case': ['regex_at_start', false],
};

/** One filter as a test; unknown wherever it is not surely understood. */
export function filterTest(filter: unknown, takes: ThingKind): Test {
  if (!isJsonObject(filter)) return UNKNOWN;
  const type = memberOf(filter, 'type');
  if (type === 'age') return ageTest(filter);
  if (type === 'value') return valueTest(filter, takes);
  if (type !== undefined) return UNKNOWN;
  const entries = Object.entries(filter);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) return UNKNOWN;
  const [key, value] = entry;
  const block = (Array.isArray(value) ? value : [value]).map((part) => filterTest(part, takes));
  // What an empty block leaves out differs between versions.
  if (['and', 'or', 'not'].includes(key) && block.length === 0) return UNKNOWN;
  if (key === 'and') return { kind: 'all', of: block };
  if (key === 'or') return { kind: 'any', of: block };
  // All of the block together are negated.
  if (key === 'not') return { kind: 'not', of: { kind: 'all', of: block } };
  return compareTest(key, value, 'eq', takes);
}

function valueTest(filter: JsonObject, takes: ThingKind): Test {
  const known = Object.keys(filter).every((name) => ['type', 'key', 'value', 'op'].includes(name));
  const key = memberOf(filter, 'key');
  const op = memberOf(filter, 'op') ?? 'eq';
  if (!known || typeof key !== 'string' || typeof op !== 'string') return UNKNOWN;
  return compareTest(key, memberOf(filter, 'value'), op, takes);
}

function compareTest(key: string, value: unknown, op: string, takes: ThingKind): Test {
  if (op === 'ne' || op === 'not-equal') return { kind: 'not', of: compareTest(key, value, 'eq', takes) };
  if (op === 'ni' || op === 'not-in') return { kind: 'not', of: compareTest(key, value, 'in', takes) };
  if (op === 'in') {
    if (!Array.isArray(value)) return UNKNOWN;
    return { kind: 'any', of: value.map((item) => compareTest(key, item, 'eq', takes)) };
  }
  if (key.startsWith('tag:')) return tagTest(key.slice('tag:'.length), value, op);
  const facts = FACTS[takes] ?? {};
  const fact = Object.hasOwn(facts, key) ? facts[key] : undefined;
  // `present`, `absent` and their like are words for a value's being there, not values.
  if (fact === undefined || isWordForPresence(value)) return UNKNOWN;
  const match = Object.hasOwn(MATCHES, op) ? MATCHES[op] : undefined;
  if (match !== undefined) return textTest(match, value, (pattern) => ({ kind: 'match', fact, pattern }));
  const how = Object.hasOwn(COMPARISONS, op) ? COMPARISONS[op] : undefined;
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return how === undefined || !isPlain ? UNKNOWN : { kind: 'compare', fact, how, value };
}

function tagTest(key: string, value: unknown, op: string): Test {
  const present: Test = { kind: 'tag', key, pattern: 'present' };
  if (op === 'eq' && (value === 'present' || value === 'not-null')) return present;
  if (op === 'eq' && value === 'absent') return { kind: 'not', of: present };
  if (isWordForPresence(value)) return UNKNOWN;
  const match =
    op === 'eq' || op === 'equal' ? (['exact', false] as const) : Object.hasOwn(MATCHES, op) ? MATCHES[op] : undefined;
  if (match === undefined) return UNKNOWN;
  return textTest(match, value, (pattern) => ({ kind: 'tag', key, pattern }));
}

function textTest(
  [how, ignoreCase]: readonly [Match, boolean],
  value: unknown,
  test: (pattern: { readonly how: Match; readonly text: string; readonly ignoreCase: boolean }) => Test,
): Test {
  return typeof value === 'string' ? test({ how, text: value, ignoreCase }) : UNKNOWN;
}

function ageTest(filter: JsonObject): Test {
  const days = memberOf(filter, 'days');
  const op = memberOf(filter, 'op') ?? 'gt';
  const known = Object.keys(filter).every((name) => ['type', 'days', 'op'].includes(name));
  const how = typeof op === 'string' && Object.hasOwn(COMPARISONS, op) ? COMPARISONS[op] : undefined;
  if (!known || typeof days !== 'number' || how === undefined) return UNKNOWN;
  return { kind: 'age', how, seconds: days * SECONDS_PER_DAY };
}

function isWordForPresence(value: unknown): boolean {
  return typeof value === 'string' && ['present', 'absent', 'not-null', 'empty'].includes(value);
}
