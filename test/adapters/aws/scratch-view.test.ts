/**
 * Looking at scratch things on the lab: one of them whole, and everything that bears a mark of Muster's.
 */

import { describe, expect, it } from 'vitest';
import { SCRATCH_MARKS } from '../../../src/adapters/aws/scratch-operator.ts';
import { addSeconds, type Instant } from '../../../src/core/time.ts';
import { SCRATCH_PREFIX, SCRATCH_TAGS } from '../../../src/drill/guard.ts';
import { datatalks } from '../../../src/lab/estates/datatalks.ts';
import type { EstateInput, Tag } from '../../../src/lab/world.ts';
import { queryError, START } from '../../support/aws-lab.ts';
import {
  aPlan,
  aScratchBench,
  BILLING,
  BILLING_ID,
  ID,
  MEMBER,
  PRODUCTION,
  TAGS,
} from '../../support/scratch-bench.ts';

it('the operator and the guard know a scratch by the same marks', () => {
  expect(SCRATCH_MARKS).toEqual({ prefix: SCRATCH_PREFIX, drill: SCRATCH_TAGS.drill, scratch: SCRATCH_TAGS.scratch });
});

describe('what is shown', () => {
  it('of an instance is whole, once it is up', async () => {
    const { operator, lab } = aScratchBench();
    const { resourceId } = await operator.restoreInstance(aPlan('instance'));
    expect(await operator.describe('instance', ID)).toMatchObject({ status: 'creating', resourceId, endpoint: null });
    lab.advance(3_600);
    expect(await operator.describe('instance', ID)).toEqual({
      kind: 'instance',
      id: ID,
      resourceId,
      status: 'available',
      createdAt: expect.stringMatching(/^2026-02-26T2/),
      tags: TAGS,
      endpoint: { host: '127.0.0.1', port: expect.any(Number) },
      publiclyAccessible: false,
      securityGroupIds: ['sg-0123456789abcdef0', 'sg-1123456789abcdef0'],
      masterUsername: 'billing_admin',
      databaseName: 'billing',
    });
  });

  it('of a cluster is whole, once it is up', async () => {
    const { operator, lab } = aScratchBench();
    const { resourceId } = await operator.restoreCluster(aPlan('cluster'));
    lab.advance(3_600);
    await operator.addInstance(aPlan('cluster'));
    lab.advance(3_600);
    expect(await operator.describe('cluster', ID)).toEqual({
      kind: 'cluster',
      id: ID,
      resourceId,
      status: 'available',
      createdAt: START,
      tags: TAGS,
      endpoint: { host: '127.0.0.1', port: expect.any(Number) },
      publiclyAccessible: null,
      securityGroupIds: ['sg-0123456789abcdef0', 'sg-1123456789abcdef0'],
      masterUsername: 'pgusr',
      databaseName: 'coursemanagement',
    });
    expect(await operator.describe('instance', MEMBER)).toMatchObject({ kind: 'instance', tags: TAGS });
  });

  it.each(['instance', 'cluster', 'snapshot', 'cluster_snapshot'] as const)(
    'of what is not there is nothing: %s',
    async (kind) => {
      expect(await aScratchBench().operator.describe(kind, ID)).toBeNull();
    },
  );

  it('is never another thing, though an endpoint does not heed the filter', async () => {
    const item = `<DBInstanceIdentifier>other</DBInstanceIdentifier><DBInstanceArn>a</DBInstanceArn><DbiResourceId>db-1</DbiResourceId>`;
    const { operator } = aScratchBench({
      tamper: () => ({ status: 200, body: instances(`<DBInstance>${item}</DBInstance>`) }),
    });
    expect(await operator.describe('instance', ID)).toBeNull();
    expect(await operator.describe('instance', 'other')).toMatchObject({ resourceId: 'db-1', tags: {} });
  });

  it('is not that it is gone when the answer holds no list', async () => {
    const body =
      '<DescribeDBInstancesResponse><DescribeDBInstancesResult></DescribeDBInstancesResult></DescribeDBInstancesResponse>';
    const { operator } = aScratchBench({ tamper: () => ({ status: 200, body }) });
    await expect(operator.describe('instance', ID)).rejects.toThrow(
      expect.objectContaining({ code: 'MUSTER_AWS_UNAVAILABLE' }),
    );
  });

  it('of an item that cannot be understood is an error that names the field', async () => {
    const { operator } = aScratchBench({
      tamper: () => ({ status: 200, body: instances('<DBInstance></DBInstance>') }),
    });
    await expect(operator.describe('instance', ID)).rejects.toMatchObject({
      code: 'MUSTER_DRILL_FAILED',
      message: expect.stringMatching(/^rds:DescribeDBInstances answered with a malformed item: .*DbiResourceId/),
    });
  });
});

describe('what bears a mark', () => {
  it('is found by name or by tag, of every kind, and nothing else is', async () => {
    const { operator } = aScratchBench({ estate: marked });
    await operator.restoreCluster(aPlan('cluster'));
    const found = await operator.marked();
    expect(found.map(({ kind, id, resourceId }) => [kind, id, resourceId === null])).toEqual([
      ['cluster', PRODUCTION, false],
      ['cluster', ID, false],
      ['instance', 'muster-scratch-untagged', false],
      ['snapshot', 'muster-scratch-old', true],
      ['cluster_snapshot', 'tagged-only', true],
    ]);
    expect(found.at(0)).toMatchObject({ tags: { 'muster:scratch': 'yes' }, createdAt: expect.any(String) });
    expect(found.at(2)).toMatchObject({ resourceId: BILLING_ID, publiclyAccessible: false });
  });

  it('is a cluster without its members, which AWS may have made and named itself', async () => {
    const { operator, lab } = aScratchBench();
    await operator.restoreCluster(aPlan('cluster'));
    lab.advance(3_600);
    await operator.addInstance(aPlan('cluster'));
    expect((await operator.marked()).map(({ kind, id }) => [kind, id])).toEqual([['cluster', ID]]);
  });

  it('is a member all the same where its cluster bears no mark', async () => {
    const { operator } = aScratchBench({ estate: markedMember });
    expect((await operator.marked()).map(({ kind, id }) => [kind, id])).toEqual([
      ['instance', 'muster-scratch-member'],
    ]);
  });

  it('is found on every page', async () => {
    const { operator, sent } = aScratchBench({ estate: manySnapshots });
    const found = await operator.marked();
    expect(found.filter(({ kind }) => kind === 'snapshot')).toHaveLength(230);
    const pages = sent.filter(({ action }) => action === 'DescribeDBSnapshots').map(({ parameters }) => parameters);
    expect(pages.map((page) => [page.get('MaxRecords'), page.get('SnapshotType')])).toEqual(
      Array(3).fill(['100', 'manual']),
    );
    expect(pages.map((page) => page.has('Marker'))).toEqual([false, true, true]);
  });

  it.each([
    ['DescribeDBInstances', 'AccessDenied', 403, 'MUSTER_ACCESS_DENIED'],
    ['DescribeDBClusterSnapshots', 'Throttling', 400, 'MUSTER_AWS_UNAVAILABLE'],
  ])('is not told when %s is refused', async (action, code, status, expected) => {
    const { operator } = aScratchBench({
      tamper: (call) => (call.action === action ? queryError(status, code) : null),
    });
    await expect(operator.marked()).rejects.toMatchObject({
      code: expected,
      message: expect.stringContaining(`rds:${action}`),
    });
  });

  it('is not told when a listing goes round or holds no list', async () => {
    const round = { status: 200, body: instances('', '<Marker>again</Marker>') };
    const empty = {
      status: 200,
      body: '<DescribeDBInstancesResponse><DescribeDBInstancesResult/></DescribeDBInstancesResponse>',
    };
    for (const answer of [round, empty]) {
      const { operator } = aScratchBench({
        tamper: ({ action }) => (action === 'DescribeDBInstances' ? answer : null),
      });
      await expect(operator.marked()).rejects.toMatchObject({
        retryable: true,
        message: expect.stringContaining('rds:DescribeDBInstances could not be read to its end'),
      });
    }
  });

  it('is not told when an item cannot be understood', async () => {
    const body = instances('<DBInstance><DBInstanceIdentifier>x</DBInstanceIdentifier></DBInstance>');
    const { operator } = aScratchBench({
      tamper: ({ action }) => (action === 'DescribeDBInstances' ? { status: 200, body } : null),
    });
    await expect(operator.marked()).rejects.toMatchObject({ message: expect.stringContaining('malformed') });
  });
});

function instances(items: string, more = ''): string {
  const result = `<DBInstances>${items}</DBInstances>${more}`;
  return `<DescribeDBInstancesResponse><DescribeDBInstancesResult>${result}</DescribeDBInstancesResult></DescribeDBInstancesResponse>`;
}

const tagList = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

/** The story's estate where marks of Muster's are on what is not a drill's. */
function marked(at: Instant): EstateInput {
  const estate = datatalks(at);
  const { place } = estate;
  const instances = place.instances.map((instance) =>
    instance.identifier === BILLING ? { ...instance, identifier: 'muster-scratch-untagged' } : instance,
  );
  const clusters = place.clusters.map((cluster) => ({ ...cluster, tags: tagList({ 'muster:scratch': 'yes' }) }));
  const snapshots = place.snapshots.flatMap((snapshot) => {
    if (snapshot.type === 'manual') return [snapshot, { ...snapshot, identifier: 'muster-scratch-old', tags: [] }];
    if (snapshot.kind === 'db') return [snapshot];
    return [
      snapshot,
      { ...snapshot, identifier: 'tagged-only', type: 'manual' as const, tags: tagList({ 'muster:drill': 'x' }) },
    ];
  });
  return { ...estate, place: { ...place, instances, clusters, snapshots } };
}

/** The story's estate where the member of a cluster of production's bears the name of a scratch. */
function markedMember(at: Instant): EstateInput {
  const estate = datatalks(at);
  const instances = estate.place.instances.map((instance) =>
    instance.clusterResourceId === null ? instance : { ...instance, identifier: 'muster-scratch-member' },
  );
  return { ...estate, place: { ...estate.place, instances } };
}

/** The story's estate with more snapshots of drills than two pages hold. */
function manySnapshots(at: Instant): EstateInput {
  const estate = datatalks(at);
  const { place } = estate;
  const manual = place.snapshots.filter(({ type }) => type === 'manual');
  const copies = Array.from({ length: 230 }, (_, n) =>
    manual.map((snapshot) => ({ ...snapshot, identifier: `muster-scratch-${n}`, createdAt: addSeconds(at, -n) })),
  );
  return { ...estate, place: { ...place, snapshots: [...place.snapshots, ...copies.flat()] } };
}
