/**
 * The hands that change and remove: every refusal that keeps production out of reach, and what they say when they act.
 *
 * "Nothing is touched" is read from the lab's own ledger, which keeps every call that could have changed something.
 */

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../src/core/time.ts';
import type { ScratchProof } from '../../../src/drill/guard.ts';
import { datatalks } from '../../../src/lab/estates/datatalks.ts';
import type { Instance, Tag } from '../../../src/lab/world.ts';
import { queryError, type Tamper } from '../../support/aws-lab.ts';
import {
  aPlan,
  aScratchBench,
  aVaultPlan,
  BILLING,
  BILLING_ID,
  ID,
  MEMBER,
  PRODUCTION,
  proofOf,
  TAGS,
} from '../../support/scratch-bench.ts';

const HANDS = ['setPassword', 'stop', 'remove', 'mark'] as const;
type Hand = (typeof HANDS)[number];
type Bench = ReturnType<typeof aScratchBench>;

function act(
  { operator }: Bench,
  hand: Hand,
  proof: ScratchProof,
  tags: Readonly<Record<string, string>> = TAGS,
): Promise<void> {
  switch (hand) {
    case 'setPassword':
      return operator.setPassword(proof, 'a-fresh-password');
    case 'mark':
      return operator.mark(proof, tags);
    default:
      return operator[hand](proof);
  }
}

const refused = (why: string) => ({
  code: 'MUSTER_DRILL_FAILED',
  retryable: false,
  message: expect.stringContaining(why),
});
const forge = (proof: ScratchProof, fields: Partial<ScratchProof>): ScratchProof => ({ ...proof, ...fields });
const tagList = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

/** An instance of the drill, available. */
async function anInstance(tamper?: Tamper): Promise<Bench> {
  const bench = aScratchBench(tamper === undefined ? {} : { tamper });
  await bench.operator.restoreInstance(aPlan('instance'));
  bench.lab.advance(3_600);
  return bench;
}

/** A cluster of the drill and its member, both available. */
async function aCluster(tamper?: Tamper): Promise<Bench> {
  const bench = aScratchBench(tamper === undefined ? {} : { tamper });
  await bench.operator.restoreCluster(aPlan('cluster'));
  bench.lab.advance(3_600);
  await bench.operator.addInstance(aPlan('cluster'));
  bench.lab.advance(3_600);
  return bench;
}

describe('what is proven ours', () => {
  it('of a cluster gets a password, and goes without leaving anything behind', async () => {
    const bench = await aCluster();
    const { operator, lab, lastSent, place } = bench;
    await operator.setPassword(await proofOf(operator, 'cluster', ID), 'a-fresh-password');
    expect(lastSent('ModifyDBCluster')).toEqual({
      DBClusterIdentifier: ID,
      MasterUserPassword: 'a-fresh-password',
      ApplyImmediately: 'true',
    });
    lab.advance(3_600);
    await operator.remove(await proofOf(operator, 'instance', MEMBER));
    expect(lastSent('DeleteDBInstance')).toEqual({
      DBInstanceIdentifier: MEMBER,
      SkipFinalSnapshot: 'true',
      DeleteAutomatedBackups: 'true',
    });
    lab.advance(3_600);
    await operator.remove(await proofOf(operator, 'cluster', ID));
    expect(lastSent('DeleteDBCluster')).toEqual({
      DBClusterIdentifier: ID,
      SkipFinalSnapshot: 'true',
      DeleteAutomatedBackups: 'true',
    });
    lab.advance(3_600);
    expect(await operator.describe('cluster', ID)).toBeNull();
    expect(await operator.describe('instance', MEMBER)).toBeNull();
    expect(place().retained).toEqual([]);
    expect(place().snapshots.filter(({ sourceIdentifier }) => sourceIdentifier === ID)).toEqual([]);
  });

  it('of an instance gets a password, and is stopped once', async () => {
    const bench = await anInstance();
    const { operator, lab, lastSent, writes } = bench;
    const proof = await proofOf(operator, 'instance', ID);
    await operator.setPassword(proof, 'a-fresh-password');
    expect(lastSent('ModifyDBInstance')).toEqual({
      DBInstanceIdentifier: ID,
      MasterUserPassword: 'a-fresh-password',
      ApplyImmediately: 'true',
    });
    lab.advance(3_600);
    await operator.stop(proof);
    expect(lastSent('StopDBInstance')).toEqual({ DBInstanceIdentifier: ID });
    await operator.stop(proof);
    lab.advance(3_600);
    expect((await operator.describe('instance', ID))?.status).toBe('stopped');
    await operator.stop(proof);
    expect(writes().filter((call) => call.startsWith('Stop'))).toEqual([`StopDBInstance ${ID}`]);
  });

  it('of a cluster is stopped as a whole', async () => {
    const { operator, lab, lastSent } = await aCluster();
    await operator.stop(await proofOf(operator, 'cluster', ID));
    expect(lastSent('StopDBCluster')).toEqual({ DBClusterIdentifier: ID });
    lab.advance(3_600);
    expect((await operator.describe('cluster', ID))?.status).toBe('stopped');
  });

  it.each(['instance', 'cluster'] as const)(
    'of a stopped cluster is started first, then removed: the %s',
    async (kind) => {
      const { operator, lab, lastSent, writes } = await aCluster();
      const id = kind === 'cluster' ? ID : MEMBER;
      await operator.stop(await proofOf(operator, 'cluster', ID));
      lab.advance(3_600);
      const proof = await proofOf(operator, kind, id);
      await expect(operator.remove(proof)).rejects.toMatchObject({
        code: 'MUSTER_AWS_UNAVAILABLE',
        message: `cluster ${ID} was stopped: it is removed once it has started`,
      });
      expect(lastSent('StartDBCluster')).toEqual({ DBClusterIdentifier: ID });
      lab.advance(3_600);
      await operator.remove(await proofOf(operator, 'instance', MEMBER));
      lab.advance(3_600);
      await operator.remove(await proofOf(operator, 'cluster', ID));
      expect(writes().slice(-2)).toEqual([`DeleteDBInstance ${MEMBER}`, `DeleteDBCluster ${ID}`]);
    },
  );

  it('of a stopped cluster that is not the drill’s is left alone with it', async () => {
    const estate = (at: Instant) => {
      const told = datatalks(at);
      const clusters = told.place.clusters.map((cluster) => ({ ...cluster, status: 'stopped' }));
      const ours = { identifier: MEMBER, status: 'stopped', createdAt: at, tags: tagList(TAGS) };
      const instances = told.place.instances.map((one) => (one.clusterResourceId === null ? one : { ...one, ...ours }));
      return { ...told, place: { ...told.place, clusters, instances } };
    };
    const { operator, writes } = aScratchBench({ estate });
    await expect(operator.remove(await proofOf(operator, 'instance', MEMBER))).rejects.toMatchObject(
      refused(`cluster ${PRODUCTION} is left alone`),
    );
    expect(writes()).toEqual([]);
  });

  it('of a stopped instance is removed as it is', async () => {
    const { operator, lab, writes } = await anInstance();
    const proof = await proofOf(operator, 'instance', ID);
    await operator.stop(proof);
    lab.advance(3_600);
    await operator.remove(proof);
    expect(writes().slice(-2)).toEqual([`StopDBInstance ${ID}`, `DeleteDBInstance ${ID}`]);
  });

  it('is removed once while the removal runs, and after it is gone', async () => {
    const { operator, lab, writes } = await anInstance();
    const proof = await proofOf(operator, 'instance', ID);
    await operator.remove(proof);
    await operator.remove(proof);
    lab.advance(3_600);
    await operator.remove(proof);
    expect(writes().filter((call) => call.startsWith('Delete'))).toEqual([`DeleteDBInstance ${ID}`]);
  });

  it.each(['setPassword', 'stop', 'mark'] as const)('but gone cannot be changed: %s', async (hand) => {
    const bench = await anInstance();
    const proof = await proofOf(bench.operator, 'instance', ID);
    await bench.operator.remove(proof);
    bench.lab.advance(3_600);
    await expect(act(bench, hand, proof)).rejects.toMatchObject(refused('it is gone'));
  });

  it('and gone between look and removal is as good as removed', async () => {
    const { operator } = await anInstance(({ action }) =>
      action === 'DeleteDBInstance' ? queryError(404, 'DBInstanceNotFound') : null,
    );
    await expect(operator.remove(await proofOf(operator, 'instance', ID))).resolves.toBeUndefined();
  });

  it.each(['setPassword', 'stop'] as const)('but a snapshot has nothing to change: %s', async (hand) => {
    const bench = aScratchBench({ estate: withSnapshot });
    await expect(act(bench, hand, await proofOf(bench.operator, 'snapshot', ID))).rejects.toMatchObject(
      refused('a snapshot'),
    );
    expect(bench.writes()).toEqual([]);
  });
});

describe('each hand refuses,', () => {
  /** What AWS shows once the proof was given; everything else is as the drill made it. */
  const REFUSALS: readonly [string, string, (proof: ScratchProof) => ScratchProof, readonly Hand[]][] = [
    ['a name without the prefix', 'does not bear the prefix', (proof) => forge(proof, { id: BILLING }), HANDS],
    [
      'a proof of another resource id',
      'another one of the same name',
      (proof) => forge(proof, { resourceId: BILLING_ID }),
      HANDS,
    ],
    ['a proof of another drill', 'drill', (proof) => forge(proof, { drillId: 'other' }), HANDS],
    [
      'a proof of no drill',
      'names no drill',
      (proof) => forge(proof, { drillId: '' }),
      ['setPassword', 'stop', 'remove'],
    ],
    [
      'a proof that allows tags only',
      'writing of tags',
      (proof) => forge(proof, { allows: 'mark' }),
      ['setPassword', 'stop', 'remove'],
    ],
  ];

  describe.each(REFUSALS)('%s', (_, why, of, hands) => {
    it.each(hands)('%s', async (hand) => {
      const bench = await anInstance();
      const before = bench.writes();
      const proof = of(await proofOf(bench.operator, 'instance', ID));
      const tags = { ...TAGS, 'muster:drill': proof.drillId };
      await expect(act(bench, hand, proof, tags)).rejects.toMatchObject(refused(why));
      expect(bench.writes()).toEqual(before);
    });
  });

  it.each(['setPassword', 'stop', 'remove'] as const)(
    'and does as it is told where none of this is so: %s',
    async (hand) => {
      const bench = await anInstance();
      const before = bench.writes().length;
      await act(bench, hand, await proofOf(bench.operator, 'instance', ID));
      expect(bench.writes()).toHaveLength(before + 1);
    },
  );

  it.each([
    ['are gone', {}],
    ['name another drill', { ...TAGS, 'muster:drill': 'other' }],
    ['say it is no scratch', { ...TAGS, 'muster:scratch': 'false' }],
  ])('what was ours but whose tags %s', async (_, tags) => {
    for (const hand of ['setPassword', 'stop', 'remove'] as const) {
      const bench = aScratchBench({ estate: (at) => withBilling(at, { identifier: ID, tags: tagList(tags) }) });
      const proof = await proofOf(bench.operator, 'instance', ID, { tags: TAGS });
      await expect(act(bench, hand, proof)).rejects.toMatchObject(refused('its tags do not name drill abc'));
      expect(bench.writes()).toEqual([]);
    }
  });
});

describe('in an estate made to deceive, nothing is touched:', () => {
  const attempt = async (bench: Bench, proof: ScratchProof): Promise<void> => {
    for (const hand of HANDS)
      await expect(act(bench, hand, proof)).rejects.toMatchObject({ code: 'MUSTER_DRILL_FAILED' });
    expect(bench.writes()).toEqual([]);
  };

  it('production that bears Muster’s tags', async () => {
    const bench = aScratchBench({
      estate: (at) => withBilling(at, { tags: tagList(TAGS), deletionProtection: false }),
    });
    const proof = await proofOf(bench.operator, 'instance', ID);
    await attempt(bench, forge(proof, { id: BILLING, resourceId: BILLING_ID }));
  });

  it('production that bears Muster’s prefix', async () => {
    const estate = (at: Instant) => withBilling(at, { identifier: ID, tags: [], deletionProtection: false });
    const bench = aScratchBench({ estate });
    await attempt(bench, await proofOf(bench.operator, 'instance', ID, { tags: TAGS, resourceId: 'db-OURS' }));
  });

  it('a database that took the name and the tags of a scratch', async () => {
    const estate = (at: Instant) => withBilling(at, { identifier: ID, tags: tagList(TAGS), deletionProtection: false });
    const bench = aScratchBench({ estate });
    await attempt(bench, await proofOf(bench.operator, 'instance', ID, { resourceId: 'db-OURS' }));
  });

  it('a scratch that was renamed to a name that is not ours', async () => {
    const estate = (at: Instant) =>
      withBilling(at, { identifier: 'orders', tags: tagList(TAGS), deletionProtection: false });
    const bench = aScratchBench({ estate });
    const proof = await proofOf(bench.operator, 'instance', ID);
    await attempt(bench, forge(proof, { id: 'orders', resourceId: BILLING_ID }));
    await bench.operator.remove(proof);
    expect(bench.writes()).toEqual([]);
  });

  it('a cluster under a proof of an instance, and the other way about', async () => {
    const bench = aScratchBench();
    const proof = await proofOf(bench.operator, 'cluster', ID);
    await attempt(bench, forge(proof, { id: PRODUCTION }));
    await bench.operator.remove(forge(proof, { kind: 'instance' }));
    expect(bench.writes()).toEqual([]);
  });
});

describe('what AWS Backup made', () => {
  /** Restored by a job, available, and without a tag of ours. */
  async function restored(): Promise<Bench & { readonly proof: ScratchProof }> {
    const bench = aScratchBench();
    await bench.operator.startRestoreJob(aVaultPlan('instance'));
    for (let passed = 0; passed < 3; passed += 1) bench.lab.advance(3_600);
    const proof = forge(await proofOf(bench.operator, 'instance', ID, { tags: TAGS }), { allows: 'mark' });
    return { ...bench, proof };
  }

  it('is marked with the tags of the drill, and then may be removed', async () => {
    const { operator, proof, lastSent, writes } = await restored();
    await operator.mark(proof, TAGS);
    expect(lastSent('AddTagsToResource')).toMatchObject({
      ResourceName: `arn:aws:rds:eu-west-1:123456789012:db:${ID}`,
      'Tags.Tag.1.Key': 'muster:drill',
      'Tags.Tag.1.Value': 'abc',
    });
    expect((await operator.describe('instance', ID))?.tags).toMatchObject(TAGS);
    await expect(operator.remove(proof)).rejects.toMatchObject(refused('writing of tags'));
    await operator.remove(await proofOf(operator, 'instance', ID));
    expect(writes().at(-1)).toBe(`DeleteDBInstance ${ID}`);
  });

  it('is not marked with tags that do not name the drill', async () => {
    const { operator, proof, writes } = await restored();
    const before = writes();
    for (const tags of [{}, { ...TAGS, 'muster:drill': 'other' }, { 'muster:drill': 'abc' }]) {
      await expect(operator.mark(proof, tags)).rejects.toMatchObject(refused('do not name drill abc'));
    }
    expect(writes()).toEqual(before);
  });

  it('is not marked when its tags name another drill', async () => {
    const bench = aScratchBench({
      estate: (at) => withBilling(at, { identifier: ID, tags: tagList({ 'muster:drill': 'b' }) }),
    });
    const proof = await proofOf(bench.operator, 'instance', ID, { tags: TAGS });
    await expect(bench.operator.mark(proof, TAGS)).rejects.toMatchObject(refused('its tags name another drill'));
    expect(bench.writes()).toEqual([]);
  });
});

it('a password is in no error, whatever AWS says of it', async () => {
  const password = 'canary-password';
  const { operator } = await anInstance(({ action }) =>
    action === 'ModifyDBInstance' ? queryError(400, 'InvalidParameterValue', `${password} is too short`) : null,
  );
  const proof = await proofOf(operator, 'instance', ID);
  const error: unknown = await operator.setPassword(proof, password).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'MUSTER_DRILL_FAILED' });
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain(password);
});

/** The story's estate with billing changed, and made just now so that its age gives nothing away. */
function withBilling(at: Instant, fields: Partial<Instance>) {
  const estate = datatalks(at);
  const instances = estate.place.instances.map((instance) =>
    instance.identifier === BILLING ? { ...instance, createdAt: at, ...fields } : instance,
  );
  return { ...estate, place: { ...estate.place, instances } };
}

/** The story's estate with a snapshot of the drill's. */
function withSnapshot(at: Instant) {
  const estate = datatalks(at);
  const copies = estate.place.snapshots.flatMap((snapshot) =>
    snapshot.type === 'manual' ? [{ ...snapshot, identifier: ID, createdAt: at, tags: tagList(TAGS) }] : [],
  );
  return { ...estate, place: { ...estate.place, snapshots: [...estate.place.snapshots, ...copies] } };
}
