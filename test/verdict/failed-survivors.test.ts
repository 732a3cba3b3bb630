/** Survivors that lie where the policy wants them, and of whose kind the last restore failed: they count for nothing. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import { aDrill, aPoint, aRestoreTest, aVault, hoursAgo, NOW } from '../support/builders.ts';
import { DAY, farCopy, type Given, inVault, judge, orders, theirCopy } from './judging.ts';

const manual = aPoint(orders);
const soon = addSeconds(NOW, 600);

describe('a survivor of a kind whose last restore failed', () => {
  const far = farCopy();
  const ofCopy = aDrill(orders, { drillId: 'c', claim: 'copy' });
  const failed = aDrill(orders, { drillId: 'c', claim: 'copy', result: 'failed', cause: 'no rows' });
  const wanted = { survivorsMin: { other_region: 1 } };
  const more = '; 1 more is of a kind whose last restore failed';
  const codesOf = (given: Given) => judge(given).codes;
  const messages = (given: Given) => judge(given).reasons.map(({ code, message }) => `${code}: ${message}`);

  it('does not count, and says so', () => {
    const given = { points: [manual, far], drills: [aDrill(orders), failed], wanted };
    expect(judge(given)).toMatchObject({ verdict: 'not_ready', codes: ['survivors_too_near'] });
    expect(messages(given)).toEqual([
      `survivors_too_near: 0 recent enough would be left in another region, 1 wanted (test.yaml: defaults)${more}`,
    ]);
    expect(judge(given).requirements?.[1]).toMatchObject({ found: 0, result: 'not_met', evidence: [] });
    const elsewhere = { ...given, wanted: { survivorsMin: { other_account: 1 } } };
    expect(messages(elsewhere)[0]).toMatch(/in another account, 1 wanted \(test\.yaml: defaults\)$/);
    const two = [manual, far, farCopy({ id: 'far-2', arn: 'arn:far-2' })];
    expect(messages({ ...given, points: two })[0]).toContain('; 2 more are of kinds whose last restore failed');
  });

  it('counts while it was never restored at all, or was restored well since', () => {
    expect(judge({ points: [manual, far], wanted })).toMatchObject({ verdict: 'ready' });
    const since = { ...ofCopy, drillId: 'c2', endedAt: hoursAgo(0.5) };
    expect(judge({ points: [manual, far], drills: [aDrill(orders), failed, since], wanted }).verdict).toBe('ready');
  });

  it('does not count after a loss, nor among what is kept', () => {
    const drills = [aDrill(orders), failed];
    const points = [manual, far];
    expect(messages({ points, drills, wanted: { survivorsAfterLossMin: { region_lost: 1 } } })).toEqual([
      `loss_not_survived: 0 recent enough would be left if region lost followed, 1 wanted (test.yaml: defaults)${more}`,
    ]);
    const ending = inVault({ expiresAt: addDays(NOW, 2) });
    const kept = { points: [ending, far], drills: [aDrill(orders, { claim: 'vault' }), failed] };
    expect(messages({ ...kept, wanted: { retentionSecondsMin: 3 * DAY } })[0]).toMatch(
      /^retention_too_short: .*failed$/,
    );
  });

  it('does not count where AWS Backup restored it and it failed its validation', () => {
    const kept = inVault();
    const restoreTests = [aRestoreTest(kept, { validation: 'failed' })];
    const inventory = { vaults: [aVault({ lock: 'compliance' })] };
    const asked = { points: [manual, kept], wanted: { survivorsMin: { outside_principal: 1 } } };
    expect(codesOf({ ...asked, inventory })).toEqual([]);
    expect(codesOf({ ...asked, inventory: { ...inventory, restoreTests } })).toEqual(['survivors_too_near']);
  });

  it('carries no verdict on', () => {
    const theirs = theirCopy({ kind: 'backup_copy', vaultArn: 'arn:their-vault', expiresAt: soon });
    const both = { points: [manual, far, theirs], wanted: { survivorsMin: { outside_principal: 1 } } };
    const drills = [aDrill(orders), failed];
    expect(judge({ ...both, drills: [aDrill(orders)] }).readyUntil).not.toBe(soon);
    expect(judge({ ...both, drills }).readyUntil).toBe(soon);
  });

  it('carries no verdict on what is kept', () => {
    const ending = inVault({ expiresAt: addDays(NOW, 2) });
    const wanted = { retentionSecondsMin: DAY, rpoSecondsMax: 30 * DAY };
    const drills = [aDrill(orders, { claim: 'vault' }), failed];
    expect(judge({ points: [ending, far], drills, wanted }).readyUntil).toBe(addDays(NOW, 1));
  });
});
