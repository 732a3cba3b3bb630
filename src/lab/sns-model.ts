/**
 * Topics of Amazon SNS, and what was published to each.
 *
 * Plain values. Nobody subscribes in the lab: a message that was taken is kept, so that a test can read it.
 * Source: Amazon SNS API 2010-03-31, CreateTopic, Publish.
 */

import type { Instant } from '../core/time.ts';

/** A message that a topic took, as its subscribers would get it. */
export interface Publication {
  readonly at: Instant;
  readonly messageId: string;
  readonly subject: string | null;
  readonly message: string;
  /** String attributes, by name. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Null for a standard topic. */
  readonly groupId: string | null;
  readonly deduplicationId: string | null;
}

/** A topic. */
export interface Topic {
  readonly arn: string;
  readonly fifo: boolean;
  /** Whether a FIFO topic makes the deduplication id of each message by itself. */
  readonly deduplicatesContent: boolean;
  /** Oldest first; doubles within the deduplication interval are not among them. */
  readonly published: readonly Publication[];
}

/** Topics of every account and region, by ARN. */
export type Topics = Readonly<Record<string, Topic>>;
