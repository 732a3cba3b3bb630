/** Planning without beginning: which databases, what is refused, what the principal may call. */

import { describe, expect, it } from 'vitest';
import { type DrillQuestion, type PlanningWorld, planFor } from '../../src/app/plan-drill.ts';
import type { AuthorityReader, Simulation } from '../../src/app/ports.ts';
import type { Call } from '../../src/authority/authority.ts';
import type { SimulatedAnswer } from '../../src/authority/simulated.ts';
import { parseDefinition } from '../../src/drill/definition.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { aDatabase, anInventory, aPoint, KEY_ARN, NOW, SCOPE } from '../support/builders.ts';

const orders = aDatabase();
const students = aDatabase({
  identifier: 'students',
  resourceId: 'db-STUDENTS',
  arn: 'arn:students',
  securityGroupIds: [],
});
const both = { databases: [orders, students], recoveryPoints: [aPoint(orders), aPoint(students)] };

function question(yaml: string, inventory: Partial<Inventory>, fields: Partial<DrillQuestion> = {}): DrillQuestion {
  return {
    definition: parseDefinition(`name: a\n${yaml}`, 'd.yaml'),
    inventory: anInventory(inventory),
    records: [],
    standbys: [],
    database: null,
    musterVersion: '1',
    ...fields,
  };
}

function world(authority: AuthorityReader | null = null): PlanningWorld {
  let drawn = 0;
  return {
    clock: { now: () => NOW },
    randomness: {
      token: (length) => {
        drawn += 1;
        return `d${drawn}`.padEnd(length, '0');
      },
    },
    authority,
  };
}

/** A reader that answers as it is told, and remembers what it was asked. */
function reader(decide: (call: Call) => SimulatedAnswer['decision'] | null, gaps: Simulation['gaps'] = []) {
  const asked: { identity: string; calls: readonly Call[] }[] = [];
  const simulate = async (identity: string, calls: readonly Call[]): Promise<Simulation> => {
    asked.push({ identity, calls });
    const answers = calls.flatMap((call) => {
      const decision = decide(call);
      return decision === null ? [] : [{ ...call, decision, leansOnContext: false, deniedUnseen: false }];
    });
    return { answers, gaps };
  };
  return { asked, simulate };
}

describe('the databases', () => {
  it('are those that the definition picks, each with an id of its own', async () => {
    const preview = await planFor(question('databases: { engine: postgres }', both), world());
    expect(preview.drills.map(({ plan }) => [plan.database.identifier, plan.drillId])).toEqual([
      ['orders', 'd100000000'],
      ['students', 'd200000000'],
    ]);
    expect(preview).toMatchObject({
      formatVersion: '1',
      at: NOW,
      definition: { name: 'a', origin: 'd.yaml' },
      refused: [],
    });
  });

  it('are the one that is named, whatever the definition picks', async () => {
    const asked = question('databases: { identifier: orders }', both, { database: 'students' });
    expect((await planFor(asked, world())).drills.map(({ plan }) => plan.database.identifier)).toEqual(['students']);
  });

  it('must be named or picked', async () => {
    await expect(planFor(question('', both), world())).rejects.toMatchObject({
      code: 'MUSTER_DRILL_INVALID',
      message: 'd.yaml: databases: missing, and no database is named: write a selector, or name one',
    });
    await expect(planFor(question('databases: { connectionsMin: 5 }', both), world())).rejects.toMatchObject({
      code: 'MUSTER_DATABASE_NOT_FOUND',
      message:
        'd.yaml: databases: picks none of orders, students; orders might be, but its connectionsMin is not known; students might be, but its connectionsMin is not known',
    });
  });

  it('that cannot be drilled do not keep the others from it, unless one was named', async () => {
    const inventory = { ...both, recoveryPoints: [aPoint(students)] };
    const preview = await planFor(question('databases: { identifier: "*" }', inventory), world());
    expect(preview.drills).toHaveLength(1);
    expect(preview.refused).toEqual([
      {
        identifier: 'orders',
        arn: orders.arn,
        code: 'MUSTER_NO_RECOVERY_POINT',
        cause: 'orders has no snapshot that could be restored; it has no recovery point at all',
      },
    ]);
    await expect(planFor(question('', inventory, { database: 'orders' }), world())).rejects.toMatchObject({
      code: 'MUSTER_NO_RECOVERY_POINT',
    });
  });

  it('that may be meant are told', async () => {
    const busy = aDatabase({ connectionsMax: 9 });
    const inventory = { ...both, databases: [busy, students] };
    const { undecided } = await planFor(question('databases: { connectionsMin: 5 }', inventory), world());
    expect(undecided).toEqual([{ identifier: 'students', arn: 'arn:students', unknown: ['connectionsMin'] }]);
  });

  it('share a quota as far as they are drilled at once', async () => {
    const quotas = [{ ...SCOPE, name: 'db_instances', used: 39, max: 40 } as const];
    const obstacles = async (concurrency: number) => {
      const yaml = `databases: { engine: postgres }\nlimits: { concurrency: ${concurrency} }`;
      const { drills } = await planFor(question(yaml, { ...both, quotas }), world());
      return drills.flatMap((drill) => drill.obstacles.map(({ limit }) => limit));
    };
    expect(await obstacles(1)).toEqual([]);
    expect(await obstacles(2)).toEqual(['db_instances', 'db_instances']);
  });
});

it('only the standbys of the same definition and database are replaced', async () => {
  const standbys = [
    { drillId: 'mine', databaseResourceId: 'db-ORDERS', definition: 'a' },
    { drillId: 'theirs', databaseResourceId: 'db-STUDENTS', definition: 'a' },
    { drillId: 'another', databaseResourceId: 'db-ORDERS', definition: 'b' },
  ];
  const asked = question('aftermath: { onSuccess: standby }', both, { database: 'orders', standbys });
  expect((await planFor(asked, world())).drills[0]?.plan.replaces).toEqual(['mine']);
});

describe('the permissions', () => {
  const encrypted = { ...both, recoveryPoints: [aPoint(orders, { encrypted: true, keyArn: KEY_ARN })] };
  const planned = async (authority: AuthorityReader | null, inventory: Partial<Inventory> = encrypted) => {
    const [drill] = (await planFor(question('', inventory, { database: 'orders' }), world(authority))).drills;
    return drill?.permissions;
  };

  it('are asked for every call that the drill makes, of the identity behind the session', async () => {
    const session = { arn: 'arn:aws:sts::123456789012:assumed-role/drill/me', accountId: SCOPE.accountId };
    const { asked, simulate } = reader(() => 'allowed');
    const permissions = await planned({ simulate }, { ...encrypted, principal: session });
    expect(asked[0]?.identity).toBe('arn:aws:iam::123456789012:role/drill');
    const scratch = 'arn:aws:rds:eu-west-1:123456789012:db:muster-scratch-d100000000';
    const snapshot = 'arn:aws:rds:eu-west-1:123456789012:snapshot:orders-manual';
    expect(asked[0]?.calls.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      `rds:DescribeDBInstances ${scratch}`,
      `rds:RestoreDBInstanceFromDBSnapshot ${snapshot}`,
      `rds:RestoreDBInstanceFromDBSnapshot ${scratch}`,
      'rds:RestoreDBInstanceFromDBSnapshot arn:aws:rds:eu-west-1:123456789012:subgrp:orders-subnets',
      `rds:AddTagsToResource ${scratch}`,
      `kms:DescribeKey ${KEY_ARN}`,
      `kms:CreateGrant ${KEY_ARN}`,
      `rds:ModifyDBInstance ${scratch}`,
      `rds:DeleteDBInstance ${scratch}`,
    ]);
    expect(permissions?.known).toBe('simulated');
    expect(new Set(permissions?.calls.map(({ permit }) => permit))).toEqual(new Set(['allowed']));
  });

  it('that are missing are named', async () => {
    const { simulate } = reader(({ action }) => (action === 'rds:DeleteDBInstance' ? 'implicitDeny' : 'allowed'));
    const denied = (await planned({ simulate }))?.calls.filter(({ permit }) => permit === 'denied');
    expect(denied).toMatchObject([
      {
        action: 'rds:DeleteDBInstance',
        purpose: 'remove',
        under: ['aws:ResourceTag/muster:drill', 'aws:ResourceTag/muster:scratch'],
      },
    ]);
  });

  it('that could not be simulated are unknown', async () => {
    const gap = {
      what: 'w',
      where: SCOPE,
      action: 'iam:SimulatePrincipalPolicy',
      cause: 'AccessDenied',
      hides: 'threats',
    } as const;
    const { simulate } = reader(() => null, [gap]);
    const permissions = await planned({ simulate });
    expect(permissions).toMatchObject({ known: 'unknown', gaps: [gap] });
    expect(new Set(permissions?.calls.map(({ permit }) => permit))).toEqual(new Set(['unknown']));
  });

  it('are not asked for when nobody wants to know, nor of a root user, whom nothing binds', async () => {
    expect((await planned(null))?.known).toBe('unasked');
    const root = { arn: 'arn:aws:iam::123456789012:root', accountId: SCOPE.accountId };
    const { asked, simulate } = reader(() => 'implicitDeny');
    const permissions = await planned({ simulate }, { ...encrypted, principal: root });
    expect(asked).toEqual([]);
    expect(permissions?.calls.every(({ permit }) => permit === 'allowed')).toBe(true);
    const federated = { arn: 'arn:aws:sts::123456789012:federated-user/me', accountId: SCOPE.accountId };
    expect((await planned({ simulate }, { ...encrypted, principal: federated }))?.known).toBe('unknown');
  });
});
