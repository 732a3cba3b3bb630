/**
 * Runs one drill: carries out what the machine commands, tells it what happened, and keeps the record.
 *
 * Every call that makes or removes something is journaled before it is made. An interruption or a failure leads
 * through the teardown like everything else; only the record says how it ended.
 */

import { MusterError } from '../core/errors.ts';
import { addSeconds, type Instant, type Seconds } from '../core/time.ts';
import { proveScratch } from '../drill/guard.ts';
import { advance, beginDrill, type Command, type DrillState, type Event, type Part } from '../drill/machine.ts';
import type { DrillRecord, ProbeResult } from '../drill/model.ts';
import { recordOf } from '../drill/outcome.ts';
import type { DrillPlan } from '../drill/plan.ts';
import type {
  Clock,
  JournalEntry,
  Login,
  ProbeRunner,
  ProbeSession,
  Randomness,
  ScratchOperator,
  ScratchView,
  Store,
} from './ports.ts';

/** What a drill needs from the world. */
export interface DrillWorld {
  readonly operator: ScratchOperator;
  readonly probes: ProbeRunner;
  readonly store: Store;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** How a drill is watched and stopped. */
export interface DrillWatch {
  /** Told each time the drill moves to another step. */
  readonly onState?: (state: DrillState) => void;
  /** Aborting it turns the drill to its teardown; the teardown itself is not interrupted. */
  readonly signal?: AbortSignal;
}

const FIRST_WAIT_SECONDS = 0.2;
const WAIT_GROWTH = 1.6;
/** For so long a teardown goes on asking a service that does not answer, before what is left counts as leaked. */
const TEARDOWN_PATIENCE_SECONDS = 120;
/** A changed master password takes a moment to reach the engine after the status says it has. */
const CONNECT_SECONDS_MAX = 120;

/**
 * Runs a drill to its end and records it.
 *
 * @returns The record, whatever the result: a failed probe is not an error.
 * @throws MusterError only when the store fails; the scratch is then named by the journal.
 */
export async function runDrill(plan: DrillPlan, world: DrillWorld, watch: DrillWatch = {}): Promise<DrillRecord> {
  const run = new Run(plan, world, watch.signal);
  await run.journal('begin', 'begin', null);
  let { state, command } = beginDrill(plan, world.clock.now());
  while (command !== null) {
    watch.onState?.(state);
    const event = await run.perform(command);
    ({ state, command } = advance(state, event));
  }
  watch.onState?.(state);
  await run.close();
  const record = recordOf(state, world.clock.now());
  await world.store.recordDrill(record);
  await run.journal('end', record.result, null);
  return record;
}

/** One run: the only thing in it that changes is what the scratch looked like last. */
class Run {
  readonly #plan: DrillPlan;
  readonly #world: DrillWorld;
  readonly #signal: AbortSignal | undefined;
  readonly #intendedAt = new Map<string, Instant>();
  #interruptionTold = false;
  #tearingDown = false;
  #lastLook: { command: string; waits: number } = { command: '', waits: 0 };
  #instance: ScratchView | null = null;
  #password = '';
  #session: ProbeSession | null = null;

  constructor(plan: DrillPlan, world: DrillWorld, signal: AbortSignal | undefined) {
    this.#plan = plan;
    this.#world = world;
    this.#signal = signal;
  }

  /** Carries out one command; whatever goes wrong becomes an event. */
  async perform(command: Command): Promise<Event> {
    const { clock } = this.#world;
    try {
      if (this.#signal?.aborted && !this.#interruptionTold) {
        this.#interruptionTold = true;
        return { kind: 'interrupted', cause: 'interrupted', at: clock.now() };
      }
      this.#tearingDown ||= command.kind === 'delete';
      return await (this.#tearingDown ? this.#insist(command) : this.#carryOut(command));
    } catch (error) {
      if (this.#signal?.aborted && !this.#interruptionTold) {
        this.#interruptionTold = true;
        return { kind: 'interrupted', cause: 'interrupted', at: clock.now() };
      }
      if (error instanceof MusterError && error.class === 'invariant') throw error;
      return { kind: 'failed', cause: messageOf(error), at: clock.now() };
    }
  }

  async journal(event: JournalEntry['event'], step: string, what: Part | null): Promise<void> {
    const { drillId, scope, endpoint } = this.#plan;
    const scratchId = what === null ? null : this.#id(what);
    const at = this.#world.clock.now();
    await this.#world.store.journal({ at, drillId, scope, endpoint, event, step, scratchId, what });
    if (event === 'intend' && scratchId !== null && !this.#intendedAt.has(scratchId))
      this.#intendedAt.set(scratchId, at);
  }

  async close(): Promise<void> {
    await this.#session?.close();
    this.#session = null;
  }

  async #carryOut(command: Command): Promise<Event> {
    const { operator, clock } = this.#world;
    const { point, ids } = this.#plan;
    switch (command.kind) {
      case 'restore_cluster':
        return this.#journaled(command.kind, 'cluster', (shape) =>
          operator.restoreCluster(this.#id('cluster'), point, shape),
        );
      case 'add_instance':
        return this.#journaled(command.kind, 'instance', (shape) =>
          operator.addInstance(ids.instance, this.#id('cluster'), point.engine, shape),
        );
      case 'restore_instance':
        return this.#journaled(command.kind, 'instance', (shape) =>
          operator.restoreInstance(ids.instance, point, shape),
        );
      case 'set_password':
        this.#password = this.#world.randomness.password();
        return this.#journaled(command.kind, command.what, () =>
          operator.setPassword(command.what, this.#id(command.what), this.#password),
        );
      case 'look':
        return this.#look(command.what);
      case 'connect':
        return this.#connect();
      case 'probe':
        return { kind: 'probed', results: await this.#ask(), at: clock.now() };
      case 'delete':
        await this.close();
        return this.#delete(command.what);
    }
  }

  /** On the way there one failure ends the drill; on the way back it would leave a database behind. */
  async #insist(command: Command): Promise<Event> {
    const { clock } = this.#world;
    const giveUpAt = addSeconds(clock.now(), TEARDOWN_PATIENCE_SECONDS);
    for (let waits = 0; ; waits += 1) {
      try {
        return await this.#carryOut(command);
      } catch (error) {
        const passing = error instanceof MusterError && error.retryable;
        if (!passing || clock.now() >= giveUpAt) throw error;
        await clock.sleep(this.#patience(waits));
      }
    }
  }

  async #journaled(
    step: string,
    what: Part,
    call: (shape: ReturnType<typeof shapeOf>) => Promise<void>,
  ): Promise<Event> {
    await this.journal('intend', step, what);
    await call(shapeOf(this.#plan));
    await this.journal('done', step, what);
    return { kind: 'done', at: this.#world.clock.now() };
  }

  async #look(what: Part): Promise<Event> {
    await this.#waitBeforeLookingAgain(what);
    const view = await this.#world.operator.describe(what, this.#id(what));
    if (what === 'instance') this.#instance = view;
    return { kind: 'saw', status: view?.status ?? null, at: this.#world.clock.now() };
  }

  async #waitBeforeLookingAgain(what: Part): Promise<void> {
    const waits = this.#lastLook.command === what ? this.#lastLook.waits + 1 : 0;
    this.#lastLook = { command: what, waits };
    await this.#world.clock.sleep(this.#patience(waits), this.#interruptionTold ? undefined : this.#signal);
  }

  /** Soon at first, then less and less often, down to the definition's own pace. */
  #patience(waits: number): Seconds {
    return Math.min(this.#plan.pollSeconds, FIRST_WAIT_SECONDS * WAIT_GROWTH ** waits);
  }

  async #connect(): Promise<Event> {
    const { clock, probes } = this.#world;
    const giveUpAt = addSeconds(clock.now(), CONNECT_SECONDS_MAX);
    for (;;) {
      try {
        this.#session = await probes.connect(this.#login());
        break;
      } catch (error) {
        if (clock.now() >= giveUpAt) throw error;
        await clock.sleep(1, this.#signal);
      }
    }
    const connectedAt = clock.now();
    await this.#session.ping();
    return { kind: 'connected', connectedAt, at: clock.now() };
  }

  #login(): Login {
    const { database } = this.#plan;
    const endpoint = this.#instance?.endpoint;
    if (!endpoint) throw new MusterError('MUSTER_DRILL_FAILED', `AWS shows no endpoint for ${this.#id('instance')}`);
    return {
      endpoint,
      engine: database.engine,
      username: database.masterUsername ?? 'postgres',
      password: this.#password,
      databaseName: database.databaseName ?? 'postgres',
    };
  }

  async #ask(): Promise<readonly ProbeResult[]> {
    const results: ProbeResult[] = [];
    for (const probe of this.#plan.probes) {
      if (this.#session !== null) results.push(await this.#session.run(probe, this.#world.clock.now()));
    }
    return results;
  }

  async #delete(what: Part): Promise<Event> {
    const { operator, clock } = this.#world;
    const id = this.#id(what);
    const seen = await operator.describe(what, id);
    if (seen === null || seen.status === 'deleting') return { kind: 'done', at: clock.now() };
    const intendedAt = this.#intendedAt.get(id) ?? null;
    const guarded = proveScratch({ id, drillId: this.#plan.drillId, intendedAt, seen });
    if ('refusal' in guarded) throw new MusterError('MUSTER_SCRATCH_LEAKED', guarded.refusal);
    await this.journal('intend', `delete_${what}`, what);
    await operator.delete(what, id, guarded.proof);
    await this.journal('done', `delete_${what}`, what);
    return { kind: 'done', at: clock.now() };
  }

  #id(what: Part): string {
    const { cluster, instance } = this.#plan.ids;
    return what === 'cluster' ? (cluster ?? instance) : instance;
  }
}

function shapeOf({ instanceClass, subnetGroup, securityGroupIds, tags }: DrillPlan) {
  return { instanceClass, subnetGroup, securityGroupIds, tags };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
