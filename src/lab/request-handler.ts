/**
 * The lab as an AWS SDK's `requestHandler`, on a virtual clock and without sockets.
 *
 * For tests and simulations: time moves only when `advance()` is called, databases only keep books, and the
 * same calls always give the same answers. The estate, the start and the weather are given; no network, no disk, no
 * real time. A broken connection rejects as a socket's would, and what the SDK's retries wait is not the lab's.
 */

import { addSeconds, type Instant, type Seconds } from '../core/time.ts';
import { type EstateName, estateNamed } from './estates/estates.ts';
import { startHost } from './host.ts';
import { MemoryEngine } from './memory-engine.ts';
import type { LabRequest } from './messages.ts';
import type { PaceName } from './pace.ts';
import { breakageError } from './weather/breakage.ts';
import { calmFrom, type Weather, weatherOf } from './weather/plan.ts';
import { FIRST_SKY, type Happening, handleInWeather, happenings, passTime } from './weather/sky.ts';
import type { EstateInput, World } from './world.ts';

/** The part of an SDK's HTTP request the lab reads. */
export interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What an SDK takes as an HTTP response. */
export interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** Usable as `requestHandler` of any AWS SDK v3 client. */
export interface SdkRequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: SdkRequest): Promise<{ response: SdkResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

/** A lab on a virtual clock. */
export interface VirtualLab {
  readonly requestHandler: SdkRequestHandler;
  readonly engine: MemoryEngine;
  now(): Instant;
  /** Moves the clock; every step that falls due on the way is taken. */
  advance(seconds: Seconds): void;
  world(): World;
  /** Ends the weather at the present instant: no more faults, and what is stuck moves on. */
  calm(): void;
  /** The requests that something befell, oldest first. */
  happenings(): readonly Happening[];
}

/** Starts a virtual lab; `pace` is `realistic` and the weather calm unless given. */
export function createVirtualLab(options: {
  readonly estate: EstateName | ((at: Instant) => EstateInput);
  readonly startAt: Instant;
  readonly pace?: PaceName;
  readonly weather?: Weather;
}): VirtualLab {
  let at = options.startAt;
  let weather = options.weather ?? weatherOf('', 0);
  let sky = FIRST_SKY;
  const build = typeof options.estate === 'function' ? options.estate : estateNamed(options.estate);
  const engine = new MemoryEngine();
  const host = startHost({ estate: build(at), pace: options.pace ?? 'realistic', engine, now: () => at });
  const pass = () =>
    host.step((before) => {
      const { world, effects, sky: next } = passTime(before, weather, sky, at);
      sky = next;
      return { world, effects, outcome: undefined };
    });
  const submit = (request: LabRequest) =>
    host.step((before) => {
      const { world, effects, sky: next, sight } = handleInWeather(request, before, at, { weather, sky });
      sky = next;
      return { world, effects, outcome: sight };
    });
  const requestHandler: SdkRequestHandler = {
    metadata: { handlerProtocol: 'lab' },
    handle: async (request) => {
      const sight = submit({
        method: request.method,
        path: request.path,
        query: flatQuery(request.query ?? {}),
        headers: lowerNames(request.headers),
        body: bodyText(request.body),
      });
      if (sight.kind === 'broken') throw breakageError(sight.by, sight.reached);
      const { status, headers, body } = sight.response;
      const response = { statusCode: status, headers: { ...headers }, body: Buffer.from(body) };
      return { response };
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => {},
  };
  return {
    requestHandler,
    engine,
    now: () => at,
    world: () => {
      pass();
      return host.step((world) => ({ world, effects: [], outcome: world }));
    },
    advance: (seconds) => {
      at = addSeconds(at, seconds);
      pass();
    },
    calm: () => {
      weather = calmFrom(weather, at);
      pass();
    },
    happenings: () => happenings(sky),
  };
}

function flatQuery(query: Readonly<Record<string, string | string[] | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? (value[0] ?? '') : (value ?? '')]),
  );
}

function lowerNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function bodyText(body: unknown): string {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : '';
}
