/** A change decided: what it concerns, what the decision is, and what the document says of itself. */

import { describe, expect, it } from 'vitest';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { Action, Change, Intent, SignalCode } from '../../src/intent/action.ts';
import type { Gap, Inventory } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/policy/schema.ts';
import { decideChange, judgeAllNow, judgeNow } from '../../src/verdict/decide.ts';
import {
  aCluster,
  aDatabase,
  aDrill,
  anIntent,
  anInventory,
  aPoint,
  aTarget,
  aTargetOf,
  aVault,
  deletionOf,
  hoursAgo,
  NOW,
  SCOPE,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const courses = aCluster();
const manual = aPoint(orders);
const estate = anInventory({
  databases: [orders, courses],
  recoveryPoints: [manual, thePitr(orders), thePitr(courses)],
});
const proven = [aDrill(orders)];

function decide(
  intent: Intent,
  { inventory = estate, drills = proven }: { inventory?: Inventory; drills?: readonly DrillRecord[] } = {},
) {
  const document = decideChange({ intent, inventory, policy: DEFAULT_POLICY, drills, at: NOW, logged: true });
  return {
    ...document,
    codes: document.reasons.map(({ code }) => code),
    names: document.databases.map(({ identifier }) => identifier),
  };
}

function aChange(fields: Partial<Change>): Change {
  return { address: 'aws_thing.it', actions: ['delete'], class: 'destroy', steps: [], ...fields };
}

describe('the decision', () => {
  it('is review for a destroy that leaves a proven survivor, and says that a person must approve', () => {
    const document = decide(anIntent(deletionOf(orders)));
    expect(document).toMatchObject({ decision: 'review', verdict: 'ready', names: ['orders'] });
    expect(document.codes).toEqual(['human_approval_required']);
  });

  it('is block for one that leaves none', () => {
    const document = decide(anIntent(deletionOf(courses)));
    expect(document).toMatchObject({ decision: 'block', verdict: 'not_ready', names: ['courses'] });
  });

  it('is the worst of its databases', () => {
    const document = decide(anIntent([...deletionOf(orders), ...deletionOf(courses)]));
    expect(document).toMatchObject({ decision: 'block', verdict: 'not_ready' });
    expect(document.databases.map(({ verdict }) => verdict)).toEqual(['not_ready', 'ready']);
  });

  it('is allow for a change that concerns nothing', () => {
    const document = decide(anIntent([], { changes: [aChange({ class: 'update', actions: ['update'] })] }));
    expect(document).toMatchObject({ decision: 'allow', verdict: 'ready', codes: ['nothing_at_stake'] });
  });

  it('is review, never allow, when only other things are destroyed', () => {
    const document = decide(anIntent([], { changes: [aChange({ class: 'other_destroy', address: 'aws_vpc.main' })] }));
    expect(document).toMatchObject({ decision: 'review', verdict: 'ready' });
    expect(document.codes).toContain('other_resources_destroyed');
  });

  it('is review, never allow, when only something a restore may need is destroyed', () => {
    const target = aTargetOf({ arn: 'arn:sg', name: 'sg-unused' });
    const document = decide(anIntent([{ kind: 'delete_prerequisite', target, prerequisite: 'security_group' }]));
    expect(document).toMatchObject({ decision: 'review', names: [] });
    expect(document.codes).toContain('other_resources_destroyed');
  });

  it('is block, as unknown, for a part that was not understood', () => {
    const opaque: Action = {
      kind: 'opaque',
      target: aTargetOf({ arn: 'arn:x', name: 'aws_backup_framework.x' }),
      why: 'not modelled',
    };
    const document = decide(anIntent([opaque], { changes: [aChange({ class: 'unknown', steps: [opaque] })] }));
    expect(document).toMatchObject({ decision: 'block', verdict: 'unknown' });
    expect(document.codes).toContain('change_not_understood');
  });

  it('counts a snapshot that the plan itself deletes as gone', () => {
    const document = decide(
      anIntent([{ kind: 'delete_db_snapshot', target: aTargetOf(manual) }, ...deletionOf(orders)]),
    );
    expect(document).toMatchObject({ decision: 'block', verdict: 'not_ready' });
  });

  it('does not count a final snapshot that the plan itself would make', () => {
    const final = { skipFinalSnapshot: false, finalSnapshotId: 'last' };
    const inventory = anInventory({ databases: [orders], recoveryPoints: [] });
    const document = decide(anIntent(deletionOf(orders, final)), { inventory });
    expect(document.databases[0]?.survivors).toMatchObject([
      { id: 'last', reach: 'same_plan', grade: 'exists', dataLossSeconds: 0 },
    ]);
    expect(document.databases[0]?.reasons[0]?.code).toBe('survivor_only_in_plan');
  });

  it('concerns a database that only loses a recovery point', () => {
    const document = decide(anIntent([{ kind: 'delete_db_snapshot', target: aTargetOf(manual) }]));
    expect(document).toMatchObject({ decision: 'block', names: ['orders'] });
  });
});

describe('disarming', () => {
  const modify = (change: { deletionProtection?: boolean; retentionDays?: number }): Intent => {
    const step: Action = { kind: 'modify_db_instance', target: aTarget(orders), change };
    return anIntent([step], { changes: [aChange({ class: 'disarm', actions: ['update'], steps: [step] })] });
  };

  it('is judged as if the deletion followed: ready only with a survivor', () => {
    expect(decide(modify({ deletionProtection: false }))).toMatchObject({ decision: 'review', names: ['orders'] });
    const bare = anInventory({ databases: [orders], recoveryPoints: [thePitr(orders)] });
    expect(decide(modify({ deletionProtection: false }), { inventory: bare })).toMatchObject({
      decision: 'block',
      verdict: 'not_ready',
    });
  });

  it('that no one database can be named for is unknown', () => {
    const document = decide(
      anIntent([], { changes: [aChange({ class: 'disarm', address: 'aws_backup_vault.main' })] }),
    );
    expect(document).toMatchObject({ decision: 'block', verdict: 'unknown', codes: ['disarms_elsewhere'] });
  });

  it('by removing a vault lock is unknown', () => {
    const vault = aVault({ lock: 'governance' });
    const step: Action = { kind: 'delete_vault_lock', target: aTargetOf(vault) };
    const inventory = anInventory({ ...estate, vaults: [vault] });
    const document = decide(anIntent([step], { changes: [aChange({ class: 'disarm', steps: [step] })] }), {
      inventory,
    });
    expect(document).toMatchObject({ decision: 'block', verdict: 'unknown' });
  });
});

describe('a mistaken world', () => {
  it('is a state that means an earlier database of the same name', () => {
    const target = { ...aTarget(orders), resourceId: 'db-EARLIER' };
    const [deletion] = deletionOf(orders);
    const intent = anIntent(deletion === undefined ? [] : [{ ...deletion, target } as Action]);
    const document = decide(intent);
    expect(document).toMatchObject({ decision: 'block', verdict: 'not_ready' });
    expect(document.databases[0]?.reasons[0]?.code).toBe('state_mismatch');
    expect(document.checklist.find(({ point }) => point === 'source_of_truth')?.result).toBe('fail');
  });

  it('is a state that knows a database by a name that another has taken since', () => {
    const renamed = aDatabase({ identifier: 'orders-old', arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders-old' });
    const successor = aDatabase({ resourceId: 'db-SUCCESSOR' });
    const inventory = anInventory({ databases: [renamed, successor], recoveryPoints: [aPoint(renamed)] });
    const document = decide(anIntent(deletionOf(orders)), { inventory });
    expect(document).toMatchObject({ decision: 'block', verdict: 'not_ready', names: ['orders'] });
    expect(document.databases[0]?.reasons.map(({ code }) => code)).toContain('state_mismatch');
  });

  it('is a create of what already exists', () => {
    const step: Action = { kind: 'create_database', target: { ...aTarget(orders), arn: null, resourceId: null } };
    const document = decide(
      anIntent([step], { changes: [aChange({ class: 'create', actions: ['create'], steps: [step] })] }),
    );
    expect(document).toMatchObject({ decision: 'block', verdict: 'not_ready', codes: ['create_collides'] });
    expect(document.checklist.find(({ point }) => point === 'human_approval')?.result).toBe('fail');
  });

  it('is a target that nobody observed', () => {
    const document = decide(
      anIntent(deletionOf(aDatabase({ resourceId: 'db-GONE', arn: 'arn:gone', identifier: 'gone' }))),
    );
    expect(document).toMatchObject({ decision: 'block' });
    expect(document.codes).toContain('target_not_observed');
  });

  it('is a change in a region where nothing was read', () => {
    const document = decide(anIntent([], { scope: { ...SCOPE, region: 'us-east-1' } }));
    expect(document).toMatchObject({ decision: 'block', verdict: 'unknown', codes: ['scope_not_observed'] });
    expect(document.checklist[0]).toMatchObject({ point: 'environment_confirmed', result: 'fail' });
  });

  it.each<[SignalCode, string, string]>([
    ['empty_state', 'block', 'not_ready'],
    ['errored_plan', 'block', 'unknown'],
    ['unread_part', 'block', 'unknown'],
    ['incomplete_plan', 'review', 'ready'],
    ['drift_deleted', 'review', 'ready'],
  ])('signalled by %s is %s', (code, decision, verdict) => {
    const document = decide(anIntent(deletionOf(orders), { signals: [{ code, detail: 'seen' }] }));
    expect(document).toMatchObject({ decision, verdict });
  });

  it('is an inventory older than the policy allows', () => {
    const aged = (seconds: number) =>
      decide(anIntent(deletionOf(orders)), { inventory: { ...estate, observedAt: addSeconds(NOW, -seconds) } });
    expect(aged(3_600).decision).toBe('review');
    expect(aged(3_601)).toMatchObject({ decision: 'block', verdict: 'unknown', codes: ['inventory_stale'] });
  });

  it('is one that shows no database as ready, and verifies nothing of it', () => {
    const document = decide(anIntent(deletionOf(orders)), { inventory: { ...estate, observedAt: hoursAgo(2) } });
    const [view] = document.databases;
    expect(view).toMatchObject({ verdict: 'unknown', readyUntil: null, reasons: [{ code: 'inventory_stale' }] });
    expect(document.checklist.find(({ point }) => point === 'backups_and_tested_restore')).toMatchObject({
      result: 'unknown',
      evidence: ['assumed: orders has 1 survivor, by an inventory of another time than the one judged'],
    });
  });

  it.each<[string, Partial<Inventory>, string, string]>([
    [
      'old',
      { observedAt: hoursAgo(2), scopes: [{ ...SCOPE, region: 'us-east-1' }, SCOPE] },
      'the inventory of 123456789012/eu-west-1, 123456789012/us-east-1 is 2 h old, 1 h allowed',
      'read it anew:\nmuster scan',
    ],
    [
      'old, and of no place',
      { observedAt: hoursAgo(2), scopes: [] },
      'the inventory of no place is 2 h old, 1 h allowed',
      'read it anew:\nmuster scan',
    ],
    [
      'yet to come',
      { observedAt: hoursAgo(-2) },
      'the inventory of 123456789012/eu-west-1 was read 2 h after the instant that is judged',
      'judge by an instant that is not before it',
    ],
  ])('is told of an inventory that is %s', (_, fields, message, remedy) => {
    const { reasons } = decide(anIntent([], { scope: null }), { inventory: { ...estate, ...fields } });
    expect(reasons[0]).toEqual({ code: 'inventory_stale', severity: 'block', message, remedy, source: null });
  });
});

describe('the document', () => {
  it('is valid until the earliest of inventory freshness, policy limit and last survivor', () => {
    expect(decide(anIntent(deletionOf(orders))).validUntil).toBe(addSeconds(NOW, 3_600));
    const older = { ...estate, observedAt: hoursAgo(0.5) };
    expect(decide(anIntent(deletionOf(orders)), { inventory: older }).validUntil).toBe(addSeconds(NOW, 1_800));
    const vault = aVault();
    const ending = aPoint(orders, { kind: 'backup_snapshot', vaultArn: vault.arn, expiresAt: addSeconds(NOW, 60) });
    const inventory = anInventory({ databases: [orders], recoveryPoints: [ending], vaults: [vault] });
    const drills = [aDrill(orders, { claim: 'vault' })];
    expect(decide(anIntent(deletionOf(orders)), { inventory, drills }).validUntil).toBe(addSeconds(NOW, 60));
  });

  it('names the one place that the change speaks of, or that its databases lie in, or that was read', () => {
    const far = { ...SCOPE, region: 'us-east-1' };
    const both = { ...estate, scopes: [far, SCOPE] };
    const placeless = { scope: null };
    expect(decide(anIntent([], { scope: far })).scope).toEqual(far);
    expect(decide(anIntent(deletionOf(orders), placeless), { inventory: both }).scope).toEqual(SCOPE);
    expect(decide(anIntent([], placeless)).scope).toEqual(SCOPE);
    expect(decide(anIntent([], placeless), { inventory: both }).scope).toBeNull();
    expect(decide(anIntent([], placeless), { inventory: { ...estate, scopes: [] } }).scope).toBeNull();
  });

  it('names no place where its databases lie in several accounts', () => {
    const abroad = { ...courses, accountId: '210987654321' };
    const inventory = { ...estate, databases: [orders, abroad] };
    const intent = anIntent([...deletionOf(orders), ...deletionOf(abroad)], { scope: null });
    expect(decide(intent, { inventory })).toMatchObject({ names: ['courses', 'orders'], scope: SCOPE });
    expect(decide(intent, { inventory: { ...inventory, scopes: [] } }).scope).toBeNull();
  });

  it('of what is not ready lasts as long as its inventory', () => {
    expect(decide(anIntent(deletionOf(courses))).validUntil).toBe(addSeconds(NOW, 3_600));
  });

  it('is bound to what the policy says, and not to what its file is called', () => {
    const digestOf = (policy: Policy) =>
      decideChange({ intent: anIntent([]), inventory: estate, policy, drills: [], at: NOW, logged: true }).policyDigest;
    const own = digestOf(DEFAULT_POLICY);
    expect(digestOf({ ...DEFAULT_POLICY, origin: 'policy.yaml' })).toBe(own);
    expect(digestOf({ ...DEFAULT_POLICY, verdictSecondsMax: 60 })).not.toBe(own);
  });

  it('lists what was asked, in the words of its tool, and the gaps of the inventory alone where nobody asked more', () => {
    const gap: Gap = { what: 'x', where: SCOPE, action: 'rds:Describe', cause: 'denied', hides: 'survivors' };
    const inventory = { ...estate, gaps: [gap] };
    const changes = [aChange({ class: 'other_destroy', address: 'aws_vpc.main', steps: deletionOf(orders) })];
    const document = decide(anIntent([], { changes }), { inventory });
    expect(document.changes).toEqual([{ address: 'aws_vpc.main', actions: ['delete'], class: 'other_destroy' }]);
    expect(document.gaps).toEqual([gap]);
  });

  it('takes a state for one seen first where nothing is remembered of any', () => {
    const state = { lineage: 'a', serial: 1, backend: 's3', databases: [orders.resourceId], forgets: [] };
    const { checklist, codes } = decide(anIntent([], { state }));
    expect(codes).toEqual(['nothing_at_stake']);
    expect(checklist.find(({ point }) => point === 'source_of_truth')?.evidence[1]).toBe(
      'assumed: the state is at serial 1 of a, which no earlier decision had seen',
    );
  });

  it('has all eight points, each with its evidence marked', () => {
    const { checklist } = decide(anIntent(deletionOf(orders)));
    expect(checklist).toHaveLength(8);
    const lines = checklist.flatMap(({ evidence }) => evidence);
    expect(lines.length).toBeGreaterThanOrEqual(8);
    expect(lines.filter((line) => !/^(verified|assumed|contradicted): /.test(line))).toEqual([]);
  });

  it('passes no point that only assumes', () => {
    const { checklist } = decide(anIntent(deletionOf(orders)));
    const assumed = checklist.filter(({ evidence }) => evidence.some((line) => line.startsWith('assumed:')));
    expect(assumed.map(({ result }) => result)).not.toContain('pass');
    expect(assumed.length).toBeGreaterThan(0);
  });

  it('is the same to the byte whatever the order of what was observed', () => {
    const shuffled = {
      ...estate,
      databases: [...estate.databases].reverse(),
      recoveryPoints: [...estate.recoveryPoints].reverse(),
    };
    const intent = anIntent([...deletionOf(orders), ...deletionOf(courses)]);
    const casualties = (inventory: Inventory) => JSON.stringify(decide(intent, { inventory }));
    expect(casualties(shuffled)).toBe(casualties(estate));
  });
});

describe('a report', () => {
  const expired = aPoint(orders, { id: 'expired', arn: 'arn:expired', expiresAt: hoursAgo(1) });
  const question = { policy: DEFAULT_POLICY, drills: proven, at: NOW, inventory: estate };

  it('judges every database that is asked about, in that order, each by its own drills', () => {
    const views = judgeAllNow(question, [orders, courses]);
    expect(views.map(({ identifier, verdict }) => `${identifier} ${verdict}`)).toEqual([
      'orders ready',
      'courses not_ready',
    ]);
    expect(views).toEqual([orders, courses].map((database) => judgeNow(question, database)));
  });

  it('is about the instant that is asked about: what has ended by then is no survivor', () => {
    const bare = { ...orders, restoreWindow: null };
    const inventory = anInventory({ databases: [bare], recoveryPoints: [expired] });
    const verdictAt = (at: Instant) =>
      judgeNow({ ...question, at, inventory: { ...inventory, observedAt: at } }, bare).reasons[0]?.code;
    expect(verdictAt(NOW)).toBe('survival_unknown');
    expect(verdictAt(hoursAgo(1.01))).toBe('last_survivor_expires');
  });
});
