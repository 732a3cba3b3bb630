/**
 * Claims that hold for every text report: it fits its width and holds no escape code or other control character.
 */

import { expect } from 'vitest';

/** Text that tries to repaint the terminal, end its line, reverse itself, and become markdown. */
export const HOSTILE =
  '\u001b[2J\u001b]0;pwned\u0007x\r\nALLOW\u202e</details> **ready** [a](http://evil.test) | `@octocat`';

/** Fails unless every line fits and only line feeds control anything. */
export function expectPlainLines(text: string, width = 100): void {
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  expect(text.split('\n').filter((line) => [...line].length > width)).toEqual([]);
  expect(text.split('\n').filter((line) => line !== line.trimEnd())).toEqual([]);
  expect(text.endsWith('\n')).toBe(true);
}
