/**
 * One seed of the drills' simulation: processes, weather, somebody else's hands, and what must hold in the end.
 *
 * First everything that a seed plans befalls the drills; then the weather ends, leases and kept times run out, and a
 * sweep is run in fair conditions. What is claimed is claimed of the world after that.
 */

import { createMemoryStore } from '../../../src/adapters/store/memory-store.ts';
import type { JournalEntry, Store } from '../../../src/app/ports.ts';
import { runDrill, takeOverDrill } from '../../../src/app/run-drill.ts';
import { leftDrills, resumeDrill } from '../../../src/app/run-drills.ts';
import { type Swept, sweepScratch } from '../../../src/app/sweep-scratch.ts';
import type { Seconds } from '../../../src/core/time.ts';
import { logOf, readJournal } from '../../../src/drill/journal.ts';
import { createVirtualLab } from '../../../src/lab/request-handler.ts';
import { weatherOf } from '../../../src/lab/weather/plan.ts';
import { SCOPE } from '../../support/builders.ts';
import { type Chance, chanceOf } from './chance.ts';
import { DrillBook, thingsIn } from './drill-book.ts';
import { breachesOf, type Drilled, fairBreaches } from './drill-claims.ts';
import { createSlot, type Slot } from './drill-clients.ts';
import { drawPlan, drillEstate, SHAPES, START } from './drill-estate.ts';
import { CALM, Runner, type Shared, type Temper } from './drill-runner.ts';
import { createForeignHand, DEEDS, type ForeignHand, meddle } from './foreign-hand.ts';
import { VirtualTime } from './virtual-time.ts';

/** What a seed came to. */
export interface DrillFinding {
  readonly seed: number;
  readonly breaches: readonly string[];
  readonly story: readonly string[];
  /** Of each kind of event so many, to show that seeds are not empty. */
  readonly counts: Readonly<Record<string, number>>;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;
const WAKE_UPS_MAX = 40_000;
const SWEEPS_MAX = 3;
const SWEEP = { dryRun: false, endpoint: null, scope: SCOPE } as const;

/** Runs seeds one after another on one set of clients. */
export function createDrillTrials(): { readonly run: (seed: number) => Promise<DrillFinding> } {
  const slots: Slot[] = [];
  const slotOf = (number: number): Slot => {
    while (slots.length <= number) slots.push(createSlot(slots.length));
    return slots[number] ?? createSlot(number);
  };
  const hand = createForeignHand();
  return { run: (seed) => new DrillTrial(seed, slotOf, hand).run() };
}

class DrillTrial {
  readonly #seed: number;
  readonly #chance: Chance;
  readonly #slotOf: (number: number) => Slot;
  readonly #hand: ForeignHand;
  readonly #shared: Shared;
  readonly #drills: { plan: Drilled['plan']; shape: Drilled['shape']; touched: boolean }[] = [];
  readonly #runners: Runner[] = [];
  readonly #intensity: number;
  readonly #adversity: boolean;
  readonly #faults: string[] = [];

  constructor(seed: number, slotOf: (number: number) => Slot, hand: ForeignHand) {
    this.#seed = seed;
    this.#slotOf = slotOf;
    this.#hand = hand;
    this.#chance = chanceOf(seed);
    this.#adversity = this.#chance.happens(0.9);
    this.#intensity = this.#adversity ? this.#chance.pick([0, 0.1, 0.3, 0.6, 1]) : 0;
    const lab = createVirtualLab({
      estate: drillEstate,
      startAt: START,
      weather: weatherOf(String(seed), this.#intensity),
    });
    const book = new DrillBook(lab);
    const time = new VirtualTime(START, (seconds) => lab.advance(seconds));
    this.#shared = { lab, time, book, store: this.#watchedStore(), answers: [], passwords: [], recordings: [] };
    hand.connect(this.#shared);
  }

  async run(): Promise<DrillFinding> {
    const { lab, time, store } = this.#shared;
    const first = new Set(
      thingsIn(lab.world())
        .filter(({ identifier }) => !/^(?:rds|awsbackup):/.test(identifier))
        .map(({ identity }) => identity),
    );
    this.#plan();
    await this.#pass('what was planned');
    lab.calm();
    await this.#until(3 * DAY);
    const lastSweeps = await this.#sweepUp();
    const ending = {
      shared: this.#shared,
      drills: this.#drills,
      lastSweeps,
      entries: await store.journalEntries(),
      records: await store.drills(),
      first,
    };
    const breaches = [
      ...this.#faults,
      ...breachesOf(ending),
      ...(this.#adversity ? [] : fairBreaches(ending.records, this.#drills)),
    ];
    return {
      seed: this.#seed,
      breaches,
      story: breaches.length === 0 ? [] : await this.#story(lastSweeps),
      counts: this.#counts(ending.records, ending.entries, time.seconds()),
    };
  }

  /** Draws who does what and when; nothing happens yet. */
  #plan(): void {
    const chance = this.#chance;
    const count = chance.happens(0.2) ? 2 : 1;
    for (let number = 1; number <= count; number += 1) {
      const shape = chance.pick(SHAPES);
      const plan = drawPlan(chance, `d${number}`, shape);
      this.#drills.push({ plan, shape, touched: false });
      const stops = this.#stops();
      const signals = { ...(stops.signal === null ? {} : { signal: stops.signal }), ...stops.left };
      this.#process(`run${number}`, number === 1 ? 0 : chance.below(600), async (runner) => {
        const operator = await runner.world.operatorAt(plan.scope);
        await runDrill(plan, { ...runner.world, operator }, signals);
      });
    }
    if (!this.#adversity) return;
    for (let number = 1; number <= chance.below(4); number += 1) {
      const sweeps = chance.happens(0.5);
      const startAt = chance.pick([chance.below(900), chance.below(7_200), chance.below(7_200)]);
      const rounds = 1 + chance.below(4);
      const between = 30 + chance.below(900);
      this.#process(`${sweeps ? 'sweep' : 'resume'}${number}`, startAt, async (runner) => {
        for (let round = 0; round < rounds; round += 1) {
          if (sweeps) await sweepScratch(SWEEP, runner.world);
          else await resumeAll(runner);
          await runner.pass(between);
        }
      });
    }
    if (chance.happens(0.35)) this.#meddler();
  }

  #stops(): { readonly signal: AbortSignal | null; readonly left: { readonly leave?: AbortSignal } } {
    const chance = this.#chance;
    const after = (share: number): AbortSignal | null => {
      if (!this.#adversity || !chance.happens(share)) return null;
      const stop = new AbortController();
      const { time } = this.#shared;
      void time.until(stop, chance.below(3_000)).then(() => stop.abort(new Error('stopped by the simulation')));
      return stop.signal;
    };
    const leave = after(0.1);
    return { signal: after(0.1), left: leave === null ? {} : { leave } };
  }

  #process(name: string, startAt: Seconds, work: (runner: Runner) => Promise<void>, temper = this.#temper()): void {
    const slot = this.#slotOf(this.#runners.length);
    const chance = chanceOf(this.#seed * 100 + this.#runners.length);
    const runner = new Runner(this.#shared, slot, { name, temper, chance });
    this.#runners.push(runner);
    void this.#shared.time
      .until(runner, this.#shared.time.seconds() + startAt)
      .then(() => work(runner))
      .catch((error: unknown) => {
        this.#faults.push(`${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      });
  }

  #temper(): Temper {
    const chance = this.#chance;
    if (!this.#adversity) return CALM;
    const from = chance.below(4_000);
    const disturbed = chance.below(10);
    const forth = () => chance.pick([-1, 1]) * (120 + chance.below(3 * HOUR));
    return {
      killedAt: chance.happens(0.55) ? 1 + chance.below(chance.pick([15, 60, 200])) : null,
      slowness: chance.pick([0, 2, 2, 25]),
      clockJumps:
        disturbed === 0
          ? [
              { from, ahead: forth() },
              { from: from + chance.below(2_000), ahead: forth() },
            ]
          : [],
      asleep: disturbed === 1 ? { from, until: from + 120 + chance.below(3 * HOUR) } : null,
      probeSecondsMax: chance.pick([1, 30, 900]),
      dataFault: chance.happens(0.85) ? 'none' : chance.pick(['empty', 'unanswered', 'lost', 'refused']),
    };
  }

  #meddler(): void {
    const chance = this.#chance;
    const drill = chance.pick(this.#drills);
    const deed = chance.pick([...DEEDS, 'replace_with_tags' as const]);
    const startAt = chance.below(chance.pick([600, 2_500]));
    void this.#shared.time.until(this.#hand, startAt).then(async () => {
      drill.touched = (await meddle(this.#hand, this.#shared, { plan: drill.plan, deed, chance })) || drill.touched;
    });
  }

  /** Sweeps in fair conditions until nothing more is to be had; standbys go as their successor would have them go. */
  async #sweepUp(): Promise<readonly Swept[]> {
    const { store } = this.#shared;
    const swept: Swept[] = [];
    for (let round = 1; round <= SWEEPS_MAX && (round === 1 || this.#untidy()); round += 1) {
      const standbys = readJournal(await store.journalEntries()).filter(({ state }) => state.keeping?.until === null);
      this.#process(
        `last${round}`,
        0,
        async (runner) => {
          for (const { drillId } of standbys) {
            const operator = await runner.world.operatorAt(SCOPE);
            await takeOverDrill(drillId, 'reclaim', { ...runner.world, operator });
          }
          swept.unshift(...(await sweepScratch(SWEEP, runner.world)));
        },
        CALM,
      );
      await this.#pass(`sweep ${round}`);
      await this.#until(this.#shared.time.seconds() + HOUR);
    }
    return swept;
  }

  /** Whether one more sweep has anything to do. */
  #untidy(): boolean {
    const { book } = this.#shared;
    return book.standing().some(({ identity }) => book.isMade(identity));
  }

  async #pass(what: string): Promise<void> {
    try {
      await this.#shared.time.run(WAKE_UPS_MAX);
    } catch (error) {
      throw new Error(`${what} did not end\n${(await this.#story([])).join('\n')}`, { cause: error });
    }
  }

  async #until(second: Seconds): Promise<void> {
    const { time } = this.#shared;
    void time.until(this, Math.max(second, time.seconds() + 600));
    await time.run(WAKE_UPS_MAX);
  }

  /**
   * A part that an event declares gone must be gone at that moment, under any name if its id is known. Only of a member
   * under another name it is enough that its cluster, which does not go without it, is told of in the end.
   */
  #watchedStore(): Store {
    const memory = createMemoryStore();
    return {
      ...memory,
      journal: async (entry) => {
        await memory.journal(entry);
        if (entry.what.kind !== 'event') return;
        const state = logOf(await memory.journalEntries(), entry.drillId)?.state;
        const { book } = this.#shared;
        for (const { id, kind, goneAt, resourceId } of state?.parts ?? []) {
          if (goneAt !== entry.at) continue;
          const member = kind === 'instance' && state?.plan.ids.cluster !== null;
          const still = book
            .standing()
            .find(
              (thing) => thing.kind === kind && (thing.identifier === id || (!member && thing.identity === resourceId)),
            );
          if (still !== undefined && book.isMade(still.identity))
            this.#faults.push(`${entry.at}: ${id} was called gone, and stands as ${still.identity}`);
        }
      },
    };
  }

  async #story(swept: readonly Swept[]): Promise<readonly string[]> {
    const { lab, store, book } = this.#shared;
    const drills = this.#drills.map(
      ({ plan, shape }) => `${plan.drillId}: ${shape}, ${JSON.stringify(plan.onSuccess)}, poll ${plan.pollSeconds}`,
    );
    const happened = lab.happenings().map(({ at, action, fate }) => `${at} weather: ${action} ${JSON.stringify(fate)}`);
    const entries = (await store.journalEntries()).map(told);
    const lines = [...happened, ...entries, ...book.lines].sort((a, b) => (a.slice(0, 24) < b.slice(0, 24) ? -1 : 1));
    return [
      ...drills,
      ...lines,
      ...swept.map((one) => `sweep: ${JSON.stringify(one)}`),
      ...(await store.drills()).map((record) => `record: ${JSON.stringify(record)}`),
    ];
  }

  #counts(
    records: readonly { readonly result: string; readonly resumed: number }[],
    entries: readonly JournalEntry[],
    seconds: Seconds,
  ): Readonly<Record<string, number>> {
    const of = (result: string) => records.filter((record) => record.result === result).length;
    return {
      drills: this.#drills.length,
      passed: of('passed'),
      failed: of('failed'),
      aborted: of('aborted'),
      leaked: of('leaked'),
      killed: this.#runners.filter(({ killed }) => killed).length,
      resumed: records.filter(({ resumed }) => resumed > 0).length,
      takenOver: entries.filter(({ what }) => what.kind === 'claim').length,
      touched: this.#drills.filter(({ touched }) => touched).length,
      befallen: this.#shared.lab.happenings().length,
      days: Math.round(seconds / DAY),
    };
  }
}

async function resumeAll(runner: Runner): Promise<void> {
  for (const log of await leftDrills(runner.world, null)) await resumeDrill(log, runner.world);
}

function told({ at, drillId, runner, what }: JournalEntry): string {
  if (what.kind === 'begin') return `${at} journal: ${runner} began ${drillId}`;
  return `${at} journal: ${runner} ${drillId} ${what.kind === 'event' ? JSON.stringify(what.event) : what.kind}`;
}
