/**
 * The config of cloud-nuke: it narrows what goes; a type that it does not name goes whole.
 *
 * Given the parsed config, its scalars as text. The config names neither account nor region: without `--region` every
 * region is emptied, and without `--resource-type` every type, so a part of what it takes is never in it.
 * Source: gruntwork-io/cloud-nuke `docs/configuration.md`, `config/config.go`, `aws/resources/rds.go`,
 * `aws/resources/backup_vault.go`.
 */

import { below, listUnder, misfit, objectHere, objectUnder, type Place, textUnder } from '../document-text.ts';
import { isJsonObject, type JsonObject } from '../terraform/json-text.ts';
import {
  type CleanerNote,
  type CleanerRule,
  type CleanerRules,
  PLAIN_DELETION,
  type Test,
  type ThingKind,
} from './rule.ts';
import { instantIn } from './span.ts';

interface Row {
  /** The key of the config, that of older versions second. */
  readonly names: readonly string[];
  readonly takes: ThingKind;
  /** What `names_regex` looks at. */
  readonly fact: 'identifier' | 'vault' | null;
  readonly treatment: CleanerRule['treatment'];
}

const DISARMING = { ...PLAIN_DELETION, disarmsProtection: true } as const;

const ROWS: readonly Row[] = [
  { names: ['RDSSnapshot', 'RdsSnapshot'], takes: 'db_snapshot', fact: 'identifier', treatment: PLAIN_DELETION },
  { names: ['DBInstances'], takes: 'db_instance', fact: 'identifier', treatment: DISARMING },
  { names: ['DBClusters'], takes: 'db_cluster', fact: 'identifier', treatment: DISARMING },
  {
    names: ['DBGlobalClusterMemberships'],
    takes: 'global_cluster',
    fact: 'identifier',
    treatment: { kind: 'leave_global_cluster' },
  },
  { names: ['DBGlobalClusters'], takes: 'global_cluster', fact: 'identifier', treatment: PLAIN_DELETION },
  {
    names: ['BackupVault'],
    takes: 'backup_vault',
    fact: 'vault',
    treatment: { ...PLAIN_DELETION, emptiesVault: true },
  },
  { names: ['BackupPlan'], takes: 'backup_plan', fact: null, treatment: PLAIN_DELETION },
  // A name here is an alias, which the inventory does not hold; keys without one may be spared or not.
  { names: ['KMSCustomerKeys'], takes: 'key', fact: null, treatment: PLAIN_DELETION },
  { names: ['DBSubnetGroups'], takes: 'subnet_group', fact: 'identifier', treatment: PLAIN_DELETION },
  {
    names: ['RDSParameterGroup', 'RdsParameterGroup'],
    takes: 'parameter_group',
    fact: 'identifier',
    treatment: PLAIN_DELETION,
  },
  { names: ['SecurityGroup'], takes: 'security_group', fact: null, treatment: PLAIN_DELETION },
];

const KNOWN_OPTIONS = [
  'include',
  'exclude',
  'timeout',
  'protect_until_expire',
  'default_only',
  'include_unaliased_keys',
];
const RULE_OPTIONS = ['names_regex', 'time_after', 'time_before', 'tags', 'tags_operator', 'tag', 'tag_value'];

/** True for a config of cloud-nuke: types with what to include and exclude. */
export function isCloudNuke(config: JsonObject): boolean {
  const types = Object.entries(config);
  return (
    types.length > 0 &&
    types.every(
      ([name, value]) =>
        /^[A-Za-z][A-Za-z0-9]*$/.test(name) &&
        isJsonObject(value) &&
        Object.keys(value).some((option) => KNOWN_OPTIONS.includes(option)),
    )
  );
}

/**
 * Reads a config.
 *
 * @throws MusterError of the place.
 */
export function readCloudNuke(config: JsonObject, place: Place): CleanerRules['parts'] {
  // Read them all, so that a mistake in any type is said.
  const tests = new Map(
    Object.entries(config).map(([name, value]) => [
      name,
      testOf(objectHere(value, below(place, name)), below(place, name)),
    ]),
  );
  const rules = ROWS.map(({ names, takes, fact, treatment }): CleanerRule => {
    const [address = '', ...older] = names;
    const name = [address, ...older].find((candidate) => tests.has(candidate));
    const selects = (name === undefined ? undefined : tests.get(name)) ?? testOf({}, place);
    return { address: name ?? address, takes, selects: selects(fact), treatment };
  });
  const everywhere: CleanerNote = {
    address: 'cloud-nuke',
    why: 'what it does in other regions, and to stacks and types that this reader does not know, is not in the config',
  };
  return [{ reach: { accounts: null, refused: [], regions: null }, rules, notes: [everywhere] }];
}

/** What a type selects, once it is known what its names are. */
type Selects = (fact: Row['fact']) => Test;

function testOf(type: JsonObject, place: Place): Selects {
  const [include, exclude] = (['include', 'exclude'] as const).map((name) =>
    partsOf(objectUnder(type, name, place), below(place, name), name),
  );
  const expires = ['true', 'True'].includes(textUnder(type, 'protect_until_expire', place) ?? '');
  return (fact) => ({
    kind: 'all',
    of: [
      ...(include?.(fact) ?? []),
      ...(exclude?.(fact) ?? []).map((of): Test => ({ kind: 'not', of })),
      { kind: 'not', of: tagged('cloud-nuke-excluded', '^true$') },
      ...(expires ? [{ kind: 'not', of: { kind: 'tag_ahead', key: 'cloud-nuke-after' } } as const] : []),
    ],
  });
}

/** One test for each part of an `include` or `exclude`; for an `include` all must hold, for an `exclude` none may. */
function partsOf(rule: JsonObject, place: Place, side: 'include' | 'exclude'): (fact: Row['fact']) => readonly Test[] {
  const names = listUnder(rule, 'names_regex', place).map((item, index) => {
    if (typeof item === 'string') return item;
    throw misfit(below(below(place, 'names_regex'), index), 'expected a regular expression as text');
  });
  const times = (['time_after', 'time_before'] as const).flatMap((name) => {
    const text = textUnder(rule, name, place);
    return text === null ? [] : [createdTest(text, name === 'time_after' ? 'after' : 'before', below(place, name))];
  });
  const tags = tagTests(rule, place);
  const strange = Object.keys(rule).some(
    (name) => !RULE_OPTIONS.includes(name) || name === 'tag' || name === 'tag_value',
  );
  return (fact) => [
    ...(names.length === 0 ? [] : [{ kind: 'any' as const, of: names.map((name) => named(name, fact)) }]),
    ...times,
    ...tags,
    // An exclusion that was not understood spares nothing, and an inclusion leaves out nothing.
    ...(strange && side === 'exclude' ? [{ kind: 'unknown' as const }] : []),
  ];
}

function named(expression: string, fact: Row['fact']): Test {
  if (fact === null) return { kind: 'unknown' };
  return { kind: 'match', fact, pattern: { how: 'regex', text: expression, ignoreCase: false } };
}

function createdTest(text: string, how: 'before' | 'after', place: Place): Test {
  const at = instantIn(text);
  if (at === null) throw misfit(place, 'expected an instant such as 2026-01-31T00:00:00Z');
  return { kind: 'created', how, at };
}

function tagTests(rule: JsonObject, place: Place): readonly Test[] {
  const tags = Object.entries(objectUnder(rule, 'tags', place)).map(([key, value]) => {
    if (typeof value === 'string') return tagged(key, value);
    throw misfit(below(below(place, 'tags'), key), 'expected a regular expression as text');
  });
  if (tags.length === 0) return [];
  const operator = textUnder(rule, 'tags_operator', place) ?? 'OR';
  if (!/^(?:and|or)$/i.test(operator)) throw misfit(below(place, 'tags_operator'), 'expected AND or OR');
  return [{ kind: /^and$/i.test(operator) ? 'all' : 'any', of: tags }];
}

/** The tool puts values in lower case before it matches them, so an expression in another case means something else. */
function tagged(key: string, expression: string): Test {
  if (/[A-Z]/.test(expression)) return { kind: 'unknown' };
  return { kind: 'tag', key, pattern: { how: 'regex', text: expression, ignoreCase: true } };
}
