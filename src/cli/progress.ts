/**
 * A line that turns while something is waited for, on a terminal only and gone without a trace; and lines that stay.
 *
 * Own code because the spinner libraries end the process at Ctrl-C, which would leave scratch databases behind. While a
 * person is asked something the line stands still: what they type cannot be drawn again.
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
/** Where a terminal does not tell its width. */
const COLUMNS = 80;

/** Starts a progress line; on anything but a terminal only what is said is written. */
export function startProgress(stream: Tty, first: string): Progress {
  if (!stream.isTTY) {
    const nothing = () => undefined;
    return { update: nothing, say: (line) => void stream.write(`${line}\n`), pause: () => nothing, stop: nothing };
  }
  let text = first;
  let frame = 0;
  let paused = false;
  let stopped = false;
  let unsaid = '';
  const draw = () => {
    if (paused || stopped) return;
    const line = `${FRAMES[frame % FRAMES.length]} ${text}`;
    stream.write(`${CLEAR_LINE}${line.slice(0, (stream.columns || COLUMNS) - 1)}`);
    frame += 1;
  };
  const sayAll = () => {
    if (unsaid !== '') stream.write(`${CLEAR_LINE}${unsaid}`);
    unsaid = '';
    draw();
  };
  draw();
  const timer = setInterval(draw, FRAME_MILLISECONDS);
  timer.unref();
  return {
    update: (next) => {
      text = next;
    },
    say: (line) => {
      unsaid += `${line}\n`;
      if (!paused) sayAll();
    },
    pause: () => {
      paused = true;
      stream.write(CLEAR_LINE);
      return () => {
        paused = false;
        sayAll();
      };
    },
    stop: () => {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      sayAll();
      stream.write(CLEAR_LINE);
    },
  };
}
