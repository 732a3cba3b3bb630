/**
 * `muster lab`: serves the embedded AWS endpoint until Ctrl-C.
 *
 * Prints the shell lines that point AWS tools at it, and nothing else, to be pasted into another terminal. Writes
 * nothing to disk; what was done in it is gone with it.
 */

import type { ExitCode } from './exit.ts';
import type { CliWorld } from './world.ts';

/** @returns 0 once it was stopped. */
export async function lab(
  options: { readonly port: number; readonly estate: 'datatalks' | 'empty' },
  world: CliWorld,
): Promise<ExitCode> {
  const served = await world.startLab(options);
  const stopped = new Promise<void>((resolve) => {
    world.onInterrupt(() => resolve());
  });
  world.terminal.out(`${labSettings(served)}\n`);
  world.terminal.talk('serving until Ctrl-C\n');
  await stopped;
  await served.close();
  return 0;
}

/** The shell lines that point AWS tools at a lab; older AWS CLIs read the region under its other name only. */
export function labSettings({ endpoint, region }: { readonly endpoint: string; readonly region: string }): string {
  return [
    `export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    'export AWS_ACCESS_KEY_ID=lab AWS_SECRET_ACCESS_KEY=lab',
  ].join('\n');
}
