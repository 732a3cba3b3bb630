/**
 * Which thing in AWS an object stands for, and whether deleting the object deletes the thing.
 *
 * Brings the two families together: AWS Controllers for Kubernetes and Crossplane's Upbound providers.
 */

import type { Scope } from '../../core/arn.ts';
import type { Managed } from '../managed-resource.ts';
import { ackKeeps, ackResource, ackService, ackTies } from './ack.ts';
import { crossplaneKeeps, crossplaneResource, crossplaneService, crossplaneTies } from './crossplane.ts';
import type { KubeObject } from './object.ts';

/** An object that stands for something in AWS. */
export interface Standing {
  readonly object: KubeObject;
  readonly managed: Managed;
  /** Deleting the object leaves the thing. */
  readonly keeps: boolean;
  /** Which thing of which place it is tied to, part by part; null for a part that it does not say. */
  readonly ties: readonly (string | null)[];
}

/**
 * What an object stands for; null for one of neither family.
 *
 * @param home The account that a region of the object is taken to be of.
 */
export function standingOf(object: KubeObject, home: Scope | null): Standing | null {
  const ack = ackService(object.group);
  if (ack !== null)
    return { object, managed: ackResource(object, ack, home), keeps: ackKeeps(object), ties: ackTies(object) };
  const crossplane = crossplaneService(object.group);
  if (crossplane === null) return null;
  return {
    object,
    managed: crossplaneResource(object, crossplane.service, home),
    keeps: crossplaneKeeps(object, crossplane.hasDeletionPolicy),
    ties: crossplaneTies(object),
  };
}
