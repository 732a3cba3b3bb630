/**
 * A template, and the list of what a stack really holds: what deleting the stack would delete.
 *
 * Given parsed documents. References and short forms such as `!Ref` are values that only CloudFormation can work out.
 * Source: CloudFormation User Guide, "Template anatomy"; CloudFormation API, ListStackResources, DescribeStackResources.
 */

import type { Scope } from '../../core/arn.ts';
import { below, listUnder, misfit, objectHere, objectUnder, type Place, textUnder } from '../document-text.ts';
import { isJsonObject, type JsonObject, memberOf } from '../terraform/json-text.ts';
import { stackScope } from './change-set.ts';

/** A template's resources by logical id, and what may add to them. */
export interface Template {
  readonly resources: ReadonlyMap<string, Definition>;
  /** Something else writes resources: a macro, a module, a loop. */
  readonly isGenerated: boolean;
}

/** A resource as a template defines it. */
export interface Definition {
  readonly type: string;
  /** With `Properties`, `DeletionPolicy` and `UpdateReplacePolicy`, if it has them. */
  readonly body: JsonObject;
  readonly place: Place;
}

/** What a stack holds. */
export interface StackListing {
  readonly scope: Scope | null;
  readonly hasMore: boolean;
  readonly resources: readonly {
    readonly logicalId: string;
    readonly physicalId: string | null;
    readonly type: string;
  }[];
  /** Logical ids of what it held once. */
  readonly gone: readonly string[];
}

/** Transforms that make resources of other kinds only, or none at all. */
const HARMLESS_TRANSFORMS = [/^AWS::Serverless-2016-10-31$/, /^AWS::SecretsManager-/, /^AWS::CodeDeployBlueGreen$/];
const GONE = ['DELETE_COMPLETE', 'DELETE_SKIPPED'];

/** True for a document that looks like a template. */
export function isTemplate(value: unknown): boolean {
  return isJsonObject(value) && isJsonObject(memberOf(value, 'Resources'));
}

/**
 * Reads a template.
 *
 * @throws MusterError of the place.
 */
export function readTemplate(value: unknown, place: Place): Template {
  const template = objectHere(value, place);
  const at = below(place, 'Resources');
  if (!isJsonObject(memberOf(template, 'Resources'))) {
    throw misfit(at, 'missing; expected a template with its resources');
  }
  const resources = new Map<string, Definition>();
  let isGenerated = transformsOf(template).some(
    (name) => typeof name !== 'string' || !HARMLESS_TRANSFORMS.some((known) => known.test(name)),
  );
  for (const [logicalId, definition] of Object.entries(objectUnder(template, 'Resources', place))) {
    if (logicalId.startsWith('Fn::')) {
      isGenerated = true;
      continue;
    }
    const within = below(at, logicalId);
    const body = objectHere(definition, within);
    const type = textUnder(body, 'Type', within);
    if (type === null) throw misfit(below(within, 'Type'), 'missing; expected such as AWS::RDS::DBInstance');
    resources.set(logicalId, { type, body, place: within });
  }
  return { resources, isGenerated };
}

/**
 * Reads what `list-stack-resources` or `describe-stack-resources` prints.
 *
 * @throws MusterError of the place.
 */
export function readListing(value: unknown, place: Place): StackListing {
  const listing = objectHere(value, place);
  const name = ['StackResourceSummaries', 'StackResources'].find((known) => Array.isArray(memberOf(listing, known)));
  if (name === undefined) {
    throw misfit(place, 'expected StackResourceSummaries or StackResources, as aws cloudformation prints them');
  }
  const entries = listUnder(listing, name, place).map((entry, index) => {
    const at = below(below(place, name), index);
    const resource = objectHere(entry, at);
    const logicalId = textUnder(resource, 'LogicalResourceId', at);
    const type = textUnder(resource, 'ResourceType', at);
    if (logicalId === null || type === null) throw misfit(at, 'expected LogicalResourceId and ResourceType');
    return {
      logicalId,
      type,
      physicalId: textUnder(resource, 'PhysicalResourceId', at),
      status: textUnder(resource, 'ResourceStatus', at),
      scope: stackScope(textUnder(resource, 'StackId', at)),
    };
  });
  return {
    scope: entries.find(({ scope }) => scope !== null)?.scope ?? null,
    hasMore: textUnder(listing, 'NextToken', place) !== null,
    resources: entries.filter(({ status }) => !isGone(status)),
    gone: entries.filter(({ status }) => isGone(status)).map(({ logicalId }) => logicalId),
  };
}

function isGone(status: string | null): boolean {
  return status !== null && GONE.includes(status);
}

function transformsOf(template: JsonObject): readonly unknown[] {
  const transform = memberOf(template, 'Transform');
  if (transform === undefined || transform === null) return [];
  return Array.isArray(transform) ? transform : [transform];
}
