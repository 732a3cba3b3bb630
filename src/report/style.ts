/**
 * Emphasis for terminals: what a renderer may ask for, with and without escape codes.
 *
 * Renderers take a `Paint` and never ask what the terminal can do; whoever starts Muster decides that once.
 * No renderer relies on colour alone: every painted word also says what it means.
 */

import picocolors from 'picocolors';

/** One way to set off a piece of text. */
export type Brush = (text: string) => string;

/** The brushes a renderer may use. */
export interface Paint {
  readonly bold: Brush;
  readonly dim: Brush;
  readonly red: Brush;
  readonly green: Brush;
  readonly yellow: Brush;
  readonly cyan: Brush;
}

const leave: Brush = (text) => text;

/** No escape codes at all: files, pipes, CI logs. */
export const PLAIN_PAINT: Paint = { bold: leave, dim: leave, red: leave, green: leave, yellow: leave, cyan: leave };

/** ANSI escape codes, whatever the environment says; the caller has already decided. */
export function colourPaint(): Paint {
  const { bold, dim, red, green, yellow, cyan } = picocolors.createColors(true);
  return { bold, dim, red, green, yellow, cyan };
}
