/**
 * The shapes of the drill journal and of drill records, checked again whenever they are loaded.
 *
 * Both are checked in full: what is deleted rests on the one, verdicts on the other. A record must also bear the digest
 * of what it says.
 */

import * as z from 'zod';
import { digestOf } from '../../core/canonical.ts';
import type { DrillPlan } from '../../drill/drill-plan.ts';
import type { Event } from '../../drill/drill-state.ts';
import type { JournalEntry } from '../../drill/journal.ts';
import {
  type Aftermath,
  CLAIMS,
  DRILL_RESULTS,
  type DrillRecord,
  GRADES,
  PHASES,
  type Restore,
  SCRATCH_KINDS,
  SCRATCH_ROLES,
} from '../../drill/model.ts';
import { type Baseline, PROBE_WORTHS, type Probe, type ProbeKind, type ProbeResult } from '../../drill/probe.ts';
import { RECOVERY_POINT_KINDS } from '../../inventory/model.ts';
import { digest, instant, scope } from './record-parts.ts';

/** A kind of probe added to the model and not here is a compile error. */
const PROBE_KINDS: { readonly [K in ProbeKind]: K } = {
  row_count: 'row_count',
  total_rows: 'total_rows',
  tables: 'tables',
  freshness: 'freshness',
  marker: 'marker',
  checksum: 'checksum',
  schema: 'schema',
  integrity: 'integrity',
  sql: 'sql',
};

const text = z.string();
const maybe = z.string().nullable();
const figure = z.number().nullable();
const name = z.string().min(1);
const digests = z.record(text, text);

const probeResult: z.ZodType<ProbeResult> = z.object({
  name: text,
  kind: z.enum(PROBE_KINDS),
  question: text,
  passed: z.boolean(),
  proves: z.enum(PROBE_WORTHS),
  finding: text,
  value: figure,
  digest: maybe,
  parts: digests,
});

const countExpectation = z
  .object({
    against: z.union([z.literal('last_drill'), z.number()]),
    shrinkPercentMax: z.number(),
    growPercentMax: figure,
  })
  .nullable();

const probe: z.ZodType<Probe> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('row_count'), name, table: text, rowsMin: figure, expect: countExpectation }),
  z.object({ kind: z.literal('total_rows'), name, rowsMin: z.number(), expect: countExpectation }),
  z.object({ kind: z.literal('tables'), name, tablesMin: z.number() }),
  z.object({ kind: z.literal('freshness'), name, sql: text, ageSecondsMax: z.number() }),
  z.object({ kind: z.literal('marker'), name, sql: text, lagSecondsMax: z.number(), keepValue: z.boolean() }),
  z.object({
    kind: z.literal('checksum'),
    name,
    table: text,
    key: z.array(text),
    columns: z.array(text),
    where: maybe,
    rowsMax: z.number(),
    expect: text,
  }),
  z.object({ kind: z.literal('schema'), name, expect: text }),
  z.object({ kind: z.literal('integrity'), name, tables: z.array(text) }),
  z.object({
    kind: z.literal('sql'),
    name,
    sql: text,
    equals: maybe,
    min: figure,
    max: figure,
    keepValue: z.boolean(),
  }),
]);

const baseline: z.ZodType<Baseline> = z.object({
  drillId: name,
  endedAt: instant,
  results: z.record(
    text,
    z.object({ kind: z.enum(PROBE_KINDS), question: text, value: figure, digest: maybe, parts: digests }),
  ),
});

const aftermath: z.ZodType<Aftermath> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('delete') }),
  z.object({ kind: z.literal('keep'), hours: z.number() }),
  z.object({ kind: z.literal('standby') }),
]);

const restore: z.ZodType<Restore> = z.discriminatedUnion('by', [
  z.object({
    by: z.literal('snapshot'),
    snapshot: maybe,
    bring: z.object({ fromArn: text, fromRegion: text, keyArn: maybe }).nullable(),
  }),
  z.object({
    by: z.literal('pitr'),
    source: z.object({ named: z.enum(['identifier', 'resource_id', 'backup_arn']), value: text }),
    to: instant,
  }),
  z.object({ by: z.literal('vault'), recoveryPointArn: text, roleArn: text, to: instant.nullable() }),
]);

const plan: z.ZodType<DrillPlan> = z.object({
  drillId: name,
  musterVersion: text,
  endpoint: maybe,
  scope,
  definition: z.object({ name: text, origin: text, digest }),
  database: z.object({
    accountId: text,
    region: text,
    resourceId: name,
    identifier: text,
    engine: text,
    masterUsername: maybe,
    databaseName: maybe,
    securityGroupIds: z.array(text),
  }),
  point: z.object({
    id: text,
    arn: text,
    kind: z.enum(RECOVERY_POINT_KINDS),
    ofCluster: z.boolean(),
    engine: text,
    engineVersion: maybe,
    dataAt: instant.nullable(),
    lineage: z.array(text),
    storageGib: figure,
  }),
  claim: z.enum(CLAIMS),
  restore,
  ids: z.object({ copy: maybe, cluster: maybe, instance: name }),
  shape: z.object({
    instanceClass: text,
    subnetGroup: maybe,
    securityGroupIds: z.array(text),
    parameterGroup: maybe,
    clusterParameterGroup: maybe,
    optionGroup: maybe,
    tags: z.record(text, text),
  }),
  otherClass: z.boolean(),
  probes: z.array(probe),
  baseline: baseline.nullable(),
  objectives: z.object({ restoreSecondsMax: figure, dataLossSecondsMax: figure }),
  hydrate: z.boolean(),
  pollSeconds: z.number(),
  secondsMax: z.number(),
  onSuccess: aftermath,
  onFailure: aftermath,
  replaces: z.array(text),
});

const at = instant;
const cause = text;
const resourceId = maybe;

const event: z.ZodType<Event> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('intended'), role: z.enum(SCRATCH_ROLES), at }),
  z.object({ kind: z.literal('made'), resourceId, at }),
  z.object({ kind: z.literal('job_started'), jobId: name, at }),
  z.object({
    kind: z.literal('job_saw'),
    status: z.enum(['pending', 'running', 'completed', 'failed', 'aborted']).nullable(),
    message: maybe,
    createdArn: maybe,
    completedAt: instant.nullable(),
    at,
  }),
  z.object({ kind: z.literal('saw'), status: maybe, resourceId, unknownFor: z.number(), at }),
  z.object({ kind: z.literal('marked'), resourceId, at }),
  z.object({ kind: z.literal('done'), at }),
  z.object({ kind: z.literal('connected'), connectedAt: instant, at }),
  z.object({ kind: z.literal('probed'), results: z.array(probeResult), at }),
  z.object({ kind: z.literal('hydrated'), at }),
  z.object({ kind: z.literal('hindered'), cause, at }),
  z.object({ kind: z.literal('failed'), cause, at }),
  z.object({ kind: z.literal('unproven'), cause, at }),
  z.object({ kind: z.literal('exposed'), cause, at }),
  z.object({ kind: z.literal('interrupted'), cause, at }),
  z.object({ kind: z.literal('resumed'), at }),
  z.object({ kind: z.literal('reclaimed'), cause, kept: z.boolean(), at }),
]);

/** One line of the drill journal. */
export const journalEntry: z.ZodType<JournalEntry> = z.object({
  at: instant,
  drillId: name,
  runner: name,
  what: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('begin'), plan }),
    z.object({ kind: z.literal('event'), event }),
    z.object({ kind: z.literal('claim'), gone: maybe }),
    z.object({ kind: z.literal('alive') }),
    z.object({ kind: z.literal('release') }),
  ]),
});

/** One drill that has ended. */
export const drillRecord: z.ZodType<DrillRecord> = z
  .object({
    formatVersion: z.literal('2', { error: 'drill records of format 2 are read; another Muster wrote this one' }),
    drillId: name,
    musterVersion: text,
    endpoint: maybe,
    scope,
    definition: z.object({ name: text, digest }),
    databaseResourceId: name,
    databaseIdentifier: text,
    recoveryPoint: z.object({
      id: text,
      arn: text,
      kind: z.enum(RECOVERY_POINT_KINDS),
      dataAt: instant.nullable(),
      lineage: z.array(text),
    }),
    claim: z.enum(CLAIMS),
    grade: z.enum(GRADES),
    result: z.enum(DRILL_RESULTS),
    startedAt: instant,
    endedAt: instant,
    phases: z.array(z.object({ phase: z.enum(PHASES), at: instant, seconds: z.number() })),
    restoreSeconds: figure,
    conditions: z.object({
      engine: text,
      engineVersion: maybe,
      instanceClass: text,
      otherClass: z.boolean(),
      storageGib: figure,
      region: text,
      broughtFrom: maybe,
    }),
    objectives: z.array(
      z.object({
        objective: z.enum(['restore_time', 'data_loss']),
        secondsMax: z.number(),
        seconds: figure,
        met: z.boolean(),
      }),
    ),
    comparedWith: maybe,
    probes: z.array(probeResult),
    scratch: z.array(
      z.object({
        role: z.enum(SCRATCH_ROLES),
        kind: z.enum(SCRATCH_KINDS),
        id: text,
        resourceId,
        end: z.enum(['gone', 'never_made', 'left', 'leaked']),
        goneAt: instant.nullable(),
        keptUntil: instant.nullable(),
        reason: maybe,
      }),
    ),
    resumed: z.int().min(0),
    cause: maybe,
    digest,
  })
  .refine(({ digest: written, ...record }) => digestOf(record) === written, {
    error: 'its digest is not that of what it says',
    path: ['digest'],
  });
