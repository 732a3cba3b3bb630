/**
 * What lies beside databases: global databases, exports, quotas, engine versions, engines out of scope.
 */

import { describe, expect, it } from 'vitest';
import { createEstateReader } from '../../../src/adapters/aws/estate-reader.ts';
import type { Inventory } from '../../../src/inventory/model.ts';
import type { EstateInput } from '../../../src/lab/world.ts';
import { labClients, queryError, START, type Tamper } from '../../support/aws-lab.ts';
import { HOME, ORIGINAL, threePlaces } from '../../support/lab-places.ts';

type Estate = Parameters<typeof labClients>[0];
const read = (tamper: Tamper = () => null, estate: Estate = threePlaces): Promise<Inventory> =>
  createEstateReader(labClients(estate, { tamper }).clients).read(START);
const answering =
  (answered: string, list: string): Tamper =>
  ({ action }) =>
    action === answered
      ? { status: 200, body: `<${action}Response><${action}Result>${list}</${action}Result></${action}Response>` }
      : null;
const refusing =
  (refused: string, code = 'AccessDenied'): Tamper =>
  ({ action }) =>
    action === refused ? queryError(code === 'AccessDenied' ? 403 : 400, code) : null;

describe('an export to S3', () => {
  it('is a recovery point that names the database of its snapshot; an unfinished one is none', async () => {
    const exports = (await read()).recoveryPoints.filter(({ kind }) => kind === 's3_export');
    expect(exports).toMatchObject([
      {
        id: 'billing-2026',
        arn: 'arn:aws:s3:::archive/rds/billing-2026',
        databaseIdentifier: 'billing-production',
        copiedFrom: `arn:aws:rds:eu-west-1:${HOME.accountId}:snapshot:${ORIGINAL}`,
      },
    ]);
  });

  it('still running is none, also where the endpoint ignores the filter', async () => {
    const task = (status: string) =>
      `<ExportTask><ExportTaskIdentifier>${status}</ExportTaskIdentifier><SourceArn>arn:s</SourceArn><S3Bucket>b</S3Bucket><S3Prefix/><Status>${status}</Status></ExportTask>`;
    const tasks = `<ExportTasks>${task('IN_PROGRESS')}${task('COMPLETE')}</ExportTasks>`;
    const { recoveryPoints } = await read(answering('DescribeExportTasks', tasks));
    const exports = recoveryPoints.filter(({ kind }) => kind === 's3_export');
    expect(exports).toMatchObject([{ arn: 'arn:aws:s3:::b/COMPLETE', databaseResourceId: null, dataAt: null }]);
  });

  it('has a key that nobody asks about: nothing is restored from it', async () => {
    const { keys } = await read();
    expect(keys.filter(({ arn }) => arn.endsWith('/export'))).toEqual([]);
  });
});

describe('a global database', () => {
  const member =
    '<GlobalClusterMember><DBClusterArn>arn:aws:rds:us-east-1:123456789012:cluster:w</DBClusterArn><IsWriter>true</IsWriter><Readers><member>arn:r</member></Readers></GlobalClusterMember>';
  const cluster = (engine: string) =>
    `<GlobalClusterMember><GlobalClusterIdentifier>${engine}</GlobalClusterIdentifier><GlobalClusterArn>arn:${engine}</GlobalClusterArn><Engine>${engine}</Engine><GlobalClusterMembers>${member}</GlobalClusterMembers></GlobalClusterMember>`;
  const seen = `<GlobalClusters>${cluster('aurora-mysql')}${cluster('neptune')}</GlobalClusters>`;

  it('lies where its writer lies, and has the readers that only the writer names', async () => {
    const { globalClusters } = await read(answering('DescribeGlobalClusters', seen));
    expect(globalClusters).toMatchObject([
      {
        region: 'us-east-1',
        identifier: 'aurora-mysql',
        deletionProtection: false,
        members: [
          { clusterArn: 'arn:aws:rds:us-east-1:123456789012:cluster:w', writer: true },
          { clusterArn: 'arn:r', writer: false },
        ],
      },
    ]);
  });
});

it('quotas are those of manual snapshots and of what a restore takes; what AWS does not report is left out', async () => {
  expect((await read()).quotas).toEqual([
    { ...HOME, name: 'allocated_storage_gib', used: 100, max: 100_000 },
    { ...HOME, name: 'db_clusters', used: 1, max: 40 },
    { ...HOME, name: 'db_instances', used: 2, max: 40 },
    { ...HOME, name: 'manual_cluster_snapshots', used: 0, max: 100 },
    { ...HOME, name: 'manual_snapshots', used: 2, max: 100 },
  ]);
});

describe('refused,', () => {
  it.each([
    ['DescribeGlobalClusters', 'survivors'],
    ['DescribeExportTasks', 'survivors'],
    ['DescribeAccountAttributes', 'survivors'],
    ['DescribeDBEngineVersions', 'threats'],
  ])('%s is one gap that may hide %s', async (action, hides) => {
    const { gaps, databases } = await read(refusing(action));
    expect(gaps.map((gap) => [gap.action, gap.hides])).toEqual([[`rds:${action}`, hides]]);
    expect(databases).toHaveLength(2);
  });

  it('global databases where there are none to list are no gap', async () => {
    const { gaps, globalClusters } = await read(refusing('DescribeGlobalClusters', 'InvalidParameterValue'));
    expect([gaps, globalClusters]).toEqual([[], []]);
  });

  it('one engine version of several is a gap, and the others are known', async () => {
    const tamper: Tamper = ({ action, parameters }) =>
      action === 'DescribeDBEngineVersions' && parameters.get('Engine') === 'postgres'
        ? queryError(400, 'Throttling')
        : null;
    const { gaps, engineVersions } = await read(tamper);
    expect(gaps).toMatchObject([
      { what: 'engine versions in use', cause: expect.stringContaining('1 of 2 versions, first postgres') },
    ]);
    expect(engineVersions).toMatchObject([{ engine: 'aurora-postgresql', offered: true }]);
  });
});

describe('the engine versions in use', () => {
  const withdrawing =
    (version: string) =>
    (at: Parameters<typeof threePlaces>[0]): EstateInput => {
      const estate = threePlaces(at);
      return { ...estate, place: { ...estate.place, withdrawnVersions: [version] } };
    };

  it('are each asked about once', async () => {
    const asked: string[] = [];
    const { engineVersions } = await read(({ action, parameters }) => {
      if (action === 'DescribeDBEngineVersions')
        asked.push(`${parameters.get('Engine')} ${parameters.get('EngineVersion')}`);
      return null;
    });
    expect(asked.toSorted()).toEqual(engineVersions.map(({ engine, engineVersion }) => `${engine} ${engineVersion}`));
    expect(engineVersions.every(({ offered }) => offered)).toBe(true);
  });

  it('that AWS withdrew are not offered', async () => {
    const [version] = (await read()).engineVersions.filter(({ engine }) => engine === 'postgres');
    const { engineVersions } = await read(() => null, withdrawing(`postgres ${version?.engineVersion}`));
    expect(engineVersions.map(({ engine, offered }) => [engine, offered])).toEqual([
      ['aurora-postgresql', true],
      ['postgres', false],
    ]);
  });

  it('that AWS does not list at all are not offered', async () => {
    const { engineVersions, gaps } = await read(answering('DescribeDBEngineVersions', '<DBEngineVersions/>'));
    expect([engineVersions.map(({ offered }) => offered), gaps]).toEqual([[false, false], []]);
  });
});

describe('Neptune and DocumentDB', () => {
  const withForeign = (at: Parameters<typeof threePlaces>[0]): EstateInput => {
    const estate = threePlaces(at);
    const [cluster] = estate.place.clusters;
    const [instance] = estate.place.instances;
    if (cluster === undefined || instance === undefined) throw new Error('the estate has a cluster');
    const foreign = { ...cluster, identifier: 'papers', resourceId: 'cluster-PAPERS', engine: 'docdb' };
    const member = {
      ...instance,
      identifier: 'papers-0',
      resourceId: 'db-PAPERS0',
      engine: 'docdb',
      clusterResourceId: foreign.resourceId,
    };
    const { clusters, instances } = estate.place;
    return {
      ...estate,
      place: { ...estate.place, clusters: [...clusters, foreign], instances: [...instances, member] },
    };
  };

  it('are counted by engine, and are no databases', async () => {
    const inventory = await read(() => null, withForeign);
    expect(inventory.outOfScope).toEqual([{ ...HOME, engine: 'docdb', count: 2 }]);
    expect(inventory.databases.map(({ identifier }) => identifier)).not.toContain('papers');
    expect(inventory.gaps).toEqual([]);
  });

  it('are told apart from RDS where an endpoint ignores the filter', async () => {
    const all = '<DBClusters><DBCluster><Engine>aurora-mysql</Engine></DBCluster></DBClusters>';
    const body = `<DescribeDBClustersResponse><DescribeDBClustersResult>${all}</DescribeDBClustersResult></DescribeDBClustersResponse>`;
    const filtered = (parameters: URLSearchParams) => parameters.get('Filters.Filter.1.Name') === 'engine';
    const { outOfScope } = await read(({ action, parameters }) =>
      action === 'DescribeDBClusters' && filtered(parameters) ? { status: 200, body } : null,
    );
    expect(outOfScope).toEqual([]);
  });
});
