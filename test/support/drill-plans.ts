/** Plans of drills as data, one for each way to restore, and what a healthy world answers to their commands. */

import type { Presence } from '../../src/app/ports.ts';
import type { Scope } from '../../src/core/arn.ts';
import { addSeconds, type Instant } from '../../src/core/time.ts';
import type { DrillPlan } from '../../src/drill/drill-plan.ts';
import { type Command, type DrillState, type Event, isTearingDown } from '../../src/drill/drill-state.ts';
import { advance, beginDrill, transition } from '../../src/drill/machine.ts';
import type { Probe, ProbeResult } from '../../src/drill/probe.ts';
import { hoursAgo, NOW, SCOPE } from './builders.ts';

export const ROWS: Probe = { kind: 'total_rows', name: 'rows', rowsMin: 1, expect: null };

export const PASSING: ProbeResult = {
  name: 'rows',
  kind: 'total_rows',
  question: 'rows of all user tables',
  passed: true,
  proves: 'data',
  finding: '10 rows',
  value: 10,
  digest: null,
  parts: {},
};

/** Nobody knows of any process whether it ended: leases have to run out. */
export const UNSURE: Presence = { runner: (token) => token, isGone: () => false };

/** What is restored, and how. */
export const PLAN_SHAPES = [
  'instance',
  'cluster',
  'multi_az',
  'pitr',
  'copy',
  'vault',
  'vault_cluster',
  'oracle',
] as const;
export type PlanShape = (typeof PLAN_SHAPES)[number];

const FROM: Scope = { ...SCOPE, region: 'eu-central-1' };

/** A plan of that shape; drill `abc`, ten minutes at most. */
export function aDrillPlan(shape: PlanShape, fields: Partial<DrillPlan> = {}): DrillPlan {
  const ofCluster = shape === 'cluster' || shape === 'multi_az' || shape === 'vault_cluster';
  const engine = shape === 'cluster' || shape === 'vault_cluster' ? 'aurora-postgresql' : 'postgres';
  const vault = shape === 'vault' || shape === 'vault_cluster';
  const type = ofCluster ? 'cluster-snapshot' : 'snapshot';
  return {
    drillId: 'abc',
    musterVersion: '0.1.0',
    endpoint: null,
    scope: SCOPE,
    definition: { name: 'test', origin: 'test.yaml', digest: `sha256:${'0'.repeat(64)}` },
    database: {
      ...SCOPE,
      resourceId: 'db-ORDERS',
      identifier: 'orders',
      engine: shape === 'oracle' ? 'oracle-ee' : engine,
      masterUsername: 'postgres',
      databaseName: 'orders',
      securityGroupIds: ['sg-prod'],
    },
    point: {
      id: 'orders-manual',
      arn: `arn:aws:rds:${(shape === 'copy' ? FROM : SCOPE).region}:${SCOPE.accountId}:${type}:orders-manual`,
      kind:
        shape === 'copy' ? 'snapshot_copy' : vault ? 'backup_snapshot' : shape === 'pitr' ? 'pitr' : 'manual_snapshot',
      ofCluster,
      engine: shape === 'oracle' ? 'oracle-ee' : engine,
      engineVersion: '16.4',
      dataAt: hoursAgo(2),
      lineage: [],
      storageGib: 100,
    },
    claim: shape === 'copy' ? 'copy' : vault ? 'vault' : shape === 'pitr' ? 'pitr' : 'snapshot',
    restore: restoreOf(shape, vault),
    ids: {
      copy: shape === 'copy' ? 'muster-scratch-abc-copy' : null,
      cluster: ofCluster ? 'muster-scratch-abc' : null,
      instance: ofCluster ? 'muster-scratch-abc-1' : 'muster-scratch-abc',
    },
    shape: {
      instanceClass: 'db.r6g.large',
      subnetGroup: 'scratch',
      securityGroupIds: ['sg-scratch'],
      parameterGroup: null,
      clusterParameterGroup: null,
      optionGroup: null,
      tags: { 'muster:drill': 'abc', 'muster:scratch': 'true', 'muster:source': 'db-ORDERS' },
    },
    otherClass: false,
    probes: [ROWS],
    baseline: null,
    objectives: { restoreSecondsMax: null, dataLossSecondsMax: null },
    hydrate: false,
    pollSeconds: 15,
    secondsMax: 600,
    onSuccess: { kind: 'delete' },
    onFailure: { kind: 'delete' },
    replaces: [],
    ...fields,
  };
}

function restoreOf(shape: PlanShape, vault: boolean): DrillPlan['restore'] {
  if (vault) {
    const recoveryPointArn = `arn:aws:rds:${SCOPE.region}:${SCOPE.accountId}:snapshot:awsbackup:job-1`;
    return { by: 'vault', recoveryPointArn, roleArn: `arn:aws:iam::${SCOPE.accountId}:role/backup`, to: null };
  }
  if (shape === 'pitr') return { by: 'pitr', source: { named: 'identifier', value: 'orders' }, to: hoursAgo(2) };
  if (shape !== 'copy') return { by: 'snapshot', snapshot: 'orders-manual', bring: null };
  const fromArn = `arn:aws:rds:${FROM.region}:${SCOPE.accountId}:snapshot:orders-manual`;
  return { by: 'snapshot', snapshot: null, bring: { fromArn, fromRegion: FROM.region, keyArn: null } };
}

/** What a healthy world answers to a command. */
export function healthy(command: Command, state: DrillState, at: Instant): Event {
  const resourceIds = { copy: null, cluster: 'cluster-SCRATCH', instance: 'db-SCRATCH' };
  switch (command.kind) {
    case 'make':
      if (command.step === 'start_job') return { kind: 'job_started', jobId: 'job-1', at };
      return { kind: 'made', resourceId: resourceIds[command.role], at };
    case 'look': {
      const status = isTearingDown(state) ? null : state.step === 'await_stopped' ? 'stopped' : 'available';
      return { kind: 'saw', status, resourceId: status === null ? null : resourceIds[command.role], unknownFor: 0, at };
    }
    case 'look_at_job':
      return { kind: 'job_saw', status: 'completed', message: null, createdArn: 'arn:scratch', completedAt: at, at };
    case 'find_job':
      return { kind: 'job_started', jobId: 'job-1', at };
    case 'mark':
      return { kind: 'marked', resourceId: resourceIds[command.role], at };
    case 'set_password':
    case 'stop':
    case 'remove':
      return { kind: 'done', at };
    case 'connect':
      return { kind: 'connected', connectedAt: at, at };
    case 'probe':
      return { kind: 'probed', results: [PASSING], at };
    case 'hydrate':
      return { kind: 'hydrated', at };
  }
}

/** What a run of the machine alone went through. */
export interface Walk {
  /** Every command, in words: `make restore_cluster`, `look cluster`. */
  readonly commands: readonly string[];
  readonly events: readonly Event[];
  readonly state: DrillState;
}

/** Walks a drill to its end, a second an event; `disturb` may replace what the world answers. */
export function walk(
  plan: DrillPlan,
  disturb: (state: DrillState, event: Event, second: number) => Event = (_, event) => event,
): Walk {
  return walkOn(beginDrill(plan, NOW).state, 1, disturb);
}

/** Walks on from a state. */
export function walkOn(
  from: DrillState,
  second: number,
  disturb: (state: DrillState, event: Event, second: number) => Event = (_, event) => event,
): Walk {
  const commands: string[] = [];
  const events: Event[] = [];
  let state = from;
  const apply = (event: Event) => {
    const after = advance(state, event).state;
    if (after !== state) events.push(event);
    state = after;
  };
  for (let tick = second; ; tick += 1) {
    const { command } = transition(state);
    if (command === null) return { commands, events, state };
    if (tick > second + 2_000) throw new Error(`no ending after 2000 events, at ${state.step}`);
    commands.push(wordsOf(command));
    const at = addSeconds(NOW, tick);
    if (command.kind === 'make') apply({ kind: 'intended', role: command.role, at });
    // Past its deadline a drill turns back on the intention; then nothing is asked for.
    if (command.kind === 'make' && transition(state).command?.kind !== 'make') continue;
    apply(disturb(state, healthy(command, state, at), tick));
  }
}

function wordsOf(command: Command): string {
  if (command.kind === 'make') return `make ${command.step}`;
  return 'role' in command ? `${command.kind} ${command.role}` : command.kind;
}
