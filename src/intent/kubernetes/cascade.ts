/**
 * Objects that stand for nothing in AWS themselves: which take others along, which guard, and which do neither.
 *
 * What goes with a namespace, a definition or a composite is not in the request, so it is unknown. Kubernetes' own kinds
 * hold nothing in AWS; a custom resource of a group that nobody modelled may be anything.
 * Source: aws-controllers-k8s documentation, "Deletion Policy" (annotations of a namespace); Kubernetes documentation, "Garbage Collection", "Namespaces", "Extend the Kubernetes API with
 * CustomResourceDefinitions" (deleting one removes its objects without admission); `gate-protocols.md` section 7.
 */

import { canonicalJson } from '../../core/canonical.ts';
import { type Finding, notUnderstood } from '../terraform/finding.ts';
import { addressOf, deepText, type KubeObject } from './object.ts';

/** Groups of objects that stand for something in AWS. */
const STANDS_FOR_AWS = /(?:^|\.)(?:services\.k8s\.aws|upbound\.io|aws\.crossplane\.io)$/;
/** Such of them as can hold databases, their backups or their keys. */
const HOLDS_DATABASES =
  /^(?:rds|backup|kms|docdb|docdbelastic|neptune|neptunegraph|dsql|database|cloudformation|cloudcontrol)\./;

/** Of what admits requests, this gate among it. */
const GATES = 'admissionregistration.k8s.io';

/** What deleting an object that stands for nothing in AWS amounts to. */
export function cascadeOf(object: KubeObject): Finding {
  const { group, kind } = object;
  const address = addressOf(object);
  if (group === '' && kind === 'Namespace') {
    return notUnderstood(address, 'everything in the namespace goes, and what that is is not in the request');
  }
  if (group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition') return definitionOf(object, address);
  if (group === GATES) return { class: 'disarm', steps: [] };
  if (isKubernetesOwn(group)) return { class: 'none', steps: [] };
  return notUnderstood(address, 'a custom resource that is not modelled may take resources in AWS along');
}

/** What changing such an object amounts to; what it composes is changed by requests of its own. */
export function cascadeChangeOf(before: KubeObject, after: KubeObject): Finding {
  if (after.group === '' && after.kind === 'Namespace' && ackPolicies(before) !== ackPolicies(after)) {
    return { class: 'disarm', steps: [] };
  }
  // Narrowed or switched off, it guards no longer.
  if (after.group === GATES) return { class: 'disarm', steps: [] };
  if (isKubernetesOwn(after.group)) return { class: 'none', steps: [] };
  const same = JSON.stringify(before.spec) === JSON.stringify(after.spec);
  if (same) return { class: 'none', steps: [] };
  return notUnderstood(
    addressOf(after),
    'what changing a custom resource that is not modelled does in AWS is not known',
  );
}

/** True for an object of an AWS service whose objects nobody here has fields for: `*.aws.crossplane.io` and others. */
export function isUnmodelledAws({ group }: KubeObject): boolean {
  return STANDS_FOR_AWS.test(group) && HOLDS_DATABASES.test(group);
}

/** A namespace's annotations decide for those of its ACK objects that say nothing themselves. */
function ackPolicies({ annotations }: KubeObject): string {
  return canonicalJson(Object.entries(annotations).filter(([name]) => /(?:^|\.)services\.k8s\.aws\//.test(name)));
}

function definitionOf({ spec, name }: KubeObject, address: string): Finding {
  const group = deepText(spec, 'group') ?? name.slice(name.indexOf('.') + 1);
  if (isKubernetesOwn(group)) return { class: 'none', steps: [] };
  const what = STANDS_FOR_AWS.test(group) ? 'resources in AWS' : 'what may take resources in AWS along';
  return notUnderstood(address, `its objects go with it without being reviewed, and they are ${what}`);
}

/** Core, the groups without a domain (`apps`, `batch`), and the project's own. */
function isKubernetesOwn(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}
