/**
 * Objects of AWS Controllers for Kubernetes (ACK): what each stands for in AWS, and whether it takes that with it.
 *
 * The parameters of a deletion are annotations, with defaults of ACK's own: no final snapshot, and automated backups are
 * kept. The policy of a namespace or of the controller is not in the object, so an object without one is deleted.
 * Source: aws-controllers-k8s documentation, "Deletion Policy"; rds-controller `apis/v1alpha1/annotation.go`;
 * kms-controller `pkg/resource/key/hooks.go`; backup-controller `apis/v1alpha1/backup_vault.go`.
 */

import type { Scope } from '../../core/arn.ts';
import type { Managed } from '../managed-resource.ts';
import type { JsonObject } from '../terraform/json-text.ts';
import { addressOf, annotationOf, deep, deepText, inProviderWords, type KubeObject } from './object.ts';

const GROUP = /^([a-z0-9-]+)\.services\.k8s\.aws$/;
const POLICY = 'services.k8s.aws/deletion-policy';
const RDS = 'rds.services.k8s.aws';

/** Without the annotation ACK skips the final snapshot. */
const SKIPS_FINAL_SNAPSHOT_BY_DEFAULT = true;
/** Without the annotation ACK keeps the automated backups, unlike AWS. */
const DELETES_AUTOMATED_BACKUPS_BY_DEFAULT = false;
/** ACK's own, and the shortest that KMS takes. */
const KEY_WINDOW_DAYS = 7;

type Row = readonly [type: string, values: (object: KubeObject) => JsonObject];

const ROWS: ReadonlyMap<string, Row> = new Map<string, Row>([
  ['rds/DBCluster', ['aws_rds_cluster', cluster]],
  ['rds/DBSnapshot', ['aws_db_snapshot', copies('db_snapshot', 'dbSnapshotIdentifier')]],
  ['rds/DBClusterSnapshot', ['aws_db_cluster_snapshot', copies('db_cluster_snapshot', 'dbClusterSnapshotIdentifier')]],
  [
    'rds/GlobalCluster',
    [
      'aws_rds_global_cluster',
      ({ spec }) => ({
        global_cluster_identifier: deep(spec, 'globalClusterIdentifier'),
        deletion_protection: deep(spec, 'deletionProtection'),
      }),
    ],
  ],
  ['rds/DBSubnetGroup', ['aws_db_subnet_group', named]],
  ['rds/DBParameterGroup', ['aws_db_parameter_group', named]],
  ['rds/DBClusterParameterGroup', ['aws_rds_cluster_parameter_group', named]],
  ['rds/OptionGroup', ['aws_db_option_group', named]],
  ['rds/DBProxy', ['aws_db_proxy', named]],
  ['rds/DBClusterEndpoint', ['aws_rds_cluster_endpoint', named]],
  ['backup/BackupVault', ['aws_backup_vault', named]],
  ['backup/BackupPlan', ['aws_backup_plan', named]],
  ['backup/BackupSelection', ['aws_backup_selection', named]],
  ['kms/Key', ['aws_kms_key', key]],
  ['kms/Alias', ['aws_kms_alias', named]],
  ['kms/Grant', ['aws_kms_grant', ({ spec }) => ({ key_id: deep(spec, 'keyID') })]],
  ['secretsmanager/Secret', ['aws_secretsmanager_secret', named]],
  ['ec2/SecurityGroup', ['aws_security_group', (object) => ({ id: deep(object.status, 'id') })]],
]);

/** The AWS service that a group of ACK stands for; null for any other group. */
export function ackService(group: string): string | null {
  return GROUP.exec(group)?.[1] ?? null;
}

/** What an ACK object stands for. */
export function ackResource(object: KubeObject, service: string, home: Scope | null): Managed {
  const [type, valuesOf] = rowOf(object, service);
  const arn = deepText(object.status, 'ackResourceMetadata', 'arn');
  return {
    type,
    address: addressOf(object),
    values: { arn, ...valuesOf(object) },
    settings: settingsOf(object, service),
    scope: scopeOf(object, home),
    place: object.place,
  };
}

/** True when deleting the object leaves the thing in AWS. */
export function ackKeeps(object: KubeObject): boolean {
  return annotationOf(object, POLICY) === 'retain';
}

/** What ties it to a place: an edit of any of them makes it stand for something elsewhere. */
export function ackTies(object: KubeObject): readonly (string | null)[] {
  return ['region', 'owner-account-id', 'endpoint-url'].map((name) => annotationOf(object, `services.k8s.aws/${name}`));
}

function rowOf(object: KubeObject, service: string): Row {
  if (service === 'rds' && object.kind === 'DBInstance') return isMember(object) ? MEMBER : INSTANCE;
  const row = ROWS.get(`${service}/${object.kind}`);
  // Named as the provider might, so that a kind of a watched service without a row is unknown and not harmless.
  const provider = service === 'documentdb' ? 'docdb' : service;
  return row ?? [`aws_${provider}_${object.kind.toLowerCase()}`, () => ({})];
}

function isMember({ spec }: KubeObject): boolean {
  return deepText(spec, 'dbClusterIdentifier') !== null || deep(spec, 'dbClusterIdentifierRef') !== undefined;
}

const INSTANCE: Row = [
  'aws_db_instance',
  (object) => ({
    identifier: deep(object.spec, 'dbInstanceIdentifier'),
    resource_id: deep(object.status, 'dbiResourceID'),
    ...protections(object),
  }),
];

const MEMBER: Row = [
  'aws_rds_cluster_instance',
  (object) => ({
    identifier: deep(object.spec, 'dbInstanceIdentifier'),
    dbi_resource_id: deep(object.status, 'dbiResourceID'),
    cluster_identifier: deep(object.spec, 'dbClusterIdentifier'),
  }),
];

function cluster(object: KubeObject): JsonObject {
  return {
    cluster_identifier: deep(object.spec, 'dbClusterIdentifier'),
    cluster_resource_id: deep(object.status, 'dbClusterResourceID'),
    ...protections(object),
  };
}

function key(object: KubeObject): JsonObject {
  return { key_id: deep(object.status, 'keyID'), deletion_window_in_days: KEY_WINDOW_DAYS };
}

function named({ spec, name }: KubeObject): JsonObject {
  return { name: deep(spec, 'name') ?? deep(spec, 'selectionName') ?? name };
}

function copies(prefix: string, identifier: string): (object: KubeObject) => JsonObject {
  return ({ spec, status }) => ({
    [`${prefix}_identifier`]: deep(spec, identifier),
    [`${prefix}_arn`]: deep(status, 'ackResourceMetadata', 'arn'),
  });
}

/** A manifest says nothing about the annotations of the object in the cluster, so what spares counts on a live one only. */
function protections(object: KubeObject): JsonObject {
  const skips = flag(object, 'skip-final-snapshot', SKIPS_FINAL_SNAPSHOT_BY_DEFAULT);
  const skip = object.live ? skips : true;
  return {
    skip_final_snapshot: skip,
    // ACK leaves the name out of the call when it skips.
    final_snapshot_identifier: skip ? null : annotationOf(object, `${RDS}/final-db-snapshot-identifier`),
    delete_automated_backups: object.live
      ? flag(object, 'delete-automated-backups', DELETES_AUTOMATED_BACKUPS_BY_DEFAULT)
      : true,
    deletion_protection: deep(object.spec, 'deletionProtection'),
    backup_retention_period: deep(object.spec, 'backupRetentionPeriod'),
  };
}

/** An annotation that is neither true nor false takes the value that saves least; for both of them that is true. */
function flag(object: KubeObject, name: string, unset: boolean): boolean {
  const text = annotationOf(object, `${RDS}/${name}`);
  if (text === null) return unset;
  return !['false', 'f', '0'].includes(text.toLowerCase());
}

function settingsOf({ spec, kind }: KubeObject, service: string): JsonObject {
  const policy = deep(spec, 'policy') ?? null;
  if (service === 'kms') return { policy };
  // For kinds without a row: what protects is told by its name.
  if (service !== 'backup') return inProviderWords(spec) as JsonObject;
  if (kind !== 'BackupVault') {
    return { rule: Object.fromEntries(Object.entries(spec).filter(([name]) => !/^(?:backupPlanT|t)ags$/.test(name))) };
  }
  const days = ['minRetentionDays', 'maxRetentionDays', 'changeableForDays'].map((name) => deep(spec, name) ?? null);
  return { policy, lock: days.every((value) => value === null) ? null : days };
}

function scopeOf(object: KubeObject, home: Scope | null): Scope | null {
  const region =
    deepText(object.status, 'ackResourceMetadata', 'region') ?? annotationOf(object, 'services.k8s.aws/region');
  const accountId =
    deepText(object.status, 'ackResourceMetadata', 'ownerAccountID') ??
    annotationOf(object, 'services.k8s.aws/owner-account-id') ??
    home?.accountId;
  return region !== null && accountId !== undefined && /^\d{12}$/.test(accountId) ? { accountId, region } : null;
}
