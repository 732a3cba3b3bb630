/** Reasons beside the requirement: what gaps may hide, and what a person should know though it forces nothing. */

import { describe, expect, it } from 'vitest';
import { addDays, type Instant } from '../../src/core/time.ts';
import type { Action, Prerequisite } from '../../src/intent/action.ts';
import type { Database, Gap, Inventory } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { RULES, type RuleCode } from '../../src/survival/rules.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import type { DatabaseView, Reason } from '../../src/verdict/document.ts';
import { reason } from '../../src/verdict/reason.ts';
import type { ReasonCode } from '../../src/verdict/reasons.ts';
import { withGaps } from '../../src/verdict/side-reasons.ts';
import {
  aCluster,
  aDatabase,
  aDrill,
  aKey,
  anIntent,
  anInventory,
  aPoint,
  aTarget,
  aVault,
  KEY_ARN,
  NOW,
  SCOPE,
  theDelete,
} from '../support/builders.ts';

const orders = aDatabase();
const courses = aCluster();
const FAR = { ...SCOPE, region: 'us-east-1' };
const OTHER = { ...SCOPE, accountId: '999999999999' };

/** The databases that a change concerns, by name. */
function decide(actions: readonly Action[], inventory: Partial<Inventory>): ReadonlyMap<string, DatabaseView> {
  const { databases } = decideChange({
    intent: anIntent(actions),
    inventory: anInventory(inventory),
    policy: DEFAULT_POLICY,
    drills: [aDrill(orders)],
    at: NOW,
    logged: true,
  });
  return new Map(databases.map((view) => [view.identifier, view]));
}

function saidOf(view: DatabaseView | undefined, code: ReasonCode): readonly Reason[] {
  return (view?.reasons ?? []).filter((found) => found.code === code);
}

describe('a gap', () => {
  const gapOf = (hides: Gap['hides'], where = SCOPE, what = 'vaults', action = 'backup:ListBackupVaults'): Gap => ({
    what,
    where,
    action,
    cause: 'AccessDenied',
    hides,
  });
  const missing = reason('no_survivor', 'nothing is left', { remedy: 'take a snapshot' });
  const slow = reason('restore_too_slow', 'it takes an hour');

  it('over survivors of the account softens what survivors would clear, and nothing else', () => {
    const gaps = [gapOf('survivors'), gapOf('survivors', FAR, 'snapshots'), gapOf('survivors', OTHER, 'copies')];
    const cleared = reason('gap_hides_survivors', 'nothing is left, but vaults, snapshots could not be read', {
      remedy: 'take a snapshot',
    });
    expect(withGaps([missing, slow], gaps, orders)).toEqual([cleared, slow]);
  });

  it.each<[string, Gap, readonly Reason[]]>([
    ['over survivors of another account', gapOf('survivors', OTHER), []],
    ['over databases', gapOf('databases'), []],
    ['over threats in another region', gapOf('threats', FAR), []],
    ['over threats in another account', gapOf('threats', OTHER), []],
    ['over the state of a key', gapOf('threats', SCOPE, 'a key', 'kms:DescribeKey'), []],
    [
      'over threats where the database lies',
      gapOf('threats'),
      [reason('gap_hides_threats', 'vaults could not be read (backup:ListBackupVaults: AccessDenied)')],
    ],
  ])('%s leaves what is known as it is', (_, gap, besides) => {
    expect(withGaps([missing], [gap], orders)).toEqual([missing, ...besides]);
  });
});

describe('what a restore needs and the change deletes', () => {
  const needy = aDatabase({ parameterGroup: 'orders-parameters', optionGroups: ['orders-options'] });
  const users = aDatabase({
    arn: 'arn:aws:rds:eu-west-1:123456789012:db:users',
    resourceId: 'db-USERS',
    identifier: 'users',
    subnetGroup: 'users-subnets',
    securityGroupIds: ['sg-0users'],
  });
  const without = (prerequisite: Prerequisite, identifier: string): Action => ({
    kind: 'delete_prerequisite',
    prerequisite,
    target: { arn: null, resourceId: null, identifier, scope: SCOPE },
  });

  it.each<[Prerequisite, string, string]>([
    ['subnet_group', 'orders-subnets', 'subnet group orders-subnets'],
    ['parameter_group', 'orders-parameters', 'parameter group orders-parameters'],
    ['option_group', 'orders-options', 'option group orders-options'],
    ['security_group', 'sg-0orders', 'security group sg-0orders'],
  ])('is told of its %s to the database that uses it', (prerequisite, name, words) => {
    const found = decide([theDelete(needy), theDelete(users), without(prerequisite, name)], {
      databases: [needy, users],
    });
    expect(found.get('orders')?.prerequisitesLost).toEqual([words]);
    expect(saidOf(found.get('orders'), 'prerequisites_lost')).toEqual([
      reason('prerequisites_lost', `a restore needs these, and they go too: ${words}`),
    ]);
    expect(found.get('users')?.prerequisitesLost).toEqual([]);
    expect(saidOf(found.get('users'), 'prerequisites_lost')).toEqual([]);
  });

  it('is told of all of them together', () => {
    const found = decide(
      [theDelete(needy), without('subnet_group', 'orders-subnets'), without('security_group', 'sg-0orders')],
      { databases: [needy] },
    );
    expect(saidOf(found.get('orders'), 'prerequisites_lost').map(({ message }) => message)).toEqual([
      'a restore needs these, and they go too: subnet group orders-subnets, security group sg-0orders',
    ]);
  });
});

describe('a deletion that AWS would refuse now', () => {
  const guarded = { deletionProtection: true };
  const refused = (identifier: string, source: RuleCode) => {
    const counts = `AWS would refuse to delete ${identifier} now, which one more call lifts, so it counts for nothing`;
    return reason('refused_now', `${counts}: ${RULES[source].statement}`, { source });
  };

  it.each<[string, Database, RuleCode]>([
    ['an instance', aDatabase(guarded), 'deletion_protection_refuses'],
    ['a cluster', aCluster(guarded), 'deletion_protection_refuses'],
    ['a cluster with instances', courses, 'cluster_still_has_members'],
  ])('is told of %s with the rule', (_, database, rule) => {
    const view = decide([theDelete(database)], { databases: [database] }).get(database.identifier);
    expect(saidOf(view, 'refused_now')).toEqual([refused(database.identifier, rule)]);
  });

  it('is told once, however often the change asks for it, and of that database alone', () => {
    const database = aDatabase(guarded);
    const found = decide([theDelete(database), theDelete(courses), theDelete(database)], {
      databases: [database, courses],
    });
    expect(saidOf(found.get('orders'), 'refused_now')).toEqual([refused('orders', 'deletion_protection_refuses')]);
    expect(saidOf(found.get('courses'), 'refused_now')).toEqual([refused('courses', 'cluster_still_has_members')]);
  });

  it.each<[string, Database]>([
    ['the tool switches protection off by itself', aDatabase(guarded)],
    ['nothing stands in its way', orders],
  ])('is not told where %s', (_, database) => {
    const found = decide([theDelete(database, { disarmsProtection: true })], { databases: [database] });
    expect(saidOf(found.get('orders'), 'refused_now')).toEqual([]);
  });

  it('is not told of a rule by which nothing is refused: an instance goes and the volume stays', () => {
    const [member] = courses.members;
    const target = { arn: null, resourceId: null, identifier: member?.identifier ?? '', scope: SCOPE };
    const instance = { ...theDelete(orders), target } as Action;
    const found = decide([instance, theDelete(courses)], { databases: [courses] });
    expect(saidOf(found.get('courses'), 'refused_now')).toEqual([]);
  });

  it('is not told of a step that deletes something else of it', () => {
    const manual = aPoint(orders);
    const step: Action = { kind: 'delete_db_snapshot', target: aTarget({ arn: manual.arn, identifier: manual.id }) };
    const found = decide([step, theDelete(orders)], { databases: [orders], recoveryPoints: [manual] });
    expect(saidOf(found.get('orders'), 'refused_now')).toEqual([]);
  });
});

it('recovery points that remain unreadable are named, exports aside', () => {
  const sealed = (id: string) => aPoint(orders, { id, arn: `arn:${id}`, encrypted: true, keyArn: KEY_ARN });
  const view = decide([theDelete(orders)], {
    databases: [orders],
    recoveryPoints: [sealed('a'), sealed('b'), aPoint(orders, { id: 'x', arn: 'arn:x', kind: 's3_export' })],
    keys: [aKey({ state: 'disabled' })],
  }).get('orders');
  expect(saidOf(view, 'survivors_unreadable')).toEqual([
    reason('survivors_unreadable', 'these remain but no restore can use them: a, b'),
  ]);
});

describe('an end that every survivor has', () => {
  const vault = aVault();
  const ending = (id: string, expiresAt: Instant | null) =>
    aPoint(orders, { id, arn: `arn:${id}`, kind: 'backup_snapshot', vaultArn: vault.arn, expiresAt });
  const soon = ending('soon', addDays(NOW, 2));
  const late = ending('late', addDays(NOW, 9));

  it.each([
    ['the last of several', [late, soon], [`every survivor ends by itself, the last at ${addDays(NOW, 9)}`]],
    ['none, while one stays', [soon, ending('stays', null)], []],
    ['none, where nothing survives', [], []],
  ])('is told: %s', (_, recoveryPoints, messages) => {
    const view = decide([theDelete(orders)], { databases: [orders], recoveryPoints, vaults: [vault] }).get('orders');
    expect(saidOf(view, 'last_survivor_expires').map(({ message }) => message)).toEqual(messages);
  });
});
