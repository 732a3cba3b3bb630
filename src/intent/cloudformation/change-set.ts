/**
 * A change set as CloudFormation describes it: what it is, and what it would do to each resource.
 *
 * Given a parsed document; keeps the fields in use. The contexts come as JSON within the JSON, and hold passwords in
 * clear unless a parameter hides them.
 * Source: CloudFormation API, DescribeChangeSet, Change, ResourceChange, ResourceChangeDetail.
 */

import { parseArn, type Scope } from '../../core/arn.ts';
import { below, listUnder, misfit, objectHere, objectUnder, type Place, textUnder } from '../document-text.ts';
import { isJsonObject, type JsonObject, memberOf } from '../terraform/json-text.ts';

/** One page of a change set. */
export interface ChangeSet {
  readonly id: string | null;
  readonly stackName: string;
  readonly scope: Scope | null;
  /** AWS's own words; null when the document leaves them out. */
  readonly status: string | null;
  readonly executionStatus: string | null;
  /** More changes are on further pages. */
  readonly hasMore: boolean;
  readonly changes: readonly ResourceChange[];
}

/** What a change set would do to one resource. */
export interface ResourceChange {
  readonly action: string;
  readonly logicalId: string;
  readonly physicalId: string | null;
  readonly type: string;
  readonly replacement: string | null;
  readonly policyAction: string | null;
  /** The change set of a nested stack. */
  readonly nested: string | null;
  /** The definition before and after; null when it was not asked for. */
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  /** What changes: properties by name, and other attributes of the definition; null when it is not said. */
  readonly touched: readonly { readonly attribute: string; readonly name: string | null }[] | null;
  readonly place: Place;
}

/** True for a document that looks like a change set. */
export function isChangeSet(value: unknown): boolean {
  return isJsonObject(value) && Array.isArray(memberOf(value, 'Changes'));
}

/**
 * Reads one page.
 *
 * @throws MusterError of the place.
 */
export function readChangeSet(value: unknown, place: Place): ChangeSet {
  const set = objectHere(value, place);
  const stackId = textUnder(set, 'StackId', place);
  return {
    id: textUnder(set, 'ChangeSetId', place),
    stackName: textUnder(set, 'StackName', place) ?? '',
    scope: stackScope(stackId),
    status: textUnder(set, 'Status', place),
    executionStatus: textUnder(set, 'ExecutionStatus', place),
    hasMore: textUnder(set, 'NextToken', place) !== null,
    changes: listUnder(set, 'Changes', place).flatMap((change, index) => {
      const at = below(below(place, 'Changes'), index);
      const entry = objectHere(change, at);
      if (memberOf(entry, 'ResourceChange') === undefined) throw misfit(below(at, 'ResourceChange'), 'missing');
      return readChange(objectUnder(entry, 'ResourceChange', at), below(at, 'ResourceChange'));
    }),
  };
}

/** The account and region in the ARN of a stack. */
export function stackScope(stackId: string | null): Scope | null {
  const arn = stackId === null ? null : parseArn(stackId);
  if (arn?.service !== 'cloudformation' || !/^\d{12}$/.test(arn.accountId) || arn.region === '') return null;
  return { accountId: arn.accountId, region: arn.region };
}

function readChange(change: JsonObject, place: Place): ResourceChange {
  const required = (name: string, such: string) => {
    const text = textUnder(change, name, place);
    if (text === null) throw misfit(below(place, name), `missing; expected such as ${such}`);
    return text;
  };
  return {
    action: required('Action', 'Modify'),
    logicalId: required('LogicalResourceId', 'Database'),
    physicalId: textUnder(change, 'PhysicalResourceId', place),
    type: required('ResourceType', 'AWS::RDS::DBInstance'),
    replacement: textUnder(change, 'Replacement', place),
    policyAction: textUnder(change, 'PolicyAction', place),
    nested: textUnder(change, 'ChangeSetId', place),
    before: contextUnder(change, 'BeforeContext', place),
    after: contextUnder(change, 'AfterContext', place),
    touched: touchedBy(change, place),
    place,
  };
}

function contextUnder(change: JsonObject, name: string, place: Place): JsonObject | null {
  const text = textUnder(change, name, place);
  if (text === null) return null;
  const value = tryParse(text);
  if (!isJsonObject(value)) throw misfit(below(place, name), 'expected a JSON object, written as text');
  return value;
}

function touchedBy(change: JsonObject, place: Place): ResourceChange['touched'] {
  const details = listUnder(change, 'Details', place);
  if (details.length === 0) return null;
  return details.map((detail, index) => {
    const at = below(below(place, 'Details'), index);
    const target = objectUnder(objectHere(detail, at), 'Target', at);
    const within = below(at, 'Target');
    const attribute = textUnder(target, 'Attribute', within);
    if (attribute === null) throw misfit(below(within, 'Attribute'), 'missing; expected such as Properties');
    return { attribute, name: textUnder(target, 'Name', within) ?? nameInPath(textUnder(target, 'Path', within)) };
  });
}

/** `/Properties/Tags/0` is a change of `Tags`. */
function nameInPath(path: string | null): string | null {
  return path?.split('/')[2] ?? null;
}

function tryParse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    // The cause quotes the text around the fault; it goes no further.
    return undefined;
  }
}
