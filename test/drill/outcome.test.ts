/** When a drill was over: what it has shown is no newer for having been swept late, and a failure counts at once. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import { type DrillState, isTearingDown } from '../../src/drill/drill-state.ts';
import { failureOf, recordOf } from '../../src/drill/outcome.ts';
import { provesRestore } from '../../src/verdict/evidence.ts';
import { aDrillPlan, walk } from '../support/drill-plans.ts';

describe('a drill that is taken away a week after its last answer', () => {
  const swept = (fields: Partial<DrillState> = {}): DrillState => {
    const { state } = walk(aDrillPlan('cluster'));
    return { ...state, endedAt: addDays(state.endedAt ?? state.startedAt, 7), ...fields };
  };
  const answeredAt = (state: DrillState) => state.phases.find(({ phase }) => phase === 'probes_done')?.at;

  it('ended with that answer if it passed', () => {
    const state = swept();
    expect(recordOf(state)).toMatchObject({ result: 'passed', endedAt: answeredAt(state) });
  });

  it('did so too if something of it is still there', () => {
    const [first, ...rest] = swept().parts;
    const state = swept({ parts: first === undefined ? [] : [{ ...first, leak: 'refused' }, ...rest] });
    expect(recordOf(state)).toMatchObject({ result: 'leaked', endedAt: answeredAt(state) });
  });

  it('ended when it was taken away if something went wrong, so that no older success speaks over it', () => {
    const state = swept({ cause: 'a probe did not pass' });
    expect(recordOf(state)).toMatchObject({ result: 'failed', endedAt: state.endedAt });
  });

  it('ended at its last step where more than questions was asked of it', () => {
    const state = swept();
    const hydratedAt = addSeconds(answeredAt(state) ?? state.startedAt, 60);
    const more = { ...state, phases: [...state.phases, { phase: 'hydrated' as const, at: hydratedAt }] };
    expect(recordOf(more).endedAt).toBe(hydratedAt);
  });
});

describe('a drill that is on its way back', () => {
  /** As it stands when something is about to be removed, after what happened at its fourth second. */
  function onItsWayBack(kind: 'failed' | 'interrupted' | null): DrillState {
    let seen: DrillState | null = null;
    walk(aDrillPlan('instance'), (now, event, second) => {
      if (isTearingDown(now)) seen ??= now;
      return second === 4 && kind !== null ? { kind, cause: 'no capacity', at: event.at } : event;
    });
    return seen ?? expect.unreachable();
  }

  it('has failed from when it turned back, whatever the way back takes', () => {
    const state = onItsWayBack('failed');
    expect(state.endedAt).toBeNull();
    expect(failureOf(state)).toMatchObject({
      ...{ drillId: 'abc', result: 'failed', cause: 'no capacity' },
      ...{ endedAt: addSeconds(state.startedAt, 4), databaseResourceId: 'db-ORDERS', claim: 'snapshot' },
    });
  });

  it.each([null, 'interrupted'] as const)('has not failed if what happened was %s', (kind) => {
    expect(failureOf(onItsWayBack(kind))).toBeNull();
  });

  it('has failed though what it made could not be removed after its every probe had passed', () => {
    const plan = aDrillPlan('instance', { hydrate: true });
    const { state } = walk(plan, (now, event) =>
      isTearingDown(now) || now.step === 'hydrate' ? { kind: 'failed', cause: 'denied', at: event.at } : event,
    );
    expect(recordOf(state)).toMatchObject({ result: 'leaked', probes: [{ passed: true }] });
    expect(provesRestore(recordOf(state))).toBe(false);
    expect(failureOf(state)).toMatchObject({ result: 'failed', cause: 'denied' });
  });

  it('has failed once it has ended, too, for as long as nobody has written its record', () => {
    const failed = walk(aDrillPlan('instance'), (_, event, second) =>
      second === 4 ? { kind: 'failed', cause: 'no capacity', at: event.at } : event,
    );
    expect(failureOf(failed.state)).toEqual(recordOf(failed.state));
    expect(failureOf(walk(aDrillPlan('instance')).state)).toBeNull();
  });
});
