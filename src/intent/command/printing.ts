/**
 * Printable forms of commands: short, on one line, and without secrets.
 *
 * A command line is full of passwords (`-pX`, `PGPASSWORD=X`, `--master-user-password X`, a URL's user part). What
 * looks like one is replaced before anything is cut to length. Masks too much rather than too little.
 * Source: AWS CLI reference (rds create-db-instance), libpq "Connection URIs", MySQL "Password Options".
 */

import type { Arg } from './arg.ts';

const LENGTH_MAX = 120;
const WORDS_MAX = 5;
const MASK = '***';

const SECRET = /pass|pwd|secret|token|credential|auth|bearer|api-?_?key|access-?_?key|private-?_?key|signature/i;
/** Short options that somewhere take a password, a key or `user:password`; `-p` also with the value attached. */
const SHORT_SECRET = /^-(?:[paukwPHU]|-user)$/;
const ATTACHED_SECRET = /^-[pua](?=[^-])/;
const NAMED_SECRET =
  /([\w-]*(?:pass|pwd|secret|token|credential|auth|bearer|key)[\w-]*["']?)(\s*[=:]\s*|\s+(?=\S))(?:(?:bearer|basic)\s+)?["']?[^\s"',;&]*/gi;
const USER_PART = /[^\s/@]*:[^\s/@]*@/g;
const LONG_RANDOM = /[A-Za-z0-9+/_=-]{32,}|\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g;
/** Control characters, and the marks that turn the direction of text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** One line of printable text, cut to length. */
export function oneLine(text: string, max = LENGTH_MAX): string {
  // Cut first as well, so that a huge word costs little.
  const line = text
    .slice(0, max * 4)
    .replace(UNPRINTABLE, ' ')
    .trim();
  return line.length <= max ? line : `${line.slice(0, max - 1).trimEnd()}…`;
}

/** A command for a message: its program and first words, secrets masked. */
export function printCommand(args: readonly Arg[]): string {
  const words = args.slice(0, WORDS_MAX).map((arg, index) => maskWord(arg.shown, args[index - 1]?.shown ?? ''));
  return oneLine(args.length > WORDS_MAX ? `${words.join(' ')} …` : words.join(' '));
}

/** A word of a command for a message, masked where it may be a secret. */
export function printWord(arg: Arg): string {
  return oneLine(maskWord(arg.shown, ''), 60);
}

/** The name of a thing for a message: no secret, whatever it looks like. */
export function printIdentifier(arg: Arg): string {
  return oneLine(arg.shown, 90);
}

function maskWord(word: string, before: string): string {
  if (before.startsWith('-') && (SECRET.test(before) || SHORT_SECRET.test(before)) && !before.includes('='))
    return MASK;
  const text = word.slice(0, LENGTH_MAX * 4);
  const equals = text.indexOf('=');
  if (equals > 0 && SECRET.test(text.slice(0, equals))) return `${text.slice(0, equals)}=${MASK}`;
  const attached = ATTACHED_SECRET.exec(text);
  if (attached !== null && !text.startsWith('--')) return `${attached[0]}${MASK}`;
  return text.replace(NAMED_SECRET, `$1=${MASK}`).replace(USER_PART, `${MASK}@`).replace(LONG_RANDOM, MASK);
}
