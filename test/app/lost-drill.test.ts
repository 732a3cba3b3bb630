/**
 * A run that another has taken over must not write the record: what it saw is not how the drill ended.
 */

import { expect, it } from 'vitest';
import type { ProbeRunner } from '../../src/app/ports.ts';
import { runDrill, takeOverDrill } from '../../src/app/run-drill.ts';
import { aDrillBench, scratchIn } from '../support/drill-world.ts';

it('a drill that was torn down by a sweep while its host slept is not recorded as passed and kept', async () => {
  const bench = aDrillBench({ shape: 'instance', plan: { onSuccess: { kind: 'keep', hours: 48 } } });
  const { world, lab, plan } = bench;
  const asleep: ProbeRunner = {
    connect: async (login) => {
      const session = await world.probes.connect(login);
      return {
        ...session,
        ask: async (probe) => {
          const answer = await session.ask(probe);
          // The host sleeps; a sweep elsewhere finds nobody at the drill and takes it over.
          lab.advance(600);
          let done: (() => void) | null = null;
          const paused = new Promise<void>((resolve) => {
            done = resolve;
          });
          const other = {
            ...world,
            randomness: { ...world.randomness, token: () => 'other-host' },
            operator: {
              ...world.operator,
              describe: async (kind: Parameters<typeof world.operator.describe>[0], id: string) => {
                done?.();
                return world.operator.describe(kind, id);
              },
            },
          };
          torn = takeOverDrill(plan.drillId, 'tear_down', other);
          await paused;
          return answer;
        },
      };
    },
  };
  let torn: Promise<unknown> = Promise.resolve();
  const clock = {
    ...world.clock,
    sleep: (seconds: number, signal?: AbortSignal) =>
      signal === undefined
        ? world.clock.sleep(seconds)
        : new Promise<void>((_, no) => signal.addEventListener('abort', () => no(signal.reason))),
  };
  const record = await runDrill(plan, { ...world, probes: asleep, clock });
  await torn;
  const records = await world.store.drills();
  expect(scratchIn(bench)).toEqual([]);
  expect({
    mine: record?.result ?? null,
    kept: records.map(({ result, scratch }) => [result, scratch.map(({ end }) => end)]),
  }).toEqual({
    mine: null,
    kept: [['aborted', ['gone']]],
  });
});
