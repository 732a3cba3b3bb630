/**
 * The endpoint as a function, with weather: what `handle()` does, and what befalls the request on its way.
 *
 * Given a request, a world, an instant, the plan and the sky so far; returns the answer or the breakage, the next world,
 * the effects and the next sky. The ledger shows what was truly carried out or refused: a request that never arrived is
 * not in it, a repeated one is in it twice. Reads no clock and no chance.
 */

import { addSeconds, type Instant } from '../../core/time.ts';
import { actionOf } from '../action-of.ts';
import { type Caller, callerOf } from '../auth.ts';
import { failedJob, putJob, settleAll } from '../backup/progress.ts';
import type { Effect } from '../effects.ts';
import { type Handled, handle } from '../handle.ts';
import type { LabRequest, LabResponse } from '../messages.ts';
import { placeAt, type World, withPlace } from '../world.ts';
import { type Breakage, FAIR, type Fate, fateOf, isCalm, type Weather } from './plan.ts';
import { refusalFor, shortage } from './refusals.ts';
import { afflict, moveOn, release, type StuckDatabase, type StuckJob } from './stuck.ts';
import { type Veil, veiledWorld, veilsOver } from './veil.ts';

/** One request and what befell it. */
export interface Happening {
  readonly number: number;
  readonly at: Instant;
  readonly action: string;
  readonly fate: Fate;
}

/** What befell requests, newest first; null before the first. */
export type HappeningChain = { readonly happening: Happening; readonly earlier: HappeningChain } | null;

/** What the weather remembers between two requests. */
export interface Sky {
  readonly requests: number;
  readonly occurrences: Readonly<Record<string, number>>;
  readonly veils: readonly Veil[];
  readonly databases: readonly StuckDatabase[];
  readonly jobs: readonly StuckJob[];
  /** Requests whose fate was not fair in every way. */
  readonly happenings: HappeningChain;
}

/** The sky before the first request. */
export const FIRST_SKY: Sky = { requests: 0, occurrences: {}, veils: [], databases: [], jobs: [], happenings: null };

/** What the client gets to see; `reached` tells whether the request was carried out. */
export type Sight =
  | { readonly kind: 'answered'; readonly response: LabResponse }
  | { readonly kind: 'broken'; readonly by: Breakage; readonly reached: boolean };

/** A world and sky brought up to an instant. */
export interface Passed {
  readonly world: World;
  readonly effects: readonly Effect[];
  readonly sky: Sky;
}

/** What came of one request. */
export interface Weathered extends Passed {
  readonly sight: Sight;
}

/** The world at an instant, with what is stuck in it; once the weather is over, everything moves on. */
export function passTime(before: World, weather: Weather, sky: Sky, at: Instant): Passed {
  const settled = settleAll(before, at);
  const veils = sky.veils.filter(({ until }) => until > at);
  const moved = moveOn({ world: settled.value, databases: sky.databases, jobs: sky.jobs }, at);
  if (!isCalm(weather, at)) {
    const { world, databases, jobs } = moved;
    return { world, effects: settled.effects, sky: { ...sky, veils, databases, jobs } };
  }
  const calmed = { ...sky, veils: [], databases: [], jobs: [] };
  if (moved.databases.length === 0) return { world: moved.world, effects: settled.effects, sky: calmed };
  const again = settleAll(release(moved.world, moved.databases, at), at);
  return { world: again.value, effects: [...settled.effects, ...again.effects], sky: calmed };
}

/** Answers one request, or lets it break. */
export function handleInWeather(
  request: LabRequest,
  before: World,
  at: Instant,
  given: { readonly weather: Weather; readonly sky: Sky },
): Weathered {
  const { weather } = given;
  const passed = passTime(before, weather, given.sky, at);
  const { world } = passed;
  const caller = callerOf(request, world);
  const action = caller === null ? '' : actionOf(request, caller.service);
  const { requests, occurrences } = passed.sky;
  const occurrence = occurrences[action] ?? 0;
  const fate = isCalm(weather, at) ? FAIR : fateOf(weather, { number: requests, occurrence, action });
  const sky: Sky = {
    ...passed.sky,
    requests: requests + 1,
    occurrences: { ...occurrences, [action]: occurrence + 1 },
    happenings: withHappening(passed.sky.happenings, { number: requests, at, action, fate }),
  };
  const { passage } = fate;
  if (passage.kind === 'unreached') {
    const sight: Sight = { kind: 'broken', by: passage.by, reached: false };
    return { ...passed, sky, sight };
  }
  const refused = caller === null ? null : refusalFor(passage, caller, action);
  const first = refused === null ? heard(request, world, sky, action, at) : handle(request, world, at, refused);
  const second = passage.kind === 'repeated' ? heard(request, first.world, sky, action, at) : null;
  const handled: Handled = second === null ? first : { ...second, effects: [...first.effects, ...second.effects] };
  const effects = [...passed.effects, ...handled.effects];
  const sight: Sight =
    passage.kind === 'answer_lost'
      ? { kind: 'broken', by: passage.by, reached: true }
      : { kind: 'answered', response: handled.response };
  if (isRead(action)) return { world: handled.world, effects, sky, sight };
  const after = befallen({ before: world, after: handled.world, fate, caller, at, sky });
  return { ...after, effects, sight };
}

/** Carries a request out; what is read is read through the veils. */
function heard(request: LabRequest, world: World, sky: Sky, action: string, at: Instant): Handled {
  if (!isRead(action) || sky.veils.length === 0) return handle(request, world, at);
  const { response } = handle(request, veiledWorld(world, sky.veils), at);
  return { response, world: { ...world, requestsSeen: world.requestsSeen + 1 }, effects: [] };
}

/** Hides and strikes what a call has made or deleted. */
function befallen(call: {
  readonly before: World;
  readonly after: World;
  readonly fate: Fate;
  readonly caller: Caller | null;
  readonly at: Instant;
  readonly sky: Sky;
}): { readonly world: World; readonly sky: Sky } {
  const { before, fate, caller, at, sky } = call;
  const { hiddenSeconds, passage, stuck } = fate;
  const short = passage.kind === 'short_of' && caller?.service === 'backup' ? passage.what : null;
  const after = short === null ? call.after : withoutRoom(before, call.after, short, at);
  const struck = stuck === null ? { world: after, databases: [], jobs: [] } : afflict(before, after, stuck, at);
  const veils = hiddenSeconds === 0 ? [] : veilsOver(before, struck.world, addSeconds(at, hiddenSeconds));
  return {
    world: struck.world,
    sky: {
      ...sky,
      veils: [...sky.veils, ...veils],
      databases: [...sky.databases, ...struck.databases],
      jobs: [...sky.jobs, ...struck.jobs],
    },
  };
}

/** Fails the restore jobs a call has just started: AWS Backup takes the job and finds no room later. */
function withoutRoom(before: World, after: World, what: 'quota' | 'capacity', at: Instant): World {
  return Object.values(after.places).reduce((world, place) => {
    const { restoreJobs } = placeAt(before, place.scope);
    const started = place.restoreJobs.filter(({ id }) => !restoreJobs.some((other) => other.id === id));
    const failed = started.reduce((result, job) => {
      const fault = shortage(what, job.resourceType === 'RDS' ? 'DBInstance' : 'DBCluster');
      return putJob(result, failedJob(job, `${fault.code}: ${fault.message}`, at));
    }, place);
    return failed === place ? world : withPlace(world, failed);
  }, after);
}

function isRead(action: string): boolean {
  return /^(?:Describe|List|Get)/.test(action);
}

function withHappening(earlier: HappeningChain, happening: Happening): HappeningChain {
  const { passage, hiddenSeconds, stuck } = happening.fate;
  const fair = passage.kind === 'fair' && hiddenSeconds === 0 && stuck === null;
  return fair ? earlier : { happening, earlier };
}

/** Everything that befell requests, oldest first. */
export function happenings(sky: Sky): Happening[] {
  const all: Happening[] = [];
  for (let link = sky.happenings; link !== null; link = link.earlier) all.push(link.happening);
  return all.reverse();
}
