/**
 * What deleting, editing or making an object that stands for something in AWS amounts to.
 *
 * An edit can be the first half of a deletion: it takes a protection away, or lets a deletion that waits go on. Taking
 * the controller's finalizer away makes the cluster forget the thing, which stays in AWS.
 * Source: aws-controllers-k8s documentation, "Resource Adoption"; Kubernetes documentation, "Finalizers"; `gate-protocols.md` section 7.
 */

import { changeOf, creationOf, deletionOf, disarmOf, nameOf } from '../managed-resource.ts';
import { type Finding, notUnderstood, worstOf } from '../terraform/finding.ts';
import { annotationOf, type KubeObject } from './object.ts';
import type { Standing } from './standing.ts';

/** Finalizers of the controllers that stand between an object and its thing in AWS. */
const CONTROLLER_FINALIZER =
  /^finalizers\.[a-z0-9-]+\.services\.k8s\.aws\/|^finalizer\.managedresource\.crossplane\.io$/;

/** Types whose things AWS names by itself. */
const ASSIGNED_ID = /^aws_(?:kms_|backup_(?:plan|selection)$)/;

/** What deleting an object amounts to. */
export function readDelete({ object, managed, keeps }: Standing): Finding {
  if (!keeps) return deletionOf(managed);
  if (object.live) return { class: 'forget', steps: [] };
  return notUnderstood(
    nameOf(managed) ?? managed.address,
    'the file says that AWS keeps it, and the object in the cluster decides: pass what kubectl get -o yaml prints',
  );
}

/** What editing an object amounts to. */
export function readUpdate(before: Standing, after: Standing): Finding {
  const resumes = after.object.deleting && before.keeps && !after.keeps;
  if (resumes) return deletionOf(after.managed);
  const findings: Finding[] = [changeOf(before.managed, after.managed)];
  if (before.ties.some((tie, part) => isRetied(tie, after.ties[part] ?? null))) {
    findings.push(notUnderstood(after.managed.address, 'it comes to stand for a thing of another name or place'));
  }
  if (before.keeps && !after.keeps) findings.push(disarmOf(after.managed));
  if (guards(before.object) && !guards(after.object)) findings.push({ class: 'forget', steps: [] });
  return worstOf(findings);
}

/** What making an object amounts to; it may come to stand for something that already exists. */
export function readCreate({ object, managed }: Standing): Finding {
  // AWS assigns these ids, so that one which is given is that of a thing which exists.
  const isNamed = ASSIGNED_ID.test(managed.type) && annotationOf(object, 'crossplane.io/external-name') !== null;
  if (isNamed || annotationOf(object, 'services.k8s.aws/adoption-policy') !== null)
    return notUnderstood(managed.address, 'it takes over a thing that exists, and what it changes is not shown');
  return creationOf(managed);
}

/** A controller writes down what an object is tied to once it has made the thing. */
function isRetied(before: string | null, after: string | null): boolean {
  return before !== null && before !== after;
}

function guards({ finalizers }: KubeObject): boolean {
  return finalizers.some((finalizer) => CONTROLLER_FINALIZER.test(finalizer));
}
