/**
 * aws-nuke: what its config leaves, and what it takes.
 */

import { describe, expect, it } from 'vitest';
import { callsOf, intentOf } from './support.ts';

/** A config of one account with types and filters. */
function config(types: readonly string[], filters = '', more = ''): string {
  const chosen = types.length === 0 ? '' : `resource-types: {includes: [${types.join(', ')}]}\n`;
  return `regions: [global, eu-west-1]\nblocklist: [999999999999]\n${chosen}accounts:\n  123456789012:\n    filters: {${filters}}\n${more}`;
}

const INSTANCES = ['delete_db_instance orders', 'delete_cluster_member courses-0'];

describe('a config of aws-nuke', () => {
  it.each([
    ['RDSInstance', INSTANCES],
    ['RDSDBCluster', ['delete_db_cluster courses']],
    ['RDSCluster', ['delete_db_cluster courses']],
    ['RDSSnapshot', ['delete_db_snapshot orders-manual']],
    ['RDSClusterSnapshot', ['delete_db_cluster_snapshot courses-manual']],
    ['AWSBackupRecoveryPoint', ['delete_recovery_point rp']],
    ['BackupVault', ['delete_backup_vault main']],
    ['AWSBackupVaultAccessPolicy', ['change_vault_policy main']],
    ['AWSBackupPlan', ['stop_future_backups AWSBackupPlan']],
    ['KMSKey', ['schedule_key_deletion 0a1b2c3d']],
    ['RDSDBSubnetGroup', ['delete_prerequisite orders-subnets', 'delete_prerequisite orders-subnets']],
    ['S3Bucket', []],
    ['RDSEventSubscription', []],
    ['CloudFormationStack', ['opaque CloudFormationStack']],
    ['RDSBlueGreenThing', ['opaque RDSBlueGreenThing']],
    ['DocDBCluster', ['opaque DocDBCluster']],
    ['RDS*', ['opaque RDS*']],
  ])('that includes %s takes %j', (type, expected) => {
    expect(callsOf(config([type]))).toEqual(expected);
  });

  it('skips the final snapshot, leaves automated backups to the default of AWS, and does not disarm an instance', () => {
    expect(intentOf(config(['RDSInstance'])).actions[0]).toMatchObject({
      parameters: {
        skipFinalSnapshot: true,
        finalSnapshotId: null,
        deleteAutomatedBackups: null,
        disarmsProtection: false,
      },
    });
  });

  it.each([
    ['settings: {RDSInstance: {DisableDeletionProtection: true}}', true],
    ['settings: {RDSInstance: {DisableDeletionProtection: false}}', false],
    ['feature-flags: {disable-deletion-protection: {RDSInstance: true}}', true],
    ['settings: {EC2Instance: {DisableDeletionProtection: true}}', false],
  ])('with %s disarms an instance: %j', (more, disarmsProtection) => {
    expect(intentOf(config(['RDSInstance'], '', more)).actions[0]).toMatchObject({ parameters: { disarmsProtection } });
  });

  it('disarms clusters, as its older versions do by themselves', () => {
    expect(intentOf(config(['RDSDBCluster'])).actions[0]).toMatchObject({ parameters: { disarmsProtection: true } });
  });

  it('does not empty a vault, and gives a key the shortest wait', () => {
    expect(intentOf(config(['BackupVault'])).actions[0]).toMatchObject({ force: false });
    expect(intentOf(config(['KMSKey'])).actions[0]).toMatchObject({ windowDays: 7 });
  });

  it('without a choice of types takes all, copies first and keys after databases, and is unknown besides', () => {
    const calls = callsOf(config([]));
    expect(calls).toEqual(
      expect.arrayContaining([...INSTANCES, 'delete_db_snapshot orders-manual', 'opaque resource-types']),
    );
    const at = (call: string) => calls.findIndex((other) => other.startsWith(call));
    expect(at('delete_db_snapshot')).toBeLessThan(at('delete_db_instance'));
    expect(at('delete_recovery_point')).toBeLessThan(at('delete_backup_vault'));
    expect(at('delete_db_cluster')).toBeLessThan(at('schedule_key_deletion'));
  });

  it('leaves out what it excludes by its full name only', () => {
    const excluding = (name: string) =>
      callsOf(
        `regions: [eu-west-1]\nblocklist: ['1']\nresource-types: {excludes: [${name}]}\naccounts: {123456789012: {}}`,
      );
    expect(excluding('RDSInstance')).not.toContain('delete_db_instance orders');
    expect(excluding('RDS*')).toContain('delete_db_instance orders');
  });

  it('takes what every list of types names', () => {
    const narrowed = (inner: string) =>
      callsOf(
        `regions: [eu-west-1]\nresource-types: {includes: [RDSInstance, KMSKey]}\naccounts: {123456789012: {resource-types: {targets: [${inner}]}}}`,
      );
    expect(narrowed('KMSKey, S3Bucket')).toEqual(['schedule_key_deletion 0a1b2c3d']);
    expect(narrowed('S3Bucket')).toEqual([]);
  });
});

describe('a filter', () => {
  const taken = (filter: string) =>
    callsOf(config(['RDSInstance'], `RDSInstance: [${filter}]`)).includes('delete_db_instance orders');

  it.each([
    // Spared: it surely matches.
    ['orders', false],
    ['{type: exact, value: orders}', false],
    ['{property: Identifier, value: orders}', false],
    ['{type: contains, value: rde}', false],
    ['{type: prefix, value: or}', false],
    ['{type: suffix, value: ers}', false],
    ['{type: glob, value: "or*s"}', false],
    ['{type: glob, value: "orde?s"}', false],
    ['{type: regex, value: "^ord.+$"}', false],
    ['{property: Engine, value: postgres}', false],
    ['{property: MultiAZ, value: "false"}', false],
    ['{property: "tag:env", value: prod}', false],
    ['{property: InstanceCreateTime, type: dateOlderThan, value: 10000h}', false],
    ['{value: billing, invert: true}', false],
    // Taken: it surely does not.
    ['billing', true],
    ['Orders', true],
    ['{type: glob, value: "o?ers"}', true],
    ['{value: orders, invert: "true"}', true],
    ['{property: "tag:env", value: dev}', true],
    ['{property: "tag:team", value: prod}', true],
    ['{property: InstanceCreateTime, type: dateOlderThan, value: 24h}', true],
    // Taken: nobody understood it.
    ['{type: semver, value: orders}', true],
    ['{property: AvailabilityZone, value: eu-west-1a}', true],
    ['{type: regex, value: "(?i)ORDERS"}', true],
    ['{type: regex, value: "(a+)+$"}', true],
    ['{type: regex, value: "["}', true],
    ['{type: glob, value: "{orders,billing}"}', true],
    ['{value: orders, group: a}', true],
    ['{property: Identifier}', true],
    ['{property: InstanceCreateTime, type: dateOlderThan, value: two days}', true],
    ['{type: semver, value: orders, invert: true}', true],
  ])('%s takes the database: %j', (filter, expected) => {
    expect(taken(filter)).toBe(expected);
  });

  it('stays true of an age only while it holds for a day more', () => {
    // 400 days old: spared by 9625 hours (401 days) for a moment only, by 9650 (402) for longer.
    expect(taken('{property: InstanceCreateTime, type: dateOlderThan, value: 9612h}')).toBe(true);
    expect(taken('{property: InstanceCreateTime, type: dateOlderThan, value: 9650h}')).toBe(false);
  });

  it('of every type, or of a preset, counts too', () => {
    expect(callsOf(config(['RDSInstance'], '__global__: [orders]'))).not.toContain('delete_db_instance orders');
    const preset = `regions: [eu-west-1]\naccounts: {123456789012: {presets: [p]}}\nresource-types: {includes: [RDSInstance]}\npresets: {p: {filters: {RDSInstance: [orders]}}}`;
    expect(callsOf(preset)).toEqual(['delete_cluster_member courses-0']);
  });

  it('of another type spares nothing', () => {
    expect(callsOf(config(['RDSInstance'], 'RDSSnapshot: [orders]'))).toEqual(INSTANCES);
  });

  it('of tags that the inventory does not hold spares nothing', () => {
    expect(callsOf(config(['KMSKey'], 'KMSKey: [{property: "tag:keep", value: "yes"}]'))).toEqual([
      'schedule_key_deletion 0a1b2c3d',
    ]);
  });
});

describe('a name that would disturb a terminal', () => {
  it('is printed on one line', () => {
    expect(JSON.stringify(intentOf(config(['"RDS\\e[2J"'])))).not.toContain('\\u001b');
  });
});

describe('where a config applies', () => {
  const at = (accounts: string, regions: string, blocklist = '999999999999') =>
    callsOf(
      `regions: [${regions}]\nblocklist: [${blocklist}]\naccounts: {${accounts}: {}}\nresource-types: {includes: [RDSInstance]}`,
    );

  it.each([
    ['123456789012', 'eu-west-1', undefined, INSTANCES],
    ['123456789012', 'global', undefined, []],
    // Regions that nobody read.
    ['123456789012', 'us-east-1', undefined, ['opaque 123456789012/us-east-1']],
    ['123456789012', 'eu-west-1, us-east-1', undefined, [...INSTANCES, 'opaque 123456789012/us-east-1']],
    ['123456789012', 'all', undefined, [...INSTANCES, 'opaque regions']],
    // Other accounts than the one that was read.
    ['111111111111', 'eu-west-1', undefined, ['opaque accounts']],
    // The tool refuses the account.
    ['123456789012', 'eu-west-1', '123456789012', []],
  ])('account %s, regions %s, refusing %s: %j', (accounts, regions, blocklist, expected) => {
    expect(at(accounts, regions, blocklist)).toEqual(expected);
  });

  it('keeps the leading zeros of an account', () => {
    const scope = { accountId: '012345678901', region: 'eu-west-1' };
    const text = 'regions: [eu-west-1]\naccounts: {012345678901: {}}\nresource-types: {includes: [S3Bucket]}';
    expect(callsOf(text, { scopes: [scope] })).toEqual([]);
    // A tool that wrote the config as numbers has dropped them.
    expect(callsOf(text.replace('0123', '123'), { scopes: [scope] })).toEqual([]);
    expect(callsOf(text.replace('0123', '9123'), { scopes: [scope] })).toEqual(['opaque accounts']);
  });
});
