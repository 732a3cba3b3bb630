/**
 * Finding out what a principal may call: whom IAM is asked about, about what, and what is known without asking.
 */

import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/store/memory-store.ts';
import { assess } from '../../src/app/assess.ts';
import { decide } from '../../src/app/decide-change.ts';
import { lossTables } from '../../src/app/loss-tables.ts';
import type { AuthorityReader } from '../../src/app/ports.ts';
import { authorityOfFile, simulateAuthority } from '../../src/app/read-authority.ts';
import type { Call, PrincipalAuthority } from '../../src/authority/authority.ts';
import { readPolicyDocuments } from '../../src/authority/policy-document.ts';
import type { SimulatedAnswer } from '../../src/authority/simulated.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import {
  aCluster,
  aDatabase,
  aDrill,
  anIntent,
  anInventory,
  aPoint,
  aTarget,
  deletionOf,
  NOW,
} from '../support/builders.ts';

const ORDERS = aDatabase();
const COURSES = aCluster();
const POINT = aPoint(ORDERS);
const INVENTORY = anInventory({ databases: [ORDERS, COURSES], recoveryPoints: [POINT, aPoint(COURSES)] });
const ROLE = 'arn:aws:iam::123456789012:role/deploy';
const SESSION = 'arn:aws:sts::123456789012:assumed-role/deploy/agent';
const DELETION: Call = { action: 'rds:DeleteDBSnapshot', resource: POINT.arn };

/** A reader that answers everything alike, and remembers what it was asked. */
function aReader(decision: SimulatedAnswer['decision']) {
  const asked: { identity: string; calls: readonly Call[] }[] = [];
  const reader: AuthorityReader = {
    simulate: (identity, calls) => {
      asked.push({ identity, calls });
      const answers = calls.map((call) => ({ ...call, decision, leansOnContext: false, deniedUnseen: false }));
      return Promise.resolve({ answers, gaps: [] });
    },
  };
  return { reader, asked };
}

const ask = (principal: string, reader: AuthorityReader, databases = [ORDERS]) =>
  simulateAuthority({ principal, inventory: INVENTORY, databases, at: NOW }, reader);

describe('a simulation', () => {
  it('of a session is of its role, about every way to take what the database has, once each', async () => {
    const { reader, asked } = aReader('explicitDeny');
    const known = await ask(SESSION, reader);
    expect(known).toMatchObject({ principal: SESSION, origin: 'simulation', gaps: [] });
    expect(known.permits(DELETION)).toBe('denied');
    expect(asked.map(({ identity }) => identity)).toEqual([ROLE]);
    const calls = asked[0]?.calls ?? [];
    expect(calls).toContainEqual(DELETION);
    expect(calls).toContainEqual({ action: 'iam:PutRolePolicy', resource: ROLE });
    expect(new Set(calls.map(({ action, resource }) => `${action} ${resource}`)).size).toBe(calls.length);
    expect(calls.some(({ resource }) => resource === aPoint(COURSES).arn)).toBe(false);
  });

  it('counts on no denial that the principal could lift', async () => {
    const reader: AuthorityReader = {
      simulate: (_, calls) =>
        Promise.resolve({
          answers: calls.map((call) => ({
            ...call,
            decision: call.action === 'iam:AttachRolePolicy' ? ('allowed' as const) : ('explicitDeny' as const),
            leansOnContext: false,
            deniedUnseen: false,
          })),
          gaps: [],
        }),
    };
    expect((await ask(ROLE, reader)).permits(DELETION)).toBe('unknown');
  });

  it('is not asked of the root user, who may do everything', async () => {
    const { reader, asked } = aReader('explicitDeny');
    expect((await ask('arn:aws:iam::123456789012:root', reader)).permits(DELETION)).toBe('allowed');
    expect(asked).toEqual([]);
  });

  it('of what is neither a user nor a role leaves everything unknown, with a gap', async () => {
    const { reader, asked } = aReader('explicitDeny');
    const known = await ask('arn:aws:sts::123456789012:federated-user/kim', reader);
    expect(known.permits(DELETION)).toBe('unknown');
    expect(known.gaps).toMatchObject([{ action: 'iam:SimulatePrincipalPolicy', hides: 'threats' }]);
    expect(asked).toEqual([]);
  });
});

describe('a policy file', () => {
  const fileOf = (Action: string | string[]) => {
    const documents = readPolicyDocuments(
      JSON.stringify({ Statement: { Effect: 'Allow', Action, Resource: '*' } }),
      'deploy.json',
    );
    return authorityOfFile({ documents, boundary: null }, 'deploy.json');
  };

  it('is the authority of nobody in particular', () => {
    expect(fileOf('rds:Describe*')).toMatchObject({
      principal: null,
      origin: 'policy_file',
      source: 'deploy.json',
      gaps: [],
    });
    expect(fileOf('rds:Describe*').permits(DELETION)).toBe('denied');
    expect(fileOf('rds:Delete*').permits(DELETION)).toBe('allowed');
  });

  it('that lets a principal assume roles, or rewrite its policies, denies nothing that counts', () => {
    expect(fileOf(['rds:Describe*', 'sts:AssumeRole']).permits(DELETION)).toBe('unknown');
    expect(fileOf(['rds:Describe*', 'iam:*']).permits(DELETION)).toBe('unknown');
  });
});

describe('a decision', () => {
  const world = () => ({
    clock: { now: () => NOW, elapsed: () => 0, sleep: async () => undefined },
    store: createMemoryStore(),
  });
  const known: PrincipalAuthority = {
    principal: ROLE,
    origin: 'simulation',
    source: 'test',
    permits: () => 'denied',
    gaps: [],
  };

  it('asks what the principal may call against the databases concerned, and those alone', async () => {
    const seen: string[][] = [];
    const authority = (databases: readonly { readonly identifier: string }[]) => {
      seen.push(databases.map(({ identifier }) => identifier));
      return Promise.resolve(known);
    };
    const { store, clock } = world();
    await store.recordDrill(aDrill(ORDERS));
    const question = { intent: anIntent(deletionOf(ORDERS)), inventory: INVENTORY, policy: DEFAULT_POLICY, authority };
    const document = await decide(question, { store, clock });
    expect(seen).toEqual([['orders']]);
    expect(document.databases[0]?.survivors).toMatchObject([{ reach: 'same_account' }]);
    expect(await store.decisions()).toEqual([document]);
  });

  it('remembers what an earlier one weakened, and so does a report', async () => {
    const { store, clock } = world();
    const guarded = { ...INVENTORY, databases: [aDatabase({ deletionProtection: true }), COURSES] };
    const step = {
      kind: 'modify_db_instance',
      target: aTarget(ORDERS),
      change: { deletionProtection: false },
    } as const;
    await decide(
      { intent: anIntent([step], { digest: 'sha256:01' }), inventory: guarded, policy: DEFAULT_POLICY },
      { store, clock },
    );
    const codes = (views: readonly { readonly reasons: readonly { readonly code: string }[] }[]) =>
      views.flatMap(({ reasons }) => reasons.map(({ code }) => code));
    const later = await decide(
      { intent: anIntent(deletionOf(ORDERS)), inventory: INVENTORY, policy: DEFAULT_POLICY },
      { store, clock },
    );
    expect(codes(later.databases)).toContain('disarmed_earlier');
    const report = (inventory: typeof INVENTORY) =>
      assess({ inventory, policy: DEFAULT_POLICY, names: ['orders'] }, { store, clock });
    expect(codes((await report(INVENTORY)).databases)).toContain('disarmed_earlier');
    expect(codes((await report(guarded)).databases)).not.toContain('disarmed_earlier');
  });
});

describe('losses by table', () => {
  const known: PrincipalAuthority = {
    principal: ROLE,
    origin: 'simulation',
    source: 'test',
    permits: () => 'denied',
    gaps: [],
  };
  const asked = { inventory: INVENTORY, databases: [COURSES, ORDERS], at: NOW, losses: ['region_lost'] as const };

  it('hold the row of a principal last, and none when nobody asked for one', () => {
    const rows = lossTables(asked, known).map(({ identifier, rows: of }) => [
      identifier,
      ...of.map(({ loss }) => loss),
    ]);
    expect(rows).toEqual([
      ['courses', 'region_lost', 'principal_reach'],
      ['orders', 'region_lost', 'principal_reach'],
    ]);
    expect(lossTables(asked, null).flatMap(({ rows: of }) => of.map(({ loss }) => loss))).toEqual([
      'region_lost',
      'region_lost',
    ]);
    expect(lossTables(asked, known)[1]?.rows[1]?.left.map(({ id }) => id)).toEqual([POINT.id]);
  });
});
