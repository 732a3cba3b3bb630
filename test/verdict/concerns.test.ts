/** What a change concerns beyond the databases it names, and what keeps it from being waved through. */

import { describe, expect, it } from 'vitest';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { Action, Change, Intent } from '../../src/intent/action.ts';
import type { Gap, Inventory } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import {
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

describe('what cannot be told', () => {
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
      aDrill(orders, { drillId: 'd2', conditions: { instanceClass: 'x', engineVersion: null } }),
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
