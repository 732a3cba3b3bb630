/**
 * Reading one account and region at a time, so that many workers share a fleet and none waits for the slowest.
 *
 * Or only some databases there, when a decision cannot wait for the rest.
 */

import type { Scope } from '../core/arn.ts';
import type { Instant } from '../core/time.ts';
import type { Principal } from '../inventory/model.ts';
import type { Sight } from '../inventory/sight.ts';

/** Everywhere that can be read, and everywhere that was meant to be and cannot. */
export interface Places {
  /** The identity of our own settings, as STS tells it. */
  readonly principal: Principal;
  /** Null for AWS itself. */
  readonly endpoint: string | null;
  readonly places: readonly Scope[];
  /** Places of a role that cannot be assumed, each as a sight that shows nothing but gaps. */
  readonly unread: readonly Sight[];
}

/**
 * Some databases and what a restore of them needs: by their own names, and by the snapshots that a change names. Nothing
 * that could be a survivor of one of them is left out of such a reading, wherever within reach it lies.
 */
export interface Selection {
  /** Identifiers of instances and clusters, as a change names them; what bears none of them is not there. */
  readonly identifiers: readonly string[];
  /** Resource ids of databases known from an earlier reading, for what a rename would hide. */
  readonly resourceIds: readonly string[];
  /** Identifiers or ARNs of snapshots. */
  readonly snapshots: readonly string[];
}

/** Reads places. Refused calls become gaps, not errors. */
export interface PlaceReader {
  /** @throws MusterError as `EstateReader.read` does, when nothing at all can be read. */
  places(): Promise<Places>;
  /**
   * Reads one place, with the keys that are in use there.
   *
   * @param only Null for everything. With a selection the sight holds those databases, whatever a restore of them could start
   *   from, and the keys, vaults and groups these need; nothing else.
   */
  read(place: Scope, at: Instant, only: Selection | null): Promise<Sight>;
  close(): void;
}
