/**
 * Stopping and starting databases on request.
 *
 * An instance stops by itself, a member only with its cluster; what `settle()` does afterwards is in `../power.ts`.
 * Source: Amazon RDS API 2014-10-31, `StopDBInstance`, `StartDBInstance`, `StopDBCluster`, `StartDBCluster`.
 */

import { rdsArn } from '../../core/arn.ts';
import { clusterOf, membersOf, putCluster, putInstance } from '../edit.ts';
import type { Effect } from '../effects.ts';
import { refuseUnless } from '../faults.ts';
import { reopening, starting, stoppingCluster, stoppingInstance } from '../power.ts';
import type { Cluster, Instance, Place } from '../world.ts';
import { type Action, type Call, type Reply, shows } from './call.ts';
import { clusterXml } from './cluster-xml.ts';
import { namedCluster } from './clusters.ts';
import { instanceXml } from './instance-xml.ts';
import { namedInstance } from './instances.ts';
import { beginManualSnapshot } from './snapshots.ts';

/** `StopDBInstance`: with a snapshot before, where one is named. */
export const stopDBInstance: Action = (call, place) => {
  const instance = eligible(call, place);
  refuseUnless(
    instance.status === 'available',
    'InvalidDBInstanceState',
    `Instance ${instance.identifier} is not in available state.`,
  );
  const before =
    call.parameters.text('DBSnapshotIdentifier') === null
      ? shows(place, [])
      : beginManualSnapshot(call, place, 'db', instance);
  const after = stoppingInstance(instance, call.at, call.pace);
  return showing(call, putInstance(before.place, after), after, [...before.effects, closing(instance)]);
};

/** `StartDBInstance`. */
export const startDBInstance: Action = (call, place) => {
  const instance = eligible(call, place);
  refuseUnless(
    instance.status === 'stopped',
    'InvalidDBInstanceState',
    `Instance ${instance.identifier} is not in stopped state.`,
  );
  const after = starting(instance, call.at, call.pace);
  return showing(call, putInstance(place, after), after, [reopening(after)]);
};

/** `StopDBCluster`: all of its members stop with it. */
export const stopDBCluster: Action = (call, place) => {
  const cluster = namedCluster(call, place);
  const members = membersOf(place, cluster);
  refuseUnless(
    cluster.status === 'available' && members.every((member) => member.status === 'available'),
    'InvalidDBClusterStateFault',
    `DbCluster ${cluster.identifier} or one of its instances is not in available state.`,
  );
  const arn = rdsArn(call.scope, 'cluster', cluster.identifier);
  refuseUnless(
    !place.globalClusters.some((item) => item.members.some(({ clusterArn }) => clusterArn === arn)),
    'InvalidDBClusterStateFault',
    `DbCluster ${cluster.identifier} belongs to a global database and cannot be stopped.`,
  );
  const after = stoppingCluster(cluster, call.at, call.pace);
  const stopped = members.map((member) => stoppingInstance(member, call.at, call.pace));
  return showingCluster(call, withMembers(place, after, stopped), after, members.map(closing));
};

/** `StartDBCluster`: all of its members start with it. */
export const startDBCluster: Action = (call, place) => {
  const cluster = namedCluster(call, place);
  refuseUnless(
    cluster.status === 'stopped',
    'InvalidDBClusterStateFault',
    `DbCluster ${cluster.identifier} is not in stopped state.`,
  );
  const after = starting(cluster, call.at, call.pace);
  const started = membersOf(place, cluster).map((member) => starting(member, call.at, call.pace));
  return showingCluster(call, withMembers(place, after, started), after, started.map(reopening));
};

/** The instance named; a member cannot be stopped or started alone. */
function eligible(call: Call, place: Place): Instance {
  const instance = namedInstance(call, place);
  refuseUnless(
    clusterOf(place, instance) === undefined,
    'InvalidParameterCombination',
    `${instance.engine} DB instances are not eligible for stopping and starting.`,
  );
  return instance;
}

function closing({ resourceId }: Instance): Effect {
  return { kind: 'close_opening', openingId: resourceId };
}

function withMembers(place: Place, cluster: Cluster, members: readonly Instance[]): Place {
  return members.reduce(putInstance, putCluster(place, cluster));
}

function showing(call: Call, place: Place, instance: Instance, effects: readonly Effect[]): Reply {
  return { place, body: [['DBInstance', instanceXml(place, instance, call.at)]], effects };
}

function showingCluster(call: Call, place: Place, cluster: Cluster, effects: readonly Effect[]): Reply {
  return { place, body: [['DBCluster', clusterXml(place, cluster, call.at)]], effects };
}
