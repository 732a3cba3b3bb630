/**
 * What every store does alike: it keeps what it is given, in order, hands out no more and forgets nothing it once read;
 * and everything in it is a link of one chain.
 */

import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/store/memory-store.ts';
import type { JournalEntry, StateSighting, Store } from '../../../src/app/ports.ts';
import { canonicalJson, digestOf } from '../../../src/core/canonical.ts';
import type { Event } from '../../../src/drill/drill-state.ts';
import { readJournal } from '../../../src/drill/journal.ts';
import { recordOf } from '../../../src/drill/outcome.ts';
import { secretDigestOf, type TokenIssued, type TokenRevoked } from '../../../src/evidence/access-token.ts';
import type { Approval } from '../../../src/evidence/approval.ts';
import { type ChainRecord, linkAfter } from '../../../src/evidence/chain.ts';
import type { KeyRecord, SealRecord } from '../../../src/evidence/keys.ts';
import { rememberedOf } from '../../../src/verdict/disarming-memory.ts';
import type { DecisionDocument } from '../../../src/verdict/document.ts';
import { aDatabase, aDrill, hoursAgo, NOW } from '../../support/builders.ts';
import { aDecision } from '../../support/decision-builder.ts';
import { aDrillPlan, PLAN_SHAPES, ROWS, type Walk, walk } from '../../support/drill-plans.ts';
import { anEntry, chainOf, reportOf, type StoreKind, useStores } from './store-kinds.ts';

const ORDERS = aDatabase();
const SETTING = {
  databaseResourceId: ORDERS.resourceId,
  databaseArn: ORDERS.arn,
  setting: 'retention_days',
  subject: ORDERS.arn,
} as const;
const DISARMS = aDecision({ at: hoursAgo(2), disarmings: [{ ...SETTING, from: 7, to: 0 }], rearmings: [] });
const REARMS = aDecision({
  endpoint: null,
  at: hoursAgo(1),
  disarmings: [],
  rearmings: [{ ...SETTING, setting: 'skip_final_snapshot' }],
});

/** A kind of event added to the machine and not here is a compile error. */
const EVENT_KINDS: { readonly [K in Event['kind']]: K } = {
  intended: 'intended',
  made: 'made',
  job_started: 'job_started',
  job_saw: 'job_saw',
  saw: 'saw',
  marked: 'marked',
  done: 'done',
  connected: 'connected',
  probed: 'probed',
  hydrated: 'hydrated',
  hindered: 'hindered',
  failed: 'failed',
  unproven: 'unproven',
  exposed: 'exposed',
  interrupted: 'interrupted',
  resumed: 'resumed',
  reclaimed: 'reclaimed',
};

/** Drills of every shape: whole, kept, and turned back at their first look by each thing that can go wrong. */
function walks(): readonly Walk[] {
  const wrong = (['failed', 'unproven', 'exposed', 'interrupted'] as const).map((kind) =>
    walk(aDrillPlan('vault'), (state, event, second) =>
      second === 4 ? { kind, cause: `${kind} at ${state.step}`, at: event.at } : event,
    ),
  );
  const resumed = walk(aDrillPlan('instance'), (_, event, second) =>
    second === 3 ? { kind: 'resumed', at: event.at } : event,
  );
  const kept = walk(aDrillPlan('instance', { onSuccess: { kind: 'keep', hours: 2 }, replaces: ['older'] }));
  const standby = walk(aDrillPlan('pitr', { onSuccess: { kind: 'standby' } }));
  return [...PLAN_SHAPES.map((shape) => walk(aDrillPlan(shape, { hydrate: true }))), ...wrong, resumed, kept, standby];
}

/** Everything a journal can hold. */
function journalOf(all: readonly Walk[]): readonly JournalEntry[] {
  const entry = (what: JournalEntry['what']): JournalEntry => ({ at: NOW, drillId: 'abc', runner: 'r1', what });
  const unheard: readonly Event[] = [
    { kind: 'hindered', cause: 'throttled', at: NOW },
    { kind: 'reclaimed', cause: 'swept', kept: true, at: NOW },
  ];
  return [
    ...all.map(({ state }) => entry({ kind: 'begin', plan: state.plan })),
    ...[...all.flatMap(({ events }) => events), ...unheard].map((event) => entry({ kind: 'event', event })),
    entry({ kind: 'claim', gone: null }),
    entry({ kind: 'claim', gone: 'r0' }),
    ...(['alive', 'release'] as const).map((kind) => entry({ kind })),
  ];
}

const APPROVAL: Approval = {
  formatVersion: '1',
  changeDigest: digestOf('change'),
  decisionDigest: digestOf('decision'),
  approver: 'alexey',
  identifiedBy: 'os_user',
  note: 'seen: the snapshot is there',
  at: hoursAgo(1),
  validUntil: NOW,
};
const KEY: KeyRecord = {
  formatVersion: '1',
  at: hoursAgo(3),
  key: {
    kid: 'kid-1',
    kty: 'OKP',
    crv: 'Ed25519',
    x: 'AAAA',
    alg: 'EdDSA',
    use: 'sig',
    purpose: 'attestation',
    createdAt: hoursAgo(3),
    retiredAt: null,
  },
  introducedBy: null,
};
const SEAL: SealRecord = {
  formatVersion: '1',
  at: hoursAgo(1),
  upTo: 1,
  digest: digestOf('head'),
  kid: 'kid-1',
  sig: 'c2ln',
};
const ISSUED: TokenIssued = {
  formatVersion: '1',
  what: 'issued',
  at: hoursAgo(2),
  id: 'k3v9q0x7m2aa',
  name: 'CI of the shop',
  scopes: ['read', 'gate'],
  secretDigest: secretDigestOf('s'.repeat(50)),
  expiresAt: NOW,
  by: 'alexey',
};
const REVOKED: TokenRevoked = { formatVersion: '1', what: 'revoked', at: hoursAgo(1), id: ISSUED.id, by: 'jane' };
const SIGHTING: StateSighting = {
  formatVersion: '1',
  at: hoursAgo(1),
  endpoint: null,
  lineage: '5f1e6f8a-3c55-4d0e-9b1a-0d9f6d7a1c01',
  serial: 12,
  databases: ['db-ORDERS'],
  forgets: [],
  released: [],
};

describe.each(useStores())('a store %s', (_, kind: StoreKind) => {
  const create = () => kind.open();
  it('that nobody wrote to is empty', async () => {
    const store = create();
    const all = await Promise.all([store.journalEntries(), store.drills(), store.decisions(), store.states()]);
    expect(all).toEqual([[], [], [], []]);
  });

  it('gives back what it was given, in order', async () => {
    const store = create();
    for (const decision of [DISARMS, aDecision(), REARMS]) await store.recordDecision(decision);
    await store.recordDrill(aDrill(ORDERS));
    expect(await store.decisions()).toEqual([DISARMS, aDecision(), REARMS]);
    expect(await store.drills()).toEqual([aDrill(ORDERS)]);
  });

  it('finds the decisions on a change by its digest, or by what the digest begins with', async () => {
    const store = create();
    const [one, other] = [aDecision({ changeDigest: digestOf('one') }), aDecision({ changeDigest: digestOf('other') })];
    for (const decision of [one, other, { ...one, principal: 'somebody else' }]) await store.recordDecision(decision);
    const found = [one, { ...one, principal: 'somebody else' }];
    expect(await store.decisionsOn(one.changeDigest)).toEqual(found);
    expect(await store.decisionsOn(one.changeDigest.slice(0, 20))).toEqual(found);
    expect(await store.decisionsOn(digestOf('a third'))).toEqual([]);
    expect(await store.decisionsOn('%')).toEqual([]);
  });

  it('finds the receipts of a change, and the journal of a drill', async () => {
    const store = create();
    const others = { ...APPROVAL, changeDigest: digestOf('another change') };
    for (const approval of [APPROVAL, others]) await store.recordApproval(approval);
    for (const drillId of ['abc', 'abcd', 'abc']) await store.journal({ ...anEntry('run'), drillId });
    expect(await store.approvalsOf(APPROVAL.changeDigest)).toEqual([APPROVAL]);
    expect(await store.journalOf('abc')).toEqual([
      { ...anEntry('run'), drillId: 'abc' },
      { ...anEntry('run'), drillId: 'abc' },
    ]);
  });

  it('remembers what every decision saw of settings, also those that came while it was open', async () => {
    const store = create();
    const seen = async () => rememberedOf(await store.settingsSeen(), null);
    await store.recordDecision(aDecision());
    await store.recordDecision(DISARMS);
    expect(await seen()).toEqual(rememberedOf([DISARMS], null));
    await store.recordDecision(REARMS);
    expect(await seen()).toEqual(rememberedOf([DISARMS, REARMS], null));
    expect(await seen()).toEqual(rememberedOf(await store.decisions(), null));
  });

  it('no longer gives back a drill that was erased, nor forgets those that came after it', async () => {
    const store = create();
    const [first, second] = [aDrill(ORDERS, { drillId: 'one' }), aDrill(ORDERS, { drillId: 'two' })];
    await store.recordDrill(first);
    expect(await store.drills()).toEqual([first]);
    await store.recordDrill(second);
    await store.chain.erase([1], 'too old', NOW);
    expect(await store.drills()).toEqual([second]);
    await store.recordDrill(first);
    expect(await store.drills()).toEqual([second, first]);
  });

  it('gives back a journal with every kind of entry and event as it was written', async () => {
    const entries = journalOf(walks());
    const kinds = entries.flatMap(({ what }) => (what.kind === 'event' ? [what.event.kind] : []));
    expect(Object.keys(EVENT_KINDS).filter((kind) => !kinds.includes(kind as Event['kind']))).toEqual([]);
    const store = create();
    for (const entry of entries) await store.journal(entry);
    expect(await store.journalEntries()).toEqual(entries);
  });

  it('gives back a plan with every kind of probe, and what it is compared with', async () => {
    const against = { against: 'last_drill', shrinkPercentMax: 5, growPercentMax: null } as const;
    const plan = aDrillPlan('instance', {
      probes: [
        ROWS,
        { kind: 'row_count', name: 'orders', table: 'public.orders', rowsMin: 1, expect: against },
        { kind: 'tables', name: 'tables', tablesMin: 3 },
        { kind: 'freshness', name: 'fresh', sql: 'select max(at) from orders', ageSecondsMax: 60 },
        { kind: 'marker', name: 'marker', sql: 'select max(at) from beats', lagSecondsMax: 60, keepValue: false },
        {
          kind: 'checksum',
          name: 'sum',
          table: 'public.orders',
          key: ['id'],
          columns: [],
          where: null,
          rowsMax: 100,
          expect: 'last_drill',
        },
        { kind: 'schema', name: 'schema', expect: 'last_drill' },
        { kind: 'integrity', name: 'intact', tables: ['public.orders'] },
        { kind: 'sql', name: 'sql', sql: 'select 1', equals: '1', min: null, max: null, keepValue: true },
      ],
      baseline: {
        drillId: 'older',
        endedAt: hoursAgo(48),
        results: { orders: { kind: 'row_count', question: 'public.orders', value: 7, digest: null, parts: {} } },
      },
    });
    const entry: JournalEntry = { at: NOW, drillId: 'abc', runner: 'r1', what: { kind: 'begin', plan } };
    const store = create();
    await store.journal(entry);
    expect(await store.journalEntries()).toEqual([entry]);
  });

  it('gives back the record of every drill as it was made, leaked and kept ones too', async () => {
    const leaking = walk(aDrillPlan('cluster'), (state, event) =>
      state.step === 'remove_cluster' ? { kind: 'failed', cause: 'it is protected', at: event.at } : event,
    );
    const records = [...walks(), leaking].map(({ state }, index) =>
      recordOf({ ...state, plan: { ...state.plan, drillId: `d${index}` } }),
    );
    expect(new Set(records.map(({ result }) => result))).toEqual(new Set(['passed', 'failed', 'aborted', 'leaked']));
    const store = create();
    for (const record of records) await store.recordDrill(record);
    expect(await store.drills()).toEqual(records);
  });

  it('lets the first of two records of one drill stand', async () => {
    const store = create();
    const late = aDrill(ORDERS, { result: 'failed', restoreSeconds: null, cause: 'picked up after it had ended' });
    const other = aDrill(ORDERS, { drillId: 'd2' });
    for (const record of [aDrill(ORDERS), late, other]) await store.recordDrill(record);
    expect(await store.drills()).toEqual([aDrill(ORDERS), other]);
  });

  it('remembers what decisions weakened and showed strong', async () => {
    const store = create();
    for (const decision of [DISARMS, REARMS]) await store.recordDecision(decision);
    const { disarmings, rearmings } = rememberedOf(await store.decisions(), null);
    expect(disarmings).toMatchObject([
      { setting: 'retention_days', from: 7, to: 0, at: hoursAgo(2), principal: DISARMS.principal },
    ]);
    expect(rearmings).toMatchObject([{ setting: 'skip_final_snapshot', at: hoursAgo(1) }]);
  });

  it('hands out a list of its own each time', async () => {
    const store = create();
    await store.recordDecision(DISARMS);
    ((await store.decisions()) as DecisionDocument[]).pop();
    expect(await store.decisions()).toHaveLength(1);
  });

  it('gives back states, approvals, keys and seals', async () => {
    const store = create();
    await store.recordState(SIGHTING);
    await store.recordApproval(APPROVAL);
    await store.recordKey(KEY);
    await store.recordSeal(SEAL);
    expect(await store.states()).toEqual([SIGHTING]);
    expect(await store.approvals()).toEqual([APPROVAL]);
    expect((await chainOf(store)).map(({ kind: of, key }) => [of, key])).toEqual([
      ['state', SIGHTING.lineage],
      ['approval', APPROVAL.changeDigest],
      ['key', 'kid-1'],
      ['seal', null],
    ]);
  });

  it('gives back tokens that were given out and taken back, in order, by the id of the token', async () => {
    const store = create();
    expect(await store.tokens()).toEqual([]);
    for (const record of [ISSUED, REVOKED]) await store.recordToken(record);
    expect(await store.tokens()).toEqual([ISSUED, REVOKED]);
    expect((await chainOf(store)).map(({ kind: of, key }) => [of, key])).toEqual([
      ['token', ISSUED.id],
      ['token', ISSUED.id],
    ]);
    expect((await reportOf(store)).findings).toEqual([]);
  });

  it('takes tokens over from another store, but none whose record is not whole', async () => {
    const body = { ...ISSUED, secret: 's'.repeat(50) };
    const [store, other] = [create(), createMemoryStore()];
    await other.recordToken(ISSUED);
    await store.chain.adopt(await chainOf(other));
    expect(await store.tokens()).toEqual([ISSUED]);
    const link = linkAfter(await store.chain.head(), { at: NOW, kind: 'token', key: ISSUED.id, body });
    await expect(store.chain.adopt([link])).rejects.toMatchObject({ code: 'MUSTER_STORE_INVALID' });
  });

  it('that nobody wrote to has no head and no records', async () => {
    const store = create();
    expect(await store.chain.head()).toBeNull();
    expect(await chainOf(store)).toEqual([]);
  });

  it('tells the journal of drills without a record as far as it goes, whoever has written it', async () => {
    const [store, other] = [create(), create()];
    const plan = aDrillPlan('instance');
    const { events, state } = walk(plan);
    const write = async (drillId: string, what: JournalEntry['what']) =>
      store.journal({ at: NOW, drillId, runner: 'r1', what });
    const untold = async (of: Store) =>
      readJournal(await of.journalUnrecorded()).map((log) => [log.drillId, log.state.step]);
    expect(await untold(store)).toEqual([]);
    await write('first', { kind: 'begin', plan: { ...plan, drillId: 'first' } });
    await write('second', { kind: 'begin', plan: { ...plan, drillId: 'second' } });
    expect(await untold(store)).toEqual([
      ['first', 'restore_instance'],
      ['second', 'restore_instance'],
    ]);
    for (const event of events) await write('first', { kind: 'event', event });
    expect(await untold(store)).toEqual([
      ['first', 'ended'],
      ['second', 'restore_instance'],
    ]);
    await store.recordDrill(recordOf({ ...state, plan: { ...plan, drillId: 'first' } }));
    await write('first', { kind: 'event', event: { kind: 'reclaimed', cause: 'swept', kept: true, at: NOW } });
    expect(await untold(store)).toEqual([['second', 'restore_instance']]);
    // Another that opens the same place, where there is such a thing.
    if ((await other.drills()).length > 0) expect(await untold(other)).toEqual([['second', 'restore_instance']]);
    await store.recordDrill(recordOf({ ...state, plan: { ...plan, drillId: 'second' } }));
    expect(await untold(store)).toEqual([]);
  });

  it('tells of no drill whose record has lost its body, and of a journal without its beginning what is left', async () => {
    const store = create();
    const plan = aDrillPlan('instance');
    const drillIds = async (of: Store) => (await of.journalUnrecorded()).map(({ drillId }) => drillId);
    const begin = (drillId: string) =>
      store.journal({ at: NOW, drillId, runner: 'r1', what: { kind: 'begin', plan: { ...plan, drillId } } });
    await begin('first');
    await begin('second');
    await store.journal({ at: NOW, drillId: 'second', runner: 'r1', what: { kind: 'alive' } });
    await store.recordDrill(recordOf({ ...walk(plan).state, plan: { ...plan, drillId: 'first' } }));
    expect(await drillIds(store)).toEqual(['second', 'second']);
    await store.chain.erase([2, 4], 'age', NOW);
    expect(readJournal(await store.journalUnrecorded())).toEqual([]);
    expect(await drillIds(store)).toEqual(['second']);
    await begin('third');
    expect(await drillIds(store)).toEqual(['second', 'third']);
  });

  it('links every record to the one before it, whatever its kind, and says where the chain ends', async () => {
    const store = create();
    await store.journal(anEntry('one'));
    await store.recordDrill(aDrill(ORDERS));
    await store.recordDecision(DISARMS);
    const report = await reportOf(store);
    expect(report).toEqual({ records: 3, first: 1, last: 3, findings: [], erased: 0 });
    const [first, , last] = await chainOf(store);
    expect(await store.chain.head()).toEqual({ seq: 3, digest: last?.digest, at: last?.at });
    expect(first).toMatchObject({ seq: 1, kind: 'journal', key: 'd1', body: canonicalJson(anEntry('one')) });
  });

  it('dates a link by its own clock, not by what the record says', async () => {
    const store = create();
    await store.recordState(SIGHTING);
    expect((await chainOf(store))[0]?.at).toBe(kind.now());
  });

  it('reads the chain from any number on, over more than one page', async () => {
    const store = create();
    await store.chain.adopt(await aLongChain(1_203));
    expect((await chainOf(store)).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 1_203 }, (__, index) => index + 1),
    );
    expect((await chainOf(store, 1_000)).map(({ seq }) => seq)[0]).toBe(1_001);
    expect(await chainOf(store, 1_203)).toEqual([]);
    expect(await store.journalEntries()).toHaveLength(1_203);
  });

  it('keeps hostile content as it is', async () => {
    const store = create();
    const hostile = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1},"":"empty"}');
    const text = `\u0000\ud800 \udc00 \u2028 \ufeff 👩‍🚀 ' " \\ ; drop table record; -- ${'x'.repeat(1_000_000)}`;
    const decision = { ...aDecision(), hostile, principal: text };
    await store.recordDecision(decision);
    await store.recordState({ ...SIGHTING, lineage: text });
    await store.recordState({ ...SIGHTING, lineage: 'a\u0000b' });
    const [read] = await store.decisions();
    expect(canonicalJson(read)).toBe(canonicalJson(decision));
    expect((await store.states()).map(({ lineage }) => lineage)).toEqual([text, 'a\u0000b']);
    expect((await reportOf(store)).findings).toEqual([]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('takes over the records of another store, all at once or in parts, and goes on from there', async () => {
    const chain = await aLongChain(5);
    const store = create();
    await store.chain.adopt(chain.slice(0, 2));
    await store.chain.adopt(chain.slice(2));
    await store.chain.adopt([]);
    expect(await chainOf(store)).toEqual(chain);
    await store.journal(anEntry('after'));
    expect(await reportOf(store)).toMatchObject({ last: 6, findings: [] });
    expect((await store.journalEntries()).at(-1)?.runner).toBe('after');
  });

  it.each<[string, (chain: readonly ChainRecord[]) => readonly unknown[]]>([
    ['that does not begin where it ends', (chain) => chain.slice(1)],
    ['with a hole', (chain) => chain.toSpliced(1, 1)],
    ['with a changed body', (chain) => chain.with(2, { ...chain[2], body: '{}' } as ChainRecord)],
    ['with a changed link', (chain) => chain.with(2, { ...chain[2], key: 'other' } as ChainRecord)],
    ['of an unknown kind', (chain) => chain.with(2, { ...chain[2], kind: 'other' } as unknown as ChainRecord)],
  ])('takes nothing of a chain %s', async (__, broken) => {
    const store = create();
    const chain = await aLongChain(3);
    await expect(store.chain.adopt(broken(chain) as ChainRecord[])).rejects.toMatchObject({
      code: 'MUSTER_STORE_INVALID',
      message: expect.stringMatching(/^record \d cannot be taken over into /),
    });
    expect(await store.chain.head()).toBeNull();
    expect(await chainOf(store)).toEqual([]);
  });

  it('erases bodies, says so in a record, and keeps the links', async () => {
    const store = create();
    for (const runner of ['one', 'two', 'three']) await store.journal(anEntry(runner));
    await store.recordDecision(DISARMS);
    await store.chain.erase([3, 1, 3], 'older than a year', hoursAgo(1));
    expect((await store.journalEntries()).map(({ runner }) => runner)).toEqual(['two']);
    expect(await store.decisions()).toEqual([DISARMS]);
    expect(await reportOf(store)).toMatchObject({ records: 5, erased: 2, findings: [] });
    const said = { formatVersion: '1', at: hoursAgo(1), seqs: [1, 3], why: 'older than a year' };
    expect((await chainOf(store)).at(-1)).toMatchObject({ kind: 'erasure', body: canonicalJson(said) });
  });

  it('erases nothing when one of the records is not there, or the chain is checked by it', async () => {
    const store = create();
    await store.recordKey(KEY);
    await store.journal(anEntry('one'));
    for (const seqs of [
      [2, 9],
      [1, 2],
    ]) {
      await expect(store.chain.erase(seqs, 'old', NOW)).rejects.toMatchObject({ code: 'MUSTER_STORE_INVALID' });
    }
    await store.chain.erase([], 'nothing', NOW);
    expect(await reportOf(store)).toMatchObject({ records: 2, erased: 0, findings: [] });
  });

  it('reads decisions of an older Muster, without a word on settings', async () => {
    const store = create();
    const { disarmings: __, rearmings: ___, ...older } = DISARMS;
    for (const decision of [DISARMS, older]) await store.recordDecision(decision);
    expect(await store.decisions()).toEqual([DISARMS, older]);
    expect(rememberedOf(await store.decisions(), null).disarmings).toHaveLength(1);
  });

  it('closes', async () => {
    const store = create();
    await store.journal(anEntry('one'));
    await expect(store.close()).resolves.toBeUndefined();
  });
});

/** The chain of another store. */
async function aLongChain(length: number): Promise<readonly ChainRecord[]> {
  const store = createMemoryStore();
  for (let index = 0; index < length; index += 1) await store.journal(anEntry(`r${index}`));
  return chainOf(store);
}
