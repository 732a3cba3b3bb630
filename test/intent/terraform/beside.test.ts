/** What the state and the saved plan beside a plan add to what is known of it. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/intent/action.ts';
import { aCluster, anEntry, anInstance, aPlan, aPriorResource } from '../../support/terraform-plan.ts';
import { aZip } from './plan-file/zip-builder.ts';
import { aResource, aState, LINEAGE, readWith, recordedBytes } from './state/support.ts';

const [ORDERS, BILLING] = ['aws_db_instance.orders', 'aws_db_instance.billing'];
const instance = (resourceId: string) => anInstance({ id: resourceId, resource_id: resourceId });
const nameless = (() => {
  const { id: _, resource_id: __, arn: ___, ...rest } = anInstance() as Record<string, unknown>;
  return rest;
})();
const prior = (address: string, values: object, more: object = {}) => ({ ...aPriorResource(address), values, ...more });
const withWords = (address: string, actions: Change['actions'], more: object = {}) => ({
  ...anEntry({ address, actions, after: anInstance() }),
  ...more,
});

describe('the state behind a change', () => {
  const claimed = (state: unknown, plan: unknown = aPlan([], { errored: true })) => {
    const { databases, forgets } = readWith(plan, { state }).state ?? {};
    return { databases, forgets };
  };

  it('claims each database once, in one order, and nothing that is no database', () => {
    const member = { identifier: 'm', dbi_resource_id: 'db-MEMBER', cluster_identifier: 'events' };
    const state = aState([
      aResource(ORDERS, instance('db-ORDERS')),
      aResource('aws_rds_cluster.events', aCluster()),
      aResource('aws_rds_cluster_instance.m', member),
      aResource('aws_kms_key.k', { key_id: 'k1' }),
      aResource(BILLING, instance('db-BILLING')),
      aResource('aws_db_instance.again', instance('db-ORDERS')),
    ]);
    expect(claimed(state).databases).toEqual(['cluster-EVENTS', 'db-BILLING', 'db-ORDERS']);
  });

  it('is told though it claims nothing', () => {
    const nobody = { lineage: LINEAGE, serial: 12, backend: null, databases: [], forgets: [] };
    const read = (state: unknown) => readWith(aPlan([], { errored: true }), { state }).state;
    expect(read(aState([]))).toEqual(nobody);
    expect(read(aState([aResource(ORDERS, nameless)]))).toEqual(nobody);
  });

  it('claims nothing by an id that neither it nor the plan has', () => {
    const plan = aPlan([], { prior: [prior(ORDERS, nameless), prior('aws_vpc.main', { id: 'vpc-1' })] });
    expect(claimed(aState([aResource(ORDERS, nameless)]), plan).databases).toEqual([]);
  });

  it('takes the id of an old copy and that of the object itself from the plan, each for its own', () => {
    const plan = aPlan([], {
      prior: [
        prior(ORDERS, instance('db-NEW')),
        prior(ORDERS, instance('db-OLD'), { deposed_key: 'deadbeef' }),
        prior(BILLING, instance('db-B-OLD'), { deposed_key: 'deadbeef' }),
      ],
    });
    const copies = [aResource(ORDERS, nameless), aResource(ORDERS, nameless, { deposed: 'deadbeef' })];
    expect(claimed(aState([...copies, aResource(BILLING, nameless)]), plan).databases).toEqual(['db-NEW', 'db-OLD']);
  });

  const both = aState([aResource(ORDERS, instance('db-ORDERS')), aResource(BILLING, instance('db-BILLING'))]);

  it.each([['delete'], ['update'], ['no-op'], ['delete', 'create']])(
    'does not let go of what is to be %s',
    (...words) => {
      expect(claimed(both, aPlan([withWords(ORDERS, words)], { errored: true })).forgets).toEqual([]);
    },
  );

  it.each([
    ['what is forgotten', withWords(ORDERS, ['forget'])],
    ['what is forgotten while another is created', withWords(ORDERS, ['create', 'forget'])],
    ['what is forgotten after it moved', withWords('aws_db_instance.main', ['forget'], { previous_address: ORDERS })],
  ])('lets go of %s, and of nothing else', (_, entry) => {
    const plan = aPlan([entry, withWords(BILLING, ['delete'])], { errored: true });
    expect(claimed(both, plan)).toEqual({ databases: ['db-BILLING', 'db-ORDERS'], forgets: ['db-ORDERS'] });
  });

  it('lets go of an old copy and keeps the object itself', () => {
    const copies = aState([
      aResource(ORDERS, instance('db-NEW')),
      aResource(ORDERS, instance('db-OLD'), { deposed: 'deadbeef' }),
    ]);
    const forget = (more: object) => aPlan([withWords(ORDERS, ['forget'], more)], { errored: true });
    expect(claimed(copies, forget({ deposed: 'deadbeef' })).forgets).toEqual(['db-OLD']);
    expect(claimed(copies, forget({})).forgets).toEqual(['db-NEW']);
  });
});

describe('a state and a saved plan', () => {
  const name = 'shared-backend-destroy';
  const plan = JSON.parse(recordedBytes(`${name}.plan.json`).toString());
  const state = JSON.parse(recordedBytes(`${name}.tfstate.json`).toString());
  const planFile = recordedBytes(`${name}.tfplan`);
  const mismatch = (detail: string) => ({ code: 'state_mismatch', detail });

  it('that belong to the plan add no signal to it', () => {
    expect(readWith(plan, { state, planFile }).signals).toEqual(readWith(plan, {}).signals);
  });

  it('that differ from the plan alike say so once, as either of them does alone', () => {
    const bare = { ...plan, prior_state: undefined };
    const said = [...readWith(bare, {}).signals, mismatch(`the state holds what the plan was made without: ${ORDERS}`)];
    expect(readWith(bare, { state }).signals).toEqual(said);
    expect(readWith(bare, { planFile }).signals).toEqual(said);
    expect(readWith(bare, { state, planFile }).signals).toEqual(said);
  });

  it.each([
    [{ serial: 14 }, `another version of this state: serial 12 of ${LINEAGE}, not serial 14 of ${LINEAGE}`],
    [{ serial: 11 }, `another version of this state: serial 12 of ${LINEAGE}, not serial 11 of ${LINEAGE}`],
    [{ lineage: 'other' }, `another state: serial 12 of ${LINEAGE}, not serial 12 of other`],
    [{ lineage: '' }, `another state: serial 12 of ${LINEAGE}, not none`],
  ])('that are not of one version are told apart: %j', (parts, apart) => {
    expect(readWith(plan, { state: { ...state, ...parts }, planFile }).signals).toEqual([
      ...readWith(plan, {}).signals,
      mismatch(`the plan file was made from ${apart}`),
    ]);
  });

  it('whose inside nobody can read is kept by its digest, as not compared', () => {
    const later = aZip([
      { name: 'tfplan', data: Buffer.from([0x08, 0x04]) },
      { name: 'tfstate', data: JSON.stringify(state) },
    ]);
    expect(readWith(plan, { planFile: later }).planFile).toEqual({
      digest: `sha256:${createHash('sha256').update(later).digest('hex')}`,
      compared: false,
      contradictions: [],
    });
  });
});
