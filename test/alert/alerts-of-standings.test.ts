/** What two looks at the databases tell. */

import { describe, expect, it } from 'vitest';
import { addDays, type Instant } from '../../src/core/time.ts';
import { hoursAgo, NOW } from '../support/builders.ts';
import { aDatabaseView, aReason } from '../support/decision-builder.ts';
import { aPieceOfEvidence } from '../support/readiness-builder.ts';
import { aStanding, earlier, gist, ORDERS, told } from './support.ts';

const NOT_READY = { verdict: 'not_ready', reasons: ['no_survivor'] } as const;
const UNKNOWN = { verdict: 'unknown', reasons: ['restore_proof_stale'] } as const;

describe('a verdict', () => {
  it.each([
    ['ready', 'not_ready', 'critical'],
    ['unknown', 'not_ready', 'critical'],
    ['ready', 'unknown', 'warning'],
    ['not_ready', 'unknown', 'info'],
    ['not_ready', 'ready', 'info'],
    ['unknown', 'ready', 'info'],
  ] as const)('that goes from %s to %s is %s', (from, to, level) => {
    const alerts = told({ before: [earlier({ verdict: from })], after: [aStanding({ verdict: to })] });
    expect(alerts.map(gist)).toEqual([`verdict.changed ${level}`]);
    expect(alerts[0]?.data).toMatchObject({ from, to, arn: ORDERS, accountId: '123456789012', region: 'eu-west-1' });
    expect(alerts[0]?.subject).toBe(ORDERS);
  });

  it('that was bad already before nobody could look is no new alarm', () => {
    const hidden = earlier({ verdict: 'unknown', knownVerdict: 'not_ready' });
    expect(told({ before: [hidden], after: [aStanding(NOT_READY)] }).map(gist)).toEqual(['verdict.changed warning']);
    const wasReady = earlier({ verdict: 'unknown', knownVerdict: 'ready' });
    expect(told({ before: [wasReady], after: [aStanding(NOT_READY)] }).map(gist)).toEqual(['verdict.changed critical']);
  });

  it('that stays tells nothing, though time passes', () => {
    expect(told({ before: [earlier(NOT_READY)], after: [aStanding(NOT_READY)] })).toEqual([]);
  });

  it('is told with the new reasons in the words of the judgement, and their remedies', () => {
    const reasons = [
      aReason({ code: 'disarms', message: 'protection is weakened', remedy: null }),
      aReason({ code: 'restore_failed', message: 'drill d1 failed', remedy: 'muster drill run orders' }),
      aReason({ message: 'no recovery point of orders outlives this', remedy: 'take a snapshot' }),
    ];
    const [alert] = told({
      before: [earlier({ verdict: 'unknown', reasons: ['restore_failed'] })],
      after: [aStanding({ verdict: 'not_ready', reasons: ['disarms', 'no_survivor', 'restore_failed'] })],
      views: [aDatabaseView({ arn: ORDERS, reasons })],
    });
    expect(alert?.data.message).toBe(
      'orders (123456789012/eu-west-1) was unknown and is not ready: no recovery point of orders outlives this',
    );
    expect(alert?.data.remedy).toBe('take a snapshot');
    expect(alert?.data['reasons']).toEqual([
      { code: 'no_survivor', message: 'no recovery point of orders outlives this', remedy: 'take a snapshot' },
    ]);
  });

  it('is told in the words of the catalogue where the judgement is not at hand', () => {
    const [alert] = told({ before: [earlier()], after: [aStanding(NOT_READY)] });
    expect(alert?.data.message).toBe(
      'orders (123456789012/eu-west-1) is not ready any more: no recovery point outlives the change',
    );
  });

  it('that becomes ready says what was cleared', () => {
    const [alert] = told({ before: [earlier(NOT_READY)], after: [aStanding()] });
    expect(alert?.data.message).toBe('orders (123456789012/eu-west-1) is ready again; it was not ready');
    expect(alert?.data['cleared']).toEqual(['no_survivor']);
  });

  it('has another id the next time it changes in the same way', () => {
    const [first] = told({ before: [earlier()], after: [aStanding(NOT_READY)] });
    const [second] = told({ before: [earlier({ at: hoursAgo(2) })], after: [aStanding(NOT_READY)] });
    expect(first?.id).not.toBe(second?.id);
  });

  it('has the same id whenever it is found', () => {
    const [first] = told({ before: [earlier()], after: [aStanding(NOT_READY)] });
    const [second] = told({
      before: [earlier()],
      after: [aStanding({ ...NOT_READY, at: addDays(NOW, 1) })],
      at: addDays(NOW, 1),
    });
    expect(first?.id).toBe(second?.id);
  });
});

describe('a database that was not there before', () => {
  it.each([
    ['ready', []],
    ['unknown', ['verdict.changed info']],
    ['not_ready', ['verdict.changed warning']],
  ] as const)('and is %s tells %j', (verdict, gists) => {
    expect(told({ before: [], after: [aStanding({ verdict })] }).map(gist)).toEqual(gists);
  });
});

describe('a database that is gone', () => {
  it('is critical when nobody asked', () => {
    const alerts = told({ before: [earlier()], after: [], gone: [ORDERS] });
    expect(alerts.map(gist)).toEqual(['verdict.changed critical']);
    expect(alerts[0]?.data).toMatchObject({ from: 'ready', to: 'gone', announced: false });
  });

  it('is no alarm when its deletion was decided on', () => {
    const alerts = told({ before: [earlier()], after: [], gone: [ORDERS], announced: [ORDERS] });
    expect(alerts.map(gist)).toEqual(['verdict.changed info']);
  });

  it('whose name another database bears by now is gone, and the other is new', () => {
    const alerts = told({
      before: [earlier({ resourceId: 'db-A' })],
      after: [aStanding({ resourceId: 'db-B', ...NOT_READY })],
    });
    expect(alerts.map(({ data }) => [data['from'], data['to'], data.level]).sort()).toEqual([
      [null, 'not_ready', 'warning'],
      ['ready', 'gone', 'critical'],
    ]);
  });

  it('is told only where it is said to be gone, and not merely missing', () => {
    expect(told({ before: [earlier()], after: [] })).toEqual([]);
  });

  it('is not gone when it is still there, nor when it was never known', () => {
    expect(told({ before: [earlier()], after: [aStanding()], gone: [ORDERS] })).toEqual([]);
    expect(told({ before: [], after: [], gone: [ORDERS] })).toEqual([]);
  });
});

describe('the first look', () => {
  it('tells in one alert how many are not ready', () => {
    const after = [
      aStanding({ ...NOT_READY, databaseArn: 'arn:b' }),
      aStanding({ ...NOT_READY, databaseArn: 'arn:a' }),
      aStanding({ ...UNKNOWN, databaseArn: 'arn:c' }),
      aStanding(),
    ];
    const alerts = told({ before: null, after });
    expect(alerts.map(gist)).toEqual(['verdict.changed info']);
    expect(alerts[0]?.data.message).toBe(
      'Muster began to watch 4 databases, of which 2 are not ready and 1 are unknown',
    );
    expect(alerts[0]?.data['notReady']).toEqual({ count: 2, first: ['arn:a', 'arn:b'] });
  });

  it('tells nothing where everything is ready', () => {
    expect(told({ before: null, after: [aStanding()] })).toEqual([]);
  });

  it('tells of no disarming, for it has nothing to compare with', () => {
    expect(told({ before: null, after: [aStanding({ deletionProtection: false, retentionDays: 0 })] })).toEqual([]);
  });
});

describe('a proof', () => {
  it.each(['restore_proof_stale', 'restore_never_proven'] as const)('that lapsed tells that: %s', (code) => {
    const alerts = told({
      before: [earlier({ verdict: 'unknown' })],
      after: [aStanding({ verdict: 'unknown', reasons: [code] })],
    });
    expect(alerts.map(gist)).toEqual(['drill.stale warning']);
    expect(alerts[0]?.data.remedy).toContain('muster drill run orders');
  });

  it('that lapsed while the verdict changed with it is told as both', () => {
    const alerts = told({ before: [earlier()], after: [aStanding(UNKNOWN)] });
    expect(alerts.map(gist).sort()).toEqual(['drill.stale warning', 'verdict.changed warning']);
  });

  it('that lapsed is the same alert after nobody could look for a while, and another for another proof', () => {
    const lapse = (at: Instant, id: string) =>
      told({
        before: [earlier({ at, verdict: 'unknown', reasons: ['survival_unknown'] })],
        after: [aStanding(UNKNOWN)],
        views: [aDatabaseView({ arn: ORDERS, reasons: [], evidence: [aPieceOfEvidence({ id, state: 'stale' })] })],
      })[0]?.id;
    expect(lapse(hoursAgo(1), 'drill:d1')).toBe(lapse(hoursAgo(9), 'drill:d1'));
    expect(lapse(hoursAgo(1), 'drill:d2')).not.toBe(lapse(hoursAgo(1), 'drill:d1'));
  });

  it('that was too old already is not told again, though it is missing now', () => {
    const now = aStanding({ verdict: 'unknown', reasons: ['restore_never_proven'] });
    expect(told({ before: [earlier(UNKNOWN)], after: [now] })).toEqual([]);
  });
});

describe('protection', () => {
  it.each([
    ['ready', 'warning'],
    ['unknown', 'critical'],
    ['not_ready', 'critical'],
  ] as const)('of a database that is %s, switched off, is %s', (verdict, level) => {
    const alerts = told({ before: [earlier({ verdict })], after: [aStanding({ verdict, deletionProtection: false })] });
    expect(alerts.map(gist)).toEqual([`protection.disarmed ${level}`]);
    expect(alerts[0]?.data.remedy).toContain(
      'aws rds modify-db-instance --region eu-west-1 --db-instance-identifier orders --deletion-protection',
    );
  });

  it('by retention that is lowered, or switched off, is told with what it was', () => {
    const messages = [3, 0].map(
      (retentionDays) => told({ before: [earlier()], after: [aStanding({ retentionDays })] })[0]?.data.message,
    );
    expect(messages[0]).toContain('its automated backups are kept for 3 days and no longer for 7');
    expect(messages[1]).toContain('its automated backups, kept for 7 days, were switched off');
  });

  it('of a cluster is put back with the command for clusters', () => {
    const arn = 'arn:aws:rds:eu-west-1:123456789012:cluster:courses';
    const fields = { databaseArn: arn, identifier: 'courses' };
    const [alert] = told({ before: [earlier(fields)], after: [aStanding({ ...fields, retentionDays: 1 })] });
    expect(alert?.data.remedy).toContain(
      'aws rds modify-db-cluster --region eu-west-1 --db-cluster-identifier courses --backup-retention-period 7',
    );
  });

  it('that grows stronger tells nothing', () => {
    const weak = earlier({ deletionProtection: false, retentionDays: 1 });
    expect(told({ before: [weak], after: [aStanding()] })).toEqual([]);
  });

  it('that is weakened in two ways is told as two', () => {
    const now = aStanding({ deletionProtection: false, retentionDays: 1 });
    expect(told({ before: [earlier()], after: [now] })).toHaveLength(2);
  });
});
