/**
 * Checks a chain record by record: which was changed, taken out, put in, moved or cut off, and since when.
 *
 * Every link is worked out anew and held against the one before it, and the end against the head that the store keeps
 * apart. One cause is one finding: what follows from it is not told again. Holds no record, only where it stands and
 * which erased bodies nothing has told of yet. Signatures are another's matter.
 */

import { type Digest, digestOfBytes } from '../core/canonical.ts';
import type { Instant } from '../core/time.ts';
import { type ChainRecord, GENESIS, type Head, linkDigest } from './chain.ts';
import { createErasureBook, namedSeqs } from './chain-erasures.ts';
import { createGapBook, type Gap } from './chain-gaps.ts';
import type { ChainFinding, ChainReport } from './chain-report.ts';

/** A check under way. */
export interface ChainCheck {
  /** The next record in the order in which the store, or a file, holds them. */
  feed(record: ChainRecord): void;
  /**
   * What was found. @param head Where the chain ends by the store's own account, read after the last record; null where
   * the store says that nothing was written.
   */
  finish(head: Head | null): ChainReport;
}

/** So far from where it stands a record's own number is looked for, when it bears another. */
const SEARCH_REACH = 200;
const SEARCHES_MAX = 100;

/** The record with the highest number so far. Where it is at fault itself, nothing is said of what does not fit it. */
interface Top {
  readonly seq: number;
  readonly at: Instant;
  readonly digest: Digest;
}

/** Two neighbours that do not fit, both whole by themselves: whoever comes next says which of them was rewritten. */
interface Misfit {
  readonly before: { readonly seq: number; readonly since: Instant | null };
  readonly after: { readonly seq: number; readonly since: Instant | null };
}

/** Where a record belongs. `renumbered`: its link is whole but for its number. */
interface Place {
  readonly seq: number;
  readonly link: 'whole' | 'renumbered' | 'broken';
}

/** Begins a check at the first record of a chain. */
export function createChainCheck(): ChainCheck {
  const findings: ChainFinding[] = [];
  const blamed = new Set<number>();
  const gaps = createGapBook();
  const erasures = createErasureBook();
  const counts = { records: 0, erased: 0, searches: 0 };
  let first: number | null = null;
  let top: Top | null = null;
  let misfit: Misfit | null = null;
  // The last two records that were whole when they passed: the last itself may turn out to be the one at fault.
  let whole: readonly [Instant | null, Instant | null] = [null, null];

  const next = (): number => (top?.seq ?? 0) + 1;
  const blame = (finding: ChainFinding): void => {
    if (!blamed.has(finding.seq)) findings.push(finding);
    blamed.add(finding.seq);
  };
  const changed = (seq: number, since: Instant | null, message: string): void =>
    blame({ kind: 'changed', seq, since, message: `record ${seq} was changed: ${message}` });

  const placeOf = (record: ChainRecord): Place => {
    const fits = (seq: number) => linkDigest({ ...record, seq }) === record.digest;
    if (fits(record.seq)) return { seq: record.seq, link: 'whole' };
    if (counts.searches >= SEARCHES_MAX) return { seq: record.seq, link: 'broken' };
    counts.searches += 1;
    for (let off = 0; off <= SEARCH_REACH; off += 1) {
      for (const seq of [next() + off, next() - off]) {
        if (seq > 0 && fits(seq)) return { seq, link: 'renumbered' };
      }
    }
    return { seq: record.seq, link: 'broken' };
  };

  /** Faults that a record shows by itself. */
  const judgeAlone = (record: ChainRecord, { seq, link }: Place, since: Instant | null): boolean => {
    const bodyWhole = record.body === null || digestOfBytes(record.body) === record.bodyDigest;
    if (link === 'broken') changed(seq, since, 'it does not have the digest that its link was kept under');
    else if (!bodyWhole) changed(seq, since, 'its body does not have the digest that it was kept under');
    if (record.body === null) {
      counts.erased += 1;
      erasures.erased(seq, since);
    }
    const named = record.kind === 'erasure' && bodyWhole ? namedSeqs(record.body) : null;
    if (named !== null) erasures.told(named, seq);
    else if (link === 'broken' || record.kind === 'erasure') erasures.lost(seq);
    return bodyWhole && link !== 'broken';
  };

  const settleMisfit = (afterIsAnchored: boolean): void => {
    if (misfit === null) return;
    const { seq, since } = afterIsAnchored ? misfit.before : misfit.after;
    changed(seq, since, 'it is not the one that its neighbours were linked to');
    erasures.lost(seq);
    misfit = null;
  };

  /** A record where it was awaited. */
  const follow = (record: ChainRecord, place: Place): void => {
    const { seq, link } = place;
    const fits = record.previous === (top?.digest ?? GENESIS);
    const hadMisfit = misfit !== null;
    settleMisfit(fits || link === 'broken');
    if (link === 'renumbered') changed(seq, whole[0], `it bears the number ${record.seq}`);
    const sound = judgeAlone(record, place, whole[0]);
    if (!fits && sound && link === 'whole' && !hadMisfit) {
      if (top === null) changed(seq, null, 'it is not the beginning of a chain');
      else if (!blamed.has(top.seq))
        misfit = { before: { seq: top.seq, since: whole[1] }, after: { seq, since: whole[0] } };
    }
    rise(record, place, sound);
  };

  const rise = ({ at, digest }: ChainRecord, { seq }: Place, sound: boolean): void => {
    top = { seq, at, digest };
    if (sound) whole = [at, whole[0]];
  };

  const double = (record: ChainRecord, seq: number): void => {
    const as = record.seq === seq ? '' : `, once as ${record.seq}`;
    blame({
      kind: 'doubled',
      seq,
      since: top?.seq === seq ? whole[1] : null,
      message: `record ${seq} is there twice${as}`,
    });
  };

  const feed = (record: ChainRecord): void => {
    counts.records += 1;
    const place = placeOf(record);
    first ??= place.seq;
    if (place.seq === next()) {
      follow(record, place);
      return;
    }
    settleMisfit(true);
    if (place.seq > next()) {
      gaps.open({ from: next(), to: place.seq - 1, since: whole[0], by: place, standsAs: record.seq });
      rise(record, place, judgeAlone(record, place, whole[0]));
      return;
    }
    const gap = gaps.fill({ ...place, standsAs: record.seq });
    if (gap === null) double(record, place.seq);
    else judgeAlone(record, place, gap.since);
  };

  const judgeEnd = (head: Head | null): void => {
    const last = top?.seq ?? 0;
    const atHead = top !== null && head?.seq === last;
    settleMisfit(!atHead || top?.digest === head.digest);
    if (head === null || head.seq < last) {
      if (last > 0) blame(beyondHead(head, last));
    } else if (head.seq > last) {
      blame(cutShort(head, last, whole[0]));
      erasures.lost(head.seq);
    } else if (top !== null && top.digest !== head.digest) {
      changed(last, whole[1], 'it is not the one that the store says the chain ends with');
    } else if (top !== null && top.at !== head.at) {
      changed(last, whole[1], `it is of ${top.at}, and the store says that the chain ends at ${head.at}`);
    }
  };

  const judgeGaps = (): void => {
    for (const gap of gaps.all()) {
      if (gap.late) blame(movedIn(gap));
      for (const { from, to } of gap.open) {
        blame({ kind: 'missing', seq: from, since: gap.since, message: missing(from, to) });
        erasures.lost(to);
      }
      for (const { seq, standsAs } of gap.strays) changed(seq, gap.since, `it bears the number ${standsAs}`);
    }
  };

  const finish = (head: Head | null): ChainReport => {
    judgeEnd(head);
    judgeGaps();
    const told = erasures.unsaid(findings);
    const all = [...told].sort((a, b) => a.seq - b.seq);
    return { records: counts.records, first, last: top?.seq ?? null, findings: all, erased: counts.erased };
  };

  return { feed, finish };
}

/** A gap that filled up later: records stand in another order, or one of them under another number. */
function movedIn({ from, since, by, standsAs, strays }: Gap): ChainFinding {
  if (by.link === 'renumbered' && strays.length === 0) {
    const message = `record ${by.seq} was changed: it bears the number ${standsAs}`;
    return { kind: 'changed', seq: by.seq, since, message };
  }
  return { kind: 'out_of_order', seq: from, since, message: `record ${by.seq} stands where record ${from} belongs` };
}

function missing(from: number, to: number): string {
  return from === to ? `record ${from} is missing` : `records ${from} to ${to} are missing`;
}

function cutShort(head: Head, last: number, since: Instant | null): ChainFinding {
  const end = last === 0 ? 'there are no records' : `the chain ends at record ${last}`;
  const message = `${end}, and the store says that it went on to ${head.seq} (${head.at})`;
  return { kind: 'cut_short', seq: last + 1, since, message };
}

function beyondHead(head: Head | null, last: number): ChainFinding {
  const end = head === null ? 'nothing was written' : `the chain ends at record ${head.seq}`;
  const message = `the store says that ${end}, and there are records up to ${last}`;
  return { kind: 'beyond_head', seq: (head?.seq ?? 0) + 1, since: head?.at ?? null, message };
}
