/** Several places: what nobody read of one of them, and keys that lie apart from what they encrypt. */

import { describe, expect, it } from 'vitest';
import type { Authority } from '../../src/authority/authority.ts';
import type { Action, Change, Target } from '../../src/intent/action.ts';
import type { Gap, Inventory, Key, RecoveryPoint } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import {
  aDatabase,
  aDrill,
  aKey,
  anIntent,
  anInventory,
  aPoint,
  aTarget,
  aTargetOf,
  aVault,
  KEY_ARN,
  NOW,
  SCOPE,
  theDelete,
} from '../support/builders.ts';

const FAR = { accountId: SCOPE.accountId, region: 'us-east-1' };
const THEIRS = { accountId: '999999999999', region: SCOPE.region };
const orders = aDatabase();
const manual = aPoint(orders);
const estate = anInventory({ databases: [orders], recoveryPoints: [manual] });

function decide(
  actions: readonly Action[],
  inventory: Inventory = estate,
  { permits, ...fields }: { permits?: Authority; class?: Change['class']; scope?: null } = {},
) {
  const whole = anIntent(actions, 'scope' in fields ? { scope: null } : {});
  const intent = { ...whole, changes: whole.changes.map((change) => ({ ...change, ...fields })) };
  const principal = 'arn:aws:iam::123456789012:role/agent';
  const document = decideChange({
    intent,
    inventory,
    policy: DEFAULT_POLICY,
    drills: [aDrill(orders)],
    at: NOW,
    logged: true,
    authority: permits === undefined ? null : { principal, origin: 'simulation', source: 'IAM', gaps: [], permits },
  });
  return { ...document, codes: document.reasons.map(({ code }) => code) };
}

function aGap(hides: Gap['hides'], where: Gap['where'] = FAR): Gap {
  return { what: `all ${hides}`, where, action: 'sts:AssumeRole', cause: 'AccessDenied', hides };
}

const anywhere = (target: Target): Target => ({ ...target, arn: null, resourceId: null, scope: null });

describe('a change that names no place', () => {
  const bare = { ...theDelete(orders), target: anywhere(aTarget(orders)) } as Action;
  const gone: Action = { kind: 'delete_db_snapshot', target: anywhere(aTargetOf(manual)) };

  it('is judged by the one database of that name where every place was read', () => {
    expect(decide([bare], estate, { scope: null }).decision).toBe('review');
  });

  it('is not taken for the one that was seen while another place was not read', () => {
    const { decision, codes } = decide([bare], { ...estate, gaps: [aGap('databases')] }, { scope: null });
    expect(decision).toBe('block');
    expect(codes).toContain('gap_hides_losses');
  });

  it('is that one for all that is not read in its own place, where no other can bear its name', () => {
    const { codes } = decide([bare], { ...estate, gaps: [aGap('databases', SCOPE)] }, { scope: null });
    expect(codes).not.toContain('gap_hides_losses');
  });

  it('may mean a snapshot in a place whose snapshots were not read', () => {
    const two = [manual, aPoint(orders, { id: 'second' })];
    const inventory = { ...estate, recoveryPoints: two };
    expect(decide([gone], inventory, { scope: null }).decision).toBe('review');
    const { decision, codes } = decide([gone], { ...inventory, gaps: [aGap('survivors')] }, { scope: null });
    expect(decision).toBe('block');
    expect(codes).toContain('gap_hides_losses');
  });

  it('is not waved through where nothing was read at all', () => {
    const blind = anInventory({ scopes: [] });
    const key: Action = { kind: 'disable_key', target: anywhere(aTargetOf(aKey())) };
    const { decision, codes } = decide([key], blind, { scope: null });
    expect(decision).toBe('block');
    expect(codes).toContain('scope_not_observed');
  });
});

describe('a key', () => {
  const off: Action = { kind: 'disable_key', target: aTargetOf(aKey()) };
  const policy: Action = { kind: 'change_key_policy', target: aTargetOf(aKey()) };
  const vault = { keys: [aKey()], databases: [], recoveryPoints: [] };

  it.each([off, policy])('that may be of use in an account that was not read is not let go of: $kind', (action) => {
    expect(decide([action], anInventory(vault), { class: 'update' }).decision).toBe('allow');
    const { decision, codes } = decide([action], anInventory({ ...vault, gaps: [aGap('databases', THEIRS)] }), {
      class: 'update',
    });
    expect(decision).toBe('block');
    expect(codes).toContain('gap_hides_losses');
  });

  it('is of no use in another region, read or not', () => {
    const inventory = anInventory({ ...vault, gaps: [aGap('databases', FAR)] });
    expect(decide([off], inventory, { class: 'update' }).decision).toBe('allow');
  });

  it('whose policy changes puts a database at stake that has no recovery point', () => {
    const locked = aDatabase({ encrypted: true, keyArn: KEY_ARN });
    const inventory = anInventory({ databases: [locked], keys: [aKey()] });
    const { decision, databases } = decide([policy], inventory, { class: 'update' });
    expect(decision).toBe('block');
    expect(databases.map(({ identifier, verdict }) => [identifier, verdict])).toEqual([['orders', 'not_ready']]);
  });
});

describe('a copy in another account', () => {
  const copy = (fields = {}) =>
    aPoint(orders, { ...THEIRS, id: 'theirs', arn: 'arn:aws:rds:eu-west-1:999999999999:snapshot:theirs', ...fields });
  const reachIn = (inventory: Inventory, permits?: Authority) => {
    const { databases, checklist } = decide([theDelete(orders)], inventory, permits === undefined ? {} : { permits });
    const evidence = checklist.find(({ point }) => point === 'authority_of_principal')?.evidence ?? [];
    return { reach: databases[0]?.survivors[0]?.reach, evidence };
  };
  const mayDestroy =
    (action: string): Authority =>
    (call) =>
      call.action === action ? 'allowed' : 'denied';

  it('is as far as that account', () => {
    expect(reachIn({ ...estate, recoveryPoints: [copy()] }).reach).toBe('other_account');
  });

  it('under a key of the account of its database is no farther than the key', () => {
    const inventory = { ...estate, recoveryPoints: [copy({ encrypted: true, keyArn: KEY_ARN })], keys: [aKey()] };
    expect(reachIn(inventory).reach).toBe('principal');
    const { reach, evidence } = reachIn(inventory, mayDestroy('kms:ScheduleKeyDeletion'));
    expect(reach).toBe('principal');
    expect(evidence.join()).toContain('contradicted: it may take away each of 1 survivor');
    expect(reachIn(inventory, () => 'denied').reach).toBe('other_account');
  });

  it('in a locked vault of the same account is as near as its key', () => {
    const vault = aVault({ lock: 'compliance' });
    const held = { kind: 'backup_snapshot', vaultArn: vault.arn, status: 'completed' } as const;
    const reachUnder = (fields: Partial<RecoveryPoint>, manager: Key['manager'] = 'customer') =>
      reachIn({
        ...estate,
        recoveryPoints: [aPoint(orders, { ...held, ...fields })],
        keys: [aKey({ manager })],
        vaults: [vault],
      }).reach;
    expect(reachUnder({})).toBe('same_account');
    expect(reachUnder({ encrypted: true, keyArn: KEY_ARN })).toBe('principal');
    expect(reachUnder({ encrypted: true, keyArn: KEY_ARN }, 'aws')).toBe('same_account');
  });

  it('is not out of reach of a principal that may assume roles', () => {
    const inventory = { ...estate, recoveryPoints: [copy()] };
    expect(reachIn(inventory, () => 'denied').evidence.join()).toContain(
      '1 of 1 survivor of orders is out of its reach',
    );
    const { evidence } = reachIn(inventory, mayDestroy('sts:AssumeRole'));
    expect(evidence.join()).not.toContain('out of its reach');
    expect(evidence.join()).toContain('assumed: nothing read keeps it from taking away each of 1 survivor');
  });
});
