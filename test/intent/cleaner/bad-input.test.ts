/**
 * Texts that no cleaner takes, and secrets in those that one does.
 */

import { describe, expect, it } from 'vitest';
import { intentOf, refusal } from './support.ts';

const nuke = (account: string, more = '') => `regions: [eu-west-1]\naccounts:\n  123456789012: ${account}\n${more}`;
const custodian = (body: string) => `policies:\n- {name: p, resource: aws.rds, ${body}}`;

describe('a text that cannot be read', () => {
  it.each([
    ['', 'config.yaml: empty; expected the config of aws-nuke (regions and accounts) or cloud-nuke'],
    ['a: [', 'config.yaml:1: not YAML or JSON'],
    ['a: 1\na: 2', 'config.yaml:2: a key occurs twice'],
    ['- a', 'the document: expected an object'],
    ['a: 1', 'expected the config of aws-nuke'],
    ['version: 1\ndefaults: {}', 'expected the config of aws-nuke'],
    [`${nuke('{}')}---\na: 1`, 'expected one document'],
    ['regions: [eu-west-1]\nresource-types: {}', 'accounts: names none'],
    [nuke('{}').replace('123456789012', 'prod'), 'accounts.prod: expected an account id of twelve digits'],
    [nuke('7'), 'accounts.123456789012: expected an object'],
    [nuke('{filters: [a]}'), 'filters: expected an object'],
    [nuke('{filters: {RDSInstance: orders}}'), 'filters.RDSInstance: expected a list of filters'],
    [nuke('{filters: {RDSInstance: [[a]]}}'), 'filters.RDSInstance[0]: expected text, or an object'],
    [nuke('{presets: [common]}'), 'presets: names a preset that the config does not have'],
    [nuke('{}', 'resource-types: {includes: RDSInstance}'), 'resource-types.includes: expected a list'],
    [nuke('{}', 'resource-types: {includes: [[a]]}'), 'resource-types.includes[0]: expected text'],
    ['regions: eu-west-1\naccounts: {123456789012: {}}', 'regions: expected a list'],
    ['DBInstances: {include: [a]}', 'DBInstances.include: expected an object'],
    ['DBInstances: {include: {names_regex: a}}', 'DBInstances.include.names_regex: expected a list'],
    ['DBInstances: {include: {names_regex: [[a]]}}', 'names_regex[0]: expected a regular expression as text'],
    ['DBInstances: {exclude: {time_after: yesterday}}', 'time_after: expected an instant such as'],
    ['DBInstances: {exclude: {tags: {a: [b]}}}', 'tags.a: expected a regular expression as text'],
    ['DBInstances: {exclude: {tags: {a: b}, tags_operator: XOR}}', 'tags_operator: expected AND or OR'],
    ['policies: [a]', 'policies[0]: expected an object'],
    ['policies: [{resource: aws.rds}]', 'policies[0].name: missing'],
    ['policies: [{name: p}]', 'policies[0].resource: missing; expected such as aws.rds'],
    [custodian('actions: delete'), 'policies[0].actions: expected a list'],
    [custodian('actions: [{days: 1}]'), 'actions[0].type: missing; expected such as delete'],
    [custodian('actions: [{type: delete, skip-snapshot: maybe}]'), 'skip-snapshot: expected true or false'],
    [custodian('actions: [{type: retention}]'), 'actions[0].days: expected a whole number of days'],
    [custodian('actions: [{type: retention, days: 1, enforce: often}]'), 'enforce: expected min, max or exact'],
    [
      custodian('actions: [{type: modify-db, update: [{property: BackupRetentionPeriod, value: x}]}]'),
      'BackupRetentionPeriod: expected',
    ],
  ])('%# is refused with a word on where and what', (text, expected) => {
    expect(refusal(text)).toContain(expected);
  });
});

describe('a secret', () => {
  const CANARY = 'CANARY-clean-3f';
  it.each([
    nuke(
      `{filters: {RDSInstance: [{property: "tag:token", value: ${CANARY}}]}}`,
      `token: ${CANARY}\nsettings: {X: {password: ${CANARY}}}`,
    ),
    `DBInstances: {include: {names_regex: [${CANARY}, orders]}}`,
    custodian(
      `filters: [{"tag:token": ${CANARY}}, {type: ${CANARY}}], actions: [delete, {type: webhook, url: ${CANARY}}]`,
    ),
    custodian(`actions: [{type: modify-db, update: [{property: MasterUserPassword, value: ${CANARY}}]}]`),
  ])('of a config is in nothing that is read from it (%#)', (text) => {
    expect(JSON.stringify(intentOf(text))).not.toContain('CANARY');
  });

  it.each([
    CANARY,
    `a: ${CANARY}\n ${CANARY}: [`,
    nuke(`{filters: {RDSInstance: ${CANARY}}}`),
    nuke(`{presets: [${CANARY}]}`),
    `DBInstances: {exclude: {time_after: ${CANARY}}}`,
    custodian(`actions: [{type: retention, days: ${CANARY}}]`),
  ])('of a text is not in the error about it (%#)', (text) => {
    expect(refusal(text)).not.toContain('CANARY');
  });
});
