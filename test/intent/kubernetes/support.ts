/**
 * Kubernetes objects and requests for the tests of this folder, and short ways to read them.
 */

import { MusterError } from '../../../src/core/errors.ts';
import type { Action, Change, Intent } from '../../../src/intent/action.ts';
import { readKubernetes } from '../../../src/intent/kubernetes/read-kubernetes.ts';
import { SCOPE } from '../../support/builders.ts';

type Json = Record<string, unknown>;

/** Parts of an object that a test sets. */
export interface Parts {
  readonly annotations?: Record<string, string>;
  readonly spec?: Json;
  readonly status?: Json;
  readonly metadata?: Json;
}

/** An object as the API server has it; `metadata: { uid: undefined }` makes it a manifest. */
export function anObject(apiVersion: string, kind: string, { annotations, spec, status, metadata }: Parts = {}): Json {
  return {
    apiVersion,
    kind,
    metadata: { name: 'orders', namespace: 'shop', uid: 'u-1', ...(annotations && { annotations }), ...metadata },
    ...(spec && { spec }),
    ...(status && { status }),
  };
}

/** An ACK DBInstance `orders`, with its status. */
export function anAckInstance(parts: Parts = {}): Json {
  return anObject('rds.services.k8s.aws/v1alpha1', 'DBInstance', {
    ...parts,
    spec: { dbInstanceIdentifier: 'orders', ...parts.spec },
    status: {
      ackResourceMetadata: {
        arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders',
        ownerAccountID: '123456789012',
        region: 'eu-west-1',
      },
      dbiResourceID: 'db-ORDERS',
      ...parts.status,
    },
  });
}

/** A Crossplane Instance `orders` of the classic provider, with its status. */
export function aCrossplaneInstance(spec: Json = {}, parts: Parts = {}, group = 'rds.aws.upbound.io'): Json {
  return anObject(`${group}/v1beta3`, 'Instance', {
    annotations: { 'crossplane.io/external-name': 'orders' },
    ...parts,
    spec: { forProvider: { region: 'eu-west-1', skipFinalSnapshot: true }, ...spec },
    status: {
      atProvider: {
        arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders',
        resourceId: 'db-ORDERS',
        identifier: 'orders',
      },
      ...parts.status,
    },
  });
}

/** An AdmissionReview. */
export function aReview(request: Json): Json {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { uid: 'r-1', ...request } };
}

/** The review of an object's deletion. */
export function aDelete(oldObject: Json | null): Json {
  return aReview({ operation: 'DELETE', object: null, oldObject });
}

/** The review of an edit. */
export function anUpdate(oldObject: Json, object: Json): Json {
  return aReview({ operation: 'UPDATE', object, oldObject });
}

/** Reads a document given as a value. */
export function read(document: unknown): Intent {
  return readText(JSON.stringify(document));
}

/** Reads a text. */
export function readText(text: string): Intent {
  return readKubernetes(text, 'review.json', { scope: SCOPE });
}

/** The one change of a document. */
export function changeIn(document: unknown): Change {
  const { changes } = read(document);
  const [change] = changes;
  if (change === undefined || changes.length > 1) throw new Error(`${changes.length} changes`);
  return change;
}

/** The one step of a document. */
export function stepIn(document: unknown): Action {
  const { steps } = changeIn(document);
  const [step] = steps;
  if (step === undefined || steps.length > 1) throw new Error(`${steps.length} steps`);
  return step;
}

/** Class and kinds of steps in one line. */
export function summary(document: unknown): string {
  const change = changeIn(document);
  return [change.class, ...change.steps.map(({ kind }) => kind)].join(' ');
}

/** The message of the error that a text raises. */
export function refusal(text: string): string {
  try {
    readText(text);
  } catch (error) {
    if (error instanceof MusterError && error.code === 'MUSTER_KUBERNETES_INVALID') return error.message;
    throw error;
  }
  throw new Error('the text was read');
}
