/**
 * What is asked of a cluster: one request for each thing that would be deleted, changed or made.
 *
 * An AdmissionReview says what it asks. Anything else is taken for what somebody would hand to `kubectl delete -f`, one
 * object or many. On DELETE everything is in `oldObject`; an old API server reviews a whole collection at once, names
 * nothing and shows nothing.
 * Source: Kubernetes documentation, "Dynamic Admission Control"; `gate-protocols.md` section 7.
 */

import { oneLine } from '../command/printing.ts';
import {
  below,
  listUnder,
  misfit,
  objectHere,
  objectUnder,
  type Place,
  parseDocuments,
  textUnder,
} from '../document-text.ts';
import { type JsonObject, memberOf } from '../terraform/json-text.ts';
import { type KubeObject, readObject } from './object.ts';

/** The operations that an AdmissionReview can ask about. */
export const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** One thing that is asked. */
export interface KubeRequest {
  readonly operation: Operation;
  /** Such as `status`; empty for the object itself. */
  readonly subResource: string;
  /** `DBInstance.rds.services.k8s.aws`, for a request that shows no object. */
  readonly kind: string;
  readonly before: KubeObject | null;
  readonly after: KubeObject | null;
}

/** What was read, and what it says without the parts that differ each time it is asked. */
export interface Asked {
  readonly requests: readonly KubeRequest[];
  readonly essence: unknown;
}

const CODE = 'MUSTER_KUBERNETES_INVALID';
const ACCEPTED = 'expected an AdmissionReview of admission.k8s.io/v1, or Kubernetes objects to delete, as YAML or JSON';
const LISTS_DEEP_MAX = 5;

/**
 * Reads what is asked.
 *
 * @throws MusterError `MUSTER_KUBERNETES_INVALID`.
 */
export function readRequests(text: string, origin: string): Asked {
  const documents = parseDocuments(text, origin, { code: CODE, accepted: ACCEPTED });
  const many = documents.length > 1;
  const read = documents.map((value, index) =>
    requestsIn(value, { origin, code: CODE, path: many ? `document ${index + 1}` : '' }, 0),
  );
  return { requests: read.flatMap(({ requests }) => requests), essence: read.map(({ essence }) => essence) };
}

function requestsIn(value: unknown, place: Place, depth: number): Asked {
  const object = objectHere(value, place);
  const kind = textUnder(object, 'kind', place);
  if (kind === 'AdmissionReview') return reviewed(object, place);
  if (kind?.endsWith('List') && Array.isArray(memberOf(object, 'items'))) {
    if (depth >= LISTS_DEEP_MAX) throw misfit(place, 'lists within lists without end');
    const items = listUnder(object, 'items', place).map((item, index) =>
      requestsIn(item, below(below(place, 'items'), index), depth + 1),
    );
    return { requests: items.flatMap(({ requests }) => requests), essence: value };
  }
  if (kind === 'List') throw misfit(below(place, 'items'), 'expected a list of objects');
  const before = readObject(object, place);
  if (before.name === '') throw misfit(below(place, 'metadata.name'), 'missing; expected the name of what is deleted');
  return { requests: [{ operation: 'DELETE', subResource: '', kind: '', before, after: null }], essence: value };
}

function reviewed(review: JsonObject, place: Place): Asked {
  const apiVersion = textUnder(review, 'apiVersion', place);
  if (apiVersion !== 'admission.k8s.io/v1') {
    throw misfit(below(place, 'apiVersion'), 'expected admission.k8s.io/v1, the only version that is read');
  }
  const within = below(place, 'request');
  if (memberOf(review, 'request') === undefined) throw misfit(within, 'missing; an AdmissionReview to judge has one');
  const request = objectUnder(review, 'request', place);
  const operation = OPERATIONS.find((word) => word === memberOf(request, 'operation'));
  if (operation === undefined) throw misfit(below(within, 'operation'), `expected one of ${OPERATIONS.join(', ')}`);
  const side = (name: string) => {
    const value = memberOf(request, name);
    return value === undefined || value === null ? null : readObject(value, below(within, name));
  };
  const about = objectUnder(request, 'kind', within);
  const names = ['kind', 'group'].map((name) => textUnder(about, name, below(within, 'kind')));
  const [before, after] = [side('oldObject'), side('object')];
  return {
    requests: [
      {
        operation,
        subResource: textUnder(request, 'subResource', within) ?? '',
        kind: oneLine(names.filter(Boolean).join('.')),
        before,
        // On DELETE it is null; whatever else stands there decides nothing.
        after: operation === 'DELETE' ? null : after,
      },
    ],
    // The uid is new with every request, and the same change asked twice is the same change.
    essence: { ...request, uid: null },
  };
}
