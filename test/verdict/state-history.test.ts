/** What Muster remembers of states, and what it makes of the next one. */

import { describe, expect, it } from 'vitest';
import type { Intent, StateEvidence } from '../../src/intent/action.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import { judgeState, type StateSighting, sightingOf } from '../../src/verdict/state-history.ts';
import { aCluster, aDatabase, anIntent, anInventory, aPoint, deletionOf, hoursAgo, NOW } from '../support/builders.ts';

const orders = aDatabase();
const estate = anInventory({ databases: [orders], recoveryPoints: [aPoint(orders)] });
const A = 'aaaaaaaa-0000-4000-8000-000000000000';
const B = 'bbbbbbbb-0000-4000-8000-000000000000';

function aSighting(fields: Partial<StateSighting> = {}): StateSighting {
  return {
    formatVersion: '1',
    at: hoursAgo(3),
    endpoint: null,
    lineage: A,
    serial: 12,
    databases: [orders.resourceId],
    forgets: [],
    released: [],
    ...fields,
  };
}

function aState(fields: Partial<StateEvidence> = {}): StateEvidence {
  return { lineage: A, serial: 12, backend: 's3', databases: [orders.resourceId], forgets: [], ...fields };
}

/** A plan that changes nothing, made from this state. */
function fromState(state: StateEvidence, fields: Partial<Intent> = {}): Intent {
  return anIntent([], { state, ...fields });
}

function decide(intent: Intent, sightings: readonly StateSighting[], inventory: Inventory = estate) {
  const document = decideChange({
    intent,
    inventory,
    policy: DEFAULT_POLICY,
    drills: [],
    sightings,
    at: NOW,
    logged: true,
  });
  const kept = sightingOf(intent, document, { sightings, endpoint: inventory.endpoint });
  const point = document.checklist.find(({ point }) => point === 'source_of_truth');
  return { ...document, codes: document.reasons.map(({ code }) => code), kept, point };
}

describe('a state that is the one last judged', () => {
  it('raises nothing, and the checklist says since when it is known', () => {
    const document = decide(fromState(aState({ serial: 13 })), [aSighting()]);
    expect(document).toMatchObject({ decision: 'allow', codes: ['nothing_at_stake'] });
    expect(document.point).toMatchObject({ result: 'pass' });
    expect(document.point?.evidence.join()).toContain(
      `verified: the state is at serial 13 of ${A}, the one that was judged at ${hoursAgo(3)}`,
    );
  });

  it('is assumed the first time, and remembered', () => {
    const document = decide(fromState(aState()), []);
    expect(document).toMatchObject({ decision: 'allow', point: { result: 'unknown' } });
    expect(document.kept).toEqual({ ...aSighting(), at: NOW });
  });

  it('is assumed as long as one of its databases was never seen in it', () => {
    const state = aState({ databases: [orders.resourceId, 'db-NEW'] });
    expect(decide(fromState(state), [aSighting()]).point?.result).toBe('unknown');
  });

  it('is assumed as long as nothing shows where it is kept', () => {
    expect(decide(fromState(aState({ backend: null })), [aSighting()]).point?.result).toBe('unknown');
  });
});

describe('an old archive with full knowledge of production', () => {
  const archive = aState({ lineage: B, serial: 400 });
  const destroy = anIntent(deletionOf(orders), { state: archive });

  it('is another state than the one that claimed the database, whatever survives', () => {
    const document = decide(destroy, [aSighting()]);
    expect(document).toMatchObject({ decision: 'block', point: { result: 'fail' } });
    expect(document.reasons.find(({ code }) => code === 'other_lineage')?.message).toContain('orders');
    expect(document.point?.evidence.join()).toContain(B);
  });

  it('is not remembered, so that asking twice does not help', () => {
    expect(decide(destroy, [aSighting()]).kept).toBeNull();
  });

  it('is not let through for changing nothing', () => {
    expect(decide(fromState(archive), [aSighting()])).toMatchObject({
      decision: 'block',
      verdict: 'unknown',
      codes: ['other_lineage'],
    });
  });

  it('of the same history is older than what was judged', () => {
    const document = decide(fromState(aState({ serial: 11 })), [aSighting(), aSighting({ serial: 3 })]);
    expect(document).toMatchObject({ decision: 'block', verdict: 'unknown', codes: ['older_serial'], kept: null });
    expect(document.point?.result).toBe('fail');
  });

  it('is older though it claims none of the databases that were seen', () => {
    expect(decide(fromState(aState({ serial: 2, databases: [] })), [aSighting()]).codes).toEqual(['older_serial']);
  });

  it('that a lab showed says nothing about an account', () => {
    expect(decide(fromState(aState()), [aSighting({ lineage: B, endpoint: 'http://127.0.0.1:1' })]).decision).toBe(
      'allow',
    );
    expect(decide(fromState(aState({ serial: 1 })), [aSighting({ endpoint: 'http://127.0.0.1:1' })]).decision).toBe(
      'allow',
    );
  });
});

describe('a database that its state no longer holds', () => {
  const without = aState({ serial: 14, databases: [] });

  it('though it lives, was forgotten by somebody', () => {
    const document = decide(fromState(without), [aSighting()]);
    expect(document).toMatchObject({ decision: 'block', verdict: 'unknown', codes: ['state_forgot'], kept: null });
  });

  it('is no concern once it is gone', () => {
    expect(decide(fromState(without), [aSighting()], anInventory()).decision).toBe('allow');
  });

  it('is no concern of another state', () => {
    expect(decide(fromState(aState({ lineage: B, databases: [] })), [aSighting()]).decision).toBe('allow');
  });

  it('was let go of by a change that was judged, and belongs to nobody from then on', () => {
    const forgetting = fromState(aState({ forgets: [orders.resourceId] }));
    const first = decide(forgetting, [aSighting()]).kept;
    expect(first).toMatchObject({ forgets: [orders.resourceId], released: [] });
    const seen = [aSighting(), ...(first ? [first] : [])];
    // Announced is not done: until its state shows it, no other state may claim it.
    expect(decide(fromState(aState({ lineage: B })), seen).codes).toEqual(['other_lineage']);

    const after = decide(fromState(without), seen);
    expect(after).toMatchObject({ decision: 'allow', kept: { databases: [], released: [orders.resourceId] } });
    const released = [...seen, ...(after.kept ? [after.kept] : [])];
    expect(decide(fromState(without), released).decision).toBe('allow');
    expect(decide(fromState(aState({ lineage: B })), released).decision).toBe('allow');
  });

  it('was not let go of when it is held again', () => {
    const seen = [aSighting({ forgets: [orders.resourceId] }), aSighting({ serial: 13 })];
    expect(decide(fromState(without), seen).codes).toEqual(['state_forgot']);
  });
});

describe('what is remembered', () => {
  it.each([
    ['a plan that contradicts its state', { signals: [{ code: 'state_mismatch', detail: 'x' }] } as const],
    ['a plan without state', { signals: [{ code: 'empty_state', detail: 'x' }] } as const],
  ])('is nothing of %s', (_, fields) => {
    expect(decide(fromState(aState(), fields), []).kept).toBeNull();
  });

  it('is nothing of a state that meant an earlier database', () => {
    const earlier = anIntent(deletionOf({ ...orders, resourceId: 'db-EARLIER' }), {
      state: aState({ databases: ['db-EARLIER'] }),
    });
    expect(decide(earlier, []).kept).toBeNull();
  });

  it('is the state of a change that was blocked for what it does', () => {
    expect(decide(anIntent(deletionOf(orders), { state: aState() }), [])).toMatchObject({
      decision: 'block',
      kept: { serial: 12 },
    });
  });

  it('is nothing of a state without a lineage, which is another than every other', () => {
    const nameless = fromState(aState({ lineage: '' }));
    expect(decide(nameless, []).kept).toBeNull();
    expect(decide(nameless, [aSighting()]).codes).toEqual(['other_lineage']);
  });

  it('is nothing of a change that showed no state, or of a state that holds no database', () => {
    expect(decide(anIntent([]), []).kept).toBeNull();
    expect(decide(fromState(aState({ databases: [] })), []).kept).toBeNull();
  });
});

describe('a state in a file on one machine', () => {
  const local = fromState(aState({ backend: 'local' }), {
    signals: [{ code: 'local_backend', detail: 'it lies in a file' }],
  });

  it('is said and puts nothing at stake', () => {
    const document = decide(local, [aSighting()]);
    expect(document).toMatchObject({ decision: 'allow', verdict: 'ready', point: { result: 'fail' } });
    expect(document.codes).toEqual(['local_backend', 'nothing_at_stake']);
  });
});

describe('the file that would be applied', () => {
  const exact = (intent: Intent) => decide(intent, []).checklist.find(({ point }) => point === 'exact_plan_reviewed');
  const digest = 'sha256:77';

  it('is named by its digest once it was compared', () => {
    const point = exact(anIntent([], { planFile: { digest, compared: true, contradictions: [] } }));
    expect(point).toMatchObject({ result: 'pass' });
    expect(point?.evidence.join()).toContain(`agree with the plan file ${digest}`);
  });

  it('is assumed when its inside was not read', () => {
    expect(exact(anIntent([], { planFile: { digest, compared: false, contradictions: [] } }))?.result).toBe('unknown');
  });

  it('fails the point when it does other things', () => {
    const point = exact(anIntent([], { planFile: { digest, compared: true, contradictions: ['it deletes more'] } }));
    expect(point).toMatchObject({ result: 'fail' });
    expect(point?.evidence).toContain('contradicted: it deletes more');
  });
});

describe('what a state is told', () => {
  const courses = aCluster();
  const both = anInventory({ databases: [courses, orders] });
  const judge = (state: Partial<StateEvidence>, sightings: readonly StateSighting[], inventory = both) =>
    judgeState(aState(state), sightings, inventory);
  const told = (code: string, message: string, remedy: string) => ({
    reasons: [{ code, severity: 'block', message, remedy, source: null }],
    knownSince: null,
  });
  const other = (lineage: string, name: string, held = A) =>
    told(
      'other_lineage',
      `this state (lineage ${lineage}) claims ${name}, which was last judged at ${hoursAgo(3)} in another, ${held} at serial 12`,
      'plan from the state that held it; if it was moved on purpose, judge the stack it left with a removed block for it',
    );

  it('is which database another state held, by its name where it lives', () => {
    const claims = ['db-NEW', courses.resourceId, orders.resourceId];
    const seen = [aSighting(), aSighting({ lineage: B, databases: [courses.resourceId] })];
    expect(judge({ lineage: B, databases: claims }, seen)).toEqual(other(B, 'orders'));
    expect(judge({ lineage: B, databases: claims }, seen, anInventory())).toEqual(other(B, orders.resourceId));
  });

  it.each(['\u001b[2Jabc', 'abc\u001b[2J', 'a'.repeat(65)])('is never a lineage that is none: %j', (lineage) => {
    const databases = [orders.resourceId];
    expect(judge({ lineage, databases }, [aSighting()])).toEqual(other('an unprintable one', 'orders'));
    expect(judge({ lineage: B, databases }, [aSighting({ lineage })])).toEqual(
      other(B, 'orders', 'an unprintable one'),
    );
  });

  it('is the newest version that was judged, whichever was judged last', () => {
    const seen = [3, 12, 7].map((serial, hour) => aSighting({ serial, at: hoursAgo(9 - hour) }));
    for (const sightings of [seen, seen.toReversed()])
      expect(judge({ serial: 8 }, sightings)).toEqual(
        told(
          'older_serial',
          `this state is at serial 8, and serial 12 of it was judged at ${hoursAgo(8)}`,
          'pull the state anew and plan from it',
        ),
      );
  });

  it('is which databases it forgot', () => {
    expect(judge({ databases: [] }, [aSighting({ databases: [courses.resourceId, orders.resourceId] })])).toEqual(
      told(
        'state_forgot',
        'an earlier version of this state held courses, orders, which lives, and this version does not',
        'import it again (terraform import), or let go of it by a removed block that is judged here first',
      ),
    );
  });

  it('is since when all of its databases are known: as long as the one that was seen last', () => {
    const databases = [orders.resourceId, courses.resourceId];
    const early = aSighting({ databases: [courses.resourceId], at: hoursAgo(9) });
    expect(judge({ databases }, [early, aSighting()])).toEqual({ reasons: [], knownSince: hoursAgo(9) });
    expect(judge({ databases: databases.toReversed() }, [early, aSighting()]).knownSince).toBe(hoursAgo(9));
    expect(judge({ databases: [] }, [])).toEqual({ reasons: [], knownSince: null });
  });
});

describe('a database that is let go of', () => {
  const FREED = ['db-OWN', 'db-HELD', 'db-STAYS', 'db-FOREIGN'];
  const seen = [
    aSighting({ databases: FREED.slice(0, 3), forgets: ['db-OWN', 'db-STAYS'] }),
    aSighting({ lineage: B, databases: ['db-FOREIGN'], forgets: ['db-FOREIGN'] }),
  ];

  it('is free only if this very state announced it and no longer claims it', () => {
    const { kept } = decide(fromState(aState({ serial: 13, databases: ['db-STAYS'] })), seen);
    expect(kept).toMatchObject({ databases: ['db-STAYS'], released: ['db-OWN'] });
  });
});
