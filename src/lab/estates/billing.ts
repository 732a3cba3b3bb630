/**
 * The well-kept neighbour: an instance whose backups would survive.
 *
 * Multi-AZ, encrypted with a customer managed key, fourteen days of automated backups, deletion protection, a recent
 * manual snapshot, and an AWS Backup recovery point in a vault whose compliance lock is past its date.
 * Identifiers and rows are made up.
 */

import { addDays, addSeconds, type Instant } from '../../core/time.ts';
import { defaultOptionGroup, defaultParameterGroup, INSTANCE_SETTINGS } from '../rds/defaults.ts';
import { nextDaily, systemSnapshotName } from '../windows.ts';
import type { EstateInput, Instance, Key, Snapshot, Vault, VolumeSeed } from '../world.ts';

const NAME = 'billing-production';
const BACKUP_WINDOW = '01:10-01:40';
const LIVE_VOLUME = 'vol-billing-live';
const KEY_ID = '7c3d1f52-6f0a-4c1e-9d38-2b5e0a9f4c11';
const VAULT_KEY_ID = '1f9a0c7e-52d4-4b6c-8a57-90be3dd1c6a2';

/** An estate with the billing database added. */
export function withBilling(estate: EstateInput, at: Instant): EstateInput {
  const { scope } = estate.place;
  const arn = (keyId: string) => `arn:aws:kms:${scope.region}:${scope.accountId}:key/${keyId}`;
  const instance = billingInstance(at, arn(KEY_ID));
  const daily = Array.from({ length: 4 }, (_, day) => addDays(nextDaily(BACKUP_WINDOW, at), -1 - day));
  const manualAt = addDays(at, -3);
  const backupAt = addDays(nextDaily('05:00-06:00', at), -1);
  const job = 'awsbackup:job-5f2c8a9e-7b1d-4e3f-a0c6-d94b8e7f1a23';
  const snapshots = [
    ...daily.map((taken) => snapshotOf(instance, systemSnapshotName(NAME, taken), 'automated', taken)),
    snapshotOf(instance, 'billing-production-before-2026-migration', 'manual', manualAt),
    snapshotOf(instance, job, 'awsbackup', backupAt),
  ];
  const vault: Vault = {
    name: 'billing-vault',
    createdAt: addDays(at, -400),
    keyArn: arn(VAULT_KEY_ID),
    locked: true,
    lockAt: addDays(at, -390),
    retentionDaysMin: 30,
    retentionDaysMax: 400,
    recoveryPoints: [
      {
        arn: `arn:aws:rds:${scope.region}:${scope.accountId}:snapshot:${job}`,
        resourceArn: `arn:aws:rds:${scope.region}:${scope.accountId}:db:${NAME}`,
        resourceType: 'RDS',
        resourceName: NAME,
        createdAt: backupAt,
        completedAt: addSeconds(backupAt, 780),
        deleteAt: addDays(backupAt, 90),
        deleteAfterDays: 90,
        // RDS recovery points are encrypted with the database's key, not the vault's.
        keyArn: arn(KEY_ID),
        sizeBytes: 107_374_182_400,
      },
    ],
  };
  const seeds = snapshots.map((snapshot) => [snapshot.volumeId, billingSeed(at, snapshot.databaseAt)] as const);
  return {
    place: {
      ...estate.place,
      instances: [...estate.place.instances, instance],
      snapshots: [...estate.place.snapshots, ...snapshots],
      keys: [...estate.place.keys, key(KEY_ID, 'alias/billing', at), key(VAULT_KEY_ID, 'alias/backup-vault', at)],
      vaults: [...estate.place.vaults, vault],
    },
    volumes: { ...estate.volumes, [LIVE_VOLUME]: billingSeed(at, at), ...Object.fromEntries(seeds) },
  };
}

function billingInstance(at: Instant, kmsKeyArn: string): Instance {
  const createdAt = addDays(at, -820);
  return {
    identifier: NAME,
    resourceId: 'db-Q7XK2MZV4TLHBS6EJ3RDAYWNCF',
    clusterResourceId: null,
    engine: 'postgres',
    engineVersion: '16.6',
    status: 'available',
    statusEndsAt: null,
    createdAt,
    volumeId: LIVE_VOLUME,
    masterUsername: 'billing_admin',
    databaseName: 'billing',
    port: 5432,
    kmsKeyArn,
    retentionDays: 14,
    windowStartsAt: addSeconds(createdAt, 900),
    systemSnapshotDueAt: nextDaily(BACKUP_WINDOW, at),
    deletionProtection: true,
    subnetGroup: 'default',
    securityGroupIds: ['sg-0b1d5c9e2f4a68735'],
    parameterGroup: defaultParameterGroup('postgres', '16.6'),
    optionGroup: defaultOptionGroup('postgres', '16.6'),
    availabilityZone: 'eu-west-1b',
    instanceClass: 'db.m6g.large',
    settings: {
      ...INSTANCE_SETTINGS,
      AllocatedStorage: '100',
      CopyTagsToSnapshot: 'true',
      MultiAZ: 'true',
      PreferredBackupWindow: BACKUP_WINDOW,
      StorageType: 'gp3',
    },
    tags: [
      { key: 'env', value: 'production' },
      { key: 'owner', value: 'billing-team' },
    ],
    pending: null,
    listeningPort: null,
  };
}

function snapshotOf(instance: Instance, identifier: string, type: Snapshot['type'], takenAt: Instant): Snapshot {
  return {
    kind: 'db',
    identifier,
    type,
    status: 'available',
    statusEndsAt: null,
    createdAt: takenAt,
    databaseAt: takenAt,
    sourceIdentifier: instance.identifier,
    sourceResourceId: instance.resourceId,
    sourceCreatedAt: instance.createdAt,
    volumeId: `vol-${identifier.replace('rds:', '').replace('awsbackup:', '')}`,
    engine: instance.engine,
    engineVersion: instance.engineVersion,
    masterUsername: instance.masterUsername,
    databaseName: instance.databaseName,
    port: instance.port,
    kmsKeyArn: instance.kmsKeyArn,
    retentionDays: instance.retentionDays,
    instanceClass: instance.instanceClass,
    subnetGroup: instance.subnetGroup,
    settings: instance.settings,
    tags: instance.tags,
    sourceTags: instance.tags,
  };
}

function key(keyId: string, alias: string, at: Instant): Key {
  return {
    keyId,
    manager: 'CUSTOMER',
    state: 'Enabled',
    description: `Key of ${alias.replace('alias/', '')}`,
    createdAt: addDays(at, -830),
    deletionAt: null,
    aliases: [alias],
  };
}

function billingSeed(at: Instant, until: Instant): VolumeSeed {
  return {
    masterUsername: 'billing_admin',
    password: 'not-a-real-password-2',
    databaseName: 'billing',
    sql: [
      `
      create table customers (id int primary key, name text not null, created_at timestamptz not null);
      create table invoices (
        id int primary key, customer_id int not null, amount_cents bigint not null,
        created_at timestamptz not null);
      insert into customers
        select g, 'Customer ' || g, '${at}'::timestamptz - interval '800 days' + g * interval '1 day'
        from generate_series(1, 400) g;
      insert into invoices
        select g, 1 + g % 400, 100 * (g * 7919 % 50000), created_at
        from (select g, '${at}'::timestamptz - interval '2 minutes' - (6000 - g) * interval '2 hours' as created_at
          from generate_series(1, 6000) g) made
        where created_at <= '${until}'::timestamptz;
      alter table invoices add foreign key (customer_id) references customers;
      analyze customers, invoices;
      `,
    ],
  };
}
