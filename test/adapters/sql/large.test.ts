/**
 * A database larger than the memory Muster may take: more than 1 GiB is counted, digested, checked and read whole.
 *
 * Needs a real PostgreSQL server and room on the disk; without either it is skipped, and says so.
 */

import { spawn } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import type { Probe } from '../../../src/drill/probe.ts';
import { HAS_POSTGRES, startPostgresServer } from '../../support/postgres-server.ts';
import type { ProbeChildInput, ProbeChildReport } from '../../support/probe-child.ts';

const GIBIBYTE = 1024 ** 3;
/** The table, its index, and the files that PostgreSQL sorts in. */
const DISK_BYTES_MIN = 6 * GIBIBYTE;
const PEAK_MEBIBYTES_MAX = 250;
const ROWS = 1_050_000;
const SECONDS_MAX = 400;

const HAS_ROOM = hasRoom();

it.skipIf(!HAS_POSTGRES || !HAS_ROOM)(
  'more than 1 GiB is probed in flat memory',
  async () => {
    const server = await startPostgresServer();
    try {
      const login = await server.makeDatabase('large', [
        // Nobody but the probes reads it meanwhile.
        `create unlogged table big (id bigint primary key, note text, body text) with (autovacuum_enabled = off)`,
        // Half in the row, half out of it: text that is not compressed and is too long for a page goes to TOAST.
        `alter table big alter column body set storage external`,
        `insert into big
           select i, repeat(md5(i::text), 28), case when i % 100 = 0 then repeat(md5('body' || i::text), 600) end
             from generate_series(1, ${ROWS}) i`,
      ]);
      const [[bytes = '0'] = []] = await server.run('large', [`select pg_total_relation_size('big')`]);
      expect(Number(bytes)).toBeGreaterThan(GIBIBYTE);
      const report = await probeInChild({ login, probes: PROBES });
      expect(report.answers).toEqual([
        { kind: 'count', count: ROWS, tables: 1 },
        { kind: 'count', count: ROWS, tables: 1 },
        { kind: 'digest', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), rows: ROWS, parts: {} },
        { kind: 'value', text: '1', rows: ROWS, columns: 3 },
        { kind: 'integrity', checked: 2, problems: [] },
      ]);
      expect(report.hydrated).toBe(ROWS);
      expect(report.peakMebibytes).toBeLessThan(PEAK_MEBIBYTES_MAX);
    } finally {
      await server.close();
    }
  },
  SECONDS_MAX * 1000,
);

const PROBES: readonly Probe[] = [
  { kind: 'row_count', name: 'rows', table: 'big', rowsMin: 1, expect: null },
  { kind: 'total_rows', name: 'all', rowsMin: 1, expect: null },
  {
    kind: 'checksum',
    name: 'sum',
    table: 'big',
    key: ['id'],
    columns: [],
    where: null,
    rowsMax: 10_000_000,
    expect: 'last_drill',
  },
  // A careless question that yields everything must not be held either.
  {
    kind: 'sql',
    name: 'careless',
    sql: 'select * from big order by id',
    equals: '1',
    min: null,
    max: null,
    keepValue: false,
  },
  { kind: 'integrity', name: 'indexes', tables: [] },
];

async function probeInChild(input: ProbeChildInput): Promise<ProbeChildReport> {
  const outfile = join('node_modules', '.cache', 'muster-large', 'probe-child.mjs');
  const entryPoints = [join('test', 'support', 'probe-child.ts')];
  await build({ entryPoints, outfile, bundle: true, packages: 'external', format: 'esm', platform: 'node' });
  const child = spawn(process.execPath, [outfile], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(input));
  return JSON.parse(await text(child.stdout)) as ProbeChildReport;
}

function hasRoom(): boolean {
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize >= DISK_BYTES_MIN) return true;
  process.stderr.write(`SKIPPED: probing 1 GiB takes ${DISK_BYTES_MIN / GIBIBYTE} GiB of room in ${tmpdir()}\n`);
  return false;
}
