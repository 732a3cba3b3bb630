/**
 * Estates, changes and drills drawn at random, for claims that hold over all of them.
 *
 * Small on purpose: two or three databases with a handful of recovery points each, so that survivors, threats, gaps and
 * drills meet often and a counterexample can be read.
 */

import fc from 'fast-check';
import type { Scope } from '../../src/core/arn.ts';
import { addSeconds } from '../../src/core/time.ts';
import { CLAIMS, type DrillRecord } from '../../src/drill/model.ts';
import type { Action, Intent } from '../../src/intent/action.ts';
import type { Database, Gap, Inventory, Key, RecoveryPoint, Vault } from '../../src/inventory/model.ts';
import { WAIVABLE, WAIVABLE_UNKNOWNS, type WaivableCode } from '../../src/policy/model.ts';
import { type Policy, parsePolicy } from '../../src/policy/schema.ts';
import {
  aCluster,
  aDatabase,
  aDrill,
  aKey,
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

/** Everything that a decision rests on but the instant. */
export interface Drawn {
  readonly inventory: Inventory;
  readonly intent: Intent;
  readonly drills: readonly DrillRecord[];
  readonly policy: Policy;
}

const THEIRS: Scope = { accountId: '999999999999', region: SCOPE.region };
const FAR: Scope = { accountId: SCOPE.accountId, region: 'eu-central-1' };
const KEY_ARNS = ['near', 'spare'].map((id) => `arn:aws:kms:eu-west-1:123456789012:key/${id}`);
const ENDPOINTS = [null, null, null, 'http://127.0.0.1:4566'];

const keys: fc.Arbitrary<readonly Key[]> = fc
  .tuple(
    ...KEY_ARNS.map((arn) =>
      fc
        .constantFrom('enabled', 'enabled', 'enabled', 'disabled', 'pending_deletion', null)
        .map((state) => (state === null ? [] : [aKey({ arn, state })])),
    ),
  )
  .map((found) => found.flat());

const vault: fc.Arbitrary<Vault> = fc
  .constantFrom('none', 'none', 'governance', 'compliance' as const)
  .map((lock) => aVault({ lock }));

const databases: fc.Arbitrary<readonly Database[]> = fc
  .array(
    fc.record({
      cluster: fc.boolean(),
      retentionDays: fc.constantFrom(1, 7, 14),
      deletionProtection: fc.boolean(),
      keyArn: fc.constantFrom(null, null, ...KEY_ARNS),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((drawn) =>
    drawn.map(({ cluster, keyArn, ...fields }, index) => {
      const identifier = `base${index}`;
      const names = {
        identifier,
        resourceId: `${cluster ? 'cluster' : 'db'}-${index}`,
        arn: `arn:aws:rds:eu-west-1:123456789012:${cluster ? 'cluster' : 'db'}:${identifier}`,
        encrypted: keyArn !== null,
        keyArn,
        ...fields,
      };
      return cluster ? aCluster({ ...names, members: [] }) : aDatabase(names);
    }),
  );

const KINDS = [
  'manual_snapshot',
  'manual_snapshot',
  'system_snapshot',
  'snapshot_copy',
  'backup_snapshot',
  'retained_automated_backup',
  's3_export',
  'shared_snapshot',
  'account_copy',
  'replicated_automated_backup',
] as const;

/** Where a kind lies, but beside its database. */
const PLACES: Partial<Record<(typeof KINDS)[number], Scope>> = {
  snapshot_copy: FAR,
  replicated_automated_backup: FAR,
  account_copy: THEIRS,
};

/** One recovery point of a database; two in three are good enough to make it ready. */
function pointOf(of: Database, index: number): fc.Arbitrary<RecoveryPoint> {
  return fc
    .record({
      kind: fc.constantFrom(...KINDS),
      hours: fc.constantFrom(0, 1, 5, 20, 23.9, 24.1, 80),
      dated: fc.constantFrom(true, true, true, false),
      status: fc.constantFrom('available', 'available', 'available', 'creating'),
      endsIn: fc.constantFrom(null, null, -60, 60, 1_800, 86_400),
      keyArn: fc.constantFrom(of.keyArn, of.keyArn, null, ...KEY_ARNS),
      orphan: fc.constantFrom(false, false, false, false, false, true),
    })
    .map(({ kind, hours, dated, status, endsIn, keyArn, orphan }) => {
      const dataAt = hoursAgo(hours);
      const windowed = kind === 'retained_automated_backup' || kind === 'replicated_automated_backup';
      return aPoint(of, {
        ...(PLACES[kind] ?? SCOPE),
        id: `${of.identifier}-${index}`,
        arn: `arn:point:${of.identifier}:${index}`,
        kind,
        // One that follows its source moves on with it, which an estate that stands still cannot show.
        status: kind === 'replicated_automated_backup' && status === 'available' ? 'retained' : status,
        createdAt: dataAt,
        dataAt: windowed || !dated ? null : dataAt,
        window: windowed && dated ? { earliest: addSeconds(dataAt, -86_400), latest: dataAt } : null,
        retentionDays: kind === 'replicated_automated_backup' ? 2 : null,
        expiresAt: endsIn === null ? null : addSeconds(NOW, endsIn),
        keyArn,
        encrypted: keyArn !== null,
        vaultArn: kind === 'backup_snapshot' ? aVault().arn : null,
        ...(orphan ? { databaseResourceId: 'db-GONE' } : {}),
      });
    });
}

/** A database's own backup, whatever else was drawn, and two times in three a plain snapshot, perhaps close to too old. */
function pointsOf(of: Database): fc.Arbitrary<readonly RecoveryPoint[]> {
  return fc
    .record({
      hours: fc.constantFrom(null, 1, 11.9, 23.9, 23.9),
      count: fc.integer({ min: 0, max: 3 }),
      copies: fc.constantFrom(true, false, false),
    })
    .chain(({ hours, count, copies }) =>
      fc
        .tuple(...Array.from({ length: count }, (_, index) => pointOf(of, index)))
        .map((points) => [
          thePitr(of),
          ...(hours === null ? [] : [plainPoint(of, 'plain', { dataAt: hoursAgo(hours) })]),
          ...(copies ? plainCopies(of) : []),
          ...points,
        ]),
    );
}

/** What a strict policy wants, so that one is met now and then: a copy in another region, and one in another account. */
function plainCopies(of: Database): readonly RecoveryPoint[] {
  return [
    plainPoint(of, 'far', { ...FAR, kind: 'snapshot_copy', dataAt: hoursAgo(5) }),
    plainPoint(of, 'theirs', {
      ...THEIRS,
      kind: 'account_copy',
      dataAt: hoursAgo(30),
      expiresAt: addSeconds(NOW, 40 * 86_400),
    }),
    plainPoint(of, 'near', {
      ...THEIRS,
      kind: 'account_copy',
      dataAt: hoursAgo(2),
      expiresAt: addSeconds(NOW, 30 * 86_400 + 900),
    }),
  ];
}

function plainPoint(of: Database, name: string, fields: Partial<RecoveryPoint>): RecoveryPoint {
  const names = { id: `${of.identifier}-${name}`, arn: `arn:point:${of.identifier}:${name}` };
  return aPoint(of, { ...names, keyArn: null, encrypted: false, ...fields });
}

/** A drill of one of a database's claims. */
export function drillOf(of: Database, drillId: string): fc.Arbitrary<DrillRecord> {
  return fc
    .record({
      claim: fc.constantFrom(...CLAIMS),
      endpoint: fc.constantFrom(...ENDPOINTS),
      hours: fc.constantFrom(-24, 0, 1, 100, 719, 721, 2_000),
      result: fc.constantFrom('passed', 'passed', 'passed', 'leaked', 'failed', 'aborted' as const),
      asked: fc.constantFrom('answered', 'answered', 'answered', 'wrong', 'nothing' as const),
      resumed: fc.constantFrom(0, 0, 0, 1),
      compared: fc.constantFrom(false, false, true),
    })
    .map(({ claim, endpoint, hours, result, asked, resumed, compared }) => {
      const sound = (result === 'passed' || result === 'leaked') && asked !== 'wrong';
      return aDrill(of, {
        drillId,
        claim,
        endpoint,
        result,
        endedAt: hoursAgo(hours),
        resumed,
        grade: sound && asked === 'answered' ? (compared ? 'compared' : 'queried') : 'restored',
        restoreSeconds: sound ? 600 : null,
        probes: asked === 'nothing' ? [] : probesOf(of, { passed: asked === 'answered', compared }),
      });
    });
}

function probesOf(of: Database, { passed, compared }: { readonly passed: boolean; readonly compared: boolean }) {
  return aDrill(of).probes.map((probe) => ({ ...probe, passed, proves: compared ? 'comparison' : 'data' }) as const);
}

/** Any drills, and two times in three one of each database that passed, one time in four of them against a lab. */
function drillsOf(all: readonly Database[]): fc.Arbitrary<readonly DrillRecord[]> {
  return fc
    .tuple(
      fc.integer({ min: 0, max: 2 }),
      fc.constantFrom(...ENDPOINTS),
      fc.array(fc.constantFrom(...all), { maxLength: 4 }),
    )
    .chain(([luck, endpoint, chosen]) => {
      const passed = all.flatMap((of, index) => [
        aDrill(of, { drillId: `passed${index}`, endpoint }),
        aDrill(of, { drillId: `copied${index}`, endpoint, claim: 'copy' }),
      ]);
      return fc
        .tuple(...chosen.map((of, index) => drillOf(of, `d${index}`)))
        .map((drills) => [...drills, ...(luck > 0 ? passed : [])]);
    });
}

/** A gap of any direction, here or in the region of the copies. */
export const aGap: fc.Arbitrary<Gap> = fc.record({
  what: fc.constantFrom('snapshots', 'vaults', 'locks'),
  where: fc.constantFrom(SCOPE, FAR, THEIRS),
  action: fc.constantFrom('rds:DescribeDBSnapshots', 'backup:ListBackupVaults'),
  cause: fc.constant('AccessDenied'),
  hides: fc.constantFrom('survivors', 'threats', 'databases' as const),
});

function actionsOn(inventory: Inventory): fc.Arbitrary<readonly Action[]> {
  const { databases: all, recoveryPoints, vaults } = inventory;
  const final = { skipFinalSnapshot: false, finalSnapshotId: 'last' };
  const choices: (readonly Action[])[] = [
    ...all.flatMap((database) => [
      deletionOf(database),
      deletionOf(database),
      deletionOf(database, { deleteAutomatedBackups: false }),
      deletionOf(database, final),
      [modification(database)],
    ]),
    ...recoveryPoints
      .filter(({ kind }) => kind === 'manual_snapshot')
      .map((point): Action[] => [
        { kind: point.ofCluster ? 'delete_db_cluster_snapshot' : 'delete_db_snapshot', target: aTargetOf(point) },
      ]),
    ...vaults.map((held): Action[] => [{ kind: 'delete_backup_vault', target: aTargetOf(held), force: true }]),
    ...KEY_ARNS.map((arn): Action[] => [{ kind: 'schedule_key_deletion', target: aTargetOf({ arn }), windowDays: 7 }]),
    deletionOf(aDatabase({ identifier: 'unseen', resourceId: 'db-UNSEEN', arn: 'arn:unseen' })),
    [{ kind: 'opaque', target: { arn: null, resourceId: null, identifier: 'x.y', scope: SCOPE }, why: 'unread' }],
  ];
  return fc.array(fc.constantFrom(...choices), { minLength: 1, maxLength: 3 }).map((chosen) => chosen.flat());
}

function modification(database: Database): Action {
  const kind = database.kind === 'rds_instance' ? 'modify_db_instance' : 'modify_db_cluster';
  return { kind, target: aTarget(database), change: { retentionDays: 1, deletionProtection: false } };
}

const NEEDS = ['required', 'required', 'advisory'] as const;
const AGES = ['1h', '30d', '30d', '60d'] as const;

/** Every key a policy may require something by, each absent more often than not. */
const strict = fc.record(
  {
    dataLossMax: fc.constantFrom('12h', '24h', '48h'),
    restoreTimeMax: fc.constantFrom('5m', '10m', '1h', null),
    survivors: fc.record({
      outsidePlan: fc.constantFrom(1, 1, 2),
      outsidePrincipal: fc.constantFrom(0, 1),
      otherRegion: fc.constantFrom(0, 0, 1),
      otherAccount: fc.constantFrom(0, 1, 2),
    }),
    afterLoss: fc.record({
      bad_write: fc.constantFrom(0, 1),
      time_passes: fc.constantFrom(0, 1, 2),
      region_lost: fc.constantFrom(0, 0, 1),
      account_lost: fc.constantFrom(0, 1),
    }),
    restoreProof: fc.record({ snapshot: fc.constantFrom(...NEEDS), copy: fc.constantFrom(...NEEDS) }),
    proofAgeMax: fc.record({ snapshot: fc.constantFrom(...AGES), copy: fc.constantFrom(...AGES) }),
    proofGrade: fc.constantFrom('restored', 'queried', 'compared'),
    detectionTime: fc.constantFrom('0s', '60s', '30m', '1h'),
    retentionMin: fc.constantFrom('1h', '1d', '30d', null),
  },
  { requiredKeys: [] },
);

const plain = fc.record({
  dataLossMax: fc.constantFrom('12h', '24h', '48h'),
  survivors: fc.record({ outsidePlan: fc.constantFrom(1, 1, 2) }),
  restoreProof: fc.constantFrom('required', 'required', 'required', 'advisory'),
});

interface DrawnWaiver {
  readonly reason: WaivableCode;
  readonly seconds: number;
}

/** At most one of each reason; some hold for seconds, some have ended. */
const waivers: fc.Arbitrary<DrawnWaiver[]> = fc.uniqueArray(
  fc.record({ reason: fc.constantFrom(...WAIVABLE), seconds: fc.constantFrom(-60, 0, 1, 600, 1_800, 900_000) }),
  { selector: ({ reason }) => reason, maxLength: 4 },
);

const environments = fc.constantFrom(
  {},
  { shop: { accounts: [SCOPE.accountId], survivors: { outsidePlan: 1 } } },
  { tests: { accounts: [THEIRS.accountId], sandbox: true } },
);

const policy: fc.Arbitrary<Policy> = fc
  .record({
    defaults: fc.oneof({ weight: 1, arbitrary: plain }, { weight: 1, arbitrary: strict }),
    waivers: fc.oneof({ weight: 2, arbitrary: fc.constant<DrawnWaiver[]>([]) }, { weight: 1, arbitrary: waivers }),
    environments,
    verdictAgeMax: fc.constantFrom('1h', '1h', '60d'),
  })
  .map(({ waivers: drawnWaivers, verdictAgeMax, ...parts }) => {
    const given = drawnWaivers.map(({ reason, seconds }) => ({
      match: { identifier: '*' },
      reason,
      by: 'Jane Doe',
      because: 'it was drawn so',
      until: addSeconds(NOW, seconds),
      ...(WAIVABLE_UNKNOWNS.includes(reason) ? { acceptsUnknown: true } : {}),
    }));
    const ages = { verdictAgeMax, inventoryAgeMax: verdictAgeMax };
    return parsePolicy(JSON.stringify({ version: 1, ...parts, ...ages, waivers: given }), 'drawn.yaml');
  });

const inventories: fc.Arbitrary<Inventory> = databases.chain((all) =>
  fc
    .record({
      points: fc.tuple(...all.map(pointsOf)),
      keys,
      vault,
      gaps: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(aGap, { maxLength: 2 }) },
      ),
    })
    .map(({ points, vault: held, ...rest }) =>
      anInventory({
        ...rest,
        scopes: [SCOPE, FAR, THEIRS],
        databases: all,
        recoveryPoints: points.flat(),
        vaults: [held],
      }),
    ),
);

/** An estate, a change of it, and the drills on record. */
export const drawn: fc.Arbitrary<Drawn> = inventories.chain((inventory) =>
  fc.record({
    inventory: fc.constant(inventory),
    intent: actionsOn(inventory).map((actions) => anIntent(actions)),
    drills: drillsOf(inventory.databases),
    policy,
  }),
);
