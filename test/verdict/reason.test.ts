/** Reasons as data: which verdict they force together, in which order they are told, and what would clear each. */

import { describe, expect, it } from 'vitest';
import type { Database, Key, KeyState } from '../../src/inventory/model.ts';
import type { VerdictWord } from '../../src/verdict/document.ts';
import { inOrder, reason, verdictOf, worstOf } from '../../src/verdict/reason.ts';
import type { ReasonCode } from '../../src/verdict/reasons.ts';
import { remedyFor } from '../../src/verdict/remedies.ts';
import { aCluster, aDatabase, aKey, KEY_ARN } from '../support/builders.ts';

const orders = aDatabase();
const courses = aCluster();
const reasonsOf = (...codes: readonly ReasonCode[]) => codes.map((code) => reason(code, code));

describe('the verdict', () => {
  it.each<[VerdictWord, readonly ReasonCode[]]>([
    ['ready', []],
    ['ready', ['prerequisites_lost', 'human_approval_required']],
    ['unknown', ['prerequisites_lost', 'data_loss_unknown']],
    ['not_ready', ['data_loss_unknown', 'no_survivor']],
    ['not_ready', ['no_survivor', 'prerequisites_lost']],
  ])('is %s by %j', (verdict, codes) => {
    expect(verdictOf(reasonsOf(...codes))).toBe(verdict);
  });

  it.each<[VerdictWord, readonly VerdictWord[]]>([
    ['unknown', []],
    ['ready', ['ready', 'ready']],
    ['unknown', ['ready', 'unknown', 'ready']],
    ['not_ready', ['unknown', 'not_ready', 'ready']],
  ])('is %s, the worst of %j', (verdict, all) => {
    expect(worstOf(all)).toBe(verdict);
  });
});

it('the weightiest reason comes first, and equals come in the order of the catalogue', () => {
  const told = inOrder(
    reasonsOf(
      'nothing_at_stake',
      'incomplete_plan',
      'gap_hides_losses',
      'create_collides',
      'survivors_unreadable',
      'data_loss_unknown',
      'data_loss_exceeded',
      'no_survivor',
    ),
  );
  expect(told.map(({ code }) => code)).toEqual([
    'no_survivor',
    'data_loss_exceeded',
    'create_collides',
    'data_loss_unknown',
    'gap_hides_losses',
    'survivors_unreadable',
    'incomplete_plan',
    'nothing_at_stake',
  ]);
});

interface Keys {
  readonly before?: readonly Key[];
  readonly after?: readonly Key[];
  readonly keysInDoubt?: readonly string[];
}

describe('the remedy', () => {
  const of = (database: Database, { before = [], after = before, keysInDoubt = [] }: Keys = {}) => ({
    database,
    survival: { before: { keys: before }, after: { keys: after, keysInDoubt } },
  });
  const SNAPSHOT = 'take a manual snapshot, which outlives the database:\n';
  const OF_INSTANCE =
    'aws rds create-db-snapshot --region eu-west-1 --db-instance-identifier orders --db-snapshot-identifier orders-before-change';
  const OF_CLUSTER =
    'aws rds create-db-cluster-snapshot --region eu-west-1 --db-cluster-identifier courses --db-cluster-snapshot-identifier courses-before-change';

  it.each<ReasonCode>(['no_survivor', 'survivor_only_in_plan', 'data_loss_exceeded', 'data_loss_unknown'])(
    'of %s is a manual snapshot, taken of a cluster as AWS takes it of clusters',
    (code) => {
      expect(remedyFor(code, of(orders))).toBe(SNAPSHOT + OF_INSTANCE);
      expect(remedyFor(code, of(courses))).toBe(SNAPSHOT + OF_CLUSTER);
      expect(remedyFor(code, of(aCluster({ kind: 'multi_az_cluster' })))).toBe(SNAPSHOT + OF_CLUSTER);
    },
  );

  describe('where nothing survives and the database is encrypted', () => {
    const sealed = aDatabase({ encrypted: true, keyArn: KEY_ARN });
    const enable = `aws kms enable-key --region eu-west-1 --key-id ${KEY_ARN}`;
    const first = 'before anything under it is restored or taken';
    const keep = `keep its key out of this change, since a snapshot taken now would lie under it too: ${KEY_ARN}`;

    it.each<[KeyState, string]>([
      [
        'pending_deletion',
        `call off the deletion of its key and enable it, ${first}:\naws kms cancel-key-deletion --region eu-west-1 --key-id ${KEY_ARN}\n${enable}`,
      ],
      ['disabled', `enable its key, ${first}:\n${enable}`],
      ['pending_import', `make its key usable, which is pending import, ${first}: ${KEY_ARN}`],
    ])('is of its key, which is %s, and no snapshot under it', (state, remedy) => {
      expect(remedyFor('no_survivor', of(sealed, { before: [aKey({ state })] }))).toBe(remedy);
    });

    it('is to keep the key that the change takes, or puts in doubt', () => {
      const after = [aKey({ state: 'pending_deletion' })];
      expect(remedyFor('no_survivor', of(sealed, { before: [aKey()], after }))).toBe(keep);
      expect(remedyFor('no_survivor', of(sealed, { before: [aKey()], keysInDoubt: [KEY_ARN] }))).toBe(keep);
    });

    it('is a snapshot while its own key is usable, whatever becomes of others', () => {
      const other = aKey({ arn: `${KEY_ARN}0`, state: 'disabled' });
      expect(remedyFor('no_survivor', of(sealed, { before: [other, aKey()] }))).toBe(SNAPSHOT + OF_INSTANCE);
    });
  });

  it('is no snapshot in a status in which AWS takes none', () => {
    const failed = of(aDatabase({ status: 'failed' }));
    expect(remedyFor('no_survivor', failed)).toBe(
      'AWS takes no snapshot of it while its status is failed: bring it to available, or restore its data elsewhere first',
    );
    const growing = of(aDatabase({ status: 'storage-optimization' }));
    expect(remedyFor('no_survivor', growing)).toBe(SNAPSHOT + OF_INSTANCE);
  });

  it.each<[ReasonCode, string | null]>([
    ['restore_never_proven', 'restore it to a scratch database and question it:\nmuster drill run orders'],
    ['restore_proof_stale', 'restore it to a scratch database and question it:\nmuster drill run orders'],
    ['restore_proof_weak', 'restore it to a scratch database and question it:\nmuster drill run orders'],
    ['restore_failed', 'see why, mend it and drill again:\nmuster drill list\nmuster drill run orders'],
    [
      'restore_too_slow',
      'raise the objective or restore into a larger class, then drill again:\nmuster drill run orders',
    ],
    ['survival_unknown', null],
  ])('of %s', (code, remedy) => {
    expect(remedyFor(code, of(orders))).toBe(remedy);
  });
});
