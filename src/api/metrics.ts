/**
 * What the API counts and measures, as Prometheus reads it.
 *
 * Names of routes are patterns and names of databases are few, so that no label grows without bound. What is only known by
 * looking (ages, the backlog) is looked up when somebody reads the metrics. Source: the naming practices of Prometheus.
 */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { DecisionDocument } from '../verdict/document.ts';

/** What a decision was asked about. */
export type DecisionSource = string;

/** What was observed when the metrics are read. */
export interface Observed {
  /** Null while nothing was read. */
  readonly inventoryAgeSeconds: number | null;
  readonly evidenceAges: readonly { readonly kind: string; readonly seconds: number }[];
  /** Newest first. */
  readonly provenRestores: readonly { readonly database: string; readonly atSeconds: number }[];
  readonly jobs: readonly { readonly task: string; readonly state: string; readonly count: number }[];
}

/** The counters of one API. */
export interface Metrics {
  /** Counts a decision that was made. @param seconds How long it took. @param source What kind of change was asked about. */
  decided(document: DecisionDocument, seconds: number, source?: DecisionSource): void;
  answered(answer: {
    readonly route: string;
    readonly method: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  /** Everything in the text format. @param look Asked for what has to be looked up. */
  print(look: () => Promise<Observed>): Promise<string>;
}

/** Media type of the text format. */
export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;
/** Databases with a gauge of their own; the ones proven last are shown. */
export const DATABASES_MAX = 200;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const HTTP_BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60];
const EVALUATION_BUCKETS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300];

/** Of the process, whatever runs in it: begun once. */
let processMetrics: Registry | null = null;

/** Counters that stand at nothing. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const verdicts = new Counter({
    name: 'muster_verdicts_total',
    help: 'Decisions made, by decision, verdict and kind of change.',
    labelNames: ['decision', 'verdict', 'source'],
    registers,
  });
  const evaluation = new Histogram({
    name: 'muster_evaluation_seconds',
    help: 'How long decisions took.',
    buckets: EVALUATION_BUCKETS,
    registers,
  });
  const requests = new Counter({
    name: 'muster_http_requests_total',
    help: 'Requests answered, by pattern of the route, method and status.',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const times = new Histogram({
    name: 'muster_http_request_seconds',
    help: 'How long requests took, by pattern of the route.',
    labelNames: ['route'],
    buckets: HTTP_BUCKETS,
    registers,
  });
  const show = createGauges(registers);
  return {
    decided: ({ decision, verdict }, seconds, source = 'other') => {
      verdicts.inc({ decision, verdict, source });
      evaluation.observe(seconds);
    },
    answered: ({ route, method, status, seconds }) => {
      requests.inc({ route, method: METHODS.includes(method) ? method : 'other', status });
      times.observe({ route }, seconds);
    },
    print: async (look) => {
      show(await look());
      return Registry.merge([registry, ofProcess()]).metrics();
    },
  };
}

/** Gauges, and what sets all of them: one that has nothing to show is not shown. */
function createGauges(registers: Registry[]): (observed: Observed) => void {
  const inventory = new Gauge({
    name: 'muster_inventory_age_seconds',
    help: 'Age of the inventory that verdicts rest on.',
    labelNames: [] as const,
    registers,
  });
  const evidence = new Gauge({
    name: 'muster_evidence_age_seconds',
    help: 'Age of the newest evidence of each kind.',
    labelNames: ['kind'],
    registers,
  });
  const proven = new Gauge({
    name: 'muster_last_proven_restore_timestamp_seconds',
    help: 'When a drill last proved the restore of a database, by its resource id.',
    labelNames: ['database'],
    registers,
  });
  const jobs = new Gauge({
    name: 'muster_jobs',
    help: 'Jobs that wait, run, or were given up, by task.',
    labelNames: ['task', 'state'],
    registers,
  });
  return ({ inventoryAgeSeconds, evidenceAges, provenRestores, jobs: backlog }) => {
    inventory.set(inventoryAgeSeconds ?? Number.NaN);
    for (const gauge of [evidence, proven, jobs]) gauge.reset();
    for (const { kind, seconds } of evidenceAges) evidence.set({ kind }, seconds);
    for (const { database, atSeconds } of provenRestores.slice(0, DATABASES_MAX)) proven.set({ database }, atSeconds);
    for (const { task, state, count } of backlog) jobs.set({ task, state }, count);
  };
}

function ofProcess(): Registry {
  if (processMetrics === null) {
    processMetrics = new Registry();
    // Ten times a second is often enough to see a loop that hangs, and does not keep an idle process busy.
    collectDefaultMetrics({ register: processMetrics, eventLoopMonitoringPrecision: 100 });
  }
  return processMetrics;
}
