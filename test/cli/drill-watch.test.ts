/**
 * What an interruption means to a drill that runs, and what is told of it: with a terminal that is made up.
 */

import { afterEach, expect, it, vi } from 'vitest';
import type { DrillWatch } from '../../src/app/run-drill.ts';
import { watched } from '../../src/cli/drill-watch.ts';
import { startProgress } from '../../src/cli/progress.ts';
import type { CliWorld } from '../../src/cli/world.ts';

/** A world of which only the terminal and the interruptions are there. */
function aWorld(ask: (signal: AbortSignal) => Promise<string | null>) {
  const said: string[] = [];
  const asked: AbortSignal[] = [];
  let interrupt: (signal: 'SIGINT' | 'SIGTERM') => void = () => expect.unreachable('nobody listens');
  const progress = {
    update: () => undefined,
    say: (line: string) => void said.push(line),
    pause: () => () => undefined,
    stop: () => undefined,
  };
  const terminal = {
    progress: () => progress,
    ask: (_: string, signal: AbortSignal) => {
      asked.push(signal);
      return ask(signal);
    },
  };
  const onInterrupt: CliWorld['onInterrupt'] = (handler) => {
    interrupt = handler;
    return () => undefined;
  };
  const world = { terminal, onInterrupt } as unknown as CliWorld;
  return { world, said, asked, interrupt: (signal: 'SIGINT' | 'SIGTERM') => interrupt(signal) };
}

/** Never answered; ends when the question is taken back. */
const silent = (signal: AbortSignal) =>
  new Promise<null>((yes) => {
    signal.addEventListener('abort', () => yes(null), { once: true });
  });

/** What the drill was told, once something of it was aborted. */
async function toldOf({ signal, leave }: DrillWatch): Promise<'stop' | 'leave'> {
  return new Promise((yes) => {
    signal?.addEventListener('abort', () => yes('stop'), { once: true });
    leave?.addEventListener('abort', () => yes('leave'), { once: true });
  });
}

it.each([
  ['leave', 'leave'],
  [' L ', 'leave'],
  ['', 'stop'],
  ['leave it', 'stop'],
  [null, 'stop'],
])('the answer %j means %s', async (answer, meaning) => {
  const { world, said, interrupt } = aWorld(async () => answer);
  const told = watched(world, (watch) => {
    const heard = toldOf(watch);
    interrupt('SIGINT');
    return heard;
  });
  expect(await told).toBe(meaning);
  expect(said).toEqual(meaning === 'stop' ? ['interrupted: tearing the scratch down first'] : []);
});

it('a second Ctrl-C takes the question back and tears down, and a third changes nothing', async () => {
  const { world, said, asked, interrupt } = aWorld(silent);
  const told = await watched(world, async (watch) => {
    const heard = toldOf(watch);
    interrupt('SIGINT');
    interrupt('SIGINT');
    const first = await heard;
    interrupt('SIGINT');
    return first;
  });
  expect(told).toBe('stop');
  expect(asked.map(({ aborted }) => aborted)).toEqual([true]);
  expect(said).toHaveLength(1);
});

it('SIGTERM tears down and asks nobody', async () => {
  const { world, asked, interrupt } = aWorld(silent);
  const told = await watched(world, (watch) => {
    const heard = toldOf(watch);
    interrupt('SIGTERM');
    return heard;
  });
  expect({ told, asked }).toEqual({ told: 'stop', asked: [] });
});

it('a drill that ends while the question stands takes it back and was not interrupted', async () => {
  const { world, said, asked, interrupt } = aWorld(silent);
  const told = await watched(world, async ({ signal, leave }) => {
    interrupt('SIGINT');
    return [signal?.aborted, leave?.aborted];
  });
  expect(told).toEqual([false, false]);
  expect({ said, taken: asked.map(({ aborted }) => aborted) }).toEqual({ said: [], taken: [true] });
});

afterEach(() => void vi.useRealTimers());

it('a line that turns stands still during a question, and what is said meanwhile comes after it', () => {
  vi.useFakeTimers();
  const written: string[] = [];
  const progress = startProgress({ isTTY: true, columns: 40, write: (text) => written.push(text) }, 'waiting');
  expect(written.join('')).toMatch(/\r\S+⠋ waiting$/);
  const goOn = progress.pause();
  written.length = 0;
  progress.say('one');
  progress.update('still waiting');
  vi.advanceTimersByTime(1_000);
  expect(written).toEqual([]);
  goOn();
  expect(written.join('')).toMatch(/^\r\S+one\n\r\S+. still waiting$/);
  progress.pause();
  progress.say('two');
  written.length = 0;
  progress.stop();
  progress.stop();
  expect(written.join('').match(/two\n/g)).toHaveLength(1);
});

it('anything but a terminal is written the lines, and nothing that turns', () => {
  const written: string[] = [];
  const progress = startProgress({ write: (text) => written.push(text) }, 'waiting');
  progress.update('more');
  progress.pause();
  progress.say('one');
  progress.stop();
  expect(written).toEqual(['one\n']);
});
