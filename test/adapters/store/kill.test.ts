/**
 * Writers that are killed with -9 while they write, two at once, again and again: what was acknowledged is there, once,
 * and the chain is whole.
 *
 * `MUSTER_KILL_ROUNDS` says how often, `MUSTER_KILL_SEED` at which moments.
 */

import process from 'node:process';
import { beforeAll, describe, expect, it } from 'vitest';
import { reportOf, type SharedKind, useSharedStores } from './store-kinds.ts';
import { bundleWriter, startWriter, type Writer } from './writers.ts';

const ASKED = process.env['MUSTER_KILL_ROUNDS'];
const SEED = Number(process.env['MUSTER_KILL_SEED'] ?? 20_261_124);
const ROUND_MILLISECONDS_MAX = 5_000;
/** So many records a writer keeps at most before its time is up. */
const ACKNOWLEDGED_MAX = 12;

let program: string;
beforeAll(async () => {
  program = await bundleWriter('kill');
});

describe.each(useSharedStores())('writers %s', (name, kind: SharedKind) => {
  const engine = name.includes('SQLite') ? 'sqlite' : 'postgres';
  const rounds = Number(ASKED ?? (engine === 'sqlite' ? 25 : 10));

  it(
    `killed ${rounds} times lose nothing that was acknowledged, and keep nothing twice`,
    async () => {
      const random = createRandom(SEED);
      const all: Writer[] = [];
      const start = (place: number) => {
        const writer = startWriter(program, [engine, kind.place(), `w${place}-${all.length}`]);
        all.push(writer);
        return writer;
      };
      const running = [start(0), start(1)];
      for (let round = 0; round < rounds; round += 1) {
        const place = random() < 0.5 ? 0 : 1;
        const victim = running[place] as Writer;
        await victim.until(victim.acknowledged.length + Math.floor(random() * ACKNOWLEDGED_MAX));
        await turns(Math.floor(random() * 20));
        await victim.kill();
        running[place] = start(place);
      }
      await Promise.all(running.map((writer) => writer.until(1)));
      await Promise.all(running.map((writer) => writer.kill()));

      expect((await Promise.all(all.map(({ ended }) => ended))).map(({ stderr }) => stderr).join('')).toBe('');
      const acknowledged = all.flatMap((writer) => writer.acknowledged);
      const store = kind.open();
      const kept = (await store.journalEntries()).map(({ runner }) => runner);
      const there = new Set(kept);
      expect(acknowledged.filter((record) => !there.has(record))).toEqual([]);
      expect(there.size).toBe(kept.length);
      // Each life may leave one record behind that it had no time to acknowledge.
      expect(kept.length - acknowledged.length).toBeLessThanOrEqual(all.length);
      expect(await reportOf(store)).toMatchObject({ records: kept.length, last: kept.length, findings: [] });
      process.stdout.write(
        `${name}: ${all.length} lives, ${acknowledged.length} acknowledged, ${kept.length} kept, seed ${SEED}\n`,
      );
    },
    60_000 + rounds * ROUND_MILLISECONDS_MAX,
  );

  it('that start at the same moment on nothing make one store', async () => {
    const writers = Array.from({ length: 6 }, (_, index) =>
      startWriter(program, [engine, kind.place(), `w${index}`, '5']),
    );
    const ends = await Promise.all(writers.map(({ ended }) => ended));
    expect(ends).toEqual(writers.map(() => ({ exit: 0, stderr: '' })));
    expect(await reportOf(kind.open())).toMatchObject({ records: 30, findings: [] });
  }, 60_000);
});

/** Lets that many rounds of the event loop pass: a moment that no acknowledgement marks. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

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
