/**
 * Reading many accounts and regions in one run: everything joined, and one bad place spoils no other.
 *
 * Real SDK clients against one virtual lab that holds all the places; single calls are answered otherwise on the wire.
 */

import { describe, expect, it } from 'vitest';
import { createEstateReader } from '../../../src/adapters/aws/estate-reader.ts';
import type { Clock, Reach } from '../../../src/app/ports.ts';
import { printScope } from '../../../src/core/arn.ts';
import { addSeconds } from '../../../src/core/time.ts';
import type { Inventory } from '../../../src/inventory/model.ts';
import { type Call, jsonError, labClients, queryError, START, type Tamper } from '../../support/aws-lab.ts';
import { ABROAD, EXTERNAL_ID, HOME, ORIGINAL, OTHER, ROLE, threePlaces } from '../../support/lab-places.ts';

const EVERYWHERE: Reach = { regions: ['eu-west-1', 'us-east-1'], roleArns: [ROLE], externalId: EXTERNAL_ID };
/** Time stands still, so that no place is ever late. */
const STILL: Clock = { now: () => START, elapsed: () => 0, sleep: () => new Promise(() => {}) };
const untampered: Tamper = () => null;

async function readAll(tamper = untampered, reach = EVERYWHERE, clock = STILL): Promise<Inventory> {
  const { clients } = labClients(threePlaces, { tamper });
  return createEstateReader(clients, { reach, clock }).read(START);
}
const pointOf = (inventory: Inventory, id: string) => inventory.recoveryPoints.filter((point) => point.id === id);
const isAssumed = ({ accessKeyId }: Call) => accessKeyId.startsWith('ASIA');
const namedGaps = ({ gaps }: Inventory) =>
  gaps.map(({ action, where, hides }) => `${action} ${printScope(where)} ${hides}`);

describe('two regions of two accounts', () => {
  it('are one inventory without a gap, which names each place', async () => {
    const inventory = await readAll();
    expect(inventory.gaps).toEqual([]);
    expect(inventory.scopes.map(printScope)).toEqual([
      '123456789012/eu-west-1',
      '123456789012/us-east-1',
      '999988887777/eu-west-1',
      '999988887777/us-east-1',
    ]);
    expect(inventory.principal.accountId).toBe(HOME.accountId);
  });

  it('keep databases of one name apart', async () => {
    const { databases } = await readAll();
    const named = databases.filter(({ identifier }) => identifier === 'billing-production');
    expect(named.map((database) => [database.accountId, database.resourceId])).toEqual([
      [HOME.accountId, 'db-Q7XK2MZV4TLHBS6EJ3RDAYWNCF'],
      [OTHER.accountId, 'db-NAMESAKE'],
    ]);
  });

  it.each([
    ['region', 'billing-abroad', 'snapshot_copy', ABROAD],
    ['account', 'billing-elsewhere', 'account_copy', OTHER],
  ] as const)('join a copy in another %s to its source', async (_, id, kind, scope) => {
    const inventory = await readAll();
    const [source] = pointOf(inventory, ORIGINAL);
    expect(pointOf(inventory, id)).toMatchObject([
      {
        ...scope,
        kind,
        copiedFrom: source?.arn,
        dataAt: source?.dataAt,
        databaseResourceId: 'db-Q7XK2MZV4TLHBS6EJ3RDAYWNCF',
      },
    ]);
  });

  it('show a shared snapshot once, as its owner has it', async () => {
    expect(pointOf(await readAll(), 'for-audit')).toMatchObject([{ ...HOME, kind: 'manual_snapshot' }]);
  });

  it('show a global database once, and name it on its cluster', async () => {
    const { globalClusters, databases } = await readAll();
    expect(globalClusters).toMatchObject([{ ...HOME, identifier: 'courses-world', deletionProtection: true }]);
    expect(globalClusters[0]?.members.map(({ writer }) => writer)).toEqual([true, false]);
    expect(databases.map(({ globalClusterArn }) => globalClusterArn)).toContain(globalClusters[0]?.arn);
  });
});

it('without the owner’s account a shared snapshot is shared', async () => {
  const assumed = { regions: ['eu-west-1'], roleArns: [ROLE], externalId: EXTERNAL_ID };
  const inventory = await readAll((call) => (isAssumed(call) ? null : refuseRds(call)), assumed);
  expect(pointOf(inventory, 'for-audit')).toMatchObject([{ ...HOME, kind: 'shared_snapshot' }]);
});

const refuseRds = ({ action }: Call) => (action.startsWith('DescribeDB') ? queryError(403, 'AccessDenied') : null);

describe('a place that cannot be read', () => {
  it('is left out of what was read, and its gaps name call, region and account', async () => {
    const inventory = await readAll((call) =>
      call.region === 'us-east-1' && !isAssumed(call) ? refuseRds(call) : null,
    );
    expect(inventory.scopes.map(printScope)).not.toContain(printScope(ABROAD));
    expect(inventory.scopes).toHaveLength(3);
    expect(namedGaps(inventory)).toEqual(
      expect.arrayContaining([
        'rds:DescribeDBInstances 123456789012/us-east-1 databases',
        'rds:DescribeDBSnapshots 123456789012/us-east-1 survivors',
      ]),
    );
    expect(inventory.gaps.every(({ where }) => printScope(where) === printScope(ABROAD))).toBe(true);
    expect(inventory.databases).toHaveLength(3);
  });

  it.each([
    ['throttled', queryError(400, 'Throttling')],
    ['down', { status: 503, body: '' }],
    ['answering with a web page', { status: 200, body: '<html>hello</html>' }],
  ])('being %s spoils no other', async (_, answer) => {
    const calls = (call: Call) => (call.region === 'us-east-1' && call.action.startsWith('Describe') ? answer : null);
    const inventory = await readAll(calls);
    expect(inventory.databases).toHaveLength(3);
    expect(inventory.scopes.map(({ region }) => region)).toEqual(['eu-west-1', 'eu-west-1']);
    expect(inventory.gaps.every(({ where }) => where.region === 'us-east-1')).toBe(true);
  });

  it('and never answers is given up when its time has passed', async () => {
    const never = new Promise<null>(() => {});
    const silent: Tamper = ({ region, action, accessKeyId }) =>
      region === 'us-east-1' && action === 'DescribeDBClusters' && accessKeyId.startsWith('AKIA') ? never : null;
    const inventory = await readAll(silent, EVERYWHERE, strikesForTheLast());
    expect(inventory.databases).toHaveLength(3);
    expect(namedGaps(inventory).toSorted()).toEqual(
      ['databases', 'survivors', 'threats'].map((hides) => `rds:DescribeDBInstances ${printScope(ABROAD)} ${hides}`),
    );
    expect(inventory.gaps[0]?.cause).toBe('TimedOut: after 600 s');
  });
});

/** A clock that strikes for whoever is still waiting when all others have been called back. */
function strikesForTheLast(): Clock {
  const waiting = new Set<() => void>();
  return {
    now: () => START,
    elapsed: () => 0,
    sleep: (_, signal) =>
      new Promise((strike) => {
        waiting.add(strike);
        signal?.addEventListener('abort', () => {
          waiting.delete(strike);
          if (waiting.size === 1) for (const last of waiting) last();
        });
      }),
  };
}

describe('a role that cannot be assumed', () => {
  it('leaves its account unread in every region, and the rest read', async () => {
    const inventory = await readAll(untampered, { ...EVERYWHERE, externalId: 'wrong' });
    expect(inventory.scopes.map(({ accountId }) => accountId)).toEqual([HOME.accountId, HOME.accountId]);
    expect(namedGaps(inventory).toSorted()).toEqual(
      ['eu-west-1', 'us-east-1'].flatMap((region) =>
        ['databases', 'survivors', 'threats'].map((hides) => `sts:AssumeRole ${OTHER.accountId}/${region} ${hides}`),
      ),
    );
    expect(inventory.gaps[0]?.cause).toBe(`AccessDenied (HTTP 403) for ${ROLE}`);
  });

  it('does not leak the external id', async () => {
    const inventory = await readAll(untampered, { ...EVERYWHERE, externalId: 'canary-external' });
    expect(JSON.stringify(inventory)).not.toContain('canary-external');
  });

  it('answered for another account is not believed', async () => {
    const foreign = ROLE.replace(OTHER.accountId, '555566667777');
    const body = (text: string) => text.replaceAll(OTHER.accountId, '555566667777');
    const { clients } = labClients((at) => ({ ...threePlaces(at), roles: [{ arn: foreign, externalId: null }] }), {
      tamper: ({ action }) => (action === 'AssumeRole' ? { status: 200, body: body(ASSUMED) } : null),
    });
    const reach = { ...EVERYWHERE, roleArns: [ROLE] };
    const inventory = await createEstateReader(clients, { reach, clock: STILL }).read(START);
    expect(inventory.gaps.every(({ action }) => action === 'sts:AssumeRole')).toBe(true);
    expect(inventory.gaps).toHaveLength(6);
  });
});

const ASSUMED = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><Arn>arn:aws:sts::${OTHER.accountId}:assumed-role/x/muster</Arn><AssumedRoleId>A:muster</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2026-02-26T22:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

describe('our own credentials', () => {
  it('that do not work are an error, whatever else there is to read', async () => {
    const refused: Tamper = ({ action }) =>
      action === 'GetCallerIdentity' ? queryError(403, 'InvalidClientTokenId') : null;
    await expect(readAll(refused)).rejects.toMatchObject({ code: 'MUSTER_CREDENTIALS_MISSING' });
  });

  it('are believed by the first region that answers', async () => {
    const dead: Tamper = ({ region, action }) =>
      region === 'eu-west-1' && action === 'GetCallerIdentity' ? { status: 200, body: '<html/>' } : null;
    expect((await readAll(dead)).principal.accountId).toBe(HOME.accountId);
  });
});

describe('the keys of two places', () => {
  const keyCalls: string[] = [];
  const watch: Tamper = ({ action, region, accessKeyId }) => {
    if (action === 'TrentService.DescribeKey') keyCalls.push(`${region} ${accessKeyId.slice(0, 4)}`);
    return null;
  };

  it('are asked for where they live', async () => {
    const { keys } = await readAll(watch);
    expect(keys).toMatchObject([{ ...HOME, state: 'enabled' }]);
    expect(keyCalls).toEqual(['eu-west-1 AKIA']);
  });
});

describe('the credentials of a role', () => {
  it('are asked for once, however many calls they serve', async () => {
    let asked = 0;
    await readAll(({ action }) => {
      if (action === 'AssumeRole') asked += 1;
      return null;
    });
    expect(asked).toBe(1);
  });

  it('are renewed before they end', async () => {
    let asked = 0;
    let now = START;
    const count: Tamper = ({ action }) => {
      if (action === 'AssumeRole') asked += 1;
      // An hour less four minutes later: the session still holds, but not for long.
      else now = addSeconds(START, 3_360);
      return null;
    };
    await readAll(count, EVERYWHERE, { ...STILL, now: () => now });
    expect(asked).toBeGreaterThan(1);
  });
});

describe('AWS Backup in one of the places', () => {
  it.each([
    ['denied', jsonError(403, 'AccessDeniedException')],
    ['not there', { status: 404, body: 'Not Found' }],
    ['failing', { status: 500, body: '<html>oops</html>' }],
    ['answering with a page', { status: 200, body: '<html>hello</html>' }],
  ])('%s is a gap there, which may hide survivors, and the place is read all the same', async (_, answer) => {
    const inventory = await readAll(({ action, region }) =>
      action.startsWith('/backup-vaults') && region === 'us-east-1' ? answer : null,
    );
    expect(inventory.scopes).toHaveLength(4);
    expect(inventory.gaps.map(({ hides, where }) => [hides, where.region])).toEqual([
      ['survivors', 'us-east-1'],
      ['survivors', 'us-east-1'],
    ]);
  });
});
