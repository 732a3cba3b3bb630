/**
 * From AWS Backup's and KMS's shapes to Muster's: locks, what a vault holds, keys. Items are as the SDK builds them.
 */

import { describe, expect, it } from 'vitest';
import { backupVault, keyMetadata, vaultItem } from '../../../src/adapters/aws/schema.ts';
import { toKey, toVault, toVaultPoint } from '../../../src/adapters/aws/to-vault.ts';
import { at, SCOPE } from '../../support/aws-observations.ts';

const RDS = `arn:aws:rds:${SCOPE.region}:${SCOPE.accountId}`;
const NOW = at('2026-02-26T21:00:00Z');

describe('a vault', () => {
  const vault = (fields: object = {}) =>
    toVault(SCOPE, backupVault.parse({ BackupVaultName: 'v', BackupVaultArn: 'arn:v', Locked: true, ...fields }), NOW);

  it.each([
    ['not at all when it says so', { Locked: false }, 'none'],
    ['in governance without a date', {}, 'governance'],
    ['in compliance from its date on', { LockDate: new Date('2026-02-26T21:00:00Z') }, 'compliance'],
    ['in its grace time before that', { LockDate: new Date('2026-02-26T21:00:01Z') }, 'compliance_grace'],
    ['in compliance when air-gapped', { Locked: false, VaultType: 'LOGICALLY_AIR_GAPPED_BACKUP_VAULT' }, 'compliance'],
  ])('is locked %s', (_, fields, lock) => {
    expect(vault(fields).lock).toBe(lock);
  });

  const point = (fields: object, vaultFields: object = {}) =>
    toVaultPoint(
      SCOPE,
      vault(vaultFields),
      vaultItem.parse({
        RecoveryPointArn: `${RDS}:snapshot:awsbackup:job-1`,
        ResourceArn: `${RDS}:db:orders`,
        ResourceType: 'RDS',
        Status: 'COMPLETED',
        ...fields,
      }),
    );

  it.each([
    ['a snapshot', {}, {}, 'backup_snapshot'],
    ['a copy from another vault', { SourceBackupVaultArn: 'arn:other' }, {}, 'backup_copy'],
    [
      'a copy out of reach when the vault is air-gapped',
      { SourceBackupVaultArn: 'arn:other' },
      { VaultType: 'LOGICALLY_AIR_GAPPED_BACKUP_VAULT' },
      'air_gapped_copy',
    ],
    [
      "the database's own PITR when continuous",
      { RecoveryPointArn: 'arn:aws:backup:eu-west-1:111122223333:recovery-point:continuous:db-orders-1' },
      {},
      'backup_continuous',
    ],
  ])('holds %s', (_, fields, vaultFields, kind) => {
    expect(point(fields, vaultFields).kind).toBe(kind);
  });

  it.each([
    [
      'as AWS Backup worked it out',
      { CalculatedLifecycle: { DeleteAt: new Date('2026-03-03T00:00:00Z') } },
      '2026-03-03',
    ],
    ['by the days of its lifecycle where AWS Backup did not', {}, '2026-03-08'],
    ['never where its lifecycle says so', { Lifecycle: { DeleteAfterDays: -1 } }, undefined],
    ['never without a lifecycle', { Lifecycle: undefined }, undefined],
    ['at once where it goes with an event', { Lifecycle: { DeleteAfterEvent: 'DELETE_AFTER_COPY' } }, '2026-02-01'],
    [
      'at once where an event may come before its day',
      {
        Lifecycle: { DeleteAfterDays: 35, DeleteAfterEvent: 'DELETE_AFTER_COPY' },
        CalculatedLifecycle: { DeleteAt: new Date('2026-03-08T00:00:00Z') },
      },
      '2026-02-01',
    ],
    ['long ago where nobody knows from when its days count', { CreationDate: undefined }, '1970-02-05'],
  ])('ends a point %s', (_, fields, day) => {
    const lived = { CreationDate: new Date('2026-02-01T00:00:00Z'), Lifecycle: { DeleteAfterDays: 35 }, ...fields };
    expect(point(lived).expiresAt?.slice(0, 10)).toBe(day);
  });

  it('says which vault a copy came from', () => {
    expect(point({ SourceBackupVaultArn: 'arn:other' }).copiedFrom).toBe('arn:other');
    expect(point({ SourceBackupVaultArn: '' }).copiedFrom).toBeNull();
  });

  it('gives a point the id of the snapshot beneath it and its end', () => {
    const lifecycle = {
      Lifecycle: { DeleteAfterDays: 35 },
      CalculatedLifecycle: { DeleteAt: new Date('2026-04-01T05:00:00Z') },
    };
    expect(point(lifecycle)).toMatchObject({
      id: 'awsbackup:job-1',
      status: 'completed',
      retentionDays: 35,
      expiresAt: '2026-04-01T05:00:00.000Z',
    });
  });

  it('lends its key to no point that is not encrypted', () => {
    expect(point({ EncryptionKeyArn: 'arn:key', IsEncrypted: false }).keyArn).toBeNull();
    expect(point({ EncryptionKeyArn: 'arn:key', IsEncrypted: true }).keyArn).toBe('arn:key');
  });
});

it('a key to be deleted shows when', () => {
  const metadata = keyMetadata.parse({
    Arn: 'arn:aws:kms:us-east-1:999988887777:key/k',
    KeyState: 'PendingDeletion',
    KeyManager: 'CUSTOMER',
    DeletionDate: new Date('2026-03-05T00:00:00Z'),
  });
  expect(toKey(SCOPE, metadata)).toEqual({
    accountId: '999988887777',
    region: 'us-east-1',
    arn: 'arn:aws:kms:us-east-1:999988887777:key/k',
    state: 'pending_deletion',
    manager: 'customer',
    deletionAt: '2026-03-05T00:00:00.000Z',
  });
});

it('a key ends with the material that was imported into it, or when its deletion is due, whichever is sooner', () => {
  const ends = (fields: object) =>
    toKey(
      SCOPE,
      keyMetadata.parse({
        Arn: 'arn:aws:kms:eu-west-1:1:key/k',
        KeyState: 'Enabled',
        KeyManager: 'CUSTOMER',
        ...fields,
      }),
    ).deletionAt?.slice(0, 10) ?? null;
  const [soon, late] = [new Date('2026-03-01T00:00:00Z'), new Date('2026-03-05T00:00:00Z')];
  expect(ends({})).toBeNull();
  expect(ends({ ValidTo: soon })).toBe('2026-03-01');
  expect(ends({ ValidTo: soon, DeletionDate: late })).toBe('2026-03-01');
  expect(ends({ ValidTo: late, DeletionDate: soon })).toBe('2026-03-01');
});
