/**
 * What the world asks of the databases, and what the databases tell the world.
 *
 * `handle()` and `settle()` return effects in the order they must happen; a host hands them to a
 * `DatabaseEngine`, and feeds the engine's events back with `report()`. Passwords appear here and nowhere
 * else in the lab's pure part.
 */

import type { VolumeSeed } from './world.ts';

/** Something to be done to a volume, in order. */
export type Effect =
  | { readonly kind: 'create_volume'; readonly volumeId: string; readonly seed: VolumeSeed }
  | { readonly kind: 'copy_volume'; readonly from: string; readonly to: string }
  | { readonly kind: 'open_volume'; readonly volumeId: string; readonly openingId: string; readonly waits: boolean }
  | { readonly kind: 'set_password'; readonly volumeId: string; readonly password: string }
  | { readonly kind: 'close_opening'; readonly openingId: string }
  | { readonly kind: 'drop_volume'; readonly volumeId: string };

/** Something the engine has to tell; `openingId` is the instance's resource id. */
export type LabEvent =
  | { readonly kind: 'database_opened'; readonly openingId: string; readonly port: number }
  | { readonly kind: 'database_failed'; readonly openingId: string; readonly message: string };

/** Holds volumes and opens them; one real implementation, one that only keeps books. */
export interface DatabaseEngine {
  /** Begins an effect; effects on one volume take place in the order given. */
  run(effect: Effect, report: (event: LabEvent) => void): void;
  /** Lets go of everything, even what is still opening. */
  close(): Promise<void>;
}
