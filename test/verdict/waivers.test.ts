/** What a named person may let pass, for how long, and all that a waiver does not reach. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import { WAIVABLE, type WaivableCode } from '../../src/policy/model.ts';
import { REASONS } from '../../src/verdict/reasons.ts';
import { aDrill, aPoint, aRestoreTest, hoursAgo, KEY_ARN, NOW } from '../support/builders.ts';
import { aWaiver, DAY, FAR, farCopy, type Given, inVault, judge, orders, theirCopy } from './judging.ts';

const HOUR = addSeconds(NOW, 3_600);
const soon = addSeconds(NOW, 600);

/** A judgement that falls short for this reason alone. */
const SHORT: Readonly<Record<WaivableCode, Given>> = {
  survivor_only_in_plan: { wanted: { survivorsMin: { outside_plan: 2 } } },
  survivors_too_near: { wanted: { survivorsMin: { other_region: 1 } } },
  loss_not_survived: { wanted: { survivorsAfterLossMin: { region_lost: 1 } } },
  survivors_end_too_soon: {
    points: [aPoint(orders, { expiresAt: soon })],
    wanted: { detectionSeconds: 601 },
  },
  retention_too_short: { points: [aPoint(orders, { expiresAt: soon })], wanted: { retentionSecondsMin: 601 } },
  data_loss_exceeded: { wanted: { rpoSecondsMax: 3_599 } },
  restore_never_proven: { drills: [] },
  restore_proof_stale: { drills: [aDrill(orders, { endedAt: addDays(NOW, -31) })] },
  restore_proof_weak: { drills: [aDrill(orders, { probes: [] })] },
  restore_time_unproven: { drills: [aDrill(orders, { resumed: 1 })], wanted: { rtoSecondsMax: 900 } },
  restore_too_slow: { wanted: { rtoSecondsMax: 719 } },
};

/** The same, with these waivers. */
function waived(given: Given, ...codes: readonly (WaivableCode | ReturnType<typeof aWaiver>)[]): Given {
  const waivers = codes.map((code) => (typeof code === 'string' ? aWaiver(code) : code));
  return { ...given, wanted: { ...given.wanted, waivers } };
}

const said = (code: WaivableCode) => (REASONS[code].forces === 'unknown' ? 'waived_unknown' : 'waived');

describe.each(WAIVABLE.map((code) => ({ code })))('a waiver of $code', ({ code }) => {
  const given = SHORT[code];
  /** What else stands or is said, whether something is waived or not. */
  const beside = (codes: readonly string[]) => codes.filter((each) => each !== 'last_survivor_expires');

  it('lets that shortfall pass, and says so', () => {
    const before = judge(given);
    const after = judge(waived(given, code));
    expect(beside(before.codes)).toEqual([code]);
    expect(after.verdict).toBe('ready');
    expect(beside(after.codes)).toEqual([said(code)]);
    expect(Object.values(after.results).filter((result) => result !== 'met')).toEqual(['waived']);
    expect(Object.keys(after.results)).toEqual(Object.keys(before.results));
    expect(after.waivers).toEqual([
      { reason: code, by: 'Jane Doe', because: 'the owner knows', until: HOUR, origin: 'test.yaml: waivers[0]' },
    ]);
  });

  it('shows what was asked and found as it was before', () => {
    const after = judge(waived(given, code)).requirements?.find(({ result }) => result === 'waived');
    const before = judge(given).requirements?.find(({ requirement }) => requirement === after?.requirement);
    expect(after).toEqual({ ...before, result: 'waived', evidence: expect.any(Array) });
  });

  it('holds until the very moment at which it ends, and ends a ready verdict with it', () => {
    const tick = 0.001;
    expect(judge(waived(given, aWaiver(code, { until: addSeconds(NOW, tick) }))).verdict).toBe('ready');
    const over = judge(waived(given, aWaiver(code, { until: NOW })));
    expect(over).toMatchObject({ verdict: judge(given).verdict, waivers: [] });
    expect(over.codes).toContain('waiver_expired');
    expect(judge(waived(given, aWaiver(code, { until: addSeconds(NOW, 60) }))).readyUntil).toBe(addSeconds(NOW, 60));
  });

  it('is not used, and ends nothing, where nothing falls short', () => {
    const { codes, waivers, readyUntil } = judge(waived({}, aWaiver(code, { until: addSeconds(NOW, 60) })));
    expect({ codes, waivers, readyUntil }).toEqual({ codes: [], waivers: [], readyUntil: judge({}).readyUntil });
  });

  it('that has ended is not spoken of where nothing falls short', () => {
    expect(judge(waived({}, aWaiver(code, { until: NOW }))).codes).toEqual([]);
  });

  it('lets nothing pass without a survivor', () => {
    const view = judge(waived({ ...given, points: [] }, ...WAIVABLE));
    expect(view.verdict).toBe('not_ready');
    expect(view.codes).toContain('no_survivor');
  });

  it('lets no other shortfall pass', () => {
    for (const other of WAIVABLE.filter((each) => each !== code)) {
      const view = judge(waived(SHORT[other], code));
      expect({ other, verdict: view.verdict, waivers: view.waivers }).toEqual({
        other,
        verdict: judge(SHORT[other]).verdict,
        waivers: [],
      });
    }
  });

  it('accepts what is not known only where it says so', () => {
    const silent = judge(waived(given, aWaiver(code, { acceptsUnknown: false })));
    expect(silent.verdict).toBe(REASONS[code].forces === 'unknown' ? 'unknown' : 'ready');
  });
});

describe('what a waiver says', () => {
  it('names the shortfall, the person, the end, the cause and where it stands', () => {
    const { reasons } = judge(waived(SHORT.restore_too_slow, 'restore_too_slow'));
    expect(reasons).toMatchObject([
      {
        code: 'waived',
        message:
          'the proven restore takes 12 min, 11 min 59 s allowed (test.yaml: defaults); let pass by Jane Doe until 2026-11-23 11:00:00 UTC: the owner knows (test.yaml: waivers[0])',
        remedy: 'raise the objective or restore into a larger class, then drill again:\nmuster drill run orders',
      },
    ]);
  });

  it('names the person and the end of one that has ended', () => {
    const { reasons } = judge(waived(SHORT.restore_too_slow, aWaiver('restore_too_slow', { until: hoursAgo(1) })));
    expect(reasons.find(({ code }) => code === 'waiver_expired')?.message).toBe(
      'the waiver of restore_too_slow by Jane Doe ended at 2026-11-23 09:00:00 UTC (test.yaml: waivers[0])',
    );
  });

  it('is said once, by the first of two that let the same pass', () => {
    const first = aWaiver('restore_too_slow', { by: 'Ann' });
    const view = judge(waived(SHORT.restore_too_slow, first, 'restore_too_slow'));
    expect(view.waivers?.map(({ by }) => by)).toEqual(['Ann']);
    expect(view.codes).toEqual(['waived']);
  });

  it('is said of each shortfall that it lets pass, and each of them is shown', () => {
    const wanted = { survivorsMin: { other_region: 1, other_account: 1 } };
    const view = judge(waived({ wanted }, 'survivors_too_near'));
    expect(view.results).toMatchObject({ survivors_other_region: 'waived', survivors_other_account: 'waived' });
    expect(view.codes).toEqual(['waived', 'waived']);
    expect(view.waivers).toHaveLength(1);
  });

  it('is said of each loss that it lets pass', () => {
    const wanted = { survivorsAfterLossMin: { region_lost: 1, account_lost: 1 } };
    const view = judge(waived({ wanted }, 'loss_not_survived'));
    expect(view.results).toMatchObject({ region_lost: 'waived', account_lost: 'waived' });
    expect(view.codes).toEqual(['waived', 'waived']);
  });
});

describe('a waiver does not reach', () => {
  it('a class of survivors whose fate is not known, though another class falls short', () => {
    const unsure = theirCopy({ encrypted: true, keyArn: 'arn:aws:kms:eu-west-1:999999999999:key/unread' });
    const undated = theirCopy({ dataAt: null });
    const wanted = { survivorsMin: { outside_principal: 2, other_account: 1 } };
    expect(judge({ points: [aPoint(orders), undated], wanted }).codes).toEqual([
      'survivors_too_near',
      'data_loss_unknown',
    ]);
    const view = judge(waived({ points: [aPoint(orders), undated], wanted }, 'survivors_too_near'));
    expect(view.verdict).toBe('unknown');
    expect(view.results).toMatchObject({ survivors_outside_principal: 'waived', survivors_other_account: 'unknown' });
    expect(judge(waived({ points: [aPoint(orders), unsure], wanted }, 'survivors_too_near')).verdict).toBe('unknown');
  });

  it('a loss whose outcome is not known, though another is not survived', () => {
    const points = [aPoint(orders), farCopy({ dataAt: null })];
    const wanted = { survivorsAfterLossMin: { region_lost: 1, account_lost: 1 } };
    const view = judge(waived({ points, wanted }, 'loss_not_survived'));
    expect(view.verdict).toBe('unknown');
    expect(view.results).toMatchObject({ region_lost: 'unknown', account_lost: 'waived' });
  });

  it('a class or a loss that is met: both are still asked, and still end the verdict', () => {
    const points = [aPoint(orders), theirCopy({ expiresAt: soon })];
    const wanted = { survivorsMin: { other_region: 1, other_account: 1 }, survivorsAfterLossMin: { account_lost: 1 } };
    const view = judge(waived({ points, wanted }, 'survivors_too_near'));
    expect(view.results).toMatchObject({
      survivors_other_region: 'waived',
      survivors_other_account: 'met',
      account_lost: 'met',
    });
    expect(view.readyUntil).toBe(soon);
  });

  it('work lost beyond what was found: an older survivor of a proven kind does not stand in', () => {
    const points = [aPoint(orders, { dataAt: hoursAgo(30) }), inVault({ dataAt: addDays(NOW, -365) })];
    const proven = aDrill(orders, { drillId: 'v', claim: 'vault' });
    const view = judge(waived({ points, drills: [proven] }, 'data_loss_exceeded'));
    expect(view).toMatchObject({ verdict: 'unknown', codes: ['restore_never_proven', 'waived'] });
  });

  it('a failed restore of the newest survivor, though an older one is of a proven kind', () => {
    const points = [aPoint(orders, { dataAt: hoursAgo(30) }), inVault({ dataAt: addDays(NOW, -365) })];
    const drills = [aDrill(orders, { result: 'failed' }), aDrill(orders, { drillId: 'v', claim: 'vault' })];
    expect(judge(waived({ points, drills }, 'data_loss_exceeded')).verdict).toBe('not_ready');
  });

  it('a copy far away that is older than what was let pass', () => {
    const wanted = { survivorsMin: { other_account: 1 } };
    const points = [aPoint(orders, { dataAt: hoursAgo(30) }), theirCopy({ dataAt: addDays(NOW, -365) })];
    const view = judge(waived({ points, wanted }, 'data_loss_exceeded'));
    expect(view.verdict).toBe('not_ready');
    expect(view.results).toMatchObject({ data_loss: 'waived', survivors_other_account: 'not_met' });
  });

  it('a bad write that goes unnoticed: only that survivors end sooner is let pass', () => {
    const points = [aPoint(orders, { expiresAt: soon, dataAt: hoursAgo(48) })];
    const wanted = { detectionSeconds: 7 * DAY, rpoSecondsMax: 7 * DAY, survivorsAfterLossMin: { bad_write: 1 } };
    const view = judge(waived({ points, wanted }, 'survivors_end_too_soon'));
    expect(view.verdict).toBe('not_ready');
    expect(view.results).toMatchObject({ survivors_outside_plan: 'waived', bad_write: 'not_met' });
    expect(judge(waived({ points, wanted }, 'survivors_end_too_soon', 'loss_not_survived')).verdict).toBe('ready');
  });

  it('the time of a restore that nobody saw', () => {
    const given = { drills: [], wanted: { rtoSecondsMax: 900 } };
    const view = judge(waived(given, 'restore_never_proven'));
    expect(view).toMatchObject({ verdict: 'unknown', codes: ['restore_time_unproven', 'waived_unknown'] });
    expect(view.results).toMatchObject({ restore_proof: 'waived', restore_time: 'unknown' });
    expect(view.reasons[0]?.message).toBe(
      'how long a restore takes is not known where none is proven; 15 min allowed (test.yaml: defaults)',
    );
    const both = judge(waived(given, 'restore_never_proven', 'restore_time_unproven'));
    expect(both).toMatchObject({ verdict: 'ready', codes: ['waived_unknown', 'waived_unknown'] });
    expect(both.results).toMatchObject({ restore_proof: 'waived', restore_time: 'waived' });
  });

  it('a restore that failed, nor survivors whose fate or age is not known', () => {
    const failed = { drills: [aDrill(orders, { result: 'failed' })] };
    const unsure = { points: [aPoint(orders, { encrypted: true, keyArn: KEY_ARN })] };
    const undated = { points: [aPoint(orders, { dataAt: null })] };
    for (const given of [failed, unsure, undated]) {
      const view = judge(waived(given, ...WAIVABLE));
      expect({ codes: view.codes, verdict: view.verdict }).toEqual({
        codes: judge(given).codes,
        verdict: judge(given).verdict,
      });
    }
  });

  it('a gap that may hide a threat, and what a gap softens it does not need', () => {
    const gap = { what: 'locks', where: orders, action: 'backup:X', cause: 'denied' };
    const threat = { inventory: { gaps: [{ ...gap, hides: 'threats' as const }] } };
    expect(judge(waived({ ...SHORT.restore_too_slow, ...threat }, 'restore_too_slow')).verdict).toBe('unknown');
    const hidden = { inventory: { gaps: [{ ...gap, hides: 'survivors' as const }] } };
    const near = { ...SHORT.survivors_too_near, ...hidden };
    expect(judge(near)).toMatchObject({ verdict: 'unknown', codes: ['gap_hides_survivors'] });
    expect(judge(waived(near, 'survivors_too_near')).codes).toEqual(['waived']);
  });

  it('a threat abroad to what the rest of the verdict rests on', () => {
    const gap = { what: 'locks', where: FAR, action: 'backup:X', cause: 'denied', hides: 'threats' as const };
    const given = { points: [farCopy()], drills: [aDrill(orders, { claim: 'copy' })], inventory: { gaps: [gap] } };
    const wanted = { survivorsMin: { outside_plan: 2 } };
    expect(judge(waived({ ...given, wanted }, 'survivor_only_in_plan'))).toMatchObject({
      verdict: 'unknown',
      codes: ['gap_hides_threats', 'waived'],
    });
  });
});

describe('several waivers', () => {
  const ends = { points: [aPoint(orders), theirCopy({ expiresAt: soon })] };
  const wanted = { detectionSeconds: 601, survivorsMin: { outside_plan: 2, other_region: 1 } };

  it('help one another, in whatever order they are written and their reasons come up', () => {
    const codes = ['survivors_too_near', 'survivors_end_too_soon'] as const;
    for (const order of [codes, codes.toReversed()]) {
      const view = judge(waived({ ...ends, wanted }, ...order));
      expect(view).toMatchObject({ verdict: 'ready', codes: ['waived', 'waived'] });
    }
  });

  it('of which one is missing let nothing pass', () => {
    for (const code of ['survivors_too_near', 'survivors_end_too_soon'] as const)
      expect(judge(waived({ ...ends, wanted }, code)).verdict).toBe('not_ready');
  });

  it('end a ready verdict with the first of them', () => {
    const until = addSeconds(NOW, 5);
    const waivers = [aWaiver('survivors_too_near', { until }), aWaiver('survivors_end_too_soon')];
    expect(judge(waived({ ...ends, wanted }, ...waivers)).readyUntil).toBe(until);
  });

  it('leave a question that falls short for another reason as not met', () => {
    const points = [aPoint(orders, { expiresAt: soon })];
    const both = { detectionSeconds: 601, survivorsMin: { outside_plan: 2 } };
    const view = judge(waived({ points, wanted: both }, 'survivor_only_in_plan'));
    expect(view).toMatchObject({ verdict: 'not_ready', results: { survivors_outside_plan: 'not_met' } });
    const all = judge(waived({ points, wanted: both }, 'survivor_only_in_plan', 'survivors_end_too_soon'));
    expect(all).toMatchObject({ verdict: 'ready', results: { survivors_outside_plan: 'waived' } });
  });
});

describe('a verdict that rests on a waiver ends', () => {
  const late = addSeconds(NOW, 1_200);
  const year = (code: WaivableCode) => aWaiver(code, { until: addDays(NOW, 365) });

  it('no sooner because the data age, where their age was let pass', () => {
    expect(judge(waived(SHORT.data_loss_exceeded, year('data_loss_exceeded'))).readyUntil).toBe(
      addDays(hoursAgo(1), 30),
    );
  });

  it('when the newest survivor does, where its age was let pass', () => {
    const points = [aPoint(orders, { dataAt: hoursAgo(30), expiresAt: soon }), inVault({ dataAt: addDays(NOW, -9) })];
    const drills = [aDrill(orders), aDrill(orders, { drillId: 'v', claim: 'vault', result: 'failed' })];
    expect(judge(waived({ points, drills }, year('data_loss_exceeded'))).readyUntil).toBe(soon);
  });

  it('when a weak proof that was let pass becomes a stale one', () => {
    const weak = aDrill(orders, { probes: [], endedAt: addSeconds(addDays(NOW, -30), 600) });
    expect(judge(waived({ drills: [weak] }, year('restore_proof_weak'))).readyUntil).toBe(soon);
  });

  it('when a restore test that was let pass for a drill becomes too old', () => {
    const point = inVault({ dataAt: hoursAgo(1) });
    const restoreTests = [aRestoreTest(point, { completedAt: addSeconds(addDays(NOW, -30), 600) })];
    const given = { points: [point], drills: [], inventory: { restoreTests } };
    expect(judge(waived(given, year('restore_proof_weak'))).readyUntil).toBe(soon);
  });

  it('when the survivor does whose missing proof was let pass, though one of another kind stays', () => {
    const points = [aPoint(orders, { expiresAt: soon }), inVault()];
    const stale = aDrill(orders, { endedAt: addDays(NOW, -31) });
    expect(judge(waived({ points, drills: [stale] }, year('restore_proof_stale'))).readyUntil).toBe(soon);
  });

  it('when the untimed restore does whose time was let pass, though a slow one stays', () => {
    const points = [aPoint(orders, { expiresAt: late }), inVault({ expiresAt: soon })];
    const drills = [aDrill(orders), aDrill(orders, { drillId: 'v', claim: 'vault', resumed: 1 })];
    const wanted = { rtoSecondsMax: 60 };
    expect(judge(waived({ points, drills, wanted }, year('restore_time_unproven'))).readyUntil).toBe(soon);
  });

  it('at once where it lets a drill pass that is yet to end', () => {
    const drills = [aDrill(orders, { endedAt: addSeconds(NOW, 900) })];
    expect(judge(waived({ drills }, year('restore_proof_stale'))).readyUntil).toBe(NOW);
  });
});
