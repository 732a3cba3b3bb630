/**
 * What drills of a simulation restore from: the story's estate, a neighbouring region, and things that only look like Muster's.
 *
 * Each shape of drill comes with the volume whose data a restore must bring back, so that an answer from any other one
 * is known for what it is.
 */

import { addSeconds, type Instant, type Seconds } from '../../../src/core/time.ts';
import type { DrillPlan } from '../../../src/drill/drill-plan.ts';
import type { Aftermath } from '../../../src/drill/model.ts';
import type { Probe } from '../../../src/drill/probe.ts';
import {
  type EstateInput,
  emptyPlace,
  type Instance,
  type Place,
  type Snapshot,
  type VolumeSeed,
} from '../../../src/lab/world.ts';
import { START } from '../../support/aws-lab.ts';
import { aPlan, aVaultPlan, BILLING, BILLING_ID, CLUSTER_ID, kept, PRODUCTION } from '../../support/scratch-bench.ts';
import type { Chance } from './chance.ts';

export { START };

/** Ways to restore. */
export const SHAPES = [
  'instance',
  'cluster',
  'pitr',
  'pitr_cluster',
  'copy',
  'copy_cluster',
  'vault',
  'vault_cluster',
  'vault_pitr',
  'vault_cluster_pitr',
] as const;
export type Shape = (typeof SHAPES)[number];

/** The volume that a restore of each shape must lead back to. */
export const RIGHT_VOLUMES: Readonly<Record<Shape, string>> = {
  instance: 'vol-billing-production-before-2026-migration',
  cluster: 'vol-courses-snapshot',
  pitr: 'vol-billing-production-2026-02-26-01-10',
  pitr_cluster: 'vol-courses-snapshot',
  copy: 'vol-elsewhere-instance',
  copy_cluster: 'vol-elsewhere-cluster',
  vault: 'vol-job-5f2c8a9e-7b1d-4e3f-a0c6-d94b8e7f1a23',
  vault_cluster: 'vol-courses-snapshot',
  vault_pitr: 'vol-billing-production-2026-02-26-01-10',
  vault_cluster_pitr: 'vol-courses-snapshot',
};

const ELSEWHERE = { accountId: '123456789012', region: 'eu-central-1' } as const;
const SECONDS_MAX: Seconds = 7_200;

/** The estate, with impostors: production that bears Muster's tags or prefix, and another store's scratch. */
export function drillEstate(at: Instant): EstateInput {
  const estate = kept(at);
  const { place } = estate;
  const billing = place.instances.find(({ identifier }) => identifier === BILLING);
  const manual = place.snapshots.find(({ identifier }) => identifier === 'billing-production-before-2026-migration');
  const courses = place.snapshots.find(({ volumeId }) => volumeId === RIGHT_VOLUMES.cluster);
  if (billing === undefined || manual === undefined || courses === undefined) throw new Error('the story has changed');
  const elsewhere: Place = {
    ...emptyPlace(ELSEWHERE),
    snapshots: [
      lying(manual, 'orders-manual', 'vol-elsewhere-instance'),
      lying(courses, 'orders-manual', 'vol-elsewhere-cluster'),
    ],
  };
  const tags = (drill: string) => [
    { key: 'muster:drill', value: drill },
    { key: 'muster:scratch', value: 'true' },
  ];
  const impostors: Instance[] = [
    impostor(billing, 'billing-tagged', 'db-IMPOSTORTAGGED', tags('d0')),
    impostor(billing, 'muster-scratch-prefixed', 'db-IMPOSTORPREFIXED', []),
    impostor(billing, 'muster-scratch-other', 'db-IMPOSTOROTHER', tags('other')),
  ];
  const seeds = [...impostors.map(({ volumeId }) => volumeId), 'vol-elsewhere-instance', 'vol-elsewhere-cluster'];
  return {
    ...estate,
    place: { ...place, instances: [...place.instances, ...impostors] },
    elsewhere: [elsewhere],
    volumes: { ...estate.volumes, ...Object.fromEntries(seeds.map((volumeId) => [volumeId, SEED])) },
  };
}

const SEED: VolumeSeed = {
  masterUsername: 'billing_admin',
  password: 'not-a-secret',
  databaseName: 'billing',
  sql: [],
};

function lying(snapshot: Snapshot, identifier: string, volumeId: string): Snapshot {
  const source = { sourceIdentifier: 'orders', sourceResourceId: `source-of-${volumeId}` };
  return { ...snapshot, ...source, identifier, volumeId, type: 'manual', kmsKeyArn: null };
}

function impostor(like: Instance, identifier: string, resourceId: string, tags: Instance['tags']): Instance {
  return { ...like, identifier, resourceId, volumeId: `vol-${identifier}`, tags };
}

/** A drill of that shape which the estate can carry out. */
export function drawPlan(chance: Chance, drillId: string, shape: Shape): DrillPlan {
  const plan = planOf(shape);
  const prefix = `muster-scratch-${drillId}`;
  const { ids } = plan;
  const aftermath = (): Aftermath =>
    chance.pick<Aftermath>([
      { kind: 'delete' },
      { kind: 'delete' },
      { kind: 'keep', hours: chance.pick([1, 24]) },
      { kind: 'standby' },
    ]);
  const onSuccess = aftermath();
  const onFailure = chance.happens(0.8) ? ({ kind: 'delete' } as const) : ({ kind: 'keep', hours: 1 } as const);
  return {
    ...plan,
    drillId,
    ids: {
      copy: ids.copy === null ? null : `${prefix}-copy`,
      cluster: ids.cluster === null ? null : prefix,
      instance: ids.cluster === null ? prefix : `${prefix}-1`,
    },
    shape: {
      ...plan.shape,
      tags: { 'muster:drill': drillId, 'muster:scratch': 'true', 'muster:source': plan.database.resourceId },
    },
    probes: [ROWS, ...(chance.happens(0.3) ? [EXACT] : [])],
    hydrate: chance.happens(0.15),
    pollSeconds: chance.pick([60, 120, 300]),
    secondsMax: chance.happens(0.9) ? SECONDS_MAX : chance.pick([300, 900]),
    onSuccess,
    onFailure,
  };
}

const ROWS: Probe = { kind: 'total_rows', name: 'rows', rowsMin: 1, expect: null };
/** A figure from outside the copy. */
const EXACT: Probe = {
  kind: 'row_count',
  name: 'exact',
  table: 'public.invoices',
  rowsMin: null,
  expect: { against: 1_000, shrinkPercentMax: 0, growPercentMax: 0 },
};

function planOf(shape: Shape): DrillPlan {
  const to = addSeconds(START, -7_200);
  const at = (plan: DrillPlan): DrillPlan => ({ ...plan, point: { ...plan.point, dataAt: to } });
  switch (shape) {
    case 'instance':
    case 'cluster':
      return aPlan(shape);
    case 'pitr':
      return at({ ...aPlan('pitr'), restore: { by: 'pitr', source: { named: 'resource_id', value: BILLING_ID }, to } });
    case 'pitr_cluster': {
      const restore = { by: 'pitr', source: { named: 'identifier', value: PRODUCTION }, to } as const;
      return at({ ...aPlan('cluster'), restore, claim: 'pitr' });
    }
    case 'copy':
      return aPlan('copy');
    case 'copy_cluster': {
      const plan = aPlan('cluster');
      const fromArn = `arn:aws:rds:${ELSEWHERE.region}:${ELSEWHERE.accountId}:cluster-snapshot:orders-manual`;
      const bring = { fromArn, fromRegion: ELSEWHERE.region, keyArn: null };
      const ids = { ...plan.ids, copy: 'named below' };
      return { ...plan, ids, claim: 'copy', restore: { by: 'snapshot', snapshot: null, bring } };
    }
    case 'vault':
      return aVaultPlan('instance');
    case 'vault_cluster':
      return aVaultPlan('cluster');
    case 'vault_pitr':
      return at(aVaultPlan('instanceToTime', to));
    case 'vault_cluster_pitr':
      return at(aVaultPlan('clusterToTime', to));
  }
}

/** Production that a foreign hand may be at as well. */
export const SOURCES = { instance: BILLING_ID, cluster: CLUSTER_ID } as const;
