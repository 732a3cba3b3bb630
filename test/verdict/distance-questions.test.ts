/** Survivors by where they lie, by the loss they would outlive, by when they end and by how long they are kept. */

import { describe, expect, it } from 'vitest';
import type { PrincipalAuthority } from '../../src/authority/authority.ts';
import { addDays, addSeconds } from '../../src/core/time.ts';
import type { RecoveryPoint } from '../../src/inventory/model.ts';
import type { RequiredLoss, SurvivorClass } from '../../src/policy/model.ts';
import { aDrill, aKey, aPoint, aTarget, aVault, hoursAgo, KEY_ARN, NOW, theDelete } from '../support/builders.ts';
import { DAY, FAR, farCopy, type Given, inVault, judge, orders, THEIRS, theirCopy } from './judging.ts';

const manual = aPoint(orders);
const soon = addSeconds(NOW, 600);

/** Codes that are forced by the policy, without those that inform. */
const codesOf = (given: Given) => judge(given).codes.filter((code) => code !== 'last_survivor_expires');

describe('a class of survivors', () => {
  const locked = aVault({ lock: 'compliance' });
  const kept = inVault();
  const theirFar = theirCopy({ ...FAR, accountId: THEIRS.accountId, id: 'both', arn: 'arn:both' });

  it.each<[string, RecoveryPoint, readonly SurvivorClass[]]>([
    ['a snapshot beside the database', manual, ['outside_plan']],
    ['one behind a lock', kept, ['outside_plan', 'outside_principal']],
    ['a copy in another region', farCopy(), ['outside_plan', 'outside_principal', 'other_region']],
    ['a copy in another account', theirCopy(), ['outside_plan', 'outside_principal', 'other_account']],
    ['one in both', theirFar, ['outside_plan', 'outside_principal', 'other_region', 'other_account']],
  ])('holds what lies there: %s', (_, point, classes) => {
    const survivorsMin = { outside_principal: 1, other_region: 1, other_account: 1 };
    const { results } = judge({ points: [point], wanted: { survivorsMin }, inventory: { vaults: [locked] } });
    const met = Object.keys(survivorsMin).filter((name) => results[`survivors_${name}`] === 'met');
    expect(['outside_plan', ...met]).toEqual(classes);
  });

  it('is not asked about where none is wanted', () => {
    expect(Object.keys(judge().results)).toEqual(['survivors_outside_plan', 'data_loss', 'restore_proof']);
  });

  it('says how many are recent enough there, how many are wanted, and by whom', () => {
    const given = { points: [manual, farCopy()], wanted: { survivorsMin: { other_region: 2, other_account: 1 } } };
    expect(judge(given).reasons.map(({ code, message }) => [code, message])).toEqual([
      ['survivors_too_near', '1 recent enough would be left in another region, 2 wanted (test.yaml: defaults)'],
      ['survivors_too_near', '0 recent enough would be left in another account, 1 wanted (test.yaml: defaults)'],
    ]);
    expect(judge(given).requirements?.[1]).toEqual({
      requirement: 'survivors_other_region',
      loss: null,
      wanted: 2,
      found: 1,
      origin: 'test.yaml: defaults',
      result: 'not_met',
      evidence: [],
    });
  });

  it('names those that meet it', () => {
    const given = { points: [manual, farCopy()], wanted: { survivorsMin: { other_region: 1 } } };
    expect(judge(given).requirements?.[1]).toMatchObject({ found: 1, result: 'met', evidence: ['far'] });
  });

  it('counts data exactly as old as allowed, and none that are a second older', () => {
    const at = (rpoSecondsMax: number) =>
      judge({
        points: [aPoint(orders, { dataAt: NOW }), farCopy()],
        wanted: { rpoSecondsMax, survivorsMin: { other_region: 1 } },
      });
    expect(at(3_600)).toMatchObject({ verdict: 'ready', readyUntil: NOW });
    expect(at(3_599)).toMatchObject({ verdict: 'not_ready', codes: ['survivors_too_near'] });
  });

  it('that could be met by a point of unknown age, or of unknown fate, is unknown', () => {
    const wanted = { survivorsMin: { other_region: 1 } };
    const unread = farCopy({ encrypted: true, keyArn: KEY_ARN.replace('eu-west-1', FAR.region) });
    expect(judge({ points: [manual, farCopy({ dataAt: null })], wanted })).toMatchObject({
      verdict: 'unknown',
      codes: ['data_loss_unknown'],
    });
    expect(judge({ points: [manual, unread], wanted })).toMatchObject({
      verdict: 'unknown',
      codes: ['survival_unknown'],
    });
    const two = { survivorsMin: { other_region: 2 } };
    expect(codesOf({ points: [manual, farCopy({ dataAt: null })], wanted: two })).toEqual(['survivors_too_near']);
  });

  it('is not asked about while too few survive at all', () => {
    expect(codesOf({ wanted: { survivorsMin: { outside_plan: 2, other_region: 1 } } })).toEqual([
      'survivor_only_in_plan',
    ]);
  });

  it('softens to unknown where a gap may hide survivors', () => {
    const gap = { what: 'copies', where: orders, action: 'rds:X', cause: 'denied', hides: 'survivors' as const };
    const given = { wanted: { survivorsMin: { other_region: 1 } }, inventory: { gaps: [gap] } };
    expect(judge(given)).toMatchObject({ verdict: 'unknown', codes: ['gap_hides_survivors'] });
  });

  it('follows what the asking principal may call, where that is known', () => {
    const authority = (allowed: readonly string[]): PrincipalAuthority => ({
      principal: 'arn:aws:iam::123456789012:role/deploy',
      origin: 'simulation',
      source: 'iam:SimulatePrincipalPolicy',
      permits: ({ action }) => (allowed.includes(action) ? 'allowed' : 'denied'),
      gaps: [],
    });
    const asked = (allowed: readonly string[], survivorsMin: Partial<Record<SurvivorClass, number>>) =>
      judge({ points: [manual, farCopy()], wanted: { survivorsMin }, fields: { authority: authority(allowed) } }).codes;
    expect(asked([], { outside_principal: 2, other_region: 1 })).toEqual([]);
    expect(asked(['rds:DeleteDBSnapshot'], { outside_principal: 1 })).toEqual(['survivors_too_near']);
    expect(asked(['rds:DeleteDBSnapshot'], { other_region: 1 })).toEqual(['survivors_too_near']);
  });
});

describe('a loss that follows the change', () => {
  const asking = (loss: RequiredLoss, points: readonly RecoveryPoint[], wanted: Given['wanted'] = {}) =>
    judge({ points, wanted: { survivorsAfterLossMin: { [loss]: 1 }, ...wanted } });
  const theirs = theirCopy();

  it.each<[RequiredLoss, readonly RecoveryPoint[], string]>([
    ['snapshots_purged', [manual], 'not_met'],
    ['snapshots_purged', [manual, inVault()], 'met'],
    ['vaults_emptied', [inVault()], 'not_met'],
    ['vaults_emptied', [manual], 'met'],
    ['everything_deletable', [manual, inVault()], 'not_met'],
    ['everything_deletable', [manual, theirs], 'met'],
    ['region_lost', [manual], 'not_met'],
    ['region_lost', [manual, theirs], 'not_met'],
    ['region_lost', [manual, farCopy()], 'met'],
    ['account_lost', [manual, farCopy()], 'not_met'],
    ['account_lost', [manual, theirs], 'met'],
    ['time_passes', [aPoint(orders, { expiresAt: addDays(NOW, 30) })], 'not_met'],
    ['time_passes', [aPoint(orders, { expiresAt: addSeconds(addDays(NOW, 30), 1) })], 'met'],
  ])('%s is asked of what it would leave (%#)', (loss, points, result) => {
    expect(asking(loss, points).results[loss]).toBe(result);
  });

  it.each<RequiredLoss>(['key_disabled', 'key_deletion_scheduled', 'key_destroyed'])(
    '%s takes what lies under the key of the database',
    (loss) => {
      const encrypted = { ...orders, encrypted: true, keyArn: KEY_ARN };
      const under = aPoint(encrypted);
      const given = {
        points: [under],
        wanted: { survivorsAfterLossMin: { [loss]: 1 } },
        inventory: { databases: [encrypted], keys: [aKey()] },
        fields: { database: encrypted },
      };
      expect(judge(given)).toMatchObject({ verdict: 'not_ready', codes: ['loss_not_survived'] });
      const plain = { ...given, points: [under, inVault()], drills: [aDrill(orders)] };
      expect(judge(plain).results[loss]).toBe('met');
    },
  );

  it('names the loss, and how many of how many would be left', () => {
    const view = asking('region_lost', [manual, farCopy()], { survivorsAfterLossMin: { region_lost: 2 } });
    expect(view.reasons[0]).toMatchObject({
      code: 'loss_not_survived',
      message: '1 recent enough would be left if region lost followed, 2 wanted (test.yaml: defaults)',
    });
    expect(view.requirements?.[1]).toMatchObject({
      requirement: 'survivors_after_loss',
      loss: 'region_lost',
      found: 1,
    });
  });

  it('leaves nothing that is too old, and may leave what has no known age', () => {
    expect(asking('region_lost', [manual, farCopy({ dataAt: hoursAgo(25) })]).codes).toEqual(['loss_not_survived']);
    expect(asking('region_lost', [manual, farCopy({ dataAt: null })]).codes).toEqual(['data_loss_unknown']);
  });

  it('does not count what is made by the change itself', () => {
    const final = theDelete(orders, { skipFinalSnapshot: false, finalSnapshotId: 'last' });
    const wanted = { survivorsAfterLossMin: { time_passes: 2 } };
    expect(judge({ actions: [final], wanted }).results['time_passes']).toBe('not_met');
  });

  it('is not asked about twice, nor where no policy names it', () => {
    const { results } = asking('region_lost', [manual, farCopy()]);
    expect(Object.keys(results)).toEqual(['survivors_outside_plan', 'region_lost', 'data_loss', 'restore_proof']);
  });
});

describe('a bad write that is noticed late', () => {
  const bad = (points: readonly RecoveryPoint[], wanted: Given['wanted'] = {}) =>
    judge({
      points: [manual, ...points],
      wanted: { detectionSeconds: 7_200, survivorsAfterLossMin: { bad_write: 1 }, ...wanted },
    });
  const older = (seconds: number) => inVault({ dataAt: addSeconds(NOW, -seconds) });

  it('leaves only what is older than the write', () => {
    expect(bad([older(7_200)]).codes).toEqual(['loss_not_survived']);
    expect(bad([older(7_201)]).codes).toEqual([]);
  });

  it('asks for the age before the write, to the second', () => {
    expect(bad([older(7_200 + 3_600)], { rpoSecondsMax: 3_600 }).codes).toEqual([]);
    expect(bad([older(7_200 + 3_601)], { rpoSecondsMax: 3_600 }).codes).toEqual(['loss_not_survived']);
  });

  it('goes unnoticed for a day where the policy does not say', () => {
    const wanted = { detectionSeconds: 0 };
    expect(bad([older(DAY)], wanted).codes).toEqual(['loss_not_survived']);
    expect(bad([older(DAY + 1)], wanted).codes).toEqual([]);
  });

  it('is met by a window that reaches back before it, until its retention has moved past', () => {
    const replicated = aPoint(orders, {
      ...FAR,
      id: 'replicated',
      arn: 'arn:replicated',
      kind: 'replicated_automated_backup',
      status: 'retained',
      dataAt: null,
      retentionDays: 1,
      window: { earliest: addDays(NOW, -1), latest: addSeconds(addDays(NOW, -1), 900) },
    });
    const view = bad([replicated], { rpoSecondsMax: 10 * DAY });
    expect(view).toMatchObject({ verdict: 'ready', readyUntil: addSeconds(NOW, 900) });
  });

  it('ends with the age of what is left, however much of it was spared', () => {
    const view = bad([older(7_200 + 3_000)], { rpoSecondsMax: 3_600 });
    expect(view.readyUntil).toBe(NOW);
    expect(bad([older(7_200 + 3_000)], { rpoSecondsMax: 3_900 }).readyUntil).toBe(addSeconds(NOW, 300));
  });
});

describe('the time until somebody notices', () => {
  const ending = (seconds: number, detectionSeconds: number) =>
    judge({ points: [aPoint(orders, { expiresAt: addSeconds(NOW, seconds) })], wanted: { detectionSeconds } });

  it('is outlived by what ends exactly then, and not by what ends a second sooner', () => {
    expect(ending(600, 600)).toMatchObject({ verdict: 'ready', readyUntil: NOW });
    expect(ending(599, 600)).toMatchObject({ verdict: 'not_ready' });
    expect(ending(700, 600).readyUntil).toBe(addSeconds(NOW, 100));
  });

  it('is outlived by what never ends, however long it is', () => {
    expect(judge({ wanted: { detectionSeconds: 3_650 * DAY } }).verdict).toBe('ready');
  });

  it('is not asked for where the policy names none', () => {
    expect(ending(1, 0)).toMatchObject({ verdict: 'ready', readyUntil: addSeconds(NOW, 1) });
  });

  it('says how many survive, how many for long enough, and when the first of them ends', () => {
    const points = [aPoint(orders, { expiresAt: soon }), inVault({ expiresAt: addSeconds(NOW, 300) })];
    expect(judge({ points, wanted: { detectionSeconds: 601 } }).reasons[0]).toMatchObject({
      code: 'survivors_end_too_soon',
      message: `2 survive, but 0 for the 10 min 1 s until somebody would notice (test.yaml: defaults), 1 wanted; the first ends at ${addSeconds(NOW, 300)}`,
    });
  });

  it('is not blamed where too few survive anyway', () => {
    const wanted = { detectionSeconds: 601, survivorsMin: { outside_plan: 2 } };
    expect(codesOf({ points: [aPoint(orders, { expiresAt: soon })], wanted })).toEqual(['survivor_only_in_plan']);
  });

  it('is asked of classes and losses too', () => {
    const points = [manual, farCopy({ expiresAt: soon })];
    const wanted = { survivorsMin: { other_region: 1 }, survivorsAfterLossMin: { region_lost: 1 } };
    expect(judge({ points, wanted: { ...wanted, detectionSeconds: 600 } }).verdict).toBe('ready');
    expect(codesOf({ points, wanted: { ...wanted, detectionSeconds: 601 } })).toEqual([
      'survivors_too_near',
      'loss_not_survived',
    ]);
  });
});

describe('the floor on how long survivors are kept', () => {
  const kept = (points: readonly RecoveryPoint[], wanted: Given['wanted'] = {}) =>
    judge({ points, wanted: { retentionSecondsMin: 600, ...wanted } });

  it('is met by what ends exactly there, and not by what ends a second sooner', () => {
    expect(kept([aPoint(orders, { expiresAt: soon })])).toMatchObject({ verdict: 'ready', readyUntil: NOW });
    expect(kept([aPoint(orders, { expiresAt: addSeconds(NOW, 599) })]).results['retention']).toBe('not_met');
    expect(kept([aPoint(orders, { expiresAt: addSeconds(NOW, 700) })]).readyUntil).toBe(addSeconds(NOW, 100));
  });

  it('is met by what never ends, and names it', () => {
    expect(kept([manual]).requirements).toContainEqual({
      requirement: 'retention',
      loss: null,
      wanted: 600,
      found: 600,
      origin: 'test.yaml: defaults',
      result: 'met',
      evidence: ['orders-manual'],
    });
  });

  it('says when the last recent enough survivor ends', () => {
    const early = aPoint(orders, { expiresAt: addSeconds(NOW, 60) });
    expect(kept([early, inVault({ expiresAt: addSeconds(NOW, 90) })]).reasons[0]).toMatchObject({
      code: 'retention_too_short',
      message: `the last recent enough survivor ends at ${addSeconds(NOW, 90)}, 10 min from now wanted (test.yaml: defaults)`,
    });
  });

  it('is not met by data that are too old, however long they are kept', () => {
    const points = [aPoint(orders, { expiresAt: addSeconds(NOW, 60) }), inVault({ dataAt: addDays(NOW, -365) })];
    expect(kept(points)).toMatchObject({ verdict: 'not_ready', codes: ['retention_too_short'] });
  });

  it('is unknown where only what has no known age is kept for so long', () => {
    const points = [aPoint(orders, { expiresAt: addSeconds(NOW, 60) }), inVault({ dataAt: null })];
    expect(kept(points)).toMatchObject({ verdict: 'unknown', codes: ['data_loss_unknown'] });
  });

  it('ends a verdict when what is kept is too old, though something recent is left', () => {
    const points = [aPoint(orders, { expiresAt: addSeconds(NOW, 3_000), dataAt: NOW }), inVault()];
    expect(kept(points, { rpoSecondsMax: 4_200, retentionSecondsMin: 3_001 }).readyUntil).toBe(soon);
  });

  it('is asked of the automated backups of a database that lives on, as the change leaves them', () => {
    const lower = { kind: 'modify_db_instance', target: aTarget(orders), change: { retentionDays: 6 } } as const;
    const lives = (actions: Given['actions'] & object, days: number) =>
      judge({ actions, wanted: { retentionSecondsMin: days * DAY }, fields: { lives: true } });
    expect(lives([theDelete(orders)], 7).results['retention']).toBe('met');
    expect(lives([theDelete(orders)], 8).reasons[0]).toMatchObject({
      code: 'retention_too_short',
      message: 'automated backups are kept 7 d, 8 d wanted (test.yaml: defaults)',
    });
    expect(lives([lower, theDelete(orders)], 7).reasons[0]).toMatchObject({
      code: 'retention_too_short',
      message: 'automated backups are kept 6 d, 7 d wanted (test.yaml: defaults)',
    });
    expect(lives([lower, theDelete(orders)], 7).reasons[0]?.remedy).toBe(
      'keep its automated backups longer:\naws rds modify-db-instance --region eu-west-1 --db-instance-identifier orders --backup-retention-period 7 --apply-immediately',
    );
    const raise = { ...lower, change: { retentionDays: 8 } };
    expect(lives([raise, theDelete(orders)], 8).results['retention']).toBe('met');
    expect(judge({ wanted: { retentionSecondsMin: 8 * DAY } }).results['retention']).toBe('met');
  });

  it('asks no more of automated backups than RDS keeps: 35 days', () => {
    const days = (retentionDays: number) => {
      const change = { kind: 'modify_db_instance', target: aTarget(orders), change: { retentionDays } } as const;
      const wanted = { retentionSecondsMin: 90 * DAY };
      return judge({ actions: [change, theDelete(orders)], wanted, fields: { lives: true } });
    };
    expect(days(35).results['retention']).toBe('met');
    expect(days(34).reasons[0]).toMatchObject({
      code: 'retention_too_short',
      message: 'automated backups are kept 34 d, 35 d wanted (test.yaml: defaults)',
      remedy: expect.stringContaining('--backup-retention-period 35'),
    });
  });
});

describe('time alone ends', () => {
  const fresh = aPoint(orders, { dataAt: NOW });
  const year = { rpoSecondsMax: 365 * DAY };

  it('a class with the last but so many that are wanted there', () => {
    const points = [fresh, farCopy({ expiresAt: soon }), theirCopy({ ...FAR, accountId: THEIRS.accountId })];
    expect(judge({ points, wanted: { ...year, survivorsMin: { other_region: 2 } } }).readyUntil).toBe(soon);
    expect(judge({ points, wanted: { ...year, survivorsMin: { other_region: 1 } } }).readyUntil).toBe(
      addDays(hoursAgo(1), 30),
    );
  });

  it('a class by the age of the data there, and by the time until somebody notices', () => {
    const points = [fresh, farCopy({ expiresAt: addSeconds(NOW, 900) })];
    const survivorsMin = { other_region: 1 };
    expect(judge({ points, wanted: { rpoSecondsMax: 4_200, survivorsMin } }).readyUntil).toBe(soon);
    expect(judge({ points, wanted: { ...year, survivorsMin, detectionSeconds: 800 } }).readyUntil).toBe(
      addSeconds(NOW, 100),
    );
  });

  it('what is asked after a month has passed a month before it ends', () => {
    const points = [aPoint(orders, { expiresAt: addSeconds(addDays(NOW, 30), 600) })];
    expect(judge({ points, wanted: { ...year, survivorsAfterLossMin: { time_passes: 1 } } }).readyUntil).toBe(soon);
  });

  it('what a loss would leave', () => {
    const points = [fresh, farCopy({ expiresAt: soon })];
    expect(judge({ points, wanted: { ...year, survivorsAfterLossMin: { region_lost: 1 } } }).readyUntil).toBe(soon);
    expect(judge({ points, wanted: { ...year, survivorsAfterLossMin: { vaults_emptied: 1 } } }).readyUntil).not.toBe(
      soon,
    );
  });

  it('what no threat abroad may take, where such a threat is hidden', () => {
    const gap = { what: 'locks', where: FAR, action: 'backup:X', cause: 'denied', hides: 'threats' as const };
    const points = [aPoint(orders, { expiresAt: soon }), farCopy()];
    const drills = [aDrill(orders), aDrill(orders, { drillId: 'c', claim: 'copy' })];
    const given = { points, drills, wanted: year };
    expect(judge({ ...given, inventory: { gaps: [gap] } })).toMatchObject({ verdict: 'ready', readyUntil: soon });
    expect(judge(given).readyUntil).toBe(addDays(hoursAgo(1), 30));
  });
});
