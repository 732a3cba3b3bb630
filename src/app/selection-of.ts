/**
 * Which databases a change is about, so that just those can be read anew: the narrowest reading that it can be judged by.
 *
 * Names come from the change, resource ids besides from whatever was read before, however old: they only say what to look
 * for. A reading of some databases is enough only where every step names databases or snapshots. What reaches further than
 * it names (keys, vaults, groups, secrets, lifecycles, steps that were not understood), what was chosen from everything
 * there is, and a state that knows nothing, need everything: what they would take may be anything that exists.
 */

import { parseArn } from '../core/arn.ts';
import type { Action, Intent, Target } from '../intent/action.ts';
import type { Database, Inventory } from '../inventory/model.ts';
import { carefulFinalId } from '../survival/losses.ts';
import type { StateSighting } from '../verdict/state-history.ts';
import type { Selection } from './place-port.ts';

/** Past so many names and ids the whole is read in fewer calls. */
const NAMES_MAX = 60;

/** What one step names; null where that is not all that it may reach. */
type Names = Selection | null;

const NOTHING: Selection = { identifiers: [], resourceIds: [], snapshots: [] };

/**
 * The selection of a change.
 *
 * @param known Inventories to take resource ids from, of whatever age.
 * @param sightings What states claimed when they were last judged: those of this very state are compared with what lives.
 */
export function selectionOf(
  intent: Intent,
  known: readonly Inventory[],
  sightings: readonly StateSighting[] = [],
): Selection | 'everything' {
  if (intent.source === 'cleaner' || intent.signals.some(({ code }) => code === 'empty_state')) return 'everything';
  const { state } = intent;
  const claimed =
    state === undefined
      ? []
      : [
          state.databases,
          ...sightings.filter(({ lineage }) => lineage === state.lineage).map((seen) => seen.databases),
        ];
  const named: Names[] = [...intent.actions.map(namesOf), { ...NOTHING, resourceIds: claimed.flat() }];
  const all = named.filter((names) => names !== null);
  return all.length < named.length ? 'everything' : widened(together(all), known);
}

/** The selection of some databases that are known by name and id. */
export function selectionOfDatabases(
  databases: readonly Pick<Database, 'identifier' | 'resourceId'>[],
  known: readonly Inventory[] = [],
): Selection | 'everything' {
  const identifiers = databases.map(({ identifier }) => identifier);
  return widened({ ...NOTHING, identifiers, resourceIds: databases.map(({ resourceId }) => resourceId) }, known);
}

/** True when one selection lets through all that another does. */
export function covers(wide: Selection, narrow: Selection): boolean {
  const holds = (one: readonly string[], other: readonly string[]) => other.every((name) => one.includes(name));
  return (
    holds(wide.identifiers, narrow.identifiers) &&
    holds(wide.resourceIds, narrow.resourceIds) &&
    holds(wide.snapshots, narrow.snapshots)
  );
}

function namesOf(action: Action): Names {
  const { target } = action;
  switch (action.kind) {
    case 'delete_db_instance':
    case 'delete_db_cluster':
      return withFinal(databaseNamed(target), action.parameters.finalSnapshotId);
    case 'delete_cluster_member':
      return action.clusterIdentifier === null
        ? databaseNamed(target)
        : joined(databaseNamed(target), named(action.clusterIdentifier));
    case 'modify_db_instance':
    case 'modify_db_cluster':
    case 'create_database':
      return databaseNamed(target);
    case 'delete_db_snapshot':
    case 'delete_db_cluster_snapshot':
      return snapshotNamed(target.arn ?? target.identifier);
    case 'delete_automated_backup':
      // By its ARN alone nothing says whose it is.
      return target.resourceId === null ? null : { ...NOTHING, resourceIds: [target.resourceId] };
    case 'stop_backup_replication':
      return target.arn === null ? null : databaseNamed(target);
    default:
      return null;
  }
}

/** By everything that a target says, since what bears one of these now may be another than what bears the next. */
function databaseNamed({ arn, resourceId, identifier }: Target): Names {
  const place = arn === null ? null : parseArn(arn);
  if (arn !== null && place?.resourceType !== 'db' && place?.resourceType !== 'cluster') return null;
  const names = [...(identifier === '' ? [] : [identifier]), ...(place === null ? [] : [place.resource])];
  const ids = { ...NOTHING, resourceIds: resourceId === null ? [] : [resourceId] };
  if (names.length === 0 && resourceId === null) return null;
  return names.map(named).reduce(joined, ids);
}

/** As AWS lets databases be called; what cannot be a name may stand for several. */
function named(identifier: string): Names {
  const isName = /^[a-z][a-z0-9-]{0,62}$/i.test(identifier);
  return isName ? { ...NOTHING, identifiers: [identifier] } : null;
}

/** The names of automated snapshots and of AWS Backup's have a colon. */
function snapshotNamed(nameOrArn: string): Names {
  const name = parseArn(nameOrArn)?.resource ?? nameOrArn;
  return /^[a-z][a-z0-9:-]{0,254}$/i.test(name) ? { ...NOTHING, snapshots: [nameOrArn] } : null;
}

function withFinal(names: Names, finalSnapshotId: string | null): Names {
  return finalSnapshotId === null ? names : joined(names, snapshotNamed(finalSnapshotId));
}

function joined(one: Names, other: Names): Names {
  return one === null || other === null ? null : together([one, other]);
}

/** In lower case, as AWS keeps names; a resource id is kept as it is written. */
function together(selections: readonly Selection[]): Selection {
  const each = (values: readonly string[]) => [...new Set(values)].sort();
  const lower = (values: readonly string[]) => each(values.map((value) => value.toLowerCase()));
  return {
    identifiers: lower(selections.flatMap(({ identifiers }) => identifiers)),
    resourceIds: each(selections.flatMap(({ resourceIds }) => resourceIds)),
    snapshots: lower(selections.flatMap(({ snapshots }) => snapshots)),
  };
}

/**
 * With the ids behind the names, the names behind the ids, the owners of snapshots, the clusters of members and the sources
 * of replicas, until nothing is added; and with the snapshots that may bear the name of a final one.
 */
function widened(selection: Selection, known: readonly Inventory[]): Selection | 'everything' {
  let now = together([selection]);
  for (;;) {
    if (now.identifiers.length + now.resourceIds.length > NAMES_MAX) return 'everything';
    const wider = together([now, finalsOf(now), ...known.map((inventory) => akinTo(now, inventory))]);
    if (covers(now, wider)) return now;
    now = wider;
  }
}

/** Names that a final snapshot, or one to be taken instead, is looked for under. */
function finalsOf({ identifiers }: Selection): Selection {
  return { ...NOTHING, snapshots: identifiers.flatMap((name) => [carefulFinalId(name), `${name}-manual`]) };
}

function akinTo(selection: Selection, { databases, recoveryPoints }: Inventory): Selection {
  const names = new Set(selection.identifiers);
  const ids = new Set(selection.resourceIds);
  const snapshots = new Set(selection.snapshots);
  const isMeant = ({ identifier, resourceId }: Pick<Database, 'identifier' | 'resourceId'>) =>
    names.has(identifier.toLowerCase()) || ids.has(resourceId);
  const found = databases.filter((database) => isMeant(database) || database.members.some(isMeant));
  const owners = recoveryPoints.filter(
    ({ id, arn }) => snapshots.has(id.toLowerCase()) || snapshots.has(arn.toLowerCase()),
  );
  return {
    identifiers: found.flatMap(({ identifier, replicaOf }) => [
      identifier,
      ...(replicaOf === null ? [] : [nameIn(replicaOf)]),
    ]),
    resourceIds: [
      ...found.map(({ resourceId }) => resourceId),
      ...owners.flatMap(({ databaseResourceId }) => databaseResourceId ?? []),
    ],
    snapshots: [],
  };
}

/** A replica names its source by identifier within its region, and by ARN across regions. */
function nameIn(nameOrArn: string): string {
  return parseArn(nameOrArn)?.resource ?? nameOrArn;
}
