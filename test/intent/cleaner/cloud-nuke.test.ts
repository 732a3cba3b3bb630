/**
 * cloud-nuke: a type that its config does not name goes whole.
 */

import { describe, expect, it } from 'vitest';
import { aDatabase } from '../../support/builders.ts';
import { callsOf, intentOf, only } from './support.ts';

describe('a config of cloud-nuke', () => {
  it('takes every type that it does not name, empties vaults, and is unknown besides', () => {
    const { actions } = intentOf('S3: {include: {names_regex: [a]}}');
    expect(actions.map(({ kind, target }) => `${kind} ${target.identifier}`)).toEqual([
      'delete_db_snapshot orders-manual',
      'delete_db_instance orders',
      'delete_cluster_member courses-0',
      'delete_db_cluster courses',
      'delete_backup_vault main',
      'stop_future_backups BackupPlan',
      'schedule_key_deletion 0a1b2c3d',
      ...['orders-subnets', 'orders-subnets'].map((name) => `delete_prerequisite ${name}`),
      ...['default.postgres16', 'default.postgres16'].map((name) => `delete_prerequisite ${name}`),
      ...['sg-0orders', 'sg-0orders'].map((name) => `delete_prerequisite ${name}`),
      'opaque cloud-nuke',
    ]);
    expect(actions.find(({ kind }) => kind === 'delete_backup_vault')).toMatchObject({ force: true });
    expect(actions.find(({ kind }) => kind === 'delete_db_instance')).toMatchObject({
      parameters: { skipFinalSnapshot: true, deleteAutomatedBackups: null, disarmsProtection: true },
    });
  });

  const taken = (rules: string) => callsOf(`DBInstances: {${rules}}`).includes('delete_db_instance orders');
  it.each([
    ['include: {names_regex: [^ord]}', true],
    ['include: {names_regex: [^bill, rders$]}', true],
    ['include: {names_regex: [^bill]}', false],
    ['exclude: {names_regex: [^ord]}', false],
    ['exclude: {names_regex: [^bill]}', true],
    ['include: {names_regex: [^ord]}, exclude: {names_regex: [ers$]}', false],
    // Created 400 days before the 23rd of November 2026.
    ['include: {time_after: 2026-01-01T00:00:00Z}', false],
    ['include: {time_after: 2025-01-01T00:00:00Z}', true],
    ['include: {time_before: 2026-01-01T00:00:00Z}', true],
    ['include: {time_before: 2025-01-01T00:00:00Z}', false],
    ['exclude: {time_after: 2025-01-01T00:00:00Z}', false],
    ['exclude: {time_before: 2025-01-01T00:00:00Z}', true],
    ['include: {tags: {env: dev}}', false],
    ['include: {tags: {env: prod}}', true],
    ['exclude: {tags: {env: prod}}', false],
    ['exclude: {tags: {env: prod, team: a}}', false],
    ['exclude: {tags: {env: prod, team: a}, tags_operator: AND}', true],
    ['include: {tags: {env: prod, team: a}, tags_operator: AND}', false],
    // Not surely understood: an exclusion spares nothing, an inclusion leaves nothing out.
    ['exclude: {names_regex: ["(?i)orders"]}', true],
    ['include: {names_regex: ["(?i)nothing"]}', true],
    ['exclude: {tags: {env: Prod}}', true],
    ['include: {tag: keep}', true],
    ['exclude: {time_after: 2025-01-01T00:00:00+02:00}', false],
    ['timeout: 1h', true],
  ])('{%s} takes the database: %j', (rules, expected) => {
    expect(taken(rules)).toBe(expected);
  });

  const tagged = (tags: Record<string, string>, rules: string) =>
    callsOf(`DBInstances: {${rules}}`, only(aDatabase({ tags }))).includes('delete_db_instance orders');
  it.each([
    [{ 'cloud-nuke-excluded': 'true' }, 'timeout: 1h', false],
    [{ 'cloud-nuke-excluded': 'false' }, 'timeout: 1h', true],
    [{ 'cloud-nuke-after': '2027-01-01T00:00:00Z' }, 'protect_until_expire: true', false],
    [{ 'cloud-nuke-after': '2026-01-01T00:00:00Z' }, 'protect_until_expire: true', true],
    // It ends within the day in which the config may still be run.
    [{ 'cloud-nuke-after': '2026-11-23T23:00:00Z' }, 'protect_until_expire: true', true],
    // Older versions ask for it.
    [{ 'cloud-nuke-after': '2027-01-01T00:00:00Z' }, 'timeout: 1h', true],
  ])('with the tags %j and {%s} takes the database: %j', (tags, rules, expected) => {
    expect(tagged(tags, rules)).toBe(expected);
  });

  it('the tag that spares, spares when the config does not name the type as well', () => {
    const calls = callsOf('S3: {timeout: 1h}', only(aDatabase({ tags: { 'cloud-nuke-excluded': 'true' } })));
    expect(calls).not.toContain('delete_db_instance orders');
  });

  it('knows the names of older versions', () => {
    expect(callsOf('RdsSnapshot: {exclude: {names_regex: [manual]}}')).not.toContain(
      'delete_db_snapshot orders-manual',
    );
  });

  it('spares no key by a name, which is that of an alias', () => {
    expect(callsOf('KMSCustomerKeys: {exclude: {names_regex: [.*]}}')).toContain('schedule_key_deletion 0a1b2c3d');
  });
});
