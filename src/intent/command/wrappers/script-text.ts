/**
 * Text that a shell is going to read, from an argument or from standard input.
 *
 * Text with a part that only the run decides is opaque: what is substituted may be any command. It is read all the
 * same, so that a destroy in plain sight keeps its name.
 */

import type { Arg } from '../arg.ts';
import type { Environment, Shell } from '../environment.ts';
import { oneLine } from '../printing.ts';
import { opaque, type Reading } from '../reading.ts';

/** Readings of the commands in a shell text. */
export function readScriptText(
  address: string,
  text: Arg,
  environment: Environment,
  shell?: Shell,
): readonly Reading[] {
  const readings = environment.readers.script(text.text, environment, shell);
  if (text.dynamic === null) return readings;
  // The text as written is not the text that runs, so nothing in it counts as understood.
  const destroys = readings.some((reading) => reading.class === 'destroy');
  return [
    opaque(address, `the shell text holds ${oneLine(text.dynamic, 40)}, which only the run decides`, {
      class: destroys ? 'destroy' : 'unknown',
    }),
  ];
}

/** Readings of the commands that a shell finds on its standard input. */
export function readStdinAsScript(address: string, environment: Environment): readonly Reading[] {
  const { stdin } = environment;
  // The script has used it up; what the script starts finds nothing of it.
  if (stdin.kind === 'text')
    return readScriptText(address, stdin.text, { ...environment, stdin: { kind: 'inherited' } });
  const from = stdin.kind === 'unseen' ? `the output of ${oneLine(stdin.from, 40)}` : 'its standard input';
  return [opaque(address, `runs whatever ${from} says`)];
}
