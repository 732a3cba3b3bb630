/**
 * A remedy taken apart into sentences and the commands a person copies.
 *
 * A remedy is text with a command on a line of its own, or after a colon. A line is a command when it starts with a
 * program that Muster's remedies use; everything else is prose.
 */

/** One part of a remedy, in its order. */
export interface RemedyPart {
  readonly kind: 'prose' | 'command';
  readonly text: string;
}

const PROGRAMS = 'aws|muster|terraform|tofu|kubectl|git|npx';
const WHOLE_LINE = new RegExp(`^(?:\\$ )?((?:${PROGRAMS}) \\S.*)$`);
const AFTER_COLON = new RegExp(`^(.*?:) (?:\\$ )?((?:${PROGRAMS}) [a-z-].*)$`);

/** The parts of a remedy; empty when there is none. */
export function remedyParts(remedy: string | null): RemedyPart[] {
  return (remedy ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .flatMap((line) => partsOf(line.replaceAll('`', '')));
}

function partsOf(line: string): RemedyPart[] {
  const whole = WHOLE_LINE.exec(line)?.[1];
  if (whole !== undefined) return [{ kind: 'command', text: whole }];
  const [, prose, command] = AFTER_COLON.exec(line) ?? [];
  if (prose === undefined || command === undefined) return [{ kind: 'prose', text: line }];
  return [
    { kind: 'prose', text: prose },
    { kind: 'command', text: command },
  ];
}
