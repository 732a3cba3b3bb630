/** How long a ready verdict lasts while nothing happens, to the second. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds, type Instant } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { RecoveryPoint, RestoreTest } from '../../src/inventory/model.ts';
import type { Requirement } from '../../src/policy/model.ts';
import { survive } from '../../src/survival/survive.ts';
import { judgeDatabase } from '../../src/verdict/judge.ts';
import {
  aDatabase,
  aDrill,
  anInventory,
  aPoint,
  aRestoreTest,
  aVault,
  hoursAgo,
  NOW,
  SCOPE,
  theDelete,
} from '../support/builders.ts';
import { aRequirement, type RequirementFields } from '../support/requirement-builder.ts';

const CENTURY_SECONDS = 100 * 365 * 86_400;
const FAR = { ...SCOPE, region: 'us-east-1' };
const orders = aDatabase();
const vault = aVault();
const soon = addSeconds(NOW, 600);
const late = addSeconds(NOW, 1_200);

interface Wanted {
  readonly rpo?: number;
  readonly rto?: number | null;
  readonly survivors?: number;
  readonly proof?: RequirementFields['restoreProof'];
  readonly proofAge?: number;
}

interface Given {
  readonly points: readonly RecoveryPoint[];
  readonly drills?: readonly DrillRecord[];
  readonly wanted?: Wanted;
  readonly restoreTests?: readonly RestoreTest[];
}

function requirementOf({ rpo = CENTURY_SECONDS, rto = null, survivors = 1, proof, proofAge }: Wanted): Requirement {
  return aRequirement({
    rpoSecondsMax: rpo,
    rtoSecondsMax: rto,
    survivorsMin: { outside_plan: survivors },
    restoreProof: proof ?? 'required',
    proofSecondsMax: proofAge ?? CENTURY_SECONDS,
  });
}

/** When the verdict on `orders`, were it deleted now, ends by time alone. */
function readyUntil({ points, drills = [aDrill(orders)], wanted = {}, restoreTests = [] }: Given): Instant | null {
  const inventory = anInventory({
    databases: [orders],
    recoveryPoints: points,
    restoreTests,
    vaults: [vault],
    scopes: [SCOPE, FAR],
  });
  const survival = survive(inventory, [theDelete(orders)], { at: NOW, refusals: 'lifted' });
  const requirement = requirementOf(wanted);
  const judged = judgeDatabase({ database: orders, inventory, survival, requirement, drills, at: NOW, known: [] });
  expect(judged.view.verdict).toBe('ready');
  return judged.readyUntil;
}

/** A snapshot in a vault; restores from it are proven by `inVault`. */
function kept(id: string, fields: Partial<RecoveryPoint> = {}): RecoveryPoint {
  return aPoint(orders, { id, arn: `arn:${id}`, kind: 'backup_snapshot', vaultArn: vault.arn, ...fields });
}

const manual = aPoint(orders);
const replicated = aPoint(orders, {
  ...FAR,
  id: 'replicated',
  arn: 'arn:replicated',
  kind: 'replicated_automated_backup',
  status: 'retained',
  dataAt: null,
  window: { earliest: addDays(NOW, -7), latest: hoursAgo(1) },
});
const inVault = aDrill(orders, { drillId: 'v', claim: 'vault' });

describe('time alone', () => {
  it('never ends it where nothing expires and the policy asks for more years than there are', () => {
    expect(readyUntil({ points: [manual] })).toBeNull();
    expect(readyUntil({ points: [manual], wanted: { rpo: 1e12, proofAge: 1e12 } })).toBeNull();
  });

  it.each<[string, Wanted]>([
    ['the age of the data', { rpo: CENTURY_SECONDS - 1 }],
    ['the age of the proof', { proofAge: CENTURY_SECONDS - 1 }],
  ])('ends it by a limit below a century on %s', (_, wanted) => {
    expect(readyUntil({ points: [manual], wanted })).toBe(addSeconds(hoursAgo(1), CENTURY_SECONDS - 1));
  });
});

describe('the end of what survives', () => {
  it.each([
    [1, late],
    [2, soon],
  ])('is that of the last but so many as are wanted: %d', (survivors, until) => {
    // The newest data end last here, so that the order of the ends is not that of the survivors.
    const points = [kept('a', { expiresAt: late }), kept('b', { expiresAt: soon, dataAt: hoursAgo(2) })];
    expect(readyUntil({ points, drills: [inVault], wanted: { survivors } })).toBe(until);
  });

  it('is none while as many as are wanted stay', () => {
    const points = [manual, kept('a', { expiresAt: soon })];
    expect(readyUntil({ points })).toBeNull();
    expect(readyUntil({ points, wanted: { survivors: 2 } })).toBe(soon);
  });
});

describe('the age of the data', () => {
  it('ends it once the newest that is proven is older than the objective', () => {
    expect(readyUntil({ points: [manual], wanted: { rpo: 4_200 } })).toBe(addSeconds(NOW, 600));
  });

  it('ends it at once where they are as old as allowed', () => {
    expect(readyUntil({ points: [manual], wanted: { rpo: 3_600 } })).toBe(NOW);
  });

  it('does not count what is too old now, however long it stays', () => {
    const points = [kept('a', { expiresAt: soon }), kept('b', { dataAt: hoursAgo(2) })];
    expect(readyUntil({ points, drills: [inVault], wanted: { rpo: 7_199 } })).toBe(soon);
    expect(readyUntil({ points, drills: [inVault], wanted: { rpo: 7_200 } })).toBe(soon);
    expect(readyUntil({ points, drills: [inVault], wanted: { rpo: 7_900 } })).toBe(addSeconds(NOW, 700));
  });

  it('does not count what AWS gives no age for', () => {
    const points = [kept('a', { expiresAt: soon }), kept('b', { dataAt: null })];
    expect(readyUntil({ points, drills: [inVault], wanted: { rpo: 9_999 } })).toBe(soon);
  });
});

describe('a backup replicated to another region', () => {
  const replicated = (status: string) =>
    aPoint(orders, {
      ...FAR,
      id: 'replicated',
      arn: 'arn:replicated',
      kind: 'replicated_automated_backup',
      status,
      dataAt: null,
      window: { earliest: addDays(NOW, -7), latest: hoursAgo(1) },
    });
  const drills = [aDrill(orders, { claim: 'pitr' })];

  it('does not age while it follows the living database, and does once it is only retained', () => {
    expect(readyUntil({ points: [replicated('active')], drills, wanted: { rpo: 4_200 } })).toBeNull();
    expect(readyUntil({ points: [replicated('retained')], drills, wanted: { rpo: 4_200 } })).toBe(soon);
  });

  it('carries no verdict on while it lags too far behind', () => {
    const points = [aPoint(orders, { expiresAt: soon, dataAt: NOW }), replicated('active')];
    const both = [aDrill(orders), ...drills];
    expect(readyUntil({ points, drills: both, wanted: { rpo: 3_599 } })).toBe(soon);
    expect(readyUntil({ points, drills: both, wanted: { rpo: 3_600 } })).toBeNull();
  });
});

describe('the age of the proof', () => {
  it('ends it for that kind of restore, while another that is proven later goes on', () => {
    const early = aDrill(orders, { endedAt: hoursAgo(2) });
    const wanted = { proofAge: 7_800 };
    expect(readyUntil({ points: [manual, kept('a')], drills: [early], wanted })).toBe(addSeconds(NOW, 600));
    expect(readyUntil({ points: [manual, kept('a')], drills: [early, inVault], wanted })).toBe(addSeconds(NOW, 4_200));
  });

  it.each<[string, readonly DrillRecord[]]>([
    ['there is none', []],
    ['it is too old', [aDrill(orders, { endedAt: addDays(NOW, -2) })]],
    ['it is weak', [aDrill(orders, { grade: 'restored', probes: [] })]],
  ])('is nothing to wait for where the policy only advises one and %s', (_, drills) => {
    const wanted = { proof: 'advisory', proofAge: 86_400, rpo: 4_200 } as const;
    expect(readyUntil({ points: [manual], drills, wanted })).toBe(addSeconds(NOW, 600));
  });
});

describe('what a proof is without', () => {
  const untimed = aDrill(orders, { resumed: 1, restoreSeconds: null, endedAt: hoursAgo(2) });
  const wanted = { proofAge: 7_800 };

  it('a time carries a verdict on where none is asked for, and no further than its age', () => {
    expect(readyUntil({ points: [manual], drills: [untimed], wanted })).toBe(soon);
  });

  it('a time carries none on where one is asked for', () => {
    const points = [aPoint(orders, { expiresAt: late }), kept('a', { expiresAt: soon })];
    expect(readyUntil({ points, drills: [untimed, inVault], wanted: { rto: 900 } })).toBe(soon);
    expect(readyUntil({ points, drills: [untimed, inVault] })).toBe(late);
  });

  it('an answer from the data carries none on: a restore of AWS Backup alone is nothing to wait for', () => {
    const restoreTests = [aRestoreTest(kept('a'), { completedAt: hoursAgo(1) })];
    const given = { points: [manual, kept('a')], drills: [aDrill(orders)], wanted: { proofAge: 4_200 } };
    expect(readyUntil({ ...given, restoreTests })).toBe(readyUntil(given));
  });

  it('a good word of its validation carries none on, however well it was drilled before', () => {
    const restoreTests = [aRestoreTest(kept('a'), { validation: 'failed', completedAt: hoursAgo(0.5) })];
    const points = [aPoint(orders, { expiresAt: soon }), kept('a')];
    const drills = [aDrill(orders), inVault];
    expect(readyUntil({ points, drills })).toBeNull();
    expect(readyUntil({ points, drills, restoreTests })).toBe(soon);
  });
});

describe('a restore that is too slow', () => {
  const fast = { ...inVault, restoreSeconds: 60 };

  it.each([
    [719, soon],
    [720, late],
  ])('does not carry a verdict on: %d seconds allowed, 720 taken', (rto, until) => {
    const points = [aPoint(orders, { expiresAt: late }), kept('a', { expiresAt: soon })];
    expect(readyUntil({ points, drills: [aDrill(orders), fast], wanted: { rto } })).toBe(until);
  });
});

describe('where one kind of restore is only advised', () => {
  const proof = { snapshot: 'required', vault: 'advisory' } as const;
  const resumed = (drill: DrillRecord) => ({ ...drill, resumed: 1, restoreSeconds: null });

  it('ends with the last survivor of that kind, though one of another stays', () => {
    const points = [manual, kept('a', { expiresAt: soon })];
    expect(readyUntil({ points, drills: [], wanted: { proof } })).toBe(soon);
  });

  it('an unknown time passes for as long as that is what is known', () => {
    const drills = [resumed(aDrill(orders, { claim: 'vault', endedAt: hoursAgo(1) }))];
    const wanted = { proof, rto: 600, proofAge: 4_200 };
    expect(readyUntil({ points: [kept('a')], drills, wanted })).toBe(soon);
  });

  it('ends before only what is known to be too slow is left', () => {
    const points = [kept('a'), manual, replicated];
    const drills = [resumed(aDrill(orders, { endedAt: hoursAgo(2) })), aDrill(orders, { drillId: 'p', claim: 'pitr' })];
    const wanted = { proof, rto: 600, proofAge: 7_800 };
    expect(readyUntil({ points, drills, wanted })).toBe(soon);
  });

  it('and a stale drill of another was too slow, ends with the drill that only leaves the time open', () => {
    const stale = aDrill(orders, { drillId: 's', claim: 'vault', endedAt: hoursAgo(9), restoreSeconds: 720 });
    const drills = [stale, resumed(aDrill(orders, { endedAt: hoursAgo(2) }))];
    const wanted = { proof: 'advisory', rto: 600, proofAge: 7_800 } as const;
    expect(readyUntil({ points: [kept('a'), manual, replicated], drills, wanted })).toBe(soon);
  });

  it('and was too slow when last drilled, it carries on none that passes without a drill', () => {
    const stale = aDrill(orders, { drillId: 's', claim: 'vault', endedAt: hoursAgo(9), restoreSeconds: 720 });
    const copied = aPoint(orders, { ...FAR, id: 'far', arn: 'arn:far', kind: 'snapshot_copy', expiresAt: soon });
    const given = { points: [kept('a'), manual, copied], drills: [stale, resumed(aDrill(orders))] };
    const wanted = { proof: { ...proof, copy: 'advisory' }, rto: 600, proofAge: 7_800 } as const;
    expect(readyUntil({ ...given, wanted })).toBe(soon);
  });

  it('and a drill is yet to end, it holds no time at all where a time is asked for', () => {
    const drills = [aDrill(orders, { claim: 'vault', endedAt: addSeconds(NOW, 900) })];
    expect(readyUntil({ points: [kept('a')], drills, wanted: { proof, rto: 600 } })).toBe(NOW);
    expect(readyUntil({ points: [kept('a')], drills, wanted: { proof } })).toBeNull();
  });
});
