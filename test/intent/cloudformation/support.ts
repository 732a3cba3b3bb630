/**
 * Change sets, templates and hook calls for the tests of this folder, and short ways to read them.
 */

import { MusterError } from '../../../src/core/errors.ts';
import type { Action, Change, Intent } from '../../../src/intent/action.ts';
import { readCloudFormation } from '../../../src/intent/cloudformation/read-cloudformation.ts';
import { SCOPE } from '../../support/builders.ts';

type Json = Record<string, unknown>;

export const STACK_ID = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1a';
export const DB_INSTANCE = 'AWS::RDS::DBInstance';
export const DB_CLUSTER = 'AWS::RDS::DBCluster';

/** A resource change; contexts are given as values. */
export function aChange(fields: Json & { readonly BeforeContext?: unknown; readonly AfterContext?: unknown }): Json {
  const { BeforeContext, AfterContext, ...rest } = fields;
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return {
    Action: 'Modify',
    LogicalResourceId: 'Database',
    PhysicalResourceId: 'orders',
    ResourceType: DB_INSTANCE,
    // CloudFormation always says so of a modification.
    ...((rest['Action'] ?? 'Modify') === 'Modify' && { Replacement: 'False' }),
    ...rest,
    ...(BeforeContext !== undefined && { BeforeContext: text(BeforeContext) }),
    ...(AfterContext !== undefined && { AfterContext: text(AfterContext) }),
  };
}

/** A change set of resource changes. */
export function aChangeSet(changes: readonly Json[], fields: Json = {}): Json {
  return {
    ChangeSetId: 'arn:aws:cloudformation:eu-west-1:123456789012:changeSet/c/1',
    StackId: STACK_ID,
    StackName: 'shop',
    Status: 'CREATE_COMPLETE',
    ExecutionStatus: 'AVAILABLE',
    Changes: changes.map((ResourceChange) => ({ Type: 'Resource', ResourceChange })),
    ...fields,
  };
}

/** Documents besides the main one. */
export interface Besides {
  readonly template?: string;
  readonly stackResources?: unknown;
  readonly deletesStack?: boolean;
}

/** Reads a text. */
export function readText(text: string, { template, stackResources, deletesStack = false }: Besides = {}): Intent {
  const input = {
    main: { text, origin: 'changes.json' },
    template: template === undefined ? null : { text: template, origin: 'template.yaml' },
    stackResources:
      stackResources === undefined ? null : { text: JSON.stringify(stackResources), origin: 'resources.json' },
    deletesStack,
  };
  return readCloudFormation(input, { scope: SCOPE });
}

/** Reads a document given as a value. */
export function read(document: unknown, besides: Besides = {}): Intent {
  return readText(JSON.stringify(document), besides);
}

/** The change of a change set of one. */
export function changeIn(fields: Json, besides: Besides = {}): Change {
  const { changes } = read(aChangeSet([aChange(fields)]), besides);
  const [change] = changes;
  if (change === undefined || changes.length > 1) throw new Error(`${changes.length} changes`);
  return change;
}

/** Class and kinds of steps of a change set of one. */
export function summary(fields: Json, besides: Besides = {}): string {
  return summarised(changeIn(fields, besides));
}

/** Class and kinds of steps. */
export function summarised({ class: kind, steps }: Change): string {
  return [kind, ...steps.map((step) => step.kind)].join(' ');
}

/** The one step of a change set of one. */
export function stepIn(fields: Json, besides: Besides = {}): Action {
  const { steps } = changeIn(fields, besides);
  const [step] = steps;
  if (step === undefined || steps.length > 1) throw new Error(`${steps.length} steps`);
  return step;
}

/** The message of the error that a text raises. */
export function refusal(text: string, besides: Besides = {}): string {
  try {
    readText(text, besides);
  } catch (error) {
    if (error instanceof MusterError && error.code === 'MUSTER_CLOUDFORMATION_INVALID') return error.message;
    throw error;
  }
  throw new Error('the text was read');
}
