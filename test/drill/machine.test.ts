/** The drill machine: its one road, every way off it, and its one ending. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/core/time.ts';
import { parseDefinition } from '../../src/drill/definition.ts';
import {
  advance,
  beginDrill,
  type Command,
  type DrillState,
  type Event,
  type Transition,
} from '../../src/drill/machine.ts';
import { recordOf } from '../../src/drill/outcome.ts';
import { type DrillPlan, planDrill } from '../../src/drill/plan.ts';
import type { Database } from '../../src/inventory/model.ts';
import { aCluster, aDatabase, anInventory, aPoint, NOW } from '../support/builders.ts';

const DEFINITION = parseDefinition(
  'name: test\nprobes:\n  - { kind: total_rows, name: rows, rowsMin: 1 }\nminutesMax: 10\n',
  'test.yaml',
);

function aPlan(database: Database): DrillPlan {
  const inventory = anInventory({ databases: [database], recoveryPoints: [aPoint(database)] });
  return planDrill({ definition: DEFINITION, database, inventory, drillId: 'abc', musterVersion: '0.1.0', at: NOW });
}

const PASSING = { name: 'rows', kind: 'total_rows', passed: true, finding: '10 rows', value: 10 } as const;

/** What a healthy world answers to each command. */
function healthy(command: Command, state: DrillState, seconds: number): Event {
  const at = addSeconds(NOW, seconds);
  switch (command.kind) {
    case 'look':
      return { kind: 'saw', status: state.step.endsWith('gone') ? null : 'available', at };
    case 'connect':
      return { kind: 'connected', connectedAt: at, at };
    case 'probe':
      return { kind: 'probed', results: [PASSING], at };
    default:
      return { kind: 'done', at };
  }
}

/** Runs a drill; `disturb` may replace what the world answers at a step. */
function run(plan: DrillPlan, disturb: (state: DrillState, event: Event) => Event = (_, event) => event) {
  const commands: string[] = [];
  let transition: Transition = beginDrill(plan, NOW);
  for (let second = 1; transition.command !== null; second += 1) {
    if (second > 1_000) throw new Error(`no ending after 1000 events, at ${transition.state.step}`);
    const { state, command } = transition;
    commands.push('what' in command ? `${command.kind} ${command.what}` : command.kind);
    transition = advance(state, disturb(state, healthy(command, state, second)));
  }
  return { commands, state: transition.state, record: recordOf(transition.state, addSeconds(NOW, 1_000)) };
}

it('a question that nobody answered fails the drill', () => {
  const { record } = run(aPlan(aDatabase()), (state, event) =>
    state.step === 'probe' && event.kind === 'probed' ? { ...event, results: [] } : event,
  );
  expect(record).toMatchObject({ result: 'failed', grade: 'restored', restoreSeconds: null });
  expect(record.cause).toBe('1 of 1 probes were not answered');
});

describe('a drill of a cluster', () => {
  const { commands, record } = run(aPlan(aCluster()));

  it('adds an instance, sets a password, asks, and removes both', () => {
    expect(commands).toEqual([
      'restore_cluster',
      'look cluster',
      'add_instance',
      'look instance',
      'set_password cluster',
      'look cluster',
      'connect',
      'probe',
      'delete instance',
      'look instance',
      'delete cluster',
      'look cluster',
    ]);
  });

  it('ends passed, graded by its questions, timed to the last of them', () => {
    expect(record).toMatchObject({
      result: 'passed',
      grade: 'queried',
      restoreSeconds: 8,
      cause: null,
      claim: 'snapshot',
    });
    expect(record.phases.map(({ phase, seconds }) => `${phase} ${seconds}`)).toEqual([
      'requested 1',
      'cluster_available 2',
      'instance_available 4',
      'password_set 6',
      'first_connection 7',
      'first_query 7',
      'probes_done 8',
      'torn_down 12',
    ]);
  });
});

describe('a drill of an instance', () => {
  it('has no cluster to make or remove', () => {
    const { commands, record } = run(aPlan(aDatabase()));
    expect(commands).toEqual([
      'restore_instance',
      'look instance',
      'set_password instance',
      'look instance',
      'connect',
      'probe',
      'delete instance',
      'look instance',
    ]);
    expect(record).toMatchObject({ result: 'passed', scratch: { cluster: null, instance: 'muster-scratch-abc' } });
  });
});

describe('trouble on the way', () => {
  const plan = aPlan(aCluster());
  const at = addSeconds(NOW, 5);

  it.each([
    'restore_cluster',
    'await_cluster',
    'add_instance',
    'await_instance',
    'set_password',
    'connect',
    'probe',
  ] as const)('at %s leads through the teardown to a failed drill without a restore time', (step) => {
    let once = true;
    const { commands, record } = run(plan, (state, event) => {
      if (state.step !== step || !once) return event;
      once = false;
      return { kind: 'failed', cause: 'no capacity', at };
    });
    expect(commands.slice(-4)).toEqual(['delete instance', 'look instance', 'delete cluster', 'look cluster']);
    expect(record).toMatchObject({ result: 'failed', cause: 'no capacity', restoreSeconds: null });
  });

  it.each(['failed', 'incompatible-restore', 'insufficient-capacity'])(
    'a scratch that becomes %s fails the drill',
    (status) => {
      const { record } = run(plan, (state, event) =>
        state.step === 'await_cluster' ? { kind: 'saw', status, at } : event,
      );
      expect(record).toMatchObject({
        result: 'failed',
        cause: `the scratch cluster became ${status}`,
        grade: 'available',
      });
    },
  );

  it('a scratch that AWS does not list yet is looked for again', () => {
    let looks = 0;
    const { record } = run(plan, (state, event) => {
      looks += state.step === 'await_cluster' ? 1 : 0;
      return state.step === 'await_cluster' && looks < 4 ? { kind: 'saw', status: null, at } : event;
    });
    expect(looks).toBe(4);
    expect(record.result).toBe('passed');
  });

  it('storage-initialization counts as reachable', () => {
    const status = 'storage-initialization';
    expect(
      run(plan, (state, event) => (state.step === 'await_instance' ? { kind: 'saw', status, at } : event)).record
        .result,
    ).toBe('passed');
  });

  it('a probe that does not pass fails the drill and says what it found', () => {
    const wrong = { ...PASSING, passed: false, finding: '0 rows (at least 1 wanted)' };
    const { record } = run(plan, (state, event) =>
      state.step === 'probe' ? { kind: 'probed', results: [wrong], at } : event,
    );
    expect(record).toMatchObject({
      result: 'failed',
      grade: 'restored',
      cause: '0 rows (at least 1 wanted)',
      restoreSeconds: null,
    });
  });

  it('a drill past its deadline gives up', () => {
    const late = addSeconds(NOW, 601);
    const { record } = run(plan, (state, event) =>
      state.step === 'await_cluster' ? { kind: 'saw', status: 'creating', at: late } : event,
    );
    expect(record.result).toBe('failed');
    expect(record.cause).toContain('it was not done by 2026-11-23T10:10:00.000Z');
  });

  it('an interruption tears down and leaves no claim', () => {
    const { commands, record } = run(plan, (state, event) =>
      state.step === 'await_instance' ? { kind: 'interrupted', cause: 'interrupted', at } : event,
    );
    expect(commands.at(-1)).toBe('look cluster');
    expect(record).toMatchObject({ result: 'aborted', restoreSeconds: null });
  });

  it('an interruption during the teardown changes nothing', () => {
    let once = true;
    const { record } = run(plan, (state, event) => {
      if (state.step !== 'await_instance_gone' || !once) return event;
      once = false;
      return { kind: 'interrupted', cause: 'interrupted', at };
    });
    expect(record.result).toBe('passed');
  });

  it('a scratch that cannot be removed is leaked, and its cluster is still tried', () => {
    const { commands, record } = run(plan, (state, event) =>
      state.step === 'delete_instance' ? { kind: 'failed', cause: 'denied', at } : event,
    );
    expect(commands.slice(-2)).toEqual(['delete cluster', 'look cluster']);
    expect(record).toMatchObject({ result: 'leaked', cause: 'scratch not removed: denied', restoreSeconds: 8 });
    expect(record.phases.some(({ phase }) => phase === 'torn_down')).toBe(false);
  });
});

describe('any sequence of troubles', () => {
  const trouble = fc.record({
    step: fc.nat({ max: 13 }),
    kind: fc.constantFrom('failed', 'interrupted', 'dead', 'absent'),
  });

  it('ends exactly once, and never both passed and disturbed before its questions were answered', () => {
    fc.assert(
      fc.property(fc.array(trouble, { maxLength: 6 }), fc.boolean(), (troubles, clustered) => {
        const pending = [...troubles];
        let count = 0;
        let disturbed = false;
        const { state, record } = run(aPlan(clustered ? aCluster() : aDatabase()), (current, event) => {
          count += 1;
          const next = pending[0];
          if (next === undefined || next.step > count) return event;
          pending.shift();
          disturbed ||= current.probes.length === 0 && next.kind !== 'absent';
          if (next.kind === 'failed' || next.kind === 'interrupted')
            return { kind: next.kind, cause: 'trouble', at: event.at };
          if (event.kind !== 'saw') return { kind: 'failed', cause: 'trouble', at: event.at };
          return { kind: 'saw', status: next.kind === 'dead' ? 'failed' : null, at: event.at };
        });
        expect(state.step).toBe('ended');
        if (record.result === 'passed') expect(record.restoreSeconds).not.toBeNull();
        if (record.restoreSeconds !== null) expect(record.probes.every(({ passed }) => passed)).toBe(true);
        if (disturbed && record.result === 'passed') expect(record.probes.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
