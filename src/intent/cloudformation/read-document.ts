/**
 * What reading one of CloudFormation's documents gives, whichever kind it is.
 *
 * Kept apart so that the readers of each kind and the one that tells them apart do not import one another.
 */

import type { Signal } from '../action.ts';
import type { ReadChange } from './resource-change.ts';

/** Changes in the order of the document, and what was noticed about it as a whole. */
export interface ReadDocument {
  readonly changes: readonly ReadChange[];
  readonly signals: readonly Signal[];
}
