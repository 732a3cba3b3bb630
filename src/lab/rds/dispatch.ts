/**
 * The RDS Query protocol: a form in, XML out, one action a request.
 *
 * Refuses unknown actions and versions by name, then hands the call to its action. Source: Amazon RDS API
 * 2014-10-31, "Query Parameters" and "Common Errors".
 */

import { AwsFault } from '../faults.ts';
import type { Place } from '../world.ts';
import { ACTIONS, type ActionName, type ActionTable } from './actions.ts';
import * as automatedBackups from './automated-backups.ts';
import type { Action, Call, Reply } from './call.ts';
import * as clusters from './clusters.ts';
import * as copies from './copies.ts';
import * as deletion from './deletion.ts';
import * as instances from './instances.ts';
import * as listings from './listings.ts';
import { readParameters } from './parameters.ts';
import * as pointInTime from './point-in-time.ts';
import * as power from './power.ts';
import * as restore from './restore.ts';
import * as snapshots from './snapshots.ts';
import * as tags from './tags.ts';

const HANDLERS: Readonly<Record<ActionName, Action>> = {
  DescribeDBClusters: clusters.describeDBClusters,
  DescribeDBInstances: instances.describeDBInstances,
  DescribeDBSnapshots: snapshots.describeDBSnapshots,
  DescribeDBClusterSnapshots: snapshots.describeDBClusterSnapshots,
  DescribeDBInstanceAutomatedBackups: automatedBackups.describeDBInstanceAutomatedBackups,
  DescribeDBClusterAutomatedBackups: automatedBackups.describeDBClusterAutomatedBackups,
  DescribeDBSnapshotAttributes: snapshots.describeDBSnapshotAttributes,
  DescribeDBClusterSnapshotAttributes: snapshots.describeDBClusterSnapshotAttributes,
  DescribeGlobalClusters: listings.describeGlobalClusters,
  DescribeExportTasks: listings.describeExportTasks,
  DescribeAccountAttributes: listings.describeAccountAttributes,
  DescribeDBEngineVersions: listings.describeDBEngineVersions,
  DescribeDBSubnetGroups: listings.describeDBSubnetGroups,
  ListTagsForResource: tags.listTagsForResource,
  AddTagsToResource: tags.addTagsToResource,
  RemoveTagsFromResource: tags.removeTagsFromResource,
  CreateDBCluster: clusters.createDBCluster,
  CreateDBInstance: instances.createDBInstance,
  ModifyDBCluster: clusters.modifyDBCluster,
  ModifyDBInstance: instances.modifyDBInstance,
  DeleteDBCluster: deletion.deleteDBCluster,
  DeleteDBInstance: deletion.deleteDBInstance,
  CreateDBSnapshot: snapshots.createDBSnapshot,
  CreateDBClusterSnapshot: snapshots.createDBClusterSnapshot,
  DeleteDBSnapshot: snapshots.deleteDBSnapshot,
  DeleteDBClusterSnapshot: snapshots.deleteDBClusterSnapshot,
  DeleteDBInstanceAutomatedBackup: automatedBackups.deleteDBInstanceAutomatedBackup,
  DeleteDBClusterAutomatedBackup: automatedBackups.deleteDBClusterAutomatedBackup,
  RestoreDBClusterFromSnapshot: restore.restoreDBClusterFromSnapshot,
  RestoreDBInstanceFromDBSnapshot: restore.restoreDBInstanceFromDBSnapshot,
  RestoreDBInstanceToPointInTime: pointInTime.restoreDBInstanceToPointInTime,
  RestoreDBClusterToPointInTime: pointInTime.restoreDBClusterToPointInTime,
  CopyDBSnapshot: copies.copyDBSnapshot,
  CopyDBClusterSnapshot: copies.copyDBClusterSnapshot,
  StopDBInstance: power.stopDBInstance,
  StartDBInstance: power.startDBInstance,
  StopDBCluster: power.stopDBCluster,
  StartDBCluster: power.startDBCluster,
};

/** The table of an action; null for one the lab does not have. */
export function actionTable(action: string): ActionTable | null {
  return isAction(action) ? ACTIONS[action] : null;
}

/** Carries out one call. @throws AwsFault to refuse. */
export function callRds(form: URLSearchParams, place: Place, call: Omit<Call, 'parameters'>): Reply {
  const { action } = call;
  if (!isAction(action)) throw new AwsFault('InvalidAction', `The lab does not implement the RDS action ${action}.`);
  const version = form.get('Version');
  if (version !== null && version !== '2014-10-31') {
    throw new AwsFault('InvalidAction', `The lab speaks RDS version 2014-10-31, not ${version}.`);
  }
  return HANDLERS[action]({ ...call, parameters: readParameters(form, action, ACTIONS[action]) }, place);
}

function isAction(name: string): name is ActionName {
  return Object.hasOwn(ACTIONS, name);
}
