/**
 * What could not be seen, as text. Never left out and never quiet: an unread page is not an empty one.
 *
 * Gaps that share everything but their scope become one entry.
 */

import { printScope } from '../core/arn.ts';
import type { Gap } from '../inventory/model.ts';
import { groupBy } from './group.ts';
import { hanging } from './layout.ts';
import type { Paint } from './style.ts';
import { countOf, HIDES_WORDS } from './words.ts';

/** The lines on gaps; one line that says so when there are none. */
export function renderGaps(gaps: readonly Gap[], paint: Paint, width: number): string[] {
  if (gaps.length === 0) return ['gaps: none; every listing was read to its end'];
  const groups = groupBy(gaps, ({ what, action, cause, hides }) => JSON.stringify([what, action, cause, hides]));
  return [
    paint.bold(paint.yellow(`${countOf(gaps.length, 'gap').toUpperCase()}: this was not seen, and counts as unknown`)),
    ...groups.flatMap((members) => {
      const [gap] = members;
      if (gap === undefined) return [];
      const where = members.map((member) => printScope(member.where)).join(', ');
      const text = `${gap.what} in ${where}: ${gap.action} gave ${gap.cause}; ${HIDES_WORDS[gap.hides]}`;
      return hanging('  ! ', text, width).map(paint.yellow);
    }),
  ];
}
