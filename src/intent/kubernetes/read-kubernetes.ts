/**
 * A Kubernetes request -> Intent: what deleting or editing objects does to databases in AWS and to what restores them.
 *
 * Given an AdmissionReview, or objects that somebody would delete. Understands AWS Controllers for Kubernetes and
 * Crossplane's Upbound providers; other custom resources, and whatever takes its contents along, are unknown.
 * Source: `gate-protocols.md` section 7.
 */

import { printScope, type Scope } from '../../core/arn.ts';
import { digestOf, sortedBy } from '../../core/canonical.ts';
import type { Change, Intent } from '../action.ts';
import { oneLine } from '../command/printing.ts';
import { rankOf } from '../managed-resource.ts';
import { type Finding, notUnderstood } from '../terraform/finding.ts';
import { cascadeChangeOf, cascadeOf, isUnmodelledAws } from './cascade.ts';
import { addressOf, type KubeObject } from './object.ts';
import { readCreate, readDelete, readUpdate } from './operation.ts';
import { type KubeRequest, readRequests } from './request.ts';
import { type Standing, standingOf } from './standing.ts';

/** Where the cluster's controllers act, as far as the caller knows. */
export interface KubernetesContext {
  /** The account that was read; a region of an object is one of this account unless the object says otherwise. */
  readonly scope: Scope | null;
}

/**
 * Reads a request.
 *
 * @param origin Where the text came from, for messages: a path, or `stdin`.
 * @returns One change for each object, in the order of the text; actions in the order in which a cluster is likely to
 *   carry them out. The digest covers what is asked and not the request's own id.
 * @throws MusterError `MUSTER_KUBERNETES_INVALID`; no message quotes a value.
 */
export function readKubernetes(text: string, origin: string, context: KubernetesContext): Intent {
  const asked = readRequests(text, origin);
  const read = asked.requests.map((request) => readRequest(request, context.scope));
  const changes = read.map(({ change }) => change);
  const ordered = [...read].sort((a, b) => a.rank - b.rank);
  return {
    source: 'kubernetes',
    digest: digestOf({ asked: asked.essence, scope: context.scope }),
    scope: commonScope(changes),
    changes,
    actions: ordered.flatMap(({ change }) => change.steps),
    signals: [],
    stateSeen: asked.requests.some(({ before }) => before?.live === true),
  };
}

interface ReadRequest {
  readonly change: Change;
  readonly rank: number;
}

function readRequest(request: KubeRequest, home: Scope | null): ReadRequest {
  const object = request.before ?? request.after;
  const standing = object && standingOf(object, home);
  const finding = findingOf(request, standing, home);
  const word = request.operation.toLowerCase();
  const address = object === null ? request.kind || 'an object that is not shown' : addressOf(object);
  return {
    change: {
      address,
      actions: [request.subResource === '' ? word : oneLine(`${word} ${request.subResource}`, 40)],
      ...finding,
    },
    rank: rankOf(standing?.managed.type ?? ''),
  };
}

function findingOf(request: KubeRequest, standing: Standing | null, home: Scope | null): Finding {
  const { operation, subResource, before, after } = request;
  if (operation === 'CONNECT') return { class: 'none', steps: [] };
  if (operation === 'DELETE') {
    if (before === null) return notUnderstood(request.kind || 'delete', 'the request does not show what it deletes');
    return standing === null ? unstood(before, cascadeOf) : readDelete(standing);
  }
  if (after === null) return notUnderstood(request.kind || 'update', 'the request does not show what it asks for');
  if (operation === 'CREATE') return standing === null ? { class: 'create', steps: [] } : readCreate(standing);
  if (subResource !== '' && subResource !== 'finalize') return { class: 'none', steps: [] };
  if (before === null) return notUnderstood(addressOf(after), 'the request does not show what was there before');
  const next = standingOf(after, home);
  if (standing === null || next === null) return unstood(after, () => cascadeChangeOf(before, after));
  return readUpdate(standing, next);
}

function unstood(object: KubeObject, otherwise: (object: KubeObject) => Finding): Finding {
  if (!isUnmodelledAws(object)) return otherwise(object);
  return notUnderstood(addressOf(object), `what a ${object.kind} of ${object.group} stands for is not modelled`);
}

/** The one account and region of all steps; null when they differ or none is known. */
function commonScope(changes: readonly Change[]): Scope | null {
  const scopes = changes.flatMap(({ steps }) => steps.flatMap(({ target }) => target.scope ?? []));
  const distinct = new Set(scopes.map(printScope));
  return distinct.size === 1 ? (sortedBy(scopes, printScope)[0] ?? null) : null;
}
