/**
 * Joins across regions and accounts: by resource id and ARN, in the order of time, and never by a name.
 */

import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/inventory/assemble.ts';
import type { RecoveryPoint } from '../../src/inventory/model.ts';
import type { Observations } from '../../src/inventory/observations.ts';
import {
  anAutomatedBackup,
  anExport,
  anObservedDatabase,
  anObservedSnapshot,
  at,
  aVaultPoint,
  SCOPE,
  theObservations,
} from '../support/aws-observations.ts';

const ABROAD = { accountId: SCOPE.accountId, region: 'us-east-1' } as const;
const OTHER = { accountId: '999988887777', region: 'eu-west-1' } as const;
const COPIED_AT = at('2026-02-22T03:00:00Z');

const pointOf = (fields: Partial<Observations>, id: string): RecoveryPoint => {
  const found = assemble(theObservations(fields)).recoveryPoints.filter((point) => point.id === id);
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} recovery points are called ${id}`);
  return only;
};
const arnIn = ({ accountId, region }: typeof ABROAD | typeof OTHER, rest: string) =>
  `arn:aws:rds:${region}:${accountId}:${rest}`;

describe('an automated backup replicated to another region', () => {
  const home = anObservedDatabase();
  const replica = anAutomatedBackup({
    ...ABROAD,
    role: 'replicated',
    status: 'replicating',
    arn: arnIn(ABROAD, 'auto-backup:ab-1'),
    databaseArn: home.arn,
  });

  it('is of its source in the other region, and says so', () => {
    const point = pointOf({ databases: [home], automatedBackups: [replica] }, 'replicated:cluster-ORDERS');
    expect(point).toMatchObject({ ...ABROAD, databaseResourceId: home.resourceId, copiedFrom: home.arn });
  });

  it('opens no window for a database beside it that bears the name of its source', () => {
    const namesake = anObservedDatabase({ ...ABROAD, arn: arnIn(ABROAD, 'cluster:orders'), resourceId: 'cluster-NEW' });
    const { databases } = assemble(theObservations({ databases: [home, namesake], automatedBackups: [replica] }));
    expect(databases.map(({ restoreWindow }) => restoreWindow)).toEqual([null, null]);
  });
});

describe('a live automated backup', () => {
  it('opens the window of the database in its own region only, though another bears the resource id', () => {
    const twin = anObservedDatabase({ ...ABROAD, arn: arnIn(ABROAD, 'cluster:orders') });
    const { databases } = assemble(
      theObservations({ databases: [anObservedDatabase(), twin], automatedBackups: [anAutomatedBackup()] }),
    );
    expect(databases.map(({ region, restoreWindow }) => [region, restoreWindow !== null])).toEqual([
      ['eu-west-1', true],
      ['us-east-1', false],
    ]);
  });
});

describe('a system snapshot', () => {
  const system = anObservedSnapshot({ id: 'rds:orders-2026-02-20', kind: 'system_snapshot' });

  it('ages with the database of its own region and resource id, not with one of that name elsewhere', () => {
    const twin = anObservedDatabase({ ...OTHER, arn: arnIn(OTHER, 'cluster:orders'), retentionDays: 35 });
    expect(pointOf({ databases: [twin], snapshots: [system] }, system.id).retentionDays).toBeNull();
  });

  it('does not end with a retained backup of another account', () => {
    const kept = anAutomatedBackup({ ...OTHER, role: 'retained', status: 'retained' });
    expect(pointOf({ automatedBackups: [kept], snapshots: [system] }, system.id).expiresAt).toBeNull();
  });
});

describe('a snapshot copied to another region or account', () => {
  const original = anObservedSnapshot();
  const copyIn = (scope: typeof ABROAD | typeof OTHER, fields: Partial<RecoveryPoint> = {}) =>
    anObservedSnapshot({
      ...scope,
      id: 'copy',
      arn: arnIn(scope, 'cluster-snapshot:copy'),
      kind: scope === ABROAD ? 'snapshot_copy' : 'account_copy',
      createdAt: COPIED_AT,
      dataAt: null,
      copiedFrom: original.arn,
      ...fields,
    });

  it.each([
    ['region', ABROAD],
    ['account', OTHER],
  ])('in another %s knows its source and the moment of its data', (_, scope) => {
    const point = pointOf({ snapshots: [copyIn(scope), original] }, 'copy');
    expect(point).toMatchObject({ ...scope, dataAt: original.dataAt, copiedFrom: original.arn });
  });

  it('knows the moment of its data through a copy of a copy, in whatever order they are listed', () => {
    const second = copyIn(OTHER, {
      id: 'second',
      arn: arnIn(OTHER, 'cluster-snapshot:second'),
      createdAt: at('2026-02-23T03:00:00Z'),
      copiedFrom: copyIn(ABROAD).arn,
    });
    for (const snapshots of [
      [second, copyIn(ABROAD), original],
      [original, copyIn(ABROAD), second],
    ]) {
      expect(pointOf({ snapshots }, 'second').dataAt).toBe(original.dataAt);
    }
  });

  it('knows no moment when copies name each other in a ring', () => {
    const one = copyIn(ABROAD, { copiedFrom: arnIn(OTHER, 'cluster-snapshot:copy') });
    const other = copyIn(OTHER, { id: 'other', copiedFrom: one.arn });
    expect(pointOf({ snapshots: [one, other] }, 'other').dataAt).toBeNull();
  });

  it('is not dated by a snapshot of the same name in its own region', () => {
    const namesake = anObservedSnapshot({ ...ABROAD, arn: arnIn(ABROAD, `cluster-snapshot:${original.id}`) });
    expect(pointOf({ snapshots: [copyIn(ABROAD), namesake] }, 'copy').dataAt).toBeNull();
  });
});

describe('a snapshot that another account shares with us', () => {
  const seenAsShared = anObservedSnapshot({ kind: 'shared_snapshot', createdAt: at('2026-02-19T03:00:00Z') });
  const owned = anObservedSnapshot();

  it.each([
    ['before', [seenAsShared, owned]],
    ['after', [owned, seenAsShared]],
  ])('and that its owner showed too is one recovery point, the owner’s, when seen %s', (_, snapshots) => {
    expect(pointOf({ snapshots }, owned.id).kind).toBe('manual_snapshot');
  });

  it('stays shared when its owner was not read', () => {
    expect(pointOf({ snapshots: [seenAsShared] }, owned.id).kind).toBe('shared_snapshot');
  });
});

describe('an AWS Backup copy in another vault', () => {
  const vault = `arn:aws:backup:us-east-1:${SCOPE.accountId}:backup-vault:abroad`;
  const origin = `arn:aws:backup:eu-west-1:${SCOPE.accountId}:backup-vault:nightly`;
  const beneath = anObservedSnapshot({
    ...ABROAD,
    id: 'awsbackup:copyjob-1',
    arn: arnIn(ABROAD, 'cluster-snapshot:awsbackup:copyjob-1'),
    kind: 'backup_snapshot',
    createdAt: COPIED_AT,
    dataAt: null,
    copiedFrom: anObservedSnapshot().arn,
  });
  const entry = aVaultPoint({
    ...ABROAD,
    id: beneath.id,
    arn: beneath.arn,
    kind: 'backup_copy',
    copiedFrom: origin,
    vaultArn: vault,
  });

  it('names the snapshot it was copied from, and holds its data', () => {
    const point = pointOf({ snapshots: [beneath, anObservedSnapshot()], vaultPoints: [entry] }, beneath.id);
    expect(point).toMatchObject({ kind: 'backup_copy', vaultArn: vault, dataAt: anObservedSnapshot().dataAt });
    expect(point.copiedFrom).toBe(anObservedSnapshot().arn);
  });

  it('names the vault it came from where the snapshot beneath names nothing', () => {
    const mute = { ...beneath, copiedFrom: null };
    expect(pointOf({ snapshots: [mute], vaultPoints: [entry] }, beneath.id).copiedFrom).toBe(origin);
    expect(pointOf({ vaultPoints: [entry] }, beneath.id).copiedFrom).toBe(origin);
  });

  it('has data of an unknown moment where the cluster snapshot beneath takes the copy for its own beginning', () => {
    const own = { ...beneath, copiedFrom: null, dataAt: COPIED_AT };
    expect(pointOf({ snapshots: [own], vaultPoints: [entry] }, beneath.id).dataAt).toBeNull();
    // Of an instance RDS shows the moment of the original, and what is no copy began when it says.
    const ofInstance = [{ ...own, ofCluster: false }];
    expect(pointOf({ snapshots: ofInstance, vaultPoints: [entry] }, beneath.id).dataAt).toBe(COPIED_AT);
    const first = { ...entry, kind: 'backup_snapshot', copiedFrom: null } as const;
    expect(pointOf({ snapshots: [own], vaultPoints: [first] }, beneath.id).dataAt).toBe(COPIED_AT);
  });

  it('is not joined to a snapshot of the same name in another region', () => {
    const namesake = {
      ...beneath,
      ...SCOPE,
      arn: `arn:aws:rds:eu-west-1:${SCOPE.accountId}:cluster-snapshot:${beneath.id}`,
    };
    const { recoveryPoints } = assemble(theObservations({ snapshots: [namesake], vaultPoints: [entry] }));
    expect(recoveryPoints.find(({ kind }) => kind === 'backup_copy')?.databaseResourceId).toBeNull();
  });
});

describe('an export to S3', () => {
  const find = (fields: Partial<Observations>) => pointOf(fields, anExport().id);

  it('of a listed snapshot is of its database, and holds its data', () => {
    expect(find({ exports: [anExport()], snapshots: [anObservedSnapshot()] })).toMatchObject({
      kind: 's3_export',
      databaseResourceId: 'cluster-ORDERS',
      dataAt: anObservedSnapshot().dataAt,
      copiedFrom: anExport().sourceArn,
    });
  });

  it('of an earlier snapshot of that name stays without a database', () => {
    const remade = anObservedSnapshot({ createdAt: at('2026-02-25T03:00:00Z') });
    expect(find({ exports: [anExport()], snapshots: [remade] }).databaseResourceId).toBeNull();
  });

  it('of a cluster is of the cluster that stood then, not of a later one of that name', () => {
    const database = anObservedDatabase();
    const ofCluster = anExport({ sourceArn: database.arn });
    expect(find({ exports: [ofCluster], databases: [database] }).databaseResourceId).toBe(database.resourceId);
    const reborn = anObservedDatabase({ createdAt: at('2026-02-24T00:00:00Z') });
    expect(find({ exports: [ofCluster], databases: [reborn] }).databaseResourceId).toBeNull();
  });

  it('of something unseen tells no database and no moment', () => {
    expect(find({ exports: [anExport()] })).toMatchObject({
      databaseResourceId: null,
      dataAt: null,
      engine: 'unknown',
    });
  });
});

it('one resource id in two places leaves a threat in both: their recovery points cannot be told apart', () => {
  const twin = anObservedDatabase({ ...OTHER, arn: arnIn(OTHER, 'cluster:orders') });
  const { gaps } = assemble(theObservations({ databases: [anObservedDatabase(), twin] }));
  expect(gaps.map(({ hides, where }) => [hides, where])).toEqual([
    ['threats', SCOPE],
    ['threats', OTHER],
  ]);
});
