/**
 * The questions a drill puts to a scratch database, and the shape of what is answered.
 *
 * A probe says what is asked and what would pass; an answer is a plain fact, gathered by a driver without judging it;
 * `judge-probe.ts` holds the one against the other. What a probe can prove at best is part of it: a question that
 * nothing could fail proves nothing, and only one held against a figure from outside the copy can earn `compared`.
 */

import type { Instant, Seconds } from '../core/time.ts';

/**
 * A figure from outside the copy, and how far the answer may be from it.
 *
 * `last_drill` is the figure of the newest passed drill of the same database and probe; without one nothing is compared.
 */
export interface CountExpectation {
  readonly against: 'last_drill' | number;
  /** Percent of the figure that may be missing. */
  readonly shrinkPercentMax: number;
  /** Percent by which it may have grown; null for any. */
  readonly growPercentMax: number | null;
}

/** A digest from outside the copy: that of the last drill, or one written down. */
export type DigestExpectation = 'last_drill' | string;

/** One question put to a scratch database. */
export type Probe =
  /** Rows of one table, `schema.table`. */
  | {
      readonly kind: 'row_count';
      readonly name: string;
      readonly table: string;
      readonly rowsMin: number | null;
      readonly expect: CountExpectation | null;
    }
  /** All rows of all user tables together. */
  | {
      readonly kind: 'total_rows';
      readonly name: string;
      readonly rowsMin: number;
      readonly expect: CountExpectation | null;
    }
  | { readonly kind: 'tables'; readonly name: string; readonly tablesMin: number }
  /** `sql` yields one timestamp, which is no older than that at the time of the drill. */
  | { readonly kind: 'freshness'; readonly name: string; readonly sql: string; readonly ageSecondsMax: Seconds }
  /**
   * `sql` yields the newest timestamp written; it lies no further than `lagSecondsMax` before the instant whose data the
   * recovery point claims to hold, and not after it.
   */
  | {
      readonly kind: 'marker';
      readonly name: string;
      readonly sql: string;
      readonly lagSecondsMax: Seconds;
      readonly keepValue: boolean;
    }
  /** Digest of the rows of a table that fit `where`, ordered by `key`; at most `rowsMax` of them. */
  | {
      readonly kind: 'checksum';
      readonly name: string;
      readonly table: string;
      /** Columns that order the rows without ties, such as the primary key. */
      readonly key: readonly string[];
      /** Columns that are read; empty for all. */
      readonly columns: readonly string[];
      /** SQL condition that picks rows which no longer change; null for all. */
      readonly where: string | null;
      readonly rowsMax: number;
      readonly expect: DigestExpectation;
    }
  /** Digest of tables, columns, types, keys and indexes. */
  | { readonly kind: 'schema'; readonly name: string; readonly expect: DigestExpectation }
  /** PostgreSQL: `amcheck` on every B-tree index; MySQL and MariaDB: `CHECK TABLE`. Empty `tables` for all. */
  | { readonly kind: 'integrity'; readonly name: string; readonly tables: readonly string[] }
  /** `sql` yields one value: this text, or a number within these bounds. */
  | {
      readonly kind: 'sql';
      readonly name: string;
      readonly sql: string;
      readonly equals: string | null;
      readonly min: number | null;
      readonly max: number | null;
      readonly keepValue: boolean;
    };

/** Kinds of probe. */
export type ProbeKind = Probe['kind'];

/** A plain fact gathered from a scratch database; never judged where it is gathered. */
export type ProbeAnswer =
  /** For `row_count`, `total_rows` and `tables` (then `count` is the number of tables). `tables` is how many were counted. */
  | { readonly kind: 'count'; readonly count: number; readonly tables: number }
  /** For `freshness` and `marker`. Null when the query yields no row, or no timestamp. */
  | { readonly kind: 'instant'; readonly instant: Instant | null; readonly rows: number }
  /** For `checksum` and `schema`. `parts`: a digest for each table, by name, of `schema` only. */
  | {
      readonly kind: 'digest';
      readonly digest: string;
      readonly rows: number;
      readonly parts: Readonly<Record<string, string>>;
    }
  /** For `integrity`: what was checked (indexes or tables), and what is wrong, in the server's words. */
  | { readonly kind: 'integrity'; readonly checked: number; readonly problems: readonly string[] }
  /** For `sql`: the text the server prints. */
  | { readonly kind: 'value'; readonly text: string | null; readonly rows: number; readonly columns: number }
  /** It could not be asked, in words that hold no data and no secret. */
  | { readonly kind: 'error'; readonly message: string };

/** What came of one probe, as a record keeps it: figures and digests, and values only where the definition allows. */
export interface ProbeResult {
  readonly name: string;
  readonly kind: ProbeKind;
  /** What was asked: the table, or the SQL. */
  readonly question: string;
  readonly passed: boolean;
  /** What a pass proves. */
  readonly proves: ProbeWorth;
  /** In words: `prod.students holds 1,200 rows (at least 1 wanted)`. */
  readonly finding: string;
  /** A figure where the probe yields one: rows, tables, seconds of age, indexes checked. */
  readonly value: number | null;
  /** Digest of what was read, for the next drill to compare with. */
  readonly digest: string | null;
  /** Digests of its parts, by table; empty when it has none. */
  readonly parts: Readonly<Record<string, string>>;
}

/**
 * What a passed probe proves, weakest first: nothing (it could not have failed), that data can be read, that the data
 * agree with a figure from outside the copy.
 */
export const PROBE_WORTHS = ['nothing', 'data', 'comparison'] as const;
export type ProbeWorth = (typeof PROBE_WORTHS)[number];

/** What an earlier drill found, by the name of the probe. */
export interface Baseline {
  readonly drillId: string;
  readonly endedAt: Instant;
  readonly results: Readonly<Record<string, Pick<ProbeResult, 'kind' | 'question' | 'value' | 'digest' | 'parts'>>>;
}

/** Engines that a driver can question; others are drilled as far as `restored`. */
const QUERYABLE_ENGINES: readonly string[] = ['postgres', 'aurora-postgresql', 'mysql', 'aurora-mysql', 'mariadb'];

/** Whether a database of this engine can be questioned. */
export function canBeQueried(engine: string): boolean {
  return QUERYABLE_ENGINES.includes(engine);
}
