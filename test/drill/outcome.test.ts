/** When a drill was over: what it has shown is no newer for having been swept late. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import type { DrillState } from '../../src/drill/drill-state.ts';
import { recordOf } from '../../src/drill/outcome.ts';
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
