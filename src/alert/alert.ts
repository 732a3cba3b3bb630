/**
 * Something worth telling, as a CloudEvent.
 *
 * The id follows from what happened, so that the same thing found twice is told once. Nothing in it is a secret.
 * Source: CloudEvents 1.0.2, "Context Attributes"; a receiver tells events apart by source and id.
 */

import type { Instant } from '../core/time.ts';

/** Everything that is told; permanent, a change of the data's shape makes a new version. */
export const ALERT_TYPES = [
  'dev.muster.verdict.changed.v1',
  'dev.muster.drill.failed.v1',
  'dev.muster.drill.stale.v1',
  'dev.muster.protection.disarmed.v1',
  'dev.muster.survivor.ending.v1',
  'dev.muster.scratch.leaked.v1',
  'dev.muster.chain.broken.v1',
  /** The dead-man's switch: what was due did not come. */
  'dev.muster.schedule.missed.v1',
] as const;
export type AlertType = (typeof ALERT_TYPES)[number];

/** How loud it is. */
export const ALERT_LEVELS = ['critical', 'warning', 'info'] as const;
export type AlertLevel = (typeof ALERT_LEVELS)[number];

/** One alert: a CloudEvent in structured mode, whose data begin with how loud it is and one sentence. */
export interface Alert {
  readonly specversion: '1.0';
  readonly id: string;
  /** Which Muster tells, as a URI reference. */
  readonly source: string;
  readonly type: AlertType;
  /** ARN of the database, drill id, name of the schedule; `ACCOUNT/REGION` or `databases` for several at once. */
  readonly subject: string;
  readonly time: Instant;
  readonly datacontenttype: 'application/json';
  readonly data: {
    readonly level: AlertLevel;
    /** One sentence for a tired engineer. */
    readonly message: string;
    /** What to do; null where there is nothing to. */
    readonly remedy: string | null;
    readonly [fact: string]: unknown;
  };
}
