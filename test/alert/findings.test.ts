/** What a sweep leaves, and what a check of the chain finds. */

import { describe, expect, it } from 'vitest';
import { alertOfChain } from '../../src/alert/alert-of-chain.ts';
import { alertsOfRecords } from '../../src/alert/alerts-of-records.ts';
import { alertsOfSweep } from '../../src/alert/leaks.ts';
import type { Swept } from '../../src/app/sweep-scratch.ts';
import { verifyRecords } from '../../src/app/verify-records.ts';
import type { ChainRecord } from '../../src/evidence/chain.ts';
import { aDatabase, aDrill, NOW } from '../support/builders.ts';
import { aChain, aLongChain, memoryChain } from '../support/chain-builder.ts';
import { gist, RAISED } from './support.ts';

function swept(fields: Partial<Swept> = {}): Swept {
  return { id: 'muster-d1', kind: 'instance', drillId: 'd1', result: 'leaked', reason: 'it is in use', ...fields };
}
const told = (...things: readonly Swept[]) => alertsOfSweep({ swept: things, ...RAISED });

describe('a sweep', () => {
  it('tells of each drill what it left, critical', () => {
    const alerts = told(
      swept(),
      swept({ id: 'muster-d1-cluster', kind: 'cluster' }),
      swept({ id: 'x', drillId: 'd2' }),
    );
    expect(alerts.map(gist)).toEqual(['scratch.leaked critical', 'scratch.leaked critical']);
    expect(alerts.map(({ subject }) => subject)).toEqual(['d1', 'd2']);
    expect(alerts[0]?.data['scratch']).toMatchObject({ count: 2 });
  });

  it('tells of what bears our marks and is not proven ours', () => {
    const stranger = swept({ id: 'muster-x', drillId: null, result: 'refused', reason: 'no drill made it' });
    const alerts = told(stranger);
    expect(alerts.map(gist)).toEqual(['scratch.leaked warning']);
    expect(alerts[0]?.data.message).toBe(
      "instance muster-x bears Muster's marks and was not removed: no drill made it",
    );
  });

  it.each(['deleted', 'would_delete', 'in_use', 'kept', 'unseen'] as const)('tells nothing of what is %s', (result) => {
    expect(told(swept({ result }))).toEqual([]);
  });

  it('that finds what the record of the drill told already tells the same alert', () => {
    const part = { role: 'instance', kind: 'instance', resourceId: null, goneAt: null, keptUntil: null } as const;
    const scratch = [{ ...part, id: 'muster-d1', end: 'leaked', reason: 'AWS refused' }] as const;
    const body = aDrill(aDatabase(), { result: 'leaked', scratch });
    const [ofRecord] = alertsOfRecords({ records: aChain({ kind: 'drill', body }), ...RAISED });
    expect(told(swept())[0]?.id).toBe(ofRecord?.id);
    expect(told(swept({ id: 'muster-d1-other' }))[0]?.id).not.toBe(ofRecord?.id);
    expect(told(swept(), swept({ id: 'muster-d1-more' }))[0]?.id).not.toBe(ofRecord?.id);
  });
});

describe('a check of the chain', () => {
  const check = async (...changed: readonly Partial<ChainRecord>[]) => {
    const chain = memoryChain(aLongChain(6));
    for (const fields of changed) {
      const record = chain.records().find(({ seq }) => seq === fields.seq);
      if (record !== undefined) chain.tamper({ ...record, ...fields });
    }
    const report = await verifyRecords({
      read: (after) => chain.read(after),
      head: () => chain.head(),
      trusted: null,
      at: NOW,
    });
    return alertOfChain({ report, ...RAISED });
  };

  it('that finds it whole tells nothing', async () => {
    expect(await check()).toBeNull();
  });

  it('that finds it broken is critical, and says since when', async () => {
    const alert = await check({ seq: 3, body: '{"r":99}' });
    expect(alert?.type).toBe('dev.muster.chain.broken.v1');
    expect(alert?.data.level).toBe('critical');
    expect(alert?.data.message).toMatch(
      /^the chain of evidence is broken, whole up to 2026-11-23 10:00:00 UTC: record 3/,
    );
    expect(alert?.data['findings']).toMatchObject({ count: 1, first: [{ kind: 'changed', seq: 3 }] });
  });

  it('that finds the same again is the same alert, and another one when it finds more', async () => {
    const [one, again, more] = [
      await check({ seq: 3, body: '{"r":99}' }),
      await check({ seq: 3, body: '{"r":100}' }),
      await check({ seq: 3, body: '{"r":99}' }, { seq: 5, body: '{"r":99}' }),
    ];
    expect(again?.id).toBe(one?.id);
    expect(more?.id).not.toBe(one?.id);
    expect((await check({ seq: 4, body: '{"r":99}' }))?.id).not.toBe(one?.id);
    expect(more?.data.message).toContain('(and 1 more)');
  });
});
