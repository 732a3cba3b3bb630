/**
 * A run's talk with its scratch database: the password it set, the connection, the questions.
 *
 * The password lives here and nowhere else. Whoever signs in, and to which database, is what AWS shows of the scratch
 * itself, which is what the recovery point brought along.
 */

import { MusterError } from '../core/errors.ts';
import { addSeconds, type Instant } from '../core/time.ts';
import type { DrillPlan } from '../drill/drill-plan.ts';
import type { Event } from '../drill/drill-state.ts';
import { judgeProbe } from '../drill/judge-probe.ts';
import type { ProbeResult } from '../drill/probe.ts';
import type { ProbeRunner, ProbeSession, ScratchView } from './ports.ts';

/** A changed master password takes a moment to reach the engine after the status says it has. */
const CONNECT_SECONDS_MAX = 120;

/** One run's session with one scratch database. */
export class ScratchSession {
  readonly #probes: ProbeRunner;
  readonly #now: () => Instant;
  #password = '';
  #session: ProbeSession | null = null;

  constructor(probes: ProbeRunner, now: () => Instant) {
    this.#probes = probes;
    this.#now = now;
  }

  /** What is signed in with from now on. */
  set password(password: string) {
    this.#password = password;
  }

  /**
   * Signs in and asks the first question.
   *
   * @param since When signing in was first tried; for a while after that a refusal may pass.
   */
  async connect(plan: DrillPlan, view: ScratchView | null, since: Instant): Promise<Event> {
    try {
      if (view?.endpoint == null) throw new MusterError('MUSTER_DRILL_FAILED', 'AWS shows no endpoint of the scratch');
      const { engine } = plan.point;
      const mysql = !engine.includes('postgres');
      const session = await this.#probes.connect({
        endpoint: view.endpoint,
        engine,
        username: view.masterUsername ?? plan.database.masterUsername ?? (mysql ? 'admin' : 'postgres'),
        password: this.#password,
        // MySQL signs in without naming a database; PostgreSQL has one of this name in every installation.
        databaseName: view.databaseName ?? plan.database.databaseName ?? (mysql ? '' : 'postgres'),
      });
      this.#session = session;
      const connectedAt = this.#now();
      await session.ping();
      return { kind: 'connected', connectedAt, at: this.#now() };
    } catch (error) {
      if (this.#now() >= addSeconds(since, CONNECT_SECONDS_MAX)) throw error;
      const cause = error instanceof Error ? error.message : String(error);
      return { kind: 'hindered', cause, at: this.#now() };
    }
  }

  /** Every probe of the plan, judged; those after an interruption are left out. */
  async ask(plan: DrillPlan, signal: AbortSignal): Promise<readonly ProbeResult[]> {
    const results: ProbeResult[] = [];
    for (const probe of plan.probes) {
      if (this.#session === null || signal.aborted) break;
      const answer = await this.#session.ask(probe, signal);
      const known = { at: this.#now(), dataAt: plan.point.dataAt, baseline: plan.baseline };
      results.push(judgeProbe(probe, answer, known));
    }
    return results;
  }

  async hydrate(signal: AbortSignal): Promise<void> {
    await this.#session?.hydrate(signal);
  }

  async close(): Promise<void> {
    await this.#session?.close().catch(() => undefined);
    this.#session = null;
  }
}
