/**
 * How a database stood when it was last looked at.
 *
 * As much as it takes to see that something changed since, and no more: the verdict itself is judged anew each time.
 */

import type { Instant } from '../core/time.ts';
import type { VerdictWord } from '../verdict/document.ts';
import type { ReasonCode } from '../verdict/reasons.ts';

/** One database, as of the last watch. */
export interface Standing {
  readonly databaseArn: string;
  readonly identifier: string;
  /** Which of all that ever bore that name; absent in standings kept by earlier versions. */
  readonly resourceId?: string;
  /** When it was last seen and AWS did not delete it already; null when it never was, absent as above. */
  readonly aliveAt?: Instant | null;
  readonly at: Instant;
  readonly verdict: VerdictWord;
  /** The last verdict that was not unknown; null when there never was one, absent in standings kept by earlier versions. */
  readonly knownVerdict?: Exclude<VerdictWord, 'unknown'> | null;
  /** What was said against it then; absent where nothing ever was, and as above. */
  readonly knownReasons?: readonly ReasonCode[];
  /** Codes of the reasons against it, sorted. */
  readonly reasons: readonly ReasonCode[];
  /** When the last of what would survive its deletion ends; null when one never does, or nothing would survive. */
  readonly lastSurvivorEndsAt: Instant | null;
  /** The smallest number of days before that end which was told already; null when none was. */
  readonly endToldDays: number | null;
  /** Deletion protection and retention as last seen, so that a weakening by whatever means shows. */
  readonly deletionProtection: boolean;
  readonly retentionDays: number;
}
