/** What `muster scan` shows a person. */

import { describe, expect, it } from 'vitest';
import { addDays, parseInstant } from '../../src/core/time.ts';
import type { Database, Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import { renderInventory } from '../../src/report/inventory-text.ts';
import { colourPaint, PLAIN_PAINT } from '../../src/report/style.ts';
import { expectPlainLines, HOSTILE } from '../support/report-claims.ts';

const AT = parseInstant('2026-02-26T21:00:00Z', 'test');
const SCOPE = { accountId: '123456789012', region: 'eu-west-1' };

function aDatabase(fields: Partial<Database> = {}): Database {
  return {
    ...SCOPE,
    arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders',
    resourceId: 'db-ORDERS',
    identifier: 'orders',
    kind: 'rds_instance',
    engine: 'postgres',
    engineVersion: '16.4',
    status: 'available',
    createdAt: null,
    instanceClass: 'db.t4g.medium',
    storageGib: 100,
    multiAz: false,
    members: [],
    replicas: [],
    replicaOf: null,
    globalClusterArn: null,
    retentionDays: 7,
    restoreWindow: { earliest: addDays(AT, -7), latest: parseInstant('2026-02-26T20:55:00Z', 'test') },
    deletionProtection: true,
    encrypted: true,
    keyArn: null,
    awsBackupPointArn: null,
    subnetGroup: null,
    parameterGroup: null,
    optionGroups: [],
    securityGroupIds: [],
    publiclyAccessible: false,
    masterUsername: null,
    managedSecretArn: null,
    managedSecretKeyArn: null,
    databaseName: null,
    port: 5432,
    connectionsMax: null,
    tags: {},
    ...fields,
  };
}

function aPoint(fields: Partial<RecoveryPoint> = {}): RecoveryPoint {
  return {
    ...SCOPE,
    id: 'before-migration',
    arn: 'arn:aws:rds:eu-west-1:123456789012:snapshot:before-migration',
    kind: 'manual_snapshot',
    ofCluster: false,
    databaseResourceId: 'db-ORDERS',
    databaseIdentifier: 'orders',
    engine: 'postgres',
    engineVersion: '16.4',
    status: 'available',
    createdAt: AT,
    dataAt: parseInstant('2026-02-26T02:07:00Z', 'test'),
    window: null,
    retentionDays: null,
    expiresAt: null,
    storageGib: 100,
    encrypted: true,
    keyArn: null,
    vaultArn: null,
    copiedFrom: null,
    tags: {},
    ...fields,
  };
}

function anInventory(fields: Partial<Inventory> = {}): Inventory {
  return {
    formatVersion: '1',
    observedAt: AT,
    endpoint: null,
    principal: { arn: 'arn:aws:iam::123456789012:user/reader', accountId: '123456789012' },
    scopes: [SCOPE],
    databases: [aDatabase()],
    recoveryPoints: [aPoint()],
    keys: [],
    vaults: [],
    globalClusters: [],
    engineVersions: [],
    quotas: [],
    outOfScope: [],
    restoreTests: [],
    gaps: [],
    ...fields,
  };
}

const render = (inventory: Inventory) => renderInventory(inventory, AT, PLAIN_PAINT);

describe('an inventory', () => {
  it('leads with the counts and where they were read', () => {
    const [counts, read] = render(anInventory()).split('\n');
    expect(counts).toBe('1 database, 1 recovery point, 0 vaults, 0 keys, 0 gaps');
    expect(read).toContain('read 123456789012/eu-west-1 from AWS at 2026-02-26 21:00:00 UTC');
  });

  it('says when it was read from something that is not AWS', () => {
    expect(render(anInventory({ endpoint: 'http://127.0.0.1:4566' }))).toContain('which is not AWS');
  });

  it('shows retention, protection and the restore window of a database', () => {
    expect(render(anInventory())).toMatch(/orders +postgres 16\.4 +7 d +on +7 d to 5 min ago/);
  });

  it('shows in red that retention 0 leaves no PITR', () => {
    const bare = anInventory({ databases: [aDatabase({ retentionDays: 0, restoreWindow: null })] });
    expect(render(bare)).toMatch(/0 d: no PITR +on +no instant/);
    expect(renderInventory(bare, AT, colourPaint())).toContain('\u001b[31m0 d: no PITR');
  });

  it('shows a recovery point with the age of its data, not of its copy', () => {
    expect(render(anInventory())).toMatch(/before-migration +manual snapshot +18 h ago +never/);
  });

  it('shows when a recovery point ends by itself', () => {
    const text = render(anInventory({ recoveryPoints: [aPoint({ expiresAt: addDays(AT, 3) })] }));
    expect(text).toContain('2026-03-01');
  });

  it('counts the recovery points it does not list, newest first', () => {
    const recoveryPoints = Array.from({ length: 9 }, (_, days) =>
      aPoint({ id: `day-${days}`, arn: `arn:${days}`, dataAt: addDays(AT, -days) }),
    );
    const text = render(anInventory({ recoveryPoints }));
    expect(text).toContain('9 recovery points of orders');
    expect(text).toContain('and 4 older');
    expect(text.indexOf('day-0')).toBeLessThan(text.indexOf('day-4'));
    expect(text).not.toContain('day-5');
  });

  it('marks recovery points of a database that is gone, whatever its name', () => {
    const text = render(anInventory({ recoveryPoints: [aPoint({ databaseResourceId: 'db-EARLIER' })] }));
    expect(text).toContain('1 recovery point of orders, a database that no longer exists or was not seen');
  });

  it('puts gaps before the tables', () => {
    const gap = {
      what: 'DB clusters',
      where: SCOPE,
      action: 'rds:DescribeDBClusters',
      cause: 'AccessDenied',
      hides: 'databases',
    } as const;
    const text = render(anInventory({ gaps: [gap] }));
    expect(text).toContain('1 GAP: this was not seen');
    expect(text.indexOf('1 GAP:')).toBeLessThan(text.indexOf('databases and restore windows'));
  });

  it('tells in one line that exports restore nothing, and lists none of them among the recovery points', () => {
    const dump = aPoint({ id: 'dump', arn: 'arn:dump', kind: 's3_export', databaseIdentifier: '' });
    const text = render(anInventory({ recoveryPoints: [aPoint(), dump] }));
    expect(text).toContain('1 export to S3, from which nothing can be restored: dump of an unknown database');
    expect(text).toContain('1 recovery point of orders');
  });

  it('names the engines that it does not judge', () => {
    const text = render(anInventory({ outOfScope: [{ ...SCOPE, engine: 'docdb', count: 3 }] }));
    expect(text).toContain('out of scope, and judged by nobody here: 3 of engine docdb in 123456789012/eu-west-1');
  });

  it('names the clusters of a global database, the writer first', () => {
    const members = ['us-east-1', 'eu-west-1'].map((region) => ({
      clusterArn: `arn:aws:rds:${region}:123456789012:cluster:c`,
      writer: region === 'eu-west-1',
    }));
    const world = { ...SCOPE, arn: 'arn:g', resourceId: 'g', identifier: 'world', deletionProtection: false, members };
    expect(render(anInventory({ globalClusters: [world] }))).toContain(
      'global database world, deletion protection off: c in eu-west-1 (writes), c in us-east-1',
    );
  });

  it('warns of an engine version that is gone, and of none that is offered', () => {
    const version = (engineVersion: string, offered: boolean) => ({
      ...SCOPE,
      engine: 'postgres',
      engineVersion,
      offered,
    });
    const text = render(anInventory({ engineVersions: [version('9.6.1', false), version('16.4', true)] }));
    expect(text).toContain('! postgres 9.6.1 is no longer offered in 123456789012/eu-west-1');
    expect(text).not.toContain('16.4 is no longer');
  });

  it('warns of a quota that is nearly used up, and of none with room', () => {
    const quota = (used: number) => ({ ...SCOPE, name: 'manual_snapshots', used, max: 100 }) as const;
    expect(render(anInventory({ quotas: [quota(90)] }))).toContain('! 90 of 100 manual snapshots are used');
    expect(render(anInventory({ quotas: [quota(89)] }))).not.toContain('manual snapshots are used');
  });

  it('says so when there is nothing', () => {
    const text = render(anInventory({ databases: [], recoveryPoints: [] }));
    expect(text).toContain('databases: none seen');
    expect(text).toContain('recovery points: none seen');
  });

  it('fits the page and obeys no control character', () => {
    expectPlainLines(render(anInventory()));
    expectPlainLines(
      render(
        anInventory({
          databases: [aDatabase({ identifier: HOSTILE, engine: HOSTILE })],
          recoveryPoints: [aPoint({ id: HOSTILE, databaseIdentifier: HOSTILE, status: HOSTILE })],
          principal: { arn: HOSTILE, accountId: HOSTILE },
        }),
      ),
    );
  });
});

describe('an inventory of several places', () => {
  const ABROAD = { accountId: '123456789012', region: 'us-east-1' };
  const OTHER = { accountId: '999988887777', region: 'eu-west-1' };
  const unread = {
    what: 'all databases',
    where: OTHER,
    action: 'sts:AssumeRole',
    cause: 'AccessDenied',
    hides: 'databases',
  } as const;
  const several = anInventory({
    scopes: [SCOPE, ABROAD],
    recoveryPoints: [aPoint(), aPoint({ ...ABROAD, id: 'copy', arn: 'arn:copy', kind: 'snapshot_copy' })],
    gaps: [unread],
  });

  it('says of each what was seen there, and which was not read', () => {
    const text = render(several);
    expect(text).toContain('read 2 places from AWS');
    expect(text).toMatch(/123456789012\/eu-west-1 +1 +1 +0\n/);
    expect(text).toMatch(/123456789012\/us-east-1 +0 +1 +0\n/);
    expect(text).toMatch(/999988887777\/eu-west-1 +not read +0 +1\n/);
  });

  it('says where a recovery point lies when its database lies elsewhere', () => {
    const text = render(several);
    expect(text).toMatch(/copy +snapshot copy in us-east-1 /);
    expect(text).toMatch(/before-migration +manual snapshot {2}/);
    const foreign = aPoint({ ...OTHER, id: 'theirs', arn: 'arn:theirs', kind: 'account_copy' });
    expect(render(anInventory({ recoveryPoints: [foreign] }))).toContain('account copy in 999988887777/eu-west-1');
  });

  it('says where a database is', () => {
    expect(render(several)).toContain('databases and restore windows in 123456789012/eu-west-1');
    expect(render(several)).toContain('2 recovery points of orders in 123456789012/eu-west-1');
  });

  it('is told though the only place was not read', () => {
    const nowhere = render(anInventory({ scopes: [], databases: [], recoveryPoints: [], gaps: [unread] }));
    expect(nowhere).toContain('read no place at all');
    expect(nowhere).toMatch(/999988887777\/eu-west-1 +not read/);
  });

  it('fits the page', () => {
    expectPlainLines(render(several));
  });
});
