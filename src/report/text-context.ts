/**
 * What every part of a report on databases is drawn with, and a fact of one as a labelled line.
 *
 * Labels are ours and short; what hangs beside them may come from outside and is cleaned.
 */

import type { Instant } from '../core/time.ts';
import { hanging } from './layout.ts';
import type { Brush, Paint } from './style.ts';

/** What the lines are drawn with, and the instant the report speaks of. */
export interface TextContext {
  readonly at: Instant;
  readonly paint: Paint;
  readonly width: number;
}

/** Columns before a fact. */
export const LABEL_WIDTH = 15;

/** No emphasis. */
export const leave: Brush = (line) => line;

/** A fact behind its label, each with a brush of its own. */
export function fact(
  { label, text }: { readonly label: string; readonly text: string },
  width: number,
  { ofLabel = leave, ofText = leave }: { readonly ofLabel?: Brush; readonly ofText?: Brush } = {},
): string[] {
  const room = LABEL_WIDTH - 2;
  return hanging(`  ${label}`.padEnd(LABEL_WIDTH), text, width).map((line, index) => {
    const body = ofText(line.slice(LABEL_WIDTH));
    return index === 0
      ? `  ${ofLabel(label)}${' '.repeat(room - label.length)}${body}`
      : ' '.repeat(LABEL_WIDTH) + body;
  });
}
