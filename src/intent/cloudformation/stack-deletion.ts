/**
 * The deletion of a whole stack, from its template and, better, from the list of what it really holds.
 *
 * A template says what becomes of each resource and seldom what AWS calls it; the list says that, and leaves out the
 * policies. A resource of the list that no template defines goes the worst way. Conditions are not worked out: without a
 * list, whatever may exist counts as there.
 * Source: CloudFormation API, DeleteStack; CloudFormation User Guide, "DeletionPolicy attribute".
 */

import type { Scope } from '../../core/arn.ts';
import type { Signal } from '../action.ts';
import { oneLine } from '../command/printing.ts';
import { type Finding, notUnderstood } from '../terraform/finding.ts';
import { memberOf } from '../terraform/json-text.ts';
import { fateOfRemoval } from './policy.ts';
import type { ReadDocument } from './read-document.ts';
import { deletionByFate, type ReadChange } from './resource-change.ts';
import { canBeSnapshotted, managedOf, propertiesOf, runsAnything, type StackResource } from './resource-type.ts';
import type { Definition, StackListing, Template } from './template.ts';

interface Held {
  readonly logicalId: string;
  readonly physicalId: string | null;
  readonly type: string;
  readonly definition: Definition | null;
}

/**
 * Reads the deletion of a stack.
 *
 * @param home Where it would run, when the list does not say.
 */
export function readStackDeletion(template: Template, listing: StackListing | null, home: Scope | null): ReadDocument {
  const scope = listing?.scope ?? home;
  return {
    changes: heldBy(template, listing).map((held) => readHeld(held, scope)),
    signals: [
      ...(listing === null ? [] : missingFrom(listing, template)),
      ...(listing?.hasMore ? [unread('the list of the stack goes on: it has further pages (NextToken)')] : []),
      ...(listing === null && template.isGenerated
        ? [unread('a macro or a loop writes resources that are not in the template; pass --stack-resources')]
        : []),
    ],
  };
}

function heldBy({ resources }: Template, listing: StackListing | null): readonly Held[] {
  if (listing === null) {
    return [...resources].map(([logicalId, definition]) => ({
      logicalId,
      physicalId: null,
      type: definition.type,
      definition,
    }));
  }
  return listing.resources.map((resource) => {
    const definition = resources.get(resource.logicalId) ?? null;
    // Another type under the same name is another version of the template.
    return { ...resource, definition: definition?.type === resource.type ? definition : null };
  });
}

function readHeld({ logicalId, physicalId, type, definition }: Held, scope: Scope | null): ReadChange {
  const resource: StackResource = {
    address: oneLine(logicalId),
    type,
    physicalId,
    properties: propertiesOf(definition?.body ?? {}),
    scope,
    place: definition?.place ?? { origin: '--stack-resources', code: 'MUSTER_CLOUDFORMATION_INVALID', path: logicalId },
  };
  return {
    change: { address: resource.address, actions: ['Delete'], ...findingOf(resource, definition) },
    deletes: true,
    type: managedOf(resource).type,
  };
}

function findingOf(resource: StackResource, definition: Definition | null): Finding {
  if (runsAnything(resource.type)) {
    return notUnderstood(resource.address, 'it runs what somebody wrote when it is deleted, and that may do anything');
  }
  const policy = definition && memberOf(definition.body, 'DeletionPolicy');
  const fate = fateOfRemoval({
    action: null,
    attributes: [policy],
    defined: definition !== null,
    canBeSnapshotted: canBeSnapshotted(resource),
  });
  return deletionByFate(resource, fate);
}

/** What a stack cannot be without: a list that leaves it out is that of another stack. */
function missingFrom(
  { resources: held, gone, hasMore }: StackListing,
  { resources, isGenerated }: Template,
): readonly Signal[] {
  if (hasMore || isGenerated) return [];
  const listed = new Set([...held.map(({ logicalId }) => logicalId), ...gone]);
  const missing = [...resources].filter(
    ([logicalId, { type, body }]) =>
      !listed.has(logicalId) && memberOf(body, 'Condition') === undefined && !type.endsWith('::MODULE'),
  );
  const [first] = missing.map(([logicalId]) => logicalId);
  if (first === undefined) return [];
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  return [unread(`the list of the stack does not have what its template defines: ${oneLine(first)}${more}`)];
}

function unread(detail: string): Signal {
  return { code: 'unread_part', detail };
}
