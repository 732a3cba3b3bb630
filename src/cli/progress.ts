/**
 * A line that turns while something is waited for: on a terminal only, and gone without a trace.
 *
 * Own code because the spinner libraries end the process at Ctrl-C, which would leave scratch databases behind.
 */

import type { Progress } from './world.ts';

/** The part of a terminal stream that is used. */
export interface Tty {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MILLISECONDS = 100;
const CLEAR_LINE = '\r\u001b[2K';

/** Starts a progress line; on anything but a terminal it stays silent. */
export function startProgress(stream: Tty, first: string): Progress {
  if (!stream.isTTY) return { update: () => undefined, stop: () => undefined };
  let text = first;
  let frame = 0;
  const draw = () => {
    const line = `${FRAMES[frame % FRAMES.length]} ${text}`;
    stream.write(`${CLEAR_LINE}${line.slice(0, (stream.columns ?? 80) - 1)}`);
    frame += 1;
  };
  draw();
  const timer = setInterval(draw, FRAME_MILLISECONDS);
  timer.unref();
  return {
    update: (next) => {
      text = next;
    },
    stop: () => {
      clearInterval(timer);
      stream.write(CLEAR_LINE);
    },
  };
}
