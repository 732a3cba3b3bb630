/**
 * Benchmarks 4 and 5: the API beside the least that `node:http` can do, at 1, 10 and 100 connections.
 *
 * A read of one database's readiness beside a server that sends the same bytes; a decision on a plan of 1 MB, judged and
 * kept on disk, beside a server that only parses it. Each server is a process of its own and stays up; they are loaded in
 * turn, round by round, from this process, so that whatever else the machine does falls on both.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import type { Listening } from './api-child.ts';
import { type Benchmark, bar, information, type Row } from './benchmark.ts';

const CONNECTIONS = [1, 10, 100] as const;
/** Seconds of load in one round. */
const READ_SECONDS = 2;
const DECIDE_SECONDS = 4;

/** Headers that either server has from Node. */
const MADE_BY_NODE: readonly string[] = ['connection', 'content-length', 'date', 'keep-alive'];

/** One of the two servers. */
interface Server extends Listening {
  readonly child: ChildProcess;
}

/** What one kind of load did to one server in one round. */
interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakMb: number;
}

/** Readiness of one database, read. */
export const READ_BENCH: Benchmark = {
  name: 'api read: GET /v1/databases/{id} beside node:http with the same bytes',
  run: (rounds) =>
    withServers(async (muster, bare) => {
      const headers = { authorization: `Bearer ${muster.token}` };
      const seen = await fetch(`http://127.0.0.1:${muster.port}${muster.path}`, { headers });
      if (!seen.ok) throw new Error(`the read was answered with ${seen.status}`);
      bare.child.send({
        body: await seen.text(),
        headers: [...seen.headers].filter(([name]) => !MADE_BY_NODE.includes(name)),
      });
      const load = (server: Server) => ({ duration: READ_SECONDS, ...at(server, muster.path, headers) });
      return sideBySide(rounds, { muster, bare, load, atMost: 1.3 });
    }),
};

/** A change decided. */
export const DECIDE_BENCH: Benchmark = {
  name: 'api decision: POST /v1/decisions with a plan of 1 MB beside JSON.parse of it',
  run: (rounds) =>
    withServers((muster, bare) => {
      const headers = { authorization: `Bearer ${muster.token}`, 'content-type': 'application/json' };
      const asked = { method: 'POST', body: muster.decision, duration: DECIDE_SECONDS } as const;
      const load = (server: Server) => ({ ...asked, ...at(server, '/v1/decisions', headers) });
      return sideBySide(rounds, { muster, bare, load, atMost: null });
    }),
};

function at({ port }: Server, path: string, headers: Record<string, string>) {
  return { url: `http://127.0.0.1:${port}${path}`, headers };
}

async function sideBySide(
  rounds: number,
  parts: {
    readonly muster: Server;
    readonly bare: Server;
    readonly load: (server: Server) => Omit<autocannon.Options, 'connections'>;
    /** How many times as long as the bare server a request may take; null for one that is only shown. */
    readonly atMost: number | null;
  },
) {
  const { load, atMost, ...servers } = parts;
  const rows: Row[] = [];
  const bars = [];
  for (const connections of CONNECTIONS) {
    const loads: Record<'muster' | 'bare', Load[]> = { muster: [], bare: [] };
    // The first round warms both and does not count.
    for (let round = 0; round <= rounds; round += 1) {
      for (const name of ['bare', 'muster'] as const) {
        const done = await loaded(servers[name], { ...load(servers[name]), connections });
        if (round > 0) loads[name].push(done);
        process.stderr.write(`${connections} connections, ${name}: ${done.perSecond.toFixed(0)} a second\n`);
      }
    }
    const [bare, muster] = [middle(loads.bare), middle(loads.muster)];
    rows.push({ what: `node:http at ${connections} connections`, ...bare });
    rows.push({ what: `muster at ${connections} connections`, ...muster });
    const what = `time a request, of node:http, at ${connections} connections`;
    const ratio = bare.perSecond / muster.perSecond;
    bars.push(atMost === null ? information(what, ratio) : bar(what, ratio, atMost));
  }
  return { rows, bars };
}

async function loaded({ child }: Server, options: autocannon.Options): Promise<Load> {
  const result = await autocannon(options);
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`answers ${JSON.stringify(result.statusCodeStats)}, ${result.errors} failed`);
  const memory = new Promise<number>((resolve) => {
    child.once('message', ({ memory: bytes }: { memory: number }) => resolve(bytes));
  });
  child.send({ asks: 'memory' });
  const peakMb = (await memory) / 1024 / 1024;
  const perSecond = result.requests.total / result.duration;
  return { perSecond, p50Ms: result.latency.p50, p99Ms: result.latency.p99, peakMb };
}

/** Each figure's middle. */
function middle(loads: readonly Load[]): Load {
  const of = (figure: keyof Load) =>
    loads.map((one) => one[figure]).sort((a, b) => a - b)[Math.floor(loads.length / 2)] ?? 0;
  return { perSecond: of('perSecond'), p50Ms: of('p50Ms'), p99Ms: of('p99Ms'), peakMb: of('peakMb') };
}

async function withServers<T>(work: (muster: Server, bare: Server) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-bench-api-'));
  const servers = [start('muster', folder), start('bare', folder)] as const;
  try {
    const [muster, bare] = await Promise.all(servers);
    return await work(muster, bare);
  } finally {
    for (const server of servers) (await server).child.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(kind: 'muster' | 'bare', folder: string): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'api-child.mjs'), [kind, folder], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('message', (listening: Listening) => resolve({ ...listening, child }));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
}
