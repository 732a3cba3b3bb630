/** What AWS Backup restored by itself is worth: more than nothing, less than a drill, and against a survivor where it failed. */

import { describe, expect, it } from 'vitest';
import { addDays, addSeconds } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { Database, RecoveryPoint, RestoreTest } from '../../src/inventory/model.ts';
import { parsePolicy } from '../../src/policy/schema.ts';
import { judgeAllNow, judgeNow } from '../../src/verdict/decide.ts';
import { testsOf } from '../../src/verdict/restore-tests.ts';
import {
  aCluster,
  aDatabase,
  aDrill,
  anInventory,
  aPoint,
  aRestoreTest,
  aVault,
  hoursAgo,
  NOW,
} from '../support/builders.ts';

const orders = aDatabase();
const vault = aVault();
const kept = aPoint(orders, { id: 'awsbackup:job-1', arn: 'arn:kept', kind: 'backup_snapshot', vaultArn: vault.arn });
const vaultDrill = (fields: Partial<DrillRecord> = {}) => aDrill(orders, { claim: 'vault', ...fields });

interface Given {
  readonly tests: readonly RestoreTest[];
  readonly drills?: readonly DrillRecord[];
  readonly points?: readonly RecoveryPoint[];
  readonly database?: Database;
  readonly defaults?: string;
}

function judge({ tests, drills = [], points = [kept], database = orders, defaults = '' }: Given) {
  const inventory = anInventory({
    databases: [database],
    recoveryPoints: points,
    vaults: [vault],
    restoreTests: tests,
  });
  const policy = parsePolicy(`version: 1\ndefaults: { ${defaults} }\n`, 'test.yaml');
  const view = judgeNow({ inventory, policy, drills, at: NOW }, database);
  return { ...view, codes: view.reasons.map(({ code }) => code) };
}

describe('a restore that AWS Backup completed', () => {
  it('replaces "never" by "weakly", names its job, and is never enough', () => {
    const view = judge({ tests: [aRestoreTest(kept)] });
    expect(view.verdict).toBe('unknown');
    expect(view.reasons).toMatchObject([
      {
        code: 'restore_proof_weak',
        message: "AWS Backup's restore test JOB-1 restored it, but Muster saw no answer from the data; no drill has",
        remedy:
          'restore it to a scratch database and question it, by a definition that restores what AWS Backup keeps, not a snapshot of RDS:\nmuster drill run orders --definition FILE',
      },
    ]);
    expect(judge({ tests: [] }).codes).toEqual(['restore_never_proven']);
  });

  it('for somebody else than a testing plan is called a restore job', () => {
    const [found] = judge({ tests: [aRestoreTest(kept, { testingPlanArn: null })] }).reasons;
    expect(found?.message).toMatch(/^AWS Backup's restore job JOB-1 restored it/);
  });

  it.each(['successful', 'validating', null])('and is validated as %s is worth no more', (validation) => {
    const view = judge({ tests: [aRestoreTest(kept, { validation })] });
    expect(view).toMatchObject({ codes: ['restore_proof_weak'], survivors: [{ grade: 'restored' }] });
  });

  it('lifts the grade of exactly that recovery point', () => {
    const other = { ...kept, id: 'other', arn: 'arn:other' };
    const grades = judge({ tests: [aRestoreTest(kept)], points: [kept, other] }).survivors.map(({ id, grade }) => [
      id,
      grade,
    ]);
    expect(grades).toEqual([
      ['awsbackup:job-1', 'restored'],
      ['other', 'available'],
    ]);
  });

  it('says nothing of another kind of restore', () => {
    const view = judge({ tests: [aRestoreTest(kept)], points: [aPoint(orders)] });
    expect(view.codes).toEqual(['restore_never_proven']);
    // Not even where a snapshot that is in no vault bears the ARN.
    expect(judge({ tests: [aRestoreTest(aPoint(orders))], points: [aPoint(orders)] })).toMatchObject({
      codes: ['restore_never_proven'],
      survivors: [{ grade: 'available' }],
    });
  });

  it('of another database, or in another account, says nothing', () => {
    const strange = aRestoreTest(kept, { recoveryPointArn: 'arn:of-another' });
    expect(judge({ tests: [strange] }).codes).toEqual(['restore_never_proven']);
    const abroad = aRestoreTest(kept, { accountId: '999999999999' });
    expect(judge({ tests: [abroad] })).toMatchObject({
      codes: ['restore_never_proven'],
      survivors: [{ grade: 'available' }],
    });
  });

  it('is told apart by database where many are judged at once', () => {
    const second = aDatabase({ resourceId: 'db-2', identifier: 'second', arn: 'arn:second' });
    const points = [kept, aPoint(second, { ...kept, arn: 'arn:k2', databaseResourceId: 'db-2' })];
    const inventory = anInventory({
      databases: [orders, second],
      recoveryPoints: points,
      vaults: [vault],
      restoreTests: [aRestoreTest(kept)],
    });
    const policy = parsePolicy('version: 1\n', 'test.yaml');
    const views = judgeAllNow({ inventory, policy, drills: [], at: NOW }, [orders, second]);
    expect(views.map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([
      ['restore_proof_weak'],
      ['restore_never_proven'],
    ]);
  });

  it('is found by the resource id that its recovery point bears, and by no other', () => {
    const stranger = aPoint(orders, { ...kept, arn: 'arn:strange', databaseResourceId: 'db-STRANGER' });
    const inventory = { recoveryPoints: [kept, stranger], restoreTests: [aRestoreTest(stranger), aRestoreTest(kept)] };
    expect(testsOf(inventory, orders).map(({ recoveryPointArn }) => recoveryPointArn)).toEqual(['arn:kept']);
  });

  it('counts as long as a drill would, and not before it ended', () => {
    const ended = (completedAt: typeof NOW) => judge({ tests: [aRestoreTest(kept, { completedAt })] }).codes;
    expect(ended(addDays(NOW, -30))).toEqual(['restore_proof_weak']);
    expect(ended(addSeconds(addDays(NOW, -30), -1))).toEqual(['restore_never_proven']);
    expect(ended(addSeconds(NOW, 301))).toEqual(['restore_never_proven']);
  });

  it.each(['running', 'pending', 'failed', 'aborted'])('is not one that is %s', (status) => {
    expect(judge({ tests: [aRestoreTest(kept, { status })] })).toMatchObject({
      codes: ['restore_never_proven'],
      survivors: [{ grade: 'available' }],
    });
  });

  it('passes where a proof is only advised, in its own words', () => {
    const view = judge({ tests: [aRestoreTest(kept)], defaults: 'restoreProof: advisory' });
    expect(view).toMatchObject({ verdict: 'ready', codes: ['proof_advisory'] });
    expect(view.reasons[0]?.message).toContain('JOB-1');
  });
});

describe('a cluster that AWS Backup restored', () => {
  it('has no instance, so that nothing is shown but that it is available', () => {
    const courses = aCluster();
    const point = aPoint(courses, { arn: 'arn:c', kind: 'backup_snapshot', vaultArn: vault.arn });
    const view = judge({ tests: [aRestoreTest(point)], points: [point], database: courses });
    expect(view).toMatchObject({ codes: ['restore_never_proven'], survivors: [{ grade: 'available' }] });
  });
});

describe('a restore test that did not stand up to its validation', () => {
  const against = (validation: string, fields: Partial<RestoreTest> = {}) =>
    aRestoreTest(kept, { validation, validationMessage: 'no rows in orders', ...fields });

  it.each([
    ['failed', 'failed its validation'],
    ['timed_out', 'was not validated in time'],
  ])('as %s speaks against it, names the job and what was said', (validation, words) => {
    const view = judge({ tests: [against(validation)] });
    expect(view.verdict).toBe('not_ready');
    expect(view.reasons).toMatchObject([
      {
        code: 'restore_failed',
        message: `what AWS Backup's restore test JOB-1 restored ${words}: no rows in orders`,
        remedy: 'see in AWS Backup why, mend it and drill it:\nmuster drill run orders',
      },
    ]);
    expect(view.survivors[0]?.grade).toBe('available');
  });

  it('is not excused by an advisory policy, nor said of with a message that nobody gave', () => {
    const view = judge({
      tests: [against('failed', { validationMessage: null })],
      defaults: 'restoreProof: advisory',
    });
    expect(view).toMatchObject({ verdict: 'not_ready', codes: ['restore_failed'] });
    expect(view.reasons[0]?.message).toBe("what AWS Backup's restore test JOB-1 restored failed its validation");
  });

  it('speaks until a newer restore stands up, and the worst of several that end together', () => {
    const sound = (hours: number) => aRestoreTest(kept, { jobId: 'JOB-2', completedAt: hoursAgo(hours) });
    for (const tests of [
      [against('failed'), sound(1)],
      [sound(1), against('failed')],
    ]) {
      expect(judge({ tests }).codes).toEqual(['restore_proof_weak']);
    }
    for (const hours of [2, 3]) {
      expect(judge({ tests: [against('failed'), sound(hours)] }).codes).toEqual(['restore_failed']);
      expect(judge({ tests: [sound(hours), against('failed')] }).codes).toEqual(['restore_failed']);
    }
  });
});

describe('beside a drill of the same claim', () => {
  it('a restore that stood up changes nothing, be it newer or older', () => {
    for (const hours of [0.5, 2]) {
      const tests = [aRestoreTest(kept, { completedAt: hoursAgo(hours) })];
      expect(judge({ tests, drills: [vaultDrill()] })).toMatchObject({ verdict: 'ready', codes: [] });
      const failed = vaultDrill({ result: 'failed', restoreSeconds: null, cause: 'no rows' });
      const view = judge({ tests, drills: [failed] });
      expect(view.reasons).toMatchObject([{ code: 'restore_failed', message: 'drill d1 failed: no rows' }]);
    }
  });

  it('one that stood up stands in for a drill that is too old', () => {
    const drills = [vaultDrill({ endedAt: addDays(NOW, -40) })];
    expect(judge({ tests: [aRestoreTest(kept)], drills }).codes).toEqual(['restore_proof_weak']);
    expect(judge({ tests: [], drills }).codes).toEqual(['restore_proof_stale']);
  });

  it('the newer speaks of a failed drill and a failed validation', () => {
    const drills = [vaultDrill({ result: 'failed', restoreSeconds: null, cause: 'no rows' })];
    const said = (hours: number) => {
      const tests = [aRestoreTest(kept, { validation: 'failed', completedAt: hoursAgo(hours) })];
      return judge({ tests, drills }).reasons[0]?.message;
    };
    expect(said(0.5)).toBe("what AWS Backup's restore test JOB-1 restored failed its validation");
    expect(said(2)).toBe('drill d1 failed: no rows');
  });

  it('a failed validation speaks when it is no older than the drill', () => {
    const failedAt = (hours: number) =>
      judge({
        tests: [aRestoreTest(kept, { validation: 'failed', completedAt: hoursAgo(hours) })],
        drills: [vaultDrill()],
      });
    expect(failedAt(0.5)).toMatchObject({ verdict: 'not_ready', codes: ['restore_failed'] });
    expect(failedAt(1)).toMatchObject({ verdict: 'not_ready', codes: ['restore_failed'] });
    expect(failedAt(1.5)).toMatchObject({ verdict: 'ready', codes: [] });
  });
});

describe('restores of AWS Backup that could not be read', () => {
  it('stop nothing and soften nothing: they are evidence, and what is unproven stays so', () => {
    const gap = {
      what: "AWS Backup's restores of RDS recovery points",
      where: { accountId: orders.accountId, region: orders.region },
      action: 'backup:ListRestoreJobs',
      cause: 'AccessDenied',
      hides: 'threats',
    } as const;
    const policy = parsePolicy('version: 1\n', 'test.yaml');
    const verdict = (drills: readonly DrillRecord[], points: readonly RecoveryPoint[], action: string = gap.action) => {
      const inventory = anInventory({
        databases: [orders],
        recoveryPoints: points,
        vaults: [vault],
        gaps: [{ ...gap, action }],
      });
      return judgeNow({ inventory, policy, drills, at: NOW }, orders).verdict;
    };
    expect(verdict([vaultDrill()], [kept])).toBe('ready');
    expect(verdict([vaultDrill()], [kept], 'rds:DescribeDBEngineVersions')).toBe('unknown');
    expect(verdict([], [])).toBe('not_ready');
  });
});
