/** What a change reaches that nobody observed: each place, thing, recovery point and gap is said, and nothing more. */

import { describe, expect, it } from 'vitest';
import type { Scope } from '../../src/core/arn.ts';
import type { Action, Intent, Target } from '../../src/intent/action.ts';
import type { Gap, Inventory } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { survive } from '../../src/survival/survive.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import { gapReasons, orphanReasons, scopeReasons, targetReasons } from '../../src/verdict/unseen.ts';
import {
  aCluster,
  aDatabase,
  aKey,
  anIntent,
  anInventory,
  aPoint,
  aTargetOf,
  aVault,
  KEY_ARN,
  NOW,
  SCOPE,
  theDelete,
  thePitr,
} from '../support/builders.ts';

const FAR: Scope = { ...SCOPE, region: 'us-east-1' };
const OTHER: Scope = { ...SCOPE, accountId: '999999999999' };
const orders = aDatabase();
const courses = aCluster();
const manual = aPoint(orders);
const vault = aVault();

/** A name with no place beside it. */
function aName(identifier: string): Target {
  return { arn: null, resourceId: null, identifier, scope: null };
}

function survivalOf(intent: Intent, inventory: Inventory) {
  return survive(inventory, intent.actions, { at: NOW, refusals: 'lifted' });
}

describe('a place that was not read', () => {
  const deleteIn = (scope: Scope | null): Action => ({
    kind: 'delete_db_snapshot',
    target: { ...aTargetOf(manual), scope },
  });
  const unread = (where: string, read: string, remedy: string) => ({
    code: 'scope_not_observed',
    severity: 'block',
    message: `the change runs in ${where}; read was ${read}`,
    remedy,
    source: null,
  });
  const READ_FAR = 'read there: AWS_REGION=us-east-1 with credentials of 123456789012';

  it('is each one that the change or any of its steps runs in, once', () => {
    const intent = anIntent([deleteIn(FAR), deleteIn(SCOPE), deleteIn(OTHER), deleteIn(FAR)], { scope: FAR });
    expect(scopeReasons(intent, anInventory())).toEqual([
      unread('123456789012/us-east-1', '123456789012/eu-west-1', READ_FAR),
      unread(
        '999999999999/eu-west-1',
        '123456789012/eu-west-1',
        'read there: AWS_REGION=eu-west-1 with credentials of 999999999999',
      ),
    ]);
  });

  it('is told against all that was read, or against nothing', () => {
    const intent = anIntent([deleteIn(FAR)], { scope: null });
    expect(scopeReasons(intent, anInventory({ scopes: [SCOPE, OTHER] }))).toEqual([
      unread('123456789012/us-east-1', '123456789012/eu-west-1, 999999999999/eu-west-1', READ_FAR),
    ]);
    expect(scopeReasons(intent, anInventory({ scopes: [] }))).toEqual([
      unread('123456789012/us-east-1', 'nothing', READ_FAR),
    ]);
  });

  it('is every place for a change that says nowhere where it runs, when nothing was read', () => {
    const nowhere = anIntent([deleteIn(null)], { scope: null });
    expect(scopeReasons(nowhere, anInventory({ scopes: [] }))).toMatchObject([
      {
        code: 'scope_not_observed',
        message: 'the change does not say where it runs, and nothing was read',
        remedy: null,
      },
    ]);
    expect(scopeReasons(nowhere, anInventory())).toEqual([]);
    expect(scopeReasons(anIntent([], { scope: null }), anInventory({ scopes: [] }))).toEqual([]);
  });
});

describe('a thing that was not observed', () => {
  const gone = theDelete(aDatabase({ identifier: 'gone', arn: 'arn:gone', resourceId: 'db-GONE' }));
  const key: Action = { kind: 'schedule_key_deletion', target: aTargetOf({ arn: KEY_ARN }), windowDays: 7 };
  const inventory = anInventory({
    databases: [orders],
    recoveryPoints: [manual, aPoint(orders, { id: 'sealed', arn: 'arn:sealed', encrypted: true, keyArn: KEY_ARN })],
  });

  it.each([
    ['terraform', 'make the plan anew from refreshed state, and read the account it runs in'],
    ['command', null],
  ] as const)('is named with what would be done to it, and told how to mend if %s says so', (source, remedy) => {
    const intent = anIntent([theDelete(orders), gone, key], { source });
    const weight = { code: 'target_not_observed', severity: 'block', remedy, source: null };
    expect(targetReasons(intent, survivalOf(intent, inventory))).toEqual([
      { ...weight, message: 'delete db instance acts on gone, which was not observed' },
      { ...weight, message: `schedule key deletion acts on ${KEY_ARN}, which was not observed` },
    ]);
  });
});

describe('recovery points of no database that was observed', () => {
  const orphan = (id: string, fields = {}) =>
    aPoint(orders, { id, arn: `arn:${id}`, databaseResourceId: 'db-GONE', databaseIdentifier: 'gone', ...fields });
  const SAID = 'acted on, though their database was not observed and they may be all that is left of it: ';

  it.each([
    ['none', [manual], null],
    ['one', [manual, orphan('a')], 'a of gone'],
    [
      'of a database that AWS does not tell',
      [orphan('a', { databaseResourceId: null, databaseIdentifier: '' })],
      'a of an unknown one',
    ],
    ['three', ['a', 'b', 'c'].map((id) => orphan(id)), 'a of gone, b of gone, c of gone'],
    ['four', ['a', 'b', 'c', 'd'].map((id) => orphan(id)), 'a of gone, b of gone, c of gone and 1 more'],
    ['five', ['a', 'b', 'c', 'd', 'e'].map((id) => orphan(id)), 'a of gone, b of gone, c of gone and 2 more'],
  ])('are counted: %s', (_, recoveryPoints, named) => {
    const inventory = anInventory({ databases: [orders], recoveryPoints });
    const { points } = survivalOf(anIntent([]), inventory).after;
    const found = orphanReasons(points, inventory);
    expect(found.map(({ code, message }) => [code, message])).toEqual(
      named === null ? [] : [['orphans_lost', SAID + named]],
    );
  });
});

describe('a gap may hide what a step reaches', () => {
  const inventory = anInventory({
    databases: [orders, courses],
    recoveryPoints: [manual, thePitr(courses), aPoint(orders, { id: 'sealed', arn: 'arn:sealed', keyArn: KEY_ARN })],
    keys: [aKey()],
    vaults: [vault],
    scopes: [SCOPE, FAR, OTHER],
  });
  const known = aTargetOf({ arn: KEY_ARN });
  const other = aTargetOf({ arn: 'arn:aws:kms:eu-west-1:123456789012:key/other' });
  const create: Action = { kind: 'create_database', target: { ...aName('new'), scope: SCOPE } };
  const emptied: Action = { kind: 'delete_backup_vault', target: aTargetOf(vault), force: true };
  const keyDeletion = (target: Target): Action => ({ kind: 'schedule_key_deletion', target, windowDays: 7 });
  const ofName = (identifier: string): Action => ({ ...theDelete(orders), target: aName(identifier) }) as Action;
  const member: Action = { kind: 'delete_cluster_member', target: aName('courses-0'), clusterIdentifier: 'courses' };

  /** Which gaps over which things, where, a change of one step is told to reach. */
  function hiding(step: Action): readonly string[] {
    const places: readonly [string, Scope][] = [
      ['here', SCOPE],
      ['in another region', FAR],
      ['in another account', OTHER],
    ];
    const gaps = places.flatMap(([place, where]) =>
      (['databases', 'survivors', 'threats'] as const).map(
        (hides): Gap => ({ what: `${hides} ${place}`, where, action: 'rds:List', cause: 'AccessDenied', hides }),
      ),
    );
    const intent = anIntent([step], { scope: null });
    const seen = { ...inventory, gaps };
    return gapReasons(intent, seen, survivalOf(intent, seen)).map(({ code, message }) => {
      expect(code).toBe('gap_hides_losses');
      const found = /^what this change reaches may be among (.+), not read \(rds:List: AccessDenied\)$/.exec(message);
      return found?.[1] ?? message;
    });
  }

  it.each<[string, Action, readonly string[]]>([
    ['a vault that is emptied', emptied, ['databases here', 'survivors here']],
    ['a vault that AWS deletes only if it is empty', { ...emptied, force: false }, []],
    [
      'a key that something observed depends on, which may serve others in any account of its region',
      keyDeletion(known),
      ['databases here', 'databases in another account'],
    ],
    [
      'a key that nothing observed depends on',
      keyDeletion(other),
      ['databases here', 'survivors here', 'databases in another account', 'survivors in another account'],
    ],
    [
      'a key that is disabled',
      { kind: 'disable_key', target: known },
      ['databases here', 'databases in another account'],
    ],
    [
      'a key whose policy changes',
      { kind: 'change_key_policy', target: known },
      ['databases here', 'databases in another account'],
    ],
    ['a database that is created', create, ['databases here']],
    [
      'a database that is created who knows where',
      { ...create, target: aName('new') },
      ['databases here', 'databases in another region', 'databases in another account'],
    ],
    ['a deletion by ARN', theDelete(orders), []],
    ['a snapshot deleted by ARN', { kind: 'delete_db_snapshot', target: aTargetOf(manual) }, []],
    ['an unread step', { kind: 'opaque', target: aName('orders'), why: 'not modelled' }, []],
  ])('%s', (_, step, expected) => {
    expect(hiding(step)).toEqual(expected);
  });

  const ELSEWHERE = (things: string) => [`${things} in another region`, `${things} in another account`];

  it.each<[string, Action, readonly string[]]>([
    ['a database', ofName('orders'), ELSEWHERE('databases')],
    ['an instance of a cluster', ofName('courses-0'), ELSEWHERE('databases')],
    ['a member of a cluster', member, ELSEWHERE('databases')],
    ['a snapshot', { kind: 'delete_db_snapshot', target: aName('orders-manual') }, ELSEWHERE('survivors')],
    [
      'a cluster snapshot',
      { kind: 'delete_db_cluster_snapshot', target: aName('orders-manual') },
      ELSEWHERE('survivors'),
    ],
    ['a snapshot that is unshared', { kind: 'unshare_snapshot', target: aName('orders-manual') }, []],
    ['nothing that was observed', ofName('nowhere'), []],
  ])('whose bare name is that of %s: something else may bear it elsewhere', (_, step, expected) => {
    expect(hiding(step)).toEqual(expected);
  });

  it.each<[string, Partial<Target>]>([
    ['its ARN', { arn: orders.arn }],
    ['its resource id', { resourceId: orders.resourceId }],
    ['its place', { scope: SCOPE }],
  ])('but not of a name with %s beside it', (_, beside) => {
    expect(hiding({ ...theDelete(orders), target: { ...aName('orders'), ...beside } } as Action)).toEqual([]);
  });

  it('where one of several bearers of the name lies elsewhere than the gap', () => {
    const twin = aDatabase({ ...FAR, arn: 'arn:twin', resourceId: 'db-TWIN' });
    const copy = aPoint(orders, { ...FAR, arn: 'arn:copy' });
    const seen = anInventory({
      databases: [orders, twin],
      recoveryPoints: [manual, copy],
      gaps: [
        { what: 'instances', where: SCOPE, action: 'rds:A', cause: 'AccessDenied', hides: 'databases' },
        { what: 'snapshots', where: SCOPE, action: 'rds:B', cause: 'AccessDenied', hides: 'survivors' },
      ],
    });
    const messagesOf = (step: Action) => {
      const intent = anIntent([step], { scope: null });
      return gapReasons(intent, seen, survivalOf(intent, seen)).map(({ message }) => message);
    };
    expect(messagesOf(ofName('orders'))).toEqual([
      'what this change reaches may be among instances, not read (rds:A: AccessDenied)',
    ]);
    expect(messagesOf({ kind: 'delete_db_snapshot', target: aName('orders-manual') })).toEqual([
      'what this change reaches may be among snapshots, not read (rds:B: AccessDenied)',
    ]);
  });

  it('of one step among several is a gap of the change', () => {
    const gap: Gap = { what: 'instances', where: SCOPE, action: 'rds:A', cause: 'AccessDenied', hides: 'databases' };
    const intent = anIntent([create, theDelete(orders)]);
    const seen = { ...inventory, gaps: [gap] };
    expect(gapReasons(intent, seen, survivalOf(intent, seen))).toHaveLength(1);
  });
});

it('an instance deleted by its bare name is unknown while a region where it may be another was not read', () => {
  const gap: Gap = {
    what: 'DB instances',
    where: FAR,
    action: 'rds:DescribeDBInstances',
    cause: 'AccessDenied',
    hides: 'databases',
  };
  const inventory = anInventory({ databases: [courses], recoveryPoints: [thePitr(courses)], scopes: [SCOPE, FAR] });
  const intent = anIntent([{ ...theDelete(orders), target: aName('courses-0') } as Action], { scope: null });
  const decide = (gaps: readonly Gap[]) =>
    decideChange({
      intent,
      inventory: { ...inventory, gaps },
      policy: DEFAULT_POLICY,
      drills: [],
      at: NOW,
      logged: true,
    });
  expect(decide([gap])).toMatchObject({ decision: 'block', verdict: 'unknown' });
  expect(decide([])).toMatchObject({ decision: 'review', verdict: 'ready' });
});
