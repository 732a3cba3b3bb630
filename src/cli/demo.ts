/**
 * `muster demo`: the founding incident on the embedded lab, start to verdict.
 *
 * Ctrl-C at any moment takes the lab, its databases and its ports down before the process ends.
 */

import { playStory, type Step } from '../demo/story.ts';
import { tellHeading, tellPrologue, tellStep } from '../demo/tell.ts';
import { EXIT_INTERRUPTED, type ExitCode } from './exit.ts';
import { printJson } from './inputs.ts';
import { labSettings } from './lab.ts';
import type { CliWorld, Progress } from './world.ts';

const GONE = 'nothing of it is left on this machine';
const KEPT = 'its lab goes on until Ctrl-C';

/** @returns 0 when the story went as told, 130 after Ctrl-C; 1 when what was left is not what was predicted. */
export async function demo(
  options: { readonly json?: boolean; readonly keep?: boolean },
  world: CliWorld,
): Promise<ExitCode> {
  const { terminal } = world;
  const { out, paint, width } = terminal;
  const stop = new AbortController();
  const release = world.onInterrupt(() => {
    if (stop.signal.aborted) return;
    progress.stop();
    terminal.talk('\ntaking the lab down\n');
    stop.abort();
  });
  // Once interrupted, the story goes on against a lab that is gone; what it says then is of no use to anyone.
  const tell = (text: string) => {
    if (!options.json && !stop.signal.aborted) out(text);
  };
  let number = 0;
  let progress: Progress = terminal.progress('starting the lab');
  const began = world.clock.now();
  const stage = await world.startDemo();
  try {
    progress.stop();
    tell(tellPrologue(paint, width));
    const story = playStory(
      stage,
      {
        began: (title) => {
          number += 1;
          tell(tellHeading(number, title, paint));
          if (!stop.signal.aborted) progress = terminal.progress(title);
        },
        progress: (text) => progress.update(text),
        ended: (step) => {
          progress.stop();
          tell(tellStep(step, paint, width));
        },
      },
      stop.signal,
    );
    const steps = await Promise.race([story, aborted(stop.signal)]);
    if (steps === null) return EXIT_INTERRUPTED;
    if (options.json) out(printJson({ formatVersion: '1', startedAt: began, endedAt: world.clock.now(), steps }));
    else out(`\n${paint.bold('The whole story took')} ${secondsOf(steps)} s; ${options.keep ? KEPT : GONE}.\n`);
    if (options.keep) await keep(stage, stop.signal, world);
    return steps.every(heldTrue) ? 0 : 1;
  } finally {
    progress.stop();
    await stage.close();
    release();
  }
}

async function keep(
  stage: { readonly endpoint: string; readonly region: string },
  signal: AbortSignal,
  world: CliWorld,
): Promise<void> {
  world.terminal.talk(`\nthe lab stays until Ctrl-C; look around with the AWS CLI:\n${labSettings(stage)}\n`);
  await aborted(signal);
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

function heldTrue(step: Step): boolean {
  return step.id !== 'destroy' || step.data.asPredicted;
}

function secondsOf(steps: readonly Step[]): string {
  return steps.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(0);
}
