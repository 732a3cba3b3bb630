/**
 * Processes that fire schedules and run jobs, killed with -9 at random moments, two at once: no job is lost, no two of one
 * queue run at the same time, and each instant of a schedule is fired once.
 *
 * `MUSTER_KILL_ROUNDS` says how often, `MUSTER_KILL_SEED` at which moments.
 */

import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { handling, type SharedDeskKind, until, useSharedDesks } from '../store/desk-kinds.ts';
import { startWriter, type Writer } from '../store/writers.ts';
import { findingsOf, LIFE, noteTo } from './worker-log.ts';

const ROUNDS = Number(process.env['MUSTER_KILL_ROUNDS'] ?? 3);
const SEED = Number(process.env['MUSTER_KILL_SEED'] ?? 20_261_124);
/** So many instants a worker fires at most before its time is up. */
const FIRED_MAX = 12;

let program: string;
beforeAll(async () => {
  const folder = join('node_modules', '.cache', 'muster-kill-jobs');
  mkdirSync(folder, { recursive: true });
  program = join(folder, 'worker.mjs');
  await build({
    entryPoints: [join('test', 'adapters', 'jobs', 'worker-child.ts')],
    outfile: program,
    bundle: true,
    external: ['libsql', 'pg-native'],
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}, 60_000);

describe.each(useSharedDesks())('workers at a desk %s', (name, kind: SharedDeskKind) => {
  const engine = name.includes('SQLite') ? 'sqlite' : 'postgres';

  it(
    `killed ${ROUNDS} times lose no job, run no queue twice at once, and fire each instant once`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'muster-kill-jobs-'));
      const file = join(folder, 'notes');
      writeFileSync(file, '');
      const note = noteTo((line) => appendFileSync(file, line));
      const random = createRandom(SEED);
      const all: Writer[] = [];
      const start = () => {
        const life = `life${all.length}`;
        const writer = startWriter(program, [engine, kind.place(), life, file]);
        all.push(writer);
        return { writer, life };
      };
      // Said before it happens: from then on its jobs are anybody's.
      const kill = async ({ writer, life }: ReturnType<typeof start>) => {
        note('killed', life, '-', '-');
        await writer.kill();
      };
      const running = [start(), start()];
      await Promise.all(running.map(({ writer }) => writer.until(1)));
      for (let round = 0; round < ROUNDS; round += 1) {
        const place = random() < 0.5 ? 0 : 1;
        const victim = running[place] as ReturnType<typeof start>;
        await victim.writer.until(victim.writer.acknowledged.length + Math.floor(random() * FIRED_MAX));
        await kill(victim);
        running[place] = start();
        await running[place]?.writer.until(1);
      }
      await Promise.all(running.map(kill));

      const { desk, runner } = kind.open(LIFE);
      const service = new AbortController();
      const over = runner.run(
        handling(async (_, { queue, firing }) => {
          note('start', 'last', String(queue), String(firing));
          note('end', 'last', String(queue), String(firing));
        }),
        { concurrency: 3, signal: service.signal },
      );
      const end = Date.now() + 20_000;
      await until(kind, async () => {
        if (Date.now() > end) throw new Error(`jobs are left: ${JSON.stringify(await desk.backlog())}`);
        await kind.hurry();
        for (let turn = 0; turn < 20; turn += 1) await kind.turn();
        return (await desk.backlog()).length === 0;
      });
      service.abort();
      await over;

      const fired = all.flatMap(({ acknowledged }) => acknowledged);
      const { ended, overlaps } = findingsOf(readFileSync(file, 'utf8'));
      rmSync(folder, { recursive: true });
      expect((await Promise.all(all.map(({ ended: over }) => over))).map(({ stderr }) => stderr).join('')).toBe('');
      expect(fired.filter((firing) => !ended.includes(firing))).toEqual([]);
      expect(new Set(fired).size).toBe(fired.length);
      expect(overlaps).toEqual([]);
      // A job runs again where it was cut short, or its end was noted by nobody: once for each killed hand at the most.
      expect(ended.length - new Set(ended).size).toBeLessThanOrEqual(all.length * 3);
      process.stdout.write(`${name}: ${all.length} lives, ${fired.length} fired, ${ended.length} ends, seed ${SEED}\n`);
    },
    60_000 + ROUNDS * 10_000,
  );
});

/** Numbers from 0 up to 1, the same for the same seed. Source: Mulberry32, a public-domain generator. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}
