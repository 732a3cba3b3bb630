/**
 * Tags by ARN, on databases and snapshots.
 *
 * Source: Amazon RDS API 2014-10-31, `ListTagsForResource`, `AddTagsToResource`, `RemoveTagsFromResource`.
 */

import { parseArn, rdsArn } from '../../core/arn.ts';
import { findCluster, findInstance, findSnapshot, putCluster, putInstance, putSnapshot } from '../edit.ts';
import { AwsFault, refuseUnless } from '../faults.ts';
import type { Place, Tag } from '../world.ts';
import { type Action, type Call, given, shows } from './call.ts';
import { tagsXml } from './cluster-xml.ts';

/** Something that bears tags, and how to put other tags on it. */
interface Tagged {
  readonly tags: readonly Tag[];
  readonly with: (tags: readonly Tag[]) => Place;
}

/** `ListTagsForResource`. */
export const listTagsForResource: Action = (call, place) => shows(place, [tagsXml(tagged(call, place).tags)]);

/** `AddTagsToResource`: replaces the value of a key that is there. */
export const addTagsToResource: Action = (call, place) => {
  const bearer = tagged(call, place);
  const added = call.parameters.tags() ?? [];
  const kept = bearer.tags.filter((tag) => !added.some((other) => other.key === tag.key));
  refuseUnless(kept.length + added.length <= 50, 'InvalidParameterValue', 'A resource has at most 50 tags.');
  return shows(bearer.with([...kept, ...added]), []);
};

/** `RemoveTagsFromResource`. */
export const removeTagsFromResource: Action = (call, place) => {
  const bearer = tagged(call, place);
  const removed = call.parameters.texts('TagKeys') ?? [];
  return shows(bearer.with(bearer.tags.filter((tag) => !removed.includes(tag.key))), []);
};

function tagged(call: Call, place: Place): Tagged {
  const name = given(call, 'ResourceName');
  const arn = parseArn(name);
  const ours =
    arn !== null && arn.service === 'rds' && arn.region === call.scope.region && arn.accountId === call.scope.accountId;
  if (!ours) throw new AwsFault('InvalidParameterValue', `Invalid resource name: ${name}`);
  if (arn.resourceType === 'cluster') {
    const found = findCluster(place, arn.resource);
    if (found === undefined) throw new AwsFault('DBClusterNotFoundFault', `DBCluster ${arn.resource} not found.`);
    return { tags: found.tags, with: (tags) => putCluster(place, { ...found, tags }) };
  }
  if (arn.resourceType === 'db') {
    const found = findInstance(place, arn.resource);
    if (found === undefined) throw new AwsFault('DBInstanceNotFound', `DBInstance ${arn.resource} not found.`);
    return { tags: found.tags, with: (tags) => putInstance(place, { ...found, tags }) };
  }
  if (arn.resourceType === 'snapshot' || arn.resourceType === 'cluster-snapshot') {
    const found = findSnapshot(place, arn.resourceType === 'snapshot' ? 'db' : 'cluster', arn.resource);
    const code = arn.resourceType === 'snapshot' ? 'DBSnapshotNotFound' : 'DBClusterSnapshotNotFoundFault';
    if (found === undefined) throw new AwsFault(code, `${arn.resource} not found.`);
    return { tags: found.tags, with: (tags) => putSnapshot(place, { ...found, tags }) };
  }
  if (arn.resourceType === 'subgrp' && call.action === 'ListTagsForResource') return { tags: [], with: () => place };
  throw new AwsFault('InvalidParameterValue', `The lab keeps no tags for resources of type ${arn.resourceType}.`);
}

/** The ARN a call is aimed at, for the ledger; null when the parameter is missing. */
export function aimedAt(call: Pick<Call, 'scope'>, value: string | null, type: string): string | null {
  if (value === null || type === 'arn' || value.startsWith('arn:')) return value;
  if (type === 'resource-id') {
    return `arn:aws:rds:${call.scope.region}:${call.scope.accountId}:auto-backup:${value}`;
  }
  const known = type === 'db' || type === 'cluster' || type === 'snapshot' || type === 'cluster-snapshot';
  return known ? rdsArn(call.scope, type, value.toLowerCase()) : null;
}
