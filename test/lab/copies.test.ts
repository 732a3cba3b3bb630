/**
 * Copying snapshots: in one place, from another region, from another account, and the keys each way takes.
 */

import {
  CopyDBClusterSnapshotCommand,
  CopyDBSnapshotCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  type RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { handle } from '../../src/lab/handle.ts';
import { keyArn } from '../../src/lab/keys.ts';
import { ledger } from '../../src/lab/ledger.ts';
import { type Key, type Place, type Snapshot, worldOf } from '../../src/lab/world.ts';
import { ABROAD, EXTERNAL_ID, HOME, ORIGINAL, OTHER, ROLE, threePlaces } from '../support/lab-places.ts';
import { aLab, BILLING, CLUSTER, clientsOf, refusal, SNAPSHOT, START } from './support.ts';

const BILLING_KEY = '7c3d1f52-6f0a-4c1e-9d38-2b5e0a9f4c11';
const HOME_KEY = `arn:aws:kms:eu-west-1:${HOME.accountId}:key/${BILLING_KEY}`;
const arnOf = (identifier: string, type = 'snapshot') =>
  `arn:aws:rds:eu-west-1:${HOME.accountId}:${type}:${identifier}`;

const copy = (source: string, more: object = {}) =>
  new CopyDBSnapshotCommand({ SourceDBSnapshotIdentifier: source, TargetDBSnapshotIdentifier: 'copy', ...more });

const copyCluster = (source: string, more: object = {}) =>
  new CopyDBClusterSnapshotCommand({
    SourceDBClusterSnapshotIdentifier: source,
    TargetDBClusterSnapshotIdentifier: 'copy',
    ...more,
  });

async function shown(rds: RDSClient, DBSnapshotIdentifier = 'copy') {
  const { DBSnapshots } = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }));
  return DBSnapshots?.[0];
}

/** Three places, the home place changed. */
function places(change: (home: Place) => Place): typeof threePlaces {
  return (at) => {
    const estate = threePlaces(at);
    return { ...estate, place: change(estate.place) };
  };
}

const withSnapshot =
  (identifier: string, change: (snapshot: Snapshot) => Snapshot) =>
  (home: Place): Place => ({
    ...home,
    snapshots: home.snapshots.map((snapshot) => (snapshot.identifier === identifier ? change(snapshot) : snapshot)),
  });

const withKey =
  (keyId: string, change: (key: Key) => Key) =>
  (home: Place): Place => ({ ...home, keys: home.keys.map((key) => (key.keyId === keyId ? change(key) : key)) });

/** Clients of the other account. */
async function inOther(estate = threePlaces, region = 'eu-west-1') {
  const { lab, sts } = aLab(estate);
  const assume = new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'test', ExternalId: EXTERNAL_ID });
  const { Credentials } = await sts.send(assume);
  return { lab, ...clientsOf(lab, region, Credentials?.AccessKeyId ?? '') };
}

/** Clients of the home account in the other region. */
function abroad(estate = threePlaces) {
  const { lab } = aLab(estate);
  return { lab, ...clientsOf(lab, 'us-east-1') };
}

describe('a copy in the same place', () => {
  it('is copying, then available: a manual snapshot of its own time with the original’s data', async () => {
    const { rds, lab } = aLab();
    const source = `rds:${BILLING}-2026-11-22-01-10`;
    const { DBSnapshot } = await rds.send(copy(source));
    expect(DBSnapshot).toMatchObject({ Status: 'copying', SnapshotType: 'manual', DBInstanceIdentifier: BILLING });
    lab.advance(239);
    expect((await shown(rds))?.Status).toBe('copying');
    lab.advance(1);
    const made = await shown(rds);
    expect(made).toMatchObject({ Status: 'available', Encrypted: true, KmsKeyId: HOME_KEY, TagList: [] });
    expect(made?.SnapshotCreateTime).toEqual(new Date('2026-11-23T04:00:00Z'));
    expect(made?.OriginalSnapshotCreateTime).toEqual(new Date('2026-11-22T01:10:00Z'));
    expect(made?.SourceDBSnapshotIdentifier).toBeUndefined();
    expect(made?.SourceRegion).toBeUndefined();
  });

  it('restores to the original’s content, even when the original is gone', async () => {
    const { rds, lab } = aLab();
    await rds.send(copy(arnOf(ORIGINAL)));
    lab.advance(600);
    await rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: ORIGINAL }));
    await rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({ DBInstanceIdentifier: 'scratch', DBSnapshotIdentifier: 'copy' }),
    );
    const origins = lab.engine.volumes().map(({ copiedFrom }) => copiedFrom);
    expect(origins).toContainEqual([expect.stringMatching(/^vol-/), `vol-${ORIGINAL}`]);
  });

  it('bears the tags given, and the original’s only when asked to', async () => {
    const { rds } = aLab();
    const Tags = [
      { Key: 'owner', Value: 'drills' },
      { Key: 'why', Value: 'drill' },
    ];
    expect((await rds.send(copy(ORIGINAL, { Tags }))).DBSnapshot?.TagList).toEqual(Tags);
    const both = await rds.send(copy(ORIGINAL, { Tags, CopyTags: true, TargetDBSnapshotIdentifier: 'second' }));
    expect(both.DBSnapshot?.TagList).toEqual([{ Key: 'env', Value: 'production' }, ...Tags]);
  });

  it('may take another key, and a DB snapshot a first one', async () => {
    const { rds } = aLab(places(withSnapshot('for-audit', (snapshot) => ({ ...snapshot, kmsKeyArn: null }))));
    const other = await rds.send(copy(ORIGINAL, { KmsKeyId: 'alias/backup-vault' }));
    expect(other.DBSnapshot?.KmsKeyId).toBe(
      `arn:aws:kms:eu-west-1:${HOME.accountId}:key/1f9a0c7e-52d4-4b6c-8a57-90be3dd1c6a2`,
    );
    const first = await rds.send(copy('for-audit', { KmsKeyId: HOME_KEY, TargetDBSnapshotIdentifier: 'second' }));
    expect(first.DBSnapshot).toMatchObject({ Encrypted: true, KmsKeyId: HOME_KEY });
  });

  it('of a cluster snapshot stays unencrypted; a key for it is refused', async () => {
    const { rds, lab } = aLab();
    const { DBClusterSnapshot } = await rds.send(copyCluster(SNAPSHOT));
    expect(DBClusterSnapshot).toMatchObject({ Status: 'copying', StorageEncrypted: false });
    lab.advance(240);
    const named = new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier: 'copy' });
    const { DBClusterSnapshots } = await rds.send(named);
    expect(DBClusterSnapshots).toMatchObject([{ Status: 'available', DBClusterIdentifier: CLUSTER }]);
    expect(DBClusterSnapshots?.[0]?.SourceDBClusterSnapshotArn).toBeUndefined();
    const keyed = copyCluster(SNAPSHOT, { KmsKeyId: 'alias/billing', TargetDBClusterSnapshotIdentifier: 'second' });
    expect((await refusal(rds.send(keyed))).code).toBe('InvalidParameterCombination');
  });
});

describe('a copy from another region', () => {
  it('names where it came from, and takes a key of its own region', async () => {
    const { rds, lab } = abroad();
    const { DBSnapshot } = await rds.send(copy(arnOf(ORIGINAL), { KmsKeyId: 'alias/aws/rds' }));
    const [key] = lab.world().places['123456789012/us-east-1']?.keys ?? [];
    expect(DBSnapshot).toMatchObject({
      DBSnapshotArn: `arn:aws:rds:us-east-1:${HOME.accountId}:snapshot:copy`,
      SourceDBSnapshotIdentifier: arnOf(ORIGINAL),
      SourceRegion: 'eu-west-1',
      KmsKeyId: key === undefined ? null : keyArn(ABROAD, key),
    });
    lab.advance(240);
    expect((await shown(rds))?.Status).toBe('copying');
    lab.advance(660);
    expect((await shown(rds))?.Status).toBe('available');
  });

  it('of an unencrypted cluster snapshot needs no key', async () => {
    const { rds } = abroad();
    const { DBClusterSnapshot } = await rds.send(copyCluster(arnOf(SNAPSHOT, 'cluster-snapshot')));
    expect(DBClusterSnapshot).toMatchObject({
      StorageEncrypted: false,
      SourceDBClusterSnapshotArn: arnOf(SNAPSHOT, 'cluster-snapshot'),
    });
  });

  it('of a cluster snapshot shows the time of its source', async () => {
    const { rds, lab } = abroad();
    lab.advance(7_200);
    const { DBClusterSnapshot } = await rds.send(copyCluster(arnOf(SNAPSHOT, 'cluster-snapshot')));
    const sources = Object.values(lab.world().places).flatMap(({ snapshots }) =>
      snapshots.filter(({ identifier }) => identifier === SNAPSHOT),
    );
    expect(sources).toHaveLength(1);
    expect(DBClusterSnapshot?.SnapshotCreateTime?.toISOString()).toBe(sources[0]?.createdAt);
  });

  it('is refused without a key, or with one of the region it comes from', async () => {
    const { rds } = abroad();
    expect(await refusal(rds.send(copy(arnOf(ORIGINAL))))).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'Must specify new KMS key for cross region encrypted snapshot copy.',
    });
    // Both regions have a key of this alias.
    const KmsKeyId = `arn:aws:kms:eu-west-1:${HOME.accountId}:alias/aws/rds`;
    const foreign = await refusal(rds.send(copy(arnOf(ORIGINAL), { KmsKeyId })));
    expect(foreign.code).toBe('KMSKeyNotAccessibleFault');
  });

  it('is refused without the signed URL that every SDK adds', () => {
    const body = new URLSearchParams({
      Action: 'CopyDBSnapshot',
      Version: '2014-10-31',
      SourceDBSnapshotIdentifier: arnOf(ORIGINAL),
      TargetDBSnapshotIdentifier: 'copy',
      KmsKeyId: 'alias/aws/rds',
    });
    const authorization = 'AWS4-HMAC-SHA256 Credential=AKIATEST/20261123/us-east-1/rds/aws4_request';
    const request = { method: 'POST', path: '/', query: {}, headers: { authorization }, body: body.toString() };
    const { response } = handle(request, worldOf(threePlaces(START), 'realistic'), START);
    expect(response).toMatchObject({ status: 400, body: expect.stringContaining('PreSignedUrl must be given') });
  });

  it('is refused for a name that is not an ARN, which is looked for here', async () => {
    const { rds } = abroad();
    expect((await refusal(rds.send(copy(ORIGINAL)))).code).toBe('DBSnapshotNotFound');
  });
});

describe('a copy from another account', () => {
  const KmsKeyId = 'alias/aws/rds';

  it('takes a key of its own account and no tags; it is shared with nobody', async () => {
    const { rds, lab } = await inOther();
    const { DBSnapshot } = await rds.send(copy(arnOf('for-audit'), { KmsKeyId, CopyTags: true }));
    expect(DBSnapshot).toMatchObject({
      DBSnapshotArn: `arn:aws:rds:eu-west-1:${OTHER.accountId}:snapshot:copy`,
      SourceDBSnapshotIdentifier: arnOf('for-audit'),
      Encrypted: true,
      TagList: [],
    });
    expect(DBSnapshot?.KmsKeyId).toContain(OTHER.accountId);
    const made = lab
      .world()
      .places[`${OTHER.accountId}/eu-west-1`]?.snapshots.find((item) => item.identifier === 'copy');
    expect(made).toMatchObject({ sourceTags: [] });
    expect(made?.sharedWith).toBeUndefined();
  });

  it('may come from another region too', async () => {
    const { rds } = await inOther(threePlaces, 'us-east-1');
    const { DBSnapshot } = await rds.send(copy(arnOf('for-audit'), { KmsKeyId }));
    expect(DBSnapshot).toMatchObject({
      DBSnapshotArn: `arn:aws:rds:us-east-1:${OTHER.accountId}:snapshot:copy`,
      SourceRegion: 'eu-west-1',
    });
  });

  it('is refused without a key of its own, and when its owner’s cannot be used', async () => {
    const bare = await inOther();
    expect((await refusal(bare.rds.send(copy(arnOf('for-audit'))))).code).toBe('KMSKeyNotAccessibleFault');
    const disabled = await inOther(places(withKey(BILLING_KEY, (key) => ({ ...key, state: 'Disabled' }))));
    const refused = await refusal(disabled.rds.send(copy(arnOf('for-audit'), { KmsKeyId })));
    expect(refused).toMatchObject({ code: 'KMSKeyNotAccessibleFault' });
    expect(refused.message).toContain(BILLING_KEY);
  });

  it('is refused when its owner’s key is the default one', async () => {
    const { rds } = await inOther(places(withKey(BILLING_KEY, (key) => ({ ...key, manager: 'AWS' }))));
    const refused = await refusal(rds.send(copy(arnOf('for-audit'), { KmsKeyId })));
    expect(refused).toMatchObject({ code: 'KMSKeyNotAccessibleFault' });
    expect(refused.message).toContain(BILLING_KEY);
  });

  it('is refused when nobody shared it', async () => {
    const { rds } = await inOther();
    expect((await refusal(rds.send(copy(arnOf(ORIGINAL), { KmsKeyId })))).code).toBe('DBSnapshotNotFound');
  });
});

describe('a copy is refused', () => {
  it('of a snapshot that does not exist, or is not one of that kind', async () => {
    const { rds } = aLab();
    const codes = [
      await refusal(rds.send(copy('none'))),
      await refusal(rds.send(copyCluster('none'))),
      await refusal(rds.send(copy(arnOf('none').replace('eu-west-1', 'ap-south-1')))),
      await refusal(rds.send(copy(arnOf(SNAPSHOT, 'cluster-snapshot')))),
    ].map(({ code }) => code);
    expect(codes).toEqual([
      'DBSnapshotNotFound',
      'DBClusterSnapshotNotFoundFault',
      'DBSnapshotNotFound',
      'InvalidParameterValue',
    ]);
  });

  it('to a name in use, or one that is none', async () => {
    const { rds } = aLab();
    const used = await refusal(rds.send(copy(ORIGINAL, { TargetDBSnapshotIdentifier: ORIGINAL })));
    const bad = await refusal(rds.send(copy(ORIGINAL, { TargetDBSnapshotIdentifier: 'rds:copy' })));
    expect([used.code, bad.code]).toEqual(['DBSnapshotAlreadyExists', 'InvalidParameterValue']);
  });

  it('while the source is being made, or is itself being copied', async () => {
    const { rds } = aLab();
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: BILLING, DBSnapshotIdentifier: 'young' }));
    const cluster = { DBClusterIdentifier: CLUSTER, DBClusterSnapshotIdentifier: 'young' };
    await rds.send(new CreateDBClusterSnapshotCommand(cluster));
    await rds.send(copy(ORIGINAL));
    const next = { TargetDBSnapshotIdentifier: 'second' };
    const codes = [
      await refusal(rds.send(copy('young', next))),
      await refusal(rds.send(copy('copy', next))),
      await refusal(rds.send(copyCluster('young'))),
    ].map(({ code }) => code);
    expect(codes).toEqual(['InvalidDBSnapshotState', 'InvalidDBSnapshotState', 'InvalidDBClusterSnapshotStateFault']);
  });

  it('when the key cannot be used: the source’s, or the one asked for', async () => {
    const disabled = aLab(places(withKey(BILLING_KEY, (key) => ({ ...key, state: 'PendingDeletion' }))));
    const { code } = await refusal(disabled.rds.send(copy(ORIGINAL, { KmsKeyId: 'alias/backup-vault' })));
    expect(code).toBe('KMSKeyNotAccessibleFault');
    const unknown = await refusal(aLab().rds.send(copy(ORIGINAL, { KmsKeyId: 'alias/none' })));
    expect(unknown.code).toBe('KMSKeyNotAccessibleFault');
  });

  it('of a Multi-AZ DB cluster', async () => {
    const { rds } = aLab(places(withSnapshot(SNAPSHOT, (snapshot) => ({ ...snapshot, engine: 'postgres' }))));
    expect((await refusal(rds.send(copyCluster(SNAPSHOT)))).code).toBe('InvalidDBClusterSnapshotStateFault');
  });

  it('beyond the copies in progress that a region takes', async () => {
    const { rds, lab } = aLab();
    const target = (n: number) => copyCluster(SNAPSHOT, { TargetDBClusterSnapshotIdentifier: `copy-${n}` });
    for (const n of [1, 2, 3, 4, 5]) await rds.send(target(n));
    expect((await refusal(rds.send(target(6)))).code).toBe('SnapshotQuotaExceeded');
    lab.advance(240);
    expect((await rds.send(target(6))).DBClusterSnapshot?.Status).toBe('copying');
  });

  it('with a parameter the lab does not have, by name', async () => {
    const { rds } = aLab();
    expect((await refusal(rds.send(copy(ORIGINAL, { CopyOptionGroup: true })))).message).toContain('CopyOptionGroup');
  });
});

it('the ledger names the new snapshot', async () => {
  const { rds, lab } = aLab();
  await rds.send(copy(ORIGINAL));
  await refusal(rds.send(copyCluster('none')));
  expect(ledger(lab.world()).map(({ action, target, outcome }) => [action, target, outcome])).toEqual([
    ['CopyDBSnapshot', arnOf('copy'), 'ok'],
    ['CopyDBClusterSnapshot', arnOf('copy', 'cluster-snapshot'), 'DBClusterSnapshotNotFoundFault'],
  ]);
});
