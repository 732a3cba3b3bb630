/**
 * Holds the present world of one lab and keeps it and the databases in step.
 *
 * Given a clock and an engine; hands each request to `handle()`, runs the effects in order and feeds the
 * engine's events back. Does no input or output itself.
 */

import type { Instant } from '../core/time.ts';
import { settleAll } from './backup/progress.ts';
import type { DatabaseEngine, Effect, LabEvent } from './effects.ts';
import { handle } from './handle.ts';
import type { LabRequest, LabResponse } from './messages.ts';
import type { PaceName } from './pace.ts';
import { report } from './settle.ts';
import { type EstateInput, type Instance, placesOf, type World, worldOf } from './world.ts';

/** What a step over the world leaves behind. */
export interface Stepped<T> {
  readonly world: World;
  readonly effects: readonly Effect[];
  readonly outcome: T;
}

/** The lab apart from how it is reached. */
export interface LabHost {
  submit(request: LabRequest): LabResponse;
  /** Takes a step of the caller's own over the world as it was last left. */
  step<T>(take: (world: World, at: Instant) => Stepped<T>): T;
  /** The world at the present instant. */
  world(): World;
  /** Resolves once every database of the estate has a port. */
  readonly opened: Promise<void>;
}

/** Starts a host on an estate: its volumes are created and its instances opened. */
export function startHost(options: {
  readonly estate: EstateInput;
  readonly pace: PaceName;
  readonly engine: DatabaseEngine;
  readonly now: () => Instant;
}): LabHost {
  const { estate, engine, now } = options;
  let world = worldOf(estate, options.pace);
  const missing = new Set(instancesOf(estate).map((instance) => instance.resourceId));
  let allOpened: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    allOpened = resolve;
  });
  const onEvent = (event: LabEvent) => {
    world = report(world, event, now());
    missing.delete(event.openingId);
    if (missing.size === 0) allOpened();
  };
  const run = (effects: readonly Effect[]) => {
    for (const effect of effects) engine.run(effect, onEvent);
  };
  const settled = () => {
    const next = settleAll(world, now());
    world = next.value;
    run(next.effects);
    return world;
  };
  const step = <T>(take: (world: World, at: Instant) => Stepped<T>): T => {
    const stepped = take(world, now());
    world = stepped.world;
    run(stepped.effects);
    return stepped.outcome;
  };
  run(openingsOf(estate));
  if (missing.size === 0) allOpened();
  return {
    opened,
    world: settled,
    step,
    submit: (request) =>
      step((present, at) => {
        const { response, ...handled } = handle(request, present, at);
        return { ...handled, outcome: response };
      }),
  };
}

function instancesOf(estate: EstateInput): Instance[] {
  return placesOf(estate).flatMap(({ instances }) => instances);
}

function openingsOf(estate: EstateInput): Effect[] {
  const volumes = Object.entries(estate.volumes).map(
    ([volumeId, seed]): Effect => ({ kind: 'create_volume', volumeId, seed }),
  );
  const openings = instancesOf(estate).map(
    ({ volumeId, resourceId }): Effect => ({ kind: 'open_volume', volumeId, openingId: resourceId, waits: true }),
  );
  return [...volumes, ...openings];
}
