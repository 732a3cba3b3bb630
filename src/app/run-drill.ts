/**
 * Runs one drill: carries out what the machine commands, tells it what happened, and keeps the record.
 *
 * Every event that changes the drill is in the journal before the next call is made, so that another run can pick it
 * up wherever this one stopped. A run that finds that another has taken over touches nothing more. An interruption
 * or a failure leads through the teardown like everything else; only the record says how it ended.
 */

import { rdsArn } from '../core/arn.ts';
import { MusterError } from '../core/errors.ts';
import { unreachable } from '../core/invariant.ts';
import { addSeconds, type Seconds } from '../core/time.ts';
import type { DrillPlan } from '../drill/drill-plan.ts';
import { type Command, type DrillState, type Event, isTearingDown, partOf, scratchOf } from '../drill/drill-state.ts';
import { exposureOf } from '../drill/exposure.ts';
import { type Guarded, isOfPart, proveRestored, proveScratch, type ScratchProof } from '../drill/guard.ts';
import { advance, beginDrill, endpointRole, transition } from '../drill/machine.ts';
import type { DrillRecord, ScratchRole } from '../drill/model.ts';
import { recordOf } from '../drill/outcome.ts';
import type { Clock, Presence, ProbeRunner, Randomness, ScratchOperator, ScratchView, Store } from './ports.ts';
import { ScratchSession } from './scratch-session.ts';
import { Lost, Tenure } from './tenure.ts';

/** What a drill needs from the world. */
export interface DrillWorld {
  /** Of the place in which the drill restores. */
  readonly operator: ScratchOperator;
  readonly probes: ProbeRunner;
  readonly store: Store;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly presence: Presence;
}

/** How a drill is watched and stopped. */
export interface DrillWatch {
  /** Told each time the drill's state changes. */
  readonly onState?: (state: DrillState) => void;
  /** Aborting it turns the drill to its teardown; the teardown itself is not interrupted. */
  readonly signal?: AbortSignal;
  /** Aborting it lets go of the drill where it stands: the scratch stays, and another run may pick it up. */
  readonly leave?: AbortSignal;
}

const FIRST_WAIT_SECONDS = 0.2;
const WAIT_GROWTH = 1.6;
const RUNNER_LENGTH = 12;

/**
 * Runs a drill to its end and records it.
 *
 * @returns The record, whatever the result: a failed probe is not an error. Null when the drill was left, or taken over.
 * @throws MusterError only when the store fails; the journal then names the scratch.
 */
export async function runDrill(
  plan: DrillPlan,
  world: DrillWorld,
  watch: DrillWatch = {},
): Promise<DrillRecord | null> {
  const tenure = tenureOf(world, plan.drillId);
  const at = tenure.now();
  await tenure.write({ kind: 'begin', plan }, at);
  return new Run(beginDrill(plan, at).state, tenure, world, watch).toItsEnd();
}

/**
 * Takes over a drill that nobody is at: goes on with it, or tears it down.
 *
 * @param how `go_on` from where it stopped; `tear_down` what it made; after its end `tear_down` what it could not
 *   remove, and `reclaim` that and what it was to keep.
 * @returns The record; null when another run is at it, or came first.
 */
export async function takeOverDrill(
  drillId: string,
  how: 'go_on' | 'tear_down' | 'reclaim',
  world: DrillWorld,
  watch: DrillWatch = {},
): Promise<DrillRecord | null> {
  const tenure = tenureOf(world, drillId);
  const log = await tenure.claim();
  if (log === null) return null;
  const run = new Run(log.state, tenure, world, watch);
  const at = tenure.now();
  if (log.state.step === 'ended') {
    const kept = how === 'reclaim';
    if (how !== 'go_on') await run.apply({ kind: 'reclaimed', cause: 'what it left was taken away', kept, at });
  } else if (how === 'go_on') await run.apply({ kind: 'resumed', at });
  else await run.apply({ kind: 'interrupted', cause: 'it was left unfinished, and torn down', at });
  return run.toItsEnd();
}

function tenureOf(world: DrillWorld, drillId: string): Tenure {
  return new Tenure(world, drillId, world.randomness.token(RUNNER_LENGTH));
}

/** One run at one drill. */
class Run {
  readonly #world: DrillWorld;
  readonly #watch: DrillWatch;
  readonly #tenure: Tenure;
  #state: DrillState;
  #waits = 0;
  /** The last command led no further: the next one is not sent at once. */
  #stands = false;
  #interruptionTold = false;
  /** What is looked for in vain, and since when by the steady clock. */
  #unknown: { readonly role: ScratchRole; readonly since: Seconds } | null = null;
  readonly #session: ScratchSession;

  constructor(state: DrillState, tenure: Tenure, world: DrillWorld, watch: DrillWatch) {
    this.#state = state;
    this.#tenure = tenure;
    this.#world = world;
    this.#watch = watch;
    this.#session = new ScratchSession(world.probes, () => tenure.now());
  }

  async toItsEnd(): Promise<DrillRecord | null> {
    try {
      for (let { command } = transition(this.#state); command !== null; { command } = transition(this.#state)) {
        this.#watch.onState?.(this.#state);
        const event = await this.#perform(command);
        if (event === 'lost') return null;
        if (event === 'turned') continue;
        if (event === 'left') {
          await this.#tenure.write({ kind: 'release' });
          return null;
        }
        const { step } = this.#state;
        await this.apply(event);
        this.#stands = this.#state.step === step;
      }
    } finally {
      await this.#session.close();
    }
    this.#watch.onState?.(this.#state);
    return (await this.#isLost()) ? null : this.#keepRecord();
  }

  /** Writes an event down if it changes the drill, and moves on. */
  async apply(event: Event): Promise<void> {
    const { state } = advance(this.#state, event);
    if (state === this.#state) return;
    await this.#tenure.write({ kind: 'event', event }, event.at);
    if (state.step !== this.#state.step) this.#waits = 0;
    this.#state = state;
  }

  /** What a run saw that was taken over in the meantime is not how the drill ended. */
  async #isLost(): Promise<boolean> {
    try {
      await this.#tenure.hold();
      return false;
    } catch (error) {
      if (error instanceof Lost) return true;
      throw error;
    }
  }

  /** The first record of a drill stands, whoever wrote it. */
  async #keepRecord(): Promise<DrillRecord | null> {
    const record = recordOf(this.#state);
    const kept = (await this.#world.store.drills()).find(({ drillId }) => drillId === record.drillId);
    if (kept !== undefined) return kept;
    await this.#world.store.recordDrill(record);
    return record;
  }

  /** Carries out one command; whatever goes wrong becomes an event. */
  async #perform(command: Command): Promise<Event | 'lost' | 'left' | 'turned'> {
    const { signal, leave } = this.#watch;
    try {
      if (leave?.aborted === true) return 'left';
      if (this.#toldToTurn()) return this.#interruption();
      if (this.#stands && !looks(command)) await this.#pause();
      if (changes(command)) await this.#tenure.hold();
      return await this.#carryOut(command);
    } catch (error) {
      if (leave?.aborted === true) return 'left';
      if (signal?.aborted === true && this.#toldToTurn()) return this.#interruption();
      if (error instanceof Lost) return 'lost';
      if (error instanceof MusterError && error.class === 'invariant') throw error;
      const passing = error instanceof MusterError && error.retryable;
      return { kind: passing ? 'hindered' : 'failed', cause: messageOf(error), at: this.#tenure.now() };
    }
  }

  async #carryOut(command: Command): Promise<Event | 'turned'> {
    switch (command.kind) {
      case 'make':
        return this.#make(command);
      case 'look':
        return this.#look(command.role);
      case 'look_at_job':
        return this.#lookAtJob();
      case 'find_job':
        return this.#findJob();
      case 'mark':
      case 'set_password':
      case 'stop':
      case 'remove':
        return this.#change(command.kind, command.role);
      case 'connect': {
        const { plan, stepAt } = this.#state;
        return this.#session.connect(plan, await this.#describe(endpointRole(plan)), stepAt);
      }
      case 'probe': {
        const results = await this.#untilDeadline((signal) => this.#session.ask(this.#state.plan, signal));
        return { kind: 'probed', results, at: this.#tenure.now() };
      }
      case 'hydrate':
        await this.#untilDeadline((signal) => this.#session.hydrate(signal));
        return { kind: 'hydrated', at: this.#tenure.now() };
      default:
        return unreachable(command, 'drill commands');
    }
  }

  async #make({ step, role }: Extract<Command, { kind: 'make' }>): Promise<Event | 'turned'> {
    const { operator } = this.#world;
    const { step: before } = this.#state;
    await this.apply({ kind: 'intended', role, at: this.#tenure.now() });
    // Past its deadline a drill turns back on whatever event comes next, an intention too.
    if (this.#state.step !== before) return 'turned';
    await this.#tenure.hold();
    const { plan } = this.#state;
    switch (step) {
      case 'bring_copy':
        return this.#made(await operator.copySnapshot(plan));
      case 'restore_cluster':
        return this.#made(await operator.restoreCluster(plan));
      case 'restore_instance':
        return this.#made(await operator.restoreInstance(plan));
      case 'add_instance':
        return this.#made(await operator.addInstance(plan));
      case 'start_job':
        return this.#startJob();
      default:
        return unreachable(step, 'making steps');
    }
  }

  #made({ resourceId }: { readonly resourceId: string | null }): Event {
    return { kind: 'made', resourceId, at: this.#tenure.now() };
  }

  async #look(role: ScratchRole): Promise<Event> {
    await this.#pause();
    const view = await this.#describe(role);
    const exposed = view === null || isTearingDown(this.#state) ? null : exposureOf(view, this.#state.plan);
    if (exposed !== null) return { kind: 'exposed', cause: exposed, at: this.#tenure.now() };
    return this.#saw(role, view);
  }

  #saw(role: ScratchRole, view: ScratchView | null): Event {
    const elapsed = this.#world.clock.elapsed();
    if (view !== null || this.#unknown?.role !== role) this.#unknown = view === null ? { role, since: elapsed } : null;
    const unknownFor = elapsed - (this.#unknown?.since ?? elapsed);
    const { status = null, resourceId = null } = view ?? {};
    return { kind: 'saw', status, resourceId, unknownFor, at: this.#tenure.now() };
  }

  /** Asked again long after, AWS Backup would begin a second job: the first is looked for before. */
  async #startJob(): Promise<Event> {
    const { plan, parts } = this.#state;
    const askedBefore = parts.some(({ intendedAt, lastAskedAt }) => intendedAt !== lastAskedAt);
    const found = askedBefore ? await this.#findJob() : null;
    if (found !== null && (found.kind !== 'job_saw' || found.status !== null)) return found;
    return { kind: 'job_started', jobId: await this.#world.operator.startRestoreJob(plan), at: this.#tenure.now() };
  }

  async #findJob(): Promise<Event> {
    const { plan, parts, startedAt } = this.#state;
    const found = await this.#world.operator.findRestoreJob(plan, parts[0]?.intendedAt ?? startedAt);
    const at = this.#tenure.now();
    if (found !== null && found !== 'pending') return { kind: 'job_started', jobId: found.jobId, at };
    return { kind: 'job_saw', status: found, message: null, createdArn: null, completedAt: null, at };
  }

  async #lookAtJob(): Promise<Event> {
    await this.#pause();
    const { job } = this.#state;
    const view = job?.id ? await this.#world.operator.restoreJob(job.id) : null;
    const unknown = { status: null, message: null, createdArn: null, completedAt: null };
    return { kind: 'job_saw', ...(view ?? unknown), at: this.#tenure.now() };
  }

  /** Changes or removes one thing, once the guard has proven it ours. */
  async #change(what: 'mark' | 'set_password' | 'stop' | 'remove', role: ScratchRole): Promise<Event> {
    const { operator, randomness } = this.#world;
    const view = await this.#describe(role);
    if (view === null) {
      if (what === 'remove') return this.#missing(role);
      throw new MusterError('MUSTER_DRILL_FAILED', `the scratch ${role} is gone`);
    }
    const guarded = this.#prove(role, view);
    const deleting = what === 'remove' && view.status === 'deleting';
    // AWS's own id is written down before the thing goes: whatever bears its name and tags later is another one.
    const unknown = view.resourceId !== null && partOf(this.#state, role)?.resourceId === null;
    if ('proof' in guarded && unknown && (deleting || (what === 'remove' && guarded.proof.allows === 'all')))
      return { kind: 'marked', resourceId: view.resourceId, at: this.#tenure.now() };
    if (deleting) return { kind: 'done', at: this.#tenure.now() };
    if ('refusal' in guarded) return { kind: 'unproven', cause: guarded.refusal, at: this.#tenure.now() };
    const { proof } = guarded;
    if (proof.allows === 'mark') return this.#mark(proof, view);
    if (what === 'mark') return { kind: 'marked', resourceId: view.resourceId, at: this.#tenure.now() };
    if (what === 'set_password') {
      const password = randomness.password();
      this.#session.password = password;
      await operator.setPassword(proof, password);
    } else if (what === 'stop') await operator.stop(proof);
    else await operator.remove(proof);
    return { kind: 'done', at: this.#tenure.now() };
  }

  /** Nothing bears its name. Before that is taken for gone it is looked for under another one. */
  async #missing(role: ScratchRole): Promise<Event> {
    const saw = this.#saw(role, null);
    const part = partOf(this.#state, role);
    const stays = advance(this.#state, saw).state.step === this.#state.step;
    // A snapshot keeps its name.
    if (stays || part === undefined || role === 'copy') return saw;
    const marked = await this.#world.operator.marked().catch((error: unknown) => {
      // Whoever may not list goes by the name; a sweep that may will name it.
      if (error instanceof MusterError && !error.retryable && error.class !== 'invariant') return [];
      throw error;
    });
    const other = marked.find((view) => isOfPart(view, part, this.#state.plan.drillId));
    if (other === undefined) return saw;
    const cause = `it stands as ${other.id}: rename it back and sweep again, or remove it by hand`;
    return { kind: 'unproven', cause, at: this.#tenure.now() };
  }

  async #mark(proof: ScratchProof, view: ScratchView): Promise<Event> {
    await this.#world.operator.mark(proof, this.#state.plan.shape.tags);
    return { kind: 'marked', resourceId: view.resourceId, at: this.#tenure.now() };
  }

  #prove(role: ScratchRole, seen: ScratchView): Guarded {
    const { plan, job } = this.#state;
    const part = partOf(this.#state, role);
    const made = part === undefined ? null : part;
    const claim = { ...scratchOf(plan, role), drillId: plan.drillId, made, seen };
    const guarded = proveScratch(claim);
    if ('proof' in guarded || job === null || role === 'copy') return guarded;
    const arn = rdsArn(plan.scope, role === 'cluster' ? 'cluster' : 'db', claim.id);
    const restored = proveRestored(claim, { ...job, arn });
    // Of two refusals the one about the tags says more once they were written.
    return 'proof' in restored && part?.resourceId == null ? restored : guarded;
  }

  /** Work that may take long: nobody must think meanwhile that the run is dead, and the deadline ends it. */
  #untilDeadline<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { startedAt, plan } = this.#state;
    const { signal } = this.#watch;
    return this.#tenure.signingWhile(
      (late) => work(signal === undefined ? late : AbortSignal.any([signal, late])),
      addSeconds(startedAt, plan.secondsMax),
    );
  }

  async #describe(role: ScratchRole): Promise<ScratchView | null> {
    const { kind, id } = scratchOf(this.#state.plan, role);
    return this.#world.operator.describe(kind, id);
  }

  /** Soon at first, then less and less often, down to the definition's own pace. */
  async #pause(): Promise<void> {
    const seconds = Math.min(this.#state.plan.pollSeconds, FIRST_WAIT_SECONDS * WAIT_GROWTH ** this.#waits);
    this.#waits += 1;
    const { signal, leave } = this.#watch;
    const stops = [...(this.#interruptionTold ? [] : [signal]), leave].filter((stop) => stop !== undefined);
    await this.#world.clock.sleep(seconds, stops.length === 0 ? undefined : AbortSignal.any(stops));
    await this.#tenure.sign();
  }

  #toldToTurn(): boolean {
    return this.#watch.signal?.aborted === true && !this.#interruptionTold;
  }

  #interruption(): Event {
    this.#interruptionTold = true;
    return { kind: 'interrupted', cause: 'interrupted', at: this.#tenure.now() };
  }
}

function looks({ kind }: Command): boolean {
  return kind === 'look' || kind === 'look_at_job';
}

function changes({ kind }: Command): boolean {
  return kind === 'mark' || kind === 'set_password' || kind === 'stop' || kind === 'remove';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
