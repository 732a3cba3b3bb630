/**
 * Policy files that are refused: each with file, line, column, key, what stands there and what is accepted.
 *
 * The messages are written out, since they are what a person has to go by.
 */

import { expect, it } from 'vitest';
import { MusterError } from '../../src/core/errors.ts';
import { parsePolicy } from '../../src/policy/schema.ts';

const KEYS =
  'dataLossMax, restoreTimeMax, survivors, afterLoss, restoreProof, proofAgeMax, proofGrade, detectionTime, retentionMin';
const FILE_KEYS = 'version, defaults, environments, databases, waivers, inventoryAgeMax, verdictAgeMax';
const CLASSES = 'outsidePlan, outsidePrincipal, otherRegion, otherAccount';
const LOSSES =
  'snapshots_purged, vaults_emptied, key_disabled, key_deletion_scheduled, key_destroyed, everything_deletable, region_lost, account_lost, bad_write, time_passes';
const CLAIMS = 'snapshot, pitr, vault, copy';
const SELECTOR_KEYS = 'identifier, engine, account, region, environment, tags';
const DURATION = 'a duration such as 90s, 15m, 24h or 30d';
const NAME = 'a name of letters, digits, - and _ that begins with a letter, at most 40 characters';
const ACCOUNT = 'an account id of twelve digits, in quotes as in "111122223333"';
const ACCOUNTS = 'a list of at least one account id, each in quotes as in "111122223333"';

const defaults = (values: string) => `version: 1\ndefaults: { ${values} }`;
const production = (values: string) => `version: 1\nenvironments:\n  production: { ${values} }`;
const match = (selector: string) => `version: 1\ndatabases:\n  - match: ${selector}\n    dataLossMax: 1h`;

const BAD_FILES: readonly (readonly [text: string, message: string])[] = [
  ['version: 2', 'p:1:10: version: 2, expected 1'],
  ['', `p:1:1: the file: nothing, expected a mapping with keys out of ${FILE_KEYS}`],
  ['hello', `p:1:1: the file: "hello", expected a mapping with keys out of ${FILE_KEYS}`],
  ['- a', `p:1:1: the file: a list, expected a mapping with keys out of ${FILE_KEYS}`],
  ['version: "1"', 'p:1:10: version: "1", expected 1'],
  ['version: 1\nrpo: 1h', `p:2:1: the file: the key "rpo" is unknown, expected one of ${FILE_KEYS}`],
  ['version: 1\nversion: 1', 'p:2:1: not YAML (duplicate_key)'],
  ['version: 1\n  x: y: z', 'p:1:10: not YAML (block_as_implicit_key)'],
  ['version: 1\ndefaults: strict', `p:2:11: defaults: "strict", expected a mapping with keys out of ${KEYS}`],
  [defaults('dataLossMax: soon'), `p:2:26: defaults.dataLossMax: "soon", expected ${DURATION}`],
  [defaults('dataLossMax: 90'), `p:2:26: defaults.dataLossMax: 90, expected ${DURATION}`],
  [
    defaults('dataLossMax: 0s'),
    'p:2:26: defaults.dataLossMax: "0s"; it must be longer than 0s: nothing can ever meet that',
  ],
  [
    defaults('dataLossMax: 3651d'),
    'p:2:26: defaults.dataLossMax: "3651d", expected a duration of at most 3650d (ten years)',
  ],
  [defaults('dataLossMax: null'), `p:2:26: defaults.dataLossMax: nothing, expected ${DURATION}`],
  [defaults('dataLossMax: 1.5h'), `p:2:26: defaults.dataLossMax: "1.5h", expected ${DURATION}`],
  [defaults('dataLossMax: -1h'), `p:2:26: defaults.dataLossMax: "-1h", expected ${DURATION}`],
  [
    defaults(`dataLossMax: ${'9'.repeat(400)}d`),
    `p:2:26: defaults.dataLossMax: "${'9'.repeat(59)}… (403 characters), expected a duration of at most 3650d (ten years)`,
  ],
  [defaults('dataLossMax: 2w'), `p:2:26: defaults.dataLossMax: "2w", expected ${DURATION}`],
  [
    defaults('restoreTimeMax: 0m'),
    'p:2:29: defaults.restoreTimeMax: "0m"; it must be longer than 0s: nothing can ever meet that',
  ],
  [
    defaults('restoreTimeMax: never'),
    `p:2:29: defaults.restoreTimeMax: "never", expected ${DURATION}, or null for none`,
  ],
  [
    defaults('survivorsOutsidePlan: 2'),
    `p:2:13: defaults: the key "survivorsOutsidePlan" is unknown, expected one of ${KEYS}`,
  ],
  [defaults('survivors: 2'), `p:2:24: defaults.survivors: 2, expected a mapping with keys out of ${CLASSES}`],
  [defaults('survivors: {}'), `p:2:24: defaults.survivors: a mapping, expected at least one of ${CLASSES}`],
  [
    defaults('survivors: { outsidePlan: 0 }'),
    'p:2:39: defaults.survivors.outsidePlan: 0, expected a whole number from 1 to 10',
  ],
  [
    defaults('survivors: { outsidePlan: 11 }'),
    'p:2:39: defaults.survivors.outsidePlan: 11, expected a whole number from 1 to 10',
  ],
  [
    defaults('survivors: { otherRegion: -1 }'),
    'p:2:39: defaults.survivors.otherRegion: -1, expected a whole number from 0 to 10',
  ],
  [
    defaults('survivors: { otherRegion: 1.5 }'),
    'p:2:39: defaults.survivors.otherRegion: 1.5, expected a whole number from 0 to 10',
  ],
  [
    defaults('survivors: { otherAccount: two }'),
    'p:2:40: defaults.survivors.otherAccount: "two", expected a whole number from 0 to 10',
  ],
  [
    defaults('survivors: { other_region: 1 }'),
    `p:2:26: defaults.survivors: the key "other_region" is unknown, expected one of ${CLASSES}`,
  ],
  [
    defaults('afterLoss: region_lost'),
    `p:2:24: defaults.afterLoss: "region_lost", expected a mapping with keys out of ${LOSSES}`,
  ],
  [
    defaults('afterLoss: { database_deleted: 1 }'),
    `p:2:26: defaults.afterLoss: the key "database_deleted" is unknown, expected one of ${LOSSES}`,
  ],
  [
    defaults('afterLoss: { region_lost: yes }'),
    'p:2:39: defaults.afterLoss.region_lost: "yes", expected a whole number from 0 to 10',
  ],
  [defaults('afterLoss: {}'), `p:2:24: defaults.afterLoss: a mapping, expected at least one of ${LOSSES}`],
  [
    defaults('restoreProof: maybe'),
    `p:2:27: defaults.restoreProof: "maybe", expected required or advisory, or a mapping of ${CLAIMS}`,
  ],
  [
    defaults('restoreProof: true'),
    `p:2:27: defaults.restoreProof: true, expected required or advisory, or a mapping of ${CLAIMS}`,
  ],
  [
    defaults('restoreProof: [required]'),
    `p:2:27: defaults.restoreProof: a list, expected a mapping with keys out of ${CLAIMS}`,
  ],
  [
    defaults('restoreProof: { snapshots: required }'),
    `p:2:29: defaults.restoreProof: the key "snapshots" is unknown, expected one of ${CLAIMS}`,
  ],
  [
    defaults('restoreProof: { pitr: optional }'),
    'p:2:35: defaults.restoreProof.pitr: "optional", expected required or advisory',
  ],
  [defaults('restoreProof: {}'), `p:2:27: defaults.restoreProof: a mapping, expected at least one of ${CLAIMS}`],
  [
    defaults('restoreProof:'),
    `p:2:27: defaults.restoreProof: nothing, expected required or advisory, or a mapping of ${CLAIMS}`,
  ],
  [
    defaults('proofAgeMax: 0d'),
    'p:2:26: defaults.proofAgeMax: "0d"; it must be longer than 0s: nothing can ever meet that',
  ],
  [
    defaults('proofAgeMax: { vault: 0s }'),
    'p:2:35: defaults.proofAgeMax.vault: "0s"; it must be longer than 0s: nothing can ever meet that',
  ],
  [defaults('proofAgeMax: { vault: 90 }'), `p:2:35: defaults.proofAgeMax.vault: 90, expected ${DURATION}`],
  [
    defaults('proofAgeMax: 11y'),
    `p:2:26: defaults.proofAgeMax: "11y", expected ${DURATION}, or a mapping of ${CLAIMS}`,
  ],
  [
    defaults('proofAgeMax: { copy: 4000d }'),
    'p:2:34: defaults.proofAgeMax.copy: "4000d", expected a duration of at most 3650d (ten years)',
  ],
  [
    defaults('proofGrade: exists'),
    'p:2:25: defaults.proofGrade: "exists", expected one of restored, queried, compared',
  ],
  [defaults('detectionTime: late'), `p:2:28: defaults.detectionTime: "late", expected ${DURATION}`],
  [
    defaults('detectionTime: 8d, retentionMin: 7d'),
    'p:2:28: defaults.detectionTime: "8d"; it must be no longer than retentionMin beside it, 7 d: what ends sooner than it takes to notice is of no use',
  ],
  [
    defaults('retentionMin: forever'),
    `p:2:27: defaults.retentionMin: "forever", expected ${DURATION}, or null for none`,
  ],
  [production(''), `p:3:15: environments.production.accounts: missing, expected ${ACCOUNTS}`],
  [production('accounts: []'), `p:3:27: environments.production.accounts: a list, expected ${ACCOUNTS}`],
  [
    production('accounts: "111122223333"'),
    `p:3:27: environments.production.accounts: "111122223333", expected ${ACCOUNTS}`,
  ],
  [
    production('accounts: [111122223333]'),
    `p:3:28: environments.production.accounts.0: 111122223333, expected ${ACCOUNT}`,
  ],
  [
    production('accounts: [011122223333]'),
    `p:3:28: environments.production.accounts.0: 11122223333, expected ${ACCOUNT}`,
  ],
  [
    production('accounts: ["1111-2222-3333"]'),
    `p:3:28: environments.production.accounts.0: "1111-2222-3333", expected ${ACCOUNT}`,
  ],
  [
    production('accounts: ["111122223333"], sandbox: maybe'),
    'p:3:54: environments.production.sandbox: "maybe", expected true or false',
  ],
  [
    production('accounts: ["111122223333"], sandbox: yes'),
    'p:3:54: environments.production.sandbox: "yes", expected true or false',
  ],
  [
    production('accounts: ["111122223333"], region: eu-west-1'),
    `p:3:45: environments.production: the key "region" is unknown, expected one of accounts, sandbox, ${KEYS}`,
  ],
  [
    production('accounts: ["111122223333"], dataLossMax: 0s'),
    'p:3:58: environments.production.dataLossMax: "0s"; it must be longer than 0s: nothing can ever meet that',
  ],
  [
    production('accounts: ["111122223333"], detectionTime: 2h, retentionMin: 1h'),
    'p:3:60: environments.production.detectionTime: "2h"; it must be no longer than retentionMin beside it, 1 h: what ends sooner than it takes to notice is of no use',
  ],
  [
    production('accounts: ["111122223333", "111122223333"]'),
    'p:3:44: environments.production.accounts.1: "111122223333"; each account must be named once: environments.production has it already',
  ],
  [
    production('accounts: ["111122223333"] }\n  staging: { accounts: ["444455556666", "111122223333"]'),
    'p:4:41: environments.staging.accounts.1: "111122223333"; each account must be named once: environments.production has it already',
  ],
  [
    'version: 1\nenvironments: all',
    'p:2:15: environments: "all", expected a mapping of names to environments, each with its accounts',
  ],
  [
    'version: 1\nenvironments: null',
    'p:2:15: environments: nothing, expected a mapping of names to environments, each with its accounts',
  ],
  [
    match('{ tags: tier }'),
    'p:3:20: databases.0.match.tags: "tier", expected a mapping of at least one tag to its value',
  ],
  [
    match('{ tags: null }'),
    'p:3:20: databases.0.match.tags: nothing, expected a mapping of at least one tag to its value',
  ],
  [
    match(`{ identifier: ${'a'.repeat(256)} }`),
    `p:3:26: databases.0.match.identifier: "${'a'.repeat(59)}… (258 characters), expected an identifier such as orders-*`,
  ],
  [
    'version: 1\nenvironments: [production]',
    'p:2:15: environments: a list, expected a mapping of names to environments, each with its accounts',
  ],
  [
    'version: 1\nenvironments: { my prod: { accounts: ["111122223333"] } }',
    `p:2:17: environments: the key "my prod" is unknown, expected ${NAME}`,
  ],
  [
    'version: 1\nenvironments: { __proto__: { accounts: ["111122223333"] } }',
    `p:2:17: environments: the key "__proto__" is unknown, expected ${NAME}`,
  ],
  [
    'version: 1\nenvironments: { 2: { accounts: ["111122223333"] } }',
    `p:2:17: environments: the key "2" is unknown, expected ${NAME}`,
  ],
  [
    'version: 1\ndatabases: { match: {} }',
    'p:2:12: databases: a mapping, expected a list of overrides, each with match',
  ],
  [
    'version: 1\ndatabases: [{ dataLossMax: 1h }]',
    `p:2:13: databases.0.match: missing, expected a mapping with keys out of ${SELECTOR_KEYS}`,
  ],
  [
    'version: 1\ndatabases: [orders]',
    `p:2:13: databases.0: "orders", expected a mapping with keys out of match, ${KEYS}`,
  ],
  [match('{}'), `p:3:12: databases.0.match: a mapping, expected at least one of ${SELECTOR_KEYS}`],
  [match('orders'), `p:3:12: databases.0.match: "orders", expected a mapping with keys out of ${SELECTOR_KEYS}`],
  [match('{ identifier: "" }'), 'p:3:26: databases.0.match.identifier: "", expected an identifier such as orders-*'],
  [match('{ identifier: 7 }'), 'p:3:26: databases.0.match.identifier: 7, expected an identifier such as orders-*'],
  [
    match('{ identifier: "a\\eb" }'),
    'p:3:26: databases.0.match.identifier: "a\\u001bb", expected an identifier such as orders-*',
  ],
  [match('{ name: orders }'), `p:3:14: databases.0.match: the key "name" is unknown, expected one of ${SELECTOR_KEYS}`],
  [match('{ account: 111122223333 }'), `p:3:23: databases.0.match.account: 111122223333, expected ${ACCOUNT}`],
  [match('{ account: "1234" }'), `p:3:23: databases.0.match.account: "1234", expected ${ACCOUNT}`],
  [
    match('{ region: Frankfurt }'),
    'p:3:22: databases.0.match.region: "Frankfurt", expected a region such as eu-central-1',
  ],
  [
    match('{ environment: production }'),
    'p:3:27: databases.0.match.environment: "production", expected one that is declared under environments; none is',
  ],
  [
    match('{ tags: { } }'),
    'p:3:20: databases.0.match.tags: a mapping, expected a mapping of at least one tag to its value',
  ],
  [
    match('{ tags: { tier: 1 } }'),
    'p:3:28: databases.0.match.tags.tier: 1, expected a text, in quotes where it reads as something else',
  ],
  [
    match('{ tags: [a] }'),
    'p:3:20: databases.0.match.tags: a list, expected a mapping of at least one tag to its value',
  ],
  [match('{ engine: null }'), 'p:3:22: databases.0.match.engine: nothing, expected an engine such as postgres'],
  [
    'version: 1\nenvironments: { staging: { accounts: ["111122223333"] }, production: { accounts: ["444455556666"] } }\ndatabases:\n  - { match: { environment: prod }, dataLossMax: 1h }',
    'p:4:29: databases.0.match.environment: "prod", expected one of staging, production',
  ],
  [
    'version: 1\ndatabases:\n  - match: { engine: postgres }',
    `p:3:5: databases.0: a mapping, expected beside match at least one of ${KEYS}`,
  ],
  [
    'version: 1\ndatabases:\n  - match: { engine: postgres }\n    detectionTime: 40d\n    retentionMin: 35d',
    'p:4:20: databases.0.detectionTime: "40d"; it must be no longer than retentionMin beside it, 35 d: what ends sooner than it takes to notice is of no use',
  ],
  ['version: 1\ninventoryAgeMax: 1', `p:2:18: inventoryAgeMax: 1, expected ${DURATION}`],
  [
    'version: 1\nverdictAgeMax: 4000d',
    'p:2:16: verdictAgeMax: "4000d", expected a duration of at most 3650d (ten years)',
  ],
];

it.each(BAD_FILES)('a policy that reads %j is refused with its place', (text, message) => {
  expect(messageOf(text)).toBe(message);
});

function messageOf(text: string): string {
  try {
    parsePolicy(text, 'p');
  } catch (error) {
    expect(error).toBeInstanceOf(MusterError);
    expect((error as MusterError).code).toBe('MUSTER_POLICY_INVALID');
    return (error as MusterError).message;
  }
  return 'accepted';
}
