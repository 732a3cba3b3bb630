/**
 * The numbers that a chain has passed over, until they turn up late or prove to be missing.
 *
 * A gap is opened by the record behind it, and shrinks with every record that comes late. Holds ranges, not records.
 */

import type { Instant } from '../core/time.ts';

interface Range {
  readonly from: number;
  readonly to: number;
}

/** A record by its own number, and whether it bears that number. */
interface Placed {
  readonly seq: number;
  readonly link: 'whole' | 'renumbered' | 'broken';
}

interface Opening extends Range {
  readonly since: Instant | null;
  /** The record that stood there instead. */
  readonly by: Placed;
  /** The number that it bears. */
  readonly standsAs: number;
}

/** One gap and what became of it. */
export interface Gap extends Opening {
  /** What never came. */
  readonly open: readonly Range[];
  /** Whether some of it came late. */
  readonly late: boolean;
  /** Those that came late under another number. */
  readonly strays: readonly { readonly seq: number; readonly standsAs: number }[];
}

/** The gaps of one chain. */
export interface GapBook {
  open(opening: Opening): void;
  /** A record that comes late. @returns The gap that it was awaited in; null when it was not. */
  fill(record: Placed & { readonly standsAs: number }): Gap | null;
  all(): readonly Gap[];
}

/** A book without gaps. */
export function createGapBook(): GapBook {
  const gaps: Gap[] = [];
  return {
    open: (opening) => void gaps.push({ ...opening, open: [opening], late: false, strays: [] }),
    fill: (record) => {
      const index = gaps.findIndex(({ open }) => open.some((range) => holds(range, record.seq)));
      const gap = gaps[index];
      if (gap === undefined) return null;
      gaps[index] = filled(gap, record);
      return gap;
    },
    all: () => gaps,
  };
}

function filled(gap: Gap, { seq, link, standsAs }: Placed & { readonly standsAs: number }): Gap {
  const open = gap.open.flatMap((range) => (holds(range, seq) ? without(range, seq) : [range]));
  if (link !== 'renumbered') return { ...gap, open, late: true };
  // Two that changed places are one cause; one that left its place alone is another.
  if (gap.by.link === 'renumbered') return { ...gap, open, late: true, strays: [...gap.strays, { seq, standsAs }] };
  return { ...gap, open, strays: [...gap.strays, { seq, standsAs }] };
}

function holds({ from, to }: Range, seq: number): boolean {
  return from <= seq && seq <= to;
}

function without({ from, to }: Range, seq: number): readonly Range[] {
  const parts = [
    { from, to: seq - 1 },
    { from: seq + 1, to },
  ];
  return parts.filter((part) => part.from <= part.to);
}
