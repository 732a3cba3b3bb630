/**
 * Readiness reports for tests of renderers: one database with everything said of it, and estates of any size.
 *
 * All of it happens at the instant of `aDecision()`.
 */

import { addSeconds, type Instant, type Seconds } from '../../src/core/time.ts';
import type { ReadinessReport, ReportedDatabase } from '../../src/report/readiness.ts';
import type { EvidenceView, RequirementView, WaiverView } from '../../src/verdict/document.ts';
import { aCasualty, aDatabaseView, aDecision, aReason, aSurvivor } from './decision-builder.ts';

export const AT: Instant = aDecision().at;
const DAY = 86_400;

export function later(seconds: Seconds): Instant {
  return addSeconds(AT, seconds);
}

/** What `muster report` says of these databases. */
export function aReport(databases: readonly ReportedDatabase[], fields: Partial<ReadinessReport> = {}) {
  return { at: AT, loss: 'each database is deleted now', databases, gaps: [], ...fields };
}

export function aWaiver(fields: Partial<WaiverView> = {}): WaiverView {
  return {
    reason: 'data_loss_exceeded',
    by: 'Jane Doe',
    because: 'moves to the new cluster by March',
    until: later(7.5 * DAY),
    origin: 'muster.yaml: waivers[0]',
    ...fields,
  };
}

export function aRequirement(fields: Partial<RequirementView> = {}): RequirementView {
  return {
    requirement: 'survivors_outside_plan',
    loss: null,
    wanted: 1,
    found: 2,
    origin: 'built-in default',
    result: 'met',
    evidence: [],
    ...fields,
  };
}

export function aPieceOfEvidence(fields: Partial<EvidenceView> = {}): EvidenceView {
  return {
    id: 'drill:drl-1',
    kind: 'drill',
    digest: null,
    observedAt: later(-6 * DAY),
    ageSeconds: 6 * DAY,
    freshUntil: later(5 * DAY),
    state: 'proven',
    says: 'a snapshot restore, 4 of 4 probes passed',
    ...fields,
  };
}

/** The ARN of an instance in Ireland. */
export function arnOf(identifier: string, region = 'eu-west-1'): string {
  return `arn:aws:rds:${region}:123456789012:db:${identifier}`;
}

/** A database that is not ready, of which everything is known: two survivors, a waiver, six questions, three pieces of evidence. */
export function aWholeDatabase(fields: Partial<ReportedDatabase> = {}): ReportedDatabase {
  return {
    ...aDatabaseView({
      identifier: 'orders',
      arn: arnOf('orders'),
      kind: 'rds_instance',
      engine: 'postgres',
      importance: ['412 GiB'],
      environment: { name: 'production', sandbox: false },
      reasons: [
        aReason({
          code: 'restore_never_proven',
          message: 'no drill has ever restored orders from such a recovery point',
          remedy: 'restore it to a scratch database and question it:\nmuster drill run orders',
        }),
      ],
      survivors: [
        aSurvivor({ dataLossSeconds: 144_000, expiresAt: later(6 * DAY + 4 * 3_600) }),
        aSurvivor({
          id: 'awsbackup:job-7',
          kind: 'backup_snapshot',
          dataLossSeconds: 3 * DAY,
          expiresAt: later(2 * DAY),
          reach: 'other_account',
        }),
      ],
      casualties: [aCasualty({ id: 'rds:orders-2026-02-26' })],
      newestSurvivorAt: later(-144_000),
      dataLossSeconds: 144_000,
      requirements: [
        aRequirement(),
        aRequirement({ requirement: 'survivors_after_loss', loss: 'region_lost', found: 0, result: 'advisory' }),
        aRequirement({ requirement: 'retention', wanted: 14 * DAY, found: 6 * DAY, result: 'not_met' }),
        aRequirement({ requirement: 'data_loss', wanted: DAY, found: 144_000, result: 'waived' }),
        aRequirement({ requirement: 'restore_proof', wanted: 'queried', found: 'queried' }),
        aRequirement({ requirement: 'restore_time', wanted: 3_600, found: null, result: 'unknown' }),
      ],
      evidence: [
        aPieceOfEvidence(),
        aPieceOfEvidence({ id: 'restore_test:J-7', kind: 'restore_test', freshUntil: null, state: 'test_failed' }),
        aPieceOfEvidence({
          id: 'inventory',
          kind: 'inventory',
          ageSeconds: 40,
          freshUntil: later(860),
          state: 'fresh',
        }),
      ],
      waivers: [aWaiver()],
      readyUntil: null,
    }),
    survivorsByLoss: [
      lossOf('database_deleted', 2, 0, { dataLossSeconds: 144_000, until: later(6 * DAY + 4 * 3_600) }),
      lossOf('key_destroyed', 0, 1),
      lossOf('region_lost', 0, 0),
      lossOf('account_lost', 1, 1, { dataLossSeconds: 3 * DAY }),
    ],
    restoreTimes: [
      { claim: 'snapshot', p50: 612, p95: 760, n: 3, conditions: 'snapshot restore into db.r6g.large' },
      { claim: 'vault', p50: null, p95: null, n: 0, conditions: null },
    ],
    ...fields,
  };
}

function lossOf(
  loss: string,
  left: number,
  unknown: number,
  { dataLossSeconds = null, until = null }: { dataLossSeconds?: Seconds | null; until?: Instant | null } = {},
) {
  const newestAt = dataLossSeconds === null ? null : later(-dataLossSeconds);
  return { loss, left, unknown, newestAt, dataLossSeconds, until };
}

const NAMES = ['orders', 'billing', 'users', 'catalogue', 'sessions'] as const;

/** Databases by turns: nothing left; never restored; ready for some days; ready with a waiver; never restored. */
export function anEstate(size: number): readonly ReportedDatabase[] {
  return Array.from({ length: size }, (_, index) => {
    const name = `${NAMES[index % NAMES.length]}-${Math.floor(index / NAMES.length)}`;
    const view = aDatabaseView({ identifier: name, arn: arnOf(name), kind: 'rds_instance', engine: 'postgres' });
    switch (index % NAMES.length) {
      case 0:
        return { ...view, reasons: [lostReason(name)] };
      case 2:
        return aReadyDatabase(view, index);
      case 3:
        return { ...aReadyDatabase(view, index), waivers: [aWaiver()] };
      default:
        return anUnprovenDatabase(view, index);
    }
  });
}

function aReadyDatabase(view: ReportedDatabase, index: number): ReportedDatabase {
  return {
    ...view,
    verdict: 'ready',
    reasons: [],
    casualties: [],
    survivors: [aSurvivor()],
    dataLossSeconds: 300 + index,
    restoreSeconds: { p50: 600, p95: 760, n: 3, conditions: 'snapshot restore into db.r6g.large' },
    readyUntil: later((index + 1) * DAY),
  };
}

function anUnprovenDatabase(view: ReportedDatabase, index: number): ReportedDatabase {
  const { identifier } = view;
  return {
    ...view,
    verdict: 'unknown',
    reasons: [
      aReason({
        code: 'restore_never_proven',
        message: `no drill has ever restored ${identifier} from such a recovery point`,
        remedy: `restore it to a scratch database and question it:\nmuster drill run ${identifier}`,
      }),
    ],
    survivors: [aSurvivor({ expiresAt: later((index + 1) * 43_200) })],
    dataLossSeconds: 18_000,
  };
}

function lostReason(name: string) {
  return aReason({
    code: 'no_survivor',
    message: `no recovery point of ${name} outlives this`,
    remedy: `take a manual snapshot, which outlives the database:\naws rds create-db-snapshot --region eu-west-1 --db-instance-identifier ${name} --db-snapshot-identifier ${name}-before-change`,
  });
}
