/**
 * What a benchmark is: figures side by side, and bars that must not be exceeded.
 */

/** One thing measured; what does not apply is left out. */
export interface Row {
  readonly what: string;
  readonly wallMs?: number;
  readonly cpuMs?: number;
  readonly peakMb?: number;
  readonly perSecond?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

/** What the figures of a row are called, in the order in which they are printed; columns without a figure are left out. */
const COLUMNS = [
  ['perSecond', 'a second'],
  ['p50Ms', 'p50 ms'],
  ['p99Ms', 'p99 ms'],
  ['wallMs', 'wall ms'],
  ['cpuMs', 'CPU ms'],
  ['peakMb', 'peak MB'],
] as const satisfies readonly (readonly [keyof Row, string])[];

/** A figure and the most it may be; without end for one that is only shown. */
export interface Bar {
  readonly what: string;
  readonly value: number;
  readonly atMost: number;
}

/** Measured `rounds` times over; the figures are medians. */
export interface Benchmark {
  readonly name: string;
  readonly run: (rounds: number) => Promise<{ readonly rows: readonly Row[]; readonly bars: readonly Bar[] }>;
}

/** A bar. */
export function bar(what: string, value: number, atMost: number): Bar {
  return { what, value, atMost };
}

/** A figure that is only shown. */
export function information(what: string, value: number): Bar {
  return bar(what, value, Number.POSITIVE_INFINITY);
}

/** True when the figure is within its bar; one that is no number is not. */
export function holds({ value, atMost }: Bar): boolean {
  return value <= atMost;
}

/** The tables of one benchmark, as text. */
export function printResult(name: string, rows: readonly Row[], bars: readonly Bar[]): string {
  const figure = (value: number | undefined) => (value === undefined ? '' : value.toFixed(0)).padStart(10);
  const shown = COLUMNS.filter(([column]) => rows.some((row) => row[column] !== undefined));
  return [
    name,
    '',
    `  ${''.padEnd(52)}${shown.map(([, title]) => title.padStart(10)).join('')}`,
    ...rows.map((row) => `  ${row.what.padEnd(52)}${shown.map(([column]) => figure(row[column])).join('')}`),
    '',
    ...bars.map((one) => {
      const value = one.value.toFixed(2).padStart(10);
      const limit = Number.isFinite(one.atMost) ? `at most ${one.atMost}` : 'for information';
      return `  ${one.what.padEnd(52)}${value}  ${limit}  ${holds(one) ? 'holds' : 'MISSED'}`;
    }),
    '',
  ].join('\n');
}
