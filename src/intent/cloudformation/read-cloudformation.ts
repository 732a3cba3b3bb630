/**
 * What CloudFormation is about to do -> Intent: a change set, the deletion of a stack, or one call of a Lambda hook.
 *
 * Given the text of each document. Keeps what Muster understands of them and nothing else: contexts and templates hold
 * passwords in clear.
 * Source: CloudFormation API, DescribeChangeSet, DeleteStack; `gate-protocols.md` 8.2; `aws-backup-facts.md` 2.11.
 */

import { printScope, type Scope } from '../../core/arn.ts';
import { digestOf, sortedBy } from '../../core/canonical.ts';
import type { Change, Intent } from '../action.ts';
import { misfit, type Place, parseDocuments } from '../document-text.ts';
import { rankOf } from '../managed-resource.ts';
import { isChangeSet, readChangeSet } from './change-set.ts';
import { readChangeSets } from './change-sets.ts';
import { isHookCall, readHookCall } from './hook.ts';
import type { ReadDocument } from './read-document.ts';
import { readStackDeletion } from './stack-deletion.ts';
import { isTemplate, readListing, readTemplate, type StackListing, type Template } from './template.ts';

/** A document and where it came from, for messages: a path, or `stdin`. */
export interface Document {
  readonly text: string;
  readonly origin: string;
}

/** What is asked about. */
export interface CloudFormationInput {
  /** A change set, a hook's call, or the template of a stack that is to be deleted. */
  readonly main: Document;
  /** The stack's template, for what a change set leaves out. */
  readonly template: Document | null;
  /** What the stack holds, as `aws cloudformation list-stack-resources` prints it. */
  readonly stackResources: Document | null;
  /** The stack as a whole is deleted. */
  readonly deletesStack: boolean;
}

/** Where it would run, as far as the caller knows. */
export interface CloudFormationContext {
  readonly scope: Scope | null;
}

const CODE = 'MUSTER_CLOUDFORMATION_INVALID';
const ACCEPTED =
  'expected what aws cloudformation describe-change-set prints, the call of a Lambda hook, or a template with --delete';

/**
 * Reads what CloudFormation is about to do.
 *
 * @returns One change for each resource, in the order of the document; actions in the order in which CloudFormation
 *   would carry them out: what leaves or is replaced goes last.
 * @throws MusterError `MUSTER_CLOUDFORMATION_INVALID`; no message quotes a value.
 */
export function readCloudFormation(input: CloudFormationInput, context: CloudFormationContext): Intent {
  const { changes, signals } = readMain(input, context);
  const plain = changes.map(({ change }) => change);
  const deletions = changes.filter(({ deletes }) => deletes).sort((a, b) => rankOf(a.type) - rankOf(b.type));
  const ordered = [...changes.filter(({ deletes }) => !deletes), ...deletions];
  return {
    source: 'cloudformation',
    digest: digestOf({
      main: input.main.text,
      template: input.template?.text,
      stackResources: input.stackResources?.text,
      deletesStack: input.deletesStack,
    }),
    scope: commonScope(plain),
    changes: plain,
    actions: ordered.flatMap(({ change }) => change.steps),
    signals,
    stateSeen: true,
  };
}

function readMain(input: CloudFormationInput, context: CloudFormationContext): ReadDocument {
  const { origin, text } = input.main;
  const parsed = parseDocuments(text, origin, { code: CODE, accepted: ACCEPTED });
  const [first] = parsed;
  const place = { origin, code: CODE, path: '' } as const;
  const template = input.template && readTemplate(onlyDocument(input.template), placeOf(input.template));
  const listing =
    input.stackResources && readListing(onlyDocument(input.stackResources), placeOf(input.stackResources));
  if (input.deletesStack) return readDeletion(only(parsed, place), template, listing, place, context);
  const sets = parsed.flatMap((document) => (Array.isArray(document) ? document : [document]));
  if (sets.length > 0 && sets.every(isChangeSet)) {
    const read = sets.map((set, index) =>
      readChangeSet(set, sets.length > 1 ? { ...place, path: `[${index}]` } : place),
    );
    return readChangeSets(read, template, context.scope);
  }
  if (parsed.length === 1 && isHookCall(first)) return readHookCall(first, place);
  if (isTemplate(first)) {
    throw misfit(
      place,
      'a template, which does not say what changes; pass a change set, or add --delete for the stack',
    );
  }
  throw misfit(place, ACCEPTED);
}

function readDeletion(
  document: unknown,
  template: Template | null,
  listing: StackListing | null,
  place: Place,
  { scope }: CloudFormationContext,
): ReadDocument {
  if (template !== null) throw misfit(place, '--template goes with a change set; --delete takes the template itself');
  return readStackDeletion(readTemplate(document, place), listing, scope);
}

function onlyDocument({ text, origin }: Document): unknown {
  return only(parseDocuments(text, origin, { code: CODE, accepted: ONE }), placeOf({ text, origin }));
}

const ONE = 'expected one document as YAML or JSON';

function only([first, ...others]: readonly unknown[], place: Place): unknown {
  if (others.length > 0) throw misfit(place, `${others.length + 1} documents; ${ONE}`);
  return first;
}

function placeOf({ origin }: Document): Place {
  return { origin, code: CODE, path: '' };
}

/** The one account and region of all steps; null when they differ or none is known. */
function commonScope(changes: readonly Change[]): Scope | null {
  const scopes = changes.flatMap(({ steps }) => steps.flatMap(({ target }) => target.scope ?? []));
  const distinct = new Set(scopes.map(printScope));
  return distinct.size === 1 ? (sortedBy(scopes, printScope)[0] ?? null) : null;
}
