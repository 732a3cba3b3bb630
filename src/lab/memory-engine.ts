/**
 * Databases that only keep books: for runs on the virtual clock.
 *
 * Opens instantly and remembers where every volume's content came from, so a test can ask which seed or which
 * volume is behind a port. Holds no rows.
 */

import type { DatabaseEngine, Effect, LabEvent } from './effects.ts';
import type { VolumeSeed } from './world.ts';

/** A volume and where its content came from. */
export interface VolumeBook {
  readonly volumeId: string;
  readonly seed: VolumeSeed;
  /** Volumes it was copied from, the nearest first. */
  readonly copiedFrom: readonly string[];
  readonly password: string;
}

/** The engine behind the virtual lab. */
export class MemoryEngine implements DatabaseEngine {
  readonly #volumes = new Map<string, VolumeBook>();
  readonly #openings = new Map<string, { readonly volumeId: string; readonly port: number }>();
  #ports = 40_000;

  run(effect: Effect, report: (event: LabEvent) => void): void {
    switch (effect.kind) {
      case 'create_volume':
        this.#volumes.set(effect.volumeId, {
          volumeId: effect.volumeId,
          seed: effect.seed,
          copiedFrom: [],
          password: effect.seed.password,
        });
        return;
      case 'copy_volume': {
        const source = this.#volumes.get(effect.from);
        if (source !== undefined)
          this.#volumes.set(effect.to, {
            ...source,
            volumeId: effect.to,
            copiedFrom: [effect.from, ...source.copiedFrom],
          });
        return;
      }
      case 'open_volume': {
        const { openingId, volumeId } = effect;
        if (!this.#volumes.has(volumeId)) {
          report({ kind: 'database_failed', openingId, message: 'the volume does not exist' });
          return;
        }
        this.#ports += 1;
        this.#openings.set(openingId, { volumeId, port: this.#ports });
        report({ kind: 'database_opened', openingId, port: this.#ports });
        return;
      }
      case 'set_password': {
        const volume = this.#volumes.get(effect.volumeId);
        if (volume !== undefined) this.#volumes.set(effect.volumeId, { ...volume, password: effect.password });
        return;
      }
      case 'close_opening':
        this.#openings.delete(effect.openingId);
        return;
      case 'drop_volume':
        this.#volumes.delete(effect.volumeId);
        return;
    }
  }

  async close(): Promise<void> {
    this.#volumes.clear();
    this.#openings.clear();
  }

  /** Every volume held. */
  volumes(): readonly VolumeBook[] {
    return [...this.#volumes.values()];
  }

  /** The volume that listens on a port; undefined when nothing does. */
  volumeOnPort(port: number): VolumeBook | undefined {
    const opening = [...this.#openings.values()].find((candidate) => candidate.port === port);
    return opening === undefined ? undefined : this.#volumes.get(opening.volumeId);
  }
}
