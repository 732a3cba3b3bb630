/**
 * The catalogue of survival rules as text: code, statement, source.
 *
 * What `muster rules` prints, so that a code found in a verdict can be looked up and its source checked.
 */

import { RULE_CODES, RULES } from '../survival/rules.ts';
import { hanging, REPORT_WIDTH } from './layout.ts';
import type { Paint } from './style.ts';

/** The catalogue, ending in a line break. */
export function renderRules(paint: Paint, width: number = REPORT_WIDTH): string {
  const entries = RULE_CODES.map((code) => {
    const { statement, source } = RULES[code];
    return [
      paint.bold(code),
      ...hanging('  ', statement, width),
      ...hanging('  source: ', source, width).map(paint.dim),
    ].join('\n');
  });
  return `${entries.join('\n\n')}\n`;
}
