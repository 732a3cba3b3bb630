/** What somebody should know before a planned drill is run. */

import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../src/drill/definition.ts';
import { planDrill } from '../../src/drill/plan.ts';
import { warningsOf } from '../../src/drill/plan-warnings.ts';
import { subjectOf } from '../../src/drill/select.ts';
import type { Database, Inventory, RecoveryPoint } from '../../src/inventory/model.ts';
import { aDatabase, aKey, anInventory, aPoint, KEY_ARN, NOW, SCOPE } from '../support/builders.ts';

const QUIET = 'scratch: { securityGroups: [sg-0drill] }\nprobes: [{ kind: total_rows, name: rows }]';

interface Given {
  readonly database?: Partial<Database>;
  readonly point?: Partial<RecoveryPoint>;
  readonly inventory?: Partial<Inventory>;
}

function warnings(yaml: string, given: Given = {}): readonly string[] {
  const database = aDatabase(given.database);
  const inventory = anInventory({
    databases: [database],
    recoveryPoints: [aPoint(database, given.point)],
    ...given.inventory,
  });
  const definition = parseDefinition(`name: a\n${yaml}`, 'd.yaml');
  const subject = subjectOf(database);
  const asked = {
    definition,
    subject,
    inventory,
    records: [],
    standbys: [],
    drillId: 'abc',
    musterVersion: '1',
    at: NOW,
  };
  return warningsOf(planDrill(asked), subject, inventory);
}

it('a drill that leaves nothing open is not warned of', () => {
  expect(warnings(QUIET)).toEqual([]);
});

describe('a warning is given', () => {
  it.each<[what: string, yaml: string, given: Given, warning: string]>([
    [
      'no security group',
      QUIET.replace('[sg-0drill]', '[]'),
      {},
      "no security group is named: the scratch gets the VPC's default security group",
    ],
    [
      'no subnet group',
      QUIET,
      { database: { subnetGroup: null } },
      'no subnet group is named: the scratch gets the default one of 123456789012/eu-west-1',
    ],
    [
      'an unread key',
      QUIET,
      { point: { encrypted: true, keyArn: KEY_ARN } },
      `the state of the key ${KEY_ARN} was not read`,
    ],
    [
      'a copy from another region that the policy holds back',
      QUIET.replace('scratch: {', 'kinds: [snapshot_copy]\nscratch: { bring: always,'),
      { point: { kind: 'snapshot_copy', region: 'eu-central-1' } },
      'orders-manual does not bear the tag muster:bring=true: under the policy in infra/ it cannot be copied out of eu-central-1',
    ],
    [
      'a serverless member that AWS Backup gives no capacity',
      QUIET.replace(
        'scratch: {',
        'kinds: [backup_snapshot]\nscratch: { class: db.serverless, backupRoleArn: "arn:aws:iam::123456789012:role/r",',
      ),
      {
        database: { instanceClass: 'db.serverless' },
        point: { kind: 'backup_snapshot', vaultArn: 'arn:v' },
      },
      'AWS Backup documents no capacity for Aurora Serverless v2',
    ],
    [
      'a version that is gone',
      QUIET,
      { inventory: { engineVersions: [{ ...SCOPE, engine: 'postgres', engineVersion: '16.4', offered: false }] } },
      '123456789012/eu-west-1 no longer offers postgres 16.4',
    ],
    [
      'a parameter group of its own',
      QUIET,
      { database: { parameterGroup: 'tuned' } },
      'the source uses the parameter group tuned',
    ],
    [
      'permanent options',
      QUIET,
      { database: { engine: 'oracle-ee', optionGroups: ['tde'] } },
      'the source uses the option group tde: name scratch.optionGroup',
    ],
    ['no probe', 'scratch: { securityGroups: [sg-0drill] }', {}, 'no probe is asked'],
    [
      'nothing to compare with',
      QUIET.replace('name: rows', 'name: rows, expect: { against: last_drill }'),
      {},
      'no earlier drill answered "rows": nothing is compared this time',
    ],
    [
      'a marker without a moment',
      QUIET.replace('kind: total_rows, name: rows', 'kind: marker, name: m, sql: select now(), lagSecondsMax: 5'),
      { point: { dataAt: null } },
      'AWS does not say of when the data are',
    ],
    [
      'another class',
      QUIET.replace('scratch: {', 'scratch: { class: db.t3.micro,'),
      {},
      'the scratch runs on db.t3.micro, not on the class of the source',
    ],
    ['an unknown user', QUIET, { database: { masterUsername: null } }, 'who may sign in to the database was not read'],
  ])('of %s', (_, yaml, given, warning) => {
    const found = warnings(yaml, given);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(warning);
  });

  it('of no key whose state was read', () => {
    expect(warnings(QUIET, { point: { encrypted: true, keyArn: KEY_ARN }, inventory: { keys: [aKey()] } })).toEqual([]);
  });

  it('of no copy from another region that bears the tag, nor of one within the region', () => {
    const brought = QUIET.replace('scratch: {', 'kinds: [snapshot_copy, shared_snapshot]\nscratch: { bring: always,');
    const point = { kind: 'snapshot_copy', region: 'eu-central-1', tags: { 'muster:bring': 'true' } } as const;
    expect(warnings(brought, { point })).toEqual([]);
    expect(warnings(brought, { point: { kind: 'shared_snapshot', accountId: '999999999999' } })).toEqual([]);
  });

  it('of no serverless member that RDS restores', () => {
    expect(warnings(QUIET, { database: { instanceClass: 'db.serverless' } })).toEqual([]);
  });
});
