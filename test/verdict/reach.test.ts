/**
 * How far a survivor lies from whoever asks: by the place it lies in, and by what the asking principal may call.
 */

import { describe, expect, it } from 'vitest';
import type { Authority, PrincipalAuthority } from '../../src/authority/authority.ts';
import type { Inventory, RecoveryPoint, Vault } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { deletionOf as deletionNow } from '../../src/survival/purge.ts';
import { survive } from '../../src/survival/survive.ts';
import { decideChange, judgeNow } from '../../src/verdict/decide.ts';
import type { Reach } from '../../src/verdict/document.ts';
import { reachOf } from '../../src/verdict/reach.ts';
import {
  aDatabase,
  aDrill,
  aKey,
  anIntent,
  anInventory,
  aPoint,
  aTargetOf,
  aVault,
  deletionOf,
  NOW,
  thePitr,
} from '../support/builders.ts';

const orders = aDatabase();
const FAR = 'eu-central-1';
const OTHER = '210987654321';
const ROLE = 'arn:aws:iam::123456789012:role/deploy';

const may =
  (...actions: string[]): Authority =>
  ({ action }) =>
    actions.includes(action) ? 'allowed' : 'denied';

function anAuthority(permits: Authority, fields: Partial<PrincipalAuthority> = {}): PrincipalAuthority {
  return { principal: ROLE, origin: 'simulation', source: 'iam:SimulatePrincipalPolicy', permits, gaps: [], ...fields };
}

function reachOfPoint(
  point: RecoveryPoint,
  authority: PrincipalAuthority | null,
  fields: Partial<Inventory> = {},
): Reach {
  const inventory = anInventory({ databases: [orders], recoveryPoints: [point], ...fields });
  const survival = survive(inventory, deletionNow(orders), { at: NOW, refusals: 'lifted' });
  const tracked = survival.after.points.find((candidate) => candidate.point.arn === point.arn);
  if (tracked === undefined) throw new Error('the point is gone');
  return reachOf(tracked, { database: orders, inventory, survival, authority });
}

describe('a survivor', () => {
  const near = aPoint(orders);
  const far = aPoint(orders, { region: FAR, kind: 'snapshot_copy' });
  const abroad = aPoint(orders, { accountId: OTHER, kind: 'snapshot_copy' });

  it.each<[string, RecoveryPoint, string[] | null, Reach]>([
    ['beside the database, nobody asked', near, null, 'principal'],
    ['beside the database, may be deleted', near, ['rds:DeleteDBSnapshot'], 'principal'],
    ['beside the database, may not', near, ['rds:DeleteDBInstance'], 'same_account'],
    ['in another region, nobody asked', far, null, 'other_region'],
    ['in another region, may be deleted', far, ['rds:DeleteDBSnapshot'], 'principal'],
    ['in another region, may not', far, [], 'other_region'],
    ['in another account, nobody asked', abroad, null, 'other_account'],
    ['in another account, allowed by its own policies alone', abroad, ['rds:DeleteDBSnapshot'], 'other_account'],
  ])('%s', (_, point, actions, reach) => {
    expect(reachOfPoint(point, actions === null ? null : anAuthority(may(...actions)))).toBe(reach);
  });

  describe('in a vault, nobody asked', () => {
    it.each<[string, Partial<Vault>, Reach]>([
      ['without a lock', {}, 'principal'],
      ['with a lock that can be lifted', { lock: 'governance' }, 'principal'],
      ['with a lock that has set', { lock: 'compliance' }, 'same_account'],
      ['that is air-gapped', { airGapped: true }, 'same_account'],
    ])('%s', (_, fields, reach) => {
      const vault = aVault(fields);
      const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: vault.arn });
      expect(reachOfPoint(point, null, { vaults: [aVault({ arn: 'arn:other' }), vault] })).toBe(reach);
    });
  });

  describe('in another account, under a key', () => {
    const keyOf = (accountId: string, region: string) => `arn:aws:kms:${region}:${accountId}:key/0a1b2c3d`;
    const own = keyOf(orders.accountId, orders.region);
    const sealed = (keyArn: string) => ({ ...abroad, encrypted: true, keyArn });

    it.each<[string, string, Partial<Inventory>, Reach]>([
      ['of the database’s account', own, { keys: [aKey({ arn: own })] }, 'principal'],
      ['of the database’s account, not read', own, { keys: [aKey({ arn: 'arn:other', manager: 'aws' })] }, 'principal'],
      [
        'that AWS manages',
        own,
        { keys: [aKey({ arn: 'arn:other' }), aKey({ arn: own, manager: 'aws' })] },
        'other_account',
      ],
      ['of that account', keyOf(OTHER, orders.region), {}, 'other_account'],
      ['of another region', keyOf(orders.accountId, FAR), {}, 'other_account'],
      ['that is named by no ARN', 'alias/orders', {}, 'other_account'],
    ])('%s', (_, keyArn, fields, reach) => {
      expect(reachOfPoint(sealed(keyArn), null, fields)).toBe(reach);
    });

    it('counts for a principal by where the key lies', () => {
      const deletes = anAuthority(may('kms:ScheduleKeyDeletion'));
      expect(reachOfPoint(sealed(own), deletes)).toBe('principal');
      expect(reachOfPoint(sealed(keyOf(OTHER, orders.region)), deletes)).toBe('other_account');
      expect(reachOfPoint(sealed('alias/orders'), deletes)).toBe('other_account');
    });
  });

  it('in another account is beyond a principal that no ARN names', () => {
    const deletes = may('rds:DeleteDBSnapshot');
    expect(reachOfPoint(abroad, anAuthority(deletes, { principal: null }))).toBe('other_account');
    expect(reachOfPoint(abroad, anAuthority(deletes, { principal: 'deploy' }))).toBe('other_account');
  });

  it('goes with its database where the principal may delete that', () => {
    const deletes = anAuthority(may('backup:DeleteRecoveryPoint'));
    const owned = { ...orders, awsBackupPointArn: 'arn:aws:backup:eu-west-1:123456789012:recovery-point:continuous' };
    const pitr = thePitr(owned, { region: FAR });
    const inventory = anInventory({ databases: [owned], recoveryPoints: [pitr] });
    const survival = survive(inventory, [], { at: NOW, refusals: 'lifted' });
    const reaches = survival.after.points.map((tracked) =>
      reachOf(tracked, { database: owned, inventory, survival, authority: deletes }),
    );
    expect(reaches).toEqual(['principal']);
  });

  it('of whom nothing is known counts as within reach', () => {
    expect(
      reachOfPoint(
        near,
        anAuthority(() => 'unknown'),
      ),
    ).toBe('principal');
    expect(
      reachOfPoint(
        far,
        anAuthority(() => 'unknown'),
      ),
    ).toBe('principal');
  });

  it('in the account of the principal is within its reach, though the database is in another', () => {
    const known = anAuthority(may('rds:DeleteDBSnapshot'), { principal: `arn:aws:iam::${OTHER}:role/deploy` });
    expect(reachOfPoint(abroad, known)).toBe('principal');
  });

  it('that the change makes or keeps is of the plan, whatever may be called', () => {
    const inventory = anInventory({ databases: [orders] });
    const actions = deletionOf(orders, { skipFinalSnapshot: false, finalSnapshotId: 'last' });
    const survival = survive(inventory, actions, { at: NOW, refusals: 'lifted' });
    const [tracked] = survival.after.points;
    expect(tracked && reachOf(tracked, { database: orders, inventory, survival, authority: anAuthority(may()) })).toBe(
      'same_plan',
    );
  });

  it('whose vault the change unlocks is as near as an unlocked one', () => {
    const vault = aVault({ lock: 'governance' });
    const point = aPoint(orders, { kind: 'backup_snapshot', vaultArn: vault.arn });
    const inventory = anInventory({ databases: [orders], recoveryPoints: [point], vaults: [vault] });
    const reach = (unlocks: boolean) => {
      const actions = unlocks ? [{ kind: 'delete_vault_lock' as const, target: aTargetOf(vault) }] : [];
      const survival = survive(inventory, actions, { at: NOW, refusals: 'lifted' });
      const [tracked] = survival.after.points;
      return (
        tracked &&
        reachOf(tracked, {
          database: orders,
          inventory,
          survival,
          authority: anAuthority(may('backup:DeleteRecoveryPoint')),
        })
      );
    };
    expect([reach(false), reach(true)]).toEqual(['same_account', 'principal']);
  });
});

describe('the authority of whoever asks', () => {
  const inventory = anInventory({
    databases: [orders],
    recoveryPoints: [aPoint(orders), aPoint(orders, { id: 'second' })],
  });
  const decide = (authority: PrincipalAuthority | null, actions = deletionOf(orders)) =>
    decideChange({
      intent: anIntent(actions),
      inventory,
      policy: DEFAULT_POLICY,
      drills: [aDrill(orders)],
      at: NOW,
      logged: false,
      authority,
    });
  const pointOf = (authority: PrincipalAuthority | null) =>
    decide(authority).checklist.find(({ point }) => point === 'authority_of_principal');

  it('is assumed when nobody asked about it', () => {
    expect(pointOf(null)).toMatchObject({
      result: 'unknown',
      evidence: [/^assumed:/, /^assumed:/].map((one) => expect.stringMatching(one)),
    });
    expect(decide(null).principal).toBe(inventory.principal.arn);
  });

  it('is verified when a survivor is out of its reach', () => {
    expect(pointOf(anAuthority(may('rds:DeleteDBInstance')))).toMatchObject({
      result: 'pass',
      evidence: [
        `verified: what ${ROLE} may call was asked by iam:SimulatePrincipalPolicy`,
        'verified: 2 of 2 survivors of orders are out of its reach',
      ],
    });
    expect(decide(anAuthority(may())).principal).toBe(ROLE);
  });

  it('is contradicted when it may take each of them away', () => {
    expect(pointOf(anAuthority(() => 'allowed'))).toMatchObject({
      result: 'fail',
      evidence: expect.arrayContaining(['contradicted: it may take away each of 2 survivors of orders']),
    });
  });

  it('is unknown when nothing keeps it from taking them, and when it could not be asked', () => {
    expect(pointOf(anAuthority(() => 'unknown'))?.result).toBe('unknown');
    const gap = {
      what: `what ${ROLE} may call`,
      where: inventory.scopes[0] ?? orders,
      action: 'iam:SimulatePrincipalPolicy',
      cause: 'AccessDenied',
      hides: 'threats' as const,
    };
    const denied = anAuthority(() => 'unknown', { gaps: [gap] });
    expect(pointOf(denied)?.evidence[0]).toBe(
      `assumed: what ${ROLE} may call was not read (iam:SimulatePrincipalPolicy: AccessDenied)`,
    );
    expect(decide(denied).gaps).toEqual([gap]);
  });

  it('of a policy file is assumed to be all there is', () => {
    const known = anAuthority(may(), { principal: null, origin: 'policy_file', source: 'deploy.json' });
    expect(pointOf(known)).toMatchObject({
      result: 'unknown',
      evidence: expect.arrayContaining(['assumed: deploy.json holds everything that the principal is allowed']),
    });
    expect(pointOf({ ...known, permits: () => 'allowed' })?.result).toBe('fail');
  });

  it('decides no verdict: it says how near a survivor lies', () => {
    for (const permits of [may(), () => 'unknown' as const, () => 'allowed' as const]) {
      expect(decide(anAuthority(permits))).toMatchObject({ verdict: 'ready', decision: 'review' });
    }
    const gap = {
      what: 'x',
      where: orders,
      action: 'iam:SimulatePrincipalPolicy',
      cause: 'AccessDenied',
      hides: 'threats' as const,
    };
    expect(decide(anAuthority(() => 'unknown', { gaps: [gap] })).verdict).toBe('ready');
  });

  it('passes where nothing is concerned', () => {
    const { checklist } = decide(anAuthority(may()), []);
    expect(checklist.find(({ point }) => point === 'authority_of_principal')?.result).toBe('pass');
  });

  it('is allowed for in a report too', () => {
    const question = { inventory, policy: DEFAULT_POLICY, drills: [], at: NOW };
    const reaches = (authority: PrincipalAuthority | null) =>
      judgeNow({ ...question, authority }, orders).survivors.map(({ reach }) => reach);
    expect(reaches(null)).toEqual(['principal', 'principal']);
    expect(reaches(anAuthority(may()))).toEqual(['same_account', 'same_account']);
  });
});
