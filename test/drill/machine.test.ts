/** The drill machine: each road there, every way off it, and its one ending. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../src/core/time.ts';
import { type Event, TEARDOWN_STEPS } from '../../src/drill/drill-state.ts';
import { advance, beginDrill, roadOf } from '../../src/drill/machine.ts';
import type { Aftermath } from '../../src/drill/model.ts';
import { recordOf } from '../../src/drill/outcome.ts';
import { NOW } from '../support/builders.ts';
import { aDrillPlan, PASSING, PLAN_SHAPES, type PlanShape, walk, walkOn } from '../support/drill-plans.ts';

const KEEP: Aftermath = { kind: 'keep', hours: 6 };

describe('the road', () => {
  const ASKING = ['set_password', 'look', 'connect', 'probe'];
  it.each<[PlanShape, readonly string[]]>([
    ['instance', ['make restore_instance', 'look instance', ...named('instance')]],
    ['pitr', ['make restore_instance', 'look instance', ...named('instance')]],
    ['cluster', ['make restore_cluster', 'look cluster', 'make add_instance', 'look instance', ...named('cluster')]],
    ['multi_az', ['make restore_cluster', 'look cluster', ...named('cluster')]],
    ['copy', ['make bring_copy', 'look copy', 'make restore_instance', 'look instance', ...named('instance')]],
    ['vault', ['make start_job', 'look_at_job', 'look instance', 'mark instance', ...named('instance')]],
    [
      'vault_cluster',
      [
        'make start_job',
        'look_at_job',
        'look cluster',
        'mark cluster',
        'make add_instance',
        'look instance',
        ...named('cluster'),
      ],
    ],
    ['oracle', ['make restore_instance', 'look instance']],
  ])('of a %s is walked in order', (shape, expected) => {
    const { commands } = walk(aDrillPlan(shape));
    expect(commands.slice(0, expected.length)).toEqual(expected);
    expect(commands[expected.length]).toMatch(/^remove /);
  });

  it.each<[PlanShape, readonly string[]]>([
    ['instance', ['remove instance', 'look instance']],
    ['cluster', ['remove instance', 'look instance', 'remove cluster', 'look cluster']],
    ['multi_az', ['remove cluster', 'look cluster']],
    ['copy', ['remove instance', 'look instance', 'remove copy', 'look copy']],
    ['vault_cluster', ['remove instance', 'look instance', 'remove cluster', 'look cluster']],
  ])('back from a %s removes all that was made, instance first', (shape, expected) => {
    expect(walk(aDrillPlan(shape)).commands.slice(-expected.length)).toEqual(expected);
  });

  it('asks nothing of an engine without a driver, and says no more than restored', () => {
    const record = recordOf(walk(aDrillPlan('oracle')).state);
    expect(record).toMatchObject({ result: 'passed', grade: 'restored', restoreSeconds: null, probes: [] });
  });

  it('reads everything once where the definition asks for it', () => {
    const { commands, state } = walk(aDrillPlan('instance', { hydrate: true }));
    expect(commands[commands.indexOf('probe') + 1]).toBe('hydrate');
    expect(recordOf(state).phases.map(({ phase }) => phase)).toContain('hydrated');
  });

  function named(role: string): readonly string[] {
    return ASKING.map((word) => (word === 'connect' || word === 'probe' ? word : `${word} ${role}`));
  }
});

describe('a drill of a cluster', () => {
  const record = recordOf(walk(aDrillPlan('cluster')).state);

  it('ends passed, graded by its questions, timed to the last of them', () => {
    expect(record).toMatchObject({ result: 'passed', grade: 'queried', restoreSeconds: 8, cause: null, resumed: 0 });
    expect(record.phases.map(({ phase, seconds }) => `${phase} ${seconds}`)).toEqual([
      'requested 1',
      'cluster_available 2',
      'instance_requested 3',
      'instance_available 4',
      'password_set 6',
      'first_connection 7',
      'first_query 7',
      'probes_done 8',
      'torn_down 12',
    ]);
  });

  it('proves that each thing it made is gone, by the id that AWS gave it', () => {
    expect(record.scratch).toMatchObject([
      {
        role: 'cluster',
        id: 'muster-scratch-abc',
        resourceId: 'cluster-SCRATCH',
        end: 'gone',
        goneAt: addSeconds(NOW, 12),
      },
      {
        role: 'instance',
        id: 'muster-scratch-abc-1',
        resourceId: 'db-SCRATCH',
        end: 'gone',
        goneAt: addSeconds(NOW, 10),
      },
    ]);
  });
});

describe('objectives', () => {
  const ended = (restoreSecondsMax: number | null, dataLossSecondsMax: number | null, resumed = false) =>
    recordOf(
      walk(aDrillPlan('cluster', { objectives: { restoreSecondsMax, dataLossSecondsMax } }), (_, event, second) =>
        resumed && second === 3 ? { kind: 'resumed', at: event.at } : event,
      ).state,
    ).objectives.map(({ objective, seconds, met }) => [objective, seconds, met]);

  it('are held against the restore time and the age of the data when the drill began', () => {
    // Eight seconds to the last probe; data two hours old.
    expect(ended(8, 7_200)).toEqual([
      ['restore_time', 8, true],
      ['data_loss', 7_200, true],
    ]);
    expect(ended(7, 7_199)).toEqual([
      ['restore_time', 8, false],
      ['data_loss', 7_200, false],
    ]);
    expect(ended(null, null)).toEqual([]);
  });

  it('of time are not met by a drill that nobody watched from end to end', () => {
    expect(ended(3_600, null, true)).toEqual([['restore_time', null, false]]);
  });

  it('that are missed leave the drill what it is: a restore that was proven', () => {
    const plan = aDrillPlan('cluster', { objectives: { restoreSecondsMax: 1, dataLossSecondsMax: null } });
    expect(recordOf(walk(plan).state)).toMatchObject({ result: 'passed', grade: 'queried', restoreSeconds: 8 });
  });
});

describe('trouble on the way', () => {
  const plan = aDrillPlan('cluster');
  const steps = roadOf(plan);

  it.each(steps)('at %s leads through the teardown to a failed drill without a restore time', (step) => {
    const { state, commands } = walk(plan, (current, event) =>
      current.step === step ? { kind: 'failed', cause: 'no capacity', at: event.at } : event,
    );
    const record = recordOf(state);
    expect(record).toMatchObject({ result: 'failed', cause: 'no capacity', restoreSeconds: null });
    expect(record.scratch.every(({ end }) => end === 'gone' || end === 'never_made')).toBe(true);
    expect(commands.slice(0, -1)).toContain('remove cluster');
  });

  it.each(steps)('that passes at %s is waited out', (step) => {
    let hindered = 0;
    const { state } = walk(plan, (current, event) => {
      if (current.step !== step || hindered >= 20) return event;
      hindered += 1;
      return { kind: 'hindered', cause: 'throttled', at: event.at };
    });
    expect(hindered).toBe(20);
    expect(recordOf(state)).toMatchObject({ result: 'passed', cause: null });
  });

  it('that does not pass by the deadline ends the drill and is named', () => {
    const { state } = walk(plan, (current, event) =>
      current.step === 'await_cluster' ? { kind: 'hindered', cause: 'AWS is down', at: event.at } : event,
    );
    expect(recordOf(state)).toMatchObject({
      result: 'failed',
      cause: 'it was not done within 10 minutes, standing at await cluster: AWS is down',
    });
  });

  it.each([
    'failed',
    'restore-error',
    'incompatible-restore',
    'incompatible-network',
    'insufficient-capacity',
    'inaccessible-encryption-credentials',
    'deleting',
  ])('a scratch that becomes %s fails the drill', (status) => {
    const { state } = walk(plan, (current, event) =>
      current.step === 'await_cluster' && event.kind === 'saw' ? { ...event, status } : event,
    );
    expect(recordOf(state)).toMatchObject({
      result: 'failed',
      cause: `the scratch cluster became ${status}`,
      grade: 'available',
    });
  });

  it.each(['storage-initialization', 'storage-optimization'])('%s counts as reachable', (status) => {
    const { state } = walk(plan, (current, event) =>
      current.step === 'await_instance' && event.kind === 'saw' ? { ...event, status } : event,
    );
    expect(recordOf(state).result).toBe('passed');
  });

  it('a scratch that is stuck in creating is given up at the deadline', () => {
    const { state } = walk(plan, (current, event) =>
      current.step === 'await_cluster' && event.kind === 'saw' ? { ...event, status: 'creating' } : event,
    );
    expect(recordOf(state).cause).toBe('it was not done within 10 minutes, standing at await cluster');
  });

  it('a scratch that AWS does not list yet is looked for again, and not for ever', () => {
    const patient = aDrillPlan('cluster', { secondsMax: 7_200 });
    const unlisted = (until: number) =>
      walk(patient, (current, event, second) =>
        current.step === 'await_cluster' && event.kind === 'saw' && second < until
          ? { ...event, status: null, resourceId: null }
          : event,
      ).state;
    expect(recordOf(unlisted(900)).result).toBe('passed');
    expect(recordOf(unlisted(903))).toMatchObject({ result: 'failed', cause: 'the scratch cluster never appeared' });
  });

  it('a scratch replaced by another of the same name is neither asked nor removed', () => {
    const { state, commands } = walk(plan, (current, event) => {
      if (current.step === 'await_password' && event.kind === 'saw') return { ...event, resourceId: 'cluster-OTHER' };
      if (current.step === 'remove_cluster')
        return { kind: 'unproven', cause: 'another of the same name', at: event.at };
      return event;
    });
    expect(commands).not.toContain('connect');
    expect(recordOf(state)).toMatchObject({ result: 'leaked', grade: 'available' });
    expect(recordOf(state).scratch[0]).toMatchObject({ end: 'leaked', reason: 'another of the same name' });
  });

  it('a probe that does not pass fails the drill and says what it found', () => {
    const wrong = { ...PASSING, passed: false, finding: '0 rows (at least 1 wanted)' };
    const { state } = walk(plan, (_, event) => (event.kind === 'probed' ? { ...event, results: [wrong] } : event));
    expect(recordOf(state)).toMatchObject({
      result: 'failed',
      grade: 'restored',
      cause: 'rows: 0 rows (at least 1 wanted)',
      restoreSeconds: null,
    });
  });

  it('a question that nobody answered fails the drill', () => {
    const { state } = walk(plan, (_, event) => (event.kind === 'probed' ? { ...event, results: [] } : event));
    expect(recordOf(state)).toMatchObject({
      result: 'failed',
      grade: 'restored',
      restoreSeconds: null,
      cause: '1 of 1 probes were not answered',
    });
  });

  it('an interruption tears down and leaves no claim', () => {
    const { state } = walk(aDrillPlan('cluster', { onFailure: KEEP }), (current, event) =>
      current.step === 'await_instance' ? { kind: 'interrupted', cause: 'interrupted', at: event.at } : event,
    );
    const record = recordOf(state);
    expect(record).toMatchObject({ result: 'aborted', restoreSeconds: null });
    expect(record.scratch.map(({ end }) => end)).toEqual(['gone', 'gone']);
  });

  it.each(TEARDOWN_STEPS.filter((step) => !step.includes('job') && !step.includes('copy')))(
    'an interruption at %s changes nothing',
    (step) => {
      let told = false;
      const { state } = walk(plan, (current, event) => {
        if (current.step !== step || told) return event;
        told = true;
        return { kind: 'interrupted', cause: 'interrupted', at: event.at };
      });
      expect(told).toBe(true);
      expect(recordOf(state).result).toBe('passed');
    },
  );
});

describe('the way back', () => {
  it('a scratch that cannot be removed is leaked, and the rest is still tried', () => {
    const { commands, state } = walk(aDrillPlan('copy'), (current, event) =>
      current.step === 'remove_instance' ? { kind: 'failed', cause: 'denied', at: event.at } : event,
    );
    expect(commands.slice(-2)).toEqual(['remove copy', 'look copy']);
    const record = recordOf(state);
    expect(record).toMatchObject({
      result: 'leaked',
      cause: 'muster-scratch-abc was not removed: denied',
      restoreSeconds: 8,
    });
    expect(record.phases.some(({ phase }) => phase === 'torn_down')).toBe(false);
  });

  it('what was asked for a moment ago and never seen is not taken for gone', () => {
    // The answer to the restore is lost, and AWS lists nothing for a while.
    const { state, commands } = walk(aDrillPlan('instance', { secondsMax: 5 }), (current, event, second) => {
      if (current.step === 'restore_instance') return { kind: 'hindered', cause: 'time-out', at: event.at };
      const unseen = current.step === 'remove_instance' && second < 200;
      return unseen ? { kind: 'saw', status: null, resourceId: null, unknownFor: 1_000, at: event.at } : event;
    });
    expect(commands.filter((command) => command === 'remove instance').length).toBeGreaterThan(100);
    expect(recordOf(state).scratch).toMatchObject([{ end: 'gone' }]);
  });

  it('what never appears is let go once it would have', () => {
    const { state } = walk(aDrillPlan('instance', { secondsMax: 5 }), (current, event) => {
      if (current.step === 'restore_instance') return { kind: 'hindered', cause: 'time-out', at: event.at };
      return current.step === 'remove_instance'
        ? { kind: 'saw', status: null, resourceId: null, unknownFor: 1_000, at: event.at }
        : event;
    });
    const record = recordOf(state);
    expect(record.scratch).toMatchObject([{ end: 'never_made' }]);
    // Asked for last at second 5 or 6, and 300 seconds to appear.
    expect(record.endedAt >= addSeconds(NOW, 305)).toBe(true);
  });

  it('a clock that jumps ahead does not make what is not listed yet gone', () => {
    const { state, commands } = walk(aDrillPlan('instance', { secondsMax: 5 }), (current, event, second) => {
      if (current.step === 'restore_instance') return { kind: 'hindered', cause: 'time-out', at: event.at };
      // Half an hour is over by the clock, and a minute in truth.
      const at = addSeconds(event.at, 1_800);
      const unseen = current.step === 'remove_instance' && second < 66;
      return unseen ? { kind: 'saw', status: null, resourceId: null, unknownFor: second - 6, at } : { ...event, at };
    });
    expect(commands.filter((command) => command === 'remove instance').length).toBe(60);
    expect(recordOf(state).scratch).toMatchObject([{ end: 'gone' }]);
  });

  it('what AWS refused to make at the first asking needs no waiting', () => {
    const { state } = walk(aDrillPlan('instance'), (current, event) => {
      if (current.step === 'restore_instance') return { kind: 'failed', cause: 'quota', at: event.at };
      return current.step === 'remove_instance'
        ? { kind: 'saw', status: null, resourceId: null, unknownFor: 1_000, at: event.at }
        : event;
    });
    const record = recordOf(state);
    expect(record).toMatchObject({ result: 'failed', cause: 'quota', scratch: [{ end: 'never_made' }] });
    expect(record.endedAt).toBe(addSeconds(NOW, 2));
  });

  it('what AWS refused after a lost answer may have been made all the same', () => {
    let asked = 0;
    const { state } = walk(aDrillPlan('instance'), (current, event) => {
      if (current.step === 'restore_instance') {
        asked += 1;
        return asked === 1
          ? { kind: 'hindered', cause: 'time-out', at: event.at }
          : { kind: 'failed', cause: 'quota', at: event.at };
      }
      return current.step === 'remove_instance'
        ? { kind: 'saw', status: null, resourceId: null, unknownFor: 1_000, at: event.at }
        : event;
    });
    expect(recordOf(state).endedAt >= addSeconds(NOW, 302)).toBe(true);
  });

  it('asks again when a removal was not carried out', () => {
    let looks = 0;
    const { commands, state } = walk(aDrillPlan('instance'), (current, event) => {
      if (current.step !== 'await_instance_gone') return event;
      looks += 1;
      return looks < 302
        ? { kind: 'saw', status: 'available', resourceId: 'db-SCRATCH', unknownFor: 0, at: event.at }
        : event;
    });
    expect(commands.filter((command) => command === 'remove instance')).toHaveLength(2);
    expect(recordOf(state).result).toBe('passed');
  });

  it('gives a deletion four hours, then names it', () => {
    const { state } = walk(aDrillPlan('instance'), (current, event) =>
      current.step === 'await_instance_gone'
        ? {
            kind: 'saw',
            status: 'deleting',
            resourceId: 'db-SCRATCH',
            unknownFor: 0,
            at: addSeconds(event.at, 4 * 3_600 + 60),
          }
        : event,
    );
    expect(recordOf(state)).toMatchObject({
      result: 'leaked',
      scratch: [{ end: 'leaked', reason: 'it is deleting still, 4 hours after its removal' }],
    });
  });

  it('one look that finds nothing before the removal is not taken for gone', () => {
    const absent = (until: number) =>
      walk(aDrillPlan('instance'), (current, event, second) =>
        current.step === 'remove_instance' && second < until
          ? { kind: 'saw', status: null, resourceId: null, unknownFor: second - 7, at: event.at }
          : event,
      );
    // Half a minute of silence, counted from the first answer at second 7.
    expect(absent(37).commands.at(-1)).toBe('look instance');
    expect(absent(60).commands.at(-1)).toBe('remove instance');
    expect(recordOf(absent(60).state).scratch).toMatchObject([{ end: 'gone', goneAt: addSeconds(NOW, 37) }]);
  });

  it('waits for a restore job that nobody can stop, and removes what it made', () => {
    let looks = 0;
    const { commands, state } = walk(aDrillPlan('vault'), (current, event) => {
      if (current.step === 'await_job') return { kind: 'interrupted', cause: 'interrupted', at: event.at };
      if (current.step !== 'await_job_end' || event.kind !== 'job_saw') return event;
      looks += 1;
      return looks < 10 ? { ...event, status: 'running' } : event;
    });
    expect(looks).toBe(10);
    expect(commands.slice(-2)).toEqual(['remove instance', 'look instance']);
    expect(recordOf(state)).toMatchObject({ result: 'aborted', scratch: [{ end: 'gone' }] });
  });

  it('finds the job it began when the answer was lost, and begins none, before it removes anything', () => {
    const { commands } = walk(aDrillPlan('vault', { secondsMax: 5 }), (current, event) =>
      current.step === 'start_job' ? { kind: 'hindered', cause: 'time-out', at: event.at } : event,
    );
    expect(commands.slice(-4)).toEqual(['find_job', 'look_at_job', 'remove instance', 'look instance']);
  });
});

describe('a restore job whose answer was lost', () => {
  it('is let go once it would be listed, and waited for while one may be it', () => {
    const { state, commands } = walk(aDrillPlan('vault', { secondsMax: 5 }), (current, event, second) => {
      if (current.step === 'start_job') return { kind: 'hindered', cause: 'time-out', at: event.at };
      if (current.step === 'find_job') {
        const status = second < 400 ? 'pending' : null;
        return { kind: 'job_saw', status, message: null, createdArn: null, completedAt: null, at: event.at };
      }
      return current.step === 'remove_instance'
        ? { kind: 'saw', status: null, resourceId: null, unknownFor: 1_000, at: event.at }
        : event;
    });
    expect(commands.filter((command) => command === 'find_job').length).toBeGreaterThan(390);
    expect(recordOf(state).scratch).toMatchObject([{ end: 'never_made' }]);
  });
});

describe('what is left standing', () => {
  it('is kept for so long after a failure, its copy is not', () => {
    const { state } = walk(aDrillPlan('copy', { onFailure: KEEP }), (current, event) =>
      current.step === 'connect' ? { kind: 'failed', cause: 'sign-in refused', at: event.at } : event,
    );
    expect(recordOf(state).scratch).toMatchObject([
      { role: 'copy', end: 'gone' },
      { role: 'instance', end: 'left', keptUntil: addSeconds(NOW, 7 + 6 * 3_600) },
    ]);
  });

  it('is not kept after a success when only failures are', () => {
    expect(recordOf(walk(aDrillPlan('instance', { onFailure: KEEP })).state).scratch).toMatchObject([{ end: 'gone' }]);
  });

  it('is stopped first as a standby, and has no end of its own', () => {
    const { commands, state } = walk(aDrillPlan('cluster', { onSuccess: { kind: 'standby' } }));
    expect(commands.slice(-2)).toEqual(['stop cluster', 'look cluster']);
    expect(recordOf(state).scratch.map(({ end, keptUntil }) => [end, keptUntil])).toEqual([
      ['left', null],
      ['left', null],
    ]);
  });

  it('goes when it is reclaimed; the ending stands as it was recorded', () => {
    const { state } = walk(aDrillPlan('cluster', { onSuccess: KEEP }));
    const reclaimed = advance(state, {
      kind: 'reclaimed',
      cause: 'its time is over',
      kept: true,
      at: addSeconds(NOW, 90_000),
    }).state;
    const after = walkOn(reclaimed, 90_001);
    expect(after.commands).toEqual(['remove instance', 'look instance', 'remove cluster', 'look cluster']);
    expect(after.state.endedAt).toBe(state.endedAt);
    expect(after.state.parts.every(({ goneAt }) => goneAt !== null)).toBe(true);
    expect(recordOf(after.state)).toMatchObject({ result: 'passed', cause: null });
  });

  it('stays when only what could not be removed is reclaimed', () => {
    const { state } = walk(aDrillPlan('copy', { onSuccess: KEEP }), (current, event) =>
      current.step === 'remove_copy' ? { kind: 'failed', cause: 'denied', at: event.at } : event,
    );
    const event = { kind: 'reclaimed', cause: 'sweep', kept: false, at: addSeconds(NOW, 60) } as const;
    const after = walkOn(advance(state, event).state, 61);
    expect(after.commands).toEqual(['remove copy', 'look copy']);
    expect(after.state.keeping).toEqual(state.keeping);
    expect(after.state.parts.map(({ role, goneAt }) => [role, goneAt !== null])).toEqual([
      ['copy', true],
      ['instance', false],
    ]);
  });

  it.each<PlanShape>(['instance', 'cluster'])('is never an exposed %s, whatever is kept of failures', (shape) => {
    const { state } = walk(aDrillPlan(shape, { onFailure: KEEP }), (current, event) =>
      current.step === 'connect' ? { kind: 'exposed', cause: 'it is public', at: event.at } : event,
    );
    const record = recordOf(state);
    expect(record).toMatchObject({ result: 'failed', cause: 'it is public' });
    expect(record.scratch.every(({ end }) => end === 'gone')).toBe(true);
  });

  it.each<[string, PlanShape, string]>([
    ['did not come up', 'instance', 'await_instance'],
    ['is a cluster that did not come up', 'cluster', 'await_cluster'],
    ['AWS Backup made and nobody tagged', 'vault', 'mark_instance'],
    ['AWS Backup is still making', 'vault', 'await_job'],
  ])('is never what %s', (_, shape, step) => {
    const { state } = walk(aDrillPlan(shape, { onFailure: KEEP }), (current, event) =>
      current.step === step ? { kind: 'failed', cause: 'trouble', at: event.at } : event,
    );
    expect(recordOf(state).scratch.map(({ end }) => end)).not.toContain('left');
  });

  it('is reclaimed to no purpose when nothing stands', () => {
    const { state } = walk(aDrillPlan('cluster'));
    expect(advance(state, { kind: 'reclaimed', cause: 'sweep', kept: true, at: NOW })).toEqual({
      state,
      command: null,
    });
  });
});

describe('picked up again after a stop', () => {
  it.each(roadOf(aDrillPlan('cluster', { hydrate: true })))('at %s it ends passed, without a restore time', (step) => {
    let stopped = false;
    const { state } = walk(aDrillPlan('cluster', { hydrate: true }), (current, event) => {
      if (current.step !== step || stopped) return event;
      stopped = true;
      return { kind: 'resumed', at: event.at };
    });
    expect(recordOf(state)).toMatchObject({ result: 'passed', grade: 'queried', resumed: 1, restoreSeconds: null });
  });

  it.each(['await_password', 'connect', 'probe', 'hydrate'] as const)('at %s it sets a password of its own', (step) => {
    let stopped = false;
    const { commands } = walk(aDrillPlan('instance', { hydrate: true }), (current, event) => {
      if (current.step !== step || stopped) return event;
      stopped = true;
      return { kind: 'resumed', at: event.at };
    });
    expect(commands.filter((command) => command === 'set_password instance')).toHaveLength(2);
  });

  it('asks anew what was answered to the run before', () => {
    let stopped = false;
    const { state } = walk(aDrillPlan('instance', { hydrate: true, onFailure: KEEP }), (current, event) => {
      if (stopped) return current.step === 'connect' ? { kind: 'failed', cause: 'lost', at: event.at } : event;
      if (current.step !== 'hydrate') return event;
      stopped = true;
      return { kind: 'resumed', at: event.at };
    });
    const record = recordOf(state);
    expect(record).toMatchObject({ result: 'failed', grade: 'restored', probes: [] });
    expect(record.phases.map(({ phase }) => phase)).toEqual(['requested', 'instance_available', 'password_set']);
  });

  it('counts the time in which nobody was at it against the deadline', () => {
    const { state } = walk(aDrillPlan('instance'), (current, event) =>
      current.step === 'await_instance' ? { ...event, at: addSeconds(NOW, 601) } : event,
    );
    expect(recordOf(state).cause).toBe('it was not done within 10 minutes, standing at await instance');
  });
});

describe('the events that changed something', () => {
  const trouble = fc.record({
    at: fc.nat({ max: 30 }),
    kind: fc.constantFrom<Event['kind'] | 'dead' | 'absent'>(
      'failed',
      'hindered',
      'unproven',
      'interrupted',
      'resumed',
      'dead',
      'absent',
    ),
  });

  it('lead to the same state when they are folded again, and always to one ending that claims no more than it saw', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PLAN_SHAPES),
        fc.array(trouble, { maxLength: 8 }),
        fc.constantFrom<Aftermath>({ kind: 'delete' }, KEEP, { kind: 'standby' }),
        (shape, troubles, onSuccess) => {
          const plan = aDrillPlan(shape, { onSuccess });
          const { state, events } = walk(plan, (_, event, second) => {
            const hit = troubles.find(({ at }) => at + 1 === second);
            if (hit === undefined) return event;
            if (hit.kind === 'dead') return event.kind === 'saw' ? { ...event, status: 'failed' } : event;
            if (hit.kind === 'absent')
              return event.kind === 'saw' ? { ...event, status: null, resourceId: null } : event;
            if (hit.kind === 'resumed') return { kind: 'resumed', at: event.at };
            const { at } = event;
            if (hit.kind === 'interrupted') return { kind: 'interrupted', cause: 'trouble', at };
            if (hit.kind === 'unproven') return { kind: 'unproven', cause: 'trouble', at };
            return { kind: hit.kind === 'failed' ? 'failed' : 'hindered', cause: 'trouble', at };
          });
          const again = events.reduce((folded, event) => advance(folded, event).state, beginDrill(plan, NOW).state);
          expect(again).toEqual(state);
          const record = recordOf(state);
          expect(state.step).toBe('ended');
          expect(record.scratch.map(({ id }) => id).sort()).toEqual(state.parts.map(({ id }) => id).sort());
          if (record.restoreSeconds !== null) {
            expect(record.probes.length).toBe(plan.probes.length);
            expect(record.probes.every(({ passed }) => passed)).toBe(true);
            expect(record.resumed).toBe(0);
          }
          if (record.grade === 'queried') expect(record.probes).toEqual([PASSING]);
          if (record.result === 'passed') expect(record.cause).toBeNull();
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('are few: looking again and again writes nothing down', () => {
    let looks = 0;
    const { events } = walk(aDrillPlan('instance'), (current, event) => {
      if (current.step !== 'await_instance' || event.kind !== 'saw') return event;
      looks += 1;
      return looks < 400 ? { ...event, status: 'creating' } : event;
    });
    expect(looks).toBe(400);
    expect(events.length).toBeLessThan(12);
  });

  it('a drill that has ended takes no other event', () => {
    const { state } = walk(aDrillPlan('instance'));
    expect(() => advance(state, { kind: 'done', at: NOW })).toThrow('only reclaimed');
  });
});
