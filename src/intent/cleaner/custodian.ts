/**
 * A policy file of Cloud Custodian: each policy finds resources of one type, filters them, and acts on what is left.
 *
 * Given the parsed file. A filter that was not understood leaves nothing out. Actions that mark, tag or tell change
 * nothing here; actions that run something else are unknown. One run covers one account and, unless told otherwise, one
 * region.
 * Source: cloud-custodian documentation, "Generic Filters"; `c7n/resources/rds.py`, `rdscluster.py`, `kms.py`,
 * `backup.py`, the actions registered in each.
 */

import { below, listUnder, misfit, objectHere, objectUnder, type Place, textUnder } from '../document-text.ts';
import { isJsonObject, type JsonObject, memberOf } from '../terraform/json-text.ts';
import { filterTest } from './custodian-filter.ts';
import {
  type CleanerNote,
  type CleanerRule,
  type CleanerRules,
  PLAIN_DELETION,
  type ThingKind,
  type Treatment,
} from './rule.ts';
import { speaksOfDatabases } from './watched.ts';

const RESOURCES: Readonly<Record<string, ThingKind>> = {
  rds: 'db_instance',
  'rds-cluster': 'db_cluster',
  'rds-snapshot': 'db_snapshot',
  'rds-cluster-snapshot': 'db_cluster_snapshot',
  'backup-vault': 'backup_vault',
  'backup-plan': 'backup_plan',
  'kms-key': 'key',
  'rds-subnet-group': 'subnet_group',
  'rds-param-group': 'parameter_group',
  'rds-cluster-param-group': 'parameter_group',
};

/** Actions that leave databases and their backups as they are. */
const HARMLESS = new Set(
  (
    'auto-tag-user copy-related-tag mark mark-for-op notify post-finding post-item put-metric remove-tag rename-tag ' +
    'restore region-copy resize reboot set-public-access set-rotation set-snapshot-copy-tags snapshot start stop tag ' +
    'tag-trim unmark untag upgrade copy modify'
  ).split(' '),
);
/** Actions that delete, whatever the resource. */
const DELETES = new Set(['delete', 'terminate', 'schedule-deletion', 'schedule-for-deletion']);
/** What KMS waits when a policy names no time. */
const KEY_WINDOW_DAYS_MIN = 7;

/** True for a policy file of Cloud Custodian. */
export function isCustodian(config: JsonObject): boolean {
  return Array.isArray(memberOf(config, 'policies'));
}

/**
 * Reads a policy file.
 *
 * @throws MusterError of the place.
 */
export function readCustodian(config: JsonObject, place: Place): CleanerRules['parts'] {
  // Another tool might take the rest of the file for its own config.
  const strange = Object.keys(config).some((name) => name !== 'policies' && name !== 'vars');
  if (strange) throw misfit(place, 'holds more than policies and vars, which Cloud Custodian does not take');
  const read = listUnder(config, 'policies', place).map((value, index) =>
    readPolicy(value, below(below(place, 'policies'), index)),
  );
  const reach = { accounts: null, refused: [], regions: null };
  return [{ reach, rules: read.flatMap(({ rules }) => rules), notes: read.flatMap(({ notes }) => notes) }];
}

function readPolicy(
  value: unknown,
  place: Place,
): { readonly rules: readonly CleanerRule[]; readonly notes: readonly CleanerNote[] } {
  const policy = objectHere(value, place);
  const name = textUnder(policy, 'name', place);
  const resource = textUnder(policy, 'resource', place);
  if (name === null) throw misfit(below(place, 'name'), 'missing; expected the name of the policy');
  if (resource === null) throw misfit(below(place, 'resource'), 'missing; expected such as aws.rds');
  const type = resource.replace(/^aws\./, '');
  const takes = Object.hasOwn(RESOURCES, type) ? RESOURCES[type] : undefined;
  const selects = {
    kind: 'all' as const,
    of: filtersUnder(policy, place).map((filter) => filterTest(filter, takes ?? 'db_instance')),
  };
  const actions = actionsUnder(policy, place);
  if (takes === undefined) return { rules: [], notes: actions.map((action) => foreignNote(name, type, action)) };
  const rules = actions.flatMap((action) => {
    const treatment = treatmentOf(action, takes);
    return treatment === null ? [] : [{ address: `${name}: ${printable(action.type)}`, takes, selects, treatment }];
  });
  return { rules, notes: rules.length > 0 && runsLater(policy, place) ? [{ address: name, why: RUNS_LATER }] : [] };
}

const RUNS_LATER = 'its mode has it run by itself later, on what its filters select by then';

/** Every mode but `pull` leaves something behind that runs at its own times. */
function runsLater(policy: JsonObject, place: Place): boolean {
  const mode = memberOf(policy, 'mode');
  if (mode === undefined || mode === null) return false;
  return textUnder(objectHere(mode, below(place, 'mode')), 'type', below(place, 'mode')) !== 'pull';
}

interface ActionEntry {
  readonly type: string;
  readonly options: JsonObject;
  readonly place: Place;
}

function actionsUnder(policy: JsonObject, place: Place): readonly ActionEntry[] {
  return listUnder(policy, 'actions', place).map((value, index) => {
    const at = below(below(place, 'actions'), index);
    if (typeof value === 'string') return { type: value, options: {}, place: at };
    const options = objectHere(value, at);
    const type = textUnder(options, 'type', at);
    if (type === null) throw misfit(below(at, 'type'), 'missing; expected such as delete');
    return { type, options, place: at };
  });
}

function filtersUnder(policy: JsonObject, place: Place): readonly unknown[] {
  const filters = memberOf(policy, 'filters');
  // One block without a list stands for a list of one.
  if (isJsonObject(filters)) return [filters];
  return listUnder(policy, 'filters', place);
}

/** What an action does to a thing of a kind; null when that changes nothing here. */
function treatmentOf(action: ActionEntry, takes: ThingKind): Treatment | null {
  const { type, options, place } = action;
  if (HARMLESS.has(type)) return null;
  const isDatabase = takes === 'db_instance' || takes === 'db_cluster';
  if (isDatabase && type === 'retention') return retention(options, place);
  if (takes === 'db_instance' && type === 'modify-db') return modification(updatesOf(options, place), options, place);
  if (takes === 'db_cluster' && type === 'modify-db-cluster') {
    const attributes = objectUnder(options, 'attributes', place);
    return modification(attributes, { immediate: memberOf(attributes, 'ApplyImmediately') }, place);
  }
  if (isDatabase && type === 'delete') {
    return {
      ...PLAIN_DELETION,
      disarmsProtection: flag(options, 'force', false, place),
      skipsFinalSnapshot: flag(options, 'skip-snapshot', false, place),
      deletesMembers: takes === 'db_cluster' && flag(options, 'delete-instances', true, place),
    };
  }
  if ((takes === 'db_snapshot' || takes === 'db_cluster_snapshot') && type === 'set-permissions') {
    return Object.keys(options).some((name) => name.startsWith('remove')) ? { kind: 'unshare' } : null;
  }
  if (takes === 'key' && DELETES.has(type)) return { ...PLAIN_DELETION, keyWindowDays: KEY_WINDOW_DAYS_MIN };
  if ((takes === 'key' || takes === 'backup_vault') && /statements|policy/.test(type)) return { kind: 'change_policy' };
  if (DELETES.has(type)) return PLAIN_DELETION;
  return { kind: 'unknown', why: `what the action ${printable(type)} does is not modelled` };
}

function retention(options: JsonObject, place: Place): Treatment {
  const days = memberOf(options, 'days');
  if (typeof days !== 'number' || !Number.isSafeInteger(days) || days < 0) {
    throw misfit(below(place, 'days'), 'expected a whole number of days');
  }
  const enforce = textUnder(options, 'enforce', place) ?? 'min';
  const known = (['min', 'max', 'exact'] as const).find((word) => word === enforce.toLowerCase());
  if (known === undefined) throw misfit(below(place, 'enforce'), 'expected min, max or exact');
  return { kind: 'retain', days, enforce: known };
}

/** `update` is a list of properties with their values; older files have an object. */
function updatesOf(options: JsonObject, place: Place): JsonObject {
  const update = memberOf(options, 'update');
  if (isJsonObject(update)) return update;
  const entries = listUnder(options, 'update', place).map((value, index) => {
    const at = below(below(place, 'update'), index);
    const entry = objectHere(value, at);
    return [textUnder(entry, 'property', at) ?? '', memberOf(entry, 'value')] as const;
  });
  return Object.fromEntries(entries);
}

/** Properties that change what a database is called, or where its backups are kept. */
const RENAMES = /^New|^DBInstanceIdentifier$|^DBClusterIdentifier$|AwsBackup|BackupTarget/;

function modification(attributes: JsonObject, options: JsonObject, place: Place): Treatment | null {
  if (Object.keys(attributes).some((name) => RENAMES.test(name))) {
    return { kind: 'unknown', why: 'it renames databases, and what then bears which name is not worked out' };
  }
  const days = memberOf(attributes, 'BackupRetentionPeriod') ?? null;
  if (days !== null && !(typeof days === 'number' && Number.isSafeInteger(days))) {
    throw misfit(below(place, 'BackupRetentionPeriod'), 'expected a whole number of days');
  }
  const deletionProtection =
    memberOf(attributes, 'DeletionProtection') === undefined
      ? null
      : flag(attributes, 'DeletionProtection', false, place);
  if (days === null && deletionProtection === null) return null;
  const applyImmediately = flag(options, 'immediate', false, place);
  return { kind: 'modify', deletionProtection, retentionDays: days, applyImmediately };
}

/** An action on a resource of a type that is not modelled. */
function foreignNote(name: string, type: string, action: ActionEntry): CleanerNote {
  const address = `${name}: ${printable(action.type)} ${printable(type)}`;
  const runsSomething = /^(?:invoke|webhook|send-command)/.test(action.type);
  if (HARMLESS.has(action.type) || (!runsSomething && !speaksOfDatabases(type))) return { address, why: null };
  return { address, why: 'what this action takes along is not modelled' };
}

function flag(options: JsonObject, name: string, unset: boolean, place: Place): boolean {
  const value = memberOf(options, name) ?? unset;
  if (typeof value === 'boolean') return value;
  throw misfit(below(place, name), 'expected true or false');
}

function printable(word: string): string {
  return /^[\w.-]{1,60}$/.test(word) ? word : 'an unprintable name';
}
