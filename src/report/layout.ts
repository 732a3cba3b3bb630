/**
 * Text that fits: cleaned of control characters, wrapped, indented.
 *
 * Identifiers, tags and messages come from outside and may hold anything, so every renderer passes them through
 * `clean()` before a single escape code is added. Widths count code points; wide glyphs are not measured, since
 * AWS identifiers are ASCII.
 */

/** Columns of a report when nobody says otherwise. */
export const REPORT_WIDTH = 100;

const LINE_BREAKS = /[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]+/gu;
const INVISIBLE = /\p{C}/gu;

/** Untrusted text on one line: line breaks become a space; control, format and unassigned characters go. */
export function clean(text: string): string {
  return text.replace(LINE_BREAKS, ' ').replace(INVISIBLE, '');
}

/** Code points in a text that holds no escape codes. */
export function widthOf(text: string): number {
  return [...text].length;
}

/** The text and as many spaces as it takes to fill `width`. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** The text cut to `width`, with an ellipsis where something is missing. */
export function cutTo(text: string, width: number): string {
  const points = [...text];
  return points.length <= width ? text : `${points.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** Cleaned text broken at spaces into lines of at most `width`; longer words are broken where they must be. */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let line = '';
  for (const word of clean(text).split(' ')) {
    if (word === '') continue;
    const candidate = line === '' ? word : `${line} ${word}`;
    if (widthOf(candidate) <= room) {
      line = candidate;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = chop(word, room);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

/**
 * A paragraph behind a label: the label on the first line, the text hanging beside it.
 *
 * @param label Already cleaned; may not hold escape codes.
 */
export function hanging(label: string, text: string, width: number): string[] {
  const indent = widthOf(label);
  return wrap(text, width - indent).map((line, index) => (index === 0 ? label : ' '.repeat(indent)) + line);
}

/**
 * A shell command on as many lines as it takes, each but the last ending in a backslash, so that it can be copied.
 *
 * Breaks only at spaces outside quotes. A single argument longer than the width stays whole: a command that runs is
 * worth more than a straight edge.
 */
export function wrapCommand(command: string, indent: number, width: number): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  for (const word of commandWords(clean(command))) {
    const fresh = line.trim() === '';
    if (!fresh && widthOf(line) + 1 + widthOf(word) > width - 2) {
      lines.push(`${line} \\`);
      line = ' '.repeat(indent + 2) + word;
    } else {
      line += fresh ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}

/** A long word in pieces, broken behind a separator where one stands in the second half of the line. */
function chop(word: string, width: number): string[] {
  const points = [...word];
  const pieces: string[] = [];
  while (points.length > width) {
    const behind = points.slice(0, width).findLastIndex((point) => '-_:/.'.includes(point)) + 1;
    pieces.push(points.splice(0, behind > width / 2 ? behind : width).join(''));
  }
  return [...pieces, points.join('')];
}

function commandWords(command: string): string[] {
  return command.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\]|['"\\])+/g) ?? [];
}
