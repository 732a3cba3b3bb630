/**
 * Times as a case writes them: `3h ago`, `30d from now`, `now`, or an instant; durations are `90s`, `5m`, `2h`, `30d`.
 *
 * Everything is told from the one instant at which every case is judged.
 */

import { addSeconds, type Instant, isInstant, type Seconds } from '../../../src/core/time.ts';
import { NOW } from '../../support/builders.ts';

const UNIT_SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const PART = /(\d+)([smhd])/g;
const LENGTH = /^\d+[smhd](?: \d+[smhd])*$/;

/** What is accepted where a time stands. */
export const TIME = 'a time such as now, 3h ago, 1d 2h ago or 30d from now, or an instant';
/** What is accepted where a length of time stands. */
export const LENGTH_OF_TIME = 'a length of time such as 90s, 5m, 2h, 1d 2h or 30d';

/** True for a text that `instantOf` reads. */
export function isTime(text: string): boolean {
  return text === 'now' || isInstant(text) || LENGTH.test(text.replace(/ (?:ago|from now)$/, ''));
}

/** True for a text that `secondsOf` reads. */
export function isLength(text: string): boolean {
  return LENGTH.test(text);
}

/** The instant that a text means. */
export function instantOf(text: string): Instant {
  if (isInstant(text)) return text;
  if (text === 'now') return NOW;
  const seconds = secondsOf(text);
  return addSeconds(NOW, text.endsWith(' ago') ? -seconds : seconds);
}

/** The seconds that a text means. */
export function secondsOf(text: string): Seconds {
  return [...text.matchAll(PART)].reduce(
    (sum, [, count = '0', unit = 's']) => sum + Number(count) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS],
    0,
  );
}
