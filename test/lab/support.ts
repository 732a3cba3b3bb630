/**
 * What the lab's tests share: a virtual lab with real SDK clients on it, and how a refusal is written down.
 */

import { BackupClient } from '@aws-sdk/client-backup';
import { KMSClient } from '@aws-sdk/client-kms';
import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { STSClient } from '@aws-sdk/client-sts';
import { type Instant, parseInstant } from '../../src/core/time.ts';
import { createVirtualLab } from '../../src/lab/request-handler.ts';

/** The instant most tests start at. */
export const START = parseInstant('2026-11-23T04:00:00Z', 'test');
export const CLUSTER = 'dev-course-management-cluster';
export const CLUSTER_ID = 'cluster-P2U6CNK27O9FFYUR6I2BFLUYZ5';
export const MEMBER = 'course-management-instance-0';
export const SNAPSHOT = 'rds:dev-course-management-cluster-2026-11-22-09-07';
export const BILLING = 'billing-production';
export const BILLING_ID = 'db-Q7XK2MZV4TLHBS6EJ3RDAYWNCF';

type EstateOption = Parameters<typeof createVirtualLab>[0]['estate'];

/** A virtual lab and clients of it. */
export function aLab(estate: EstateOption = 'datatalks', startAt: Instant = START) {
  const lab = createVirtualLab({ estate, startAt });
  return { lab, ...clientsOf(lab) };
}

/** SDK clients on a virtual lab, for one region and access key. */
export function clientsOf(lab: ReturnType<typeof createVirtualLab>, region = 'eu-west-1', accessKeyId = 'AKIATEST') {
  const { requestHandler } = lab;
  const config = { region, credentials: { accessKeyId, secretAccessKey: 'secret' }, requestHandler, maxAttempts: 1 };
  return {
    rds: new RDSClient(config),
    kms: new KMSClient(config),
    sts: new STSClient(config),
    backup: new BackupClient(config),
  };
}

/** The code and message a call was refused with; fails when it was not refused. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string; message: string; status: number }> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('the call was not refused');
  const metadata: { httpStatusCode?: number } = Reflect.get(error, '$metadata') ?? {};
  return { code: wireCode(error), message: error.message, status: metadata.httpStatusCode ?? 0 };
}

/** SDK class names end in Fault or Exception where the wire code may not; the wire code is kept beside them. */
function wireCode(error: Error): string {
  const code: unknown = Reflect.get(error, 'Code') ?? Reflect.get(error, 'code');
  const inner: unknown = Reflect.get(Object(Reflect.get(error, 'Error')), 'Code');
  return String(code ?? inner ?? error.name);
}

/** A standalone instance `orders`, available. */
export async function withInstance(
  rds: RDSClient,
  lab: ReturnType<typeof createVirtualLab>,
  more: { BackupRetentionPeriod?: number; DBInstanceIdentifier?: string } = {},
): Promise<void> {
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: 'orders',
      DBInstanceClass: 'db.t3.micro',
      Engine: 'postgres',
      AllocatedStorage: 20,
      MasterUsername: 'admin1',
      MasterUserPassword: 'first-password',
      DBName: 'orders',
      BackupRetentionPeriod: 7,
      ...more,
    }),
  );
  lab.advance(600);
}

/** A cluster `courses` without members, available. */
export async function withCluster(rds: RDSClient, lab: ReturnType<typeof createVirtualLab>): Promise<void> {
  await rds.send(
    new CreateDBClusterCommand({
      DBClusterIdentifier: 'courses',
      Engine: 'aurora-postgresql',
      MasterUsername: 'admin1',
      MasterUserPassword: 'first-password',
    }),
  );
  lab.advance(600);
}

/** Identifiers of cluster snapshots, sorted. */
export async function clusterSnapshots(rds: RDSClient): Promise<string[]> {
  const { DBClusterSnapshots = [] } = await rds.send(new DescribeDBClusterSnapshotsCommand({}));
  return DBClusterSnapshots.map((snapshot) => snapshot.DBClusterSnapshotIdentifier ?? '');
}

/** Identifiers of the instance snapshots of one database, sorted. */
export async function snapshotsOf(rds: RDSClient, identifier: string): Promise<string[]> {
  const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: identifier }));
  return DBSnapshots.map((snapshot) => snapshot.DBSnapshotIdentifier ?? '');
}
