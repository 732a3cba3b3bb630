/**
 * What is said of a store: what it holds, what was shipped, copied or erased.
 *
 * Counts by kind in columns; every warning as a paragraph of its own. Given plain values, so that the commands and the API
 * may print alike.
 */

import { type Instant, printInstant } from '../core/time.ts';
import { hanging, REPORT_WIDTH } from './layout.ts';
import type { Paint } from './style.ts';
import { table } from './table.ts';
import { countOf } from './words.ts';

interface End {
  readonly seq: number;
  readonly digest: string;
  readonly at: Instant;
}

/** What a store holds. */
export function renderStoreInfo(
  info: {
    readonly head: End | null;
    readonly kinds: readonly { readonly kind: string; readonly records: number; readonly erased: number }[];
    readonly firstAt: Instant | null;
    readonly findings: readonly string[];
  },
  paint: Paint,
  width: number = REPORT_WIDTH,
): string {
  const { head, kinds, firstAt, findings } = info;
  if (head === null && kinds.length === 0) return 'the store is empty\n';
  const headings = ['kind', 'records', 'without body'];
  const rows = kinds.map(({ kind, records, erased }) => [kind, String(records), erased === 0 ? '' : String(erased)]);
  const whole = findings.length === 0;
  const state = whole ? paint.green('the chain is whole') : paint.red('the chain is not whole');
  return lines([
    ...table({ headings, rows, indent: 0, width, paint }),
    '',
    ...(firstAt === null ? [] : [`began   ${printInstant(firstAt)}`]),
    ...(head === null ? [] : [`ends    record ${head.seq} of ${printInstant(head.at)}`, `        ${head.digest}`]),
    whole ? `${state}; muster verify looks at its signatures too` : state,
    ...findings.flatMap((finding) => hanging('  ', finding, width)),
  ]);
}

/** What was shipped into an archive. */
export function renderShipped(
  shipped: {
    readonly archive: { readonly location: string; readonly lockMode: string; readonly retentionDays: number };
    readonly before: number;
    readonly upTo: number;
    readonly records: number;
    readonly batches: number;
  },
  width: number = REPORT_WIDTH,
): string {
  const { archive, before, upTo, records, batches } = shipped;
  if (records === 0) {
    return lines(
      hanging(
        '',
        upTo === 0 ? 'there is no record to ship' : `${archive.location} holds every record already, up to ${upTo}`,
        width,
      ),
    );
  }
  const what = `${countOf(records, 'record')} shipped to ${archive.location}, ${before + 1} to ${upTo}, in ${countOf(batches, 'object')}`;
  const lock = `locked for ${archive.retentionDays} days, ${archive.lockMode}`;
  return lines([...hanging('', what, width), ...hanging('', lock, width)]);
}

/** What was copied, and where it ends. */
export function renderCopied(
  { records, head }: { readonly records: number; readonly head: End | null },
  verb: 'backed up' | 'brought back',
): string {
  const end = head === null ? [] : [`ends    record ${head.seq} of ${printInstant(head.at)}`, `        ${head.digest}`];
  return lines([`${countOf(records, 'record')} ${verb}, and checked`, ...end]);
}

/** Which bodies were erased, or would be, and why the others stay. */
export function renderPruned(
  pruned: {
    readonly before: Instant;
    readonly dryRun: boolean;
    readonly erased: readonly { readonly kind: string; readonly records: number }[];
    readonly kept: readonly { readonly kind: string; readonly reason: string; readonly records: number }[];
  },
  paint: Paint,
  width: number = REPORT_WIDTH,
): string {
  const { before, dryRun, erased, kept } = pruned;
  const went = dryRun ? 'would be erased' : 'erased';
  const rows = [
    ...erased.map(({ kind, records }) => [kind, String(records), went]),
    ...kept.map(({ kind, reason, records }) => [kind, String(records), `stays: ${reason.replaceAll('_', ' ')}`]),
  ];
  const count = erased.reduce((sum, { records }) => sum + records, 0);
  const what = `${count === 1 ? '1 body' : `${count} bodies`} ${went}, of records before ${printInstant(before)}`;
  const headings = ['kind', 'bodies', 'what becomes of them'];
  return lines([...(rows.length === 0 ? [] : [...table({ headings, rows, indent: 0, width, paint }), '']), what]);
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
