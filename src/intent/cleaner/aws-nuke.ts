/**
 * The config of aws-nuke: everything of the chosen types goes, except what a filter matches.
 *
 * Given the parsed config, its scalars as text. A filter spares only when it surely matches; a type that nobody here
 * knows is a note, and unknown when its name speaks of databases, backups, keys or stacks.
 * Source: ekristen/aws-nuke `docs/config.md`, `docs/config-filtering.md`, `resources/rds-*.go`, `resources/kms-keys.go`,
 * `resources/backup-*.go`; ekristen/libnuke `pkg/filter`, `pkg/config`.
 */

import { below, listUnder, misfit, objectHere, objectUnder, type Place } from '../document-text.ts';
import { isJsonObject, type JsonObject, memberOf } from '../terraform/json-text.ts';
import {
  type CleanerNote,
  type CleanerRule,
  type CleanerRules,
  type Fact,
  type Match,
  PLAIN_DELETION,
  type Test,
  type ThingKind,
  type Treatment,
} from './rule.ts';
import { secondsOfGo } from './span.ts';
import { speaksOfDatabases } from './watched.ts';

interface Row {
  readonly takes: ThingKind;
  readonly facts: Readonly<Record<string, Fact>>;
  /** What a filter without a property looks at; null when versions differ. */
  readonly unnamed: Fact | null;
  readonly treatment?: Treatment;
}

const DATABASE = {
  Identifier: 'identifier',
  DeletionProtection: 'deletion_protection',
  'Deletion Protection': 'deletion_protection',
} as const;
const SNAPSHOT = {
  Identifier: 'identifier',
  ARN: 'arn',
  SnapshotType: 'snapshot_type',
  Status: 'status',
  CreatedTime: 'created_at',
} as const;

const INSTANCE: Row = {
  takes: 'db_instance',
  facts: {
    ...DATABASE,
    ClusterIdentifier: 'cluster',
    InstanceClass: 'instance_class',
    Engine: 'engine',
    EngineVersion: 'engine_version',
    MultiAZ: 'multi_az',
    PubliclyAccessible: 'public',
    InstanceCreateTime: 'created_at',
  },
  unnamed: 'identifier',
};
// Versions differ in whether a setting has to ask for it, so it counts as asked for.
const CLUSTER: Row = row('db_cluster', DATABASE, 'identifier', { ...PLAIN_DELETION, disarmsProtection: true });
const POINT = row('recovery_point', { BackupVault: 'vault' }, 'arn');
const VAULT = row('backup_vault', { Name: 'vault' }, null);
const PLAN = row('backup_plan', {}, null);

/** Types by name, those of older versions included. */
const TYPES: ReadonlyMap<string, Row> = new Map([
  ['RDSSnapshot', row('db_snapshot', SNAPSHOT, 'identifier')],
  ['RDSClusterSnapshot', row('db_cluster_snapshot', SNAPSHOT, 'identifier')],
  ['AWSBackupRecoveryPoint', POINT],
  ['BackupRecoveryPoint', POINT],
  ['RDSInstance', INSTANCE],
  ['RDSDBCluster', CLUSTER],
  ['RDSCluster', CLUSTER],
  ['AWSBackupVaultAccessPolicy', row('backup_vault', {}, null, { kind: 'change_policy' })],
  ['BackupVaultAccessPolicy', row('backup_vault', {}, null, { kind: 'change_policy' })],
  ['BackupVault', VAULT],
  ['AWSBackupVault', VAULT],
  ['AWSBackupPlan', PLAN],
  ['BackupPlan', PLAN],
  ['AWSBackupSelection', PLAN],
  ['BackupSelection', PLAN],
  ['KMSKey', row('key', { ID: 'identifier' }, 'identifier')],
  ['RDSDBSubnetGroup', row('subnet_group', { Name: 'identifier' }, 'identifier')],
  ['RDSDBParameterGroup', row('parameter_group', { Name: 'identifier' }, 'identifier')],
  ['RDSDBClusterParameterGroup', row('parameter_group', { Name: 'identifier' }, 'identifier')],
  ['RDSOptionGroup', row('option_group', { Name: 'identifier' }, 'identifier')],
  ['EC2SecurityGroup', row('security_group', { ID: 'identifier' }, null)],
]);

/** One name for each type, of those that several versions call differently: what a config without a choice takes. */
const OTHER_NAMES = new Set([
  ...[
    'BackupRecoveryPoint',
    'RDSCluster',
    'BackupVaultAccessPolicy',
    'AWSBackupVault',
    'BackupPlan',
    'BackupSelection',
  ],
  'AWSBackupSelection',
]);
const HARMLESS = ['KMSAlias', 'RDSEventSubscription', 'RDSProxy', 'AWSBackupReportPlan', 'BackupReportPlan'];
const ACCOUNT_ID = /^\d{1,12}$/;

/** True for a config of aws-nuke. */
export function isAwsNuke(config: JsonObject): boolean {
  const has = (name: string) => memberOf(config, name) !== undefined;
  return has('accounts') || (has('regions') && (has('resource-types') || has('blocklist') || has('account-blocklist')));
}

/**
 * Reads a config: one part for each account.
 *
 * @throws MusterError of the place.
 */
export function readAwsNuke(config: JsonObject, place: Place): CleanerRules['parts'] {
  const accounts = objectUnder(config, 'accounts', place);
  if (Object.keys(accounts).length === 0) {
    throw misfit(below(place, 'accounts'), 'names none; aws-nuke runs for the accounts that its config names');
  }
  const regions = textsUnder(config, 'regions', place);
  // Compared as written: an id that lost its zeros refuses nothing.
  const refused = ['blocklist', 'account-blocklist', 'account-blacklist'].flatMap((name) =>
    textsUnder(config, name, place),
  );
  return Object.entries(accounts).map(([id, value]) => {
    const at = below(below(place, 'accounts'), id);
    if (!ACCOUNT_ID.test(id)) throw misfit(at, 'expected an account id of twelve digits as the key');
    const account = isEmpty(value) ? {} : objectHere(value, at);
    const filters = filtersOf(account, config, at, place);
    const chosen = chosenTypes([typesUnder(config, place), typesUnder(account, at)]);
    return {
      reach: {
        accounts: [inFull(id)],
        refused,
        regions: regions.length === 0 || regions.includes('all') ? ('every' as const) : regions,
      },
      rules: chosen.names.flatMap((name) => ruleOf(name, filters, config)),
      notes: [...chosen.notes, ...chosen.names.flatMap(noteOf)],
    };
  });
}

type Filters = ReadonlyMap<string, readonly JsonObject[]>;

function ruleOf(name: string, filters: Filters, config: JsonObject): CleanerRule[] {
  const found = TYPES.get(name);
  if (found === undefined) return [];
  const spares = [...(filters.get('__global__') ?? []), ...(filters.get(name) ?? [])].map((filter) =>
    spare(filter, found),
  );
  const disarms = found === INSTANCE && disarmsInstances(config);
  const treatment = found.treatment ?? { ...PLAIN_DELETION, disarmsProtection: disarms };
  return [{ address: name, takes: found.takes, selects: { kind: 'not', of: { kind: 'any', of: spares } }, treatment }];
}

/** A filter as the test that it is; it is unknown as soon as any of it is. */
function spare(filter: JsonObject, { facts, unnamed }: Row): Test {
  const text = (name: string) => {
    const value = memberOf(filter, name);
    return typeof value === 'string' ? value : null;
  };
  const known = Object.keys(filter).every((name) => ['type', 'property', 'value', 'invert'].includes(name));
  const value = text('value');
  if (!known || value === null) return { kind: 'unknown' };
  const test = filterTest(text('type') ?? '', text('property') ?? '', value, facts, unnamed);
  const invert = text('invert') ?? '';
  if (invert === '' || /^(?:false|no|off|0)$/i.test(invert)) return test;
  return /^(?:true|yes|on|1)$/i.test(invert) ? { kind: 'not', of: test } : { kind: 'unknown' };
}

const HOW: Readonly<Record<string, Match>> = {
  '': 'exact',
  exact: 'exact',
  contains: 'contains',
  glob: 'glob',
  regex: 'regex',
  prefix: 'prefix',
  suffix: 'suffix',
};

function filterTest(type: string, property: string, value: string, facts: Row['facts'], unnamed: Fact | null): Test {
  const fact = property === '' ? unnamed : Object.hasOwn(facts, property) ? facts[property] : undefined;
  if (type === 'dateOlderThan') {
    const seconds = secondsOfGo(value);
    // Its name misleads: it matches, and so spares, what is younger.
    return fact === 'created_at' && seconds !== null ? { kind: 'age', how: 'lt', seconds } : { kind: 'unknown' };
  }
  const how = Object.hasOwn(HOW, type) ? HOW[type] : undefined;
  if (how === undefined) return { kind: 'unknown' };
  const pattern = { how, text: value, ignoreCase: false };
  if (property.startsWith('tag:')) return { kind: 'tag', key: property.slice('tag:'.length), pattern };
  return fact ? { kind: 'match', fact, pattern } : { kind: 'unknown' };
}

/** Filters of an account and of its presets. */
function filtersOf(account: JsonObject, config: JsonObject, at: Place, place: Place): Filters {
  const presets = objectUnder(config, 'presets', place);
  const sources = textsUnder(account, 'presets', at).map((name) => {
    const preset = memberOf(presets, name);
    if (preset === undefined) throw misfit(below(at, 'presets'), 'names a preset that the config does not have');
    return [
      isEmpty(preset) ? {} : objectHere(preset, below(below(place, 'presets'), name)),
      below(place, 'presets'),
    ] as const;
  });
  const filters = new Map<string, readonly JsonObject[]>();
  for (const [source, within] of [[account, at] as const, ...sources]) {
    for (const [type, value] of Object.entries(objectUnder(source, 'filters', within))) {
      const list = filtersHere(value, below(below(within, 'filters'), type));
      filters.set(type, [...(filters.get(type) ?? []), ...list]);
    }
  }
  return filters;
}

function filtersHere(value: unknown, place: Place): readonly JsonObject[] {
  if (isEmpty(value)) return [];
  if (!Array.isArray(value)) throw misfit(place, 'expected a list of filters');
  return value.map((filter, index) => {
    if (typeof filter === 'string') return { value: filter };
    if (isJsonObject(filter)) return filter;
    throw misfit(below(place, index), 'expected text, or an object with type, property and value');
  });
}

interface Choice {
  /** Null for every type. */
  readonly includes: readonly string[] | null;
  readonly excludes: readonly string[];
  /** Types that are deleted another way, in place of the tool's own or besides; their filters are theirs alone. */
  readonly others: readonly string[];
}

function typesUnder(config: JsonObject, place: Place): Choice {
  const types = objectUnder(config, 'resource-types', place);
  const at = below(place, 'resource-types');
  const names = (...keys: string[]) => keys.flatMap((key) => textsUnder(types, key, at));
  const includes = names('includes', 'targets');
  const others = Object.keys(types).filter((key) => !['includes', 'targets', 'excludes'].includes(key));
  return { includes: includes.length === 0 ? null : includes, excludes: names('excludes'), others: names(...others) };
}

/** Every list of types narrows the ones before it; an exclude counts only when it names a type in full. */
function chosenTypes(choices: readonly Choice[]): {
  readonly names: readonly string[];
  readonly notes: readonly CleanerNote[];
} {
  const excluded = new Set(choices.flatMap(({ excludes }) => excludes));
  const lists = choices.flatMap(({ includes }) => (includes === null ? [] : [includes]));
  const [first, ...rest] = lists;
  const others = choices.flatMap((choice) => choice.others).flatMap(noteOf);
  if (first === undefined) {
    const names = [...TYPES.keys()].filter((name) => !OTHER_NAMES.has(name) && !excluded.has(name));
    const why = 'no type is chosen, so every one that aws-nuke knows goes, stacks with what is in them among them';
    return { names, notes: [{ address: 'resource-types', why }, ...others] };
  }
  const named = first.filter(
    (name) => !excluded.has(name) && rest.every((list) => list.includes(name) || list.some(isWide)),
  );
  return { names: named, notes: others };
}

function isWide(name: string): boolean {
  return /[*?[\]]/.test(name);
}

function noteOf(name: string): CleanerNote[] {
  if (TYPES.has(name)) return [];
  if (isWide(name)) return [{ address: name, why: 'a pattern of types, which this reader does not work out' }];
  if (HARMLESS.includes(name) || !speaksOfDatabases(name)) return [{ address: name, why: null }];
  return [{ address: name, why: 'a type that this reader does not know' }];
}

function disarmsInstances(config: JsonObject): boolean {
  const said = (...path: readonly string[]) =>
    path.reduce<unknown>((value, name) => (isJsonObject(value) ? memberOf(value, name) : undefined), config);
  const flags = [
    said('settings', 'RDSInstance', 'DisableDeletionProtection'),
    said('feature-flags', 'disable-deletion-protection', 'RDSInstance'),
  ];
  return flags.some((flag) => flag !== undefined && flag !== false && String(flag).toLowerCase() !== 'false');
}

function textsUnder(object: JsonObject, name: string, place: Place): readonly string[] {
  return listUnder(object, name, place).map((item, index) => {
    if (typeof item === 'string') return item;
    throw misfit(below(below(place, name), index), 'expected text');
  });
}

/** An id that lost its leading zeros to a YAML number. */
function inFull(accountId: string): string {
  return ACCOUNT_ID.test(accountId) ? accountId.padStart(12, '0') : accountId;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || value === '~' || value === 'null';
}

function row(takes: ThingKind, facts: Row['facts'], unnamed: Fact | null, treatment?: Treatment): Row {
  return { takes, facts, unnamed, ...(treatment && { treatment }) };
}
