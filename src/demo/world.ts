/**
 * What the demo needs: the lab, Muster's own parts pointed at it, and somebody to play the other people.
 *
 * Built in `main.ts` like every other world, from the same adapters; only the store is one in memory.
 */

import type {
  Clock,
  EstateReader,
  Login,
  Presence,
  ProbeRunner,
  Randomness,
  ScratchOperator,
  Store,
} from '../app/ports.ts';
import type { Agent } from './agent.ts';

/** The stage the story is played on. */
export interface DemoWorld {
  readonly version: string;
  readonly endpoint: string;
  readonly region: string;
  readonly reader: EstateReader;
  readonly operator: ScratchOperator;
  readonly probes: ProbeRunner;
  /** Kept in memory: the demo leaves nothing behind. */
  readonly store: Store;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly presence: Presence;
  readonly agent: Agent;
  /** The plan that `terraform destroy` would carry out, as Terraform printed it. */
  readonly plan: { readonly text: string; readonly origin: string };
  /** How the estate's own application signs in to the course database. */
  readonly login: Omit<Login, 'endpoint'>;
  close(): Promise<void>;
}
