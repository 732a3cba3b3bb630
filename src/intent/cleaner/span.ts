/**
 * Spans of time and instants as the tools write them.
 *
 * Null for what the tool would not take either: whoever asks decides what that means.
 * Source: Go `time.ParseDuration`; RFC 3339.
 */

import { type Instant, parseInstant } from '../../core/time.ts';

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3_600,
};

/** `1h30m` as 5400; null for anything that Go does not take, and for a span that is not ahead. */
export function secondsOfGo(text: string): number | null {
  if (!/^\+?(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  return parts.reduce((seconds, [, amount, unit]) => seconds + Number(amount) * (UNIT_SECONDS[unit ?? ''] ?? 0), 0);
}

/** An instant in any spelling of RFC 3339; null for anything else. */
export function instantIn(text: string): Instant | null {
  try {
    return parseInstant(text, 'config');
  } catch {
    return null;
  }
}
