/**
 * The estate of the DataTalks.Club incident, as it stood before `terraform destroy`.
 *
 * One Aurora PostgreSQL cluster with one member, retention 1 day, no protection, and a single automated
 * snapshot from 09:07 UTC; beside it a well-kept instance (`billing.ts`) for contrast. Identifiers are those of
 * `plans/datatalks-destroy.json`; the rows are made up. Source: the founder's write-up of February 2026.
 */

import { addDays, addSeconds, type Instant } from '../../core/time.ts';
import { CLUSTER_SETTINGS, MEMBER_SETTINGS } from '../rds/defaults.ts';
import { nextDaily, systemSnapshotName } from '../windows.ts';
import {
  type Cluster,
  type EstateInput,
  emptyPlace,
  type Instance,
  type Place,
  type Snapshot,
  type SubnetGroup,
} from '../world.ts';
import { withBilling } from './billing.ts';
import { coursesSeed } from './courses.ts';

const SCOPE = { accountId: '123456789012', region: 'eu-west-1' } as const;
const NAME = 'dev-course-management-cluster';
const RESOURCE_ID = 'cluster-P2U6CNK27O9FFYUR6I2BFLUYZ5';
const LIVE_VOLUME = 'vol-courses-live';
const SNAPSHOT_VOLUME = 'vol-courses-snapshot';
const BACKUP_WINDOW = '09:07-09:37';

/** The estate at an instant: the one snapshot is from the latest 09:07 UTC not after it. */
export function datatalks(at: Instant): EstateInput {
  const snapshotAt = addDays(nextDaily(BACKUP_WINDOW, at), -1);
  const cluster = courseCluster(at);
  const empty = emptyPlace(SCOPE);
  const place: Place = {
    ...empty,
    clusters: [cluster],
    instances: [courseInstance(cluster)],
    snapshots: [courseSnapshot(cluster, snapshotAt)],
    subnetGroups: [...empty.subnetGroups, COURSE_SUBNETS],
  };
  const volumes = {
    [LIVE_VOLUME]: coursesSeed(at, at),
    [SNAPSHOT_VOLUME]: coursesSeed(at, snapshotAt),
  };
  return withBilling({ place, volumes }, at);
}

const COURSE_SUBNETS: SubnetGroup = {
  name: 'course-management-subnets',
  description: 'Managed by Terraform',
  vpcId: 'vpc-44775d6fbecb74394',
  subnets: [
    { id: 'subnet-288700f8a561d858a', zone: 'eu-west-1a' },
    { id: 'subnet-3ef02792599b595dc', zone: 'eu-west-1b' },
  ],
};

function courseCluster(at: Instant): Cluster {
  const createdAt = addSeconds(addDays(at, -731), -4_210);
  return {
    identifier: NAME,
    resourceId: RESOURCE_ID,
    engine: 'aurora-postgresql',
    engineVersion: '15.12',
    status: 'available',
    statusEndsAt: null,
    createdAt,
    volumeId: LIVE_VOLUME,
    masterUsername: 'pgusr',
    databaseName: 'coursemanagement',
    port: 5432,
    kmsKeyArn: null,
    retentionDays: 1,
    windowStartsAt: addSeconds(createdAt, 300),
    systemSnapshotDueAt: nextDaily(BACKUP_WINDOW, at),
    deletionProtection: false,
    subnetGroup: COURSE_SUBNETS.name,
    securityGroupIds: ['sg-7f1683f59afa011db'],
    parameterGroup: 'default.aurora-postgresql15',
    settings: {
      ...CLUSTER_SETTINGS,
      PreferredBackupWindow: BACKUP_WINDOW,
      PreferredMaintenanceWindow: 'wed:02:40-wed:03:10',
    },
    tags: [],
    pending: null,
  };
}

function courseInstance(cluster: Cluster): Instance {
  return {
    ...cluster,
    identifier: 'course-management-instance-0',
    resourceId: 'db-M5ENSHXFPU6XHZ4G4ZEI5QIO2U',
    clusterResourceId: cluster.resourceId,
    createdAt: addSeconds(cluster.createdAt, 420),
    windowStartsAt: null,
    systemSnapshotDueAt: null,
    parameterGroup: 'default.aurora-postgresql15',
    optionGroup: 'default:aurora-postgresql-15',
    availabilityZone: 'eu-west-1a',
    instanceClass: 'db.t3.medium',
    settings: {
      ...MEMBER_SETTINGS,
      PreferredBackupWindow: BACKUP_WINDOW,
      PreferredMaintenanceWindow: 'wed:06:38-wed:07:08',
      PromotionTier: '0',
    },
    listeningPort: null,
  };
}

function courseSnapshot(cluster: Cluster, snapshotAt: Instant): Snapshot {
  return {
    kind: 'cluster',
    identifier: systemSnapshotName(cluster.identifier, snapshotAt),
    type: 'automated',
    status: 'available',
    statusEndsAt: null,
    createdAt: snapshotAt,
    databaseAt: snapshotAt,
    sourceIdentifier: cluster.identifier,
    sourceResourceId: cluster.resourceId,
    sourceCreatedAt: cluster.createdAt,
    volumeId: SNAPSHOT_VOLUME,
    engine: cluster.engine,
    engineVersion: cluster.engineVersion,
    masterUsername: cluster.masterUsername,
    databaseName: cluster.databaseName,
    port: cluster.port,
    kmsKeyArn: null,
    retentionDays: cluster.retentionDays,
    instanceClass: null,
    subnetGroup: cluster.subnetGroup,
    settings: cluster.settings,
    tags: [],
    sourceTags: [],
  };
}
