/**
 * A decision asked again, as a few lines: whether it stands, and if not, everything that voids it.
 *
 * Given the answer; works nothing out.
 */

import { printInstant } from '../core/time.ts';
import type { Recheck } from '../verdict/recheck.ts';
import { hanging, REPORT_WIDTH } from './layout.ts';
import type { Paint } from './style.ts';
import { shortDigest, VERDICT_WORDS } from './words.ts';

/** The lines, ending in a line break. */
export function renderRecheck(answer: Recheck, paint: Paint, width: number = REPORT_WIDTH): string {
  const { stands, decision, verdict, fresh, causes, changeDigest, decidedAt, validUntil, at } = answer;
  const brush = { block: paint.red, review: paint.yellow, allow: paint.green }[decision];
  const title = stands
    ? `${paint.bold(brush(decision.toUpperCase()))}  the decision stands: ${VERDICT_WORDS[verdict]}`
    : `${paint.bold(paint.red('VOID'))}  the decision no longer stands; judge the change anew`;
  const how = fresh
    ? 'what it stands on was read anew and compared'
    : 'AWS was not read; --require-fresh reads what it stands on anew';
  const lines = [
    title,
    '',
    ...causes.flatMap(({ cause, message }) => hanging('  ', `${message} [${cause}]`, width)),
    ...(causes.length > 0 ? [''] : []),
    ...[
      ...hanging('change   ', shortDigest(changeDigest), width),
      ...hanging('decided  ', `at ${printInstant(decidedAt)}, valid until ${printInstant(validUntil)}`, width),
      ...hanging('asked    ', `again at ${printInstant(at)}; ${how}`, width),
    ].map(paint.dim),
  ];
  return `${lines.join('\n')}\n`;
}
