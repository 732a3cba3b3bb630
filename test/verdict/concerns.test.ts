/** What a change concerns beyond the databases it names, and what keeps it from being waved through. */

import { describe, expect, it } from 'vitest';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { Action, Change, Intent } from '../../src/intent/action.ts';
import type { Gap, Inventory } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import {
  aCluster,
  aDatabase,
  aDrill,
  aKey,
  anIntent,
  anInventory,
  aPoint,
  aSystemSnapshot,
  aTarget,
  aTargetOf,
  aVault,
  deletionOf,
  KEY_ARN,
  NOW,
  SCOPE,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const manual = aPoint(orders);
const estate = anInventory({ databases: [orders], recoveryPoints: [manual, thePitr(orders)] });
const FAR = { accountId: SCOPE.accountId, region: 'us-east-1' };

function decide(intent: Intent, inventory: Inventory = estate, drills: readonly DrillRecord[] = [aDrill(orders)]) {
  const document = decideChange({ intent, inventory, policy: DEFAULT_POLICY, drills, at: NOW, logged: true });
  return {
    ...document,
    codes: document.reasons.map(({ code }) => code),
    names: document.databases.map(({ identifier }) => identifier),
  };
}

function aGap(hides: Gap['hides'], where = SCOPE): Gap {
  return { what: 'DB clusters', where, action: 'rds:DescribeDBClusters', cause: 'AccessDenied', hides };
}

function messagesOf(document: { readonly reasons: readonly { readonly code: string; readonly message: string }[] }) {
  return document.reasons.map(({ code, message }) => `${code}: ${message}`);
}

function anUpdate(step: Action): Change {
  return { address: 'aws_thing.it', actions: ['update'], class: 'update', steps: [step] };
}

describe('a recovery point that the change takes', () => {
  const orphan = aPoint(aDatabase({ resourceId: 'db-GONE', identifier: 'gone' }), { id: 'last-of-gone' });
  const deletion: Action = { kind: 'delete_db_snapshot', target: aTargetOf(orphan) };

  it('may be the last of a database that is gone, so it is not waved through', () => {
    const document = decide(anIntent([deletion]), anInventory({ ...estate, recoveryPoints: [orphan] }));
    expect(document).toMatchObject({ decision: 'block', verdict: 'unknown' });
    expect(document.codes).toContain('orphans_lost');
  });

  it('may be of a database that a vault does not tell', () => {
    const vault = aVault();
    const point = aPoint(orders, { kind: 'backup_copy', vaultArn: vault.arn, databaseResourceId: null });
    const inventory = anInventory({ vaults: [vault], recoveryPoints: [point] });
    const document = decide(
      anIntent([{ kind: 'delete_backup_vault', target: aTargetOf(vault), force: true }]),
      inventory,
    );
    expect(document).toMatchObject({ decision: 'block', verdict: 'unknown' });
  });
});

describe('a recovery point that an unread step casts doubt on', () => {
  const opaque: Action = { kind: 'opaque', target: aTargetOf({ arn: 'arn:x' }), why: 'not modelled' };

  it('concerns its database only where another step takes it', () => {
    expect(decide(anIntent([opaque]))).toMatchObject({
      names: [],
      codes: ['change_not_understood', expect.anything()],
    });
    const deletion: Action = { kind: 'delete_db_snapshot', target: aTargetOf(manual) };
    expect(decide(anIntent([opaque, deletion])).names).toEqual(['orders']);
  });

  it('does not concern its database for having been in doubt before', () => {
    const shared = aPoint(orders, { kind: 'shared_snapshot' });
    expect(decide(anIntent([opaque]), { ...estate, recoveryPoints: [shared] }).names).toEqual([]);
  });
});

describe('a snapshot still being made that the change deletes', () => {
  it('concerns its database, though it was no survivor before', () => {
    const making = aPoint(orders, { status: 'creating' });
    const inventory = anInventory({ databases: [orders], recoveryPoints: [making] });
    const document = decide(anIntent([{ kind: 'delete_db_snapshot', target: aTargetOf(making) }]), inventory, []);
    expect(document).toMatchObject({ decision: 'block', names: ['orders'] });
  });
});

describe('a key', () => {
  it('concerns the database that stands on it, though that has no recovery point', () => {
    const bare = aDatabase({ encrypted: true, keyArn: KEY_ARN, retentionDays: 0 });
    const inventory = anInventory({ databases: [bare], keys: [aKey()] });
    const action: Action = { kind: 'schedule_key_deletion', target: aTargetOf({ arn: KEY_ARN }), windowDays: 7 };
    expect(decide(anIntent([action]), inventory)).toMatchObject({ verdict: 'not_ready', names: ['orders'] });
  });

  it('concerns the database that has only a copy under it', () => {
    const copy = aPoint(orders, {
      kind: 'snapshot_copy',
      id: 'copy',
      arn: 'arn:copy',
      encrypted: true,
      keyArn: KEY_ARN,
    });
    const inventory = anInventory({ databases: [orders], recoveryPoints: [manual, copy], keys: [aKey()] });
    const document = decide(anIntent([{ kind: 'disable_key', target: aTargetOf({ arn: KEY_ARN }) }]), inventory);
    expect(document).toMatchObject({ decision: 'review', names: ['orders'] });
  });

  it.each<[string, Partial<Inventory>]>([
    ['in use', { databases: [aDatabase({ encrypted: true, keyArn: KEY_ARN })], keys: [aKey()] }],
    [
      'out of use',
      { databases: [aDatabase({ encrypted: true, keyArn: KEY_ARN })], keys: [aKey({ state: 'disabled' })] },
    ],
    [
      'under which one point lies that nobody can read',
      {
        recoveryPoints: [aPoint(orders, { encrypted: true, keyArn: KEY_ARN }), thePitr(orders)],
        keys: [aKey({ state: 'disabled' })],
      },
    ],
  ])('%s that the change leaves alone concerns nothing', (_, fields) => {
    const step: Action = { kind: 'modify_db_instance', target: aTarget(orders), change: {} };
    const document = decide(anIntent([step], { changes: [anUpdate(step)] }), { ...estate, ...fields });
    expect(document).toMatchObject({ decision: 'allow', codes: ['nothing_at_stake'] });
  });

  it('in a region that was not read may be one that something there depends on', () => {
    const target = { ...aTargetOf({ arn: 'arn:aws:kms:us-east-1:123456789012:key/far' }), scope: FAR };
    const intent = anIntent([...deletionOf(orders), { kind: 'schedule_key_deletion', target, windowDays: 7 }], {
      scope: null,
    });
    const document = decide(intent);
    expect(document).toMatchObject({ decision: 'block', verdict: 'unknown' });
    expect(document.codes).toContain('scope_not_observed');
  });

  it.each(['databases', 'survivors'] as const)('may be in use by what a gap over %s hides', (hides) => {
    const target = aTargetOf({ arn: 'arn:aws:kms:eu-west-1:123456789012:key/other' });
    const document = decide(
      anIntent([{ kind: 'schedule_key_deletion', target, windowDays: 7 }]),
      anInventory({ ...estate, gaps: [aGap(hides)] }),
    );
    expect(document).toMatchObject({
      decision: 'block',
      verdict: 'unknown',
      codes: ['gap_hides_losses'],
    });
  });
});

describe('a gap', () => {
  it('over databases leaves open what a create collides with', () => {
    const step: Action = { kind: 'create_database', target: { ...aTarget(orders), identifier: 'new', arn: null } };
    const change: Change = { address: 'aws_db_instance.new', actions: ['create'], class: 'create', steps: [step] };
    const inventory = anInventory({ ...estate, gaps: [aGap('databases')] });
    expect(decide(anIntent([step], { changes: [change] }), inventory)).toMatchObject({
      decision: 'block',
      verdict: 'unknown',
    });
  });

  it('over databases says nothing about one that was read and found', () => {
    expect(decide(anIntent(deletionOf(orders)), anInventory({ ...estate, gaps: [aGap('databases')] })).decision).toBe(
      'review',
    );
  });

  it('over threats counts where the survivors lie, not only where the database does', () => {
    const copy = aPoint(orders, { ...FAR, id: 'far', arn: 'arn:far', kind: 'snapshot_copy' });
    const inventory = anInventory({ databases: [orders], recoveryPoints: [copy], scopes: [SCOPE, FAR] });
    const drills = [aDrill(orders, { claim: 'copy' })];
    expect(decide(anIntent(deletionOf(orders)), inventory, drills).decision).toBe('review');
    const threatened = decide(anIntent(deletionOf(orders)), { ...inventory, gaps: [aGap('threats', FAR)] }, drills);
    expect(threatened).toMatchObject({ decision: 'block', verdict: 'unknown' });
  });
});

describe('disarming by effect', () => {
  it('is a lowered retention that the stale state takes for a raised one', () => {
    const held = aDatabase({ retentionDays: 14 });
    const inventory = anInventory({ databases: [held], recoveryPoints: [thePitr(held)] });
    const step: Action = { kind: 'modify_db_instance', target: aTarget(held), change: { retentionDays: 7 } };
    const document = decide(anIntent([step], { changes: [anUpdate(step)] }), inventory, []);
    expect(document).toMatchObject({ decision: 'block', verdict: 'not_ready', names: ['orders'] });
  });

  it('is deletion protection that goes off though the document calls it an update', () => {
    const held = aDatabase({ deletionProtection: true });
    const inventory = anInventory({ databases: [held], recoveryPoints: [thePitr(held)] });
    const step: Action = { kind: 'modify_db_instance', target: aTarget(held), change: { deletionProtection: false } };
    expect(decide(anIntent([step], { changes: [anUpdate(step)] }), inventory, [])).toMatchObject({
      verdict: 'not_ready',
    });
  });

  const courses = aCluster();
  const guarded = aDatabase({ deletionProtection: true });
  it.each<[string, typeof orders, Extract<Action, { kind: 'modify_db_instance' }>['change'], boolean]>([
    ['nothing of a guarded database', guarded, {}, false],
    ['protection on that is on', guarded, { deletionProtection: true }, false],
    ['protection off', guarded, { deletionProtection: false }, true],
    ['protection off that was off', orders, { deletionProtection: false }, false],
    ['retention raised', orders, { retentionDays: 8 }, false],
    ['retention as it is', orders, { retentionDays: 7 }, false],
    ['retention lowered', orders, { retentionDays: 6 }, true],
    ['retention of a cluster lowered', courses, { retentionDays: 6 }, true],
    ['retention of a cluster as it is', courses, { retentionDays: 7 }, false],
  ])('of %s in what the document calls an update', (_, database, change, expected) => {
    const kind = database.kind === 'rds_instance' ? 'modify_db_instance' : 'modify_db_cluster';
    const step: Action = { kind, target: aTarget(database), change };
    const document = decide(anIntent([step], { changes: [anUpdate(step)] }), anInventory({ databases: [database] }));
    expect(document.names).toEqual(expected ? [database.identifier] : []);
    expect(document.decision).toBe(expected ? 'block' : 'allow');
  });

  it('of what is no database, though it bears the ARN of one, is of unknown reach', () => {
    const step: Action = { kind: 'stop_backup_replication', target: aTarget(courses) };
    const change: Change = { ...anUpdate(step), class: 'disarm' };
    const document = decide(anIntent([step], { changes: [change] }), anInventory({ databases: [courses] }));
    expect(document).toMatchObject({ names: [], codes: ['disarms_elsewhere'] });
  });

  it('of a database that was not observed is of unknown reach', () => {
    const step: Action = { kind: 'modify_db_instance', target: aTarget(orders), change: {} };
    const change: Change = { ...anUpdate(step), class: 'disarm' };
    const document = decide(anIntent([step], { changes: [change] }), anInventory());
    expect(document).toMatchObject({ names: [], codes: ['target_not_observed', 'disarms_elsewhere'] });
  });

  it('is a vault lock that goes before a deletion of the vault that AWS refuses', () => {
    const vault = aVault({ lock: 'governance' });
    const inside = aPoint(orders, { kind: 'backup_snapshot', id: 'inside', arn: 'arn:inside', vaultArn: vault.arn });
    const inventory = anInventory({ ...estate, recoveryPoints: [manual, inside], vaults: [vault] });
    const unlock: Action = { kind: 'delete_vault_lock', target: aTargetOf(vault) };
    const deletion: Action = { kind: 'delete_backup_vault', target: aTargetOf(vault), force: false };
    expect(decide(anIntent([unlock, deletion]), inventory).codes).toContain('disarms_elsewhere');
    expect(decide(anIntent([deletion]), inventory).codes).not.toContain('disarms_elsewhere');
  });

  it('is a vault lock that a destroy removes while the vault stays', () => {
    const vault = aVault({ lock: 'governance' });
    const inventory = anInventory({ ...estate, vaults: [vault] });
    const document = decide(anIntent([{ kind: 'delete_vault_lock', target: aTargetOf(vault) }]), inventory);
    expect(document).toMatchObject({ decision: 'block', verdict: 'unknown' });
    expect(document.codes).toContain('disarms_elsewhere');
  });

  it('is not said of a lock whose vault goes in the same change', () => {
    const vault = aVault({ lock: 'governance' });
    const inventory = anInventory({ ...estate, vaults: [vault] });
    const document = decide(
      anIntent([
        { kind: 'delete_vault_lock', target: aTargetOf(vault) },
        { kind: 'delete_backup_vault', target: aTargetOf(vault), force: true },
      ]),
      inventory,
    );
    expect(document.codes).not.toContain('disarms_elsewhere');
  });
});

describe('a refused deletion of a survivor', () => {
  it('does not make it one that stands outside the plan', () => {
    const vault = aVault({ lock: 'governance' });
    const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: vault.arn });
    const inventory = anInventory({ databases: [orders], vaults: [vault], recoveryPoints: [point] });
    const drills = [aDrill(orders, { claim: 'vault' })];
    const actions: Action[] = [
      { kind: 'delete_backup_vault', target: aTargetOf(vault), force: true },
      ...deletionOf(orders),
    ];
    expect(decide(anIntent(actions), inventory, drills)).toMatchObject({ decision: 'block', verdict: 'not_ready' });
  });
});

describe('a mistaken document', () => {
  it('is told what it takes the database for, and how to mend that', () => {
    const document = decide(anIntent(deletionOf({ ...orders, resourceId: 'db-EARLIER' })));
    expect(document.databases[0]?.reasons[0]).toEqual({
      code: 'state_mismatch',
      severity: 'block',
      message: 'the document speaks of db-EARLIER, the database of that name is now db-ORDERS',
      remedy: 'make the plan anew from refreshed state: terraform plan -refresh=true',
      source: null,
    });
  });

  it('is none for taking away what an earlier database of the name left', () => {
    const courses = aCluster();
    const target = { arn: null, resourceId: 'cluster-EARLIER', identifier: 'courses', scope: SCOPE };
    const document = decide(
      anIntent([{ kind: 'delete_automated_backup', target }]),
      anInventory({ databases: [courses] }),
    );
    expect(document.names).toEqual([]);
  });

  it('is told which name is taken, and what to do', () => {
    const step: Action = { kind: 'create_database', target: { ...aTarget(orders), arn: null, resourceId: null } };
    const change: Change = { address: 'aws_db_instance.it', actions: ['create'], class: 'create', steps: [step] };
    expect(decide(anIntent([step], { changes: [change] })).reasons).toMatchObject([
      {
        message: "the change creates orders, which already exists: its state is not the world's",
        remedy: 'find the state that knows it, or import it, before anything is applied',
      },
    ]);
  });

  it('in an account that holds no database is mistaken all the same, save for knowing none', () => {
    const signalled = (code: 'empty_state' | 'errored_plan', hides: Gap['hides']) =>
      decide(anIntent([], { signals: [{ code, detail: 'seen' }] }), anInventory({ gaps: [aGap(hides)] })).codes;
    expect(signalled('errored_plan', 'survivors')).toEqual(['errored_plan']);
    expect(signalled('empty_state', 'survivors')).toEqual(['nothing_at_stake']);
    expect(signalled('empty_state', 'databases')).toEqual(['empty_state']);
  });
});

describe('what is destroyed besides', () => {
  const others = (...addresses: readonly string[]) =>
    messagesOf(
      decide(
        anIntent([], {
          changes: addresses.map((address) => ({ address, actions: ['delete'], class: 'other_destroy', steps: [] })),
        }),
      ),
    )[0];

  it('is named, as far as three things go', () => {
    const said = 'other_resources_destroyed: destroyed besides, and not judged here:';
    expect(others('a', 'b', 'c')).toBe(`${said} a, b, c`);
    expect(others('a', 'b', 'c', 'd', 'e')).toBe(`${said} a, b, c and 2 more`);
  });
});

describe('what cannot be told', () => {
  it('is said once for each part: by its steps, or else by its address', () => {
    const opaque: Action = { kind: 'opaque', target: aTargetOf({ arn: 'arn:x', name: 'x' }), why: 'not modelled' };
    const known: Action = { kind: 'modify_db_instance', target: aTarget(orders), change: {} };
    const changes = [opaque, known].map(
      (step): Change => ({ address: `address of ${step.kind}`, actions: ['twist'], class: 'unknown', steps: [step] }),
    );
    expect(messagesOf(decide(anIntent([opaque, known], { changes })))).toEqual([
      'change_not_understood: x: not modelled',
      'change_not_understood: address of modify_db_instance: nothing says what it does',
    ]);
  });

  it('is a change of unknown class, though it has no step', () => {
    const change: Change = { address: 'aws_thing.it', actions: ['twist'], class: 'unknown', steps: [] };
    expect(decide(anIntent([], { changes: [change] }))).toMatchObject({ decision: 'block', verdict: 'unknown' });
  });

  it('is a name that two regions share', () => {
    const twin = aDatabase({ ...FAR, resourceId: 'db-TWIN', arn: 'arn:aws:rds:us-east-1:123456789012:db:orders' });
    const step: Action = {
      kind: 'create_database',
      target: { arn: null, resourceId: null, identifier: 'orders', scope: null },
    };
    const change: Change = { address: 'aws_db_instance.orders', actions: ['create'], class: 'create', steps: [step] };
    const inventory = anInventory({ databases: [orders, twin], scopes: [SCOPE, FAR] });
    expect(decide(anIntent([step], { changes: [change] }), inventory).codes).toEqual(['create_collides']);
  });
});

describe('the bytes of the document', () => {
  it('are the same whatever the order of points, gaps, scopes and drills', () => {
    const points = [
      manual,
      thePitr(orders),
      aSystemSnapshot(orders),
      aSystemSnapshot(orders, { id: 'rds:b', arn: 'arn:b' }),
    ];
    const gaps = [aGap('survivors'), { ...aGap('survivors'), what: 'vaults' }];
    const drills = [
      aDrill(orders),
      aDrill(orders, { drillId: 'd2', conditions: { ...aDrill(orders).conditions, instanceClass: 'x' } }),
    ];
    const inventory = anInventory({ databases: [orders], recoveryPoints: points, gaps, scopes: [FAR, SCOPE] });
    const turned = {
      ...inventory,
      recoveryPoints: [...points].reverse(),
      gaps: [...gaps].reverse(),
      scopes: [SCOPE, FAR],
    };
    const intent = anIntent(deletionOf(orders), { scope: null });
    expect(JSON.stringify(decide(intent, turned, [...drills].reverse()))).toBe(
      JSON.stringify(decide(intent, inventory, drills)),
    );
  });
});
