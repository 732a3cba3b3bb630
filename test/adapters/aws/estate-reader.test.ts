/**
 * Reading an estate: the lab's whole, and every way in which a part of it cannot be read.
 *
 * Real SDK clients against the virtual lab; single answers are replaced on the wire. The client mock stages
 * only what no wire carries: an item the SDK would not have built.
 */

import { DescribeDBInstancesCommand, DescribeDBSnapshotsCommand } from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import type { Clients } from '../../../src/adapters/aws/clients.ts';
import { createEstateReader } from '../../../src/adapters/aws/estate-reader.ts';
import type { Inventory } from '../../../src/inventory/model.ts';
import { jsonError, labClients, queryError, START, type Tamper } from '../../support/aws-lab.ts';

const read = (clients: Clients): Promise<Inventory> => createEstateReader(clients).read(START);
const readWith = (tamper: Tamper): Promise<Inventory> => read(labClients('datatalks', { tamper }).clients);
const pointsOf = (inventory: Inventory, identifier: string) =>
  inventory.recoveryPoints.filter(({ databaseIdentifier }) => databaseIdentifier === identifier);

describe('the estate of the story', () => {
  it('is read whole: two databases, their points, a vault, a key, and no gap', async () => {
    const inventory = await read(labClients().clients);
    expect(inventory.gaps).toEqual([]);
    expect(inventory.databases.map(({ identifier, kind }) => [identifier, kind])).toEqual([
      ['dev-course-management-cluster', 'aurora_cluster'],
      ['billing-production', 'rds_instance'],
    ]);
    expect(inventory.vaults).toMatchObject([{ name: 'billing-vault', lock: 'compliance', airGapped: false }]);
    expect(inventory.keys).toMatchObject([{ state: 'enabled', manager: 'customer' }]);
    expect(inventory.principal.accountId).toBe('123456789012');
  });

  it('never passes for AWS itself', async () => {
    expect((await read(labClients().clients)).endpoint).toBe('injected');
  });

  it('counts the cluster once and its instance as a member of it', async () => {
    const [cluster] = (await read(labClients().clients)).databases;
    expect(cluster?.members).toMatchObject([{ identifier: 'course-management-instance-0', writer: true }]);
    expect(cluster?.instanceClass).toBe('db.t3.medium');
  });

  it('holds for the doomed cluster nothing but what dies with it', async () => {
    const points = pointsOf(await read(labClients().clients), 'dev-course-management-cluster');
    expect(points.map(({ kind }) => kind)).toEqual(['pitr', 'system_snapshot']);
  });

  it('shows the AWS Backup snapshot once, with the vault that keeps it', async () => {
    const points = pointsOf(await read(labClients().clients), 'billing-production');
    const kept = points.filter(({ id }) => id.startsWith('awsbackup:'));
    expect(kept).toMatchObject([
      { kind: 'backup_snapshot', status: 'available', retentionDays: 90, dataAt: '2026-02-26T05:00:00.000Z' },
    ]);
    expect(kept[0]?.vaultArn).toContain('billing-vault');
  });

  it('tells what is being read', async () => {
    const told: string[] = [];
    await createEstateReader(labClients().clients).read(START, (what) => told.push(what));
    expect(told).toContain('RDS databases in eu-west-1');
    expect(told).toContain('AWS Backup vaults in eu-west-1');
  });
});

it('an empty estate is an empty inventory without a gap', async () => {
  const inventory = await read(labClients('empty').clients);
  expect(inventory).toMatchObject({ databases: [], recoveryPoints: [], vaults: [], gaps: [] });
});

it('another region of the account is another scope', async () => {
  const inventory = await read(labClients('datatalks', { region: 'us-east-1' }).clients);
  expect(inventory).toMatchObject({ scopes: [{ region: 'us-east-1' }], databases: [], gaps: [] });
});

describe('a refused listing of RDS becomes a gap and the rest is read:', () => {
  it.each([
    ['DescribeDBInstances', 'databases', 1],
    ['DescribeDBClusters', 'databases', 1],
    ['DescribeDBSnapshots', 'survivors', 4],
    ['DescribeDBClusterSnapshots', 'survivors', 4],
    ['DescribeDBInstanceAutomatedBackups', 'survivors', 1],
    ['DescribeDBClusterAutomatedBackups', 'survivors', 1],
  ] as const)('%s may hide %s', async (refused, hides, listings) => {
    const inventory = await readWith(({ action }) => (action === refused ? queryError(403, 'AccessDenied') : null));
    const gaps = inventory.gaps.filter(({ action }) => action === `rds:${refused}`);
    expect(gaps).toHaveLength(listings);
    for (const gap of gaps) {
      expect(gap).toMatchObject({ hides, cause: 'AccessDenied (HTTP 403): refused by the test' });
      expect(gap.where).toEqual({ accountId: '123456789012', region: 'eu-west-1' });
    }
    expect(inventory.recoveryPoints.length).toBeGreaterThan(0);
  });
});

describe('AWS Backup', () => {
  const vaults = (answer: { readonly status: number; readonly body: string }) =>
    readWith(({ action }) => (action.startsWith('/backup-vaults') ? answer : null));

  it.each([
    ['denied', jsonError(403, 'AccessDeniedException'), 'AccessDeniedException (HTTP 403): refused by the test'],
    ['throttled', jsonError(429, 'ThrottlingException'), 'ThrottlingException (HTTP 429): refused by the test'],
    ['not implemented', { status: 404, body: 'Not Found' }, 'HTTP 404'],
    ['failing', { status: 500, body: '<html>oops</html>' }, 'HTTP 500'],
    ['answering 200 with a web page', { status: 200, body: '<html>hello</html>' }, 'SyntaxError'],
    ['answering 200 with nothing', { status: 200, body: '{}' }, 'UnreadableAnswer: page 1 holds no list'],
  ])('%s is a gap that may hide survivors', async (_, answer, cause) => {
    const inventory = await vaults(answer);
    expect(inventory.databases).toHaveLength(2);
    expect(inventory.vaults).toEqual([]);
    const [gap] = inventory.gaps.filter(({ action }) => action === 'backup:ListBackupVaults');
    expect(gap).toMatchObject({ what: 'AWS Backup vaults', hides: 'survivors' });
    expect(gap?.cause).toContain(cause);
  });

  it('timing out is a gap that may hide survivors', async () => {
    const inventory = await readWith(({ action }) => {
      if (!action.startsWith('/backup-vaults')) return null;
      throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
    });
    expect(inventory.databases).toHaveLength(2);
    expect(inventory.gaps).toContainEqual(
      expect.objectContaining({ action: 'backup:ListBackupVaults', hides: 'survivors', cause: 'TimeoutError' }),
    );
  });

  it('unread leaves the status of its snapshots unknown', async () => {
    const inventory = await vaults(jsonError(403, 'AccessDeniedException'));
    const [point] = inventory.recoveryPoints.filter(({ kind }) => kind === 'backup_snapshot');
    expect(point).toMatchObject({ status: 'unknown', vaultArn: null, expiresAt: null });
    expect(inventory.gaps.every(({ hides }) => hides === 'survivors')).toBe(true);
  });

  it('refusing the points of one vault is a gap that names the vault', async () => {
    const inventory = await readWith(({ action }) =>
      action.endsWith('/recovery-points') ? jsonError(403, 'AccessDeniedException') : null,
    );
    expect(inventory.vaults).toHaveLength(1);
    expect(inventory.gaps.map(({ what }) => what)).toContain('RDS recovery points in AWS Backup vault billing-vault');
  });
});

describe('a KMS key', () => {
  it.each(['AccessDeniedException', 'NotFoundException'])('answered with %s may be a threat', async (code) => {
    const inventory = await readWith(({ action }) =>
      action === 'TrentService.DescribeKey' ? jsonError(400, code) : null,
    );
    expect(inventory.keys).toEqual([]);
    expect(inventory.gaps).toMatchObject([
      { action: 'kms:DescribeKey', hides: 'threats', cause: expect.stringContaining(code) },
    ]);
    expect(inventory.gaps[0]?.what).toContain('arn:aws:kms:eu-west-1:123456789012:key/');
  });

  it('in a state nobody knows may be a threat', async () => {
    const arn = 'arn:aws:kms:eu-west-1:123456789012:key/7c3d1f52-6f0a-4c1e-9d38-2b5e0a9f4c11';
    const body = JSON.stringify({ KeyMetadata: { KeyId: 'k', Arn: arn, KeyState: 'Melting', KeyManager: 'CUSTOMER' } });
    const inventory = await readWith(({ action }) =>
      action === 'TrentService.DescribeKey' ? { status: 200, body } : null,
    );
    expect(inventory.gaps).toMatchObject([{ hides: 'threats', cause: 'MalformedItem: KeyState (invalid_value)' }]);
  });
});

describe('a listing of many pages', () => {
  const snapshot = (id: string) =>
    `<DBSnapshot><DBSnapshotIdentifier>${id}</DBSnapshotIdentifier><DBSnapshotArn>arn:aws:rds:eu-west-1:123456789012:snapshot:${id}</DBSnapshotArn><SnapshotType>manual</SnapshotType><Engine>mysql</Engine><Status>available</Status></DBSnapshot>`;
  const page = (ids: readonly string[], marker: string) => ({
    status: 200,
    body: `<DescribeDBSnapshotsResponse><DescribeDBSnapshotsResult><DBSnapshots>${ids.map(snapshot).join('')}</DBSnapshots>${marker === '' ? '' : `<Marker>${marker}</Marker>`}</DescribeDBSnapshotsResult></DescribeDBSnapshotsResponse>`,
  });
  const manual = (answer: (marker: string | null) => { readonly status: number; readonly body: string }): Tamper => {
    return ({ action, parameters }) =>
      action === 'DescribeDBSnapshots' && parameters.get('SnapshotType') === 'manual'
        ? answer(parameters.get('Marker'))
        : null;
  };
  const ids = (inventory: Inventory) =>
    inventory.recoveryPoints.filter(({ engine }) => engine === 'mysql').map(({ id }) => id);

  it('is read to its end', async () => {
    const inventory = await readWith(
      manual((marker) => (marker === null ? page(['a', 'b'], 'next') : page(['c'], ''))),
    );
    expect(ids(inventory)).toEqual(['a', 'b', 'c']);
    expect(inventory.gaps).toEqual([]);
  });

  it('throttled on its second page keeps the first and says that more is missing', async () => {
    const inventory = await readWith(
      manual((marker) => (marker === null ? page(['a'], 'next') : queryError(400, 'Throttling'))),
    );
    expect(ids(inventory)).toEqual(['a']);
    expect(inventory.gaps).toMatchObject([
      { what: 'manual DB snapshots', cause: 'Throttling (HTTP 400): refused by the test (after 1 pages)' },
    ]);
  });

  it('whose marker repeats is cut short and says so', async () => {
    const inventory = await readWith(manual(() => page(['a'], 'again')));
    expect(inventory.gaps).toMatchObject([{ cause: 'RepeatedMarker: page 2 points back to a page already read' }]);
  });

  it('a listing that is not XML is a gap', async () => {
    const inventory = await readWith(manual(() => ({ status: 200, body: 'it works!' })));
    expect(inventory.gaps).toMatchObject([{ what: 'manual DB snapshots', hides: 'survivors' }]);
  });
});

it('cluster snapshots of a type that RDS does not know are no gap', async () => {
  const inventory = await readWith(({ action, parameters }) =>
    action === 'DescribeDBClusterSnapshots' && parameters.get('SnapshotType') === 'awsbackup'
      ? queryError(400, 'InvalidParameterValue')
      : null,
  );
  expect(inventory.gaps).toEqual([]);
});

describe('an item', () => {
  it('without a resource id is a gap that may hide a database, and the others stay', async () => {
    const { clients } = labClients();
    const rds = mockClient(await clients.rds());
    rds.send.callThrough();
    const item = { DBInstanceIdentifier: 'x', DBInstanceArn: 'arn', Engine: 'postgres', BackupRetentionPeriod: 1 };
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [item] });
    const inventory = await read(clients);
    expect(inventory.gaps).toMatchObject([
      {
        action: 'rds:DescribeDBInstances',
        hides: 'databases',
        cause: 'MalformedItem: 1 of 1, first: DbiResourceId (invalid_type)',
      },
    ]);
    expect(inventory.databases.map(({ kind }) => kind)).toEqual(['aurora_cluster']);
  });

  it('with a date that is none is a gap', async () => {
    const { clients } = labClients();
    const rds = mockClient(await clients.rds());
    rds.send.callThrough();
    const item = { DBSnapshotIdentifier: 'x', DBSnapshotArn: 'arn', SnapshotType: 'manual', Engine: 'mysql' };
    rds
      .on(DescribeDBSnapshotsCommand, { SnapshotType: 'manual' })
      .resolves({ DBSnapshots: [{ ...item, SnapshotCreateTime: new Date('never') }] });
    expect((await read(clients)).gaps).toMatchObject([
      { cause: 'MalformedItem: 1 of 1, first: SnapshotCreateTime (invalid_type)' },
    ]);
  });

  it('of Neptune or DocumentDB is none of our databases, however it looks', async () => {
    const { clients } = labClients();
    const rds = mockClient(await clients.rds());
    rds.send.callThrough();
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [{ Engine: 'docdb' }, { Engine: 'neptune' }] });
    const inventory = await read(clients);
    expect(inventory.gaps).toEqual([]);
    expect(inventory.databases.map(({ kind }) => kind)).toEqual(['aurora_cluster']);
  });
});

describe('nothing at all can be read when STS', () => {
  const sts = (answer: { readonly status: number; readonly body: string }) =>
    readWith(({ action }) => (action === 'GetCallerIdentity' ? answer : null));

  it.each([
    ['does not know the key', queryError(403, 'InvalidClientTokenId'), 'MUSTER_CREDENTIALS_MISSING'],
    ['finds the token expired', queryError(403, 'ExpiredToken'), 'MUSTER_CREDENTIALS_MISSING'],
    ['denies', queryError(403, 'AccessDenied'), 'MUSTER_ACCESS_DENIED'],
    ['throttles', queryError(400, 'Throttling'), 'MUSTER_AWS_UNAVAILABLE'],
    ['fails', { status: 503, body: '' }, 'MUSTER_AWS_UNAVAILABLE'],
    ['is some web server', { status: 200, body: '<html>hello</html>' }, 'MUSTER_ENDPOINT_UNREACHABLE'],
  ])('%s', async (_, answer, code) => {
    await expect(sts(answer)).rejects.toMatchObject({ code });
  });
});
