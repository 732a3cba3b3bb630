/**
 * What may lose its body when a store is thinned out, rule by rule: in doubt, nothing.
 */

import { describe, expect, it } from 'vitest';
import { addDays, type Instant } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { NewRecord } from '../../src/evidence/chain.ts';
import { createRetention } from '../../src/evidence/retention.ts';
import { judgeState, type StateSighting } from '../../src/verdict/state-history.ts';
import { aDatabase, aDrill, anInventory, NOW } from '../support/builders.ts';
import { aChain } from '../support/chain-builder.ts';
import { aDecision } from '../support/decision-builder.ts';

const CUTOFF = addDays(NOW, -400);
/** That many days before the cutoff: older than the age. */
const old = (days = 10): Instant => addDays(CUTOFF, -days);
const YOUNG = addDays(CUTOFF, 1);
const ORDERS = aDatabase();
type Record = Partial<NewRecord> & Pick<NewRecord, 'kind'>;

function select(records: readonly Record[], erased: readonly number[] = []) {
  const retention = createRetention({ before: CUTOFF, now: NOW });
  for (const record of aChain(...records)) {
    retention.feed(erased.includes(record.seq) ? { ...record, body: null } : record);
  }
  return retention.finish();
}

const erasedOf = (records: readonly Record[], erased: readonly number[] = []) =>
  select(records, erased).erase.map(({ seq }) => seq);
const reasonsOf = (records: readonly Record[]) => select(records).kept.map(({ reason }) => reason);

const drill = (drillId: string, endedAt: Instant, fields: Partial<DrillRecord> = {}): Record => {
  const recoveryPoint = { ...aDrill(ORDERS).recoveryPoint, dataAt: endedAt };
  const body = aDrill(ORDERS, { drillId, endedAt, startedAt: endedAt, recoveryPoint, ...fields });
  return { kind: 'drill', key: drillId, at: endedAt, body };
};
const entry = (drillId: string, at: Instant): Record => ({
  kind: 'journal',
  key: drillId,
  at,
  body: { at, drillId, runner: 'r1', what: { kind: 'alive' } },
});

describe('a drill', () => {
  it('that is old and was followed by another of its database and claim may go', () => {
    expect(erasedOf([drill('a', old(9)), drill('b', old(1))])).toEqual([1]);
  });

  it('that is the newest of its database and claim stays, however old', () => {
    expect(reasonsOf([drill('a', old(900))])).toEqual(['newest_drill']);
  });

  it.each<[string, Partial<DrillRecord>]>([
    ['database', { databaseResourceId: 'db-OTHER' }],
    ['claim', { claim: 'pitr' }],
    ['endpoint', { endpoint: 'http://127.0.0.1:1' }],
    ['account', { scope: { accountId: '999999999999', region: 'eu-west-1' } }],
  ])('of another %s is the newest of its own', (_, fields) => {
    expect(erasedOf([drill('a', old(9), fields), drill('b', old(1))])).toEqual([]);
  });

  it('stays when the newer one was given up, or failed: it is the last that came to a result, or passed', () => {
    expect(erasedOf([drill('a', old(9)), drill('b', old(1), { result: 'aborted' })])).toEqual([]);
    expect(erasedOf([drill('a', old(9)), drill('b', old(1), { result: 'failed' })])).toEqual([]);
  });

  it('stays when it brought back the latest data, which others are compared with', () => {
    const late = { ...aDrill(ORDERS).recoveryPoint, dataAt: old(1) };
    const early = { ...late, dataAt: old(30) };
    const records = [drill('a', old(9), { recoveryPoint: late }), drill('b', old(1), { recoveryPoint: early })];
    expect(erasedOf(records)).toEqual([]);
    expect(erasedOf([drill('a', old(9), { recoveryPoint: early }), drill('b', old(1))])).toEqual([1]);
  });

  it('that restored the same recovery point as a later one may go', () => {
    const recoveryPoint = { ...aDrill(ORDERS).recoveryPoint, dataAt: old(30) };
    expect(erasedOf([drill('a', old(9), { recoveryPoint }), drill('b', old(1), { recoveryPoint })])).toEqual([1]);
  });

  it('stays with the one that ended at the same moment: the worst of them speaks', () => {
    expect(erasedOf([drill('a', old(1)), drill('b', old(1))])).toEqual([]);
  });

  it('that is younger than the age stays, by its record or by when it ended', () => {
    const { body = {} } = drill('a', YOUNG);
    expect(erasedOf([drill('a', CUTOFF), drill('b', YOUNG)])).toEqual([]);
    expect(erasedOf([{ kind: 'drill', key: 'a', at: old(), body }, drill('b', addDays(YOUNG, 1))])).toEqual([]);
    expect(erasedOf([drill('a', addDays(CUTOFF, -1)), drill('b', YOUNG)])).toEqual([1]);
  });

  it.each(['left', 'leaked'] as const)('whose scratch was %s stays', (end) => {
    const scratch = aDrill(ORDERS).scratch.map((one) => ({ ...one, end }));
    expect(reasonsOf([drill('a', old(9), { scratch }), drill('b', old(1))])).toEqual(['newest_drill', 'scratch_left']);
  });

  it('of which there are several records stands by the first, and all of them go or stay', () => {
    const twice = drill('a', old(9));
    const later = drill('a', old(2));
    expect(erasedOf([twice, later, drill('b', old(3))])).toEqual([1, 2]);
  });

  it('that cannot be read stays', () => {
    const unknown: Record = { kind: 'drill', key: 'a', at: old(9), body: { formatVersion: '9' } };
    expect(reasonsOf([unknown, drill('b', old(1))])).toEqual(['newest_drill', 'not_understood']);
  });
});

describe('a journal', () => {
  const followed = drill('b', old(1));

  it('goes with its drill, from its beginning on and before the record', () => {
    const records = [entry('a', old(9)), drill('a', old(9)), entry('a', old(8)), followed];
    expect(erasedOf(records)).toEqual([1, 3, 2]);
  });

  it('goes while the record of its drill stays', () => {
    expect(erasedOf([entry('b', old(9)), followed])).toEqual([1]);
  });

  it('of a drill without a record stays: a run or a sweep goes on by it', () => {
    expect(reasonsOf([entry('a', old(900))])).toEqual(['unfinished_drill']);
  });

  it('goes after the record of its drill went', () => {
    expect(erasedOf([entry('a', old(9)), drill('a', old(9)), followed], [2])).toEqual([1]);
  });

  it('with one young entry stays as a whole, and so does the record that a sweep would write anew', () => {
    const records = [entry('a', old(9)), entry('a', YOUNG), drill('a', old(9)), followed];
    expect(select(records)).toMatchObject({
      erase: [],
      kept: [
        { kind: 'drill', reason: 'journal_stays', records: 1 },
        { kind: 'drill', reason: 'newest_drill', records: 1 },
        { kind: 'journal', reason: 'young', records: 2 },
      ],
    });
  });

  it('of a drill whose scratch may be there stays: only by it can a sweep prove that it is ours', () => {
    const scratch = aDrill(ORDERS).scratch.map((one) => ({ ...one, end: 'leaked' as const }));
    const records = [entry('a', old(9)), drill('a', old(9), { scratch }), followed];
    expect(erasedOf(records)).toEqual([]);
  });

  it('with an entry that cannot be read stays, and its drill with it', () => {
    const unknown: Record = { kind: 'journal', key: 'a', at: old(9), body: { what: 'new' } };
    const records = [entry('a', old(9)), unknown, drill('a', old(9)), followed];
    expect(reasonsOf(records)).toEqual(['journal_stays', 'newest_drill', 'not_understood']);
  });
});

describe('a decision', () => {
  const decision = (at: Instant, fields: Parameters<typeof aDecision>[0] = {}): Record => ({
    kind: 'decision',
    at,
    body: aDecision({ at, validUntil: at, disarmings: [], rearmings: [], ...fields }),
  });
  const setting = {
    databaseResourceId: ORDERS.resourceId,
    databaseArn: ORDERS.arn,
    setting: 'retention_days',
    subject: ORDERS.arn,
  } as const;

  it('that is old and remembers no setting may go', () => {
    expect(erasedOf([decision(old())])).toEqual([1]);
  });

  it('that is younger than the age stays, by its record or by what it says', () => {
    expect(reasonsOf([decision(YOUNG)])).toEqual(['young']);
    expect(reasonsOf([{ ...decision(YOUNG), at: old() }])).toEqual(['young']);
  });

  it('that saw a setting weakened, or made strong again, stays', () => {
    expect(reasonsOf([decision(old(900), { disarmings: [{ ...setting, from: 7, to: 0 }] })])).toEqual([
      'remembers_settings',
    ]);
    expect(reasonsOf([decision(old(900), { rearmings: [setting] })])).toEqual(['remembers_settings']);
  });

  it('that still holds stays', () => {
    expect(reasonsOf([decision(old(), { validUntil: addDays(NOW, 1) })])).toEqual(['unexpired']);
  });

  it('that cannot be read stays', () => {
    expect(reasonsOf([{ kind: 'decision', at: old(), body: { decision: 'allow' } }])).toEqual(['not_understood']);
  });
});

describe('a state', () => {
  const sighting = (serial: number, fields: Partial<StateSighting> = {}): StateSighting => ({
    formatVersion: '1',
    at: old(serial),
    endpoint: null,
    lineage: 'l1',
    serial,
    databases: [ORDERS.resourceId],
    forgets: [],
    released: [],
    ...fields,
  });
  const state = (body: StateSighting): Record => ({ kind: 'state', at: body.at, key: body.lineage, body });

  it('that is neither the newest of its lineage nor the last to speak of a database may go', () => {
    expect(erasedOf([state(sighting(1)), state(sighting(2)), state(sighting(3))])).toEqual([1, 2]);
  });

  it('stays as the highest of its lineage, though another was judged after it', () => {
    expect(erasedOf([state(sighting(9)), state(sighting(2))])).toEqual([]);
  });

  it('of another endpoint is of another lineage', () => {
    expect(erasedOf([state(sighting(1, { endpoint: 'x' })), state(sighting(2))])).toEqual([]);
  });

  it('stays as the last that claimed, or let go of, a database', () => {
    const gone = sighting(1, { databases: ['db-GONE'] });
    const released = sighting(2, { released: ['db-AWAY'] });
    expect(erasedOf([state(gone), state(released), state(sighting(3))])).toEqual([]);
  });

  it('that is young stays, and so does one that cannot be read', () => {
    expect(reasonsOf([state(sighting(1, { at: YOUNG })), state(sighting(2))])).toEqual(['latest_state', 'young']);
    expect(reasonsOf([{ kind: 'state', at: old(), body: {} }])).toEqual(['not_understood']);
  });

  it('that goes changes nothing of what is known about the next', () => {
    const sightings = [
      sighting(1, { databases: ['db-GONE', ORDERS.resourceId], forgets: ['db-GONE'] }),
      sighting(2, { released: ['db-GONE'] }),
      sighting(7, { databases: ['db-B'] }),
      sighting(3, { lineage: 'l2', databases: ['db-GONE'] }),
      sighting(5, { lineage: 'l2', databases: ['db-GONE'] }),
    ];
    const erased = erasedOf(sightings.map(state));
    const left = sightings.filter((_, index) => !erased.includes(index + 1));
    expect(erased).toEqual([1, 4]);
    const inventory = anInventory({ databases: [ORDERS] });
    for (const databases of [[ORDERS.resourceId], ['db-GONE'], ['db-B'], []]) {
      for (const serial of [1, 6, 8]) {
        const asked = { lineage: 'l1', serial, databases, forgets: [] } as never;
        expect(judgeState(asked, left, inventory)).toEqual(judgeState(asked, sightings, inventory));
      }
    }
  });
});

describe('an approval', () => {
  const approval = (at: Instant, validUntil: Instant): Record => ({ kind: 'approval', at, body: { at, validUntil } });

  it('that is over and old may go; one that holds, or is young, stays', () => {
    expect(erasedOf([approval(old(), old(9))])).toEqual([1]);
    expect(reasonsOf([approval(old(), addDays(NOW, 1))])).toEqual(['unexpired']);
    expect(reasonsOf([approval(YOUNG, YOUNG)])).toEqual(['young']);
  });
});

describe('a token', () => {
  const issued = (at: Instant, expiresAt: Instant, id = 'a'): Record => {
    return { kind: 'token', key: id, at, body: { what: 'issued', at, id, expiresAt } };
  };
  const revoked = (at: Instant, id = 'a'): Record => {
    return { kind: 'token', key: id, at, body: { what: 'revoked', at, id } };
  };

  it('whose time is over may go, once it is old; one that holds stays, and so does one that is young', () => {
    expect(erasedOf([issued(old(), NOW)])).toEqual([1]);
    expect(reasonsOf([issued(old(), addDays(NOW, 1))])).toEqual(['unexpired']);
    expect(reasonsOf([issued(YOUNG, YOUNG)])).toEqual(['young']);
    expect(reasonsOf([{ ...issued(YOUNG, YOUNG), at: old() }])).toEqual(['young']);
  });

  it('that holds keeps its revocation, however old: it would let its bearer in again', () => {
    const records = [issued(old(9), addDays(NOW, 1)), revoked(old(8))];
    expect(select(records)).toMatchObject({
      erase: [],
      kept: [
        { kind: 'token', reason: 'token_stays', records: 1 },
        { kind: 'token', reason: 'unexpired', records: 1 },
      ],
    });
  });

  it('goes together with its revocation, and before it', () => {
    expect(erasedOf([issued(old(9), old(1)), revoked(old(8))])).toEqual([1, 2]);
  });

  it('goes while its young revocation stays', () => {
    const records = [issued(old(9), old(1)), revoked(YOUNG)];
    expect(erasedOf(records)).toEqual([1]);
    expect(reasonsOf(records)).toEqual(['young']);
  });

  it('of which there are two records keeps its revocation while one of them stays', () => {
    const records = [issued(old(9), old(1)), revoked(old(8)), issued(old(7), addDays(NOW, 1))];
    expect(erasedOf(records)).toEqual([1]);
  });

  it('that went before lets its revocation go; a revocation of what was never seen stays', () => {
    expect(erasedOf([issued(old(9), old(1)), revoked(old(8))], [1])).toEqual([2]);
    expect(reasonsOf([revoked(old(8))])).toEqual(['token_stays']);
  });

  it('that cannot be read stays, and so does its revocation', () => {
    const unknown: Record = { kind: 'token', key: 'a', at: old(9), body: { what: 'new' } };
    expect(reasonsOf([unknown, revoked(old(8))])).toEqual(['not_understood', 'token_stays']);
  });

  it('is judged apart from those of other ids', () => {
    const records = [issued(old(9), addDays(NOW, 1), 'b'), issued(old(9), old(1)), revoked(old(8))];
    expect(erasedOf(records)).toEqual([2, 3]);
  });
});

it.each(['key', 'seal', 'erasure'] as const)('a %s stays: the chain is read by it', (kind) => {
  expect(reasonsOf([{ kind, at: old(900) }])).toEqual(['of_the_chain']);
});

it('what lost its body before is counted and not erased again', () => {
  expect(select([drill('a', old(9)), drill('b', old(1))], [1])).toMatchObject({ erase: [], erasedBefore: 1 });
});
