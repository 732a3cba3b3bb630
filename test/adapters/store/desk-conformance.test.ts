/**
 * What every desk does alike, sentence by sentence of its contract but for the jobs: schedules, sights, the watch, alerts,
 * and the answers of repeated requests.
 */

import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/core/canonical.ts';
import { addSeconds } from '../../../src/core/time.ts';
import { hoursAgo, NOW, SCOPE } from '../../support/builders.ts';
import { aJob, anAlert, aSight, aStanding, type DeskKind, useDesks } from './desk-kinds.ts';

const ELSEWHERE = { accountId: '123456789012', region: 'us-east-1' };
const TAKEN = { caller: 'ci', key: 'k1', requestDigest: digestOf('one'), at: NOW };
const NOTHING = { standings: [], gone: [], alerts: [] };

describe.each(useDesks())('a desk %s', (_, kind: DeskKind) => {
  it('that nobody used is empty', async () => {
    const { desk } = kind.open();
    expect(await Promise.all([desk.schedules(), desk.backlog(), desk.alerts(10)])).toEqual([[], [], []]);
    expect(await Promise.all([desk.watched(), desk.alert('a'), desk.sight(SCOPE)])).toEqual([null, null, null]);
    expect([...(await desk.sightVersions())]).toEqual([]);
  });

  it('fires a schedule for an instant once, whoever asks', async () => {
    const { desk } = kind.open();
    const fire = { name: 'survey', dueAt: NOW, jobs: [aJob()] };
    expect(await desk.fire(fire)).toBe(true);
    expect(await kind.open().desk.fire(fire)).toBe(false);
    expect(await desk.backlog()).toEqual([{ task: 'sweep', waiting: 1, running: 0, failed: 0 }]);
  });

  it('fires a schedule once among twenty that ask at the same moment', async () => {
    const desks = [kind.open().desk, kind.open().desk];
    const asked = Array.from({ length: 20 }, (__, index) =>
      desks[index % 2]?.fire({ name: 'survey', dueAt: NOW, jobs: [aJob()] }),
    );
    expect((await Promise.all(asked)).filter((fired) => fired === true)).toHaveLength(1);
    expect(await desks[0]?.backlog()).toMatchObject([{ waiting: 1 }]);
  });

  it('fires no schedule for an instant before the last', async () => {
    const { desk } = kind.open();
    await desk.fire({ name: 'survey', dueAt: NOW, jobs: [] });
    expect(await desk.fire({ name: 'survey', dueAt: hoursAgo(1), jobs: [aJob()] })).toBe(false);
    expect(await desk.fire({ name: 'sweep', dueAt: hoursAgo(1), jobs: [] })).toBe(true);
    expect(await desk.backlog()).toEqual([]);
  });

  it('says how every schedule fired and ended, and begins anew with the next firing', async () => {
    const { desk } = kind.open();
    await desk.fire({ name: 'sweep', dueAt: hoursAgo(2), jobs: [] });
    await desk.fire({ name: 'drills', dueAt: hoursAgo(1), jobs: [] });
    await desk.ended('sweep', hoursAgo(2), { at: hoursAgo(1), outcome: 'failed', detail: 'throttled' });
    const drills = { name: 'drills', dueAt: hoursAgo(1), endedAt: null, outcome: null, detail: null };
    expect(await desk.schedules()).toEqual([
      drills,
      { name: 'sweep', dueAt: hoursAgo(2), endedAt: hoursAgo(1), outcome: 'failed', detail: 'throttled' },
    ]);
    await desk.fire({ name: 'sweep', dueAt: NOW, jobs: [] });
    expect((await desk.schedules())[1]).toEqual({ ...drills, name: 'sweep', dueAt: NOW });
  });

  it('notes nothing of how an earlier firing ended', async () => {
    const { desk } = kind.open();
    await desk.fire({ name: 'sweep', dueAt: hoursAgo(2), jobs: [] });
    await desk.fire({ name: 'sweep', dueAt: hoursAgo(1), jobs: [] });
    await desk.ended('sweep', hoursAgo(2), { at: NOW, outcome: 'done', detail: null });
    expect(await desk.schedules()).toMatchObject([{ dueAt: hoursAgo(1), endedAt: null, outcome: null }]);
  });

  it('gives back the sight of a place, and its digest', async () => {
    const { desk } = kind.open();
    const principal = { arn: 'ſ\u0000\ud800 "\\ 👩‍🚀', accountId: SCOPE.accountId };
    const sight = aSight({ principal });
    await desk.putSight(sight);
    expect(await kind.open().desk.sight(SCOPE)).toEqual(sight);
    expect(await desk.sight(ELSEWHERE)).toBeNull();
    expect([...(await desk.sightVersions())]).toEqual([['123456789012/eu-west-1', digestOf(sight)]]);
  });

  it('gives back a sight of several megabytes', async () => {
    const { desk } = kind.open();
    const exports = Array.from({ length: 5_000 }, (__, index) => ({
      ...SCOPE,
      id: `export-${index}`,
      arn: `arn:aws:s3:::bucket/exports/${index}`,
      sourceArn: `arn:aws:rds:eu-west-1:123456789012:snapshot:s${index}`,
      sourceAt: hoursAgo(2),
      endedAt: hoursAgo(1),
      keyArn: null,
    }));
    const sight = aSight({ seen: { ...aSight().seen, exports } });
    await desk.putSight(sight);
    expect(await desk.sight(SCOPE)).toEqual(sight);
  });

  it('drops a sight that is older than the one it keeps', async () => {
    const { desk } = kind.open();
    const newer = aSight({ observedAt: hoursAgo(1) });
    await desk.putSight(newer);
    await desk.putSight(aSight({ observedAt: hoursAgo(2) }));
    expect(await desk.sight(SCOPE)).toEqual(newer);
    const newest = aSight({ observedAt: NOW });
    await desk.putSight(newest);
    expect(await desk.sight(SCOPE)).toEqual(newest);
    expect([...(await desk.sightVersions()).values()]).toEqual([digestOf(newest)]);
  });

  it('puts any sight in the place of one that a clock far ahead has stamped', async () => {
    const { desk } = kind.open();
    await desk.putSight(aSight({ observedAt: addSeconds(NOW, 86_400) }));
    const right = aSight({ observedAt: NOW });
    await desk.putSight(right);
    expect(await desk.sight(SCOPE)).toEqual(right);
  });

  it('keeps a sight that is ahead by no more than clocks differ', async () => {
    const { desk } = kind.open();
    const ahead = aSight({ observedAt: addSeconds(NOW, 300) });
    await desk.putSight(ahead);
    await desk.putSight(aSight({ observedAt: NOW }));
    expect(await desk.sight(SCOPE)).toEqual(ahead);
  });

  it('keeps the newest of sights that arrive at the same moment', async () => {
    const { desk } = kind.open();
    const sights = Array.from({ length: 8 }, (__, index) => aSight({ observedAt: hoursAgo(index + 1) }));
    await Promise.all([5, 0, 7, 2, 1, 6, 3, 4].map((index) => desk.putSight(sights[index] as never)));
    expect((await desk.sight(SCOPE))?.observedAt).toBe(hoursAgo(1));
  });

  it('forgets all places but those that are kept', async () => {
    const { desk } = kind.open();
    await desk.putSight(aSight());
    await desk.putSight(aSight({ place: ELSEWHERE }));
    await desk.keepPlaces([ELSEWHERE, { accountId: '210987654321', region: 'eu-west-1' }]);
    expect([...(await desk.sightVersions()).keys()]).toEqual(['123456789012/us-east-1']);
    expect(await desk.sight(SCOPE)).toBeNull();
  });

  it('keeps standings and cursor of the first watch', async () => {
    const { desk } = kind.open();
    const standings = [aStanding('b'), aStanding('a', { verdict: 'unknown', reasons: ['no_survivor'] })];
    expect(await desk.settle({ ...NOTHING, cursor: 0, standings }, null)).toBe(true);
    expect(await kind.open().desk.watched()).toEqual({ cursor: 0, standings: standings.toReversed() });
  });

  it('puts standings in the place of those before, and lets go of what is gone', async () => {
    const { desk } = kind.open();
    await desk.settle({ ...NOTHING, cursor: 3, standings: ['a', 'b', 'c'].map((name) => aStanding(name)) }, null);
    const changed = aStanding('b', { verdict: 'not_ready', at: NOW });
    await desk.settle({ ...NOTHING, cursor: 9, standings: [changed], gone: [aStanding('c').databaseArn, 'x'] }, 3);
    expect(await desk.watched()).toEqual({ cursor: 9, standings: [aStanding('a'), changed] });
  });

  it('keeps more standings than one statement holds', async () => {
    const { desk } = kind.open();
    const standings = Array.from({ length: 1_203 }, (__, index) => aStanding(`db-${String(index).padStart(4, '0')}`));
    await desk.settle({ ...NOTHING, cursor: 1, standings }, null);
    expect((await desk.watched())?.standings).toEqual(standings);
    await desk.settle({ ...NOTHING, cursor: 2, gone: standings.map(({ databaseArn }) => databaseArn) }, 1);
    expect(await desk.watched()).toEqual({ cursor: 2, standings: [] });
  });

  it('refuses to settle, wholly, when another watch settled meanwhile', async () => {
    const { desk } = kind.open();
    await desk.settle({ ...NOTHING, cursor: 5 }, null);
    const late = {
      cursor: 7,
      standings: [aStanding('a')],
      gone: [],
      alerts: [{ alert: anAlert('a1'), jobs: [aJob({ task: 'deliver' })] }],
    };
    for (const before of [null, 4, 6]) expect(await desk.settle(late, before)).toBe(false);
    expect(await desk.watched()).toEqual({ cursor: 5, standings: [] });
    expect([await desk.alerts(5), await desk.backlog()]).toEqual([[], []]);
  });

  it('lets one of ten that settle at the same moment have its way', async () => {
    const desks = [kind.open().desk, kind.open().desk];
    const settled = Array.from({ length: 10 }, (__, index) =>
      desks[index % 2]?.settle({ ...NOTHING, cursor: index + 1, standings: [aStanding(`db${index}`)] }, null),
    );
    const won = (await Promise.all(settled)).indexOf(true);
    expect((await Promise.all(settled)).filter((one) => one === true)).toHaveLength(1);
    expect(await desks[0]?.watched()).toEqual({ cursor: won + 1, standings: [aStanding(`db${won}`)] });
  });

  it('keeps an alert of one id once, and adds its jobs once', async () => {
    const { desk } = kind.open();
    const alerts = [{ alert: anAlert('a1'), jobs: [aJob({ task: 'deliver' })] }];
    await desk.settle({ ...NOTHING, cursor: 1, alerts }, null);
    const again = { alert: anAlert('a1', { time: NOW }), jobs: [aJob({ task: 'deliver' })] };
    const other = { alert: anAlert('a2'), jobs: [aJob({ task: 'deliver' }), aJob({ task: 'deliver' })] };
    await desk.settle({ ...NOTHING, cursor: 2, alerts: [again, other, other] }, 1);
    expect(await desk.alert('a1')).toEqual(anAlert('a1'));
    expect(await desk.backlog()).toEqual([{ task: 'deliver', waiting: 3, running: 0, failed: 0 }]);
  });

  it('tells the newest alerts first, and no more than asked for', async () => {
    const { desk } = kind.open();
    const times = { old: hoursAgo(9), first: hoursAgo(1), second: hoursAgo(1), middle: hoursAgo(5) };
    const alerts = Object.entries(times).map(([id, time]) => ({ alert: anAlert(id, { time }), jobs: [] }));
    await desk.settle({ ...NOTHING, cursor: 1, alerts }, null);
    expect((await desk.alerts(3)).map(({ id }) => id)).toEqual(['second', 'first', 'middle']);
  });

  it('lets a key be taken once, and says who has it', async () => {
    const { desk } = kind.open();
    expect(await desk.takeKey('ci', 'k1', digestOf('one'), NOW)).toBeNull();
    expect(await kind.open().desk.takeKey('ci', 'k1', digestOf('two'), addSeconds(NOW, 59))).toEqual({
      requestDigest: digestOf('one'),
      answer: null,
    });
  });

  it('lets one of twenty that ask for a key at the same moment have it', async () => {
    const { desk } = kind.open();
    const asked = Array.from({ length: 20 }, () => desk.takeKey('ci', 'k1', digestOf('one'), NOW));
    expect((await Promise.all(asked)).filter((kept) => kept === null)).toHaveLength(1);
  });

  it('keeps the keys of callers apart', async () => {
    const { desk } = kind.open();
    await desk.takeKey('ci', 'k1', digestOf('one'), NOW);
    expect(await desk.takeKey('cd', 'k1', digestOf('one'), NOW)).toBeNull();
    expect(await desk.takeKey('ci', 'k2', digestOf('one'), NOW)).toBeNull();
  });

  it('gives the answer to a repeated request, for a day', async () => {
    const { desk } = kind.open();
    const answer = { status: 200, contentType: 'application/json', body: '{"a":"\u0000\ud800 ß"}' };
    await desk.takeKey('ci', 'k1', digestOf('one'), NOW);
    await desk.keepAnswer(TAKEN, answer);
    const later = addSeconds(NOW, 86_399);
    expect(await desk.takeKey('ci', 'k1', digestOf('one'), later)).toEqual({ requestDigest: digestOf('one'), answer });
    expect(await desk.takeKey('ci', 'k1', digestOf('two'), addSeconds(NOW, 86_400))).toBeNull();
  });

  it('lets a key go when no answer is to be kept', async () => {
    const { desk } = kind.open();
    await desk.takeKey('ci', 'k1', digestOf('one'), NOW);
    await desk.keepAnswer(TAKEN, null);
    expect(await desk.takeKey('ci', 'k1', digestOf('two'), NOW)).toBeNull();
  });

  it('lets a key of a request that was never answered be taken once no answer can come any more', async () => {
    const { desk } = kind.open();
    await desk.takeKey('ci', 'k1', digestOf('one'), NOW);
    expect(await desk.takeKey('ci', 'k1', digestOf('one'), addSeconds(NOW, 149))).not.toBeNull();
    expect(await desk.takeKey('ci', 'k1', digestOf('two'), addSeconds(NOW, 150))).toBeNull();
    expect(await desk.takeKey('ci', 'k1', digestOf('two'), addSeconds(NOW, 151))).toEqual({
      requestDigest: digestOf('two'),
      answer: null,
    });
  });

  it.each([
    ['an answer', { status: 200, contentType: 'text/plain', body: 'late' }],
    ['its giving up', null],
  ])('keeps of a request whose key is taken by another by now not even %s', async (__, late) => {
    const { desk } = kind.open();
    await desk.takeKey('ci', 'k1', digestOf('one'), NOW);
    const at = addSeconds(NOW, 150);
    await desk.takeKey('ci', 'k1', digestOf('one'), at);
    await desk.keepAnswer(TAKEN, late);
    expect(await desk.takeKey('ci', 'k1', digestOf('one'), at)).toEqual({
      requestDigest: digestOf('one'),
      answer: null,
    });
    const answer = { status: 200, contentType: 'text/plain', body: 'in time' };
    await desk.keepAnswer({ ...TAKEN, at }, answer);
    expect((await desk.takeKey('ci', 'k1', digestOf('one'), at))?.answer).toEqual(answer);
  });

  it('lets go of a key under which an answer is kept that is not to be given any more, and of no other', async () => {
    const { desk } = kind.open();
    const answer = { status: 200, contentType: 'text/plain', body: 'é\u0000' };
    await desk.takeKey('ci', 'k1', digestOf('one'), NOW);
    await desk.keepAnswer(TAKEN, answer);
    await desk.forgetAnswer('ci', 'k1', { ...answer, body: 'other' });
    await desk.forgetAnswer('cd', 'k1', answer);
    expect((await desk.takeKey('ci', 'k1', digestOf('one'), NOW))?.answer).toEqual(answer);
    await desk.forgetAnswer('ci', 'k1', answer);
    expect(await desk.takeKey('ci', 'k1', digestOf('one'), NOW)).toBeNull();
  });

  it('puts no other answer in the place of one that is kept', async () => {
    const { desk } = kind.open();
    const answer = { status: 201, contentType: 'text/plain', body: 'first' };
    await desk.takeKey('ci', 'k1', digestOf('one'), NOW);
    await desk.keepAnswer(TAKEN, answer);
    await desk.keepAnswer(TAKEN, { ...answer, body: 'second' });
    await desk.keepAnswer(TAKEN, null);
    expect((await desk.takeKey('ci', 'k1', digestOf('one'), NOW))?.answer).toEqual(answer);
  });
});
